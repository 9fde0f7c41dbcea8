package dns_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

// More names than may do not leave the zone until an operator agrees or time has passed. Fewer do.
func TestBreaker(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	for i := range 10 {
		w.Domain(world.Acme, fmt.Sprintf("name%d.co", i), "ns.example.net")
	}
	config := config(w)
	config.Breaker = dns.Breaker{Share: 0.1, Least: 2, Few: 1}
	s, err := dns.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	hold := func(i int) { setStatus(w, fmt.Sprintf("name%d.co", i), registry.ClientHold) }
	there := func(i int) bool { return nameservers(t, s, fmt.Sprintf("name%d.co.", i)) != "" }

	hold(0)
	publish(t, s)
	hold(1)
	publish(t, s)
	if there(0) || there(1) || s.Held() != nil {
		t.Fatalf("two of ten may go, and are there: %v, %v; held: %v", there(0), there(1), s.Held())
	}
	hold(2)
	publish(t, s)
	if held := s.Held(); !there(2) || held == nil || held.Away != 2 || held.Waiting != 1 || held.Allowed != 2 {
		t.Fatalf("the third is there: %v; held: %v", there(2), held)
	}
	w.Pass(time.Hour + time.Second)
	publish(t, s)
	if there(2) || s.Held() != nil {
		t.Errorf("after an hour the third is there: %v; held: %v", there(2), s.Held())
	}
	hold(3)
	hold(4)
	publish(t, s)
	if s.Held() == nil || !there(3) {
		t.Fatalf("two more are not held")
	}
	w.Do("", flow.ZoneRelease{Act: flow.Act{Author: "ana", Reason: "meant"}, Zone: world.Name("co")})
	publish(t, s)
	if there(3) || there(4) || s.Held() != nil {
		t.Errorf("released, they are there: %v, %v; held: %v", there(3), there(4), s.Held())
	}
}

// A name that is published wrongly, however that came about, is found and put right; one that waits for its mark is not
// told.
func TestCompare(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	w.Domain(world.Acme, "hosts.co")
	w.Host(world.Acme, "ns1.hosts.co", "192.0.2.1")
	for _, name := range []string{"good.co", "lost.co", "extra.co", "waits.co"} {
		w.Domain(world.Acme, name, "ns.example.net", "ns1.hosts.co")
	}
	s := newServer(w)
	w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns1.hosts.co"), Add: flow.HostEdit{Addresses: addresses("192.0.2.2")}})
	w.Do(world.Acme, undelegate("lost.co", "ns.example.net"))
	setStatus(w, "extra.co", registry.ClientHold)
	w.Exec("DELETE FROM mark") // what never is to happen
	setStatus(w, "waits.co", registry.ClientHold)
	wrong, err := s.Compare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range wrong {
		got = append(got, string(d.Mark.Kind)+" "+d.Mark.Name.String())
	}
	slices.Sort(got)
	if want := []string{"domain extra.co", "domain lost.co", "host ns1.hosts.co"}; !slices.Equal(got, want) {
		t.Errorf("wrong are %q, want %q", got, want)
	}
	if a, b, glue := nameservers(t, s, "lost.co."), nameservers(t, s, "extra.co."), glue(t, s, "good.co."); a != "ns1.hosts.co" || b != "" || glue != "192.0.2.1 192.0.2.2" {
		t.Errorf("put right, they are delegated to %q and %q, with %q", a, b, glue)
	}
	if nameservers(t, s, "waits.co.") == "" {
		t.Error("what waits for its mark was published without it")
	}
	publish(t, s)
	if again, err := s.Compare(t.Context()); err != nil || len(again) > 0 {
		t.Errorf("compared again: %v, %v", again, err)
	}
}
