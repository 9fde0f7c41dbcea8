package policy

import (
	"net/netip"
	"sync"
)

// A Gate counts connections, together and by network, and refuses those above its limits.
type Gate struct {
	mu            sync.Mutex
	total         int
	by            map[netip.Prefix]int
	most, mostOne int
}

// reservedShare is what part of all connections is kept for networks that have none yet: a few networks that take all that
// they get keep nobody else out.
const reservedShare = 10

// NewGate returns a gate for so many connections, and so many of one network.
func NewGate(most, mostOne int) *Gate {
	return &Gate{by: map[netip.Prefix]int{}, most: most, mostOne: mostOne}
}

// Enter lets a connection from an address in, or does not. Who entered calls Leave.
func (g *Gate) Enter(from netip.Addr) bool {
	n := Network(from)
	g.mu.Lock()
	defer g.mu.Unlock()
	free := g.most - g.total
	if free <= 0 || g.by[n] >= g.mostOne || g.by[n] > 0 && free <= g.most/reservedShare {
		return false
	}
	g.total++
	g.by[n]++
	return true
}

// Leave makes room again.
func (g *Gate) Leave(from netip.Addr) {
	n := Network(from)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.total--
	if g.by[n]--; g.by[n] == 0 {
		delete(g.by, n)
	}
}

// Address is where a connection comes from, of what net.Addr prints: the address without port and
// zone. It is the zero Addr for whatever has none, such as a pipe.
func Address(peer string) netip.Addr {
	from, err := netip.ParseAddrPort(peer)
	if err != nil {
		return netip.Addr{}
	}
	return from.Addr().Unmap().WithZone("")
}

// Network is what counts as one stranger: an IPv4 address, or an IPv6 /64, which is what one
// subscriber has. All without an address are one.
func Network(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
