package console

import (
	"net/http"
	"net/url"
	"strconv"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// userRoutes are the pages of a registrar's users.
func (c *Console) userRoutes() []route {
	one, sure := routesIn(policy.AreaUsers)
	return []route{
		one(http.MethodGet, "users", c.users),
		sure(http.MethodGet, "users/new", c.newUserPage),
		sure(http.MethodPost, "users/new", c.newUser),
		one(http.MethodGet, "users/acts", c.userActs),
		sure(http.MethodPost, "users/second-factor", c.factorForAll),
		one(http.MethodGet, "users/{id}", c.user),
		sure(http.MethodPost, "users/{id}", c.changeUser),
		sure(http.MethodPost, "users/{id}/disable", c.disableUser),
		sure(http.MethodGet, "users/{id}/delete", c.deleteUserPage),
		sure(http.MethodPost, "users/{id}/delete", c.deleteUser),
		sure(http.MethodPost, "users/{id}/reset", c.resetUser),
		sure(http.MethodPost, "users/{id}/hand-over", c.handOver),
		one(http.MethodPost, "users/{id}/end-sessions", c.endSessionsOfUser),
	}
}

// usersPage is the list of users.
type usersPage struct {
	form
	Found flow.UsersFound
	Pager pager
	All   bool // every user needs a second factor
}

// users shows them.
func (c *Console) users(v *visit) error {
	reply, err := v.ask(flow.UserList{After: v.query("page")})
	if err != nil {
		return err
	}
	found := reply.(flow.UsersFound)
	return v.show("users", &usersPage{
		form: v.form(url.Values{}, nil), Found: found, Pager: v.pager(found.Next, ""), All: v.visitor.Registrar.SecondFactorForAll,
	})
}

// userPage is the page of one user, or of a new one.
type userPage struct {
	form
	Found    flow.UserFound
	Acts     []registry.UserAct
	MayTouch bool // the visitor may change him
	Own      bool // it is the visitor
	MayHand  bool // the visitor may make him the administrator
	Roles    []option
}

// newUserPage shows the form of a new user.
func (c *Console) newUserPage(v *visit) error {
	return v.show("user_new", v.newUserForm())
}

func (v *visit) newUserForm() *userPage {
	return &userPage{Roles: v.rolesFor(""), form: v.form(url.Values{}, map[string]string{"session": "", "user": ""})}
}

// rolesFor are the roles that the visitor may give a user of a role.
func (v *visit) rolesFor(now registry.Role) []option {
	names := map[registry.Role]string{
		registry.RoleAdministrator: v.t("Administrator"), registry.RoleManager: v.t("Manager"),
		registry.RoleDomainAdministrator: v.t("Domain administrator"), registry.RoleFinanceAdministrator: v.t("Finance administrator"),
	}
	var list []option
	for _, r := range registry.Roles() {
		if r == now || now != registry.RoleAdministrator && r != registry.RoleAdministrator && policy.MayTouch(v.visitor.User.Role, r) {
			list = append(list, option{string(r), names[r]})
		}
	}
	return list
}

// newUser makes a user.
func (c *Console) newUser(v *visit) error {
	reply, err := v.run(flow.UserCreate{
		Login: v.sent("login"), Name: v.sent("name"), Role: registry.Role(v.sent("role")), Language: registry.Language(v.sent("language")),
		MustEnrol: v.sent("enrol") != "",
	})
	if err != nil {
		return v.refuse("user_new", v.newUserForm(), err)
	}
	return v.done(Path+"users", "A mail with an invitation is on its way to %s.", reply.(registry.User).Login)
}

// mostActs of a user are on his page.
const mostActs = 10

// userOf begins the page of the user whom the address names.
func (v *visit) userOf() (*userPage, error) {
	id := registry.UserID(v.r.PathValue("id"))
	reply, err := v.ask(flow.UserShow{User: id})
	if err != nil {
		return nil, err
	}
	found := reply.(flow.UserFound)
	acts, err := v.ask(flow.UserActList{UserActFilter: registry.UserActFilter{User: id}, Limit: mostActs})
	if err != nil {
		return nil, err
	}
	me, enrol := v.visitor.User, ""
	if found.MustEnrol {
		enrol = "yes"
	}
	values := url.Values{"name": {found.Name}, "role": {string(found.Role)}, "enrol": {enrol}}
	page := &userPage{
		Found: found, Acts: acts.(flow.UserActsFound).Acts, MayTouch: policy.MayTouch(me.Role, found.Role) && found.ID != me.ID,
		Own:     found.ID == me.ID,
		MayHand: me.Role == registry.RoleAdministrator && found.ID != me.ID && !found.Invited && found.Disabled.Since.IsZero(),
		Roles:   v.rolesFor(found.Role),
		form:    v.form(values, map[string]string{"session": "", "user": ""}),
	}
	page.from(found.Version, values)
	return page, nil
}

// user shows one.
func (c *Console) user(v *visit) error {
	page, err := v.userOf()
	if err != nil {
		return err
	}
	return v.show("user", page)
}

// changeUser changes what a user is called and may do.
func (c *Console) changeUser(v *visit) error {
	return v.actOn(flow.UserUpdate{
		User: registry.UserID(v.r.PathValue("id")), Seen: v.seen(), Name: v.sent("name"), Role: registry.Role(v.sent("role")),
		MustEnrol: v.sent("enrol") != "",
	}, text("The user was changed."))
}

// actOn gives a command about the user whom the address names, and goes back to his page.
func (v *visit) actOn(cmd flow.Command, english string) error {
	page, err := v.userOf()
	if err != nil {
		return err
	}
	if _, err = v.run(cmd); err != nil {
		return v.refuse("user", page, err)
	}
	return v.done(Path+"users/"+escapePart(string(page.Found.ID)), english)
}

// disableUser keeps a user out, or lets him in again.
func (c *Console) disableUser(v *visit) error {
	id := registry.UserID(v.r.PathValue("id"))
	if v.sent("enable") != "" {
		return v.actOn(flow.UserDisable{User: id, Enable: true}, text("The user can sign in again."))
	}
	return v.actOn(flow.UserDisable{User: id}, text("The user cannot sign in any more."))
}

// deleteUserPage asks whether a user is to be removed.
func (c *Console) deleteUserPage(v *visit) error {
	page, err := v.userOf()
	if err != nil {
		return err
	}
	if !page.MayTouch {
		return v.redirect(pathTo("users", page.Found.ID))
	}
	return v.show("user_delete", page)
}

// deleteUser removes a user, whose deletion was asked for on its page.
func (c *Console) deleteUser(v *visit) error {
	page, err := v.userOf()
	if err != nil {
		return err
	}
	if v.sent("agree") != "yes" {
		page.wrong("agree", v.t("Tick this if it is meant."))
		return v.wrong("user_delete", page)
	}
	if _, err = v.run(flow.UserDelete{User: page.Found.ID}); err != nil {
		return v.refuse("user_delete", page, err)
	}
	return v.done(Path+"users", "The user %s was deleted.", page.Found.Login)
}

// resetUser sends a user a link.
func (c *Console) resetUser(v *visit) error {
	id := registry.UserID(v.r.PathValue("id"))
	if v.sent("factors") != "" {
		return v.actOn(flow.UserReset{User: id, Factors: true}, text("A mail with a link is on its way, and the second factors were removed."))
	}
	return v.actOn(flow.UserReset{User: id}, text("A mail with a link is on its way."))
}

// handOver makes a user the administrator. The visitor, who was it, signs in again.
func (c *Console) handOver(v *visit) error {
	page, err := v.userOf()
	if err != nil {
		return err
	}
	if v.sent("agree") == "" {
		page.wrong("agree", v.t("Tick this first: only the new administrator can give the role back."))
		return v.render(http.StatusUnprocessableEntity, "user", page)
	}
	if _, err = v.run(flow.UserHandOver{To: page.Found.ID}); err != nil {
		return v.refuse("user", page, err)
	}
	v.setCookie(sessionCookie, "", -1)
	v.token = ""
	return v.done(Path+"sign-in", "%s is the administrator now, and you are a manager. Sign in again.", page.Found.Login)
}

// endSessionsOfUser ends all sessions of a user.
func (c *Console) endSessionsOfUser(v *visit) error {
	return v.actOn(flow.UserSessionsEnd{User: registry.UserID(v.r.PathValue("id"))}, text("All sessions of the user have ended."))
}

// factorForAll sets whether every user needs a second factor. Manual 4.1.1.
func (c *Console) factorForAll(v *visit) error {
	on := v.sent("all") != ""
	if _, err := v.run(flow.SecondFactorForAll{On: on}); err != nil {
		return err
	}
	if on {
		return v.done(Path+"users", "Every user needs a second factor now. Those without one choose it when they come next.")
	}
	return v.done(Path+"users", "A second factor is not asked of every user any more.")
}

// actsPage lists who signed in and what was done to users.
type actsPage struct {
	Found flow.UserActsFound
	Pager pager
}

// userActs shows them.
func (c *Console) userActs(v *visit) error {
	q := flow.UserActList{}
	if text := v.query("page"); text != "" {
		var err error
		if q.Before, err = strconv.ParseInt(text, 36, 64); err != nil {
			return errMissing
		}
	}
	reply, err := v.ask(q)
	if err != nil {
		return err
	}
	found := reply.(flow.UserActsFound)
	next := ""
	if found.Next != 0 {
		next = strconv.FormatInt(found.Next, 36)
	}
	return v.show("user_acts", &actsPage{found, v.pager(next, "")})
}
