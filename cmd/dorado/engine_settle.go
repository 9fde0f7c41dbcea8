package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// What is due is settled in batches, the earliest first. A batch is small, since commands wait for it; between two
// of them, while there are more, the engine rests as long as the profile has it, so that a million names that
// fall due in one second, or a week's standstill, do not crowd out the registrars. A name or charge that cannot
// be settled is found, left alone for a while, and tried again.

// progressTime is how often a long catch-up is logged.
const progressTime = 30 * time.Second

// settle writes down everything that is due now.
func (e *engine) settle(ctx context.Context) (flow.Settled, error) {
	total, _, err := e.settleAfter(ctx, nil, func() error { return nil })
	return total, err
}

// settleAfter does what makes something due and writes that down before anybody else can, so that
// what it returns is all of it, but for what cannot be settled; and how many months were closed. It works at a pace, or at the
// engine's own where that is nil.
func (e *engine) settleAfter(ctx context.Context, p pacing, move func() error) (total flow.Settled, months int, err error) {
	e.turn.Lock()
	defer e.turn.Unlock()
	e.pace = p
	defer func() { e.pace = nil }()
	if err := move(); err != nil {
		return flow.Settled{}, 0, err
	}
	began := e.core.service.Clock()
	total, err = e.catchUp(ctx)
	if total != (flow.Settled{}) {
		e.log.Info("settled what was due", facts(total)...)
	}
	if err != nil {
		return total, 0, err
	}
	if err := e.tell(ctx); err != nil {
		return total, 0, err
	}
	closed, err := e.closeMonths(ctx) // before the last day of a month is sealed, in which it charges
	e.seal(ctx, began)
	return total, len(closed), err
}

// passTo moves a clock to an instant, day by day where something falls due, so that what happens on one day is done, told and
// closed before the next begins: a name is not led through all its years before the next one is looked at. Between two days,
// and between two batches of one, it keeps a pace.
func (e *engine) passTo(ctx context.Context, c *clock, to time.Time, p pacing) (total flow.Settled, months int, err error) {
	if err := c.canShow(to, time.Now().UTC()); err != nil {
		return total, 0, err
	}
	for at := c.Now(); at.Before(to); {
		reply, err := e.core.service.Ask(ctx, "", flow.NextDue{})
		if err != nil {
			return total, months, err
		}
		next := reply.(time.Time)
		if next.Before(at) { // what cannot be settled now
			next = at
		}
		step := to
		if end := next.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour); !reply.(time.Time).IsZero() && end.Before(to) {
			step = end
		}
		at = step
		settled, closed, err := e.settleAfter(ctx, p, func() error {
			if !step.After(c.Now()) { // it came while the day before was settled
				return nil
			}
			return c.moveTo(ctx, e.core.db, step)
		})
		total, months = total.Plus(settled), months+closed
		if err == nil && at.Before(to) {
			err = e.between(ctx, p)
		}
		if err != nil {
			return total, months, err
		}
	}
	return total, months, nil
}

// between is the pace between two days: the work of most is nothing to rest from.
func (e *engine) between(ctx context.Context, p pacing) error {
	if p == nil {
		return ctx.Err()
	}
	return p(ctx, 0, e.core.service.Terms().Limits.SettlePercent)
}

// facts are what a log line says of what was settled.
func facts(s flow.Settled) []any {
	return []any{
		"renewed", s.Renewed, "suspended", s.Suspended, "deleted", s.Deleted, "transferred", s.Transferred,
		"purged", s.Purged, "contacts", s.Forgotten, "charges", s.Charges, "posted", s.Posted.String(), "lapsed", s.Lapsed,
	}
}

// catchUp settles batch after batch until nothing is due.
func (e *engine) catchUp(ctx context.Context) (total flow.Settled, err error) {
	told := time.Now()
	size := e.core.service.Terms().Limits.SettledAtOnce
	for {
		limits := e.core.service.Terms().Limits
		began := time.Now()
		settled, err := e.batch(ctx, flow.Settle{Limit: size, Except: e.alone(began)})
		switch {
		case err == nil:
		case !e.ownFault(ctx, err):
			return total, err
		case size > 1: // one of them is at fault
			size /= 2
			continue
		default:
			if err := e.leaveAlone(ctx, err); err != nil {
				return total, err
			}
			continue
		}
		total = total.Plus(settled)
		if settled.Done(size) {
			e.recover(began)
			return total, nil
		}
		size = min(2*size, limits.SettledAtOnce)
		if time.Since(told) >= progressTime {
			told = time.Now()
			e.log.Info("settling what is due", facts(total)...)
		}
		if err := e.rest(ctx, time.Since(began)); err != nil {
			return total, err
		}
	}
}

// batch settles one batch. A panic is its fault, and not the end of the process that answers registrars.
func (e *engine) batch(ctx context.Context, cmd flow.Settle) (settled flow.Settled, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
			e.log.Error("settle what is due", "error", err, "stack", string(debug.Stack()))
		}
	}()
	reply, err := e.do(ctx, cmd)
	if err != nil {
		return flow.Settled{}, err
	}
	return reply.(flow.Settled), nil
}

// ownFault reports whether an error is that of something that was to be settled, and not of the database, of the
// lease, or of being asked to stop.
func (e *engine) ownFault(ctx context.Context, err error) bool {
	return ctx.Err() == nil && !errors.Is(err, registry.ErrFenced) && !errors.Is(err, registry.ErrUnavailable)
}

// longestWorkRest bounds the rest between two batches.
const longestWorkRest = 5 * time.Second

// rest waits so long after work that the work is a percentage of both.
func rest(ctx context.Context, worked time.Duration, percent int) error {
	pause := min(worked*time.Duration(100-percent)/time.Duration(percent), longestWorkRest)
	if pause <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
