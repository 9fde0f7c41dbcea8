package flow

import (
	"context"
	"net/netip"

	"example.org/dorado/core/registry"
)

// A Factor is what somebody with a session gives to show that it is he: a password, or a code of an authenticator app, or
// a recovery code.
type Factor struct {
	Token    string // of the session
	Password string // to confirm only
	Code     string
	From     netip.Addr
	Agent    string
	Device   string // see SignIn
	SvTRID   string
}

func (q Factor) signIn(login string) SignIn {
	return SignIn{Login: login, Password: q.Password, From: q.From.Unmap(), Agent: q.Agent, Device: q.Device, SvTRID: q.SvTRID}
}

// GiveFactor gives the second factor that a session owes. From then on the session is whole, and has another token.
func (s *Service) GiveFactor(ctx context.Context, q Factor) (SignedIn, error) {
	v, err := s.Visit(ctx, Visit{q.Token, q.From})
	if err != nil {
		return SignedIn{}, err
	}
	reply, err := s.guessFactor(ctx, v, q.signIn(v.User.Login), SessionFactor{Code: q.Code, From: q.From.Unmap()})
	if err != nil {
		return SignedIn{}, err
	}
	return reply.(SignedIn), nil
}

// Confirm shows again that somebody with a session is its user, by the password or a second factor, before he acts on
// users or credentials.
func (s *Service) Confirm(ctx context.Context, q Factor) (SignedIn, error) {
	v, err := s.Visit(ctx, Visit{q.Token, q.From})
	if err != nil {
		return SignedIn{}, err
	}
	if q.Code != "" {
		reply, err := s.guessFactor(ctx, v, q.signIn(v.User.Login), SessionFactor{Code: q.Code, From: q.From.Unmap()})
		if err != nil {
			return SignedIn{}, err
		}
		return reply.(SignedIn), nil
	}
	verified, err := s.verifyAgain(ctx, v, q)
	if err != nil {
		return SignedIn{}, err
	}
	reply, err := s.Run(ctx, Request{
		Registrar: v.Registrar.ID, User: v.User.Login, Session: v.Session.ID, SvTRID: q.SvTRID, Command: SessionConfirm{Password: verified},
	})
	if err != nil {
		return SignedIn{}, err
	}
	return reply.(SignedIn), nil
}

// verifyAgain compares a password with that of a visitor, and returns the hash that it fits.
func (s *Service) verifyAgain(ctx context.Context, v Visitor, q Factor) (string, error) {
	u, err := s.userOf(ctx, v.User.Login)
	if err != nil {
		return "", err
	}
	matches, err := s.verifyUser(ctx, u, q.signIn(u.Login))
	if err != nil {
		return "", err
	}
	if matches {
		return u.Secrets.Password, nil
	}
	if err := s.refusedSignIn(ctx, u, q.signIn(u.Login), "password"); err != nil {
		return "", err
	}
	return "", passwordIsRight(false).Refusal
}

// passwordIsRight holds for the password of the user of a session.
func passwordIsRight(right bool) Rule {
	return refuseIf("passwordIsRight", !right, registry.Error{
		Code: registry.Authentication, Field: "password", Private: "wrong password", Reason: "the password is wrong; try again",
	})
}

// SessionFactor takes a second factor of the user of a session. Service.GiveFactor runs it.
type SessionFactor struct {
	Code string
	From netip.Addr
}

// Subject is session:factor.
func (cmd SessionFactor) Subject() Subject { return Subject{Command: "factor", Object: objectSession} }

// Run replies a SignedIn.
func (cmd SessionFactor) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, session, found := c.halfway()
	u, used, right, err := c.takeCode(u, cmd.Code)
	if err != nil {
		return nil, registry.Changes{}, err
	}

	// Check.
	if err := c.check(
		actorIsUser(found),
		factorIsRight(right),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	session.Address = cmd.From
	return c.factored(u, session, used)
}

// factored writes a session in which a second factor was given just now: the first time, that is when the user has signed
// in.
func (c *Call) factored(u registry.User, s registry.Session, used registry.UserDeed) (Reply, registry.Changes, error) {
	limits, now := c.Terms.Limits.Console, c.realNow()
	reply := SignedIn{Session: s.ID}
	first := s.Factor.IsZero()
	s = s.Next()
	s.Factor, s.Confirmed, s.Seen, s.Ends = now, now, now, s.Began.Add(limits.SessionMinutes.Duration())
	reply.Token, s.Hash = c.newToken(s.ID)
	var changes registry.Changes
	if used != "" {
		changes = c.told(s, deed{used, u, ""})
	}
	if first {
		u = c.signedIn(u, s)
		changes.Console = withActs(changes.Console, c.acts(s, deed{registry.DeedSignedIn, u, ""}))
		reply.Device = c.service.newDevice(u)
	} else {
		u = u.Next()
	}
	changes.Console.Users, changes.Console.Sessions = []registry.User{u}, []registry.Session{s}
	reply.User = u
	reply.User.Secrets = registry.UserSecrets{}
	return reply, changes, nil
}

// SessionConfirm takes that the password of the user of a session was verified. Service.Confirm runs it.
type SessionConfirm struct {
	Password string // the hash that was verified
}

// Subject is session:confirm.
func (cmd SessionConfirm) Subject() Subject {
	return Subject{Command: "confirm", Object: objectSession}
}

// Run replies a SignedIn with a new token.
func (cmd SessionConfirm) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, session, found := c.halfway()
	need := needOf(u, c.Registrar, session)

	// Check.
	if err := c.check(
		actorIsUser(found),
		factorIsGiven(need),
		passwordIsRight(cmd.Password != "" && cmd.Password == u.Secrets.Password),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	session = session.Next()
	session.Confirmed, session.Seen = c.realNow(), c.realNow()
	reply := SignedIn{Session: session.ID, Needs: need, User: u}
	reply.User.Secrets = registry.UserSecrets{}
	reply.Token, session.Hash = c.newToken(session.ID)
	return reply, registry.Changes{Console: registry.ConsoleChanges{Sessions: []registry.Session{session}}}, nil
}
