package flow_test

import (
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// linking registers a name that links a contact.
func linking(w *world.World, who registry.RegistrarID, name, contact string) {
	w.T.Helper()
	w.Do(who, flow.DomainCreate{
		Name: world.Name(name), Registrant: contact, AuthInfo: "domain-secret",
		Contacts: []flow.Role{{Role: "admin", ID: contact}, {Role: "tech", ID: contact}},
	})
}

func contactStatuses(t *testing.T, w *world.World, id string) []registry.Status {
	t.Helper()
	reply, err := w.Ask(world.Acme, flow.ContactInfo{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	return reply.(flow.ContactDetails).EPPStatuses
}

// A name is registered again with the contact that its purge has just unlinked, another name of the contact being
// late as well: the contact stays.
func TestCreateKeepsTheContactOfWhatItPurges(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C-1")
	linking(w, world.Deleter, "one.co", "C-1")
	linking(w, world.Deleter, "two.co", "C-1")
	w.At("2027-04-06T02:00:00Z") // both were purged an hour ago
	linking(w, world.Deleter, "two.co", "C-1")
	for range 2 {
		if got := contactStatuses(t, w, "C-1"); !slices.Equal(got, []registry.Status{registry.OK, registry.Linked}) {
			t.Errorf("the contact is %v", got)
		}
		w.Settle()
	}
	w.CheckInvariants()
}

// The name that was purged later is settled by a command first: the contact of both waits from the later purge
// on.
func TestLastLinkGoesWithTheLastPurge(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C-1")
	w.Contact(world.Acme, "C-2")
	linking(w, world.Deleter, "early.co", "C-1")
	w.At("2026-03-10T12:00:00Z")
	linking(w, world.Deleter, "later.co", "C-1")
	w.At("2027-04-16T12:00:00Z") // early.co was purged on 2027-04-06, later.co on 2027-04-15
	linking(w, world.Acme, "later.co", "C-2")
	w.Settle()
	rows := w.Rows("SELECT at FROM history WHERE kind = 'contact' AND name = 'C-1' AND version = 2 AND at > $1",
		time.Date(2027, 4, 15, 0, 0, 0, 0, time.UTC).UnixMicro())
	if rows == "" {
		t.Errorf("the contact lost its last link at another time:\n%s", w.Rows("SELECT version, at FROM history WHERE name = 'C-1'"))
	}
	w.CheckInvariants()
}

// A host that only a name links whose purge nobody has written down yet is linked no longer, and its sponsor is
// told as when the engine has run.
func TestHostOfALatePurge(t *testing.T) {
	for _, engine := range []bool{true, false} {
		w := world.New(t, noon)
		w.Host(world.Acme, "ns1.example.net")
		w.Domain(world.Deleter, "gone.co", "ns1.example.net")
		w.At("2027-04-06T02:00:00Z")
		if engine {
			w.Settle()
		}
		if got := hostInfo(t, w, "ns1.example.net").EPPStatuses; !slices.Equal(got, []registry.Status{registry.OK}) {
			t.Errorf("with the engine %t: the host is %v", engine, got)
		}
		_, err := w.Run(world.Acme, flow.HostUpdate{Name: world.Name("ns1.example.net"), NewName: world.Name("ns2.example.net")})
		if code(err) != registry.StatusProhibits {
			t.Errorf("with the engine %t: a rename is refused with %v, want %s", engine, err, registry.StatusProhibits)
		}
		w.Domain(world.Other, "lives.co", "ns1.example.net")
		w.Domain(world.Deleter, "gone.co", "ns1.example.net")
		_, err = w.Run(world.Acme, flow.HostUpdate{Name: world.Name("ns1.example.net"), NewName: world.Name("ns2.example.net")})
		if got := hostInfo(t, w, "ns1.example.net").EPPStatuses; code(err) != registry.AssociationProhibits || !slices.Contains(got, registry.Linked) {
			t.Errorf("with the engine %t: linked by another's name it is %v, and %v", engine, got, err)
		}
		w.At("2027-04-10T02:00:00Z")
	}
}

// A command that settles several steps of one contact tells them in the order in which they were.
func TestLateStepsAreToldInOrder(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C-1")
	linking(w, world.Deleter, "gone.co", "C-1")
	w.At("2027-06-01T00:00:00Z")
	w.Contact(world.Other, "C-1")
	w.Settle()
	var told []registry.Event
	for _, m := range w.Take(world.Acme) {
		told = append(told, m.Notice.Event())
	}
	if want := []registry.Event{registry.EventContactLinger, registry.EventContactPurged}; !slices.Equal(told, want) {
		t.Errorf("its sponsor was told %v, want %v", told, want)
	}
}

// A contact is transferred by time before it loses its last link, or loses it while the transfer is pending, and
// nobody has written either down: in the first case it is purged, in the second it stays. Decisions 2.5.
func TestLastLinkAndATransferByTime(t *testing.T) {
	for _, test := range []struct {
		name, asked string
		stays       bool
	}{
		{"transferred before", "2027-04-08T12:00:00Z", false},
		{"pending meanwhile", "2027-04-13T12:00:00Z", true},
	} {
		for _, by := range []string{"the engine", "a create", "a look"} {
			w := world.New(t, noon)
			w.Contact(world.Acme, "C-1")
			w.Contact(world.Acme, "C-2")
			linking(w, world.Deleter, "early.co", "C-1") // purged on 2027-04-06
			w.At("2026-03-10T12:00:00Z")
			linking(w, world.Deleter, "later.co", "C-1") // purged on 2027-04-15
			w.At(test.asked)
			w.Do(world.Other, flow.ContactTransfer{ID: "C-1", AuthInfo: new("contact-secret")})
			if by == "the engine" {
				for _, at := range []string{"2027-04-14T12:00:00Z", "2027-04-16T12:00:00Z", "2027-04-19T12:00:00Z"} {
					w.Settle()
					w.At(at)
				}
			}
			w.At("2027-05-01T12:00:00Z")
			switch by {
			case "the engine":
				w.Settle()
			case "a create":
				linking(w, world.Acme, "early.co", "C-2")
			}
			if _, err := w.Ask(world.Other, flow.ContactInfo{ID: "C-1"}); (err == nil) != test.stays {
				t.Errorf("%s, settled by %s: the contact stays %t, want %t: %v", test.name, by, err == nil, test.stays, err)
			}
		}
	}
}

// A rename is told to those who have names that are delegated to the host now, whoever has written down what time
// did to them.
func TestRenameIsToldToWhoIsDelegatedNow(t *testing.T) {
	for _, engine := range []bool{true, false} {
		w := world.New(t, noon)
		w.Domain(world.Acme, "shop.co")
		w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
		w.Domain(world.Deleter, "gone.co", "ns1.shop.co")
		w.Domain(world.Other, "moved.co", "ns1.shop.co")
		w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 100_00, Reference: "1"})
		w.At("2027-04-05T12:00:00Z")
		w.Do(world.Poor, flow.DomainTransfer{Name: world.Name("moved.co"), AuthInfo: new("domain-secret")})
		w.At("2027-04-11T12:00:00Z") // gone.co was purged on 2027-04-06, moved.co transferred on 2027-04-10
		if engine {
			w.Settle()
		}
		w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns1.shop.co"), NewName: world.Name("ns2.shop.co")})
		for who, want := range map[registry.RegistrarID]bool{world.Poor: true, world.Other: false, world.Deleter: false} {
			told := slices.ContainsFunc(w.Take(who), func(m registry.PollMessage) bool { return m.Notice.Event() == registry.EventHostRenamed })
			if told != want {
				t.Errorf("with the engine %t: %s was told %t, want %t", engine, who, told, want)
			}
		}
	}
}
