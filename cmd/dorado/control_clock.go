package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/flow"
)

// A clockMove asks for one movement: by a span, to an instant, or to the next thing that time does
// to a name. Exactly one is set.
type clockMove struct {
	Advance string `json:"advance,omitempty"`
	To      string `json:"to,omitempty"`
	Next    string `json:"next,omitempty"`
}

// A clockState is what the clock shows and, after a movement, what fell due on the way.
type clockState struct {
	Now     time.Time `json:"now"`
	Was     time.Time `json:"was"`
	Offset  string    `json:"offset"`
	Event   string    `json:"event,omitempty"` // what happens at Now, of a movement to the next thing
	Names   int       `json:"names"`           // that something was done to
	Renewed int       `json:"renewed"`

	Suspended   int `json:"suspended"`   // at expiry
	Deleted     int `json:"deleted"`     // into redemption, of names that were not renewed
	Transferred int `json:"transferred"` // approved since nobody answered
	Purged      int `json:"purged"`
	Contacts    int `json:"contacts"`  // that something was done to: moved, or no longer linked
	Forgotten   int `json:"forgotten"` // contacts that were purged

	Charges int    `json:"charges"` // posted
	Posted  string `json:"posted"`  // their sum, a decimal text
	Lapsed  int    `json:"lapsed"`  // emergency credits that ended
	Months  int    `json:"months"`  // that were closed

	Mails  int `json:"mails,omitempty"` // written, in a sandbox
	posted ledger.Money
}

var errFixedClock = mistake{errors.New("only the clock of dorado demo can be moved; this registry runs on real time")}

// errLostClock is for a demo that was cut off from its database, or slept, while another began there.
var errLostClock = mistake{errors.New("this demo has not the clock of its database just now; dorado nodes shows who has it. " +
	"If that stays so, restart this demo")}

func (h *house) showClock(context.Context, *http.Request, struct{}) (clockState, error) {
	now := h.core.clock.Now()
	return clockState{Now: now, Was: now, Offset: h.core.clock.Offset().String()}, nil
}

// moveClock moves the clock and returns when all that fell due is done: facts are written, charges
// posted, and the zone shows what is delegated now.
func (h *house) moveClock(ctx context.Context, _ *http.Request, move clockMove) (clockState, error) {
	if !h.movable {
		return clockState{}, errFixedClock
	}
	h.moving.Lock()
	defer h.moving.Unlock()
	if _, mine := h.node.lease(clockLease); !mine {
		return clockState{}, errLostClock
	}
	was := h.core.clock.Now()
	to, event, err := h.core.destination(ctx, move, was)
	if err != nil {
		return clockState{}, err
	}
	settled, months, err := h.engine.settleAfter(ctx, nil, func() error { return h.core.clock.moveTo(ctx, h.core.db, to) })
	if err != nil {
		return clockState{}, err
	}
	h.engine.poke()
	if err := h.makeFiles(ctx); err != nil {
		return clockState{}, err
	}
	if h.zones != nil {
		if err := h.zones.Publish(ctx); err != nil {
			return clockState{}, err
		}
	}
	h.flushMail(ctx)
	return newClockState(h.core.clock, was, event, settled, months), nil
}

// newClockState says what a clock shows after a movement, and what fell due on the way.
func newClockState(c *clock, was time.Time, event string, settled flow.Settled, months int) clockState {
	return clockState{
		Now: c.Now(), Was: was, Offset: c.Offset().String(), Event: event,
		Names: settled.Names, Renewed: settled.Renewed, Suspended: settled.Suspended, Deleted: settled.Deleted,
		Transferred: settled.Transferred, Purged: settled.Purged, Contacts: settled.Contacts, Forgotten: settled.Forgotten,
		Charges: settled.Charges, Posted: settled.Posted.String(), posted: settled.Posted, Lapsed: settled.Lapsed, Months: months,
	}
}

// destination returns where a movement leads, and what happens there if that is known.
func (r *registryCore) destination(ctx context.Context, move clockMove, now time.Time) (time.Time, string, error) {
	set := 0
	for _, text := range []string{move.Advance, move.To, move.Next} {
		if text != "" {
			set++
		}
	}
	if set != 1 {
		return time.Time{}, "", mistake{errors.New("say one of advance, to and next")}
	}
	switch {
	case move.Advance != "":
		by, err := parseSpan(move.Advance)
		if err != nil {
			return time.Time{}, "", mistake{err}
		}
		return now.Add(by), "", nil
	case move.To != "":
		to, err := parseInstant(move.To)
		if err != nil {
			return time.Time{}, "", mistake{err}
		}
		return to, "", nil
	}
	return r.nextOf(ctx, move.Next, now)
}

// nextOf finds the next thing that time does to a name.
func (r *registryCore) nextOf(ctx context.Context, text string, now time.Time) (time.Time, string, error) {
	name, err := names.ParseLookup(text)
	if err != nil {
		return time.Time{}, "", mistake{err}
	}
	reply, err := r.service.Ask(ctx, "", flow.Timeline{Name: name})
	if err != nil {
		return time.Time{}, "", err
	}
	found := reply.(flow.TimelineFound)
	next := found.Ahead[0] // a name that is registered expires or is purged
	return next.At, tellAhead(next, found.Currency), nil
}
