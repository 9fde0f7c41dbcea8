package store_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// Commands that wait while another runs share a commit, and one that goes wrong harms none of the
// others: it faults, panics, is given up, or loses against what is stored, and the rest succeed.
func TestGroupMembersAreIndependent(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	broken := errors.New("a fault while reading")
	host := func(i int) registry.Changes {
		h := base().Hosts[0]
		h.ROID, h.Name = registry.ROID(fmt.Sprintf("H10%d-CO", i)), world.Name(fmt.Sprintf("ns%d.example.net", 10+i))
		return registry.Changes{Hosts: []registry.Host{h}}
	}
	given, giveUp := context.WithCancel(context.Background())
	defer giveUp()

	// The first command holds the writer until all the others wait behind it.
	waiting, hold := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	run := func(name string, ctx context.Context, want error, f func(try int) (registry.Changes, error)) {
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil && fmt.Sprint(p) != want.Error() {
					t.Errorf("%s: panicked with %v", name, p)
				}
			}()
			try := 0
			err := w.DB.Update(ctx, registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
				try++
				return f(try)
			})
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		})
	}
	run("first", context.Background(), nil, func(int) (registry.Changes, error) {
		close(waiting)
		<-hold
		return host(0), nil
	})
	<-waiting
	for i := range 20 {
		run("ordinary", context.Background(), nil, func(int) (registry.Changes, error) { return host(1 + i), nil })
	}
	run("faulty", context.Background(), broken, func(int) (registry.Changes, error) { return host(50), broken })
	run("given up", given, context.Canceled, func(int) (registry.Changes, error) { return host(51), nil })
	run("panicking", context.Background(), errors.New("a bug"), func(int) (registry.Changes, error) { panic("a bug") })
	conflicts := 0
	run("conflicting", context.Background(), broken, func(int) (registry.Changes, error) {
		if conflicts++; conflicts > 5 {
			return registry.Changes{}, broken
		}
		return base(), nil // its objects exist
	})
	giveUp()
	close(hold)
	all.Wait()

	if got := strings.Count(w.Rows("SELECT name FROM host"), "\n"); got != 22 {
		t.Errorf("%d hosts are stored, want 22", got)
	}
	w.CheckInvariants()
}

// A command in a group sees what those before it wrote.
func TestGroupMembersSeeEachOther(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	var all sync.WaitGroup
	const commands = 50
	for range commands {
		all.Go(func() {
			err := w.DB.Update(context.Background(), registry.Keys{}, func(r registry.Reader) (registry.Changes, error) {
				d, _, err := r.Domain(world.Name("shop.co"))
				return registry.Changes{Domains: []registry.Domain{d.Next()}}, err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := w.Rows("SELECT version FROM domain"); got != fmt.Sprintf("%d\n", commands+1) {
		t.Errorf("after %d changes the name has version %s", commands, got)
	}
}

// What one command of a group creates, a later one finds, also when a command between them had all that
// was decided sent to the database.
func TestGroupMembersFindWhatIsNew(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	d := base().Domains[0]
	d.ROID, d.Name = "D7-CO", world.Name("new.co")
	running, hold := make(chan struct{}), make(chan struct{})
	found := false
	commands := []func(registry.Reader) (registry.Changes, error){
		func(registry.Reader) (registry.Changes, error) {
			close(running)
			<-hold
			return registry.Changes{}, nil
		},
		func(registry.Reader) (registry.Changes, error) {
			return registry.Changes{Domains: []registry.Domain{d}}, nil
		},
		func(registry.Reader) (registry.Changes, error) {
			return registry.Changes{Limits: []ledger.Funds{{Party: "H1", CreditLimit: 7_00}}}, nil
		},
		func(r registry.Reader) (_ registry.Changes, err error) {
			_, found, err = r.Domain(d.Name)
			return registry.Changes{}, err
		},
	}
	var all sync.WaitGroup
	for i, command := range commands {
		all.Go(func() {
			if err := w.DB.Update(context.Background(), registry.Keys{}, command); err != nil {
				t.Error(err)
			}
		})
		if i == 0 {
			<-running
		}
		for store.Waiting(w.DB) < i { // they are run in this order
			runtime.Gosched()
		}
	}
	close(hold)
	all.Wait()
	if !found {
		t.Error("the new name is not found")
	}
}

// A database that is closed says so, and what was handed in before is done.
func TestClose(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	if err := w.DB.Close(); err != nil {
		t.Fatal(err)
	}
	if err := update(w, registry.Changes{}); err == nil {
		t.Error("a closed database takes commands")
	}
}

// When the database ends every connection, as at its restart, the next commands and queries go on
// with new ones.
func TestConnectionsAreReplaced(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	if !w.Postgres {
		return // an embedded database has no connections to lose
	}
	w.Rows(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	for range 20 {
		view(t, w, func(r registry.Reader) error {
			_, due, err1 := r.DomainDue(world.Name("shop.co"))
			_, found, err2 := r.Domain(world.Name("shop.co"))
			if err := errors.Join(err1, err2); err != nil {
				return err
			}
			if !due || !found {
				t.Error("the name is gone")
			}
			return nil
		})
		write(t, w, registry.Changes{Marks: []registry.Mark{{Kind: registry.MarkDomain, Name: world.Name("shop.co")}}})
	}
}
