package names

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// maxLookupOctets bounds what ParseLookup reads: a name of MaxOctets with each character in the
// four octets that UTF-8 needs at most, since it is the A-label form that must be short.
const maxLookupOctets = 4 * MaxOctets

// ParseLookup returns the name that a WHOIS or RDAP query asks for. Beyond what Parse takes, s may
// have space around it, one final dot, and U-labels in any case and width, which are mapped as in
// RFC 5895 section 2. The error is an *Error.
func ParseLookup(s string) (Name, error) {
	if len(s) > maxLookupOctets {
		return Name{}, &Error{Problem: tooLong}
	}
	s = strings.TrimSpace(s)
	if !isASCII(s) {
		var err error
		if s, err = toALabels(s); err != nil {
			return Name{}, err
		}
	}
	return parseASCII(strings.TrimSuffix(s, "."))
}

// IsNormalized reports whether s is composed and of one width, as U-labels are (RFC 5890 section 2.3.2.1), so
// that a reader of A-labels and U-labels need not map it.
func IsNormalized(s string) bool { return norm.NFC.IsNormalString(s) && width.Fold.String(s) == s }

// toALabels maps s for lookup and puts "xn--" and Punycode in place of each label that is not
// ASCII then. It does not judge the labels: parseASCII does, by decoding them again.
func toALabels(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", &Error{Problem: "is not valid UTF-8"}
	}
	labels := strings.Split(mapForLookup(s), ".")
	for i, label := range labels {
		if isASCII(label) {
			continue
		}
		a, err := idna.Punycode.ToASCII(label)
		if err != nil {
			return "", &Error{label, "cannot be written in Punycode"}
		}
		labels[i] = a
	}
	return strings.Join(labels, "."), nil
}

// mapForLookup applies RFC 5895 section 2 to a name: lower case, one width, composed characters,
// and the ideographic full stop as a dot.
func mapForLookup(s string) string {
	s = width.Fold.String(strings.Map(lowerForLookup, s))
	s = strings.ReplaceAll(s, "\u3002", ".")
	return norm.NFC.String(s)
}

// lowerForLookup returns the lower case of r, but leaves a code point that is valid in a U-label
// as it is: valid Cherokee letters are the capital ones.
func lowerForLookup(r rune) rune {
	if derivedProperty(r) == protocolValid {
		return r
	}
	return unicode.ToLower(r)
}
