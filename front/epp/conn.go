package epp

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"time"

	"example.org/dorado/core/policy"
)

// A conn is one connection, from its acceptance to its end. Its goroutine runs serve; another may
// only interrupt it or close raw.
type conn struct {
	server  *Server
	raw     net.Conn
	tls     *tls.Conn
	begun   time.Time       // real time
	ctx     context.Context // of the server's term in which it began
	place   place           // guarded by the gate
	session session
	header  [headerBytes]byte
}

func newConn(s *Server, raw net.Conn) *conn {
	c := &conn{server: s, raw: raw, begun: time.Now()}
	c.session = session{server: s, service: s.config.Service, address: policy.Address(raw.RemoteAddr().String())}
	c.place.network = policy.Network(c.session.address)
	return c
}

// serve greets, and answers frames until one side ends the connection.
func (c *conn) serve() {
	defer c.server.gate.leave(c)
	defer c.raw.Close()
	defer c.session.end()
	if !c.greet() {
		return
	}
	for c.turn() {
	}
}

// greet does the TLS handshake and sends the greeting, both within one deadline.
func (c *conn) greet() bool {
	until := c.begun.Add(c.server.limits().GreetingSeconds.Duration())
	_ = c.raw.SetWriteDeadline(until)
	if c.readUntil(until) != nil {
		return false
	}
	c.session.handshake = c.server.credentials.Load()
	c.tls = tls.Server(c.raw, c.session.handshake.config)
	if err := c.tls.Handshake(); err != nil {
		c.server.config.Log.Debug("EPP connection without TLS", "address", c.session.address, "error", err)
		return false
	}
	c.session.chain = c.tls.ConnectionState().PeerCertificates
	out := lend()
	defer out.giveBack()
	out.begin()
	out.bytes = appendGreeting(out.bytes, c.session.greeting())
	return c.write(out)
}

// turn reads one frame and answers it. It returns false when the connection is to end.
func (c *conn) turn() bool {
	c.session.limits = c.session.service.Terms().Limits
	in, err := c.read()
	out := lend()
	defer out.giveBack()
	var v verdict
	switch broken, told := errors.AsType[*brokenFrame](err); {
	case err == nil:
		v = c.respond(in.bytes, out)
		in.giveBack()
	case told:
		v = c.session.complain(broken, out)
	default:
		// An idle connection is closed without a word: RFC 5730 has no answer to a command that was
		// not sent, and the client would take one for the answer to its next.
		c.session.end()
		c.tls.Close()
		return false
	}
	closes := v.closes() || c.server.isStopping()
	if closes {
		c.session.end() // before the answer, so that who has read it finds room for another session
	}
	if !c.hold(v.notBefore) {
		return false
	}
	_ = c.raw.SetWriteDeadline(time.Now().Add(c.session.limits.FrameSeconds.Duration()))
	if !c.write(out) {
		return false
	}
	if closes {
		c.farewell()
		return false
	}
	return true // a server that stops since the answer is seen by the next read
}

// read reads one frame without its header. It waits for the first byte as long as a session may be
// idle, and from then on for the last as long as a frame may take; before login for neither longer
// than until the time for login is over.
func (c *conn) read() (*buffer, error) {
	limits := &c.session.limits
	if err := c.readWithin(limits.IdleSeconds); err != nil {
		return nil, err
	}
	n, err := io.ReadAtLeast(c.tls, c.header[:], 1)
	if err != nil {
		return nil, err
	}
	if err := c.readWithin(limits.FrameSeconds); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(c.tls, c.header[n:]); err != nil {
		return nil, c.late(err)
	}
	size, err := bodyLength(binary.BigEndian.Uint32(c.header[:]), limits.FrameBytes)
	if err != nil {
		return nil, err
	}
	in := lend()
	if err := in.fill(c.tls, size); err != nil {
		in.giveBack()
		return nil, c.late(err)
	}
	return in, nil
}

// readWithin sets the read deadline to so many seconds from now.
func (c *conn) readWithin(s policy.Seconds) error {
	until := time.Now().Add(s.Duration())
	if login := c.loginBy(); !c.session.loggedIn() && login.Before(until) {
		until = login
	}
	return c.readUntil(until)
}

// loginBy is when a connection ends that has not logged in.
func (c *conn) loginBy() time.Time {
	return c.begun.Add(c.session.limits.LoginSeconds.Duration())
}

// readUntil sets the read deadline. A Shutdown that begins at the same moment is not missed: either
// it comes later and replaces this deadline, or it is seen here.
func (c *conn) readUntil(t time.Time) error {
	if err := c.raw.SetReadDeadline(t); err != nil {
		return err
	}
	if c.server.isStopping() {
		return errStopping
	}
	return nil
}

var errStopping = errors.New("the server stops")

// interrupt ends a wait for bytes, now and later. Another goroutine calls it.
func (c *conn) interrupt() { _ = c.raw.SetReadDeadline(time.Unix(1, 0)) }

// late makes of a deadline that passed inside a frame a frame that is broken, which is answered. A
// server that stops lets deadlines pass too, and answers nothing that has not begun.
func (c *conn) late(err error) error {
	if c.server.isStopping() {
		return errStopping
	}
	return lateFrame(err, c.session.limits.FrameSeconds)
}

// respond answers a frame: the answer is in out when it returns.
func (c *conn) respond(frame []byte, out *buffer) verdict {
	if c.session.loggedIn() {
		return c.session.respond(c.ctx, frame, out)
	}
	c.server.gate.attend(c, true)
	defer c.server.gate.attend(c, false)
	ctx, cancel := context.WithDeadline(c.ctx, c.loginBy())
	defer cancel()
	v := c.session.respond(ctx, frame, out)
	if c.session.loggedIn() {
		c.server.gate.welcome(c)
	}
	return v
}

// hold waits until an answer may be sent. Only this connection waits, and it holds nothing but the
// answer. It returns false if the server gives up.
func (c *conn) hold(notBefore time.Time) bool {
	wait := time.Until(notBefore) // long past where nothing has to wait
	if wait <= 0 {
		return true
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.ctx.Done():
		return false
	}
}

// write sends a frame in one write.
func (c *conn) write(out *buffer) bool {
	out.finish()
	if sent := c.server.config.Sent; sent != nil {
		sent(out.bytes[headerBytes:])
	}
	_, err := c.tls.Write(out.bytes)
	return err == nil
}

// farewell ends a connection after an answer. Closing a socket with unread bytes in it makes the
// system reset the connection, and the client may lose the answer. So the server first says that it
// sends no more, and reads on for a moment, to nowhere. RFC 9112 section 9.6 has the same advice.
func (c *conn) farewell() {
	const patience, most = time.Second, 256 << 10
	_ = c.tls.CloseWrite()
	if half, ok := c.raw.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_ = c.raw.SetReadDeadline(time.Now().Add(patience))
	_, _ = io.CopyN(io.Discard, c.raw, most)
}
