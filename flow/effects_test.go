package flow_test

import (
	"maps"
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

// Whose account lets names go is told why one has renewed itself all the same, or when a suspended one goes.
func TestWhyNamesRenewIsTold(t *testing.T) {
	w := world.New(t, noon)
	old, err := policy.BuiltIn("co-2011")
	if err != nil {
		t.Fatal(err)
	}
	w.Service.Profile = w.Service.Profile.Follow(names.MustParse("nom.co"), old, w.Now(), "a test")
	for _, name := range []string{"locked.co", "asked.co", "sleeps.nom.co"} {
		w.Domain(world.Deleter, name)
	}
	w.Domain(world.Acme, "renews.co")
	w.Do("", flow.DomainStatusSet{Deed: deed(), StatusEdit: flow.StatusEdit{Add: []registry.Status{registry.ServerDeleteProhibited}}, Name: world.Name("locked.co")})
	w.At("2027-02-28T12:00:00Z")
	w.Do(world.Other, flow.DomainTransfer{Name: world.Name("asked.co"), AuthInfo: new("domain-secret")})
	w.At("2027-03-02T12:00:00Z")
	w.Settle()
	type told struct {
		renewal registry.Renewal
		text    string
	}
	got := map[string]told{}
	for _, who := range []registry.RegistrarID{world.Acme, world.Deleter} {
		for _, m := range w.Take(who) {
			if n, ok := m.Notice.(registry.ChangeNotice); ok && n.Event() != registry.EventRegistryAction {
				got[n.Domain.Name.String()] = told{n.Renewal, n.Text}
			}
		}
	}
	const renewed = " was renewed automatically for one year"
	for name, want := range map[string]told{
		"renews.co":     {registry.RenewedAsSet, "Domain renews.co" + renewed + "; it expires on 2028-03-01T23:59:59Z."},
		"asked.co":      {registry.RenewedAsAsked, "Domain asked.co" + renewed + ", as a transfer of it is pending; it expires on 2028-03-01T23:59:59Z."},
		"locked.co":     {registry.RenewedLocked, "Domain locked.co" + renewed + ", as it has serverDeleteProhibited; it expires on 2028-03-01T23:59:59Z."},
		"sleeps.nom.co": {registry.NotRenewed, "Domain sleeps.nom.co has expired and is suspended; unless you renew or delete it, it is deleted on 2027-04-15T23:59:59Z."},
	} {
		if got[name] != want {
			t.Errorf("of %s is told %+v, want %+v", name, got[name], want)
		}
	}
}

// What neither side of a transfer ended is told with what did.
func TestWhoEndedATransferIsTold(t *testing.T) {
	w := world.New(t, noon)
	for _, name := range []string{"late.co", "given.co", "kept.co", "agreed.co"} {
		w.Domain(world.Acme, name)
	}
	w.At("2026-06-01T12:00:00Z")
	for _, name := range []string{"late.co", "given.co", "kept.co", "agreed.co"} {
		w.Do(world.Other, flow.DomainTransfer{Name: world.Name(name), AuthInfo: new("domain-secret")})
	}
	w.Do("", flow.DomainTransferDecide{Deed: deed(), Name: world.Name("given.co"), Approve: true})
	w.Do("", flow.DomainTransferDecide{Deed: deed(), Name: world.Name("kept.co")})
	w.Do(world.Acme, flow.DomainTransferEnd{Name: world.Name("agreed.co"), How: registry.TransferClientApproved})
	w.Pass(6 * day)
	w.Settle()
	got := map[string]registry.Ender{}
	for _, n := range transfersTold(w, world.Other) {
		got[n.Name] = n.By
	}
	want := map[string]registry.Ender{
		"late.co": registry.EndedByTime, "given.co": registry.EndedByOperator, "kept.co": registry.EndedByOperator, "agreed.co": "",
	}
	if !maps.Equal(got, want) {
		t.Errorf("what ended transfers is told as %v, want %v", got, want)
	}
}
