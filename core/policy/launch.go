package policy

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Launch is how names are first sold: in which phases and when, and whether whoever registers a name is
// told of claims to it. RFC 8334 section 2.3.
//
// What ships is general availability: the one phase that can be sold in is "open", and there are no
// claims. A profile that asks for more is refused rather than half served.
type Launch struct {
	Phases []Phase `json:"phases"`
	Claims bool    `json:"claims"`
}

// A Phase is a time in which names are sold by rules of its own, [From, Until).
type Phase struct {
	Phase string    `json:"phase"`
	From  time.Time `json:"from"`  // zero: ever since
	Until time.Time `json:"until"` // zero: it has no end
}

// PhaseOpen is general availability. RFC 8334 section 2.3.
const PhaseOpen = "open"

// IsActive reports whether names are sold in a phase at an instant.
func (l Launch) IsActive(phase string, at time.Time) bool {
	return slices.ContainsFunc(l.Phases, func(p Phase) bool {
		return p.Phase == phase && !p.From.After(at) && (p.Until.IsZero() || p.Until.After(at))
	})
}

// check refuses what this version cannot serve.
func (l Launch) check() error {
	if l.Claims {
		return errors.New("launch: there is no service of claims")
	}
	for _, p := range l.Phases {
		if p.Phase != PhaseOpen {
			return fmt.Errorf("launch: names are sold in the phase %q only, not in %q", PhaseOpen, p.Phase)
		}
		if !p.Until.IsZero() && !p.Until.After(p.From) {
			return fmt.Errorf("launch: the phase %q ends before it begins", p.Phase)
		}
	}
	return nil
}
