package flow_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
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
		isPublished(t, w, reply.([]flow.Delegation), step.name)
	}
}

// isPublished holds what Published tells, of one name and page by page, to what the zone holds; and it says why that is
// nothing.
func isPublished(t *testing.T, w *world.World, zone []flow.Delegation, when string) {
	t.Helper()
	whys := map[string]string{
		"registered": "", "off hold": "", "renewed by time": "", "on hold": "it has the status clientHold",
		"deleted": "it is deleted, and waits for its purge", "purged by time": "it is not registered",
	}
	same := []cmp.Option{cmpopts.EquateComparable(names.Name{}), cmpopts.EquateComparable(netip.Addr{})}
	var all []flow.PublishedName
	for i, d := range zone {
		page := ask[flow.PublishedPage](w, flow.Published{Name: d.Name})
		why := map[bool]string{true: "it has no name servers", false: whys[when]}[i == 0] // bare.co is the first
		if diff := cmp.Diff([]flow.PublishedName{{Delegation: d, Why: why}}, page.Names, same...); diff != "" || !page.At.Equal(w.Now()) {
			t.Errorf("%s, at %s: %s", when, page.At, diff)
		}
		if why != "it is not registered" {
			all = append(all, page.Names...)
		}
	}
	var paged []flow.PublishedName
	for q := (flow.Published{Limit: 1}); ; {
		page := ask[flow.PublishedPage](w, q)
		paged = append(paged, page.Names...)
		if page.Next.IsZero() {
			break
		}
		q.After = page.Next
	}
	if diff := cmp.Diff(all, paged, same...); diff != "" {
		t.Errorf("%s, page by page: %s", when, diff)
	}
}

// What fills the zone at the start is what each name is asked for, whatever time has done to it or to
// the name above its hosts, and wherever a page ends.
func TestDelegations(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	w.Domain(world.Acme, "gone.co", "ns1.example.net")
	w.Host(world.Acme, "ns1.gone.co", "192.0.2.1", "2001:db8::1")
	w.Domain(world.Other, "user.co", "ns1.gone.co")
	w.Domain(world.Other, "both.com.co", "ns1.gone.co", "ns1.example.net")
	w.Domain(world.Deleter, "lapsing.net.co", "ns1.example.net")
	w.Domain(world.Deleter, "kept.co", "ns1.example.net")
	w.Domain(world.Acme, "held.co", "ns1.example.net")
	w.Domain(world.Acme, "bare.co")
	underBoth(w)
	w.Domain(world.Acme, "waiting.nom.co", "ns1.example.net")
	w.Domain(world.Acme, "bare.nom.co")
	w.Do(world.Other, flow.DomainUpdate{Name: world.Name("user.co"), TTL: []flow.TTLEdit{{For: "NS", Seconds: new(uint32(300))}}})
	w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns1.gone.co"), TTL: []flow.TTLEdit{{For: "AAAA", Seconds: new(uint32(600))}}})
	hold := flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}}
	for _, step := range []struct {
		name string
		do   func()
		want int // names that are delegated
	}{
		{"registered", func() {}, 7},
		{"on hold", func() { w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("held.co"), Add: hold}) }, 6},
		{"operator's status", func() { forbidDeletion(w, "kept.co") }, 6},
		{"one in redemption", func() { w.Pass(10 * day); w.Do(world.Acme, flow.DomainDelete{Name: world.Name("gone.co")}) }, 5},
		{"purged by time with its host", func() { w.Pass(40 * day) }, 4},
		{"expired by time, two to the page", func() { w.At("2027-04-10T00:00:00Z") }, 4},
		{"written down", w.Settle, 4},
		{"one on hold there, the other renewed", func() {
			w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("waiting.nom.co"), Add: hold})
			w.At("2027-04-16T00:00:00Z")
		}, 2},
	} {
		step.do()
		filled := fill(w)
		for _, name := range world.Names("gone.co", "user.co", "both.com.co", "lapsing.net.co", "kept.co", "held.co", "bare.co", "waiting.nom.co", "bare.nom.co") {
			asked := ask[[]flow.Delegation](w, flow.DelegationsOf{Names: []names.Name{name}})[0]
			if len(asked.Nameservers) == 0 {
				asked = flow.Delegation{} // which is not among those that fill the zone
			}
			if diff := cmp.Diff(asked, filled[name], cmpopts.EquateComparable(names.Name{}, netip.Addr{})); diff != "" {
				t.Errorf("%s: asked for (-) %s and as the zone is filled (+): %s", step.name, name, diff)
			}
		}
		if len(filled) != step.want {
			t.Errorf("%s: %d names fill the zone, want %d", step.name, len(filled), step.want)
		}
	}
}

// underBoth lets nom.co follow the policies of 2011 from now on.
func underBoth(w *world.World) {
	w.T.Helper()
	old, err := policy.BuiltIn("co-2011")
	if err != nil {
		w.T.Fatal(err)
	}
	w.Service.Profile = w.Service.Profile.Follow(world.Name("nom.co"), old, w.Now(), "a test")
}

// What came due between two looks is what is published otherwise, and only that; what waits for the engine says
// when it is due again.
func TestCameDue(t *testing.T) {
	w := world.New(t, noon)
	underBoth(w)
	w.Domain(world.Acme, "renewing.co")
	w.Domain(world.Acme, "waiting.nom.co")
	w.Host(world.Acme, "ns1.example.net")
	w.Domain(world.Deleter, "lapsing.co", "ns1.example.net")
	w.Host(world.Deleter, "ns1.lapsing.co", "192.0.2.1")
	w.Settle() // nothing, and the hold of charges that post
	w.At("2027-02-28T00:00:00Z")
	w.Settle()
	since := w.Now()
	for _, step := range []struct {
		at      string
		overdue bool
		want    string
		next    string
	}{
		{"2027-03-01T23:59:58Z", false, "[]", "0001-01-01"},
		{"2027-03-01T23:59:59Z", false, "[{domain lapsing.co 0} {domain waiting.nom.co 0}]", "2027-04-06"},
		{"2027-03-02T23:59:59Z", false, "[]", "0001-01-01"},
		{"2027-03-02T23:59:59Z", true, "[]", "2027-04-06"},
		{"2027-04-06T02:00:00Z", true, "[{host ns1.lapsing.co 0}]", "2027-04-15"},
		{"2027-04-15T23:59:59Z", true, "[{domain waiting.nom.co 0}]", "2028-03-01"},
	} {
		w.At(step.at)
		came := ask[flow.Came](w, flow.CameDue{Since: since, Overdue: step.overdue})
		slices.SortFunc(came.Marks, func(a, b registry.Mark) int { return a.Name.Compare(b.Name) })
		var marks []string
		for _, m := range came.Marks {
			marks = append(marks, fmt.Sprint("{", m.Kind, " ", m.Name, " ", m.Version, "}"))
		}
		if got := fmt.Sprint(marks); got != step.want || came.Next.Format(time.DateOnly) != step.next || !came.Until.Equal(w.Now()) {
			t.Errorf("from %s to %s: %s until %s, next %s; want %s, next %s", since, step.at, got, came.Until, came.Next, step.want, step.next)
		}
		since = came.Until
	}
	w.Settle()
	if came := ask[flow.Came](w, flow.CameDue{Since: since, Overdue: true}); len(came.Marks) > 0 || !came.Next.IsZero() {
		t.Errorf("after the engine has run: %+v", came)
	}
}

// forbidDeletion sets a status that only the operator can, as a future command will.
func forbidDeletion(w *world.World, name string) {
	err := w.DB.Update(w.T.Context(), registry.Keys{}, func(r registry.Reader) (registry.Changes, error) {
		d, _, err := r.Domain(world.Name(name))
		d = d.Next()
		d.Statuses = append(d.Statuses, registry.ServerDeleteProhibited)
		return registry.Changes{Domains: []registry.Domain{d}}, err
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// fill reads all delegations as the zone is filled, two names or hosts to a page.
func fill(w *world.World) map[names.Name]flow.Delegation {
	const page = 2
	hosts := map[registry.ROID]flow.Nameserver{}
	for after := registry.ROID(""); ; {
		p := ask[flow.NameserverPage](w, flow.Nameservers{After: after, Limit: page})
		for _, h := range p.Nameservers {
			hosts[h.ROID] = h
		}
		if after = p.Last; after == "" {
			break
		}
	}
	filled := map[names.Name]flow.Delegation{}
	for span := (registry.Span{}); ; {
		span.After, span.Last = span.Last, ask[registry.ROID](w, flow.DelegationsEnd{After: span.Last, Limit: page})
		if span.Last == "" {
			return filled
		}
		for _, d := range ask[[]flow.Delegation](w, flow.Delegations{Span: span, Known: hosts}) {
			if _, twice := filled[d.Name]; twice {
				w.T.Errorf("%s came twice", d.Name)
			}
			filled[d.Name] = d
		}
	}
}

// ask runs a query of the registry's own.
func ask[T any](w *world.World, q flow.Query) T {
	w.T.Helper()
	reply, err := w.Ask("", q)
	if err != nil {
		w.T.Fatal(err)
	}
	return reply.(T)
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
	w.Do("", flow.ZonesPublished{Marks: first})
	second := marks()
	if len(second) != 1 || second[0].Version <= first[0].Version {
		t.Fatalf("after the change during publication there are marks %v", second)
	}
	w.Do("", flow.ZonesPublished{Marks: second})
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
