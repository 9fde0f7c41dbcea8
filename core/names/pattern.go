package names

import (
	"errors"
	"strings"
)

// ErrPattern is what ParsePattern returns for an asterisk that stands elsewhere than at the end of a label, or for
// more than one: a style of searching that is not served. RFC 9082 section 4.1.
var ErrPattern = errors.New("an asterisk may stand once, at the end of a label, behind letters, digits, hyphens and dots")

// A Pattern is a name, or the beginning of names: "exam*", "exam*.example" or "ns1.exam*.example". Where something
// stands behind the asterisk, what it replaces is the end of one label; at the very end it may be more. RFC 9082
// section 4.1. The zero Pattern fits nothing.
type Pattern struct {
	whole  Name   // where there is no asterisk
	prefix string // before the asterisk, in lower case
	suffix string // behind it: empty, or a dot and more
}

// ParsePattern returns the pattern that a search asks for. Without an asterisk it is what ParseLookup takes; with one
// it is of letters, digits, hyphens and dots, since the beginning of a U-label is no beginning of its A-label. The
// error is an *Error or ErrPattern.
func ParsePattern(s string) (Pattern, error) {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "*") {
		name, err := ParseLookup(s)
		return Pattern{whole: name}, err
	}
	if len(s) > MaxOctets {
		return Pattern{}, &Error{Problem: tooLong}
	}
	before, behind, _ := strings.Cut(strings.ToLower(strings.TrimSuffix(s, ".")), "*")
	if before == "" || behind != "" && behind[0] != '.' || strings.Contains(behind, "*") ||
		!isASCII(s) {
		return Pattern{}, ErrPattern
	}
	if err := checkBeginning(before, behind); err != nil {
		return Pattern{}, err
	}
	if i := strings.IndexFunc(before+behind, isNoNameByte); i >= 0 {
		return Pattern{}, ErrPattern
	}
	return Pattern{prefix: before, suffix: behind}, nil
}

// checkBeginning says what is wrong with what stands before and behind an asterisk: with one more letter it has to be
// a name. Of an A-label that is cut only the letters are judged, since its Punycode is decoded whole or not at all.
func checkBeginning(before, behind string) error {
	dot := strings.LastIndexByte(before, '.') + 1
	if cut := before[dot:]; hasALabel(cut) {
		if problem := labelProblem(cut + "x"); problem != "" {
			return &Error{cut, problem}
		}
		before = before[:dot]
	}
	_, err := parseASCII(before + "x" + behind)
	return err
}

// isNoNameByte reports whether a character stands in no name.
func isNoNameByte(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.'
}

// Whole returns the name that a pattern without an asterisk is.
func (p Pattern) Whole() (Name, bool) { return p.whole, !p.whole.IsZero() }

// Prefix is what every name begins with that fits: all of it where there is no asterisk.
func (p Pattern) Prefix() string {
	if !p.whole.IsZero() {
		return p.whole.s
	}
	return p.prefix
}

// Fits reports whether a name fits.
func (p Pattern) Fits(n Name) bool {
	if !p.whole.IsZero() {
		return n == p.whole
	}
	rest, begins := strings.CutPrefix(n.s, p.prefix)
	if !begins || p.prefix == "" {
		return false
	}
	middle, ends := strings.CutSuffix(rest, p.suffix)
	return ends && (p.suffix == "" || !strings.Contains(middle, "."))
}

// String returns the pattern as it was asked for, in lower case.
func (p Pattern) String() string {
	if !p.whole.IsZero() {
		return p.whole.s
	}
	return p.prefix + "*" + p.suffix
}
