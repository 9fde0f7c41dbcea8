package epp

import (
	"testing"

	"example.org/dorado/core/policy"
)

// A connection that is accepted while the server stops does not get in.
func TestGateClosed(t *testing.T) {
	var g gate
	limits := policy.Limits{SessionLimits: policy.SessionLimits{Connections: 2, ConnectionsBeforeLogin: 2, ConnectionsBeforeLoginPerAddress: 2}}
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
