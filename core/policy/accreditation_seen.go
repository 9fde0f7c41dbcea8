package policy

import (
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
}

// MostDeletedSeen bounds the names that wait for their creation.
const MostDeletedSeen = 100

// accreditation is the list, as what is seen is held against it: an answer must cost no list of its own.
var accreditation = sync.OnceValue(Accreditation)

// Sees takes note of an act at an instant of real time. It returns the ids of the items that it ticked, which were not
// ticked before, and whether anything is to be kept: that is so of some acts that tick nothing.
func (s *AccreditationSeen) Sees(a Act, at time.Time) (added []string, changed bool) {
	deleted := a.Name != "" && slices.Contains(s.Deleted, a.Name)
	for _, i := range accreditation() {
		if _, ticked := s.Ticks[i.ID]; ticked || !slices.ContainsFunc(i.marks, func(m mark) bool { return m.fits(a, deleted) }) {
			continue
		}
		if s.Ticks == nil {
			s.Ticks = map[string]registry.SandboxTick{}
		}
		s.Ticks[i.ID] = registry.SandboxTick{At: at.UTC(), Who: a.Registrar, SvTRID: a.SvTRID}
		added = append(added, i.ID)
	}
	return added, s.remember(a, deleted) || len(added) > 0
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
