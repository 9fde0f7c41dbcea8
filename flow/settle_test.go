package flow_test

import (
	"strings"
	"testing"

	"example.org/dorado/core/ledger"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Settle counts facts: a name that renews twice is two renewals. A charge that a renewal makes and that is due
// already is posted by the next Settle, and a contact that a purge left without a link and whose time is over
// goes with it.
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
		{"2029-05-01T12:00:00Z", flow.Settled{
			Names: 2, Contacts: 1, Charges: 3, Renewed: 2, Purged: 1, Unlinked: 1, Forgotten: 1, Posted: 3 * 20_00,
		}},
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
		{"few", flow.Settled{Names: 4, Charges: 5, Purged: 9, Posted: ledger.Money(1)}, true},
		{"all names", flow.Settled{Names: 10}, false},
		{"all charges", flow.Settled{Charges: 10}, false},
		{"all names and charges", flow.Settled{Names: 4, Charges: 6}, false},
		{"all contacts", flow.Settled{Contacts: 10}, false},
		{"a contact without links", flow.Settled{Names: 1, Unlinked: 1}, false},
		{"a renewal", flow.Settled{Names: 1, Renewed: 1}, false},
	} {
		if got := test.s.Done(10); got != test.want {
			t.Errorf("%s: Done = %v, want %v", test.name, got, test.want)
		}
	}
}

// What fell due first is settled first, names and charges alike, and what is left out is left alone.
func TestSettleInOrder(t *testing.T) {
	w := world.New(t, noon) // 2026-03-01
	w.Domain(world.Acme, "early.co")
	w.At("2026-03-03T12:00:00Z")
	w.Domain(world.Acme, "late.co")
	w.At("2027-05-01T00:00:00Z")
	for _, want := range []string{
		"/create/2026-03-01", "/create/2026-03-03", "early.co", "late.co", "/autorenew/2027-03-01", "/autorenew/2027-03-03", "",
	} {
		first, err := w.Ask("", flow.FirstDue{})
		if id := first.(flow.DueThing).ID; err != nil || !strings.Contains(id, want) || want == "" && id != "" {
			t.Errorf("the first is %q (%v), want %q", first, err, want)
		}
		w.Do("", flow.Settle{Limit: 1})
	}
}

func TestSettleExcept(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "left.co")
	w.Domain(world.Acme, "done.co")
	w.Settle()
	w.At("2027-03-02T00:00:00Z")
	first, err := w.Ask("", flow.FirstDue{Except: flow.LeftAlone{Things: []string{"left.co"}}})
	if err != nil {
		t.Fatal(err)
	}
	w.Do("", flow.Settle{Limit: 100, Except: flow.LeftAlone{Things: []string{"left.co", first.(flow.DueThing).ID}}})
	w.Do("", flow.Settle{Limit: 100, Except: flow.LeftAlone{Things: []string{"left.co"}}})
	if late := w.Rows("SELECT name FROM domain WHERE due <= $1", w.Now().UnixMicro()); late != "left.co\n" {
		t.Errorf("what is left is %q, want left.co", late)
	}
	w.Settle()
	w.CheckInvariants()
}
