package dns_test

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

// noon is 1772366400 as a serial.
const noon = "2026-03-01T12:00:00Z"

// newServer returns a loaded server on a world.
func newServer(w *world.World) *dns.Server {
	w.T.Helper()
	return loaded(w.T, config(w))
}

// loaded returns a loaded server of a configuration.
func loaded(t testing.TB, c dns.Config) *dns.Server {
	t.Helper()
	s, err := dns.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

func config(w *world.World) dns.Config {
	return dns.Config{
		Service: w.Service,
		Nameservers: []flow.Nameserver{
			{Name: world.Name("a.nic.co"), Addresses: addresses("192.0.2.53", "2001:db8::53")},
			{Name: world.Name("b.example.net")},
		},
		Mailbox: world.Name("hostmaster.nic.co"),
		Limits:  dns.Limits{Rate: -1}, // tests ask often
		Now:     w.Now,
	}
}

func addresses(list ...string) []netip.Addr {
	var parsed []netip.Addr
	for _, a := range list {
		parsed = append(parsed, netip.MustParseAddr(a))
	}
	return parsed
}

// delegate adds name servers to a name.
func delegate(w *world.World, who registry.RegistrarID, name string, hosts ...string) {
	w.T.Helper()
	w.Do(who, flow.DomainUpdate{
		Name: world.Name(name), Add: flow.DomainEdit{Nameservers: world.Names(hosts...)},
	})
}

// setStatus puts a status on a name of Acme's.
func setStatus(w *world.World, name string, status registry.Status) {
	w.T.Helper()
	w.Do(world.Acme, flow.DomainUpdate{
		Name: world.Name(name), Add: flow.DomainEdit{Statuses: []registry.Status{status}},
	})
}

// ask sends one question without a socket.
func ask(t testing.TB, s *dns.Server, m *mdns.Msg) *mdns.Msg {
	t.Helper()
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	out := s.Respond(packed, false)
	reply := new(mdns.Msg)
	if err := reply.Unpack(out); err != nil {
		t.Fatalf("the answer to %s does not unpack: %v", m.Question[0].String(), err)
	}
	return reply
}

// question is "name type" as a message.
func question(t testing.TB, text string) *mdns.Msg {
	t.Helper()
	name, kind, _ := strings.Cut(text, " ")
	code, known := mdns.StringToType[kind]
	if !known {
		t.Fatalf("no such type: %q", text)
	}
	return new(mdns.Msg).SetQuestion(name, code)
}

// nameservers returns the NS names that a referral or apex shows for a name, as text, in order of the alphabet.
func nameservers(t testing.TB, s *dns.Server, name string) string {
	t.Helper()
	reply := ask(t, s, question(t, name+" NS"))
	var list []string
	for _, rr := range slices.Concat(reply.Answer, reply.Ns) {
		if ns, ok := rr.(*mdns.NS); ok {
			list = append(list, strings.TrimSuffix(ns.Ns, "."))
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// glue returns the addresses in the additional section of the referral for a name, as text.
func glue(t testing.TB, s *dns.Server, name string) string {
	t.Helper()
	var list []string
	for _, rr := range ask(t, s, question(t, name+" NS")).Extra {
		switch rr := rr.(type) {
		case *mdns.A:
			list = append(list, rr.A.String())
		case *mdns.AAAA:
			list = append(list, rr.AAAA.String())
		}
	}
	return strings.Join(list, " ")
}

// serial returns a zone's serial.
func serial(t testing.TB, s *dns.Server, zone string) uint32 {
	t.Helper()
	reply := ask(t, s, question(t, zone+" SOA"))
	if len(reply.Answer) != 1 {
		t.Fatalf("SOA of %s: %v", zone, reply)
	}
	return reply.Answer[0].(*mdns.SOA).Serial
}

func publish(t testing.TB, s *dns.Server) {
	t.Helper()
	if err := s.Publish(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func undelegate(name string, hosts ...string) flow.DomainUpdate {
	return flow.DomainUpdate{Name: world.Name(name), Remove: flow.DomainEdit{Nameservers: world.Names(hosts...)}}
}
