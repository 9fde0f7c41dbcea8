package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// deed is one with nothing wrong with it.
func deed() flow.Deed {
	return flow.Deed{Author: "ana", Reason: "the order of a court", Told: "a dispute", CaseType: "udrp", CaseID: "D2026-0001"}
}

// deedSteps put a deed right, from one in which everything is wrong.
func deedSteps(d *flow.Deed) []step {
	*d = flow.Deed{Told: strings.Repeat("x", 201), CaseType: "trial", CaseID: "a\x1b[2J"}
	return []step{
		{func() {}, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { d.Author = "ana" }, registry.ParameterMissing, "this is not done without a reason; say why"},
		{func() { d.Reason = "the order of a court" }, registry.ParameterSyntax, "what is told has at most 200 characters that can be printed; shorten it"},
		{func() { d.Told = "a dispute" }, registry.ParameterSyntax, "what is told has at most 200 characters that can be printed; shorten it"},
		{func() { d.CaseID = "D2026-0001" }, registry.ParameterSyntax, "a case has a kind, udrp, urs, custom, and an id; give both, such as udrp:D2026-0001"},
	}
}

// statusSteps put an edit of statuses right, of an object that has serverUpdateProhibited.
func statusSteps(object, may string, d *flow.Deed, e *flow.StatusEdit) []step {
	return slices.Concat([]step{}, []step{
		{func() { d.CaseType = "udrp" }, registry.ParameterMissing, "no status is named; name one to set or to remove"},
		{
			func() {
				e.Add, e.Remove = []registry.Status{registry.ServerUpdateProhibited, registry.ClientHold}, []registry.Status{registry.ServerDeleteProhibited}
			}, registry.ParameterPolicy,
			"this is no status of the registry's for a " + object + "; there are " + may,
		},
		{func() { e.Add = e.Add[:1] }, registry.ParameterPolicy, "it cannot be removed because the object does not have it; leave it out"},
		{func() { e.Remove = nil }, registry.ParameterPolicy, "it cannot be added because the object has it already; leave it out"},
	})
}

func TestDomainStatusSetPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Pass(60 * day)
	w.Do(world.Other, flow.DomainTransfer{Name: world.Name("shop.co"), AuthInfo: new("domain-secret")})
	w.Do("", lock("shop.co", registry.ServerUpdateProhibited))
	cmd := flow.DomainStatusSet{Name: world.Name("free.co")}
	deeds := deedSteps(&cmd.Deed)
	deeds[0].put = func() { cmd.Name = world.Name("shop.co") }
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cmd }, slices.Concat([]step{
		{func() {}, registry.ObjectMissing, "the name is not registered; check its spelling"},
	}, deeds, statusSteps("domain", "serverHold, serverTransferProhibited, serverRenewProhibited, serverUpdateProhibited, serverDeleteProhibited", &cmd.Deed, &cmd.StatusEdit), []step{
		{func() { cmd.Add = []registry.Status{registry.ServerTransferProhibited} }, registry.StatusProhibits, "it cannot stand beside pendingTransfer; end that first"},
	}), func() { cmd.Add = []registry.Status{registry.ServerHold} })
	w.Do("", flow.OperatorDelete{Deed: deed(), Name: cmd.Name, EndTransfer: true})
	cmd.Add = []registry.Status{registry.ServerDeleteProhibited}
	_, err := w.Run("", cmd)
	wantRefusal(t, err, registry.StatusProhibits, "it cannot stand beside pendingDelete; end that first")
}

func lock(name string, statuses ...registry.Status) flow.DomainStatusSet {
	return flow.DomainStatusSet{Deed: deed(), Name: world.Name(name), StatusEdit: flow.StatusEdit{Add: statuses}}
}

func TestHostStatusSetPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	cmd := flow.HostStatusSet{Name: world.Name("ns9.example.net")}
	w.Do("", flow.HostStatusSet{Deed: deed(), Name: world.Name("ns1.example.net"), StatusEdit: flow.StatusEdit{Add: []registry.Status{registry.ServerUpdateProhibited}}})
	deeds := deedSteps(&cmd.Deed)
	deeds[0].put = func() { cmd.Name = world.Name("ns1.example.net") }
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cmd }, slices.Concat([]step{
		{func() {}, registry.ObjectMissing, "there is no such host; check its name"},
	}, deeds, statusSteps("host", "serverUpdateProhibited, serverDeleteProhibited", &cmd.Deed, &cmd.StatusEdit)),
		func() { cmd.Add = []registry.Status{registry.ServerDeleteProhibited} })
}

func TestContactStatusSetPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C-1")
	w.Do(world.Other, flow.ContactTransfer{ID: "C-1", AuthInfo: new("contact-secret")})
	cmd := flow.ContactStatusSet{ID: "NONE"}
	w.Do("", flow.ContactStatusSet{Deed: deed(), ID: "c-1", StatusEdit: flow.StatusEdit{Add: []registry.Status{registry.ServerUpdateProhibited}}})
	deeds := deedSteps(&cmd.Deed)
	deeds[0].put = func() { cmd.ID = "C-1" }
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cmd }, slices.Concat([]step{
		{func() {}, registry.ObjectMissing, "there is no such contact; check its id"},
	}, deeds, statusSteps("contact", "serverTransferProhibited, serverUpdateProhibited, serverDeleteProhibited", &cmd.Deed, &cmd.StatusEdit), []step{
		{func() { cmd.Add = []registry.Status{registry.ServerTransferProhibited} }, registry.StatusProhibits, "it cannot stand beside pendingTransfer; end that first"},
	}), func() { cmd.Add = []registry.Status{registry.ServerDeleteProhibited} })
}

func TestOperatorDeletePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Pass(60 * day)
	w.Do(world.Other, flow.DomainTransfer{Name: world.Name("shop.co"), AuthInfo: new("domain-secret")})
	w.Do("", lock("shop.co", registry.ServerDeleteProhibited))
	cmd := flow.OperatorDelete{Name: world.Name("free.co")}
	deeds := deedSteps(&cmd.Deed)
	deeds[0].put = func() { cmd.Name = world.Name("shop.co") }
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cmd }, slices.Concat([]step{
		{func() {}, registry.ObjectMissing, "the name is not registered; check its spelling"},
	}, deeds, []step{
		{func() { cmd.CaseType = "udrp" }, registry.StatusProhibits, "the registry has locked the name by serverDeleteProhibited; lift that first: dorado domain unlock shop.co"},
		{func() {
			unlock := lock("shop.co")
			unlock.Remove = []registry.Status{registry.ServerDeleteProhibited}
			w.Do("", unlock)
		}, registry.StatusProhibits, "a transfer to H1002 is pending; approve or reject it, or let the deletion end it (--end-transfer)"},
	}), func() { cmd.EndTransfer = true })
	_, err := w.Run("", cmd)
	wantRefusal(t, err, registry.StatusProhibits, "the name is deleted already; its purge comes by itself")
}

func TestTransferDecidePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Contact(world.Acme, "C-1")
	w.Pass(60 * day)
	none := step{func() {}, registry.ObjectNotPending, "no transfer of the object is pending; a query says how the last one ended"}
	name := flow.DomainTransferDecide{Name: world.Name("free.co")}
	deeds := deedSteps(&name.Deed)
	deeds[0].put = func() { name.Name = world.Name("shop.co") }
	none.put = func() { name.CaseType = "udrp" }
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", name }, slices.Concat([]step{
		{func() {}, registry.ObjectMissing, "the name is not registered; check its spelling"},
	}, deeds, []step{none}), func() {
		w.Do(world.Other, flow.DomainTransfer{Name: world.Name("shop.co"), AuthInfo: new("domain-secret")})
	})
	contact := flow.ContactTransferDecide{ID: "NONE", Approve: true}
	deeds = deedSteps(&contact.Deed)
	deeds[0].put = func() { contact.ID = "C-1" }
	none.put = func() { contact.CaseType = "udrp" }
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", contact }, slices.Concat([]step{
		{func() {}, registry.ObjectMissing, "there is no such contact; check its id"},
	}, deeds, []step{none}), func() {
		w.Do(world.Other, flow.ContactTransfer{ID: "C-1", AuthInfo: new("contact-secret")})
	})
}

// The sponsor is told what was done, of which case and what it may know of the reason; who did it and why is kept
// with the object. A hold leaves a mark for the zone, a lock none.
func TestOperatorStatuses(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	takeMarks(w)
	edit := func(add, remove string) flow.StatusEdit {
		return flow.StatusEdit{Add: statusesOfText(add), Remove: statusesOfText(remove)}
	}
	for _, test := range []struct {
		name  string
		cmd   flow.Command
		text  string
		marks string
		edit  string // what the notice has set and lifted
	}{
		{
			"hold and lock",
			flow.DomainStatusSet{Deed: deed(), Name: world.Name("shop.co"), StatusEdit: edit("serverUpdateProhibited serverHold", "")},
			"The registry set serverUpdateProhibited, serverHold on shop.co.", "shop.co\n", "[serverUpdateProhibited serverHold] []",
		},
		{
			"another lock",
			flow.DomainStatusSet{Deed: deed(), Name: world.Name("shop.co"), StatusEdit: edit("serverDeleteProhibited", "serverUpdateProhibited")},
			"The registry set serverDeleteProhibited on shop.co and removed serverUpdateProhibited from shop.co.", "", "[serverDeleteProhibited] [serverUpdateProhibited]",
		},
		{
			"no hold",
			flow.DomainStatusSet{Deed: deed(), Name: world.Name("shop.co"), StatusEdit: edit("", "serverHold")},
			"The registry removed serverHold from shop.co.", "shop.co\n", "[] [serverHold]",
		},
		{
			"a host",
			flow.HostStatusSet{Deed: deed(), Name: world.Name("ns1.shop.co"), StatusEdit: edit("serverDeleteProhibited", "")},
			"The registry set serverDeleteProhibited on ns1.shop.co.", "", "[serverDeleteProhibited] []",
		},
		{
			"a contact",
			flow.ContactStatusSet{Deed: deed(), ID: "x-h1001", StatusEdit: edit("serverTransferProhibited", "")},
			"The registry set serverTransferProhibited on X-H1001.", "", "[serverTransferProhibited] []",
		},
	} {
		w.Do("", test.cmd)
		list := w.Take(world.Acme)
		if len(list) != 1 {
			t.Fatalf("%s: the sponsor was told %d times", test.name, len(list))
		}
		n, ok := list[0].Notice.(registry.ChangeNotice)
		if !ok || n.Text != test.text || n.Why != "a dispute" || n.CaseType != "udrp" || n.CaseID != "D2026-0001" || n.Who != "registry" || n.Operation != "update" || n.Before {
			t.Errorf("%s: the sponsor was told %+v", test.name, n)
		}
		if set := strings.Join(strings.Fields(fmt.Sprint(n.Set, n.Lifted)), " "); set != test.edit {
			t.Errorf("%s: the sponsor was told of %s, want %s", test.name, set, test.edit)
		}
		if told := fmt.Sprintf("%+v %+v %+v", n.Domain, n.Host, n.Contact); strings.Contains(told, "court") || n.Domain != nil && n.Domain.AuthInfo != nil || n.Contact != nil && n.Contact.AuthInfo != nil {
			t.Errorf("%s: the sponsor was told what it must not know: %s", test.name, told)
		}
		if marks := w.Rows("SELECT name FROM mark"); marks != test.marks {
			t.Errorf("%s: the marks are %q, want %q", test.name, marks, test.marks)
		}
		takeMarks(w)
	}
	if got := info(t, w, "shop.co"); got.Changed.Author != "ana" || got.Changed.Reason != "the order of a court" || !got.Has(registry.ServerDeleteProhibited) || got.Has(registry.ServerHold) {
		t.Errorf("the name is %+v", got.Domain)
	}
	w.CheckInvariants()
}

func statusesOfText(text string) []registry.Status {
	var list []registry.Status
	for word := range strings.FieldsSeq(text) {
		list = append(list, registry.Status(word))
	}
	return list
}

// takeMarks takes all marks as published.
func takeMarks(w *world.World) {
	w.T.Helper()
	w.Do("", flow.ZonesPublished{Marks: ask[[]registry.Mark](w, flow.PendingMarks{Limit: 100})})
}

// A contact that the operator protects from deletion is not purged for want of links.
func TestOperatorSparesContact(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C-1")
	err := w.DB.Update(t.Context(), registry.Keys{}, func(r registry.Reader) (registry.Changes, error) {
		contact, _, err := r.Contact("C-1")
		contact = contact.Next()
		contact.PurgeAt = w.Now().Add(day)
		return registry.Changes{Contacts: []registry.Contact{contact}}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Do("", flow.ContactStatusSet{Deed: deed(), ID: "C-1", StatusEdit: flow.StatusEdit{Add: []registry.Status{registry.ServerDeleteProhibited}}})
	w.Pass(2 * day)
	w.Settle()
	if _, err := w.Ask(world.Acme, flow.ContactInfo{ID: "C-1"}); err != nil {
		t.Errorf("it is gone: %v", err)
	}
}

// A deletion by the operator credits and ends as the sponsor's own would, and nobody is told of the purge. A
// client's statuses do not stand in its way; a transfer that waits is ended, and both sides are told.
func TestOperatorDelete(t *testing.T) {
	for _, test := range []struct {
		name              string
		after             time.Duration
		credited          string
		told              string // its operation
		transfer, restore bool
	}{
		{name: "in add grace", after: day, credited: "20.00", told: "purge"},
		{name: "later", after: 70 * day, credited: "0.00", restore: true},
		{name: "in auto-renew grace", after: 370 * day, credited: "20.00"},
		{name: "a transfer waits", after: 70 * day, credited: "0.00", transfer: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := world.New(t, noon)
			w.Domain(world.Acme, "shop.co")
			w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientDeleteProhibited}}})
			w.Pass(test.after)
			if test.transfer {
				w.Do(world.Other, flow.DomainTransfer{Name: world.Name("shop.co"), AuthInfo: new("domain-secret")})
				w.Take(world.Acme)
			}
			deleted := w.Do("", flow.OperatorDelete{Deed: deed(), Name: world.Name("shop.co"), EndTransfer: test.transfer}).(flow.DomainDeleted)
			if deleted.Credited.String() != test.credited {
				t.Errorf("credited were %s, want %s", deleted.Credited, test.credited)
			}
			var told []string
			for _, m := range w.Take(world.Acme) {
				switch n := m.Notice.(type) {
				case registry.ChangeNotice:
					if n.Step != registry.EventRegistryAction {
						continue // the renewal before
					}
					if n.Domain == nil || n.Domain.Has(registry.ClientDeleteProhibited) != n.Before || n.Domain.Deletion.Active() == n.Before {
						t.Errorf("the sponsor was told of %+v", n.Domain)
					}
					told = append(told, n.Operation+" "+n.Detail)
				case registry.TransferNotice:
					told = append(told, string(n.Status))
				}
			}
			want := []string{"delete " + test.told}
			if test.transfer {
				want = []string{"serverRejected", "delete "}
			}
			if !slices.Equal(told, want) {
				t.Errorf("the sponsor was told %q, want %q", told, want)
			}
			w.Settle()
			if test.restore {
				w.Do(world.Acme, flow.DomainRestore{Update: flow.DomainUpdate{Name: world.Name("shop.co")}})
				w.Take(world.Acme)
				return
			}
			w.Pass(40 * day)
			w.Settle()
			if list := pendingActions(w.Take(world.Acme)); len(list) != 0 {
				t.Errorf("of the purge the sponsor was told %+v", list)
			}
			if w.Exists("domain", "name", "shop.co") {
				t.Error("it is still there")
			}
			w.CheckInvariants()
		})
	}
}

// The operator answers for the sponsor: both sides are told, and the status says who answered.
func TestTransferDecide(t *testing.T) {
	for _, approve := range []bool{true, false} {
		w := world.New(t, noon)
		w.Domain(world.Acme, "shop.co")
		w.Contact(world.Acme, "C-1")
		w.Pass(60 * day)
		w.Do(world.Other, flow.DomainTransfer{Name: world.Name("shop.co"), AuthInfo: new("domain-secret")})
		w.Do(world.Other, flow.ContactTransfer{ID: "C-1", AuthInfo: new("contact-secret")})
		w.Take(world.Acme)
		name := w.Do("", flow.DomainTransferDecide{Deed: deed(), Name: world.Name("shop.co"), Approve: approve}).(flow.TransferTold)
		contact := w.Do("", flow.ContactTransferDecide{Deed: deed(), ID: "C-1", Approve: approve}).(flow.TransferTold)
		want, sponsor := registry.TransferServerRejected, world.Acme
		if approve {
			want, sponsor = registry.TransferServerApproved, world.Other
		}
		if name.Status != want || contact.Status != want {
			t.Errorf("they ended %s and %s, want %s", name.Status, contact.Status, want)
		}
		for _, side := range []registry.RegistrarID{world.Acme, world.Other} {
			list := w.Take(side)
			if len(list) != 2 {
				t.Errorf("%s: %s was told %d times, want twice", want, side, len(list))
			}
			for _, m := range list {
				if n, ok := m.Notice.(registry.TransferNotice); !ok || n.Status != want {
					t.Errorf("%s: %s was told %+v", want, side, m.Notice)
				}
			}
		}
		if got := info(t, w, "shop.co"); got.Sponsor != sponsor || got.Changed.Author != "ana" {
			t.Errorf("%s: the name is %+v", want, got.Domain)
		}
		w.CheckInvariants()
	}
}
