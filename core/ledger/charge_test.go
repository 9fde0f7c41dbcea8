package ledger_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.org/dorado/core/ledger"
)

// Whatever becomes of charges, every entry moves one amount between two accounts, nothing stays set
// aside when all have ended, the balance is lower by exactly what was posted, and no key comes twice.
func TestChargesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		balances := map[ledger.Account]ledger.Money{}
		keys := map[string]bool{}
		record := func(entries []ledger.Entry) {
			for _, e := range entries {
				if keys[e.Key] || e.Debit == e.Credit || e.Party != "H1" {
					t.Fatalf("entry %+v", e)
				}
				keys[e.Key] = true
				balances[e.Debit] -= e.Amount
				balances[e.Credit] += e.Amount
			}
		}
		var posted ledger.Money
		at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		record([]ledger.Entry{ledger.Deposit("H1", 1000_00, at, "1")})
		for i := range rapid.IntRange(1, 20).Draw(t, "charges") {
			c := ledger.Charge{
				ID: fmt.Sprint(i), Party: "H1", Type: ledger.Renewal, At: at, PostsAt: at.Add(time.Hour),
				Amount:     ledger.Money(rapid.Int64Range(1, 1_000_000).Draw(t, "amount")),
				Authorises: rapid.Bool().Draw(t, "authorises"), State: ledger.Open,
			}
			record(c.Authorise())
			if rapid.Bool().Draw(t, "posted") {
				c, entries := c.Post()
				record(entries)
				posted += c.Amount
				if c.State != ledger.Posted || !c.Ended.Equal(c.PostsAt) {
					t.Fatalf("posted %+v", c)
				}
			} else {
				c, entries := c.Release(at)
				record(entries)
				if c.State != ledger.Released {
					t.Fatalf("released %+v", c)
				}
			}
		}
		var sum ledger.Money
		for _, b := range maps.All(balances) {
			sum += b
		}
		if sum != 0 || balances[ledger.Authorised("H1")] != 0 || balances[ledger.Prepaid("H1")] != 1000_00-posted {
			t.Fatalf("sum %s, set aside %s, prepaid %s after %s was posted", sum, balances[ledger.Authorised("H1")], balances[ledger.Prepaid("H1")], posted)
		}
	})
}

func ExampleCharge() {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c := ledger.Charge{
		ID: "D1-CO/create", Party: "H1001", Subject: "shop.co", Type: ledger.Registration, Amount: 20_00,
		At: at, PostsAt: at.AddDate(0, 0, 5), Authorises: true, State: ledger.Open,
	}
	for _, e := range c.Authorise() {
		fmt.Println(e.Debit, "to", e.Credit, e.Amount)
	}
	_, entries := c.Post()
	for _, e := range entries {
		fmt.Println(e.Debit, "to", e.Credit, e.Amount)
	}
	// Output:
	// uncommitted:H1001 to authorised:H1001 20.00
	// authorised:H1001 to uncommitted:H1001 20.00
	// prepaid:H1001 to revenue:Registration 20.00
}
