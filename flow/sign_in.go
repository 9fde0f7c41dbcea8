package flow

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// SignIn is what somebody gives who begins a session of the console.
type SignIn struct {
	Login, Password string
	From            netip.Addr
	Agent           string // as the browser calls itself
	Device          string // what the browser was given when the user last signed in with it; empty if nothing
	SvTRID          string
}

// SignedIn is a session that began, or that stands higher now, with its new token.
type SignedIn struct {
	Token   string
	User    registry.User // without its secrets
	Needs   VisitorNeed
	Device  string   // what the browser keeps, so that what strangers guess does not lock it out
	Codes   []string // recovery codes that were made with it; they are told this once
	Session string   // the id of the session
}

// SignIn begins a session for the user of a login, if the password is right. A login that nobody has costs the same work
// and is refused in the same way. Wrong passwords count for the login and the network from which they come, and for the
// network alone; who comes with a browser or from a network with which the user has signed in before is not concerned by
// what others guess. Until a second factor is given, if there is one, the session is for that alone.
func (s *Service) SignIn(ctx context.Context, q SignIn) (SignedIn, error) {
	q.Login, q.From = loginOf(q.Login), q.From.Unmap()
	u, err := s.userOf(ctx, q.Login)
	if err != nil {
		return SignedIn{}, err
	}
	matches, err := s.verifyUser(ctx, u, q)
	if err != nil {
		return SignedIn{}, err
	}
	if !matches {
		if err := s.refusedSignIn(ctx, u, q, "password"); err != nil {
			return SignedIn{}, err
		}
		return SignedIn{}, signInIsRight(false).Refusal
	}
	reply, err := s.Run(ctx, Request{Registrar: u.Registrar, User: u.Login, SvTRID: q.SvTRID, Command: SessionBegin{
		User: u.ID, Password: u.Secrets.Password, From: q.From, Agent: q.Agent,
	}})
	if err != nil {
		return SignedIn{}, err
	}
	return reply.(SignedIn), nil
}

// userOf returns the user of a login; the zero User if there is none.
func (s *Service) userOf(ctx context.Context, login string) (u registry.User, err error) {
	err = s.Store.View(ctx, func(r registry.Reader) error {
		u, _, err = r.UserByLogin(login)
		return err
	})
	return u, err
}

// verifyUser compares a password with that of a user, or with none at the same cost.
func (s *Service) verifyUser(ctx context.Context, u registry.User, q SignIn) (bool, error) {
	if len(q.Password) > policy.MaxPassword { // it is no user's
		q.Password = q.Password[:policy.MaxPassword] + "\x00"
	}
	g := s.personGuesser(u, q)
	leave, err := s.Passwords.queue(g, s.Passwords.Remembers(q.Password, u.Secrets.Password))
	if err != nil {
		return false, err
	}
	defer leave()
	return s.verify(ctx, g, q.Password, u.Secrets.Password)
}

// personGuesser is who presents the password of a user. Logins that nobody has share some guessers, so that they are
// limited like others and leave no more behind than those.
func (s *Service) personGuesser(u registry.User, q SignIn) guesser {
	g := guesser{registrar: registry.RegistrarID("user " + string(u.ID)), source: policy.Network(q.From).String(), person: true, outside: true}
	if u.ID == "" {
		g.registrar = registry.RegistrarID("nobody " + strconv.Itoa(s.slot(q.Login)))
		return g
	}
	if device, known := s.deviceOf(u, q.Device); known {
		g.source, g.known, g.outside = "device "+device, true, false
	} else if slices.Contains(u.Networks, policy.Network(q.From)) {
		g.known, g.outside = true, false
	}
	return g
}

// deviceBytes are the octets of chance in what a browser keeps.
const deviceBytes = 8

// newDevice returns what a browser keeps in which a user has signed in.
func (s *Service) newDevice(u registry.User) string {
	id := hex.EncodeToString(s.Random(deviceBytes))
	return id + "." + s.deviceSecret(u, id)
}

func (s *Service) deviceSecret(u registry.User, id string) string {
	return base64.RawURLEncoding.EncodeToString(keyed(s.Keys.AuthInfo, "\x00device "+string(u.ID)+" "+id))
}

// deviceOf returns which browser of a user keeps something, if one does.
func (s *Service) deviceOf(u registry.User, kept string) (string, bool) {
	id, secret, _ := strings.Cut(kept, ".")
	octets, err := hex.DecodeString(id)
	right := hmac.Equal([]byte(s.deviceSecret(u, id)), []byte(secret))
	return id, right && err == nil && len(octets) == deviceBytes
}

// refusedSignIn puts down that somebody was wrong about a user. Of a login that nobody has, nothing is put down, at the
// same cost.
func (s *Service) refusedSignIn(ctx context.Context, u registry.User, q SignIn, what string) error {
	_, err := s.Run(ctx, Request{Registrar: u.Registrar, SvTRID: q.SvTRID, Command: SessionRefused{
		User: u.ID, From: q.From, Agent: q.Agent, What: what,
	}})
	return err
}

// signInIsRight holds for the login and the password of a user.
func signInIsRight(right bool) Rule {
	return refuseIf("signInIsRight", !right, registry.Error{
		Code: registry.Authentication, Field: "password", Private: "wrong login or password",
		Reason: "the e-mail address or the password is wrong; try again, or choose another password by mail",
	})
}

// userIsEnabled holds for a user who may sign in.
func userIsEnabled(u registry.User) Rule {
	return refuseIf("userIsEnabled", !u.Disabled.Since.IsZero(), registry.Error{
		Code: registry.Authentication, Field: "user", Reason: "this user may not sign in; ask your administrator",
	})
}

// SessionRefused puts down that somebody was wrong about a user. Service.SignIn runs it.
type SessionRefused struct {
	User  registry.UserID // empty: of a login that nobody has
	From  netip.Addr
	Agent string
	What  string // "password" or "second factor"
}

// Subject is session:refuse.
func (cmd SessionRefused) Subject() Subject {
	return Subject{Command: "refuse", Object: objectSession, ID: string(cmd.User)}
}

// Run puts it down.
func (cmd SessionRefused) Run(c *Call) (Reply, registry.Changes, error) {
	u, found := c.user(cmd.User)
	if !found {
		return nil, registry.Changes{Console: c.acts(registry.Session{})}, nil
	}
	agent := firstRunes(cmd.Agent, c.Terms.Limits.Console.AgentCharacters)
	c.User = u.Login
	return nil, registry.Changes{Console: c.acts(registry.Session{Address: cmd.From, Agent: agent}, deed{registry.DeedSignInRefused, u, cmd.What})}, nil
}

// SessionBegin begins a session of a user whose password was verified, if it is still that. Service.SignIn runs it.
type SessionBegin struct {
	User     registry.UserID
	Password string // the hash that was verified
	From     netip.Addr
	Agent    string
}

// Subject is session:begin.
func (cmd SessionBegin) Subject() Subject {
	return Subject{Command: "begin", Object: objectSession, ID: string(cmd.User)}
}

// Run replies a SignedIn.
func (cmd SessionBegin) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, found := c.user(cmd.User)

	// Check.
	if err := c.check(
		signInIsRight(found && cmd.Password != "" && u.Secrets.Password == cmd.Password),
		userIsEnabled(u),
		registrarIsActive(c.Registrar),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	s := registry.Session{Address: cmd.From, Agent: cmd.Agent}
	return c.begun(u, s)
}

// begun begins a session of a user, which is whole unless a second factor is owed.
func (c *Call) begun(u registry.User, s registry.Session) (Reply, registry.Changes, error) {
	limits, now := c.Terms.Limits.Console, c.realNow()
	s.ID, s.Version, s.User, s.Registrar = hex.EncodeToString(c.service.Random(sessionIDBytes)), 1, u.ID, u.Registrar
	s.Began, s.Seen, s.Confirmed, s.Ends = now, now, now, now.Add(limits.SessionMinutes.Duration())
	s.Agent = firstRunes(s.Agent, limits.AgentCharacters)
	var token string
	token, s.Hash = c.newToken(s.ID)
	reply := SignedIn{Token: token, Session: s.ID, Needs: needOf(u, c.Registrar, s)}
	changes := registry.ConsoleChanges{Ended: c.crowdedOut(u)}
	if reply.Needs == NeedsFactor {
		s.Ends = now.Add(limits.FactorMinutes.Duration())
	} else {
		u = c.signedIn(u, s)
		reply.Device = c.service.newDevice(u)
		changes.Users = []registry.User{u}
		changes = withActs(changes, c.acts(s, deed{registry.DeedSignedIn, u, ""}))
	}
	changes.Sessions = []registry.Session{s}
	reply.User = u
	reply.User.Secrets = registry.UserSecrets{}
	return reply, registry.Changes{Console: changes}, nil
}

// signedIn returns a user who has signed in with all factors in a session.
func (c *Call) signedIn(u registry.User, s registry.Session) registry.User {
	u = u.Next()
	u.SignedIn, u.From = c.realNow(), s.Address
	network := policy.Network(s.Address)
	list := slices.DeleteFunc(slices.Clone(u.Networks), func(p netip.Prefix) bool { return p == network })
	list = append(list, network)
	u.Networks = list[max(0, len(list)-c.Terms.Limits.Console.Networks):]
	return u
}

// crowdedOut returns what ends so that a user has room for one more session: those that wait for a second factor, which
// somebody may have begun who knows only the password, and then those that were not seen for longest.
func (c *Call) crowdedOut(u registry.User) []registry.SessionEnd {
	most := c.Terms.Limits.Console.Sessions
	list, _ := read(c, func() ([]registry.Session, bool, error) {
		list, err := c.reader.SessionsOf(u.ID, most)
		return list, true, err
	})
	if len(list) < most {
		return nil
	}
	slices.SortStableFunc(list, func(a, b registry.Session) int {
		waits := func(s registry.Session) int {
			if needOf(u, c.Registrar, s) == NeedsFactor {
				return 1
			}
			return 0
		}
		return waits(a) - waits(b)
	})
	return []registry.SessionEnd{{ID: list[len(list)-1].ID}}
}

// sessionSecretBytes are the octets of chance in the secret of a session, which nobody guesses.
const sessionSecretBytes = 24

// newToken returns a new token of a session, for its browser, and its hash, to be kept.
func (c *Call) newToken(id string) (token string, hash []byte) {
	secret := base64.RawURLEncoding.EncodeToString(c.service.Random(sessionSecretBytes))
	return id + "." + secret, c.Hash(sessionText(id, secret))
}

// SessionEnd ends the session that the command comes from, another of the same user, or all others.
type SessionEnd struct {
	ID     string // empty: the one that the command comes from
	Others bool   // all but that
}

// Subject is session:end.
func (cmd SessionEnd) Subject() Subject {
	return Subject{Command: "end", Object: objectSession, ID: cmd.ID}
}

// Run ends them.
func (cmd SessionEnd) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, session, found := c.halfway()
	id := cmd.ID
	if id == "" {
		id = session.ID
	}
	other, there := read(c, func() (registry.Session, bool, error) { return c.reader.Session(id) })

	// Check.
	if err := c.check(
		actorIsUser(found),
		sessionExists(there && other.User == u.ID),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	what, end := registry.DeedSessionsEnded, registry.SessionEnd{ID: id}
	switch {
	case cmd.Others:
		end = registry.SessionEnd{User: u.ID, Except: session.ID}
	case id == session.ID:
		what = registry.DeedSignedOut
	}
	changes := c.acts(session, deed{what, u, ""})
	changes.Ended = []registry.SessionEnd{end}
	return nil, registry.Changes{Console: changes}, nil
}

// sessionExists holds for a session of the user.
func sessionExists(found bool) Rule {
	return refuseIf("sessionExists", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "session", Reason: "there is no such session; it may have ended",
	})
}

// UserSessionsEnd ends all sessions of a user whom the actor may touch.
type UserSessionsEnd struct{ User registry.UserID }

// Subject is user:end-sessions.
func (cmd UserSessionsEnd) Subject() Subject {
	return Subject{Command: "end-sessions", Object: objectUser, ID: string(cmd.User)}
}

// Run ends them.
func (cmd UserSessionsEnd) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	_, session, u, may := c.touch(cmd.User)

	// Check.
	if err := c.check(may...); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	changes := c.acts(session, deed{registry.DeedSessionsEnded, u, ""})
	changes.Ended = []registry.SessionEnd{{User: u.ID}}
	return nil, registry.Changes{Console: changes}, nil
}
