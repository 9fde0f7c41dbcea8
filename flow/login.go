package flow

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"
	"unicode/utf8"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// Login is what a registrar's client presents to begin a session. RFC 5730 section 2.9.1.1, manual
// 9.6, decisions 4.1.
type Login struct {
	Registrar   registry.RegistrarID
	Password    string
	NewPassword string // empty leaves it
	From        netip.Addr
	Certificate string // SHA-256 fingerprint of the client certificate, lower-case hex; empty if none
	AnyAddress  bool   // of the test environment, which has no address list. Manual 9.3
	Again       bool   // it has counted as a login before. Decisions 4.5
	SvTRID      string

	Agent           registry.UserAgent // what the client says of itself
	CertificateEnds time.Time          // of the certificate that the client showed; zero if it showed none
	Changing        bool               // a new password comes with the login, if not in NewPassword yet
	Long            bool               // the new password came in the login security extension, so it may be long
}

// The lengths of a password, in characters. RFC 5730 section 4.2, pwType. Policy says how much longer those of
// the login security extension may be.
const (
	minPassword = 6
	maxPassword = 16
)

// PasswordElsewhere stands for a password that is in the login security extension. It cannot be one. RFC 8807
// section 3.2.
const PasswordElsewhere = "[LOGIN-SECURITY]"

// Login verifies who begins a session and changes the password if a new one is given. With an error it
// returns a registrar only if the password was right. Every
// refusal but that of a bad new password has one and the same reason, so that nobody learns which
// part of a guess was right.
func (s *Service) Login(ctx context.Context, l Login) (registry.Registrar, error) {
	var r registry.Registrar
	err := s.Store.View(ctx, func(reader registry.Reader) error {
		var err error
		r, _, err = reader.Registrar(l.Registrar)
		return err
	})
	if err != nil {
		return registry.Registrar{}, err
	}
	// Before the password, which costs time and memory that a stranger must not take.
	if err := check(registrarMayConnect(r, l)); err != nil {
		return registry.Registrar{}, err
	}
	matches, err := s.verify(ctx, guesserOf(r, l), l.Password, r.Password)
	if err != nil {
		return registry.Registrar{}, err
	}
	if rule := credentialsAreRight(matches); rule.Refusal != nil {
		rule.Refusal.Private = "wrong password"
		return registry.Registrar{}, rule.Refusal
	}
	limits := s.Terms().Limits
	if err := check(
		passwordIsFresh(limits.PasswordEnds(r.PasswordChanged), s.Clock(), l.Changing || l.NewPassword != ""),
		newPasswordIsLegal(limits, l),
	); err != nil {
		return r, err
	}
	// Only now: what the operator says to a registrar is not for others.
	if err := s.loginIsFair(ctx, r, l); err != nil {
		return registry.Registrar{}, err
	}
	if l.NewPassword == "" {
		return r, nil
	}
	if err := s.changePassword(ctx, l, r.Password); err != nil {
		return registry.Registrar{}, err
	}
	r.PasswordChanged = s.Clock()
	return r, nil
}

// loginIsFair counts a login against the limits on logins.
func (s *Service) loginIsFair(ctx context.Context, r registry.Registrar, l Login) error {
	if s.Fairness == nil || l.Again {
		return nil
	}
	return s.isFair(ctx, r, policy.Load{Command: "login"})
}

// changePassword replaces the password if it is still the one that was verified, and remembers the new one, which
// needs no verifying.
func (s *Service) changePassword(ctx context.Context, l Login, verified string) error {
	hash, err := s.Passwords.Hash(ctx, l.NewPassword)
	if err != nil {
		return err
	}
	_, err = s.Run(ctx, Request{
		Registrar: l.Registrar, SvTRID: l.SvTRID,
		Command: PasswordChange{Registrar: l.Registrar, From: verified, To: hash},
	})
	if err == nil {
		s.Passwords.remember(s.Passwords.memory(l.NewPassword, hash))
	}
	return err
}

// credentialsAreRight holds for the password of a registrar that may log in from where it is. Decisions
// 4.11.
func credentialsAreRight(right bool) Rule {
	return refuseIf("credentialsAreRight", !right, registry.Error{
		Code:   registry.Authentication,
		Reason: "the registrar id or the password is wrong, or the login is not allowed from this address; see the account's settings",
	})
}

// registrarMayConnect holds for an active registrar that shows a registered certificate or comes
// from an address on its list. Decisions 4.1.
func registrarMayConnect(r registry.Registrar, l Login) Rule {
	listed := l.AnyAddress || slices.ContainsFunc(r.Networks, func(p netip.Prefix) bool {
		return p.Contains(l.From.Unmap())
	})
	certified := l.Certificate != "" && slices.Contains(r.Certificates, l.Certificate)
	rule := credentialsAreRight(r.ID != "" && !r.Suspended && (listed || certified))
	if rule.Refusal != nil {
		rule.Refusal.Private = whyNotConnected(r, l)
	}
	return rule
}

// whyNotConnected says for the operator's log which part of a login that may not connect was wrong.
func whyNotConnected(r registry.Registrar, l Login) string {
	switch {
	case r.ID == "":
		return "unknown registrar id"
	case r.Suspended:
		return "the registrar is suspended"
	case l.Certificate == "":
		return "the address is not on its list, and no certificate counts"
	}
	return "the address is not on its list, and the certificate is not registered"
}

// newPasswordIsLegal holds for a password of a possible length, as long as the login security extension lets it
// be where it came in that.
func newPasswordIsLegal(limits policy.Limits, l Login) Rule {
	most, length := maxPassword, utf8.RuneCountInString(l.NewPassword)
	if l.Long {
		most = max(most, limits.PasswordCharacters)
	}
	legal := l.NewPassword == "" || minPassword <= length && length <= most && l.NewPassword != PasswordElsewhere
	return refuseIf("newPasswordIsLegal", !legal, registry.Error{
		Code: registry.ParameterSyntax, Field: "newPW",
		Reason: fmt.Sprintf("this cannot be a password; one has %d to %d characters and is not %s", minPassword, most, PasswordElsewhere),
	})
}

// PasswordChange replaces a registrar's EPP password hash, if it is still From.
type PasswordChange struct {
	Registrar registry.RegistrarID
	From, To  string
}

// Subject is registrar:password; session commands are not in the transaction log. Manual 9.8.
func (cmd PasswordChange) Subject() Subject {
	return Subject{Command: "password", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run replaces the password.
func (cmd PasswordChange) Run(c *Call) (Reply, registry.Changes, error) {
	r, found := c.RegistrarByID(cmd.Registrar)
	if err := c.check(credentialsAreRight(found && r.Password == cmd.From)); err != nil {
		return nil, registry.Changes{}, err
	}
	r.Version++
	r.Password, r.PasswordChanged = cmd.To, c.Now
	return nil, registry.Changes{Registrars: []registry.Registrar{r}}, nil
}
