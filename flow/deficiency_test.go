package flow_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// deficient is a world in which the account of Poor lacks 50.00: its names one to five cost 20.00 each, the fifth most
// lately, which another registrar sponsors by now, and the fourth is locked.
func deficient(t *testing.T) *world.World {
	w := world.New(t, noon)
	w.Deposit(world.Poor, 100_00, "R-1")
	for i, name := range []string{"one.co", "two.co", "three.co", "four.co", "five.co"} {
		w.At(fmt.Sprintf("2026-03-01T12:0%d:00Z", i))
		w.Domain(world.Poor, name)
	}
	w.At("2026-05-10T12:00:00Z")
	w.Do(world.Acme, flow.DomainTransfer{Name: world.Name("five.co"), AuthInfo: new("domain-secret")})
	w.Do(world.Poor, flow.DomainTransferEnd{Name: world.Name("five.co"), How: registry.TransferClientApproved})
	w.Do("", flow.DomainStatusSet{Deed: deed(), Name: world.Name("four.co"), StatusEdit: flow.StatusEdit{Lock: true}})
	w.Do("", flow.Adjustment{Act: act(world.Poor), What: registry.MoneyDebit, Amount: 50_00})
	return w
}

func deficiencyOf(t *testing.T, w *world.World, id registry.RegistrarID) flow.Deficiency {
	t.Helper()
	reply, err := w.Ask("", flow.DeficiencyShow{Registrar: id})
	if err != nil {
		t.Fatal(err)
	}
	return reply.(flow.Deficiency)
}

// What an account on hold lacks belongs to the names that it was charged for last, and that are still its own; they
// are deleted as they were shown, or not at all.
func TestDeficiency(t *testing.T) {
	for _, late := range []bool{false, true} {
		t.Run(fmt.Sprintf("engine behind %t", late), func(t *testing.T) {
			w := deficient(t)
			if !late {
				w.Settle()
			}
			d := deficiencyOf(t, w, world.Poor)
			var list string
			for _, n := range d.Names {
				list += fmt.Sprint(n.Name, " ", n.Amount, " ")
			}
			if list != "three.co 20.00 two.co 20.00 one.co 20.00 " || d.Lacks != 50_00 || d.Covered != 60_00 || d.Balance != -50_00 {
				t.Fatalf("it is %+v: %s", d, list)
			}
			done := w.Do("", flow.DeficiencyDelete{Act: act(world.Poor), Digest: d.Digest}).(flow.DeficiencyDeleted)
			if len(done.Names) != 3 || done.Credited != 0 {
				t.Errorf("deleted %+v", done)
			}
			for name, gone := range map[string]bool{"one.co": true, "two.co": true, "three.co": true, "four.co": false, "five.co": false} {
				info, err := w.Ask("", flow.DomainLookup{Name: world.Name(name)})
				if err != nil || info.(flow.DomainFound).Deletion.Active() != gone {
					t.Errorf("%s: %+v, %v", name, info, err)
				}
			}
			again := deficiencyOf(t, w, world.Poor)
			_, err := w.Run("", flow.DeficiencyDelete{Act: act(world.Poor), Digest: again.Digest})
			wantRefusal(t, err, registry.StatusProhibits, "the names that what it lacks belongs to are deleted already; ask the registrar to pay")
			if len(again.Names) != 0 || len(again.Deleted) != 3 || again.Covered != 60_00 || again.Lacks != 50_00 {
				t.Errorf("once they are deleted it is %+v", again)
			}
			if told := w.Take(world.Poor); len(told) < 3 {
				t.Errorf("its sponsor is told %v", told)
			}
			w.CheckInvariants()
		})
	}
}

// Names that were deleted for a hold count for it for as long as it goes on, be it that they were purged; one that was
// restored is owed for anew, and more that comes to be lacking asks for more names.
func TestDeficiencyGoesOn(t *testing.T) {
	w := deficient(t)
	w.Deposit(world.Poor, 15_00, "R-2")
	w.Do("", flow.DeficiencyDelete{Act: act(world.Poor), Digest: deficiencyOf(t, w, world.Poor).Digest})
	listed := func(list []flow.DeficientName) (text string) {
		for _, n := range list {
			text += n.Name.String() + " "
		}
		return text
	}
	for _, step := range []struct {
		name           string
		do             func()
		names, deleted string
	}{
		{"deleted", func() {}, "", "three.co two.co "},
		{"purged", func() { w.At("2026-07-10T12:00:00Z"); w.Settle() }, "", "three.co two.co "},
		{"more is lacking", func() {
			w.Do("", flow.Adjustment{Act: act(world.Poor), What: registry.MoneyDebit, Amount: 20_00})
		}, "one.co ", "three.co two.co "},
		{"paid and on hold again", func() {
			w.Deposit(world.Poor, 2000_00, "R-3")
			w.At("2026-07-11T12:00:00Z")
			w.Do("", flow.Adjustment{Act: act(world.Poor), What: registry.MoneyDebit, Amount: 2000_00})
		}, "one.co ", ""},
	} {
		step.do()
		if d := deficiencyOf(t, w, world.Poor); listed(d.Names) != step.names || listed(d.Deleted) != step.deleted {
			t.Errorf("%s: %s, and deleted %s", step.name, listed(d.Names), listed(d.Deleted))
		}
	}
	w.CheckInvariants()
}

func TestDeficiencyPrecedence(t *testing.T) {
	w := deficient(t)
	cmd := flow.DeficiencyDelete{Act: flow.Act{Registrar: world.Stranger, Author: "ana"}, Digest: deficiencyOf(t, w, world.Poor).Digest}
	for _, amount := range []ledger.Money{world.Funds, 1} {
		w.Do("", flow.Adjustment{Act: act("H1005"), What: registry.MoneyDebit, Amount: amount})
	}
	const again = "it is not, or no longer, what was shown; look again: dorado registrar deficiency H1003"
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cmd }, []step{
		{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
		{func() { cmd.Registrar = world.Acme }, registry.ParameterMissing, "this is not done without a reason; say why"},
		{func() { cmd.Reason = "unpaid" }, registry.StatusProhibits, "the account is not on hold; names are deleted only for what it lacks"},
		{func() { cmd.Registrar = "H1005" }, registry.StatusProhibits, "what it lacks belongs to no name that can be deleted; ask the registrar to pay"},
		{func() {
			w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 15_00, Reference: "R-2"})
			cmd.Registrar = world.Poor
		}, registry.ParameterPolicy, again},
	}, func() { cmd.Digest = deficiencyOf(t, w, world.Poor).Digest })
	if d := deficiencyOf(t, w, world.Poor); len(d.Names) != 0 || len(d.Deleted) != 2 || d.Covered != 40_00 || d.Lacks != 35_00 {
		t.Errorf("afterwards it is %+v", d)
	}
}

func TestHoldQueriesRefusals(t *testing.T) {
	w := world.New(t, noon)
	holds, show := flow.HoldList{Registrar: world.Stranger}, flow.DeficiencyShow{Registrar: world.Stranger}
	noSuch := []step{{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"}}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", holds }, noSuch, func() { holds.Registrar = world.Acme })
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", show }, noSuch, func() { show.Registrar = world.Acme })
}

// Holds are listed with their instants and fees; a fee that is waived may release the account at once, and is taken
// back once.
func TestHoldsAndWaivers(t *testing.T) {
	w := world.New(t, noon)
	adjust := func(at string, kind registry.MoneyKind, amount ledger.Money) {
		w.At(at)
		w.Do("", flow.Adjustment{Act: act(world.Poor), What: kind, Amount: amount})
	}
	adjust("2026-04-01T00:00:00Z", registry.MoneyDebit, 5_00)
	adjust("2026-04-02T00:00:00Z", registry.MoneyCredit, 5_00)
	adjust("2026-05-01T00:00:00Z", registry.MoneyDebit, 5_00)
	adjust("2026-05-02T00:00:00Z", registry.MoneyCredit, 5_00) // the fee is still owed
	holds := func() []flow.HoldTold {
		reply, err := w.Ask("", flow.HoldList{Registrar: world.Poor})
		if err != nil {
			t.Fatal(err)
		}
		return reply.([]flow.HoldTold)
	}
	list := holds()
	if len(list) != 2 || list[0].Fee != 1000_00 || list[0].Waived || !list[0].Until.IsZero() || list[0].Number != 2 ||
		list[1].Fee != 0 || list[1].Until.Sub(list[1].Since) != 24*time.Hour || w.Funds(world.Poor).Balance != -1000_00 {
		t.Fatalf("holds %+v", list)
	}
	w.At("2026-05-03T00:00:00Z")
	a := acted(w, flow.FeeWaiver{Act: act(world.Poor), Charge: list[0].Charge})
	if list = holds(); !list[0].Waived || !list[0].Until.Equal(w.Now()) || a.Balance != 0 || w.Funds(world.Poor).IsOnHold() {
		t.Errorf("after the waiver %+v, balance %s", list, a.Balance)
	}
	w.CheckInvariants()
}

// Every database operation of the deletion fails once, and nothing is left of it; see TestFaultsLeaveNothing.
func TestDeficiencyFaults(t *testing.T) {
	w := deficient(t)
	cmd := flow.DeficiencyDelete{Act: act(world.Poor), Digest: deficiencyOf(t, w, world.Poor).Digest}
	before := w.Dump()
	for n := 0; ; n++ {
		w.Fault.After(n)
		_, err := w.Run("", cmd)
		w.Fault.Disarm()
		if err == nil {
			break
		}
		if w.Dump() != before {
			t.Fatalf("operation %d failed: the command said %v, and left something", n, err)
		}
	}
	w.CheckInvariants()
}

// Emergency credit can be spent, keeps the account from a hold, and lapses by time alone: at its end, whether the
// engine runs or not, the account stands as its balance says, and everything else is the same.
func TestEmergencyCreditLapses(t *testing.T) {
	outcome := func(late bool) string {
		w := world.New(t, noon)
		w.Deposit(world.Poor, 20_00, "R-1")
		w.Do("", flow.RegistrarLimits{
			Act: act(world.Poor), EmergencyCredit: new(ledger.Money(30_00)), CreditThreshold: new(ledger.Money(5_00)),
			EmergencyUntil: time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC),
		})
		w.Domain(world.Poor, "one.co")
		w.Domain(world.Poor, "two.co")
		_, err := w.Run(world.Poor, creates("three.co"))
		wantRefusal(t, err, registry.BillingFailure, "the command costs 20.00 and the available credit is 10.00; pay in funds first")
		for _, at := range []struct {
			instant          string
			available, floor ledger.Money
			hold             bool
		}{
			{"2026-03-10T00:00:00Z", 10_00, -30_00, false}, // both are posted
			{"2026-03-19T23:59:59Z", 10_00, -30_00, false},
			{"2026-03-20T00:00:00Z", -20_00, 0, true},
		} {
			if w.At(at.instant); !late {
				w.Settle()
			}
			f := w.Funds(world.Poor)
			if f.Available() != at.available || f.Floor() != at.floor || f.IsOnHold() != at.hold {
				t.Errorf("engine behind %t, at %s: %+v", late, at.instant, f)
			}
		}
		w.At("2026-03-25T00:00:00Z")
		w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 15_00, Reference: "R-2"})
		w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 45_00, Reference: "R-3"})
		w.Settle()
		w.CheckInvariants()
		return w.Rows("SELECT * FROM funds WHERE party = 'H1003'") + w.Rows("SELECT * FROM account_hold") +
			w.Rows("SELECT entry_key, at, amount FROM entry WHERE party = 'H1003' ORDER BY entry_key") +
			w.Rows("SELECT at, kind FROM poll WHERE registrar = 'H1003' ORDER BY at, kind")
	}
	prompt, late := outcome(false), outcome(true)
	if prompt != late {
		t.Errorf("with an engine\n%s\nand without one\n%s", prompt, late)
	}
}

func creates(name string) flow.DomainCreate {
	return flow.DomainCreate{
		Name: world.Name(name), Registrant: "X-H1003",
		Contacts: []flow.Role{{Role: "admin", ID: "X-H1003"}, {Role: "tech", ID: "X-H1003"}},
	}
}

func TestReceiptRefusals(t *testing.T) {
	w := world.New(t, noon)
	wrong := acted(w, flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 5_00, Reference: "R-1"})
	w.Do("", flow.Reversal{Author: "ana", Reason: "of another", Of: wrong.ID})
	q := flow.ReceiptShow{ID: "H1001-9", Language: "fr"}
	const none = "only a deposit that was booked and not reversed has a receipt; dorado money show tells what became of it"
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", q }, []step{
		{func() {}, registry.ObjectMissing, "there is no such act; dorado money list shows all, and dorado money pending those that wait"},
		{func() { q.ID = wrong.ID }, registry.StatusProhibits, none},
		{func() { q.ID = "H1001-1" }, registry.ParameterRange, "receipts are written in English (en) and Spanish (es); choose one"},
	}, func() { q.Language = "" })
}

// A receipt says what was known when the money was booked, whatever the registrar is called since.
func TestReceiptStays(t *testing.T) {
	w := world.New(t, noon)
	receipt := func() registry.Receipt {
		reply, err := w.Ask("", flow.ReceiptShow{ID: "H1001-1", Language: registry.Spanish})
		if err != nil {
			t.Fatal(err)
		}
		return reply.(registry.Receipt)
	}
	before := receipt()
	if before.To.Name != "Registrar H1001" || before.Amount != world.Funds || before.Balance != world.Funds || before.Reference != "opening" {
		t.Errorf("the receipt says %+v", before)
	}
	w.At("2026-04-01T12:00:00Z")
	w.Do("", flow.RegistrarSet{Act: act(world.Acme), Name: new("Another Name")})
	w.Do("", flow.Deposit{Author: "ana", Registrar: world.Acme, Amount: 1, Reference: "more"})
	if after := receipt(); !reflect.DeepEqual(after, before) {
		t.Errorf("a month later the receipt says %+v, and said %+v", after, before)
	}
}
