package console

import (
	"errors"
	"strings"

	"github.com/miekg/dns"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// errNoDS is of a line that is no DS of the name.
var errNoDS = errors.New("console: no DS record")

// readDS reads a DS as zone files have it, with or without what stands before its four fields; or makes the DS of a
// DNSKEY, with SHA-256. RFC 4034 sections 5.3 and 2.2.
func readDS(line string, name names.Name) (registry.DS, error) {
	if len(line) > 4096 || strings.ContainsAny(line, "$\n\r;") { // no directive, no comment
		return registry.DS{}, errNoDS
	}
	apex := name.String() + "."
	record, err := dns.NewRR(line)
	if err != nil || record == nil || !isSigner(record) {
		fields := strings.Fields(line)
		upper := strings.ToUpper(strings.Join(fields, " "))
		switch {
		case strings.HasPrefix(upper, "DS "), strings.HasPrefix(upper, "DNSKEY "):
			record, err = dns.NewRR(apex + " IN " + line)
		case len(fields) > 3 && strings.Trim(fields[0]+fields[1]+fields[2], "0123456789") == "":
			if record, err = dns.NewRR(apex + " IN DS " + line); isKey(fields) {
				record, err = dns.NewRR(apex + " IN DNSKEY " + line)
			}
		}
	}
	if err != nil || record == nil || !isSigner(record) || !strings.EqualFold(record.Header().Name, apex) {
		return registry.DS{}, errNoDS
	}
	if key, isKey := record.(*dns.DNSKEY); isKey {
		if key.Flags&dns.SEP == 0 && key.Flags&dns.ZONE == 0 {
			return registry.DS{}, errNoDS
		}
		record = key.ToDS(dns.SHA256)
	}
	ds, ok := record.(*dns.DS)
	if !ok || ds == nil {
		return registry.DS{}, errNoDS
	}
	return registry.DS{KeyTag: ds.KeyTag, Algorithm: ds.Algorithm, DigestType: ds.DigestType, Digest: strings.ToUpper(ds.Digest)}, nil
}

// isSigner reports whether a record is of a type that a DS can be had from.
func isSigner(r dns.RR) bool {
	switch r.(type) {
	case *dns.DS, *dns.DNSKEY:
		return true
	}
	return false
}

// isKey reports whether four fields are those of a DNSKEY: flags of a key that signs, and the one protocol.
func isKey(fields []string) bool {
	return (fields[0] == "256" || fields[0] == "257") && fields[1] == "3" && len(fields[3]) > 40 && strings.ContainsAny(fields[3], "+/=ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ")
}
