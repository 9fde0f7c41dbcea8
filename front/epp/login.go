package epp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// languages are those in which the server has its texts. RFC 5730 section 2.4.
func languages() []string { return []string{"en"} }

// login begins a session. RFC 5730 section 2.9.1.1, decisions 4.11.
func (s *session) login(ctx context.Context, req *request, svTRID string, limits policy.Limits) verdict {
	services := slices.Concat(req.login.objURIs, req.login.extURIs)
	if e := cmp.Or(
		s.hasNotBegun(),
		versionIsSpoken(req.login.version),
		languageIsSpoken(req.login.lang),
		servicesAreOffered(req.login),
		isAnnounced(req, services),
		req.refusal,
		passwordsAreInOnePlace(req.login, slices.Contains(req.login.extURIs, nsLoginSec)),
	); e != nil {
		return refused(e)
	}
	l, newPassword := s.presented(req.login, svTRID)
	if err := s.enter(ctx, l.Registrar); err != nil {
		return verdict{err: err}
	}
	r, err := s.service.Login(ctx, l)
	if err != nil {
		return s.loginFailed(ctx, failedLogin{r, req, err, svTRID}, limits)
	}
	free, begun, err := s.server.config.Seats.Begin(ctx, r.ID, s.service.SessionsAllowed(r))
	if err != nil {
		return verdict{err: err}
	}
	if !begun {
		return verdict{err: s.service.SessionsAreFew(r)}
	}
	s.registrar, s.announced, s.free = r.ID, services, free
	// The password is changed only now, so that a login that comes to nothing leaves the old one.
	if l.NewPassword, l.Again = newPassword, true; l.NewPassword != "" {
		if r, err = s.service.Login(ctx, l); err != nil {
			s.end()
			return s.loginFailed(ctx, failedLogin{r, req, err, svTRID}, limits)
		}
	}
	if req.login.events, err = s.service.LoginKept(ctx, r, l); err != nil {
		s.end()
		return verdict{err: err}
	}
	s.logBegun(svTRID, r.ID, l)
	return verdict{}
}

// logBegun logs a session with what is known of its client.
func (s *session) logBegun(svTRID string, who registry.RegistrarID, l flow.Login) {
	about := []any{"svTRID", svTRID, "registrar", who, "address", s.address}
	if l.Certificate != "" {
		about = append(about, "certificate", l.Certificate)
	}
	if l.Agent != (registry.UserAgent{}) {
		about = append(about, "agent", l.Agent)
	}
	s.server.config.Log.Info("EPP session began", about...)
}

// presented is what a client presents, without the new password, which is for later.
func (s *session) presented(said login, svTRID string) (l flow.Login, newPassword string) {
	pw, newPassword, agent := said.effective()
	l = flow.Login{
		Registrar: registry.RegistrarID(said.clID), Password: pw, Changing: newPassword != "", Long: said.isLong(),
		From: s.address, Certificate: s.certificate(), Agent: agent, SvTRID: svTRID,
	}
	if len(s.chain) > 0 {
		l.CertificateEnds = s.chain[0].NotAfter
	}
	return l, newPassword
}

// A failedLogin is a login that came to nothing, and why. Who it is, is known only if the password was right.
type failedLogin struct {
	who    registry.Registrar
	req    *request
	err    error
	svTRID string
}

// loginFailed counts wrong credentials, and ends the connection at the last that is allowed, or when
// the time for login is over.
func (s *session) loginFailed(ctx context.Context, f failedLogin, limits policy.Limits) verdict {
	var e *registry.Error
	if !errors.As(f.err, &e) {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return refused(&registry.Error{
				Code:   registry.CommandFailedClosing,
				Reason: fmt.Sprintf("the login was not complete %d seconds after the connection; try again later", limits.LoginSeconds),
			})
		}
		return verdict{err: f.err}
	}
	f.req.login.events = s.service.LoginFailedEvents(f.who, e)
	if e.Code != registry.Authentication {
		return refused(e)
	}
	s.failures++
	s.server.config.Log.Warn("EPP login refused", "svTRID", f.svTRID, "registrar", f.req.login.clID, "address", s.address,
		"check", cmp.Or(e.Private, e.Reason), "failures", s.failures)
	if s.failures < limits.LoginFailures {
		return refused(e)
	}
	last := *e
	last.Code = registry.AuthenticationClosing
	return refused(&last)
}

// certificate returns the fingerprint of the client certificate, empty if there is none that counts.
func (s *session) certificate() string {
	fingerprint, err := s.handshake.fingerprint(s.chain, time.Now())
	if err != nil {
		s.server.config.Log.Warn("EPP client certificate ignored", "address", s.address, "reason", err)
	}
	return fingerprint
}

func (s *session) hasNotBegun() *registry.Error {
	if !s.loggedIn() {
		return nil
	}
	return &registry.Error{Code: registry.CommandUse, Reason: "the session has begun; log out first, or open another connection"}
}

func versionIsSpoken(version string) *registry.Error {
	if version == "1.0" {
		return nil
	}
	return &registry.Error{
		Code: registry.UnimplementedVersion, Field: "version", Value: version, Reason: "this version is unknown; send version 1.0",
	}
}

func languageIsSpoken(lang string) *registry.Error {
	if slices.ContainsFunc(languages(), func(l string) bool { return strings.EqualFold(l, lang) }) {
		return nil
	}
	return &registry.Error{
		Code: registry.UnimplementedOption, Field: "lang", Value: lang,
		Reason: "there are no texts in this language; choose one of these: " + strings.Join(languages(), ", "),
	}
}

// servicesAreOffered refuses a login that announces what the greeting does not have.
func servicesAreOffered(l login) *registry.Error {
	for _, uri := range l.objURIs {
		if !slices.Contains(objectURIs(), uri) {
			return &registry.Error{
				Code: registry.UnimplementedService, Field: "objURI", Value: uri,
				Reason: "this server has no such objects; the greeting lists what it has",
			}
		}
	}
	for _, uri := range l.extURIs {
		if !slices.Contains(extensionURIs(), uri) {
			return &registry.Error{
				Code: registry.UnimplementedExt, Field: "extURI", Value: uri,
				Reason: "this server has no such extension; the greeting lists what it has",
			}
		}
	}
	return nil
}
