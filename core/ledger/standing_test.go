package ledger_test

import (
	"testing"
	"time"

	"example.org/dorado/core/ledger"
)

// An account falls and rises past its limits; each row begins where the one before it ended.
func TestStanding(t *testing.T) {
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	f := ledger.Funds{Balance: 100_00, CreditThreshold: 50_00, MinimumBalance: 10_00}
	for _, row := range []struct {
		what       string
		at         string
		balance    ledger.Money
		authorised ledger.Money
		want       ledger.Turn // without its instant
		holds      int
	}{
		{"at the threshold", "2026-03-01", 50_00, 0, ledger.Turn{}, 0},
		{"a cent below it", "2026-03-02", 49_99, 0, ledger.Turn{Low: true}, 0},
		{"further below", "2026-03-03", 30_00, 0, ledger.Turn{}, 0},
		{"back", "2026-03-04", 50_00, 0, ledger.Turn{Enough: true}, 0},
		{"low by what is set aside", "2026-03-05", 60_00, 11_00, ledger.Turn{Low: true}, 0},
		{"at the minimum", "2026-03-06", 10_00, 0, ledger.Turn{}, 0},
		{"below it", "2026-03-07", 9_99, 0, ledger.Turn{Held: true, HoldsOfYear: 1}, 1},
		{"further below", "2026-03-08", -90_00, 0, ledger.Turn{}, 1},
		{"released", "2026-03-09", 10_00, 0, ledger.Turn{Released: true}, 1},
		{"the second in the year", "2026-12-31", 0, 0, ledger.Turn{Held: true, HoldsOfYear: 2}, 2},
		{"released in the next", "2027-01-01", 100_00, 0, ledger.Turn{Enough: true, Released: true}, 2},
		{"the first of that", "2027-01-02", 0, 0, ledger.Turn{Low: true, Held: true, HoldsOfYear: 1}, 1},
	} {
		f.Balance, f.Authorised = row.balance, row.authorised
		var turn ledger.Turn
		f, turn = f.Stand(day(row.at))
		row.want.At = day(row.at)
		if turn != row.want || f.Standing.Holds != row.holds {
			t.Errorf("%s: %+v, %d holds, want %+v, %d", row.what, turn, f.Standing.Holds, row.want, row.holds)
		}
	}
}
