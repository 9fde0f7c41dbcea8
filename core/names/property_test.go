package names

import (
	"testing"
	"unicode"
)

// The rows are from the table of RFC 5892 appendix B.1 and from the lists of its
// section 2: one for each step of the algorithm, and its edges.
func TestDerivedProperty(t *testing.T) {
	for _, test := range []struct {
		r    rune
		want property
	}{
		{'-', protocolValid},
		{'.', disallowed},
		{'0', protocolValid},
		{'A', disallowed},
		{'a', protocolValid},
		{'_', disallowed},
		{0x00AA, disallowed},
		{0x00B7, contextual},
		{0x00DF, protocolValid},
		{0x00E0, protocolValid},
		{0x00F7, disallowed},
		{0x0149, disallowed},
		{0x0300, protocolValid},
		{0x0340, disallowed},
		{0x034F, disallowed},
		{0x0375, contextual},
		{0x0378, unassigned},
		{0x03C2, protocolValid},
		{0x05F3, contextual},
		{0x05F4, contextual},
		{0x0640, disallowed},
		{0x0660, contextual},
		{0x0669, contextual},
		{0x06F0, contextual},
		{0x06F9, contextual},
		{0x06FD, protocolValid},
		{0x07FA, disallowed},
		{0x0958, disallowed},
		{0x0F0B, protocolValid},
		{0x0F0C, disallowed},
		{0x1100, disallowed},
		{0x11FF, disallowed},
		{0x1200, protocolValid},
		{0x13A0, protocolValid},
		{0x13F5, protocolValid},
		{0x13F8, disallowed},
		{0x17B4, disallowed},
		{0x180B, disallowed},
		{0x1E9E, disallowed},
		{0x200B, disallowed},
		{0x200C, contextual},
		{0x200D, contextual},
		{0x20D0, disallowed},
		{0x2126, disallowed},
		{0x3007, protocolValid},
		{0x302E, disallowed},
		{0x3031, disallowed},
		{0x303B, disallowed},
		{0x30FB, contextual},
		{0x4E00, protocolValid},
		{0xA960, disallowed},
		{0xAC00, protocolValid},
		{0xD7B0, disallowed},
		{0xF900, disallowed},
		{0xFDD0, disallowed},
		{0xFFA0, disallowed},
		{0x10400, disallowed},
		{0x10428, protocolValid},
		{0x1D165, disallowed},
		{0x1F600, disallowed},
		{0x1FFFF, disallowed},
		{0x20000, protocolValid},
		{0x10FFFF, disallowed},
	} {
		if got := derivedProperty(test.r); got != test.want {
			t.Errorf("the property of %U is %d, want %d", test.r, got, test.want)
		}
	}
}

// The counts are those of the tables that the idna package of Python has for Unicode 15.1, less
// what 15.1 added; the sets were compared code point by code point. 25 + 2 need a context.
func TestDerivedPropertyCounts(t *testing.T) {
	if unicode.Version != "15.0.0" {
		t.Skipf("the counts are those of Unicode 15.0.0, not of %s", unicode.Version)
	}
	counts := map[property]int{}
	for r := range rune(unicode.MaxRune + 1) {
		counts[derivedProperty(r)]++
	}
	if got := counts[protocolValid]; got != 133523 {
		t.Errorf("%d code points are valid, want 133523", got)
	}
	if got := counts[contextual]; got != 27 {
		t.Errorf("%d code points need a context, want 27", got)
	}
}

// A code point has one type of joining at most, and the tables are in the order that unicode.In
// needs.
func TestJoiningTables(t *testing.T) {
	types := map[rune]int{}
	for _, table := range []*unicode.RangeTable{joinsLeft, joinsRight, joinsBoth} {
		before := rune(-1)
		for _, r := range runesOf(table) {
			if r <= before {
				t.Errorf("%U does not follow %U", r, before)
			}
			before = r
			types[r]++
			if types[r] > 1 || !unicode.In(r, table) || isTransparent(r) {
				t.Errorf("%U has %d types of joining", r, types[r])
			}
		}
	}
	if len(types) != 767 {
		t.Errorf("%d letters join, want the 767 of Unicode 15.0", len(types))
	}
}

func runesOf(table *unicode.RangeTable) []rune {
	var runes []rune
	for _, span := range table.R16 {
		for r := rune(span.Lo); r <= rune(span.Hi); r++ {
			runes = append(runes, r)
		}
	}
	for _, span := range table.R32 {
		for r := rune(span.Lo); r <= rune(span.Hi); r++ {
			runes = append(runes, r)
		}
	}
	return runes
}
