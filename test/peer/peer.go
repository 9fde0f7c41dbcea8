// Package peer owns the tests' way to the programs of others: finding them, running them, ending them,
// and finding the published schemas. It knows no protocol.
package peer

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Need returns the path of a program, and fails t if it is not installed. A test against a real
// counterpart that skips itself would pass on the machine where nobody installed it.
func Need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatalf("%s is not installed: run make test, or scripts/install", program)
	}
	return path
}

// NeedPerl fails t if the Perl module, such as Net::EPP::Client, is not installed.
func NeedPerl(t testing.TB, module string) {
	t.Helper()
	if out, err := exec.Command(Need(t, "perl"), "-M"+module, "-e1").CombinedOutput(); err != nil {
		t.Fatalf("the Perl module %s is not installed: run make test, or scripts/install\n%s", module, out)
	}
}

// began is the folder in which the test process began: that of the package under test.
var began, _ = os.Getwd()

// Root returns the absolute path of the repository, which is the folder of go.mod: above the folder in which
// the process is or, where a test went elsewhere, began.
func Root(t testing.TB) string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{here, began} {
		for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				return dir
			}
		}
	}
	t.Fatal("there is no go.mod above the folder of the test")
	return ""
}

// Shared returns the folder of the schemas and reference tables that are no part of the product:
// DORADO_SHARED, or ../shared beside the repository. When there is none it says so in t's log and
// returns false; the caller then has to hold to what it keeps in the repository.
func Shared(t testing.TB) (dir string, ok bool) {
	t.Helper()
	dir = os.Getenv("DORADO_SHARED")
	named := dir != ""
	if !named {
		dir = filepath.Join(filepath.Dir(Root(t)), "shared")
	}
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return dir, true
	}
	if named {
		t.Fatalf("DORADO_SHARED names %s, which is not a folder", dir)
	}
	t.Log("no shared folder: set DORADO_SHARED, or put it beside the repository; its comparisons are left out")
	return "", false
}
