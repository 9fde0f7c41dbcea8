package flow

import (
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
}

// mostHolds is how many holds a list has.
const mostHolds = 1000

// Answer returns a []HoldTold.
func (q HoldList) Answer(c *Call) (Reply, error) {
	_, found := c.RegistrarByID(q.Registrar)
	if err := c.check(registrarExists(q.Registrar, found)); err != nil {
		return nil, err
	}
	holds, _ := read(c, func() ([]registry.AccountHold, bool, error) {
		list, err := c.reader.Holds(q.Registrar, mostHolds)
		return list, true, err
	})
	list := make([]HoldTold, len(holds))
	for i, h := range holds {
		list[i].AccountHold = h
		if h.Charge != "" {
			fee, _ := c.Charge(h.Charge)
			list[i].Fee, list[i].Waived = fee.Amount, c.hasEntry(ledger.ReversalKey(fee.PostKey()))
		}
	}
	return list, nil
}
