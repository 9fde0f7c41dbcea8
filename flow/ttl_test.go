package flow_test

import (
	"reflect"
	"testing"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

func ttl(kind string, seconds uint32) flow.TTLEdit { return flow.TTLEdit{For: kind, Seconds: &seconds} }

// What an info answers of TTLs: nothing unasked, what differs from the default, or everything. What is not
// named stays, and an empty TTL gives it back. RFC 9803 sections 2.1.1 and 3.1.1.
func TestTTLs(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	shop, ns1 := world.Name("shop.co"), world.Name("ns1.shop.co")
	w.Do(world.Acme, flow.HostCreate{Name: ns1, Addresses: addresses("192.0.2.1"), TTL: []flow.TTLEdit{ttl("A", 600)}})
	all := policy.TTLRange{Min: 300, Default: 3600, Max: 172_800}
	for _, step := range []struct {
		name             string
		edits            []flow.TTLEdit
		chosen, complete []flow.TTLDetail
	}{
		{"none", nil, nil, []flow.TTLDetail{{"NS", 3600, all}, {"DS", 3600, all}}},
		{"one", []flow.TTLEdit{ttl("DS", 300)}, []flow.TTLDetail{{"DS", 300, all}}, []flow.TTLDetail{{"NS", 3600, all}, {"DS", 300, all}}},
		{"the other, the first stays", []flow.TTLEdit{ttl("NS", 900)}, []flow.TTLDetail{{"NS", 900, all}, {"DS", 300, all}}, []flow.TTLDetail{{"NS", 900, all}, {"DS", 300, all}}},
		{"the default, as a number", []flow.TTLEdit{ttl("NS", 3600)}, []flow.TTLDetail{{"DS", 300, all}}, []flow.TTLDetail{{"NS", 3600, all}, {"DS", 300, all}}},
		{"given back", []flow.TTLEdit{{For: "DS"}}, nil, []flow.TTLDetail{{"NS", 3600, all}, {"DS", 3600, all}}},
	} {
		w.Do(world.Acme, flow.DomainUpdate{Name: shop, TTL: step.edits})
		for wanted, want := range map[flow.TTLWanted][]flow.TTLDetail{flow.TTLNone: nil, flow.TTLChosen: step.chosen, flow.TTLPolicy: step.complete} {
			reply, err := w.Ask(world.Other, flow.DomainInfo{Name: shop, TTL: wanted})
			if err != nil {
				t.Fatal(err)
			}
			if got := reply.(flow.DomainDetails).TTLs; !reflect.DeepEqual(got, want) {
				t.Errorf("%s: mode %d answers %v, want %v", step.name, wanted, got, want)
			}
		}
	}
	host, err := w.Ask(world.Other, flow.HostInfo{Name: ns1, TTL: flow.TTLChosen})
	if err != nil {
		t.Fatal(err)
	}
	if got := host.(flow.HostDetails).TTLs; !reflect.DeepEqual(got, []flow.TTLDetail{{"A", 600, all}}) {
		t.Errorf("the host answers %v, want A 600", got)
	}
	// A host that is renamed to outside has no addresses, and nothing of them.
	w.Do(world.Acme, flow.HostUpdate{Name: ns1, NewName: world.Name("ns1.elsewhere.net")})
	if h := hostInfo(t, w, "ns1.elsewhere.net"); h.TTL != (registry.TTLs{}) {
		t.Errorf("outside, the host keeps %+v", h.TTL)
	}
}

// The table of a name is kept: the one that was named, or the first that fits.
func TestIDNTable(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "OWN")
	for _, test := range []struct {
		name string
		said *flow.IDN
		want string
	}{
		{"xn--caf-dma.co", nil, "es"},
		{"xn--espaol-zwa.co", &flow.IDN{Table: "es", Uname: "xn--espaol-zwa.co"}, "es"},
		{"xn--peae-iqa.co", &flow.IDN{Table: "es", Uname: "PEAÑE.CO"}, "es"},
		{"plain.co", nil, ""},
		{"plainer.co", &flow.IDN{Table: "es"}, "es"},
	} {
		w.Do(world.Acme, flow.DomainCreate{
			Name: world.Name(test.name), Registrant: "OWN", IDN: test.said, Announced: flow.Announced{IDN: test.said != nil},
			Contacts: []flow.Role{{Role: "admin", ID: "OWN"}, {Role: "tech", ID: "OWN"}},
		})
		if d := info(t, w, test.name); d.IDNTable != test.want {
			t.Errorf("the table of %s is %q, want %q", test.name, d.IDNTable, test.want)
		}
	}
}

// A uname is the name itself as people write it: composed, in one width.
func TestUnameIsComposed(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "OWN")
	for _, uname := range []string{"cafe\u0301.co", "ｃafé.co", "café．co", "CAFE\u0301.co"} {
		_, err := w.Run(world.Acme, flow.DomainCreate{
			Name: world.Name("xn--caf-dma.co"), Registrant: "OWN", IDN: &flow.IDN{Table: "es", Uname: uname},
			Announced: flow.Announced{IDN: true}, Contacts: []flow.Role{{Role: "admin", ID: "OWN"}, {Role: "tech", ID: "OWN"}},
		})
		if e := refusal(err); e == nil || e.Code != registry.ParameterSyntax || e.Field != "idn:uname" {
			t.Errorf("uname %+q: %v, want a refusal of idn:uname", uname, err)
		}
	}
}
