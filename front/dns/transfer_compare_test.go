package dns_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// A server that has what was served at an earlier serial is behind and not wrong; one that has something else is told
// apart record by record.
func TestCompareWith(t *testing.T) {
	ours, changes := newPrimary(t, 50)
	origin := zoneName(t, "test")
	key := aKey(t, "hmac-sha256")
	theirs := dns.NewPrimary(t, dns.Transfer{Secondaries: []dns.Secondary{{Name: "us", Key: key}}})
	q := dns.Fetch{Server: theirs.Address, Zone: origin, Key: &key}
	compare := func() dns.Comparison {
		t.Helper()
		c, err := ours.CompareWith(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	theirs.Set(ours.Version(origin))
	if c := compare(); !c.Same() || c.Records != len(recordsOf(t, ours.Version(origin))) || len(c.Lines) > 0 {
		t.Errorf("the same version: %+v", c)
	}
	for serial := uint32(2); serial < 9; serial++ {
		ours.Publish(t, origin, serial, changes.Next())
	}
	if c := compare(); !c.Same() || c.Theirs != 1 || c.Ours != 8 {
		t.Errorf("an earlier version: %+v", c)
	}

	// Without signatures, so that a change of one RRset changes no other.
	plain := dns.NewPrimary(t, dns.Transfer{})
	base := []zone.Change{
		a("a.test", 1), a("b.test", 2), a("c.test", 3),
	}
	plain.Publish(t, origin, 1, append(changes.Apex(), base...))
	wrong := zone.NewEditor(plain.Version(origin))
	step, err := wrong.Next(zone.Update{Serial: 1, Changes: []zone.Change{
		{Owner: zoneName(t, "a.test"), RRset: zone.RRset{Type: zone.TypeA}}, a("b.test", 9), a("d.test", 4),
	}})
	if err != nil {
		t.Fatal(err)
	}
	theirs.Set(step.New)
	c, err := plain.CompareWith(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	if c.Missing != 1 || c.Different != 1 || c.Extra != 1 || c.Same() {
		t.Errorf("%+v", c)
	}
	want := "+ b.test.\t60\tIN\tA\t192.0.2.9|+ d.test.\t60\tIN\tA\t192.0.2.4|- a.test.\t60\tIN\tA\t192.0.2.1|- b.test.\t60\tIN\tA\t192.0.2.2"
	if got := strings.Join(slices.Sorted(slices.Values(c.Lines)), "|"); got != want {
		t.Errorf("it names\n%s\nwant\n%s", got, want)
	}
	ours.Forget(origin, 9)
	theirs.Set(ours.Version(origin))
	for serial := uint32(9); serial < 12; serial++ {
		ours.Publish(t, origin, serial, changes.Next())
	}
	ours.Forget(origin, 99)
	if c := compare(); c.Known || c.Same() {
		t.Errorf("a serial that is not kept: %+v", c)
	}
}

// a gives a name one address.
func a(name string, last byte) zone.Change {
	owner, _ := zone.ParseName(name)
	return zone.Change{Owner: owner, RRset: zone.RRset{Type: zone.TypeA, TTL: 60, Data: [][]byte{{192, 0, 2, last}}}}
}
