package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) ledgerCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "ledger",
		Short: "show statements and balances, check the books, verify what was signed",
		Long: `The ledger has every entry of every registrar. When a day is over, its entries are sealed, and a head over all is
signed: a registrar that keeps a signed statement can show later what stood in it. docs/ledger.md says how.`,
	})
	cmd.AddCommand(p.ledgerStatement(), p.ledgerBalance(), p.ledgerCheck(), p.ledgerHeads(), p.ledgerVerify(), p.ledgerKey())
	return cmd
}

// A statementForm says how a statement is written, and which.
type statementForm struct {
	csv, json bool
	signed    string // the file of a signed one
	from, to  string
}

func (p *program) ledgerStatement() *cobra.Command {
	var dir string
	var form statementForm
	var q statementQuestion
	cmd := &cobra.Command{
		Use:   "statement --registrar ID",
		Short: "show the balance and all entries of a registrar in a period",
		Long: `Statement shows a registrar's entries in order of time, with what each did to the balance and to what open charges
have set aside, and both after it. A day given for --from or --to is meant from its first or up to its last second.

With --signed it writes a file instead that anybody can verify without the registry: dorado ledger verify.`,
		Example: `  dorado ledger statement --registrar H1001 --from 2026-03-01 --to 2026-03-31
  dorado ledger statement --registrar H1001 --csv > h1001.csv
  dorado ledger statement --registrar H1001 --signed h1001.jsonl`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if form.signed != "" {
				return p.signedStatement(cmd.Context(), dir, q.Registrar, form)
			}
			var err error
			if q.From, err = firstOf(form.from); err != nil {
				return fmt.Errorf("--from: %w", err)
			}
			if q.To, err = lastOf(form.to); err != nil {
				return fmt.Errorf("--to: %w", err)
			}
			return p.writeStatement(cmd.Context(), dir, q, form)
		},
	}
	dirFlag(cmd, &dir)
	f := cmd.Flags()
	f.StringVar(&q.Registrar, "registrar", "", "whose statement")
	f.StringVar(&form.from, "from", "", "from this day or instant on (UTC)")
	f.StringVar(&form.to, "to", "", "up to this day, or before this instant (UTC)")
	f.BoolVar(&form.csv, "csv", false, "write CSV")
	f.BoolVar(&form.json, "json", false, "print JSON")
	f.StringVar(&form.signed, "signed", "", "write a signed statement of whole days to this file")
	require(cmd, "registrar")
	cmd.MarkFlagsMutuallyExclusive("csv", "json", "signed")
	return cmd
}

// firstOf reads an instant, or a day as its first one.
func firstOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return parseInstant(text)
}

// lastOf reads an instant, or a day as its last one.
func lastOf(text string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1), nil
	}
	return firstOf(text)
}

// A statementWriter writes the pages of a statement one after the other.
type statementWriter interface {
	begin(a statementAnswer) error // with the first page
	page(entries []statementLine) error
	end(a statementAnswer) error // with the last
}

// writeStatement asks for page after page and keeps none.
func (p *program) writeStatement(ctx context.Context, dir string, q statementQuestion, form statementForm) error {
	out := bufio.NewWriter(p.out)
	var w statementWriter = &statementTable{out: out}
	switch {
	case form.csv:
		w = &statementCSV{csv.NewWriter(out)}
	case form.json:
		w = &statementJSON{out: out}
	}
	for first := true; ; first = false {
		var a statementAnswer
		if err := call(ctx, dir, http.MethodPost, "/ledger/statement", q, &a); err != nil {
			return err
		}
		if first {
			if err := w.begin(a); err != nil {
				return err
			}
		}
		if err := w.page(a.Entries); err != nil {
			return err
		}
		if q.After = a.Next; q.After == "" {
			if err := w.end(a); err != nil {
				return err
			}
			return out.Flush()
		}
	}
}

// A statementTable is for people.
type statementTable struct {
	out  *bufio.Writer
	rows int
}

func (t *statementTable) begin(a statementAnswer) error {
	_, err := fmt.Fprintf(t.out, "Statement of %s in %s\nOpening balance %s, set aside %s\n", a.Registrar, a.Currency, a.Opening.Balance, a.Opening.Authorised)
	return err
}

func (t *statementTable) page(entries []statementLine) error {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	if t.rows == 0 && len(entries) > 0 {
		fmt.Fprintln(w, "TIME\tWHAT\tAMOUNT\tBALANCE\tSET ASIDE\tWHY")
	}
	t.rows += len(entries)
	for _, e := range entries {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", showInstant(e.At), e.what(), e.Amount, e.Balances.Balance, e.Balances.Authorised, e.Text)
	}
	return w.Flush()
}

func (t *statementTable) end(a statementAnswer) error {
	_, err := fmt.Fprintf(t.out, "Closing balance %s, set aside %s, after %s\n", a.Closing.Balance, a.Closing.Authorised, countEntries(t.rows))
	return err
}

// countEntries counts entries.
func countEntries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return thousands(fmt.Sprint(n)) + " entries"
}

// what says what an entry did to its registrar's balances.
func (e statementLine) what() string {
	const nothing = "0.00"
	switch {
	case e.Change.Balance != nothing && e.Change.Balance[0] == '-':
		return "paid"
	case e.Change.Balance != nothing:
		return "received"
	case e.Change.Authorised != nothing && e.Change.Authorised[0] == '-':
		return "released"
	case e.Change.Authorised != nothing:
		return "set aside"
	}
	return "moved"
}

// A statementCSV is for a spreadsheet.
type statementCSV struct{ w *csv.Writer }

func (c *statementCSV) begin(statementAnswer) error {
	return c.w.Write([]string{"at", "what", "text", "amount", "debit", "credit", "balance", "set aside", "charge", "key"})
}

func (c *statementCSV) page(entries []statementLine) error {
	for _, e := range entries {
		err := c.w.Write([]string{
			e.At.Format(time.RFC3339), e.what(), harmless(e.Text), e.Amount, harmless(e.Debit), harmless(e.Credit),
			e.Balances.Balance, e.Balances.Authorised, harmless(e.Charge), harmless(e.Key),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *statementCSV) end(statementAnswer) error {
	c.w.Flush()
	return c.w.Error()
}

// harmless keeps a spreadsheet from taking a text, which somebody else may have written, for a formula.
func harmless(text string) string {
	if text != "" && (text[0] == '=' || text[0] == '+' || text[0] == '-' || text[0] == '@' || text[0] == '\t' || text[0] == '\r') {
		return "'" + text
	}
	return text
}

// A statementJSON is one object whose entries are written as they come.
type statementJSON struct {
	out  *bufio.Writer
	rows int
}

func (j *statementJSON) begin(a statementAnswer) error {
	head, err := json.Marshal(struct {
		Registrar string   `json:"registrar"`
		Currency  string   `json:"currency"`
		Opening   balances `json:"opening"`
	}{a.Registrar, a.Currency, a.Opening})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(j.out, "%s,\"entries\":[", head[:len(head)-1])
	return err
}

func (j *statementJSON) page(entries []statementLine) error {
	for _, e := range entries {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		separator := ",\n"
		if j.rows == 0 {
			separator = "\n"
		}
		j.rows++
		if _, err := fmt.Fprintf(j.out, "%s%s", separator, line); err != nil {
			return err
		}
	}
	return nil
}

func (j *statementJSON) end(a statementAnswer) error {
	closing, err := json.Marshal(a.Closing)
	if err == nil {
		_, err = fmt.Fprintf(j.out, "\n],\"closing\":%s}\n", closing)
	}
	return err
}

func (p *program) ledgerBalance() *cobra.Command {
	var dir, at string
	var asJSON bool
	var q balanceQuestion
	cmd := &cobra.Command{
		Use:   "balance",
		Short: "show the balances of all accounts at an instant",
		Long: `Balance adds up what was credited to each account less what was debited, up to an instant. Those of the whole
registry make zero: every entry takes from one account what it gives to another.`,
		Example: `  dorado ledger balance
  dorado ledger balance --registrar H1001 --at 2026-03-31T23:59:59Z`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if q.At, err = firstOf(at); err != nil {
				return fmt.Errorf("--at: %w", err)
			}
			var a balanceAnswer
			if err := call(cmd.Context(), dir, http.MethodPost, "/ledger/balances", q, &a); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(a)
			}
			w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', tabwriter.AlignRight)
			fmt.Fprintf(w, "%s\t  ACCOUNT, at %s\n", a.Currency, showInstant(a.At))
			for _, b := range a.Accounts {
				fmt.Fprintf(w, "%s\t  %s\n", b.Balance, b.Account)
			}
			fmt.Fprintf(w, "%s\t  together\n", a.Sum)
			return w.Flush()
		},
	}
	dirFlag(cmd, &dir)
	f := cmd.Flags()
	f.StringVar(&q.Registrar, "registrar", "", "only accounts that this registrar's entries touch")
	f.StringVar(&at, "at", "", "an instant (UTC); now if left out")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
