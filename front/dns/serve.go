package dns

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"time"
)

// listeners are what Shutdown has to end.
type listeners struct {
	mu     sync.Mutex
	closed chan struct{} // closed by Shutdown
	open   []io.Closer
	conns  map[net.Conn]struct{}
	wg     sync.WaitGroup
}

func newListeners() listeners {
	return listeners{closed: make(chan struct{}), conns: map[net.Conn]struct{}{}}
}

// accept has each connection of a listener served, as many at a time as the limits let in.
func (a *Answerer) accept(l net.Listener, serve func(net.Conn, *seat)) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			if a.listeners.isClosed() || errors.Is(err, net.ErrClosed) {
				return err
			}
			a.log.Warn("a connection was not accepted", "err", err)
			if !a.listeners.pause(100 * time.Millisecond) { // out of file descriptors, likely
				return net.ErrClosed
			}
			continue
		}
		held, displaced := a.places.enter(conn, addressOf(conn.RemoteAddr()))
		if displaced != nil {
			_ = displaced.Close()
		}
		if held == nil {
			_ = conn.Close()
			continue
		}
		a.listeners.serve(conn, func() {
			defer a.places.leave(held)
			serve(conn, held)
		})
	}
}

// serveConn answers the queries of one connection in order, as many as may wait in it. RFC 7766 section 6.2.
func (a *Answerer) serveConn(conn net.Conn, held *seat) {
	from := askerOf(conn)
	from.seat = held
	for range a.limits.Queries {
		first, err := a.awaitMessage(conn)
		if err != nil || a.serveMessage(conn, from, first) != nil {
			return
		}
	}
}

// awaitMessage waits for the first octet of a message, and returns it. A connection that waits holds no room.
func (a *Answerer) awaitMessage(conn net.Conn) (byte, error) {
	var first [1]byte
	a.listeners.await(conn, a.limits.Idle)
	_, err := io.ReadFull(conn, first[:])
	return first[0], err
}

// errNoAnswer ends a connection: what came deserves no answer.
var errNoAnswer = errors.New("no answer")

// serveMessage answers one message, whose first octet has been read. The whole of it has to come soon after that.
func (a *Answerer) serveMessage(conn net.Conn, from asker, first byte) error {
	d := a.desks.Get().(*desk)
	defer a.desks.Put(d)
	a.listeners.await(conn, a.limits.Transfer)
	message, err := d.receive(conn, first)
	if err != nil {
		return err
	}
	if !a.places.answers(from.seat) {
		return errNoAnswer
	}
	defer a.places.waits(from.seat)
	send := func(out []byte) error { return d.write(conn, out, a.limits.Transfer) }
	if a.special != nil && isSpecial(message) {
		return d.specially(message, from, send)
	}
	d.now = time.Now()
	out := d.respond(message, from.from, overTCP)
	if out == nil {
		return errNoAnswer
	}
	return send(out)
}

// receive reads a message behind the first octet of its length. RFC 1035 section 4.2.2.
func (d *desk) receive(conn net.Conn, first byte) ([]byte, error) {
	d.message = slices.Grow(d.message[:0], 1)[:1]
	if _, err := io.ReadFull(conn, d.message); err != nil {
		return nil, err
	}
	length := int(first)<<8 | int(d.message[0])
	d.message = slices.Grow(d.message[:0], length)[:length]
	_, err := io.ReadFull(conn, d.message)
	return d.message, err
}

// write sends one answer with its length before it, in so much time.
func (d *desk) write(conn net.Conn, out []byte, within time.Duration) error {
	if len(out) > maxMessage {
		return errRecordTooLarge
	}
	_ = conn.SetWriteDeadline(time.Now().Add(within))
	d.framed = append(binary.BigEndian.AppendUint16(d.framed[:0], uint16(len(out))), out...)
	_, err := conn.Write(d.framed)
	return err
}

// Shutdown stops listening and waits until the connections have ended, or cuts them off when ctx
// ends, and returns its error then. Connections that wait for a query end at once.
func (a *Answerer) Shutdown(ctx context.Context) error {
	a.listeners.close()
	done := make(chan struct{})
	go func() { a.listeners.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		a.listeners.cutOff()
		<-done
		return ctx.Err()
	}
}

// add takes listeners on, unless Shutdown was first.
func (l *listeners) add(closers ...io.Closer) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isClosed() {
		return false
	}
	l.open = append(l.open, closers...)
	return true
}

func (l *listeners) isClosed() bool {
	select {
	case <-l.closed:
		return true
	default:
		return false
	}
}

// pause waits, and reports whether serving goes on.
func (l *listeners) pause(d time.Duration) bool {
	select {
	case <-l.closed:
		return false
	case <-time.After(d):
		return true
	}
}

// serve runs f for a connection, which it closes, in a goroutine that Shutdown waits for.
func (l *listeners) serve(conn net.Conn, f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isClosed() {
		_ = conn.Close() // f finds it closed
	}
	l.conns[conn] = struct{}{}
	l.wg.Go(func() {
		defer l.drop(conn)
		f()
	})
}

// await gives a connection so long for what it reads next; no time at all after Shutdown.
func (l *listeners) await(conn net.Conn, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isClosed() {
		d = 0
	}
	_ = conn.SetReadDeadline(time.Now().Add(d))
}

func (l *listeners) drop(conn net.Conn) {
	_ = conn.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, conn)
}

// close closes the listeners and makes waiting reads return.
func (l *listeners) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isClosed() {
		return
	}
	close(l.closed)
	for _, c := range l.open {
		_ = c.Close()
	}
	for conn := range l.conns {
		_ = conn.SetReadDeadline(time.Now())
	}
}

func (l *listeners) cutOff() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for conn := range l.conns {
		_ = conn.Close()
	}
}
