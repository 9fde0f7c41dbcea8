package names

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// MaxOctets is the length of the longest name. RFC 1035 section 3.1 allows 255 octets on the
	// wire, where the first label's length and the root take two more than the text.
	MaxOctets = 253
	// MaxLabelOctets is the length of the longest label. RFC 1035 section 2.3.4.
	MaxLabelOctets = 63
)

const tooLong = "is longer than 253 octets"

// Parse returns the name that s spells. It takes names as EPP carries them: letters of either
// case, digits and hyphens (RFC 1123 section 2.1), A-labels that IDNA2008 allows, no final dot.
// A name whose last label is all digits is refused, since it would read as an address (RFC 3696
// section 2). The error is an *Error. Nothing is allocated if s is canonical and has no A-label.
func Parse(s string) (Name, error) {
	// This has to be known before letters change case: the lower case of U+212A KELVIN SIGN is an
	// ASCII "k".
	if !isASCII(s) {
		return Name{}, &Error{Problem: "is not ASCII; send " + aLabelAdvice(s)}
	}
	return parseASCII(s)
}

// parseASCII is Parse for a text that is known to be ASCII.
func parseASCII(s string) (Name, error) {
	if problem := wholeProblem(s); problem != "" {
		return Name{}, &Error{Problem: problem}
	}
	s = strings.ToLower(s)
	for rest, more := s, true; more; {
		var label string
		label, rest, more = strings.Cut(rest, ".")
		if problem := labelProblem(label); problem != "" {
			return Name{}, &Error{label, problem}
		}
		if !more && isDigits(label) {
			return Name{}, &Error{label, "is the last and all digits, as in an address"}
		}
	}
	if hasALabel(s) {
		if err := checkIDN(s); err != nil {
			return Name{}, err
		}
	}
	return Name{s}, nil
}

// MustParse is Parse for names that are written in the program. It panics where Parse refuses.
func MustParse(s string) Name {
	n, err := Parse(s)
	if err != nil {
		panic("names: " + strconv.Quote(s) + ": " + err.Error())
	}
	return n
}

// wholeProblem returns what is wrong with s before its labels are looked at, and "" if nothing is.
func wholeProblem(s string) string {
	switch {
	case s == "":
		return "is empty"
	case len(s) > MaxOctets:
		return tooLong
	case s[len(s)-1] == '.':
		return "ends with a dot; send it without"
	case s[0] == '.', strings.Contains(s, ".."):
		return "has an empty label"
	}
	return ""
}

// aLabelAdvice says what to send in place of s, which is not ASCII.
func aLabelAdvice(s string) string {
	n, err := ParseLookup(s)
	if err != nil {
		return "the A-label of every label that has other characters"
	}
	return "the A-label form " + strconv.Quote(n.s)
}

// labelProblem returns what is wrong with a label of lower-case ASCII, and "" if nothing is. The
// content of an A-label is not looked at.
func labelProblem(label string) string {
	if len(label) > MaxLabelOctets {
		return "is longer than 63 octets"
	}
	for i := range len(label) {
		if !isLDH(label[i]) {
			return "has " + octetName(label[i]) + "; only letters, digits and hyphens are allowed"
		}
	}
	switch {
	case label[0] == '-':
		return "begins with a hyphen"
	case label[len(label)-1] == '-':
		return "ends with a hyphen"
	case hasTaggedHyphens(label) && !isALabel(label):
		return "has hyphens in third and fourth place, which only an A-label may have"
	}
	return ""
}

// octetName returns how an error calls an octet that a label must not have.
func octetName(b byte) string {
	switch b {
	case '_':
		return "an underscore"
	case ' ':
		return "a space"
	}
	return strconv.QuoteRuneToASCII(rune(b))
}

// isLDH reports whether b is a lower-case letter, a digit or a hyphen.
func isLDH(b byte) bool {
	return 'a' <= b && b <= 'z' || '0' <= b && b <= '9' || b == '-'
}

// hasTaggedHyphens reports whether the third and fourth octets are hyphens, which RFC 5891 section
// 4.2.3.1 keeps for prefixes such as "xn--".
func hasTaggedHyphens(label string) bool {
	return len(label) >= 4 && label[2] == '-' && label[3] == '-'
}

func isDigits(label string) bool {
	return strings.Trim(label, "0123456789") == ""
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
