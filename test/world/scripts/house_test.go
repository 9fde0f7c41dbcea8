package scripts

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/front/epp"
	"example.org/dorado/front/rdap"
	"example.org/dorado/front/whois"
	"example.org/dorado/test/schema"
	"example.org/dorado/test/world"
)

// A house is a registry in which a life is played, with its servers on ports of 127.0.0.1 and a clock that the
// life moves.
type house struct {
	t      *testing.T
	world  *world.World
	script *script
	engine engine

	eppPort, whoisPort, dnsPort string
	rdapURL                     string
	zones                       *dns.Server
	roots                       *x509.CertPool
	sessions                    map[string]*session // by who has them
	last                        expectation         // the last answer, whole
	booked                      map[registry.RegistrarID]ledger.Money
}

// open makes the house of a life at its first instant. In every house names below nom.co live under the policies of
// 2011 and all others under the manual of 2026, unless the life says otherwise.
func open(t *testing.T, s *script, e engine) *house {
	t.Helper()
	w := world.New(t, s.lines[0].at.Format(time.RFC3339))
	h := &house{t: t, world: w, script: s, engine: e, sessions: map[string]*session{}, booked: map[registry.RegistrarID]ledger.Money{}}
	w.Service.Profile = h.profile()
	h.furnish()
	h.serveEPP()
	h.serveLookups()
	h.serveZones()
	return h
}

// profile is the policy of the house. A lost create costs no patience here, as there is nobody to exhaust.
func (h *house) profile() policy.Profile {
	p := h.world.Service.Profile
	p.Versions = slices.Clone(p.Versions)
	for i := range p.Versions {
		p.Versions[i].Terms.Limits.LostCreateMilliseconds = 0
	}
	for _, f := range append([]follow{{"nom.co", "co-2011", time.Time{}}}, h.script.follows...) {
		other, err := policy.BuiltIn(f.profile)
		if err != nil {
			h.t.Fatal(err)
		}
		p = p.Follow(world.Name(f.zone), other, f.from, "a life needs it")
	}
	return p
}

// contactOf is the contact that a registrar's names have. It stays when it has no link left.
func contactOf(who string) string { return "X-" + who }

// nameservers are there in every house; the first is what a name has if nothing else is said.
var nameservers = []string{"ns1.example.net", "ns2.example.net"}

// furnish makes what every life needs.
func (h *house) furnish() {
	w := h.world
	for _, who := range []registry.RegistrarID{world.Acme, world.Other, world.Poor, world.Held, world.Deleter} {
		w.Contact(who, contactOf(string(who)))
		w.Do(who, flow.ContactUpdate{ID: contactOf(string(who)), Add: []registry.Status{registry.ClientDeleteProhibited}})
	}
	for _, name := range nameservers {
		w.Host(world.Acme, name)
	}
}

// listen opens a port.
func (h *house) listen() net.Listener {
	h.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		h.t.Fatal(err)
	}
	return l
}

// serve runs a server until the life ends, and fails the test if it ends otherwise.
func (h *house) serve(what string, run func() error, shutdown func(context.Context) error) {
	done := make(chan error, 1)
	go func() { done <- run() }()
	h.t.Cleanup(func() {
		if err := shutdown(context.Background()); err != nil {
			h.t.Errorf("shut %s down: %v", what, err)
		}
		if err := <-done; err != nil {
			h.t.Errorf("%s: %v", what, err)
		}
	})
}

func (h *house) serveEPP() {
	certificate := h.certificate()
	h.roots = x509.NewCertPool()
	h.roots.AddCert(certificate.Leaf)
	server := epp.New(epp.Config{
		Service: h.world.Service, ServerID: "Lives", NewTRID: h.world.NewTRID, Sent: schema.Watch(h.t),
		Credentials: epp.Credentials{Certificates: []tls.Certificate{certificate}},
	})
	l := h.listen()
	h.eppPort = l.Addr().String()
	h.serve("EPP", func() error { return server.Serve(l) }, server.Shutdown)
}

// certificate is the server's, signed by itself.
func (h *house) certificate() tls.Certificate {
	h.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		h.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"epp.example"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		h.t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		h.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func (h *house) serveLookups() {
	w := whois.New(whois.Config{Service: h.world.Service})
	l := h.listen()
	h.whoisPort = l.Addr().String()
	h.serve("WHOIS", func() error { return w.Serve(l) }, w.Shutdown)

	handler, err := rdap.New(rdap.Config{Service: h.world.Service, Base: "http://rdap.example/rdap"})
	if err != nil {
		h.t.Fatal(err)
	}
	server := httptest.NewServer(http.Handler(handler))
	h.t.Cleanup(server.Close)
	h.rdapURL = server.URL + "/rdap/domain/"
}

func (h *house) serveZones() {
	h.t.Helper()
	var err error
	h.zones, err = dns.New(dns.Config{
		Service: h.world.Service, Nameservers: []flow.Nameserver{{Name: world.Name("a.nic.example")}},
		Mailbox: world.Name("hostmaster.nic.example"), Now: h.world.Now,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	l := h.listen()
	h.dnsPort = l.Addr().String()
	udp, err := net.ListenPacket("udp", h.dnsPort)
	if err != nil {
		h.t.Fatal(err)
	}
	h.serve("DNS", func() error { return h.zones.Serve([]net.PacketConn{udp}, l) }, h.zones.Shutdown)
}

// at moves the clock, and lets the engine work if there is one.
func (h *house) at(t time.Time) {
	if h.world.Now().Equal(t) {
		return
	}
	if t.Before(h.world.Now()) {
		h.t.Fatalf("%s: the clock would go back from %s to %s", h.script.path, stamp(h.world.Now()), stamp(t))
	}
	h.world.At(t.Format(time.RFC3339))
	if h.engine == settling {
		h.world.Settle()
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// place says where a line stands.
func (h *house) place(l line) string { return fmt.Sprintf("%s:%d", h.script.path, l.number) }

// run does what a line says, and returns what came.
func (h *house) run(l line) expectation {
	h.t.Helper()
	var err error
	switch l.who {
	case "settle":
		h.world.Settle()
		h.last = expectation{}
	case "whois":
		h.last, err = h.whois(l.what)
	case "rdap":
		h.last, err = h.rdap(l.what)
	case "dns":
		h.last, err = h.dns(l.what)
	case "funds":
		h.last, err = h.funds(l.what)
	case "mail":
		h.last, err = h.mail(l.what)
	case "operator":
		h.last, err = h.operator(l.what)
	default:
		h.last, err = h.command(l.who, l.what)
	}
	if err == nil && l.bare && h.last.code != "" && h.last.code != "1000" {
		err = fmt.Errorf("nothing else is expected than that it succeeds, and it came to %s", h.last)
	}
	if err != nil {
		h.t.Fatalf("%s: %v", h.place(l), err)
	}
	return h.last
}

// funds tells what a registrar has paid of the money that it was given, and what is set aside.
func (h *house) funds(what []string) (expectation, error) {
	id := registry.RegistrarID(what[0])
	reply, err := h.world.Ask("", flow.RegistrarShow{ID: id})
	if err != nil {
		return expectation{}, err
	}
	given := h.booked[id]
	if id != world.Poor {
		given += world.Funds
	}
	funds := reply.(flow.RegistrarAccount).Funds
	return expectation{facts: []fact{
		{"posted", (given - funds.CurrentBalance()).String()},
		{"authorised", (funds.CurrentBalance() - funds.Available()).String()},
	}}, nil
}
