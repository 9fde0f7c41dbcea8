package console

import (
	"net/http"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// A user is invited, shown, changed, kept out, and deleted; and each role may do so to whom it may.
func TestUsers(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	boss, manager := r.as(world.Acme, registry.RoleAdministrator), r.as(world.Acme, registry.RoleManager)
	boss.get(Path+"users").is(http.StatusOK).says("Users", "Ana manager", "Never")
	boss.get(Path+"users/new").is(http.StatusOK).says("Manager", "Domain administrator").saysNot(`value="administrator"`)
	manager.get(Path + "users/new").is(http.StatusOK).saysNot(`value="manager"`)
	boss.post(Path+"users/new", "name", "Eva", "login", "eva@", "role", "manager").is(http.StatusUnprocessableEntity).says("This is no e-mail address")
	boss.post(Path+"users/new", "name", "Eva", "login", "eva@acme.example", "role", "manager").goesTo(Path + "users")
	boss.get(Path+"users").says("A mail with an invitation is on its way to eva@acme.example.", "Invited")
	manager.post(Path+"users/new", "name", "Luz", "login", "luz@acme.example", "role", "manager").is(http.StatusUnprocessableEntity).says("Ask your administrator")
	manager.post(Path+"users/new", "name", "Luz", "login", "luz@acme.example", "role", "domain-administrator").goesTo(Path + "users")

	id := func(login string) string {
		rows := strings.Fields(r.Rows("SELECT id FROM console_user WHERE login = '" + login + "'"))
		if len(rows) != 1 {
			t.Fatalf("%s is %v", login, rows)
		}
		return rows[0]
	}
	eva, luz := Path+"users/"+id("eva@acme.example"), Path+"users/"+id("luz@acme.example")
	manager.get(eva).is(http.StatusOK).says("Only the administrator can change this user.").saysNot("Delete…")
	for _, act := range []string{"", "/disable", "/delete", "/reset"} {
		manager.post(eva+act, "seen", "1", "name", "X", "role", "manager").is(http.StatusUnprocessableEntity)
	}
	seen := hiddenOf(manager.get(luz).is(http.StatusOK), "seen")
	manager.post(luz, "seen", seen, "name", "Luz M.", "role", "manager").is(http.StatusUnprocessableEntity)
	manager.post(luz, "seen", seen, "name", "Luz M.", "role", "finance-administrator").goesTo(luz)
	manager.post(luz, "seen", seen, "name", "Luz N.", "role", "finance-administrator").is(http.StatusUnprocessableEntity).says("This has been changed since you opened the page")
	manager.post(luz + "/reset").goesTo(luz)
	manager.post(luz + "/end-sessions").goesTo(luz)
	manager.post(luz + "/disable").goesTo(luz)
	manager.get(luz).says("Disabled", "Let this user sign in again.")
	manager.post(luz+"/disable", "enable", "yes").goesTo(luz)
	manager.get(luz).lacks(`action="` + luz + `/delete"`) // it is asked for on a page of its own
	manager.get(luz+"/delete").is(http.StatusOK).says("Delete user luz@acme.example", "nobody can sign in as this user any more")
	manager.post(luz + "/delete").is(http.StatusUnprocessableEntity).says("Tick this if it is meant.")
	manager.get(luz).is(http.StatusOK)
	manager.post(luz+"/delete", "agree", "yes").goesTo(Path + "users")
	manager.get(luz).is(http.StatusNotFound)
	manager.get(Path+"users/acts").is(http.StatusOK).says("luz@acme.example", "Deleted", "manager@h1001.example")
	manager.get(Path + "users/acts?page=%25").is(http.StatusNotFound)

	// Nobody raises or removes himself.
	for _, b := range []*browser{boss, manager} {
		own := Path + "users/" + string(b.user.ID)
		b.get(own).is(http.StatusOK).says("This is you.")
		for _, act := range []string{"/disable", "/delete", "/reset"} {
			b.post(own + act).is(http.StatusUnprocessableEntity)
		}
		b.post(own, "seen", "1", "name", "Me", "role", "domain-administrator").is(http.StatusUnprocessableEntity)
	}
	if rows := r.Rows("SELECT role FROM console_user WHERE login LIKE '%@h1001.example' ORDER BY login"); rows != "administrator\nmanager\n" {
		t.Errorf("the roles are %s", rows)
	}
}

// The administrator hands the role over, and signs in again as a manager.
func TestHandOver(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	boss := r.as(world.Acme, registry.RoleAdministrator)
	next := r.user(world.Acme, "next@acme.example", registry.RoleDomainAdministrator)
	next.signIn()
	path := Path + "users/" + string(next.user.ID)
	boss.post(path + "/hand-over").is(http.StatusUnprocessableEntity).says("Tick this first")
	boss.post(path+"/hand-over", "agree", "yes").goesTo(Path + "sign-in")
	boss.get(Path).is(http.StatusSeeOther)
	next.get(Path).is(http.StatusSeeOther)
	next.signIn().goesTo(Path)
	next.get(Path + "users").is(http.StatusOK)
	next.get(Path+"users/"+string(boss.user.ID)).is(http.StatusOK).says("Manager", "Delete…")
}

// Another registrar's users are not there, for any page and any act.
func TestUsersOfOthers(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	boss, other := r.as(world.Acme, registry.RoleAdministrator), r.as(world.Other, registry.RoleAdministrator)
	for _, path := range []string{"", "/disable", "/delete", "/reset", "/hand-over", "/end-sessions"} {
		theirs := boss.post(Path+"users/"+string(other.user.ID)+path, "seen", "1", "name", "X", "role", "manager", "agree", "yes").is(http.StatusNotFound)
		never := boss.post(Path+"users/U9999-CO"+path, "seen", "1", "name", "X", "role", "manager", "agree", "yes").is(http.StatusNotFound)
		if theirs.Body != never.Body {
			t.Errorf("%s tells that it is there", theirs.about)
		}
	}
	boss.get(Path + "users/" + string(other.user.ID)).is(http.StatusNotFound)
	boss.get(Path + "users").saysNot("h1002.example")
	boss.get(Path + "users/acts").saysNot("h1002.example")
	session := strings.Split(other.cookies[sessionCookie], ".")[0]
	boss.post(Path+"profile/sessions/end", "id", session).is(http.StatusUnprocessableEntity).says("There is no such session")
	other.get(Path).is(http.StatusOK)
}

// A user ends his own sessions, one and all others.
func TestOwnSessions(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	a, b, c := r.as(world.Acme, registry.RoleFinanceAdministrator), r.as(world.Acme, registry.RoleFinanceAdministrator), r.as(world.Acme, registry.RoleFinanceAdministrator)
	a.get(Path+"profile").is(http.StatusOK).says("This one", "192.0.2.9")
	a.post(Path+"profile/sessions/end", "id", strings.Split(b.cookies[sessionCookie], ".")[0]).is(http.StatusSeeOther)
	b.get(Path).is(http.StatusSeeOther)
	c.get(Path).is(http.StatusOK)
	a.post(Path+"profile/sessions/end", "others", "yes").goesTo(Path + "profile")
	c.get(Path).is(http.StatusSeeOther)
	a.get(Path + "profile").is(http.StatusOK)
}
