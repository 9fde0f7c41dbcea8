package dns

import (
	"context"
	"sync/atomic"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// A freshness says whether what a node has of the zones can still be what there is. The node that publishes knows. One
// that did, and has lost its lease or the database, is as a secondary: it goes on with what it has until the SOA's expire
// is over, and then is no authority any more. RFC 1035 section 3.3.13.
type freshness struct {
	holds   atomic.Bool  // this node publishes, and has what was published last
	under   atomic.Int64 // the lease's number with which it does
	held    atomic.Int64 // when that was last so, in seconds since 1970
	expired atomic.Bool
}

// publishes is called as often as this node is seen to publish the zones.
func (s *Server) publishes(fence registry.Fence) {
	s.freshness.held.Store(s.config.Now().Unix())
	s.freshness.expired.Store(false)
	s.freshness.under.Store(fence.Number)
	s.freshness.holds.Store(true)
}

// standsBy is called as often as it is seen that it does not.
func (s *Server) standsBy() {
	s.freshness.holds.Store(false)
	if !s.loaded.Load() {
		return
	}
	for _, z := range s.zones.list {
		if age := s.config.Now().Unix() - s.freshness.held.Load(); age > int64(z.apex.Timer.Expire) && !s.freshness.expired.Swap(true) {
			s.config.Log.Error("this node has not published the zones for as long as the SOA lets them live; it answers for them no more",
				"zone", z.name, "expire", time.Duration(z.apex.Timer.Expire)*time.Second)
		}
	}
}

// answering reports whether the server is an authority of the zones.
func (s *Server) answering() bool { return s.loaded.Load() && !s.freshness.expired.Load() }

// Expired reports whether this node has published nothing for so long that it answers for the zones no more.
func (s *Server) Expired() bool { return s.freshness.expired.Load() }

// freshTime is how long the database may take to say what was published last, before a secondary is sent what there is.
const freshTime = 2 * time.Second

// isLatest reports whether a version may go to a secondary. That of a node which does not publish may if nothing later is
// known: a secondary that had a later one would go back, and what it has of the zone since would be lost to the world.
// Without the database nobody publishes, or only nodes that this one cannot see; then it may until it has expired.
func (s *Server) isLatest(v *zone.Version) bool {
	switch fence, mine := s.config.Lease(); {
	case mine && s.freshness.holds.Load() && s.freshness.under.Load() == fence.Number: // else others may have published since
		return true
	case s.freshness.expired.Load():
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), freshTime)
	defer cancel()
	states, err := ask[[]registry.ZoneState](ctx, s, flow.ZoneStates{})
	if err != nil {
		return true
	}
	state, found := stateOf(states, s.zones.byOrigin[v.Origin()])
	return !found || !isNewer(state.Serial, v.Serial())
}
