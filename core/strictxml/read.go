package strictxml

// Take returns what typ, the type of e's simple content, makes of the text of
// e. An error of typ is a schema mistake. The zero T stands for a nil e, or one
// behind a mistake.
func Take[T any](e *Element, typ func(string) (T, error)) T {
	var zero T
	if e == nil || !e.simple() {
		return zero
	}
	v, err := typ(e.text)
	if err != nil {
		e.doc.blameValue(e, "<"+e.raw+">", e.text, err)
		return zero
	}
	return v
}

// Convert is Take followed by a rule of the reader's own: an error of parse is
// not a schema mistake but a rejection, which Rejected tells.
func Convert[V, T any](e *Element, typ func(string) (V, error), parse func(V) (T, error)) T {
	var zero T
	v := Take(e, typ)
	if e == nil || e.doc.err != nil {
		return zero
	}
	t, err := parse(v)
	if err != nil {
		e.Reject(err)
		return zero
	}
	return t
}

// Reject notes that a rule of the reader's own refuses e, if it is the first.
func (e *Element) Reject(err error) {
	if e != nil && e.doc.rejected.Err == nil {
		e.doc.rejected = Rejection{At: e, Err: err}
	}
}

// simple makes sure that e has simple content.
func (e *Element) simple() bool {
	if e.doc.err != nil {
		return false
	}
	e.flags |= simpleIn
	if e.next != 0 {
		kid := &e.doc.nodes[e.next]
		e.doc.blame(kid, WrongElement, "<%s> is not allowed in <%s>, which holds text", kid.raw, e.raw)
		return false
	}
	return true
}

// Attr returns what typ makes of an attribute without namespace, or fallback if
// it is absent. An error of typ is a schema mistake.
func Attr[T any](e *Element, local string, typ func(string) (T, error), fallback T) T {
	if e == nil {
		return fallback
	}
	a := e.attr(local)
	if a == nil {
		return fallback
	}
	v, err := typ(a.value)
	if err != nil {
		e.doc.blameValue(e, "the attribute "+local+" of <"+e.raw+">", a.value, err)
		return fallback
	}
	return v
}

// NeedAttr is Attr for a required attribute.
func NeedAttr[T any](e *Element, local string, typ func(string) (T, error)) T {
	var zero T
	if e != nil && e.doc.err == nil && !e.HasAttr(local) {
		e.doc.blame(e, MissingAttribute, "<%s> lacks the attribute %s", e.raw, local)
	}
	return Attr(e, local, typ, zero)
}

// HasAttr reports whether e has an attribute without namespace of that name. It
// does not take it.
func (e *Element) HasAttr(local string) bool {
	if e == nil {
		return false
	}
	d := e.doc
	for i := e.attr0; i < e.attr0+e.attrs; i++ {
		if d.attrs[i].name == (Name{Local: local}) {
			return true
		}
	}
	return false
}

// attr takes an attribute, nil if it is absent.
func (e *Element) attr(local string) *attribute {
	d := e.doc
	if d.err != nil {
		return nil
	}
	for i := e.attr0; i < e.attr0+e.attrs; i++ {
		if a := &d.attrs[i]; a.name.Local == local && a.name.Space == "" {
			a.taken = true
			return a
		}
	}
	return nil
}

// Globals gives the reader of a globally declared element, nil if there is no
// declaration of that name.
type Globals func(Name) func(*Element)

// Mixed reads mixed content of any elements, where those that are declared must
// be valid: processContents="lax". XSD 1.0 section 3.10.1.
func (e *Element) Mixed(globals Globals) {
	if e == nil || e.doc.err != nil {
		return
	}
	e.flags |= mixedIn
	for e.next != 0 && e.doc.err == nil {
		kid := e.take(&e.doc.nodes[e.next])
		if read := globals(kid.Name); read != nil {
			read(kid)
		} else {
			kid.AnyType(globals)
		}
	}
}

// AnyType reads an element of the type anyType: Mixed, with any attributes.
func (e *Element) AnyType(globals Globals) {
	if e != nil {
		e.flags |= anyAttr
	}
	e.Mixed(globals)
}

// Skip allows everything in e, as processContents="skip" does.
func (e *Element) Skip() {
	if e != nil {
		e.flags |= skipped
	}
}

// Finish looks at what no reader took: children, text in element-only content,
// and attributes. It returns the first mistake of the document, an *Error.
func (d *Document) Finish() error {
	for i := 0; i < len(d.nodes) && d.err == nil; i++ {
		e := &d.nodes[i]
		if e.flags&skipped != 0 {
			i = int(e.stop) - 1
			continue
		}
		d.finish(e)
	}
	return d.Err()
}

func (d *Document) finish(e *Element) {
	attrs := d.attrs[e.attr0 : e.attr0+e.attrs]
	for i := range attrs {
		if a := &attrs[i]; !a.taken && (e.flags&anyAttr == 0 || a.name.Space == spaceXSI) {
			d.wrongAttribute(e, a)
			return
		}
	}
	switch {
	case e.flags&(mixedIn|simpleIn) != 0:
	case e.flags&elementsIn == 0:
		d.empty(e)
	case e.flags&hasCDATA != 0:
		d.blame(e, WrongText, "<%s> holds elements, and no CDATA section", e.raw)
	case e.flags&notBlank != 0:
		d.blame(e, WrongText, "<%s> holds elements, and no text", e.raw)
	case e.next != 0:
		e.lacks()
	}
}

// wrongAttribute blames an attribute that nobody took. Those of xsi have a
// reason of their own: types are fixed here, and no element is nillable.
func (d *Document) wrongAttribute(e *Element, a *attribute) {
	if d.err != nil {
		return
	}
	if a.name.Space == spaceXSI {
		d.blame(e, WrongAttribute, "%s is not supported; leave it out", a.raw)
	} else {
		d.blame(e, WrongAttribute, "<%s> has no attribute %s", e.raw, a.raw)
	}
	d.err.Line, d.err.Column = position(d.src, int(a.at))
}
