package dns_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

// The zone follows each kind of change. After every step, and only after a pass of the publisher,
// the delegation is what the step says, and the marks are gone.
func TestPublish(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	s := newServer(w)
	edit := func(e flow.HostEdit) flow.HostUpdate { return flow.HostUpdate{Name: world.Name("ns1.shop.co"), Add: e} }
	for _, step := range []struct {
		name     string
		do       func()
		ns, glue string // of user.co
	}{
		{"a name without name servers", func() { w.Domain(world.Acme, "user.co") }, "", ""},
		{"a name server", func() { delegate(w, world.Acme, "user.co", "ns.example.net") }, "ns.example.net", ""},
		{"a second one, below a zone", func() {
			w.Domain(world.Acme, "shop.co")
			w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
			delegate(w, world.Acme, "user.co", "ns1.shop.co")
		}, "ns.example.net ns1.shop.co", "192.0.2.1"},
		{"a second address", func() {
			w.Do(world.Acme, edit(flow.HostEdit{Addresses: []netip.Addr{netip.MustParseAddr("2001:db8::1")}}))
		}, "ns.example.net ns1.shop.co", "192.0.2.1 2001:db8::1"},
		{"the host gets another name", func() {
			w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns1.shop.co"), NewName: world.Name("dns.shop.co")})
		}, "dns.shop.co ns.example.net", "192.0.2.1 2001:db8::1"},
		{
			"another host takes its name", func() { w.Host(world.Acme, "ns1.shop.co", "192.0.2.99") },
			"dns.shop.co ns.example.net", "192.0.2.1 2001:db8::1",
		},
		{"hold", func() { setStatus(w, "user.co", registry.ClientHold) }, "", ""},
		{"no hold", func() {
			w.Do(world.Acme, flow.DomainUpdate{
				Name: world.Name("user.co"), Remove: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}},
			})
		}, "dns.shop.co ns.example.net", "192.0.2.1 2001:db8::1"},
		{"the host's name is deleted, but redeemable", func() {
			w.Pass(6 * 24 * time.Hour)
			w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")})
		}, "dns.shop.co ns.example.net", "192.0.2.1 2001:db8::1"},
		{"the host's name is purged", func() {
			w.Pass(36 * 24 * time.Hour)
			w.Settle()
		}, "ns.example.net", ""},
		{"delete", func() { w.Do(world.Acme, flow.DomainDelete{Name: world.Name("user.co")}) }, "", ""},
	} {
		before, zone := nameservers(t, s, "user.co."), serial(t, s, "co.")
		step.do()
		if got := nameservers(t, s, "user.co."); got != before {
			t.Errorf("%s: the zone had %q before the publisher came", step.name, got)
		}
		publish(t, s)
		if ns, glue := nameservers(t, s, "user.co."), glue(t, s, "user.co."); ns != step.ns || glue != step.glue {
			t.Errorf("%s: user.co is delegated to %q with %q, want %q with %q", step.name, ns, glue, step.ns, step.glue)
		}
		if left := w.Rows("SELECT * FROM mark"); left != "" {
			t.Errorf("%s: marks are left:\n%s", step.name, left)
		}
		if now := serial(t, s, "co."); (now != zone) != (before != step.ns || step.name == "a second address") {
			t.Errorf("%s: the serial went from %d to %d", step.name, zone, now)
		}
		fresh := newServer(w).Afresh(t)
		if ns, glue := nameservers(t, fresh, "user.co."), glue(t, fresh, "user.co."); ns != step.ns || glue != step.glue {
			t.Errorf("%s: loaded afresh, user.co is delegated to %q with %q", step.name, ns, glue)
		}
	}
}

// DS go in, change and go out with their name, each with a new serial, and are there at the next start.
func TestPublishSigners(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	w.Domain(world.Acme, "signed.co", "ns.example.net")
	s := newServer(w)
	for _, step := range []struct {
		name string
		do   func()
		want string
	}{
		{"two", func() { sign(w, "signed.co", 1, 2) }, signedDS(1) + "\n" + signedDS(2)},
		{"another", func() {
			w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("signed.co"), DS: flow.SignerEdit{
				RemoveAll: true, Add: []registry.DSRecord{{DS: signer(3)}},
			}})
		}, signedDS(3)},
		{"hold", func() { setStatus(w, "signed.co", registry.ClientHold) }, ""},
	} {
		before := serial(t, s, "co.")
		step.do()
		publish(t, s)
		for name, server := range map[string]*dns.Server{"published": s, "loaded afresh": newServer(w)} {
			if got := text(ask(t, server, question(t, "signed.co. DS")).Answer); got != step.want {
				t.Errorf("%s, %s: the DS are\n%s\nwant\n%s", step.name, name, got, step.want)
			}
		}
		if serial(t, s, "co.") == before {
			t.Errorf("%s: the serial is as it was", step.name)
		}
	}
}

// A name that time alone takes out of the zone is gone once the engine has written that down.
func TestPublishAutoDelete(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	w.Domain(world.Deleter, "lapsing.co", "ns.example.net")
	s := newServer(w)
	publish(t, s)
	w.At("2027-03-02T00:00:00Z")
	w.Settle()
	publish(t, s)
	if got := nameservers(t, s, "lapsing.co."); got != "" {
		t.Errorf("after its expiry lapsing.co is delegated to %q", got)
	}
}

// A batch raises the serial of each zone that it changes once, and of no other.
func TestSerial(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	s := newServer(w)
	start := serial(t, s, "co.")
	for i := range 5 {
		w.Domain(world.Acme, fmt.Sprintf("name%d.com.co", i), "ns.example.net")
	}
	publish(t, s)
	if co, comCo := serial(t, s, "co."), serial(t, s, "com.co."); co != start || comCo != start+1 {
		t.Errorf("serials are %d and %d, want %d and %d", co, comCo, start, start+1)
	}
	w.Pass(time.Hour)
	delegate(w, world.Acme, "name0.com.co") // a mark, and nothing to publish
	w.Domain(world.Acme, "name.co", "ns.example.net")
	publish(t, s)
	if co, comCo := serial(t, s, "co."), serial(t, s, "com.co."); co != start+3600 || comCo != start+1 {
		t.Errorf("an hour later they are %d and %d, want %d and %d", co, comCo, start+3600, start+1)
	}
	if err := s.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	if co := serial(t, s, "co."); co != start+3600 {
		t.Errorf("loaded again, the serial is %d, want %d: nothing is new", co, start+3600)
	}
}

// An interposed store does something just before the publisher removes its marks.
type interposed struct {
	registry.Store
	before func()
}

func (i *interposed) Update(ctx context.Context, keys registry.Keys, f func(registry.Reader) (registry.Changes, error)) error {
	if before := i.before; before != nil {
		i.before = nil
		before()
	}
	return i.Store.Update(ctx, keys, f)
}

// A name changes after the publisher has looked at it and before its mark is removed. The mark is
// of another version then, so it stays, and the next pass publishes the change.
func TestMarkRaisedWhilePublished(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	w.Host(world.Acme, "ns2.example.net")
	w.Domain(world.Acme, "shop.co", "ns1.example.net")
	service := *w.Service
	config := config(w)
	config.Service = &service
	s, err := dns.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	publish(t, s)
	swap := func(from, to string) {
		w.Do(world.Acme, flow.DomainUpdate{
			Name:   world.Name("shop.co"),
			Add:    flow.DomainEdit{Nameservers: world.Names(to)},
			Remove: flow.DomainEdit{Nameservers: world.Names(from)},
		})
	}
	setStatus(w, "shop.co", registry.ClientTransferProhibited) // a mark that changes nothing
	service.Store = &interposed{w.DB, func() { swap("ns1.example.net", "ns2.example.net") }}

	publish(t, s)
	if got := nameservers(t, s, "shop.co."); got != "ns1.example.net" {
		t.Fatalf("the publisher looked before the change, but serves %q", got)
	}
	if !w.Exists("mark", "name", "shop.co") {
		t.Fatal("the mark that was raised meanwhile is gone")
	}
	publish(t, s)
	if got := nameservers(t, s, "shop.co."); got != "ns2.example.net" {
		t.Errorf("after the next pass shop.co is delegated to %q, want ns2.example.net", got)
	}
	if w.Exists("mark", "name", "shop.co") {
		t.Error("the mark is still there")
	}
}

// Whatever operation of the database fails, the marks stay until a pass succeeds, and then the
// zone is right.
func TestPublishFaults(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	s := newServer(w)
	publish(t, s)
	for n := 0; ; n++ {
		name := fmt.Sprintf("name%d.co", n)
		w.Domain(world.Acme, name, "ns.example.net")
		w.Fault.After(n)
		err := s.Publish(context.Background())
		w.Fault.Disarm()
		if err == nil {
			if n < 4 {
				t.Errorf("only %d operations can fail", n)
			}
			return
		}
		if !errors.Is(err, world.ErrFault) || !w.Exists("mark", "name", name) {
			t.Fatalf("operation %d: %v, and the mark is there: %v", n, err, w.Exists("mark", "name", name))
		}
		publish(t, s)
		if got := nameservers(t, s, name+"."); got != "ns.example.net" {
			t.Fatalf("operation %d: %s is delegated to %q", n, name, got)
		}
	}
}

// All batches of a pass are published, and all pages are loaded.
func TestBatchesAndPages(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	config := config(w)
	config.Batch, config.Page = 2, 2
	served, err := dns.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := served.Publish(context.Background()); err == nil {
		t.Error("Publish before Load is no error")
	}
	if err := served.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		w.Domain(world.Acme, fmt.Sprintf("name%d.co", i), "ns.example.net")
	}
	publish(t, served)
	loaded, err := dns.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := loaded.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		name := fmt.Sprintf("name%d.co.", i)
		if a, b := nameservers(t, served, name), nameservers(t, loaded, name); a != "ns.example.net" || b != a {
			t.Errorf("%s is delegated to %q when published and %q when loaded", name, a, b)
		}
	}
}

// counter counts the lines of a log.
type counter struct{ lines atomic.Int64 }

func (c *counter) Write(line []byte) (int, error) { c.lines.Add(1); return len(line), nil }

// Run makes a pass at once, at each wake-up and at each interval; and at once and at each interval one that
// looks what time has done. Its clock is the bubble's. Each pass of a server that is not loaded leaves one line
// in the log.
func TestRun(t *testing.T) {
	config := config(world.New(t, noon))
	passes := &counter{}
	config.Log = slog.New(slog.NewTextHandler(passes, &slog.HandlerOptions{Level: slog.LevelDebug}))
	synctest.Test(t, func(t *testing.T) {
		s, err := dns.New(config)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go s.Run(ctx)
		synctest.Wait()
		if passes.lines.Load() != 2 {
			t.Errorf("at the start there were %d passes, want one of each", passes.lines.Load())
		}
		s.Wake()
		synctest.Wait()
		if passes.lines.Load() != 3 {
			t.Errorf("a wake-up made %d passes, want one", passes.lines.Load()-2)
		}
		time.Sleep(1600 * time.Millisecond) // of the bubble, so in no time
		synctest.Wait()
		if passes.lines.Load() != 9 {
			t.Errorf("in 1.6 s there were %d passes, want 3 of each", passes.lines.Load()-3)
		}
		cancel()
		synctest.Wait()
	})
}

// A host's new address changes its own zone, where it is, and no other with names that use it.
func TestSerialOfAddresses(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	w.Domain(world.Acme, "user.com.co", "ns1.shop.co")
	s := newServer(w)
	publish(t, s)
	zones := []string{"co.", "com.co.", "net.co."}
	var before []uint32
	for _, zone := range zones {
		before = append(before, serial(t, s, zone))
	}
	w.Do(world.Acme, flow.HostUpdate{
		Name: world.Name("ns1.shop.co"), Add: flow.HostEdit{Addresses: addresses("192.0.2.2")},
	})
	publish(t, s)
	for i, raised := range []uint32{1, 0, 0} {
		if got := serial(t, s, zones[i]); got != before[i]+raised {
			t.Errorf("the serial of %s went from %d to %d, want %d more", zones[i], before[i], got, raised)
		}
	}
}

// A host whose own name is held leaves the zone with its last user, and so do the names above it.
func TestLastUser(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "held.co")
	w.Host(world.Acme, "a.ns.held.co", "192.0.2.3")
	setStatus(w, "held.co", registry.ClientHold)
	w.Domain(world.Acme, "user.co", "a.ns.held.co")
	w.Domain(world.Acme, "other.co", "a.ns.held.co")
	s := newServer(w)
	for _, step := range []struct{ leaves, want string }{{"user.co", "NOERROR aa"}, {"other.co", "NXDOMAIN aa"}} {
		w.Do(world.Acme, undelegate(step.leaves, "a.ns.held.co"))
		publish(t, s)
		for _, name := range []string{"held.co.", "ns.held.co.", "a.ns.held.co."} {
			if got := outcome(ask(t, s, question(t, name+" A"))); got != step.want {
				t.Errorf("after %s has left, %s is %s, want %s", step.leaves, name, got, step.want)
			}
		}
	}
}

// Names with the same name servers change each for itself.
func TestNamesThatShareNameservers(t *testing.T) {
	const both = "ns1.own.co ns2.example.net"
	w := world.New(t, noon)
	w.Domain(world.Acme, "own.co")
	w.Host(world.Acme, "ns1.own.co", "192.0.2.1")
	w.Host(world.Acme, "ns2.example.net")
	w.Domain(world.Acme, "one.co", strings.Fields(both)...)
	w.Domain(world.Acme, "two.co", strings.Fields(both)...)
	w.Domain(world.Acme, "turned.co", "ns2.example.net", "ns1.own.co")
	s := newServer(w)
	for _, step := range []struct {
		name             string
		do               func()
		one, two, turned string
	}{
		{"at first", func() {}, both, both, both},
		{"one loses a server", func() { w.Do(world.Acme, undelegate("one.co", "ns1.own.co")) }, "ns2.example.net", both, both},
		{"one gets it back, last", func() { delegate(w, world.Acme, "one.co", "ns1.own.co") }, both, both, both},
		{"two is held", func() { setStatus(w, "two.co", registry.ClientHold) }, both, "", both},
		{"a server of all is renamed", func() {
			w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns1.own.co"), NewName: world.Name("ns9.own.co")})
		}, "ns2.example.net ns9.own.co", "", "ns2.example.net ns9.own.co"},
	} {
		step.do()
		publish(t, s)
		for name, want := range map[string]string{"one.co.": step.one, "two.co.": step.two, "turned.co.": step.turned} {
			if got := nameservers(t, s, name); got != want {
				t.Errorf("%s: %s is delegated to %q, want %q", step.name, name, got, want)
			}
		}
	}
}
