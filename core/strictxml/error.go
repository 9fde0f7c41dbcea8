package strictxml

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Kind tells what sort of mistake an Error is, so that a protocol can name
// the likely repair. Kinds up to BadNamespace are mistakes against XML, those
// after it are mistakes against the schema.
type Kind int

// Kinds of mistakes.
const (
	_                   Kind = iota
	TooLarge                 // more than Limits allow
	BadBytes                 // not valid in the encoding they are in
	WrongLabel               // labelled UTF-16 but UTF-8, or the other way round
	UnsupportedEncoding      // an encoding that is not read here
	LateDeclaration          // <?xml …?> is not at the very beginning
	NotXML                   // empty, or beginning with something else than markup
	Syntax                   // any other breach of XML 1.0
	Doctype                  // a document type declaration
	UnknownEntity            // an entity other than the five predefined
	Mismatch                 // an end tag closes another element than the open one
	Unclosed                 // the document ends inside an element, tag, comment …
	AfterRoot                // an element, end tag or text after the root element
	UnboundPrefix            // a prefix that is not declared
	BadNamespace             // any other breach of Namespaces in XML

	WrongElement   // an element that cannot stand here
	MissingElement // an element that must stand here
	WrongText      // text where only elements, or nothing, can stand
	WrongValue     // text or an attribute value that its type does not allow
	WrongAttribute // an attribute that the element does not have
	MissingAttribute
)

// AgainstSchema reports whether the document is sound XML but breaks its schema.
func (k Kind) AgainstSchema() bool { return k > BadNamespace }

// An Error is a mistake in a document. Line and Column count from 1, Column in
// characters.
type Error struct {
	Kind         Kind
	Line, Column int
	Element      string // as written, such as "domain:name"; empty if none is to blame
	Name         Name   // of Element, where it is known
	At           *Element
	Reason       string // a sentence for the sender's engineer
	Unquoted     string // of a WrongValue: Reason without the value, where that must not be repeated
}

func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// fail notes a mistake at the offset, if it is the first, and returns false.
func (d *Document) fail(kind Kind, at int, format string, args ...any) bool {
	if d.err == nil {
		line, column := position(d.src, at)
		d.err = &Error{Kind: kind, Line: line, Column: column, Reason: fmt.Sprintf(format, args...)}
	}
	return false
}

// position returns the line and column of an offset. XML 1.0 section 2.11 says
// what ends a line.
func position(src string, at int) (line, column int) {
	src = src[:min(at, len(src))]
	line = 1 + strings.Count(src, "\n") + strings.Count(src, "\r") - strings.Count(src, "\r\n")
	src = src[strings.LastIndexAny(src, "\r\n")+1:]
	return line, 1 + utf8.RuneCountInString(src)
}

// excerpt quotes the beginning of a piece of the document.
func excerpt(s string) string {
	const most = 40
	if len(s) <= most {
		return strconv.Quote(s)
	}
	cut := most
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strconv.Quote(s[:cut]) + "…"
}
