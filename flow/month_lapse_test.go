package flow_test

import (
	"fmt"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// lapsing returns a world in which the emergency credit of Poor lapses on March 20, and that costs the fee of a second
// hold. It is April, and all but that is settled.
func lapsing(t *testing.T) *world.World {
	w := world.New(t, noon)
	for _, kind := range []registry.MoneyKind{registry.MoneyDebit, registry.MoneyCredit} {
		w.Do("", flow.Adjustment{Act: act(world.Poor), What: kind, Amount: 10_00})
	}
	w.Do("", flow.RegistrarLimits{
		Act: act(world.Poor), EmergencyCredit: new(ledger.Money(50_00)), EmergencyUntil: time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC),
	})
	w.Domain(world.Poor, "one.co")
	w.At("2026-04-02T00:00:00Z")
	w.Do("", flow.Settle{Limit: 100, Except: flow.LeftAlone{Things: []string{"emergency credit of H1003"}}})
	return w
}

// holdsOfPoor shows what the second hold of Poor cost, and when.
func holdsOfPoor(w *world.World) string {
	return w.Rows("SELECT amount, at, ended, state FROM charge WHERE type = 'Reinstatement' AND party = 'H1003'")
}

// A month waits for an emergency credit that lapsed in it, since a fee may follow from that.
func TestMonthWaitsForALapse(t *testing.T) {
	w := lapsing(t)
	if closed, err := closer(w).Close(t.Context()); err != nil || closed != nil {
		t.Errorf("before the lapse is settled, closed is %+v, %v", closed, err)
	}
	if closed := closeMonths(t, w); len(closed) != 1 {
		t.Errorf("after it, closed is %+v", closed)
	}
	lapsed := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC).UnixMicro()
	if got := holdsOfPoor(w); got != fmt.Sprintf("100000 | %d | %d | posted\n", lapsed, lapsed) {
		t.Errorf("the fee is %s", got)
	}
	wantBooks(t, w)
	w.CheckInvariants()
}

// Where an earlier program closed the month before that, the fee posts at the first instant after it.
func TestLapseInAClosedMonth(t *testing.T) {
	w := lapsing(t)
	w.Exec("UPDATE funds SET emergency_until = -emergency_until WHERE party = 'H1003'") // which it did not see
	if closed, err := closer(w).Close(t.Context()); err != nil || len(closed) != 1 {
		t.Fatalf("closed is %+v, %v", closed, err)
	}
	w.Exec("UPDATE funds SET emergency_until = -emergency_until WHERE party = 'H1003'")
	w.Settle()
	lapsed, april := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	if got := holdsOfPoor(w); got != fmt.Sprintf("100000 | %d | %d | posted\n", lapsed.UnixMicro(), april.UnixMicro()) {
		t.Errorf("the fee is %s", got)
	}
	w.At("2026-05-02T00:00:00Z")
	closeMonths(t, w)
	wantBooks(t, w)
	w.CheckInvariants()
}
