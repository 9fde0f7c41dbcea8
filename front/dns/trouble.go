package dns

import (
	"slices"
	"sync"
	"time"
)

// A Trouble is why what is served of the zones may not be what it should, beside a breaker that holds.
type Trouble struct {
	Doing string // one of Passes
	Err   error  // of the last try
	Since time.Time
}

// What the publisher does again and again.
const (
	passPublish = "publish" // changes of registrars
	passDue     = "due"     // what time has done
	passKeep    = "keep"    // in the database, what is served
	passTend    = "tend"    // keys and signatures
	passAttend  = "attend"  // what operators want, and secondaries that are ahead
)

// Passes are what a Trouble can be with.
func Passes() []string { return []string{passPublish, passDue, passKeep, passTend, passAttend} }

// troubles are the passes whose last try failed.
type troubles struct {
	mu sync.Mutex
	by map[string]Trouble
}

// note notes how a pass ended.
func (t *troubles) note(pass string, err error, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		delete(t.by, pass)
		return
	}
	if t.by == nil {
		t.by = map[string]Trouble{}
	}
	since := now
	if had, is := t.by[pass]; is {
		since = had.Since
	}
	t.by[pass] = Trouble{Doing: pass, Err: err, Since: since}
}

// Troubles returns what the publisher could not do when it last tried, in the order of Passes.
func (s *Server) Troubles() []Trouble {
	s.troubles.mu.Lock()
	defer s.troubles.mu.Unlock()
	var list []Trouble
	for _, t := range s.troubles.by {
		list = append(list, t)
	}
	order := Passes()
	slices.SortFunc(list, func(a, b Trouble) int { return slices.Index(order, a.Doing) - slices.Index(order, b.Doing) })
	return list
}
