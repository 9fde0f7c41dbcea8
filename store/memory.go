package store

import (
	"context"
	"hash/maphash"
	"sync"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A memory answers what is asked most without the database: whether a name is not registered, and who
// a registrar is. It is exact, so it is only kept where this process alone writes: what a commit
// changes is in it before anybody is told of the commit. Commands do not look at it: what is created
// is decided by the database.
type memory struct {
	mu sync.RWMutex

	// names counts the registered names with a hash. It holds no names: a hit says "perhaps", and the
	// database is asked; a miss is sure. Nil means that nothing is known.
	names map[uint64]uint8
	seed  maphash.Seed

	registrars map[registry.RegistrarID]registry.Registrar
	changed    uint64 // how often a registrar was changed
}

// A moment is the state of the memory that a view began in.
type moment struct {
	memory  *memory
	changed uint64
}

// fill reads all names. Nothing else may run meanwhile.
func (m *memory) fill(ctx context.Context, db *DB) error {
	counts := map[uint64]uint8{}
	seed := maphash.MakeSeed()
	err := db.reader.with(ctx, func(s *session) error {
		rows, err := s.query(ctx, allNames)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			name, err := scanValue[string](rows)
			if err != nil {
				return err
			}
			counts[maphash.String(seed, name)]++
		}
		return rows.Err()
	})
	m.mu.Lock()
	defer m.mu.Unlock()
	m.names, m.seed, m.registrars = counts, seed, map[registry.RegistrarID]registry.Registrar{}
	return err
}

const allNames = `
SELECT name
FROM   domain`

// follow takes in what a group has committed, before its callers hear of it.
func (m *memory) follow(group []*job) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.names == nil {
		return
	}
	for _, j := range group {
		if j.err == nil && j.panic == nil {
			m.take(j.changes)
		}
	}
}

func (m *memory) take(changes registry.Changes) {
	for _, earlier := range changes.Earlier {
		m.take(earlier)
	}
	for _, d := range changes.GoneDomains {
		key := maphash.String(m.seed, d.Name.String())
		if m.names[key]--; m.names[key] == 0 {
			delete(m.names, key)
		}
	}
	for _, d := range changes.Domains {
		if d.Version == 1 {
			m.names[maphash.String(m.seed, d.Name.String())]++
		}
	}
	for _, r := range changes.Registrars {
		delete(m.registrars, r.ID)
		m.changed++
	}
}

// now returns the moment in which a view begins.
func (m *memory) now() moment {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return moment{m, m.changed}
}

// absent reports whether a name is surely not registered.
func (m *memory) absent(name names.Name) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.names != nil && m.names[maphash.String(m.seed, name.String())] == 0
}

func (m *memory) registrar(id registry.RegistrarID) (registry.Registrar, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	r, ok := m.registrars[id]
	return r, ok
}

// remember keeps a registrar that a view has read, unless one was changed since the view began.
func (t moment) remember(r registry.Registrar) {
	t.memory.mu.Lock()
	defer t.memory.mu.Unlock()
	if t.memory.registrars != nil && t.memory.changed == t.changed {
		t.memory.registrars[r.ID] = r
	}
}

// A recalling reader looks into the memory first.
type recalling struct {
	*reader
	view *view
}

// Domain returns the domain of that name, as it was last written.
func (r *recalling) Domain(name names.Name) (registry.Domain, bool, error) {
	if r.view.known.memory.absent(name) {
		return registry.Domain{}, false, nil
	}
	return r.reader.Domain(name)
}

// DomainDue returns when time next changes the domain of that name.
func (r *recalling) DomainDue(name names.Name) (due time.Time, found bool, err error) {
	if r.view.known.memory.absent(name) {
		return time.Time{}, false, nil
	}
	err = r.view.aside(func(aside *reader) error {
		due, found, err = aside.DomainDue(name)
		return err
	})
	return due, found, err
}

// Registrar returns the registrar of that id.
func (r *recalling) Registrar(id registry.RegistrarID) (found registry.Registrar, ok bool, err error) {
	if known, ok := r.view.known.memory.registrar(id); ok {
		return known, true, nil
	}
	err = r.view.aside(func(aside *reader) error {
		found, ok, err = aside.Registrar(id)
		return err
	})
	if ok && err == nil {
		r.view.known.remember(found)
	}
	return found, ok, err
}
