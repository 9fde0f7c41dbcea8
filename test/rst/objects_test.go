package rst

import (
	"fmt"
	"strings"
)

// none is an element that is sent and has no content, while "" sends none.
const none = "\x00"

// optional writes an element unless its text is absent.
func optional(name, text string) string {
	switch text {
	case "":
		return ""
	case none:
		return "<" + name + "/>"
	default:
		return element(name, text)
	}
}

// object wraps the content of a command in its two elements, as in <create><domain:create>.
func object(verb, prefix, content string) string {
	return fmt.Sprintf(`<%s><%s:%s xmlns:%s="urn:ietf:params:xml:ns:%s-1.0">%s</%s:%s></%s>`,
		verb, prefix, verb, prefix, prefix, content, prefix, verb, verb)
}

// named are the check, info and delete of an object, by its name or id.
func named(verb, prefix string, names ...string) command {
	key := prefix + ":name"
	if prefix == "contact" {
		key = "contact:id"
	}
	content := ""
	for _, n := range names {
		content += element(key, n)
	}
	return command{body: object(verb, prefix, content)}
}

// A form is a postal address as it is sent.
type form struct {
	kind, name, org  string
	street           []string
	city, sp, pc, cc string
}

func (f form) xml() string {
	lines := ""
	for _, s := range f.street {
		lines += optional("contact:street", s)
	}
	return fmt.Sprintf(`<contact:postalInfo type="%s">%s%s<contact:addr>%s%s%s%s%s</contact:addr></contact:postalInfo>`,
		escaped(f.kind), optional("contact:name", f.name), optional("contact:org", f.org), lines, optional("contact:city", f.city),
		optional("contact:sp", f.sp), optional("contact:pc", f.pc), optional("contact:cc", f.cc))
}

// A contact is one as it is sent.
type contact struct {
	id              string
	forms           []form
	voice, voiceExt string
	fax, faxExt     string
	email           string
}

// newContact returns a contact with every element, in both forms.
func newContact(id string) contact {
	f := form{
		kind: "int", name: "Ana Rojas", org: "Ejemplo S.A.S.", street: []string{"Calle 10 4-21", "Piso 3", "Oficina 301"},
		city: "Bogota", sp: "Cundinamarca", pc: "110221", cc: "CO",
	}
	l := f
	l.kind, l.name, l.city, l.street = "loc", "Ana María Rojas Peña", "Bogotá", []string{"Calle 10 № 4-21"}
	return contact{
		id: id, forms: []form{f, l}, voice: "+57.6015550100", voiceExt: "1234", fax: "+57.6015550101", faxExt: "99",
		email: "ana.rojas@example.com",
	}
}

// contents are what create and chg share.
func (c contact) contents() string {
	forms := ""
	for _, f := range c.forms {
		forms += f.xml()
	}
	return forms + phoneXML("contact:voice", c.voice, c.voiceExt) + phoneXML("contact:fax", c.fax, c.faxExt) +
		optional("contact:email", c.email)
}

func phoneXML(name, number, ext string) string {
	if ext != "" && number != "" {
		name += ` x="` + escaped(ext) + `"`
	}
	return optional(name, number)
}

func (c contact) create() command {
	return command{body: object("create", "contact", element("contact:id", c.id)+c.contents()+
		"<contact:authInfo>"+element("contact:pw", secret())+"</contact:authInfo>")}
}

// change is an update that replaces what c has.
func (c contact) change() command {
	return command{body: object("update", "contact", element("contact:id", c.id)+"<contact:chg>"+c.contents()+"</contact:chg>")}
}

// An addr is the address of a host as it is sent.
type addr struct{ ip, text string }

func (a addr) xml() string {
	name := `host:addr ip="` + a.ip + `"`
	if a.ip == "" {
		name = "host:addr"
	}
	return optional(name, a.text)
}

type host struct {
	name  string
	addrs []addr
}

func (h host) create() command {
	content := element("host:name", h.name)
	for _, a := range h.addrs {
		content += a.xml()
	}
	return command{body: object("create", "host", content)}
}

// An edit is an update: what is added, removed and changed, as elements.
type edit struct{ add, rem, chg string }

func (e edit) of(prefix, name string) command {
	key, content := prefix+":name", ""
	if prefix == "contact" {
		key = "contact:id"
	}
	for _, part := range [][2]string{{"add", e.add}, {"rem", e.rem}, {"chg", e.chg}} {
		if part[1] != "" {
			content += "<" + prefix + ":" + part[0] + ">" + part[1] + "</" + prefix + ":" + part[0] + ">"
		}
	}
	return command{body: object("update", prefix, element(key, name)+content)}
}

// A domain is one as it is created.
type domain struct {
	name, years, unit string
	ns                string // what stands in <ns>
	registrant        string
	contacts          [][2]string // type and id
	pw                string      // a secret unless it is given
	ds                string      // what stands in <secDNS:create>
}

func (d domain) create() command {
	content := element("domain:name", d.name)
	unit := d.unit
	if unit == "" {
		unit = "y"
	}
	content += optional(`domain:period unit="`+unit+`"`, d.years)
	if d.ns != "" {
		content += "<domain:ns>" + d.ns + "</domain:ns>"
	}
	content += optional("domain:registrant", d.registrant)
	for _, c := range d.contacts {
		content += element(`domain:contact type="`+c[0]+`"`, c[1])
	}
	pw := d.pw
	if pw == "" {
		pw = secret()
	}
	cmd := command{body: object("create", "domain", content+"<domain:authInfo>"+optional("domain:pw", pw)+"</domain:authInfo>")}
	if d.ds != "" {
		cmd.extension = `<secDNS:create xmlns:secDNS="` + nsSecDNS + `">` + d.ds + "</secDNS:create>"
	}
	return cmd
}

func hostObj(names ...string) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString(element("domain:hostObj", n))
	}
	return b.String()
}

func renew(name, current, years, unit string) command {
	return command{body: object("renew", "domain", element("domain:name", name)+element("domain:curExpDate", current)+
		optional(`domain:period unit="`+unit+`"`, years))}
}

func (d ds) xml() string {
	return "<secDNS:dsData>" + optional("secDNS:keyTag", d.KeyTag) + optional("secDNS:alg", d.Alg) +
		optional("secDNS:digestType", d.DigestType) + optional("secDNS:digest", d.Digest) + "</secDNS:dsData>"
}
