package store_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// A lease that moves while a command is decided under it is noticed when the command is written: nothing of it
// is stored, and the others of its group are.
func TestLeaseMovesMeanwhile(t *testing.T) {
	w := sharedWorld(t)
	number, _, err := w.DB.TakeLease(t.Context(), "engine", "one", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	held := registry.Fence{Lease: "engine", Number: number}
	tries := 0
	var all sync.WaitGroup
	busy, release := make(chan struct{}), make(chan struct{})
	run := func(f func() registry.Changes, want error) {
		all.Go(func() {
			err := w.DB.Update(context.Background(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) { return f(), nil })
			if !errors.Is(err, want) {
				t.Errorf("it is answered %v, want %v", err, want)
			}
		})
	}
	run(func() registry.Changes { close(busy); <-release; return registry.Changes{} }, nil)
	<-busy
	run(func() registry.Changes { return newHost(1) }, nil)
	run(func() registry.Changes {
		if tries++; tries == 1 { // the other node takes it between the decision and the write
			expire(w, "engine")
			if _, held, err := w.DB.TakeLease(t.Context(), "engine", "two", time.Minute); err != nil || !held {
				t.Errorf("the other node takes the lease: %t, %v", held, err)
			}
		}
		changes := newHost(2)
		changes.Fence = held
		return changes
	}, registry.ErrFenced)
	run(func() registry.Changes { return newHost(3) }, nil)
	for store.Waiting(w.DB) < 3 {
		runtime.Gosched()
	}
	close(release)
	all.Wait()
	got := w.Rows("SELECT name FROM host WHERE name IN ('ns11.example.net', 'ns12.example.net', 'ns13.example.net') ORDER BY name")
	if want := "ns11.example.net\nns13.example.net\n"; got != want {
		t.Errorf("stored is\n%swant\n%s", got, want)
	}
}

// A node whose own lease ends while a command is decided writes nothing of it, whoever sent it; when it has a
// lease again, it does.
func TestNodeEndsMeanwhile(t *testing.T) {
	w := sharedWorld(t)
	number, _, err := w.DB.TakeNode(t.Context(), "one", time.Minute, 0)
	if err != nil {
		t.Fatal(err)
	}
	put := func(i int, meanwhile func()) error {
		return w.DB.Update(t.Context(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
			meanwhile()
			return newHost(i), nil
		})
	}
	if err := put(1, func() {}); err != nil {
		t.Errorf("a node with a lease: %v", err)
	}
	before := w.Dump()
	err = put(2, func() { expire(w, "node:one") })
	if !errors.Is(err, registry.ErrFenced) || !errors.Is(err, registry.ErrUnavailable) {
		t.Errorf("a node whose lease ended meanwhile is answered %v", err)
	}
	if after := w.Dump(); after != before {
		t.Error("a node whose lease ended has written")
	}
	if _, renewed, err := w.DB.TakeNode(t.Context(), "one", time.Minute, number); err != nil || renewed {
		t.Errorf("the lease that had ended is prolonged: %t, %v", renewed, err)
	}
	if err := put(3, func() {}); err != nil {
		t.Errorf("a node that has a lease again: %v", err)
	}
	if got := w.Rows("SELECT COUNT(*) FROM host WHERE name = '" + world.Name("ns13.example.net").String() + "'"); got != "1\n" {
		t.Errorf("%s of its hosts are there, want 1", got)
	}
}
