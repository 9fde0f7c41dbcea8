package flow

import (
	"strings"

	"example.org/dorado/core/registry"
)

// OperatorUserAdd makes a user of a registrar, the first of which is its administrator. It is the operator's.
type OperatorUserAdd struct {
	Act
	Login, Name string
	Role        registry.Role
	Language    registry.Language
	Password    string // a hash; empty: the user is invited by mail
}

// OperatorUserAdded is what OperatorUserAdd and OperatorUserReset reply.
type OperatorUserAdded struct {
	registry.User
	Link string // by which a password is chosen; empty if there is one
}

// Subject is user:add.
func (cmd OperatorUserAdd) Subject() Subject {
	return Subject{Command: "add", Object: objectUser, ID: cmd.Login}
}

// Run replies an OperatorUserAdded.
func (cmd OperatorUserAdd) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	limits, login, name := c.Terms.Limits.Console, loginOf(cmd.Login), strings.TrimSpace(cmd.Name)
	_, found := c.RegistrarByID(cmd.Registrar)
	other, taken := c.userByLogin(login)
	_, own := c.userOf(cmd.Registrar, login)
	_, administered := read(c, func() (registry.User, bool, error) { return c.reader.Administrator(cmd.Registrar) })
	there := c.countUsers(cmd.Registrar, limits.Users)

	// Check.
	if err := c.check(
		actIsSigned(cmd.Act),
		registrarExists(cmd.Registrar, found),
		roleIsKnown(cmd.Role),
		administratorIsOne(cmd.Role, administered),
		loginIsAddress(login),
		userIsNamed(name, limits),
		languageIsWritten(cmd.Language),
		usersAreFew(there, limits),
		loginIsFree(login, own || taken && other.Joined()),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	u := registry.User{
		ID: registry.UserID(c.NewROID("U")), Version: 1, Registrar: cmd.Registrar, Login: login, Name: name, Role: cmd.Role,
		Language: cmd.Language, Created: c.realNow(), Creator: byOperator + cmd.Author,
	}
	u.Secrets.Password = cmd.Password
	reply := OperatorUserAdded{User: u}
	reply.Secrets = registry.UserSecrets{}
	changes := registry.Changes{Console: cmd.acts(c, deed{registry.DeedCreated, u, string(u.Role)})}
	changes.Console.Users = []registry.User{u}
	if cmd.Password == "" {
		var invited registry.Changes
		reply.Link, invited = c.link(u, registry.LinkInvitation)
		changes.Add(invited)
	}

	// Return.
	return reply, changes, nil
}

// acts puts down what the operator did to users.
func (a Act) acts(c *Call, list ...deed) registry.ConsoleChanges {
	changes := c.acts(registry.Session{}, list...)
	a.sign(changes.Acts)
	return changes
}

// sign says of acts that the operator did them, and why.
func (a Act) sign(acts []registry.UserAct) {
	for i := range acts {
		acts[i].By, acts[i].Reason = byOperator+a.Author, a.Reason
	}
}

// administratorIsOne holds for a user after whom a registrar has one administrator at most. Manual 4.1.1.
func administratorIsOne(role registry.Role, there bool) Rule {
	return refuseIf("administratorIsOne", there && role == registry.RoleAdministrator, registry.Error{
		Code: registry.ObjectExists, Field: "role", Value: string(role),
		Reason: "the registrar has an administrator; make a user of another role, and hand the role over",
	})
}

// OperatorUserRole gives a user another role. Who was the administrator before is a manager from then on. It is the
// operator's.
type OperatorUserRole struct {
	Act
	Login string
	Role  registry.Role
}

// Subject is user:set-role.
func (cmd OperatorUserRole) Subject() Subject {
	return Subject{Command: "set-role", Object: objectUser, ID: cmd.Login}
}

// Run replies the registry.User.
func (cmd OperatorUserRole) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, found := c.userByLogin(loginOf(cmd.Login))
	before, administered := read(c, func() (registry.User, bool, error) { return c.reader.Administrator(u.Registrar) })

	// Check.
	if err := c.check(
		actIsExplained(cmd.Act),
		userExists(found),
		roleIsKnown(cmd.Role),
		administratorStays(unless(u, u.Role == cmd.Role)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	u = u.Next()
	u.Role = cmd.Role
	list := []deed{{registry.DeedRoleChanged, u, string(u.Role)}}
	if cmd.Role == registry.RoleAdministrator && administered && before.ID != u.ID {
		before = before.Next()
		before.Role = registry.RoleManager
		list = []deed{{registry.DeedHandedOver, before, string(before.Role)}, {registry.DeedHandedOver, u, string(u.Role)}}
	}

	// Return.
	changes := cmd.told(c, list...)
	for _, d := range list {
		changes.Console.Users = append(changes.Console.Users, d.user)
		changes.Console.Ended = append(changes.Console.Ended, registry.SessionEnd{User: d.user.ID})
	}
	u.Secrets = registry.UserSecrets{}
	return u, changes, nil
}

// unless returns a user, or nobody.
func unless(u registry.User, nobody bool) registry.User {
	if nobody {
		return registry.User{}
	}
	return u
}

// told is acts, where the users are told by mail as well.
func (a Act) told(c *Call, list ...deed) registry.Changes {
	changes := registry.Changes{Console: a.acts(c, list...)}
	for _, d := range list {
		changes.Mail = append(changes.Mail, c.mailUser(d.user, registry.UserNotice{
			Step: registry.EventUserSecured, What: d.what, By: "registry",
		})...)
	}
	return changes
}

// OperatorUserDisable keeps a user from signing in, or lets him sign in again. It is the operator's.
type OperatorUserDisable struct {
	Act
	Login  string
	Enable bool
}

// Subject is user:disable.
func (cmd OperatorUserDisable) Subject() Subject {
	return Subject{Command: "disable", Object: objectUser, ID: cmd.Login}
}

// Run replies the registry.User.
func (cmd OperatorUserDisable) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, found := c.userByLogin(loginOf(cmd.Login))

	// Check.
	if err := c.check(actIsExplained(cmd.Act), userExists(found)); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	u = u.Next()
	changes := c.disabled(registry.Session{}, u, cmd.measure(c.realNow()), cmd.Enable)
	cmd.sign(changes.Console.Acts)
	u = changes.Console.Users[0]
	u.Secrets = registry.UserSecrets{}
	return u, changes, nil
}

// OperatorUserReset sends a user a link by which he chooses a password, and takes the second factors from one who has lost
// them. It is the operator's.
type OperatorUserReset struct {
	Act
	Login   string
	Factors bool
}

// Subject is user:reset.
func (cmd OperatorUserReset) Subject() Subject {
	return Subject{Command: "reset", Object: objectUser, ID: cmd.Login}
}

// Run replies an OperatorUserAdded.
func (cmd OperatorUserReset) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, found := c.userByLogin(loginOf(cmd.Login))

	// Check.
	if err := c.check(actIsExplained(cmd.Act), userExists(found)); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	u, link, changes := c.reset(registry.Session{}, u, cmd.Factors)
	cmd.sign(changes.Console.Acts)
	u.Secrets = registry.UserSecrets{}
	return OperatorUserAdded{u, link}, changes, nil
}

// OperatorUserRemove removes a user. It is the operator's.
type OperatorUserRemove struct {
	Act
	Login string
}

// Subject is user:remove.
func (cmd OperatorUserRemove) Subject() Subject {
	return Subject{Command: "remove", Object: objectUser, ID: cmd.Login}
}

// Run replies the registry.User as it was.
func (cmd OperatorUserRemove) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, found := c.userByLogin(loginOf(cmd.Login))

	// Check.
	if err := c.check(
		actIsExplained(cmd.Act),
		userExists(found),
		administratorStays(u),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	changes := registry.Changes{Console: cmd.acts(c, deed{registry.DeedDeleted, u, ""})}
	changes.Console.GoneUsers = []registry.User{u.Next()}
	u.Secrets = registry.UserSecrets{}
	return u, changes, nil
}
