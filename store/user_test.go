package store_test

import (
	"context"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// person returns a user of the console with every field filled.
func person(t *testing.T, id registry.UserID, login string, role registry.Role) registry.User {
	t.Helper()
	var u registry.User
	fill(t, reflect.ValueOf(&u).Elem())
	u.ID, u.Version, u.Registrar, u.Login, u.Role = id, 1, "H1", login, role
	return u
}

// Users come back as they were put, by each of their keys, and a registrar has one administrator.
func TestUsers(t *testing.T) {
	w := world.Empty(t)
	ana, eva := person(t, "U1-CO", "ana@example.com", registry.RoleAdministrator), person(t, "U2-CO", "eva@example.com", registry.RoleManager)
	other := person(t, "U3-CO", "olga@example.net", registry.RoleAdministrator)
	other.Registrar = "H2"
	write(t, w, registry.Changes{Console: registry.ConsoleChanges{Users: []registry.User{eva, ana, other}}})
	view(t, w, func(r registry.Reader) error {
		same(t, ana)(r.User("U1-CO"))
		same(t, eva)(r.UserByLogin("eva@example.com"))
		same(t, ana)(r.Administrator("H1"))
		for _, page := range []struct {
			after string
			limit int
			want  string
		}{{"", 10, "ana@example.com eva@example.com"}, {"", 1, "ana@example.com"}, {"ana@example.com", 10, "eva@example.com"}} {
			list, err := r.UsersOf("H1", page.after, page.limit)
			var logins []string
			for _, u := range list {
				logins = append(logins, u.Login)
			}
			if got := strings.Join(logins, " "); err != nil || got != page.want {
				t.Errorf("%d users after %q: %q, %v; want %q", page.limit, page.after, got, err, page.want)
			}
		}
		if n, err := r.CountUsers("H1", 10); n != 2 || err != nil {
			t.Errorf("H1 has %d users, %v", n, err)
		}
		if n, err := r.CountUsers("H1", 1); n != 1 || err != nil {
			t.Errorf("up to one, H1 has %d users, %v", n, err)
		}
		return nil
	})

	for what, wrong := range map[string]registry.User{
		"a second administrator": person(t, "U9-CO", "second@example.com", registry.RoleAdministrator),
		"a second of one login":  person(t, "U9-CO", "eva@example.com", registry.RoleManager),
	} {
		err := w.DB.Update(context.Background(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
			return registry.Changes{Console: registry.ConsoleChanges{Users: []registry.User{wrong}}}, nil
		})
		if err == nil {
			t.Errorf("%s was written", what)
		}
	}

	ana, eva = ana.Next(), eva.Next() // the role passes on
	ana.Role, eva.Role = registry.RoleManager, registry.RoleAdministrator
	write(t, w, registry.Changes{Console: registry.ConsoleChanges{Users: []registry.User{ana, eva}}})
	view(t, w, func(r registry.Reader) error { same(t, eva)(r.Administrator("H1")); return nil })
	write(t, w, registry.Changes{Console: registry.ConsoleChanges{GoneUsers: []registry.User{ana.Next()}}})
	view(t, w, func(r registry.Reader) error {
		if _, found, err := r.User("U1-CO"); found || err != nil {
			t.Errorf("a user that is gone: %t, %v", found, err)
		}
		return nil
	})
}

// Sessions come back as they were put; being seen touches nothing else of them, and they end alone or together.
func TestConsoleSessions(t *testing.T) {
	w := world.Empty(t)
	write(t, w, registry.Changes{Console: registry.ConsoleChanges{Users: []registry.User{person(t, "U1-CO", "ana@example.com", registry.RoleManager)}}})
	session := func(id string, seen time.Time) (s registry.Session) {
		fill(t, reflect.ValueOf(&s).Elem())
		s.ID, s.Version, s.User, s.Registrar, s.Seen = id, 1, "U1-CO", "H1", seen
		return s
	}
	first, second, third := session("a1", now), session("b2", now.Add(time.Second)), session("c3", now.Add(2*time.Second))
	write(t, w, registry.Changes{Console: registry.ConsoleChanges{Sessions: []registry.Session{first, second, third}}})
	ids := func(want string) {
		t.Helper()
		view(t, w, func(r registry.Reader) error {
			list, err := r.SessionsOf("U1-CO", 10)
			var ids []string
			for _, s := range list {
				ids = append(ids, s.ID)
			}
			if got := strings.Join(ids, " "); got != want {
				t.Errorf("the sessions are %q, want %q", got, want)
			}
			return err
		})
	}
	ids("c3 b2 a1")
	seen := registry.SessionSeen{ID: "a1", At: now.Add(time.Hour), Address: netip.MustParseAddr("2001:db8::7")}
	earlier := registry.SessionSeen{ID: "b2", At: now, Address: seen.Address}
	write(t, w, registry.Changes{Console: registry.ConsoleChanges{Seen: []registry.SessionSeen{seen, earlier}}})
	first.Seen, first.Address = seen.At, seen.Address
	view(t, w, func(r registry.Reader) error {
		same(t, first)(r.Session("a1"))
		same(t, second)(r.Session("b2"))
		return nil
	})
	changed := second.Next()
	changed.Hash, changed.Ends, changed.Factor = []byte{7}, now.Add(time.Hour), now.Add(time.Minute)
	write(t, w, registry.Changes{Console: registry.ConsoleChanges{Sessions: []registry.Session{changed}}})
	view(t, w, func(r registry.Reader) error { same(t, changed)(r.Session("b2")); return nil })

	write(t, w, registry.Changes{Console: registry.ConsoleChanges{Ended: []registry.SessionEnd{{ID: "c3"}}}})
	ids("a1 b2")
	write(t, w, registry.Changes{Console: registry.ConsoleChanges{Ended: []registry.SessionEnd{{User: "U1-CO", Except: "b2"}}}})
	ids("b2")
	write(t, w, registry.Changes{Console: registry.ConsoleChanges{Forget: now.Add(time.Hour)}}) // it ends just then
	ids("b2")
	write(t, w, registry.Changes{Console: registry.ConsoleChanges{Forget: now.Add(2 * time.Hour)}})
	ids("")
}

// A link is used once, and goes when it is over.
func TestUserLinks(t *testing.T) {
	w := world.Empty(t)
	write(t, w, registry.Changes{Console: registry.ConsoleChanges{Users: []registry.User{person(t, "U1-CO", "ana@example.com", registry.RoleManager)}}})
	link := func(id string, kind registry.UserLinkKind, made time.Time) registry.UserLink {
		return registry.UserLink{ID: id, User: "U1-CO", Kind: kind, Made: made, Ends: made.Add(time.Hour)}
	}
	first, second, other := link("1", registry.LinkReset, now), link("2", registry.LinkReset, now.Add(time.Minute)), link("3", registry.LinkChallenge, now)
	write(t, w, registry.Changes{Console: registry.ConsoleChanges{Links: []registry.UserLink{first, second, other}}})
	view(t, w, func(r registry.Reader) error {
		same(t, first)(r.UserLink("1"))
		list, err := r.UserLinks("U1-CO", registry.LinkReset, 10)
		if len(list) != 2 || list[0] != second || list[1] != first {
			t.Errorf("the links are %+v", list)
		}
		return err
	})
	write(t, w, registry.Changes{Console: registry.ConsoleChanges{UsedLinks: []registry.UserLink{first}}})
	view(t, w, func(r registry.Reader) error {
		if _, found, err := r.UserLink("1"); found || err != nil {
			t.Errorf("a link that was used: %t, %v", found, err)
		}
		return nil
	})
	write(t, w, registry.Changes{Console: registry.ConsoleChanges{Forget: now.Add(time.Hour + time.Second)}})
	view(t, w, func(r registry.Reader) error {
		list, err := r.UserLinks("U1-CO", registry.LinkReset, 10)
		if len(list) != 1 {
			t.Errorf("one link is not over, and there are %+v", list)
		}
		return err
	})
}

// Acts come back by page, of all, of a registrar and of a user, and what is too old goes a little at a time.
func TestUserActs(t *testing.T) {
	w := world.Empty(t)
	var changes registry.ConsoleChanges
	for i := range 50 {
		var a registry.UserAct
		fill(t, reflect.ValueOf(&a).Elem())
		a.At = now.Add(time.Duration(i) * time.Second)
		a.Registrar, a.User = registry.RegistrarID(fmt.Sprintf("H%d", i%2)), registry.UserID(fmt.Sprintf("U%d", i%10))
		changes.Acts = append(changes.Acts, a)
	}
	write(t, w, registry.Changes{Console: changes})
	page := func(f registry.UserActFilter, limit int) (list []registry.UserAct) {
		view(t, w, func(r registry.Reader) (err error) {
			list, err = r.UserActs(f, limit)
			return err
		})
		return list
	}
	for _, test := range []struct {
		filter registry.UserActFilter
		want   int
	}{
		{registry.UserActFilter{}, 50},
		{registry.UserActFilter{Registrar: "H1"}, 25},
		{registry.UserActFilter{Registrar: "H1", User: "U3"}, 5},
		{registry.UserActFilter{User: "U3"}, 5},
		{registry.UserActFilter{Registrar: "H0", User: "U3"}, 0},
		{registry.UserActFilter{Registrar: "H1", Before: 1}, 0},
	} {
		if got := len(page(test.filter, 1000)); got != test.want {
			t.Errorf("%+v selects %d acts, want %d", test.filter, got, test.want)
		}
	}
	last := page(registry.UserActFilter{}, 1)[0]
	next := page(registry.UserActFilter{Before: last.ID}, 1)[0]
	last.ID, next.ID = 0, 0
	changes.Acts[49].ID, changes.Acts[48].ID = 0, 0
	if last != changes.Acts[49] || next != changes.Acts[48] {
		t.Errorf("the last two are %+v and %+v", last, next)
	}
	for _, left := range []int{30, 25, 25} {
		write(t, w, registry.Changes{Console: registry.ConsoleChanges{ForgetActs: now.Add(25 * time.Second)}})
		if got := len(page(registry.UserActFilter{}, 1000)); got != left {
			t.Errorf("%d acts are left, want %d", got, left)
		}
	}
}

// Who of a registrar's users gave a command stands in the history and in the log.
func TestUserIsKept(t *testing.T) {
	w := world.Empty(t)
	changes := base()
	changes.Origin.User = "ana@example.com"
	changes.Log = []registry.LogRow{{At: now, Registrar: "H1", User: "ana@example.com", Command: "create"}}
	write(t, w, changes)
	view(t, w, func(r registry.Reader) error {
		past, err := r.Versions(registry.VersionFilter{Kind: registry.KindDomain, ROID: changes.Domains[0].ROID}, 1)
		if err != nil || len(past) != 1 || past[0].Origin.User != "ana@example.com" {
			t.Errorf("the history is %+v, %v", past, err)
		}
		for _, who := range []registry.RegistrarID{"", "H1"} {
			page, err := r.Log(registry.LogFilter{Registrar: who}, registry.LogPlace{}, 1, 1)
			if err != nil || len(page.Rows) != 1 || page.Rows[0].User != "ana@example.com" {
				t.Errorf("the log of %q is %+v, %v", who, page, err)
			}
		}
		return nil
	})
}
