package flow

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"example.org/dorado/core/registry"
)

// Logins keep a record of each registrar's logins, on all nodes together. There are no more records than
// registrars.
type Logins interface {
	LastLogin(context.Context, registry.RegistrarID) (registry.LoginRecord, error)
	// KeepLogin keeps a login that succeeded, and forgets what failed before it.
	KeepLogin(context.Context, registry.RegistrarID, registry.LoginRecord) error
	// CountWrongPassword counts a login that failed.
	CountWrongPassword(context.Context, registry.RegistrarID, time.Time) error
}

// A LoginEvent is something about a login that its client should know. RFC 8807 section 3.1.
type LoginEvent struct {
	Type     string // password, certificate, newPW or stat
	Name     string // of a stat
	Failed   bool   // what it tells of has gone wrong already; else it will
	Expires  time.Time
	Value    string // of a stat
	Duration time.Duration
	Says     string
}

// LoginKept keeps a login that succeeded, for the operator and for the next one, and returns what its client
// should know: a password or a certificate that ends, and how many wrong passwords came since the last login.
// Of the cipher and the protocol of TLS there is nothing to tell, since none that is weak is spoken.
func (s *Service) LoginKept(ctx context.Context, r registry.Registrar, l Login) ([]LoginEvent, error) {
	events := append(s.passwordEvents(r), s.certificateEvents(l)...)
	if s.Logins == nil {
		return events, nil
	}
	last, err := s.Logins.LastLogin(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if last.Failures > 0 {
		events = append(events, failedLogins(last))
	}
	login := registry.LoginRecord{At: s.Real(), From: l.From.Unmap(), Agent: l.Agent}
	if sameLogin(last, login) {
		return events, nil
	}
	return events, s.Logins.KeepLogin(ctx, r.ID, login)
}

// loginResolution is how long a login stands for others that are the same: a registrar's hundred sessions come
// at once, and need not be written down one by one.
const loginResolution = time.Minute

func sameLogin(last, login registry.LoginRecord) bool {
	return last.Failures == 0 && last.From == login.From && last.Agent == login.Agent &&
		login.At.Sub(last.At) < loginResolution && !login.At.Before(last.At)
}

// passwordEvents warn of a password that ends soon, where the profile lets passwords end.
func (s *Service) passwordEvents(r registry.Registrar) []LoginEvent {
	limits, now := s.Terms().Limits, s.Clock()
	ends := limits.PasswordEnds(r.PasswordChanged)
	switch {
	case ends.IsZero() || now.Before(ends.AddDate(0, 0, -int(limits.WarningDays))):
		return nil
	case now.Before(ends):
		return []LoginEvent{{Type: "password", Expires: ends, Says: "The password will expire; change it with newPW."}}
	}
	return []LoginEvent{{Type: "password", Failed: true, Expires: ends, Says: "The password has expired; change it with newPW."}}
}

// certificateEvents warn of a client certificate that ends soon or has ended.
func (s *Service) certificateEvents(l Login) []LoginEvent {
	ends, now := l.CertificateEnds, s.Real()
	switch {
	case ends.IsZero() || now.Before(ends.AddDate(0, 0, -int(s.Terms().Limits.WarningDays))):
		return nil
	case now.Before(ends):
		return []LoginEvent{{Type: "certificate", Expires: ends, Says: "The client certificate will expire; register another."}}
	}
	return []LoginEvent{{Type: "certificate", Failed: true, Expires: ends, Says: "The client certificate has expired and counts for nothing; register another."}}
}

// failedLogins tells of the wrong passwords since the last login, or since the first of them.
func failedLogins(last registry.LoginRecord) LoginEvent {
	e := LoginEvent{
		Type: "stat", Name: "failedLogins", Value: strconv.Itoa(last.Failures),
		Says: fmt.Sprintf("Wrong passwords since the last login: %d, the latest at %s.", last.Failures, last.FailedAt.UTC().Format(time.RFC3339)),
	}
	if !last.At.IsZero() {
		e.Duration = last.FailedAt.Sub(last.At)
	}
	return e
}

// LoginFailedEvents returns what the client of a login that failed should know, given why it failed.
func (s *Service) LoginFailedEvents(r registry.Registrar, e *registry.Error) []LoginEvent {
	switch e.Rule {
	case "passwordIsFresh":
		return s.passwordEvents(r)
	case "newPasswordIsLegal":
		return []LoginEvent{{Type: "newPW", Failed: true, Says: "The new password was refused; " + e.Reason + "."}}
	}
	return nil
}

// passwordIsFresh holds for a password that has not expired, where the profile lets passwords expire, and for
// a login that changes it.
func passwordIsFresh(ends, now time.Time, changing bool) Rule {
	return refuseIf("passwordIsFresh", !ends.IsZero() && !now.Before(ends) && !changing, registry.Error{
		Code: registry.Authentication, Field: "pw",
		Reason: "the password has expired; send a new one in newPW",
	})
}
