package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"example.org/dorado/store"
)

// A SQLite file is for one process, and for the next one when that has closed it.
func TestFileIsForOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	first, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "another process uses "+path) {
		t.Errorf("a second one is answered %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	next, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Close(); err != nil {
		t.Error(err)
	}
}
