package flow

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"net/netip"
	"strings"
	"time"

	"example.org/dorado/core/registry"
)

// What the transaction log and the history call what users of the console do about themselves.
const (
	objectUser    = "user"
	objectSession = "session"
)

// Visit asks who it is that presents the token of a session of the console. It is asked for nobody: Visitor.Registrar is
// who asks from then on. Service.Visit asks it, too, and keeps when the session was seen.
type Visit struct {
	Token string
	From  netip.Addr
}

// A Visitor is a user of the console with a session. Until Needs is met nothing else is for him.
type Visitor struct {
	User      registry.User // without its secrets
	Registrar registry.Registrar
	Session   registry.Session // without its hash
	HasFactor bool             // the user has a second factor
	Needs     VisitorNeed
	Confirmed bool // a password or a factor was given lately enough for acts on users and credentials
}

// A VisitorNeed is what a visitor has to do before anything else.
type VisitorNeed string

// The needs.
const (
	NeedsNothing VisitorNeed = ""
	NeedsFactor  VisitorNeed = "second-factor" // to give it
	NeedsToEnrol VisitorNeed = "enrolment"     // to choose one
)

// Answer returns a Visitor. One that has no session, or none any more, is refused in one and the same way.
func (q Visit) Answer(c *Call) (Reply, error) {
	// Load.
	limits, now := c.Terms.Limits.Console, c.realNow()
	id, secret, fits := parseSession(q.Token)
	var s registry.Session
	var u registry.User
	var r registry.Registrar
	found := false
	if fits {
		s, found = read(c, func() (registry.Session, bool, error) { return c.reader.Session(id) })
	}
	if found = found && hmac.Equal(c.Hash(sessionText(id, secret)), s.Hash); found {
		u, found = read(c, func() (registry.User, bool, error) { return c.reader.User(s.User) })
		r, _ = read(c, func() (registry.Registrar, bool, error) { return c.reader.RecentRegistrar(u.Registrar) })
	}
	idle := now.Sub(s.Seen) >= limits.IdleMinutes.Duration()

	// Check.
	if err := c.check(
		sessionStands(found && !idle && now.Before(s.Ends) && u.Disabled.Since.IsZero()),
		registrarIsActive(r),
	); err != nil {
		return nil, err
	}

	// Return.
	v := Visitor{
		User: u, Registrar: r, Session: s, HasFactor: u.Secrets.HasFactor(), Needs: needOf(u, r, s),
		Confirmed: now.Sub(s.Confirmed) < limits.ConfirmMinutes.Duration(),
	}
	v.User.Secrets, v.Session.Hash = registry.UserSecrets{}, nil
	return v, nil
}

// needOf returns what a user has to do in a session before anything else. Manual 4.1.1.
func needOf(u registry.User, r registry.Registrar, s registry.Session) VisitorNeed {
	switch {
	case !s.Factor.IsZero():
		return NeedsNothing
	case u.Secrets.HasFactor():
		return NeedsFactor
	case u.MustEnrol, r.SecondFactorForAll:
		return NeedsToEnrol
	}
	return NeedsNothing
}

// sessionIDBytes are the octets of chance in the id of a session.
const sessionIDBytes = 8

// parseSession reads a token.
func parseSession(token string) (id, secret string, fits bool) {
	id, secret, fits = strings.Cut(token, ".")
	octets, err := hex.DecodeString(id)
	return id, secret, fits && err == nil && len(octets) == sessionIDBytes
}

// sessionText is what the hash of a session is made of: no authInfo begins so.
func sessionText(id, secret string) string { return "\x00session " + id + "." + secret }

// sessionStands holds for a token of a session that goes on.
func sessionStands(stands bool) Rule {
	return refuseIf("sessionStands", !stands, registry.Error{
		Code: registry.Authentication, Field: "session", Reason: "there is no session; sign in",
	})
}

// Visit answers who presents a token, and keeps that the session was seen, at most once a minute.
func (s *Service) Visit(ctx context.Context, q Visit) (Visitor, error) {
	reply, err := s.Ask(ctx, "", q)
	if err != nil {
		return Visitor{}, err
	}
	v := reply.(Visitor)
	if now := s.Real(); now.Sub(v.Session.Seen) >= seenResolution {
		_, err = s.Run(ctx, Request{Registrar: v.Registrar.ID, User: v.User.Login, Command: SessionSeen{
			registry.SessionSeen{ID: v.Session.ID, At: now, Address: q.From.Unmap()},
		}})
	}
	return v, err
}

// seenResolution is how long a session that was seen need not be written down again.
const seenResolution = time.Minute

// SessionSeen keeps when a session was seen, and from where.
type SessionSeen struct{ registry.SessionSeen }

// Subject is session:seen.
func (cmd SessionSeen) Subject() Subject {
	return Subject{Command: "seen", Object: objectSession, ID: cmd.ID}
}

// Run keeps it.
func (cmd SessionSeen) Run(*Call) (Reply, registry.Changes, error) {
	return nil, registry.Changes{Console: registry.ConsoleChanges{Seen: []registry.SessionSeen{cmd.SessionSeen}}}, nil
}
