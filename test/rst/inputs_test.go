package rst

import (
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"strings"
	"testing"
)

// The input parameters with which ICANN's suite is told about a registry, as an operator of this one
// fills them in. RST v2, inc/epp/inputs.yaml; docs/rst.md has the table.
const (
	hostName = "epp.rst.example" // epp.hostName
	serverID = "Dorado RST"      // in epp.greeting

	clID01 = "R2001" // epp.clid01
	clID02 = "R2002" // epp.clid02
	clID03 = "R2003" // sponsors what is registered before the tests

	maxYears     = 5    // of the profile; a gTLD has 10
	repositoryID = "CO" // of the profile; registered at IANA in the operator's name
)

// tlds is the TLD set: the zones in which registrars register.
func tlds() []string { return []string{"co", "com.co", "net.co", "nom.co"} }

// epp.registeredNames, epp.registeredNameservers and epp.registeredContacts: they exist before the
// tests, and neither clid01 nor clid02 sponsors them.
func registeredName(tld string) string       { return "registrado." + tld }
func registeredNameserver(tld string) string { return "ns1." + registeredName(tld) }
func registeredContacts() []string           { return []string{"RST-ONE", "RST-TWO"} }

// requiredContactTypes is epp.requiredContactTypes.
func requiredContactTypes() []string { return []string{"admin", "tech"} }

// An account is a registrar's access: epp.clid, epp.pwd and the certificate of its client.
type account struct {
	id, password string
	certificate  tls.Certificate
}

// open opens an account that comes in by its certificate alone. It has no address list: with ICANN's
// addresses on one, a wrong certificate would not be needed any more, and epp-03 sends one.
func (h *house) open(t testing.TB, id string) {
	t.Helper()
	a := account{id: id, password: "Pw1-" + rand.Text()[:12], certificate: selfSigned(t, id)}
	file := h.dir + "/" + id + ".pem"
	writePEM(t, file, "CERTIFICATE", a.certificate.Certificate...)
	h.accounts[id] = a
	h.dorado(t, a.password+"\n", "registrar", "add", id, "--dir", h.dir, "--name", "Registry System Tests "+id,
		"--email", "rst@"+strings.ToLower(id)+".example", "--certificate", file, "--password-stdin")
	h.dorado(t, "", "registrar", "deposit", id, "100000.00", "RST-"+id, "--dir", h.dir)
	if id == clID03 {
		h.register(t)
	}
}

// register makes what the inputs say is registered.
func (h *house) register(t testing.TB) {
	t.Helper()
	c := h.session(t, clID03)
	defer c.close()
	for _, id := range registeredContacts() {
		c.accepts(t, "before the tests", newContact(id).create())
	}
	for _, tld := range tlds() {
		d := domain{name: registeredName(tld), registrant: registeredContacts()[0], years: "1"}
		for _, role := range requiredContactTypes() {
			d.contacts = append(d.contacts, [2]string{role, registeredContacts()[1]})
		}
		c.accepts(t, "before the tests", d.create())
		c.accepts(t, "before the tests", host{name: registeredNameserver(tld), addrs: []addr{{"v4", "192.0.2.53"}}}.create())
	}
}

// label returns a random label that no test and no list has had.
func label() string { return "rst" + strings.ToLower(rand.Text()[:12]) }

// contactID returns a random id of a contact.
func contactID() string { return "RST" + rand.Text()[:10] }

// secret returns authInfo with more than 128 bits, all four kinds of characters in it. RFC 9154
// section 4.1.
func secret() string { return fmt.Sprintf("aZ9!%s", rand.Text()) }
