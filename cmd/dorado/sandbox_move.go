package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"example.org/dorado/core/registry"
)

// move moves the clock and returns when all that fell due is done, mails and messages with it.
func (s *sandbox) move(ctx context.Context, m clockMove) (clockState, error) {
	give, err := s.takeTurn(ctx)
	if err != nil {
		return clockState{}, err
	}
	defer give()
	turn, err := s.all.turns.begin(ctx)
	if err != nil {
		s.all.counts.refuse(err, refusedBusy)
		return clockState{}, err
	}
	defer turn.end()
	o, leave, err := s.enter(ctx)
	if err != nil {
		return clockState{}, err
	}
	defer leave()
	if err := s.hasRoom(); err != nil {
		s.all.counts.refuse(err, refusedFull)
		return clockState{}, err
	}
	was := s.clock.Now()
	to, err := o.core.destination(ctx, m, was)
	if err == nil {
		err = isWithin(to.at, was)
	}
	if err != nil || to.stays {
		return standing(s.clock), notMoved(m, err)
	}
	mails := s.countMails()
	// From here on it is done to its end, also where whoever asked has gone; but for the end of the process, and of the lease.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sandboxMoveTime)
	defer cancel()
	defer o.engine.poke()
	s.all.counts.movements.Add(1)
	settled, months, err := o.engine.passTo(ctx, s.clock, to.at, s.all.underLease(turn.rest))
	if err != nil {
		return clockState{}, notMoved(m, err)
	}
	o.mail.Flush(ctx)
	state := newClockState(s.clock, was, to, settled, months)
	written := max(s.countMails()-mails, 0)
	state.Mails = &written
	return state, s.pruneMails()
}

// isWithin refuses a movement that is too long, and one beyond all that a sandbox may be moved.
func isWithin(to, was time.Time) error {
	latest := time.Now().UTC().Add(maxOffset)
	switch {
	case to.After(was.AddDate(sandboxYears, 0, 0)):
		return mistake{fmt.Errorf("a sandbox's clock is moved by %d years at most at a time; move it several times", sandboxYears)}
	case to.After(latest):
		return mistake{fmt.Errorf("a sandbox's clock can be moved up to 100 years ahead of real time, to %s at the latest; reset the sandbox, which brings it back to real time, without its data",
			latest.Format(time.DateOnly))}
	}
	return nil
}

// underLease is a pace that ends where the lease has passed on: another node may have the sandbox by now.
func (a *sandboxes) underLease(pace pacing) pacing {
	began, _ := a.lease()
	return func(ctx context.Context, worked time.Duration, percent int) error {
		if held, mine := a.lease(); !mine || held != began {
			return errMovementEnds
		}
		return pace(ctx, worked, percent)
	}
}

// sandboxMoveTime bounds a movement that nobody waits for any more. Most of it may be others' turns.
const sandboxMoveTime = 30 * time.Minute

// hasRoom refuses what would make a sandbox larger that is nearly full.
func (s *sandbox) hasRoom() error {
	info, err := os.Stat(filepath.Join(s.dir, sandboxDatabase))
	if err == nil && info.Size() > sandboxBytes/10*9 {
		return refuse(registry.StatusProhibits, "the sandbox %s has %d MB of the %d that it may have; reset it", s.name, info.Size()>>20, sandboxBytes>>20)
	}
	return err
}

// notMoved says of a mistake, if there is one, what of the movement it is about.
func notMoved(m clockMove, err error) error {
	if told, ok := errors.AsType[mistake](err); ok {
		refusal := refuse(registry.ParameterRange, "%s", told.Error())
		refusal.Field = map[bool]string{m.To != "": "to", m.Next != "": "next", m.Advance != "": "advance"}[true]
		return refusal
	}
	if refusal, ok := errors.AsType[*registry.Error](err); ok { // of the name
		told := *refusal
		told.Field = "next"
		return &told
	}
	return err
}

// shows returns what the clock shows.
func (s *sandbox) shows(ctx context.Context) (clockState, error) {
	_, leave, err := s.enter(ctx) // which has loaded it
	if err != nil {
		return clockState{}, err
	}
	defer leave()
	return standing(s.clock), nil
}

// sandboxYears bounds one movement of a clock, since all that falls due on the way is done at once.
const sandboxYears = 11
