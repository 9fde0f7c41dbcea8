package policy

import "example.org/dorado/core/ledger"

// Prices are what one year of each operation costs a name that has no price of its own.
// Decisions 5.3; a transfer costs the renewal.
type Prices struct {
	Create  ledger.Money `json:"create"`
	Renew   ledger.Money `json:"renew"`
	Restore ledger.Money `json:"restore"`
}

// An Operation is something that has a price.
type Operation string

// The operations. RFC 8748 section 3.1.
const (
	OpCreate   Operation = "create"
	OpRenew    Operation = "renew"
	OpTransfer Operation = "transfer"
	OpRestore  Operation = "restore"
)

// A Fee is one line of a Quote.
type Fee struct {
	Type   ledger.Type
	Amount ledger.Money
}

// A Quote is what an operation costs: its fees, in the order in which they are told.
type Quote struct{ Fees []Fee }

// Total returns the sum of the fees.
func (q Quote) Total() ledger.Money {
	var total ledger.Money
	for _, f := range q.Fees {
		total += f.Amount
	}
	return total
}

// Quote is the one pricing function: what an operation costs under the terms, for so many years.
// A create of several years is one create and the rest renewals. Decisions 4.9.
func (t Terms) Quote(op Operation, years int) Quote {
	switch op {
	case OpCreate:
		q := Quote{[]Fee{{ledger.Registration, t.Prices.Create}}}
		if years > 1 {
			q.Fees = append(q.Fees, Fee{ledger.Renewal, t.Prices.Renew.Times(years - 1)})
		}
		return q
	case OpRenew, OpTransfer:
		return Quote{[]Fee{{ledger.Renewal, t.Prices.Renew.Times(years)}}}
	case OpRestore:
		return Quote{[]Fee{{ledger.Restore, t.Prices.Restore}}}
	}
	return Quote{}
}
