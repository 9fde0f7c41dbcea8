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
	); e != nil {
		return refused(e)
	}
	l := flow.Login{
		Registrar: registry.RegistrarID(req.login.clID), Password: req.login.pw,
		From: s.address, Certificate: s.certificate(), SvTRID: svTRID,
	}
	r, err := s.server.config.Service.Login(ctx, l)
	if err != nil {
		return s.loginFailed(ctx, err, svTRID, limits)
	}
	free, begun, err := s.server.config.Seats.Begin(ctx, r.ID, s.server.config.Service.SessionsAllowed(r))
	if err != nil {
		return verdict{err: err}
	}
	if !begun {
		return verdict{err: s.server.config.Service.SessionsAreFew(r)}
	}
	s.registrar, s.announced, s.free = r.ID, services, free
	// The password is changed only now, so that a login that comes to nothing leaves the old one.
	if l.NewPassword, l.Again = req.login.newPW, true; l.NewPassword != "" {
		if _, err := s.server.config.Service.Login(ctx, l); err != nil {
			s.end()
			return s.loginFailed(ctx, err, svTRID, limits)
		}
	}
	s.server.config.Log.Info("EPP session began", "svTRID", svTRID, "registrar", r.ID, "address", s.address,
		"certificate", l.Certificate)
	return verdict{}
}

// loginFailed counts wrong credentials, and ends the connection at the last that is allowed, or when
// the time for login is over.
func (s *session) loginFailed(ctx context.Context, err error, svTRID string, limits policy.Limits) verdict {
	var e *registry.Error
	if !errors.As(err, &e) {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return refused(&registry.Error{
				Code:   registry.CommandFailedClosing,
				Reason: fmt.Sprintf("the login was not complete %d seconds after the connection; try again later", limits.LoginSeconds),
			})
		}
		return verdict{err: err}
	}
	if e.Code != registry.Authentication {
		return refused(e)
	}
	s.failures++
	s.server.config.Log.Warn("EPP login refused", "svTRID", svTRID, "address", s.address, "failures", s.failures)
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
