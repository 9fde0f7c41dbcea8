package main

import (
	"context"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/store"
)

// A listedStore is the database of a sandbox, in which premium and reserved names are those of production, by the sandbox's
// time. They are read there and not copied: a list may have millions of names, and a sandbox is made in a moment.
type listedStore struct {
	*store.DB
	lists registry.Store
}

// View is registry.Store.
func (s listedStore) View(ctx context.Context, f func(registry.Reader) error) error {
	return s.DB.View(ctx, func(r registry.Reader) error { return f(listedReader{r, ctx, s.lists}) })
}

// Update is registry.Store.
func (s listedStore) Update(ctx context.Context, keys registry.Keys, f func(registry.Reader) (registry.Changes, error)) error {
	return s.DB.Update(ctx, keys, func(r registry.Reader) (registry.Changes, error) { return f(listedReader{r, ctx, s.lists}) })
}

// A listedReader reads what is settled about names from production, and all else from the sandbox.
type listedReader struct {
	registry.Reader
	ctx   context.Context
	lists registry.Store
}

// Offer is registry.Reader. The codes that allocate names are production's alone.
func (r listedReader) Offer(name names.Name, at time.Time) (offer registry.Offer, err error) {
	err = r.lists.View(r.ctx, func(lists registry.Reader) error {
		offer, err = lists.Offer(name, at)
		return err
	})
	offer.Allocation = registry.Allocation{}
	return offer, err
}

// VariantListings is registry.Reader.
func (r listedReader) VariantListings(key string) (list []registry.Listing, err error) {
	err = r.lists.View(r.ctx, func(lists registry.Reader) error {
		list, err = lists.VariantListings(key)
		return err
	})
	return list, err
}

// A wakingStore is the database of a sandbox for everybody but its own engine: it is opened when it is used.
type wakingStore struct{ sandbox *sandbox }

// View is registry.Store.
func (s wakingStore) View(ctx context.Context, f func(registry.Reader) error) error {
	o, leave, err := s.sandbox.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return o.core.service.Store.View(ctx, f)
}

// Update is registry.Store.
func (s wakingStore) Update(ctx context.Context, keys registry.Keys, f func(registry.Reader) (registry.Changes, error)) error {
	o, leave, err := s.sandbox.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return o.core.service.Store.Update(ctx, keys, f)
}

// LastLogin is flow.Logins.
func (s wakingStore) LastLogin(ctx context.Context, who registry.RegistrarID) (registry.LoginRecord, error) {
	o, leave, err := s.sandbox.enter(ctx)
	if err != nil {
		return registry.LoginRecord{}, err
	}
	defer leave()
	return o.core.db.LastLogin(ctx, who)
}

// KeepLogin is flow.Logins.
func (s wakingStore) KeepLogin(ctx context.Context, who registry.RegistrarID, l registry.LoginRecord) error {
	o, leave, err := s.sandbox.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return o.core.db.KeepLogin(ctx, who, l)
}

// CountWrongPassword is flow.Logins.
func (s wakingStore) CountWrongPassword(ctx context.Context, who registry.RegistrarID, at time.Time) error {
	o, leave, err := s.sandbox.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return o.core.db.CountWrongPassword(ctx, who, at)
}

// nobody is the database of a registry that knows nobody, for a login that names none.
type nobody struct{}

// View is registry.Store.
func (nobody) View(_ context.Context, f func(registry.Reader) error) error { return f(nobodyReader{}) }

// Update is registry.Store: nobody is there to change anything.
func (nobody) Update(_ context.Context, _ registry.Keys, f func(registry.Reader) (registry.Changes, error)) error {
	_, err := f(nobodyReader{})
	return err
}

// A nobodyReader knows no registrar, and is asked for nothing else.
type nobodyReader struct{ registry.Reader }

// Registrar is registry.Reader.
func (nobodyReader) Registrar(registry.RegistrarID) (r registry.Registrar, found bool, err error) {
	return r, false, nil
}

// RecentRegistrar is registry.Reader.
func (nobodyReader) RecentRegistrar(registry.RegistrarID) (r registry.Registrar, found bool, err error) {
	return r, false, nil
}
