package whois

import (
	"slices"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// prefixes are how the fields of each role begin.
var prefixes = map[string]string{
	"registrant": "Registrant", "admin": "Admin", "tech": "Tech", "billing": "Billing",
}

// contact writes the block of one contact. Every field that its registrar has not opened is
// redacted, whether or not there is anything in it; the id is redacted while nothing is open.
// Manual 9.5.3, decisions 2.3.
func (l *lines) contact(p flow.Person) {
	prefix, c := prefixes[p.Role], p.Contact
	name, nameOpen := form(c, registry.DiscloseNameInt, registry.DiscloseNameLoc)
	org, orgOpen := form(c, registry.DiscloseOrgInt, registry.DiscloseOrgLoc)
	addr, addrOpen := form(c, registry.DiscloseAddrInt, registry.DiscloseAddrLoc)
	show := func(key, value string, open bool) {
		l.add(prefix+" "+key, redactedUnless(open, value))
	}
	l.add("Registry "+prefix+" ID", redactedUnless(len(c.Disclose) > 0, string(c.ROID)))
	show("Name", name.Name, nameOpen)
	show("Organization", org.Org, orgOpen)
	streets := addr.Street
	if !addrOpen {
		streets = []string{redacted}
	}
	for _, street := range streets {
		l.add(prefix+" Street", street)
	}
	show("City", addr.City, addrOpen)
	show("State/Province", addr.Province, addrOpen)
	show("Postal Code", addr.Postcode, addrOpen)
	show("Country", addr.Country, addrOpen)
	voiceOpen, faxOpen := opens(c, registry.DiscloseVoice), opens(c, registry.DiscloseFax)
	show("Phone", c.Voice.Number, voiceOpen)
	show("Phone Ext", c.Voice.Extension, voiceOpen)
	show("Fax", c.Fax.Number, faxOpen)
	show("Fax Ext", c.Fax.Extension, faxOpen)
	show("Email", c.Email, opens(c, registry.DiscloseEmail))
}

func redactedUnless(open bool, value string) string {
	if !open {
		return redacted
	}
	return value
}

func opens(c registry.Contact, what registry.Disclosure) bool {
	return slices.Contains(c.Disclose, what)
}

// form returns the postal form that an attribute is shown in: the first that is both open and
// there, the international one before the local.
func form(c registry.Contact, inInt, inLoc registry.Disclosure) (registry.Postal, bool) {
	switch {
	case c.Int != nil && opens(c, inInt):
		return *c.Int, true
	case c.Loc != nil && opens(c, inLoc):
		return *c.Loc, true
	}
	return registry.Postal{}, false
}
