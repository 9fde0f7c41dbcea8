package flow_test

import (
	"fmt"
	"strconv"
	"sync"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// A registrar's funds do not depend on when the engine ran: the charge of an automatic renewal that nobody
// has written down yet counts from when it posts. Decisions 5.1, architecture section 1.
func TestFundsOfALateEngine(t *testing.T) {
	left := map[bool]string{}
	for _, engine := range []bool{true, false} {
		t.Run("engine "+strconv.FormatBool(engine), func(t *testing.T) {
			w := world.New(t, noon) // 2026-03-01
			w.Contact(world.Poor, "C")
			w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 5 * 20_00, Reference: "1"})
			w.Do(world.Poor, poorCreate("first.co"))  // renews itself on 2027-03-01, for 20.00 on 2027-04-15
			w.Do(world.Poor, poorCreate("second.co")) // as well
			w.Domain(world.Acme, "other.co")          // whose money is another's
			for _, row := range []struct {
				at        string
				available string
				want      registry.Code
			}{
				{"2027-04-15T23:59:58Z", "60.00", registry.Completed},       // which leaves 40.00
				{"2027-04-15T23:59:59Z", "0.00", registry.BillingFailure},   // both have posted
				{"2027-04-16T00:00:00Z", "0.00", registry.BillingFailure},   // and do so once
				{"2028-04-15T23:59:59Z", "-40.00", registry.BillingFailure}, // and a second time
			} {
				w.At(row.at)
				if engine {
					w.Settle()
				}
				account, err := w.Ask("", flow.RegistrarShow{ID: world.Poor})
				if err != nil {
					t.Fatal(err)
				}
				if got := account.(flow.RegistrarAccount).Funds.Available().String(); got != row.available {
					t.Errorf("at %s: available %s, want %s", row.at, got, row.available)
				}
				name := "try-" + strconv.FormatInt(w.Now().Unix(), 10) + ".co"
				if _, err := w.Run(world.Poor, poorCreate(name)); code(err) != row.want {
					t.Errorf("at %s: a create ends in %v, want %v", row.at, err, row.want)
				}
			}
			if late := w.Rows("SELECT name FROM domain WHERE due <= $1", w.Now().UnixMicro()); (late == "") != engine {
				t.Errorf("the names that are late are %q", late)
			}
			w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 60_00, Reference: "2"})
			w.Do(world.Poor, poorCreate("last.co"))
			w.Settle()
			w.CheckInvariants()
			left[engine] = w.Rows("SELECT * FROM funds ORDER BY party") +
				w.Rows("SELECT party, subject, type, amount, posts_at, state FROM charge ORDER BY subject, posts_at") +
				w.Rows("SELECT name, version, expires FROM domain ORDER BY name")
		})
	}
	if left[true] != left[false] {
		t.Errorf("with the engine\n%s\nwithout\n%s", left[true], left[false])
	}
}

func poorCreate(name string) flow.DomainCreate {
	return flow.DomainCreate{
		Name: world.Name(name), Registrant: "C",
		Contacts: []flow.Role{{Role: "admin", ID: "C"}, {Role: "tech", ID: "C"}},
	}
}

// Creates at once, while the engine is late: what the money covers after the renewals succeeds.
func TestConcurrentCreatesOfALateEngine(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Poor, "C")
	w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 7 * 20_00, Reference: "1"})
	w.Do(world.Poor, poorCreate("first.co"))
	w.Do(world.Poor, poorCreate("second.co"))
	w.At("2027-04-20T00:00:00Z")
	const sessions = 20
	codes := make([]registry.Code, sessions)
	var all sync.WaitGroup
	for i := range sessions {
		all.Go(func() {
			_, err := w.Run(world.Poor, poorCreate(fmt.Sprintf("name-%d.co", i)))
			codes[i] = code(err)
		})
	}
	all.Wait()
	count := map[registry.Code]int{}
	for _, c := range codes {
		count[c]++
	}
	if count[registry.Completed] != 3 || count[registry.BillingFailure] != sessions-3 {
		t.Errorf("60.00 for names of 20.00: %v", count)
	}
	w.Settle()
	if charges := w.Rows("SELECT COUNT(*) FROM charge WHERE type = 'auto-renewal' OR authorises = FALSE"); charges != "2\n" {
		t.Errorf("%s renewals are charged, want 2", charges)
	}
	w.CheckInvariants()
}

// Where more names are late than a command looks at, it leaves them to the engine, which is working through
// them, and answers as things were before.
func TestFundsOfAnEngineFarBehind(t *testing.T) {
	const names = 201
	w := world.New(t, noon)
	w.Contact(world.Poor, "C")
	w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: (names + 1) * 20_00, Reference: "1"})
	for i := range names {
		w.Do(world.Poor, poorCreate(fmt.Sprintf("name-%d.co", i)))
	}
	w.At("2027-04-20T00:00:00Z")
	w.Do(world.Poor, poorCreate("one-more.co"))
	if late := w.Rows("SELECT COUNT(*) FROM domain WHERE due <= $1", w.Now().UnixMicro()); late != "201\n" {
		t.Errorf("%s names are late, want 201", late)
	}
	_, err := w.Run("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 1_00, Reference: "2"}) // which comes after them
	wantRefusal(t, err, registry.StatusProhibits, "very many charges have come due and are being posted; try again in a minute")
	w.Do("", flow.Settle{Limit: names + 1}) // the charges of the creates, and one name
	_, err = w.Run(world.Poor, poorCreate("too-many.co"))
	wantRefusal(t, err, registry.BillingFailure, "the account is on hold: its balance of -4000.00 is below the minimum of 0.00; pay in funds first")
	w.Settle()
	w.CheckInvariants()
}
