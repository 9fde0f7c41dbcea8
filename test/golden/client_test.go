package golden

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.org/dorado/test/demo"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
)

// A Go client that nobody here wrote finds its way: test/clients, a module of its own. It sends the header and
// the document of a frame in two writes, and no clTRID; it announces all that the greeting offers; and its
// check of several names asks for the fee of a create as often as it has names.
func TestGoClient(t *testing.T) {
	pg.Same(t)
	client := filepath.Join(t.TempDir(), "clients")
	build := exec.Command("go", "build", "-o", client, ".")
	build.Dir = filepath.Join(peer.Root(t), "test", "clients")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the client: %v\n%s", err, out)
	}
	r := demo.Start(t)
	who := r.Production.Registrars[0]
	said := run(t, client, r.Production.EPP, filepath.Join(r.Dir, r.CA), who.ID, who.EPPPassword, "cafeazul.co", "caminodorado.co", "com.co")
	t.Log(said)
	for _, line := range []string{
		"login 1000 ", "check of 3: caminodorado.co available true", "check of 1: com.co available false the registry withholds this name",
		"info caminodorado.co is not registered", "logout",
	} {
		if !strings.Contains(said, line) {
			t.Errorf("it did not say %q:\n%s", line, said)
		}
	}
}
