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
// of premium names. Decisions 5.3; a transfer costs the renewal.
type Prices struct {
	Currency string       `json:"currency"` // ISO 4217, of every amount
	Create   ledger.Money `json:"create"`
	Renew    ledger.Money `json:"renew"`
	Restore  ledger.Money `json:"restore"` // of premium names, too. Manual 12.2
	Tiers    []Tier       `json:"tiers"`   // the first is tier 1

	Reinstate ledger.Money `json:"reinstate"` // the second and every later hold of a calendar year
}

// A Tier is what one year of a premium name costs. Manual 12.2.
type Tier struct {
	Create ledger.Money `json:"create"`
	Renew  ledger.Money `json:"renew"`
}

// check refuses prices that could not be told.
func (p Prices) check() error {
	if len(p.Currency) != 3 {
		return errors.New("prices: the currency has three letters, such as USD")
	}
	if min(p.Create, p.Renew, p.Restore, p.Reinstate) < 0 {
		return errors.New("no price may be negative")
	}
	for i, tier := range p.Tiers {
		if min(tier.Create, tier.Renew) <= 0 {
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
// are what they are: the version of the terms, and the name's own entry.
type Quote struct {
	Operation Operation
	Years     int
	Currency  string
	Fees      []Fee

	Since time.Time          // from when the terms hold
	Why   string             // the reason of that version
	Entry registry.NamePrice // standard unless the name is premium
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
// create and the rest renewals. Decisions 4.9, 5.3.
func (t *Terms) Quote(op Operation, years int, entry registry.NamePrice) Quote {
	q := Quote{Operation: op, Years: years, Currency: t.Prices.Currency, Since: t.since, Why: t.why, Entry: entry}
	create, renew, restore := t.Prices.of(entry)
	switch op {
	case OpCreate:
		q.Fees = []Fee{{ledger.Registration, create, t.AddGrace}}
		if years > 1 {
			q.Fees = append(q.Fees, Fee{ledger.Renewal, renew.Times(years - 1), t.AddGrace})
		}
	case OpRenew:
		q.Fees = []Fee{{ledger.Renewal, renew.Times(years), t.RenewGrace}}
	case OpTransfer:
		q.Fees = []Fee{{ledger.Renewal, renew.Times(years), t.TransferGrace}}
	case OpRestore:
		q.Fees = []Fee{{ledger.Restore, restore, 0}}
	case OpReinstate:
		q.Fees = []Fee{{ledger.Reinstatement, t.Prices.Reinstate, 0}}
	}
	return q
}

// of returns what one year costs a name: what its entry has, else its tier, else the standard price. An
// entry of a tier that there is no more has the highest of those that there are.
func (p Prices) of(entry registry.NamePrice) (create, renew, restore ledger.Money) {
	tier := Tier{p.Create, p.Renew}
	if n := min(entry.Tier, len(p.Tiers)); n > 0 {
		tier = p.Tiers[n-1]
	}
	return cmp.Or(entry.Create, tier.Create), cmp.Or(entry.Renew, tier.Renew), cmp.Or(entry.Restore, p.Restore)
}
