package strictxml

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	spaceXML   = "http://www.w3.org/XML/1998/namespace"
	spaceXMLNS = "http://www.w3.org/2000/xmlns/"
	spaceXSI   = "http://www.w3.org/2001/XMLSchema-instance"
)

// startTag reads a start tag or an empty-element tag. Productions 40 and 44.
func (p *scanner) startTag() bool {
	at := p.i
	p.i++
	raw, colon, ok := p.qname("a tag")
	if !ok || !p.opened(at) {
		return false
	}
	self := int32(len(p.nodes) - 1)
	bindings := len(p.spaces)
	for {
		blank := p.blanks()
		switch {
		case p.i == len(p.src):
			return p.fail(Unclosed, at, "the tag <%s> is not closed by \">\"", raw)
		case p.src[p.i] == '>':
			p.i++
			return p.resolve(self, colon, bindings)
		case p.looking("/>"):
			p.i += len("/>")
			if !p.resolve(self, colon, bindings) {
				return false
			}
			p.closed(self)
			return true
		case !blank:
			return p.fail(Syntax, p.i, "white space must stand between the attributes of <%s>", raw)
		}
		if !p.attribute(self, bindings) {
			return false
		}
	}
}

// opened makes the element whose name has just been read.
func (p *scanner) opened(at int) bool {
	self := int32(len(p.nodes))
	if len(p.nodes) == p.limits.Elements {
		return p.fail(TooLarge, at, "the document has more than %d elements", p.limits.Elements)
	}
	if len(p.open) == p.limits.Depth {
		return p.fail(TooLarge, at, "elements are nested more than %d deep", p.limits.Depth)
	}
	e := Element{
		doc: p.Document, raw: p.src[at+1 : p.i], self: self, start: int32(at),
		attr0: int32(len(p.attrs)), parent: -1,
	}
	if len(p.open) > 0 {
		e.parent = p.open[len(p.open)-1]
		parent := &p.nodes[e.parent]
		e.spaces = parent.spaces
		if parent.next == 0 {
			parent.next = self
		} else {
			p.nodes[parent.last].sibling = self
		}
		parent.last = self
	}
	p.nodes = append(p.nodes, e)
	p.open = append(p.open, self)
	p.run, p.inScratch = "", false
	return true
}

// closed ends the innermost open element behind its last byte.
func (p *scanner) closed(self int32) {
	e := &p.nodes[self]
	e.end, e.stop = int32(p.i), int32(len(p.nodes))
	if e.next == 0 {
		e.text = p.run
		if p.inScratch {
			e.text = string(p.scratch)
		}
	}
	p.run, p.inScratch = "", false
	p.open = p.open[:len(p.open)-1]
}

// endTag reads production 42.
func (p *scanner) endTag() bool {
	at := p.i
	self := p.open[len(p.open)-1]
	raw := p.nodes[self].raw
	p.i += len("</")
	if p.looking(raw) {
		p.i += len(raw)
		p.blanks()
		if p.looking(">") {
			p.i++
			p.closed(self)
			return true
		}
		p.i = at + len("</")
	}
	name, _, ok := p.qname("an end tag")
	if !ok {
		return false
	}
	if name == raw {
		return p.fail(Syntax, p.i, "the end tag </%s> is not closed by \">\"", raw)
	}
	line, _ := position(p.src, int(p.nodes[self].start))
	return p.fail(Mismatch, at, "</%s> stands where <%s> of line %d must be closed", name, raw, line)
}

// qname reads a QName; colon is the length of its prefix with the colon.
func (p *scanner) qname(where string) (raw string, colon int, ok bool) {
	from := p.i
	n := ncName(p.src, p.i)
	if n == 0 {
		return "", 0, p.fail(Syntax, p.i, "%s must begin with a name, not with %s",
			where, excerpt(p.src[p.i:min(p.i+8, len(p.src))]))
	}
	p.i += n
	if p.i < len(p.src) && p.src[p.i] == ':' {
		colon = n + 1
		n = ncName(p.src, p.i+1)
		p.i += 1 + n
		if n == 0 || p.looking(":") {
			return "", 0, p.fail(BadNamespace, from, "%s is no name with at most one colon",
				excerpt(p.src[from:min(p.i+1, len(p.src))]))
		}
	}
	return p.src[from:p.i], colon, true
}

// attribute reads production 41, and keeps a namespace declaration apart from
// the other attributes. Namespaces in XML section 3.
func (p *scanner) attribute(self int32, bindings int) bool {
	at := p.i
	raw, colon, ok := p.qname("an attribute")
	if !ok {
		return false
	}
	p.blanks()
	if !p.looking("=") {
		return p.fail(Syntax, p.i, "the attribute %s has no \"=\"", raw)
	}
	p.i++
	p.blanks()
	value, ok := p.value(raw)
	if !ok {
		return false
	}
	e := &p.nodes[self]
	if int(e.attrs)+len(p.spaces)-bindings == p.limits.Attributes {
		return p.fail(TooLarge, at, "<%s> has more than %d attributes", e.raw, p.limits.Attributes)
	}
	switch {
	case raw == "xmlns":
		return p.bind(e, binding{space: value}, at, bindings)
	case raw[:colon] == "xmlns:":
		return p.bind(e, binding{prefix: raw[colon:], space: value}, at, bindings)
	}
	for i := int(e.attr0); i < len(p.attrs); i++ {
		if p.attrs[i].raw == raw {
			return p.fail(Syntax, at, "<%s> has the attribute %s twice", e.raw, raw)
		}
	}
	p.attrs = append(p.attrs, attribute{
		name: Name{Local: raw[colon:]}, raw: raw, value: value, at: int32(at),
	})
	e.attrs++
	return true
}

// bind declares a namespace. Namespaces in XML sections 2.2, 3 and 5.
func (p *scanner) bind(e *Element, b binding, at, bindings int) bool {
	for _, other := range p.spaces[bindings:] {
		if other.prefix == b.prefix {
			return p.fail(Syntax, at, "<%s> declares the prefix %q twice", e.raw, b.prefix)
		}
	}
	switch {
	case b.prefix == "xmlns":
		return p.fail(BadNamespace, at, "the prefix xmlns cannot be declared")
	case (b.prefix == "xml") != (b.space == spaceXML):
		return p.fail(BadNamespace, at, "the prefix xml and the namespace %s belong together", spaceXML)
	case b.space == spaceXMLNS:
		return p.fail(BadNamespace, at, "the namespace %s cannot be declared", spaceXMLNS)
	case b.prefix != "" && b.space == "":
		return p.fail(BadNamespace, at, "the prefix %s cannot be declared empty", b.prefix)
	}
	b.up, b.depth = e.spaces, 1
	if b.up > 0 {
		b.depth = p.spaces[b.up-1].depth + 1
	}
	if int(b.depth) > p.limits.Namespaces {
		return p.fail(TooLarge, at, "more than %d namespaces are declared", p.limits.Namespaces)
	}
	p.spaces = append(p.spaces, b)
	e.spaces = int32(len(p.spaces))
	return true
}

// resolve expands the names of a tag that has been read, and finds attributes
// that are the same only now. Namespaces in XML section 6.3.
func (p *scanner) resolve(self int32, colon, bindings int) bool {
	e := &p.nodes[self]
	prefix := e.raw[:max(colon-1, 0)]
	e.Name.Local = e.raw[colon:]
	inherits := e.parent >= 0 && len(p.spaces) == bindings
	if inherits && samePrefix(p.nodes[e.parent].raw, e.raw[:colon]) {
		e.Name.Space = p.nodes[e.parent].Name.Space
	} else if e.Name.Space = p.lookup(e.spaces, prefix); e.Name.Space == "" && prefix != "" {
		return p.fail(UnboundPrefix, int(e.start), "the prefix %s of <%s> is not declared", prefix, e.raw)
	}
	e.space = e.Name.Space
	attrs := p.attrs[e.attr0:]
	for i := range attrs {
		a := &attrs[i]
		if len(a.raw) == len(a.name.Local) {
			continue
		}
		prefix := a.raw[:len(a.raw)-len(a.name.Local)-1]
		a.name.Space = p.lookup(e.spaces, prefix)
		if a.name.Space == "" {
			return p.fail(UnboundPrefix, int(a.at), "the prefix %s of the attribute %s is not declared",
				prefix, a.raw)
		}
		for _, other := range attrs[:i] {
			if other.name == a.name {
				return p.fail(BadNamespace, int(a.at), "%s and %s are the same attribute", other.raw, a.raw)
			}
		}
		a.taken = a.name.Space == spaceXSI &&
			(a.name.Local == "schemaLocation" || a.name.Local == "noNamespaceSchemaLocation")
	}
	return true
}

// samePrefix reports whether the name raw has the prefix, given with its colon.
func samePrefix(raw, prefix string) bool {
	if prefix == "" {
		return strings.IndexByte(raw, ':') < 0
	}
	return strings.HasPrefix(raw, prefix)
}

// lookup returns the namespace of a prefix, empty if there is none.
func (d *Document) lookup(chain int32, prefix string) string {
	for ; chain > 0; chain = d.spaces[chain-1].up {
		if d.spaces[chain-1].prefix == prefix {
			return d.spaces[chain-1].space
		}
	}
	if prefix == "xml" {
		return spaceXML
	}
	return ""
}

// value reads a quoted attribute value and normalises it as CDATA. XML 1.0
// sections 2.11 and 3.3.3.
func (p *scanner) value(name string) (string, bool) {
	if !p.looking("\"") && !p.looking("'") {
		return "", p.fail(Syntax, p.i, "the value of the attribute %s is not in quotes", name)
	}
	s, at, quote := p.src, p.i, p.src[p.i]
	from := p.i + 1
	p.scratch = p.scratch[:0]
	changed := false
	for i := from; i < len(s); {
		c := s[i]
		switch {
		case classes[c]&plainValue != 0 || (c == '"' || c == '\'') && c != quote:
			i++
			continue
		case c == quote:
			p.i = i + 1
			if !changed {
				return s[from:i], true
			}
			return string(append(p.scratch, s[from:i]...)), true
		case c == '<':
			return "", p.fail(Syntax, i, "\"<\" is not allowed in the value of the attribute %s", name)
		case c == 0xEF && !noncharacter(s[i:]):
			i++
			continue
		case classes[c]&illegal != 0:
			return "", p.illegalChar(i)
		}
		changed = true
		p.scratch = append(p.scratch, s[from:i]...)
		p.i = i
		if !p.oddInValue(c) {
			return "", false
		}
		i = p.i
		from = i
	}
	return "", p.fail(Unclosed, at, "the value of the attribute %s has no closing quote", name)
}

// oddInValue reads a reference, or white space that becomes a blank.
func (p *scanner) oddInValue(c byte) bool {
	if c == '&' {
		value, ok := p.reference()
		p.scratch = append(p.scratch, value...)
		return ok
	}
	p.i++
	if c == '\r' && p.looking("\n") {
		p.i++
	}
	p.scratch = append(p.scratch, ' ')
	return true
}

// reference reads a character reference or a predefined entity. XML 1.0
// sections 4.1 and 4.6.
func (p *scanner) reference() (string, bool) {
	at := p.i
	n := strings.IndexByte(p.src[at:], ';')
	if n < 0 {
		return "", p.fail(Syntax, at, "\"&\" begins no reference; write \"&amp;\"")
	}
	body := p.src[at+1 : at+n]
	p.i = at + n + 1
	switch body {
	case "lt":
		return "<", true
	case "gt":
		return ">", true
	case "amp":
		return "&", true
	case "apos":
		return "'", true
	case "quot":
		return "\"", true
	}
	digits, numeric := strings.CutPrefix(body, "#")
	if !numeric {
		if body == "" || ncName(body, 0) < len(body) {
			return "", p.fail(Syntax, at, "\"&\" begins no reference; write \"&amp;\"")
		}
		return "", p.fail(UnknownEntity, at, "the entity &%s; is not known", body)
	}
	r, ok := codePoint(digits)
	if !ok {
		return "", p.fail(Syntax, at, "&%s; is no character of XML", body)
	}
	var buf [utf8.UTFMax]byte
	return string(utf8.AppendRune(buf[:0], r)), true
}

// codePoint reads the digits of a character reference.
func codePoint(digits string) (rune, bool) {
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	if digits == "" || digits[0] == '+' || digits[0] == '-' {
		return 0, false
	}
	digits = strings.TrimLeft(digits, "0")
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && n <= utf8.MaxRune && isChar(rune(n))
}
