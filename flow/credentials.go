package flow

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"example.org/dorado/core/registry"
)

// Credentials are what a registrar presents with one request over HTTPS: its id and its EPP password. Manual 6.8
// and 6.9, decisions 5.7.
type Credentials struct {
	Registrar registry.RegistrarID
	Password  string
	From      netip.Addr
}

// Authenticate verifies credentials. The address list of EPP does not hold: what is behind HTTPS stands beside the
// console, which the manual (4.2.1) leaves open to every address, and people in accounting sit elsewhere than
// servers do. Wrong passwords count where those of EPP do, so that nobody guesses at two doors; who is on no list of
// the registrar shares a limit with all others outside, and takes neither room nor processors from EPP's logins.
//
// A registrar that there is not costs the same work as a wrong password. What is refused after the password was right
// says why.
func (s *Service) Authenticate(ctx context.Context, k Credentials) (registry.Registrar, error) {
	r, err := s.presented(ctx, k)
	if err != nil {
		return registry.Registrar{}, err
	}
	g := s.webGuesser(k, r)
	leave, err := s.Passwords.queue(g, s.Passwords.Remembers(k.Password, r.Password))
	if err != nil {
		return registry.Registrar{}, err
	}
	defer leave()
	matches, err := s.verify(ctx, g, k.Password, r.Password)
	if err != nil {
		return registry.Registrar{}, err
	}
	if rule := credentialsAreRight(matches); rule.Refusal != nil {
		rule.Refusal.Private = "wrong password"
		if g.nobody {
			rule.Refusal.Private = "unknown registrar id"
		}
		return registry.Registrar{}, rule.Refusal
	}
	ends := s.Terms().Limits.PasswordEnds(r.PasswordChanged)
	if err := check(registrarIsActive(r), passwordIsFresh(ends, s.Clock(), false)); err != nil {
		return registry.Registrar{}, err
	}
	return r, nil
}

// presented returns the registrar that credentials name, or none. What this node remembers will do while the password
// is that of before; else it is read, since another node may have changed it a moment ago.
func (s *Service) presented(ctx context.Context, k Credentials) (r registry.Registrar, err error) {
	if !registrarID.MatchString(string(k.Registrar)) {
		return registry.Registrar{}, nil
	}
	if memory, ok := s.Store.(recaller); ok {
		if r, known := memory.Recall(k.Registrar); known && s.Passwords.Remembers(k.Password, r.Password) {
			return r, nil
		}
	}
	err = s.Store.View(ctx, func(reader registry.Reader) error {
		r, _, err = reader.Registrar(k.Registrar)
		return err
	})
	return r, err
}

// webGuesser is who presents credentials over HTTPS. Registrars that there are not share some guessers, so that they
// are limited like others and yet leave no more behind than those.
func (s *Service) webGuesser(k Credentials, r registry.Registrar) guesser {
	g := guesserOf(r, Login{From: k.From})
	if r.ID == "" {
		g.registrar = registry.RegistrarID("nobody " + strconv.Itoa(int(s.Passwords.memory(string(k.Registrar), "")[0])))
		g.nobody, g.outside = true, true
		return g
	}
	g.outside = !slices.ContainsFunc(r.Networks, func(p netip.Prefix) bool { return p.Contains(k.From.Unmap()) })
	return g
}

// mostOutside is how many from outside wait at once for their passwords to be verified; one more has to come again.
// One takes some hundredths of a second.
const mostOutside = 64

// queue lets somebody in to have a password verified. Who has been verified and those on a list of the registrar
// need not wait for those from outside.
func (p *Passwords) queue(g guesser, remembered bool) (leave func(), err error) {
	if !g.outside || remembered || p.sources.has(g) {
		return func() {}, nil
	}
	if p.outside.Add(1) > mostOutside {
		p.outside.Add(-1)
		return nil, fmt.Errorf("verify a password from outside: %w: %d wait already", registry.ErrUnavailable, mostOutside)
	}
	return func() { p.outside.Add(-1) }, nil
}
