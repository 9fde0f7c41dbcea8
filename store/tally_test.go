package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// What was there before anything was counted is counted at the first start, as it would have been.
func TestDaysAreCountedOnce(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	for _, name := range []string{"keeps.co", "goes.co", "moves.co", "undone.co"} {
		w.Domain(world.Acme, name)
	}
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("undone.co")})
	w.Pass(61 * 24 * time.Hour)
	w.Settle()
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("goes.co")})
	w.Do(world.Other, flow.DomainTransfer{Name: world.Name("moves.co"), AuthInfo: new("domain-secret")})
	w.Do(world.Acme, flow.DomainTransferEnd{Name: world.Name("moves.co"), How: registry.TransferClientApproved})
	w.Pass(400 * 24 * time.Hour)
	w.Settle()
	w.CheckInvariants()
	const all = "SELECT party, day, kind, count, amount FROM account_day ORDER BY party, day, kind"
	counted := w.Rows(all)
	if n := strings.Count(counted, "\n"); n < 10 || !strings.Contains(counted, "waiting:Auto-Renewal") {
		t.Fatalf("counted is\n%s", counted)
	}
	w.Exec("DELETE FROM account_day")
	w.Exec("DELETE FROM setting WHERE name = 'account-days'")
	for range 2 {
		if err := w.DB.Migrate(context.Background()); err != nil {
			t.Fatal(err)
		}
		if again := w.Rows(all); again != counted {
			t.Fatalf("counted anew it is\n%s\nand was\n%s", again, counted)
		}
	}
}

// The pages of an account are read from an index, and end with what is asked for: the plans say so.
func TestAccountPlans(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	if w.Postgres {
		t.Skip("plans are compared on SQLite")
	}
	statements := store.AccountStatements()
	for _, test := range []struct {
		name, uses string
		args       []any
	}{
		{"talliesOf", "account_day_1 (party=? AND day>? AND day<?)", []any{"H1001", 5, 9}},
		{"tallySums", "account_day_1 (party=? AND day<?)", []any{"H1001", 9, ""}},
		{"openCharges", "charge_open_of (party=? AND (posts_at,id)>(?,?))", []any{"H1001", 5, "x", 9}},
		{"dueCharges", "charge_due (posts_at<?)", []any{5, 9, ""}},
		{"invoicesOf", "invoice_party (party=? AND month<?)", []any{"H1001", "2026-03", 9}},
		{"depositsOf", "money_act_number (registrar=? AND number<?)", []any{"H1001", 5, 9}},
		{"premiumTier", "price_entry_price (list=? AND creates=? AND tier=? AND name>?)", []any{1, 5, 9, 3, "a", 9}},
		{"premiumOwn", "price_entry_price (list=? AND creates>? AND creates<?)", []any{1, 5, 9, 60, 70, 60, 0, "a", 9}},
		{"premiumNames", "price_entry_1 (list=? AND name>? AND name<?)", []any{1, 5, 9, "a", "a", "b", 9}},
		{"entriesBefore", "entry_party (party=? AND at>? AND at<?)", []any{"H1001", 1, 9, 8, 8, "x", "", 9}},
		{"entrySums", "entry_party (party=? AND at>? AND at<?)", []any{"H1001", 1, 9, "prepaid:H1001", "authorised:H1001"}},
		{"sealBefore", "seal_1 (party=? AND day<?)", []any{"H1001", 9}},
	} {
		plan := w.Rows("EXPLAIN QUERY PLAN "+statements[test.name], test.args...)
		if !strings.Contains(plan, test.uses) || strings.Contains(plan, "SCAN e") || strings.Contains(plan, "SCAN charge") {
			t.Errorf("%s: the plan has no %s, or reads a table:\n%s", test.name, test.uses, plan)
		}
	}
}

// Fifty thousand premium names are searched by price in the time of a page.
func TestPremiumNamesByThousands(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	const count = 50_000
	w.Exec("INSERT INTO price_list (id, version, state, starts, turn, touched, body) VALUES (1, 1, 'effective', 5, 1, 5, '{}')")
	var rows strings.Builder
	for i := range count {
		if rows.Len() > 0 {
			rows.WriteString(", ")
		}
		fmt.Fprintf(&rows, "(1, 'p%06d.co', %d, %d, 0, 0, 0)", i, i%11, i%3*i)
		if (i+1)%5000 == 0 {
			w.Exec("INSERT INTO price_entry (list, name, tier, creates, renews, transfers, restores) VALUES " + rows.String())
			rows.Reset()
		}
	}
	err := w.DB.View(context.Background(), func(r registry.Reader) error {
		begun := time.Now()
		for range 20 {
			own, err := r.PremiumOwn(w.Now(), registry.PriceSpan{From: 60_000, To: 61_000}, registry.PricePlace{}, 100)
			if err != nil || len(own) != 100 || own[0].Create < 60_000 {
				return fmt.Errorf("own prices: %d, %w", len(own), err)
			}
			tier, err := r.PremiumTier(w.Now(), 3, own[0].Name, 100)
			if err != nil || len(tier) != 100 || tier[0].Create != 0 || tier[0].Tier != 3 {
				return fmt.Errorf("a tier: %d, %w", len(tier), err)
			}
			some, err := r.PremiumNames(w.Now(), "p04", names.Name{}, 100)
			if err != nil || len(some) != 100 || some[0].Name.String() != "p040000.co" {
				return fmt.Errorf("a beginning: %d, %w", len(some), err)
			}
		}
		if took := time.Since(begun) / 20; took > 50*time.Millisecond {
			t.Errorf("three pages take %s", took)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
