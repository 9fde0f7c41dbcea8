package children

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/flow"
)

const (
	// hintsAtOnce is how many hints one transaction puts down, and hintsEvery how often there is one: what hints can cost the
	// database is so many names a second, however many come.
	hintsAtOnce = 100
	hintsEvery  = time.Second
	// sourcesKept bounds how many senders are remembered.
	sourcesKept = 10_000
)

// Hints take notifications that a child has something to see, and put them down for whoever scans. Who sent one counts
// for nothing: it makes a scan come sooner, no more. RFC 9859 section 4.3.
type Hints struct {
	Service *flow.Service
	NewTRID func() string
	Log     *slog.Logger
	Pause   func(ctx context.Context, d time.Duration, pokes <-chan struct{})

	mu      sync.Mutex
	waiting []names.Name
	recent  map[names.Name]time.Time   // until when a name needs no other hint
	sources map[netip.Prefix]time.Time // what each has spent; see policy.Rate
	dropped int
}

// Take takes a hint, and reports whether the name is below a zone where hints count. It never waits: what is too much is
// dropped.
func (h *Hints) Take(name names.Name, from netip.Addr) bool {
	now := h.Service.Real()
	if !h.Service.FollowsChildren(name) {
		return false
	}
	limits := h.Service.Terms().Limits.Children
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.recent == nil {
		h.recent, h.sources = map[names.Name]time.Time{}, map[netip.Prefix]time.Time{}
	}
	switch {
	case now.Before(h.recent[name]):
	case len(h.waiting) >= limits.HintsPending, !h.mayHint(from, limits, now):
		h.dropped++
	default:
		h.waiting = append(h.waiting, name)
		h.recent[name] = now.Add(limits.HintSeconds.Duration())
	}
	return true
}

// mayHint counts a hint of a network, if it may send one more.
func (h *Hints) mayHint(from netip.Addr, limits policy.ChildLimits, now time.Time) bool {
	if len(h.sources) >= sourcesKept {
		for source, spent := range h.sources {
			if spent.Before(now) {
				delete(h.sources, source)
			}
		}
	}
	source := policy.Network(from)
	spent, known := h.sources[source]
	if !known && len(h.sources) >= sourcesKept {
		return false
	}
	after, wait := policy.Rate{Burst: limits.HintsPerMinute, Every: time.Minute / time.Duration(max(1, limits.HintsPerMinute))}.Spend(spent, now)
	h.sources[source] = after
	return wait == 0
}

// Run puts hints down until the context ends.
func (h *Hints) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := h.Flush(ctx); err != nil && ctx.Err() == nil {
			h.Log.Error("put down which names are to be scanned; others come", "error", err)
		}
		h.Pause(ctx, hintsEvery, nil)
	}
	return nil
}

// Flush puts down the hints that have waited longest, as many as one transaction takes.
func (h *Hints) Flush(ctx context.Context) error {
	list, dropped := h.next()
	if dropped > 0 {
		h.Log.Warn("notifications of names' zones were dropped, as too many came", "dropped", dropped)
	}
	if len(list) == 0 {
		return nil
	}
	_, err := h.Service.Run(ctx, flow.Request{SvTRID: h.NewTRID(), Command: flow.ChildrenHinted{Names: list}})
	return err
}

// next takes the hints out that have waited longest, and forgets names that may be hinted at again.
func (h *Hints) next() (list []names.Name, dropped int) {
	now := h.Service.Real()
	h.mu.Lock()
	defer h.mu.Unlock()
	n := min(len(h.waiting), hintsAtOnce)
	list, h.waiting = append(list, h.waiting[:n]...), append([]names.Name(nil), h.waiting[n:]...)
	for name, until := range h.recent {
		if !now.Before(until) {
			delete(h.recent, name)
		}
	}
	dropped, h.dropped = h.dropped, 0
	return list, dropped
}
