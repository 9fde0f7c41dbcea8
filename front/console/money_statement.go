package console

import (
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// statementRows is how many entries a page of a statement has, and rowsOfFile how many are read at once for a file.
const (
	statementRows = 50
	rowsOfFile    = 500
)

// A statementPage is a page of the account's entries.
type statementPage struct {
	form
	Lines            []statementRow
	Opening, Closing flow.StatementBalances
	Moved, Newest    bool
	First            bool // nothing comes before it in the order of the page
	Pager            pager
	File             string // the address of the whole as CSV
}

// A statementRow is one entry.
type statementRow struct {
	flow.StatementLine
	What, About string
}

// statement shows the entries of a span of days, each with the balances after it.
func (c *Console) statement(v *visit) error {
	page := statementPage{form: v.form(v.r.URL.Query(), map[string]string{"before": "", "limit": "", "until": "to"}), First: v.query("page") == ""}
	if page.Values.Get("order") == "" {
		page.Values.Set("order", "newest")
	}
	q, wrong := v.statementQuery()
	for name, why := range wrong {
		page.wrong(name, why)
	}
	if len(wrong) > 0 {
		return v.render(http.StatusUnprocessableEntity, "money_statement", page)
	}
	page.Moved, page.Newest = q.Moved, q.Newest
	q.After, q.Limit = v.query("page"), statementRows
	reply, err := v.ask(q)
	if err != nil {
		return v.refuse("money_statement", &page, err)
	}
	found := reply.(flow.StatementPage)
	page.Opening, page.Closing = found.Opening, found.Closing
	for _, l := range found.Lines {
		page.Lines = append(page.Lines, v.statementRow(l))
	}
	page.Pager = v.pager(found.Next, "")
	file := url.URL{Path: Path + "billing/statement.csv", RawQuery: v.r.URL.RawQuery}
	page.File = file.String()
	return v.show("money_statement", page)
}

// statementQuery reads what of the statement is asked for: days of UTC, the last one with them.
func (v *visit) statementQuery() (q flow.Statement, wrong map[string]string) {
	wrong = map[string]string{}
	day := func(name string) time.Time {
		text := v.query(name)
		if text == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			wrong[name] = v.t("This is no day such as 2026-10-31.")
		}
		return t
	}
	q.Since = day("from")
	if to := day("to"); !to.IsZero() {
		q.Until = to.AddDate(0, 0, 1)
	}
	q.Moved, q.Newest = v.query("show") == "balance", v.query("order") != "oldest"
	if len(wrong) == 0 && !q.Until.IsZero() && !q.Until.After(q.Since) {
		wrong["to"] = v.t("The last day is before the first.")
	}
	return q, wrong
}

// statementRow says in words what an entry is.
func (v *visit) statementRow(l flow.StatementLine) statementRow {
	row := statementRow{StatementLine: l, What: v.entryName(l.Entry), About: l.Text}
	for _, t := range ledger.Types() {
		if subject, ok := strings.CutPrefix(strings.TrimPrefix(l.Text, "Reversal of "), string(t)+" "); ok && l.Charge != "" {
			row.About = v.typeName(t) + " · " + inUnicode(subject)
		}
	}
	return row
}

// entryName says what an entry does.
func (v *visit) entryName(e ledger.Entry) string {
	switch {
	case e.IsReversal():
		return v.t("Taken back")
	case e.Debit == ledger.Uncommitted(e.Party):
		return v.t("Set aside")
	case e.Debit == ledger.Authorised(e.Party):
		return v.t("Set aside no longer")
	case e.Debit == ledger.Bank:
		return v.t("Deposit")
	case e.Debit == ledger.WriteOffs:
		return v.t("Written off")
	case e.Debit == ledger.Adjustments:
		return v.t("Credit")
	case e.Credit == ledger.Adjustments:
		return v.t("Debit")
	}
	return v.t("Charged")
}

// statementFile sends the same as CSV, the first entry first. Its columns are the same in every language, since programs
// read it.
func (c *Console) statementFile(v *visit) error {
	q, wrong := v.statementQuery()
	if len(wrong) > 0 {
		return errMissing
	}
	q.Newest, q.Limit = false, rowsOfFile
	name := "statement-" + string(v.visitor.Registrar.ID)
	for _, day := range []string{"from", "to"} {
		if text := v.query(day); text != "" {
			name += "-" + text
		}
	}
	return v.file("text/csv; charset=utf-8", name+".csv", func(w io.Writer) error {
		out := csv.NewWriter(w)
		for first := true; first || q.After != ""; first = false {
			reply, err := v.ask(q)
			if err != nil {
				return err
			}
			if first {
				if err := out.Write(statementColumns()); err != nil {
					return err
				}
			}
			page := reply.(flow.StatementPage)
			for _, l := range page.Lines {
				if err := out.Write(statementCells(l, c.currency())); err != nil {
					return err
				}
			}
			q.After = page.Next
		}
		out.Flush()
		return out.Error()
	})
}

func statementColumns() []string {
	return []string{"at", "text", "currency", "change", "balance", "set aside change", "set aside", "charge", "key"}
}

func statementCells(l flow.StatementLine, currency string) []string {
	return []string{
		l.At.UTC().Format(time.RFC3339), flow.InertCell(l.Text), currency, l.Change.Balance.String(), l.After.Balance.String(),
		l.Change.Authorised.String(), l.After.Authorised.String(), flow.InertCell(l.Charge), flow.InertCell(l.Key),
	}
}

// An openPage is a page of charges that are neither posted nor credited.
type openPage struct {
	flow.Outlook
	Charges []chargeShown
	Pager   pager
}

// openCharges shows what is set aside, and what will be charged, with when each posts.
func (c *Console) openCharges(v *visit) error {
	place, known := parseChargePlace(v.query("page"))
	if !known {
		return errMissing
	}
	outlook, err := v.ask(flow.AccountOutlook{})
	if err != nil {
		return err
	}
	reply, err := v.ask(flow.OpenCharges{After: place, Limit: statementRows})
	if err != nil {
		return err
	}
	found := reply.(flow.OpenChargePage)
	page := openPage{Outlook: outlook.(flow.Outlook), Charges: v.chargesShown(found.Charges)}
	page.Pager = v.pager(chargePlaceText(found.Next), "")
	return v.show("money_open", page)
}

// chargePlaceText writes where a list of charges goes on, so that parseChargePlace reads it.
func chargePlaceText(p registry.Place) string {
	if p.Ended.IsZero() {
		return ""
	}
	return p.Ended.UTC().Format(time.RFC3339Nano) + " " + p.ID
}

func parseChargePlace(text string) (registry.Place, bool) {
	if text == "" {
		return registry.Place{}, true
	}
	at, id, _ := strings.Cut(text, " ")
	t, err := time.Parse(time.RFC3339Nano, at)
	return registry.Place{Ended: t.UTC(), ID: id}, err == nil && id != ""
}
