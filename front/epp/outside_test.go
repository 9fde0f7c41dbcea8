package epp_test

import (
	"context"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// start is when the tests of this package begin.
const start = "2026-03-01T12:00:00Z"

// newWorld returns a world that bubbles of synctest can share.
func newWorld(t *testing.T) *world.World {
	t.Helper()
	w := world.New(t, start)
	outside := storeOutside(t, w.DB)
	w.Service.Store, w.Service.Logins = outside, outsideLogins{outside, w.DB}
	return w
}

// An outsideStore runs transactions on goroutines outside of bubbles: a store has goroutines,
// connections and timers of its own, and nothing of a bubble may reach them. While a bubble waits for
// one its clock stands still.
type outsideStore struct {
	registry.Store
	idle, begun chan *transaction
}

// A transaction has its channel from outside.
type transaction struct {
	run  func() error
	done chan error
}

func storeOutside(t *testing.T, store registry.Store) *outsideStore {
	const most = 8
	o := &outsideStore{store, make(chan *transaction, most), make(chan *transaction)}
	for range most {
		o.idle <- &transaction{done: make(chan error)}
		go func() {
			for tx := range o.begun {
				tx.done <- tx.run()
			}
		}()
	}
	t.Cleanup(func() { close(o.begun) })
	return o
}

func (o *outsideStore) View(ctx context.Context, f func(registry.Reader) error) error {
	ctx = context.WithoutCancel(ctx) // the end of a context is an event of its bubble
	return o.await(func() error { return o.Store.View(ctx, f) })
}

func (o *outsideStore) Update(ctx context.Context, keys registry.Keys, f func(registry.Reader) (registry.Changes, error)) error {
	ctx = context.WithoutCancel(ctx)
	return o.await(func() error { return o.Store.Update(ctx, keys, f) })
}

// outsideLogins keep their records outside of bubbles too.
type outsideLogins struct {
	store  *outsideStore
	logins flow.Logins
}

func (l outsideLogins) LastLogin(ctx context.Context, id registry.RegistrarID) (last registry.LoginRecord, err error) {
	ctx = context.WithoutCancel(ctx)
	err = l.store.await(func() error {
		last, err = l.logins.LastLogin(ctx, id)
		return err
	})
	return last, err
}

func (l outsideLogins) KeepLogin(ctx context.Context, id registry.RegistrarID, login registry.LoginRecord) error {
	ctx = context.WithoutCancel(ctx)
	return l.store.await(func() error { return l.logins.KeepLogin(ctx, id, login) })
}

func (l outsideLogins) CountWrongPassword(ctx context.Context, id registry.RegistrarID, at time.Time) error {
	ctx = context.WithoutCancel(ctx)
	return l.store.await(func() error { return l.logins.CountWrongPassword(ctx, id, at) })
}

func (o *outsideStore) await(run func() error) error {
	tx := <-o.idle
	tx.run = run
	o.begun <- tx
	err := <-tx.done
	o.idle <- tx
	return err
}
