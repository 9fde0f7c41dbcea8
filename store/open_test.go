package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"example.org/dorado/store"
)

// A database that was used and closed is one file.
func TestSQLiteClosesToOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	db, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Migrate(context.Background()), db.PutSetting(context.Background(), "a", "b")); err != nil {
		t.Fatal(err)
	}
	if _, found, err := db.Setting(context.Background(), "a"); !found || err != nil {
		t.Fatal(found, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(path + "*")
	if err != nil || !slices.Equal(left, []string{path, path + ".lock"}) {
		t.Errorf("after Close there are %v, %v", left, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, dsn := range []string{
		filepath.Join(t.TempDir(), "missing", "registry.db"),
		"postgres://nobody@127.0.0.1:1/none?connect_timeout=1",
		"postgres://%zz",
	} {
		db, err := store.Open(context.Background(), dsn)
		if err == nil {
			db.Close()
			t.Errorf("Open(%q) succeeded", dsn)
		}
	}
}

// The embedded database syncs every commit, in WAL mode, and holds foreign keys.
func TestSQLiteIsDurable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	db, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	store.Pragmas(t, db, got)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		if got[pragma] != want {
			t.Errorf("PRAGMA %s is %q, want %q", pragma, got[pragma], want)
		}
	}
}
