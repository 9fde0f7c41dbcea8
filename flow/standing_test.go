package flow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// account opens an account with limits and funds, and returns its registrar.
func account(w *world.World, limits ledger.Funds, funds ledger.Money) registry.RegistrarID {
	const id = "H9001"
	w.Do("", flow.RegistrarCreate{
		Registrar: registry.Registrar{ID: id, Name: "Standing", Email: "billing@standing.example"}, Limits: limits,
	})
	w.Do("", flow.Deposit{Author: "ana", Registrar: id, Amount: funds, Reference: "opening of " + string(id)})
	w.Contact(id, "C")
	return id
}

// mailed are the account events that a registrar was mailed about, in order, but for its deposits.
func mailed(w *world.World, id registry.RegistrarID) string {
	return w.Rows(`SELECT template FROM mail WHERE registrar = $1 AND template <> 'deposit-received' ORDER BY id`, string(id))
}

// A registrar is told once that its credit is low, and again when it has been enough in between. Decisions 5.5.
func TestLowBalance(t *testing.T) {
	w := world.New(t, noon)
	id := account(w, ledger.Funds{CreditThreshold: 50_00}, 100_00)
	create := func(name string) { t.Helper(); w.Do(id, poorCreate(name)) }
	want := func(what, events string) {
		t.Helper()
		if got := mailed(w, id); got != events {
			t.Errorf("%s: told %q, want %q", what, got, events)
		}
	}
	create("name-a.co")
	create("name-b.co")
	want("60.00 are left", "")
	create("name-c.co")
	want("40.00 are left", "low-balance\n")
	create("name-d.co")
	want("20.00 are left", "low-balance\n")
	w.Do(id, flow.DomainDelete{Name: world.Name("name-c.co")})
	want("40.00 are left", "low-balance\n")
	w.Do(id, flow.DomainDelete{Name: world.Name("name-d.co")}) // 60.00
	create("name-e.co")                                        // 40.00
	want("low again", "low-balance\nlow-balance\n")
	w.CheckInvariants()
}

// A balance that falls below its minimum puts the account on hold until funds arrive: commands that cost money are
// refused, what time does goes on, and from the second hold of a calendar year on each costs the fee. Decisions 5.5.
func TestHold(t *testing.T) {
	for _, engine := range []bool{true, false} {
		t.Run(fmt.Sprintf("engine %t", engine), func(t *testing.T) {
			w := world.New(t, noon) // 2026-03-01
			id := account(w, ledger.Funds{MinimumBalance: 10_00, CreditLimit: 100_00}, 30_00)
			settle := func(at string) {
				w.At(at)
				if engine {
					w.Settle()
				}
			}
			w.Do(id, poorCreate("name-a.co")) // posts on the 6th, and renews itself
			settle("2026-03-06T12:00:00Z")
			w.Do(id, poorCreate("name-b.co")) // 10.00 are the minimum; the next one is below
			settle("2026-03-11T11:59:59Z")
			w.Do(id, poorCreate("name-c.co"))
			settle("2026-03-11T12:00:00Z")
			for what, cmd := range map[string]flow.Command{
				"create": poorCreate("name-d.co"),
				"renew":  flow.DomainRenew{Name: world.Name("name-a.co"), CurrentExpiry: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)},
			} {
				_, err := w.Run(id, cmd)
				if code(err) != registry.BillingFailure {
					t.Errorf("%s on hold: %v, want 2104", what, err)
				}
			}
			w.At("2026-03-17T00:00:00Z") // name-c.co posts, too
			w.Do("", flow.Deposit{Author: "ana", Registrar: id, Amount: 39_99, Reference: "a cent too little"})
			if _, err := w.Run(id, poorCreate("name-d.co")); code(err) != registry.BillingFailure {
				t.Errorf("create with a cent too little: %v, want 2104", err)
			}
			w.Do("", flow.Deposit{Author: "ana", Registrar: id, Amount: 1, Reference: "the cent"})
			w.Do(id, poorCreate("name-d.co"))
			settle("2026-03-22T00:00:00Z") // which posts: the second hold, for 1,000.00
			w.Do("", flow.Deposit{Author: "ana", Registrar: id, Amount: 20_00, Reference: "without the fee"})
			if _, err := w.Run(id, poorCreate("name-e.co")); code(err) != registry.BillingFailure {
				t.Errorf("create without the fee: %v, want 2104", err)
			}
			w.Do("", flow.Deposit{Author: "ana", Registrar: id, Amount: 1000_00, Reference: "the fee"})
			w.Do(id, poorCreate("name-e.co"))
			w.Settle()
			w.CheckInvariants()
			const want = "H9001 | 1000 | 2000 | 2 | 1774137600000000\n"
			if got := w.Rows(`SELECT party, balance, authorised, holds, last_hold FROM funds WHERE party = 'H9001'`); got != want {
				t.Errorf("the account is %s, want %s", got, want)
			}
			fee := w.Rows(`SELECT id, type, amount, state FROM charge WHERE type = 'Reinstatement'`)
			if fee != "H9001/hold/2026-2/Reinstatement | Reinstatement | 100000 | posted\n" {
				t.Errorf("fees: %s", fee)
			}
			// It was opened without funds, and the fee took its credit.
			const events = "account-released\naccount-hold\naccount-released\naccount-hold\nlow-balance\naccount-released\n"
			if got := mailed(w, id); got != events {
				t.Errorf("told %q, want %q", got, events)
			}
		})
	}
}

// Whoever is told of a hold is told what the account lacks when everything of its instant is posted: names expire at
// one second of the day. Decisions 5.5.
func TestHoldTellsAll(t *testing.T) {
	w := world.New(t, noon)
	id := account(w, ledger.Funds{CreditThreshold: 10_00, CreditLimit: 100_00, MinimumBalance: 1_00}, 41_00)
	for i := range 4 { // which post together
		w.Do(id, poorCreate(fmt.Sprintf("name-%d.co", i)))
	}
	w.At("2026-04-01T00:00:00Z")
	w.Settle()
	notices := func(kind string) (list []registry.AccountNotice, low []registry.LowBalanceNotice) {
		for row := range strings.Lines(w.Rows("SELECT body FROM mail WHERE registrar = $1 AND template = $2 ORDER BY id", string(id), kind)) {
			var a registry.AccountNotice
			var l registry.LowBalanceNotice
			if err := errors.Join(json.Unmarshal([]byte(row), &a), json.Unmarshal([]byte(row), &l)); err != nil {
				t.Fatal(err)
			}
			list, low = append(list, a), append(low, l)
		}
		return list, low
	}
	held, _ := notices("account-hold")
	if n := len(held); n != 1 || held[0].Balance != -39_00 || held[0].Available != 61_00 {
		t.Errorf("held: %+v, want a balance of -39.00 and 61.00 available", held)
	}
	w.Do("", flow.Deposit{Author: "ana", Registrar: id, Amount: 40_00, Reference: "release"})
	w.Do(id, poorCreate("name-5.co"))
	w.At("2026-05-01T00:00:00Z")
	w.Settle()
	held, _ = notices("account-hold")
	if n := len(held); n != 2 || held[1].Balance != -1019_00 || held[1].Available != -919_00 || held[1].Amount != 1000_00 {
		t.Errorf("held again: %+v, want -1019.00, -919.00 available and the fee", held)
	}
	if _, low := notices("low-balance"); len(low) != 1 || low[0].Available != -919_00 {
		t.Errorf("low: %+v, want -919.00", low)
	}
}

// Many commands at once that take an account below its threshold tell of it once, however they meet.
func TestLowBalanceAtOnce(t *testing.T) {
	w := world.New(t, noon)
	id := account(w, ledger.Funds{CreditThreshold: 500_00}, 1000_00)
	const sessions = 200
	var all sync.WaitGroup
	var mutex sync.Mutex
	codes := map[registry.Code]int{}
	for i := range sessions {
		all.Go(func() {
			_, err := w.Run(id, poorCreate(fmt.Sprintf("name-%d.co", i)))
			mutex.Lock()
			defer mutex.Unlock()
			codes[code(err)]++
		})
	}
	all.Wait()
	if codes[registry.Completed] != 50 || codes[registry.BillingFailure] != 150 {
		t.Errorf("1000.00 for names of 20.00: %v", codes)
	}
	if got := mailed(w, id); got != "low-balance\n" {
		t.Errorf("told %q, want once", got)
	}
	w.CheckInvariants()
}
