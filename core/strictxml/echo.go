package strictxml

import "strings"

// AppendTo appends e as it stands in the document, made to stand alone by the
// namespace declarations that it needs from outside. If that is more than most
// bytes it appends nothing and returns false.
func (e *Element) AppendTo(dst []byte, most int) ([]byte, bool) {
	d := e.doc
	if int(e.end-e.start) > most {
		return dst, false
	}
	before := len(dst)
	head := int(e.start) + 1 + len(e.raw)
	dst = append(dst, d.src[e.start:head]...)
	dst = e.appendBindings(dst)
	dst = append(dst, d.src[head:e.end]...)
	if len(dst)-before > most {
		return dst[:before], false
	}
	return dst, true
}

// appendBindings declares the prefixes that names in e use and that e does not
// declare itself.
func (e *Element) appendBindings(dst []byte) []byte {
	d := e.doc
	outer := int32(0)
	if e.parent >= 0 {
		outer = d.nodes[e.parent].spaces
	}
	if e.usesPrefix("") && !d.declares(e.spaces, 0, "") {
		dst = append(dst, ` xmlns=""`...)
	}
	for at := outer; at > 0; at = d.spaces[at-1].up {
		b := d.spaces[at-1]
		if d.declares(e.spaces, at, b.prefix) || b.prefix == "xml" || !e.usesPrefix(b.prefix) {
			continue
		}
		dst = append(dst, " xmlns"...)
		if b.prefix != "" {
			dst = append(append(dst, ':'), b.prefix...)
		}
		dst = append(append(dst, `="`...), escapeValue.Replace(b.space)...)
		dst = append(dst, '"')
	}
	return dst
}

// declares reports whether the chain declares the prefix before it reaches end.
func (d *Document) declares(chain, end int32, prefix string) bool {
	for ; chain > end; chain = d.spaces[chain-1].up {
		if d.spaces[chain-1].prefix == prefix {
			return true
		}
	}
	return false
}

// usesPrefix reports whether a name of e or below has the prefix.
func (e *Element) usesPrefix(prefix string) bool {
	nodes := e.doc.nodes[e.self:e.stop]
	for i := range nodes {
		n := &nodes[i]
		if p, _, found := strings.Cut(n.raw, ":"); (found && p == prefix) || (!found && prefix == "") {
			return true
		}
		for _, a := range e.doc.attrs[n.attr0 : n.attr0+n.attrs] {
			if p, _, found := strings.Cut(a.raw, ":"); found && p == prefix {
				return true
			}
		}
	}
	return false
}
