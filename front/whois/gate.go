package whois

import (
	"net"
	"net/netip"
	"sync"
)

// A gate counts connections, together and by address, and refuses those above its limits.
type gate struct {
	mu         sync.Mutex
	total      int
	by         map[netip.Prefix]int
	max, maxBy int
}

func newGate(limit, limitBy int) *gate {
	return &gate{by: map[netip.Prefix]int{}, max: limit, maxBy: limitBy}
}

// enter lets a connection in; the one who entered calls leave with what it returns.
func (g *gate) enter(remote net.Addr) (from netip.Prefix, ok bool) {
	from = network(remote)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.total >= g.max || g.by[from] >= g.maxBy {
		return from, false
	}
	g.total++
	g.by[from]++
	return from, true
}

func (g *gate) leave(from netip.Prefix) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.total--
	if g.by[from]--; g.by[from] == 0 {
		delete(g.by, from)
	}
}

// network is what counts as one stranger: an IPv4 address, or an IPv6 /64, which is what one
// subscriber has.
func network(remote net.Addr) netip.Prefix {
	tcp, ok := remote.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	addr := tcp.AddrPort().Addr().Unmap().WithZone("")
	bits := 64
	if addr.Is4() {
		bits = 32
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}
