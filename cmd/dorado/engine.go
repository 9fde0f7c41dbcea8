package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

const (
	// tellBatch is how many registrars or names one transaction tells, or how many old messages it removes.
	tellBatch = 500
	// settlePause is the least time between two looks.
	settlePause = time.Second
	// clearBatch is how many entries of dropped price lists one transaction removes.
	clearBatch = 1000
	// longestRest bounds the sleep, since another node may have made something due earlier.
	longestRest = time.Minute
)

// An engine writes down what time has done, when it is due. Nothing that can be observed of a name
// depends on when it does so; balances, the zone and other objects do. Of the nodes that share a
// database the one that holds its lease does the work, and the others wait for it to end.
type engine struct {
	core  *registryCore
	lease func() (registry.Fence, bool) // under which it may work, if it may
	log   *slog.Logger
	pokes chan struct{}
	turn  sync.Mutex // one settlement at a time
	pace  pacing     // of who has the turn; nil: the engine's own; guarded by turn
	ails  ailments   // guarded by turn

	accounts ailments               // likewise, of whole registrars
	ailing   atomic.Pointer[string] // what health says of both

	warned    time.Time // by real time: when it was last looked which client certificates end soon; guarded by turn
	sealed    time.Time // the last day of the ledger that is known to be sealed; guarded by turn
	sealAgain time.Time // by real time, after a fault; guarded by turn
	books     books     // has a lock of its own
}

// A pacing is what is waited for between two pieces of work, of which the last took so long, where work may take some per cent
// of the time.
type pacing func(ctx context.Context, worked time.Duration, percent int) error

// rest leaves the database, and the processor, to others between two pieces of work; it is for who has the turn.
func (e *engine) rest(ctx context.Context, worked time.Duration) error {
	percent := e.core.service.Terms().Limits.SettlePercent
	if e.pace != nil {
		return e.pace(ctx, worked, percent)
	}
	return rest(ctx, worked, percent)
}

// engineLease is the lease of the engine.
const engineLease = "engine"

// noLease is for who works on a database that nobody else uses.
func noLease() (registry.Fence, bool) { return registry.Fence{}, true }

func newEngine(core *registryCore, lease func() (registry.Fence, bool)) *engine {
	return &engine{core: core, lease: lease, log: core.log.With("role", "engine"), pokes: make(chan struct{}, 1), ails: ailments{}, accounts: ailments{}}
}

// poke asks the engine to look again: the clock moved.
func (e *engine) poke() {
	select {
	case e.pokes <- struct{}{}:
	default:
	}
}

// run settles until the context ends.
func (e *engine) run(ctx context.Context) error {
	for ctx.Err() == nil {
		rest := settlePause
		if _, mine := e.lease(); !mine {
			e.sleep(ctx, settlePause)
			continue
		}
		if _, err := e.settle(ctx); err != nil {
			e.fault(ctx, err)
		} else if rest, err = e.untilDue(ctx); err != nil {
			e.fault(ctx, err)
			rest = settlePause
		}
		e.sleep(ctx, rest)
	}
	return nil
}

// fault logs what went wrong, unless the engine was asked to stop or another node has taken over.
func (e *engine) fault(ctx context.Context, err error) {
	if ctx.Err() == nil && !errors.Is(err, registry.ErrFenced) {
		e.log.Error("settle what is due; trying again", "error", err)
	}
}

// do runs a command of the engine's, while it may work.
func (e *engine) do(ctx context.Context, cmd flow.Command) (flow.Reply, error) {
	fence, mine := e.lease()
	if !mine {
		return nil, registry.ErrFenced
	}
	return e.core.service.Run(ctx, flow.Request{SvTRID: e.core.trid(), Fence: fence, Command: cmd})
}

// tell hands out the announcements that are due, and removes messages that nobody wanted.
func (e *engine) tell(ctx context.Context) error {
	messages, mails := 0, 0
	for {
		reply, err := e.do(ctx, flow.Tell{Limit: tellBatch})
		if err != nil {
			return err
		}
		told := reply.(flow.Told)
		if told.Done {
			break
		}
		messages += told.Messages
		mails += told.Mails
	}
	expired := 0
	for last := tellBatch; last == tellBatch; expired += last {
		reply, err := e.do(ctx, flow.PollExpire{Limit: tellBatch})
		if err != nil {
			return err
		}
		last = reply.(int)
	}
	if messages+mails+expired > 0 {
		e.log.Info("told registrars what was due", "messages", messages, "mails", mails, "expired", expired)
	}
	return cmp.Or(e.clearLists(ctx), e.warn(ctx))
}

// warnPause is the least time between two looks at the client certificates of all registrars.
const warnPause = time.Hour

// warn tells registrars of client certificates that end soon.
func (e *engine) warn(ctx context.Context) error {
	if time.Since(e.warned) < warnPause {
		return nil
	}
	warned := 0
	for last := tellBatch; last == tellBatch; warned += last {
		reply, err := e.do(ctx, flow.CertificateWarn{Limit: tellBatch})
		if err != nil {
			return err
		}
		last = reply.(int)
	}
	e.warned = time.Now()
	if warned > 0 {
		e.log.Info("warned registrars of client certificates that end soon", "registrars", warned)
	}
	return nil
}

// clearLists drops price lists whose import came to no end, and removes what dropped ones have.
func (e *engine) clearLists(ctx context.Context) error {
	cleared := 0
	for last := clearBatch; last == clearBatch; cleared += last {
		reply, err := e.do(ctx, flow.PriceListSweep{Limit: clearBatch})
		if err != nil {
			return err
		}
		last = reply.(int)
	}
	if cleared > 0 {
		e.log.Info("removed the entries of dropped price lists", "entries", cleared)
	}
	return nil
}

// untilDue returns how long nothing will be due.
func (e *engine) untilDue(ctx context.Context) (time.Duration, error) {
	reply, err := e.core.service.Ask(ctx, "", flow.NextDue{})
	if err != nil {
		return 0, err
	}
	next := reply.(time.Time)
	if next.IsZero() {
		return longestRest, nil
	}
	return min(max(next.Sub(e.core.clock.Now()), settlePause), longestRest), nil
}

// sleep rests, at least for the pause, until the time is over or somebody pokes.
func (e *engine) sleep(ctx context.Context, rest time.Duration) {
	wait := func(d time.Duration, pokes <-chan struct{}) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-pokes:
		case <-timer.C:
		}
	}
	wait(settlePause, nil)
	if rest > settlePause {
		wait(rest-settlePause, e.pokes)
	}
}
