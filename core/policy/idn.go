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

// Misfit says why a U-label is in none of the tables that the terms offer, as a predicate: which code point
// none of them has, or else what the table says that takes the most of the label.
func (t Terms) Misfit(label string) string {
	tables := make([]*idn.Table, 0, len(t.IDNTables))
	for _, id := range t.IDNTables {
		if table, ok := t.TableByID(id); ok {
			tables = append(tables, table)
		}
	}
	for _, r := range label {
		if !slices.ContainsFunc(tables, func(table *idn.Table) bool { return table.Contains(r) }) {
			return fmt.Sprintf("has %q (%U), which none of them has", r, r)
		}
	}
	most, nearest := -1, ""
	for _, table := range tables {
		if fitting, problem := table.Fit(label); fitting > most {
			most, nearest = fitting, problem
		}
	}
	return nearest
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
