package dns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"syscall"
	"time"
)

// maxQuery is the longest query by UDP that is read whole. One with every option in use is far below it.
const maxQuery = 4096

// receiveBuffer is how many octets wait in the kernel for a socket, which is the burst that it takes; as far as the system
// lets it.
const receiveBuffer = 4 << 20

// ListenUDP opens sockets for queries on one address, such as "192.0.2.53:53", among which the kernel divides the
// clients. So that each worker has one of its own, let there be as many as processors.
func ListenUDP(ctx context.Context, address string, sockets int) ([]net.PacketConn, error) {
	var open []net.PacketConn
	if !sharesAddress {
		sockets = 1
	}
	config := net.ListenConfig{Control: shareAddress}
	for range sockets {
		conn, err := config.ListenPacket(ctx, "udp", address)
		if err != nil {
			for _, c := range open {
				_ = c.Close()
			}
			return nil, fmt.Errorf("listen for queries: %w", err)
		}
		address = conn.LocalAddr().String() // of the first, if any port would do
		open = append(open, conn)
	}
	return open, nil
}

// serveUDP is one worker. The number of workers, and that each lets whatever else there is to do go first after each haul,
// bound what UDP can take of the machine; what they do not get to waits in the socket's buffer or is lost there.
func (a *Answerer) serveUDP(conn net.PacketConn, d *desk) error {
	if c, ok := conn.(*net.UDPConn); ok {
		_ = c.SetReadBuffer(receiveBuffer)
		if b := newHaul(c); b != nil {
			return a.untilClosed(func() error { return b.serve(d) })
		}
	}
	message := make([]byte, maxQuery)
	return a.untilClosed(func() error { return serveOne(conn, d, message) })
}

// untilClosed calls f until its connection is closed. Other errors may pass, and may last, so it rests after each.
func (a *Answerer) untilClosed(f func() error) error {
	for {
		err := f()
		switch {
		case err == nil:
			runtime.Gosched()
		case a.listeners.isClosed() || errors.Is(err, net.ErrClosed):
			return err
		case !a.listeners.pause(10 * time.Millisecond):
			return net.ErrClosed
		}
	}
}

// serveOne answers one message where there are no hauls.
func serveOne(conn net.PacketConn, d *desk, message []byte) error {
	n, from, err := conn.ReadFrom(message)
	if err != nil {
		return err
	}
	d.now = time.Now()
	if out := d.respondUDP(message[:n], addressOf(from)); out != nil {
		_, _ = conn.WriteTo(out, from) // a lost answer is UDP's way
	}
	return nil
}

// respondUDP returns the answer to a packet. What is answered in a special way may fail without anybody's key, so such
// answers are limited as others.
func (d *desk) respondUDP(message []byte, from netip.Addr) []byte {
	if d.special == nil || !isSpecial(message) {
		return d.respond(message, from, overUDP)
	}
	var out []byte
	_ = d.specially(message, asker{from: from, transport: overUDP}, func(reply []byte) error { // a lost answer is UDP's way
		out = reply
		return nil
	})
	if len(out) < headerBytes || out[3]&0xf != rcodeSuccess && !d.mayFail() {
		return nil
	}
	return out
}

// addressOf returns the address of a peer, without port and zone.
func addressOf(peer net.Addr) netip.Addr {
	switch peer := peer.(type) {
	case *net.UDPAddr:
		return peer.AddrPort().Addr().Unmap().WithZone("")
	case *net.TCPAddr:
		return peer.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

// control calls f with the file descriptor of a socket.
func control(c syscall.RawConn, f func(fd int) error) error {
	var inner error
	if err := c.Control(func(fd uintptr) { inner = f(int(fd)) }); err != nil {
		return err
	}
	return inner
}
