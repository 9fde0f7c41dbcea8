package flow

import (
	"cmp"
	"slices"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// MonthClose makes the invoices of a month, and puts down that it is closed: from then on no charge ends in it. The
// drafts are what MonthDraft answered for every registrar after the charges of AddGraceCharge; nothing is posted in a
// month that is over but by the engine, which closes it. Manual 6.3, decisions 5.6.
type MonthClose struct {
	Month  ledger.Month
	Drafts []Draft
	Fees   []registry.Proposal // what NewNames answered, with the last month of a year

	Series string // of the numbers
	First  int64  // the number with which the series begins
	Issuer registry.Issuer
}

// Subject is month:close.
func (cmd MonthClose) Subject() Subject {
	return Subject{Command: "close", Object: "month", ID: string(cmd.Month)}
}

// Run closes the month; it replies a registry.ClosedMonth.
func (cmd MonthClose) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	next := c.nextMonth()
	last := readBooks(c, func(b registry.Books) (int64, error) { return b.LastInvoice(cmd.Series) })

	// Check.
	if err := c.check(
		monthIsNext(cmd.Month, next),
		monthIsOver(next),
		monthIsSettled(next),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	closed := registry.ClosedMonth{Month: cmd.Month, Closed: c.Now, Series: cmd.Series}
	changes := registry.Changes{Proposals: cmd.Fees}
	number := max(cmd.First, 1)
	if last > 0 {
		number = last + 1
	}
	var lines []registry.InvoiceLine
	for _, draft := range byRegistrar(cmd.Drafts) {
		changes.Balances = append(changes.Balances, draft.Balance)
		if len(draft.Invoice.Lines) == 0 {
			continue
		}
		i := draft.Invoice
		i.Series, i.Number, i.Issuer = cmd.Series, number, cmd.Issuer
		closed.First, closed.Last = cmp.Or(closed.First, number), number
		number++
		lines = append(lines, i.Lines...)
		changes.Invoices = append(changes.Invoices, i)
		changes.Add(c.notify(i.To.ID, c.Now, registry.AccountNotice{
			Step: registry.EventInvoiceMade, At: c.Now, Balance: i.Closing, Amount: i.Total, Reference: i.Name(), Period: string(i.Month),
		}))
	}
	for _, p := range cmd.Fees {
		changes.Add(c.notify(p.Registrar, c.Now, c.feeNotice(p, registry.EventFeeProposed)))
	}
	closed.Lines = byType(lines)
	changes.Months = []registry.ClosedMonth{closed}

	// Return.
	return closed, changes, nil
}

// byRegistrar returns drafts in order of registrar, which is that of their numbers.
func byRegistrar(drafts []Draft) []Draft {
	drafts = slices.Clone(drafts)
	slices.SortFunc(drafts, func(a, b Draft) int { return cmp.Compare(a.Invoice.To.ID, b.Invoice.To.ID) })
	return drafts
}
