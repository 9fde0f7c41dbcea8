package store

import (
	"sync/atomic"

	"example.org/dorado/core/registry"
)

// traces remember when things were changed last, by a number that rises with every commit that this node knows of:
// so who keeps something that he made of them can see whether it is still right. It takes no room for a thing, and none
// is ever forgotten: things share places, and what shares one with a thing that was changed is changed, too. Decision 012.
type traces struct {
	last  atomic.Uint64                             // the number of the latest commit
	floor atomic.Uint64                             // what was seen before it says nothing: more may have changed than is known
	at    atomic.Pointer[[traceSlots]atomic.Uint64] // nil until somebody asks
}

// traceSlots is how many places there are: 8 MB of numbers. A thousand commits a second with three changes each make
// one in two hundred answers anew that depends on eight things and need not be.
const traceSlots = 1 << 20

// seen returns the number of the latest commit that is known of. Who never asks has no room taken.
func (t *traces) seen() uint64 {
	if t.at.Load() == nil {
		t.at.CompareAndSwap(nil, new([traceSlots]atomic.Uint64))
	}
	return t.last.Load() // after there is room: what is committed from here on is noted
}

// doubt has everything be changed.
func (t *traces) doubt() { t.floor.Store(t.last.Add(1)) }

// note takes in what one commit changed. There is one caller at a time.
func (t *traces) note(list []item) {
	at := t.at.Load()
	if at == nil || len(list) == 0 {
		return
	}
	number := t.last.Add(1)
	for _, i := range list {
		one, all := i.traces()
		for _, trace := range []registry.Trace{one, all} {
			if trace != 0 {
				at[trace%traceSlots].Store(number)
			}
		}
	}
}

// unchanged reports whether nothing of things was changed after a number.
func (t *traces) unchanged(since uint64, things []registry.Trace) bool {
	at := t.at.Load()
	if at == nil || since < t.floor.Load() {
		return false
	}
	for _, trace := range things {
		if at[trace%traceSlots].Load() > since {
			return false
		}
	}
	return true
}

// traces returns that of the thing which an item is about, and that of all of its kind; 0 for none.
func (i item) traces() (one, all registry.Trace) {
	switch i.kind {
	case itemCreated, itemChanged, itemGone:
		return registry.TraceOf('d', i.name), registry.AnyTrace('d')
	case itemHost:
		return registry.TraceOf('h', i.name), registry.AnyTrace('h')
	case itemObject:
		return registry.TraceOf('o', i.name), 0
	case itemRegistrar:
		return registry.TraceOf('r', i.name), registry.AnyTrace('r')
	}
	return 0, 0
}

// Seen returns the number of the latest commit that this node knows of, to be asked about before something is read that
// is kept. It is false while the node is not sure to know of all that was committed more than a second ago.
func (db *DB) Seen() (number uint64, sure bool) {
	return db.memory.traces.seen(), db.memory.isUsable()
}

// Unchanged reports whether nothing of some things has changed since a number that Seen returned: nothing that this
// node has committed and told of, and nothing that others committed more than a second ago.
func (db *DB) Unchanged(since uint64, things []registry.Trace) bool {
	return db.memory.traces.unchanged(since, things) && db.memory.isUsable()
}
