package store

import (
	"context"
	"fmt"

	"example.org/dorado/core/idn"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// VariantListings returns the entries of all lists whose names have a key of package idn, in order of name,
// kind and start.
func (r *reader) VariantListings(key string) ([]registry.Listing, error) {
	return many(r, scanListing, listingsOfKey, key)
}

const listingsOfKey = `
SELECT name, kind, reason, starts, ends
FROM   listing
WHERE  variant = $1
ORDER  BY name, kind, starts`

func scanListing(row row) (l registry.Listing, err error) {
	var name, kind string
	var starts, ends int64
	if err := row.Scan(&name, &kind, &l.Reason, &starts, &ends); err != nil {
		return l, err
	}
	l.Kind, l.Starts, l.Ends = registry.ListKind(kind), instant(starts), instant(ends)
	l.Name, err = names.Parse(name)
	return l, err
}

// VariantListings returns the entries of a key. What a command of the group lists is not plain, so it is in the
// database before another command asks.
func (o *overlay) VariantListings(key string) ([]registry.Listing, error) {
	list, _, err := remembered(o.listed, key, func() ([]registry.Listing, bool, error) {
		if known, sure := o.db.memory.variantListings(key); sure && !o.flushed && o.db.memory.exact() {
			return known, true, nil
		}
		list, err := o.reader.VariantListings(key)
		return list, true, err
	})
	return list, err
}

// VariantListings returns the entries of a key.
func (r *recalling) VariantListings(key string) (list []registry.Listing, err error) {
	if list, sure := r.view.known.memory.variantListings(key); sure {
		return list, nil
	}
	err = r.view.aside(func(aside *reader) error {
		list, err = aside.VariantListings(key)
		return err
	})
	if err == nil {
		r.view.known.rememberListings(key, list)
	}
	return list, err
}

// A listings is what is remembered of the entries of lists whose names have a key: of all keys, but for those
// of which an entry has changed since and that were not asked for again.
type listings struct {
	byKey   map[string][]registry.Listing
	dropped map[string]struct{}
}

// listingsFrom remembers the entries of offers that are in order of name.
func listingsFrom(list []registry.Offer) listings {
	l := listings{map[string][]registry.Listing{}, map[string]struct{}{}}
	for _, offer := range list {
		if len(offer.Listings) == 0 {
			continue
		}
		if key := idn.Key(offer.Name); key != "" {
			l.byKey[key] = append(l.byKey[key], offer.Listings...)
		}
	}
	return l
}

// drop forgets what is remembered of the key of a name.
func (l *listings) drop(name string) {
	parsed, err := names.Parse(name)
	if err != nil || l.dropped == nil {
		return
	}
	if key := idn.Key(parsed); key != "" {
		delete(l.byKey, key)
		l.dropped[key] = struct{}{}
	}
}

// keep remembers the entries of a key that was dropped.
func (l *listings) keep(key string, list []registry.Listing) {
	if l.dropped == nil {
		return
	}
	delete(l.dropped, key)
	if len(list) > 0 {
		l.byKey[key] = list
	}
}

// variantListings tells the entries of a key. Sure is false where the database has to be asked.
func (m *memory) variantListings(key string) (list []registry.Listing, sure bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.usable() {
		return nil, false
	}
	_, dropped := m.listed.dropped[key]
	return m.listed.byKey[key], !dropped
}

// rememberListings keeps the entries of a key that a view has read, unless something was settled anew since the
// view began.
func (t moment) rememberListings(key string, list []registry.Listing) {
	t.memory.mu.Lock()
	defer t.memory.mu.Unlock()
	if t.memory.changed == t.changed {
		t.memory.listed.keep(key, list)
	}
}

// keyListings gives every listed name the key that this program makes of it, as keyDomains does. An entry is a
// short row, so it looks at all of them.
func (s *session) keyListings(ctx context.Context, r *reader) error {
	list, err := many(r, scanListedKey, listedKeys)
	if err != nil {
		return fmt.Errorf("read the listed names that may have variants: %w", err)
	}
	for _, k := range list {
		want := variantKey(k.name)
		if want == nil && k.key == nil || want != nil && k.key != nil && *want == *k.key {
			continue
		}
		if _, err := s.exec(ctx, putListedKey, k.name.String(), want); err != nil {
			return fmt.Errorf("put the variants' key of the listed %s: %w", k.name, err)
		}
	}
	return nil
}

const listedKeys = `
SELECT DISTINCT name, variant
FROM   listing
WHERE  name LIKE 'xn--%' OR name LIKE '%ss%' OR variant IS NOT NULL`

const putListedKey = `
UPDATE listing
SET    variant = $2
WHERE  name = $1`

func scanListedKey(row row) (k keyed, err error) {
	var name string
	if err := row.Scan(&name, &k.key); err != nil {
		return k, err
	}
	k.name, err = names.Parse(name)
	return k, err
}
