package peer

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// PortBase returns a number that can be added to each of some well-known ports, so that all of the
// sums are ports of 127.0.0.1 that were free a moment ago, for TCP and UDP both.
func PortBase(t testing.TB, wellKnown ...int) int {
	t.Helper()
	const tries, lowest, spread = 200, 10_000, 20_000
	for range tries {
		if base := lowest + rand.IntN(spread); allFree(base, wellKnown) {
			return base
		}
	}
	t.Fatal("no part of 127.0.0.1 has all those ports free")
	return 0
}

func allFree(base int, wellKnown []int) bool {
	for _, port := range wellKnown {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(base+port))
		tcp, err := net.Listen("tcp", address)
		if err != nil {
			return false
		}
		defer tcp.Close()
		udp, err := net.ListenPacket("udp", address)
		if err != nil {
			return false
		}
		defer udp.Close()
	}
	return true
}
