// Package idn owns the tables of internationalized labels: which code points a label in one language
// or script may have, in which context, and which labels are variants of each other. The tables are
// label generation rules in the form of RFC 7940. It takes labels that are valid by IDNA2008 (package
// names) and knows no zone: which tables a zone offers is policy.
package idn

import (
	"fmt"
	"strings"
)

// A Table is the label generation rules of one language or script.
type Table struct {
	id      string
	letters string
}

// ID returns the mnemonic of the table, such as "es": the value of idn:table in EPP.
func (t *Table) ID() string { return t.id }

// Problem says why a U-label is not wholly inside the table, as a predicate such as "has 'ß' (U+00DF),
// which is not in table es". It is empty if the label fits.
func (t *Table) Problem(label string) string {
	for _, r := range label {
		if r != '-' && (r < '0' || '9' < r) && (r < 'a' || 'z' < r) && !strings.ContainsRune(t.letters, r) {
			return fmt.Sprintf("has %q (%U), which is not in table %s", r, r, t.id)
		}
	}
	return ""
}

// BuiltIn returns a table that ships with Dorado.
func BuiltIn(id string) (*Table, error) {
	if id != "es" {
		return nil, fmt.Errorf("there is no IDN table %q", id)
	}
	return &Table{id, "áéíñóúü"}, nil
}
