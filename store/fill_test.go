package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// A durable database is never filled: what went wrong half way could not be undone.
func TestFillRefusesDurable(t *testing.T) {
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "registry.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Fill(context.Background(), func(func(store.Life, error) bool) { t.Error("it asked for lives") })
	if err == nil || !strings.Contains(err.Error(), "unsynced") {
		t.Errorf("Fill says %v", err)
	}
}

// Numbers that are taken at once and those that are taken singly, ahead of need or not, are never the
// same.
func TestNumbers(t *testing.T) {
	w := world.Empty(t)
	next := func() (n int64) {
		if err := w.DB.Update(context.Background(), registry.Keys{}, func(r registry.Reader) (_ registry.Changes, err error) {
			n, err = r.NextNumber()
			return registry.Changes{}, err
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := next()
	first, err := w.DB.Numbers(context.Background(), 100)
	if err != nil {
		t.Fatal(err)
	}
	after := next()
	if first <= before || after == before || first <= after && after < first+100 {
		t.Errorf("%d, then 100 from %d, then %d", before, first, after)
	}
}

// A number that was given is never given again, also if a transaction that took some was undone and the
// program then ends.
func TestNumbersOfUndone(t *testing.T) {
	w := world.New(t, "2027-03-01T00:00:00Z")
	take := func(fault error) (n int64) {
		err := w.DB.Update(context.Background(), registry.Keys{}, func(r registry.Reader) (_ registry.Changes, err error) {
			n, err = r.NextNumber()
			return registry.Changes{}, errors.Join(err, fault)
		})
		if !errors.Is(err, fault) {
			t.Fatal(err)
		}
		return n
	}
	given := map[int64]bool{}
	for range 3 {
		take(errors.New("a fault"))
		n := take(nil)
		if given[n] {
			t.Errorf("%d was given twice", n)
		}
		given[n] = true
		w.Reopen()
	}
}

// What a fill puts aside is there again afterwards: every index and every key.
func TestFillPutsBack(t *testing.T) {
	w := world.Empty(t)
	schema := "SELECT name, sql FROM sqlite_master ORDER BY name"
	if w.Postgres {
		schema = `SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2`
	}
	before := w.Rows(schema)
	if err := w.DB.Fill(context.Background(), func(func(store.Life, error) bool) {}); err != nil {
		t.Fatal(err)
	}
	if after := w.Rows(schema); after != before {
		t.Errorf("the schema was\n%s\nand is\n%s", before, after)
	}
}
