package store

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// What a command asks of an account is read when all that was decided before it is there.

func (o *overlay) Tallies(id registry.RegistrarID, days registry.Times) ([]registry.Tally, error) {
	return shown(o, func() ([]registry.Tally, error) { return o.reader.Tallies(id, days) })
}

func (o *overlay) TallySums(id registry.RegistrarID, kind registry.TallyKind, before time.Time) ([]registry.Tally, error) {
	return shown(o, func() ([]registry.Tally, error) { return o.reader.TallySums(id, kind, before) })
}

func (o *overlay) BalancesAt(p ledger.Party, at time.Time) (ledger.Funds, error) {
	return shown(o, func() (ledger.Funds, error) { return o.reader.BalancesAt(p, at) })
}

func (o *overlay) OpenCharges(p ledger.Party, after registry.Place, limit int) ([]ledger.Charge, error) {
	return shown(o, func() ([]ledger.Charge, error) { return o.reader.OpenCharges(p, after, limit) })
}

func (o *overlay) InvoicesOf(id registry.RegistrarID, before ledger.Month, limit int) ([]registry.Invoice, error) {
	return shown(o, func() ([]registry.Invoice, error) { return o.reader.InvoicesOf(id, before, limit) })
}

func (o *overlay) DepositsOf(id registry.RegistrarID, before int64, limit int) ([]registry.MoneyAct, error) {
	return shown(o, func() ([]registry.MoneyAct, error) { return o.reader.DepositsOf(id, before, limit) })
}

func (o *overlay) PremiumNames(at time.Time, prefix string, after names.Name, limit int) ([]registry.PriceEntry, error) {
	return shown(o, func() ([]registry.PriceEntry, error) { return o.reader.PremiumNames(at, prefix, after, limit) })
}

func (o *overlay) PremiumTier(at time.Time, tier int, after names.Name, limit int) ([]registry.PriceEntry, error) {
	return shown(o, func() ([]registry.PriceEntry, error) { return o.reader.PremiumTier(at, tier, after, limit) })
}

func (o *overlay) PremiumOwn(at time.Time, prices registry.PriceSpan, after registry.PricePlace, limit int) ([]registry.PriceEntry, error) {
	return shown(o, func() ([]registry.PriceEntry, error) { return o.reader.PremiumOwn(at, prices, after, limit) })
}
