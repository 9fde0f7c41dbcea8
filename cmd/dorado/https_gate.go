package main

import (
	"net"
	"net/netip"
	"slices"
	"sync"

	"example.org/dorado/core/policy"
)

// A gatedListener lets in so many connections of one IPv4 address or IPv6 /64: one stranger cannot take all that there
// are. One more is closed at once, since nothing could be said before a handshake that costs us more than him.
type gatedListener struct {
	net.Listener
	gate *policy.Gate
	free []netip.Prefix // that are not counted, such as proxies
}

// Accept returns the next connection that may stay.
func (l *gatedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := policy.Address(conn.RemoteAddr().String())
		if slices.ContainsFunc(l.free, func(p netip.Prefix) bool { return p.Contains(from) }) {
			return conn, nil
		}
		if l.gate.Enter(from) {
			return &gatedConn{conn, sync.OnceFunc(func() { l.gate.Leave(from) })}, nil
		}
		conn.Close()
	}
}

// A gatedConn makes room again when it is closed.
type gatedConn struct {
	net.Conn
	leave func()
}

func (c *gatedConn) Close() error {
	c.leave()
	return c.Conn.Close()
}
