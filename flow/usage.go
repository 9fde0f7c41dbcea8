package flow

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"example.org/dorado/core/registry"
)

// Usages keep what registrars asked for each day, on all nodes together.
type Usages interface {
	// AddUsage adds to a registrar's day and returns the day as it then is.
	AddUsage(context.Context, registry.DayOfUse) (registry.DayOfUse, error)
	// FlagUsage flags a registrar's day unless it is flagged, and reports whether it did.
	FlagUsage(context.Context, registry.DayOfUse) (bool, error)
	// UsageOf returns a registrar's days from one on, the latest first.
	UsageOf(context.Context, registry.RegistrarID, time.Time) ([]registry.DayOfUse, error)
	// SweepUsage removes days before one, and buckets in which nothing is spent any more.
	SweepUsage(ctx context.Context, before, now time.Time) error
}

// tallies count what registrars ask for until it is kept. The zero tallies is empty; there are no more
// than registrars.
type tallies struct {
	mu   sync.RWMutex
	list map[registry.RegistrarID]*tally
}

// A tally is what has not been kept yet.
type tally struct{ checks, failed, registered atomic.Int64 }

func (t *tallies) of(id registry.RegistrarID) *tally {
	t.mu.RLock()
	one, ok := t.list[id]
	t.mu.RUnlock()
	if ok {
		return one
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.list == nil {
		t.list = map[registry.RegistrarID]*tally{}
	}
	if one, ok = t.list[id]; !ok {
		one = new(tally)
		t.list[id] = one
	}
	return one
}

// all returns the tallies of this moment.
func (t *tallies) all() map[registry.RegistrarID]*tally {
	t.mu.RLock()
	defer t.mu.RUnlock()
	list := make(map[registry.RegistrarID]*tally, len(t.list))
	for id, one := range t.list {
		list[id] = one
	}
	return list
}

// countCommand counts a create of a domain by how it ended.
func (s *Service) countCommand(req Request, refused bool) {
	if s.Fairness == nil || req.Registrar == "" {
		return
	}
	switch subject := req.Command.Subject(); {
	case subject.Command != "create" || subject.Object != "domain":
	case refused:
		s.Fairness.tallies.of(req.Registrar).failed.Add(1)
	default:
		s.Fairness.tallies.of(req.Registrar).registered.Add(1)
	}
}

// A day of use is a UTC day of real time, since it is about the load of machines.
func dayOf(real time.Time) time.Time { return real.UTC().Truncate(24 * time.Hour) }

// daysKept is how long days of use are kept.
const daysKept = 400

// KeepUsage adds what this node has counted since the last time to the days of the registrars, and
// returns those days that it found excessive and flagged, once for each registrar and day. A flag
// limits nothing by itself. Manual 9.9.1, decisions 4.5.
//
// It is called every few seconds and at the end: what is counted meanwhile goes to the day of the call,
// and a node that is killed loses it. What could not be kept is counted the next time; where only the
// answer to it was lost, twice.
func (s *Service) KeepUsage(ctx context.Context) (flagged []registry.DayOfUse, err error) {
	if s.Fairness == nil || s.Usages == nil {
		return nil, nil
	}
	for id, t := range s.Fairness.tallies.all() {
		u := registry.DayOfUse{
			Registrar: id, Day: dayOf(s.Real()), Checks: t.checks.Swap(0), FailedCreates: t.failed.Swap(0), Registered: t.registered.Swap(0),
		}
		if u.Checks+u.FailedCreates+u.Registered == 0 {
			continue
		}
		sum, err := s.Usages.AddUsage(ctx, u)
		if err != nil {
			t.checks.Add(u.Checks)
			t.failed.Add(u.FailedCreates)
			t.registered.Add(u.Registered)
			return flagged, err
		}
		one, err := s.flag(ctx, sum)
		if err != nil {
			return flagged, err
		}
		flagged = append(flagged, one...)
	}
	return flagged, nil
}

// flag flags a day that is excessive and not flagged yet, and returns it if it did.
func (s *Service) flag(ctx context.Context, u registry.DayOfUse) ([]registry.DayOfUse, error) {
	why := s.Terms().Limits.Excessive(u)
	if why == "" || !u.Flagged.IsZero() {
		return nil, nil
	}
	u.Flagged, u.Flag = s.Real().UTC(), why
	first, err := s.Usages.FlagUsage(ctx, u)
	if err != nil || !first {
		return nil, err
	}
	return []registry.DayOfUse{u}, nil
}

// SweepUsage forgets what nobody needs any more: old days, chunks and cached answers that have ended, and
// buckets in which nothing is spent.
func (s *Service) SweepUsage(ctx context.Context) error {
	if s.Fairness == nil || s.Usages == nil {
		return nil
	}
	now := s.Real()
	s.Fairness.sweep(now)
	s.Passwords.wrong.sweep(now)
	s.Fairness.guesses.wrong.sweep(now)
	s.Fairness.answers.sweep(now.Add(-cachedAge))
	return s.Usages.SweepUsage(ctx, dayOf(now).AddDate(0, 0, -daysKept), now)
}

// UsageOf returns a registrar's days of use of the last so many days, today with them, the latest first.
func (s *Service) UsageOf(ctx context.Context, id registry.RegistrarID, days int) ([]registry.DayOfUse, error) {
	if s.Usages == nil {
		return nil, nil
	}
	return s.Usages.UsageOf(ctx, id, dayOf(s.Real()).AddDate(0, 0, 1-days))
}
