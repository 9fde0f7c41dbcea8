package flow_test

import (
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

const morning = "2026-03-01T12:00:00Z"

// crew are one user of each role of Acme, who have signed in.
func crew(t *testing.T) (w *world.World, of map[registry.Role]*person) {
	w, of = world.New(t, morning), map[registry.Role]*person{}
	for _, role := range registry.Roles() {
		of[role] = newPerson(t, w, world.Acme, role)
		of[role].signIn()
	}
	return w, of
}

const (
	administrator = registry.RoleAdministrator
	manager       = registry.RoleManager
	domains       = registry.RoleDomainAdministrator
	finance       = registry.RoleFinanceAdministrator
)

// again has a person sign in anew.
func again(p *person) func() { return func() { p.signIn() } }

func TestUserCreatePrecedence(t *testing.T) {
	w, of := crew(t)
	w.Service.Profile.Versions[0].Terms.Limits.Console.Users = 4
	who := &person{w: w, User: registry.User{Registrar: world.Acme, Login: "nobody@acme.example"}}
	cmd := flow.UserCreate{Login: "ana@@example", Name: "A\na", Role: "king", Language: "fr"}
	w.Pass(20 * time.Minute)
	hurdles(t, func() error { _, err := who.run(cmd); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { who = of[domains] }, "userIsConfirmed"},
		{again(of[domains]), "roleIsKnown"},
		{func() { cmd.Role = administrator }, "actorMayTouch"},
		{func() { who = of[manager]; who.signIn() }, "actorMayTouch"},
		{func() { who = of[administrator]; who.signIn() }, "roleIsGiven"},
		{func() { cmd.Role = manager }, "loginIsAddress"},
		{func() { cmd.Login = strings.Repeat("a", 60) + "@" + strings.Repeat("example.", 30) + "co" }, "loginIsAddress"},
		{func() { cmd.Login = " Manager@H1001.Example " }, "userIsNamed"},
		{func() { cmd.Name = strings.Repeat("ñ", 101) }, "userIsNamed"},
		{func() { cmd.Name = " Ana " }, "languageIsWritten"},
		{func() { cmd.Language = registry.Spanish }, "usersAreFew"},
		{func() { w.Service.Profile.Versions[0].Terms.Limits.Console.Users = 5 }, "loginIsFree"},
	}, func() { cmd.Login = "Luz@H1001.example" })
	u := answer(t, w, world.Acme, flow.UserShow{Login: "luz@h1001.example"}).(flow.UserFound)
	if u.Name != "Ana" || u.Role != manager || !u.Invited || u.Creator != of[administrator].Login {
		t.Errorf("the new user is %+v", u)
	}
}

func TestUserUpdatePrecedence(t *testing.T) {
	w, of := crew(t)
	stranger := newPerson(t, w, world.Other, domains)
	who := &person{w: w, User: registry.User{Registrar: world.Acme, Login: "nobody@acme.example"}}
	cmd := flow.UserUpdate{User: stranger.ID, Seen: 9, Role: "king"}
	w.Pass(20 * time.Minute)
	hurdles(t, func() error { _, err := who.run(cmd); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { who = of[finance] }, "userExists"},
		{func() { cmd.User = of[manager].ID }, "actorMayTouch"},
		{func() { who = of[manager] }, "actorMayTouch"}, // himself, too
		{func() { cmd.User = of[domains].ID }, "userIsConfirmed"},
		{again(of[manager]), "userIsAsSeen"},
		{func() { cmd.Seen = 0 }, "roleIsKnown"},
		{func() { cmd.Role = administrator }, "roleIsGiven"},
		{func() { cmd.Role = manager }, "actorMayTouch"},
		{func() { cmd.Role = finance }, "userIsNamed"},
	}, func() { cmd.Name = "Dan" })
	if _, err := of[domains].visits(); refusal(err) == nil {
		t.Error("a user with another role goes on in the old session")
	}
	of[administrator].signIn()
	if _, err := of[administrator].run(flow.UserUpdate{User: of[administrator].ID, Name: "A", Role: manager}); refusal(err) == nil || refusal(err).Rule != "roleIsGiven" {
		t.Errorf("the administrator lays the role down: %v", err)
	}
}

func TestUserDisablePrecedence(t *testing.T) {
	for name, command := range map[string]func(registry.UserID) flow.Command{
		"disable": func(id registry.UserID) flow.Command { return flow.UserDisable{User: id} },
		"delete":  func(id registry.UserID) flow.Command { return flow.UserDelete{User: id} },
	} {
		t.Run(name, func(t *testing.T) {
			w, of := crew(t)
			stranger := newPerson(t, w, world.Other, domains)
			who, whom := &person{w: w, User: registry.User{Registrar: world.Acme}}, stranger.ID
			w.Pass(20 * time.Minute)
			hurdles(t, func() error { _, err := who.run(command(whom)); return err }, []hurdle{
				{func() {}, "actorIsUser"},
				{func() { who = of[manager] }, "userExists"},
				{func() { whom = of[administrator].ID }, "actorMayTouch"},
				{func() { who = of[administrator] }, "administratorStays"},
				{func() { whom = of[manager].ID }, "userIsConfirmed"},
			}, again(of[administrator]))
			if _, err := of[manager].visits(); refusal(err) == nil {
				t.Error("the session goes on")
			}
			if _, err := w.Service.SignIn(t.Context(), flow.SignIn{Login: of[manager].Login, Password: of[manager].password, From: home}); refusal(err) == nil {
				t.Error("the user signs in again")
			}
		})
	}
}

func TestUserResetPrecedence(t *testing.T) {
	w, of := crew(t)
	stranger := newPerson(t, w, world.Other, domains)
	for range 3 {
		of[administrator].do(flow.UserReset{User: of[domains].ID})
	}
	of[domains].addApp()
	who, cmd := &person{w: w, User: registry.User{Registrar: world.Acme}}, flow.UserReset{User: stranger.ID, Factors: true}
	w.Pass(20 * time.Minute)
	hurdles(t, func() error { _, err := who.run(cmd); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { who = of[finance] }, "userExists"},
		{func() { cmd.User = of[administrator].ID }, "actorMayTouch"},
		{func() { who = of[administrator] }, "userIsOther"},
		{func() { cmd.User = of[domains].ID }, "userIsConfirmed"},
	}, again(of[administrator]))
	if got := w.Rows("SELECT COUNT(*) FROM user_link WHERE kind = 'reset'"); got != "1\n" {
		t.Errorf("there are %s links, want that of the last reset", got)
	}
	if u := answer(t, w, world.Acme, flow.UserShow{User: of[domains].ID}).(flow.UserFound); u.HasFactor() || u.Recovery != 0 || len(u.Sessions) > 0 {
		t.Errorf("after all factors were removed: %+v", u)
	}
}

func TestUserHandOverPrecedence(t *testing.T) {
	w, of := crew(t)
	who, cmd := &person{w: w, User: registry.User{Registrar: world.Acme}}, flow.UserHandOver{To: "U99-CO"}
	of[administrator].do(flow.UserDisable{User: of[domains].ID})
	w.Pass(20 * time.Minute)
	hurdles(t, func() error { _, err := who.run(cmd); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { who = of[manager] }, "actorIsAdministrator"},
		{func() { who = of[administrator] }, "userExists"},
		{func() { cmd.To = of[administrator].ID }, "userIsOther"},
		{func() { cmd.To = of[domains].ID }, "userCanSignIn"},
		{func() { cmd.To = of[finance].ID }, "userIsConfirmed"},
	}, again(of[administrator]))
	for role, want := range map[registry.Role]registry.Role{administrator: manager, finance: administrator, manager: manager} {
		if got := answer(t, w, world.Acme, flow.UserShow{User: of[role].ID}).(flow.UserFound).Role; got != want {
			t.Errorf("who was %s is %s, want %s", role, got, want)
		}
	}
	for _, role := range []registry.Role{administrator, finance} {
		if _, err := of[role].visits(); refusal(err) == nil {
			t.Errorf("the session of who was %s goes on", role)
		}
	}
}

func TestSecondFactorForAllPrecedence(t *testing.T) {
	w, of := crew(t)
	who := &person{w: w, User: registry.User{Registrar: world.Acme}}
	w.Pass(20 * time.Minute)
	hurdles(t, func() error { _, err := who.run(flow.SecondFactorForAll{On: true}); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { who = of[finance] }, "actorMayTouch"},
		{func() { who = of[manager] }, "userIsConfirmed"},
	}, again(of[manager]))
	for role, p := range of {
		if v, err := p.visits(); err != nil || v.Needs != flow.NeedsToEnrol {
			t.Errorf("the %s needs %q, %v", role, v.Needs, err)
		}
	}
	if _, err := of[manager].run(flow.UserCreate{Login: "x@h1001.example", Name: "X", Role: domains}); refusal(err) == nil || refusal(err).Rule != "actorIsUser" {
		t.Errorf("who has to enrol does something else: %v", err)
	}
	of[domains].signIn()
	of[domains].addApp()
	if v, err := of[domains].visits(); err != nil || v.Needs != flow.NeedsNothing {
		t.Errorf("with a second factor: %q, %v", v.Needs, err)
	}
	if _, err := of[domains].run(flow.TOTPRemove{}); refusal(err) == nil || refusal(err).Rule != "factorStays" {
		t.Errorf("the last second factor goes: %v", err)
	}
}

// Who may do what to whom, for each pair of roles and each act: manual 4.1.1 as a table.
func TestUserMatrix(t *testing.T) {
	acts := map[string]func(registry.User) flow.Command{
		"update":  func(u registry.User) flow.Command { return flow.UserUpdate{User: u.ID, Name: "Another", Role: u.Role} },
		"reset":   func(u registry.User) flow.Command { return flow.UserReset{User: u.ID} },
		"end":     func(u registry.User) flow.Command { return flow.UserSessionsEnd{User: u.ID} },
		"disable": func(u registry.User) flow.Command { return flow.UserDisable{User: u.ID} },
		"delete":  func(u registry.User) flow.Command { return flow.UserDelete{User: u.ID} },
	}
	may := map[registry.Role]map[registry.Role]bool{
		administrator: {manager: true, domains: true, finance: true},
		manager:       {domains: true, finance: true},
	}
	w, of := crew(t)
	for _, actor := range registry.Roles() {
		for _, other := range registry.Roles() {
			for name, do := range acts {
				whom := of[other].User
				if actor == other && actor != administrator { // another one of that role
					whom = w.Do("", flow.OperatorUserAdd{
						Act: act(world.Acme), Login: string(actor) + "." + name + "@h1001.example", Name: "Second", Role: actor,
					}).(flow.OperatorUserAdded).User
				}
				e, err := w.Service.Explain(t.Context(), flow.Ask{
					Registrar: world.Acme, Command: byUser{do(whom), of[actor].Login, of[actor].session},
				})
				if err != nil {
					t.Fatal(err)
				}
				want := may[actor][other] || actor == administrator && other == administrator && (name == "update" || name == "end")
				if (e.Refusal == nil) != want {
					t.Errorf("the %s does %s to a %s: %v", actor, name, other, e.Refusal)
				}
			}
		}
	}
}

func TestOperatorUserPrecedence(t *testing.T) {
	w := world.New(t, morning)
	w.Service.Profile.Versions[0].Terms.Limits.Console.Users = 1
	add := flow.OperatorUserAdd{Act: flow.Act{Registrar: world.Stranger}, Login: "ana", Role: "king", Language: "fr"}
	run := func(cmd flow.Command) func() error {
		return func() error { _, err := w.Run("", cmd); return err }
	}
	hurdles(t, func() error { return run(add)() }, []hurdle{
		{func() {}, "actIsSigned"},
		{func() { add.Author = "eva" }, "registrarExists"},
		{func() { add.Registrar = world.Acme }, "roleIsKnown"},
		{func() { newPerson(t, w, world.Acme, administrator); add.Role = administrator }, "administratorIsOne"},
		{func() { add.Role = manager }, "loginIsAddress"},
		{func() { add.Login = "administrator@h1001.example" }, "userIsNamed"},
		{func() { add.Name = "Ana" }, "languageIsWritten"},
		{func() { add.Language = registry.English }, "usersAreFew"},
		{func() { w.Service.Profile.Versions[0].Terms.Limits.Console.Users = 9 }, "loginIsFree"},
	}, func() { add.Login = "ana@h1001.example" })
	if link := w.Do("", flow.OperatorUserAdd{Act: act(world.Acme), Login: "luz@h1001.example", Name: "Luz", Role: domains}).(flow.OperatorUserAdded).Link; link == "" {
		t.Error("there is no link for a user without a password")
	}

	role := flow.OperatorUserRole{Act: flow.Act{Author: "eva"}, Login: "nobody@h1001.example", Role: "king"}
	hurdles(t, func() error { return run(role)() }, []hurdle{
		{func() {}, "actIsExplained"},
		{func() { role.Act = act("") }, "userExists"},
		{func() { role.Login = "administrator@h1001.example" }, "roleIsKnown"},
		{func() { role.Role = manager }, "administratorStays"},
	}, func() { role.Login, role.Role = "ana@h1001.example", administrator })
	if u := answer(t, w, "", flow.UserShow{Login: "administrator@h1001.example"}).(flow.UserFound); u.Role != manager {
		t.Errorf("who was the administrator is %s", u.Role)
	}

	for name, cmd := range map[string]func(flow.Act, string) flow.Command{
		"disable": func(a flow.Act, login string) flow.Command { return flow.OperatorUserDisable{Act: a, Login: login} },
		"reset": func(a flow.Act, login string) flow.Command {
			return flow.OperatorUserReset{Act: a, Login: login, Factors: true}
		},
		"remove": func(a flow.Act, login string) flow.Command { return flow.OperatorUserRemove{Act: a, Login: login} },
	} {
		t.Run(name, func(t *testing.T) {
			a, login := flow.Act{}, "nobody@h1001.example"
			list := []hurdle{{func() {}, "actIsSigned"}, {func() { a.Author = "eva" }, "actIsExplained"}, {func() { a = act("") }, "userExists"}}
			if name == "remove" {
				list = append(list, hurdle{func() { login = "ana@h1001.example" }, "administratorStays"})
			}
			hurdles(t, func() error { return run(cmd(a, login))() }, list, func() { login = "luz@h1001.example" })
		})
		if name == "remove" { // who comes after it in the map is made anew
			w.Do("", flow.OperatorUserAdd{Act: act(world.Acme), Login: "luz@h1001.example", Name: "Luz", Role: domains})
		}
	}
}

func TestUserQueriesRefusals(t *testing.T) {
	w, of := crew(t)
	other := newPerson(t, w, world.Other, administrator)
	for name, q := range map[string]flow.Query{
		"users":   flow.UserList{Registrar: world.Other},
		"acts":    flow.UserActList{UserActFilter: registry.UserActFilter{Registrar: world.Other}},
		"a user":  flow.UserShow{User: other.ID},
		"a login": flow.UserShow{Login: other.Login},
		"nobody":  flow.UserShow{},
		"a link":  flow.LinkShow{Link: "0011.secret"},
	} {
		if reply, err := w.Ask(world.Acme, q); refusal(err) == nil {
			t.Errorf("%s: %+v, %v", name, reply, err)
		}
	}
	found := answer(t, w, world.Acme, flow.UserActList{UserActFilter: registry.UserActFilter{User: other.ID}}).(flow.UserActsFound)
	if len(found.Acts) != 0 {
		t.Errorf("acts on another registrar's user: %+v", found)
	}
	list := answer(t, w, world.Acme, flow.UserList{Limit: 3}).(flow.UsersFound)
	if len(list.Users) != 3 || list.Next != list.Users[2].Login || list.Users[0].Secrets.Password != "" {
		t.Errorf("the first page is %+v", list)
	}
	if list = answer(t, w, "", flow.UserList{Registrar: world.Acme, After: list.Next}).(flow.UsersFound); len(list.Users) != 1 || list.Next != "" {
		t.Errorf("the second page is %+v", list)
	}
	of[manager].do(flow.UserDelete{User: of[finance].ID})
	acts := answer(t, w, world.Acme, flow.UserActList{Limit: 1}).(flow.UserActsFound)
	if a := acts.Acts[0]; a.What != registry.DeedDeleted || a.Login != of[finance].Login || a.By != of[manager].Login || a.Address != home || acts.Next == 0 {
		t.Errorf("the last act is %+v", acts)
	}
	rest := answer(t, w, world.Acme, flow.UserActList{UserActFilter: registry.UserActFilter{Before: acts.Next}}).(flow.UserActsFound)
	if len(rest.Acts) != 8 || rest.Next != 0 { // each was made and has signed in
		t.Errorf("%d acts come before: %+v", len(rest.Acts), rest)
	}
}
