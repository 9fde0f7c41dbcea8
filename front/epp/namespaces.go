package epp

import (
	"strings"

	"example.org/dorado/core/strictxml"
)

// The namespaces of EPP and of the objects of this registry. RFC 5730 to 5733.
const (
	nsEPP     = "urn:ietf:params:xml:ns:epp-1.0"
	nsDomain  = "urn:ietf:params:xml:ns:domain-1.0"
	nsHost    = "urn:ietf:params:xml:ns:host-1.0"
	nsContact = "urn:ietf:params:xml:ns:contact-1.0"
)

// The namespaces of the extensions of this registry.
const (
	nsRGP         = "urn:ietf:params:xml:ns:rgp-1.0"                          // RFC 3915
	nsSecDNS      = "urn:ietf:params:xml:ns:secDNS-1.1"                       // RFC 5910
	nsIDN         = "urn:ietf:params:xml:ns:idn-1.0"                          // draft-obispo-epp-idn
	nsFee         = "urn:ietf:params:xml:ns:epp:fee-1.0"                      // RFC 8748
	nsLaunch      = "urn:ietf:params:xml:ns:launch-1.0"                       // RFC 8334
	nsToken       = "urn:ietf:params:xml:ns:allocationToken-1.0"              // RFC 8495
	nsTTL         = "urn:ietf:params:xml:ns:epp:ttl-1.0"                      // RFC 9803
	nsLoginSec    = "urn:ietf:params:xml:ns:epp:loginSec-1.0"                 // RFC 8807
	nsChangePoll  = "urn:ietf:params:xml:ns:changePoll-1.0"                   // RFC 8590
	nsMaintenance = "urn:ietf:params:xml:ns:epp:maintenance-1.0"              // RFC 9167
	nsUnhandled   = "urn:ietf:params:xml:ns:epp:unhandled-namespaces-1.0"     // RFC 9038
	nsSecureAuth  = "urn:ietf:params:xml:ns:epp:secure-authinfo-transfer-1.0" // RFC 9154
)

// objectURIs are the objects that a login can announce.
func objectURIs() []string { return []string{nsDomain, nsHost, nsContact, nsMaintenance} }

// prefixes are the usual prefixes of namespaces: those that answers use, and those of extensions that
// registrars know from the manual. Manual 9.12.
var prefixes = map[string]string{
	"epp":     nsEPP,
	"domain":  nsDomain,
	"host":    nsHost,
	"contact": nsContact,

	"rgp":             nsRGP,
	"secDNS":          nsSecDNS,
	"idn":             nsIDN,
	"fee":             nsFee,
	"launch":          nsLaunch,
	"allocationToken": nsToken,
	"ttl":             nsTTL,
	"loginSec":        nsLoginSec,
	"changePoll":      nsChangePoll,
	"maint":           nsMaintenance,
}

// objectPrefix returns the usual prefix of an object of ours, "" for any other namespace.
func objectPrefix(uri string) string {
	switch uri {
	case nsDomain:
		return "domain"
	case nsHost:
		return "host"
	case nsContact:
		return "contact"
	case nsMaintenance:
		return "maint"
	}
	return ""
}

// maxName is longer than the name of every element of EPP.
const maxName = 40

// usualName returns the name of an element as answers write it, such as "domain:name", and "" for one
// that is not of EPP, of an object of ours or of an extension that registrars know.
func usualName(n strictxml.Name) string {
	if len(n.Local) > maxName {
		return ""
	}
	if n.Space == nsEPP {
		return n.Local
	}
	for prefix, uri := range prefixes {
		if uri == n.Space {
			return prefix + ":" + n.Local
		}
	}
	return ""
}

// meant returns the namespace that a misprinted one stands for. What counts as a misprint is what the
// manual's samples have, "u:ietf" for "urn:ietf", a prefix in place of the namespace, a line broken
// inside, and letters of another case. Decisions 4.3.
func meant(uri string) (string, bool) {
	if objectPrefix(uri) != "" {
		return "", false
	}
	if known, ok := prefixes[uri]; ok {
		return known, true
	}
	plain := strings.ToLower(strings.Join(strings.Fields(uri), ""))
	if rest, ok := strings.CutPrefix(plain, "u:ietf:"); ok {
		plain = "urn:ietf:" + rest
	}
	for _, known := range prefixes {
		if plain == strings.ToLower(known) && uri != known {
			return known, true
		}
	}
	return "", false
}
