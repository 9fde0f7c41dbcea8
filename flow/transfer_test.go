package flow_test

import (
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

func TestDomainTransferPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Price(3, "shop.co")
	w.Contact(world.Other, "FOREIGN")
	w.Do(world.Acme, flow.ContactCreate{
		ID: "C", Voice: &registry.Phone{Number: "+57.6015550100"}, Email: "ana@example.com",
		Int: &registry.Postal{Name: "Ana", Street: []string{"Calle 10"}, City: "Bogota", Postcode: "1", Country: "co"},
	})
	w.Do(world.Acme, flow.DomainCreate{
		Name: world.Name("shop.co"), Registrant: "C", AuthInfo: "domain-secret", Years: 2,
		Contacts: []flow.Role{{Role: "admin", ID: "C"}, {Role: "tech", ID: "FOREIGN"}},
		Fee:      flow.FeeSaid{Given: true, Total: 200_00},
	})
	reply, err := w.Ask(world.Other, flow.ContactInfo{ID: "FOREIGN"})
	if err != nil {
		t.Fatal(err)
	}
	foreign := reply.(flow.ContactDetails)
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientTransferProhibited}}})
	who := world.Suspended
	cmd := flow.DomainTransfer{Name: world.Name("free.co"), Token: new("token")}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Acme }, registry.ObjectMissing, "the name is not registered; check its spelling"},
		{func() { cmd.Name = world.Name("shop.co") }, registry.ParameterMissing, "a transfer needs the authInfo of the object; its holder has it from the sponsor"},
		{func() { cmd.AuthInfo = new("wrong") }, registry.InvalidAuthInfo, "the authInfo is not the object's; send the one that the registrant has from the sponsor"},
		{func() { cmd.AuthInfo = new("domain-secret") }, registry.Authorization, "the name has no allocation token; leave it out"},
		{func() {
			cmd.Token, cmd.AuthInfo, cmd.ROID = nil, new("contact-secret"), foreign.ROID
		}, registry.InvalidAuthInfo, "another registrar than the name's sponsors the contact; send the authInfo of the name itself"},
		{func() { cmd.AuthInfo, cmd.ROID = new("domain-secret"), "" }, registry.NotTransferable, "you sponsor the object already; there is nothing to transfer"},
		{func() { who = world.Other }, registry.NotTransferable, "the name was registered or transferred too recently; ask again from 2026-04-30T12:00:00Z"},
		{func() { w.Pass(60*day - time.Second) }, registry.NotTransferable, "the name was registered or transferred too recently; ask again from 2026-04-30T12:00:00Z"},
		{func() { w.Pass(time.Second) }, registry.StatusProhibits, "the object has the status clientTransferProhibited; its sponsor removes that, if its holder asks"},
		{func() {
			w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Remove: flow.DomainEdit{Statuses: []registry.Status{registry.ClientTransferProhibited}}})
			w.Do(world.Poor, flow.ContactCreate{
				ID: "P", Voice: &registry.Phone{Number: "+57.6015550100"}, Email: "ana@example.com",
				Int: &registry.Postal{Name: "Ana", Street: []string{"Calle 10"}, City: "Bogota", Postcode: "1", Country: "co"},
			})
			w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 100_00, Reference: "1"})
			w.Do(world.Poor, flow.DomainTransfer{Name: world.Name("shop.co"), AuthInfo: new("domain-secret"), Fee: flow.FeeSaid{Given: true, Total: 100_00}})
		}, registry.ObjectPendingTransfer, "a transfer of the object is pending; it ends by 2026-05-05T12:00:00Z"},
		{func() {
			w.Do(world.Poor, flow.DomainTransferEnd{Name: world.Name("shop.co"), How: registry.TransferClientCancelled})
			cmd.Years = 6
		}, registry.ParameterRange, "no such period is sold; a period is 1 to 5 years"},
		{func() { cmd.Years = 5 }, registry.ParameterPolicy, "the name would expire on 2033-03-01, more than 5 years ahead; choose a shorter period"},
		{func() { cmd.Years = 3 }, registry.ParameterMissing, "the name is premium and this costs 300.00 USD; send the fee with the extension fee-1.0"},
		{func() { cmd.Fee = flow.FeeSaid{Given: true, Total: 1} }, registry.ParameterRange, "this is not the fee; send 300.00 USD"},
		{
			func() {
				cmd.Fee.Total = 300_00
				w.Do("", flow.RegistrarHold{Registrar: world.Other, Reason: "the balance is below the minimum"})
			}, registry.BillingFailure,
			"the registrar's account is on hold since 2026-04-30: the balance is below the minimum; pay in funds first",
		},
		{func() {
			w.Do("", flow.RegistrarHold{Registrar: world.Other})
			spend(w, world.Other, 299_99)
		}, registry.BillingFailure, "the command costs 300.00 and the available credit is 299.99; pay in funds first"},
	}, func() { w.Do("", flow.Deposit{Author: "ana", Registrar: world.Other, Amount: 1, Reference: "more"}) })
	w.CheckInvariants()
}

func TestDomainTransferEndPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Pass(60 * day)
	who := world.Suspended
	cmd := flow.DomainTransferEnd{Name: world.Name("free.co"), How: registry.TransferClientCancelled, AuthInfo: new("wrong")}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Acme }, registry.ObjectMissing, "the name is not registered; check its spelling"},
		{func() { cmd.Name = world.Name("shop.co") }, registry.InvalidAuthInfo, "the authInfo is not the object's; send the one that the registrant has from the sponsor"},
		{func() { cmd.AuthInfo = nil }, registry.ObjectNotPending, "no transfer of the object is pending; a query says how the last one ended"},
		{func() {
			w.Do(world.Other, flow.DomainTransfer{Name: world.Name("shop.co"), AuthInfo: new("domain-secret")})
		}, registry.Authorization, "the transfer is not yours to end so; the registrar that requested the transfer cancels it"},
		{func() {
			who, cmd.How = world.Other, registry.TransferClientApproved
		}, registry.Authorization, "the transfer is not yours to end so; the registrar that sponsors the object approves and rejects"},
		{func() { cmd.How = registry.TransferClientRejected }, registry.Authorization, "the transfer is not yours to end so; the registrar that sponsors the object approves and rejects"},
	}, func() { who = world.Acme })
}

func TestDomainTransferQueryPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Pass(60 * day)
	who := world.Suspended
	q := flow.DomainTransferQuery{Name: world.Name("free.co"), AuthInfo: new("wrong")}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, q }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Poor }, registry.ObjectMissing, "the name is not registered; check its spelling"},
		{func() { q.Name = world.Name("shop.co") }, registry.InvalidAuthInfo, "the authInfo is not the object's; send the one that the registrant has from the sponsor"},
		{func() { q.AuthInfo = nil }, registry.Authorization, "the transfer is of other registrars; send the object's authInfo"},
		{func() { q.AuthInfo = new("domain-secret") }, registry.ObjectNotPending, "no transfer of the object was ever requested; request one"},
	}, func() {
		w.Do(world.Other, flow.DomainTransfer{Name: world.Name("shop.co"), AuthInfo: new("domain-secret")})
	})
}

func TestContactTransferPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C-1")
	w.Do(world.Acme, flow.ContactUpdate{ID: "C-1", Add: []registry.Status{registry.ClientTransferProhibited}})
	who := world.Suspended
	cmd := flow.ContactTransfer{ID: "NONE"}
	end := flow.ContactTransferEnd{ID: "NONE", How: registry.TransferClientApproved, AuthInfo: new("wrong")}
	q := flow.ContactTransferQuery{ID: "NONE", AuthInfo: new("wrong")}
	inactive := step{func() {}, registry.Authorization, "the registrar is not active; ask the registry"}
	missing := step{func() { who = world.Acme }, registry.ObjectMissing, "there is no such contact; check its id"}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		inactive, missing,
		{func() { cmd.ID = "c-1" }, registry.ParameterMissing, "a transfer needs the authInfo of the object; its holder has it from the sponsor"},
		{func() { cmd.AuthInfo = new("wrong") }, registry.InvalidAuthInfo, "the authInfo is not the contact's; ask its sponsor for the right one"},
		{func() { cmd.AuthInfo = new("contact-secret") }, registry.NotTransferable, "you sponsor the object already; there is nothing to transfer"},
		{func() { who = world.Other }, registry.StatusProhibits, "the object has the status clientTransferProhibited; its sponsor removes that, if its holder asks"},
	}, func() {
		w.Do(world.Acme, flow.ContactUpdate{ID: "C-1", Remove: []registry.Status{registry.ClientTransferProhibited}})
	})
	if _, err := w.Run(world.Poor, cmd); code(err) != registry.ObjectPendingTransfer {
		t.Errorf("a second request: %v", err)
	}
	who = world.Suspended
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, q }, []step{
		inactive, missing,
		{func() { q.ID = "C-1" }, registry.InvalidAuthInfo, "the authInfo is not the contact's; ask its sponsor for the right one"},
		{func() { who, q.AuthInfo = world.Poor, nil }, registry.Authorization, "the transfer is of other registrars; send the object's authInfo"},
	}, func() { who = world.Other })
	w.Contact(world.Acme, "C-2")
	if _, err := w.Ask(world.Acme, flow.ContactTransferQuery{ID: "C-2"}); code(err) != registry.ObjectNotPending {
		t.Errorf("a query of a transfer that never was: %v", err)
	}
	who = world.Suspended
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, end }, []step{
		inactive, missing,
		{func() { end.ID = "C-2" }, registry.InvalidAuthInfo, "the authInfo is not the contact's; ask its sponsor for the right one"},
		{func() { end.AuthInfo = nil }, registry.ObjectNotPending, "no transfer of the object is pending; a query says how the last one ended"},
		{func() { who, end.ID = world.Other, "C-1" }, registry.Authorization, "the transfer is not yours to end so; the registrar that sponsors the object approves and rejects"},
	}, func() { who = world.Acme })
}

// A transfer moves what belongs to it, in each way in which it can be completed, in and outside of auto-renew
// grace, whether or not the engine has run.
func TestTransferMoves(t *testing.T) {
	for _, test := range []struct {
		name           string
		asked          string // when the transfer is requested
		years          int
		complete       func(*world.World)
		at             string // when it is completed
		expires        string
		released       bool // the losing side's auto-renewal
		status         registry.TransferStatus
		toldToLosing   int
		postedToGainer string
	}{
		{
			name: "approved", asked: "2026-06-01T12:00:00Z", years: 2, complete: approve, at: "2026-06-01T12:00:00Z",
			expires: "2029-03-01T23:59:59Z", status: registry.TransferClientApproved, toldToLosing: 1, postedToGainer: "2026-06-06T12:00:00Z",
		},
		{
			name: "by time", asked: "2026-06-01T12:00:00Z", at: "2026-06-06T12:00:00Z", expires: "2028-03-01T23:59:59Z",
			status: registry.TransferServerApproved, toldToLosing: 2, postedToGainer: "2026-06-11T12:00:00Z",
		},
		{
			name: "approved in auto-renew grace", asked: "2027-03-10T12:00:00Z", complete: approve, at: "2027-03-10T12:00:00Z",
			expires: "2028-03-01T23:59:59Z", released: true, status: registry.TransferClientApproved, toldToLosing: 1, postedToGainer: "2027-03-15T12:00:00Z",
		},
		{
			name: "by time, the name expiring meanwhile", asked: "2027-02-27T12:00:00Z", at: "2027-03-04T12:00:00Z",
			expires: "2028-03-01T23:59:59Z", released: true, status: registry.TransferServerApproved, toldToLosing: 2, postedToGainer: "2027-03-09T12:00:00Z",
		},
		{
			name: "by time, the auto-renew grace ending meanwhile", asked: "2027-04-12T12:00:00Z", at: "2027-04-17T12:00:00Z",
			expires: "2029-03-01T23:59:59Z", status: registry.TransferServerApproved, toldToLosing: 2, postedToGainer: "2027-04-22T12:00:00Z",
		},
	} {
		for _, engine := range []bool{true, false} {
			t.Run(test.name, func(t *testing.T) {
				w := world.New(t, noon)
				w.Domain(world.Acme, "shop.co")
				w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
				w.At(test.asked)
				w.Do(world.Other, flow.DomainTransfer{Name: world.Name("shop.co"), AuthInfo: new("domain-secret"), Years: test.years})
				if test.complete != nil {
					test.complete(w)
				}
				w.At(test.at)
				if test.complete == nil {
					w.Pass(-time.Second)
					if got := info(t, w, "shop.co"); got.Sponsor != world.Acme || !got.Transfer.IsPending() {
						t.Errorf("a second before, %s sponsors it and the transfer is %s", got.Sponsor, got.Transfer.Status)
					}
					w.Pass(time.Second)
				}
				if engine {
					w.Settle()
				}
				got := info(t, w, "shop.co")
				if got.Sponsor != world.Other || got.Expires.Format(time.RFC3339) != test.expires || len(got.AuthInfo) > 0 ||
					got.Transferred.Format(time.RFC3339) != test.at || got.Transfer.Status != test.status {
					t.Errorf("the name is %+v", got.Domain)
				}
				if want := got.Transferred.Add(60 * day); !got.HoldUntil.Equal(want) {
					t.Errorf("its hold ends on %s, want %s", got.HoldUntil, want)
				}
				reply, err := w.Ask(world.Other, flow.HostInfo{Name: world.Name("ns1.shop.co")})
				if host, ok := reply.(flow.HostDetails); !ok || host.Sponsor != world.Other || !host.Transferred.Equal(got.Transferred) {
					t.Errorf("the host below it is %+v, %v", reply, err)
				}
				w.Do(world.Other, flow.HostUpdate{Name: world.Name("ns1.shop.co"), Add: flow.HostEdit{Statuses: []registry.Status{registry.ClientDeleteProhibited}}})
				w.Settle()
				if list := transfersTold(w, world.Acme); len(list) != test.toldToLosing {
					t.Errorf("the losing side was told %d times: %+v", len(list), list)
				}
				if list := transfersTold(w, world.Other); len(list) != 1 {
					t.Errorf("the gaining side was told %d times", len(list))
				}
				isPosted(t, w, got.Transfer.Charge, ledger.Open, test.postedToGainer)
				w.Pass(60 * day)
				w.Settle()
				isPosted(t, w, got.Transfer.Charge, ledger.Posted, test.postedToGainer)
				if test.released {
					isPosted(t, w, string(got.ROID)+"/autorenew/2027-03-01T23:59:59Z", ledger.Released, "")
				}
				w.CheckInvariants()
			})
		}
	}
}

// transfersTold takes what a registrar was told, and returns what of it is of transfers.
func transfersTold(w *world.World, who registry.RegistrarID) (list []registry.TransferNotice) {
	for _, m := range w.Take(who) {
		if n, ok := m.Notice.(registry.TransferNotice); ok {
			list = append(list, n)
		}
	}
	return list
}

func approve(w *world.World) {
	w.Do(world.Acme, flow.DomainTransferEnd{Name: world.Name("shop.co"), How: registry.TransferClientApproved})
}

// isPosted looks at a charge: how it stands, and when it posts or did.
func isPosted(t *testing.T, w *world.World, id string, state ledger.State, at string) {
	t.Helper()
	var got string
	if at == "" {
		got, at = w.Rows("SELECT state FROM charge WHERE id = $1", id), string(state)+"\n"
	} else {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		got = w.Rows("SELECT state, posts_at - $2 FROM charge WHERE id = $1", id, when.UnixMicro())
		at = string(state) + " | 0\n"
	}
	if got != at {
		t.Errorf("the charge %s is %q, want %q", id, got, at)
	}
}

// A transfer that comes to nothing leaves no trace in money and dates, even in auto-renew grace.
func TestTransferComesToNothing(t *testing.T) {
	for how, who := range map[registry.TransferStatus]registry.RegistrarID{
		registry.TransferClientCancelled: world.Other, registry.TransferClientRejected: world.Acme,
	} {
		w := world.New(t, noon)
		w.Domain(world.Acme, "shop.co")
		w.At("2027-03-10T12:00:00Z")
		w.Settle()
		before, name := info(t, w, "shop.co"), world.Name("shop.co")
		available := w.Funds(world.Other).Available()
		w.Do(world.Other, flow.DomainTransfer{Name: name, AuthInfo: new("domain-secret")})
		if left := w.Funds(world.Other).Available(); left != available-20_00 {
			t.Errorf("%s: a pending transfer leaves %s of %s", how, left, available)
		}
		w.Do(who, flow.DomainTransferEnd{Name: name, How: how})
		after := info(t, w, "shop.co")
		if after.Sponsor != world.Acme || !after.Expires.Equal(before.Expires) || after.Transfer.Status != how || !after.Transfer.Answer.Equal(w.Now()) {
			t.Errorf("%s left %+v", how, after.Domain)
		}
		if left := w.Funds(world.Other).Available(); left != available {
			t.Errorf("%s: %s is available, want %s", how, left, available)
		}
		isPosted(t, w, string(after.ROID)+"/autorenew/2027-03-01T23:59:59Z", ledger.Open, "2027-04-15T23:59:59Z")
		if _, err := w.Run(world.Other, flow.DomainTransfer{Name: name, AuthInfo: new("domain-secret")}); err != nil {
			t.Errorf("%s: asking again: %v", how, err)
		}
		w.CheckInvariants()
	}
}

// The year of a transfer is charged and cut at the horizon; a deletion in transfer grace undoes it.
func TestTransferAtTheHorizon(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C")
	w.Do(world.Acme, flow.DomainCreate{
		Name: world.Name("shop.co"), Registrant: "C", AuthInfo: "domain-secret", Years: 5,
		Contacts: []flow.Role{{Role: "admin", ID: "C"}, {Role: "tech", ID: "C"}},
	})
	w.At("2026-06-01T12:00:00Z")
	told := w.Do(world.Other, flow.DomainTransfer{Name: world.Name("shop.co"), AuthInfo: new("domain-secret")}).(flow.TransferTold)
	if got := told.Expires.Format(time.RFC3339); got != "2031-06-01T23:59:59Z" || told.Charged.Total() != 20_00 {
		t.Errorf("told to expire on %s for %s", got, told.Charged.Total())
	}
	w.Pass(5 * day)
	if got := info(t, w, "shop.co").Expires; !got.Equal(told.Expires) {
		t.Errorf("it expires on %s, told was %s", got, told.Expires)
	}
	deleted := w.Do(world.Other, flow.DomainDelete{Name: world.Name("shop.co")}).(flow.DomainDeleted)
	if d := info(t, w, "shop.co"); deleted.Credited != 20_00 || d.Expires.Format(time.DateOnly) != "2031-03-01" {
		t.Errorf("credited %s, expires %s", deleted.Credited, d.Expires)
	}
}

// A contact moves in the same way, and time approves it, too.
func TestContactTransferMoves(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C-1")
	w.Do(world.Other, flow.ContactTransfer{ID: "C-1", AuthInfo: new("contact-secret")})
	if _, err := w.Run(world.Acme, flow.ContactUpdate{ID: "C-1", Email: new("x@example.com")}); code(err) != registry.StatusProhibits {
		t.Errorf("an update while a transfer is pending: %v", err)
	}
	w.Pass(5 * day)
	w.Do(world.Other, flow.ContactUpdate{ID: "C-1", Email: new("x@example.com")})
	reply, err := w.Ask(world.Acme, flow.ContactTransferQuery{ID: "C-1"})
	if told, ok := reply.(flow.TransferTold); !ok || told.Status != registry.TransferServerApproved || told.Gaining != world.Other {
		t.Errorf("the transfer is %+v, %v", reply, err)
	}
	if losing, gaining := w.Take(world.Acme), w.Take(world.Other); len(losing) != 2 || len(gaining) != 1 {
		t.Errorf("told were %+v and %+v", losing, gaining)
	}
	w.CheckInvariants()
}
