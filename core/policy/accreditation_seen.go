package policy

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"example.org/dorado/core/registry"
)

// An AccreditationSeen is what of the accreditation's list a sandbox saw. The zero value has seen nothing.
type AccreditationSeen struct {
	Ticks map[string]registry.SandboxTick `json:"ticks,omitempty"` // by the item's id
	// Deleted are names whose deletion was seen and who were not created again, the latest last, MostDeletedSeen at most.
	Deleted []string `json:"deleted,omitempty"`

	waiting []waitingAct // the latest last, mostActsWaiting at most; of the moment, and not written down
}

// A waitingAct is one that a stranger could have brought about, who needs to know no more than the id of a credential for
// it. It counts when whoever is at its address has shown that he has the password.
type waitingAct struct {
	act Act
	at  time.Time
}

// What is remembered of strangers. Whoever sends more pushes the older ones out, and a client that is one of them tries
// again.
const (
	mostActsWaiting = 16
	actsWait        = time.Hour
)

// MostDeletedSeen bounds the names that wait for their creation.
const MostDeletedSeen = 100

// accreditation is the list, as what is seen is held against it: an answer must cost no list of its own.
var accreditation = sync.OnceValue(Accreditation)

// Sees takes note of an act at an instant of real time. It returns the ids of the items that it ticked, which were not
// ticked before, and whether anything is to be kept: that is so of some acts that tick nothing.
func (s *AccreditationSeen) Sees(a Act, at time.Time) (added []string, changed bool) {
	deleted := a.Name != "" && slices.Contains(s.Deleted, a.Name)
	added = s.tick(a, at, func(m mark) bool { return m.fits(a, deleted) })
	if s.awaits(a) {
		s.waiting = append(slices.Clone(s.waiting[max(0, len(s.waiting)+1-mostActsWaiting):]), waitingAct{a, at})
	}
	if login := done("session", "login", 0, 0); login.fits(a, false) {
		added = append(added, s.recognise(a.From, at)...)
	}
	return added, s.remember(a, deleted) || len(added) > 0
}

// tick ticks what was not ticked and has a mark that fits.
func (s *AccreditationSeen) tick(a Act, at time.Time, fits func(mark) bool) (added []string) {
	for _, i := range accreditation() {
		if _, ticked := s.Ticks[i.ID]; ticked || !slices.ContainsFunc(i.marks, fits) {
			continue
		}
		if s.Ticks == nil {
			s.Ticks = map[string]registry.SandboxTick{}
		}
		s.Ticks[i.ID] = registry.SandboxTick{At: at.UTC(), Who: a.Registrar, SvTRID: a.SvTRID}
		added = append(added, i.ID)
	}
	return added
}

// awaits reports whether an act would tick something if it were known whose it is.
func (s *AccreditationSeen) awaits(a Act) bool {
	return slices.ContainsFunc(accreditation(), func(i AccreditationItem) bool {
		_, ticked := s.Ticks[i.ID]
		return !ticked && slices.ContainsFunc(i.marks, func(m mark) bool { return m.stranger && m.matches(a, false) })
	})
}

// recognise counts what came from an address not long ago, now that somebody there has logged in.
func (s *AccreditationSeen) recognise(from netip.Addr, now time.Time) (added []string) {
	var others []waitingAct
	for _, w := range s.waiting {
		switch {
		case now.Sub(w.at) > actsWait:
		case w.act.From != from:
			others = append(others, w)
		default:
			added = append(added, s.tick(w.act, w.at, func(m mark) bool { return m.stranger && m.matches(w.act, false) })...)
		}
	}
	s.waiting = others
	return added
}

// remember keeps which names were deleted, and reports whether that changed.
func (s *AccreditationSeen) remember(a Act, deleted bool) bool {
	if _, ticked := s.Ticks["create-again"]; ticked {
		had := len(s.Deleted) > 0
		s.Deleted = nil
		return had
	}
	began := done("domain", "delete", 0, FeaturePurged)
	if a.Name == "" || deleted || !began.fits(a, false) {
		return false
	}
	s.Deleted = append(slices.Clone(s.Deleted[max(0, len(s.Deleted)+1-MostDeletedSeen):]), a.Name)
	return true
}
