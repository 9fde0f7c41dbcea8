package epp

import (
	"container/list"
	"context"
	"maps"
	"net/netip"
	"slices"
	"sync"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A gate holds all open connections and decides whether one more may come in. The zero gate is open
// and empty.
//
// Connections that have not logged in are strangers. When there are too many of them, in all or of
// one network, the one that has waited longest makes room for the next: who means to log in does so
// in a fraction of a second, and who only fills the room is the first to go. Refusing the next one
// instead would let a thousand idle connections keep every registrar out. Decisions 4.1.
type gate struct {
	running sync.WaitGroup // one for each connection that entered, until it has left

	mu         sync.Mutex
	closed     bool
	suspended  bool
	conns      map[*conn]struct{}
	strangers  list.List // of *conn, in the order in which they came
	perNetwork map[netip.Prefix]int
}

// A place is what a gate knows of one connection; the gate's mutex guards it.
type place struct {
	network  netip.Prefix
	stranger *list.Element // nil after login and after leaving
	busy     bool          // a command of this stranger is being answered, so it does not wait
}

// enter lets a connection in, if need be in the place of another, which the caller has to close.
func (g *gate) enter(c *conn, l policy.Limits) (admitted bool, dropped *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || g.suspended {
		return false, nil
	}
	crowded := g.perNetwork[c.place.network] >= l.ConnectionsBeforeLoginPerAddress
	if crowded || g.strangers.Len() >= l.ConnectionsBeforeLogin || len(g.conns) >= l.Connections {
		dropped = g.longestWaiting(func(o *conn) bool { return !crowded || o.place.network == c.place.network })
		if dropped == nil {
			return false, nil
		}
		g.remove(dropped)
	}
	if g.conns == nil {
		g.conns, g.perNetwork = map[*conn]struct{}{}, map[netip.Prefix]int{}
	}
	g.conns[c] = struct{}{}
	g.perNetwork[c.place.network]++
	c.place.stranger = g.strangers.PushBack(c)
	g.running.Add(1)
	return true, dropped
}

// longestWaiting returns the first stranger that waits and is meant, or nil.
func (g *gate) longestWaiting(meant func(*conn) bool) *conn {
	for e := g.strangers.Front(); e != nil; e = e.Next() {
		if c := e.Value.(*conn); !c.place.busy && meant(c) {
			return c
		}
	}
	return nil
}

// attend keeps a stranger from being dropped while a command of it is answered; busy says whether
// one is.
func (g *gate) attend(c *conn, busy bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c.place.busy = busy
}

// welcome makes a stranger a session.
func (g *gate) welcome(c *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.acquaint(c)
}

// leave ends what enter began, also for a connection that was dropped.
func (g *gate) leave(c *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.remove(c)
	g.running.Done()
}

func (g *gate) remove(c *conn) {
	delete(g.conns, c)
	g.acquaint(c)
}

func (g *gate) acquaint(c *conn) {
	if c.place.stranger == nil {
		return
	}
	g.strangers.Remove(c.place.stranger)
	c.place.stranger = nil
	g.perNetwork[c.place.network]--
	if g.perNetwork[c.place.network] == 0 {
		delete(g.perNetwork, c.place.network)
	}
}

// close lets nobody in any more and returns who is inside.
func (g *gate) close() []*conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	return slices.Collect(maps.Keys(g.conns))
}

// suspend lets nobody in for the time being and returns who is inside, or lets in again.
func (g *gate) suspend(suspended bool) []*conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.suspended = suspended
	return slices.Collect(maps.Keys(g.conns))
}

// Seats count the sessions of each registrar, on this node or on all that share a registry.
type Seats interface {
	// Begin counts one more, unless the registrar has as many as it may. Free counts it no more: it is
	// called once, before the client can know that the session has ended. Manual 9.7.1.
	Begin(ctx context.Context, id registry.RegistrarID, most int) (free func(), begun bool, err error)
}

// ownSeats counts the sessions of one node. The zero ownSeats is ready to use.
type ownSeats struct {
	mu    sync.Mutex
	count map[registry.RegistrarID]int
}

func (s *ownSeats) Begin(_ context.Context, id registry.RegistrarID, most int) (free func(), begun bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count[id] >= most {
		return nil, false, nil
	}
	if s.count == nil {
		s.count = map[registry.RegistrarID]int{}
	}
	s.count[id]++
	return func() { s.end(id) }, true, nil
}

func (s *ownSeats) end(id registry.RegistrarID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count[id]--
	if s.count[id] == 0 {
		delete(s.count, id)
	}
}
