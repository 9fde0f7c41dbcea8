package flow_test

import (
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

func TestDomainRestorePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Domain(world.Acme, "late.co")
	w.Pass(6 * day)
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("late.co")})
	w.Pass(30 * day)
	who := world.Suspended
	cmd := flow.DomainRestore{Update: flow.DomainUpdate{Name: world.Name("free.co"), AuthInfo: new("x"), Fee: flow.FeeSaid{Given: true, Total: 1}}}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Other }, registry.ParameterPolicy, "a restore changes nothing else; send add, rem and chg in an update of their own, after it"},
		{func() { cmd.Update.AuthInfo = nil }, registry.ObjectMissing, "the name is not registered; check its spelling"},
		{func() { cmd.Update.Name = world.Name("shop.co") }, registry.Authorization, "another registrar sponsors the object; ask that registrar"},
		{func() { who = world.Acme }, registry.StatusProhibits, "the name is not deleted; only a name in redemption can be restored"},
		{func() { cmd.Update.Name = world.Name("late.co") }, registry.StatusProhibits, "redemption ended at 2026-04-06T12:00:00Z; wait for the purge and register the name again"},
		{func() {
			cmd.Update.Name = world.Name("shop.co")
			w.Do(world.Acme, flow.DomainUpdate{
				Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientUpdateProhibited}},
			})
			w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")})
			w.Do("", flow.DomainStatusSet{Deed: deed(), Name: world.Name("shop.co"), StatusEdit: flow.StatusEdit{Lock: true}})
			w.Pass(30*day - time.Second)
		}, registry.StatusProhibits, "the object has the status serverUpdateProhibited; ask the registry to lift it"},
		{func() {
			w.Do("", flow.DomainStatusSet{Deed: deed(), Name: world.Name("shop.co"), StatusEdit: flow.StatusEdit{Unlock: true}})
		}, registry.ParameterRange, "this is not the fee; send 40.00 USD"},
		{
			func() {
				cmd.Update.Fee = flow.FeeSaid{}
				w.Do("", flow.RegistrarHold{Registrar: world.Acme, Reason: "the balance is below the minimum"})
			}, registry.BillingFailure,
			"the registrar's account is on hold since 2026-05-06: the balance is below the minimum; pay in funds first",
		},
		{func() {
			w.Do("", flow.RegistrarHold{Registrar: world.Acme})
			spend(w, world.Acme, 39_99)
		}, registry.BillingFailure, "the command costs 40.00 and the available credit is 39.99; pay in funds first"},
	}, func() { w.Do("", flow.Deposit{Author: "ana", Registrar: world.Acme, Amount: 1, Reference: "more"}) })
	w.CheckInvariants()
}

func TestRestoreReportPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Pass(6 * day)
	who := world.Suspended
	cmd := flow.DomainRestore{
		Report: &flow.RestoreReport{},
		Update: flow.DomainUpdate{Name: world.Name("free.co"), AuthInfo: new("x"), Fee: flow.FeeSaid{Given: true, Total: 1}},
	}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Other }, registry.ParameterPolicy, "a restore changes nothing else; send add, rem and chg in an update of their own, after it"},
		{func() { cmd.Update.AuthInfo = nil }, registry.ObjectMissing, "the name is not registered; check its spelling"},
		{func() { cmd.Update.Name = world.Name("shop.co") }, registry.Authorization, "another registrar sponsors the object; ask that registrar"},
		{func() { who = world.Acme }, registry.StatusProhibits, "the name was not restored today; no report is needed, leave it out"},
		{func() {
			w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")})
			w.Do(world.Acme, restore("shop.co"))
		}, registry.ParameterRange, "this is not the fee; send 0.00 USD"},
	}, func() { cmd.Update.Fee = flow.FeeSaid{} })
	w.At("2026-03-07T23:59:58Z")
	w.Do(world.Acme, cmd)
	w.Pass(time.Second)
	if _, err := w.Run(world.Acme, cmd); code(err) != registry.StatusProhibits {
		t.Errorf("a report after the restore day: %v", err)
	}
}

func restore(name string) flow.DomainRestore {
	return flow.DomainRestore{Update: flow.DomainUpdate{Name: world.Name(name), Empty: true}}
}

// On the day of its restore a name is renewed: by its registrar, by itself, or not at all.
func TestRestoreDay(t *testing.T) {
	for _, test := range []struct {
		name     string
		who      registry.RegistrarID
		deleted  string
		at       string // of the restore
		renew    bool
		expires  string // on the day after
		deleters bool
	}{
		{"renews itself", world.Acme, "2026-03-10T12:00:00Z", "2026-03-20T12:00:00Z", false, "2028-03-01T23:59:59Z", false},
		{"renewed by its registrar", world.Acme, "2026-03-10T12:00:00Z", "2026-03-20T12:00:00Z", true, "2028-03-01T23:59:59Z", false},
		{"nobody renews it", world.Deleter, "2026-03-10T12:00:00Z", "2026-03-20T12:00:00Z", false, "2027-03-01T23:59:59Z", true},
		{"renewed by a registrar whose names do not", world.Deleter, "2026-03-10T12:00:00Z", "2026-03-20T12:00:00Z", true, "2028-03-01T23:59:59Z", false},
		{"deleted in auto-renew grace", world.Acme, "2027-03-10T12:00:00Z", "2027-04-09T11:59:59Z", false, "2028-03-01T23:59:59Z", false},
		{"in the last second of the day", world.Acme, "2026-03-10T12:00:00Z", "2026-03-20T23:59:59Z", false, "2028-03-01T23:59:59Z", false},
	} {
		for _, engine := range []bool{true, false} {
			t.Run(test.name, func(t *testing.T) {
				w := world.New(t, noon)
				w.Domain(test.who, "shop.co")
				w.At(test.deleted)
				w.Do(test.who, flow.DomainDelete{Name: world.Name("shop.co")})
				w.At(test.at)
				balance := w.Funds(test.who).CurrentBalance()
				w.Do(test.who, restore("shop.co"))
				if paid := balance - w.Funds(test.who).CurrentBalance(); paid != 40_00 {
					t.Errorf("the restore cost %s", paid)
				}
				d := info(t, w, "shop.co")
				if d.Deletion.Active() || len(d.RGPStatuses) > 0 || d.RenewBy.Format("15:04:05") != "23:59:59" {
					t.Errorf("restored it is %+v", d)
				}
				if test.renew {
					w.Do(test.who, flow.DomainRenew{Name: world.Name("shop.co"), CurrentExpiry: d.Expires})
				}
				end := d.RenewBy
				w.Pass(end.Sub(w.Now()))
				if engine {
					w.Settle()
				}
				after := info(t, w, "shop.co")
				if after.Expires.Format(time.RFC3339) != test.expires || after.Deletion.Active() != test.deleters || !after.RenewBy.IsZero() {
					t.Errorf("after its restore day it is %+v", after.Domain)
				}
				w.Settle()
				if !test.renew && !test.deleters {
					id := string(after.ROID) + "/autorenew/" + end.Format(time.RFC3339)
					isPosted(t, w, id, ledger.Open, end.Add(5*day).Format(time.RFC3339))
					if w.Rows("SELECT type FROM charge WHERE id = $1 AND authorises", id) != "Auto-Renewal\n" || after.Graces[0].Kind != registry.RenewGrace {
						t.Errorf("the renewal is %+v", after.Graces)
					}
				}
				w.CheckInvariants()
			})
		}
	}
}

// A name that cannot be renewed any further needs no renewal on its restore day.
func TestRestoreAtTheHorizon(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Deleter, "C")
	w.Do(world.Deleter, flow.DomainCreate{
		Name: world.Name("shop.co"), Registrant: "C", AuthInfo: "domain-secret", Years: 5,
		Contacts: []flow.Role{{Role: "admin", ID: "C"}, {Role: "tech", ID: "C"}},
	})
	w.Pass(6 * day)
	w.Do(world.Deleter, flow.DomainDelete{Name: world.Name("shop.co")})
	reply := w.Do(world.Deleter, restore("shop.co")).(flow.DomainRestored)
	w.Pass(2 * day)
	if d := info(t, w, "shop.co"); !reply.RenewBy.IsZero() || d.Deletion.Active() || d.Expires.Format(time.DateOnly) != "2031-03-01" {
		t.Errorf("to be renewed by %s, and it is %+v", reply.RenewBy, d.Domain)
	}
}
