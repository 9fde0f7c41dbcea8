package flow

import (
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// HoldList asks for the holds of a registrar's account, the latest first, for the operator. Decisions 5.5.
type HoldList struct{ Registrar registry.RegistrarID }

// A HoldTold is a hold with its fee.
type HoldTold struct {
	registry.AccountHold
	Fee    ledger.Money // zero if it cost nothing
	Waived bool         // the fee was taken back

	// Excused says that it began with another fee, which was taken back: it does not count in its year.
	Excused bool
}

// mostHolds is how many holds a list has.
const mostHolds = 1000

// Answer returns a []HoldTold.
func (q HoldList) Answer(c *Call) (Reply, error) {
	_, found := c.RegistrarByID(q.Registrar)
	if err := c.check(registrarExists(q.Registrar, found)); err != nil {
		return nil, err
	}
	holds := c.holdsOf(q.Registrar)
	list := make([]HoldTold, len(holds))
	for i, h := range holds {
		list[i].AccountHold, list[i].Excused = h, c.isExcused(h)
		if h.Charge != "" {
			fee, _ := c.Charge(h.Charge)
			list[i].Fee, list[i].Waived = fee.Amount, c.hasEntry(ledger.ReversalKey(fee.PostKey()))
		}
	}
	return list, nil
}

func (c *Call) holdsOf(id registry.RegistrarID) []registry.AccountHold {
	list, _ := read(c, func() ([]registry.AccountHold, bool, error) {
		list, err := c.reader.Holds(id, mostHolds)
		return list, true, err
	})
	return list
}

// chargesAtOnce is how many charges of one registrar at one instant are looked at.
const chargesAtOnce = 100

// isExcused reports whether a hold began with a fee that was taken back since, as if it had never been charged: then
// the hold does not count in its year. The fee of a hold makes none begin.
func (c *Call) isExcused(h registry.AccountHold) bool {
	charges := readBooks(c, func(b registry.Books) ([]ledger.Charge, error) {
		return b.Posted(h.Party, registry.Times{From: h.Since, To: h.Since.Add(time.Microsecond)}, registry.Place{}, chargesAtOnce)
	})
	return slices.ContainsFunc(charges, func(charge ledger.Charge) bool {
		return charge.Type.IsFee() && charge.Type != ledger.Reinstatement && c.hasEntry(ledger.ReversalKey(charge.PostKey()))
	})
}

// wasHeldBefore reports whether a hold is not the first of its calendar year that counts. One that this very call
// writes is not among those that are read.
func (c *Call) wasHeldBefore(party ledger.Party, t ledger.Turn) bool {
	excused := 0
	for _, h := range c.holdsOf(registry.RegistrarID(party)) {
		if h.Year != t.At.UTC().Year() || h.Number >= t.HoldsOfYear {
			continue
		}
		if !c.isExcused(h) {
			return true
		}
		excused++
	}
	return excused < t.HoldsOfYear-1
}
