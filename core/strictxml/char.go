package strictxml

import (
	"strings"
	"unicode/utf8"
)

// Classes of bytes, as bits.
const (
	plainText  = 1 << iota // needs no second look in character data
	plainValue             // needs no second look in an attribute value
	space                  // production S
	nameStart              // begins an ASCII NCName
	nameChar               // continues an ASCII NCName
	illegal                // is no Char, or begins one that may be none
)

// classes has the classes of every byte. Bytes from 0x80 are parts of
// characters that decode has found valid; of those only U+FFFE and U+FFFF,
// which begin with 0xEF, are not Chars. XML 1.0 section 2.2.
var classes = classTable()

func classTable() (table [256]uint8) {
	for b := range table {
		c := byte(b)
		switch {
		case c == '\t' || c == '\n' || c == '\r' || c == ' ':
			table[b] = space
		case c < ' ' || c == 0xEF:
			table[b] = illegal
		}
		if table[b]&illegal == 0 && c != '<' && c != '&' {
			if c != ']' && c != '\r' {
				table[b] |= plainText
			}
			if c != '"' && c != '\'' && (c == ' ' || table[b]&space == 0) {
				table[b] |= plainValue
			}
		}
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if letter {
			table[b] |= nameStart
		}
		if letter || c >= '0' && c <= '9' || c == '-' || c == '.' {
			table[b] |= nameChar
		}
	}
	return table
}

// noncharacter reports whether s begins with U+FFFE or U+FFFF.
func noncharacter(s string) bool {
	return len(s) >= 3 && s[0] == 0xEF && s[1] == 0xBF && s[2] >= 0xBE
}

// isChar reports whether r is a Char. XML 1.0 section 2.2.
func isChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= ' ' && r < 0xD800 || r > 0xDFFF && r < 0xFFFE || r > 0xFFFF && r <= utf8.MaxRune
}

// badChar returns the offset of the first character in s that is no Char, or -1.
func badChar(s string) int {
	for i := 0; i < len(s); i++ {
		if classes[s[i]]&illegal != 0 && (s[i] != 0xEF || noncharacter(s[i:])) {
			return i
		}
	}
	return -1
}

// isNameStart reports whether r is a NameStartChar beyond ASCII. XML 1.0
// section 2.3, production 4.
func isNameStart(r rune) bool {
	switch {
	case r < 0xC0 || r == 0xD7 || r == 0xF7 || r >= 0x300 && r <= 0x36F || r == 0x37E:
		return false
	case r <= 0x1FFF || r == 0x200C || r == 0x200D:
		return true
	}
	return r >= 0x2070 && r <= 0x218F || r >= 0x2C00 && r <= 0x2FEF ||
		r >= 0x3001 && r <= 0xD7FF || r >= 0xF900 && r <= 0xFDCF ||
		r >= 0xFDF0 && r <= 0xFFFD || r >= 0x10000 && r <= 0xEFFFF
}

// isNameChar reports whether r is a NameChar beyond ASCII. Production 4a.
func isNameChar(r rune) bool {
	return isNameStart(r) || r == 0xB7 || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}

// ncName returns how many bytes of s from i on are an NCName, 0 if none is there.
func ncName(s string, i int) int {
	start := i
	for i < len(s) {
		want := uint8(nameChar)
		if i == start {
			want = nameStart
		}
		if s[i] < utf8.RuneSelf {
			if classes[s[i]]&want == 0 {
				break
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isNameStart(r) && (i == start || !isNameChar(r)) {
			break
		}
		i += size
	}
	return i - start
}

// isSpace reports whether s is nothing but white space.
func isSpace(s string) bool {
	for i := range len(s) {
		if classes[s[i]]&space == 0 {
			return false
		}
	}
	return true
}

// lineEnds makes every line end a single newline. XML 1.0 section 2.11.
func lineEnds(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
