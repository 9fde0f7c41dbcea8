package names

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// acePrefix begins every A-label. RFC 5890 section 2.3.2.1.
const acePrefix = "xn--"

func isALabel(label string) bool { return strings.HasPrefix(label, acePrefix) }

// hasALabel reports whether a label of the lower-case name s begins with "xn--".
func hasALabel(s string) bool {
	return strings.HasPrefix(s, acePrefix) || strings.Contains(s, "."+acePrefix)
}

// checkIDN refuses the lower-case ASCII name s unless each of its A-labels is valid, and together
// they satisfy the Bidi rule.
func checkIDN(s string) error {
	labels := strings.Split(s, ".")
	decoded := make([][]rune, len(labels))
	for i, label := range labels {
		decoded[i] = []rune(label)
		if !isALabel(label) {
			continue
		}
		u, err := uLabel(label)
		if err != nil {
			return &Error{label, "is not an A-label: " + err.Error()}
		}
		decoded[i] = []rune(u)
		if problem := uLabelProblem(decoded[i]); problem != "" {
			return &Error{label, "is not an A-label: its U-label " + problem}
		}
	}
	return checkBidi(labels, decoded)
}

// uLabel decodes the Punycode of a lower-case label that begins with "xn--". Only the one spelling
// that encoding gives again is accepted, so that two A-labels never mean one U-label. RFC 5891
// section 5.4; operations manual 8.1.7.
func uLabel(label string) (string, error) {
	// The error includes a text that is all ASCII and so needs no A-label.
	u, err := idna.Punycode.ToUnicode(label)
	if err != nil {
		return "", fmt.Errorf("what follows %s is not the Punycode of a non-ASCII text", acePrefix)
	}
	again, err := idna.Punycode.ToASCII(u)
	if err != nil || again != label {
		return "", fmt.Errorf("its Punycode does not encode to itself again")
	}
	return u, nil
}

// uLabelProblem returns which rule of RFC 5891 sections 4.2.1 to 4.2.3.3 the label breaks, and ""
// if none. The label is not empty, since its Punycode held something.
func uLabelProblem(label []rune) string {
	s := string(label)
	switch {
	case !norm.NFC.IsNormalString(s):
		return "is not in Normalization Form C"
	case label[0] == '-' || label[len(label)-1] == '-':
		return "begins or ends with a hyphen"
	case len(label) >= 4 && label[2] == '-' && label[3] == '-':
		return "has hyphens in third and fourth place"
	case unicode.Is(unicode.M, label[0]):
		return fmt.Sprintf("begins with the combining mark %U", label[0])
	}
	for i, r := range label {
		switch derivedProperty(r) {
		case protocolValid:
		case contextual:
			if !contextHolds(label, i) {
				return fmt.Sprintf("has %U where its context does not allow it", r)
			}
		case unassigned:
			return fmt.Sprintf("has %U, which Unicode %s does not assign", r, unicode.Version)
		default:
			return fmt.Sprintf("has %U, which IDNA2008 disallows", r)
		}
	}
	return ""
}
