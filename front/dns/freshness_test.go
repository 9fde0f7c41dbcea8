package dns_test

import (
	"context"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/registry"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

// A node loses its lease. It goes on answering and transferring while nothing later is known to have been published; a
// secondary never goes back; and when what it has is older than the SOA's expire, it is no authority any more. With the
// lease it goes on as before.
func TestWithoutTheLease(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	key := aKey(t, "hmac-sha256")
	var fence, holder atomic.Int64 // the lease's number, and that under which the node was given it; 0 if it has none
	take := func() registry.Fence {
		w.Exec("DELETE FROM lease WHERE name = 'dns'")
		w.Exec("INSERT INTO lease (name, holder, fence, until) VALUES ('dns', 'some node', $1, 0)", fence.Add(1))
		return registry.Fence{Lease: "dns", Number: fence.Load()}
	}
	holder.Store(take().Number)
	c := config(w)
	c.Lease = func() (registry.Fence, bool) {
		return registry.Fence{Lease: "dns", Number: holder.Load()}, holder.Load() > 0
	}
	c.Transfer = dns.Transfer{Secondaries: []dns.Secondary{{Name: "one", Key: key, Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}}
	c.Timer.Expire = 7 * 86_400
	s := loaded(t, c)
	address := dns.Listening(t, s)
	transfer := func(want string) {
		t.Helper()
		err := dns.Fetch{Server: address, Zone: zoneName(t, "co"), Key: &key, Now: w.Now}.Records(context.Background(), nothing)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("a transfer: %v, want %q", err, want)
		}
	}
	answers := func(want int) {
		t.Helper()
		if reply := ask(t, s, question(t, "co. SOA")); reply.Rcode != want {
			t.Errorf("the answer is %s, want %s", mdns.RcodeToString[reply.Rcode], mdns.RcodeToString[want])
		}
	}
	transfer("")
	holder.Store(0)
	publish(t, s)
	transfer("")

	w.Domain(world.Acme, "later.co", "ns.example.net")
	another, elsewhere := c, take()
	another.Lease = func() (registry.Fence, bool) { return elsewhere, true }
	loaded(t, another) // which publishes that
	transfer("SERVFAIL")
	answers(mdns.RcodeSuccess)
	if n := s.TransferCounts().Outdated; n != 1 {
		t.Errorf("%d transfers are counted as outdated, want 1", n)
	}
	w.Fault.After(0) // the database is away: nothing later is known
	transfer("")
	w.Fault.Disarm()

	w.Pass(7*24*time.Hour + time.Hour)
	publish(t, s)
	answers(mdns.RcodeServerFailure)
	w.Fault.After(0)
	transfer("SERVFAIL")
	w.Fault.Disarm()
	if !s.Expired() {
		t.Error("it does not say that it has expired")
	}

	holder.Store(take().Number)
	publish(t, s)
	answers(mdns.RcodeSuccess)
	transfer("")
	if nameservers(t, s, "later.co.") == "" {
		t.Error("what another node published is not there")
	}
}

// A node loses its lease and has it again before it sees that: what it has is not the latest, although it publishes.
func TestLeaseLostUnseen(t *testing.T) {
	w := busy(t)
	now, next := newPublisher(w), newPublisher(w)
	now.take(w)
	if err := now.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !now.IsLatest("co") {
		t.Error("what it has published is not the latest")
	}
	next.take(w)
	delegate(w, world.Acme, "name1.co", "ns.name0.co")
	if err := next.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	publish(t, next.Server)
	now.take(w)
	if now.IsLatest("co") {
		t.Error("a secondary is sent what it had before another node published")
	}
	publish(t, now.Server)
	if !now.IsLatest("co") {
		t.Error("it has read what the other published, and that is not the latest")
	}
}
