package flow

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// ZonePrices asks what names without a price of their own cost the registrar that asks, and which promotions there are
// for it. Manual 6.6 and 12.
type ZonePrices struct{}

// PricesShown is what ZonePrices answers.
type PricesShown struct {
	At         time.Time
	Currency   string
	Zones      []ZonePrice // those that are open to registrars
	Tiers      []policy.Tier
	Reinstate  ledger.Money
	Promotions []PromotionShown // for the registrar, that hold or will, and that it has not used up
	Changes    time.Time        // when the next version of the terms begins; zero if none is known
}

// A ZonePrice is what names of a zone cost, with the promotions that hold now.
type ZonePrice struct {
	Zone    names.Name
	Years   []YearsPrice // for each number of years that is sold
	Restore policy.Quote
}

// A YearsPrice is what so many years cost. A promotion may be for some numbers of years only.
type YearsPrice struct {
	Years                   int
	Create, Renew, Transfer policy.Quote
}

// A PromotionShown is a promotion as registrars are told of it: neither for whom else it is, nor why.
type PromotionShown struct {
	ID         string
	Percent    int
	Fixed      ledger.Money // unless Percent is above 0
	Operations []string
	Zones      []names.Name // none: all
	Years      []int        // none: any
	Premium    bool
	FeeSaid    bool
	Left       int // how often it can be used; 0: without limit
	From       time.Time
	Until      time.Time // zero: it has no end
}

// Answer returns a PricesShown.
func (ZonePrices) Answer(c *Call) (Reply, error) {
	_, found := c.RegistrarByID(c.Registrar.ID)
	if err := c.check(registrarExists(c.Registrar.ID, found)); err != nil {
		return nil, err
	}
	shown := PricesShown{
		At: c.Now, Currency: c.Terms.Prices.Currency, Tiers: c.Terms.Prices.Tiers, Reinstate: c.Terms.Prices.Reinstate,
		Changes: c.Profile.NextVersion(c.Now),
	}
	for _, zone := range c.Profile.Zones {
		if zone.Sold {
			shown.Zones = append(shown.Zones, c.zonePrice(zone.Name))
		}
	}
	for _, p := range c.promotions() {
		if isFor(p, c.Registrar.ID) {
			shown.Promotions = append(shown.Promotions, promotionShown(p))
		}
	}
	return shown, nil
}

// zonePrice asks the pricing function for each number of years.
func (c *Call) zonePrice(zone names.Name) ZonePrice {
	terms := c.Profile.TermsIn(zone, c.Now)
	quote := func(op policy.Operation, years int) policy.Quote {
		q := terms.Quote(op, years, registry.NamePrice{})
		return q.Under(c.promotions(), policy.Buyer{Registrar: c.Registrar.ID, Zone: zone, At: c.Now})
	}
	z := ZonePrice{Zone: zone, Restore: quote(policy.OpRestore, 1)}
	for years := terms.MinYears; years <= terms.MaxYears; years++ {
		z.Years = append(z.Years, YearsPrice{
			Years: years, Create: quote(policy.OpCreate, years), Renew: quote(policy.OpRenew, years),
			Transfer: quote(policy.OpTransfer, years),
		})
	}
	return z
}

// isFor reports whether a promotion is for a registrar, at some time, for something.
func isFor(p registry.Promotion, id registry.RegistrarID) bool {
	p.Operations, p.Zones, p.Years = []string{string(policy.OpCreate)}, nil, nil
	return p.IsFor(string(policy.OpCreate), 1, names.Name{}, id)
}

func promotionShown(p registry.Promotion) PromotionShown {
	s := PromotionShown{
		ID: p.ID, Percent: p.Percent, Fixed: p.Fixed, Operations: p.Operations, Zones: p.Zones, Years: p.Years,
		Premium: p.Premium, FeeSaid: p.FeeSaid, From: p.From, Until: p.Until,
	}
	if p.Uses > 0 {
		s.Left = p.Uses - p.Used
	}
	return s
}
