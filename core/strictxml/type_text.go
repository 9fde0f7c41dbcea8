package strictxml

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The functions in this file and the other type_ files are simple types of XSD
// 1.0 part 2. Each takes text or an attribute value as the document has it,
// applies the whiteSpace facet of the type, and returns the value; the error
// says what a valid one looks like. They accept exactly what libxml2 accepts,
// which in a few documented places is more or less than the recommendation.

// String is xs:string: white space is preserved. Section 3.2.1.
func String(s string) (string, error) { return s, nil }

// NormalizedString is xs:normalizedString: each tab, line feed and carriage
// return becomes a blank. Section 3.3.1.
func NormalizedString(s string) (string, error) {
	if !strings.ContainsAny(s, "\t\n\r") {
		return s, nil
	}
	b := []byte(s)
	for i, c := range b {
		if classes[c]&space != 0 {
			b[i] = ' '
		}
	}
	return string(b), nil
}

// Token is xs:token: white space is collapsed. Section 3.3.2.
func Token(s string) (string, error) { return collapse(s), nil }

// TokenLen is xs:token of min to max characters. A max of 0 sets no bound.
func TokenLen(s string, min, max int) (string, error) {
	s = collapse(s)
	return s, length(s, min, max)
}

// NormalizedLen is xs:normalizedString of min to max characters. A max of 0
// sets no bound.
func NormalizedLen(s string, min, max int) (string, error) {
	s, _ = NormalizedString(s)
	return s, length(s, min, max)
}

// TokenOf is xs:token with an enumeration.
func TokenOf(s string, values ...string) (string, error) {
	s = collapse(s)
	for _, v := range values {
		if s == v {
			return s, nil
		}
	}
	if len(values) == 1 {
		return "", fmt.Errorf("it must be %q", values[0])
	}
	last := len(values) - 1
	return "", fmt.Errorf("it must be %s or %s", strings.Join(values[:last], ", "), values[last])
}

// Language is xs:language: tags of up to eight letters, digits after the first
// of them, with hyphens between. Section 3.3.3.
func Language(s string) (string, error) {
	s = collapse(s)
	for i, part := range strings.Split(s, "-") {
		if len(part) < 1 || len(part) > 8 || !isAlnum(part, i > 0) {
			return "", errors.New(`it must be a language tag such as "en" or "es-CO"`)
		}
	}
	return s, nil
}

// NMTOKEN is xs:NMTOKEN: one or more name characters. Section 3.3.4.
func NMTOKEN(s string) (string, error) {
	s = collapse(s)
	for _, r := range s {
		ascii := r < utf8.RuneSelf
		if ascii && r != ':' && classes[byte(r)]&nameChar == 0 || !ascii && !isNameChar(r) {
			return "", errors.New("it must consist of name characters")
		}
	}
	return s, length(s, 1, 0)
}

// ID is xs:ID: a name without a colon. That no two in a document are equal is
// left to the reader. Section 3.3.8.
func ID(s string) (string, error) {
	s = collapse(s)
	if s == "" || ncName(s, 0) < len(s) {
		return "", errors.New("it must be a name without a colon")
	}
	return s, nil
}

// collapse applies whiteSpace="collapse": XML white space is trimmed at the
// ends and becomes single blanks within. Section 4.3.6.
func collapse(s string) string {
	for len(s) > 0 && classes[s[0]]&space != 0 {
		s = s[1:]
	}
	for len(s) > 0 && classes[s[len(s)-1]]&space != 0 {
		s = s[:len(s)-1]
	}
	for i := 0; i < len(s); i++ {
		if classes[s[i]]&space != 0 && (s[i] != ' ' || classes[s[i+1]]&space != 0) {
			fields := strings.FieldsFunc(s, func(r rune) bool {
				return r == ' ' || r == '\t' || r == '\n' || r == '\r'
			})
			return strings.Join(fields, " ")
		}
	}
	return s
}

// length checks the number of characters. Section 4.3.1.
func length(s string, min, max int) error {
	n := utf8.RuneCountInString(s)
	switch {
	case n >= min && (n <= max || max == 0):
		return nil
	case max == 0:
		return fmt.Errorf("it must have at least %d characters, and has %d", min, n)
	case min == max:
		return fmt.Errorf("it must have %d characters, and has %d", min, n)
	case min == 0:
		return fmt.Errorf("it must have at most %d characters, and has %d", max, n)
	}
	return fmt.Errorf("it must have %d to %d characters, and has %d", min, max, n)
}

func isAlnum(s string, digits bool) bool {
	for i := range len(s) {
		letter := s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z'
		if !letter && !(digits && isDigit(s[i])) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isDigits reports whether s is one or more ASCII digits.
func isDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}
