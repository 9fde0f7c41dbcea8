package strictxml

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The encodings that a document can be in.
type encoding int

const (
	utf8Bytes encoding = iota
	utf16LE
	utf16BE
)

// decode makes UTF-8 of the frame. It tells the encoding by the byte-order mark
// alone, and without one takes the frame for UTF-8. XML 1.0 section 4.3.3.
func (p *scanner) decode(frame []byte) bool {
	switch {
	case len(frame) >= 3 && string(frame[:3]) == "\xEF\xBB\xBF":
		return p.decodeUTF8(frame[3:])
	case len(frame) >= 2 && string(frame[:2]) == "\xFF\xFE":
		p.encoding = utf16LE
		return p.decodeUTF16(frame[2:], binary.LittleEndian)
	case len(frame) >= 2 && string(frame[:2]) == "\xFE\xFF":
		p.encoding = utf16BE
		return p.decodeUTF16(frame[2:], binary.BigEndian)
	case len(frame) >= 2 && (frame[0] == 0 || frame[1] == 0):
		return p.fail(BadBytes, 0, "the document looks like UTF-16 without a byte-order mark; "+
			"begin it with one, or send UTF-8")
	}
	return p.decodeUTF8(frame)
}

func (p *scanner) decodeUTF8(frame []byte) bool {
	p.src = string(frame)
	if utf8.ValidString(p.src) {
		return true
	}
	at := 0
	for {
		r, size := utf8.DecodeRuneInString(p.src[at:])
		if r == utf8.RuneError && size == 1 {
			return p.fail(BadBytes, at, "byte 0x%02X is not valid UTF-8", p.src[at])
		}
		at += size
	}
}

func (p *scanner) decodeUTF16(frame []byte, order binary.ByteOrder) bool {
	var text strings.Builder
	text.Grow(len(frame))
	for i := 0; i+1 < len(frame); i += 2 {
		r := rune(order.Uint16(frame[i:]))
		if utf16.IsSurrogate(r) {
			next := rune(0)
			if i+3 < len(frame) {
				next = rune(order.Uint16(frame[i+2:]))
			}
			pair := utf16.DecodeRune(r, next)
			if pair == utf8.RuneError {
				p.src = text.String()
				return p.fail(BadBytes, len(p.src), "0x%04X is half a UTF-16 surrogate pair", r)
			}
			r, i = pair, i+2
		}
		text.WriteRune(r)
	}
	p.src = text.String()
	if len(frame)%2 != 0 {
		return p.fail(BadBytes, len(p.src), "the UTF-16 document ends with half a character")
	}
	return true
}

// label compares the declared encoding with the one that the bytes are in.
func (p *scanner) label(name string, at int) bool {
	upper := strings.ToUpper(name)
	wide := strings.HasPrefix(upper, "UTF-16") || upper == "UTF16" ||
		strings.HasPrefix(upper, "UCS-2") || upper == "ISO-10646-UCS-2"
	switch {
	case p.encoding == utf8Bytes && wide:
		return p.fail(WrongLabel, at, "the document is labelled %s but is UTF-8; "+
			"write encoding=\"UTF-8\"", name)
	case p.encoding == utf8Bytes && (upper == "UTF-8" || upper == "UTF8"):
		return true
	case p.encoding == utf8Bytes && (upper == "US-ASCII" || upper == "ASCII"):
		return p.ascii(name)
	case p.encoding == utf16LE && upper == "UTF-16LE", p.encoding == utf16BE && upper == "UTF-16BE":
		return true
	case p.encoding != utf8Bytes && (upper == "UTF-16" || upper == "UTF16"):
		return true
	case p.encoding != utf8Bytes:
		return p.fail(WrongLabel, at, "the document is labelled %s but is UTF-16; "+
			"write encoding=\"UTF-16\"", name)
	}
	return p.fail(UnsupportedEncoding, at, "the encoding %s is not supported; "+
		"send UTF-8 and write encoding=\"UTF-8\"", name)
}

// ascii refuses characters beyond ASCII in a document labelled as ASCII.
func (p *scanner) ascii(name string) bool {
	for i := range len(p.src) {
		if p.src[i] >= utf8.RuneSelf {
			return p.fail(BadBytes, i, "the document is labelled %s but has a character beyond it; "+
				"write encoding=\"UTF-8\"", name)
		}
	}
	return true
}
