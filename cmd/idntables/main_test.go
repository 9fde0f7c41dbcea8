package main

import (
	"os"
	"path/filepath"
	"testing"

	"example.org/dorado/core/idn"
	"example.org/dorado/test/peer"
)

// The tables in the repository are those that the command makes, and there are no others.
func TestTablesAreMade(t *testing.T) {
	root := peer.Root(t)
	han, err := os.ReadFile(filepath.Join(root, hanFile))
	if err != nil {
		t.Fatal(err)
	}
	files, err := makeTables(string(han))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, tablesDir, name))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s is not what go run ./cmd/idntables makes (%v)", name, err)
		}
	}
	if len(files) != len(idn.IDs()) {
		t.Errorf("%d tables are made, and package idn knows %d", len(files), len(idn.IDs()))
	}
	entries, err := os.ReadDir(filepath.Join(root, tablesDir))
	if err != nil || len(entries) != len(files) {
		t.Errorf("%d files in %s, want %d (%v)", len(entries), tablesDir, len(files), err)
	}
}

// What is kept of Unihan is what Debian's unicode-data says, where it is installed.
func TestHanIsUnihan(t *testing.T) {
	const dir = "/usr/share/unicode"
	if _, err := os.Stat(filepath.Join(dir, "Unihan_Variants.txt.bz2")); err != nil {
		t.Skip("unicode-data is not installed: han.txt is compared with nothing")
	}
	want, err := extract(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(peer.Root(t), hanFile))
	if err != nil || string(got) != string(want) {
		t.Errorf("%s is not what go run ./cmd/idntables -unihan %s makes (%v)", hanFile, dir, err)
	}
}
