package dns_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

const page = "ns1.suspended.example ns2.suspended.example"

// underBoth lets nom.co follow the policies of 2011, beside co under those of 2026.
func underBoth(w *world.World) {
	w.T.Helper()
	w.Service.Profile = w.Service.Profile.Follow(world.Name("nom.co"), profile(w, "co-2011"), w.Now().Add(-time.Hour), "a test")
}

func profile(w *world.World, id string) policy.Profile {
	w.T.Helper()
	p, err := policy.BuiltIn(id)
	if err != nil {
		w.T.Fatal(err)
	}
	return p
}

func publishDue(t testing.TB, s *dns.Server) {
	t.Helper()
	if err := s.PublishDue(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Nobody writes down what time does, for months: the zone is right in the second of each change, in the one
// before it, and when it is loaded afresh. What time does twice to a name that waits for the engine, the second
// time too.
func TestPublishDueWithoutEngine(t *testing.T) {
	w := world.New(t, noon)
	underBoth(w)
	w.Host(world.Acme, "ns.example.net")
	w.Domain(world.Acme, "shop.nom.co", "ns.example.net")
	w.Domain(world.Deleter, "lapsing.co", "ns.example.net")
	w.Host(world.Deleter, "ns1.lapsing.co", "192.0.2.1")
	w.Domain(world.Deleter, "both.nom.co", "ns.example.net")
	w.Domain(world.Acme, "user.co", "ns1.lapsing.co", "ns.example.net")
	s := newServer(w)
	publish(t, s)
	publishDue(t, s)
	own := "ns.example.net"
	w.Service.Spread = func(registry.ROID) uint32 { return 0 } // purges 60 s after pending delete
	for _, step := range []struct {
		at                        string
		shop, both, lapsing, user string
	}{
		{noon, own, own, own, own + " ns1.lapsing.co"},
		{"2027-03-01T23:59:58Z", own, own, own, own + " ns1.lapsing.co"},
		{"2027-03-01T23:59:59Z", page, page, "", own + " ns1.lapsing.co"},
		{"2027-04-05T23:59:58Z", page, page, "", own + " ns1.lapsing.co"},
		{"2027-04-06T00:01:00Z", page, page, "", own},
		{"2027-04-15T23:59:58Z", page, page, "", own},
		{"2027-04-15T23:59:59Z", own, "", "", own},
		{"2028-03-01T23:59:59Z", page, "", "", own},
	} {
		w.At(step.at)
		publishDue(t, s)
		for how, server := range map[string]*dns.Server{"": s, " made afresh": newServer(w).Afresh(t)} {
			for name, want := range map[string]string{
				"shop.nom.co.": step.shop, "both.nom.co.": step.both, "lapsing.co.": step.lapsing, "user.co.": step.user,
			} {
				if got := nameservers(t, server, name); got != want {
					t.Errorf("%s: %s is delegated to %q%s, want %q", step.at, name, got, how, want)
				}
			}
		}
	}
	w.Settle()
	before := serial(t, s, "nom.co.")
	publish(t, s)
	if serial(t, s, "nom.co.") != before || nameservers(t, s, "shop.nom.co.") != page {
		t.Error("what the engine wrote down later changed the zone")
	}
}

// A publisher that looks at nothing but marks is as right once the engine has run, and looking also then
// changes nothing more.
func TestPublishDueBesideEngine(t *testing.T) {
	w := world.New(t, noon)
	underBoth(w)
	w.Host(world.Acme, "ns.example.net")
	w.Domain(world.Acme, "shop.nom.co", "ns.example.net")
	s := newServer(w)
	publish(t, s)
	for _, step := range []struct{ at, want string }{
		{"2027-03-01T23:59:59Z", page},
		{"2027-04-15T23:59:58Z", page},
		{"2027-04-15T23:59:59Z", "ns.example.net"},
	} {
		w.At(step.at)
		w.Settle()
		publish(t, s)
		before := serial(t, s, "nom.co.")
		publishDue(t, s)
		publishDue(t, s)
		if got := nameservers(t, s, "shop.nom.co."); got != step.want || serial(t, s, "nom.co.") != before {
			t.Errorf("%s: shop.nom.co is delegated to %q, want %q; the serial went from %d to %d", step.at, got, step.want, before, serial(t, s, "nom.co."))
		}
	}
}

// What a registrar may do to a suspended name: an update changes its own name servers and not the page; hold
// takes it out of the zone; a renewal brings its own back. Nothing of its own stands in the zone meanwhile.
func TestPublishSuspended(t *testing.T) {
	w := world.New(t, noon)
	underBoth(w)
	w.Host(world.Acme, "ns.example.net")
	w.Host(world.Acme, "ns2.example.net")
	w.Domain(world.Acme, "shop.nom.co", "ns.example.net")
	shop := world.Name("shop.nom.co")
	w.Do(world.Acme, flow.DomainUpdate{Name: shop, TTL: []flow.TTLEdit{{For: "NS", Seconds: new(uint32(300))}}})
	sign(w, "shop.nom.co", 1)
	s := newServer(w)
	w.At("2027-03-02T12:00:00Z")
	publishDue(t, s)
	edit := func(add, remove flow.DomainEdit) func() {
		return func() { w.Do(world.Acme, flow.DomainUpdate{Name: shop, Add: add, Remove: remove}) }
	}
	hold := flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}}
	for _, step := range []struct {
		name, want string
		do         func()
	}{
		{"suspended", page, func() {}},
		{"another name server", page, edit(flow.DomainEdit{Nameservers: world.Names("ns2.example.net")}, flow.DomainEdit{Nameservers: world.Names("ns.example.net")})},
		{"hold", "", edit(hold, flow.DomainEdit{})},
		{"no hold", page, edit(flow.DomainEdit{}, hold)},
		{"no name server", page, edit(flow.DomainEdit{}, flow.DomainEdit{Nameservers: world.Names("ns2.example.net")})},
		{"one again", page, edit(flow.DomainEdit{Nameservers: world.Names("ns2.example.net")}, flow.DomainEdit{})},
		{"renewed", "ns2.example.net", func() {
			w.Do(world.Acme, flow.DomainRenew{Name: shop, CurrentExpiry: w.Now().Truncate(24 * time.Hour).Add(-24 * time.Hour), Years: 1})
		}},
	} {
		step.do()
		publish(t, s)
		for how, server := range map[string]*dns.Server{"": s, " made afresh": newServer(w).Afresh(t)} {
			if got := nameservers(t, server, "shop.nom.co."); got != step.want {
				t.Errorf("%s: it is delegated to %q%s, want %q", step.name, got, how, step.want)
			}
			reply, signed := ask(t, server, question(t, "shop.nom.co. NS")), text(ask(t, server, question(t, "shop.nom.co. DS")).Answer)
			if step.want == page && (signed != "" || reply.Ns[0].Header().Ttl != 3600) {
				t.Errorf("%s%s: the page has the name's own DS %q, or its TTL: %v", step.name, how, signed, reply.Ns)
			}
			if step.want == "ns2.example.net" && (signed == "" || reply.Ns[0].Header().Ttl != 300) {
				t.Errorf("%s%s: the name has lost its DS %q, or its TTL: %v", step.name, how, signed, reply.Ns)
			}
		}
	}
}

// A transfer ends the suspension when it is completed, by its sponsor or by time alone, and not before.
func TestPublishTransferOfSuspended(t *testing.T) {
	for _, approved := range []bool{true, false} {
		w := world.New(t, noon)
		underBoth(w)
		w.Host(world.Acme, "ns.example.net")
		w.Domain(world.Acme, "shop.nom.co", "ns.example.net")
		s := newServer(w)
		w.At("2027-03-02T12:00:00Z")
		shop, want := world.Name("shop.nom.co"), page
		w.Do(world.Other, flow.DomainTransfer{Name: shop, AuthInfo: new("domain-secret")})
		for _, at := range []string{"2027-03-02T12:00:00Z", "2027-03-07T11:59:59Z", "2027-03-07T12:00:00Z"} {
			w.At(at)
			if approved && want == page && at != "2027-03-02T12:00:00Z" {
				w.Do(world.Acme, flow.DomainTransferEnd{Name: shop, How: registry.TransferClientApproved})
				want = "ns.example.net"
			}
			if at == "2027-03-07T12:00:00Z" {
				want = "ns.example.net"
			}
			publish(t, s)
			publishDue(t, s)
			if got := nameservers(t, s, "shop.nom.co."); got != want {
				t.Errorf("approved %t, %s: it is delegated to %q, want %q", approved, at, got, want)
			}
		}
	}
}

// The page may be on hosts of this registry, whose addresses are glue then, and follow the host. When the terms
// name another page, suspended names go there.
func TestPublishPage(t *testing.T) {
	w := world.New(t, noon)
	old := profile(w, "co-2011")
	moved := w.Now().AddDate(1, 0, 10)
	first, second := old.Versions[0], old.Versions[0]
	first.Terms.SuspensionPage = world.Names("ns1.page.nom.co", "ns.page.example")
	second.From, second.Terms.SuspensionPage = moved, world.Names("ns.page.example")
	old.Versions = []policy.Version{first, second}
	w.Service.Profile = w.Service.Profile.Follow(world.Name("nom.co"), old, w.Now(), "a test").
		Follow(world.Name("nom.co"), profile(w, "co-2026"), moved.AddDate(0, 0, 10), "no suspension any more")
	w.Domain(world.Acme, "shop.nom.co")
	w.Domain(world.Acme, "page.nom.co")
	s := newServer(w)
	w.At("2027-03-02T00:00:00Z")
	for _, step := range []struct {
		name, ns, glue string
		do             func()
	}{
		{"nobody has made the host", "ns.page.example ns1.page.nom.co", "", func() {}},
		{"it is there", "ns.page.example ns1.page.nom.co", "192.0.2.1", func() { w.Host(world.Acme, "ns1.page.nom.co", "192.0.2.1") }},
		{"it moves", "ns.page.example ns1.page.nom.co", "192.0.2.2", func() {
			w.Do(world.Acme, flow.HostUpdate{
				Name: world.Name("ns1.page.nom.co"), Add: flow.HostEdit{Addresses: addresses("192.0.2.2")}, Remove: flow.HostEdit{Addresses: addresses("192.0.2.1")},
			})
		}},
		{"it goes", "ns.page.example ns1.page.nom.co", "", func() { w.Do(world.Acme, flow.HostDelete{Name: world.Name("ns1.page.nom.co")}) }},
		{"it comes back", "ns.page.example ns1.page.nom.co", "192.0.2.2", func() { w.Host(world.Acme, "ns1.page.nom.co", "192.0.2.2") }},
		{"another page", "ns.page.example", "", func() { w.At(moved.Format(time.RFC3339)) }},
		{"no suspension any more, but this one runs", "ns.page.example ns1.page.nom.co", "192.0.2.2", func() {
			w.At(moved.AddDate(0, 0, 10).Format(time.RFC3339))
		}},
	} {
		step.do()
		publish(t, s)
		publishDue(t, s)
		for how, server := range map[string]*dns.Server{"": s, " made afresh": newServer(w).Afresh(t)} {
			if ns, glue := nameservers(t, server, "shop.nom.co."), glue(t, server, "shop.nom.co."); ns != step.ns || glue != step.glue {
				t.Errorf("%s: it is delegated to %q with %q%s, want %q with %q", step.name, ns, glue, how, step.ns, step.glue)
			}
		}
	}
}

// Whatever operation of the database fails while the publisher looks what has come due, the next look finds it.
func TestPublishDueFaults(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	w.Domain(world.Deleter, "lapsing.co", "ns.example.net")
	s := newServer(w)
	publish(t, s)
	w.At("2027-03-01T23:59:59Z")
	for n := 0; ; n++ {
		w.Fault.After(n)
		err := s.PublishDue(context.Background())
		w.Fault.Disarm()
		if err == nil {
			if n < 3 {
				t.Errorf("only %d operations can fail", n)
			}
			break
		}
		if !errors.Is(err, world.ErrFault) || nameservers(t, s, "lapsing.co.") == "" {
			t.Fatalf("operation %d: %v, and the name is delegated to %q", n, err, nameservers(t, s, "lapsing.co."))
		}
	}
	if got := nameservers(t, s, "lapsing.co."); got != "" {
		t.Errorf("it is delegated to %q", got)
	}
}

// A node that does not publish looks at nothing, and one that begins to has missed nothing.
func TestPublishDueElsewhere(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	w.Domain(world.Deleter, "lapsing.co", "ns.example.net")
	config := config(w)
	take := func(fence int64) registry.Fence {
		w.Exec("DELETE FROM lease WHERE name = 'dns'")
		w.Exec("INSERT INTO lease (name, holder, fence, until) VALUES ('dns', 'some node', $1, 0)", fence)
		return registry.Fence{Lease: "dns", Number: fence}
	}
	mine, fence := true, take(1)
	config.Lease = func() (registry.Fence, bool) { return fence, mine }
	config.Timer.Expire = 2 * 366 * 86_400 // a year passes
	s, err := dns.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	mine = false
	w.At("2027-03-01T23:59:59Z")
	publishDue(t, s)
	if got := nameservers(t, s, "lapsing.co."); got != "ns.example.net" {
		t.Errorf("a node that does not publish took a name out: %q", got)
	}
	mine, fence = true, take(3)
	publishDue(t, s)
	if got := nameservers(t, s, "lapsing.co."); got != "" {
		t.Errorf("it is delegated to %q", got)
	}
}
