package main

import (
	"fmt"

	"example.org/dorado/cmd/dorado/eppclient"
	"example.org/dorado/core/names"
)

// EPP carries names in ASCII. RFC 5731 section 3. What is typed with other letters is converted,
// and the person told.

// inASCII returns a command with the names in it as EPP carries them.
func (t *talker) inASCII(command any) (any, error) {
	var fault error
	ascii := func(texts ...*string) {
		for _, text := range texts {
			if fault == nil {
				*text, fault = t.p.aLabels(*text)
			}
		}
	}
	all := func(texts []string) {
		for i := range texts {
			ascii(&texts[i])
		}
	}
	switch c := command.(type) {
	case eppclient.Check:
		if c.Object != "contact" {
			all(c.Names)
		}
		return c, fault
	case eppclient.Info:
		if c.Object != "contact" {
			ascii(&c.Name)
		}
		return c, fault
	case eppclient.Delete:
		if c.Object != "contact" {
			ascii(&c.Name)
		}
		return c, fault
	case eppclient.Renew:
		ascii(&c.Name)
		return c, fault
	case eppclient.DomainCreate:
		ascii(&c.Name)
		all(c.Nameservers)
		return c, fault
	case eppclient.DomainUpdate:
		ascii(&c.Name)
		all(c.Add.Nameservers)
		all(c.Remove.Nameservers)
		return c, fault
	case eppclient.HostCreate:
		ascii(&c.Name)
		return c, fault
	case eppclient.HostUpdate:
		ascii(&c.Name, &c.NewName)
		return c, fault
	}
	return command, nil
}

// aLabels converts a name with letters beyond ASCII; any other stays as it was typed, for the
// server to judge. The person is told.
func (p *program) aLabels(text string) (string, error) {
	isASCII := true
	for _, r := range text {
		isASCII = isASCII && r < 0x80
	}
	if isASCII {
		return text, nil
	}
	name, err := names.ParseLookup(text)
	if err != nil {
		return "", fmt.Errorf("%s: %w", text, err)
	}
	fmt.Fprintf(p.err, "%s is sent as %s\n", text, name)
	return name.String(), nil
}
