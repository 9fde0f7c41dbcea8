package dns

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// Time changes the zone, too: names expire, are suspended, come back. The engine leaves marks of that when it
// writes it down, and the publisher does not wait for them: it looks itself which names have come due.

// A look is what is known of what time has done to the zones. Instants are registry time, but for rested.
type look struct {
	since  time.Time // the zones are right as of then, but for names that waited for the engine
	waited time.Time // as of when those are right
	next   time.Time // when the next step of such a name follows; zero if none waits
	rested time.Time // until when they are not all looked at again, of real time
	begun  bool      // whether what has come due was looked at since the zones were loaded
}

// back makes a look begin with zones that are right as of an earlier instant.
func (l *look) back(at time.Time) {
	if at.Before(l.since) {
		l.since = at
	}
	if at.Before(l.waited) {
		l.waited = at
	}
}

// rightAt is as of when the zones are right, whatever waits.
func (s *Server) rightAt() time.Time {
	if s.look.waited.Before(s.look.since) && !s.look.next.IsZero() {
		return s.look.waited
	}
	return s.look.since
}

// restTimes is how many times as long as it took a look at all names that wait for the engine is not repeated:
// where the engine has stood still for weeks, that is a tenth of a processor.
const restTimes = 10

func (s *Server) registryNow() time.Time { return s.config.Service.Clock().UTC().Truncate(time.Second) }

// PublishDue makes the zones right as of now: it looks at the names that have come due since it last did.
// Registry time has a resolution of a second, and so has this. The engine need not have run. Architecture
// section 3.
func (s *Server) PublishDue(ctx context.Context) error {
	l, err := s.lastLook(ctx)
	if err != nil || l == nil {
		return err
	}
	now, began := s.registryNow(), s.config.Now()
	q := flow.CameDue{Since: l.since}
	if !l.begun {
		q = flow.CameDue{Since: l.waited, Overdue: true, Every: true}
	} else if !l.next.IsZero() && !l.next.After(now) && !began.Before(l.rested) {
		q = flow.CameDue{Since: l.waited, Overdue: true}
	} else if !now.After(l.since) {
		return nil
	}
	came, err := ask[flow.Came](ctx, s, q)
	if err != nil {
		return fmt.Errorf("look what has come due: %w", err)
	}
	if err := s.publishDue(ctx, came.Marks); err != nil {
		return quiet(fmt.Errorf("what has come due: %w", err))
	}
	after := *l
	after.since, after.begun = came.Until, true
	if q.Overdue {
		now := s.config.Now()
		after.waited, after.next, after.rested = came.Until, came.Next, now.Add(restTimes*now.Sub(began))
	} else if after.next.IsZero() || !came.Next.IsZero() && came.Next.Before(after.next) {
		after.next = came.Next
	}
	s.publishing.Lock()
	defer s.publishing.Unlock()
	if s.look == l { // the zones were not loaded again meanwhile
		s.look = &after
	}
	return nil
}

// publishDue publishes names as they are now, a batch at a time, so that what commands change need not wait.
func (s *Server) publishDue(ctx context.Context, marks []registry.Mark) error {
	for batch := range slices.Chunk(marks, s.config.Batch) {
		if err := s.publishBatch(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) publishBatch(ctx context.Context, marks []registry.Mark) error {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	mine, _, err := s.ours(ctx)
	if err != nil || !mine {
		return cmp.Or(err, errElsewhere) // what was looked for is not done
	}
	return s.publish(ctx, marks, false)
}

// lastLook returns what is known, nil where another node publishes.
func (s *Server) lastLook(ctx context.Context) (*look, error) {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	mine, _, err := s.ours(ctx)
	if err != nil || !mine {
		return nil, err
	}
	return s.look, nil
}
