package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
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
