package store

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// What an overlay shows of months and of ended charges is what the database has: nobody asks for it by the hundred.

func (o *overlay) Posted(party ledger.Party, span registry.Times, after registry.Place, limit int) ([]ledger.Charge, error) {
	return shown(o, func() ([]ledger.Charge, error) { return o.reader.Posted(party, span, after, limit) })
}

func (o *overlay) PostedSums(party ledger.Party, span registry.Times) ([]registry.InvoiceLine, error) {
	return shown(o, func() ([]registry.InvoiceLine, error) { return o.reader.PostedSums(party, span) })
}

func (o *overlay) Undone(party ledger.Party, span registry.Times, before registry.Place, limit int) ([]ledger.Charge, error) {
	return shown(o, func() ([]ledger.Charge, error) { return o.reader.Undone(party, span, before, limit) })
}

func (o *overlay) CountUndone(party ledger.Party, span registry.Times) (int64, error) {
	return shown(o, func() (int64, error) { return o.reader.CountUndone(party, span) })
}

func (o *overlay) CountEndedRegistrations(party ledger.Party, span registry.Times, undone bool, most int64) (int64, error) {
	return shown(o, func() (int64, error) { return o.reader.CountEndedRegistrations(party, span, undone, most) })
}

func (o *overlay) CountOpenRegistrations(span registry.Times) (map[ledger.Party]int64, error) {
	return shown(o, func() (map[ledger.Party]int64, error) { return o.reader.CountOpenRegistrations(span) })
}

func (o *overlay) NextMoney() (time.Time, error) { return shown(o, o.reader.NextMoney) }

func (o *overlay) FirstBooked() (time.Time, error) { return shown(o, o.reader.FirstBooked) }

func (o *overlay) PrepaidIn(party ledger.Party, span registry.Times) (ledger.Money, error) {
	return shown(o, func() (ledger.Money, error) { return o.reader.PrepaidIn(party, span) })
}

func (o *overlay) BookedIn(party ledger.Party, span registry.Times, from ledger.Account) (ledger.Money, error) {
	return shown(o, func() (ledger.Money, error) { return o.reader.BookedIn(party, span, from) })
}

func (o *overlay) LastMonth() (m registry.ClosedMonth, found bool, err error) {
	if err := o.show(); err != nil {
		return m, false, err
	}
	return o.reader.LastMonth()
}

func (o *overlay) FirstMonth() (ledger.Month, error) { return shown(o, o.reader.FirstMonth) }

func (o *overlay) Months(before ledger.Month, limit int) ([]registry.ClosedMonth, error) {
	return shown(o, func() ([]registry.ClosedMonth, error) { return o.reader.Months(before, limit) })
}

func (o *overlay) MonthBalance(party ledger.Party, m ledger.Month) (b registry.MonthBalance, found bool, err error) {
	if err := o.show(); err != nil {
		return b, false, err
	}
	return o.reader.MonthBalance(party, m)
}

func (o *overlay) Invoice(series string, number int64) (i registry.Invoice, found bool, err error) {
	if err := o.show(); err != nil {
		return i, false, err
	}
	return o.reader.Invoice(series, number)
}

func (o *overlay) LastInvoice(series string) (int64, error) {
	return shown(o, func() (int64, error) { return o.reader.LastInvoice(series) })
}

func (o *overlay) Invoices(f registry.InvoiceFilter, limit int) ([]registry.Invoice, error) {
	return shown(o, func() ([]registry.Invoice, error) { return o.reader.Invoices(f, limit) })
}

func (o *overlay) InvoiceSeries() ([]registry.SeriesCount, error) {
	return shown(o, o.reader.InvoiceSeries)
}

func (o *overlay) Proposals(year int) ([]registry.Proposal, error) {
	return shown(o, func() ([]registry.Proposal, error) { return o.reader.Proposals(year) })
}
