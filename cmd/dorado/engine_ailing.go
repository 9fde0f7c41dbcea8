package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// What cannot be settled is left alone, so that the rest goes on: one name or charge at first, and all that is a
// registrar's once very much of it ails, since then it is its account that does. What is left alone is told by the
// engine's health.

// An ailment is why something is left alone, until when, and for how long.
type ailment struct {
	registrar registry.RegistrarID
	until     time.Time // by real time
	pause     time.Duration
}

// ailments are the names and charges that could not be settled, by name or id, or the registrars, by id.
type ailments map[string]ailment

// What cannot be settled is tried again after a pause, which doubles each time.
const (
	firstPause   = time.Minute
	longestPause = time.Hour
	mostAilments = 100 // of one registrar: beyond, it is not a name that ails
	mostAccounts = 20  // beyond, it is not an account that ails
)

// except returns what is left alone at an instant, in order.
func (a ailments) except(now time.Time) []string {
	var list []string
	for id, ail := range a {
		if ail.until.After(now) {
			list = append(list, id)
		}
	}
	slices.Sort(list)
	return list
}

// add leaves something alone for a while, and returns how long.
func (a ailments) add(thing flow.DueThing, now time.Time) time.Duration {
	ail := a[thing.ID]
	ail.registrar = thing.Registrar
	ail.pause = min(max(firstPause, 2*ail.pause), longestPause)
	ail.until = now.Add(ail.pause)
	a[thing.ID] = ail
	return ail.pause
}

// of counts what a registrar has.
func (a ailments) of(id registry.RegistrarID) int {
	n := 0
	for _, ail := range a {
		if ail.registrar == id {
			n++
		}
	}
	return n
}

// alone returns what is left alone at an instant.
func (e *engine) alone(now time.Time) flow.LeftAlone {
	left := flow.LeftAlone{Things: e.ails.except(now)}
	for _, id := range e.accounts.except(now) {
		left.Registrars = append(left.Registrars, registry.RegistrarID(id))
	}
	return left
}

// recover drops what was tried again at an instant, with success. What a registrar has that is left alone was not.
func (e *engine) recover(now time.Time) {
	for id, ail := range e.accounts {
		if !ail.until.After(now) {
			delete(e.accounts, id)
		}
	}
	for id, ail := range e.ails {
		if _, alone := e.accounts[string(ail.registrar)]; !alone && !ail.until.After(now) {
			delete(e.ails, id)
		}
	}
	e.tellAiling()
}

// leaveAlone finds what is due first, which alone could not be settled, and has it left alone, or all that is its
// registrar's.
func (e *engine) leaveAlone(ctx context.Context, cause error) error {
	now := time.Now()
	reply, err := e.core.service.Ask(ctx, "", flow.FirstDue{Except: e.alone(now)})
	if err != nil {
		return errors.Join(cause, err)
	}
	thing := reply.(flow.DueThing)
	switch {
	case thing.ID == "":
		return cause
	case e.ails.of(thing.Registrar) < mostAilments:
		pause := e.ails.add(thing, now)
		e.log.Error("this cannot be settled; the rest goes on", "what", thing.ID, "registrar", thing.Registrar, "error", cause, "next", pause.String())
	case len(e.accounts) >= mostAccounts:
		return cause
	default:
		pause := e.accounts.add(flow.DueThing{ID: string(thing.Registrar), Registrar: thing.Registrar}, now)
		e.log.Error("too much of this registrar cannot be settled; the others go on", "registrar", thing.Registrar, "error", cause, "next", pause.String())
	}
	e.tellAiling()
	return nil
}

// tellAiling puts down what health says, which waits for no settlement.
func (e *engine) tellAiling() {
	var parts []string
	for id := range e.accounts {
		parts = append(parts, fmt.Sprintf("nothing of %s is settled: more than %d of its names and charges cannot be", id, mostAilments))
	}
	slices.Sort(parts)
	single := 0
	for _, ail := range e.ails {
		if _, alone := e.accounts[string(ail.registrar)]; !alone {
			single++
		}
	}
	if single > 0 {
		parts = append(parts, fmt.Sprintf("%d of what is due cannot be settled; the log says what", single))
	}
	text := strings.Join(parts, "; ")
	e.ailing.Store(&text)
}

// leftAlone tells what is left alone; empty if nothing is.
func (e *engine) leftAlone() string {
	if text := e.ailing.Load(); text != nil {
		return *text
	}
	return ""
}
