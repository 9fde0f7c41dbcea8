package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// When the answer of a commit is lost, those who wait are told what became of their commands: each
// has taken effect once, and nobody is told that his own name was there before him.
func TestLostCommit(t *testing.T) {
	for name, how := range map[string]world.LostCommit{
		"takes effect": world.TakesEffect, "is lost": world.IsLost, "is stuck": world.IsStuck,
	} {
		t.Run(name, func(t *testing.T) {
			w := world.New(t, "2026-03-01T12:00:00Z")
			if !w.Postgres {
				t.Skip("SQLite is part of the process: there is no connection that could be lost")
			}
			w.Contact(world.Acme, "X-1")
			for round := range 5 {
				var all sync.WaitGroup
				release := holdLane(t, w, &all)
				for i := range 10 {
					all.Go(func() {
						_, err := w.Run(world.Acme, flow.DomainCreate{
							Name: world.Name(fmt.Sprintf("name-%d-%d.co", round, i)), Registrant: "X-1", AuthInfo: "secret-1",
							Contacts: []flow.Role{{Role: "admin", ID: "X-1"}, {Role: "tech", ID: "X-1"}},
						})
						if err != nil {
							t.Errorf("name-%d-%d.co: %v", round, i, err)
						}
					})
				}
				w.Fault.LoseCommit(how)
				release()
				all.Wait()
			}
			if got := w.Rows("SELECT COUNT(*) FROM domain"); got != "50\n" {
				t.Errorf("%s names are there, want 50", got)
			}
			if got := w.Rows("SELECT COUNT(*) FROM charge"); got != "50\n" {
				t.Errorf("%s charges are there, want 50", got)
			}
			w.CheckInvariants()
		})
	}
}

// When nobody can learn what became of a commit, those who wait are told so, and nothing is run again.
func TestUnknownCommit(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	if !w.Postgres {
		t.Skip("SQLite is part of the process: there is no connection that could be lost")
	}
	w.Contact(world.Acme, "X-1")
	w.Domain(world.Acme, "first.co") // the session has left a row before the table is locked
	store.Impatient(w.DB)
	direct, err := sql.Open("pgx", w.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Close()
	var all sync.WaitGroup
	release := holdLane(t, w, &all)
	for i := range 5 {
		all.Go(func() {
			_, err := w.Run(world.Acme, flow.ContactCreate{
				ID: fmt.Sprintf("Y-%d", i), Voice: &registry.Phone{Number: "+57.6015550100"}, Email: "ana@example.com",
				Int: &registry.Postal{Name: "Ana", Street: []string{"Calle 10"}, City: "Bogota", Postcode: "1", Country: "CO"},
			})
			if err == nil || !strings.Contains(err.Error(), "commit: ") {
				t.Errorf("a command whose outcome is unknown is answered %v", err)
			}
		})
	}
	eventually(t, "all wait in the lane", func() bool { return store.Waiting(w.DB) == 5 })
	w.Fault.LoseCommit(world.TakesEffect)
	w.Fault.WhenLost(func() { // nobody can look from here on
		tx, err := direct.Begin()
		if err == nil {
			_, err = tx.Exec("LOCK TABLE outcome IN ACCESS EXCLUSIVE MODE")
		}
		if err != nil {
			t.Error(err)
		}
		t.Cleanup(func() { _ = tx.Rollback() })
	})
	release()
	all.Wait()
	if got := w.Rows("SELECT COUNT(*) FROM contact WHERE id LIKE 'Y-%'"); got != "5\n" {
		t.Errorf("%s contacts are there, want 5", got)
	}
}

// holdLane keeps the lane of a registrar busy until it is released, so that what comes meanwhile waits
// and is run as a group.
func holdLane(t *testing.T, w *world.World, all *sync.WaitGroup) (release func()) {
	t.Helper()
	busy, end, done := make(chan struct{}), make(chan struct{}), errors.New("the lane is free again")
	all.Go(func() {
		err := w.DB.Update(t.Context(), registry.Keys{Registrar: world.Acme}, func(registry.Reader) (registry.Changes, error) {
			close(busy)
			<-end
			return registry.Changes{}, done
		})
		if !errors.Is(err, done) {
			t.Errorf("the lane was held until %v", err)
		}
	})
	<-busy
	return func() { close(end) }
}
