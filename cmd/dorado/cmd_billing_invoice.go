package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/paper"
)

// parseInvoiceName reads the number of an invoice as it is printed: a series, which ends in no digit, and a number.
func parseInvoiceName(name string) (flow.InvoiceShow, error) {
	series := strings.TrimRight(name, "0123456789")
	number, err := strconv.ParseInt(name[len(series):], 10, 64)
	if err != nil {
		return flow.InvoiceShow{}, fmt.Errorf("%q is no number of an invoice such as INV-000042", name)
	}
	return flow.InvoiceShow{Series: series, Number: number}, nil
}

func (p *program) billingInvoices() *cobra.Command {
	var dir, registrar, month string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "invoices",
		Short:   "list invoices",
		Long:    "Balance is that of the account when the month ended. For the files of a month: dorado billing files.",
		Example: "  dorado billing invoices --month 2026-10\n  dorado billing invoices --registrar H1001 --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := p.allInvoices(cmd, dir, registrar, month)
			if err != nil {
				return err
			}
			switch {
			case asJSON:
				return p.printJSON(list)
			case len(list) == 0:
				fmt.Fprintln(p.out, "There is no such invoice.")
				return nil
			}
			rows := [][]string{{"NUMBER", "MONTH", "REGISTRAR", "TRANSACTIONS", "TOTAL", "BALANCE"}}
			for _, i := range list {
				rows = append(rows, []string{
					i.Name(), string(i.Month), string(i.To.ID), strconv.FormatInt(i.Count(), 10),
					i.Total.String() + " " + i.Currency, i.Closing.String() + " " + i.Currency,
				})
			}
			printFigures(p.out, rows, 3, 4, 5)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	f := cmd.Flags()
	f.StringVar(&registrar, "registrar", "", "only of this registrar")
	f.StringVar(&month, "month", "", "only of this month, such as 2026-10")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// allInvoices asks for page after page.
func (p *program) allInvoices(cmd *cobra.Command, dir, registrar, month string) ([]registry.Invoice, error) {
	if err := monthOf(month); err != nil {
		return nil, err
	}
	all := []registry.Invoice{}
	for ask := (url.Values{"registrar": {registrar}, "month": {month}}); ; {
		var page invoicePage
		if err := call(cmd.Context(), dir, http.MethodGet, "/billing/invoices?"+ask.Encode(), nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Invoices...)
		if page.Next == "" {
			return all, nil
		}
		ask.Set("after", page.Next)
	}
}

func (p *program) billingShow() *cobra.Command {
	var dir, pdf, csv string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show NUMBER",
		Short:   "show an invoice, or make its files",
		Long:    "The PDF is in the language that the registrar had when the month was closed. Both files are the same at any time.",
		Example: "  dorado billing show INV-000042\n  dorado billing show INV-000042 --pdf INV-000042.pdf --csv INV-000042.csv",
		Args:    oneArgument("the number of an invoice, such as INV-000042"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var i registry.Invoice
			if err := call(cmd.Context(), dir, http.MethodGet, "/billing/invoices/"+url.PathEscape(args[0]), nil, &i); err != nil {
				return err
			}
			if pdf != "" {
				if err := writeFile(pdf, func(f *os.File) error { return paper.Invoice(i).WritePDF(f) }); err != nil {
					return err
				}
			}
			if csv != "" {
				if err := writeInvoiceCSV(cmd, dir, csv, i); err != nil {
					return err
				}
			}
			switch {
			case asJSON:
				return p.printJSON(i)
			case pdf == "" && csv == "":
				p.tellInvoice(i)
				return nil
			}
			for _, path := range []string{pdf, csv} {
				if path != "" {
					fmt.Fprintf(p.out, "%s is in %s.\n", i.Name(), path)
				}
			}
			return nil
		},
	}
	dirFlag(cmd, &dir)
	f := cmd.Flags()
	f.StringVar(&pdf, "pdf", "", "write the invoice into this file as PDF")
	f.StringVar(&csv, "csv", "", "write its transactions into this file as CSV")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellInvoice(i registry.Invoice) {
	fmt.Fprintf(p.out, "%s of %s for %s (%s), dated %s\n\n", i.Name(), i.Month, i.To.ID, i.To.Name, i.Dated().Format("2006-01-02"))
	rows := [][]string{{"TYPE", "ZONE", "TRANSACTIONS", "AMOUNT"}}
	for _, l := range i.Lines {
		rows = append(rows, []string{string(l.Type), l.Zone, strconv.FormatInt(l.Count, 10), l.Amount.String() + " " + i.Currency})
	}
	rows = append(rows, []string{"Total", "", strconv.FormatInt(i.Count(), 10), i.Total.String() + " " + i.Currency})
	printFigures(p.out, rows, 2, 3)
	fmt.Fprintf(p.out, "\nbalance before %s, paid in %s, adjusted %s, balance after %s\n", i.Opening, i.Paid, i.Adjusted, i.Closing)
	if i.HasParts() {
		fmt.Fprintf(p.out, "adjusted are: credited %s, written off %s, fees waived %s\n", i.Credited, i.WrittenOff, i.Waived)
	}
}

// writeFile makes a file that is whole or not there.
func writeFile(path string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, plain(err))
	}
	err = errors.Join(write(f), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return nil
}

func writeInvoiceCSV(cmd *cobra.Command, dir, path string, i registry.Invoice) error {
	return writeFile(path, func(f *os.File) error {
		file, err := paper.NewInvoiceFile(f, i)
		if err != nil {
			return err
		}
		if err := eachTransaction(cmd, dir, string(i.To.ID), string(i.Month), file.Add); err != nil {
			return err
		}
		return file.Flush()
	})
}

func (p *program) billingFiles() *cobra.Command {
	var dir, month, out string
	cmd := &cobra.Command{
		Use:     "files --month MONTH --out FOLDER",
		Short:   "make the files of all invoices of a month",
		Long:    "Files are called after the number of the invoice, NUMBER.pdf and NUMBER.csv. Those that are there are written again.",
		Example: "  dorado billing files --month 2026-10 --out invoices",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := monthIsClosed(cmd, dir, month); err != nil {
				return err
			}
			list, err := p.allInvoices(cmd, dir, "", month)
			if err == nil {
				err = os.MkdirAll(out, 0o755)
			}
			if err != nil {
				return err
			}
			for _, i := range list {
				path := filepath.Join(out, i.Name())
				if err := writeFile(path+".pdf", func(f *os.File) error { return paper.Invoice(i).WritePDF(f) }); err != nil {
					return err
				}
				if err := writeInvoiceCSV(cmd, dir, path+".csv", i); err != nil {
					return err
				}
			}
			fmt.Fprintf(p.out, "%s in %s\n", count(len(list), "invoice"), out)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().StringVar(&month, "month", "", "the month, such as 2026-10")
	cmd.Flags().StringVar(&out, "out", "", "the folder, which is made if it is not there")
	require(cmd, "month", "out")
	return cmd
}

// monthIsClosed refuses a month that has no invoices yet.
func monthIsClosed(cmd *cobra.Command, dir, text string) error {
	month, err := ledger.ParseMonth(text)
	if err != nil {
		return err
	}
	var last []monthLine
	ask := url.Values{"before": {string(month.Next())}}
	if err := call(cmd.Context(), dir, http.MethodGet, "/billing/months?"+ask.Encode(), nil, &last); err != nil {
		return err
	}
	if len(last) == 0 || last[0].Month != month {
		return fmt.Errorf("%s is not closed, and has no invoices; dorado billing months shows those that are, "+
			"dorado billing close what the next waits for", month)
	}
	return nil
}
