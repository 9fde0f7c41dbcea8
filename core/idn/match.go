package idn

import (
	"slices"
	"unicode"
)

// maxLabel is the most code points that a label can have, in ASCII or not. RFC 1035 section 2.3.4.
const maxLabel = 63

// A class is a set of code points: one of the four fields says which. RFC 7940 section 6.2.
type class struct {
	spans    [][2]rune // ascending
	property *unicode.RangeTable
	operator string
	of       []*class
}

// has reports whether a code point is in the class.
func (c *class) has(r rune) bool {
	switch {
	case c.property != nil:
		return unicode.Is(c.property, r)
	case c.spans != nil:
		return slices.ContainsFunc(c.spans, func(s [2]rune) bool { return s[0] <= r && r <= s[1] })
	}
	in := func(c *class) bool { return c.has(r) }
	switch c.operator {
	case "union":
		return slices.ContainsFunc(c.of, in)
	case "intersection":
		return c.of[0].has(r) && c.of[1].has(r)
	case "difference":
		return c.of[0].has(r) && !c.of[1].has(r)
	case "symmetric-difference":
		return c.of[0].has(r) != c.of[1].has(r)
	}
	return !c.of[0].has(r) // the complement
}

// A rule is a pattern that a label has or not: with an anchor it says where a code point may stand, without
// one what the whole label may be like. RFC 7940 section 6.3.
type rule struct {
	name, comment string
	parts         []part
}

// A part is one matcher of a rule.
type part struct {
	kind     partKind
	min, max int
	sequence []rune
	class    *class
	inner    [][]part // of which one has to match
}

type partKind byte

const (
	atStart partKind = iota
	atEnd
	atAnchor
	anyCodePoint
	oneSequence
	oneOfClass
	oneOf
	lookBehind
	lookAhead
)

func (p *part) count(c [2]int) { p.min, p.max = c[0], c[1] }

// A place is where in a label a rule is asked about: from and to are what the anchor stands for.
type place struct {
	label    []rune
	from, to int
}

// holdsAt reports whether the rule matches with its anchor at a place.
func (r *rule) holdsAt(at place) bool {
	for start := range len(at.label) + 1 {
		if at.match(r.parts, start, func(int) bool { return true }) {
			return true
		}
	}
	return false
}

// holds reports whether the rule matches anywhere in the label.
func (r *rule) holds(label []rune) bool { return r.holdsAt(place{label, -1, -1}) }

// match reports whether parts match from a position on, one after the other, and what follows them is
// content with where they end.
func (at place) match(parts []part, pos int, then func(int) bool) bool {
	if len(parts) == 0 {
		return then(pos)
	}
	return at.times(&parts[0], pos, 0, func(end int) bool { return at.match(parts[1:], end, then) })
}

// times lets a part match as often as it may.
func (at place) times(p *part, pos, done int, then func(int) bool) bool {
	if done >= p.min && then(pos) {
		return true
	}
	if done >= p.max {
		return false
	}
	return at.once(p, pos, func(end int) bool {
		if end == pos && done >= p.min {
			return false // an empty match more makes no difference
		}
		return at.times(p, end, done+1, then)
	})
}

func (at place) once(p *part, pos int, then func(int) bool) bool {
	n := len(at.label)
	switch p.kind {
	case atStart:
		return pos == 0 && then(pos)
	case atEnd:
		return pos == n && then(pos)
	case atAnchor:
		return pos == at.from && then(at.to)
	case anyCodePoint:
		return pos < n && then(pos+1)
	case oneSequence:
		end := pos + len(p.sequence)
		return end <= n && slices.Equal(at.label[pos:end], p.sequence) && then(end)
	case oneOfClass:
		return pos < n && p.class.has(at.label[pos]) && then(pos+1)
	case lookAhead:
		return at.match(p.inner[0], pos, func(int) bool { return true }) && then(pos)
	case lookBehind:
		return at.behind(p.inner[0], pos) && then(pos)
	}
	for _, alternative := range p.inner {
		if at.match(alternative, pos, then) {
			return true
		}
	}
	return false
}

// behind reports whether parts match what ends at a position.
func (at place) behind(parts []part, pos int) bool {
	for start := range pos + 1 {
		if at.match(parts, start, func(end int) bool { return end == pos }) {
			return true
		}
	}
	return false
}
