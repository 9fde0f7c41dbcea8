package flow

import (
	"strings"

	"example.org/dorado/core/registry"
)

// UserCreate makes a user of the call's registrar, who is invited by mail to choose a password. Manual 4.1.1.
type UserCreate struct {
	Login, Name string
	Role        registry.Role
	Language    registry.Language
	MustEnrol   bool
}

// Subject is user:create.
func (cmd UserCreate) Subject() Subject {
	return Subject{Command: "create", Object: objectUser, ID: cmd.Login}
}

// Run replies the registry.User.
func (cmd UserCreate) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	limits, login, name := c.Terms.Limits.Console, loginOf(cmd.Login), strings.TrimSpace(cmd.Name)
	actor, session, found := c.actor()
	_, taken := c.userOf(c.Registrar.ID, login)
	there := c.countUsers(c.Registrar.ID, limits.Users)

	// Check.
	if err := c.check(
		actorIsUser(found),
		userIsConfirmed(c.confirmed(session)),
		roleIsKnown(cmd.Role),
		actorMayTouch(actor.Role, cmd.Role),
		roleIsGiven("", cmd.Role),
		loginIsAddress(login),
		userIsNamed(name, limits),
		languageIsWritten(cmd.Language),
		usersAreFew(there, limits),
		loginIsFree(login, taken),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	u := registry.User{
		ID: registry.UserID(c.NewROID("U")), Version: 1, Registrar: c.Registrar.ID, Login: login, Name: name, Role: cmd.Role,
		Language: cmd.Language, MustEnrol: cmd.MustEnrol, Created: c.realNow(), Creator: c.User,
	}
	changes := registry.Changes{Console: c.acts(session, deed{registry.DeedCreated, u, string(u.Role)})}
	changes.Console.Users = []registry.User{u}
	_, invited := c.link(u, registry.LinkInvitation)
	changes.Add(invited)

	// Return.
	return u, changes, nil
}

func (c *Call) countUsers(id registry.RegistrarID, limit int) int {
	n, _ := read(c, func() (int, bool, error) {
		n, err := c.reader.CountUsers(id, limit)
		return n, true, err
	})
	return n
}

// UserUpdate changes what a user is called and may do. Who gets another role has to sign in anew.
type UserUpdate struct {
	User      registry.UserID
	Seen      int64 // the version that the form was made from; 0: whatever it is
	Name      string
	Role      registry.Role
	MustEnrol bool
}

// Subject is user:update.
func (cmd UserUpdate) Subject() Subject {
	return Subject{Command: "update", Object: objectUser, ID: string(cmd.User)}
}

// Run replies the registry.User.
func (cmd UserUpdate) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	limits, name := c.Terms.Limits.Console, strings.TrimSpace(cmd.Name)
	actor, session, found := c.actor()
	u, there := c.user(cmd.User)
	before := u.Role

	// Check.
	if err := c.check(
		actorIsUser(found),
		userExists(there),
		actorMayTouch(actor.Role, before),
		userIsConfirmed(c.confirmed(session)),
		userIsAsSeen(u, cmd.Seen),
		roleIsKnown(cmd.Role),
		roleIsGiven(before, cmd.Role),
		actorMayTouch(actor.Role, cmd.Role),
		userIsNamed(name, limits),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	u = u.Next()
	u.Name, u.Role, u.MustEnrol = name, cmd.Role, cmd.MustEnrol
	if before == u.Role {
		changes := registry.Changes{Console: c.acts(session, deed{registry.DeedChanged, u, ""})}
		changes.Console.Users = []registry.User{u}
		return u, changes, nil
	}
	changes := c.told(session, deed{registry.DeedRoleChanged, u, string(u.Role)})
	changes.Console.Users = []registry.User{u}
	changes.Console.Ended = []registry.SessionEnd{{User: u.ID}}

	// Return.
	return u, changes, nil
}

// touch loads a user whom the actor is to do something to, with the rules that hold for whatever that is.
func (c *Call) touch(id registry.UserID) (actor registry.User, s registry.Session, u registry.User, may []Rule) {
	actor, s, found := c.actor()
	u, there := c.user(id)
	return actor, s, u, []Rule{actorIsUser(found), userExists(there), actorMayTouch(actor.Role, u.Role)}
}

// UserDisable keeps a user from signing in, and ends what he has open; or lets him sign in again.
type UserDisable struct {
	User   registry.UserID
	Enable bool
}

// Subject is user:disable.
func (cmd UserDisable) Subject() Subject {
	return Subject{Command: "disable", Object: objectUser, ID: string(cmd.User)}
}

// Run replies the registry.User.
func (cmd UserDisable) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	_, session, u, may := c.touch(cmd.User)

	// Check.
	if err := c.check(append(may, administratorStays(u), userIsConfirmed(c.confirmed(session)))...); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	u = u.Next()
	return u, c.disabled(session, u, registry.Measure{Since: c.realNow(), Author: c.User}, cmd.Enable), nil
}

// disabled writes a user whom somebody disables, or enables again.
func (c *Call) disabled(s registry.Session, u registry.User, by registry.Measure, enable bool) registry.Changes {
	what := registry.DeedDisabled
	if enable {
		what, by = registry.DeedEnabled, registry.Measure{}
	}
	u.Disabled = by
	changes := registry.Changes{Console: c.acts(s, deed{what, u, ""})}
	changes.Console.Users = []registry.User{u}
	changes.Console.Ended = []registry.SessionEnd{{User: u.ID}}
	changes.Console.UsedLinks = c.linksOf(u, linkFor(u))
	return changes
}

// UserDelete removes a user with all sessions and links. What he did stays in the history and the log.
type UserDelete struct{ User registry.UserID }

// Subject is user:delete.
func (cmd UserDelete) Subject() Subject {
	return Subject{Command: "delete", Object: objectUser, ID: string(cmd.User)}
}

// Run replies the registry.User as it was.
func (cmd UserDelete) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	_, session, u, may := c.touch(cmd.User)

	// Check.
	if err := c.check(append(may, administratorStays(u), userIsConfirmed(c.confirmed(session)))...); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	changes := registry.Changes{Console: c.acts(session, deed{registry.DeedDeleted, u, ""})}
	changes.Console.GoneUsers = []registry.User{u.Next()}
	return u, changes, nil
}

// UserReset sends a user a link by which he chooses another password, or his first; with Factors it also takes all second
// factors from a user who has lost them.
type UserReset struct {
	User    registry.UserID
	Factors bool
}

// Subject is user:reset.
func (cmd UserReset) Subject() Subject {
	return Subject{Command: "reset", Object: objectUser, ID: string(cmd.User)}
}

// Run replies the registry.User.
func (cmd UserReset) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	actor, session, u, may := c.touch(cmd.User)

	// Check.
	if err := c.check(append(may, userIsOther(actor, u), userIsConfirmed(c.confirmed(session)))...); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	u, _, changes := c.reset(session, u, cmd.Factors)
	return u, changes, nil
}

// linkFor is which link a user is sent who has to choose a password.
func linkFor(u registry.User) registry.UserLinkKind {
	if u.Secrets.Password == "" {
		return registry.LinkInvitation
	}
	return registry.LinkReset
}

// reset sends a user a link in the place of those that were sent before, and takes the second factors away if asked to.
// So what strangers have asked for is in nobody's way.
func (c *Call) reset(s registry.Session, u registry.User, factors bool) (registry.User, string, registry.Changes) {
	secret, changes := c.link(u, linkFor(u))
	changes.Console.UsedLinks = c.linksOf(u, linkFor(u))
	if !factors {
		changes.Console = withActs(changes.Console, c.acts(s, deed{registry.DeedResetAsked, u, ""}))
		return u, secret, changes
	}
	u = u.Next()
	u.Secrets.TOTP, u.Secrets.TOTPStep, u.Secrets.Recovery, u.Secrets.Passkeys = nil, 0, nil, nil
	told := c.told(s, deed{registry.DeedFactorsRemoved, u, ""})
	changes.Console = withActs(changes.Console, told.Console)
	changes.Mail = append(changes.Mail, told.Mail...)
	changes.Console.Users = []registry.User{u}
	changes.Console.Ended = []registry.SessionEnd{{User: u.ID}}
	return u, secret, changes
}

// withActs returns changes with the acts of others.
func withActs(changes, acts registry.ConsoleChanges) registry.ConsoleChanges {
	changes.Acts = append(changes.Acts, acts.Acts...)
	changes.Forget, changes.ForgetActs = acts.Forget, acts.ForgetActs
	return changes
}

// UserHandOver makes another user the administrator; who was it is a manager from then on. Both sign in anew. Manual 4.1.1.
type UserHandOver struct{ To registry.UserID }

// Subject is user:hand-over.
func (cmd UserHandOver) Subject() Subject {
	return Subject{Command: "hand-over", Object: objectUser, ID: string(cmd.To)}
}

// Run replies the registry.User who is the administrator now.
func (cmd UserHandOver) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	actor, session, found := c.actor()
	u, there := c.user(cmd.To)

	// Check.
	if err := c.check(
		actorIsUser(found),
		actorIsAdministrator(actor),
		userExists(there),
		userIsOther(actor, u),
		userCanSignIn(u),
		userIsConfirmed(c.confirmed(session)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	return c.handOver(session, actor, u)
}

// handOver makes a user the administrator in the place of another.
func (c *Call) handOver(s registry.Session, from, to registry.User) (Reply, registry.Changes, error) {
	from, to = from.Next(), to.Next()
	from.Role, to.Role = registry.RoleManager, registry.RoleAdministrator
	changes := c.told(s, deed{registry.DeedHandedOver, from, string(from.Role)}, deed{registry.DeedHandedOver, to, string(to.Role)})
	changes.Console.Users = []registry.User{from, to}
	changes.Console.Ended = []registry.SessionEnd{{User: from.ID}, {User: to.ID}}
	changes.Console.UsedLinks = append(c.linksOf(from, linkFor(from)), c.linksOf(to, linkFor(to))...)
	return to, changes, nil
}

// actorIsAdministrator holds for the administrator of the registrar.
func actorIsAdministrator(actor registry.User) Rule {
	return refuseIf("actorIsAdministrator", actor.Role != registry.RoleAdministrator, registry.Error{
		Code: registry.ParameterPolicy, Field: "role", Value: string(actor.Role),
		Reason: "only the administrator hands the role over; ask him or the registry",
	})
}

// userCanSignIn holds for a user who has chosen a password and is not disabled.
func userCanSignIn(u registry.User) Rule {
	return refuseIf("userCanSignIn", u.Secrets.Password == "" || !u.Disabled.Since.IsZero(), registry.Error{
		Code: registry.ParameterPolicy, Field: "user", Value: u.Login,
		Reason: "this user cannot sign in; let him accept the invitation, or enable him, first",
	})
}

// SecondFactorForAll sets whether every user of the registrar needs a second factor. Manual 4.1.1.
type SecondFactorForAll struct{ On bool }

// Subject is registrar:second-factor.
func (cmd SecondFactorForAll) Subject() Subject {
	return Subject{Command: "second-factor", Object: "registrar"}
}

// Run replies the registry.Registrar.
func (cmd SecondFactorForAll) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	actor, session, found := c.actor()

	// Check.
	if err := c.check(
		actorIsUser(found),
		actorMayTouch(actor.Role, registry.RoleDomainAdministrator),
		c.vouched(),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	r := c.Registrar
	r.Version++
	r.SecondFactorForAll = cmd.On
	note := "off"
	if cmd.On {
		note = "on"
	}
	return r, registry.Changes{
		Registrars: []registry.Registrar{r}, Console: c.acts(session, deed{registry.DeedEnforced, actor, note}),
	}, nil
}
