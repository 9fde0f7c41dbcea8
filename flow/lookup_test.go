package flow_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

func TestDomainLookup(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	w.Domain(world.Acme, "shop.co", "ns1.example.net")
	reply, err := w.Ask("", flow.DomainLookup{Name: world.Name("shop.co")})
	if err != nil {
		t.Fatal(err)
	}
	found := reply.(flow.DomainFound)
	if found.Sponsored.IANAID != 9001 || found.Published != lifecycle.Own || len(found.People) != 3 ||
		found.People[0].Role != "registrant" || found.People[0].Email != (flow.Shown[string]{}) {
		t.Errorf("found %+v", found)
	}
	for name, want := range map[string]registry.Code{
		"free.co": registry.ObjectMissing, "com.co": registry.ObjectMissing, "example.org": registry.ParameterSyntax,
		"www.shop.co": registry.ParameterSyntax,
	} {
		if _, err := w.Ask("", flow.DomainLookup{Name: world.Name(name)}); code(err) != want {
			t.Errorf("lookup of %s: %v, want %s", name, err, want)
		}
	}
}

// A name that the registry uses, or never offers, is told apart from one that is free, unless it is registered.
func TestOwnNames(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Service.Profile.Zones[0].Used = []string{"ns", "shop"}
	for name, want := range map[string]struct{ own, withheld bool }{
		"nic.co": {false, true}, "ns.co": {true, false}, "free.co": {}, "shop.co": {}, "nic.com.co": {}, "ns.example": {},
	} {
		_, err := w.Ask("", flow.DomainLookup{Name: world.Name(name)})
		if flow.IsOwn(err) != want.own || flow.IsWithheld(err) != want.withheld {
			t.Errorf("%s: %v; want %+v", name, err, want)
		}
	}
}

// What a command leaves in the transaction log. Manual 9.8, decisions 4.6.
func TestTransactionLog(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	before := w.Rows("SELECT COUNT(*) FROM log")
	cmd := flow.Refused{
		About: flow.Subject{Command: "update", Object: "domain", ID: "shop.co", Logged: true},
		Error: &registry.Error{Code: registry.Syntax, Reason: "<domain:x> is not allowed here"},
	}
	if _, err := w.Run(world.Other, cmd); code(err) != registry.Syntax {
		t.Errorf("refused: %v", err)
	}
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")})
	got := w.Rows("SELECT registrar, command, object, object_id, code, message, cltrid FROM log ORDER BY id DESC LIMIT 2")
	want := "H1001 | delete | domain | shop.co | completedPending | Deletion request for domain name shop.co successful; domain will be deleted shortly. | client\n" +
		"H1002 | update | domain | shop.co | syntax | <domain:x> is not allowed here | client\n"
	if got != want {
		t.Errorf("the log says\n%s want\n%s", got, want)
	}
	if _, err := w.Run(world.Other, flow.DomainCreate{Name: world.Name("com.co")}); err == nil {
		t.Error("com.co was created")
	}
	if after := w.Rows("SELECT COUNT(*) FROM log"); after == before {
		t.Error("a refused create is not in the log")
	}
}

// Hosts are found by their addresses, page by page, and not when time has taken them along, whether or not anybody has
// written that down.
func TestHostsByAddress(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Deleter, "lapses.co")
	w.Host(world.Deleter, "ns.lapses.co", "192.0.2.1")
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1", "2001:db8::1")
	w.Host(world.Acme, "ns2.shop.co", "192.0.2.2")
	find := func(q flow.HostsByAddress) (found []string, after registry.ROID) {
		t.Helper()
		reply, err := w.Ask("", q)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range reply.(flow.HostsFound).Hosts {
			found = append(found, h.Name.String())
		}
		return found, reply.(flow.HostsFound).After
	}
	shared := flow.HostsByAddress{Address: netip.MustParseAddr("::ffff:192.0.2.1")}
	if found, after := find(shared); !slices.Equal(found, []string{"ns.lapses.co", "ns1.shop.co"}) || after != "" {
		t.Errorf("found %v, and more after %q", found, after)
	}
	shared.Limit = 1
	first, after := find(shared)
	shared.After = after
	if second, end := find(shared); !slices.Equal(append(first, second...), []string{"ns.lapses.co", "ns1.shop.co"}) || end != "" {
		t.Errorf("in pages found %v and %v, and more after %q", first, second, end)
	}
	for address, want := range map[string]string{"2001:db8::1%eth0": "[ns1.shop.co]", "192.0.2.9": "[]"} {
		if found, _ := find(flow.HostsByAddress{Address: netip.MustParseAddr(address)}); fmt.Sprint(found) != want {
			t.Errorf("at %s found %v, want %s", address, found, want)
		}
	}
	w.Pass(3 * 365 * 24 * time.Hour) // lapses.co is long purged, and the engine has not run
	if found, _ := find(flow.HostsByAddress{Address: netip.MustParseAddr("192.0.2.1")}); !slices.Equal(found, []string{"ns1.shop.co"}) {
		t.Errorf("after the purge found %v", found)
	}
}

// Registrars are found by id, by IANA id and by whole name; several may have one name.
func TestRegistrarLookup(t *testing.T) {
	w := world.New(t, noon)
	for _, id := range []registry.RegistrarID{world.Acme, world.Other} {
		w.Do("", flow.RegistrarSet{Act: flow.Act{Registrar: id, Author: "ana", Reason: "it asked"}, TradingName: new("Straße & Söhne")})
	}
	for _, test := range []struct {
		query flow.RegistrarLookup
		want  string
	}{
		{flow.RegistrarLookup{Handle: "H1001"}, "H1001"},
		{flow.RegistrarLookup{Handle: "h1001", Name: "Registrar H1002"}, "H1001"},
		{flow.RegistrarLookup{Handle: "9002"}, "H1002"},
		{flow.RegistrarLookup{Name: " registrar  h1003"}, "H1003"},
		{flow.RegistrarLookup{Handle: "x", Name: "STRASSE & SÖHNE"}, "H1001 H1002"},
		{flow.RegistrarLookup{Handle: "0"}, ""},
		{flow.RegistrarLookup{Name: "Registrar"}, ""},
		{flow.RegistrarLookup{}, ""},
	} {
		reply, err := w.Ask("", test.query)
		var ids []string
		found, _ := reply.([]flow.RegistrarFound)
		for _, r := range found {
			ids = append(ids, string(r.ID))
			if !r.Updated.Equal(w.Now()) || r.Email == "" {
				t.Errorf("%+v finds %+v", test.query, r)
			}
		}
		if got := strings.Join(ids, " "); got != test.want || (got == "") != (code(err) == registry.ObjectMissing) {
			t.Errorf("%+v finds %q, %v, want %q", test.query, got, err, test.want)
		}
	}
}
