package epp

import (
	"net/netip"
	"testing"

	"example.org/dorado/core/policy"
)

// A connection that is accepted while the server stops does not get in.
func TestGateClosed(t *testing.T) {
	var g gate
	limits := policy.Limits{Connections: 2, ConnectionsBeforeLogin: 2, ConnectionsBeforeLoginPerAddress: 2}
	inside, late := &conn{}, &conn{}
	if admitted, _ := g.enter(inside, limits); !admitted {
		t.Fatal("an empty gate lets nobody in")
	}
	if conns := g.close(); len(conns) != 1 || conns[0] != inside {
		t.Errorf("inside are %v, want the one that entered", conns)
	}
	if admitted, dropped := g.enter(late, limits); admitted || dropped != nil {
		t.Errorf("a closed gate lets in: %v, and drops %v", admitted, dropped)
	}
	g.leave(inside)
	g.running.Wait()
}

// An IPv4 address stands for itself, one of IPv6 for its /64.
func TestNetwork(t *testing.T) {
	for _, test := range []struct{ address, want string }{
		{"192.0.2.1", "192.0.2.1/32"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"fe80::1%eth0", "fe80::/64"},
	} {
		if got := network(netip.MustParseAddr(test.address)).String(); got != test.want {
			t.Errorf("network(%s) = %s, want %s", test.address, got, test.want)
		}
	}
	if got := network(netip.Addr{}); got.IsValid() {
		t.Errorf("the network without an address is %s", got)
	}
}
