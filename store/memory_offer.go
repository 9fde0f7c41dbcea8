package store

import (
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// offers are what is remembered of what the registry has settled about names: of all of them, but for
// those that have changed since and were not asked for again.
type offers struct {
	byName  map[string]registry.Offer
	dropped map[string]struct{}
}

// offersFrom remembers offers.
func offersFrom(list []registry.Offer) offers {
	o := offers{make(map[string]registry.Offer, len(list)), map[string]struct{}{}}
	for _, offer := range list {
		o.byName[offer.Name.String()] = offer
	}
	return o
}

// drop forgets what is remembered of a name.
func (o *offers) drop(name string) {
	delete(o.byName, name)
	if o.dropped != nil {
		o.dropped[name] = struct{}{}
	}
}

// keep remembers the offer of a name that was dropped.
func (o *offers) keep(name string, offer registry.Offer) {
	if o.dropped == nil {
		return
	}
	delete(o.dropped, name)
	if !offer.IsZero() {
		o.byName[name] = offer
	}
}

// offer tells what is settled about a name. Sure is false where the database has to be asked.
func (m *memory) offer(name names.Name) (offer registry.Offer, sure bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.usable() {
		return offer, false
	}
	if len(m.offers.byName) == 0 && len(m.offers.dropped) == 0 {
		return offer, true
	}
	text := name.String()
	if offer, known := m.offers.byName[text]; known {
		return offer, true
	}
	_, dropped := m.offers.dropped[text]
	return offer, !dropped
}

// rememberOffer keeps the offer of a name that a view has read, unless one was changed since the view
// began.
func (t moment) rememberOffer(name names.Name, offer registry.Offer) {
	t.memory.mu.Lock()
	defer t.memory.mu.Unlock()
	if t.memory.changed == t.changed {
		t.memory.offers.keep(name.String(), offer)
	}
}

// Offer returns what is settled about a name.
func (r *recalling) Offer(name names.Name) (offer registry.Offer, err error) {
	if offer, sure := r.view.known.memory.offer(name); sure {
		return offer, nil
	}
	err = r.view.aside(func(aside *reader) error {
		offer, err = aside.Offer(name)
		return err
	})
	if err == nil {
		r.view.known.rememberOffer(name, offer)
	}
	return offer, err
}
