// Command idntables makes the IDN tables that Dorado ships with: what each language writes is said here,
// and what Unicode says of it is looked up. It writes core/idn/tables; a test holds the files to what it
// makes.
//
//	go run ./cmd/idntables                              writes the tables
//	go run ./cmd/idntables -unihan /usr/share/unicode   takes the Han characters from Unihan anew first
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

const (
	tablesDir = "core/idn/tables"
	hanFile   = "cmd/idntables/han.txt"
)

func main() {
	unihan := flag.String("unihan", "", "a directory with Unihan_*.txt or .txt.bz2, of Debian's unicode-data")
	flag.Parse()
	if err := run(*unihan); err != nil {
		fmt.Fprintln(os.Stderr, "idntables:", err)
		os.Exit(1)
	}
}

func run(unihan string) error {
	if unihan != "" {
		text, err := extract(unihan)
		if err != nil {
			return err
		}
		if err := os.WriteFile(hanFile, text, 0o644); err != nil {
			return err
		}
	}
	text, err := os.ReadFile(hanFile)
	if err != nil {
		return fmt.Errorf("run it where go.mod is: %w", err)
	}
	files, err := makeTables(string(text))
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(tablesDir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// makeTables returns the files of all tables by name.
func makeTables(hanText string) (map[string][]byte, error) {
	han, err := readHan(hanText)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, t := range append(alphabets(), chinese(han), japanese(han), korean()) {
		files[t.id+".xml"] = t.xml()
	}
	return files, nil
}
