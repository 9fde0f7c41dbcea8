package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// patience is how long a test waits for what other processes do; a second is what is promised.
const patience = 20 * time.Second

// eventually waits until something holds, and returns how long that took.
func eventually(t *testing.T, what string, holds func() bool) time.Duration {
	t.Helper()
	start := time.Now()
	for !holds() {
		if time.Since(start) > patience {
			t.Fatalf("after %s still not: %s", patience, what)
		}
	}
	return time.Since(start)
}

// taken reports what a check on a node says.
func taken(t *testing.T, db *store.DB, name string) (found bool) {
	t.Helper()
	err := db.View(context.Background(), func(r registry.Reader) error {
		var err error
		_, found, err = r.DomainDue(world.Name(name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// What a node commits, the others see within the staleness that is promised, and the node itself at
// once; and that from their memories, not from the database.
func TestNodesFollowEachOther(t *testing.T) {
	w := world.Empty(t)
	if !w.Postgres {
		t.Skip("a SQLite file belongs to one process")
	}
	other := w.Open(nil)
	write(t, w, base())
	for _, db := range []*store.DB{w.DB, other} {
		eventually(t, "the memory is used", func() bool { return store.Remembers(db) })
	}
	longest := time.Duration(0)
	for i := range 50 {
		d := base().Domains[0]
		d.Name, d.ROID = world.Name(fmt.Sprintf("name-%d.co", i)), registry.ROID(fmt.Sprintf("D1%d-CO", i))
		if taken(t, other, d.Name.String()) {
			t.Fatalf("%s is there before it was made", d.Name)
		}
		write(t, w, registry.Changes{Domains: []registry.Domain{d}})
		if !taken(t, w.DB, d.Name.String()) {
			t.Fatalf("%s is not seen by the node that made it", d.Name)
		}
		longest = max(longest, eventually(t, "a new name is seen", func() bool { return taken(t, other, d.Name.String()) }))
		write(t, w, registry.Changes{GoneDomains: []registry.Domain{d.Next()}})
		if taken(t, w.DB, d.Name.String()) {
			t.Fatalf("%s is still seen by the node that purged it", d.Name)
		}
		longest = max(longest, eventually(t, "a purged name is free", func() bool { return !taken(t, other, d.Name.String()) }))
	}
	if longest > time.Second {
		t.Errorf("a node was %s behind, want at most a second", longest)
	}
	t.Logf("the longest that a node was behind: %s", longest)
	// Nothing of this came from the database: what is changed there behind all backs is not seen.
	w.Exec("UPDATE domain SET name = 'behind.co' WHERE name = 'example.co'")
	eventually(t, "a check is answered from the memory", func() bool { return !taken(t, other, "behind.co") })
}

// Two nodes create and purge the same names at once. When it is over, both remember what is stored,
// whatever the order in which they heard of it.
func TestNodesAgree(t *testing.T) {
	w := world.Empty(t)
	if !w.Postgres {
		t.Skip("a SQLite file belongs to one process")
	}
	nodes := []*store.DB{w.DB, w.Open(nil)}
	write(t, w, base())
	var working sync.WaitGroup
	for n, db := range nodes {
		working.Go(func() {
			for i := range 400 {
				turn(db, fmt.Sprintf("name-%d.co", i*7%11), fmt.Sprintf("D%d%d-CO", n+1, i))
			}
		})
	}
	working.Wait()
	for n := range 11 {
		name := fmt.Sprintf("name-%d.co", n)
		stored := w.Exists("domain", "name", name)
		for i, db := range nodes {
			eventually(t, fmt.Sprintf("node %d finds %s %t", i, name, stored), func() bool {
				return store.Remembers(db) && taken(t, db, name) == stored
			})
		}
	}
}

// turn creates a name that is not there and purges one that is. That another node was first is no
// fault.
func turn(db *store.DB, name, roid string) {
	lost := errors.New("another node was first")
	tries := 0
	_ = db.Update(context.Background(), registry.Keys{}, func(r registry.Reader) (registry.Changes, error) {
		if tries++; tries > 3 {
			return registry.Changes{}, lost
		}
		d, found, err := r.Domain(world.Name(name))
		if err != nil || found {
			d.Nameservers = nil
			return registry.Changes{GoneDomains: []registry.Domain{d.Next()}}, err
		}
		d = base().Domains[0]
		d.Name, d.ROID = world.Name(name), registry.ROID(roid)
		return registry.Changes{Domains: []registry.Domain{d}}, nil
	})
}

// A node whose listening connection is lost asks the database, and follows again later.
func TestListenerIsLost(t *testing.T) {
	w := world.Empty(t)
	if !w.Postgres {
		t.Skip("a SQLite file belongs to one process")
	}
	write(t, w, base())
	eventually(t, "the memory is used", func() bool { return store.Remembers(w.DB) })
	w.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_notify(''dorado''%' AND pid <> pg_backend_pid()`)
	for i := range 20 { // whether it noticed or not, it is right
		name := fmt.Sprintf("later-%d.co", i)
		d := base().Domains[0]
		d.Name, d.ROID = world.Name(name), registry.ROID(fmt.Sprintf("D2%d-CO", i))
		write(t, w, registry.Changes{Domains: []registry.Domain{d}})
		if !taken(t, w.DB, name) {
			t.Fatalf("%s is not seen by the node that made it", name)
		}
	}
	eventually(t, "the memory is used again", func() bool { return store.Remembers(w.DB) })
	for i := range 20 {
		if name := fmt.Sprintf("later-%d.co", i); !taken(t, w.DB, name) {
			t.Fatalf("%s was forgotten", name)
		}
	}
}
