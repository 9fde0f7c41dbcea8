package openssl_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"example.org/dorado/test/peer"
)

// Signing by OpenSSL needs a C compiler and its headers, so the program is built without it unless it is asked for. The
// tests of it are built as such a program is, with the tag openssl, and run.
func TestSigningByOpenSSL(t *testing.T) {
	peer.LookAtSource(t)
	peer.Need(t, "gcc")
	cmd := exec.Command("go", "test", "-tags", "openssl", "-count=1", "-run", "^TestRSA", "-v", ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestRSASignsAsGoDoes") {
		t.Errorf("%v; libssl-dev has the headers: run make test, or scripts/install\n%s", err, out)
	}
}
