package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// Whatever is created and purged, a view finds exactly the names that are there, also after the
// database was opened anew, and nothing of what was refused or rolled back.
func TestViewsFindWhatIsThere(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	r := rand.New(rand.NewPCG(1, 2))
	alive := map[names.Name]registry.Domain{}
	for i := range 300 {
		name := world.Name(fmt.Sprintf("name-%d.co", r.IntN(40)))
		d, lives := alive[name]
		switch {
		case lives:
			write(t, w, registry.Changes{GoneDomains: []registry.Domain{d.Next()}})
			delete(alive, name)
		case i%3 == 0: // decided, and then not committed
			broken := errors.New("a fault")
			err := w.DB.Update(context.Background(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
				return registry.Changes{Domains: []registry.Domain{{Name: name, Version: 1}}}, broken
			})
			if !errors.Is(err, broken) {
				t.Fatal(err)
			}
		default:
			d = base().Domains[0]
			d.Name, d.ROID = name, registry.ROID(fmt.Sprintf("D1%d-CO", i))
			write(t, w, registry.Changes{Domains: []registry.Domain{d}})
			alive[name] = d
		}
		if i == 150 {
			if err := w.DB.Remember(context.Background(), store.Listener{}); err != nil { // as at the next start
				t.Fatal(err)
			}
		}
		if i%10 != 0 {
			continue
		}
		view(t, w, func(reader registry.Reader) error {
			for n := range 40 {
				name := world.Name(fmt.Sprintf("name-%d.co", n))
				_, want := alive[name]
				if _, found, err := reader.Domain(name); found != want || err != nil {
					t.Fatalf("step %d: %s found %t, %v, want %t", i, name, found, err, want)
				}
			}
			return nil
		})
	}
}

// What is committed is seen from then on by everybody who looks, also before its sender knows: the publisher
// may find the mark of a name at once, and would take a name that is not found out of the zone.
func TestViewsFindWhatIsCommitted(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	d := base().Domains[0]
	d.Name, d.ROID = world.Name("new.co"), "D9-CO"
	looked := false
	w.Fault.WhenCommitted(func() {
		looked = true
		view(t, w, func(r registry.Reader) error {
			_, found, err1 := r.Domain(d.Name)
			_, due, err2 := r.DomainDue(d.Name)
			if !found || !due && !w.Postgres { // where a check may be a second behind
				t.Errorf("a name that is committed is found %t, and when it is due %t", found, due)
			}
			return errors.Join(err1, err2)
		})
	})
	write(t, w, registry.Changes{Domains: []registry.Domain{d}})
	if !looked {
		t.Error("nobody has looked")
	}
	reads := func() int {
		w.Fault.After(1 << 30)
		view(t, w, func(r registry.Reader) error { _, _, err := r.Domain(world.Name("free.co")); return err })
		return w.Fault.Disarm()
	}
	if n := reads(); n > 0 && !w.Postgres {
		t.Errorf("a name that is free took %d reads of the database after the commit, want none", n)
	}
}

// Who is answered sees what was written before the answer, in views of every session: a registrar's
// change at once, while others read.
func TestViewsSeeARegistrarChange(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					view(t, w, func(reader registry.Reader) error { _, _, err := reader.Registrar("H1"); return err })
				}
			}
		})
	}
	r := base().Registrars[0]
	for i := range 100 {
		r.Version++
		r.Name = fmt.Sprintf("Name %d", i)
		write(t, w, registry.Changes{Registrars: []registry.Registrar{r}})
		view(t, w, func(reader registry.Reader) error {
			got, _, err := reader.Registrar("H1")
			if got.Name != r.Name {
				t.Errorf("after the change to %q a view sees %q", r.Name, got.Name)
			}
			return err
		})
	}
	close(done)
	readers.Wait()
}
