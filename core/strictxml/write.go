package strictxml

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Writer appends XML to a byte slice. Names are written as given, so the
// caller chooses the prefixes and declares them with Attr; they come from code
// and are not looked at. Values are escaped, and what XML 1.0 cannot hold (most
// control characters, U+FFFE, bytes that are not UTF-8) becomes U+FFFD. Nothing
// is indented.
type Writer struct {
	buf  []byte
	open []string
	head bool // a start tag still lacks its ">"
	err  error
}

// Reset begins a new document that is appended to buf, which may be nil.
func (w *Writer) Reset(buf []byte) {
	*w = Writer{buf: buf, open: w.open[:0]}
}

// Declare writes the XML declaration.
func (w *Writer) Declare() {
	w.buf = append(w.buf, `<?xml version="1.0" encoding="UTF-8"?>`...)
}

// Start opens an element.
func (w *Writer) Start(name string) {
	w.finishHead()
	w.buf = append(append(w.buf, '<'), name...)
	w.open = append(w.open, name)
	w.head = true
}

// Attr writes an attribute, or a namespace declaration, of the element that
// Start has just opened.
func (w *Writer) Attr(name, value string) {
	if !w.head {
		w.fault("attribute " + name + " after the start tag")
		return
	}
	w.buf = append(append(append(w.buf, ' '), name...), `="`...)
	w.buf = appendEscaped(w.buf, value, true)
	w.buf = append(w.buf, '"')
}

// Text writes character data.
func (w *Writer) Text(s string) {
	w.finishHead()
	w.buf = appendEscaped(w.buf, s, false)
}

// Int writes a number in decimal.
func (w *Writer) Int(n int64) {
	w.finishHead()
	w.buf = strconv.AppendInt(w.buf, n, 10)
}

// Raw writes what is already well-formed XML, such as Element.AppendTo gives.
func (w *Writer) Raw(xml []byte) {
	w.finishHead()
	w.buf = append(w.buf, xml...)
}

// End closes the element opened last.
func (w *Writer) End() {
	if len(w.open) == 0 {
		w.fault("an end without a start")
		return
	}
	name := w.open[len(w.open)-1]
	w.open = w.open[:len(w.open)-1]
	if w.head {
		w.head = false
		w.buf = append(w.buf, "/>"...)
		return
	}
	w.buf = append(append(append(w.buf, "</"...), name...), '>')
}

// Element writes an element that holds only text.
func (w *Writer) Element(name, text string) {
	w.finishHead()
	w.buf = append(append(append(w.buf, '<'), name...), '>')
	w.buf = appendEscaped(w.buf, text, false)
	w.buf = append(append(append(w.buf, "</"...), name...), '>')
}

// Bytes returns the document, or an error if starts and ends do not match.
func (w *Writer) Bytes() ([]byte, error) {
	if len(w.open) > 0 {
		w.fault("<" + w.open[len(w.open)-1] + "> is not ended")
	}
	return w.buf, w.err
}

func (w *Writer) finishHead() {
	if w.head {
		w.head = false
		w.buf = append(w.buf, '>')
	}
}

func (w *Writer) fault(what string) {
	if w.err == nil {
		w.err = errors.New("write xml: " + what)
	}
}

// escapeValue escapes a value that is known to have only Chars.
var escapeValue = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;",
	"\t", "&#9;", "\n", "&#10;", "\r", "&#13;")

// appendEscaped appends s so that a reader gets it back. White space that a
// reader would normalise in a value is written as a reference.
func appendEscaped(dst []byte, s string, value bool) []byte {
	plain := uint8(plainText)
	if value {
		plain = plainValue
	}
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf && classes[c]&plain != 0 && c != '>' {
			i++
			continue
		}
		size, escape := 1, ""
		if c < utf8.RuneSelf {
			escape = escapeByte(c, value)
		} else {
			var r rune
			r, size = utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 || !isChar(r) {
				escape = "\uFFFD"
			}
		}
		if escape != "" {
			dst = append(append(dst, s[from:i]...), escape...)
			from = i + size
		}
		i += size
	}
	return append(dst, s[from:]...)
}

// escapeByte returns what stands for an ASCII character, empty for itself.
func escapeByte(c byte, value bool) string {
	switch c {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '\r':
		return "&#13;"
	case '"', '\t', '\n':
		if !value {
			return ""
		}
		return escapeValue.Replace(string(c))
	case '\'', ']':
		return ""
	}
	return "\uFFFD"
}
