package flow

import (
	"cmp"
	"slices"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// MonthDraft asks for what a registrar's invoice of a month will say, and for its balance at the end. The month is over
// and settled.
type MonthDraft struct {
	Month     ledger.Month
	Registrar registry.RegistrarID
}

// A Draft is what MonthDraft answers: an invoice without a number and an issuer, and without lines if nothing was
// posted; then there is none.
type Draft struct {
	Invoice registry.Invoice
	Balance registry.MonthBalance
}

// Answer returns a Draft.
func (q MonthDraft) Answer(c *Call) (Reply, error) {
	r, found := c.RegistrarByID(q.Registrar)
	if err := c.check(registrarExists(q.Registrar, found)); err != nil {
		return nil, err
	}
	party, span := r.Party(), registry.TimesOf(q.Month)
	i := registry.Invoice{
		Month: q.Month, To: r.Recipient(), Currency: c.Profile.At(q.Month.LastSecond()).Prices.Currency,
		Lines: c.invoiceLines(r.ID, span),
	}
	for _, l := range i.Lines {
		i.Total += l.Amount
	}
	since := registry.Times{To: span.To}
	if last, any := c.lastMonth(); any {
		before, _ := read(c, func() (registry.MonthBalance, bool, error) { return c.reader.MonthBalance(party, last.Month) })
		i.Opening, since.From = before.Balance, last.Month.Until()
	}
	// From the last balance forward, not from today's back: a year that is caught up with would be read for each month.
	i.Closing = i.Opening + readBooks(c, func(b registry.Books) (ledger.Money, error) { return b.PrepaidIn(party, since) })
	from := func(a ledger.Account) ledger.Money {
		return readBooks(c, func(b registry.Books) (ledger.Money, error) { return b.BookedIn(party, span, a) })
	}
	i.Paid, i.Credited, i.WrittenOff = from(ledger.Bank), from(ledger.Adjustments), from(ledger.WriteOffs)
	i.Adjusted = i.Closing - i.Opening - i.Paid + i.Total
	i.Waived = i.Adjusted - i.Credited - i.WrittenOff // there is nothing else
	return Draft{i, registry.MonthBalance{Month: q.Month, Party: party, Balance: i.Closing}}, nil
}

// invoiceLines adds up what was posted in a span, by type and zone.
func (c *Call) invoiceLines(id registry.RegistrarID, span registry.Times) []registry.InvoiceLine {
	type kind struct {
		typ  ledger.Type
		zone string
	}
	sums := map[kind]registry.InvoiceLine{}
	limit := c.Terms.Limits.TransactionsPerPage
	for after := (registry.Place{}); ; {
		charges := c.posted(id, span, after, limit)
		for _, charge := range charges {
			k := kind{charge.Type, zoneOf(charge.Subject)}
			sum := sums[k]
			sums[k] = registry.InvoiceLine{Type: k.typ, Zone: k.zone, Count: sum.Count + 1, Amount: sum.Amount + charge.Amount}
		}
		if len(charges) < limit {
			break
		}
		after = registry.PlaceOf(charges[limit-1])
	}
	var lines []registry.InvoiceLine
	for _, sum := range sums {
		lines = append(lines, sum)
	}
	slices.SortFunc(lines, byTypeAndZone)
	return lines
}

// byTypeAndZone orders lines as papers show them: types in the order of ledger.Types, then zones.
func byTypeAndZone(a, b registry.InvoiceLine) int {
	return cmp.Or(cmp.Compare(a.Type.Rank(), b.Type.Rank()), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Zone, b.Zone))
}

// byType adds lines up whatever their zone.
func byType(lines []registry.InvoiceLine) []registry.InvoiceLine {
	var sums []registry.InvoiceLine
	for _, l := range lines {
		at := slices.IndexFunc(sums, func(s registry.InvoiceLine) bool { return s.Type == l.Type })
		if at < 0 {
			sums, at = append(sums, registry.InvoiceLine{Type: l.Type}), len(sums)
		}
		sums[at].Count += l.Count
		sums[at].Amount += l.Amount
	}
	slices.SortFunc(sums, byTypeAndZone)
	return sums
}
