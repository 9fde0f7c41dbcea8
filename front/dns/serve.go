package dns

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/policy"
)

// listeners are what Shutdown has to end.
type listeners struct {
	mu     sync.Mutex
	closed chan struct{} // closed by Shutdown
	open   []io.Closer
	conns  map[net.Conn]struct{}
	wg     sync.WaitGroup
}

// ListenAndServe serves an address, such as "127.0.0.1:7053", by UDP and TCP until Shutdown, after
// which it returns nil.
func (s *Server) ListenAndServe(address string) error {
	udp, err := net.ListenPacket("udp", address)
	if err != nil {
		return fmt.Errorf("dns: %w", err)
	}
	tcp, err := net.Listen("tcp", address)
	if err != nil {
		_ = udp.Close()
		return fmt.Errorf("dns: %w", err)
	}
	return s.Serve(udp, tcp)
}

// Serve answers on both until Shutdown, after which it returns nil, or until one of them fails.
// It closes both.
func (s *Server) Serve(udp net.PacketConn, tcp net.Listener) error {
	if !s.listeners.add(udp, tcp) {
		return errors.Join(udp.Close(), tcp.Close())
	}
	ended := make(chan error, s.config.Limits.Workers+1)
	var workers sync.WaitGroup
	for range s.config.Limits.Workers {
		workers.Go(func() { ended <- s.serveUDP(udp) })
	}
	workers.Go(func() { ended <- s.serveTCP(tcp) })
	err := <-ended
	_, _ = udp.Close(), tcp.Close()
	workers.Wait()
	if s.listeners.isClosed() {
		return nil
	}
	return fmt.Errorf("dns: %w", err)
}

// serveUDP is one worker. The number of workers bounds what UDP can take of the machine; what they
// do not get to waits in the socket's buffer or is lost there.
func (s *Server) serveUDP(conn net.PacketConn) error {
	// A query with every option in use is far below this.
	message := make([]byte, 4096)
	for {
		n, from, err := conn.ReadFrom(message)
		if err != nil {
			if s.listeners.isClosed() || errors.Is(err, net.ErrClosed) {
				return err
			}
			if !s.listeners.pause(10 * time.Millisecond) { // it may go on for long
				return net.ErrClosed
			}
			continue
		}
		if out := s.respond(message[:n], overUDP); out != nil {
			_, _ = conn.WriteTo(out, from) // a lost answer is UDP's way
		}
	}
}

func (s *Server) serveTCP(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			if s.listeners.isClosed() || errors.Is(err, net.ErrClosed) {
				return err
			}
			s.config.Log.Warn("a connection was not accepted", "err", err)
			if !s.listeners.pause(100 * time.Millisecond) { // out of file descriptors, likely
				return net.ErrClosed
			}
			continue
		}
		from := policy.Address(conn.RemoteAddr().String())
		if !s.gate.Enter(from) {
			_ = conn.Close()
			continue
		}
		s.listeners.serve(conn, func() {
			defer s.gate.Leave(from)
			s.serveConn(conn)
		})
	}
}

// serveConn answers the queries of one connection in order. RFC 7766.
func (s *Server) serveConn(conn net.Conn) {
	limits := s.config.Limits
	for range limits.Queries {
		message, err := s.readMessage(conn)
		if err != nil {
			return
		}
		out := s.respond(message, overTCP)
		if out == nil || len(out) > mdns.MaxMsgSize {
			return
		}
		_ = conn.SetWriteDeadline(time.Now().Add(limits.Transfer))
		framed := binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(out)), uint16(len(out)))
		if _, err := conn.Write(append(framed, out...)); err != nil {
			return
		}
	}
}

// readMessage reads one query with its length before it. The whole of it has to come soon after
// its first octet. RFC 1035 section 4.2.2.
func (s *Server) readMessage(conn net.Conn) ([]byte, error) {
	var length [2]byte
	s.listeners.await(conn, s.config.Limits.Idle)
	if _, err := io.ReadFull(conn, length[:1]); err != nil {
		return nil, err
	}
	s.listeners.await(conn, s.config.Limits.Transfer)
	if _, err := io.ReadFull(conn, length[1:]); err != nil {
		return nil, err
	}
	message := make([]byte, binary.BigEndian.Uint16(length[:]))
	_, err := io.ReadFull(conn, message)
	return message, err
}

// Shutdown stops listening and waits until the connections have ended, or cuts them off when ctx
// ends, and returns its error then. Connections that wait for a query end at once.
func (s *Server) Shutdown(ctx context.Context) error {
	s.listeners.close()
	done := make(chan struct{})
	go func() { s.listeners.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		s.listeners.cutOff()
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
