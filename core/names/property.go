package names

import (
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// A property is what RFC 5892 says of a code point. CONTEXTJ and CONTEXTO are one here, since both
// ask the rules of its appendix A.
type property uint8

const (
	disallowed property = iota
	unassigned
	protocolValid
	contextual
)

// derivedProperty computes the property of r from Unicode's data by the algorithm of RFC 5892
// section 3, in its order. BackwardCompatible (section 2.7) is empty.
func derivedProperty(r rune) property {
	if p, found := exception(r); found {
		return p
	}
	switch {
	case unicode.Is(unicode.Noncharacter_Code_Point, r):
		return disallowed
	case unicode.Is(unicode.Cn, r):
		return unassigned
	case r < 0x80 && isLDH(byte(r)):
		return protocolValid
	case unicode.Is(unicode.Join_Control, r):
		return contextual
	case isUnstable(r), isIgnorable(r), isOldHangulJamo(r):
		return disallowed
	case unicode.In(r, unicode.Ll, unicode.Lu, unicode.Lo, unicode.Nd,
		unicode.Lm, unicode.Mn, unicode.Mc):
		return protocolValid
	}
	return disallowed
}

// exception returns the property of the code points that RFC 5892 section 2.6 lists one by one.
func exception(r rune) (property, bool) {
	switch r {
	case 0x00DF, 0x03C2, 0x06FD, 0x06FE, 0x0F0B, 0x3007:
		return protocolValid, true
	case middleDot, keraia, geresh, gershayim, katakanaMiddleDot:
		return contextual, true
	case 0x0640, 0x07FA, 0x302E, 0x302F, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303B:
		return disallowed, true
	}
	return contextual, isArabicIndicDigit(r) || isExtendedArabicIndicDigit(r)
}

// isUnstable reports whether normalization and case folding change r. RFC 5892 section 2.2.
func isUnstable(r rune) bool {
	if isCherokeeCapital(r) {
		return false
	}
	s := string(r)
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s))) != s
}

// isCherokeeCapital reports whether r is a Cherokee letter that case folding leaves alone. In this
// script Unicode folds small to capital letters (CaseFolding.txt); cases.Fold swaps the two.
func isCherokeeCapital(r rune) bool { return 0x13A0 <= r && r <= 0x13F5 }

// isIgnorable reports whether r has an ignorable property or stands in an ignorable block. RFC
// 5892 sections 2.3 and 2.4. Of Default_Ignorable_Code_Point only the parts that are letters,
// digits or marks matter here: the rest, White_Space too, is disallowed by its category.
func isIgnorable(r rune) bool {
	switch {
	case 0x20D0 <= r && r <= 0x20FF, // Combining Diacritical Marks for Symbols
		0x1D100 <= r && r <= 0x1D1FF, // Musical Symbols
		0x1D200 <= r && r <= 0x1D24F: // Ancient Greek Musical Notation
		return true
	}
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// isOldHangulJamo reports whether r is a conjoining jamo, that is, its Hangul_Syllable_Type is L,
// V or T. RFC 5892 section 2.9.
func isOldHangulJamo(r rune) bool {
	return 0x1100 <= r && r <= 0x11FF || 0xA960 <= r && r <= 0xA97C || 0xD7B0 <= r && r <= 0xD7FB
}
