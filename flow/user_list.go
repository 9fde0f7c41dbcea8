package flow

import (
	"cmp"
	"strings"

	"example.org/dorado/core/registry"
)

// A UserLine is a user as others see him.
type UserLine struct {
	registry.User      // without its secrets
	Invited       bool // no password was chosen yet
	App           bool // an authenticator app
	Passkeys      int
	Recovery      int // codes that are left
}

// HasFactor reports whether the user has a second factor.
func (l UserLine) HasFactor() bool { return l.App || l.Passkeys > 0 }

// lineOf returns the line of a user. A registrar is not told who the operator is, nor his reasons.
func (c *Call) lineOf(u registry.User) UserLine {
	s := u.Secrets
	u.Secrets = registry.UserSecrets{}
	if c.Registrar.ID != "" {
		u.Disabled, u.Creator = registry.Measure{Since: u.Disabled.Since}, untold(u.Creator)
	}
	return UserLine{u, s.Password == "", len(s.TOTP) > 0, len(s.Passkeys), len(s.Recovery)}
}

// byOperator stands before the name of the operator who did something to a user.
const byOperator = "registry: "

// untold returns who did something, as a registrar is told.
func untold(by string) string {
	if strings.HasPrefix(by, byOperator) {
		return "registry"
	}
	return by
}

// UserList asks for the users of a registrar, in order of login. Registrars ask for their own.
type UserList struct {
	Registrar registry.RegistrarID // empty: the one that asks
	After     string               // the last login of the page before
	Limit     int                  // 0, or more than there may be: as many as there may be
}

// UsersFound is what UserList answers. Next is After of the page that follows; empty if there is none.
type UsersFound struct {
	Users []UserLine
	Next  string
}

// Answer returns a UsersFound.
func (q UserList) Answer(c *Call) (Reply, error) {
	// Load.
	limit := c.Terms.Limits.Console.UsersPerPage
	if q.Limit > 0 {
		limit = min(limit, q.Limit)
	}
	who := cmp.Or(q.Registrar, c.Registrar.ID)

	// Check.
	if err := c.check(usersAreOwn(c.Registrar, who)); err != nil {
		return nil, err
	}

	// Return.
	list, _ := read(c, func() ([]registry.User, bool, error) {
		list, err := c.reader.UsersOf(who, q.After, limit+1)
		return list, true, err
	})
	var found UsersFound
	for i, u := range list {
		if i == limit {
			found.Next = list[i-1].Login
			break
		}
		found.Users = append(found.Users, c.lineOf(u))
	}
	return found, nil
}

// usersAreOwn holds for the operator, and for a registrar that asks for its own users.
func usersAreOwn(r registry.Registrar, who registry.RegistrarID) Rule {
	return refuseIf("usersAreOwn", r.ID != "" && r.ID != who, registry.Error{
		Code: registry.Authorization, Field: "registrar", Value: string(who),
		Reason: "these are the users of another registrar; ask for your own",
	})
}

// UserShow asks for one user, with the sessions that he has and the names of his passkeys. Registrars ask for their own.
type UserShow struct {
	User  registry.UserID
	Login string // if User is empty
}

// A UserFound is what UserShow answers.
type UserFound struct {
	UserLine
	Keys     []registry.Passkey // without their public keys
	Sessions []registry.Session // that go on, without their hashes; those that were seen last first
}

// Answer returns a UserFound.
func (q UserShow) Answer(c *Call) (Reply, error) {
	// Load.
	u, found := c.user(q.User)
	if q.User == "" {
		u, found = c.userWhoIs(loginOf(q.Login))
	}

	// Check.
	if err := c.check(userExists(found)); err != nil {
		return nil, err
	}

	// Return.
	reply := UserFound{UserLine: c.lineOf(u)}
	for _, k := range u.Secrets.Passkeys {
		k.Public = nil
		reply.Keys = append(reply.Keys, k)
	}
	list, _ := read(c, func() ([]registry.Session, bool, error) {
		list, err := c.reader.SessionsOf(u.ID, c.Terms.Limits.Console.Sessions)
		return list, true, err
	})
	for _, s := range list {
		if now := c.realNow(); now.Before(s.Ends) && now.Sub(s.Seen) < c.Terms.Limits.Console.IdleMinutes.Duration() {
			s.Hash = nil
			reply.Sessions = append(reply.Sessions, s)
		}
	}
	return reply, nil
}

// UserActList asks who signed in and what was done to users, the latest first. Registrars ask for their own.
type UserActList struct {
	registry.UserActFilter
	Limit int // 0, or more than there may be: as many as there may be
}

// UserActsFound is what UserActList answers. Next is Before of the page that follows; 0 if there is none.
type UserActsFound struct {
	Acts []registry.UserAct
	Next int64
}

// Answer returns a UserActsFound.
func (q UserActList) Answer(c *Call) (Reply, error) {
	// Load.
	limit := c.Terms.Limits.Console.ActsPerPage
	if q.Limit > 0 {
		limit = min(limit, q.Limit)
	}
	f := q.UserActFilter
	f.Registrar = cmp.Or(f.Registrar, c.Registrar.ID)

	// Check.
	if err := c.check(usersAreOwn(c.Registrar, f.Registrar)); err != nil {
		return nil, err
	}

	// Return.
	list, _ := read(c, func() ([]registry.UserAct, bool, error) {
		list, err := c.reader.UserActs(f, limit+1)
		return list, true, err
	})
	for i := range list {
		if c.Registrar.ID != "" {
			list[i].By, list[i].Reason = untold(list[i].By), ""
		}
	}
	found := UserActsFound{Acts: list}
	if len(list) > limit {
		found.Acts, found.Next = list[:limit], list[limit-1].ID
	}
	return found, nil
}
