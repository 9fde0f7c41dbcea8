package main

import (
	"database/sql"
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

// Nor does a database that something else uses, which is left as it is.
func TestInitIntoForeignTables(t *testing.T) {
	path := filepath.Join(shortDir(t), "shop.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE TABLE invoices (id BIGINT)"); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"init", "demo"} {
		dir := filepath.Join(shortDir(t), "r")
		_, errs, status := run(t, "", command, "--dir", dir, "--database", path)
		has(t, errs, "the database has tables of something else: invoices; a registry has a database to itself: name an empty one with --database")
		if status != 1 || exists(dir) {
			t.Errorf("%s: status %d, and a directory: %t", command, status, exists(dir))
		}
	}
}

// A new registry says which algorithm its zones are signed with, where that has a price.
func TestInitTellsOfTheAlgorithm(t *testing.T) {
	for algorithm, told := range map[string]bool{"8": true, "13": false} {
		out := mustRun(t, "init", "--dir", filepath.Join(shortDir(t), "r"), "--dnssec-algorithm", algorithm)
		if is := strings.Contains(out, "zones are signed with algorithm 8 (RSA): that a name does not exist is then told by TCP only"); is != told {
			t.Errorf("--dnssec-algorithm %s: told %v, want %v:\n%s", algorithm, is, told, out)
		}
	}
}
