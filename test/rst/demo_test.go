package rst

import (
	"crypto/x509"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
)

var (
	demoOpened sync.Once
	theDemo    *house
)

// newDemo returns a registry whose clock can be moved, for what needs a name of some age: the profile
// lets no name be transferred in its first 60 days. Its accounts are known by clID01 and clID02, too.
func newDemo(t *testing.T) *house {
	t.Helper()
	program := newHouse(t).program
	demoOpened.Do(func() {
		ends.Begin(t)
		theDemo = openDemo(ends, program)
	})
	if theDemo == nil {
		t.Fatal("the demo did not start")
	}
	return theDemo
}

func openDemo(t testing.TB, program string) *house {
	h := &house{program: program, dir: filepath.Join(t.TempDir(), "demo"), serverName: "127.0.0.1", accounts: map[string]account{}}
	args := []string{"demo", "--dir", h.dir, "--port-base", strconv.Itoa(peer.RegistryBase(t)), "--dnssec-algorithm", "13"}
	if dsn, postgres := pg.Chosen(t); postgres {
		args = append(args, "--database", dsn)
	}
	peer.Start(t, exec.Command(program, args...)).Await(t, "dorado: ready", time.Minute)
	var file struct {
		CA         string
		Production struct {
			EPP        string
			Registrars []struct{ ID, EPPPassword string }
		}
	}
	text, err := os.ReadFile(filepath.Join(h.dir, "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(filepath.Join(h.dir, file.CA))
	if err != nil {
		t.Fatal(err)
	}
	h.roots = x509.NewCertPool()
	h.roots.AppendCertsFromPEM(ca)
	h.ports = []string{file.Production.EPP}
	for i, id := range []string{clID01, clID02} {
		r := file.Production.Registrars[i]
		h.accounts[id] = account{id: r.ID, password: r.EPPPassword}
	}
	return h
}

// pass moves the clock of a demo forward by a span such as 61d.
func (h *house) pass(t *testing.T, span string) {
	t.Helper()
	h.dorado(t, "", "clock", "advance", span, "--dir", h.dir)
}
