package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A Buyer is who asks what something costs, in which zone and when.
type Buyer struct {
	Registrar registry.RegistrarID
	Zone      names.Name
	At        time.Time
}

// Under returns the quote with the best of the promotions that are for it: the one that leaves the least to pay. Of
// several that leave the same it is one without a limit of uses, and then the first by its id. Manual 6.6, decisions
// 5.3.
func (q Quote) Under(list []registry.Promotion, b Buyer) Quote {
	if len(list) == 0 || len(q.Fees) == 0 {
		return q
	}
	best := q
	for i := range list {
		p := &list[i]
		if !p.Holds(b.At) || q.IsPremium() && !p.Premium || !p.IsFor(string(q.Operation), q.Years, b.Zone, b.Registrar) {
			continue
		}
		if with := q.with(p); with.isBetterThan(best) {
			best = with
		}
	}
	return best
}

// with returns the quote under one promotion: the first fee is less.
func (q Quote) with(p *registry.Promotion) Quote {
	years := q.Years
	if q.Operation == OpCreate || q.Operation == OpRestore {
		years = 1
	}
	q.Regular, q.Promotion = q.Total(), p
	q.Fees = slices.Clone(q.Fees)
	q.Fees[0].Amount = reduced(q.Fees[0].Amount/ledger.Money(years), p).Times(years)
	return q
}

// isBetterThan compares what two promotions make of one quote, the other of which may be without any.
func (q Quote) isBetterThan(other Quote) bool {
	total, least := q.Total(), other.Total()
	switch {
	case total != least || other.Promotion == nil:
		return total < least
	case (q.Promotion.Uses == 0) != (other.Promotion.Uses == 0):
		return q.Promotion.Uses == 0
	}
	return q.Promotion.ID < other.Promotion.ID
}

// reduced returns what one year costs under a promotion, in whole cents; half a cent counts as one.
func reduced(price ledger.Money, p *registry.Promotion) ledger.Money {
	if p.Percent == 0 {
		return min(price, p.Fixed)
	}
	return (price*ledger.Money(100-p.Percent) + 50) / 100
}

// Reason says in a few words why the price is not the standard one, for the charge: "tier 5 of list 3, promotion
// spring". It is empty where it is.
func (q Quote) Reason() string {
	if q.Promotion == nil && !q.IsPremium() {
		return ""
	}
	var parts []string
	if e := q.Entry; q.IsPremium() {
		what := "prices of its own"
		if e.Tier > 0 {
			what = fmt.Sprintf("tier %d", e.Tier)
		}
		if e.List > 0 {
			what += fmt.Sprintf(" of list %d", e.List)
		}
		parts = append(parts, what)
	}
	if q.Promotion != nil {
		parts = append(parts, "promotion "+q.Promotion.ID)
	}
	return strings.Join(parts, ", ")
}
