package cluster

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"example.org/dorado/test/peer"
)

// A network is a bridge in the namespace of the test, where the database and the clients are, and a
// namespace for each node with one link to that bridge. The clients and the database have addresses of
// their own, so that a node can lose one and keep the other.
type network struct {
	t                testing.TB
	name             string // of the bridge, and what all names of links begin with
	prefix           netip.Prefix
	clients, gateway netip.Addr // of the bridge
	database         netip.Addr // behind the gateway
	spaces           []string   // of the nodes
}

// Names carry the id of the test's process, so that what a killed run left is known by its dead process.
// The name of a link has 15 characters at the most: IFNAMSIZ in linux/if.h.
var ours = regexp.MustCompile(`^dor(?:ado-)?(\d+)-\d+[a-z]?$`)

// newNetwork makes a network of free addresses and removes it when t ends. The number tells the networks
// of one process apart.
func newNetwork(t testing.TB, number, nodes int, free *addresses, database netip.Addr) *network {
	t.Helper()
	n := &network{t: t, prefix: free.take(t), database: database}
	n.clients, n.gateway = n.address(1), n.address(2)
	n.name = addBridge(t, number, n.masked(n.clients), n.masked(n.gateway))
	t.Cleanup(n.removeSpaces)
	for i := range nodes {
		n.addSpace(i)
	}
	return n
}

// addBridge makes a bridge with addresses in the namespace of the test, and removes it when t ends.
func addBridge(t testing.TB, number int, addresses ...string) (name string) {
	t.Helper()
	name = fmt.Sprintf("dor%d-%d", os.Getpid(), number)
	// Without an address of its own it takes one of its links', and another when that link goes.
	own := fmt.Sprintf("02:00:%02x:%02x:%02x:%02x", rand.IntN(256), rand.IntN(256), rand.IntN(256), number)
	ip(t, "link", "add", name, "address", own, "type", "bridge")
	t.Cleanup(func() { ip(t, "link", "delete", name) })
	for _, a := range addresses {
		ip(t, "address", "add", a, "dev", name)
	}
	ip(t, "link", "set", name, "up")
	return name
}

// mayMakeNetworks fails t unless it can make networks, and removes what runs left that were killed.
func mayMakeNetworks(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("this test makes network namespaces, which only root may: run it as root")
	}
	peer.Need(t, "ip")
	peer.Need(t, "curl") // asks a node for its health
	sweep(t)
}

// addSpace makes the namespace of a node with its link.
func (n *network) addSpace(i int) {
	n.t.Helper()
	space := fmt.Sprintf("dorado-%s%c", strings.TrimPrefix(n.name, "dor"), 'a'+i)
	n.spaces = append(n.spaces, space)
	n.ip("netns", "add", space)
	n.ip("link", "add", n.link(i), "type", "veth", "peer", "name", "eth0", "netns", space)
	n.ip("link", "set", n.link(i), "master", n.name, "up")
	n.ip("-n", space, "address", "add", n.masked(n.node(i)), "dev", "eth0")
	n.ip("-n", space, "link", "set", "lo", "up")
	n.ip("-n", space, "link", "set", "eth0", "up")
	n.ip("-n", space, "route", "add", n.toDatabase(), "via", n.gateway.String())
}

// link returns the name of the bridge's end of a node's link.
func (n *network) link(i int) string { return n.name + string(rune('a'+i)) }

// node returns the address of a node.
func (n *network) node(i int) netip.Addr { return n.address(11 + i) }

// address returns the n-th address of the network.
func (n *network) address(host int) netip.Addr {
	a := n.prefix.Addr().As4()
	a[3] = byte(host)
	return netip.AddrFrom4(a)
}

func (n *network) masked(a netip.Addr) string { return netip.PrefixFrom(a, n.prefix.Bits()).String() }

// cutOff takes a node from everybody: its packets and those for it vanish without a word, as where a
// cable is pulled behind a switch.
func (n *network) cutOff(i int) { n.t.Helper(); n.ip("link", "set", n.link(i), "nomaster") }

// connect undoes cutOff.
func (n *network) connect(i int) { n.t.Helper(); n.ip("link", "set", n.link(i), "master", n.name) }

// cutFromDatabase loses all that a node sends to the database, and so every connection between the two.
func (n *network) cutFromDatabase(i int) {
	n.t.Helper()
	n.ip("-n", n.spaces[i], "route", "replace", "blackhole", n.toDatabase())
}

// connectDatabase undoes cutFromDatabase.
func (n *network) connectDatabase(i int) {
	n.t.Helper()
	n.ip("-n", n.spaces[i], "route", "delete", "blackhole", n.toDatabase())
	n.ip("-n", n.spaces[i], "route", "replace", n.toDatabase(), "via", n.gateway.String())
}

func (n *network) toDatabase() string { return n.database.String() + "/32" }

// cutFromClients loses all that a node sends to clients.
func (n *network) cutFromClients(i int) {
	n.t.Helper()
	n.ip("-n", n.spaces[i], "route", "add", "blackhole", n.clients.String()+"/32")
}

// connectClients undoes cutFromClients.
func (n *network) connectClients(i int) {
	n.t.Helper()
	n.ip("-n", n.spaces[i], "route", "delete", "blackhole", n.clients.String()+"/32")
}

// inside returns a command that runs in the namespace of a node.
func (n *network) inside(i int, program string, args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", n.spaces[i], program}, args...)...)
}

func (n *network) ip(args ...string) { n.t.Helper(); ip(n.t, args...) }

// ip runs a command of iproute2 that has to succeed.
func ip(t testing.TB, args ...string) {
	t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// removeSpaces takes the namespaces down with their links.
func (n *network) removeSpaces() {
	for i := range n.spaces {
		_ = exec.Command("ip", "link", "delete", n.link(i)).Run() // at once, not when the last socket is gone
		if out, err := exec.Command("ip", "netns", "delete", n.spaces[i]).CombinedOutput(); err != nil {
			n.t.Errorf("remove the namespace %s: %v\n%s", n.spaces[i], err, out)
		}
	}
}

// addresses are the networks of 198.18.0.0/15, which RFC 2544 sets aside for tests. Clusters are made at
// the same time, and between the choice of a network and its address on a link another cluster chooses:
// two with the same one would answer into each other's bridge.
type addresses struct {
	mu    sync.Mutex
	taken map[netip.Prefix]bool
}

// allAddresses is how many networks there are.
const allAddresses = 512

// take returns a network that nobody else has until t ends, and of which no link of this machine has an
// address.
func (a *addresses) take(t testing.TB) netip.Prefix {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	inUse, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range rand.Perm(allAddresses) { // by chance: another process takes some as well
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{198, byte(18 + i/256), byte(i), 0}), 24)
		if a.taken[p] || overlap(p, inUse) {
			continue
		}
		if a.taken == nil {
			a.taken = map[netip.Prefix]bool{}
		}
		a.taken[p] = true
		t.Cleanup(func() { a.free(p) })
		return p
	}
	t.Fatal("no network of 198.18.0.0/15 is free")
	return netip.Prefix{}
}

func (a *addresses) free(p netip.Prefix) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.taken, p)
}

func overlap(p netip.Prefix, addresses []net.Addr) bool {
	for _, a := range addresses {
		if other, err := netip.ParsePrefix(a.String()); err == nil && other.Overlaps(p) {
			return true
		}
	}
	return false
}

// sweep removes what runs left that were killed: namespaces and links whose process is no more.
func sweep(t testing.TB) {
	t.Helper()
	const spaces = "/run/netns"
	entries, err := os.ReadDir(spaces)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		if isLeft(e.Name()) {
			t.Logf("removing the namespace %s of a run that was killed", e.Name())
			_ = exec.Command("ip", "netns", "delete", e.Name()).Run() // another run may sweep as well
		}
	}
	links, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		if isLeft(l.Name) {
			_ = exec.Command("ip", "link", "delete", l.Name).Run() // likewise, or it went with its peer
		}
	}
}

// isLeft reports whether a name is of this package's scheme and its process is gone.
func isLeft(name string) bool {
	match := ours.FindStringSubmatch(name)
	if match == nil {
		return false
	}
	pid, err := strconv.Atoi(match[1])
	return err == nil && syscall.Kill(pid, 0) == syscall.ESRCH
}
