package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"example.org/dorado/test/pg"
	"example.org/dorado/test/schema"
)

// A demo at a terminal ends with it; one without goes on and reloads.
func TestDemoHangup(t *testing.T) {
	dir, demo := aDemo(t)
	demo.hangups <- syscall.SIGHUP
	mustRun(t, "epp", "--dir", dir, "check", "domain", "a-b.co")
	demo.stop()

	hangups, out := make(chan os.Signal, 1), &buffer{}
	errs := &buffer{}
	p := &program{in: strings.NewReader(""), out: out, err: errs, env: func(string) string { return "" }, hangups: hangups, attached: true, answers: schema.Watch(t)}
	ended := make(chan int, 1)
	go func() { ended <- p.run(context.Background(), []string{"demo", "--dir", dir}) }()
	eventually(t, func() bool { return strings.HasSuffix(out.String(), readyLine+"\n") })
	hangups <- syscall.SIGHUP
	if status := <-ended; status != 0 {
		t.Errorf("it ended with status %d", status)
	}
	has(t, errs.String(), "stopped; the registry is in "+dir)
	if _, _, status := run(t, "", "registrar", "list", "--dir", dir); status != 1 {
		t.Error("something still runs")
	}
}

// Whoever is in the way is named.
func TestDemoNamesTheOther(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	process := "(process " + strconv.Itoa(os.Getpid()) + ")"
	for _, command := range []string{"demo", "serve"} {
		_, errs, _ := run(t, "", command, "--dir", dir)
		has(t, errs, "is running already "+process)
	}
	t.Chdir(filepath.Dir(dir)) // the directory is the default's from here
	_, errs, _ := run(t, "", "demo", "--dir", "other", "--port-base", demoBase(t, dir))
	has(t, errs, "is in use by another program", "(a dorado "+process+" runs in demo)")
}

// A refused demo leaves nothing in a directory that is not its own.
func TestDemoLeavesNoLock(t *testing.T) {
	dir := shortDir(t)
	if err := os.WriteFile(filepath.Join(dir, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs, status := run(t, "", "demo", "--dir", dir)
	if has(t, errs, "is not empty"); status != 1 || exists(filepath.Join(dir, lockFile)) {
		t.Errorf("status %d, and a lock: %v", status, exists(filepath.Join(dir, lockFile)))
	}
	long := filepath.Join(shortDir(t), strings.Repeat("long", 30))
	for _, command := range []string{"demo", "init"} {
		_, errs, status := run(t, "", command, "--dir", long)
		if has(t, errs, "too long for a Unix socket"); status != 1 || exists(long) {
			t.Errorf("%s: status %d, and a directory: %v", command, status, exists(long))
		}
	}
}

// A registry whose database is gone is not run: only init and demo make one.
func TestServeRefusesMissingDatabase(t *testing.T) {
	dir, _ := newRegistry(t)
	path := filepath.Join(dir, "dorado.db")
	for _, test := range []struct {
		name string
		do   func() error
		says string
	}{
		{"missing", func() error { return os.Remove(path) }, "the database " + path + " is missing; put it back from a backup"},
		{"empty", func() error { return os.WriteFile(path, nil, 0o600) }, "the database " + path + " is empty; put it back"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := test.do(); err != nil {
				t.Fatal(err)
			}
			_, errs, status := run(t, "", "serve", "--dir", dir)
			if has(t, errs, test.says); status != 1 {
				t.Errorf("status %d, want 1", status)
			}
		})
	}
	if exists(path) && len(readAll(t, path)) > 0 {
		t.Error("serve made a database")
	}
}

// The same for an empty database of PostgreSQL, which init makes a registry in.
func TestServeRefusesEmptyPostgres(t *testing.T) {
	dir, _ := newRegistry(t)
	dsn := pg.DSN(t)
	edit(t, dir, `dsn = "dorado.db"`, `dsn = "`+dsn+`"`)
	_, errs, status := run(t, "", "serve", "--dir", dir)
	if has(t, errs, "has no registry in it"); status != 1 {
		t.Errorf("status %d, want 1", status)
	}
	other := filepath.Join(shortDir(t), "r")
	mustRun(t, "init", "--dir", other, "--database", dsn)
	edit(t, other, `address = ""`, `address = "127.0.0.1"`)
	edit(t, other, "port_base = 0", "port_base = "+portBase(t))
	start(t, "serve", "--dir", other).stop()
}

// A schema in which no registry was made, as an empty one of PostgreSQL is after it was opened.
func TestServeRefusesEmptySchema(t *testing.T) {
	dir, _ := newRegistry(t)
	core, err := openCore(t.Context(), dir, defaults(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := core.isMade(t.Context()); err != nil {
		t.Errorf("what init made: %v", err)
	}
	core.db.Close()
	other := defaults()
	other.Database.DSN = "other.db"
	if core, err = openCore(t.Context(), dir, other, nil); err != nil {
		t.Fatal(err)
	}
	defer core.db.Close()
	if err := core.isMade(t.Context()); err == nil || !strings.Contains(err.Error(), "has no registry in it") {
		t.Errorf("an empty schema: %v", err)
	}
}
