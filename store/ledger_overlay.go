package store

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// What a command asks of the ledger as a whole is read when all that was decided before it is there.

func (o *overlay) Entries(f registry.EntryFilter, limit int) ([]ledger.Entry, error) {
	return shown(o, func() ([]ledger.Entry, error) { return o.reader.Entries(f, limit) })
}

func (o *overlay) EachEntry(f registry.EntryFilter, use func(ledger.Entry) error) error {
	if err := o.show(); err != nil {
		return err
	}
	return o.reader.EachEntry(f, use)
}

func (o *overlay) FirstEntry() (at time.Time, ok bool, err error) {
	if err := o.show(); err != nil {
		return at, false, err
	}
	return o.reader.FirstEntry()
}

func (o *overlay) CountEntries(since, until time.Time) ([]registry.PartyCount, error) {
	return shown(o, func() ([]registry.PartyCount, error) { return o.reader.CountEntries(since, until) })
}

func (o *overlay) Balances(p ledger.Party, at time.Time) ([]registry.AccountBalance, error) {
	return shown(o, func() ([]registry.AccountBalance, error) { return o.reader.Balances(p, at) })
}

func (o *overlay) LastSealedDay() (d registry.SealedDay, ok bool, err error) {
	if err := o.show(); err != nil {
		return d, false, err
	}
	return o.reader.LastSealedDay()
}

func (o *overlay) SealedDays(from time.Time, limit int) ([]registry.SealedDay, error) {
	return shown(o, func() ([]registry.SealedDay, error) { return o.reader.SealedDays(from, limit) })
}

func (o *overlay) DaysSealedSince(made time.Time) ([]registry.SealedDay, error) {
	return shown(o, func() ([]registry.SealedDay, error) { return o.reader.DaysSealedSince(made) })
}

func (o *overlay) LastSeals(day time.Time) ([]ledger.Seal, error) {
	return shown(o, func() ([]ledger.Seal, error) { return o.reader.LastSeals(day) })
}

func (o *overlay) SealsOf(p ledger.Party, after time.Time, limit int) ([]ledger.Seal, error) {
	return shown(o, func() ([]ledger.Seal, error) { return o.reader.SealsOf(p, after, limit) })
}

func (o *overlay) EachSeal(use func(ledger.Seal) error) error {
	if err := o.show(); err != nil {
		return err
	}
	return o.reader.EachSeal(use)
}

func (o *overlay) CountSealed(day time.Time) ([]registry.PartyCount, error) {
	return shown(o, func() ([]registry.PartyCount, error) { return o.reader.CountSealed(day) })
}

func (o *overlay) UnsealedLate(limit int) ([]registry.LateEntry, error) {
	return shown(o, func() ([]registry.LateEntry, error) { return o.reader.UnsealedLate(limit) })
}

func (o *overlay) LateEntries(p ledger.Party) ([]registry.LateEntry, error) {
	return shown(o, func() ([]registry.LateEntry, error) { return o.reader.LateEntries(p) })
}

func (o *overlay) LedgerFaults(limit int) ([]registry.LedgerFault, error) {
	return shown(o, func() ([]registry.LedgerFault, error) { return o.reader.LedgerFaults(limit) })
}
