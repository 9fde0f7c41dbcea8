package dns

import (
	"container/list"
	"net"
	"net/netip"
	"sync"

	"example.org/dorado/core/policy"
)

// A room has the TCP connections that share a bound. Its waiting list has those that wait for their next query, the one
// that waits longest first. Whoever comes when it is full takes the place of that one. RFC 7766 section 6.2.3.
type room struct {
	most    int
	count   int
	waiting list.List // of *seat
}

// A seat is the place that a connection takes in a room.
type seat struct {
	conn    net.Conn
	room    *room         // nil once another connection has it
	network netip.Prefix  // that it counts for; the zero value in a secondary's room
	waits   *list.Element // in the room's waiting list; nil while a message is answered
}

// places are the rooms of a server. Strangers share one; each secondary has one of its own, so that no number of
// strangers keeps it out. In a full room the connection that has waited longest makes place, and none that is being
// answered.
type places struct {
	mu        sync.Mutex
	strangers room
	mostOne   int                  // of one network of strangers
	by        map[netip.Prefix]int // of each
	counts    ConnectionCounts

	// secondaries returns the rooms of those that may come from an address. Nil: there are none.
	secondaries func(netip.Addr) []*room
}

// ConnectionCounts say who is connected by TCP, and what became of others since the start.
type ConnectionCounts struct {
	Strangers, Secondaries int    // connected now
	Displaced              uint64 // that waited longest for a query, and had to make place for another
	TurnedAway             uint64 // over the bound of their network, or all others were being answered
}

func newPlaces(l Limits) *places {
	return &places{strangers: room{most: l.Connections}, mostOne: l.ConnectionsPerAddress, by: map[netip.Prefix]int{}}
}

// enter takes a place for a connection: a free one of the secondaries that may come from its address, or of strangers, or
// else that of the connection which has waited longest in one of these rooms, which is to be closed; nil if there is none.
func (p *places) enter(conn net.Conn, from netip.Addr) (entered *seat, displaced net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var rooms []*room
	if p.secondaries != nil {
		rooms = p.secondaries(from)
	}
	network := policy.Network(from)
	if p.by[network] < p.mostOne {
		rooms = append(rooms, &p.strangers)
	}
	for _, r := range rooms {
		if r.count < r.most {
			return p.sit(r, conn, network), nil
		}
	}
	for _, r := range rooms {
		if displaced := p.displace(r); displaced != nil {
			return p.sit(r, conn, network), displaced
		}
	}
	p.counts.TurnedAway++
	return nil, nil
}

// sit takes a free place of a room.
func (p *places) sit(r *room, conn net.Conn, network netip.Prefix) *seat {
	taken := &seat{conn: conn, room: r}
	taken.waits = r.waiting.PushBack(taken)
	r.count++
	if r != &p.strangers {
		p.counts.Secondaries++
		return taken
	}
	taken.network = network
	p.by[network]++
	p.counts.Strangers++
	return taken
}

// displace frees the place of the connection that has waited longest in a room, and returns it; nil if all are being
// answered.
func (p *places) displace(r *room) net.Conn {
	longest := r.waiting.Front()
	if longest == nil {
		return nil
	}
	last := longest.Value.(*seat)
	p.vacate(last)
	p.counts.Displaced++
	return last.conn
}

// vacate makes a place free. It is called with the lock.
func (p *places) vacate(held *seat) {
	r := held.room
	if held.waits != nil {
		r.waiting.Remove(held.waits)
	}
	r.count--
	if r == &p.strangers {
		p.counts.Strangers--
		if p.by[held.network]--; p.by[held.network] == 0 {
			delete(p.by, held.network)
		}
	} else {
		p.counts.Secondaries--
	}
	held.room, held.waits = nil, nil
}

// leave gives a place back, unless another connection has it already.
func (p *places) leave(held *seat) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if held.room != nil {
		p.vacate(held)
	}
}

// answers is called when a whole message has come: until waits is called, nobody takes the place. It reports whether the
// connection still has it.
func (p *places) answers(held *seat) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if held.room == nil {
		return false
	}
	if held.waits != nil {
		held.room.waiting.Remove(held.waits)
		held.waits = nil
	}
	return true
}

// waits is called when a message has been answered.
func (p *places) waits(held *seat) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if held.room != nil && held.waits == nil {
		held.waits = held.room.waiting.PushBack(held)
	}
}

// promote moves a stranger who has shown to be a secondary into its room, if there is place: from then on it takes none
// of strangers, and none of them takes its. The connection that had to make place, if one had, is to be closed.
func (p *places) promote(held *seat, to *room) (displaced net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if held.room != &p.strangers {
		return nil
	}
	if to.count >= to.most {
		if displaced = p.displace(to); displaced == nil {
			return nil
		}
	}
	p.vacate(held)
	held.room, held.network = to, netip.Prefix{}
	to.count++
	p.counts.Secondaries++
	return displaced
}

func (p *places) now() ConnectionCounts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// ConnectionCounts returns who is connected by TCP, and what became of others.
func (a *Answerer) ConnectionCounts() ConnectionCounts { return a.places.now() }
