package flow_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// pattern is a pattern that is known to be one.
func pattern(text string) names.Pattern {
	p, err := names.ParsePattern(text)
	if err != nil {
		panic(err)
	}
	return p
}

// searchWorld is a registry with names in two zones, and hosts below one of them.
func searchWorld(t *testing.T) *world.World {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	for _, name := range []string{"shop.co", "shoe.co", "short.com.co", "ship.co", "xn--caf-dma.co"} {
		w.Domain(world.Acme, name)
	}
	for i, host := range []string{"ns1.shop.co", "ns2.shop.co", "ns1.ship.co"} {
		w.Host(world.Acme, host, fmt.Sprintf("192.0.2.%d", i+1), "2001:db8::1")
	}
	for name, hosts := range map[string][]string{
		"shop.co": {"ns1.shop.co", "ns2.shop.co"}, "shoe.co": {"ns1.shop.co"}, "ship.co": {"ns1.ship.co", "ns1.example.net"},
	} {
		w.Do(world.Acme, flow.DomainUpdate{Name: world.Name(name), Add: flow.DomainEdit{Nameservers: world.Names(hosts...)}})
	}
	return w
}

// pages asks for all pages of a search, and returns the names on each.
func pages(t *testing.T, w *world.World, search func(after flow.Place) flow.Query) (list []string) {
	t.Helper()
	var after flow.Place
	for range 100 {
		var found []string
		switch reply := answer(t, w, "", search(after)).(type) {
		case flow.DomainsFound:
			for _, d := range reply.Domains {
				found = append(found, d.Name.String())
			}
			after = reply.After
		case flow.HostPage:
			for _, h := range reply.Hosts {
				found = append(found, h.Name.String())
			}
			after = reply.After
		case flow.RegistrarPage:
			for _, r := range reply.Registrars {
				found = append(found, string(r.ID))
			}
			for _, c := range reply.Contacts {
				found = append(found, string(c.Handle))
			}
			after = reply.After
		}
		list = append(list, strings.Join(found, " "))
		if after == "" {
			return list
		}
	}
	t.Error("the search does not end")
	return list
}

// Every result is found once, whatever the size of a page and however few names are looked at for one.
func TestSearches(t *testing.T) {
	w := searchWorld(t)
	for _, test := range []struct {
		name   string
		search func(after flow.Place, limit int) flow.Query
		want   string // in any order
	}{
		{"names", domainsLike("sho*"), "shoe.co shop.co short.com.co"},
		{"names of a zone", domainsLike("sho*.co"), "shoe.co shop.co"},
		{"names of another zone", domainsLike("sho*.com.co"), "short.com.co"},
		{"no names", domainsLike("zoo*"), ""},
		{"one name", domainsLike("shop.co"), "shop.co"},
		{"one in U-labels", domainsLike("CAFÉ.co"), "xn--caf-dma.co"},
		{"one that is free", domainsLike("free.co"), ""},
		{"one that is nobody's", domainsLike("example.net"), ""},
		{"names of a host", delegatedTo("ns1.shop.co"), "shoe.co shop.co"},
		{"names of several hosts", delegatedTo("ns1.*"), "ship.co shoe.co shop.co"},
		{"names of a host elsewhere", delegatedTo("ns1.example.net"), "ship.co"},
		{"names of no host", delegatedTo("ns9.shop.co"), ""},
		{"names of an address", delegatedAt("192.0.2.2"), "shop.co"},
		{"names of an address of several", delegatedAt("2001:db8::1"), "ship.co shoe.co shop.co"},
		{"names of a mapped address", delegatedAt("::ffff:192.0.2.3"), "ship.co"},
		{"names of no address", delegatedAt("192.0.2.9"), ""},
		{"hosts", hostsLike("ns1.*"), "ns1.example.net ns1.ship.co ns1.shop.co"},
		{"hosts of a zone", hostsLike("ns1.sh*.co"), "ns1.ship.co ns1.shop.co"},
		{"one host", hostsLike("ns2.shop.co"), "ns2.shop.co"},
		{"registrars by id", entitiesBy("", "h100", true), "H1001 H1002 H1003 H1004 H1005 H1006"},
		{"a registrar", entitiesBy("", "h1002", false), "H1002"},
	} {
		for _, limit := range []int{0, 1, 2} {
			for _, look := range []int{1, 2, 1000} {
				w.Service.Profile.Versions[0].Terms.Limits.RDAP.NamesLooked = look
				if strings.HasPrefix(test.name, "names of several") && look < 1000 {
					continue // it looks at all hosts that fit at once, or refuses
				}
				got := strings.Fields(strings.Join(pages(t, w, func(after flow.Place) flow.Query { return test.search(after, limit) }), " "))
				want := strings.Fields(test.want)
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s, %d on a page, %d looked at: %q, want %q", test.name, limit, look, got, want)
				}
			}
		}
	}
}

func domainsLike(text string) func(flow.Place, int) flow.Query {
	return func(after flow.Place, limit int) flow.Query {
		return flow.DomainSearch{Pattern: pattern(text), After: after, Limit: limit}
	}
}

func delegatedTo(text string) func(flow.Place, int) flow.Query {
	return func(after flow.Place, limit int) flow.Query {
		return flow.DelegationSearch{Hosts: pattern(text), After: after, Limit: limit}
	}
}

func delegatedAt(text string) func(flow.Place, int) flow.Query {
	return func(after flow.Place, limit int) flow.Query {
		return flow.DelegationSearch{Address: netip.MustParseAddr(text), After: after, Limit: limit}
	}
}

func hostsLike(text string) func(flow.Place, int) flow.Query {
	return func(after flow.Place, limit int) flow.Query {
		return flow.HostSearch{Pattern: pattern(text), After: after, Limit: limit}
	}
}

func entitiesBy(name, handle string, partial bool) func(flow.Place, int) flow.Query {
	return func(after flow.Place, limit int) flow.Query {
		return flow.RegistrarSearch{Name: name, Handle: handle, Partial: partial, After: after, Limit: limit}
	}
}

// Searches refuse what would read half a registry, and a place that none of their answers gave.
func TestSearchesPrecedence(t *testing.T) {
	w := searchWorld(t)
	w.Service.Profile.Versions[0].Terms.Limits.RDAP.HostsLooked = 2
	const purpose = "a lookup that shows what is closed needs a purpose; say what the data is for"
	law := flow.Viewer{Kind: flow.ByAuthority}

	domains := flow.DomainSearch{Pattern: pattern("s*"), After: "-", Viewer: law}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", domains }, []step{
		{func() {}, registry.ParameterMissing, purpose},
		{func() { domains.Viewer.Purpose = "a test" }, registry.ParameterSyntax, "the cursor is not one that this search gave; begin at the first page"},
		{func() { domains.After = "" }, registry.ParameterPolicy, "too much would fit; give 3 characters or more before the asterisk"},
	}, func() { domains.Pattern = pattern("sho*") })

	linked := flow.DelegationSearch{Hosts: pattern("n*"), Viewer: law}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", linked }, []step{
		{func() {}, registry.ParameterMissing, purpose},
		{func() { linked.Viewer = flow.Viewer{} }, registry.ParameterPolicy, "too much would fit; give 3 characters or more before the asterisk"},
		{func() { linked.Hosts = pattern("ns1.*") }, registry.ParameterPolicy, "more than 2 name servers fit; ask for the names of one of them"},
	}, func() { linked.Hosts = pattern("ns1.sh*") })

	hosts := flow.HostSearch{Pattern: pattern("n*"), After: "-"}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", hosts }, []step{
		{func() {}, registry.ParameterSyntax, "the cursor is not one that this search gave; begin at the first page"},
		{func() { hosts.After = "" }, registry.ParameterPolicy, "too much would fit; give 3 characters or more before the asterisk"},
	}, func() { hosts.Pattern = pattern("ns1*") })

	entities := flow.RegistrarSearch{Handle: "H1001", Viewer: law}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", entities }, []step{
		{func() {}, registry.ParameterMissing, purpose},
	}, func() { entities.Viewer.Purpose = "a test" })

	contact := flow.ContactLookup{Handle: "X-H1001", Viewer: law}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", contact }, []step{
		{func() {}, registry.ParameterMissing, purpose},
		{func() { contact.Viewer = flow.Viewer{} }, registry.ObjectMissing, "there is no such registrar or contact here; check the handle"},
		{func() { contact.Viewer = flow.Viewer{Kind: flow.ByRegistrar, Registrar: world.Other} }, registry.ObjectMissing, "there is no such registrar or contact here; check the handle"},
	}, func() { contact.Viewer = flow.Viewer{Kind: flow.ByRegistrar, Registrar: world.Acme} })
}

// A contact is found by its ROID where anything of it is open, and by its id only by who sees all of it.
func TestContactLookup(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "CLOSED")
	w.Contact(world.Acme, "HALF")
	w.Do(world.Acme, flow.ContactUpdate{ID: "HALF", Disclose: []flow.DiscloseEdit{{What: registry.DiscloseEmail, Open: true}}})
	roid := func(id string) string {
		return strings.TrimSpace(w.Rows("SELECT roid FROM contact WHERE id = '" + id + "'"))
	}
	own := flow.Viewer{Kind: flow.ByRegistrar, Registrar: world.Acme}
	other := flow.Viewer{Kind: flow.ByRegistrar, Registrar: world.Other}
	law := flow.Viewer{Kind: flow.ByAuthority, Purpose: "a test"}
	for _, test := range []struct {
		name, handle string
		viewer       flow.Viewer
		found, all   bool
	}{
		{"closed, anybody", roid("CLOSED"), flow.Viewer{}, false, false},
		{"closed, by id, anybody", "CLOSED", flow.Viewer{}, false, false},
		{"closed, its sponsor", roid("CLOSED"), own, true, true},
		{"closed, by id, its sponsor", "closed", own, true, true},
		{"closed, another registrar", roid("CLOSED"), other, false, false},
		{"closed, by id, another registrar", "CLOSED", other, false, false},
		{"closed, law enforcement", roid("CLOSED"), law, true, true},
		{"half open, anybody", roid("HALF"), flow.Viewer{}, true, false},
		{"half open, by id, anybody", "HALF", flow.Viewer{}, false, false},
		{"half open, by id, another registrar", "HALF", other, false, false},
		{"half open, another registrar", roid("HALF"), other, true, false},
		{"no contact", "C999-CO", law, false, false},
		{"no id at all", "\x00", law, false, false},
	} {
		reply, err := w.Ask("", flow.ContactLookup{Handle: test.handle, Viewer: test.viewer})
		if (err == nil) != test.found {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if found, ok := reply.(flow.ContactFound); ok && found.Name.Open != test.all {
			t.Errorf("%s: the name is open: %t, want %t", test.name, found.Name.Open, test.all)
		}
	}
}

// answer asks a query that is not refused.
func answer(t *testing.T, w *world.World, who registry.RegistrarID, q flow.Query) flow.Reply {
	t.Helper()
	reply, err := w.Ask(who, q)
	if err != nil {
		t.Fatalf("%T: %v", q, err)
	}
	return reply
}
