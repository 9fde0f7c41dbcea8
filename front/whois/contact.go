package whois

import "example.org/dorado/flow"

// redacted stands where the registrar has not opened an attribute. Decisions 2.3.
const redacted = "REDACTED FOR PRIVACY"

// prefix is how the fields of a role begin.
func prefix(role string) string {
	return map[string]string{"registrant": "Registrant", "admin": "Admin", "tech": "Tech", "billing": "Billing"}[role]
}

// contact writes the block of one contact. Every field that its registrar has not opened is
// redacted, whether or not there is anything in it; the id is redacted while nothing is open.
// Manual 9.5.3, decisions 2.3.
func (l *lines) contact(p flow.Person) {
	begin := prefix(p.Role)
	show := func(key, value string, open bool) {
		if !open {
			value = redacted
		}
		l.add(begin+" "+key, value)
	}
	l.add("Registry "+begin+" ID", idOf(p))
	show("Name", p.Name.Value, p.Name.Open)
	show("Organization", p.Org.Value, p.Org.Open)
	addr, open := p.Address.Value, p.Address.Open
	if !open {
		addr.Street = []string{redacted}
	}
	for _, street := range addr.Street {
		l.add(begin+" Street", street)
	}
	show("City", addr.City, open)
	show("State/Province", addr.Province, open)
	show("Postal Code", addr.Postcode, open)
	show("Country", addr.Country, open)
	show("Phone", p.Voice.Value.Number, p.Voice.Open)
	show("Phone Ext", p.Voice.Value.Extension, p.Voice.Open)
	show("Fax", p.Fax.Value.Number, p.Fax.Open)
	show("Fax Ext", p.Fax.Value.Extension, p.Fax.Open)
	show("Email", p.Email.Value, p.Email.Open)
}

func idOf(p flow.Person) string {
	if p.Handle == "" {
		return redacted
	}
	return string(p.Handle)
}
