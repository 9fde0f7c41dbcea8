// Package epp owns EPP: frames over TLS, sessions, and the translation of requests into commands and
// queries of package flow and of their replies into answers. RFC 5730 to 5734, RFC 3915, RFC 5910.
//
// It refuses what is not schema-valid, what the session did not announce and what this registry does
// not offer. Every rule about names, contacts, hosts and money is flow's, and so is every write.
//
// One goroutine serves a connection: it reads a frame, answers it, and reads the next. So pipelined
// commands are answered in order, and what a client sends ahead waits in its own connection.
package epp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// Config is what a Server is made of.
//
// There are two clocks. Registry time, which a demo can move, is that of Service. Deadlines, sessions
// and certificates follow real time, which is that of package time, since a socket knows no other;
// tests move it with testing/synctest.
type Config struct {
	Service     *flow.Service // its terms have the limits
	Credentials Credentials
	ServerID    string        // svID of the greeting. RFC 5730 section 2.4
	NewTRID     func() string // returns a svTRID that no answer has ever had
	Seats       Seats         // nil: the sessions of this server are all that there are

	// Choose returns the registry of whom a login names, where one server speaks for several; nil: Service is that of
	// all. It returns one that knows nobody where there is none. Until a login, and after the session, limits and time
	// are those of Service.
	Choose func(context.Context, registry.RegistrarID) (*flow.Service, error)

	Log *slog.Logger // nil for none

	// Sent is called with every frame that is about to be sent, without its header; nil if nobody looks.
	// It may not keep the frame. Tests hold every frame to the published schemas with it.
	Sent func(frame []byte)

	// Answered is called with what became of each request; nil if nobody measures. It must not wait.
	Answered func(Answered)
}

// A Server speaks EPP on any number of listeners. RFC 5734.
type Server struct {
	config      Config
	credentials atomic.Pointer[handshake]
	gate        gate

	stopping chan struct{} // closed when Shutdown begins: nothing more is read
	stop     func()
	ctx      context.Context // ends when Shutdown runs out of patience: commands are given up
	abort    context.CancelFunc
	term     atomic.Pointer[term]

	mu        sync.Mutex
	listeners map[net.Listener]struct{}
}

// New returns a Server that listens nowhere yet.
func New(config Config) *Server {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Seats == nil {
		config.Seats = new(ownSeats)
	}
	s := &Server{config: config, stopping: make(chan struct{}), listeners: map[net.Listener]struct{}{}}
	s.stop = sync.OnceFunc(func() { close(s.stopping) })
	s.ctx, s.abort = context.WithCancel(context.Background())
	s.begin()
	s.SetCredentials(config.Credentials)
	return s
}

// SetCredentials changes what connections made from now on see. Those that are open keep theirs, so
// that a new certificate ends no session.
func (s *Server) SetCredentials(c Credentials) { s.credentials.Store(newHandshake(c)) }

// Serve accepts connections until Shutdown, and then returns nil, or until the listener is closed
// otherwise, and then returns why. It closes the listener.
func (s *Server) Serve(l net.Listener) error {
	defer l.Close()
	if !s.listen(l) {
		return nil
	}
	defer s.forget(l)
	failures := 0
	for {
		raw, err := l.Accept()
		switch {
		case err == nil:
			failures = 0
			s.accept(raw)
		case s.isStopping():
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("accept EPP connections: %w", err)
		default:
			failures++
			s.pause(err, failures)
		}
	}
}

// pause waits before the next attempt to accept: what usually fails is that the system has no file
// descriptor left, and sessions that end return some.
func (s *Server) pause(err error, failures int) {
	const first, most = 5 * time.Millisecond, time.Second
	wait := min(first<<min(failures-1, 10), most)
	s.config.Log.Error("accept EPP connection", "error", err, "retry", wait)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.stopping:
	}
}

// accept gives a connection a goroutine, unless there are too many.
func (s *Server) accept(raw net.Conn) {
	c := newConn(s, raw)
	admitted, dropped := s.gate.enter(c, s.limits())
	if dropped != nil {
		s.config.Log.Debug("EPP connection dropped before login to make room", "address", dropped.session.address)
		dropped.raw.Close()
	}
	if !admitted {
		s.config.Log.Debug("EPP connection refused: there are too many", "address", c.session.address)
		raw.Close()
		return
	}
	c.ctx = s.term.Load().ctx // only now: if the term has ended since, the connection is cut as well
	go c.serve()
}

// Shutdown ends the service: it accepts nothing more, lets commands that run be answered, and closes
// every connection. When ctx ends first, it gives commands up, cuts the connections and returns the
// error of ctx. Serve returns nil from the moment on that Shutdown is called.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stop()
	s.mu.Lock()
	for l := range s.listeners {
		l.Close()
	}
	s.mu.Unlock()
	ended := make(chan struct{})
	for _, c := range s.gate.close() {
		c.interrupt()
	}
	go func() {
		s.gate.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		s.abort()
		return nil
	case <-ctx.Done():
	}
	s.abort()
	for _, c := range s.gate.close() {
		c.raw.Close()
	}
	return fmt.Errorf("stop EPP: %w", ctx.Err())
}

// A term is the time between two suspensions. Its commands are given up at its end.
type term struct {
	ctx context.Context
	end context.CancelFunc
}

// begin begins a term.
func (s *Server) begin() {
	ctx, end := context.WithCancel(s.ctx)
	s.term.Store(&term{ctx, end})
}

// Suspend cuts every connection and lets nobody in until Resume: the node may no longer speak for the
// registry. Commands that run are given up and not answered.
func (s *Server) Suspend() {
	inside := s.gate.suspend(true)
	s.term.Load().end()
	for _, c := range inside {
		c.raw.Close()
	}
}

// Resume ends what Suspend began.
func (s *Server) Resume() {
	s.begin()
	s.gate.suspend(false)
}

func (s *Server) isStopping() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

// listen keeps a listener for Shutdown to close, unless that has begun.
func (s *Server) listen(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isStopping() {
		return false
	}
	s.listeners[l] = struct{}{}
	return true
}

func (s *Server) forget(l net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, l)
}

// limits are those in force now. Decisions 4.1, 4.4.
func (s *Server) limits() policy.Limits { return s.config.Service.Terms().Limits }
