// Package whois owns port 43: it reads one query, asks flow, and writes the answer as text. It
// decides nothing about a name. RFC 3912, manual 7.1.2 to 7.5, decisions 6.3.
package whois

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/flow"
)

// Config is what a Server needs. What is zero takes the default that stands beside it.
type Config struct {
	Service *flow.Service

	Connections           int           // at a time; 1,000
	ConnectionsPerAddress int           // of one IPv4 address or IPv6 /64; 20
	Deadline              time.Duration // to receive the query, and again to send the answer; 10 s

	Log *slog.Logger // slog.Default
}

// A Server answers WHOIS queries. Make it with New. The length of a query is bounded by the
// profile's limit whoisQueryBytes.
type Server struct {
	config Config
	gate   *policy.Gate

	mu       sync.Mutex
	closed   chan struct{}
	open     []net.Listener
	conns    map[net.Conn]struct{}
	finished sync.WaitGroup
}

// New returns a Server.
func New(c Config) *Server {
	c.Connections = cmp.Or(c.Connections, 1_000)
	c.ConnectionsPerAddress = cmp.Or(c.ConnectionsPerAddress, 20)
	c.Deadline = cmp.Or(c.Deadline, 10*time.Second)
	c.Log = cmp.Or(c.Log, slog.Default())
	return &Server{
		config: c, gate: policy.NewGate(c.Connections, c.ConnectionsPerAddress),
		closed: make(chan struct{}), conns: map[net.Conn]struct{}{},
	}
}

// ListenAndServe serves an address, such as "127.0.0.1:7043", until Shutdown, after which it
// returns nil.
func (s *Server) ListenAndServe(address string) error {
	l, err := net.Listen("tcp", address)
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

// admit serves a connection in a goroutine that Shutdown waits for.
func (s *Server) admit(conn net.Conn) {
	from := policy.Address(conn.RemoteAddr().String())
	if !s.gate.Enter(from) {
		_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = io.WriteString(conn, failure("too many connections are open from your address; try again later"))
		_ = conn.Close()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[conn] = struct{}{}
	s.finished.Go(func() {
		defer s.gate.Leave(from)
		defer s.drop(conn)
		s.serve(conn)
	})
}

// serve answers the one query of a connection.
func (s *Server) serve(conn net.Conn) {
	deadline := time.Now().Add(s.config.Deadline)
	s.await(conn, deadline)
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	line, err := readLine(conn, s.config.Service.Terms().Limits.WhoisQueryBytes)
	var text string
	switch {
	case err == nil:
		text = s.answer(ctx, line)
	case errors.Is(err, errTooLong):
		text = failure(err.Error())
	default:
		return // nobody waits for an answer
	}
	_ = conn.SetWriteDeadline(time.Now().Add(s.config.Deadline))
	if _, err := io.WriteString(conn, text); err == nil {
		linger(conn)
	}
}

// linger ends our side first and reads what is still on its way, since an unread octet at the
// close would make the kernel throw our answer away.
func linger(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
		_ = conn.SetReadDeadline(time.Now().Add(time.Second))
		_, _ = io.CopyN(io.Discard, conn, 64<<10)
	}
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
