package strictxml

import "strings"

// A scanner reads the text of one document into its Document. Its methods
// return false after the first mistake, which the Document then holds.
type scanner struct {
	*Document
	limits   Limits
	encoding encoding
	i        int // offset of the next byte

	// The character data of the innermost open element, as long as it has no
	// child: run alone, or scratch if it came in several pieces.
	run       string
	inScratch bool
}

// document reads production 1, less the document type declaration.
func (p *scanner) document() bool {
	if !p.declaration() {
		return false
	}
	for {
		p.blanks()
		switch {
		case p.i == len(p.src):
			return p.fail(NotXML, p.i, "the document has no element")
		case p.src[p.i] != '<':
			return p.fail(NotXML, p.i, "the document begins with %s and not with markup",
				excerpt(p.src[p.i:]))
		case p.looking("<!--"), p.looking("<?"):
			if !p.markup() {
				return false
			}
			continue
		case p.looking("</"):
			return p.fail(Mismatch, p.i, "the document begins with an end tag")
		case p.looking("<!") && !p.looking("<!DOCTYPE"):
			return p.fail(Syntax, p.i, "%s is not allowed before the first element",
				excerpt(p.src[p.i:]))
		}
		return p.markup() && p.content() && p.epilog()
	}
}

// content reads until the root element is closed. Production 43.
func (p *scanner) content() bool {
	for len(p.open) > 0 {
		if !p.text() {
			return false
		}
		if p.i == len(p.src) {
			e := &p.nodes[p.open[len(p.open)-1]]
			line, _ := position(p.src, int(e.start))
			return p.fail(Unclosed, p.i, "the document ends before <%s> of line %d is closed", e.raw, line)
		}
		if !p.markup() {
			return false
		}
	}
	return true
}

// epilog reads what may follow the root element.
func (p *scanner) epilog() bool {
	for {
		p.blanks()
		switch {
		case p.i == len(p.src):
			return true
		case !p.looking("<!--") && !p.looking("<?"):
			return p.fail(AfterRoot, p.i, "%s follows </%s>, which ends the document",
				excerpt(p.src[p.i:]), p.nodes[0].raw)
		}
		if !p.markup() {
			return false
		}
	}
}

// markup reads one construct that begins with "<".
func (p *scanner) markup() bool {
	switch {
	case p.looking("</"):
		return p.endTag()
	case p.looking("<?"):
		return p.instruction()
	case p.looking("<!--"):
		return p.comment()
	case p.looking("<![CDATA["):
		return p.cdata()
	case p.looking("<!DOCTYPE"):
		return p.fail(Doctype, p.i, "a DOCTYPE is not allowed")
	case p.looking("<!"):
		return p.fail(Syntax, p.i, "%s is neither a comment nor a CDATA section", excerpt(p.src[p.i:]))
	}
	return p.startTag()
}

// text reads character data and references up to the next "<" or the end.
func (p *scanner) text() bool {
	s, i := p.src, p.i
	for i < len(s) && classes[s[i]]&space != 0 && s[i] != '\r' {
		i++
	}
	if i == len(s) || s[i] == '<' {
		p.add(s[p.i:i], 0)
		p.i = i
		return true
	}
	from := p.i
	for {
		for i < len(s) && classes[s[i]]&plainText != 0 {
			i++
		}
		if i == len(s) || s[i] == '<' {
			p.add(s[from:i], notBlank)
			p.i = i
			return true
		}
		switch c := s[i]; {
		case c == '\r' || c == '&':
			p.add(s[from:i], notBlank)
			p.i = i
			if !p.odd(c) {
				return false
			}
			i = p.i
			from = i
		case c == ']' && strings.HasPrefix(s[i:], "]]>"):
			return p.fail(Syntax, i, "\"]]>\" is not allowed in text; write \"]]&gt;\"")
		case classes[c]&illegal != 0 && (c != 0xEF || noncharacter(s[i:])):
			return p.illegalChar(i)
		default:
			i++
		}
	}
}

// odd reads a carriage return or a reference in character data.
func (p *scanner) odd(c byte) bool {
	if c == '\r' {
		p.i++
		if !p.looking("\n") {
			p.add("\n", 0)
		}
		return true
	}
	value, ok := p.reference()
	p.add(value, notBlank)
	return ok
}

// add appends character data to the innermost open element. Only as long as it
// has no child does anybody ask for the text; after that only for its nature.
func (p *scanner) add(run string, nature uint8) {
	if run == "" {
		return
	}
	e := &p.nodes[p.open[len(p.open)-1]]
	e.flags |= hasText
	if nature != 0 && !isSpace(run) {
		e.flags |= nature
	}
	switch {
	case e.next != 0:
	case p.inScratch:
		p.scratch = append(p.scratch, run...)
	case p.run == "":
		p.run = run
	default:
		p.scratch = append(append(p.scratch[:0], p.run...), run...)
		p.inScratch = true
	}
}

// comment reads production 15. Within, "--" is not allowed.
func (p *scanner) comment() bool {
	body := p.src[p.i+len("<!--"):]
	n := strings.Index(body, "--")
	if n < 0 {
		return p.fail(Unclosed, p.i, "the comment is not closed by \"-->\"")
	}
	at := p.i + len("<!--")
	if bad := badChar(body[:n]); bad >= 0 {
		return p.illegalChar(at + bad)
	}
	if !strings.HasPrefix(body[n:], "-->") {
		return p.fail(Syntax, at+n, "\"--\" is not allowed within a comment")
	}
	p.i = at + n + len("-->")
	return true
}

// cdata reads production 18.
func (p *scanner) cdata() bool {
	at := p.i + len("<![CDATA[")
	n := strings.Index(p.src[at:], "]]>")
	if n < 0 {
		return p.fail(Unclosed, p.i, "the CDATA section is not closed by \"]]>\"")
	}
	if bad := badChar(p.src[at : at+n]); bad >= 0 {
		return p.illegalChar(at + bad)
	}
	p.add(lineEnds(p.src[at:at+n]), notBlank)
	p.nodes[p.open[len(p.open)-1]].flags |= hasCDATA
	p.i = at + n + len("]]>")
	return true
}

// instruction reads and skips a processing instruction. Production 16; a colon
// in its target is against Namespaces in XML section 7.
func (p *scanner) instruction() bool {
	at := p.i
	p.i += len("<?")
	n := ncName(p.src, p.i)
	target := p.src[p.i : p.i+n]
	p.i += n
	switch {
	case target == "xml":
		return p.fail(LateDeclaration, at, "<?xml …?> must be the very beginning of the document")
	case strings.EqualFold(target, "xml"):
		return p.fail(Syntax, at, "a processing instruction cannot be called %q", target)
	case n > 0 && p.looking(":"):
		return p.fail(BadNamespace, at, "the target of a processing instruction cannot have a colon")
	}
	end := strings.Index(p.src[p.i:], "?>")
	switch {
	case end < 0:
		return p.fail(Unclosed, at, "the processing instruction is not closed by \"?>\"")
	case n == 0 || end > 0 && classes[p.src[p.i]]&space == 0:
		return p.fail(Syntax, at, "the processing instruction has no proper target")
	}
	if bad := badChar(p.src[p.i : p.i+end]); bad >= 0 {
		return p.illegalChar(p.i + bad)
	}
	p.i += end + len("?>")
	return true
}

func (p *scanner) looking(at string) bool { return strings.HasPrefix(p.src[p.i:], at) }

// blanks skips white space and reports whether there was any.
func (p *scanner) blanks() bool {
	from := p.i
	for p.i < len(p.src) && classes[p.src[p.i]]&space != 0 {
		p.i++
	}
	return p.i > from
}

func (p *scanner) illegalChar(at int) bool {
	for _, r := range p.src[at:] {
		return p.fail(Syntax, at, "the character U+%04X is not allowed in XML", r)
	}
	return false
}
