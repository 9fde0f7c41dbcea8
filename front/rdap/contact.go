package rdap

import (
	"net/url"
	"slices"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A role is how RDAP and its redactions call the role of a contact.
type role struct {
	name   string   // RFC 9083 section 10.2.4
	prefix string   // of the names of its fields
	typed  []string // fields whose redaction has a type at IANA. Response profile 2.7
}

var roles = map[string]role{
	"registrant": {"registrant", "Registrant", []string{
		"ID", "Name", "Organization", "Street", "City", "Postal Code",
		"Phone", "Phone Ext", "Fax", "Fax Ext", "Email",
	}},
	"admin":   {"administrative", "Admin", nil},
	"tech":    {"technical", "Tech", []string{"ID", "Name", "Phone", "Phone Ext", "Email"}},
	"billing": {"billing", "Billing", nil},
}

// drafted is the card of a contact and what of it is redacted, as far as they are made.
type drafted struct {
	role     role
	contact  registry.Contact
	card     vcard
	redacted []redaction
}

// contact returns the entity of one contact: what its registrar has opened, and a redaction for
// each of the rest, whether or not there is anything in it. The id is redacted while nothing is
// open. Manual 9.5.3, decisions 2.3, response profile 2.7.
func contact(p flow.Person, sponsor registry.Registrar) (entity, []redaction) {
	d := drafted{role: roles[p.Role], contact: p.Contact}
	e := entity{Class: "entity", Roles: []string{d.role.name}}
	if len(p.Disclose) > 0 {
		e.Handle = string(p.ROID)
	} else {
		d.redact(redaction{Name: d.name("ID"), PrePath: d.path() + ".handle", Method: "removal"})
	}
	d.addName()
	d.addOrganization()
	d.addAddress()
	d.addPhone("voice", "Phone", p.Voice, registry.DiscloseVoice)
	d.addPhone("fax", "Fax", p.Fax, registry.DiscloseFax)
	d.addEmail(sponsor.Website)
	e.VCard = d.card.array()
	return e, d.redacted
}

// redact notes what is not shown.
func (d *drafted) redact(r redaction) {
	r.PathLang, r.Reason.Description = "jsonpath", "The registrar has not opened this field to the public"
	d.redacted = append(d.redacted, r)
}

// name is how a redaction calls a field of this contact.
func (d *drafted) name(field string) redactedName {
	text := d.role.prefix + " " + field
	if field == "ID" {
		text = "Registry " + text
	}
	if slices.Contains(d.role.typed, field) {
		return redactedName{Type: text}
	}
	return redactedName{Description: text}
}

// path is the JSONPath of the entity, and property that of a property of its card.
func (d *drafted) path() string { return "$.entities[?(@.roles[0]=='" + d.role.name + "')]" }

func (d *drafted) property(name string) string {
	return d.path() + ".vcardArray[1][?(@[0]=='" + name + "')]"
}

// addName adds fn, which a card must have: redacted, it is empty. RFC 6350 section 6.2.1.
func (d *drafted) addName() {
	postal, open := form(d.contact, registry.DiscloseNameInt, registry.DiscloseNameLoc)
	d.card = d.card.text("fn", postal.Name)
	if !open {
		d.redact(redaction{Name: d.name("Name"), PostPath: d.property("fn") + "[3]", Method: "emptyValue"})
	}
}

func (d *drafted) addOrganization() {
	postal, open := form(d.contact, registry.DiscloseOrgInt, registry.DiscloseOrgLoc)
	switch {
	case !open:
		d.redact(redaction{Name: d.name("Organization"), PrePath: d.property("org"), Method: "removal"})
	case postal.Org != "":
		d.card = d.card.text("org", postal.Org)
	}
}

// addAddress adds adr with all its parts; redacted, they are empty. The country is a code beside
// it. Response profile 1.4, RFC 8605 section 3.1.
func (d *drafted) addAddress() {
	postal, open := form(d.contact, registry.DiscloseAddrInt, registry.DiscloseAddrLoc)
	d.card = d.card.address(postal)
	if open {
		return
	}
	for _, part := range []struct{ field, at string }{
		{"Street", "[3][2]"}, {"City", "[3][3]"}, {"State/Province", "[3][4]"}, {"Postal Code", "[3][5]"},
	} {
		d.redact(redaction{Name: d.name(part.field), PostPath: d.property("adr") + part.at, Method: "emptyValue"})
	}
	d.redact(redaction{Name: d.name("Country"), PrePath: d.property("adr") + "[1].cc", Method: "removal"})
}

// addPhone adds tel of one kind, its extension inside it.
func (d *drafted) addPhone(kind, field string, p registry.Phone, what registry.Disclosure) {
	if opens(d.contact, what) {
		d.card = d.card.tel(kind, p)
		return
	}
	path := d.path() + ".vcardArray[1][?(@[1].type=='" + kind + "')]"
	d.redact(redaction{Name: d.name(field), PrePath: path, Method: "removal"})
	d.redact(redaction{Name: d.name(field + " Ext"), PrePath: path, Method: "removal"})
}

// addEmail adds email or, redacted, where the registrar can be reached instead, if that is known.
// Response profile 2.7.4.9, RFC 8605 section 2.1.
func (d *drafted) addEmail(website string) {
	if opens(d.contact, registry.DiscloseEmail) {
		d.card = d.card.text("email", d.contact.Email)
		return
	}
	r := redaction{Name: d.name("Email"), PrePath: d.property("email"), Method: "removal"}
	if isWebAddress(website) {
		d.card = append(d.card, []any{"contact-uri", struct{}{}, "uri", website})
		r.ReplacementPath, r.Method = d.property("contact-uri"), "replacementValue"
	}
	d.redact(r)
}

func isWebAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

func opens(c registry.Contact, what registry.Disclosure) bool {
	return slices.Contains(c.Disclose, what)
}

// form returns the postal form that an attribute is shown in: the first that is both open and
// there, the international one before the local; none is the empty form.
func form(c registry.Contact, inInt, inLoc registry.Disclosure) (registry.Postal, bool) {
	switch {
	case c.Int != nil && opens(c, inInt):
		return *c.Int, true
	case c.Loc != nil && opens(c, inLoc):
		return *c.Loc, true
	}
	return registry.Postal{}, false
}
