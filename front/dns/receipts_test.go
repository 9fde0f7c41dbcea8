package dns_test

import (
	"net/netip"
	"testing"
	"time"

	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

// Since when a secondary has a change is known of what it came to while it was asked. What it had before is said to be of
// an unknown time, and what it has not yet is said, too; one that is ahead of us has something else.
func TestArrivals(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	key := aKey(t, "hmac-sha256")
	c := config(world.New(t, noon))
	for _, name := range []string{"had", "came", "late", "ahead", "silent", "unasked"} {
		s := dns.Secondary{Name: name, Key: key, Notify: netip.MustParseAddrPort("127.0.0.1:9")}
		if name == "unasked" {
			s.Notify = netip.AddrPort{}
		}
		c.Transfer.Secondaries = append(c.Transfer.Secondaries, s)
	}
	arrived := map[string][]time.Duration{}
	c.Transfer.Arrived = func(origin zone.Name, secondary string, after time.Duration) {
		arrived[secondary] = append(arrived[secondary], after)
	}
	s, err := dns.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s.FollowNowhere("co")
	s.Published("co", 10, 11, 12)
	s.Say("had", "co", 11, at)
	s.Say("came", "co", 10, at)
	s.Say("came", "co", 12, at.Add(time.Second))
	s.Say("late", "co", 10, at)
	s.Say("ahead", "co", 13, at)
	want := []dns.Arrival{
		{Secondary: "had", Has: true, Serial: 11},
		{Secondary: "came", Has: true, Serial: 12, At: at.Add(time.Second)},
		{Secondary: "late"},
		{Secondary: "silent"},
	}
	if len(arrived["had"]) != 2 || len(arrived["came"]) != 3 || arrived["came"][2] != time.Second || len(arrived["late"]) != 1 {
		t.Errorf("the changes arrived as %v", arrived)
	}
	got := s.Arrivals(world.Name("co"), 11)
	if len(got) != len(want) {
		t.Fatalf("the arrivals are %+v, want %+v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("the arrival is %+v, want %+v", got[i], want[i])
		}
	}
}
