package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// aList makes a price list with some entries effective from an instant on.
func aList(id int64, starts time.Time, entries ...registry.PriceEntry) registry.Changes {
	l := registry.PriceList{ID: id, Version: 1, State: registry.ListEffective, Starts: starts, Turn: id, Names: len(entries)}
	changes := registry.Changes{PriceLists: []registry.PriceList{l}}
	for _, e := range entries {
		changes.Staged = append(changes.Staged, registry.StagedEntry{List: id, PriceEntry: e})
	}
	return changes
}

// Price lists come back with what they have, in order; what is cleared is gone; of one version there is one.
func TestPriceListsComeBack(t *testing.T) {
	w := world.Empty(t)
	entries := []registry.PriceEntry{
		{Name: world.Name("gold.co"), Tier: 5, Renew: 200_00}, {Name: world.Name("iron.co"), Create: 1, Renew: 2, Transfer: 3, Restore: 4},
	}
	changes := aList(3, now, slices.Clone(entries)...)
	want := changes.PriceLists[0]
	want.Digest, want.Author, want.Reason, want.Made, want.Touched = "abc", "ana", "a test", now, now
	changes.PriceLists[0] = want
	write(t, w, changes)
	view(t, w, func(r registry.Reader) error {
		same(t, want)(r.PriceList(3))
		lists, err := r.PriceLists()
		if len(lists) != 1 || !reflect.DeepEqual(lists[0], want) {
			t.Errorf("the lists are %+v", lists)
		}
		all, err2 := r.PriceEntries(3, names.Name{}, 10)
		after, err3 := r.PriceEntries(3, world.Name("gold.co"), 10)
		if !reflect.DeepEqual(all, entries) || !reflect.DeepEqual(after, entries[1:]) {
			t.Errorf("the entries are %+v, after gold.co %+v", all, after)
		}
		_, found, err4 := r.PriceList(4)
		if found {
			t.Error("there is a list 4")
		}
		return errors.Join(err, err2, err3, err4)
	})
	gone := want.Next()
	gone.State = registry.ListDropped
	write(t, w, registry.Changes{PriceLists: []registry.PriceList{gone}, Cleared: []registry.Clearing{{List: 3, Limit: 1}}})
	if got := w.Rows("SELECT name FROM price_entry"); got != "iron.co\n" {
		t.Errorf("what is left is %q", got)
	}
	if got := offered(t, w.DB, "iron.co"); !got.IsZero() {
		t.Errorf("a dropped list prices iron.co: %+v", got)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	err := w.DB.Update(ctx, registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
		return registry.Changes{PriceLists: []registry.PriceList{gone}}, nil
	})
	if err == nil {
		t.Error("one version of a list was written twice")
	}
}

// Promotions come back, those that have ended only to who asks for them, with the uses of the registrar that is asked
// about. One use of a registrar has one number.
func TestPromotionsComeBack(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	open := registry.Promotion{ID: "open", Version: 1, Percent: 10, Operations: []string{"create"}, Uses: 2, From: now}
	ended := registry.Promotion{ID: "ended", Version: 1, Fixed: 1, Operations: []string{"renew"}, From: now.Add(-time.Hour), Until: now}
	use := registry.PromotionUse{Promotion: "open", Registrar: "H1", Number: 1, At: now, Charge: "a charge"}
	write(t, w, registry.Changes{Promotions: []registry.Promotion{open, ended}})
	write(t, w, registry.Changes{PromotionUses: []registry.PromotionUse{use}})
	used := open
	used.Used = 1
	for range 2 { // the second time from memory
		view(t, w, func(r registry.Reader) error {
			mine, err := r.Promotions("H1", now)
			others, err2 := r.Promotions("H2", now)
			all, err3 := r.Promotions("H2", now.Add(-time.Second))
			uses, err4 := r.PromotionUses(registry.PromotionUse{Promotion: "open"}, 10)
			if !reflect.DeepEqual(mine, []registry.Promotion{used}) || !reflect.DeepEqual(others, []registry.Promotion{open}) ||
				!reflect.DeepEqual(all, []registry.Promotion{ended, open}) || !reflect.DeepEqual(uses, []registry.PromotionUse{use}) {
				t.Errorf("H1 has %+v, H2 %+v, and all are %+v with the uses %+v", mine, others, all, uses)
			}
			same(t, ended)(r.Promotion("ended"))
			return errors.Join(err, err2, err3, err4)
		})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	err := w.DB.Update(ctx, registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
		return registry.Changes{PromotionUses: []registry.PromotionUse{use}}, nil
	})
	if err == nil {
		t.Error("one use was written twice")
	}
}

// The memory of lists says what the database says, for names in lists and not, at all instants; once a list is loaded
// nobody asks the database for it, and not more than a few are. Each list is loaded beside everything else as soon as it is
// made effective, and of those that nobody has asked for since one goes for another: so the test waits until none comes.
func TestMemoryOfPriceLists(t *testing.T) {
	w := world.Empty(t)
	name := func(i int) names.Name { return world.Name(fmt.Sprintf("n%d.co", i)) }
	w.DB.Close()
	w.DB = w.Open(nil)
	write(t, w, registry.Changes{Prices: []registry.NamePrice{{Name: name(1), From: now.Add(90 * time.Minute), Tier: 9}, {Name: name(2), From: now, Tier: 8}}})
	const lists = 5
	for l := range int64(lists) {
		var entries []registry.PriceEntry
		for i := range 30 {
			if (int64(i)+l)%3 > 0 {
				entries = append(entries, registry.PriceEntry{Name: name(i), Tier: 1 + int(l), Renew: 1})
			}
		}
		write(t, w, aList(l+1, now.Add(time.Duration(l)*time.Hour), entries...))
	}
	instants := []time.Time{now.Add(-time.Second)}
	for l := range lists {
		instants = append(instants, now.Add(time.Duration(l)*time.Hour), now.Add(time.Duration(l)*time.Hour+100*time.Minute))
	}
	for _, at := range instants {
		eventually(t, "the list is loaded", func() bool {
			offeredAt(t, w.DB, name(0), at)
			return store.RemembersOfferAt(w.DB, name(0), at) && !store.LoadsLists(w.DB)
		})
		loads := store.ListLoads(w.DB)
		for i := range 31 {
			known := offeredAt(t, w.DB, name(i), at).PriceAt(at)
			// A node that gets no time to listen is not sure for a while, and asks; what it has loaded it has then still.
			eventually(t, fmt.Sprintf("n%d.co is not asked for at %s", i, at), func() bool { return store.RemembersOfferAt(w.DB, name(i), at) })
			var stored registry.Offer
			err := store.Stored(w.DB, func(r registry.Reader) (err error) {
				stored, err = r.Offer(name(i), at)
				return err
			})
			want := stored.PriceAt(at)
			if known.Until, want.Until = (time.Time{}), (time.Time{}); err != nil || known.Entry() != want.Entry() || known.List != want.List {
				t.Errorf("n%d.co at %s is %+v in memory and %+v in the database, %v", i, at, known, want, err)
			}
		}
		if again := store.ListLoads(w.DB) - loads; again > 0 {
			t.Errorf("at %s lists were loaded %d times more, though the one in force was", at, again)
		}
	}
	if n := store.LoadedLists(w.DB); n > 3 {
		t.Errorf("%d lists are loaded, want 3 at most", n)
	}
}

func offeredAt(t *testing.T, db *store.DB, name names.Name, at time.Time) (offer registry.Offer) {
	t.Helper()
	err := db.View(context.Background(), func(r registry.Reader) (err error) {
		offer, err = r.Offer(name, at)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return offer
}

// A list that one node makes effective is known to the others within a second, without a question for every name; and so
// is a promotion, and that a registrar has used it.
func TestNodesFollowPriceLists(t *testing.T) {
	w := world.Empty(t)
	if !w.Postgres {
		t.Skip("a SQLite file belongs to one process")
	}
	other := w.Open(nil)
	write(t, w, base())
	for _, db := range []*store.DB{w.DB, other} {
		eventually(t, "the memory is used", func() bool { return store.Remembers(db) })
	}
	gold := world.Name("gold.co")
	longest := time.Duration(0)
	for id := int64(1); id <= 5; id++ {
		starts := now.Add(time.Duration(id) * time.Hour)
		write(t, w, aList(id, starts, registry.PriceEntry{Name: gold, Tier: int(id)}))
		longest = max(longest, eventually(t, "the list is seen", func() bool { return offeredAt(t, other, gold, starts).PriceAt(starts).Tier == int(id) }))
		eventually(t, "the list is loaded", func() bool {
			offeredAt(t, other, gold, starts)
			return store.RemembersOfferAt(other, gold, starts)
		})
		if before := offeredAt(t, other, gold, starts.Add(-1)).PriceAt(starts.Add(-1)).Tier; before != int(id)-1 {
			t.Errorf("just before list %d the tier is %d", id, before)
		}
	}
	promoted := func(db *store.DB) (list []registry.Promotion) {
		err := db.View(context.Background(), func(r registry.Reader) (err error) {
			list, err = r.Promotions("H1", now)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	promoted(other)
	write(t, w, registry.Changes{Promotions: []registry.Promotion{{ID: "spring", Version: 1, Percent: 5, Operations: []string{"create"}, Uses: 2, From: now}}})
	longest = max(longest, eventually(t, "the promotion is seen", func() bool { return len(promoted(other)) == 1 }))
	write(t, w, registry.Changes{PromotionUses: []registry.PromotionUse{{Promotion: "spring", Registrar: "H1", Number: 1, At: now}}})
	longest = max(longest, eventually(t, "the use is seen", func() bool { return promoted(other)[0].Used == 1 }))
	if longest > time.Second {
		t.Errorf("a node was %s behind, want at most a second", longest)
	}
}

// A database that is closed while a list is loaded ends the load, and closes without a complaint.
func TestClosingEndsALoad(t *testing.T) {
	w := sharedWorld(t)
	gold := world.Name("gold.co")
	write(t, w, aList(1, now, registry.PriceEntry{Name: gold, Tier: 5}))
	eventually(t, "the first node has loaded the list", func() bool {
		offeredAt(t, w.DB, gold, now)
		return store.RemembersOfferAt(w.DB, gold, now)
	})
	w.Exec("ALTER TABLE price_entry RENAME TO entries")
	w.Exec("CREATE VIEW price_entry AS SELECT entries.* FROM entries, pg_advisory_xact_lock_shared(1)") // read, not parsed, it waits
	direct, err := sql.Open("pgx", w.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Close()
	tx, err := direct.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("SELECT pg_advisory_xact_lock(1)"); err != nil {
		t.Fatal(err)
	}
	other := w.Open(nil)
	eventually(t, "the list is being loaded", func() bool { return w.Rows(waiting) == "1\n" })
	if err := other.Close(); err != nil {
		t.Error(err)
	}
}

// waiting counts those of a database that wait for the advisory lock 1.
const waiting = `
SELECT COUNT(*)
FROM   pg_locks
WHERE  locktype = 'advisory' AND classid = 0 AND objid = 1 AND objsubid = 1 AND NOT granted
AND    database = (SELECT oid FROM pg_database WHERE datname = current_database())`
