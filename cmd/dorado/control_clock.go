package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
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
	Event   string    `json:"event,omitempty"` // what happens at Now in words, of a movement to the next thing
	Names   int       `json:"names"`           // that something was done to
	Renewed int       `json:"renewed"`

	Code lifecycle.Occasion `json:"eventCode,omitempty"` // the same for programs

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

	Mails  *int `json:"mails,omitempty"` // written, of a sandbox that was moved; production's are sent
	posted ledger.Money
}

var errFixedClock = mistake{errors.New("only the clock of dorado demo can be moved; this registry runs on real time")}

// errLostClock is for a demo that was cut off from its database, or slept, while another began there.
var errLostClock = mistake{errors.New("this demo has not the clock of its database just now; dorado nodes shows who has it. " +
	"If that stays so, restart this demo")}

func (h *house) showClock(context.Context, *http.Request, struct{}) (clockState, error) {
	return standing(h.core.clock), nil
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
	to, err := h.core.destination(ctx, move, was)
	if err != nil || to.stays {
		return standing(h.core.clock), err
	}
	settled, months, err := h.engine.settleAfter(ctx, nil, func() error { return h.core.clock.moveTo(ctx, h.core.db, to.at) })
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
	return newClockState(h.core.clock, was, to, settled, months), nil
}

// standing is what a clock shows that was not moved.
func standing(c *clock) clockState {
	now := c.Now()
	state := newClockState(c, now, nowhere, flow.Settled{}, 0)
	state.Now = now
	return state
}

// newClockState says what a clock shows after a movement, and what fell due on the way.
func newClockState(c *clock, was time.Time, to arrival, settled flow.Settled, months int) clockState {
	return clockState{
		Now: c.Now(), Was: was, Offset: c.Offset().String(), Event: to.event, Code: to.code,
		Names: settled.Names, Renewed: settled.Renewed, Suspended: settled.Suspended, Deleted: settled.Deleted,
		Transferred: settled.Transferred, Purged: settled.Purged, Contacts: settled.Contacts, Forgotten: settled.Forgotten,
		Charges: settled.Charges, Posted: settled.Posted.String(), posted: settled.Posted, Lapsed: settled.Lapsed, Months: months,
	}
}

// An arrival is where a movement leads.
type arrival struct {
	at    time.Time
	stays bool               // there is nothing to do: the clock has just shown that instant
	event string             // what happens then, in words; empty where that is not known
	code  lifecycle.Occasion // the same for programs
}

var nowhere arrival

// passedJust is for how long an instant that the clock showed is still now. Whoever reads the clock and sends back what it
// showed, cut to the second, means to move nothing; and meanwhile the clock has gone on.
const passedJust = 2 * time.Second

// destination returns where a movement leads, and what happens there if that is known.
func (r *registryCore) destination(ctx context.Context, move clockMove, now time.Time) (arrival, error) {
	set := 0
	for _, text := range []string{move.Advance, move.To, move.Next} {
		if text != "" {
			set++
		}
	}
	if set != 1 {
		return nowhere, mistake{errors.New("say one of advance, to and next")}
	}
	switch {
	case move.Advance != "":
		to, err := parsePassage(move.Advance, now)
		if err != nil {
			return nowhere, mistake{err}
		}
		return arrival{at: to}, nil
	case move.To != "":
		to, err := parseInstant(move.To)
		if err != nil {
			return nowhere, mistake{err}
		}
		if now.After(to) && now.Sub(to) < passedJust {
			return arrival{at: now, stays: true}, nil
		}
		return arrival{at: to}, nil
	}
	return r.nextOf(ctx, move.Next, now)
}

// nextOf finds the next thing that time does to a name.
func (r *registryCore) nextOf(ctx context.Context, text string, now time.Time) (arrival, error) {
	name, err := names.ParseLookup(text)
	if err != nil {
		return nowhere, mistake{err}
	}
	reply, err := r.service.Ask(ctx, "", flow.Timeline{Name: name})
	if err != nil {
		return nowhere, err
	}
	found := reply.(flow.TimelineFound)
	next := found.Ahead[0] // a name that is registered expires or is purged
	return arrival{at: next.At, event: tellAhead(next, found.Currency), code: next.What}, nil
}
