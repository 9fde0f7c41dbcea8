package flow

import (
	"fmt"
	"slices"
	"strings"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// BillingCheck asks whether invoices are everything that was posted: of one closed month, or of all if it is empty.
// What is posted is added up anew by the database. Decisions 5.6.
type BillingCheck struct {
	Month ledger.Month
	Inner bool // the next month will be closed at once, and checked: what follows the last one is looked at then
}

// A BillingChecked is what BillingCheck answers. Without a fault everything adds up.
type BillingChecked struct {
	Months   int
	Invoices int64
	Charges  int64
	Sum      ledger.Money
	Faults   []string // sentences; mostFaults at most
}

// mostFaults bounds how many faults are told.
const mostFaults = 100

// Answer returns a BillingChecked.
func (q BillingCheck) Answer(c *Call) (Reply, error) {
	months := c.monthsToCheck(q.Month)
	if err := c.check(monthIsClosed(q.Month, months)); err != nil {
		return nil, err
	}
	a := audit{Call: c, registrars: c.registrars()}
	a.numbers()
	var before ledger.Month
	for _, m := range months {
		a.fault(before != "" && before.Next() != m.Month, "%s was closed after %s", m.Month, before)
		if q.Month == "" || q.Month == m.Month {
			a.month(m, before)
		}
		before = m.Month
	}
	if !q.Inner {
		a.ends()
	}
	return a.done, nil
}

// monthsToCheck returns a closed month behind the one before it, the first first: a month costs the same however many
// are closed. Without a month it returns all.
func (c *Call) monthsToCheck(m ledger.Month) []registry.ClosedMonth {
	if m == "" {
		return c.monthsInOrder()
	}
	list := readBooks(c, func(b registry.Books) ([]registry.ClosedMonth, error) { return b.Months(m.Next(), 2) })
	slices.Reverse(list)
	return list
}

// monthIsClosed holds for a closed month, and for none.
func monthIsClosed(m ledger.Month, closed []registry.ClosedMonth) Rule {
	known := m == "" || slices.ContainsFunc(closed, func(c registry.ClosedMonth) bool { return c.Month == m })
	return refuseIf("monthIsClosed", !known, registry.Error{
		Code: registry.ObjectMissing, Field: "month", Value: string(m),
		Reason: "the month is not closed; dorado billing months shows those that are",
	})
}

// monthsInOrder returns all closed months, the first first.
func (c *Call) monthsInOrder() []registry.ClosedMonth {
	var all []registry.ClosedMonth
	for before := ledger.Month(""); ; {
		list := readBooks(c, func(b registry.Books) ([]registry.ClosedMonth, error) { return b.Months(before, monthsPage) })
		all = append(all, list...)
		if len(list) < monthsPage {
			break
		}
		before = list[len(list)-1].Month
	}
	slices.Reverse(all)
	return all
}

// monthsPage is how many closed months are read at once: ten years.
const monthsPage = 120

// An audit collects what is wrong.
type audit struct {
	*Call
	registrars []registry.Registrar
	done       BillingChecked
}

func (a *audit) fault(wrong bool, format string, args ...any) {
	if wrong && len(a.done.Faults) < mostFaults {
		a.done.Faults = append(a.done.Faults, fmt.Sprintf(format, args...))
	}
}

// numbers looks for gaps in the numbers of each series.
func (a *audit) numbers() {
	series := readBooks(a.Call, registry.Books.InvoiceSeries)
	for _, s := range series {
		a.fault(s.Last-s.First+1 != s.Count, "the series %q has the numbers %d to %d and %d invoices", s.Series, s.First, s.Last, s.Count)
	}
}

// month compares the invoices of a month with what was posted in it.
func (a *audit) month(m registry.ClosedMonth, before ledger.Month) {
	invoices := a.invoicesOf(m)
	a.done.Months++
	a.done.Invoices += int64(len(invoices))
	var lines []registry.InvoiceLine
	for _, r := range a.registrars {
		posted := readBooks(a.Call, func(b registry.Books) ([]registry.InvoiceLine, error) {
			return b.PostedSums(r.Party(), registry.TimesOf(m.Month))
		})
		i, found := invoices[r.ID]
		a.fault(!same(posted, i.Lines), "%s, %s: posted is %s, and on the invoice %s", m.Month, r.ID, told(posted), told(i.Lines))
		counted := a.counted(r.ID, m.Month)
		a.fault(!same(posted, counted), "%s, %s: posted is %s, and counted day by day %s", m.Month, r.ID, told(posted), told(counted))
		for _, l := range posted {
			a.done.Charges += l.Count
			a.done.Sum += l.Amount
		}
		if found {
			a.invoice(i, before)
			lines = append(lines, i.Lines...)
		}
	}
	a.fault(!same(lines, m.Lines), "%s: its invoices are %s, and it was closed with %s", m.Month, told(lines), told(m.Lines))
	a.fault(int64(len(invoices)) != m.Count(), "%s has %d invoices, and was closed with %d", m.Month, len(invoices), m.Count())
}

// counted returns what the kept counts of the days of a month say was posted.
func (a *audit) counted(id registry.RegistrarID, m ledger.Month) []registry.InvoiceLine {
	days, _ := read(a.Call, func() ([]registry.Tally, bool, error) {
		list, err := a.reader.Tallies(id, registry.TimesOf(m))
		return list, true, err
	})
	var p AccountPeriod
	for _, t := range days {
		p.count(t)
	}
	return p.Lines
}

// invoicesOf reads the invoices of a month, and looks at their numbers.
func (a *audit) invoicesOf(m registry.ClosedMonth) map[registry.RegistrarID]registry.Invoice {
	invoices := map[registry.RegistrarID]registry.Invoice{}
	limit := a.Terms.Limits.InvoicesPerPage
	number := m.First
	for f := (registry.InvoiceFilter{Month: m.Month}); ; {
		list := readBooks(a.Call, func(b registry.Books) ([]registry.Invoice, error) { return b.Invoices(f, limit) })
		for _, i := range list {
			a.fault(i.Number != number || i.Series != m.Series, "%s: after the invoices before it comes %s, and not %s%06d", m.Month, i.Name(), m.Series, number)
			number = i.Number + 1
			invoices[i.To.ID] = i
		}
		if len(list) < limit {
			return invoices
		}
		f.After = registry.InvoicePlace{Month: m.Month, Number: list[limit-1].Number}
	}
}

// invoice looks whether the figures of an invoice add up, and go on from the month before.
func (a *audit) invoice(i registry.Invoice, before ledger.Month) {
	var sum ledger.Money
	for _, l := range i.Lines {
		sum += l.Amount
	}
	a.fault(sum != i.Total, "%s: its lines are %s, and its total is %s", i.Name(), sum, i.Total)
	a.fault(i.Opening+i.Paid+i.Adjusted-i.Total != i.Closing, "%s: its balances and sums do not add up", i.Name())
	a.fault(i.HasParts() && i.Credited+i.WrittenOff+i.Waived != i.Adjusted, "%s: the parts of what was adjusted do not add up", i.Name())
	end, _ := a.balance(i.To.ID, i.Month)
	a.fault(end != i.Closing, "%s: its last balance is %s, and the month's is %s", i.Name(), i.Closing, end)
	begin, found := a.balance(i.To.ID, before)
	a.fault(found && begin != i.Opening, "%s: its first balance is %s, and the last of %s is %s", i.Name(), i.Opening, before, begin)
}

func (a *audit) balance(id registry.RegistrarID, m ledger.Month) (ledger.Money, bool) {
	b, found := read(a.Call, func() (registry.MonthBalance, bool, error) { return a.reader.MonthBalance(ledger.Party(id), m) })
	return b.Balance, found
}

// ends looks before the first closed month, where nothing may be posted, and at the balances after the last.
func (a *audit) ends() {
	latest, found := a.lastMonth()
	if !found {
		return
	}
	first, last := readBooks(a.Call, registry.Books.FirstMonth), latest.Month
	for _, r := range a.registrars {
		early := readBooks(a.Call, func(b registry.Books) ([]registry.InvoiceLine, error) {
			return b.PostedSums(r.Party(), registry.Times{To: first.From()})
		})
		a.fault(len(early) > 0, "%s: %s was posted before %s, the first month that was closed", r.ID, told(early), first)
		kept, found := a.balance(r.ID, last)
		funds, _ := read(a.Call, func() (ledger.Funds, bool, error) { return a.reader.Account(r.ID) })
		since := readBooks(a.Call, func(b registry.Books) (ledger.Money, error) {
			return b.PrepaidIn(r.Party(), registry.Times{From: last.Until()})
		})
		a.fault(found && kept != funds.Balance-since, "%s: the balance at the end of %s is %s by the ledger, and was %s when it was closed",
			r.ID, last, funds.Balance-since, kept)
	}
}

// same reports whether two lists of lines are the same by type.
func same(a, b []registry.InvoiceLine) bool { return slices.Equal(byType(a), byType(b)) }

// told writes lines for people.
func told(lines []registry.InvoiceLine) string {
	if len(lines) == 0 {
		return "nothing"
	}
	var parts []string
	for _, l := range byType(lines) {
		parts = append(parts, fmt.Sprintf("%d %s of %s", l.Count, l.Type, l.Amount))
	}
	return strings.Join(parts, ", ")
}
