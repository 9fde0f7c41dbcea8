// Package strictxml owns the bounded, namespace-exact reading of XML that is
// bound to a schema, and the append-writing of such XML. A reader takes the
// children and attributes of an element in the order of its type, so that a
// decoder is its schema line by line; what a decoder does not take is refused.
// The package knows XML 1.0 (fifth edition), Namespaces in XML 1.0 (third
// edition) and the simple types of XSD 1.0, each as libxml2 judges it. It knows
// no protocol, and reads no DOCTYPE, no entity but the five predefined, and no
// xsi:type.
package strictxml

// Limits bound what Parse accepts. A zero limit allows nothing.
type Limits struct {
	Bytes      int // of the frame as received
	Depth      int // elements open at once, the root included
	Elements   int // in the document
	Attributes int // of one element, namespace declarations included
	Namespaces int // declarations in scope at once
}

// A Name is an expanded name: a namespace name, empty for none, and a local part.
type Name struct{ Space, Local string }

// An attribute is one that is not a namespace declaration.
type attribute struct {
	name  Name
	raw   string // the name as written
	value string // normalised as CDATA
	at    int32
	taken bool
}

// A binding declares a prefix. Those in scope form a chain towards the root.
type binding struct {
	prefix, space string
	up            int32 // index + 1 of the binding declared before it, 0 for none
	depth         int32 // length of the chain
}

// A Document holds one parsed document. Its memory is used again by the next
// Parse, which makes the Elements of the one before invalid; the strings that
// they gave stay good. A Document is for one goroutine at a time.
type Document struct {
	src     string
	nodes   []Element
	attrs   []attribute
	spaces  []binding
	open    []int32
	scratch []byte

	// What reading has found.
	err      *Error
	rejected Rejection
	absent   Element
	tried    []string // names that were not next, for the message
	triedIn  int32
}

// A Rejection is the first value that a rule of the reader's own refused.
type Rejection struct {
	At  *Element
	Err error
}

// Parse reads one document and returns its root element. The error is an
// *Error that says what is wrong with the bytes, the well-formedness or the
// namespaces. The Document keeps nothing of frame.
func (d *Document) Parse(frame []byte, limits Limits) (*Element, error) {
	d.reset()
	if len(frame) > limits.Bytes {
		d.fail(TooLarge, 0, "the frame has %d bytes, and %d is the most", len(frame), limits.Bytes)
		return nil, d.err
	}
	p := scanner{Document: d, limits: limits}
	if !p.decode(frame) || !p.document() {
		return nil, d.err
	}
	return &d.nodes[0], nil
}

func (d *Document) reset() {
	*d = Document{
		nodes: d.nodes[:0], attrs: d.attrs[:0], spaces: d.spaces[:0],
		open: d.open[:0], scratch: d.scratch[:0], tried: d.tried[:0],
	}
	d.absent.doc = d
}

// Err returns the first mistake against XML or the schema, or nil. It is an
// *Error. Before Finish it tells only what has been taken so far.
func (d *Document) Err() error {
	if d.err == nil {
		return nil
	}
	return d.err
}

// Rejected returns the first value that the reader rejected. It means
// something only in a document without Err. Its zero value says that all were
// accepted.
func (d *Document) Rejected() Rejection { return d.rejected }
