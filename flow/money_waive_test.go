package flow_test

import (
	"testing"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// A hold that began with a fee which is waived counts no more, and what was proposed is told as waived.
func TestWaivedFeeWasNoHold(t *testing.T) {
	w := world.New(t, "2026-03-10T12:00:00Z")
	w.Service.Profile.Versions[0].Terms.MinimumNewNames = policy.MinimumNewNames{Year: 2, Month: 1, Fee: 500_00}
	w.At("2027-01-10T00:00:00Z")
	closeMonths(t, w)
	w.Do("", flow.ProposalDecide{Act: act(world.Poor), Year: 2026})
	if !w.Funds(world.Poor).IsOnHold() {
		t.Fatal("the fee put nobody on hold")
	}
	w.Pass(time.Hour)
	w.Do("", flow.FeeWaiver{Act: act(world.Poor), Charge: "H1003/minimum-registrations/2026"})
	reply, err := w.Ask("", flow.ProposalList{Year: 2026})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range reply.([]registry.Proposal) {
		if p.Registrar == world.Poor && (p.State != registry.Waived || p.Decided.Author != "ana") {
			t.Errorf("the proposal is %s by %s", p.State, p.Decided.Author)
		}
	}
	fees := func() string { return w.Rows("SELECT id FROM charge WHERE type = 'Reinstatement'") }
	for _, want := range []string{"", "H1003/hold/2027-3/Reinstatement\n"} {
		for _, kind := range []registry.MoneyKind{registry.MoneyDebit, registry.MoneyCredit} {
			w.Pass(time.Hour)
			w.Do("", flow.Adjustment{Act: act(world.Poor), What: kind, Amount: 10_00})
		}
		if got := fees(); got != want {
			t.Errorf("the fees of holds are %q, want %q", got, want)
		}
	}
	reply, err = w.Ask("", flow.HoldList{Registrar: world.Poor})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range reply.([]flow.HoldTold) {
		if h.Excused != (h.Number == 1) {
			t.Errorf("hold %d of %d is excused: %t", h.Number, h.Year, h.Excused)
		}
	}
	w.CheckInvariants()
}
