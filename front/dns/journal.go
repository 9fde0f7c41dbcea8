package dns

import (
	"context"
	"sync"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// A journal is what led to the served version: the last differences in memory, and where those before them are kept.
// Readers send them to secondaries while the publisher adds to it.
type journal struct {
	mu    sync.Mutex
	last  []entry // in order
	bytes int     // of last
	steps []keptStep
	base  int64   // the pages that are kept are of this position or later
	whole *uint32 // who has this serial or an older one is sent no differences
}

// An entry is one publication.
type entry struct {
	position int64
	made     time.Time
	diff     zone.Diff
}

// A keptStep is a publication whose difference is in the database.
type keptStep struct {
	position int64
	from, to uint32
	bytes    int
}

// journalBytes is how much of the differences stays in memory, of each zone.
const journalBytes = 4 << 20

func (j *journal) reset(entries []entry, base int64, whole *uint32) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last, j.steps, j.bytes, j.base, j.whole = nil, nil, 0, base, whole
	for _, e := range entries {
		j.add(e)
	}
}

// add is called with the lock.
func (j *journal) add(e entry) {
	size := len(e.diff.Removed) + len(e.diff.Added)
	j.steps = append(j.steps, keptStep{e.position, e.diff.From, e.diff.To, size})
	j.last = append(j.last, e)
	for j.bytes += size; j.bytes > journalBytes && len(j.last) > 1; j.last = j.last[1:] {
		j.bytes -= len(j.last[0].diff.Removed) + len(j.last[0].diff.Added)
	}
}

func (j *journal) put(e entry, whole *uint32) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.whole = whole
	j.add(e)
}

// publications returns the serials to which the differences in memory lead, with their times, the oldest first.
func (j *journal) publications() (list []publication) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.last {
		list = append(list, publication{serial: e.diff.To, at: e.made})
	}
	return list
}

// pending returns how many octets the steps after the base have.
func (j *journal) pending() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := 0
	for i := len(j.steps) - 1; i >= 0 && j.steps[i].position > j.base; i-- {
		n += j.steps[i].bytes
	}
	return n
}

// settle moves the base, and returns up to which position steps need not be kept any longer: what a secondary would
// rather not be sent in place of the whole zone.
func (j *journal) settle(base int64, most int) (drop int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.base = base
	keep, n := len(j.steps), 0
	for keep > 0 && len(j.steps)-keep < maxSteps {
		if n += j.steps[keep-1].bytes; n > most && j.steps[keep-1].position <= base {
			break
		}
		keep--
	}
	if keep == 0 {
		return 0
	}
	drop = min(j.steps[keep-1].position, base)
	for len(j.steps) > 0 && j.steps[0].position <= drop {
		j.steps = j.steps[1:]
	}
	for len(j.last) > 0 && j.last[0].position <= drop {
		j.bytes -= len(j.last[0].diff.Removed) + len(j.last[0].diff.Added)
		j.last = j.last[1:]
	}
	return drop
}

// maxSteps is how many steps of a zone are kept at most, beside those that its pages need.
const maxSteps = 10_000

// after returns the differences that lead from a serial to the last one, those of memory, and from which position to
// which others have to be read before them. found says whether that serial is known.
func (j *journal) after(from uint32) (last []zone.Diff, first, until int64, found bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.whole != nil && !isNewer(from, *j.whole) {
		return nil, 0, 0, false
	}
	at := -1
	for i := len(j.steps) - 1; i >= 0; i-- {
		if j.steps[i].from == from && j.steps[i].bytes > 0 {
			at = i
			break
		}
	}
	if at < 0 {
		return nil, 0, 0, false
	}
	first = j.steps[at].position
	until = first
	if len(j.last) > 0 {
		until = max(first, j.last[0].position)
	}
	for _, e := range j.last {
		if e.position >= first {
			last = append(last, e.diff)
		}
	}
	return last, first, until, true
}

// diffs returns what leads from a serial of a zone to the one that is served, in order; nil if that serial is not kept
// or is the one that is served.
func (s *Server) diffs(ctx context.Context, origin zone.Name, from uint32) ([]zone.Diff, error) {
	z := s.zones.byOrigin[origin]
	if z == nil {
		return nil, nil
	}
	last, first, until, found := z.journal.after(from)
	if !found {
		return nil, nil
	}
	var list []zone.Diff
	for after := first - 1; after < until-1; {
		steps, err := ask[[]registry.ZoneStep](ctx, s, flow.ZoneSteps{
			Origin: z.name, After: after, Limit: int(min(until-1-after, stepBatch)),
		})
		if err != nil || len(steps) == 0 || steps[0].State.Position != after+1 {
			return nil, err // they have been dropped meanwhile
		}
		for _, step := range steps {
			d, err := zone.ReadDiff(step.Removed, step.Added)
			if err != nil {
				return nil, err
			}
			list, after = append(list, d), step.State.Position
		}
	}
	return append(list, last...), nil
}
