package store

import (
	"slices"

	"example.org/dorado/core/idn"
	"example.org/dorado/core/names"
)

// What the memory knows of variants: of each key that has names, their hashes. It need not know which names
// they are. A name that is free is mostly one whose key nobody has; where somebody does, the database says
// who. Hashes that meet make it ask once more than it has to.

// variantHash returns the hash of the key of a stored name, if it has one.
func (m *memory) variantHash(name string) (hash uint64, ok bool) {
	parsed, err := names.Parse(name)
	if err != nil {
		return 0, false
	}
	key := idn.Key(parsed)
	if key == "" {
		return 0, false
	}
	hash, _ = m.hash(key)
	return hash, true
}

func (m *memory) putVariant(name string, own uint64) {
	if hash, ok := m.variantHash(name); ok && !slices.Contains(m.variants[hash], own) {
		m.variants[hash] = append(m.variants[hash], own)
	}
}

func (m *memory) dropVariant(name string, own uint64) {
	hash, ok := m.variantHash(name)
	if !ok {
		return
	}
	left := slices.DeleteFunc(m.variants[hash], func(h uint64) bool { return h == own })
	if len(left) == 0 {
		delete(m.variants, hash)
		return
	}
	m.variants[hash] = left
}

// unvaried reports whether no name has a key, as far as the memory is to be asked.
func (m *memory) unvaried(key string) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.usable() {
		return false
	}
	hash, _ := m.hash(key)
	_, recent := m.own[hash]
	return !recent && len(m.variants[hash]) == 0
}

// lacks reports whether no name has a key, beyond doubt.
func (m *memory) lacks(key string) bool { return m.exact() && m.unvaried(key) }

// Variants returns the names that have a key.
func (r *recalling) Variants(key string) (list []names.Name, err error) {
	if r.view.known.memory.unvaried(key) {
		return nil, nil
	}
	err = r.view.aside(func(aside *reader) error {
		list, err = aside.Variants(key)
		return err
	})
	return list, err
}
