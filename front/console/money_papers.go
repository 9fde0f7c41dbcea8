package console

import (
	"cmp"
	"io"
	"strconv"
	"strings"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// papersShown is how many invoices or deposits a page has.
const papersShown = 24

// An invoicesPage is a page of invoices.
type invoicesPage struct {
	Invoices []registry.Invoice
	Pager    pager
}

// invoices shows the invoices, the latest first.
func (c *Console) invoices(v *visit) error {
	q := flow.OwnInvoices{Limit: papersShown}
	if text := v.query("page"); text != "" {
		month, err := ledger.ParseMonth(text)
		if err != nil {
			return errMissing
		}
		q.Before = month
	}
	reply, err := v.ask(q)
	if err != nil {
		return err
	}
	found := reply.(flow.OwnInvoicePage)
	return v.show("money_invoices", invoicesPage{found.Invoices, v.pager(string(found.Next), "")})
}

// ownInvoice returns the invoice that the path names, if it is the registrar's.
func (v *visit) ownInvoice() (registry.Invoice, error) {
	name := v.r.PathValue("invoice")
	series := strings.TrimRight(name, "0123456789")
	number, err := strconv.ParseInt(name[len(series):], 10, 64)
	if err != nil {
		return registry.Invoice{}, errMissing
	}
	reply, err := v.ask(flow.InvoiceShow{Series: series, Number: number})
	if err != nil {
		return registry.Invoice{}, err
	}
	i := reply.(registry.Invoice)
	if i.Name() != name { // there is one way to write it
		return registry.Invoice{}, errMissing
	}
	return i, nil
}

// An invoicePage is one invoice.
type invoicePage struct {
	registry.Invoice
	Rows []invoiceRow
}

// An invoiceRow is a line of an invoice.
type invoiceRow struct {
	What, Zone string
	Count      int64
	Amount     ledger.Money
}

// invoice shows one invoice.
func (c *Console) invoice(v *visit) error {
	i, err := v.ownInvoice()
	if err != nil {
		return err
	}
	page := invoicePage{Invoice: i}
	for _, l := range i.Lines {
		page.Rows = append(page.Rows, invoiceRow{v.typeName(l.Type), cmp.Or(l.Zone, v.t("The account")), l.Count, l.Amount})
	}
	return v.show("money_invoice", page)
}

// invoiceFile sends an invoice as a file, which is named as the invoice is.
func (c *Console) invoiceFile(v *visit) error {
	i, err := v.ownInvoice()
	if err != nil {
		return err
	}
	switch v.r.PathValue("file") {
	case i.Name() + ".pdf":
		return v.file("application/pdf", i.Name()+".pdf", func(w io.Writer) error { return c.config.Papers.InvoicePDF(w, i) })
	case i.Name() + ".csv":
		return v.file("text/csv; charset=utf-8", i.Name()+".csv", func(w io.Writer) error {
			return c.config.Papers.InvoiceCSV(w, i, func(use func(flow.Transaction) error) error {
				q := flow.Transactions{Registrar: v.visitor.Registrar.ID, Span: registry.TimesOf(i.Month)}
				return c.config.Service.EachTransaction(v.r.Context(), q, use)
			})
		})
	}
	return errMissing
}

// A depositsPage says how to pay in, and what came in.
type depositsPage struct {
	Text, Written string // what the operator says, and its language; empty: nothing
	Deposits      []flow.OwnDeposit
	Pager         pager
}

// deposits shows how to pay in, and the payments that came in with their receipts.
func (c *Console) deposits(v *visit) error {
	q := flow.OwnDeposits{Limit: papersShown}
	if text := v.query("page"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 {
			return errMissing
		}
		q.Before = n
	}
	reply, err := v.ask(q)
	if err != nil {
		return err
	}
	found := reply.(flow.OwnDepositPage)
	page := depositsPage{Deposits: found.Deposits}
	page.Text, page.Written = c.config.Deposit.in(v.words.language)
	next := ""
	if found.Next > 0 {
		next = strconv.FormatInt(found.Next, 10)
	}
	page.Pager = v.pager(next, "")
	return v.show("money_deposits", page)
}

// receiptFile sends the receipt of a deposit.
func (c *Console) receiptFile(v *visit) error {
	reply, err := v.own(flow.ReceiptShow{ID: v.r.PathValue("receipt"), Language: registry.Language(v.words.language)})
	if err != nil {
		return err
	}
	receipt, found := reply.(registry.Receipt)
	if !found { // also where the deposit was taken back: there is no paper of it
		return errMissing
	}
	return v.file("application/pdf", "receipt-"+receipt.Number+".pdf", func(w io.Writer) error {
		return c.config.Papers.ReceiptPDF(w, receipt)
	})
}
