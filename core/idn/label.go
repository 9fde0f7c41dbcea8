package idn

import (
	"fmt"
	"unicode/utf8"
)

// Problem says why a U-label is not wholly inside the table, as a predicate such as "has 'ß' (U+00DF),
// which is not in table es". It is empty if the label fits.
func (t *Table) Problem(label string) string {
	_, problem := t.Fit(label)
	return problem
}

// Fit is Problem, and says how many code points of the label fit before the first that does not.
func (t *Table) Fit(label string) (fitting int, problem string) {
	if !utf8.ValidString(label) {
		return 0, "is not valid UTF-8"
	}
	var room [maxLabel]rune
	runes := room[:0]
	for _, r := range label {
		if len(runes) == maxLabel {
			return 0, fmt.Sprintf("is longer than %d code points", maxLabel)
		}
		runes = append(runes, r)
	}
	if len(runes) == 0 {
		return 0, "is empty"
	}
	w := walk{table: t, label: runes}
	if !w.from(0) {
		return w.furthest, w.problem(runes[w.furthest])
	}
	if a := t.decide(runes, w.mapping); a.disposition == Invalid || a.disposition == Blocked {
		return len(runes), a.problem(t)
	}
	return len(runes), ""
}

// problem says in words what an action refuses.
func (a action) problem(t *Table) string {
	what := fmt.Sprintf("is %s in table %s", a.disposition, t.id)
	if a.match != nil {
		what = fmt.Sprintf("breaks the rule %s of table %s", a.match.name, t.id)
	}
	if a.comment != "" {
		what += ": " + a.comment
	}
	return what
}

// A walk divides a label into elements of the repertoire, each where its context allows it. A sequence is
// tried before the single code point that it begins with. RFC 7940 section 8.1.
type walk struct {
	table    *Table
	label    []rune
	mapping  mapping // of the label to itself
	plain    int     // how many elements have none
	furthest int     // where no element fitted
	misfit   *char   // the element there whose context did not hold
}

// from reports whether the label can be divided from a position on.
func (w *walk) from(pos int) bool {
	if pos == len(w.label) {
		w.mapping.whole = w.plain == 0
		return true
	}
	for _, c := range w.table.sequences[w.label[pos]] {
		if c.stands(w.label, pos, len(c.cp)) && w.with(c, pos, pos+len(c.cp)) {
			return true
		}
	}
	c := w.table.single(w.label[pos])
	if c != nil && c.stands(w.label, pos, 1) {
		return w.with(c, pos, pos+1)
	}
	if pos >= w.furthest {
		w.furthest, w.misfit = pos, c
	}
	return false
}

// with goes on behind an element, with the types of what maps it to itself.
func (w *walk) with(c *char, pos, end int) bool {
	before, plain := len(w.mapping.kinds), w.plain
	for i := range c.variants {
		if v := &c.variants[i]; v.isReflexive(w.label[pos:end]) && v.applies(w.label, pos, end) {
			w.mapping.kinds = append(w.mapping.kinds, v.kind)
		}
	}
	if len(w.mapping.kinds) == before {
		w.plain++
	}
	if w.from(end) {
		return true
	}
	w.mapping.kinds, w.plain = w.mapping.kinds[:before], plain
	return false
}

// problem says why a code point does not fit.
func (w *walk) problem(r rune) string {
	if w.misfit == nil {
		return fmt.Sprintf("has %q (%U), which is not in table %s", r, r, w.table.id)
	}
	what := fmt.Sprintf("has %q (%U) where table %s does not allow it", r, r, w.table.id)
	for _, broken := range []*rule{w.misfit.when, w.misfit.notWhen} {
		if broken != nil {
			what += ": " + orName(broken)
		}
	}
	return what
}

// orName is what a rule says, or what it is called.
func orName(r *rule) string {
	if r.comment != "" {
		return r.comment
	}
	return "rule " + r.name
}

// stands reports whether an element is in the label at a position, where its context allows it.
func (c *char) stands(label []rune, pos, length int) bool {
	if pos+length > len(label) {
		return false
	}
	for i, r := range c.cp {
		if label[pos+i] != r {
			return false
		}
	}
	return allows(c.when, c.notWhen, place{label, pos, pos + length})
}

// allows reports whether the conditions of an element or a variant hold at a place.
func allows(when, notWhen *rule, at place) bool {
	return (when == nil || when.holdsAt(at)) && (notWhen == nil || !notWhen.holdsAt(at))
}
