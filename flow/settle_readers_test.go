package flow_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Every reader sees what is due as it is, at any moment of the engine's work: before it begins, after each
// single step, and when all is settled. Architecture section 1, property 2.
func TestReadersWhileTheEngineWorks(t *testing.T) {
	for _, at := range []string{
		"2027-03-01T23:59:59Z", // everything expires
		"2027-04-15T23:59:59Z", // the charges of the renewals have posted, and what was deleted is purged
		"2029-04-15T23:59:59Z", // two more years without an engine
	} {
		t.Run(at, func(t *testing.T) {
			w := world.New(t, noon) // 2026-03-01
			w.Domain(world.Acme, "above.co")
			w.Host(world.Acme, "ns1.above.co", "192.0.2.1")
			w.Domain(world.Deleter, "lapses.co")
			w.Host(world.Deleter, "ns1.lapses.co", "192.0.2.2")
			w.Domain(world.Acme, "renews.co", "ns1.above.co", "ns1.lapses.co")
			w.Domain(world.Deleter, "also-lapses.co", "ns1.above.co")
			w.Settle()
			w.At(at)
			before := answers(t, w)
			for step := 0; ; step++ {
				done := w.Do("", flow.Settle{Limit: 1}).(flow.Settled)
				if after := answers(t, w); after != before {
					t.Fatalf("step %d (%+v) changes %s", step, done, firstDifference(before, after))
				}
				if done.Done(1) {
					break
				}
			}
			w.CheckInvariants()
		})
	}
}

// answers are what registrars, WHOIS, RDAP, the zone and the operator are told of a few names.
func answers(t *testing.T, w *world.World) string {
	t.Helper()
	list := world.Names("above.co", "lapses.co", "renews.co", "also-lapses.co")
	queries := []flow.Query{
		flow.DomainCheck{Names: []string{"above.co", "lapses.co", "renews.co", "also-lapses.co"}},
		flow.HostCheck{Names: []string{"ns1.above.co", "ns1.lapses.co"}},
		flow.HostInfo{Name: world.Name("ns1.above.co")},
		flow.HostInfo{Name: world.Name("ns1.lapses.co")},
		flow.ContactInfo{ID: "X-" + string(world.Deleter)},
		flow.NameList{Limit: 10},
		flow.DelegationsOf{Names: list},
	}
	for _, name := range list {
		queries = append(queries, flow.DomainInfo{Name: name}, flow.DomainLookup{Name: name})
	}
	text := ""
	for _, q := range queries {
		reply, err := w.Ask(world.Acme, q)
		said, broken := json.Marshal(told(reply))
		if broken != nil {
			t.Fatal(broken)
		}
		text += fmt.Sprintf("%T: %s, %v\n", q, said, err)
	}
	for _, who := range []registry.RegistrarID{world.Acme, world.Deleter} {
		reply, err := w.Ask("", flow.RegistrarShow{ID: who})
		if err != nil {
			t.Fatal(err)
		}
		funds := reply.(flow.RegistrarAccount).Funds
		text += fmt.Sprintf("%s: %s of %s\n", who, funds.Available(), funds.CurrentBalance())
	}
	return text
}

// told is a reply without what only the store needs to know.
func told(reply flow.Reply) flow.Reply {
	switch r := reply.(type) {
	case flow.DomainFound:
		r.Nameservers = withoutDues(r.Nameservers)
		return r
	case flow.DomainDetails:
		r.Nameservers = withoutDues(r.Nameservers)
		return r
	}
	return reply
}

func withoutDues(hosts []registry.HostRef) []registry.HostRef {
	list := make([]registry.HostRef, len(hosts))
	for i, h := range hosts {
		list[i] = registry.HostRef{ROID: h.ROID, Name: h.Name}
	}
	return list
}

// firstDifference shows where two texts part.
func firstDifference(a, b string) string {
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	from := max(0, at-200)
	return fmt.Sprintf("%q to %q", a[from:min(len(a), at+100)], b[from:min(len(b), at+100)])
}
