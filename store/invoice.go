package store

import (
	"cmp"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// Months, their invoices and balances, and what is proposed at the end of a year. All are written once; only a
// proposal is decided later.

// books writes what was closed.
func (w *writer) books(changes registry.Changes) {
	for _, m := range changes.Months {
		text := w.text("month "+string(m.Month), m)
		w.exec("close the month "+string(m.Month), insertMonth, m.Month, micros(m.Month.Until()), micros(m.Closed), text)
	}
	for _, i := range changes.Invoices {
		w.exec("invoice "+i.Name(), insertInvoice, i.Series, i.Number, i.Month, i.To.ID, i.Total, w.text("invoice "+i.Name(), i))
	}
	for _, b := range changes.Balances {
		w.exec("balance of "+string(b.Party), insertBalance, b.Month, b.Party, b.Balance)
	}
	for _, p := range changes.Proposals {
		what := "proposal for " + string(p.Registrar)
		if p.State == registry.Proposed {
			w.exec(what, insertProposal, p.Year, p.Registrar, p.State, w.text(what, p))
			continue
		}
		w.execOne(what, decideProposal, p.Year, p.Registrar, p.State, w.text(what, p))
	}
}

// text is the JSON of what has no history; a failure sticks.
func (w *writer) text(what string, v any) string {
	text, err := body(v)
	w.err = cmp.Or(w.err, err)
	return text
}

const insertMonth = `
INSERT INTO billing_month (month, until, closed, body)
VALUES ($1, $2, $3, $4)`

const insertInvoice = `
INSERT INTO invoice (series, number, month, party, total, body)
VALUES ($1, $2, $3, $4, $5, $6)`

const insertBalance = `
INSERT INTO month_balance (month, party, balance)
VALUES ($1, $2, $3)`

const insertProposal = `
INSERT INTO fee_proposal (year, party, state, body)
VALUES ($1, $2, $3, $4)`

const decideProposal = `
UPDATE fee_proposal
SET    state = $3, body = $4
WHERE  year = $1 AND party = $2 AND (state = 'proposed' OR state = 'confirmed' AND $3 = 'waived')`

// LastMonth returns the month that was closed last.
func (r *reader) LastMonth() (m registry.ClosedMonth, found bool, err error) {
	list, err := r.Months("", 1)
	if err != nil || len(list) == 0 {
		return m, false, err
	}
	return list[0], true, nil
}

// FirstMonth returns the first month that was closed.
func (r *reader) FirstMonth() (ledger.Month, error) {
	return value[ledger.Month](r, firstMonth)
}

const firstMonth = `
SELECT COALESCE(MIN(month), '')
FROM   billing_month`

// Months returns up to limit closed months before one, the latest first; from the last if it is empty.
func (r *reader) Months(before ledger.Month, limit int) ([]registry.ClosedMonth, error) {
	return many(r, scanMonth, closedMonths, before, limit)
}

const closedMonths = `
SELECT closed, body
FROM   billing_month
WHERE  $1 = '' OR month < $1
ORDER  BY month DESC
LIMIT  $2`

func scanMonth(row row) (m registry.ClosedMonth, err error) {
	var closed int64
	var text string
	if err := row.Scan(&closed, &text); err != nil {
		return m, err
	}
	err = unbody(text, &m, "month")
	m.Closed = instant(closed)
	return m, err
}

// scanBody scans what is kept as JSON alone.
func scanBody[T any](row row) (v T, err error) {
	var text string
	if err := row.Scan(&text); err != nil {
		return v, err
	}
	return v, unbody(text, &v, "paper")
}

// MonthBalance returns a registrar's balance at the end of a closed month.
func (r *reader) MonthBalance(party ledger.Party, m ledger.Month) (registry.MonthBalance, bool, error) {
	return one(r, scanBalance, monthBalance, m, party)
}

const monthBalance = `
SELECT month, party, balance
FROM   month_balance
WHERE  month = $1 AND party = $2`

func scanBalance(row row) (b registry.MonthBalance, err error) {
	err = row.Scan(&b.Month, &b.Party, &b.Balance)
	return b, err
}

// Invoice returns an invoice by its number.
func (r *reader) Invoice(series string, number int64) (registry.Invoice, bool, error) {
	return one(r, scanBody[registry.Invoice], invoiceByNumber, series, number)
}

const invoiceByNumber = `
SELECT body
FROM   invoice
WHERE  series = $1 AND number = $2`

// LastInvoice returns the last number of a series; 0 if it has none.
func (r *reader) LastInvoice(series string) (int64, error) {
	return value[int64](r, lastInvoice, series)
}

const lastInvoice = `
SELECT COALESCE(MAX(number), 0)
FROM   invoice
WHERE  series = $1`

// Invoices returns up to limit invoices that a filter selects, in order of month and number.
func (r *reader) Invoices(f registry.InvoiceFilter, limit int) ([]registry.Invoice, error) {
	return many(r, scanBody[registry.Invoice], invoices, f.Registrar, f.Month, f.After.Month, f.After.Number, limit)
}

const invoices = `
SELECT body
FROM   invoice
WHERE  ($1 = '' OR party = $1) AND ($2 = '' OR month = $2)
AND    (month > $3 OR month = $3 AND number > $4)
ORDER  BY month, number
LIMIT  $5`

// InvoiceSeries returns of each series how many invoices it has, and its first and last numbers.
func (r *reader) InvoiceSeries() ([]registry.SeriesCount, error) {
	return many(r, scanSeries, invoiceSeries)
}

const invoiceSeries = `
SELECT series, COUNT(*), MIN(number), MAX(number)
FROM   invoice
GROUP  BY series
ORDER  BY series`

func scanSeries(row row) (s registry.SeriesCount, err error) {
	err = row.Scan(&s.Series, &s.Count, &s.First, &s.Last)
	return s, err
}

// Proposals returns the proposals of a year, of all if it is 0, in order of year and registrar.
func (r *reader) Proposals(year int) ([]registry.Proposal, error) {
	return many(r, scanBody[registry.Proposal], proposals, year)
}

const proposals = `
SELECT body
FROM   fee_proposal
WHERE  $1 = 0 OR year = $1
ORDER  BY year, party`
