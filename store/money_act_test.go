package store_test

import (
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// asActs returns acts on the money of H1 and of H2, one of each state, as they are put one after the other.
func asActs() [][]registry.MoneyAct {
	waits := registry.MoneyAct{
		ID: "H1-1", Registrar: "H1", Number: 1, Version: 1, Kind: registry.MoneyDeposit, Amount: 5, State: registry.MoneyPending,
		Author: "ana", Asked: now, Until: now.Add(time.Hour), Reference: "R-1",
	}
	lapsed := waits.At(now.Add(time.Hour))
	lapsed.Version = 2
	done := registry.MoneyAct{
		ID: "H1-2", Registrar: "H1", Number: 2, Version: 1, Kind: registry.MoneyDeposit, Amount: 5, State: registry.MoneyDone,
		Author: "ana", Asked: now.Add(2 * time.Hour), Reference: "R-1", Entry: "deposit/H1/R-1", Balance: 5,
	}
	other := registry.MoneyAct{
		ID: "H2-1", Registrar: "H2", Number: 1, Version: 1, Kind: registry.MoneyNewLimits, State: registry.MoneyPending, Amount: 7,
		Author: "eva", Asked: now.Add(3 * time.Hour), Until: now.Add(4 * time.Hour), Limits: &registry.MoneyLimits{
			CreditLimit: new(ledger.Money(7)), EmergencyUntil: now, Before: &ledger.Limits{}, After: &ledger.Limits{CreditLimit: 7, EmergencyUntil: now},
		},
	}
	return [][]registry.MoneyAct{{waits}, {lapsed, done}, {other}}
}

// Acts come back, by their number, by their entry and in lists; the reference of one that has lapsed is free, and of
// no other.
func TestMoneyActs(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	write(t, w, registry.Changes{Registrars: []registry.Registrar{{ID: "H2", Version: 1}}})
	puts := asActs()
	for _, acts := range puts {
		write(t, w, registry.Changes{MoneyActs: acts})
	}
	lapsed, done, other := puts[1][0], puts[1][1], puts[2][0]
	view(t, w, func(r registry.Reader) error {
		same(t, lapsed)(r.MoneyAct("H1-1"))
		same(t, other)(r.MoneyAct("H2-1"))
		same(t, done)(r.MoneyActOf("deposit/H1/R-1"))
		same(t, done)(r.MoneyActClaiming("R-1"))
		if _, found, err := r.MoneyActClaiming(""); found || err != nil {
			t.Errorf("the act that claims nothing: %t, %v", found, err)
		}
		if _, found, err := r.MoneyActOf(""); found || err != nil {
			t.Errorf("the act of no entry: %t, %v", found, err)
		}
		for id, want := range map[registry.RegistrarID]int64{"H1": 2, "H2": 1, "H3": 0} {
			if last, err := r.LastMoneyAct(id); last != want || err != nil {
				t.Errorf("the last act of %s is %d, %v, want %d", id, last, err, want)
			}
		}
		for _, test := range []struct {
			filter registry.MoneyFilter
			limit  int
			want   string
		}{
			{registry.MoneyFilter{}, 9, "H2-1 H1-2 H1-1 "},
			{registry.MoneyFilter{}, 2, "H2-1 H1-2 "},
			{registry.MoneyFilter{Registrar: "H1"}, 9, "H1-2 H1-1 "},
			{registry.MoneyFilter{Pending: true}, 9, "H2-1 "},
			{registry.MoneyFilter{Registrar: "H1", Pending: true}, 9, ""},
		} {
			list, err := r.MoneyActs(test.filter, test.limit)
			got := ""
			for _, a := range list {
				got += a.ID + " "
			}
			if got != test.want || err != nil {
				t.Errorf("%+v: %q, %v, want %q", test.filter, got, err, test.want)
			}
		}
		return nil
	})
	again := done
	again.ID, again.Number, again.Entry = "H1-3", 3, "deposit-2/H1/R-1"
	if err := update(w, registry.Changes{MoneyActs: []registry.MoneyAct{again}}); err == nil {
		t.Error("a reference is claimed twice")
	}
	others := registry.MoneyAct{
		ID: "H2-2", Registrar: "H2", Number: 2, Version: 1, Kind: registry.MoneyDeposit, Amount: 5, State: registry.MoneyPending,
		Author: "eva", Asked: now, Until: now.Add(time.Hour), Reference: "R-1",
	}
	if err := update(w, registry.Changes{MoneyActs: []registry.MoneyAct{others}}); err == nil {
		t.Error("a reference is claimed for two registrars")
	}
	done.Version, done.ReversedBy = 2, "H1-3"
	write(t, w, registry.Changes{MoneyActs: []registry.MoneyAct{done, again}})
}

// Emergency credit lapses at its end, once, and not if it was granted anew.
func TestLapses(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	limits := ledger.Funds{Party: "H1", CreditLimit: 5_00, EmergencyCredit: 7_00, EmergencyUntil: now}
	write(t, w, registry.Changes{Limits: []ledger.Funds{limits}})
	lapse := registry.Lapse{Party: "H1", Until: now}
	view(t, w, func(r registry.Reader) error {
		if due, err := r.NextDue(); !due.Equal(now) || err != nil {
			t.Errorf("next due is %s, %v", due, err)
		}
		for at, want := range map[time.Time]int{now.Add(-1 * time.Second): 0, now: 1} {
			if list, err := r.DueLapses(at, 10); len(list) != want || err != nil || want > 0 && list[0] != lapse {
				t.Errorf("at %s: %v, %v", at, list, err)
			}
			f, _, err := r.Funds("H1", at)
			if left := ledger.Money(1-want) * 7_00; f.EmergencyCredit != left || f.Lapsed != 7_00-left || err != nil {
				t.Errorf("at %s: %+v, %v", at, f, err)
			}
		}
		f, _, err := r.Account("H1")
		if f.EmergencyCredit != 7_00 || f.Lapsed != 0 {
			t.Errorf("as it is written down: %+v", f)
		}
		return err
	})
	if err := update(w, registry.Changes{Lapses: []registry.Lapse{{Party: "H1", Until: now.Add(time.Second)}}}); err == nil {
		t.Error("emergency credit of another end lapses")
	}
	write(t, w, registry.Changes{Lapses: []registry.Lapse{lapse}})
	view(t, w, func(r registry.Reader) error {
		f, _, err := r.Account("H1")
		if want := (ledger.Limits{CreditLimit: 5_00}); f.Limits() != want {
			t.Errorf("after it: %+v", f)
		}
		return err
	})
}
