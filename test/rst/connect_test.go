package rst

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/test/peer"
)

// handshake runs openssl s_client to a service port, which ends after the handshake, and returns what
// it said and whether there was a handshake with a certificate that verifies.
func (h *house) handshake(t *testing.T, port string, args ...string) (said string, held bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	args = append([]string{
		"s_client", "-connect", port, "-servername", hostName, "-CAfile", h.rootFile,
		"-no-CApath", "-no-CAstore", "-verify_return_error",
	}, args...)
	out, err := exec.CommandContext(ctx, peer.Need(t, "openssl"), args...).CombinedOutput()
	return string(out), err == nil && strings.Contains(string(out), "Verify return code: 0 (ok)")
}

// oldProtocols lets openssl offer what it refuses by itself.
func oldProtocols(version string) []string { return []string{version, "-cipher", "ALL:@SECLEVEL=0"} }

// epp-01: every service port takes connections in TLS 1.2 and 1.3, with ciphers of RFC 9325, shows a
// certificate for its name with its chain, and refuses what is older. That the name is in the DNS and
// the authority is a public one is the operator's part.
func TestEPP01(t *testing.T) {
	h := newHouse(t)
	for _, port := range h.ports {
		for _, test := range []struct {
			name, fault string
			args        []string
			says        string // why there is no handshake; "" if there is one
		}{
			{"TLS 1.2", "EPP_TLS_REQUIRED_PROTOCOL_NOT_SUPPORTED", []string{"-tls1_2"}, ""},
			{"TLS 1.3", "EPP_TLS_REQUIRED_PROTOCOL_NOT_SUPPORTED", []string{"-tls1_3"}, ""},
			{"TLS 1.1", "EPP_TLS_FORBIDDEN_PROTOCOL_SUPPORTED", oldProtocols("-tls1_1"), "alert protocol version"},
			{"TLS 1.0", "EPP_TLS_FORBIDDEN_PROTOCOL_SUPPORTED", oldProtocols("-tls1"), "alert protocol version"},
			{"the name", "EPP_TLS_CERTIFICATE_HOSTNAME_MISMATCH", []string{"-verify_hostname", hostName}, ""},
			{"another name", "the test", []string{"-verify_hostname", "epp.other.example"}, "hostname mismatch"},
			{"no root", "the test", []string{"-CAfile", h.dir + "/ca.pem"}, "unable to get"},
			{"AES-128 with GCM", "EPP_TLS_BAD_CIPHER", []string{"-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"}, ""},
			{"AES-256 with GCM", "EPP_TLS_BAD_CIPHER", []string{"-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"}, ""},
			{"CBC", "EPP_TLS_BAD_CIPHER", []string{"-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0"}, "alert handshake failure"},
			{"no forward secrecy", "EPP_TLS_BAD_CIPHER", []string{"-tls1_2", "-cipher", "kRSA:@SECLEVEL=0"}, "alert handshake failure"},
			{"no encryption, no certificate", "EPP_TLS_BAD_CIPHER", []string{"-tls1_2", "-cipher", "eNULL:aNULL:@SECLEVEL=0"}, "alert handshake failure"},
		} {
			said, held := h.handshake(t, port, test.args...)
			if held != (test.says == "") || !strings.Contains(said, test.says) {
				t.Errorf("%s: with %s the handshake holds: %t, want it to say %q\n%s", test.fault, test.name, held, test.says, said)
			}
		}
		h.showsChain(t, port)
	}
}

// showsChain holds for a port that sends its certificate and the intermediate's, valid now.
func (h *house) showsChain(t *testing.T, port string) {
	t.Helper()
	said, _ := h.handshake(t, port, "-showcerts")
	if n := strings.Count(said, "BEGIN CERTIFICATE"); n != 2 {
		t.Errorf("EPP_TLS_CERTIFICATE_CHAIN_MISSING: the server shows %d certificates\n%s", n, said)
	}
	conn, err := tls.Dial("tcp", port, &tls.Config{RootCAs: h.roots, ServerName: hostName})
	if err != nil {
		t.Fatalf("EPP_TLS_CONNECTION_ERROR: %v", err)
	}
	defer conn.Close()
	for _, c := range conn.ConnectionState().PeerCertificates {
		if time.Now().After(c.NotAfter) || time.Now().Before(c.NotBefore) {
			t.Errorf("EPP_TLS_EXPIRED_CERTIFICATE: %s is valid from %s to %s", c.Subject, c.NotBefore, c.NotAfter)
		}
	}
}

// registered are the namespaces of the IANA registry of EPP extensions that a registry as this one may
// offer: objects that a server manages, and extensions of commands and answers. Maintenance is an
// object there. https://www.iana.org/assignments/epp-extensions/
var registered = struct{ objects, extensions []string }{
	[]string{
		"urn:ietf:params:xml:ns:domain-1.0", "urn:ietf:params:xml:ns:host-1.0", "urn:ietf:params:xml:ns:contact-1.0",
		"urn:ietf:params:xml:ns:epp:maintenance-1.0", "urn:ietf:params:xml:ns:epp:org-1.0", "urn:ietf:params:xml:ns:keyrelay-1.0",
	},
	[]string{
		nsRGP, nsSecDNS, nsLaunch, nsLoginSec, nsAuthInfo, "urn:ietf:params:xml:ns:idn-1.0", "urn:ietf:params:xml:ns:epp:fee-1.0",
		"urn:ietf:params:xml:ns:epp:ttl-1.0", "urn:ietf:params:xml:ns:allocationToken-1.0", "urn:ietf:params:xml:ns:changePoll-1.0",
		"urn:ietf:params:xml:ns:epp:unhandled-namespaces-1.0", "urn:ietf:params:xml:ns:epp:orgext-1.0",
		"urn:ietf:params:xml:ns:epp:addlEmail-1.0", "urn:ietf:params:xml:ns:verificationCode-1.0", "urn:ietf:params:xml:ns:epp:b-dn",
	},
}

// epp-02: the greeting is right, has what is wanted, and is the same when it is asked for.
func TestEPP02(t *testing.T) {
	h := newHouse(t)
	for _, port := range h.ports {
		c := h.dial(t, port)
		g := c.greeting.Greeting
		if g.ServerID != serverID {
			t.Errorf("EPP_GREETING_SVID_INVALID: %q", g.ServerID)
		}
		const allowed = 30 * time.Second
		if at, err := time.Parse(time.RFC3339Nano, g.Date); err != nil || time.Since(at).Abs() > allowed {
			t.Errorf("EPP_GREETING_SVDATE_INVALID: %q at %s (%v)", g.Date, time.Now().UTC(), err)
		}
		if !slices.Equal(g.Versions, []string{"1.0"}) {
			t.Errorf("EPP_GREETING_VERSION_INVALID: %q", g.Versions)
		}
		greetingLanguages(t, g.Langs)
		greetingServices(t, *g)
		date := regexp.MustCompile("<svDate>.*</svDate>")
		first := date.ReplaceAllString(c.last, "")
		c.hello(t)
		if again := date.ReplaceAllString(c.last, ""); again != first {
			t.Errorf("EPP_GREETING_DOES_NOT_MATCH: first\n%s, then\n%s", first, again)
		}
	}
}

func greetingLanguages(t *testing.T, langs []string) {
	t.Helper()
	if !slices.Contains(langs, "en") {
		t.Errorf("EPP_GREETING_MISSING_EN_LANG: %q", langs)
	}
	for _, lang := range langs {
		if !regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$`).MatchString(lang) { // RFC 5646
			t.Errorf("EPP_GREETING_INVALID_LANG: %q", lang)
		}
	}
}

// greetingServices holds for services that are registered, and that have what a gTLD needs.
func greetingServices(t *testing.T, g greeting) {
	t.Helper()
	for _, uri := range g.ObjURIs {
		if !slices.Contains(registered.objects, uri) {
			t.Errorf("EPP_GREETING_UNEXPECTED_OBJURI: %s", uri)
		}
	}
	for _, uri := range registered.objects[:3] { // hosts are objects, and domains have contacts
		if !slices.Contains(g.ObjURIs, uri) {
			t.Errorf("EPP_GREETING_MISSING_OBJURI: %s", uri)
		}
	}
	for _, uri := range g.ExtURIs {
		if !slices.Contains(registered.extensions, uri) {
			t.Errorf("EPP_GREETING_UNEXPECTED_EXTURI: %s", uri)
		}
	}
	for _, want := range []struct{ fault, uri string }{
		{"EPP_GREETING_MISSING_EXTURI", nsSecDNS},
		{"EPP_GREETING_MISSING_EXTURI", nsLaunch},
		{"EPP_GREETING_MISSING_EXTURI", nsRGP},
		{"EPP_GREETING_RECOMMENDED_EXTENSION_MISSING", nsAuthInfo},
		{"EPP_GREETING_RECOMMENDED_EXTENSION_MISSING", "urn:ietf:params:xml:ns:epp:unhandled-namespaces-1.0"},
		{"EPP_GREETING_RECOMMENDED_EXTENSION_MISSING", nsLoginSec},
	} {
		if !slices.Contains(g.ExtURIs, want.uri) {
			t.Errorf("%s: %s", want.fault, want.uri)
		}
	}
}

// epp-03: an unknown registrar, a wrong password and a wrong certificate are refused; all of them right
// are accepted, with the Login Security Extension where it is offered.
func TestEPP03(t *testing.T) {
	h := newHouse(t)
	one, two := h.accounts[clID01], h.accounts[clID02]
	stranger := selfSigned(t, clID01)
	for _, test := range []struct {
		name         string
		id, password string
		certificates []tls.Certificate
		accepted     bool
	}{
		{"an unknown registrar", "X" + rand.Text()[:8], one.password, []tls.Certificate{one.certificate}, false},
		{"a wrong password", one.id, "Wrong-" + rand.Text()[:8], []tls.Certificate{one.certificate}, false},
		{"another's password", one.id, two.password, []tls.Certificate{one.certificate}, false},
		{"a certificate of nobody's", one.id, one.password, []tls.Certificate{stranger}, false},
		{"another's certificate", one.id, one.password, []tls.Certificate{two.certificate}, false},
		{"no certificate", one.id, one.password, nil, false},
		{"all right", one.id, one.password, []tls.Certificate{one.certificate}, true},
		{"the second account", two.id, two.password, []tls.Certificate{two.certificate}, true},
	} {
		c := h.dial(t, h.ports[0], test.certificates...)
		answer := c.do(t, c.login(test.id, test.password))
		switch {
		case test.accepted && answer.code() != 1000:
			t.Errorf("EPP_LOGIN_UNEXPECTEDLY_FAILED: with %s: %s", test.name, answer)
		case !test.accepted && answer.ok():
			t.Errorf("EPP_LOGIN_UNEXPECTEDLY_SUCCEEDED: with %s: %s", test.name, answer)
		case !test.accepted && answer.code() != 2200 && answer.code() != 2501:
			t.Errorf("with %s the login is refused with %s, want 2200 or 2501", test.name, answer)
		}
		c.close()
	}
	again := h.dial(t, h.ports[0], one.certificate) // the third failure on a connection would end it
	for _, password := range []string{"wrong-one", "wrong-two"} {
		again.refusesAs(t, "EPP_LOGIN_UNEXPECTEDLY_SUCCEEDED", 2200, again.login(one.id, password))
	}
	again.accepts(t, "EPP_LOGIN_UNEXPECTEDLY_FAILED: after two failures", again.login(one.id, one.password))
}

// epp-17: all service ports tell the same of an object, whichever it was made at. One node has one
// port; with PostgreSQL there are two nodes. Two connections stand for two ports where there is one.
func TestEPP17(t *testing.T) {
	h := newHouse(t)
	c := h.session(t, clID01)
	registrant, name := contactID(), label()+".co"
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", newContact(registrant).create())
	external := "ns1." + label() + ".example"
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", host{name: external}.create())
	d := c.goodDomain(name, registrant)
	d.ns = hostObj(external)
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", d.create())
	for _, query := range []command{named("info", "domain", name), named("info", "contact", registrant), named("info", "host", external)} {
		c.accepts(t, "EPP_SERVICE_PORT_NOT_CONSISTENT", query)
		want := shown(c.last)
		for _, port := range append(h.ports, h.ports[0]) {
			other := h.sessionAt(t, port, clID01)
			other.accepts(t, "EPP_SERVICE_PORT_NOT_CONSISTENT", query)
			if got := shown(other.last); got != want || got == "" {
				t.Errorf("EPP_SERVICE_PORT_NOT_CONSISTENT: at %s\n%s, want\n%s", port, got, want)
			}
			other.close()
		}
	}
}

// shown is the <infData> of an answer, with the extension.
func shown(document string) string {
	_, after, _ := strings.Cut(document, "<resData>")
	content, _, _ := strings.Cut(after, "<trID>")
	return content
}
