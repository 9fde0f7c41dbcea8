package flow

import (
	"context"
	"net/netip"

	"example.org/dorado/core/registry"
)

// FilesLogin is what a registrar's client presents to fetch files: the registrar's id, and the password that is for files
// alone. Manual 4.3.1, decisions 6.4.
type FilesLogin struct {
	Registrar registry.RegistrarID
	Password  string
	From      netip.Addr
}

// FilesLogin verifies who fetches files. The list of addresses is that of EPP; wrong passwords count as there, but apart
// from those, so that a program that has the wrong one here keeps nobody from EPP, and no login there is told of it. A registrar that has set no password
// for files has none that is right. Every refusal has the same reason.
func (s *Service) FilesLogin(ctx context.Context, l FilesLogin) (registry.Registrar, error) {
	var r registry.Registrar
	err := s.Store.View(ctx, func(reader registry.Reader) error {
		var err error
		r, _, err = reader.Registrar(l.Registrar)
		return err
	})
	if err != nil {
		return registry.Registrar{}, err
	}
	from := Login{Registrar: l.Registrar, From: l.From}
	if err := check(registrarMayConnect(r, from)); err != nil { // before the password, as with EPP
		return registry.Registrar{}, err
	}
	g := guesserOf(r, from)
	g.files = true
	matches, err := s.verify(ctx, g, l.Password, r.FilesPassword)
	if err != nil {
		return registry.Registrar{}, err
	}
	if rule := credentialsAreRight(matches); rule.Refusal != nil {
		rule.Refusal.Private = "wrong password for files"
		return registry.Registrar{}, rule.Refusal
	}
	return r, nil
}
