package dns_test

import (
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// What docs/zone.md says of a host's addresses: they are glue below the name of the host, the zone's own and signed while
// that name is not delegated and others use them, and gone when nobody does or the name is purged.
func TestOrphanGlue(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	w.Domain(world.Acme, "above.co")
	w.Host(world.Acme, "ns.above.co", "192.0.2.1")
	w.Domain(world.Acme, "user.co", "ns.above.co")
	delegate(w, world.Acme, "above.co", "ns.above.co")
	c := config(w)
	c.Keys, _ = flakyKeys(w, "")
	s := loaded(t, c)
	look := func(when string, aa bool, rcode, addresses, signatures int) {
		t.Helper()
		publish(t, s)
		m := question(t, "ns.above.co. A")
		m.SetEdns0(4096, true)
		reply, got, signed := ask(t, s, m), 0, 0
		for _, rr := range append(reply.Answer, reply.Extra...) {
			switch rr := rr.(type) {
			case *mdns.A:
				got++
			case *mdns.RRSIG:
				if rr.TypeCovered == mdns.TypeA {
					signed++
				}
			}
		}
		if reply.Authoritative != aa || reply.Rcode != rcode || got != addresses || signed != signatures {
			t.Errorf("%s: AA %t, %s, %d addresses, %d signatures; want %t, %s, %d, %d", when, reply.Authoritative, mdns.RcodeToString[reply.Rcode], got, signed,
				aa, mdns.RcodeToString[rcode], addresses, signatures)
		}
	}
	look("delegated", false, mdns.RcodeSuccess, 1, 0)
	setStatus(w, "above.co", registry.ClientHold)
	look("on hold", true, mdns.RcodeSuccess, 1, 1)
	unhold(w, "above.co")
	look("delegated again", false, mdns.RcodeSuccess, 1, 0)
	w.Do(world.Acme, undelegate("above.co", "ns.above.co"))
	look("without name servers", true, mdns.RcodeSuccess, 1, 1)
	w.Do(world.Acme, undelegate("user.co", "ns.above.co"))
	look("used by nobody", true, mdns.RcodeNameError, 0, 0)
	delegate(w, world.Acme, "user.co", "ns.above.co")
	w.Pass(30 * 24 * time.Hour)
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("above.co")})
	publishDue(t, s)
	look("deleted", true, mdns.RcodeSuccess, 1, 1)
	w.Pass(40 * 24 * time.Hour)
	publishDue(t, s)
	look("purged", true, mdns.RcodeNameError, 0, 0)
	if got := nameservers(t, s, "user.co."); got != "" {
		t.Errorf("a name is still delegated to the host that went: %q", got)
	}
}
