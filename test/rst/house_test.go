package rst

import (
	"context"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/schema"
)

// TestMain ends the registry that all tests share, as all cases of ICANN's suite share one.
func TestMain(m *testing.M) {
	status := m.Run()
	if ends.End() {
		status = 1
	}
	os.Exit(status)
}

// ends is what ends with the last test.
var ends = &peer.Whole{}

// A house is a registry that runs, with what ICANN is told of it before the tests.
type house struct {
	program, dir string
	ports        []string // addresses of EPP, each a service port of its own
	serverName   string   // in its certificate
	roots        *x509.CertPool
	rootFile     string
	accounts     map[string]account
}

var (
	opened   sync.Once
	theHouse *house
)

// newHouse returns the registry of all tests, which the first to ask starts.
func newHouse(t *testing.T) *house {
	t.Helper()
	peer.LookAtSource(t)
	opened.Do(func() {
		ends.Begin(t)
		theHouse = openHouse(ends)
	})
	if theHouse == nil {
		t.Fatal("the registry did not start")
	}
	return theHouse
}

// openHouse makes a registry, runs it, opens the accounts and registers what the inputs promise.
func openHouse(t testing.TB) *house {
	h := &house{dir: filepath.Join(t.TempDir(), "registry"), serverName: hostName, accounts: map[string]account{}}
	h.program = filepath.Join(filepath.Dir(h.dir), "dorado")
	if err := schema.BuildOnce(h.program); err != nil {
		t.Fatal(err)
	}
	args := []string{"init", "--dir", h.dir, "--dnssec-algorithm", "13"}
	dsn, postgres := pg.Chosen(t)
	if postgres {
		args = append(args, "--database", dsn)
	}
	h.dorado(t, "", args...)
	h.certify(t)
	dirs := []string{h.dir}
	if postgres { // which takes a second node
		dirs = append(dirs, filepath.Join(filepath.Dir(h.dir), "second"))
		if out, err := exec.Command("cp", "-a", h.dir, dirs[1]).CombinedOutput(); err != nil { // with its modes
			t.Fatalf("copy the directory: %v\n%s", err, out)
		}
	}
	for _, dir := range dirs {
		h.serve(t, dir)
	}
	for _, id := range []string{clID01, clID02, clID03} {
		h.open(t, id)
	}
	return h
}

// dorado runs the operator's command.
func (h *house) dorado(t testing.TB, stdin string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, h.program, args...)
	cmd.Stdin = strings.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("dorado %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// serve runs a node of the registry on ports of its own.
func (h *house) serve(t testing.TB, dir string) {
	t.Helper()
	path := filepath.Join(dir, "dorado.toml")
	config, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	base := peer.RegistryBase(t)
	for key, value := range map[string]string{
		"port_base": strconv.Itoa(base), "address": `"127.0.0.1"`, "server_id": `"` + serverID + `"`,
	} {
		line := regexp.MustCompile(`(?m)^` + key + ` = ["0-9].*$`) // a list of that name is another key
		if !line.Match(config) {
			t.Fatalf("the configuration has no %s", key)
		}
		config = line.ReplaceAll(config, []byte(key+" = "+value))
	}
	if err := os.WriteFile(path, config, 0o600); err != nil {
		t.Fatal(err)
	}
	node := peer.Start(t, exec.Command(h.program, "serve", "--dir", dir, "--roles", "epp,dns,engine"))
	node.Await(t, "dorado: ready", time.Minute)
	h.ports = append(h.ports, "127.0.0.1:"+strconv.Itoa(base+700))
}
