package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.org/dorado/core/registry"
)

// Bounds of the movements of all sandboxes together.
const (
	// turnTime is how long a movement works before another that waits goes on: a registrar that moves ten years keeps
	// nobody waiting who moves a day.
	turnTime = 200 * time.Millisecond
	// mostMovements is how many may be under way, of which one works. One more is refused.
	mostMovements = 64
	// mostWaitingFor is how many acts may wait for one sandbox: to move its clock, to reset it, to change its credentials.
	mostWaitingFor = 4
)

// A turnstile lets one movement work at a time, and so all of them take one processor at most: production has the others. Who
// worked for turnTime goes behind those who wait.
type turnstile struct {
	mu      sync.Mutex
	working bool
	waiting []chan struct{} // in the order in which they came; who is let in finds its channel closed

	slice time.Duration // turnTime
	ended chan struct{} // closed when nobody works any more

	under  atomic.Int64 // movements that are under way
	worked atomic.Int64 // nanoseconds of all turns that are over
}

// A turn is one movement at the turnstile.
type turn struct {
	stile *turnstile
	since time.Time // when it began to work; zero while it waits
}

func newTurnstile() *turnstile { return &turnstile{slice: turnTime, ended: make(chan struct{})} }

// errMovementEnds is why a movement stops on its way. What was done by then stays, and the clock with it.
var errMovementEnds = fmt.Errorf("%w: the test environment ends here, or goes on at another node; the clock shows how far it came", registry.ErrUnavailable)

// errTooManyMovements is for one movement more than there may be.
func errTooManyMovements() error {
	refusal := refuse(registry.StatusProhibits, "%d clocks of sandboxes move already, and this one was not moved; try again in a minute", mostMovements)
	refusal.Wait = time.Minute
	return refusal
}

// begin waits until the movement may work. Who has begun ends it.
func (s *turnstile) begin(ctx context.Context) (*turn, error) {
	if s.under.Add(1) > mostMovements {
		s.under.Add(-1)
		return nil, errTooManyMovements()
	}
	t := &turn{stile: s}
	if err := t.enter(ctx); err != nil {
		s.under.Add(-1)
		return nil, err
	}
	return t, nil
}

// end lets the next one in.
func (t *turn) end() {
	t.leave()
	t.stile.under.Add(-1)
}

// share lets others work, if some wait and the movement has worked long enough, and returns when it is its turn again.
func (t *turn) share(ctx context.Context) error {
	if err := t.stile.isOver(); err != nil {
		return err
	}
	if time.Since(t.since) < t.stile.slice || t.stile.waits() == 0 {
		return ctx.Err()
	}
	t.leave()
	return t.enter(ctx)
}

// rest is a pace: the others that move have the time that a movement rests, and where nobody does, production has it.
func (t *turn) rest(ctx context.Context, worked time.Duration, percent int) error {
	if worked > 0 && t.stile.waits() == 0 {
		return cmp.Or(t.stile.isOver(), rest(ctx, worked, percent))
	}
	return t.share(ctx)
}

// isOver says that the movements end.
func (s *turnstile) isOver() error {
	select {
	case <-s.ended:
		return errMovementEnds
	default:
		return nil
	}
}

// waits returns how many wait.
func (s *turnstile) waits() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting)
}

// enter waits for the turn.
func (t *turn) enter(ctx context.Context) error {
	s := t.stile
	s.mu.Lock()
	if !s.working {
		s.working = true
		s.mu.Unlock()
		t.since = time.Now()
		return nil
	}
	in := make(chan struct{})
	s.waiting = append(s.waiting, in)
	s.mu.Unlock()
	why := errMovementEnds
	select {
	case <-in:
		t.since = time.Now()
		return nil
	case <-ctx.Done():
		why = ctx.Err()
	case <-s.ended:
	}
	s.mu.Lock()
	at := slices.Index(s.waiting, in)
	if at >= 0 {
		s.waiting = slices.Delete(s.waiting, at, at+1)
	}
	s.mu.Unlock()
	if at < 0 { // it was let in at that moment
		t.since = time.Now()
		t.leave()
	}
	return why
}

// leave lets the next one in; who does not work leaves nothing.
func (t *turn) leave() {
	if t.since.IsZero() {
		return
	}
	s := t.stile
	s.worked.Add(int64(time.Since(t.since)))
	t.since = time.Time{}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 {
		s.working = false
		return
	}
	close(s.waiting[0])
	s.waiting = s.waiting[1:]
}
