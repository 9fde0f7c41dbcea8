package paper

import (
	"encoding/csv"
	"io"
	"strconv"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// instantLayout is how files write instants, always in UTC.
const instantLayout = "2006-01-02T15:04:05Z"

// TransactionColumns are those of the files of billable transactions. Manual 4.3.2.
func TransactionColumns() []string {
	return []string{"Timestamp", "Domain", "Type", "Grace Period", "Currency", "Amount"}
}

// TransactionRow is a billable transaction in those columns.
func TransactionRow(t flow.Transaction) []string {
	return []string{
		t.At.UTC().Format(instantLayout), t.Domain, string(t.Type), strconv.Itoa(t.GraceDays), t.Currency, t.Amount.String(),
	}
}

// A TransactionFile writes billable transactions as CSV (RFC 4180, with Unix line ends as the manual's samples have
// them), one after the other. Flush ends it.
type TransactionFile struct {
	csv     *csv.Writer
	invoice *registry.Invoice // nil unless it is the file of one
}

// NewTransactionFile begins a file of the manual's columns.
func NewTransactionFile(w io.Writer) (*TransactionFile, error) {
	f := &TransactionFile{csv: csv.NewWriter(w)}
	return f, f.csv.Write(TransactionColumns())
}

// NewInvoiceFile begins the file of an invoice. Its first columns are the same, so that it has what the file of the
// month has; then come what a finance department needs to find a line again: when it was posted, the zone, the number
// of the invoice and the charge in the ledger.
func NewInvoiceFile(w io.Writer, i registry.Invoice) (*TransactionFile, error) {
	f := &TransactionFile{csv: csv.NewWriter(w), invoice: &i}
	return f, f.csv.Write(append(TransactionColumns(), "Posted", "Zone", "Invoice", "Charge"))
}

// Add writes a transaction.
func (f *TransactionFile) Add(t flow.Transaction) error {
	row := TransactionRow(t)
	if f.invoice != nil {
		row = append(row, t.Posted.UTC().Format(instantLayout), t.Zone(), f.invoice.Name(), t.Charge)
	}
	return f.csv.Write(row)
}

// Flush writes what is left.
func (f *TransactionFile) Flush() error {
	f.csv.Flush()
	return f.csv.Error()
}
