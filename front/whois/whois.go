// Package whois owns port 43: it reads one query, asks flow, and writes the answer as text. It
// decides nothing about a name. RFC 3912, manual 7.1.2 to 7.5, decisions 6.3.
package whois

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/flow"
)

// Config is what a Server needs. What is zero takes the default that stands beside it.
type Config struct {
	Service *flow.Service

	Connections           int           // at a time, the last tenth for networks that have none yet; 4,000
	ConnectionsPerAddress int           // of one IPv4 address or IPv6 /64; 20
	Deadline              time.Duration // to receive the query, and again to send the answer; 10 s

	Rate    policy.Rate    // of queries of one IPv4 address or IPv6 /64; no limit
	Allowed []netip.Prefix // whose connections and queries are not limited; none
	Proxies []netip.Prefix // whose connections begin with a PROXY header that says whose they are; none

	// Answered is called with what became of a connection, and how long a query took. Nil: nobody measures.
	Answered func(Outcome, time.Duration)

	Log *slog.Logger // slog.Default
}

// mostNetworks is how many networks are told apart by how often they ask.
const mostNetworks = 100_000

// A Server answers WHOIS queries. Make it with New. The length of a query is bounded by the
// profile's limit whoisQueryBytes.
type Server struct {
	config Config
	gate   *policy.Gate
	rates  *policy.Crowd[netip.Prefix]

	refusing chan struct{} // has a place for each connection that is being refused with patience
	buffers  sync.Pool     // of *buffer

	mu       sync.Mutex
	closed   chan struct{}
	open     []net.Listener
	conns    map[net.Conn]struct{}
	finished sync.WaitGroup
}

// refusedAtOnce is how many connections that are too many are given the time to read why.
const refusedAtOnce = 100

// New returns a Server.
func New(c Config) *Server {
	c.Connections = cmp.Or(c.Connections, 4_000)
	c.ConnectionsPerAddress = cmp.Or(c.ConnectionsPerAddress, 20)
	c.Deadline = cmp.Or(c.Deadline, 10*time.Second)
	c.Log = cmp.Or(c.Log, slog.Default())
	return &Server{
		config: c, gate: policy.NewGate(c.Connections, c.ConnectionsPerAddress), rates: policy.NewCrowd[netip.Prefix](mostNetworks),
		refusing: make(chan struct{}, refusedAtOnce), buffers: sync.Pool{New: func() any { return new(buffer) }},
		closed: make(chan struct{}), conns: map[net.Conn]struct{}{},
	}
}

// ListenAndServe serves an address, such as "127.0.0.1:7043", until Shutdown, after which it
// returns nil.
func (s *Server) ListenAndServe(address string) error {
	config := net.ListenConfig{KeepAlive: -1} // no connection lives long enough for that
	l, err := config.Listen(context.Background(), "tcp", address)
	if err != nil {
		return fmt.Errorf("whois: %w", err)
	}
	return s.Serve(l)
}

// Serve answers on a listener, which it closes, until Shutdown, after which it returns nil.
func (s *Server) Serve(l net.Listener) error {
	defer func() { _ = l.Close() }()
	if !s.add(l) {
		return nil
	}
	for {
		conn, err := l.Accept()
		switch {
		case err == nil:
			s.admit(conn)
		case s.isClosed():
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("whois: %w", err)
		default: // out of file descriptors, likely
			s.config.Log.Warn("a connection was not accepted", "err", err)
			select {
			case <-s.closed:
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
}

// admit serves a connection in a goroutine that Shutdown waits for, if there is room for it. Whose one from a proxy is has
// to be read first.
func (s *Server) admit(conn net.Conn) {
	from := addressOf(conn)
	if within(s.config.Proxies, from) {
		if !s.run(conn, s.serveProxied) {
			s.refuse(conn, tooMany)
		}
		return
	}
	if !s.enter(from) {
		s.refuse(conn, tooManyOfOne)
		return
	}
	if !s.run(conn, func(conn net.Conn) {
		defer s.leave(from)
		s.serve(conn, from)
	}) {
		s.leave(from)
		s.refuse(conn, tooMany)
	}
}

// run serves a connection and closes it, unless there are too many already.
func (s *Server) run(conn net.Conn, serve func(net.Conn)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.conns) >= s.config.Connections {
		return false
	}
	s.conns[conn] = struct{}{}
	s.finished.Go(func() {
		defer s.drop(conn)
		serve(conn)
	})
	return true
}

// add takes a listener on, unless Shutdown was first.
func (s *Server) add(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed() {
		return false
	}
	s.open = append(s.open, l)
	return true
}

func (s *Server) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

// await gives a connection until an instant for its query; no time at all after Shutdown.
func (s *Server) await(conn net.Conn, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed() {
		until = time.Now()
	}
	_ = conn.SetReadDeadline(until)
}

func (s *Server) drop(conn net.Conn) {
	_ = conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
}

// Shutdown stops listening and waits until the connections have ended, or cuts them off when ctx
// ends, and returns its error then. Connections that have sent no query end at once.
func (s *Server) Shutdown(ctx context.Context) error {
	s.each(func(conn net.Conn) { _ = conn.SetReadDeadline(time.Now()) })
	done := make(chan struct{})
	go func() { s.finished.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		s.each(func(conn net.Conn) { _ = conn.Close() })
		<-done
		return ctx.Err()
	}
}

// each closes the listeners and does something to every connection.
func (s *Server) each(f func(net.Conn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.isClosed() {
		close(s.closed)
	}
	for _, l := range s.open {
		_ = l.Close()
	}
	for conn := range s.conns {
		f(conn)
	}
}
