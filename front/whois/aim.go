package whois

import (
	"errors"
	"fmt"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/flow"
)

// aim turns the question for a domain that cannot be registered by itself into what its asker may mean: without a keyword
// the name server of that name. Where there is none, or the keyword says that it is a domain, the answer tells what to ask.
func aim(asked question, p *policy.Profile) (question, error) {
	domain, is := asked.query.(flow.DomainLookup)
	if !is || isOffered(p, domain.Name) {
		return asked, nil
	}
	instead := advice(domain.Name, p)
	if !asked.bare || domain.Name.Parent().IsZero() {
		return question{}, errors.New(instead)
	}
	host := ofHost(domain.Name)
	host.key.Form, host.missing = formBare, instead
	return host, nil
}

// isOffered reports whether a name stands where registrations do: one label below a zone, or is a zone.
func isOffered(p *policy.Profile, name names.Name) bool {
	if _, below := p.Zone(name.Parent()); below {
		return true
	}
	_, isZone := p.Zone(name)
	return isZone
}

// advice says why a name is no registration, and what to ask instead.
func advice(name names.Name, p *policy.Profile) string {
	const servers = "; ask for a name server with nameserver NAME"
	zones := make([]string, len(p.Zones))
	for i, z := range p.Zones {
		zones[i] = z.Name.String()
	}
	ours := strings.Join(zones, ", ")
	registered, within := p.Registrable(name)
	switch {
	case within:
		return fmt.Sprintf("%s is below a registration, not one label below our zones; ask for %s, or for a name server with nameserver NAME", name, registered)
	case name.Parent().IsZero():
		return fmt.Sprintf("%s has no zone; put one of ours behind it (%s), such as %s.%s%s", name, ours, name, zones[0], servers)
	}
	return "not one label below our zones; they are " + ours + servers
}
