package flow_test

import (
	"testing"

	"example.org/dorado/core/ledger"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Settle counts facts: a name that renews twice is two renewals, and a charge that a renewal makes
// and that is due already is posted by the next Settle.
func TestSettledCountsFacts(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Domain(world.Deleter, "lapsed.co")
	w.Settle()
	for _, step := range []struct {
		at   string
		want flow.Settled
	}{
		{"2026-03-02T12:00:00Z", flow.Settled{}},
		{"2026-03-06T12:00:00Z", flow.Settled{Charges: 2, Posted: 2 * 20_00}},
		{"2027-03-01T23:59:59Z", flow.Settled{Names: 2, Renewed: 1, Deleted: 1}},
		{"2029-05-01T12:00:00Z", flow.Settled{Names: 2, Charges: 3, Renewed: 2, Purged: 1, Posted: 3 * 20_00}},
	} {
		w.At(step.at)
		const limit = 100
		var got flow.Settled
		for {
			done := w.Do("", flow.Settle{Limit: limit}).(flow.Settled)
			got = got.Plus(done)
			if done.Done(limit) {
				break
			}
		}
		if got != step.want {
			t.Errorf("at %s: settled %+v, want %+v", step.at, got, step.want)
		}
	}
	if posted := w.Rows("SELECT COUNT(*) FROM charge WHERE state = 'posted'"); posted != "5\n" {
		t.Errorf("%s charges are posted, want 5", posted)
	}
	w.CheckInvariants()
}

func TestSettledDone(t *testing.T) {
	for _, test := range []struct {
		name string
		s    flow.Settled
		want bool
	}{
		{"nothing", flow.Settled{}, true},
		{"few", flow.Settled{Names: 9, Charges: 9, Purged: 9, Posted: ledger.Money(1)}, true},
		{"all names", flow.Settled{Names: 10}, false},
		{"all charges", flow.Settled{Charges: 10}, false},
		{"a renewal", flow.Settled{Names: 1, Renewed: 1}, false},
	} {
		if got := test.s.Done(10); got != test.want {
			t.Errorf("%s: Done = %v, want %v", test.name, got, test.want)
		}
	}
}
