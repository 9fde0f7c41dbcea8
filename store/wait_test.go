package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// lockTime is how long the nodes of these tests wait for a lock.
const lockTime = 600 * time.Millisecond

// impatientNode is another node on a world's database, which waits for locks for lockTime.
func impatientNode(t *testing.T, w *world.World) *store.DB {
	t.Helper()
	db, err := store.OpenWith(t.Context(), w.DSN, store.Options{Unsynced: true, LockTime: lockTime})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// newHost is a host that nobody has a lock on.
func newHost(i int) registry.Changes {
	h := base().Hosts[0]
	h.ROID, h.Name = registry.ROID(fmt.Sprintf("H10%d-CO", i)), world.Name(fmt.Sprintf("ns%d.example.net", 10+i))
	return registry.Changes{Hosts: []registry.Host{h}}
}

// When somebody holds a row for long, the commands of a group that need it are all answered within two
// waits together, not within one each; the others of their group succeed, and other lanes go on meanwhile.
func TestLockIsWaitedForOnce(t *testing.T) {
	w := sharedWorld(t)
	direct, err := sql.Open("pgx", w.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Close()
	db := impatientNode(t, w)
	tx, err := direct.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("SELECT name FROM domain WHERE name = 'shop.co' FOR UPDATE"); err != nil {
		t.Fatal(err)
	}

	var all sync.WaitGroup
	var refused atomic.Int32
	busy, release := make(chan struct{}), make(chan struct{})
	run := func(f func(registry.Reader) (registry.Changes, error), ended func(error)) {
		all.Go(func() { ended(db.Update(context.Background(), registry.Keys{Registrar: "H1"}, f)) })
	}
	succeeds := func(err error) {
		if err != nil {
			t.Errorf("a command that needs no lock: %v", err)
		}
	}
	run(func(registry.Reader) (registry.Changes, error) {
		close(busy)
		<-release
		return newHost(0), nil
	}, succeeds)
	<-busy
	const needy, free = 20, 5
	for i := range needy {
		run(func(r registry.Reader) (registry.Changes, error) {
			d, _, err := r.Domain(world.Name("shop.co"))
			return registry.Changes{Domains: []registry.Domain{d.Next()}}, err
		}, func(err error) {
			refused.Add(1)
			if !errors.Is(err, registry.ErrUnavailable) || !strings.Contains(err.Error(), "lock timeout") {
				t.Errorf("command %d that needs the lock is answered %v", i, err)
			}
		})
	}
	for i := range free {
		run(func(registry.Reader) (registry.Changes, error) { return newHost(1 + i), nil }, succeeds)
	}
	eventually(t, "all wait in the lane", func() bool { return store.Waiting(db) == needy+free })
	start := time.Now()
	close(release)
	eventually(t, "the group waits for the lock", func() bool {
		return w.Rows("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") != "0\n"
	})
	err = db.Update(context.Background(), registry.Keys{Registrar: "H2"}, func(registry.Reader) (registry.Changes, error) {
		return newHost(50), nil
	})
	if n := refused.Load(); err != nil || n != 0 {
		t.Errorf("a command of another lane is answered %v, after %d that wait for the lock", err, n)
	}
	all.Wait()
	if took := time.Since(start); took < lockTime || took > needy/2*lockTime { // half of once each, on a busy machine
		t.Errorf("the group was answered after %s, want about %s", took, 2*lockTime)
	}
	if got := w.Rows("SELECT COUNT(*) FROM host WHERE name LIKE 'ns%.example.net'"); got != fmt.Sprintf("%d\n", 1+1+free+1) {
		t.Errorf("%s hosts are there, want %d", got, 3+free)
	}
}
