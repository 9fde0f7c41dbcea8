package main

import (
	"bufio"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A fields is what Unihan says of characters, by property. Unicode Standard Annex 38.
type fields map[string]map[rune]string

// wanted are the properties that tables are made from, by the file that has them.
var wanted = map[string][]string{
	"Unihan_OtherMappings": {"kTGH", "kGB0", "kBigFive", "kJis0"},
	"Unihan_Variants":      {"kSimplifiedVariant", "kTraditionalVariant", "kZVariant", "kSemanticVariant"},
}

// extract reads Unihan and returns what is kept of it in han.txt: which characters Chinese and Japanese
// standards have, and which stand for each other.
func extract(dir string) ([]byte, error) {
	found := fields{}
	for file, properties := range wanted {
		if err := found.read(filepath.Join(dir, file+".txt"), properties); err != nil {
			return nil, err
		}
	}
	var b strings.Builder
	b.WriteString("# Taken from the Unicode Han Database, Unicode 15.0.0, by go run ./cmd/idntables -unihan DIR.\n" +
		"# Copyright (c) 1991-2022 Unicode, Inc. All rights reserved. https://www.unicode.org/terms_of_use.html\n#\n" +
		"# zh: kTGH, kGB0 or kBigFive; ja: kJis0. The rest are pairs within zh and ja: simplified by\n" +
		"# kSimplifiedVariant, traditional by kTraditionalVariant, same by kZVariant or by kSemanticVariant of\n" +
		"# two sources or more.\n")
	zh := found.having("kTGH", "kGB0", "kBigFive")
	ja := found.having("kJis0")
	writeLines(&b, "zh", strings.Split(string(zh), ""))
	writeLines(&b, "ja", strings.Split(string(ja), ""))
	all := map[rune]bool{}
	for _, r := range slices.Concat(zh, ja) {
		all[r] = true
	}
	writeLines(&b, "simplified", found.pairs(all, "kSimplifiedVariant"))
	writeLines(&b, "traditional", found.pairs(all, "kTraditionalVariant"))
	writeLines(&b, "same", found.pairs(all, "kZVariant", "kSemanticVariant"))
	return []byte(b.String()), nil
}

// read takes properties from a file, which may be compressed.
func (f fields) read(path string, properties []string) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		file, err = os.Open(path + ".bz2")
	}
	if err != nil {
		return err
	}
	defer file.Close()
	var text io.Reader = file
	if strings.HasSuffix(file.Name(), ".bz2") {
		text = bzip2.NewReader(file)
	}
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		parts := strings.SplitN(lines.Text(), "\t", 3)
		if len(parts) != 3 || !slices.Contains(properties, parts[1]) {
			continue
		}
		r, err := uPlus(parts[0])
		if err != nil {
			return fmt.Errorf("%s: %w", file.Name(), err)
		}
		if f[parts[1]] == nil {
			f[parts[1]] = map[rune]string{}
		}
		f[parts[1]][r] = parts[2]
	}
	return lines.Err()
}

func uPlus(s string) (rune, error) {
	v, err := strconv.ParseUint(strings.TrimPrefix(s, "U+"), 16, 32)
	return rune(v), err
}

// having are the characters that have one of the properties, without the compatibility ideographs, which
// IDNA2008 disallows.
func (f fields) having(properties ...string) []rune {
	set := map[rune]bool{}
	for _, p := range properties {
		for r := range f[p] {
			if r < 0xF900 || r > 0xFAFF {
				set[r] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// pairs are those within a repertoire that a property connects, each as two characters, in order.
func (f fields) pairs(within map[rune]bool, properties ...string) []string {
	set := map[string]bool{}
	for _, p := range properties {
		for r, value := range f[p] {
			for target := range strings.FieldsSeq(value) {
				code, sources, _ := strings.Cut(target, "<")
				to, err := uPlus(code)
				if err != nil || !within[r] || !within[to] || to == r && p != "kSimplifiedVariant" && p != "kTraditionalVariant" {
					continue
				}
				if p == "kSemanticVariant" && !strings.Contains(sources, ",") {
					continue
				}
				set[string(r)+string(to)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// writeLines writes words behind a key, some to a line.
func writeLines(b *strings.Builder, key string, words []string) {
	separator := ""
	if key != "zh" && key != "ja" {
		separator = " "
	}
	for line := range slices.Chunk(words, 40) {
		fmt.Fprintf(b, "%s %s\n", key, strings.Join(line, separator))
	}
}
