// Package demo owns the start of `dorado demo` as a stranger starts it, for tests that ask it as clients do.
package demo

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/schema"
)

// A Registry is a running demo, with what its demo.json says.
type Registry struct {
	Dir, Program string
	CA           string `json:"ca"` // the file of its certificate, in Dir
	Production   struct {
		EPP, WHOIS, DNS, RDAP, HTTPS string
		Registrars                   []Registrar
	}
	OTE struct { // the test environment
		EPP, HTTPS string
		Registrars []Registrar
	}
}

// A Registrar is one of a demo, and who may sign in to its console.
type Registrar struct {
	ID, EPPPassword string
	Console         []User
}

// A User is one who can sign in.
type User struct{ User, Password, Role string }

// Start builds the program and starts a demo on the chosen database, which ends with t.
func Start(t testing.TB) Registry {
	t.Helper()
	r := Registry{Dir: filepath.Join(t.TempDir(), "demo"), Program: filepath.Join(t.TempDir(), "dorado")}
	schema.Build(t, r.Program)
	args := []string{"demo", "--dir", r.Dir, "--port-base", strconv.Itoa(peer.RegistryBase(t)), "--dnssec-algorithm", "13"}
	if dsn, postgres := pg.Chosen(t); postgres {
		args = append(args, "--database", dsn)
	}
	peer.Start(t, exec.Command(r.Program, args...)).Await(t, "dorado: ready", time.Minute)
	text, err := os.ReadFile(filepath.Join(r.Dir, "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// As returns the user of a registrar who has a role.
func (r Registry) As(t testing.TB, registrar, role string) User {
	t.Helper()
	for _, one := range r.Production.Registrars {
		for _, u := range one.Console {
			if one.ID == registrar && u.Role == role {
				return u
			}
		}
	}
	t.Fatalf("the demo has no %s of %s", role, registrar)
	return User{}
}
