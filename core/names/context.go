package names

import (
	"slices"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The code points with a rule of their own in RFC 5892 appendix A.
const (
	zeroWidthNonJoiner = 0x200C
	zeroWidthJoiner    = 0x200D
	middleDot          = 0x00B7
	keraia             = 0x0375
	geresh             = 0x05F3
	gershayim          = 0x05F4
	katakanaMiddleDot  = 0x30FB
)

// virama is the canonical combining class of the signs that suppress an Indic letter's vowel.
const virama = 9

// contextHolds reports whether the rule of RFC 5892 appendix A for the code point at i holds in
// the label. A code point without a rule is refused.
func contextHolds(label []rune, i int) bool {
	switch r := label[i]; {
	case r == zeroWidthNonJoiner: // A.1
		return followsVirama(label, i) || breaksCursiveJoin(label, i)
	case r == zeroWidthJoiner: // A.2
		return followsVirama(label, i)
	case r == middleDot: // A.3, the Catalan ela geminada
		return i > 0 && label[i-1] == 'l' && i+1 < len(label) && label[i+1] == 'l'
	case r == keraia: // A.4
		return i+1 < len(label) && unicode.Is(unicode.Greek, label[i+1])
	case r == geresh, r == gershayim: // A.5, A.6
		return i > 0 && unicode.Is(unicode.Hebrew, label[i-1])
	case r == katakanaMiddleDot: // A.7
		return slices.ContainsFunc(label, isJapanese)
	case isArabicIndicDigit(r): // A.8
		return !slices.ContainsFunc(label, isExtendedArabicIndicDigit)
	case isExtendedArabicIndicDigit(r): // A.9
		return !slices.ContainsFunc(label, isArabicIndicDigit)
	}
	return false
}

func isArabicIndicDigit(r rune) bool { return 0x0660 <= r && r <= 0x0669 }

func isExtendedArabicIndicDigit(r rune) bool { return 0x06F0 <= r && r <= 0x06F9 }

// isJapanese reports whether the script of r is one of the three of Japanese.
func isJapanese(r rune) bool {
	return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han)
}

func followsVirama(label []rune, i int) bool {
	return i > 0 && norm.NFC.PropertiesString(string(label[i-1])).CCC() == virama
}

// breaksCursiveJoin reports whether the code point at i stands between a letter that joins to the
// next and one that joins to the one before, with only transparent code points between them.
func breaksCursiveJoin(label []rune, i int) bool {
	before := i - 1
	for before >= 0 && isTransparent(label[before]) {
		before--
	}
	after := i + 1
	for after < len(label) && isTransparent(label[after]) {
		after++
	}
	return before >= 0 && unicode.In(label[before], joinsLeft, joinsBoth) &&
		after < len(label) && unicode.In(label[after], joinsRight, joinsBoth)
}

// isTransparent reports whether the Joining_Type of r is T. By Unicode's default that is every
// non-spacing mark; the other categories with that type never reach a valid label.
func isTransparent(r rune) bool { return unicode.Is(unicode.Mn, r) }
