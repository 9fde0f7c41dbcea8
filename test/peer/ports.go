package peer

import (
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
)

// Programs that cannot listen on port 0 and tell are given ports below those from which the kernel chooses, so that it gives none
// to somebody else before the program listens.
const firstPort, lastPort, portTries = 10_000, 30_000, 1_000

// Port returns the number of a port of 127.0.0.1 that was free a moment ago, for TCP and UDP both, and that no other test has
// been given, in this process or another, until t ends. It is for programs that cannot listen on port 0 and tell; ours can,
// and need no such guess.
func Port(t testing.TB) int {
	t.Helper()
	return PortBase(t, 0)
}

// Sockets returns sockets of one port of 127.0.0.1 for UDP and TCP, which are the caller's to close: the kernel gives a port
// that is free for one of them, and somebody may have it for the other.
func Sockets(t testing.TB) (net.PacketConn, net.Listener) {
	t.Helper()
	for range portTries {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		udp, err := net.ListenPacket("udp", tcp.Addr().String())
		if err == nil {
			return udp, tcp
		}
		_ = tcp.Close()
	}
	t.Fatal("no port is free for both UDP and TCP")
	return nil, nil
}

// PortBase returns a number that can be added to each of some well-known ports, so that each of the sums is such a port as
// [Port] returns.
func PortBase(t testing.TB, wellKnown ...int) int {
	t.Helper()
	for range portTries {
		base := firstPort + rand.IntN(lastPort-firstPort)
		if taken, ok := takeAll(base, wellKnown); ok {
			t.Cleanup(func() { leave(taken) })
			return base
		}
	}
	t.Fatal("no part of 127.0.0.1 has all those ports free for both TCP and UDP")
	return 0
}

// RegistryPorts are those that a registry adds to its port base: EPP, WHOIS, DNS, HTTPS, FTPS, health, what nodes ask of one another,
// and EPP and HTTPS of the test environment.
func RegistryPorts() []int { return []int{700, 43, 53, 443, 21, 90, 91, 1700, 1443} }

// RegistryBase returns a port base for a registry.
func RegistryBase(t testing.TB) int {
	t.Helper()
	return PortBase(t, RegistryPorts()...)
}

// takeAll takes the sums of base and each well-known port, or none of them.
func takeAll(base int, wellKnown []int) (taken []net.Listener, ok bool) {
	for _, port := range wellKnown {
		name, free := take(base + port)
		if !free {
			leave(taken)
			return nil, false
		}
		taken = append(taken, name)
	}
	return taken, true
}

func leave(taken []net.Listener) {
	for _, name := range taken {
		name.Close()
	}
}

// take returns what tells all tests that a port is taken, unless it is: a socket of that name, which goes with its process.
func take(port int) (net.Listener, bool) {
	name, err := net.Listen("unix", fmt.Sprintf("@dorado-test-port-%d", port))
	if err != nil {
		return nil, false
	}
	if isFree(port) {
		return name, true
	}
	name.Close()
	return nil, false
}

// isFree reports whether nobody listens on a port.
func isFree(port int) bool {
	address := fmt.Sprintf("127.0.0.1:%d", port)
	l, err := net.Listen("tcp", address)
	if err != nil {
		return false
	}
	defer l.Close()
	u, err := net.ListenPacket("udp", address)
	return err == nil && u.Close() == nil
}
