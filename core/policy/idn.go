package policy

import (
	"fmt"
	"slices"

	"example.org/dorado/core/idn"
)

// Table returns the first table of the terms that a U-label is wholly inside of.
func (t Terms) Table(label string) (*idn.Table, bool) {
	for _, id := range t.IDNTables {
		if table, ok := t.TableByID(id); ok && table.Problem(label) == "" {
			return table, true
		}
	}
	return nil, false
}

// TableByID returns the table of that id, if the terms offer it.
func (t Terms) TableByID(id string) (*idn.Table, bool) {
	if !slices.Contains(t.IDNTables, id) {
		return nil, false
	}
	table, err := idn.BuiltIn(id)
	return table, err == nil
}

// checkTables refuses tables that there are not, or that are named twice.
func (t Terms) checkTables() error {
	for i, id := range t.IDNTables {
		if _, err := idn.BuiltIn(id); err != nil {
			return fmt.Errorf("idnTables: %w", err)
		}
		if slices.Contains(t.IDNTables[:i], id) {
			return fmt.Errorf("idnTables: %q is named twice", id)
		}
	}
	return nil
}
