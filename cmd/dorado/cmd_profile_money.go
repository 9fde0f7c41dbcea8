package main

import (
	"fmt"
	"strconv"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// priceRows are the standard prices, and those of the tiers of premium names.
func priceRows(p policy.Prices) [][]string {
	rows := [][]string{{"  " + p.Currency, "CREATE", "RENEW", "TRANSFER", "RESTORE"}}
	terms := policy.Terms{Prices: p}
	for tier := range len(p.Tiers) + 1 {
		costs := terms.CostsOf(registry.NamePrice{Tier: tier})
		row := []string{"  standard"}
		if tier > 0 {
			row[0] = "  tier " + strconv.Itoa(tier)
		}
		for _, m := range []ledger.Money{costs.Create, costs.Renew, costs.Transfer, costs.Restore} {
			row = append(row, thousands(m.String()))
		}
		rows = append(rows, row)
	}
	return rows
}

// accountRows are the rules of registrars' money, each with what it means and its key in the profile.
func accountRows(t *policy.Terms) [][]string {
	amount := func(m ledger.Money) string { return thousands(m.String()) + " " + t.Prices.Currency }
	fee := func(m ledger.Money) string {
		if m == 0 {
			return "none"
		}
		return amount(m)
	}
	alone := "any amount"
	if t.MoneyAlone > 0 {
		alone = "to " + amount(t.MoneyAlone)
	}
	return [][]string{
		{"  one person", alone, "a change of more waits for a second one (moneyAlone)"},
		{"  it waits", count(int(t.MoneyPending), "day"), "then it lapses (moneyPendingDays)"},
		{"  reinstatement", fee(t.Prices.Reinstate), "for the second and each later hold of a year (prices.reinstate)"},
		{"  add-grace limit", addGraceText(t.AddGraceLimit), "deletes in add grace that are free in a month (addGraceLimit)"},
		{"  too few names", fee(t.MinimumNewNames.Fee), fmt.Sprintf("for fewer than %d new names in a year, %d a month in the first one (minimumNewNames)",
			t.MinimumNewNames.Year, t.MinimumNewNames.Month)},
	}
}

func addGraceText(l policy.AddGraceLimit) string {
	if l.IsNone() {
		return "all"
	}
	return fmt.Sprintf("%s, or %d%%", count(int(l.Names), "name"), l.Percent)
}
