package eppclient

import (
	"bytes"
	"embed"
	"encoding/xml"
	"fmt"
	"strings"
	"text/template"
)

// The namespaces of the objects. RFC 5731, 5732 and 5733.
const (
	nsPrefix   = "urn:ietf:params:xml:ns:"
	ContactURI = nsPrefix + "contact-1.0"
	DomainURI  = nsPrefix + "domain-1.0"
	HostURI    = nsPrefix + "host-1.0"
	SecDNSURI  = nsPrefix + "secDNS-1.1" // of an extension
)

// Login begins a session. RFC 5730 section 2.9.1.1.
type Login struct {
	ID, Password, NewPassword string
	Objects, Extensions       []string // namespaces, as the greeting has them
	Agent                     string   // what the client calls itself; empty says nothing. RFC 8807 section 4.1
}

// Logout ends a session. RFC 5730 section 2.9.1.2.
type Logout struct{}

// Check asks which objects could be created. Object is domain, host or contact.
type Check struct {
	Object string
	Names  []string
	Fees   *FeeQuestion // of domains; nil asks nothing
	Token  string       // an allocation token, for domains. RFC 8495
}

// Info asks about one object.
type Info struct {
	Object, Name string
	AuthInfo     string
	Hosts        string // for a domain: all, del, sub or none
	TTL          TTLQuestion
}

// Delete removes one object.
type Delete struct{ Object, Name string }

// PollRequest asks for the oldest message in the queue. RFC 5730 section 2.9.2.3.
type PollRequest struct{}

// PollAck removes a message from the queue.
type PollAck struct{ ID string }

// Renew extends a registration. RFC 5731 section 3.2.3.
type Renew struct {
	Name, Expires string // Expires is a date
	Years         int
	Fee           Fee
}

// Transfer requests a domain or contact of another registrar, or asks how a transfer stands, or ends it. RFC
// 5731 section 3.2.4, RFC 5733 section 3.2.4.
type Transfer struct {
	Op           string // request, query, cancel, approve or reject
	Object, Name string
	AuthInfo     string
	Years        int // by which the request of a domain renews it; 0 leaves it to the server
	Fee          Fee
}

// Restore brings a domain back from redemption, or reports why that was done. RFC 3915 section 4.2.5.
type Restore struct {
	Name   string
	Fee    Fee
	Report *RestoreReport // nil for the restore itself
}

// A RestoreReport says why a domain was restored. Instants are as in XML schemas.
type RestoreReport struct {
	Before, After     string // the registration, before it was deleted and now
	Deleted, Restored string
	Reason            string
}

// A DomainContact links a contact in a role: admin, tech or billing.
type DomainContact struct{ Role, ID string }

// DomainCreate registers a name. RFC 5731 section 3.2.1.
type DomainCreate struct {
	Name        string
	Years       int // 0 leaves it to the server
	Nameservers []string
	Registrant  string
	Contacts    []DomainContact
	AuthInfo    string
	Fee         Fee
	DS          []DS
	TTL         []TTL
	IDNTable    string // empty lets the server choose
	Token       string // an allocation token. RFC 8495
}

// A DomainEdit is what an update adds or removes.
type DomainEdit struct {
	Nameservers []string
	Contacts    []DomainContact
	Statuses    []string
}

// Any reports whether the edit has anything in it.
func (e DomainEdit) Any() bool { return len(e.Nameservers)+len(e.Contacts)+len(e.Statuses) > 0 }

// DomainUpdate changes a registration. RFC 5731 section 3.2.5. A nil part is left as it is.
type DomainUpdate struct {
	Name        string
	Add, Remove DomainEdit
	Registrant  string // empty leaves it
	AuthInfo    *Text  // an empty one removes it
	AddDS       []DS
	RemoveDS    []DS
	RemoveAllDS bool // instead of RemoveDS
	TTL         []TTL
}

// A Text is a string that can be absent, as a nil *Text.
type Text string

func (t Text) String() string { return string(t) }

// An Address is one of a host. Version is v4 or v6.
type Address struct{ Version, Text string }

// HostCreate makes a host. RFC 5732 section 3.2.1.
type HostCreate struct {
	Name      string
	Addresses []Address
	TTL       []TTL
}

// A HostEdit is what an update adds or removes.
type HostEdit struct {
	Addresses []Address
	Statuses  []string
}

// Any reports whether the edit has anything in it.
func (e HostEdit) Any() bool { return len(e.Addresses)+len(e.Statuses) > 0 }

// HostUpdate changes a host. RFC 5732 section 3.2.4.
type HostUpdate struct {
	Name, NewName string
	Add, Remove   HostEdit
	TTL           []TTL
}

// A Phone is a number with an optional extension.
type Phone struct{ Number, Extension string }

// A Postal is one form of an address. Form is int or loc. RFC 5733 section 2.4.
type Postal struct {
	Form, Name, Org                   string
	Street                            []string
	City, Province, Postcode, Country string
}

// HasAddress reports whether an address is given beside the names.
func (p Postal) HasAddress() bool {
	return len(p.Street) > 0 || p.City+p.Province+p.Postcode+p.Country != ""
}

// ContactCreate makes a contact. RFC 5733 section 3.2.1.
type ContactCreate struct {
	ID         string
	Postal     Postal
	Voice, Fax *Phone
	Email      string
	AuthInfo   string
	Disclose   []Disclosure // attributes to open
}

// A Disclosure is an attribute that can be open to the public. Form is int or loc for name, org
// and addr, and empty for the others. RFC 5733 section 2.9.
type Disclosure struct{ Element, Form string }

// ContactUpdate changes a contact. RFC 5733 section 3.2.4. A nil part is left as it is.
type ContactUpdate struct {
	ID          string
	Add, Remove []string // statuses
	Postal      *Postal
	Voice, Fax  *Phone
	Email       string
	AuthInfo    *Text
}

// Changes reports whether the update has anything under chg.
func (u ContactUpdate) Changes() bool {
	return u.Postal != nil || u.Voice != nil || u.Fax != nil || u.Email != "" || u.AuthInfo != nil
}

//go:embed *.tmpl
var texts embed.FS

// frames are the templates: one for each type above, named after it, and another for what it says in
// extensions, if it can.
var frames = template.Must(template.New("frames").Funcs(template.FuncMap{
	"x": escape,
}).ParseFS(texts, "*.tmpl"))

// escape makes a text safe inside an element and inside an attribute.
func escape(s string) (string, error) {
	var b bytes.Buffer
	err := xml.EscapeText(&b, []byte(s))
	return b.String(), err
}

// Frame writes a command, which is one of the types of this package, as a frame.
func Frame(command any, clTRID string) ([]byte, error) {
	name := strings.TrimPrefix(fmt.Sprintf("%T", command), "eppclient.")
	var b bytes.Buffer
	if err := frames.ExecuteTemplate(&b, "begin", nil); err != nil {
		return nil, err
	}
	if err := frames.ExecuteTemplate(&b, name, command); err != nil {
		return nil, fmt.Errorf("write the frame of %s: %w", name, err)
	}
	if err := extension(&b, name, command); err != nil {
		return nil, fmt.Errorf("write the extensions of %s: %w", name, err)
	}
	err := frames.ExecuteTemplate(&b, "end", clTRID)
	return b.Bytes(), err
}

// extension writes what a command says in extensions, if anything. RFC 5730 section 2.7.
func extension(b *bytes.Buffer, name string, command any) error {
	t := frames.Lookup(name + " extension")
	if t == nil {
		return nil
	}
	var inside bytes.Buffer
	err := t.Execute(&inside, command)
	if err == nil && inside.Len() > 0 {
		b.WriteString("    <extension>\n" + inside.String() + "    </extension>\n")
	}
	return err
}

// Hello is the frame that asks for the greeting. RFC 5730 section 2.3.
func Hello() []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8" standalone="no"?>` + "\n" +
		`<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><hello/></epp>` + "\n")
}
