package flow

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// Passkeys sign challenges. That a signature fits a key and our site the front-end verifies, which speaks with browsers;
// what follows is ours: that the challenge was one of this registry, for this purpose, lately, and not used before.

// The octets of a challenge: an instant, chance, and a keyed hash of both and of what it is for.
const (
	challengeTime   = 8
	challengeChance = 16
	challengeSeal   = 16
)

// challengeMinutes is how long a challenge can be signed: W3C Web Authentication level 3, section 15.1, recommends five
// minutes.
const challengeMinutes = 5

// ChallengeSignIn is what challenges are for that begin a session. Those of a session are for its id.
const ChallengeSignIn = "sign-in"

// NewChallenge returns a challenge for a passkey.
func (s *Service) NewChallenge(purpose string) []byte {
	challenge := binary.BigEndian.AppendUint64(nil, uint64(s.Real().UnixMicro()))
	challenge = append(challenge, s.Random(challengeChance)...)
	return append(challenge, s.challengeSeal(challenge, purpose)...)
}

func (s *Service) challengeSeal(head []byte, purpose string) []byte {
	return keyed(s.Keys.AuthInfo, "\x00challenge for "+purpose+" "+hex.EncodeToString(head))[:challengeSeal]
}

// challengeLink is what is kept of a challenge that was used, so that it is not used again.
func challengeLink(challenge []byte, u registry.UserID, now time.Time) registry.UserLink {
	return registry.UserLink{
		ID: hex.EncodeToString(challenge[:challengeTime+challengeChance]), User: u, Kind: registry.LinkChallenge, Made: now,
		Ends: now.Add(2 * challengeMinutes * time.Minute),
	}
}

// freshChallenge reports whether a challenge is ours, for a purpose, of the last minutes, and was not used.
func (c *Call) freshChallenge(challenge []byte, purpose string) bool {
	if len(challenge) != challengeTime+challengeChance+challengeSeal {
		return false
	}
	head := challenge[:challengeTime+challengeChance]
	if !hmac.Equal(c.service.challengeSeal(head, purpose), challenge[len(head):]) {
		return false
	}
	made := time.UnixMicro(int64(binary.BigEndian.Uint64(challenge)))
	if age := c.service.Real().Sub(made); age < 0 || age >= challengeMinutes*time.Minute {
		return false
	}
	_, used := read(c, func() (registry.UserLink, bool, error) { return c.reader.UserLink(hex.EncodeToString(head)) })
	return !used
}

// challengeIsFresh holds for a challenge that can be used.
func challengeIsFresh(fresh bool) Rule {
	return refuseIf("challengeIsFresh", !fresh, registry.Error{
		Code: registry.Authentication, Field: "passkey", Reason: "this took too long or was sent twice; try again",
	})
}

// A PasskeyProof is that a passkey has signed a challenge, as the front-end has verified.
type PasskeyProof struct {
	Key       []byte // the id of the credential
	Challenge []byte
	Signs     uint32 // its counter; 0: it has none
	Copied    bool   // it is on several devices
	Verified  bool   // it has made sure that it is its user, by a finger, a face or a PIN
}

// use returns a user whose passkey gave a proof, if he has that key and its counter goes forward: one that goes back
// was copied by somebody. W3C Web Authentication level 3, section 7.2 step 22.
func (p PasskeyProof) use(u registry.User, now time.Time) (registry.User, bool) {
	u.Secrets.Passkeys = slices.Clone(u.Secrets.Passkeys)
	for i := range u.Secrets.Passkeys {
		k := &u.Secrets.Passkeys[i]
		if !bytes.Equal(k.ID, p.Key) {
			continue
		}
		if (k.Signs != 0 || p.Signs != 0) && p.Signs <= k.Signs {
			return u, false
		}
		k.Signs, k.Copied, k.Used = p.Signs, p.Copied, now
		return u, true
	}
	return u, false
}

// PasskeySignIn begins a session by a passkey alone, which has made sure that it is its user: it is two factors in one.
type PasskeySignIn struct {
	User  registry.UserID
	Proof PasskeyProof
	From  netip.Addr
	Agent string
}

// SignInByPasskey begins a session by a passkey. Nobody guesses a signature, so nothing is counted.
func (s *Service) SignInByPasskey(ctx context.Context, q PasskeySignIn, svTRID string) (SignedIn, error) {
	var u registry.User
	err := s.Store.View(ctx, func(r registry.Reader) (err error) {
		u, _, err = r.User(q.User)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	q.From = q.From.Unmap()
	reply, err := s.Run(ctx, Request{Registrar: u.Registrar, User: u.Login, SvTRID: svTRID, Command: q})
	if err != nil {
		return SignedIn{}, err
	}
	return reply.(SignedIn), nil
}

// Subject is session:passkey.
func (cmd PasskeySignIn) Subject() Subject {
	return Subject{Command: "passkey", Object: objectSession, ID: string(cmd.User)}
}

// Run replies a SignedIn.
func (cmd PasskeySignIn) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, found := c.user(cmd.User)
	fresh := c.freshChallenge(cmd.Proof.Challenge, ChallengeSignIn)
	u, right := cmd.Proof.use(u, c.realNow())

	// Check.
	if err := c.check(
		passkeyIsRight(found && right && cmd.Proof.Verified),
		challengeIsFresh(fresh),
		userIsEnabled(u),
		registrarIsActive(c.Registrar),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	now := c.realNow()
	reply, changes, err := c.begun(u, registry.Session{Address: cmd.From, Agent: cmd.Agent, Factor: now})
	changes.Console.Links = []registry.UserLink{challengeLink(cmd.Proof.Challenge, u.ID, now)}
	return reply, changes, err
}

// passkeyIsRight holds for a passkey of the user that has shown that it is he.
func passkeyIsRight(right bool) Rule {
	return refuseIf("passkeyIsRight", !right, registry.Error{
		Code: registry.Authentication, Field: "passkey", Private: "wrong passkey",
		Reason: "this passkey is not one of this console, or did not make sure that it is you; use another, or your password",
	})
}

// SessionPasskey takes a passkey as the second factor of a session, or to confirm that it is still the user.
type SessionPasskey struct {
	Proof PasskeyProof
	From  netip.Addr
}

// Subject is session:factor.
func (cmd SessionPasskey) Subject() Subject { return Subject{Command: "factor", Object: objectSession} }

// Run replies a SignedIn.
func (cmd SessionPasskey) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, session, found := c.halfway()
	fresh := c.freshChallenge(cmd.Proof.Challenge, session.ID)
	u, right := cmd.Proof.use(u, c.realNow())

	// Check.
	if err := c.check(
		actorIsUser(found),
		passkeyIsRight(right),
		challengeIsFresh(fresh),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	session.Address = cmd.From.Unmap()
	reply, changes, err := c.factored(u, session, "")
	changes.Console.Links = []registry.UserLink{challengeLink(cmd.Proof.Challenge, u.ID, c.realNow())}
	return reply, changes, err
}

// PasskeyAdd gives the user of a session one more passkey, which the front-end has verified.
type PasskeyAdd struct {
	Passkey   registry.Passkey // Added is set here
	Challenge []byte
}

// Subject is user:add-passkey.
func (cmd PasskeyAdd) Subject() Subject { return Subject{Command: "add-passkey", Object: objectUser} }

// Run replies a SignedIn: the session has a second factor from then on.
func (cmd PasskeyAdd) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	limits, key := c.Terms.Limits.Console, cmd.Passkey
	key.Name, key.Added = strings.TrimSpace(key.Name), c.realNow()
	u, session, found := c.halfway()
	fresh := c.freshChallenge(cmd.Challenge, session.ID)
	has := slices.ContainsFunc(u.Secrets.Passkeys, func(k registry.Passkey) bool { return bytes.Equal(k.ID, key.ID) })

	// Check.
	if err := c.check(
		actorIsUser(found),
		factorIsGiven(needOf(u, c.Registrar, session)),
		userIsConfirmed(c.confirmed(session)),
		challengeIsFresh(fresh),
		passkeyIsNamed(key.Name, limits),
		passkeyIsNew(has),
		passkeysAreFew(len(u.Secrets.Passkeys), limits),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	u.Secrets.Passkeys = append(slices.Clone(u.Secrets.Passkeys), key)
	reply, changes, err := c.enrolled(u, session, registry.DeedPasskeyAdded, key.Name)
	changes.Console.Links = []registry.UserLink{challengeLink(cmd.Challenge, u.ID, c.realNow())}
	return reply, changes, err
}

// passkeyIsNew holds for a passkey that the user has not added before.
func passkeyIsNew(has bool) Rule {
	return refuseIf("passkeyIsNew", has, registry.Error{
		Code: registry.ObjectExists, Field: "passkey", Reason: "you have added this passkey before; use another device",
	})
}

// passkeysAreFew holds while a user may have one more passkey.
func passkeysAreFew(there int, limits policy.ConsoleLimits) Rule {
	return refuseIf("passkeysAreFew", there >= limits.Passkeys, registry.Error{
		Code: registry.DataPolicy, Field: "passkey", Reason: "there are as many passkeys as you may have; remove one first",
	})
}

// PasskeyRemove takes a passkey from the user of a session.
type PasskeyRemove struct{ Key []byte }

// Subject is user:remove-passkey.
func (cmd PasskeyRemove) Subject() Subject {
	return Subject{Command: "remove-passkey", Object: objectUser}
}

// Run replies the registry.User.
func (cmd PasskeyRemove) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, session, found := c.actor()
	at := slices.IndexFunc(u.Secrets.Passkeys, func(k registry.Passkey) bool { return bytes.Equal(k.ID, cmd.Key) })
	name := ""
	if at >= 0 {
		name = u.Secrets.Passkeys[at].Name
		u.Secrets.Passkeys = slices.Delete(slices.Clone(u.Secrets.Passkeys), at, at+1)
	}

	// Check.
	if err := c.check(
		actorIsUser(found),
		factorExists(at >= 0),
		userIsConfirmed(c.confirmed(session)),
		factorStays(u, c.Registrar),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	return c.unenrolled(u, session, registry.DeedPasskeyRemoved, name)
}

// PasskeysOf asks for the passkeys of a user, with their public keys, for who verifies what they sign. It is asked for
// nobody, since a passkey says itself whose it is.
type PasskeysOf struct{ User registry.UserID }

// PasskeysFound is what PasskeysOf answers.
type PasskeysFound struct {
	User     registry.User // without its secrets; zero if there is none
	Passkeys []registry.Passkey
}

// Answer returns a PasskeysFound. Of a user who is not there it has nothing.
func (q PasskeysOf) Answer(c *Call) (Reply, error) {
	u, _ := c.user(q.User)
	found := PasskeysFound{u, u.Secrets.Passkeys}
	found.User.Secrets = registry.UserSecrets{}
	return found, nil
}
