package store_test

import (
	"context"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// nameOf reads all registrars, and returns the name of the first.
func nameOf(t *testing.T, db *store.DB) (name string) {
	t.Helper()
	err := db.View(context.Background(), func(r registry.Reader) error {
		list, err := r.Registrars()
		if err == nil && len(list) > 0 {
			name = list[0].Name
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// All registrars are read whole only when one of them has changed, and what another node changed is seen in the next reading.
func TestNodesReadRegistrarsOnce(t *testing.T) {
	w := world.Empty(t)
	if !w.Postgres {
		t.Skip("a SQLite file belongs to one process")
	}
	other := w.Open(nil)
	write(t, w, base())
	for _, db := range []*store.DB{w.DB, other} {
		eventually(t, "the memory is used", func() bool { return store.Remembers(db) })
	}
	eventually(t, "what was read is remembered", func() bool {
		before := nameOf(t, other) // perhaps that of behind all backs, if it was not remembered and then was
		w.Exec("UPDATE registrar SET body = replace(body, 'One', 'Behind all backs')")
		name := nameOf(t, other)
		w.Exec("UPDATE registrar SET body = replace(body, 'Behind all backs', 'One')")
		return name == before
	})
	changed := base().Registrars[0]
	changed.Version, changed.Name = 2, "Two"
	write(t, w, registry.Changes{Registrars: []registry.Registrar{changed}})
	if name := nameOf(t, other); name != "Two" {
		t.Errorf("the other node sees the registrar as %s", name)
	}
	added := registry.Registrar{ID: "H0", Version: 1, Name: "Zero"}
	write(t, w, registry.Changes{Registrars: []registry.Registrar{added}})
	if name := nameOf(t, other); name != "Zero" {
		t.Errorf("the other node sees %s in the place of a registrar that is new", name)
	}
}
