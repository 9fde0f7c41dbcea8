package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A PriceImport is a file of prices that is to be a list.
type PriceImport struct {
	Act
	Starts time.Time // zero: as soon as can be
	policy.PriceFile
}

// noEnd is why a list is dropped that was staged and not made effective.
const noEnd = "its import came to no end"

// stagedAtOnce is how many entries one transaction stages: commands wait for it, on SQLite all of them.
const stagedAtOnce = 250

// ImportPrices makes a list of a file, by commands that do runs one after the other, and returns the list as it is
// effective. What goes wrong leaves nothing that anybody sees: the list is dropped, at the latest by the engine.
func ImportPrices(ctx context.Context, do func(context.Context, Command) (Reply, error), what PriceImport) (registry.PriceList, error) {
	begun, err := do(ctx, PriceListBegin{what.Act, what.Starts, len(what.Entries), what.Digest})
	if err != nil {
		return registry.PriceList{}, err
	}
	id := begun.(registry.PriceList).ID
	for part := range slices.Chunk(what.Entries, stagedAtOnce) {
		if _, err = do(ctx, PriceListStage{id, part}); err != nil {
			break
		}
	}
	var published Reply
	if err == nil {
		published, err = do(ctx, PriceListPublish{id})
	}
	if err == nil {
		return published.(registry.PriceList), nil
	}
	drop := PriceListDrop{Act{Author: what.Author, Reason: noEnd}, id}
	if _, undone := do(context.WithoutCancel(ctx), drop); undone != nil { // the engine will
		err = errors.Join(err, fmt.Errorf("drop the list: %w", undone))
	}
	return registry.PriceList{}, err
}

// PricePreview asks what a file of prices would change, for the operator. Nothing is stored.
type PricePreview struct{ PriceImport }

// PriceDifference is what PricePreview answers. A name that costs the same before and after stays; the sums are of the
// others. Prices are those of a year, without promotions.
type PriceDifference struct {
	Starts time.Time
	Names  int // of the file
	Come, Go, Change,
	Stay int
	Before, After policy.Costs // together

	Registered              int          // of those that do not stay
	RenewBefore, RenewAfter ledger.Money // of those that are registered, together: what their renewals cost a year

	NotForSale int // of the file, since the zone is not sold or withholds them

	Examples []PriceExample // some that come, then some that go, then some that change
}

// A PriceExample is one name that a file changes.
type PriceExample struct {
	Name          names.Name
	Kind          PriceChange
	Before, After policy.Costs
	Registered    bool
	NotForSale    string // why it cannot be registered, registered or not; empty if it can
}

// A PriceChange is what a list does to a name: it comes, since it had no price, it goes, or its price changes.
type PriceChange string

// The changes.
const (
	PriceComes   PriceChange = "comes"
	PriceGoes    PriceChange = "goes"
	PriceChanges PriceChange = "changes"
)

// examplesOfEach is how many examples are told of each kind.
const examplesOfEach = 5

// Answer returns a PriceDifference, or why the file would be refused.
func (q PricePreview) Answer(c *Call) (Reply, error) {
	// Load.
	lists := c.priceLists()
	starts := q.Starts
	if starts.IsZero() {
		starts = c.Terms.Limits.PriceListLead(c.Now)
	}

	// Check.
	if err := c.check(
		actIsExplained(q.Act),
		listFits(c.Terms.Limits, len(q.Entries)),
		noOtherIsStaged(lists),
		listIsNew(lists, q.Digest),
		listBeginsAlone(lists, 0, starts),
		listBeginsAhead(c.Terms.Limits, starts, c.Now),
	); err != nil {
		return nil, err
	}

	// Compare.
	d := PriceDifference{Starts: starts, Names: len(q.Entries)}
	seen := make([]bool, len(q.Entries))
	var gone, changed []pricePair
	for _, before := range c.pricesBefore(starts) {
		i, found := slices.BinarySearchFunc(q.Entries, before.Name, func(e registry.PriceEntry, n names.Name) int {
			return strings.Compare(e.Name.String(), n.String())
		})
		switch {
		case !found:
			gone = append(gone, pricePair{before: before})
		case c.costs(before, starts) != c.costs(q.Entries[i], starts):
			changed = append(changed, pricePair{before, q.Entries[i]})
			fallthrough
		default:
			seen[i] = true
		}
	}
	for i, e := range q.Entries {
		if !seen[i] {
			c.differs(&d, &d.Come, PriceComes, pricePair{after: e})
		}
	}
	for _, p := range gone {
		c.differs(&d, &d.Go, PriceGoes, p)
	}
	for _, p := range changed {
		c.differs(&d, &d.Change, PriceChanges, p)
	}
	for _, e := range q.Entries {
		if c.whyNotForSale(e.From(starts, 0), registry.Offer{}) != "" {
			d.NotForSale++
		}
	}
	d.Stay = d.Names - d.Come - d.Change
	return d, nil
}

// A pricePair is what a name costs before a list begins and after; the zero entry is the standard price.
type pricePair struct{ before, after registry.PriceEntry }

// pricesBefore returns all prices just before an instant.
func (c *Call) pricesBefore(at time.Time) []registry.PriceEntry {
	list, _ := read(c, func() ([]registry.PriceEntry, bool, error) {
		var list []registry.PriceEntry
		err := c.reader.PricesAt(at.Add(-time.Microsecond), func(e registry.PriceEntry) error {
			list = append(list, e)
			return nil
		})
		return list, true, err
	})
	return list
}

// costs are what an entry makes a name cost at an instant.
func (c *Call) costs(e registry.PriceEntry, at time.Time) policy.Costs {
	return c.Profile.TermsOf(e.Name, at).CostsOf(e.From(at, 0))
}

// differs counts a name that does not stay as it is.
func (c *Call) differs(d *PriceDifference, count *int, kind PriceChange, p pricePair) {
	*count++
	p.before.Name = cmp.Or(p.before.Name, p.after.Name)
	p.after.Name = p.before.Name
	e := PriceExample{Name: p.after.Name, Kind: kind, Before: c.costs(p.before, d.Starts), After: c.costs(p.after, d.Starts)}
	d.Before, d.After = d.Before.Plus(e.Before), d.After.Plus(e.After)
	if e.Registered = c.Taken(e.Name); e.Registered {
		d.Registered++
		d.RenewBefore += e.Before.Renew
		d.RenewAfter += e.After.Renew
	}
	if *count <= examplesOfEach {
		e.NotForSale = c.whyNotForSale(p.after.From(d.Starts, 0), c.Offer(e.Name))
		d.Examples = append(d.Examples, e)
	}
}
