// Package secondary owns what tests of the zone have of others: Knot and NSD as secondaries of a server of ours, the
// tools that judge a zone, and zones that change at random and are signed. It knows no registry.
package secondary

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.org/dorado/test/peer"
)

// A Primary is the server that a secondary follows.
type Primary struct {
	Address   string // such as 127.0.0.1:7053
	TLS       string // the address for transfers over TLS; empty for TCP
	Authority string // the file of the authority of its certificate, for localhost
	Key       string // hmac-sha256:NAME:SECRET
	Zones     []string
	Sign      bool // the secondary signs what it gets. Knot alone
}

// A Secondary is a name server of others that runs beside a test.
type Secondary struct {
	*peer.Process
	Dir string
}

// startTime is how long a name server may take to begin; the machine may be busy.
const startTime = time.Minute

// folder returns a folder for a server, short enough for the sockets in it.
func folder(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "dorado-"+name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Address returns an address for a secondary, so that its primary can know where to notify it before it begins.
func Address(t testing.TB) netip.AddrPort {
	t.Helper()
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(peer.Port(t)))
}

// Start starts knot or nsd at an address. It ends with t.
func Start(t testing.TB, program string, at netip.AddrPort, p Primary) *Secondary {
	t.Helper()
	switch program {
	case "knot":
		return startKnot(t, at, p)
	case "nsd":
		return startNSD(t, at, p)
	}
	t.Fatalf("there is no secondary %q", program)
	return nil
}
