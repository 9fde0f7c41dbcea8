package dns

import (
	"net"
	"net/netip"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// haulSize is how many queries one call of the kernel may bring. More make the calls hardly cheaper, and the worker
// slower to let others go first: these take some 100 µs.
const haulSize = 32

// replyRoom is where an answer by UDP is written: its largest size and what is taken back when it does not fit.
const replyRoom = 4096 + 1024

// controlRoom holds the address that a query was sent to: that of IPv6 with its head.
const controlRoom = 64

// sharesAddress says that several sockets can have one address.
const sharesAddress = true

// shareAddress lets several sockets have one address.
func shareAddress(_, _ string, c syscall.RawConn) error {
	return control(c, func(fd int) error {
		return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	})
}

// A haul is queries that are received with one call of the kernel and answered with another one.
type haul struct {
	raw  syscall.RawConn
	here bool // the socket has every address of the machine, and answers from the one that was asked

	in, out   [haulSize]unix.Mmsghdr
	inData    [haulSize]unix.Iovec
	outData   [haulSize]unix.Iovec
	peers     [haulSize]unix.RawSockaddrAny
	controls  [haulSize][controlRoom]byte
	queries   [haulSize][maxQuery]byte
	replies   [haulSize][replyRoom]byte
	received  int
	waiting   int // answers
	sent      int
	failure   error
	receiving func(fd uintptr) bool
	sending   func(fd uintptr) bool
}

// newHaul returns a haul for a socket, nil if it cannot have one.
func newHaul(conn *net.UDPConn) *haul {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil
	}
	_ = control(raw, func(fd int) error { // for who may, beyond what the system lets others have
		return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveBuffer)
	})
	b := &haul{raw: raw}
	b.receiving, b.sending = b.receive, b.send
	if local, ok := conn.LocalAddr().(*net.UDPAddr); ok && local.IP.IsUnspecified() {
		b.here = control(raw, askDestination) == nil
	}
	for i := range haulSize {
		b.inData[i].Base = &b.queries[i][0]
		b.inData[i].SetLen(maxQuery)
		b.in[i].Hdr.Iov = &b.inData[i]
		b.in[i].Hdr.SetIovlen(1)
		b.in[i].Hdr.Name = (*byte)(unsafe.Pointer(&b.peers[i]))
		b.out[i].Hdr.Iov = &b.outData[i]
		b.out[i].Hdr.SetIovlen(1)
	}
	return b
}

// askDestination has the kernel tell with each query which address it was sent to.
func askDestination(fd int) error {
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1); err != nil {
		return err
	}
	if domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN); err != nil || domain != unix.AF_INET6 {
		return err
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
}

// serve waits for queries and answers them.
func (b *haul) serve(d *desk) error {
	for i := range haulSize {
		h := &b.in[i].Hdr
		h.Namelen = unix.SizeofSockaddrAny
		if b.here {
			h.Control = &b.controls[i][0]
			h.SetControllen(controlRoom)
		}
	}
	if err := b.raw.Read(b.receiving); err != nil {
		return err
	}
	if b.failure != nil {
		return b.failure
	}
	d.now = time.Now()
	b.waiting, b.sent = 0, 0
	for i := range b.received {
		b.answer(d, i)
	}
	for b.sent < b.waiting {
		if err := b.raw.Write(b.sending); err != nil {
			return err
		}
	}
	return nil
}

// answer makes the answer to one query wait to be sent.
func (b *haul) answer(d *desk, i int) {
	in := &b.in[i]
	if in.Hdr.Flags&unix.MSG_TRUNC != 0 {
		in.Len = 0 // longer than any query
	}
	d.out = b.replies[i][:0]
	reply := d.respondUDP(b.queries[i][:in.Len], addressAt(&b.peers[i]))
	if len(reply) == 0 {
		return
	}
	out := &b.out[b.waiting]
	out.Hdr.Name, out.Hdr.Namelen = in.Hdr.Name, in.Hdr.Namelen
	b.outData[b.waiting].Base = &reply[0]
	b.outData[b.waiting].SetLen(len(reply))
	if b.here {
		out.Hdr.Control = in.Hdr.Control
		out.Hdr.SetControllen(b.sourceOf(i, int(in.Hdr.Controllen)))
	}
	b.waiting++
}

// sourceOf makes the control message that came with a query the one that goes with its answer, and returns its length: the
// address is the same, and the interface is left to the routes.
func (b *haul) sourceOf(i, n int) int {
	if n < unix.SizeofCmsghdr {
		return 0
	}
	c := b.controls[i][:n]
	head := (*unix.Cmsghdr)(unsafe.Pointer(&c[0]))
	data := c[unix.CmsgLen(0):]
	switch {
	case head.Level == unix.IPPROTO_IP && head.Type == unix.IP_PKTINFO && len(data) >= unix.SizeofInet4Pktinfo:
		clear(data[:4])
		return unix.CmsgSpace(unix.SizeofInet4Pktinfo)
	case head.Level == unix.IPPROTO_IPV6 && head.Type == unix.IPV6_PKTINFO && len(data) >= unix.SizeofInet6Pktinfo:
		clear(data[16:20])
		return unix.CmsgSpace(unix.SizeofInet6Pktinfo)
	}
	return 0
}

// receive is one call that takes what is there. It reports false if that is nothing.
func (b *haul) receive(fd uintptr) bool {
	n, errno := messages(unix.SYS_RECVMMSG, fd, b.in[:])
	b.received, b.failure = n, nil
	if errno != 0 && errno != unix.EAGAIN {
		b.failure = errno
	}
	return errno != unix.EAGAIN
}

// messages is one call that receives or sends messages without waiting.
func messages(call, fd uintptr, list []unix.Mmsghdr) (int, unix.Errno) {
	for {
		n, _, errno := unix.Syscall6(call, fd, uintptr(unsafe.Pointer(&list[0])), uintptr(len(list)), unix.MSG_DONTWAIT, 0, 0)
		switch errno {
		case 0:
			return int(n), 0
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}

// send is one call that sends what waits. An answer that the kernel does not take is left out: it may have an address to
// which nothing can be sent.
func (b *haul) send(fd uintptr) bool {
	n, errno := messages(unix.SYS_SENDMMSG, fd, b.out[b.sent:b.waiting])
	if b.sent += n; errno != 0 && errno != unix.EAGAIN {
		b.sent++
	}
	return errno != unix.EAGAIN
}

// addressAt returns the address of a peer.
func addressAt(peer *unix.RawSockaddrAny) netip.Addr {
	switch peer.Addr.Family {
	case unix.AF_INET:
		return netip.AddrFrom4((*unix.RawSockaddrInet4)(unsafe.Pointer(peer)).Addr)
	case unix.AF_INET6:
		return netip.AddrFrom16((*unix.RawSockaddrInet6)(unsafe.Pointer(peer)).Addr).Unmap()
	}
	return netip.Addr{}
}
