package main

import (
	"io"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/paper"
)

// papers make the files of money for the console, as the operator has them.
type papers struct{ issuer registry.Issuer }

// InvoicePDF writes an invoice as it was made.
func (papers) InvoicePDF(w io.Writer, i registry.Invoice) error { return paper.Invoice(i).WritePDF(w) }

// InvoiceCSV writes the transactions of an invoice.
func (papers) InvoiceCSV(w io.Writer, i registry.Invoice, each func(use func(flow.Transaction) error) error) error {
	file, err := paper.NewInvoiceFile(w, i)
	if err != nil {
		return err
	}
	if err := each(file.Add); err != nil {
		return err
	}
	return file.Flush()
}

// ReceiptPDF writes a receipt by who the registry is now.
func (p papers) ReceiptPDF(w io.Writer, r registry.Receipt) error {
	r.Issuer = p.issuer
	return paper.Receipt(r).WritePDF(w)
}
