package whois

import (
	"bytes"
	"strings"
	"unicode"

	"example.org/dorado/flow"
)

// lines are "Key: value" lines.
type lines struct{ text bytes.Buffer }

// add writes one line. A field that has no value stands there without one.
func (l *lines) add(key, value string) {
	l.text.WriteString(key)
	l.text.WriteString(":")
	if value = clean(value); value != "" {
		l.text.WriteString(" ")
		l.text.WriteString(value)
	}
	l.text.WriteString("\r\n")
}

// next parts two records.
func (l *lines) next() {
	if l.text.Len() > 0 {
		l.text.WriteString("\r\n")
	}
}

// page ends an answer that comes from the data with the line that says as of when it is, and returns it with room for
// that instant.
func (l *lines) page() flow.Page {
	l.text.WriteString(">>> Last update of WHOIS database: ")
	stamp := l.text.Len()
	l.text.WriteString(strings.Repeat("0", len(instant)))
	l.text.WriteString(" <<<\r\n")
	return flow.Page{Body: bytes.Clone(l.text.Bytes()), Stamp: stamp}
}

// clean keeps what somebody typed into a field from looking like other fields: whatever could
// begin a line is a space, and what changes the direction of the text is gone.
func clean(value string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, value))
}
