package lifecycle

import (
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// An Occasion is what happens to a name at an instant that is ahead: a Step, or that something ends which only
// ran.
type Occasion string

// The occasions that are no steps.
const (
	GraceEnds      Occasion = "grace-ends"      // what it would have credited is paid
	HoldEnds       Occasion = "hold-ends"       // from now on a transfer can be requested
	RedemptionEnds Occasion = "redemption-ends" // until now the name could be restored
	Purged         Occasion = "purged"
)

// A Moment is one thing that happens to a name, and when.
type Moment struct {
	At     time.Time
	What   Occasion
	Domain registry.Domain // as it is from then on; of Purged as it was last

	Grace  registry.Grace // of GraceEnds
	Credit ledger.Money   // of GraceEnds: what a deletion just before would credit, for every grace that runs
}

// stepsAhead is how much is told of what follows the next expiry.
const stepsAhead = 3

// Timeline returns what time alone will do to d after an instant if nobody does anything, in order: up to its
// purge, or to the third moment beyond its next expiry. It finds it by advancing d, so that it cannot differ from
// what will happen while the rules stay as they are.
func Timeline(d registry.Domain, r Rules, now time.Time) []Moment {
	d, _, alive := Advance(d, r, now)
	var list []Moment
	for end := -1; alive && (end < 0 || len(list) < end); {
		at := NextChange(d, now)
		list = append(list, endings(d, now, at)...)
		var facts []Fact
		d, facts, alive = Advance(d, r, at)
		for _, fact := range facts {
			list = append(list, Moment{At: fact.At(), What: Occasion(fact.Step), Domain: fact.Domains[0]})
			if end < 0 && isExpiry(fact.Step) {
				end = len(list) + stepsAhead
			}
		}
		if !alive {
			list = append(list, Moment{At: at, What: Purged, Domain: d})
		}
		now = at
	}
	return list
}

func isExpiry(s Step) bool {
	return slices.Contains([]Step{Renewed, Suspended, Expired, RestoreLapsed}, s)
}

// NextChange returns the first instant after one at which a fact of d changes, or something of it ends.
func NextChange(d registry.Domain, after time.Time) time.Time {
	next := Due(d)
	for _, g := range Running(d, after) {
		next = earlier(next, g.Until)
	}
	if OnHold(d, after) {
		next = earlier(next, d.HoldUntil)
	}
	if Restorable(d, after) {
		next = earlier(next, d.Deletion.RestorableTil)
	}
	return next
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// endings returns what of d runs after an instant and ends at a later one. The years of a registration have a grace
// each, which are of one kind and end as one.
func endings(d registry.Domain, after, at time.Time) []Moment {
	var list []Moment
	running := Running(d, after)
	var credit ledger.Money
	for _, g := range running {
		credit += g.Amount
	}
	for _, g := range running {
		told := slices.ContainsFunc(list, func(m Moment) bool { return m.Grace.Kind == g.Kind })
		if g.Until.Equal(at) && !told {
			list = append(list, Moment{At: at, What: GraceEnds, Domain: d, Grace: g, Credit: credit})
		}
	}
	if OnHold(d, after) && d.HoldUntil.Equal(at) {
		list = append(list, Moment{At: at, What: HoldEnds, Domain: d})
	}
	if Restorable(d, after) && d.Deletion.RestorableTil.Equal(at) {
		list = append(list, Moment{At: at, What: RedemptionEnds, Domain: d})
	}
	return list
}

// OnHold reports whether d cannot be transferred yet at an instant, since it was registered or transferred too
// recently. Manual 8.1.6.
func OnHold(d registry.Domain, at time.Time) bool {
	return d.HoldUntil.After(at) && !d.Deletion.Active()
}
