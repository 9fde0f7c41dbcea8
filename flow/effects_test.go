package flow_test

import (
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Every step that time takes with a name is told to its sponsor once, with the instant at which it happened and
// the name as it was then; who wants none of it is told nothing.
func TestStepsAreTold(t *testing.T) {
	w := world.New(t, noon)
	old, err := policy.BuiltIn("co-2011")
	if err != nil {
		t.Fatal(err)
	}
	w.Service.Profile = w.Service.Profile.Follow(names.MustParse("nom.co"), old, w.Now(), "a test")
	w.Domain(world.Acme, "renews.co")
	w.Domain(world.Acme, "sleeps.nom.co")
	w.Domain(world.Deleter, "lapses.co")
	w.Domain(world.Deleter, "again.co")
	w.At("2026-04-01T12:00:00Z")
	w.Do(world.Deleter, flow.DomainDelete{Name: world.Name("again.co")})
	w.Do(world.Deleter, restore("again.co"))
	w.At("2027-05-01T12:00:00Z")
	w.Settle()
	w.Settle()
	type told struct {
		event    registry.Event
		op, name string
		at       string
	}
	for who, want := range map[registry.RegistrarID][]told{
		world.Acme: {
			{registry.EventAutoRenewed, "autoRenew", "renews.co", "2027-03-01T23:59:59Z"},
			{registry.EventSuspended, "custom", "sleeps.nom.co", "2027-03-01T23:59:59Z"},
			{registry.EventAutoRenewed, "autoRenew", "sleeps.nom.co", "2027-04-15T23:59:59Z"},
		},
		world.Deleter: {
			{registry.EventRestoreLapsed, "autoDelete", "again.co", "2026-04-01T23:59:59Z"},
			{registry.EventAutoDeleted, "autoDelete", "lapses.co", "2027-03-01T23:59:59Z"},
		},
	} {
		got := map[told]int{}
		for _, m := range w.Take(who) {
			n, ok := m.Notice.(registry.ChangeNotice)
			if ok && n.Contact != nil {
				continue // what the purges do to contacts is told elsewhere
			}
			if !ok || len(n.Domain.AuthInfo) > 0 || !m.At.Equal(n.At) {
				t.Errorf("%s was told %+v", who, m)
				continue
			}
			got[told{n.Event(), n.Operation, n.Domain.Name.String(), n.At.Format(time.RFC3339)}]++
		}
		for _, one := range want {
			if got[one] != 1 {
				t.Errorf("%s was told %+v %d times; of all %v", who, one, got[one], got)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s was told %v", who, got)
		}
	}
}
