package dns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A serial is the second of its publication where that is more than the last serial, else the one after that. So it only
// goes forward; a zone that changes more often than once a second has serials ahead of the clock, which catches up when it
// is calmer. Nothing reads a time out of them. RFC 1912 section 2.2, RFC 1982.
//
// What secondaries compare is the distance: at 1,000 publications a second a secondary would have to be away for 24 days
// before our serial seemed older to it than its own, and the zone expires there long before.

// nextSerial returns the serial of a zone's next version.
func (s *Server) nextSerial(z *served) uint32 {
	return nextSerial(z.state.Serial, uint32(s.config.Now().Unix()))
}

func nextSerial(serial, now uint32) uint32 {
	if isNewer(now, serial) {
		return now
	}
	return serial + 1
}

// serial returns that of the next version of a zone: the one that an operator wants it to have, if it is newer than what
// there is.
func (b *batch) serial(z *served) uint32 {
	if b.raise == z && b.jump != nil && isNewer(*b.jump, z.state.Serial) {
		return *b.jump
	}
	return b.s.nextSerial(z)
}

// Attend makes the jumps of serials that operators have asked for, and looks whether secondaries are ahead of what is
// served. Where another node publishes, nothing happens.
func (s *Server) Attend(ctx context.Context) error {
	if s.unloaded() {
		return nil
	}
	mine, err := s.seekAheads(ctx)
	if err != nil || !mine {
		return err
	}
	states, err := ask[[]registry.ZoneState](ctx, s, flow.ZoneStates{})
	if err != nil {
		return fmt.Errorf("what operators want of the zones: %w", err)
	}
	var failed error
	for _, z := range s.zones.list {
		if state, found := stateOf(states, z); found && state.Jump != nil {
			if err := s.jump(ctx, z, *state.Jump); err != nil {
				failed = errors.Join(failed, quiet(fmt.Errorf("the jump of %s to %d: %w", z.name, *state.Jump, err)))
			}
		}
	}
	return failed
}

// attendEvery is how often that is done.
const attendEvery = time.Second

// jump has a zone go on with a serial. All pages are written before, so that none is so much older than the serial that it
// seems newer. The differences that are kept stay, since they tell the breaker what has left; nobody is sent them any more.
func (s *Server) jump(ctx context.Context, z *served, to uint32) error {
	if err := s.mayJump(ctx, z); err != nil {
		return err
	}
	k, mine := s.keeping(ctx, z)
	if !mine {
		return errElsewhere
	}
	k.pages = slices.Collect(allPages)
	if err := s.keepZone(ctx, k); err != nil {
		return err
	}
	s.publishing.Lock()
	defer s.publishing.Unlock()
	if mine, _, err := s.ours(ctx); err != nil || !mine {
		return cmp.Or(err, errElsewhere)
	}
	from := z.state.Serial
	b := s.newBatch()
	b.raise, b.jump = z, &to
	if err := s.commit(ctx, b); err != nil {
		return err
	}
	s.config.Log.Warn("the serial of a zone jumped; secondaries get it whole", "zone", z.name, "from", from, "to", z.state.Serial)
	return nil
}

// mayJump is the error that nothing of a zone can be published, so that its pages are not written for nothing, each second.
func (s *Server) mayJump(ctx context.Context, z *served) error {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	if mine, _, err := s.ours(ctx); err != nil || !mine {
		return cmp.Or(err, errElsewhere)
	}
	if why := z.blocked.Load(); why != nil {
		return why.err
	}
	return s.try(z)
}
