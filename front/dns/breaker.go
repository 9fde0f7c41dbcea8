package dns

import (
	"context"
	"fmt"
	"sync"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// A Breaker keeps names in a zone of which more would leave it than is likely to be meant, until an operator agrees or
// time has passed: a fault of ours, or a mistake of an operator, is to be seen before the world's resolvers see it.
//
// In a large zone Share counts. In a smaller one registrars who tidy up would soon come to it, so Least names may go; but
// never more than Most of a zone, and Few of any.
type Breaker struct {
	Share float64       // of a zone's names that may go, 0.05 for one in twenty; zero: nothing is kept
	Least int           // names that may go although they are more than that; 1,000
	Most  float64       // of a zone's names that Least lets go; 0.25
	Few   int           // names that may go from any zone; 10
	Span  time.Duration // within which they are counted, of real time; an hour
}

// allowed returns how many of a zone's names may go.
func (b Breaker) allowed(names int) int {
	n := float64(names)
	return max(b.Few, int(b.Share*n), int(min(float64(b.Least), b.Most*n)))
}

// A fuse knows what zones have lost lately and would lose. Its lock is for who asks whether it is blown.
type fuse struct {
	mu    sync.Mutex
	zones map[*served]*losses
}

// losses are the names that left a zone within the breaker's span and are still away, and those that would and may not.
type losses struct {
	since   map[zone.Name]time.Time
	order   []removal // in order of time; those that came back meanwhile count no more
	waiting map[zone.Name]struct{}
	hold    registry.ZoneHold
	saved   registry.ZoneHold // as it is kept
	rested  time.Time         // before then it is not tried again what failed
}

type removal struct {
	name zone.Name
	at   time.Time
}

func newFuse(all *zones) *fuse {
	f := &fuse{zones: map[*served]*losses{}}
	for _, z := range all.list {
		f.zones[z] = newLosses()
	}
	return f
}

func newLosses() *losses {
	return &losses{since: map[zone.Name]time.Time{}, waiting: map[zone.Name]struct{}{}}
}

// forget drops what left before an instant.
func (l *losses) forget(before time.Time) {
	for len(l.order) > 0 && !l.order[0].at.After(before) {
		if first := l.order[0]; l.since[first.name].Equal(first.at) {
			delete(l.since, first.name)
		}
		l.order = l.order[1:]
	}
}

func (l *losses) leaves(name zone.Name, at time.Time) {
	l.since[name] = at
	l.order = append(l.order, removal{name, at})
}

// more counts the names that would leave, those among them that wait already, and are not away yet.
func (l *losses) more(names []zone.Name) int {
	n := 0
	count := func(name zone.Name) {
		if _, away := l.since[name]; !away {
			n++
		}
	}
	for name := range l.waiting {
		count(name)
	}
	for _, name := range names {
		if _, waits := l.waiting[name]; !waits {
			count(name)
		}
	}
	return n
}

// A verdict says whether names may leave a zone.
type verdict int

const (
	staysIn verdict = iota
	goesOut
	goesReleased // since an operator agreed
)

// judge says whether names may leave a zone now, together with those that wait for that. What it knows of a release may
// be old.
func (s *Server) judge(z *served, names []zone.Name) verdict {
	b := s.config.Breaker
	if b.Share == 0 {
		return goesOut
	}
	now := s.config.Now()
	s.fuse.mu.Lock()
	defer s.fuse.mu.Unlock()
	l := s.fuse.zones[z]
	l.forget(now.Add(-b.Span))
	more := l.more(names)
	if len(l.since)+more <= b.allowed(z.editor.Version().Names()) {
		return goesOut
	}
	if r := z.state.Release; r.IsOpen(now) && r.Gone+more <= r.Names {
		return goesReleased
	}
	return staysIn
}

// departures notes with the next version of a zone, which is not kept yet, the names that leave the zone, and those that
// had left and are back.
func (b *batch) departures(z *served, step *registry.ZoneStep) {
	if b.s.config.Breaker.Share == 0 {
		return
	}
	b.s.fuse.mu.Lock()
	defer b.s.fuse.mu.Unlock()
	l := b.s.fuse.zones[z]
	for _, name := range b.came[z] {
		if _, away := l.since[name]; away {
			step.Back = append(step.Back, unwire(name))
		}
	}
	if b.verdicts[z] == goesReleased {
		step.State.Release.Gone += len(b.removed[z])
		return
	}
	for _, name := range b.removed[z] {
		step.Left = append(step.Left, unwire(name))
	}
	step.Uncounted = step.State.Made.Add(-b.s.config.Breaker.Span)
}

// note counts the names that left by a version that is kept, and those no more that are back.
func (s *Server) note(p planned) {
	s.fuse.mu.Lock()
	defer s.fuse.mu.Unlock()
	l := s.fuse.zones[p.zone]
	for _, name := range p.kept.Back {
		delete(l.since, wire(name))
	}
	for _, name := range p.kept.Left {
		l.leaves(wire(name), p.kept.State.Made)
	}
}

// remember counts what left a zone, as it is kept, so that a restart does not let as many go again. What is in the zone
// came back when somebody published it who does not count.
func (s *Server) remember(ctx context.Context, z *served) error {
	l := newLosses()
	if s.config.Breaker.Share > 0 {
		from := s.config.Now().Add(-s.config.Breaker.Span)
		list, err := ask[[]registry.ZoneDeparture](ctx, s, flow.ZoneDepartures{Origin: z.name, After: from})
		if err != nil {
			return fmt.Errorf("load what left the zone %s: %w", z.name, err)
		}
		for _, d := range list {
			if name := wire(d.Name); z.editor == nil || !isDelegated(z.editor.Version(), name) {
				l.leaves(name, d.At)
			}
		}
	}
	s.fuse.mu.Lock()
	defer s.fuse.mu.Unlock()
	s.fuse.zones[z] = l
	return nil
}

// isDelegated reports whether a version has name servers of a name.
func isDelegated(v *zone.Version, name zone.Name) bool {
	n := v.Node(name)
	return n != nil && n.Set(zone.TypeNS) != nil
}
