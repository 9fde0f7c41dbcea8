package store

import (
	"time"

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
		o.byName[offer.Name.String()] = alone(offer)
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
	if offer = alone(offer); !offer.IsZero() {
		o.byName[name] = offer
	}
}

// alone returns what is settled about a name alone, without what price lists make of it.
func alone(offer registry.Offer) registry.Offer {
	prices := make([]registry.NamePrice, 0, len(offer.Prices))
	for _, p := range offer.Prices {
		if p.Until = (time.Time{}); p.List == 0 {
			prices = append(prices, p)
		}
	}
	if offer.Prices = prices; len(prices) == 0 {
		offer.Prices = nil
	}
	if offer.Prices == nil && offer.Listings == nil && offer.Allocation.IsZero() {
		return registry.Offer{}
	}
	return offer
}

// offer tells what is settled about a name, with its prices around an instant. Sure is false where the database
// has to be asked.
func (m *memory) offer(name names.Name, at time.Time) (offer registry.Offer, sure bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.usable() {
		return offer, false
	}
	if len(m.offers.byName) > 0 || len(m.offers.dropped) > 0 {
		text := name.String()
		known := false
		if offer, known = m.offers.byName[text]; !known {
			if _, dropped := m.offers.dropped[text]; dropped {
				return offer, false
			}
		}
	}
	if len(m.prices.lists) == 0 {
		return offer, true
	}
	return m.priced(offer, name, at)
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

// Offer returns what is settled about a name, with its prices around an instant.
func (r *recalling) Offer(name names.Name, at time.Time) (offer registry.Offer, err error) {
	if offer, sure := r.view.known.memory.offer(name, at); sure {
		return offer, nil
	}
	err = r.view.aside(func(aside *reader) error {
		offer, err = aside.Offer(name, at)
		return err
	})
	if err == nil {
		r.view.known.rememberOffer(name, offer)
	}
	return offer, err
}
