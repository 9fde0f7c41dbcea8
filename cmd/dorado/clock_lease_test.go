package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"example.org/dorado/test/pg"
)

// copyOf copies the files of a registry's directory into another one, whether or not it runs: mails that are written just
// now, in a folder of their own, are not among them.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(shortDir(t), "copy")
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			if err := os.WriteFile(filepath.Join(to, e.Name()), contents(t, filepath.Join(dir, e.Name())), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return to
}

// A demo's clock can be moved and is that of one process, so nobody else runs on its database meanwhile, and
// it does not begin where somebody runs. When it has ended, another goes on with its clock.
func TestDemoHasItsDatabaseToItself(t *testing.T) {
	first := filepath.Join(shortDir(t), "demo")
	base := portBase(t)
	demo := start(t, "demo", "--dir", first, "--port-base", base, "--database", pg.DSN(t), "--seed-names", "0")
	second := copyOf(t, first)
	refused := func(when, says string, args ...string) {
		t.Helper()
		_, errs, status := run(t, "", args...)
		if has(t, errs, says, "stop it first"); status != 1 {
			t.Errorf("%s: status %d, want 1", when, status)
		}
	}
	again := []string{"demo", "--dir", second, "--port-base", portBase(t)}
	edit(t, second, "port_base = "+base, "port_base = "+again[4])
	refused("a second demo", "another process serves the registry of this database", again...)
	refused("a node beside a demo", "a demo runs on this database", "serve", "--dir", second)
	var moved clockState
	if err := call(t.Context(), first, http.MethodPost, "/clock", clockMove{Advance: "1d"}, &moved); err != nil {
		t.Fatal(err)
	}
	demo.stop()

	demo = start(t, again...)
	var shows clockState
	if err := call(t.Context(), second, http.MethodGet, "/clock", nil, &shows); err != nil {
		t.Fatal(err)
	}
	if shows.Offset != moved.Offset {
		t.Errorf("the second demo's clock is %s ahead, want %s as the first left it", shows.Offset, moved.Offset)
	}
	demo.stop()
}

// A demo does not begin where nodes serve, and leaves nothing there: they go on as before.
func TestDemoRefusesADatabaseInUse(t *testing.T) {
	first := filepath.Join(shortDir(t), "demo")
	base := portBase(t)
	start(t, "demo", "--dir", first, "--port-base", base, "--database", pg.DSN(t), "--seed-names", "0").stop()
	second := copyOf(t, first)
	node := start(t, "serve", "--dir", first)
	_, errs, status := run(t, "", "demo", "--dir", second, "--port-base", portBase(t))
	if has(t, errs, "another process serves the registry of this database"); status != 1 {
		t.Errorf("status %d, want 1", status)
	}
	node.stop()
	start(t, "serve", "--dir", first).stop() // no lease of the demo that was refused is in the way
}
