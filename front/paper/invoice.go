package paper

import (
	"cmp"
	"fmt"
	"slices"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// invoiceWords are what an invoice says. Those with a %s have a currency or days in its place.
type invoiceWords struct {
	title, number, dated, period, account            string
	kind, zone, count, amount, total, byType, byZone string
	opening, paid, adjusted, charged, closing        string
	credited, writtenOff, waived                     string
	settled, owed                                    string // what is to be paid: nothing, or an amount
	notes                                            []string
}

// Invoice lays an invoice out in the language of its registrar.
func Invoice(i registry.Invoice) Sheet {
	say := WordsIn(i.To.Language)
	w := say.invoice
	from, to := i.Month.From(), i.Month.LastDay()
	s := Sheet{
		Language: i.To.Language, Title: w.title, Number: i.Name(), Dated: i.Dated(), From: i.Issuer, To: i.To,
		Facts: []Line{
			{Label: w.number, Value: i.Name()},
			{Label: w.dated, Value: say.Day(i.Dated())},
			{Label: w.period, Value: say.Days(from, to)},
		},
		Tables: []Table{typeTable(i, say)}, Notes: append([]string{due(i, say)}, w.notes...),
	}
	if zones := summed(i.Lines, func(l registry.InvoiceLine) registry.InvoiceLine { l.Type = ""; return l }); len(zones) > 1 {
		s.Details = []Table{zoneTable(i, say)}
	}
	s.Sums = append(s.Sums, Line{Label: fmt.Sprintf(w.opening, say.Day(from)), Value: say.Amount(i.Opening, i.Currency)})
	for _, part := range moved(i, w) {
		if part.amount != 0 {
			s.Sums = append(s.Sums, Line{Label: part.label, Value: say.Amount(part.amount, i.Currency)})
		}
	}
	s.Sums = append(s.Sums,
		Line{Label: w.charged, Value: say.Amount(-i.Total, i.Currency)},
		Line{Label: fmt.Sprintf(w.closing, say.Day(to)), Value: say.Amount(i.Closing, i.Currency), Strong: true},
	)
	return s
}

// A part is what of a balance came or went in one way.
type part struct {
	label  string
	amount ledger.Money
}

// moved is what came and went beside the charges of an invoice.
func moved(i registry.Invoice, w invoiceWords) []part {
	list := []part{{w.paid, i.Paid}}
	if !i.HasParts() {
		return append(list, part{w.adjusted, i.Adjusted})
	}
	return append(list, part{w.credited, i.Credited}, part{w.writtenOff, i.WrittenOff}, part{w.waived, i.Waived})
}

// due says whether something is to be paid: what the account lacked when the month ended.
func due(i registry.Invoice, say Words) string {
	if i.Closing < 0 {
		return fmt.Sprintf(say.invoice.owed, say.Amount(-i.Closing, i.Currency))
	}
	return say.invoice.settled
}

// typeTable has a row for each type.
func typeTable(i registry.Invoice, say Words) Table {
	t := Table{Columns: columns(i, say, Column{Title: say.invoice.kind, Share: 5}), Total: totals(i, say, 1)}
	for _, l := range summed(i.Lines, func(l registry.InvoiceLine) registry.InvoiceLine { l.Zone = ""; return l }) {
		t.Rows = append(t.Rows, []string{say.Type(l.Type), say.Count(l.Count), say.Money(l.Amount)})
	}
	return t
}

// zoneTable has a row for each zone and type.
func zoneTable(i registry.Invoice, say Words) Table {
	t := Table{
		Title:   say.invoice.byZone,
		Columns: columns(i, say, Column{Title: say.invoice.zone, Share: 2.2}, Column{Title: say.invoice.kind, Share: 2.8}),
		Total:   totals(i, say, 2),
	}
	lines := slices.Clone(i.Lines)
	slices.SortStableFunc(lines, func(a, b registry.InvoiceLine) int { return cmp.Compare(a.Zone, b.Zone) })
	for _, l := range lines {
		zone := cmp.Or(l.Zone, say.invoice.account)
		t.Rows = append(t.Rows, []string{zone, say.Type(l.Type), say.Count(l.Count), say.Money(l.Amount)})
	}
	return t
}

// columns are the first ones, then count and amount.
func columns(i registry.Invoice, say Words, first ...Column) []Column {
	return append(first,
		Column{Title: say.invoice.count, Share: 2, Right: true},
		Column{Title: fmt.Sprintf(say.invoice.amount, i.Currency), Share: 2.4, Right: true},
	)
}

// totals is the last row of a table whose first columns are words.
func totals(i registry.Invoice, say Words, words int) []string {
	row := append([]string{say.invoice.total}, make([]string, words-1)...)
	return append(row, say.Count(i.Count()), say.Money(i.Total))
}

// summed adds up lines that are alike in what a function leaves of them, in the order in which they first come.
func summed(lines []registry.InvoiceLine, left func(registry.InvoiceLine) registry.InvoiceLine) []registry.InvoiceLine {
	type key struct {
		Type ledger.Type
		Zone string
	}
	at := map[key]int{}
	var sums []registry.InvoiceLine
	for _, l := range lines {
		l = left(l)
		k := key{l.Type, l.Zone}
		n, known := at[k]
		if !known {
			at[k] = len(sums)
			sums = append(sums, l)
			continue
		}
		sums[n].Count += l.Count
		sums[n].Amount += l.Amount
	}
	return sums
}
