package flow_test

import (
	"context"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A narrowStore has a reader that can read only what a kept answer may depend on: whatever else is read is a nil
// function, and panics.
type narrowStore struct{ registry.Store }

func (s narrowStore) View(ctx context.Context, f func(registry.Reader) error) error {
	return s.Store.View(ctx, func(r registry.Reader) error { return f(narrowReader{all: r}) })
}

type narrowReader struct {
	registry.Reader // nil
	all             registry.Reader
}

func (r narrowReader) Domain(n names.Name) (registry.Domain, bool, error) { return r.all.Domain(n) }
func (r narrowReader) Host(n names.Name) (registry.Host, bool, error)     { return r.all.Host(n) }

func (r narrowReader) Contact(id string) (registry.Contact, bool, error) { return r.all.Contact(id) }

func (r narrowReader) Registrar(id registry.RegistrarID) (registry.Registrar, bool, error) {
	return r.all.Registrar(id)
}
func (r narrowReader) Registrars() ([]registry.Registrar, error) { return r.all.Registrars() }

func (r narrowReader) Versions(f registry.VersionFilter, limit int) ([]registry.Past, error) {
	return r.all.Versions(f, limit)
}

func (r narrowReader) DueDomains(now time.Time, limit int, but ...registry.RegistrarID) ([]registry.DueName, error) {
	return r.all.DueDomains(now, limit, but...)
}
func (r narrowReader) NextDue() (time.Time, error) { return r.all.NextDue() }

// These are read where something is late, of which no answer is kept.

func (r narrowReader) DelegatedTo(host registry.ROID, limit int) ([]names.Name, error) {
	return r.all.DelegatedTo(host, limit)
}
func (r narrowReader) Prefetch(k registry.Keys) error { return r.all.Prefetch(k) }

func (r narrowReader) Offer(n names.Name, at time.Time) (registry.Offer, error) {
	return r.all.Offer(n, at)
}
