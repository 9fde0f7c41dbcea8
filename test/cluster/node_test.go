package cluster

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/test/peer"
)

// A node is one `dorado serve` in a namespace of its own. It can be started again after it has ended.
type node struct {
	c      *cluster
	number int
	dir    string
	lease  string // the name of its own lease, such as node:4711, while it runs
	cmd    *exec.Cmd
	is     *peer.Process
}

// patience is how long a step may take that takes well under a second on a quiet machine.
const patience = time.Minute

// start runs the node and waits until it is ready.
func (n *node) start() {
	n.c.t.Helper()
	n.launch()
	n.is.Await(n.c.t, "dorado: ready", patience)
	n.findLease()
}

// launch runs the node and does not wait for it.
func (n *node) launch() {
	n.c.t.Helper()
	n.cmd = n.c.network.inside(n.number, n.c.program, "serve", "--dir", n.dir, "--roles", "epp,dns,engine")
	n.is = peer.Start(n.c.t, n.cmd)
}

// stop ends the node by SIGTERM, which has to go well.
func (n *node) stop() {
	n.c.t.Helper()
	n.is.Stop()
	n.lease = ""
	if status := n.cmd.ProcessState.ExitCode(); status != 0 {
		n.c.t.Errorf("node %d ended with status %d after SIGTERM", n.number, status)
	}
}

// signal sends the node a signal.
func (n *node) signal(s os.Signal) {
	n.c.t.Helper()
	if err := n.cmd.Process.Signal(s); err != nil {
		n.c.t.Errorf("send %s to node %d: %v", s, n.number, err)
	}
}

// findLease finds which lease is the node's own: the one that no other node has that runs.
func (n *node) findLease() {
	n.c.t.Helper()
	var others []string
	for _, o := range n.c.nodes {
		if o != n {
			others = append(others, o.lease)
		}
	}
	n.c.await("the lease of a node that started", patience, func() bool {
		for _, name := range n.c.column("SELECT name FROM lease WHERE name LIKE 'node:%' AND until > " + databaseNow) {
			if !slices.Contains(others, name) {
				n.lease = name
				return true
			}
		}
		return false
	})
}

// databaseNow is the database's clock in SQL, in the unit of instants in its tables.
const databaseNow = "(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::bigint"

// holds reports whether the node has a lease of that name.
func (n *node) holds(lease string) bool {
	n.c.t.Helper()
	holder := n.c.value("SELECT holder FROM lease WHERE name = $1 AND until > "+databaseNow, lease)
	return holder != "" && strings.TrimPrefix(holder, "node:") == strings.TrimPrefix(n.lease, "node:")
}

// healthy reports whether /healthz says so. It is asked inside the namespace, where it always can be.
func (n *node) healthy() bool {
	out, _ := n.c.network.inside(n.number, "curl", "-s", "--max-time", "5", "-o", "/dev/null",
		"-w", "%{http_code}", "http://127.0.0.1:90/healthz").Output() // 000 without an answer
	return string(out) == "200"
}

// serves reports whether a registrar gets in.
func (n *node) serves() bool {
	s, _, err := n.c.open(n.number, other)
	return err == nil && s != nil && s.Close() == nil
}

// address returns where the node speaks EPP.
func (n *node) address() string { return net.JoinHostPort(n.c.network.node(n.number).String(), "700") }

// makeDirectories makes the registry's database and a directory for each node, which differ in the
// address on which the node listens.
func makeDirectories(t testing.TB, program, dsn string, net *network) []string {
	t.Helper()
	root, err := os.MkdirTemp("", "dorado") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	first := filepath.Join(root, "a")
	args := []string{"init", "--dir", first, "--database", dsn, "--dnssec-algorithm", "13"}
	for i := range net.spaces {
		args = append(args, "--hostname", net.node(i).String())
	}
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("dorado %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	dirs := []string{first}
	for i := 1; i < len(net.spaces); i++ {
		dirs = append(dirs, filepath.Join(root, string(rune('a'+i))))
		copyDirectory(t, first, dirs[i])
	}
	for i, dir := range dirs {
		edit(t, filepath.Join(dir, "dorado.toml"), `address = ""`, fmt.Sprintf(`address = "%s"`, net.node(i)))
	}
	return dirs
}

// copyDirectory copies files that only their owner may read, as their copies are.
func copyDirectory(t testing.TB, from, to string) {
	t.Helper()
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, e.Name()), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// edit replaces a line of a file.
func edit(t testing.TB, path, line, by string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), "\n"+line+"\n") != 1 {
		t.Fatalf("%s does not have the line %s once", path, line)
	}
	edited := strings.Replace(string(text), "\n"+line+"\n", "\n"+by+"\n", 1)
	if err := os.WriteFile(path, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
}
