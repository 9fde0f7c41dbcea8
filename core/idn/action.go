package idn

import "slices"

// An action says what becomes of a label for which its conditions hold. The first one that does decides.
// RFC 7940 section 7.
type action struct {
	disposition     string
	match, notMatch *rule
	trigger         variantTrigger
	kinds           []string // types of variants
	comment         string
}

type variantTrigger byte

const (
	noTrigger variantTrigger = iota
	anyVariant
	allVariants
	onlyVariants
)

// A mapping is how a label came from another: the types of the variants in it, and whether nothing in it
// came otherwise. A label itself comes by the mappings to itself.
type mapping struct {
	kinds []string
	whole bool
}

func (a action) applies(label []rune, m mapping) bool {
	if a.match != nil && !a.match.holds(label) || a.notMatch != nil && a.notMatch.holds(label) {
		return false
	}
	listed := func(kind string) bool { return slices.Contains(a.kinds, kind) }
	other := func(kind string) bool { return !listed(kind) }
	switch a.trigger {
	case anyVariant:
		return slices.ContainsFunc(m.kinds, listed)
	case allVariants:
		return len(m.kinds) > 0 && !slices.ContainsFunc(m.kinds, other)
	case onlyVariants:
		return m.whole && len(m.kinds) > 0 && !slices.ContainsFunc(m.kinds, other)
	}
	return true
}

// decide returns the action that applies to a label.
func (t *Table) decide(label []rune, m mapping) action {
	for _, a := range t.actions {
		if a.applies(label, m) {
			return a
		}
	}
	return action{disposition: Valid}
}

// The dispositions of RFC 7940 section 7.3 as far as tables here give them.
const (
	Valid       = "valid"
	Invalid     = "invalid"
	Blocked     = "blocked"
	Allocatable = "allocatable"
)
