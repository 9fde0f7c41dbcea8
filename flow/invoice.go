package flow

import (
	"strconv"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// InvoiceList asks for invoices, in order of month and number.
type InvoiceList struct {
	registry.InvoiceFilter
	Limit int // policy.Limits.InvoicesPerPage at most, and if it is 0
}

// An InvoicePage is what InvoiceList answers. Next is the After of the next page; zero on the last.
type InvoicePage struct {
	Invoices []registry.Invoice
	Next     registry.InvoicePlace
}

// Answer returns an InvoicePage.
func (q InvoiceList) Answer(c *Call) (Reply, error) {
	limit := c.Terms.Limits.InvoicesPerPage
	if q.Limit > 0 {
		limit = min(limit, q.Limit)
	}
	var page InvoicePage
	page.Invoices = readBooks(c, func(b registry.Books) ([]registry.Invoice, error) { return b.Invoices(q.InvoiceFilter, limit) })
	if n := len(page.Invoices); n == limit {
		last := page.Invoices[n-1]
		page.Next = registry.InvoicePlace{Month: last.Month, Number: last.Number}
	}
	return page, nil
}

// InvoiceShow asks for one invoice: a registrar for one of its own, the operator for anybody's.
type InvoiceShow struct {
	Series string
	Number int64
}

// Answer returns a registry.Invoice.
func (q InvoiceShow) Answer(c *Call) (Reply, error) {
	i, found := read(c, func() (registry.Invoice, bool, error) { return c.reader.Invoice(q.Series, q.Number) })
	found = found && isOwn(c.Registrar.ID, i.To.ID)
	if err := c.check(invoiceExists(q, found)); err != nil {
		return nil, err
	}
	return i, nil
}

// invoiceExists holds for the number of an invoice.
func invoiceExists(q InvoiceShow, found bool) Rule {
	return refuseIf("invoiceExists", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "invoice", Value: q.Series + strconv.FormatInt(q.Number, 10),
		Reason: "there is no such invoice; the list of invoices shows those that there are",
	})
}

// isOwn reports whether somebody may see what is a registrar's alone: that registrar, and the operator.
func isOwn(who, of registry.RegistrarID) bool { return who == "" || who == of }

// MonthList asks for the closed months before one, the latest first; from the last if it is empty.
type MonthList struct{ Before ledger.Month }

// Answer returns a []registry.ClosedMonth, ten years of them at most.
func (q MonthList) Answer(c *Call) (Reply, error) {
	return readBooks(c, func(b registry.Books) ([]registry.ClosedMonth, error) { return b.Months(q.Before, monthsPage) }), nil
}
