package main

import (
	"context"
	"slices"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/store"
)

// A listedStore is the database of a sandbox, in which premium and reserved names, and promotions, are those of production, by
// the sandbox's time. They are read there and not copied: a list may have millions of names, and a sandbox is made in a
// moment.
type listedStore struct {
	*store.DB
	lists     registry.Store
	registrar registry.RegistrarID // for which every credential stands
}

// View is registry.Store.
func (s listedStore) View(ctx context.Context, f func(registry.Reader) error) error {
	return s.DB.View(ctx, func(r registry.Reader) error { return f(listedReader{r, ctx, s}) })
}

// Update is registry.Store.
func (s listedStore) Update(ctx context.Context, keys registry.Keys, f func(registry.Reader) (registry.Changes, error)) error {
	return s.DB.Update(ctx, keys, func(r registry.Reader) (registry.Changes, error) {
		changes, err := f(listedReader{r, ctx, s})
		if err != nil {
			return changes, err
		}
		return countingUses(r, changes)
	})
}

// countingUses adds to changes what uses of production's promotions are counted by, where it is not there yet: a promotion of
// the same id that is for nothing.
func countingUses(r registry.Reader, changes registry.Changes) (registry.Changes, error) {
	for _, u := range changes.PromotionUses {
		_, found, err := r.Promotion(u.Promotion)
		if err != nil {
			return changes, err
		}
		if !found {
			counter := registry.Promotion{ID: u.Promotion, Version: 1, From: u.At, Made: u.At, Author: sandboxAuthor, Reason: "counts uses"}
			changes.Promotions = append(changes.Promotions, counter)
		}
	}
	return changes, nil
}

// A listedReader reads what is settled about names, and promotions, from production, and all else from the sandbox.
type listedReader struct {
	registry.Reader
	ctx   context.Context
	store listedStore
}

// Offer is registry.Reader. The codes that allocate names are production's alone.
func (r listedReader) Offer(name names.Name, at time.Time) (offer registry.Offer, err error) {
	err = r.store.lists.View(r.ctx, func(lists registry.Reader) error {
		offer, err = lists.Offer(name, at)
		return err
	})
	offer.Allocation = registry.Allocation{}
	return offer, err
}

// VariantListings is registry.Reader.
func (r listedReader) VariantListings(key string) (list []registry.Listing, err error) {
	err = r.store.lists.View(r.ctx, func(lists registry.Reader) error {
		list, err = lists.VariantListings(key)
		return err
	})
	return list, err
}

// Promotions is registry.Reader. They are those that the sandbox's registrar has in production, and each credential has them.
// Uses are counted in the sandbox alone, from the first, and a reset makes them new: nothing is taken from production's.
func (r listedReader) Promotions(who registry.RegistrarID, endAfter time.Time) (list []registry.Promotion, err error) {
	var all []registry.Promotion
	err = r.store.lists.View(r.ctx, func(lists registry.Reader) error {
		all, err = lists.Promotions("", endAfter) // of nobody, so that production's memory of who used what stays as it is
		return err
	})
	limited := false
	for _, p := range all {
		if len(p.Registrars) > 0 && !slices.Contains(p.Registrars, r.store.registrar) {
			continue
		}
		p.Registrars = nil
		list, limited = append(list, p), limited || p.Uses > 0
	}
	if err != nil || !limited {
		return list, err
	}
	counters, err := r.Reader.Promotions(who, endAfter)
	for _, c := range counters {
		if at := slices.IndexFunc(list, func(p registry.Promotion) bool { return p.ID == c.ID }); at >= 0 {
			list[at].Used = c.Used
		}
	}
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
