package epp_test

import (
	"context"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// start is when the tests of this package begin.
const start = "2026-03-01T12:00:00Z"

// newWorld returns a world that bubbles of synctest can share.
func newWorld(t *testing.T) *world.World {
	t.Helper()
	w := world.New(t, start)
	w.Service.Store = storeOutside(t, w.DB)
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

func (o *outsideStore) await(run func() error) error {
	tx := <-o.idle
	tx.run = run
	o.begun <- tx
	err := <-tx.done
	o.idle <- tx
	return err
}
