package console_test

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

// A registry is a running `dorado demo`, with what its demo.json says.
type registry struct {
	dir, program string
	Production   struct {
		HTTPS      string
		Registrars []struct {
			ID      string
			Console []user
		}
	}
}

// A user is one who can sign in.
type user struct{ User, Password, Role string }

// wellKnown are the ports that the services are named after.
var wellKnown = []int{700, 43, 53, 443}

// demo builds the program and starts a demo on the chosen database.
func demo(t *testing.T) registry {
	t.Helper()
	r := registry{dir: filepath.Join(t.TempDir(), "demo"), program: filepath.Join(t.TempDir(), "dorado")}
	schema.Build(t, r.program)
	args := []string{"demo", "--dir", r.dir, "--port-base", strconv.Itoa(peer.PortBase(t, wellKnown...)), "--dnssec-algorithm", "13"}
	if dsn, postgres := pg.Chosen(t); postgres {
		args = append(args, "--database", dsn)
	}
	peer.Start(t, exec.Command(r.program, args...)).Await(t, "dorado: ready", time.Minute)
	text, err := os.ReadFile(filepath.Join(r.dir, "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// as returns the user of a registrar who has a role.
func (r registry) as(t *testing.T, registrar, role string) user {
	t.Helper()
	for _, one := range r.Production.Registrars {
		for _, u := range one.Console {
			if one.ID == registrar && u.Role == role {
				return u
			}
		}
	}
	t.Fatalf("the demo has no %s of %s", role, registrar)
	return user{}
}
