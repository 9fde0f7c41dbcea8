package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.org/dorado/core/idn"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// The key that weiss.co and weiß.co share, and the names.
const weissKey = "weiss.co"

var weissNames = world.Names(weissKey, "xn--wei-7ka.co")

// entry is a listing of a name, with what else there is to an entry made of a number.
func entry(name names.Name, n int) registry.Listing {
	starts := now.Add(time.Duration(n) * time.Hour)
	return registry.Listing{Name: name, Kind: registry.Banned, Reason: "a word", Starts: starts, Ends: starts.Add(time.Minute)}
}

// listedAs fails the test unless a reader finds those entries under the key.
func listedAs(t *testing.T, r registry.Reader, want ...registry.Listing) {
	t.Helper()
	got, err := r.VariantListings(weissKey)
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b names.Name) bool { return a == b })); diff != "" || err != nil {
		t.Errorf("listings of the key: %v\n%s", err, diff)
	}
	if other, err := r.VariantListings("strasse.co"); len(other) > 0 || err != nil {
		t.Errorf("listings of another key: %v, %v", other, err)
	}
}

// listedEverywhere is listedAs for a view, for a command that says what it will read, and one that does not.
func listedEverywhere(t *testing.T, w *world.World, want ...registry.Listing) {
	t.Helper()
	view(t, w, func(r registry.Reader) error {
		listedAs(t, r, want...)
		return nil
	})
	for _, keys := range []registry.Keys{{}, {Variants: []string{weissKey}}} {
		err := w.DB.Update(context.Background(), keys, func(r registry.Reader) (registry.Changes, error) {
			listedAs(t, r, want...)
			return registry.Changes{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Views and commands find the entries of all names of a key, with their dates, as they were last put; and so they
// do when the memory was filled anew.
func TestVariantListingsAreThoseStored(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	listedEverywhere(t, w)
	ended := entry(weissNames[0], 1)
	ended.Ends = ended.Starts
	steps := []struct {
		put, want []registry.Listing
	}{
		{[]registry.Listing{entry(world.Name("plain.co"), 1)}, nil},
		{[]registry.Listing{entry(weissNames[1], 2)}, []registry.Listing{entry(weissNames[1], 2)}},
		{[]registry.Listing{entry(weissNames[0], 1)}, []registry.Listing{entry(weissNames[0], 1), entry(weissNames[1], 2)}},
		{[]registry.Listing{ended}, []registry.Listing{ended, entry(weissNames[1], 2)}},
	}
	for _, step := range steps {
		write(t, w, registry.Changes{Listings: step.put})
		listedEverywhere(t, w, step.want...)
	}
	if err := w.DB.Remember(context.Background(), store.Listener{}); err != nil { // as at the next start
		t.Fatal(err)
	}
	last := steps[len(steps)-1].want
	listedEverywhere(t, w, last...)
	write(t, w, registry.Changes{Listings: []registry.Listing{entry(weissNames[1], 3)}})
	listedEverywhere(t, w, append(slices.Clone(last), entry(weissNames[1], 3))...)
}

// Entries that a program without keys has put get theirs when a node starts, and those whose key is not right any
// more get the right one, whatever number of entries a name has.
func TestMigrateKeysListings(t *testing.T) {
	w := world.Empty(t)
	list := []registry.Listing{entry(weissNames[0], 1), entry(weissNames[0], 2), entry(weissNames[1], 1)}
	write(t, w, registry.Changes{Listings: append(slices.Clone(list), entry(world.Name("plain.co"), 1))})
	const keys = "SELECT DISTINCT name, COALESCE(variant, '') FROM listing ORDER BY name"
	want := w.Rows(keys)
	if idn.Key(weissNames[1]) != weissKey {
		t.Fatalf("%s has the key %q", weissNames[1], idn.Key(weissNames[1]))
	}
	for _, spoil := range []string{
		"UPDATE listing SET variant = NULL",
		"UPDATE listing SET variant = 'other.co' WHERE name = 'plain.co'",
		"UPDATE listing SET variant = NULL WHERE starts = (SELECT MIN(starts) FROM listing)",
		"UPDATE listing SET variant = name WHERE name = 'xn--wei-7ka.co'",
	} {
		w.Exec(spoil)
		if w.Rows(keys) == want {
			t.Fatalf("%s changes nothing", spoil)
		}
		if err := w.DB.Migrate(context.Background()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, w.Rows(keys)); diff != "" {
			t.Errorf("after %s:\n%s", spoil, diff)
		}
	}
	listedEverywhere(t, w, list...)
}

// What one node lists, the others find under its key within a second, and in their memory.
func TestNodesFollowVariantListings(t *testing.T) {
	w := world.Empty(t)
	if !w.Postgres {
		t.Skip("a SQLite file belongs to one process")
	}
	other := w.Open(nil)
	write(t, w, base())
	for _, db := range []*store.DB{w.DB, other} {
		eventually(t, "the memory is used", func() bool { return store.Remembers(db) })
	}
	found := func(db *store.DB) (list []registry.Listing) {
		err := db.View(context.Background(), func(r registry.Reader) (err error) {
			list, err = r.VariantListings(weissKey)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	longest := time.Duration(0)
	for n := 1; n <= 10; n++ {
		found(other)
		write(t, w, registry.Changes{Listings: []registry.Listing{entry(weissNames[n%2], n)}})
		if got := len(found(w.DB)); got != n {
			t.Fatalf("the node that put entry %d sees %d", n, got)
		}
		longest = max(longest, eventually(t, "the new entry is seen", func() bool { return len(found(other)) == n }))
	}
	if longest > time.Second {
		t.Errorf("a node was %s behind, want at most a second", longest)
	}
	eventually(t, "what was read is remembered", func() bool {
		found(other)
		return store.RemembersListings(other, weissKey)
	})
}
