// Package idn owns the tables of internationalized labels: which code points a label in one language
// or script may have, in which context, and which labels are variants of each other. The tables are
// label generation rules in the form of RFC 7940. It takes labels that are valid by IDNA2008 (package
// names) and knows no zone: which tables a zone offers is policy.
package idn

import "slices"

// A Table is the label generation rules of one language or script. It never changes.
type Table struct {
	id   string
	name string // of the language or script, in English
	Meta Meta

	spans     []span            // the repertoire's single code points, ascending
	sequences map[rune][]*char  // the repertoire's sequences by their first code point
	rules     map[string]*rule  // by name
	classes   map[string]*class // by name
	actions   []action
}

// Meta is what a table says of itself. RFC 7940 section 4.3.
type Meta struct {
	Version        string
	VersionComment string
	Date           string // such as 2026-11-22
	Languages      []string
	UnicodeVersion string
	Description    string
	References     []Reference
}

// A Reference is a source that a table names.
type Reference struct{ ID, Text string }

// A span is one code point of the repertoire, or consecutive ones of which the same is said.
type span struct {
	first, last rune
	char        *char
}

// A char is what a table says of an element of its repertoire. RFC 7940 section 5.
type char struct {
	cp            []rune // nil for a span of several
	when, notWhen *rule
	tags          []string
	variants      []variant
	comment       string
}

// A variant is a mapping from an element of the repertoire to what may stand in its place. RFC 7940
// section 5.3.
type variant struct {
	cp            []rune
	kind          string // its type: what actions make of it
	when, notWhen *rule
	comment       string
}

// ID returns the mnemonic of the table, such as "es": the value of idn:table in EPP.
func (t *Table) ID() string { return t.id }

// Name returns the language or script of the table in English, such as "Spanish".
func (t *Table) Name() string { return t.name }

// single returns what the table says of one code point, nil if it is not in the repertoire alone.
func (t *Table) single(r rune) *char {
	i, found := slices.BinarySearchFunc(t.spans, r, func(s span, r rune) int {
		switch {
		case s.last < r:
			return -1
		case s.first > r:
			return 1
		}
		return 0
	})
	if !found {
		return nil
	}
	return t.spans[i].char
}

// Contains reports whether a code point is in the repertoire, be it only as part of a sequence.
func (t *Table) Contains(r rune) bool {
	if t.single(r) != nil {
		return true
	}
	for _, list := range t.sequences {
		if slices.ContainsFunc(list, func(c *char) bool { return slices.Contains(c.cp, r) }) {
			return true
		}
	}
	return false
}
