package children_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/children"
	"example.org/dorado/test/world"
)

func delegate(w *world.World, name string, hosts ...string) {
	w.T.Helper()
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name(name), Add: flow.DomainEdit{Nameservers: world.Names(hosts...)}})
}

func undelegate(w *world.World, name string, hosts ...string) {
	w.T.Helper()
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name(name), Remove: flow.DomainEdit{Nameservers: world.Names(hosts...)}})
}

func (sc *scene) enrol() {
	sc.t.Helper()
	if err := sc.scanner.Enrol(context.Background()); err != nil {
		sc.t.Fatal(err)
	}
}

func (sc *scene) round() bool {
	sc.t.Helper()
	worked, err := sc.scanner.Round(context.Background())
	if err != nil {
		sc.t.Fatal(err)
	}
	return worked
}

func (sc *scene) known(name string) flow.Child {
	sc.t.Helper()
	reply, err := sc.Ask("", flow.ChildShow{Name: world.Name(name)})
	if err != nil {
		sc.t.Fatal(err)
	}
	return reply.(flow.Child)
}

// silent is a zone that asks for nothing.
func silent(q *mdns.Msg, _ bool) *mdns.Msg {
	m := new(mdns.Msg).SetReply(q)
	m.Authoritative = true
	return m
}

// All names that are delegated are scanned in a round, each once, some of them at a time; a round finds nothing to do until
// they are due again, or somebody hints; and a name that has gone is forgotten.
func TestRounds(t *testing.T) {
	sc := newScene(t)
	there := serve(t, silent)
	sc.at["192.0.2.1:53"], sc.at["192.0.2.2:53"] = there, there
	sc.Service.Profile.Versions[0].Terms.Limits.Children.PerAddress = 1000
	const names = 70
	for i := range names {
		sc.child(fmt.Sprintf("name%d.co", i))
	}
	sc.enrol()
	before := sc.asked.Load()
	if !sc.round() {
		t.Error("nothing was due")
	}
	if got := sc.scanner.Scans(); len(got) != 1 || got[registry.ChildSilent] != names {
		t.Errorf("the scans are counted as %v, want %d that are silent", got, names)
	}
	if got := sc.asked.Load() - before; got < 2*names || got > 2*names+4*16 { // and what 16 scans at once ask a resolver that knows nothing yet
		t.Errorf("%d questions for %d names", got, names)
	}
	if counts := sc.Rows("SELECT result, COUNT(*) FROM child GROUP BY result"); counts != "silent | 70\n" {
		t.Errorf("scanned were\n%s", counts)
	}
	if sc.round() {
		t.Error("something is due again")
	}
	hints := children.Hints{Service: sc.Service, NewTRID: sc.NewTRID, Log: quiet(), Pause: pause}
	hints.Take(world.Name("name7.co"), netip.MustParseAddr("192.0.2.9"))
	if err := hints.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	sc.Do(world.Acme, flow.DomainDelete{Name: world.Name("name8.co")}) // in its add grace: it has gone
	sc.Exec("UPDATE child SET due = 0 WHERE name = 'name8.co'")
	before = sc.asked.Load()
	if !sc.round() || sc.asked.Load()-before != 2 {
		t.Errorf("after a hint for one name, %d sockets were opened, want 2", sc.asked.Load()-before)
	}
	if got := sc.Rows("SELECT name FROM child WHERE name IN ('name7.co', 'name8.co')"); got != "name7.co\n" {
		t.Errorf("left are\n%s", got)
	}
}

// A name whose servers are slow holds up nobody, and no address is asked more often than the profile lets it.
func TestNoNameHoldsUpOthers(t *testing.T) {
	sc := newScene(t)
	limits := &sc.Service.Profile.Versions[0].Terms.Limits.Children
	limits.AtOnce, limits.PerAddress, limits.ScanSeconds = 2, 1000, 1
	var others atomic.Int64
	release := make(chan struct{})
	tarpit := serve(t, func(q *mdns.Msg, udp bool) *mdns.Msg {
		<-release
		return silent(q, udp)
	})
	quick := serve(t, func(q *mdns.Msg, udp bool) *mdns.Msg {
		if others.Add(1) == 2*20 {
			close(release)
		}
		return silent(q, udp)
	})
	sc.Host(world.Acme, "ns1.slow.example")
	sc.at["192.0.2.1:53"], sc.at["192.0.2.2:53"] = quick, quick
	sc.Domain(world.Acme, "pit.co")
	sc.Host(world.Acme, "ns1.pit.co", "192.0.2.66")
	sc.at["192.0.2.66:53"] = tarpit
	delegate(sc.World, "pit.co", "ns1.pit.co")
	for i := range 20 {
		sc.child(fmt.Sprintf("quick%d.co", i))
	}
	sc.enrol()
	sc.round()
	select {
	case <-release:
	default:
		t.Errorf("only %d questions of others were asked while one waited", others.Load())
		close(release)
	}
	if got := sc.known("quick19.co"); got.Result != registry.ChildSilent {
		t.Errorf("another name is %s: %s", got.Result, got.Why)
	}
}

// Whoever has no lease scans nothing and writes nothing; a fault of the database ends a round, and the next one does what
// it has left.
func TestScansUnderALease(t *testing.T) {
	sc := newScene(t)
	there := serve(t, silent)
	sc.at["192.0.2.1:53"], sc.at["192.0.2.2:53"] = there, there
	sc.child("one.co")
	config := sc.config()
	mine := false
	config.Lease = func() (registry.Fence, bool) { return registry.Fence{}, mine }
	sc.scanner = children.New(config)
	if err := sc.scanner.Enrol(context.Background()); !errors.Is(err, registry.ErrFenced) {
		t.Errorf("without the lease, enrolling says %v", err)
	}
	if _, err := sc.scanner.Scan(context.Background(), world.Name("one.co"), false); !errors.Is(err, children.ErrNotHere) {
		t.Errorf("without the lease, a scan says %v", err)
	}
	if report, err := sc.scanner.Scan(context.Background(), world.Name("one.co"), true); err != nil || report.Result != registry.ChildSilent {
		t.Errorf("a look says %+v, %v", report, err)
	}
	mine = true
	sc.enrol()
	mine = false
	if sc.round() {
		t.Error("without the lease something was scanned")
	}
	mine = true
	for n := 0; ; n++ {
		sc.Fault.After(n)
		_, err := sc.scanner.Round(context.Background())
		sc.Fault.Disarm()
		if err == nil {
			break
		}
		if n > 200 {
			t.Fatal(err)
		}
	}
	if got := sc.known("one.co"); got.Result != registry.ChildSilent {
		t.Errorf("after faults it is %s", got.Result)
	}
}

// A brittle store fails once, when it is told to, with a command that reads names.
type brittle struct {
	registry.Store
	fails atomic.Bool
}

func (b *brittle) Update(ctx context.Context, keys registry.Keys, decide func(registry.Reader) (registry.Changes, error)) error {
	if len(keys.Domains) > 0 && b.fails.CompareAndSwap(true, false) {
		return errors.New("a fault")
	}
	return b.Store.Update(ctx, keys, decide)
}

// A name whose change ends in a fault is tried again later, and the others are put down.
func TestFaultOfOneName(t *testing.T) {
	sc := newScene(t)
	h := newHandmade(t)
	sc.child("hand.co", registryDS(h.ksk.ToDS(mdns.SHA256)))
	sc.Domain(world.Acme, "other.co")
	sc.Host(world.Acme, "ns1.other.co", "192.0.2.5")
	delegate(sc.World, "other.co", "ns1.other.co")
	there := serve(t, h.answer(t))
	sc.at["192.0.2.1:53"], sc.at["192.0.2.2:53"], sc.at["192.0.2.5:53"] = there, there, serve(t, silent)
	sc.enrol()
	store := &brittle{Store: sc.DB}
	store.fails.Store(true)
	sc.Service.Store = store
	sc.round()
	if got := sc.known("hand.co"); got.Result != registry.ChildUnreachable || !strings.Contains(got.Why, "it tries again") || !got.Taken.IsZero() {
		t.Errorf("the name is %+v", got.ChildScan)
	}
	if got := sc.known("other.co"); got.Result != registry.ChildSilent {
		t.Errorf("the other one is %s: %s", got.Result, got.Why)
	}
	sc.Exec("UPDATE child SET due = 0 WHERE name = 'hand.co'")
	sc.round()
	if got := sc.known("hand.co"); got.Result != registry.ChildChanged {
		t.Errorf("later it is %s: %s", got.Result, got.Why)
	}
}

// Run enrols and scans by itself until it is told to end.
func TestRun(t *testing.T) {
	sc := newScene(t)
	asked := make(chan struct{}, 100)
	there := serve(t, func(q *mdns.Msg, udp bool) *mdns.Msg {
		asked <- struct{}{}
		return silent(q, udp)
	})
	sc.at["192.0.2.1:53"], sc.at["192.0.2.2:53"] = there, there
	sc.child("one.co")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- sc.scanner.Run(ctx) }()
	select {
	case <-asked:
	case <-time.After(patience):
		t.Error("nothing is scanned")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A flood of hints costs so much and no more: each name counts once in a while, each network so often, and what waits is
// bounded. Hints for names whose DS do not follow are not taken.
func TestHints(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	limits := &w.Service.Profile.Versions[0].Terms.Limits.Children
	limits.HintsPending, limits.HintsPerMinute = 150, 100
	h := &children.Hints{Service: w.Service, NewTRID: w.NewTRID, Log: quiet(), Pause: pause}
	near, far := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("192.0.2.1")
	if h.Take(world.Name("shop.co"), near) {
		t.Error("a hint is taken where DS do not follow")
	}
	automation(w).Zones = []string{"co"}
	for _, name := range []string{"www.shop.co", "shop.example", "shop.com.co"} {
		if h.Take(world.Name(name), near) {
			t.Errorf("a hint for %s is taken", name)
		}
	}
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	delegate(w, "shop.co", "ns1.shop.co")
	flush := func() string {
		t.Helper()
		if err := h.Flush(context.Background()); err != nil {
			t.Fatal(err)
		}
		return w.Rows("SELECT name FROM child")
	}
	for range 1000 {
		h.Take(world.Name("shop.co"), near)
	}
	for i := range 1000 { // all of one network, of which 99 are left
		h.Take(world.Name(fmt.Sprintf("x%d.co", i)), netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", i)))
	}
	for i := range 1000 { // room for 50
		h.Take(world.Name(fmt.Sprintf("y%d.co", i)), far)
	}
	if got := flush(); got != "shop.co\n" {
		t.Errorf("put down is\n%s", got)
	}
	before := w.Rows("SELECT notified FROM child")
	w.Pass(299 * time.Second)
	h.Take(world.Name("shop.co"), near)
	flush()
	flush()
	if w.Rows("SELECT notified FROM child") != before {
		t.Error("a hint that comes too soon is put down")
	}
	w.Pass(time.Second)
	flush()
	h.Take(world.Name("shop.co"), near)
	if flush(); w.Rows("SELECT notified FROM child") == before {
		t.Error("a hint in time is not put down")
	}
}

// The answers of strangers are read without a fault, whatever they are.
func FuzzScan(f *testing.F) {
	for _, text := range []string{"hand.co. 1 CDS 0 0 0 00", "hand.co. 1 CDNSKEY 0 3 0 AA==", "hand.co. 1 CDS 1 13 2 AB", "hand.co. 1 DNSKEY 257 3 13 AAAA"} {
		rr, err := mdns.NewRR(text)
		if err != nil {
			f.Fatal(err)
		}
		m := new(mdns.Msg).SetQuestion("hand.co.", rr.Header().Rrtype)
		m.Answer = []mdns.RR{rr}
		packed, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed)
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		asked, again := children.Read(message), children.Read(message)
		if fmt.Sprint(asked) != fmt.Sprint(again) {
			t.Errorf("%v and %v", asked, again)
		}
		for _, ds := range asked {
			if len(ds.Digest)%2 != 0 || ds.Algorithm == 0 {
				t.Errorf("%x asks for %v", message, ds)
			}
		}
	})
}
