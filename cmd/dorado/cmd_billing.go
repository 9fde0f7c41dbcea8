package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/paper"
)

func (p *program) billingCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "billing",
		Short: "see billable transactions, months and invoices; decide proposed fees",
		Long: `A transaction is billable when its grace period has ended. When a month is over and everything in it is settled,
the engine closes it: deletes above the add-grace limit are charged, each registrar with a billable transaction gets an
invoice, and from then on nothing changes in the month. Files of an invoice can be made again at any time, with the
same bytes.`,
	})
	cmd.AddCommand(
		p.billingTransactions(), p.billingClose(), p.billingMonths(), p.billingInvoices(), p.billingShow(), p.billingFiles(),
		p.billingCheck(), p.billingProposals(), p.billingDecide(false), p.billingDecide(true),
	)
	return cmd
}

func (p *program) billingTransactions() *cobra.Command {
	var dir, registrar, month string
	var asCSV, asJSON bool
	cmd := &cobra.Command{
		Use:   "transactions --registrar ID --month MONTH",
		Short: "list what was posted in a month, in order of the postings",
		Long: `Timestamp is the command's, or the instant at which time renewed the name; the month is that in which its grace ended.
JSON also has when each was posted, its charge in the ledger, and why it cost that if it was not the standard price.`,
		Example: "  dorado billing transactions --registrar H1001 --month 2026-10\n  dorado billing transactions --registrar H1001 --month 2026-10 --csv > oct.csv",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := ledger.ParseMonth(month); err != nil {
				return err
			}
			if asCSV {
				return p.transactionsCSV(cmd, dir, registrar, month)
			}
			list := []flow.Transaction{}
			err := eachTransaction(cmd, dir, registrar, month, func(t flow.Transaction) error {
				list = append(list, t)
				return nil
			})
			switch {
			case err != nil:
				return err
			case asJSON:
				return p.printJSON(transactionLines(list))
			case len(list) == 0:
				fmt.Fprintf(p.out, "Nothing of %s was posted in %s.\n", registrar, month)
			default:
				p.tellTransactions(list)
			}
			return nil
		},
	}
	dirFlag(cmd, &dir)
	f := cmd.Flags()
	f.StringVar(&registrar, "registrar", "", "whose")
	f.StringVar(&month, "month", "", "the month of UTC in which they were posted, such as 2026-10")
	f.BoolVar(&asCSV, "csv", false, "print CSV with the columns of the monthly file")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	cmd.MarkFlagsMutuallyExclusive("csv", "json")
	require(cmd, "registrar", "month")
	return cmd
}

// transactionsCSV prints the monthly file page by page; nothing of it if the first page is refused.
func (p *program) transactionsCSV(cmd *cobra.Command, dir, registrar, month string) error {
	file, err := paper.NewTransactionFile(p.out)
	if err != nil {
		return err
	}
	if err := eachTransaction(cmd, dir, registrar, month, file.Add); err != nil {
		return err
	}
	return file.Flush()
}

func (p *program) tellTransactions(list []flow.Transaction) {
	rows := [][]string{{"TIMESTAMP", "DOMAIN", "TYPE", "GRACE DAYS", "AMOUNT"}}
	for _, t := range list {
		rows = append(rows, []string{
			showInstant(t.At), t.Domain, string(t.Type), strconv.Itoa(t.GraceDays), t.Amount.String() + " " + t.Currency,
		})
	}
	printFigures(p.out, rows, 3, 4)
}

// A transactionLine is a billable transaction as JSON. The amount is a decimal text.
type transactionLine struct {
	Timestamp time.Time   `json:"timestamp"`
	Domain    string      `json:"domain,omitempty"` // not there for a fee of the account
	Type      ledger.Type `json:"type"`
	GraceDays int         `json:"graceDays"`
	Currency  string      `json:"currency"`
	Amount    string      `json:"amount"`
	PriceOf   string      `json:"priceOf,omitempty"` // why it cost that; not there for the standard price
	Posted    time.Time   `json:"posted"`
	Charge    string      `json:"charge"`
}

func transactionLines(list []flow.Transaction) []transactionLine {
	lines := make([]transactionLine, len(list))
	for i, t := range list {
		lines[i] = transactionLine{t.At, t.Domain, t.Type, t.GraceDays, t.Currency, t.Amount.String(), t.PriceOf, t.Posted, t.Charge}
	}
	return lines
}

// eachTransaction asks for page after page.
func eachTransaction(cmd *cobra.Command, dir, registrar, month string, use func(flow.Transaction) error) error {
	for ask := (url.Values{"registrar": {registrar}, "month": {month}}); ; {
		var page transactionPage
		if err := call(cmd.Context(), dir, http.MethodGet, "/billing/transactions?"+ask.Encode(), nil, &page); err != nil {
			return err
		}
		for _, t := range page.Transactions {
			if err := use(t); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		ask.Set("after", page.Next)
	}
}

func (p *program) billingClose() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "close",
		Short: "close the months that are over, without waiting for the engine",
		Long: `The engine closes months by itself, a minute after they are over or when everything that was due in them is
settled. Close has it done now, and says what the next month waits for.`,
		Example: "  dorado billing close",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var done monthsClosed
			if err := call(cmd.Context(), dir, http.MethodPost, "/billing/months", struct{}{}, &done); err != nil {
				return err
			}
			if len(done.Closed) == 0 {
				fmt.Fprintln(p.out, "There was no month to close.")
			} else {
				p.tellMonths(done.Closed)
				fmt.Fprintf(p.out, "Registrars are told by mail that their invoices are made, and the files are sent by you; to have them:\n"+
					"  dorado billing files --month %s --out FOLDER\n", done.Closed[0].Month)
			}
			switch next := done.Next; {
			case next.Month == "":
				fmt.Fprintln(p.out, "Nothing was ever booked.")
			case !next.Over:
				fmt.Fprintf(p.out, "The next is %s, which is not over.\n", next.Month)
			case !next.Waiting.IsZero():
				fmt.Fprintf(p.out, "%s waits for what was due at %s.\n", next.Month, showInstant(next.Waiting))
			}
			return nil
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

func (p *program) billingMonths() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "months",
		Short:   "list the closed months, the latest first",
		Example: "  dorado billing months",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var lines []monthLine
			if err := call(cmd.Context(), dir, http.MethodGet, "/billing/months", nil, &lines); err != nil {
				return err
			}
			switch {
			case asJSON:
				return p.printJSON(lines)
			case len(lines) == 0:
				fmt.Fprintln(p.out, "No month is closed yet.")
			default:
				p.tellMonths(lines)
			}
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellMonths(lines []monthLine) {
	rows := [][]string{{"MONTH", "INVOICES", "FIRST", "LAST", "TOTAL", "CLOSED"}}
	for _, m := range lines {
		first, last := "", ""
		if m.Invoices > 0 {
			first = registry.Invoice{Series: m.Series, Number: m.First}.Name()
			last = registry.Invoice{Series: m.Series, Number: m.Last}.Name()
		}
		rows = append(rows, []string{string(m.Month), strconv.FormatInt(m.Invoices, 10), first, last, m.Total + " " + m.Currency, showInstant(m.Closed)})
	}
	printFigures(p.out, rows, 1, 4)
}

func (p *program) billingCheck() *cobra.Command {
	var dir, month string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "look whether invoices are everything that was posted, without gaps in their numbers",
		Long: `Check adds up what was posted, by registrar, type and month, and compares it with the invoices. Its status is not 0
if anything differs; the engine does the same when it closes a month and once a day, and is not healthy then.`,
		Example: "  dorado billing check\n  dorado billing check --month 2026-10",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var done flow.BillingChecked
			if err := call(cmd.Context(), dir, http.MethodGet, "/billing/check?"+url.Values{"month": {month}}.Encode(), nil, &done); err != nil {
				return err
			}
			for _, fault := range done.Faults {
				fmt.Fprintln(p.out, fault)
			}
			fmt.Fprintf(p.out, "%s, %s of %s in %s: ", count(done.Months, "month"), count(int(done.Charges), "transaction"),
				done.Sum, count(int(done.Invoices), "invoice"))
			if len(done.Faults) > 0 {
				fmt.Fprintln(p.out, "they do not add up.")
				return errors.New("invoices are not what was posted")
			}
			fmt.Fprintln(p.out, "everything adds up.")
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().StringVar(&month, "month", "", "only this month, such as 2026-10")
	return cmd
}

// monthOf refuses a month that is none, before anybody is asked.
func monthOf(text string) error {
	if text == "" {
		return nil
	}
	_, err := ledger.ParseMonth(text)
	return err
}
