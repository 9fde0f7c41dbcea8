package flow

import (
	"context"
	"strings"

	"example.org/dorado/core/registry"
)

// ProfileUpdate changes what the user of a session is called, and how he is spoken to.
type ProfileUpdate struct {
	Name     string
	Language registry.Language
	Zone     string
}

// Subject is user:profile.
func (cmd ProfileUpdate) Subject() Subject { return Subject{Command: "profile", Object: objectUser} }

// Run replies the registry.User.
func (cmd ProfileUpdate) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	name := strings.TrimSpace(cmd.Name)
	u, session, found := c.actor()

	// Check.
	if err := c.check(
		actorIsUser(found),
		userIsNamed(name, c.Terms.Limits.Console),
		languageIsWritten(cmd.Language),
		zoneIsNamed(cmd.Zone),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	u = u.Next()
	u.Name, u.Language, u.Zone = name, cmd.Language, cmd.Zone
	changes := registry.Changes{Console: c.acts(session, deed{registry.DeedChanged, u, "profile"})}
	changes.Console.Users = []registry.User{u}
	u.Secrets = registry.UserSecrets{}
	return u, changes, nil
}

// ChangePassword changes the password of the user of a session, who gives the one that he has. All other sessions end, and
// this one gets another token.
func (s *Service) ChangePassword(ctx context.Context, q Factor, password string) (SignedIn, error) {
	v, err := s.Visit(ctx, Visit{q.Token, q.From})
	if err != nil {
		return SignedIn{}, err
	}
	if err := check(actorIsUser(v.Needs == NeedsNothing), passwordIsStrong(password, v.User.Login, s.Terms().Limits.Console)); err != nil {
		return SignedIn{}, err
	}
	verified, err := s.verifyAgain(ctx, v, q)
	if err != nil {
		return SignedIn{}, err
	}
	hash, err := s.Passwords.Hash(ctx, password)
	if err != nil {
		return SignedIn{}, err
	}
	reply, err := s.Run(ctx, Request{
		Registrar: v.Registrar.ID, User: v.User.Login, Session: v.Session.ID, SvTRID: q.SvTRID,
		Command: UserPassword{From: verified, To: hash},
	})
	if err != nil {
		return SignedIn{}, err
	}
	return reply.(SignedIn), nil
}

// UserPassword replaces the password of the user of a session, if it is still the one that was verified.
// Service.ChangePassword runs it.
type UserPassword struct{ From, To string } // hashes

// Subject is user:password.
func (cmd UserPassword) Subject() Subject { return Subject{Command: "password", Object: objectUser} }

// Run replies a SignedIn with a new token.
func (cmd UserPassword) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, session, found := c.actor()

	// Check.
	if err := c.check(
		actorIsUser(found),
		passwordIsRight(cmd.From != "" && cmd.From == u.Secrets.Password),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	now := c.realNow()
	u, session = u.Next(), session.Next()
	u.Secrets.Password, u.Secrets.PasswordChanged = cmd.To, now
	session.Confirmed, session.Seen = now, now
	reply := SignedIn{Session: session.ID, Needs: needOf(u, c.Registrar, session), User: u}
	reply.User.Secrets = registry.UserSecrets{}
	reply.Token, session.Hash = c.newToken(session.ID)

	// Return.
	changes := c.told(session, deed{registry.DeedPasswordChanged, u, ""})
	changes.Console.Users, changes.Console.Sessions = []registry.User{u}, []registry.Session{session}
	changes.Console.Ended = []registry.SessionEnd{{User: u.ID, Except: session.ID}}
	return reply, changes, nil
}
