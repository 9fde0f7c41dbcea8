package policy_test

import (
	"net/netip"
	"testing"

	"example.org/dorado/core/policy"
)

func TestGate(t *testing.T) {
	g := policy.NewGate(4, 2)
	one, same, other := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2"), netip.MustParseAddr("192.0.2.1")
	for _, step := range []struct {
		from netip.Addr
		want bool
	}{
		{one, true},
		{same, true},
		{one, false},
		{other, true},
		{netip.MustParseAddr("::ffff:192.0.2.1"), true},
		{netip.MustParseAddr("192.0.2.2"), false}, // all are taken
	} {
		if got := g.Enter(step.from); got != step.want {
			t.Errorf("Enter(%s) = %t", step.from, got)
		}
	}
	g.Leave(same)
	if !g.Enter(one) || g.Enter(other) {
		t.Error("who leaves makes room for one of its network")
	}
}

// The last tenth is for networks that have none yet, so that a few cannot take all.
func TestGateKeepsRoom(t *testing.T) {
	g := policy.NewGate(100, 60)
	from := func(network int) netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, byte(network)}) }
	entered := func(network, tries int) (n int) {
		for range tries {
			if g.Enter(from(network)) {
				n++
			}
		}
		return n
	}
	for i, step := range []struct{ network, tries, want int }{
		{1, 80, 60}, {2, 80, 30}, {3, 5, 1}, {1, 5, 0}, {4, 5, 1}, {3, 5, 0}, {5, 1, 1},
	} {
		if got := entered(step.network, step.tries); got != step.want {
			t.Errorf("step %d: of %d from network %d %d enter, want %d", i, step.tries, step.network, got, step.want)
		}
	}
	for range 4 {
		g.Leave(from(1))
	}
	if got := entered(2, 5); got != 1 {
		t.Errorf("when four have left, %d enter of a network that has many, want 1", got)
	}
}

func TestAddress(t *testing.T) {
	for peer, want := range map[string]string{
		"192.0.2.1:700": "192.0.2.1", "[::ffff:192.0.2.1]:700": "192.0.2.1", "[fe80::1%eth0]:700": "fe80::1",
		"pipe": "invalid IP", "": "invalid IP",
	} {
		if got := policy.Address(peer).String(); got != want {
			t.Errorf("Address(%q) = %s, want %s", peer, got, want)
		}
	}
}

func TestNetwork(t *testing.T) {
	for from, want := range map[string]string{
		"192.0.2.1": "192.0.2.1/32", "::ffff:192.0.2.1": "192.0.2.1/32",
		"2001:db8::1": "2001:db8::/64", "fe80::1%eth0": "fe80::/64",
	} {
		if got := policy.Network(netip.MustParseAddr(from)); got.String() != want {
			t.Errorf("Network(%s) = %s, want %s", from, got, want)
		}
	}
	if got := policy.Network(netip.Addr{}); got.IsValid() {
		t.Errorf("no address is of network %s", got)
	}
}
