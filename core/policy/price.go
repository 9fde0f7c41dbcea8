package policy

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// Prices are what one year of each operation costs a name that has no price of its own, and the tiers
// of premium names. Decisions 5.3.
type Prices struct {
	Currency string       `json:"currency"` // ISO 4217, of every amount
	Create   ledger.Money `json:"create"`
	Renew    ledger.Money `json:"renew"`
	Transfer ledger.Money `json:"transfer,omitzero"` // 0: the renewal's
	Restore  ledger.Money `json:"restore"`           // of premium names, too. Manual 12.2
	Tiers    []Tier       `json:"tiers"`             // the first is tier 1

	Reinstate ledger.Money `json:"reinstate"` // the second and every later hold of a calendar year
}

// A Tier is what one year of a premium name costs. Manual 12.2.
type Tier struct {
	Create   ledger.Money `json:"create"`
	Renew    ledger.Money `json:"renew"`
	Transfer ledger.Money `json:"transfer,omitzero"` // 0: the renewal's
}

// check refuses prices that could not be told.
func (p Prices) check() error {
	if len(p.Currency) != 3 {
		return errors.New("prices: the currency has three letters, such as USD")
	}
	if min(p.Create, p.Renew, p.Transfer, p.Restore, p.Reinstate) < 0 {
		return errors.New("no price may be negative")
	}
	for i, tier := range p.Tiers {
		if min(tier.Create, tier.Renew) <= 0 || tier.Transfer < 0 {
			return fmt.Errorf("tier %d: its prices must be more than zero", i+1)
		}
	}
	return nil
}

// An Operation is something that has a price.
type Operation string

// The operations. RFC 8748 section 3.1.
const (
	OpCreate   Operation = "create"
	OpRenew    Operation = "renew"
	OpTransfer Operation = "transfer"
	OpRestore  Operation = "restore"

	OpReinstate Operation = "reinstate" // of an account that is on hold again. Decisions 5.5
)

// A Fee is one line of a Quote.
type Fee struct {
	Type   ledger.Type
	Amount ledger.Money
	Grace  Days // for so long the fee is credited if the operation is undone; 0: never. RFC 8748 section 3.4.2
}

// A Quote is what an operation costs a name: its fees, in the order in which they are told; and why they
// are what they are: the version of the terms, the name's own entry, and the promotion that made them less.
type Quote struct {
	Operation Operation
	Years     int
	Currency  string
	Fees      []Fee

	Since time.Time          // from when the terms hold
	Why   string             // the reason of that version
	Entry registry.NamePrice // standard unless the name is premium

	Promotion *registry.Promotion // nil if none applies; shared and not to be changed
	Regular   ledger.Money        // the total without it
}

// Total returns the sum of the fees.
func (q Quote) Total() ledger.Money {
	var total ledger.Money
	for _, f := range q.Fees {
		total += f.Amount
	}
	return total
}

// IsPremium reports whether the name is not sold at the standard prices.
func (q Quote) IsPremium() bool { return !q.Entry.IsStandard() }

// String is the total with its currency, such as "500.00 USD".
func (q Quote) String() string { return q.Total().String() + " " + q.Currency }

// Quote is the one pricing function: what an operation costs a name with an entry of its own, the zero
// one for a standard name, under the terms and for so many years. A create of several years is one
// create and the rest renewals. What a buyer gets off that is Under's. Decisions 4.9, 5.3.
func (t *Terms) Quote(op Operation, years int, entry registry.NamePrice) Quote {
	q := Quote{Operation: op, Years: years, Currency: t.Prices.Currency, Since: t.since, Why: t.why, Entry: entry}
	costs := t.Prices.of(entry)
	switch op {
	case OpCreate:
		q.Fees = []Fee{{ledger.Registration, costs.Create, t.AddGrace}}
		if years > 1 {
			q.Fees = append(q.Fees, Fee{ledger.Renewal, costs.Renew.Times(years - 1), t.AddGrace})
		}
	case OpRenew:
		q.Fees = []Fee{{ledger.Renewal, costs.Renew.Times(years), t.RenewGrace}}
	case OpTransfer:
		q.Fees = []Fee{{ledger.Renewal, costs.Transfer.Times(years), t.TransferGrace}}
	case OpRestore:
		q.Fees = []Fee{{ledger.Restore, costs.Restore, 0}}
	case OpReinstate:
		q.Fees = []Fee{{ledger.Reinstatement, t.Prices.Reinstate, 0}}
	}
	return q
}

// Costs are what one year of each operation costs.
type Costs struct{ Create, Renew, Transfer, Restore ledger.Money }

// Plus returns the sums of both.
func (c Costs) Plus(o Costs) Costs {
	return Costs{c.Create + o.Create, c.Renew + o.Renew, c.Transfer + o.Transfer, c.Restore + o.Restore}
}

// CostsOf returns what one year costs a name, without any promotion.
func (t *Terms) CostsOf(entry registry.NamePrice) Costs { return t.Prices.of(entry) }

// of returns what one year costs a name: what its entry has, else its tier, else the standard price. A transfer
// that has no price costs the renewal beside which it has none. An entry of a tier that there is no more has the
// highest of those that there are.
func (p Prices) of(entry registry.NamePrice) Costs {
	tier := Tier{p.Create, p.Renew, p.Transfer}
	if n := min(entry.Tier, len(p.Tiers)); n > 0 {
		tier = p.Tiers[n-1]
	}
	return Costs{
		Create: cmp.Or(entry.Create, tier.Create), Renew: cmp.Or(entry.Renew, tier.Renew),
		Transfer: cmp.Or(entry.Transfer, entry.Renew, tier.Transfer, tier.Renew), Restore: cmp.Or(entry.Restore, p.Restore),
	}
}
