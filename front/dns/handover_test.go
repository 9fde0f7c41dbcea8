package dns_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

// A publisher is one of several nodes over one database.
type publisher struct {
	*dns.Server
	store *interposed
	fence atomic.Int64 // of the lease as the node believes it; 0: it has none
}

// newPublisher returns a node that signs. It does not publish before it takes the lease.
func newPublisher(w *world.World, change ...func(*dns.Config)) *publisher {
	w.T.Helper()
	p := &publisher{store: &interposed{Store: w.DB}}
	service := *w.Service
	service.Store = p.store
	c := config(w)
	c.Service, c.Keys = &service, newKeyring(w, compressed())
	c.Lease = func() (registry.Fence, bool) {
		n := p.fence.Load()
		return registry.Fence{Lease: "dns", Number: n}, n > 0
	}
	for _, f := range change {
		f(&c)
	}
	var err error
	if p.Server, err = dns.New(c); err != nil {
		w.T.Fatal(err)
	}
	return p
}

// take gives a node the lease. Who had it before does not know that yet.
func (p *publisher) take(w *world.World) {
	w.T.Helper()
	var n int64
	_, _ = fmt.Sscan(w.Rows("SELECT fence FROM lease WHERE name = 'dns'"), &n)
	w.Exec(`INSERT INTO lease (name, holder, fence, until) VALUES ('dns', 'some node', $1, 0)
	        ON CONFLICT (name) DO UPDATE SET fence = excluded.fence`, n+1)
	p.fence.Store(n + 1)
}

// serials are what a zone was seen with, whoever served it.
type sightings struct {
	zone   string
	seen   map[uint32][]string
	newest uint32
}

// look holds what a node serves to what was seen: no serial stands for two contents, and that of the node which publishes
// does not go back.
func (x *sightings) look(t *testing.T, p *publisher, publishes bool) {
	t.Helper()
	v := p.Served(x.zone)
	if v == nil {
		return
	}
	if had, is := x.seen[v.Serial()]; is && !slices.Equal(had, lines(v)) {
		t.Fatalf("serial %d has two contents:\n%q\n%q", v.Serial(), had, lines(v))
	}
	x.seen[v.Serial()] = lines(v)
	if publishes && int32(v.Serial()-x.newest) < 0 {
		t.Fatalf("serial %d after %d", v.Serial(), x.newest)
	}
	if publishes {
		x.newest = v.Serial()
	}
}

// Two nodes over one database: the lease goes from one to the other in the midst of publications, before what is written,
// while it is, and when its answer is lost; the first goes on for a while as if it had it. No serial goes back or stands
// for two contents, and from each the differences lead to the zone, whichever node is asked.
func TestHandOver(t *testing.T) {
	w := busy(t)
	w.Host(world.Acme, "ns1.provider.example")
	random := rand.New(rand.NewPCG(3, 4))
	now, next := newPublisher(w), newPublisher(w)
	x := sightings{zone: "co", seen: map[uint32][]string{}}
	now.take(w)
	if err := now.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	const rounds = 40
	lost := 0
	for round := range rounds {
		w.Domain(world.Acme, fmt.Sprintf("round%d.co", round), "ns1.provider.example")
		change(w, random)
		if round%2 == 1 { // a quiet one
			publish(t, now.Server)
			x.look(t, now, true)
			continue
		}
		if handOver(t, w, now, next, round/2) {
			lost++
		}
		x.look(t, now, false)
		x.look(t, next, true)
		publish(t, now.Server) // it believes to have the lease, and marks may wait
		x.look(t, now, false)
		now.fence.Store(0)
		publish(t, next.Server)
		x.look(t, next, true)
		for serial, then := range x.seen {
			diffs, err := next.Diffs(context.Background(), "co", serial)
			if err != nil || diffs == nil && serial != x.newest {
				t.Fatalf("round %d: from serial %d there is no way: %v", round, serial, err)
			}
			if got, want := patched(t, then, diffs), x.seen[x.newest]; !slices.Equal(got, want) {
				t.Fatalf("round %d: from serial %d the differences lead to\n%q\nwant\n%q", round, serial, got, want)
			}
		}
		now, next = next, now
	}
	if got, want := unsigned(lines(now.Served("co"))), unsigned(now.Fresh(t, "co", line)); !slices.Equal(got, want) {
		t.Errorf("served\n%q\nwant\n%q", got, want)
	}
	if lost < rounds/2-2 || len(x.seen) < rounds {
		t.Errorf("the lease went %d times in the midst of a publication, and %d serials were seen", lost, len(x.seen))
	}
}

// handOver has a node publish, and another take the lease meanwhile, each time at another moment. It reports whether that
// was while the first was publishing.
func handOver(t *testing.T, w *world.World, from, to *publisher, at int) (midst bool) {
	t.Helper()
	takeOver := func() {
		midst = true
		to.take(w)
		if err := to.Publish(context.Background()); err != nil {
			t.Errorf("the node that takes over: %v", err)
		}
	}
	switch {
	case at%4 == 0 || !w.Postgres: // between what is read and what is written; a SQLite file has no other writer meanwhile
		from.store.before = takeOver
		publish(t, from.Server)
	case at%4 == 1: // the commit has taken effect, and its answer is lost
		w.Fault.LoseCommit(world.TakesEffect)
		_ = from.Publish(context.Background())
		w.Fault.Disarm()
		takeOver()
	case at%4 == 2: // the commit is lost
		w.Fault.LoseCommit(world.IsLost)
		_ = from.Publish(context.Background())
		w.Fault.Disarm()
		takeOver()
	default: // in the middle of the transaction, which fails; until then it has the row of the lease
		taken := make(chan struct{})
		w.Fault.WhenFails(func() {
			go func() { defer close(taken); to.take(w) }()
		})
		w.Fault.After(3 + at)
		err := from.Publish(context.Background())
		w.Fault.Disarm()
		if err == nil { // it was through before
			takeOver()
			return midst
		}
		<-taken
		takeOver()
	}
	return midst
}

// A node that lost the lease while it wrote pages, and has it again, writes none of what it had read before.
func TestPagesOfALostLease(t *testing.T) {
	w := busy(t)
	one, two := newPublisher(w), newPublisher(w)
	one.take(w)
	if err := one.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	delegate(w, world.Acme, "name1.co", "ns.name0.co")
	publish(t, one.Server)
	one.store.before = func() {
		two.take(w)
		delegate(w, world.Acme, "name2.co", "ns.name0.co")
		if err := two.Load(context.Background()); err != nil {
			t.Error(err)
		}
		if err := two.KeepNow(context.Background()); err != nil {
			t.Error(err)
		}
		one.take(w)
	}
	if err := one.KeepNow(context.Background()); !errors.Is(err, registry.ErrFenced) {
		t.Errorf("it ends with %v", err)
	}
	three := newPublisher(w)
	three.take(w)
	if err := three.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := there(t, three.Server, "name1.co", "name2.co"); got != 2 {
		t.Errorf("of two names %d are there after a start", got)
	}
	checkSigned(t, three.Served("co"), w.Now())
}

// What the breaker holds is told by the node that publishes. One that did does not know what became of it.
func TestHoldsAreOfThePublisher(t *testing.T) {
	w := tenNames(t)
	breaker := func(c *dns.Config) { c.Breaker = dns.Breaker{Share: 0.1, Least: 2, Few: 1} }
	now, next := newPublisher(w, breaker), newPublisher(w, breaker)
	now.take(w)
	if err := now.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range eight() {
		setStatus(w, name, registry.ClientHold)
	}
	publish(t, now.Server)
	if now.Held() == nil || now.Summaries()[0].Held == nil {
		t.Fatal("eight of ten would leave, and are not held")
	}
	next.take(w)
	now.fence.Store(0)
	publish(t, now.Server)
	if err := next.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if next.Held() == nil {
		t.Error("the node that takes over does not hold them")
	}
	w.Do("", flow.ZoneRelease{Act: flow.Act{Author: "ana", Reason: "meant"}, Zone: world.Name("co")})
	publish(t, next.Server)
	if h := now.Held(); h != nil || now.Summaries()[0].Held != nil || next.Held() != nil {
		t.Errorf("released, one node says %v and the other %v", h, next.Held())
	}
}
