package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// A database in which a registry was made takes no second one, although nobody has used it yet; and nothing
// is left of the attempt.
func TestInitIntoAnotherRegistry(t *testing.T) {
	first, second := shortDir(t), shortDir(t)
	mustRun(t, "init", "--dir", filepath.Join(first, "a"))
	_, errs, status := run(t, "", "init", "--dir", filepath.Join(second, "b"), "--database", filepath.Join(first, "a", "dorado.db"))
	if status != 1 || !strings.Contains(errs, "the database holds a registry already") {
		t.Errorf("status %d: %s", status, errs)
	}
	if exists(filepath.Join(second, "b")) {
		t.Error("the directory of a registry that was not made is there")
	}
}
