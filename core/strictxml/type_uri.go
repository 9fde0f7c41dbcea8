package strictxml

import (
	"errors"
	"math"
	"strings"
)

// AnyURI is xs:anyURI: a URI reference of RFC 3986 in which characters that a
// URI cannot hold may stand unescaped. Section 3.2.17. As in libxml2, what is
// within the brackets of an IP literal is not looked at, and a port that is
// announced by a colon must be there and fit 31 bits.
func AnyURI(s string) (string, error) {
	s = collapse(s)
	if !isAbsoluteURI(s) && !isRelativeRef(s) {
		return "", errors.New("it must be a URI")
	}
	return s, nil
}

// isAbsoluteURI matches "URI" of RFC 3986 appendix A.
func isAbsoluteURI(s string) bool {
	scheme, rest, found := strings.Cut(s, ":")
	if !found || scheme == "" || !isAlnum(scheme[:1], false) {
		return false
	}
	for i := range len(scheme) {
		if !isAlnum(scheme[i:i+1], true) && !strings.Contains("+-.", scheme[i:i+1]) {
			return false
		}
	}
	return isHierarchy(rest, false)
}

// isRelativeRef matches "relative-ref".
func isRelativeRef(s string) bool { return isHierarchy(s, true) }

// isHierarchy matches "hier-part" or "relative-part", query and fragment.
func isHierarchy(s string, relative bool) bool {
	rest, ok := s, true
	switch {
	case strings.HasPrefix(s, "//"):
		if rest, ok = cutAuthority(s[2:]); !ok {
			return false
		}
		for strings.HasPrefix(rest, "/") {
			rest = cutChars(rest[1:], pathChars)
		}
	case strings.HasPrefix(s, "/"):
		rest = cutChars(s[1:], pathChars)
		if len(rest) == len(s)-1 {
			break
		}
		rest = cutSegments(rest)
	default:
		stops := pathChars
		if relative {
			stops = strings.ReplaceAll(pathChars, ":", "")
		}
		if rest = cutChars(s, stops); len(rest) < len(s) {
			rest = cutSegments(rest)
		}
	}
	if strings.HasPrefix(rest, "?") {
		rest = cutChars(rest[1:], pathChars+"/?")
	}
	if strings.HasPrefix(rest, "#") {
		rest = cutChars(rest[1:], pathChars+"/?[]")
	}
	return rest == ""
}

func cutSegments(s string) string {
	for strings.HasPrefix(s, "/") {
		s = cutChars(s[1:], pathChars)
	}
	return s
}

// cutAuthority cuts off "authority".
func cutAuthority(s string) (rest string, ok bool) {
	if after := cutChars(s, hostChars+":"); strings.HasPrefix(after, "@") {
		s = after[1:]
	}
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return "", false
		}
		s = s[end+1:]
	} else {
		s = cutChars(s, hostChars)
	}
	port, found := strings.CutPrefix(s, ":")
	if !found {
		return s, true
	}
	n, digits := 0, 0
	for digits < len(port) && isDigit(port[digits]) {
		n = n*10 + int(port[digits]-'0')
		if digits++; n > math.MaxInt32 {
			return "", false
		}
	}
	return port[digits:], digits > 0
}

// The punctuation of "reg-name" and of "pchar".
const (
	hostChars = "-._~!$&'()*+,;="
	pathChars = hostChars + ":@"
)

// cutChars cuts off letters, digits, percent-encoded bytes, characters that
// anyURI lets stand unescaped, and the punctuation.
func cutChars(s, punctuation string) string {
	for len(s) > 0 {
		c := s[0]
		switch {
		case isAlnum(s[:1], true), strings.IndexByte(punctuation, c) >= 0, unescaped(c):
			s = s[1:]
		case c == '%' && len(s) >= 3 && isHex(s[1]) && isHex(s[2]):
			s = s[3:]
		default:
			return s
		}
	}
	return s
}

// unescaped reports whether anyURI lets c stand although a URI does not. XLink
// 1.0 section 5.4.
func unescaped(c byte) bool {
	return c <= ' ' || c >= 0x7F || strings.IndexByte("<>\"{}|\\^`", c) >= 0
}

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
