package flow_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// What the zone holds of a name follows from its facts now: hold, deletion and time included.
// Decisions 6.1.
func TestDelegation(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net", "192.0.2.9")
	w.Domain(world.Acme, "bare.co")
	w.Domain(world.Acme, "shop.co", "ns1.example.net")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1", "2001:db8::1")
	shop := world.Name("shop.co")
	w.Do(world.Acme, flow.DomainUpdate{Name: shop, Add: flow.DomainEdit{Nameservers: world.Names("ns1.shop.co")}})
	whole := flow.Delegation{Name: shop, Nameservers: []flow.Nameserver{
		{Name: world.Name("ns1.example.net")},
		{Name: world.Name("ns1.shop.co"), Addresses: addresses("192.0.2.1", "2001:db8::1")},
	}}
	hold := []registry.Status{registry.ClientHold}
	for _, step := range []struct {
		name string
		do   func()
		want flow.Delegation
	}{
		{"registered", func() {}, whole},
		{"on hold", func() { w.Do(world.Acme, flow.DomainUpdate{Name: shop, Add: flow.DomainEdit{Statuses: hold}}) }, flow.Delegation{Name: shop}},
		{"off hold", func() { w.Do(world.Acme, flow.DomainUpdate{Name: shop, Remove: flow.DomainEdit{Statuses: hold}}) }, whole},
		{"renewed by time", func() { w.At("2027-04-10T00:00:00Z") }, whole},
		{"deleted", func() { w.Do(world.Acme, flow.DomainDelete{Name: shop}) }, flow.Delegation{Name: shop}},
		{"purged by time", func() { w.Pass(40 * day) }, flow.Delegation{Name: shop}},
	} {
		step.do()
		reply, err := w.Ask("", flow.DelegationsOf{Names: world.Names("bare.co", "shop.co")})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]flow.Delegation{{Name: world.Name("bare.co")}, step.want}, reply, cmpopts.EquateComparable(names.Name{}), cmpopts.EquateComparable(addresses("192.0.2.1")[0]),
			cmpopts.IgnoreFields(flow.Nameserver{}, "ROID")); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
	}
}

// All delegations come page by page, each once, and names without one do not come at all.
func TestDelegations(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	for _, name := range []string{"a1a.co", "b1b.co", "c1c.com.co", "d1d.co", "e1e.net.co"} {
		w.Domain(world.Acme, name, "ns1.example.net")
	}
	w.Domain(world.Acme, "bare.co")
	seen := map[names.Name]int{}
	for after := (names.Name{}); ; {
		reply, err := w.Ask("", flow.Delegations{After: after, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		page := reply.(flow.DelegationPage)
		for _, d := range page.Delegations {
			seen[d.Name]++
		}
		if after = page.Last; after.IsZero() {
			break
		}
	}
	if len(seen) != 5 || seen[world.Name("c1c.com.co")] != 1 {
		t.Errorf("the pages held %v", seen)
	}
}

// A mark that is raised while it is being published stays, and is published again. Architecture
// section 1, property 6.
func TestMarkRaisedWhilePublishing(t *testing.T) {
	w := world.New(t, noon)
	woken := 0
	w.Service.Marked = func() { woken++ }
	w.Host(world.Acme, "ns1.example.net")
	w.Domain(world.Acme, "shop.co")
	publishAll(t, w)
	marks := func() []registry.Mark {
		reply, err := w.Ask("", flow.PendingMarks{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		return reply.([]registry.Mark)
	}
	update := func(add, remove []names.Name) {
		w.Do(world.Acme, flow.DomainUpdate{
			Name: world.Name("shop.co"), Add: flow.DomainEdit{Nameservers: add}, Remove: flow.DomainEdit{Nameservers: remove},
		})
	}
	ns := world.Names("ns1.example.net")
	update(ns, nil)
	first := marks()
	if len(first) != 1 || first[0].Name != world.Name("shop.co") {
		t.Fatalf("marks %v", first)
	}
	update(nil, ns) // while the publisher is at work on first
	w.Do("", flow.MarksPublished{Marks: first})
	second := marks()
	if len(second) != 1 || second[0].Version <= first[0].Version {
		t.Fatalf("after the change during publication there are marks %v", second)
	}
	w.Do("", flow.MarksPublished{Marks: second})
	if left := marks(); len(left) != 0 {
		t.Errorf("after the second publication there are marks %v", left)
	}
	update(ns, nil)
	if third := marks(); len(third) != 1 || third[0].Version == first[0].Version || third[0].Version == second[0].Version {
		t.Errorf("a version of a mark came twice: %v after %v and %v", third, first, second)
	}
	if woken != 4 {
		t.Errorf("the publisher was woken %d times for 4 commits that left marks", woken)
	}
}
