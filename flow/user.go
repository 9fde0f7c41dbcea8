package flow

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// user returns the user of an id, if the call's registrar has one.
func (c *Call) user(id registry.UserID) (registry.User, bool) {
	u, found := read(c, func() (registry.User, bool, error) { return c.reader.User(id) })
	return u, found && (c.Registrar.ID == "" || u.Registrar == c.Registrar.ID)
}

func (c *Call) userByLogin(login string) (registry.User, bool) {
	return read(c, func() (registry.User, bool, error) { return c.reader.UserByLogin(login) })
}

// userOf returns the user of a registrar and a login, one who was only invited too.
func (c *Call) userOf(id registry.RegistrarID, login string) (registry.User, bool) {
	return read(c, func() (registry.User, bool, error) { return c.reader.UserOf(id, login) })
}

// userWhoIs returns the user of a login whom the call's registrar, or the operator, means by it.
func (c *Call) userWhoIs(login string) (registry.User, bool) {
	if c.Registrar.ID != "" {
		return c.userOf(c.Registrar.ID, login)
	}
	return c.userByLogin(login)
}

// actor returns the user of the console who gives the command, and the session, if nothing else is to be done in it first.
func (c *Call) actor() (u registry.User, s registry.Session, found bool) {
	u, s, found = c.halfway()
	return u, s, found && needOf(u, c.Registrar, s) == NeedsNothing
}

// halfway is actor, where a second factor may still be to be given or chosen.
func (c *Call) halfway() (u registry.User, s registry.Session, found bool) {
	if u, found = c.userByLogin(c.User); !found || u.Registrar != c.Registrar.ID {
		return u, s, false
	}
	s, _ = read(c, func() (registry.Session, bool, error) { return c.reader.Session(c.Session) })
	return u, s, s.User == u.ID
}

// confirmed reports whether a session's user has lately shown to be himself.
func (c *Call) confirmed(s registry.Session) bool {
	return c.realNow().Sub(s.Confirmed) < c.Terms.Limits.Console.ConfirmMinutes.Duration()
}

// vouched is the rule for acts on credentials that may come from the console: who gives the command there has lately shown
// to be himself. What does not come from the console has other proofs.
func (c *Call) vouched() Rule {
	if c.User == "" {
		return userIsConfirmed(true)
	}
	_, s, found := c.actor()
	return userIsConfirmed(found && c.confirmed(s))
}

// userIsConfirmed holds for a user who gave a password or a second factor a short while ago.
func userIsConfirmed(confirmed bool) Rule {
	return refuseIf("userIsConfirmed", !confirmed, registry.Error{
		Code: registry.Authentication, Field: "session", Reason: "this needs to be confirmed; give your password or a second factor again",
	})
}

// actorIsUser holds for a command that a user of the registrar gives in a session.
func actorIsUser(found bool) Rule {
	return refuseIf("actorIsUser", !found, registry.Error{
		Code: registry.Authentication, Field: "session", Reason: "only a user of the console does this; sign in",
	})
}

// userExists holds for a user of the registrar.
func userExists(found bool) Rule {
	return refuseIf("userExists", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "user", Reason: "there is no such user; look at the list of users",
	})
}

// userIsAsSeen holds for a user whom nobody has changed since the form was made.
func userIsAsSeen(u registry.User, seen int64) Rule {
	return refuseIf("userIsAsSeen", seen != 0 && u.Version != seen, registry.Error{
		Code: registry.CommandFailed, Field: "user", Value: u.Login,
		Reason: "the user was changed meanwhile; look at how it is now and do it again",
	})
}

// actorMayTouch holds for a user whose role may touch users of another. Manual 4.1.1.
func actorMayTouch(actor, other registry.Role) Rule {
	return refuseIf("actorMayTouch", !policy.MayTouch(actor, other), registry.Error{
		Code: registry.ParameterPolicy, Field: "role", Value: string(other),
		Reason: "your role may not do this to a user of that role; ask your administrator",
	})
}

// roleIsKnown holds for one of the four roles.
func roleIsKnown(role registry.Role) Rule {
	for _, r := range registry.Roles() {
		if r == role {
			return holds("roleIsKnown", "role", string(role))
		}
	}
	return refuse("roleIsKnown", registry.Error{
		Code: registry.ParameterRange, Field: "role", Value: string(role),
		Reason: "there is no such role; choose administrator, manager, domain-administrator or finance-administrator",
	})
}

// roleIsGiven holds for a role that users get one by one: that of the administrator is only handed over. Manual 4.1.1.
func roleIsGiven(before, after registry.Role) Rule {
	const administrator = registry.RoleAdministrator
	return refuseIf("roleIsGiven", before != after && (before == administrator || after == administrator), registry.Error{
		Code: registry.ParameterPolicy, Field: "role", Value: string(after),
		Reason: "a registrar has one administrator; the administrator can hand the role over",
	})
}

// userIsOther holds for a user who is not the actor.
func userIsOther(actor, other registry.User) Rule {
	return refuseIf("userIsOther", actor.ID == other.ID, registry.Error{
		Code: registry.ParameterPolicy, Field: "user", Value: other.Login, Reason: "nobody does this to himself; ask another user",
	})
}

// administratorStays holds for a user without whom the registrar still has an administrator.
func administratorStays(u registry.User) Rule {
	return refuseIf("administratorStays", u.Role == registry.RoleAdministrator, registry.Error{
		Code: registry.ParameterPolicy, Field: "user", Value: u.Login,
		Reason: "a registrar is not left without its administrator; hand the role over first",
	})
}

// mostLogin is how long a login may be: an address that SMTP carries. RFC 5321 section 4.5.3.1.3.
const mostLogin = 254

// loginOf returns the login that somebody means.
func loginOf(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// loginIsAddress holds for an e-mail address.
func loginIsAddress(login string) Rule {
	return refuseIf("loginIsAddress", len(login) > mostLogin || !isEmail(login), registry.Error{
		Code: registry.ParameterSyntax, Field: "login", Value: login,
		Reason: "this is no e-mail address; write it such as ana@registrar.example",
	})
}

// loginIsFree holds for a login that no user of the registrar has. Whether another registrar has such a user it is not told:
// the invitation goes out, and whoever reads the mails of the address learns that it cannot be accepted. So invitations say
// nothing of others, and keep nobody's address from him.
func loginIsFree(login string, taken bool) Rule {
	return refuseIf("loginIsFree", taken, registry.Error{
		Code: registry.ObjectExists, Field: "login", Value: login, Reason: "a user has this e-mail address; choose another",
	})
}

// loginIsNobodys holds for the login of an invitation that no user has who joined before.
func (c *Call) loginIsNobodys(u registry.User) Rule {
	other, found := c.userByLogin(u.Login)
	return refuseIf("loginIsNobodys", found && other.Joined() && other.ID != u.ID, registry.Error{
		Code: registry.ObjectExists, Field: "login", Value: u.Login,
		Reason: "you are a user of another registrar with this e-mail address, and it can be of one only; ask to be invited by another address",
	})
}

// userIsNamed holds for a name that fits into a line and can be shown there.
func userIsNamed(name string, limits policy.ConsoleLimits) Rule {
	if isLine(name, limits.UserNameCharacters) {
		return holds("userIsNamed", "name", name)
	}
	return refuse("userIsNamed", registry.Error{
		Code: registry.ParameterSyntax, Field: "name", Value: name,
		Reason: fmt.Sprintf("this is no name; write 1 to %d characters that can be printed", limits.UserNameCharacters),
	})
}

// passkeyIsNamed is userIsNamed for a passkey.
func passkeyIsNamed(name string, limits policy.ConsoleLimits) Rule {
	if isLine(name, limits.PasskeyNameCharacters) {
		return holds("passkeyIsNamed", "passkey", name)
	}
	return refuse("passkeyIsNamed", registry.Error{
		Code: registry.ParameterSyntax, Field: "passkey", Value: name,
		Reason: fmt.Sprintf("a passkey needs a name; write 1 to %d characters that can be printed", limits.PasskeyNameCharacters),
	})
}

// isLine reports whether a text has 1 to so many characters and can be shown in a line.
func isLine(text string, most int) bool {
	return text != "" && utf8.RuneCountInString(text) <= most && utf8.ValidString(text) &&
		!strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

// zoneName is how IANA's database calls its zones.
var zoneName = regexp.MustCompile(`^[A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}$`)

// zoneIsNamed holds for a time zone of IANA's database, or none.
func zoneIsNamed(zone string) Rule {
	return refuseIf("zoneIsNamed", zone != "" && !zoneName.MatchString(zone), registry.Error{
		Code: registry.ParameterSyntax, Field: "zone", Value: zone, Reason: "this is no time zone; choose one such as America/Bogota",
	})
}

// usersAreFew holds while a registrar may have one more user.
func usersAreFew(there int, limits policy.ConsoleLimits) Rule {
	if there < limits.Users {
		return holds("usersAreFew", "user", "")
	}
	return refuse("usersAreFew", registry.Error{
		Code: registry.DataPolicy, Field: "user",
		Reason: fmt.Sprintf("the registrar has %d users; delete one first", there),
	})
}

// A deed is what becomes an act on a user.
type deed struct {
	what registry.UserDeed
	user registry.User
	note string
}

// acts puts down what was done to users by the call's user, in a session.
func (c *Call) acts(s registry.Session, list ...deed) registry.ConsoleChanges {
	var changes registry.ConsoleChanges
	now, limits := c.realNow(), c.Terms.Limits.Console
	for _, d := range list {
		a := registry.UserAct{
			At: now, Registrar: d.user.Registrar, User: d.user.ID, Login: d.user.Login, What: d.what, By: c.User, Note: d.note,
			Address: s.Address, Agent: s.Agent,
		}
		if a.By == a.Login {
			a.By = ""
		}
		changes.Acts = append(changes.Acts, a)
	}
	changes.Forget, changes.ForgetActs = now, now.AddDate(0, 0, -int(limits.ActDays))
	return changes
}

// mailUser tells a user something, in his language or that of the registrar. While the registrar's part of the outbox is
// full nobody is told.
func (c *Call) mailUser(u registry.User, n registry.UserNotice) []registry.Mail {
	if !c.mayMail(u.Registrar) {
		return nil
	}
	r, _ := c.RegistrarByID(u.Registrar)
	now := c.realNow()
	n.Name, n.Login, n.At = u.Name, u.Login, now
	return []registry.Mail{{
		Version: 1, Registrar: u.Registrar, To: u.Login, Language: cmp.Or(u.Language, r.Mailing.Language, registry.English), At: now,
		Event: n.Event(), Notice: n, Queued: now, Since: now, Due: now,
	}}
}

// told is acts, where the users are told by mail as well.
func (c *Call) told(s registry.Session, list ...deed) registry.Changes {
	changes := registry.Changes{Console: c.acts(s, list...)}
	for _, d := range list {
		by := c.User
		if by == d.user.Login {
			by = ""
		}
		changes.Mail = append(changes.Mail, c.mailUser(d.user, registry.UserNotice{
			Step: registry.EventUserSecured, What: d.what, By: by, Address: s.Address,
		})...)
	}
	return changes
}
