package flow_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Everything here is so whether the engine has run or is behind by more names than a command looks at.
const farBehind = 201

// deletedByMany registers and deletes so many names of others, which fall due together.
func deletedByMany(w *world.World, n int, hosts ...string) (del func()) {
	name := func(i int) string { return fmt.Sprintf("many-%d.co", i) }
	for i := range n {
		w.Domain(world.Other, name(i), hosts...)
	}
	return func() {
		for i := range n {
			w.Do(world.Other, flow.DomainDelete{Name: world.Name(name(i))})
		}
	}
}

// withAndWithoutEngine runs a test both ways; settle does nothing in one of them.
func withAndWithoutEngine(t *testing.T, test func(t *testing.T, w *world.World, settle func())) {
	for _, engine := range []bool{true, false} {
		t.Run("engine "+strconv.FormatBool(engine), func(t *testing.T) {
			w := world.New(t, noon)
			test(t, w, func() {
				if engine {
					w.Settle()
				}
			})
			w.Settle()
			w.CheckInvariants()
		})
	}
}

// A contact waits for its purge from the end of its last link on, not from a purge that came before and is
// written down later. Decisions 2.5.
func TestContactWaitsFromTheEndOfItsLastLink(t *testing.T) {
	withAndWithoutEngine(t, func(t *testing.T, w *world.World, settle func()) {
		w.Contact(world.Acme, "LAST")
		w.Contact(world.Acme, "NEXT")
		linking(w, world.Acme, "aaa.co", "LAST")
		linking(w, world.Acme, "bbb.co", "LAST")
		del := deletedByMany(w, farBehind)
		w.Pass(10 * day)
		w.Do(world.Acme, flow.DomainDelete{Name: world.Name("aaa.co")})
		del()
		w.Pass(35*day + 5*time.Minute)
		settle()
		w.Pass(3 * day)
		w.Do(world.Acme, flow.DomainUpdate{
			Name: world.Name("bbb.co"), Registrant: new("NEXT"),
			Remove: flow.DomainEdit{Contacts: []flow.Role{{Role: "admin", ID: "LAST"}, {Role: "tech", ID: "LAST"}}},
			Add:    flow.DomainEdit{Contacts: []flow.Role{{Role: "admin", ID: "NEXT"}, {Role: "tech", ID: "NEXT"}}},
		})
		goes := w.Now().Add(day)
		for range 2 {
			if got := contactInfo(t, w, "LAST"); !got.PurgeAt.Equal(goes) || !slices.Equal(got.EPPStatuses, []registry.Status{registry.PendingDelete}) {
				t.Errorf("it is %v and goes at %s, want %s", got.EPPStatuses, got.PurgeAt, goes)
			}
			w.Pass(time.Hour)
			w.Settle()
		}
	})
}

// A contact whose names were all purged is pendingDelete, or free if its sponsor does not have such contacts purged.
func TestDeleteOfAContactOfLateNames(t *testing.T) {
	for _, row := range []struct {
		name  string
		purge bool
		want  registry.Code
	}{
		{"waits", true, registry.StatusProhibits},
		{"is free", false, registry.Completed},
	} {
		t.Run(row.name, func(t *testing.T) {
			withAndWithoutEngine(t, func(t *testing.T, w *world.World, settle func()) {
				w.Do("", flow.RegistrarSet{Act: act(world.Acme), ContactPurge: new(row.purge)})
				w.Contact(world.Acme, "LAST")
				linking(w, world.Acme, "aaa.co", "LAST")
				linking(w, world.Acme, "bbb.co", "LAST")
				del := deletedByMany(w, farBehind)
				w.Pass(10 * day)
				w.Do(world.Acme, flow.DomainDelete{Name: world.Name("aaa.co")})
				w.Do(world.Acme, flow.DomainDelete{Name: world.Name("bbb.co")})
				del()
				w.Pass(35*day + 5*time.Minute)
				settle()
				if _, err := w.Run(world.Acme, flow.ContactDelete{ID: "LAST"}); code(err) != row.want {
					t.Errorf("a delete ends in %v, want %v", err, row.want)
				}
			})
		})
	}
}

// A host that many names linked, which were all purged, is free for its sponsor as soon as it shows as such.
func TestDeleteOfAHostOfLateNames(t *testing.T) {
	withAndWithoutEngine(t, func(t *testing.T, w *world.World, settle func()) {
		w.Host(world.Acme, "ns.example.net")
		del := deletedByMany(w, 60, "ns.example.net")
		w.Pass(10 * day)
		del()
		w.Pass(35*day + 5*time.Minute)
		settle()
		if got := hostInfo(t, w, "ns.example.net").EPPStatuses; !slices.Equal(got, []registry.Status{registry.OK}) {
			t.Errorf("the host is %v", got)
		}
		w.Do(world.Acme, flow.HostDelete{Name: world.Name("ns.example.net")})
	})
}

// A name that is due and whose row cannot be read is nobody's trouble but its own: commands about anything else go
// on, for every registrar.
func TestLateNameThatCannotBeRead(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C")
	w.Contact(world.Other, "D")
	linking(w, world.Acme, "bad.co", "C")
	w.Domain(world.Acme, "good.co")
	w.Exec("UPDATE domain SET body = '{' || body WHERE name = 'bad.co'")
	w.At("2027-03-02T00:00:00Z")
	if _, err := w.Run("", flow.Settle{Limit: 100}); err == nil {
		t.Error("it is settled")
	}
	w.Do("", flow.Settle{Limit: 100, Except: flow.LeftAlone{Things: []string{"bad.co"}}})
	for _, row := range []struct {
		name string
		who  registry.RegistrarID
		cmd  flow.Command
	}{
		{"renew", world.Acme, flow.DomainRenew{Name: world.Name("good.co"), CurrentExpiry: time.Date(2028, 3, 1, 0, 0, 0, 0, time.UTC)}},
		{"create", world.Other, flow.DomainCreate{
			Name: world.Name("fresh.co"), Registrant: "D",
			Contacts: []flow.Role{{Role: "admin", ID: "D"}, {Role: "tech", ID: "D"}},
		}},
		{"contact", world.Acme, flow.ContactUpdate{ID: "C", Email: new("c@example.com")}},
	} {
		if _, err := w.Run(row.who, row.cmd); err != nil {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	if got := contactStatuses(t, w, "C"); !slices.Contains(got, registry.Linked) {
		t.Errorf("the contact of the name is %v", got)
	}
	if _, err := w.Run(world.Acme, flow.DomainUpdate{Name: world.Name("bad.co"), AuthInfo: new("a-new-secret-1")}); code(err) != registry.CommandFailed {
		t.Errorf("an update of the name itself ends in %v, want a fault", err)
	}
}

// A contact whose transfer was pending when the last name went that linked it stays, whoever writes down first what
// time did. Decisions 2.5.
func TestContactThatMovedAsItsLastLinkWent(t *testing.T) {
	withAndWithoutEngine(t, func(t *testing.T, w *world.World, settle func()) {
		w.Contact(world.Acme, "MOVES")
		linking(w, world.Acme, "aaa.co", "MOVES")
		w.Pass(10 * day)
		w.Do(world.Acme, flow.DomainDelete{Name: world.Name("aaa.co")})
		w.Pass(34 * day)
		w.Do(world.Other, flow.ContactTransfer{ID: "MOVES", AuthInfo: new("contact-secret")})
		w.Pass(30 * day)
		settle()
		w.Do(world.Other, flow.DomainCreate{
			Name: world.Name("bbb.co"), Registrant: "MOVES", Contacts: []flow.Role{{Role: "admin", ID: "moves"}, {Role: "tech", ID: "Moves"}},
		})
	})
}
