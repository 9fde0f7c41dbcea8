package flow

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.org/dorado/core/registry"
)

// Time-based one-time passwords as every authenticator app has them: SHA-1, six digits, thirty seconds. RFC 6238,
// RFC 4226.
const (
	totpSeconds     = 30
	totpDigits      = 6
	totpSecretBytes = 20 // the length of the hash: RFC 4226 section 4, R6
	// totpSlack is by how many steps the clock of a phone may be off: RFC 6238 section 5.2 recommends one.
	totpSlack = 1
)

// totpStep returns the step of an instant.
func totpStep(t time.Time) int64 { return t.Unix() / totpSeconds }

// totpCode returns the code of a step. RFC 4226 section 5.3.
func totpCode(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(step)))
	sum := mac.Sum(nil)
	number := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&0x0f:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", totpDigits, number%1_000_000)
}

// totpTaken returns the step of a code that is right at an instant, if it comes after the last that was taken: so that
// nobody uses one again that he saw. RFC 6238 section 5.2.
func totpTaken(secret []byte, code string, now time.Time, last int64) (step int64, right bool) {
	for s := totpStep(now) - totpSlack; s <= totpStep(now)+totpSlack; s++ {
		if s > last && subtle.ConstantTimeCompare([]byte(totpCode(secret, s)), []byte(code)) == 1 {
			return s, true
		}
	}
	return 0, false
}

// sealNonceBytes is the length of the random number that each sealing takes. NIST SP 800-38D section 8.2.2.
const sealNonceBytes = 12

// errSealed is what was sealed under another key, or for something else.
var errSealed = errors.New("the registry's key does not open a user's secret")

// sealing is how secrets of users are sealed: under a key that follows from one of the registry's.
func (s *Service) sealing() (cipher.AEAD, error) {
	block, err := aes.NewCipher(keyed(s.Keys.AuthInfo, "\x00key of users' secrets"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal seals a secret for a purpose; it opens for nothing else.
func (s *Service) seal(plain []byte, purpose string) ([]byte, error) {
	aead, err := s.sealing()
	if err != nil {
		return nil, err
	}
	nonce := s.Random(sealNonceBytes)
	return aead.Seal(append([]byte(nil), nonce...), nonce, plain, []byte(purpose)), nil
}

func (s *Service) unseal(sealed []byte, purpose string) ([]byte, error) {
	aead, err := s.sealing()
	if err != nil {
		return nil, err
	}
	if len(sealed) < sealNonceBytes {
		return nil, errSealed
	}
	plain, err := aead.Open(nil, sealed[:sealNonceBytes], sealed[sealNonceBytes:], []byte(purpose))
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

// What TOTP secrets are sealed for: to be kept, and to come back from a page.
func keptTOTP(id registry.UserID) string    { return "totp of " + string(id) }
func offeredTOTP(id registry.UserID) string { return "totp offered to " + string(id) }
func base32Of(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}
func sealedText(sealed []byte) string      { return base64.RawURLEncoding.EncodeToString(sealed) }
func sealedOf(text string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(text) }

// A TOTPOffer is a secret for an authenticator app. Nothing of it is kept until a code shows that the app has it.
type TOTPOffer struct {
	Secret string // in Base32, as apps take it
	Sealed string // the same for TOTPAdd
}

// NewTOTP returns a secret for a user's authenticator app. With an offer from before it returns that one again, so that a
// page that is shown again has the same.
func (s *Service) NewTOTP(id registry.UserID, before string) (TOTPOffer, error) {
	if sealed, err := sealedOf(before); err == nil {
		if secret, err := s.unseal(sealed, offeredTOTP(id)); err == nil {
			return TOTPOffer{base32Of(secret), before}, nil
		}
	}
	secret := s.Random(totpSecretBytes)
	sealed, err := s.seal(secret, offeredTOTP(id))
	if err != nil {
		return TOTPOffer{}, err
	}
	return TOTPOffer{base32Of(secret), sealedText(sealed)}, nil
}

// TOTPAdd gives the user of a session an authenticator app, in the place of one that he had, once it has shown a code.
type TOTPAdd struct {
	Sealed string // of a TOTPOffer
	Code   string
}

// Subject is user:add-app.
func (cmd TOTPAdd) Subject() Subject { return Subject{Command: "add-app", Object: objectUser} }

// Run replies a SignedIn: the session has a second factor from then on.
func (cmd TOTPAdd) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, session, found := c.halfway()
	var secret []byte
	if sealed, err := sealedOf(cmd.Sealed); err == nil {
		secret, _ = c.service.unseal(sealed, offeredTOTP(u.ID))
	}
	step, right := int64(0), false
	if len(secret) > 0 {
		step, right = totpTaken(secret, digits(cmd.Code), c.service.Real(), 0)
	}

	// Check.
	if err := c.check(
		actorIsUser(found),
		factorIsGiven(needOf(u, c.Registrar, session)),
		userIsConfirmed(c.confirmed(session)),
		offerIsOurs(len(secret) > 0),
		factorIsRight(right),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	sealed, err := c.service.seal(secret, keptTOTP(u.ID))
	if err != nil {
		return nil, registry.Changes{}, err
	}
	u.Secrets.TOTP, u.Secrets.TOTPStep, u.Secrets.TOTPSince = sealed, step, c.realNow()

	// Return.
	return c.enrolled(u, session, registry.DeedAppAdded, "")
}

// offerIsOurs holds for a secret that this registry offered to the user.
func offerIsOurs(ours bool) Rule {
	return refuseIf("offerIsOurs", !ours, registry.Error{
		Code: registry.ParameterSyntax, Field: "sealed", Reason: "this is no secret that was offered to you; begin again",
	})
}

// factorIsGiven holds for a session in which no second factor is owed.
func factorIsGiven(need VisitorNeed) Rule {
	return refuseIf("factorIsGiven", need == NeedsFactor, registry.Error{
		Code: registry.Authentication, Field: "session", Reason: "the second factor comes first; give it",
	})
}

// digits returns a code without what people put between its digits.
func digits(code string) string {
	return strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(code)
}

// enrolled writes a user who has a new second factor. With the first come recovery codes, and the session stands higher:
// it gets a new token.
func (c *Call) enrolled(u registry.User, s registry.Session, what registry.UserDeed, note string) (Reply, registry.Changes, error) {
	now := c.realNow()
	reply := SignedIn{Session: s.ID}
	u, s = u.Next(), s.Next()
	list := []deed{{what, u, note}}
	if len(u.Secrets.Recovery) == 0 {
		reply.Codes, u.Secrets.Recovery = c.recoveryCodes(u.ID)
	}
	s.Factor, s.Confirmed, s.Seen = now, now, now
	reply.Token, s.Hash = c.newToken(s.ID)
	changes := c.told(s, list...)
	changes.Console.Users, changes.Console.Sessions = []registry.User{u}, []registry.Session{s}
	reply.User = u
	reply.User.Secrets = registry.UserSecrets{}
	return reply, changes, nil
}

// TOTPRemove takes the authenticator app from the user of a session.
type TOTPRemove struct{}

// Subject is user:remove-app.
func (cmd TOTPRemove) Subject() Subject { return Subject{Command: "remove-app", Object: objectUser} }

// Run replies the registry.User.
func (cmd TOTPRemove) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, session, found := c.actor()
	had := len(u.Secrets.TOTP) > 0
	u.Secrets.TOTP, u.Secrets.TOTPStep, u.Secrets.TOTPSince = nil, 0, time.Time{}

	// Check.
	if err := c.check(
		actorIsUser(found),
		factorExists(had),
		userIsConfirmed(c.confirmed(session)),
		factorStays(u, c.Registrar),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	return c.unenrolled(u, session, registry.DeedAppRemoved, "")
}

// unenrolled writes a user who has a second factor less. With the last go the recovery codes.
func (c *Call) unenrolled(u registry.User, s registry.Session, what registry.UserDeed, note string) (Reply, registry.Changes, error) {
	u = u.Next()
	if !u.Secrets.HasFactor() {
		u.Secrets.Recovery = nil
	}
	changes := c.told(s, deed{what, u, note})
	changes.Console.Users = []registry.User{u}
	u.Secrets = registry.UserSecrets{}
	return u, changes, nil
}

// factorExists holds for a second factor that the user has.
func factorExists(found bool) Rule {
	return refuseIf("factorExists", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "factor", Reason: "there is no such second factor; look at those you have",
	})
}

// factorStays holds for a user who has a second factor left, or needs none.
func factorStays(left registry.User, r registry.Registrar) Rule {
	needs := left.MustEnrol || r.SecondFactorForAll
	return refuseIf("factorStays", needs && !left.Secrets.HasFactor(), registry.Error{
		Code: registry.ParameterPolicy, Field: "factor", Reason: "you need a second factor, and this is the last; add another first",
	})
}

// The recovery codes: letters and digits that nobody takes for each other, some fifty bits each. Each is used once, where
// no other second factor is at hand.
const (
	recoveryLetters = "abcdefghjkmnpqrstuvwxyz23456789"
	recoveryLength  = 10
)

// recoveryCodes returns new recovery codes, to be told once, and their hashes, to be kept.
func (c *Call) recoveryCodes(id registry.UserID) (codes []string, hashes [][]byte) {
	for range c.Terms.Limits.Console.RecoveryCodes {
		number := binary.BigEndian.Uint64(c.service.Random(8)) // over ten thousand times what a code can tell: no letter is likelier
		code := make([]byte, recoveryLength)
		for i := range code {
			code[i] = recoveryLetters[number%uint64(len(recoveryLetters))]
			number /= uint64(len(recoveryLetters))
		}
		half := recoveryLength / 2
		codes = append(codes, string(code[:half])+"-"+string(code[half:]))
		hashes = append(hashes, c.Hash(recoveryText(id, string(code))))
	}
	return codes, hashes
}

// recoveryText is what the hash of a recovery code is made of: no authInfo begins so.
func recoveryText(id registry.UserID, code string) string {
	return "\x00recovery code of " + string(id) + " " + strings.ToLower(digits(code))
}

// RecoveryMake gives the user of a session new recovery codes; those before are worth nothing any more.
type RecoveryMake struct{}

// Subject is user:make-codes.
func (cmd RecoveryMake) Subject() Subject { return Subject{Command: "make-codes", Object: objectUser} }

// Run replies the codes as a []string. They are told this once.
func (cmd RecoveryMake) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	u, session, found := c.actor()

	// Check.
	if err := c.check(
		actorIsUser(found),
		factorExists(u.Secrets.HasFactor()),
		userIsConfirmed(c.confirmed(session)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	u = u.Next()
	var codes []string
	codes, u.Secrets.Recovery = c.recoveryCodes(u.ID)
	changes := c.told(session, deed{registry.DeedCodesMade, u, ""})
	changes.Console.Users = []registry.User{u}
	return codes, changes, nil
}

// takeCode uses a code of a user's authenticator app, or a recovery code, and says which it was.
func (c *Call) takeCode(u registry.User, code string) (registry.User, registry.UserDeed, bool, error) {
	code = digits(code)
	if len(u.Secrets.TOTP) > 0 && len(code) == totpDigits {
		secret, err := c.service.unseal(u.Secrets.TOTP, keptTOTP(u.ID))
		if err != nil {
			return u, "", false, fmt.Errorf("user %s: %w", u.ID, err)
		}
		step, right := totpTaken(secret, code, c.service.Real(), u.Secrets.TOTPStep)
		if right {
			u.Secrets.TOTPStep = step
		}
		return u, "", right, nil
	}
	hash := c.Hash(recoveryText(u.ID, code))
	for i, kept := range u.Secrets.Recovery {
		if hmac.Equal(kept, hash) {
			left := append([][]byte(nil), u.Secrets.Recovery[:i]...)
			u.Secrets.Recovery = append(left, u.Secrets.Recovery[i+1:]...)
			return u, registry.DeedCodeUsed, true, nil
		}
	}
	return u, "", false, nil
}

// factorIsRight holds for a second factor that shows that it is the user.
func factorIsRight(right bool) Rule {
	return refuseIf("factorIsRight", !right, registry.Error{
		Code: registry.Authentication, Field: "code", Private: "wrong second factor",
		Reason: "the code is wrong, has ended or was used; wait for the next one of your app, or use a recovery code",
	})
}

// guessFactor runs a command that presents a second factor, one at a time for each user, unless too many were wrong.
func (s *Service) guessFactor(ctx context.Context, v Visitor, q SignIn, cmd Command) (Reply, error) {
	name := "wrong factors of " + string(v.User.ID)
	leave, err := s.Passwords.turns.take(ctx, name)
	if err != nil {
		return nil, err
	}
	defer leave()
	g := s.personGuesser(v.User, q)
	if g.known {
		name += " from " + g.source
	}
	b, now := guessBucket{name, s.Terms().Limits.Console.Factors()}, s.Real()
	wait, err := s.waitOf(ctx, b, now, false)
	if err != nil {
		return nil, err
	}
	if err := check(asksAreFew(wait)); err != nil {
		return nil, err
	}
	reply, err := s.Run(ctx, Request{
		Registrar: v.Registrar.ID, User: v.User.Login, Session: v.Session.ID, SvTRID: q.SvTRID, Command: cmd,
	})
	var refusal *registry.Error
	if errors.As(err, &refusal) && refusal.Rule == "factorIsRight" {
		if err := s.spendBuckets(ctx, []guessBucket{b}, s.buckets(), now); err != nil {
			return nil, err
		}
		if err := s.refusedSignIn(ctx, v.User, q, "second factor"); err != nil {
			return nil, err
		}
	}
	return reply, err
}
