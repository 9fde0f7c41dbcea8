package token_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"example.org/dorado/test/peer"
)

// Keys on a token need a C compiler, so the program is built without them unless it is asked for. The tests of it are
// built as such a program is, with the tag pkcs11, and run.
func TestKeysOnToken(t *testing.T) {
	peer.LookAtSource(t)
	peer.Need(t, "softhsm2-util")
	cmd := exec.Command("go", "test", "-tags", "pkcs11", "-count=1", "-run", "^TestToken", "-v", ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestTokenKeepsKeys") {
		t.Errorf("%v\n%s", err, out)
	}
}
