package policy_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"example.org/dorado/core/policy"
)

// A crowd tells sources apart up to a number, counts the rest as one, and forgets those who have earned everything again.
func TestCrowd(t *testing.T) {
	const most = 3
	rate := policy.Rate{Burst: 2, Every: 10 * time.Second}
	c := policy.NewCrowd[string](most)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		after time.Duration
		who   string
		wait  time.Duration
		kept  int
	}{
		{0, "a", 0, 1},
		{0, "a", 0, 1},
		{0, "a", 10 * time.Second, 1},
		{0, "b", 0, 2},
		{0, "c", 0, 3},
		{0, "d", 0, 4}, // with all others for whom there is no room
		{0, "e", 0, 4},
		{0, "f", 10 * time.Second, 4},
		{0, "b", 0, 4}, // who is known is not disturbed
		{10 * time.Second, "a", 0, 4},
		{0, "a", 10 * time.Second, 4},
		{15 * time.Second, "d", 0, 2}, // a, and d in a place of its own; the rest is forgotten
	} {
		now = now.Add(step.after)
		if wait := c.Spend(step.who, rate, now); wait != step.wait || c.Len() != step.kept {
			t.Errorf("%s at %s: wait %s with %d kept, want %s with %d", step.who, now.Format(time.TimeOnly), wait, c.Len(), step.wait, step.kept)
		}
	}
	if wait := c.Spend("a", policy.Rate{}, now); wait != 0 {
		t.Errorf("without a limit: wait %s", wait)
	}
}

// An IPv6 network of 64 bits is one stranger; a crowd beyond what is told apart shares one bucket.
func TestCrowdOfNetworks(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	const most = 100_000
	few := policy.Rate{Burst: 5, Every: 10 * time.Second}
	rates := policy.NewCrowd[netip.Prefix](most)
	ask := func(address string) time.Duration {
		return rates.Spend(policy.Network(netip.MustParseAddr(address)), few, now)
	}
	for i := range few.Burst {
		if wait := ask(fmt.Sprintf("2001:db8::%d", i)); wait != 0 {
			t.Errorf("query %d has to wait %s", i, wait)
		}
	}
	if wait := ask("2001:db8::ffff:0:0:1"); wait != few.Every {
		t.Errorf("one more of the network waits %s, want %s", wait, few.Every)
	}
	if wait := ask("2001:db8:0:1::1"); wait != 0 {
		t.Errorf("another network waits %s", wait)
	}
	for i := range 200_000 {
		a := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		rates.Spend(policy.Network(a), few, now)
	}
	if n := rates.Len(); n > most+1 {
		t.Errorf("%d networks are told apart", n)
	}
	now = now.Add(few.Whole())
	if wait := ask("192.0.2.1"); wait != 0 || rates.Len() > 1 {
		t.Errorf("when all is earned again, one waits %s, and %d networks are remembered", wait, rates.Len())
	}
}

// Several events are counted at once, as many as are allowed, and those that did not come about are given back.
func TestCrowdTakesAndReturns(t *testing.T) {
	rate := policy.Rate{Burst: 10, Every: time.Minute}
	c := policy.NewCrowd[string](2)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	take := func(who string, most, want int) {
		t.Helper()
		if got, wait := c.Take(who, rate, most, now); got != want || (wait > 0) != (want == 0) {
			t.Errorf("%s takes %d of %d, and waits %s; want %d", who, got, most, wait, want)
		}
	}
	take("a", 7, 7)
	take("a", 7, 3)
	take("a", 7, 0)
	c.Return("a", rate, 4)
	take("a", 7, 4)
	take("b", 10, 10) // no business of a's
	take("c", 10, 10) // with all for whom there is no room
	c.Return("c", rate, 10)
	take("d", 1, 0)
	now = now.Add(2 * time.Minute)
	take("a", 7, 2)
	if got, wait := c.Take("a", policy.Rate{}, 5, now); got != 5 || wait != 0 {
		t.Errorf("without a limit: %d of 5, and a wait of %s", got, wait)
	}
	c.Return("a", policy.Rate{}, 5)
	take("a", 1, 0)
}
