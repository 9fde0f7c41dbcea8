package policy_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A transfer costs what the name has for it, else its renewal, else the tier's price of it, else the tier's renewal.
func TestTransferPrices(t *testing.T) {
	terms := policy.Terms{Prices: policy.Prices{
		Currency: "USD", Create: 1_00, Renew: 2_00, Restore: 4_00,
		Tiers: []policy.Tier{{Create: 10_00, Renew: 20_00}, {Create: 10_00, Renew: 20_00, Transfer: 30_00}},
	}}
	dear := terms
	dear.Prices.Transfer = 3_00
	for _, test := range []struct {
		name  string
		terms policy.Terms
		entry registry.NamePrice
		want  ledger.Money
	}{
		{"standard", terms, registry.NamePrice{}, 2_00},
		{"standard with a price", dear, registry.NamePrice{}, 3_00},
		{"tier without", dear, registry.NamePrice{Tier: 1}, 20_00},
		{"tier with", terms, registry.NamePrice{Tier: 2}, 30_00},
		{"tier with, own renewal", terms, registry.NamePrice{Tier: 2, Renew: 5_00}, 5_00},
		{"own", terms, registry.NamePrice{Tier: 2, Renew: 5_00, Transfer: 6_00}, 6_00},
		{"own alone", terms, registry.NamePrice{Transfer: 6_00}, 6_00},
		{"own create alone", terms, registry.NamePrice{Create: 6_00}, 2_00},
	} {
		if got := test.terms.Quote(policy.OpTransfer, 3, test.entry).Total(); got != test.want.Times(3) {
			t.Errorf("%s: three years by transfer cost %s, want three times %s", test.name, got, test.want)
		}
		if test.entry.Transfer > 0 && test.entry.IsStandard() {
			t.Errorf("%s: a price of its own is standard", test.name)
		}
	}
}

// Whatever promotions there are, the price is never more than without them, nobody else's counts, the years behind the
// first of a create stay as they are, and the order of the list does not matter.
func TestPromotionsOnlyReduce(t *testing.T) {
	terms := policy.Terms{Prices: policy.Prices{Currency: "USD", Create: 20_00, Renew: 17_33, Restore: 40_00}}
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	operations := []policy.Operation{policy.OpCreate, policy.OpRenew, policy.OpTransfer, policy.OpRestore}
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 0))
		var list []registry.Promotion
		for i := range r.IntN(5) {
			p := registry.Promotion{ID: string(rune('a' + i)), Percent: r.IntN(101), From: at.Add(time.Duration(r.IntN(3)-1) * time.Hour), Uses: r.IntN(2)}
			if p.Percent == 0 {
				p.Fixed = ledger.Money(r.IntN(30_00))
			}
			p.Operations = append(p.Operations, string(operations[r.IntN(4)]))
			if r.IntN(2) == 0 {
				p.Registrars = append(p.Registrars, "H1")
			}
			list = append(list, p)
		}
		op, years := operations[r.IntN(4)], 1+r.IntN(5)
		plain := terms.Quote(op, years, registry.NamePrice{})
		buyer := policy.Buyer{Registrar: "H1", Zone: names.MustParse("co"), At: at}
		got := plain.Under(list, buyer)
		if got.Total() > plain.Total() || got.Total() < 0 || got.Promotion == nil && got.Total() != plain.Total() {
			t.Fatalf("seed %d: %s becomes %s under %+v", seed, plain, got, list)
		}
		if op == policy.OpCreate && years > 1 && got.Fees[1] != plain.Fees[1] {
			t.Fatalf("seed %d: the renewals of a create become %+v", seed, got.Fees)
		}
		if p := got.Promotion; p != nil && (got.Regular != plain.Total() || !p.Holds(at) || p.Operations[0] != string(op)) {
			t.Fatalf("seed %d: %s under %+v", seed, got, p)
		}
		reason := got.Reason()
		list = slices.Clone(list) // a quote points into the one that it was made of
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		if again := plain.Under(list, buyer); again.Total() != got.Total() || again.Reason() != reason {
			t.Fatalf("seed %d: in another order it is %s of %s, and was %s of %s", seed, again, again.Reason(), got, reason)
		}
		buyer.Registrar = "H2"
		if p := plain.Under(list, buyer).Promotion; p != nil && len(p.Registrars) > 0 {
			t.Fatalf("seed %d: H2 gets %+v", seed, p)
		}
	}
}
