package flow_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Sessions of one registrar spend its last funds at once: exactly what the money covers succeeds,
// and the rest are refused. Decisions 5.2.
func TestConcurrentCreatesSpendOnce(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Poor, "C")
	w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 100_00, Reference: "1"})
	const sessions = 20
	codes := make([]registry.Code, sessions)
	var all sync.WaitGroup
	for i := range sessions {
		all.Go(func() {
			_, err := w.Run(world.Poor, flow.DomainCreate{
				Name: world.Name(fmt.Sprintf("name-%d.co", i)), Registrant: "C",
				Contacts: []flow.Role{{Role: "admin", ID: "C"}, {Role: "tech", ID: "C"}},
			})
			codes[i] = code(err)
		})
	}
	all.Wait()
	count := map[registry.Code]int{}
	for _, c := range codes {
		count[c]++
	}
	if count[registry.Completed] != 5 || count[registry.BillingFailure] != sessions-5 {
		t.Errorf("100.00 for names of 20.00: %v", count)
	}
	if left := w.Funds(world.Poor).Available(); left != 0 {
		t.Errorf("available %s, want 0.00", left)
	}
	w.CheckInvariants()
}

// Sessions of two registrars create one name at once: one wins, the others get that it exists.
func TestConcurrentCreatesOfOneName(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C")
	const sessions = 20
	codes := make([]registry.Code, sessions)
	var all sync.WaitGroup
	for i := range sessions {
		all.Go(func() {
			_, err := w.Run([]registry.RegistrarID{world.Acme, world.Other}[i%2], flow.DomainCreate{
				Name: world.Name("wanted.co"), Registrant: "C",
				Contacts: []flow.Role{{Role: "admin", ID: "C"}, {Role: "tech", ID: "C"}},
			})
			codes[i] = code(err)
		})
	}
	all.Wait()
	count := map[registry.Code]int{}
	for _, c := range codes {
		count[c]++
	}
	if count[registry.Completed] != 1 || count[registry.ObjectExists] != sessions-1 {
		t.Errorf("codes %v, want one success", count)
	}
	// A create that lost is not in the transaction log. Manual 9.8.
	if got := w.Rows("SELECT COUNT(*) FROM log WHERE command = 'create' AND object = 'domain'"); got != "1\n" {
		t.Errorf("the transaction log has %s creates", strings.TrimSpace(got))
	}
	w.CheckInvariants()
}

// An auto-renewal takes no authorisation, lowers the balance after 45 days, and is not stopped by a
// lack of funds. Decisions 3.4, 5.1.
func TestAutoRenewalPostsAfterItsGrace(t *testing.T) {
	w := world.New(t, noon)
	w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 20_00, Reference: "1"})
	w.Domain(world.Poor, "shop.co")
	for _, at := range []struct {
		instant            string
		balance, available ledger.Money
	}{
		{"2026-03-06T11:59:59Z", 20_00, 0},
		{"2026-03-06T12:00:00Z", 0, 0},
		{"2027-03-01T23:59:59Z", 0, 0},
		{"2027-04-15T23:59:58Z", 0, 0},
		{"2027-04-15T23:59:59Z", -20_00, -20_00},
		{"2028-04-14T23:59:59Z", -20_00, -20_00},
		{"2028-04-15T23:59:59Z", -40_00, -40_00},
	} {
		w.At(at.instant)
		w.Settle()
		if f := w.Funds(world.Poor); f.CurrentBalance() != at.balance || f.Available() != at.available {
			t.Errorf("at %s: balance %s, available %s, want %s and %s", at.instant, f.CurrentBalance(), f.Available(), at.balance, at.available)
		}
		w.CheckInvariants()
	}
	if got := w.Rows("SELECT type, state FROM charge ORDER BY at"); got != "Registration | posted\nAuto-Renewal | posted\nAuto-Renewal | posted\n" {
		t.Errorf("charges\n%s", got)
	}
}

// The engine may run late, often, or several times at once: each fact is made once.
func TestSettleIsIdempotent(t *testing.T) {
	w := world.New(t, noon)
	for i := range 30 {
		w.Domain(world.Acme, fmt.Sprintf("name-%d.co", i))
	}
	w.At("2029-06-01T00:00:00Z")
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for {
				reply, err := w.Run("", flow.Settle{Limit: 7})
				if err != nil {
					t.Errorf("settle: %v", err)
					return
				}
				if done := reply.(flow.Settled); done.Names < 7 && done.Charges < 7 {
					return
				}
			}
		})
	}
	all.Wait()
	if got := w.Rows("SELECT type, state, COUNT(*) FROM charge GROUP BY type, state ORDER BY type, state"); got != "Auto-Renewal | posted | 90\nRegistration | posted | 30\n" {
		t.Errorf("charges\n%s", got)
	}
	if got := w.Rows("SELECT COUNT(*) FROM history WHERE command = 'time'"); got != "90\n" {
		t.Errorf("time made %s versions, want 90", strings.TrimSpace(got))
	}
	w.CheckInvariants()
}

func TestDepositRefusals(t *testing.T) {
	w := world.New(t, noon)
	for _, test := range []struct {
		name string
		cmd  flow.Deposit
		want registry.Code
	}{
		{"to nobody", flow.Deposit{Author: "ana", Registrar: world.Stranger, Amount: 1, Reference: "1"}, registry.ObjectMissing},
		{"of nothing", flow.Deposit{Author: "ana", Registrar: world.Poor, Reference: "1"}, registry.ParameterRange},
		{"of less than nothing", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: -1, Reference: "1"}, registry.ParameterRange},
		{"without reference", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 1}, registry.ParameterMissing},
		{"recorded before", flow.Deposit{Author: "ana", Registrar: world.Acme, Amount: 1, Reference: "opening"}, registry.ObjectExists},
	} {
		if _, err := w.Run("", test.cmd); code(err) != test.want {
			t.Errorf("deposit %s: %v, want %s", test.name, err, test.want)
		}
	}
}

func TestRegistrarList(t *testing.T) {
	w := world.New(t, noon)
	reply, err := w.Ask("", flow.RegistrarList{})
	if err != nil {
		t.Fatal(err)
	}
	accounts := reply.([]flow.RegistrarAccount)
	if len(accounts) != 6 || accounts[0].ID != world.Acme || accounts[0].Funds.Balance != world.Funds || accounts[2].Funds.Balance != 0 {
		t.Errorf("accounts %+v", accounts)
	}
	for _, id := range []registry.RegistrarID{"H1001", "ab", "h 1001", "h1001-with-a-long-id", ""} {
		if _, err := w.Run("", flow.RegistrarCreate{Registrar: registry.Registrar{ID: id}}); code(err) == registry.Completed {
			t.Errorf("a registrar %q was made", id)
		}
	}
}
