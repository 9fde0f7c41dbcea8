package reports

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// The files of one registrar: its billable transactions by the day, the ISO week and the month of their posting, and of
// each month that is closed the statement of its account and its invoice. A file of which nothing would tell is not
// there. Each is final when it is made: it is made when nothing can be posted any more in what it tells of. Manual 4.3.2.

// ownDir returns the directory of a registrar's own files.
func ownDir(id registry.RegistrarID) string { return "registrars/" + dirOf(id) + "/" }

// dirOf is how a registrar's id is written as the name of a directory: what could mean something else to a file system
// is written in hexadecimal.
func dirOf(id registry.RegistrarID) string {
	if id == "" {
		return "_"
	}
	var b strings.Builder
	for _, c := range []byte(id) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "_%02x", c)
		}
	}
	return b.String()
}

// A period is a kind of span that transactions are told by.
type period struct {
	kind  string
	begin func(time.Time) time.Time // of the span that an instant is in
	next  func(time.Time) time.Time // after the one that begins then
	name  func(time.Time) string    // of the one that begins then
}

// periods are those of manual 4.3.2. A week is that of ISO 8601: it begins on Monday, and is of the year that most of it
// is in.
func periods() []period {
	day := func(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
	return []period{
		{
			KindDaily, day,
			func(t time.Time) time.Time { return t.AddDate(0, 0, 1) },
			func(t time.Time) string { return t.Format("2006-01-02") },
		},
		{
			KindWeekly,
			func(t time.Time) time.Time { return day(t).AddDate(0, 0, -(int(t.UTC().Weekday())+6)%7) },
			func(t time.Time) time.Time { return t.AddDate(0, 0, 7) },
			func(t time.Time) string {
				year, week := t.ISOWeek()
				return fmt.Sprintf("%04d-%02d", year, week)
			},
		},
		{
			KindMonthly,
			func(t time.Time) time.Time { return ledger.MonthOf(t).From() },
			func(t time.Time) time.Time { return t.AddDate(0, 1, 0) },
			func(t time.Time) string { return t.Format("2006-01") },
		},
	}
}

// transactions makes the files of billable transactions of every span that is over and not made yet.
func (m *Maker) transactions(ctx context.Context, record *Record) error {
	now := m.config.Service.Clock().UTC()
	missing := false
	for _, p := range periods() {
		missing = missing || record.at(p.kind).Before(p.begin(now))
	}
	if !missing {
		return nil
	}
	reply, err := m.config.Service.Ask(ctx, "", flow.PostedUntil{})
	if err != nil {
		return err
	}
	posted := reply.(flow.PostedSpan)
	if posted.To.IsZero() {
		return nil
	}
	var all error
	for _, p := range periods() {
		span := registry.Times{From: p.begin(latest(posted.From, now.Add(-m.config.Keep))), To: p.begin(posted.To)}
		span.From = latest(span.From, record.at(p.kind))
		if !span.From.Before(span.To) {
			continue
		}
		err := m.periodFiles(ctx, p, span)
		if err == nil {
			err = m.note(record, p.kind, span.To)
		}
		if err != nil {
			all = errors.Join(all, fmt.Errorf("make %s: %w", p.kind, err))
		}
	}
	return all
}

// latest returns the later of two instants.
func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// registrars returns the ids of all.
func (m *Maker) registrars(ctx context.Context) ([]registry.RegistrarID, error) {
	reply, err := m.config.Service.Ask(ctx, "", flow.RegistrarIDs{})
	if err != nil {
		return nil, err
	}
	return reply.([]registry.RegistrarID), nil
}

// periodFiles makes the files of all periods of a span, of every registrar. The transactions of one are read once, in
// order of posting, so one file is open at a time.
func (m *Maker) periodFiles(ctx context.Context, p period, span registry.Times) error {
	ids, err := m.registrars(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		s := periodSeries{maker: m, period: p, dir: ownDir(id) + p.kind + "/"}
		err := m.config.Service.EachTransaction(ctx, flow.Transactions{Registrar: id, Span: span}, s.add)
		if err == nil {
			err = s.end()
		}
		if err != nil {
			s.drop()
			return fmt.Errorf("registrar %s: %w", id, err)
		}
	}
	return nil
}

// A periodSeries is one registrar's files of one kind, one after the other.
type periodSeries struct {
	maker  *Maker
	period period
	dir    string
	begun  time.Time // of the period whose file is open
	draft  *draft    // nil: none is
	rows   TransactionFile
}

// add writes a transaction into the file of its period.
func (s *periodSeries) add(t flow.Transaction) error {
	if begin := s.period.begin(t.Posted); s.draft == nil || !begin.Equal(s.begun) {
		if err := s.end(); err != nil {
			return err
		}
		d, err := s.maker.config.Tree.draft(s.dir + s.period.name(begin) + ".csv")
		if err != nil {
			return err
		}
		s.draft, s.begun = d, begin
		if s.rows, err = s.maker.config.Papers.Transactions(d.out); err != nil {
			return err
		}
	}
	return s.rows.Add(t)
}

// end puts the file that is open in its place; its time is the end of its period.
func (s *periodSeries) end() error {
	if s.draft == nil {
		return nil
	}
	if !s.maker.config.Mine() {
		return errNotMine
	}
	if err := s.rows.Flush(); err != nil {
		return err
	}
	d := s.draft
	s.draft = nil
	return d.keep(s.period.next(s.begun))
}

func (s *periodSeries) drop() {
	if s.draft != nil {
		s.draft.drop()
	}
}

// months makes the statements and invoices of the months that were closed since.
func (m *Maker) months(ctx context.Context, record *Record) error {
	now := m.config.Service.Clock().UTC()
	if !record.at(KindMonths).Before(ledger.MonthOf(now).From()) {
		return nil
	}
	reply, err := m.config.Service.Ask(ctx, "", flow.PostedUntil{})
	if err != nil {
		return err
	}
	posted := reply.(flow.PostedSpan)
	if posted.Closed.IsZero() {
		return nil
	}
	from := latest(ledger.MonthOf(latest(posted.From, now.Add(-m.config.Keep))).From(), record.at(KindMonths))
	for month := ledger.MonthOf(from); month.Until().Compare(posted.Closed) <= 0; month = month.Next() {
		err := m.monthFiles(ctx, month)
		if err == nil {
			err = m.note(record, KindMonths, month.Until())
		}
		if err != nil {
			return fmt.Errorf("make the statements and invoices of %s: %w", month, err)
		}
	}
	return nil
}

func (m *Maker) monthFiles(ctx context.Context, month ledger.Month) error {
	ids, err := m.registrars(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := m.statement(ctx, id, month); err != nil {
			return fmt.Errorf("registrar %s: %w", id, err)
		}
	}
	q := flow.InvoiceList{InvoiceFilter: registry.InvoiceFilter{Month: month}}
	for more := true; more; more = q.After != (registry.InvoicePlace{}) {
		reply, err := m.config.Service.Ask(ctx, "", q)
		if err != nil {
			return err
		}
		page := reply.(flow.InvoicePage)
		for _, i := range page.Invoices {
			if err := m.invoice(ctx, i); err != nil {
				return fmt.Errorf("invoice %s: %w", i.Name(), err)
			}
		}
		q.After = page.Next
	}
	return nil
}

// invoice makes the two files of an invoice: the paper, and its transactions.
func (m *Maker) invoice(ctx context.Context, i registry.Invoice) error {
	if !m.config.Mine() {
		return errNotMine
	}
	name := ownDir(i.To.ID) + "invoices/" + i.Name()
	err := m.config.Tree.put(name+".pdf", i.Month.Until(), func(w io.Writer) error { return m.config.Papers.Invoice(w, i) })
	if err != nil {
		return err
	}
	return m.config.Tree.put(name+".csv", i.Month.Until(), func(w io.Writer) error {
		rows, err := m.config.Papers.InvoiceRows(w, i)
		if err != nil {
			return err
		}
		q := flow.Transactions{Registrar: i.To.ID, Span: registry.TimesOf(i.Month)}
		if err := m.config.Service.EachTransaction(ctx, q, rows.Add); err != nil {
			return err
		}
		return rows.Flush()
	})
}

// statementColumns are those of a statement, as the console's file of any span has them.
func statementColumns() []string {
	return []string{"at", "text", "currency", "change", "balance", "set aside change", "set aside", "charge", "key"}
}

// statement makes a registrar's statement of a month, unless it has no entries in it.
func (m *Maker) statement(ctx context.Context, id registry.RegistrarID, month ledger.Month) error {
	q := flow.Statement{Registrar: id, Since: month.From(), Until: month.Until()}
	reply, err := m.config.Service.Ask(ctx, "", q)
	if err != nil {
		return err
	}
	page := reply.(flow.StatementPage)
	if len(page.Lines) == 0 {
		return nil
	}
	if !m.config.Mine() {
		return errNotMine
	}
	currency := m.config.Service.Profile.At(month.LastSecond()).Prices.Currency
	return m.config.Tree.put(ownDir(id)+"statements/"+string(month)+".csv", month.Until(), func(w io.Writer) error {
		out := csv.NewWriter(w)
		if err := out.Write(statementColumns()); err != nil {
			return err
		}
		for {
			for _, l := range page.Lines {
				if err := out.Write(statementCells(l, currency)); err != nil {
					return err
				}
			}
			if page.Next == "" {
				break
			}
			q.After = page.Next
			if reply, err = m.config.Service.Ask(ctx, "", q); err != nil {
				return err
			}
			page = reply.(flow.StatementPage)
		}
		out.Flush()
		return out.Error()
	})
}

func statementCells(l flow.StatementLine, currency string) []string {
	return []string{
		instant(l.At), flow.InertCell(l.Text), currency, l.Change.Balance.String(), l.After.Balance.String(),
		l.Change.Authorised.String(), l.After.Authorised.String(), flow.InertCell(l.Charge), flow.InertCell(l.Key),
	}
}
