package flow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// A contact that loses its last link has the status pendingDelete and goes 24 hours later, to the second and
// whenever the engine runs; a link before that ends the wait. Manual 8.2.2, decisions 2.5.
func TestContactPurge(t *testing.T) {
	billing := flow.DomainEdit{Contacts: []flow.Role{{Role: "billing", ID: "c1"}}}
	update := func(w *world.World, name string, cmd flow.DomainUpdate) {
		w.T.Helper()
		cmd.Name = world.Name(name)
		w.Do(world.Acme, cmd)
	}
	for _, test := range []struct {
		name string
		live func(w *world.World) // from a name with C1 as billing contact on
		wait bool                 // C1 waits for its purge
	}{
		{"linked", func(w *world.World) {}, false},
		{"removed", func(w *world.World) { update(w, "shop.co", flow.DomainUpdate{Remove: billing}) }, true},
		{"replaced as registrant", func(w *world.World) {
			update(w, "shop.co", flow.DomainUpdate{Remove: billing, Registrant: new("C1")})
			update(w, "shop.co", flow.DomainUpdate{Registrant: new("X-H1001")})
		}, true},
		{"removed in one role of two", func(w *world.World) {
			update(w, "shop.co", flow.DomainUpdate{Registrant: new("C1")})
			update(w, "shop.co", flow.DomainUpdate{Remove: billing})
		}, false},
		{"linked by another name", func(w *world.World) {
			w.Domain(world.Acme, "more.co")
			update(w, "more.co", flow.DomainUpdate{Add: billing})
			update(w, "shop.co", flow.DomainUpdate{Remove: billing})
		}, false},
		{"linked again", func(w *world.World) {
			update(w, "shop.co", flow.DomainUpdate{Remove: billing})
			w.Pass(day - time.Second)
			update(w, "shop.co", flow.DomainUpdate{Add: billing})
		}, false},
		{"linked again by a create, and removed once more", func(w *world.World) {
			update(w, "shop.co", flow.DomainUpdate{Remove: billing})
			w.Pass(day / 2)
			w.Do(world.Acme, flow.DomainCreate{
				Name: world.Name("more.co"), Registrant: "C1",
				Contacts: []flow.Role{{Role: "admin", ID: "X-H1001"}, {Role: "tech", ID: "C1"}},
			})
			w.Pass(day / 2)
			update(w, "more.co", flow.DomainUpdate{
				Registrant: new("X-H1001"), Remove: flow.DomainEdit{Contacts: []flow.Role{{Role: "tech", ID: "C1"}}},
				Add: flow.DomainEdit{Contacts: []flow.Role{{Role: "tech", ID: "X-H1001"}}},
			})
		}, true},
		{"its name is purged in add grace", func(w *world.World) { w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")}) }, true},
		{"prohibited by the client", func(w *world.World) {
			w.Do(world.Acme, flow.ContactUpdate{ID: "C1", Add: []registry.Status{registry.ClientDeleteProhibited}})
			update(w, "shop.co", flow.DomainUpdate{Remove: billing})
		}, false},
		{"switched off by its sponsor", func(w *world.World) {
			w.Do("", flow.RegistrarSet{Act: act(world.Acme), ContactPurge: new(false)})
			update(w, "shop.co", flow.DomainUpdate{Remove: billing})
		}, false},
		{"switched off and on again", func(w *world.World) {
			w.Do("", flow.RegistrarSet{Act: act(world.Acme), ContactPurge: new(false)})
			w.Pass(time.Second)
			w.Do("", flow.RegistrarSet{Act: act(world.Acme), ContactPurge: new(true)})
			update(w, "shop.co", flow.DomainUpdate{Remove: billing})
		}, true},
		{"switched off by another", func(w *world.World) {
			w.Do("", flow.RegistrarSet{Act: act(world.Other), ContactPurge: new(false)})
			update(w, "shop.co", flow.DomainUpdate{Remove: billing})
		}, true},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "-"), func(t *testing.T) {
			for _, engine := range []bool{true, false} {
				w := world.New(t, noon)
				w.Contact(world.Acme, "C1")
				w.Contact(world.Acme, "NEVER-LINKED")
				w.Domain(world.Acme, "shop.co")
				update(w, "shop.co", flow.DomainUpdate{Add: billing})
				test.live(w)
				c := contactInfo(t, w, "C1")
				if waits := slices.Contains(c.EPPStatuses, registry.PendingDelete); waits != test.wait {
					t.Fatalf("statuses %v, want pendingDelete %t", c.EPPStatuses, test.wait)
				}
				if test.wait && !c.PurgeAt.Equal(w.Now().Add(day)) {
					t.Errorf("it goes at %s", c.PurgeAt)
				}
				w.CheckInvariants()
				w.Pass(day - time.Second)
				if engine {
					w.Settle()
				}
				if contactInfo(t, w, "C1").ROID != c.ROID {
					t.Error("it is gone a second too early")
				}
				w.Pass(time.Second)
				if engine {
					w.Settle()
				}
				if _, err := w.Ask(world.Acme, flow.ContactInfo{ID: "C1"}); (code(err) == registry.ObjectMissing) != test.wait {
					t.Errorf("a day later: %v", err)
				}
				checked, err := w.Ask(world.Acme, flow.ContactCheck{IDs: []string{"C1", "NEVER-LINKED"}})
				if list := checked.([]flow.Checked); err != nil || list[0].Available != test.wait || list[1].Available {
					t.Errorf("a day later the check says %+v, %v", list, err)
				}
				if test.wait {
					w.Contact(world.Other, "C1")
					if again, err := w.Ask(world.Other, flow.ContactInfo{ID: "C1"}); err != nil || again.(flow.ContactDetails).ROID == c.ROID {
						t.Errorf("made anew it is %+v, %v", again, err)
					}
				}
				w.Settle()
				w.CheckInvariants()
			}
		})
	}
}

// Its sponsor is told that a contact will go, and that it has gone; while it waits it cannot be changed.
func TestContactPurgeMessages(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Other, "C1")
	w.Domain(world.Acme, "shop.co")
	edit := flow.DomainEdit{Contacts: []flow.Role{{Role: "billing", ID: "C1"}}}
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: edit})
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Remove: edit})
	const waits = "the object has the status pendingDelete; link it to a name again, or wait for its purge"
	_, err := w.Run(world.Other, flow.ContactUpdate{ID: "C1", Email: new("eva@example.com")})
	wantRefusal(t, err, registry.StatusProhibits, waits)
	_, err = w.Run(world.Other, flow.ContactDelete{ID: "C1"})
	wantRefusal(t, err, registry.StatusProhibits, waits)
	w.Pass(2 * day)
	w.Settle()
	got := w.Take(world.Other)
	if len(got) != 2 {
		t.Fatalf("its sponsor is told %+v", got)
	}
	first, second := got[0].Notice.(registry.ChangeNotice), got[1].Notice.(registry.ChangeNotice)
	if first.Step != registry.EventContactLinger || first.Contact.ID != "C1" || first.Contact.AuthInfo != nil ||
		first.Text != "No name links contact C1 any more; it will be purged at 2026-03-02T12:00:00Z unless a name links it again." {
		t.Errorf("first it is told %+v", first)
	}
	if second.Step != registry.EventContactPurged || !second.At.Equal(first.Contact.PurgeAt) || second.Operation != "autoPurge" || !second.Before {
		t.Errorf("then it is told %+v", second)
	}
	if got := w.Rows("SELECT version, at, registrar, command, gone FROM history WHERE name = 'C1' ORDER BY version"); strings.Count(got, "\n") != 3 ||
		!strings.Contains(got, "2 | 1772366400000000 | H1001 | domain:update | ") || !strings.Contains(got, "3 | 1772452800000000 |  | time | ") {
		t.Errorf("its history is\n%s", got)
	}
}

// A purge by time that nobody has written down is seen in the contacts that only the name linked, and is
// settled by who writes them: linking ends the wait, and one whose time is over is free.
func TestContactsOfALatePurge(t *testing.T) {
	prepare := func(t *testing.T) (*world.World, time.Time) {
		w := world.New(t, noon)
		w.Contact(world.Acme, "C1")
		for _, name := range []string{"one.co", "two.co", "live.co"} {
			w.Domain(world.Acme, name)
		}
		for _, name := range []string{"one.co", "two.co"} {
			w.Do(world.Acme, flow.DomainUpdate{Name: world.Name(name), Registrant: new("C1")})
		}
		w.Pass(10 * day)
		var last time.Time
		for _, name := range []string{"one.co", "two.co"} {
			w.Do(world.Acme, flow.DomainDelete{Name: world.Name(name)})
			if at := info(t, w, name).Deletion.PurgeAt; at.After(last) {
				last = at
			}
		}
		w.At(last.Format(time.RFC3339))
		return w, last
	}
	statuses := func(t *testing.T, w *world.World, want ...registry.Status) {
		t.Helper()
		if got := contactInfo(t, w, "C1").EPPStatuses; !slices.Equal(got, want) {
			t.Errorf("its statuses are %v, want %v", got, want)
		}
	}
	w, last := prepare(t)
	w.At(last.Add(-time.Second).Format(time.RFC3339))
	statuses(t, w, registry.OK, registry.Linked)
	w.At(last.Format(time.RFC3339))
	statuses(t, w, registry.PendingDelete)
	w.Pass(time.Hour)
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("live.co"), Registrant: new("C1")})
	statuses(t, w, registry.OK, registry.Linked)
	w.CheckInvariants()
	w.Settle()
	statuses(t, w, registry.OK, registry.Linked)
	w.CheckInvariants()

	w, last = prepare(t)
	w.Pass(day - time.Second)
	if got := contactInfo(t, w, "C1"); !got.PurgeAt.Equal(last.Add(day)) {
		t.Errorf("it goes at %s, want a day after %s", got.PurgeAt, last)
	}
	w.Pass(time.Second)
	_, err := w.Run(world.Acme, flow.DomainUpdate{Name: world.Name("live.co"), Registrant: new("C1")})
	wantRefusal(t, err, registry.ObjectMissing, "there is no such contact; create it first")
	w.Contact(world.Other, "C1")
	w.Settle()
	w.CheckInvariants()
}
