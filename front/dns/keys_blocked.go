package dns

import (
	"errors"
	"time"

	"example.org/dorado/core/names"
)

// A blockage is that the keys of a zone could not be had when it was loaded. What is kept of it is served on, since its
// signatures are good without the keys; no next version is made, since it would be without signatures, and bogus.
type blockage struct {
	err   error
	since time.Time
}

func (z *served) isBlocked() bool { return z.blocked.Load() != nil }

// block notes whether the keys of a zone can be used, given what asking for them has said.
func (s *Server) block(z *served, err error) {
	was := z.blocked.Load()
	switch {
	case err == nil && was != nil:
		z.blocked.Store(nil)
		s.config.Log.Info("the keys of a zone can be used again; its publication goes on", "zone", z.name, "after", s.config.Now().Sub(was.since))
	case errors.Is(err, ErrKeys) && was == nil:
		z.blocked.Store(&blockage{err, s.config.Now()})
		s.config.Log.Error("a zone is not published, since its private keys cannot be used; what is kept of it is served as long as its signatures are good",
			"zone", z.name, "err", err)
	}
}

// unblock takes up a zone again whose keys can be used again, given what asking for them has said, and reports whether it
// did. The error is that of asking.
func (s *Server) unblock(z *served, now time.Time, err error) (was bool, _ error) {
	if was = z.isBlocked(); !was {
		return false, err
	}
	s.publishing.Lock()
	defer s.publishing.Unlock()
	z.tended = now
	if err == nil {
		s.block(z, nil)
		s.unsure = true // all is read again, and brought up to date
	}
	return true, err
}

// A Blocked is a zone that is not published, since its keys cannot be used.
type Blocked struct {
	Zone  names.Name
	Since time.Time
	Why   error
}

// Blocked returns the zones that are not published since their keys cannot be used.
func (s *Server) Blocked() []Blocked {
	var list []Blocked
	for _, z := range s.zones.list {
		if why := z.blocked.Load(); why != nil {
			list = append(list, Blocked{z.name, why.since, why.err})
		}
	}
	return list
}
