package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// alone is what one person decides alone by the profile of worlds.
const alone = ledger.Money(100_000_00)

// acted runs a command that has to succeed, and returns the act that it replies.
func acted(w *world.World, cmd flow.Command) registry.MoneyAct {
	w.T.Helper()
	return w.Do("", cmd).(registry.MoneyAct)
}

func approved(id, author string) flow.MoneyDecide {
	return flow.MoneyDecide{ID: id, Author: author, Reason: "the bank's paper", Approve: true}
}

func TestDepositPrecedence(t *testing.T) {
	w := world.New(t, noon)
	cmd := flow.Deposit{Registrar: world.Stranger, Reason: strings.Repeat("x", 201), Amount: -1, Value: w.Now().Add(-400 * 24 * time.Hour)}
	w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: alone + 1, Reference: "waits"})
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cmd }, []step{
		{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
		{func() { cmd.Registrar = world.Poor }, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { cmd.Author = "ana" }, registry.ParameterSyntax, "a reason has at most 200 characters that can be printed; shorten it"},
		{func() { cmd.Reason = "" }, registry.ParameterRange, "the amount is more than zero; correct it"},
		{func() { cmd.Amount = 1 }, registry.ParameterMissing, "a deposit needs the bank's reference; give it"},
		{func() { cmd.Reference = " x" }, registry.ParameterSyntax, "a reference has at most 140 characters that can be printed, and no blanks around it; write it as the bank does"},
		{func() { cmd.Reference = "waits" }, registry.ParameterRange, "the bank had the money on a day of the last year; give that day"},
		{func() { cmd.Value = w.Now().Add(48 * time.Hour) }, registry.ParameterRange, "that day lies in the future; give the one on which the bank had the money"},
		{func() { cmd.Value = time.Time{} }, registry.ObjectExists, "a deposit with this reference is recorded already, or waits for a second person: H1003-1; record each payment once"},
		{func() { cmd.Reference = "opening" }, registry.ObjectExists, "a deposit with this reference is recorded already, or waits for a second person: H1001-1; record each payment once"},
	}, func() { cmd.Reference = "new" })
}

func TestAdjustmentPrecedence(t *testing.T) {
	w := world.New(t, noon)
	cmd := flow.Adjustment{Act: flow.Act{Registrar: world.Stranger, Author: "ana"}, What: "gift"}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cmd }, []step{
		{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
		{func() { cmd.Registrar = world.Poor }, registry.ParameterMissing, "this is not done without a reason; say why"},
		{func() { cmd.Reason = "goodwill" }, registry.ParameterRange, "there is no such adjustment; there are credit, debit and write-off"},
		{func() { cmd.What = registry.MoneyWriteOff }, registry.ParameterRange, "the amount is more than zero; correct it"},
		{func() { cmd.Amount = 1 }, registry.ParameterRange, "the balance is 0.00: the registrar owes nothing; there is nothing to write off"},
		{func() {
			w.Do("", flow.Adjustment{Act: act(world.Poor), What: registry.MoneyDebit, Amount: 5_00})
			cmd.Amount = 5_01
		}, registry.ParameterRange, "the balance is -5.00, and what is written off is owed; write off no more than that"},
	}, func() { cmd.What = registry.MoneyDebit })
}

func TestReversalPrecedence(t *testing.T) {
	w := world.New(t, noon)
	waits := acted(w, flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: alone + 1, Reference: "waits"})
	wrong := acted(w, flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 7_00, Reference: "wrong"})
	taken := acted(w, flow.Reversal{Author: "ana", Reason: "of another", Of: wrong.ID})
	right := acted(w, flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 8_00, Reference: "wrong"})
	cmd := flow.Reversal{Of: "H1003-99"}
	const notThere = "no act of this number has booked anything; dorado money list shows those that have"
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cmd }, []step{
		{func() {}, registry.ObjectMissing, notThere},
		{func() { cmd.Of = waits.ID }, registry.ObjectMissing, notThere},
		{func() { cmd.Of = taken.ID }, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { cmd.Author = "ana" }, registry.ParameterMissing, "this is not done without a reason; say why"},
		{func() { cmd.Reason = "of another" }, registry.ParameterPolicy, "only deposits, credits, debits and write-offs are reversed; for another correction: dorado money credit, debit"},
		{func() { cmd.Of = wrong.ID }, registry.ObjectExists, "it is reversed already, or that waits for a second person; dorado money list shows it"},
	}, func() { cmd.Of = right.Entry })
	if f := w.Funds(world.Poor); f.Balance != 0 {
		t.Errorf("after two payments that were reversed the balance is %s", f.Balance)
	}
	w.CheckInvariants()
}

func TestFeeWaiverPrecedence(t *testing.T) {
	w := everyWorld(t)
	cmd := flow.FeeWaiver{Act: flow.Act{Registrar: world.Stranger, Author: "ana"}, Charge: "D1-CO/create"}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cmd }, []step{
		{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
		{func() { cmd.Registrar = world.Acme }, registry.ParameterMissing, "this is not done without a reason; say why"},
		{func() { cmd.Reason = "our bank's fault" }, registry.ObjectMissing, "the registrar was charged no such fee; dorado registrar holds shows those of its holds"},
		{func() { cmd.Charge = inDebt + "/hold/2027-2/Reinstatement" }, registry.ObjectMissing, "the registrar was charged no such fee; dorado registrar holds shows those of its holds"},
	}, func() { cmd.Registrar = inDebt })
	_, err := w.Run("", cmd)
	wantRefusal(t, err, registry.ObjectExists, "it is reversed already, or that waits for a second person; dorado money list shows it")
}

func TestRegistrarLimitsPrecedence(t *testing.T) {
	w := world.New(t, noon)
	cmd := flow.RegistrarLimits{Act: flow.Act{Registrar: world.Stranger, Author: "ana"}}
	const emergency = "emergency credit ends at an instant of the next three months; say which"
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cmd }, []step{
		{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
		{func() { cmd.Registrar = world.Poor }, registry.ParameterMissing, "this is not done without a reason; say why"},
		{func() { cmd.Reason = "their letter" }, registry.ParameterMissing, "the limits are these already; dorado registrar show tells them"},
		{func() { cmd.CreditThreshold = new(ledger.Money(-1)) }, registry.ParameterRange, "credit and the threshold are zero or more; only the minimum balance may be below"},
		{func() { cmd.CreditThreshold, cmd.EmergencyUntil = new(ledger.Money(1)), w.Now() }, registry.ParameterMissing, "only emergency credit has an end; say how much it is"},
		{func() { cmd.EmergencyCredit = new(ledger.Money(1)) }, registry.ParameterRange, emergency},
		{func() { cmd.EmergencyUntil = time.Time{} }, registry.ParameterMissing, "emergency credit has an end; give --until, an instant or a length of time such as 3d"},
		{func() { cmd.EmergencyUntil = w.Now().Add(93 * 24 * time.Hour) }, registry.ParameterRange, emergency},
	}, func() { cmd.EmergencyUntil = w.Now().Add(time.Hour) })
}

func TestMoneyDecidePrecedence(t *testing.T) {
	w := world.New(t, noon)
	deposit := flow.Deposit{Author: "José  Ana", Registrar: world.Poor, Amount: alone + 1, Reference: "R-1"}
	waits := acted(w, deposit)
	booked := acted(w, flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 1, Reference: "R-2"})
	if waits.State != registry.MoneyPending || booked.State != registry.MoneyDone || w.Funds(world.Poor).Balance != 1 {
		t.Fatalf("%+v\n%+v", waits, booked)
	}
	cmd := flow.MoneyDecide{ID: "H1003-9", Approve: true}
	const same = "who asked for an act does not approve it; somebody else has to"
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cmd }, []step{
		{func() {}, registry.ObjectMissing, "there is no such act; dorado money list shows all, and dorado money pending those that wait"},
		{func() { cmd.ID = booked.ID }, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { cmd.Author = "jose\u0301 ana " }, registry.ParameterMissing, "this is not done without a reason; say why"},
		{func() { cmd.Reason = "the bank's paper" }, registry.StatusProhibits, "it is done; what was done wrong is reversed: dorado money reverse H1003-2"},
		{func() { cmd.ID = waits.ID }, registry.Authorization, same},
		{func() { cmd.Author = "JOSÉ ANA" }, registry.Authorization, same},
	}, func() { cmd.Author = "José Anas" })
	if f := w.Funds(world.Poor); f.Balance != alone+2 {
		t.Errorf("after the approval the balance is %s", f.Balance)
	}

	deposit.Reference = "R-3"
	late := acted(w, deposit)
	taken := acted(w, flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: alone + 1, Reference: "R-4"})
	w.Do("", flow.MoneyDecide{ID: taken.ID, Author: "ana", Reason: "a mistake"}) // who asked may take it back
	_, err := w.Run("", approved(taken.ID, "eva"))
	wantRefusal(t, err, registry.StatusProhibits, "it was rejected by ana; ask for it anew")
	w.At("2026-03-15T12:00:00Z")
	_, err = w.Run("", approved(late.ID, "eva"))
	wantRefusal(t, err, registry.StatusProhibits, "nobody decided about it before 2026-03-15T12:00:00Z; ask for it anew")

	again := acted(w, deposit) // its reference is free
	if _, err := w.Run("", approved(again.ID, "eva")); err != nil {
		t.Error(err)
	}
	if got := w.Rows("SELECT id, state, claims FROM money_act WHERE registrar = 'H1003' ORDER BY number"); got !=
		"H1003-1 | done | R-1\nH1003-2 | done | R-2\nH1003-3 | lapsed | \nH1003-4 | rejected | \nH1003-5 | done | R-3\n" {
		t.Errorf("acts\n%s", got)
	}
	w.CheckInvariants()
}

// Only so many acts of a registrar wait, and those that have lapsed do not count.
func TestWaitingActsAreFew(t *testing.T) {
	w := world.New(t, noon)
	ask := func(i int) error {
		_, err := w.Run("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: alone + 1, Reference: fmt.Sprint("R-", i)})
		return err
	}
	for i := range 20 {
		if err := ask(i); err != nil {
			t.Fatal(err)
		}
	}
	wantRefusal(t, ask(20), registry.ParameterPolicy, "20 acts on its money wait for a second person already; decide about them first: dorado money pending")
	if _, err := w.Run("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: alone, Reference: "small"}); err != nil {
		t.Error(err)
	}
	if list, err := w.Ask("", flow.MoneyList{MoneyFilter: registry.MoneyFilter{Pending: true}}); err != nil || len(list.([]registry.MoneyAct)) != 20 {
		t.Errorf("waiting: %v, %v", list, err)
	}
	w.At("2026-03-16T12:00:00Z")
	if list, err := w.Ask("", flow.MoneyList{MoneyFilter: registry.MoneyFilter{Registrar: world.Poor, Pending: true}}); err != nil || len(list.([]registry.MoneyAct)) != 0 {
		t.Errorf("waiting two weeks later: %v, %v", list, err)
	}
	if err := ask(20); err != nil {
		t.Error(err)
	}
}

// The money of acts moves between the account of the registrar and the one that says why, and a reversal moves it
// back.
func TestActsAreEntries(t *testing.T) {
	w := world.New(t, noon)
	adjust := func(kind registry.MoneyKind, amount ledger.Money) registry.MoneyAct {
		return acted(w, flow.Adjustment{Act: act(world.Poor), What: kind, Amount: amount})
	}
	acted(w, flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 50_00, Reference: "R-1", Value: time.Date(2026, 2, 26, 0, 0, 0, 0, time.UTC)})
	adjust(registry.MoneyCredit, 5_00)
	adjust(registry.MoneyDebit, 70_00)
	owed := adjust(registry.MoneyWriteOff, 15_00)
	back := acted(w, flow.Reversal{Author: "ana", Reason: "they paid", Of: owed.ID})
	if owed.Balance != 0 || back.Balance != -15_00 || back.Reverses != owed.Entry {
		t.Errorf("%+v\n%+v", owed, back)
	}
	const want = `deposit/H1003/R-1 | bank | prepaid:H1003 | 5000 | Deposit R-1
adjustment/H1003-2 | adjustments | prepaid:H1003 | 500 | Credit H1003-2
adjustment/H1003-3 | prepaid:H1003 | adjustments | 7000 | Debit H1003-3
write-off/H1003-4 | write-offs | prepaid:H1003 | 1500 | Write-off H1003-4
reversal/write-off/H1003-4 | prepaid:H1003 | write-offs | 1500 | Reversal of Write-off H1003-4
`
	if got := w.Rows("SELECT e.entry_key, debit, credit, amount, text FROM entry e JOIN money_act a ON a.entry = e.entry_key WHERE party = 'H1003' ORDER BY a.number"); got != want {
		t.Errorf("entries\n%s", got)
	}
	if list, err := w.Ask("", flow.MoneyShow{ID: owed.ID}); err != nil || list.(registry.MoneyAct).ReversedBy != back.ID {
		t.Errorf("what was reversed: %+v, %v", list, err)
	}
	w.CheckInvariants()
}

func TestMoneyQueriesRefusals(t *testing.T) {
	w := world.New(t, noon)
	list, show := flow.MoneyList{MoneyFilter: registry.MoneyFilter{Registrar: world.Stranger}, Limit: 1}, flow.MoneyShow{ID: "H1001-9"}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", list }, []step{
		{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
	}, func() { list.Registrar = world.Acme })
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", show }, []step{
		{func() {}, registry.ObjectMissing, "there is no such act; dorado money list shows all, and dorado money pending those that wait"},
	}, func() { show.ID = "H1001-1" })
}

// Two people decide about one act at once, or one payment is recorded twice at once: one of them is first, and
// nothing is booked twice.
func TestActsAtOnce(t *testing.T) {
	reject := func(id string) flow.Command { return flow.MoneyDecide{ID: id, Author: "leo", Reason: "no such paper"} }
	deposit := func(amount ledger.Money, reference string) flow.Command {
		return flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: amount, Reference: reference}
	}
	for _, race := range []struct {
		name     string
		one, two func(waits, reference string) flow.Command
		moved    []ledger.Money // what one of the commands alone books
	}{
		{
			"two approve", func(waits, _ string) flow.Command { return approved(waits, "eva") },
			func(waits, _ string) flow.Command { return approved(waits, "leo") },
			[]ledger.Money{alone + 1},
		},
		{
			"one approves and one rejects", func(waits, _ string) flow.Command { return approved(waits, "eva") },
			func(waits, _ string) flow.Command { return reject(waits) },
			[]ledger.Money{alone + 1, 0},
		},
		{
			"one payment is recorded twice", func(_, reference string) flow.Command { return deposit(5, reference) },
			func(_, reference string) flow.Command { return deposit(6, reference) },
			[]ledger.Money{5, 6},
		},
		{
			"one payment is recorded for two registrars", func(_, reference string) flow.Command { return deposit(5, reference) },
			func(_, reference string) flow.Command {
				return flow.Deposit{Author: "eva", Registrar: world.Acme, Amount: 5, Reference: reference}
			},
			[]ledger.Money{5, 0},
		},
		{
			"one payment is asked for for two registrars", func(_, reference string) flow.Command { return deposit(alone+2, reference) },
			func(_, reference string) flow.Command {
				return flow.Deposit{Author: "eva", Registrar: world.Acme, Amount: alone + 2, Reference: reference}
			},
			[]ledger.Money{0},
		},
		{
			"one payment is recorded and asked for", func(_, reference string) flow.Command { return deposit(5, reference) },
			func(_, reference string) flow.Command { return deposit(alone+2, reference) },
			[]ledger.Money{5, 0},
		},
	} {
		t.Run(race.name, func(t *testing.T) {
			w := world.New(t, noon)
			for i := range 15 {
				waits := acted(w, deposit(alone+1, fmt.Sprint("waits ", i)))
				before := w.Funds(world.Poor).Balance
				codes := make([]registry.Code, 2)
				var both sync.WaitGroup
				for n, cmd := range []flow.Command{race.one(waits.ID, fmt.Sprint("R-", i)), race.two(waits.ID, fmt.Sprint("R-", i))} {
					both.Go(func() {
						_, err := w.Run("", cmd)
						codes[n] = code(err)
					})
				}
				both.Wait()
				if (codes[0] == registry.Completed) == (codes[1] == registry.Completed) {
					t.Fatalf("round %d: %v; one of them comes first, and the other is refused", i, codes)
				}
				if moved := w.Funds(world.Poor).Balance - before; !slices.Contains(race.moved, moved) {
					t.Fatalf("round %d: %v, and the balance moved by %s", i, codes, moved)
				}
				for _, a := range waiting(t, w) { // only so many wait
					w.Do("", flow.MoneyDecide{ID: a.ID, Author: "zoe", Reason: "the next round"})
				}
			}
			w.CheckInvariants()
		})
	}
}

// A bank's transfer is credited to one registrar, be it that the first one only waits; what was reversed, rejected or
// has lapsed frees its reference for all.
func TestOneReferenceOneRegistrar(t *testing.T) {
	deposit := func(id registry.RegistrarID, amount ledger.Money) flow.Command {
		return flow.Deposit{Author: "ana", Registrar: id, Amount: amount, Reference: "BANK-1"}
	}
	for _, test := range []struct {
		name   string
		amount ledger.Money
		free   func(w *world.World, id string)
	}{
		{"reversed", 5, func(w *world.World, id string) { w.Do("", flow.Reversal{Author: "ana", Reason: "of another", Of: id}) }},
		{"rejected", alone + 1, func(w *world.World, id string) {
			w.Do("", flow.MoneyDecide{ID: id, Author: "eva", Reason: "of another"})
		}},
		{"lapsed", alone + 1, func(w *world.World, _ string) { w.At("2026-03-15T12:00:00Z") }},
		{"approved and reversed", alone + 1, func(w *world.World, id string) {
			w.Do("", approved(id, "eva"))
			back := acted(w, flow.Reversal{Author: "ana", Reason: "of another", Of: id})
			w.Do("", approved(back.ID, "eva"))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := world.New(t, noon)
			first := acted(w, deposit(world.Poor, test.amount))
			for _, amount := range []ledger.Money{7, alone + 7} {
				_, err := w.Run("", deposit(world.Acme, amount))
				wantRefusal(t, err, registry.ObjectExists,
					"a deposit with this reference is recorded already, or waits for a second person: H1003-1; record each payment once")
			}
			test.free(w, first.ID)
			before := w.Funds(world.Acme).Balance
			w.Do("", deposit(world.Acme, 7))
			if got := w.Funds(world.Acme).Balance - before; got != 7 {
				t.Errorf("the payment moved %s", got)
			}
			_, err := w.Run("", deposit(world.Poor, 7))
			wantRefusal(t, err, registry.ObjectExists,
				"a deposit with this reference is recorded already, or waits for a second person: H1001-2; record each payment once")
			w.CheckInvariants()
		})
	}
}

// waiting returns the acts that wait for a second person.
func waiting(t *testing.T, w *world.World) []registry.MoneyAct {
	t.Helper()
	list, err := w.Ask("", flow.MoneyList{MoneyFilter: registry.MoneyFilter{Pending: true}})
	if err != nil {
		t.Fatal(err)
	}
	return list.([]registry.MoneyAct)
}

// Whatever is done to the money of a registrar, and whatever of it is reversed, the books balance: the balance is the
// sum of what stands, and once all is reversed nothing is left.
func TestReversalsCancelExactly(t *testing.T) {
	w := world.New(t, noon)
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		if round++; round > 15 {
			return // each is dozens of transactions
		}
		id := registry.RegistrarID(fmt.Sprintf("R%04d", round))
		w.Do("", flow.RegistrarCreate{ // a minimum that it never falls below
			Registrar: registry.Registrar{ID: id}, Limits: ledger.Funds{MinimumBalance: -1_000_000_00},
		})
		var balance ledger.Money
		moved, stands := map[string]ledger.Money{}, []string{}
		reverse := func() {
			i := rapid.IntRange(0, len(stands)-1).Draw(t, "which")
			balance -= moved[stands[i]]
			a := acted(w, flow.Reversal{Author: "ana", Reason: "a test", Of: stands[i]})
			if stands = slices.Delete(stands, i, i+1); a.Balance != balance {
				t.Fatalf("after the reversal of %s the balance is %s, want %s", a.Reverses, a.Balance, balance)
			}
		}
		for i := range rapid.IntRange(1, 12).Draw(t, "acts") {
			amount := ledger.Money(rapid.Int64Range(1, 30_000_00).Draw(t, "amount"))
			var cmd flow.Command = flow.Deposit{Author: "ana", Registrar: id, Amount: amount, Reference: fmt.Sprint("R-", i)}
			switch kind := rapid.SampledFrom([]string{"deposit", "credit", "debit", "write-off", "reverse"}).Draw(t, "kind"); {
			case kind == "reverse" && len(stands) > 0:
				reverse()
				continue
			case kind == "debit":
				cmd, amount = flow.Adjustment{Act: act(id), What: registry.MoneyDebit, Amount: amount}, -amount
			case kind == "credit":
				cmd = flow.Adjustment{Act: act(id), What: registry.MoneyCredit, Amount: amount}
			case kind == "write-off" && balance < 0:
				cmd, amount = flow.Adjustment{Act: act(id), What: registry.MoneyWriteOff, Amount: -balance}, -balance
			}
			a := acted(w, cmd)
			balance += amount
			if moved[a.ID], stands = amount, append(stands, a.ID); a.Balance != balance {
				t.Fatalf("after %s of %s the balance is %s, want %s", a.Kind, a.Amount, a.Balance, balance)
			}
		}
		for len(stands) > 0 {
			reverse()
		}
		if f := w.Funds(id); f.Balance != 0 {
			t.Fatalf("with everything reversed the balance is %s", f.Balance)
		}
	})
	w.CheckInvariants()
}
