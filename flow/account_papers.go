package flow

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// OwnInvoices asks for the invoices of the registrar that asks, the latest first. Manual 11.
type OwnInvoices struct {
	Before ledger.Month // OwnInvoicePage.Next of the page before; empty for the first
	Limit  int          // policy.Limits.InvoicesPerPage at most, and if it is 0
}

// An OwnInvoicePage is what OwnInvoices answers.
type OwnInvoicePage struct {
	Invoices []registry.Invoice
	Next     ledger.Month // empty on the last page
}

// Answer returns an OwnInvoicePage.
func (q OwnInvoices) Answer(c *Call) (Reply, error) {
	_, found := c.RegistrarByID(c.Registrar.ID)
	if err := c.check(registrarExists(c.Registrar.ID, found)); err != nil {
		return nil, err
	}
	limit := pageLimit(q.Limit, c.Terms.Limits.InvoicesPerPage)
	page := OwnInvoicePage{}
	page.Invoices, _ = read(c, func() ([]registry.Invoice, bool, error) {
		list, err := c.reader.InvoicesOf(c.Registrar.ID, q.Before, limit)
		return list, true, err
	})
	if n := len(page.Invoices); n == limit {
		page.Next = page.Invoices[n-1].Month
	}
	return page, nil
}

// OwnDeposits asks for the deposits that were booked for the registrar that asks, the latest first.
type OwnDeposits struct {
	Before int64 // OwnDepositPage.Next of the page before; 0 for the first
	Limit  int   // policy.Limits.MoneyActsListed at most, and if it is 0
}

// An OwnDeposit is a deposit as its registrar is told of it.
type OwnDeposit struct {
	Receipt   string // the number of its receipt
	Booked    time.Time
	Value     time.Time // the day on which the bank had the money
	Reference string
	Amount    ledger.Money
	Balance   ledger.Money // after it, in the order of the statement
	Reversed  bool         // it was recorded wrong and taken back: it has no receipt
}

// An OwnDepositPage is what OwnDeposits answers.
type OwnDepositPage struct {
	Deposits []OwnDeposit
	Next     int64 // 0 on the last page
}

// Answer returns an OwnDepositPage.
func (q OwnDeposits) Answer(c *Call) (Reply, error) {
	_, found := c.RegistrarByID(c.Registrar.ID)
	if err := c.check(registrarExists(c.Registrar.ID, found)); err != nil {
		return nil, err
	}
	limit := pageLimit(q.Limit, c.Terms.Limits.MoneyActsListed)
	acts, _ := read(c, func() ([]registry.MoneyAct, bool, error) {
		list, err := c.reader.DepositsOf(c.Registrar.ID, q.Before, limit)
		return list, true, err
	})
	var page OwnDepositPage
	due := c.dueEntries(ledger.Party(c.Registrar.ID))
	for _, a := range acts {
		page.Deposits = append(page.Deposits, OwnDeposit{
			Receipt: a.ID, Booked: bookedAt(a), Value: a.Value, Reference: a.Reference, Amount: a.Amount,
			Balance: c.balanceAfter(a, due), Reversed: a.ReversedBy != "",
		})
	}
	if n := len(acts); n == limit {
		page.Next = acts[n-1].Number
	}
	return page, nil
}
