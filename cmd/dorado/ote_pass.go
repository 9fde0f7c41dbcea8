package main

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pires/go-proxyproto"

	"example.org/dorado/core/policy"
	"example.org/dorado/store"
)

// Bounds of what a node passes on, of each service.
const (
	passConnections = 2048
	passPerNetwork  = 512              // of one IPv4 address or IPv6 /64, as at the HTTPS server; the node at the other end counts more closely
	passIdle        = 15 * time.Minute // at least: a session may be idle for as long as the profile says, and a movement takes minutes
	passLinger      = 5 * time.Second  // for what a client still sends to a node that has said all
	passBuffer      = 16 << 10
)

// A passage is a service of the test environment as a listener. Connections come from the socket where this node has the
// lease, and from the other nodes, which pass theirs on. Where it has not, it passes on itself what comes to the socket: TLS
// is between the client and the node that has the lease.
type passage struct {
	socket net.Listener
	kind   string
	log    *slog.Logger
	seldom *seldom
	gate   *policy.Gate
	reach  func(ctx context.Context, kind string, greet func(net.Conn) error) (net.Conn, store.Holder, error)
	mine   func() bool
	// keep has connections that cannot be passed on be answered here, where that can be said in the client's words.
	keep bool
	idle func() time.Duration // how long nothing may come from one side

	begin  func()
	handed chan handed
	done   chan struct{} // nothing more is accepted
	ended  func()
	empty  chan struct{} // drain has ended

	mu      sync.Mutex
	passing map[*pass]struct{}
}

// handed is what the socket has given.
type handed struct {
	conn net.Conn
	err  error
}

// A pass is one connection that is passed on.
type pass struct {
	client, there net.Conn
	holder        store.Holder

	asks  atomic.Bool  // what was carried last came from the client, who waits for the answer
	moved atomic.Int64 // when that was, in nanoseconds of real time
}

func newPassage(t *testNode, socket net.Listener, kind string) *passage {
	p := &passage{
		socket: socket, kind: kind, log: t.log, seldom: new(seldom), gate: policy.NewGate(passConnections, passPerNetwork),
		reach: t.reach, mine: t.mine, keep: kind == linkTestHTTPS, idle: t.idle,
		handed: make(chan handed), done: make(chan struct{}), empty: make(chan struct{}), passing: map[*pass]struct{}{},
	}
	p.begin = sync.OnceFunc(func() { go p.listen() })
	p.ended = sync.OnceFunc(func() { close(p.done) })
	return p
}

// Addr is net.Listener.
func (p *passage) Addr() net.Addr { return p.socket.Addr() }

// Close is net.Listener. What is passed on goes on until drain.
func (p *passage) Close() error {
	p.ended()
	return p.socket.Close()
}

// Times of a node that stops.
const (
	drainPause = 20 * time.Millisecond
	drainQuiet = 100 * time.Millisecond // after an answer, which may have come in several pieces
)

// drain ends what is passed on: at once where nobody waits for an answer, else when it has come, and all when ctx ends. Nothing
// more is taken from clients.
func (p *passage) drain(ctx context.Context) error {
	defer close(p.empty)
	_ = p.Close()
	p.cut(func(one *pass) bool {
		_ = one.client.SetReadDeadline(time.Unix(1, 0))
		return false
	})
	ticker := time.NewTicker(drainPause)
	defer ticker.Stop()
	for p.count() > 0 {
		select {
		case <-ctx.Done():
			p.cut(func(*pass) bool { return true })
			return nil
		case <-ticker.C:
		}
		p.cut(func(one *pass) bool {
			return !one.asks.Load() && time.Since(time.Unix(0, one.moved.Load())) > drainQuiet
		})
	}
	return nil
}

// wait is the service that drain ends.
func (p *passage) wait() error {
	<-p.empty
	return nil
}

// stops reports whether drain has begun, or is about to.
func (p *passage) stops() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Accept is net.Listener.
func (p *passage) Accept() (net.Conn, error) {
	p.begin()
	select {
	case h := <-p.handed:
		return h.conn, h.err
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// hand gives a connection to whoever accepts here.
func (p *passage) hand(h handed) {
	select {
	case p.handed <- h:
	case <-p.done:
		if h.conn != nil {
			h.conn.Close()
		}
	}
}

// listen takes what comes to the socket.
func (p *passage) listen() {
	for {
		conn, err := p.socket.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			p.hand(handed{nil, err})
			return
		case err != nil || p.mine():
			p.hand(handed{conn, err})
		default:
			p.admit(conn)
		}
	}
}

// admit passes a connection on, unless too many are.
func (p *passage) admit(conn net.Conn) {
	from := policy.Address(conn.RemoteAddr().String())
	if !p.gate.Enter(from) {
		p.log.Debug("a connection was not passed on: there are too many", "service", p.kind, "address", from)
		conn.Close()
		return
	}
	go func() {
		defer p.gate.Leave(from)
		p.pass(conn)
	}()
}

// pass passes a connection on until it ends.
func (p *passage) pass(conn net.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), reachTime)
	defer cancel()
	there, holder, err := p.reach(ctx, p.kind, func(there net.Conn) error { return introduce(conn, there) })
	switch {
	case errors.Is(err, errReachedHere), err != nil && p.keep:
		p.hand(handed{conn, nil})
		return
	case err != nil:
		if p.seldom.now() {
			p.log.Warn("connections to the test environment are closed: they cannot be passed on", "service", p.kind,
				"address", conn.RemoteAddr().String(), "error", err)
		}
		conn.Close()
		return
	}
	one := &pass{client: conn, there: there, holder: holder}
	p.mu.Lock()
	p.passing[one] = struct{}{}
	p.mu.Unlock()
	p.log.Debug("passes a connection on", "service", p.kind, "address", conn.RemoteAddr().String(), "to", holder.Node)
	p.splice(one)
	p.mu.Lock()
	delete(p.passing, one)
	p.mu.Unlock()
	conn.Close()
	there.Close()
}

// cut ends those that are meant.
func (p *passage) cut(meant func(*pass) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for one := range p.passing {
		if meant(one) {
			one.client.Close()
			one.there.Close()
		}
	}
}

// count returns how many connections are passed on.
func (p *passage) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.passing)
}

// Answers to a PROXY header.
const (
	passTaken   = '+'
	passRefused = '-' // the node has not the lease, or not yet
)

var errNotTaken = errors.New("the node does not run the test environment, or not yet")

// introduce tells the node that is to take a connection whose it is, and hears whether it takes it. A client is not read before
// that: what it sends is lost to nobody.
func introduce(client, there net.Conn) error {
	_ = there.SetDeadline(time.Now().Add(linkTime))
	header := proxyproto.HeaderProxyFromAddrs(2, client.RemoteAddr(), client.LocalAddr())
	if _, err := header.WriteTo(there); err != nil {
		return err
	}
	var said [1]byte
	if _, err := io.ReadFull(there, said[:]); err != nil {
		return err
	}
	if said[0] != passTaken {
		return errNotTaken
	}
	return there.SetDeadline(time.Time{})
}

// receive takes a connection that another node passes on.
func (p *passage) receive(conn *tls.Conn) {
	headed := proxyproto.NewConn(conn, proxyproto.WithPolicy(proxyproto.REQUIRE), proxyproto.SetReadHeaderTimeout(linkTime))
	_ = conn.SetWriteDeadline(time.Now().Add(linkTime))
	if headed.ProxyHeader() == nil || !p.mine() {
		_, _ = conn.Write([]byte{passRefused})
		conn.Close()
		return
	}
	if _, err := conn.Write([]byte{passTaken}); err != nil {
		conn.Close()
		return
	}
	_ = conn.SetDeadline(time.Time{})
	p.hand(handed{passedConn{headed, conn}, nil})
}

// A passedConn is a connection that came by another node. Its peer is the client.
type passedConn struct {
	*proxyproto.Conn
	link *tls.Conn
}

// CloseWrite says that nothing more is sent.
func (c passedConn) CloseWrite() error { return c.link.CloseWrite() }

// splice carries bytes both ways until both are at their end, one fails, or nothing has come for long. A node that has said all
// has closed the connection, or is about to: then its client is not waited for.
func (p *passage) splice(one *pass) {
	end := func() { one.client.Close(); one.there.Close() }
	said, answered := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(said)
		if p.carry(one, true) != nil && !p.stops() {
			end()
		}
	}()
	go func() {
		defer close(answered)
		if p.carry(one, false) != nil {
			end()
		}
	}()
	<-answered
	linger := time.AfterFunc(passLinger, end)
	<-said
	linger.Stop()
}

// carry carries bytes one way, and the end with them.
func (p *passage) carry(one *pass, asks bool) error {
	from, to := one.there, one.client
	if asks {
		from, to = one.client, one.there
	}
	buffer, idle := make([]byte, passBuffer), p.idle()
	for {
		_ = from.SetReadDeadline(time.Now().Add(idle))
		if asks && p.stops() { // drain comes later, and replaces this deadline, or is seen here
			return net.ErrClosed
		}
		n, err := from.Read(buffer)
		if n > 0 {
			one.asks.Store(asks)
			one.moved.Store(time.Now().UnixNano())
			_ = to.SetWriteDeadline(time.Now().Add(idle))
			if _, err := to.Write(buffer[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			if half, ok := to.(interface{ CloseWrite() error }); ok {
				return half.CloseWrite()
			}
		}
		if err != nil {
			return err
		}
	}
}
