// Package ftps owns the FTP server that registrars fetch their files from: explicit TLS, forced on control and data
// (RFC 4217), passive connections alone, and nothing that writes. It serves an fs.FS for each login and knows neither
// what is in it nor who may log in. Manual 4.3, decisions 6.4.
package ftps

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"example.org/dorado/core/policy"
)

// Config is what a Server needs. What is zero from Ports on takes what stands beside it.
type Config struct {
	// Login verifies an id and a password, and returns the files that whoever has them may fetch. An error that is a
	// Refused says that they are wrong, and any other that it could not be found out.
	Login func(ctx context.Context, id, password string, from netip.Addr) (fs.FS, error)
	// Certificate is the one that new connections are shown.
	Certificate func() *tls.Certificate

	Ports  Ports      // for data; any that the system gives
	Public netip.Addr // where clients reach the ports for data, by IPv4; where they reached the server

	// Resumed says that a data connection has to resume the TLS session of its control connection, as some servers want
	// and some clients cannot.
	Resumed bool

	Limits Limits
	Log    *slog.Logger // slog.Default

	// Answered is called with every command that was answered, as Commands lists them, and with the code; nil: nobody
	// asks.
	Answered func(command string, code int)
	// Sent is called with the octets of every transfer.
	Sent func(octets int64)
}

// Limits bound what strangers and registrars can make grow. What is zero takes what stands beside it.
type Limits struct {
	Connections           int // of everybody; 200
	ConnectionsPerNetwork int // of one IPv4 address or IPv6 /64, before login and after; 20
	ConnectionsStrange    int // that have not logged in; one more ends the one that has waited longest; 50
	SessionsPerLogin      int // of one id; 10

	LoginTime time.Duration // from the connection to the login; 60 s
	IdleTime  time.Duration // without a command or a transfer; 300 s
	StallTime time.Duration // in which a transfer moves nothing; 60 s
	DataTime  time.Duration // from a command until the client's data connection is there; 20 s

	LoginFailures int           // in one connection; the last ends it; 3
	RefusalTime   time.Duration // no wrong login is answered sooner; 1 s
	Commands      int           // a second, for long; 20. Who sends more waits
}

// commandsAtOnce is for how many seconds' commands may come at once.
const commandsAtOnce = 10

func (l Limits) filled() Limits {
	return Limits{
		Connections: cmp.Or(l.Connections, 200), ConnectionsPerNetwork: cmp.Or(l.ConnectionsPerNetwork, 20),
		ConnectionsStrange: cmp.Or(l.ConnectionsStrange, 50), SessionsPerLogin: cmp.Or(l.SessionsPerLogin, 10),
		LoginTime: cmp.Or(l.LoginTime, time.Minute), IdleTime: cmp.Or(l.IdleTime, 5*time.Minute),
		StallTime: cmp.Or(l.StallTime, time.Minute), DataTime: cmp.Or(l.DataTime, 20*time.Second),
		LoginFailures: cmp.Or(l.LoginFailures, 3), RefusalTime: cmp.Or(l.RefusalTime, time.Second),
		Commands: cmp.Or(l.Commands, 20),
	}
}

// Refused is the error of a Login with wrong credentials. It says what may be told.
type Refused struct{ Reason string }

func (r Refused) Error() string { return r.Reason }

// A Server serves files.
type Server struct {
	config Config
	tls    *tls.Config
	gate   *policy.Gate

	mu       sync.Mutex
	ended    bool
	listener net.Listener
	sessions map[*session]struct{}
	strange  []*session // that have not logged in, the one that has waited longest first
	logins   map[string]int
	working  sync.WaitGroup
}

// New returns a Server.
func New(c Config) *Server {
	c.Limits = c.Limits.filled()
	c.Log = cmp.Or(c.Log, slog.Default())
	if c.Answered == nil {
		c.Answered = func(string, int) {}
	}
	if c.Sent == nil {
		c.Sent = func(int64) {}
	}
	return &Server{
		config: c, gate: policy.NewGate(c.Limits.Connections, c.Limits.ConnectionsPerNetwork),
		tls: &tls.Config{
			MinVersion:     tls.VersionTLS12,
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.Certificate(), nil },
		},
		sessions: map[*session]struct{}{}, logins: map[string]int{},
	}
}

// acceptPause is how long the server waits after an error of the system, such as too many open files.
const acceptPause = 100 * time.Millisecond

// Serve answers connections until Shutdown; then it returns nil.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	s.listener = l
	ended := s.ended
	s.mu.Unlock()
	if ended {
		return l.Close()
	}
	for {
		conn, err := l.Accept()
		switch {
		case err == nil:
			s.receive(conn)
		case s.hasEnded():
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("accept: %w", err)
		default:
			s.config.Log.Warn("a connection could not be accepted", "error", err)
			time.Sleep(acceptPause)
		}
	}
}

func (s *Server) hasEnded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// receive begins a session, if there is room for it.
func (s *Server) receive(conn net.Conn) {
	from := policy.Address(conn.RemoteAddr().String())
	if !s.gate.Enter(from) {
		refuse(conn, "421 Too many connections; try again later.")
		return
	}
	n := newSession(s, conn, from)
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		s.gate.Leave(from)
		refuse(conn, "421 The server is stopping; try again later.")
		return
	}
	s.sessions[n] = struct{}{}
	s.strange = append(s.strange, n)
	var oldest *session
	if len(s.strange) > s.config.Limits.ConnectionsStrange {
		oldest, s.strange = s.strange[0], s.strange[1:]
	}
	s.working.Add(1)
	s.mu.Unlock()
	if oldest != nil {
		oldest.end()
	}
	go func() {
		defer s.working.Done()
		n.serve()
		s.leave(n)
	}()
}

// refusalTime bounds how long a connection is kept that is only told to go.
const refusalTime = 100 * time.Millisecond

func refuse(conn net.Conn, reply string) {
	_ = conn.SetDeadline(time.Now().Add(refusalTime))
	_, _ = conn.Write([]byte(reply + "\r\n"))
	_ = conn.Close()
}

// leave forgets a session that has ended.
func (s *Server) leave(n *session) {
	s.gate.Leave(n.from)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, n)
	s.isStrange(n)
	if n.login != "" {
		if s.logins[n.login]--; s.logins[n.login] == 0 {
			delete(s.logins, n.login)
		}
	}
}

// isStrange takes a session out of those that have not logged in, and reports whether it was one. The server is locked.
func (s *Server) isStrange(n *session) bool {
	for i, other := range s.strange {
		if other == n {
			s.strange = append(s.strange[:i], s.strange[i+1:]...)
			return true
		}
	}
	return false
}

// admit makes a session that of a login, unless that has as many as it may or the session was ended meanwhile.
func (s *Server) admit(n *session, login string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.logins[login] >= s.config.Limits.SessionsPerLogin || !s.isStrange(n) {
		return false
	}
	s.logins[login]++
	n.login = login
	return true
}

// Sessions returns how many connections there are, and how many of them have logged in.
func (s *Server) Sessions() (connections, logins int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions), len(s.sessions) - len(s.strange)
}

// Shutdown accepts nothing new, lets transfers that run come to their end until the context ends, and ends all.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.ended = true
	if s.listener != nil {
		_ = s.listener.Close()
	}
	for n := range s.sessions {
		n.endWhenIdle()
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() { s.working.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	for n := range s.sessions {
		n.end()
	}
	s.mu.Unlock()
	<-done
	return nil
}
