package registry

import (
	"fmt"
	"time"

	"example.org/dorado/core/ledger"
)

// An Invoice is an informative invoice as it was made when its month was closed. Whatever changes later, it stays what
// was printed. Manual 6.3, decisions 5.6.
type Invoice struct {
	Series string // the number begins with it
	Number int64  // without gaps in a series
	Month  ledger.Month
	Issuer Issuer
	To     Recipient

	Currency string
	Lines    []InvoiceLine // in order of type and zone; together they are everything posted in the month
	Opening  ledger.Money  // the balance at the first instant of the month
	Paid     ledger.Money  // deposits of the month
	Adjusted ledger.Money  // what else came or went: neither a deposit nor a posted charge
	Total    ledger.Money  // of the lines
	Closing  ledger.Money  // the balance at the first instant after the month: Opening + Paid + Adjusted − Total

	// Adjusted in its parts; all are 0 on an invoice of before they were kept.
	Credited   ledger.Money `json:",omitzero"` // what the operator gave, less what it took
	WrittenOff ledger.Money `json:",omitzero"` // what was owed and will not be paid
	Waived     ledger.Money `json:",omitzero"` // fees that were taken back after they were charged
}

// HasParts reports whether it is known what Adjusted is made of.
func (i Invoice) HasParts() bool { return i.Credited != 0 || i.WrittenOff != 0 || i.Waived != 0 }

// An InvoiceLine is the sum of the charges of one type for the names of one zone.
type InvoiceLine struct {
	Type   ledger.Type
	Zone   string `json:",omitzero"` // empty for fees of the account
	Count  int64
	Amount ledger.Money
}

// Name is the number as it is printed, such as "INV-000042".
func (i Invoice) Name() string { return fmt.Sprintf("%s%06d", i.Series, i.Number) }

// Dated is the day of the invoice: the last of its month.
func (i Invoice) Dated() time.Time { return i.Month.LastDay() }

// Count is the number of charges.
func (i Invoice) Count() (n int64) {
	for _, l := range i.Lines {
		n += l.Count
	}
	return n
}
