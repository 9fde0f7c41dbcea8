package strictxml

import (
	"fmt"
	"iter"
	"math"
	"strings"
)

// Unbounded is the most that Many and Others take when a schema sets no bound.
const Unbounded = math.MaxInt

// What the scanner saw in an element, and what its reader made of it.
const (
	hasText    = 1 << iota // character data of any kind
	notBlank               // character data that is not white space
	hasCDATA               // a CDATA section, be it empty
	elementsIn             // read as element-only content
	simpleIn               // read as simple content
	mixedIn                // read as mixed content
	skipped                // everything is allowed, here and below
	anyAttr                // every attribute is allowed
)

// An Element is one element of a Document, with a cursor that takes its
// children one after another. Name matching is exact: a child taken by its local
// name is in the namespace of its parent, or in that of In. The first mistake
// sticks to the Document; after it nothing is taken any more. A nil Element is
// an optional one that is absent: all that is taken from it is absent, too.
type Element struct {
	Name Name

	doc          *Document
	raw          string // the name as written
	text         string // of an element without children
	space        string // namespace of the children taken next
	self, parent int32
	next, last   int32 // the next child to take, and the last one; 0 for none
	sibling      int32
	stop         int32 // index behind the last descendant
	attr0, attrs int32
	spaces       int32 // index + 1 of the binding in scope, 0 for none
	start, end   int32 // offsets of "<" and behind the last ">"
	flags        uint8
}

// Is reports whether the element has that expanded name.
func (e *Element) Is(space, local string) bool {
	return e != nil && e.Name.Local == local && e.Name.Space == space
}

// Written returns the name of the element as the document writes it, such as
// "domain:name".
func (e *Element) Written() string { return e.raw }

// Line returns the line on which the element begins, from 1.
func (e *Element) Line() int {
	line, _ := e.Place()
	return line
}

// Place returns where the element begins, counted as in an Error.
func (e *Element) Place() (line, column int) { return position(e.doc.src, int(e.start)) }

// In says that the children taken next are in the namespace space: a type may
// come from another schema than its element.
func (e *Element) In(space string) *Element {
	if e != nil {
		e.space = space
	}
	return e
}

// Peek returns the next child without taking it, nil if there is none.
func (e *Element) Peek() *Element {
	if e == nil || e.doc.err != nil {
		return nil
	}
	e.flags |= elementsIn
	if e.next == 0 {
		return nil
	}
	return &e.doc.nodes[e.next]
}

// One takes the next child, which must be called local.
func (e *Element) One(local string) *Element {
	if kid := e.Opt(local); kid != nil {
		return kid
	}
	return e.lacks()
}

// Opt takes the next child if it is called local, and otherwise returns nil.
func (e *Element) Opt(local string) *Element {
	kid := e.Peek()
	if kid != nil && kid.Name.Local == local && kid.Name.Space == e.space {
		return e.take(kid)
	}
	e.try(local)
	return nil
}

// Many takes all the next children called local, at least min and at most max.
// The range must not be left early.
func (e *Element) Many(local string, min, max int) iter.Seq[*Element] {
	return func(yield func(*Element) bool) {
		n := 0
		for kid := e.Opt(local); kid != nil; kid = e.Opt(local) {
			if n++; n > max {
				e.doc.blame(kid, WrongElement, "<%s> can have at most %d <%s>", e.raw, max, kid.raw)
				return
			}
			if !yield(kid) {
				return
			}
		}
		if n < min {
			e.lacks()
		}
	}
}

// Choice takes the next child, which must have one of the names.
func (e *Element) Choice(locals ...string) *Element {
	if kid := e.OptChoice(locals...); kid != nil {
		return kid
	}
	return e.lacks()
}

// OptChoice takes the next child if it has one of the names, and otherwise
// returns nil.
func (e *Element) OptChoice(locals ...string) *Element {
	for _, local := range locals {
		if kid := e.Opt(local); kid != nil {
			return kid
		}
	}
	return nil
}

// Other takes the next child, which must be in a namespace other than that of
// e: the wildcard ##other of XSD 1.0 section 3.10.1, which excludes names
// without a namespace.
func (e *Element) Other() *Element {
	if kid := e.optOther(); kid != nil {
		return kid
	}
	return e.lacks()
}

func (e *Element) optOther() *Element {
	kid := e.Peek()
	if kid != nil && kid.Name.Space != "" && kid.Name.Space != e.Name.Space {
		return e.take(kid)
	}
	e.try(anyOther)
	return nil
}

// anyOther stands for the wildcard among the names that were expected.
const anyOther = "element of another namespace"

// Others takes all the next children in namespaces other than that of e, at
// least min. The range must not be left early.
func (e *Element) Others(min int) iter.Seq[*Element] {
	return func(yield func(*Element) bool) {
		n := 0
		for kid := e.optOther(); kid != nil; kid = e.optOther() {
			n++
			if !yield(kid) {
				return
			}
		}
		if n < min {
			e.lacks()
		}
	}
}

// Any takes the next child, whatever it is called.
func (e *Element) Any() *Element {
	if kid := e.Peek(); kid != nil {
		return e.take(kid)
	}
	e.try("element")
	return e.lacks()
}

// End says that no further child can stand in e.
func (e *Element) End() {
	if kid := e.Peek(); kid != nil {
		e.lacks()
	}
}

// Empty says that e has neither text, not even white space, nor children.
// An element that its reader does not look into is taken to be so.
func (e *Element) Empty() {
	if e != nil && e.doc.err == nil {
		e.doc.empty(e)
	}
}

func (e *Element) take(kid *Element) *Element {
	e.next = kid.sibling
	e.doc.tried = e.doc.tried[:0]
	return kid
}

// try notes that e's next child is not called local.
func (e *Element) try(local string) {
	if e == nil || e.doc.err != nil {
		return
	}
	d := e.doc
	if d.triedIn != e.self {
		d.tried, d.triedIn = d.tried[:0], e.self
	}
	d.tried = append(d.tried, local)
}

// lacks fails because the next child of e is not one of those that were tried.
// It returns an element on which nothing can be read.
func (e *Element) lacks() *Element {
	if e == nil {
		return nil
	}
	d := e.doc
	if d.err != nil {
		return &d.absent
	}
	expected := d.expected(e)
	if e.next == 0 {
		d.blame(e, MissingElement, "<%s> lacks %s", e.raw, expected)
		d.err.Line, d.err.Column = position(d.src, d.closing(e))
		return &d.absent
	}
	kid := &d.nodes[e.next]
	switch {
	case expected == "":
		d.blame(kid, WrongElement, "<%s> is not allowed here in <%s>", kid.raw, e.raw)
	case kid.Name.Space != e.space && strings.Contains(expected, "<"+kid.Name.Local+">"):
		d.blame(kid, WrongElement, "<%s> is in the namespace %q, and must be in %q",
			kid.raw, kid.Name.Space, e.space)
	default:
		d.blame(kid, WrongElement, "<%s> is not allowed here in <%s>; expected is %s",
			kid.raw, e.raw, expected)
	}
	return &d.absent
}

// closing returns the offset of the end tag of e, or of e if it has none.
func (d *Document) closing(e *Element) int {
	if at := strings.LastIndex(d.src[e.start:e.end], "</"); at > 0 {
		return int(e.start) + at
	}
	return int(e.start)
}

// expected lists the names that were tried, as "<a>, <b> or <c>".
func (d *Document) expected(e *Element) string {
	if d.triedIn != e.self {
		return ""
	}
	var list strings.Builder
	for i, local := range d.tried {
		switch {
		case i > 0 && i == len(d.tried)-1:
			list.WriteString(" or ")
		case i > 0:
			list.WriteString(", ")
		}
		if strings.Contains(local, " ") || local == "element" {
			fmt.Fprintf(&list, "an %s", local)
		} else {
			fmt.Fprintf(&list, "<%s>", local)
		}
	}
	return list.String()
}

// blame notes a schema mistake of an element, if it is the first.
func (d *Document) blame(e *Element, kind Kind, format string, args ...any) {
	if d.err == nil {
		d.fail(kind, int(e.start), format, args...)
		d.err.Element, d.err.Name, d.err.At = e.raw, e.Name, e
	}
}

// blameValue notes a value that its type refuses; what says of which part of e it is.
func (d *Document) blameValue(e *Element, what, value string, err error) {
	if d.err == nil {
		d.blame(e, WrongValue, "%s cannot be %s: %v", what, excerpt(value), err)
		d.err.Unquoted = what + " is wrong: " + err.Error()
	}
}

func (d *Document) empty(e *Element) {
	switch {
	case e.next != 0:
		kid := &d.nodes[e.next]
		d.blame(kid, WrongElement, "<%s> is not allowed in <%s>, which must be empty", kid.raw, e.raw)
	case e.flags&(hasText|hasCDATA) != 0:
		d.blame(e, WrongText, "<%s> must be empty, without even white space", e.raw)
	}
}
