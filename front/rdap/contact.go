package rdap

import (
	"net/url"
	"slices"
	"strings"

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

// drafted is the card of a contact and what of it is redacted, as far as they are made. An answer with cards of RFC 9553 names
// each redaction in both cards, the jCard's first.
type drafted struct {
	role     role
	at       string // the JSONPath of the entity
	person   flow.Person
	card     vcard
	contact  string      // where the sponsor is reached instead; empty if it has not said
	redacted []redaction // of the entity and its jCard
	inCard   []redaction // of the card of RFC 9553
}

// contact returns the entity of a contact of a name that stands at a path of the answer: what the caller may see, and a
// redaction for each of the rest, whether or not there is anything in it. The id is redacted while nothing is open.
// Manual 9.5.3, decisions 2.3, response profile 2.7.
func (h *Handler) contact(q query, p flow.Person, sponsor flow.PublicRegistrar, at string) (entity, []redaction) {
	r := roles[p.Role]
	d := drafted{role: r, at: at + ".entities[?(@.roles[0]=='" + r.name + "')]", person: p}
	e := h.card(q, &d, sponsor)
	e.Roles = []string{r.name}
	return e, d.redacted
}

// card makes the entity of a contact, and what of it is redacted.
func (h *Handler) card(q query, d *drafted, sponsor flow.PublicRegistrar) entity {
	e := entity{Class: "entity", Handle: string(d.person.Handle)}
	d.contact = contactURI(sponsor)
	if e.Handle != "" {
		e.Links = []link{h.self(q, "entity/"+e.Handle)}
	} else {
		d.redact("ID", removal(".handle"), emptied(".jscard.uid")) // a card must have a UID. RFC 9553 section 2.1.9
	}
	d.addName()
	d.addOrganization()
	d.addAddress()
	d.addPhone("voice", "Phone", d.person.Voice)
	d.addPhone("fax", "Fax", d.person.Fax)
	d.addEmail()
	e.VCard = d.card.array()
	if q.jscard {
		e.JSCard = personCard(d.person, d.contact)
		d.redacted = append(d.redacted, d.inCard...)
	}
	return e
}

// removal, emptied and replaced are redactions of what stands at a path behind that of the entity. RFC 9537 section 3.
func removal(path string) redaction { return redaction{PrePath: path, Method: "removal"} }

func emptied(path string) redaction { return redaction{PostPath: path, Method: "emptyValue"} }

func replaced(path, by string) redaction {
	return redaction{PrePath: path, ReplacementPath: by, Method: "replacementValue"}
}

// redact notes that a field is not shown, with how that is in the jCard and in the card of RFC 9553.
func (d *drafted) redact(field string, inJCard, inCard redaction) {
	d.redacted = append(d.redacted, d.whole(field, inJCard))
	d.inCard = append(d.inCard, d.whole(field, inCard))
}

// whole says what every redaction of a field says, and from where its paths lead.
func (d *drafted) whole(field string, r redaction) redaction {
	r.Name = d.name(field)
	r.PathLang, r.Reason.Description = "jsonpath", "The registrar has not opened this field to the public"
	for _, path := range []*string{&r.PrePath, &r.PostPath, &r.ReplacementPath} {
		if *path != "" {
			*path = d.at + *path
		}
	}
	return r
}

// name is how a redaction calls a field of this contact.
func (d *drafted) name(field string) redactedName {
	text := strings.TrimSpace(d.role.prefix + " " + field)
	if field == "ID" {
		text = "Registry " + text
	}
	if slices.Contains(d.role.typed, field) {
		return redactedName{Type: text}
	}
	return redactedName{Description: text}
}

// property is the JSONPath of a property of the jCard, from the entity.
func property(name string) string { return ".vcardArray[1][?(@[0]=='" + name + "')]" }

// addName adds fn, which a card must have: redacted, it is empty. RFC 6350 section 6.2.1.
func (d *drafted) addName() {
	d.card = d.card.text("fn", d.person.Name.Value)
	if !d.person.Name.Open {
		d.redact("Name", emptied(property("fn")+"[3]"), removal(".jscard.name"))
	}
}

// addOrganization adds org. Where ICANN's conformance tool takes one that is not there for redacted, an open one without a
// value is empty (its test -63300).
func (d *drafted) addOrganization() {
	switch {
	case !d.person.Org.Open:
		d.redact("Organization", removal(property("org")), removal(".jscard.organizations.org"))
	case d.person.Org.Value != "" || slices.Contains(d.role.typed, "Organization"):
		d.card = d.card.text("org", d.person.Org.Value)
	}
}

// addAddress adds adr with all its parts; redacted, they are empty. The country is a code beside
// it. Response profile 1.4, RFC 8605 section 3.1.
func (d *drafted) addAddress() {
	d.card = d.card.address(d.person.Address.Value)
	if d.person.Address.Open {
		return
	}
	const components = ".jscard.addresses.addr.components"
	for _, part := range []struct{ field, at, kind string }{
		{"Street", "[3][2]", "name"}, {"City", "[3][3]", "locality"}, {"State/Province", "[3][4]", "region"}, {"Postal Code", "[3][5]", "postcode"},
	} {
		d.redact(part.field, emptied(property("adr")+part.at), removal(components+"[?(@.kind=='"+part.kind+"')]"))
	}
	d.redact("Country", removal(property("adr")+"[1].cc"), removal(".jscard.addresses.addr.countryCode"))
}

// addPhone adds tel of one kind, its extension inside it.
func (d *drafted) addPhone(kind, field string, p flow.Shown[registry.Phone]) {
	if p.Open {
		d.card = d.card.tel(kind, p.Value)
		return
	}
	path := ".vcardArray[1][?(@[1].type=='" + kind + "')]"
	d.redact(field, removal(path), removal(".jscard.phones."+kind))
	d.redact(field+" Ext", removal(path), removal(".jscard.phones."+kind))
}

// addEmail adds email or, redacted, where the registrar can be reached instead, if that is known.
// Response profile 2.7.4.9, RFC 8605 section 2.1, RFC 9553 section 2.6.3.
func (d *drafted) addEmail() {
	const inCard = ".jscard.emails.email"
	switch {
	case d.person.Email.Open:
		d.card, d.contact = d.card.text("email", d.person.Email.Value), ""
	case d.contact == "":
		d.redact("Email", removal(property("email")), removal(inCard))
	default:
		d.card = append(d.card, []any{"contact-uri", struct{}{}, "uri", d.contact})
		d.redact("Email", replaced(property("email"), property("contact-uri")), replaced(inCard, ".jscard.links.contact"))
	}
}

// contactURI is where a registrar can be reached on behalf of its contacts: its web site, or else its own address.
func contactURI(r flow.PublicRegistrar) string {
	switch {
	case isWebAddress(r.Website):
		return r.Website
	case r.Email != "":
		return "mailto:" + r.Email
	}
	return ""
}

func isWebAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}
