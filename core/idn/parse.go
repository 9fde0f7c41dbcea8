package idn

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.org/dorado/core/strictxml"
)

// namespace is that of RFC 7940 section 4.1.
const namespace = "urn:ietf:params:xml:ns:lgr-1.0"

// limits bound a table's document. The largest that we ship has some 20,000 characters.
var limits = strictxml.Limits{Bytes: 8 << 20, Depth: 16, Elements: 100_000, Attributes: 8, Namespaces: 4}

// Parse reads a table from its XML. It takes what RFC 7940 section 4 to 7 defines, checks that whatever
// is referred to has been defined before, and refuses everything else. The id is the caller's.
func Parse(id string, data []byte) (*Table, error) {
	var doc strictxml.Document
	root, err := doc.Parse(data, limits)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", id, err)
	}
	p := &parser{
		Table: &Table{
			id: id, name: id,
			sequences: map[rune][]*char{}, rules: map[string]*rule{}, classes: map[string]*class{},
		},
	}
	p.document(root)
	if err := cmp.Or(doc.Err(), p.err, doc.Finish()); err != nil {
		return nil, fmt.Errorf("table %s: %w", id, err)
	}
	return p.Table, nil
}

// A parser reads a document from top to bottom. What refers to rules comes before them, so it is
// connected at the end.
type parser struct {
	*Table
	connect []func()
	err     error
}

// fail keeps the first mistake that is not one of the schema.
func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

func (p *parser) document(root *strictxml.Element) {
	if !root.Is(namespace, "lgr") {
		p.fail("the document is a <%s>, not an <lgr> of %s", root.Written(), namespace)
		return
	}
	root.In(namespace)
	p.meta(root.Opt("meta"))
	data := root.One("data")
	for x := data.OptChoice("char", "range"); x != nil && p.err == nil; x = data.OptChoice("char", "range") {
		if x.Name.Local == "range" {
			p.readRange(x)
		} else {
			p.readChar(x)
		}
	}
	data.End()
	p.order()
	if rules := root.Opt("rules"); rules != nil {
		p.readRules(rules)
	}
	root.End()
	for _, f := range p.connect {
		f()
	}
	p.defaultActions()
}

// meta reads what the table says of itself: each of it once, in any order, languages and scopes often.
func (p *parser) meta(x *strictxml.Element) {
	kinds := []string{
		"version", "date", "language", "scope", "validity-start", "validity-end",
		"unicode-version", "description", "references",
	}
	for x != nil && p.err == nil {
		kid := x.OptChoice(kinds...)
		if kid == nil {
			break
		}
		kind := kid.Name.Local
		if kind != "language" && kind != "scope" {
			kinds = slices.DeleteFunc(slices.Clone(kinds), func(s string) bool { return s == kind })
		}
		p.metaValue(kid)
	}
	x.End()
}

func (p *parser) metaValue(x *strictxml.Element) {
	m := &p.Meta
	switch x.Name.Local {
	case "version":
		m.VersionComment = strictxml.Attr(x, "comment", strictxml.String, "")
		m.Version = strictxml.Take(x, strictxml.Token)
	case "date":
		m.Date = strictxml.Take(x, day)
	case "validity-start", "validity-end":
		strictxml.Take(x, day)
	case "language":
		m.Languages = append(m.Languages, strictxml.Take(x, strictxml.Token))
	case "scope":
		strictxml.NeedAttr(x, "type", strictxml.NMTOKEN)
		strictxml.Take(x, strictxml.Token)
	case "unicode-version":
		m.UnicodeVersion = strictxml.Take(x, strictxml.Token)
	case "description":
		strictxml.Attr(x, "type", strictxml.String, "")
		m.Description = strings.TrimSpace(strictxml.Take(x, strictxml.String))
	case "references":
		for ref := range x.Many("reference", 0, strictxml.Unbounded) {
			strictxml.Attr(ref, "comment", strictxml.String, "")
			m.References = append(m.References, Reference{
				strictxml.NeedAttr(ref, "id", strictxml.Token), strictxml.Take(ref, strictxml.Token),
			})
		}
		x.End()
	}
}

// day is a date as RFC 7940 section 4.3.2 writes it, without a time zone.
func day(s string) (string, error) {
	if _, err := strictxml.Date(s); err != nil || len(s) != len("2026-01-01") {
		return "", errors.New("it must be a date such as 2026-01-01")
	}
	return s, nil
}

func (p *parser) readChar(x *strictxml.Element) {
	c := &char{cp: strictxml.NeedAttr(x, "cp", codePoints)}
	p.say(x, c)
	for v := range x.Many("var", 0, strictxml.Unbounded) {
		p.readVariant(v, c)
	}
	x.End()
	switch len(c.cp) {
	case 0: // a mistake that the document has noted
	case 1:
		p.spans = append(p.spans, span{c.cp[0], c.cp[0], c})
	default:
		p.sequences[c.cp[0]] = append(p.sequences[c.cp[0]], c)
	}
}

func (p *parser) readRange(x *strictxml.Element) {
	first := strictxml.NeedAttr(x, "first-cp", codePoint)
	last := strictxml.NeedAttr(x, "last-cp", codePoint)
	if last < first {
		p.fail("line %d: the range ends at %U, before it begins", x.Line(), last)
	}
	c := &char{}
	p.say(x, c)
	x.End()
	p.spans = append(p.spans, span{first, last, c})
}

// say reads what a char and a range have in common.
func (p *parser) say(x *strictxml.Element, c *char) {
	c.tags = strings.Fields(strictxml.Attr(x, "tag", strictxml.Token, ""))
	c.comment = strictxml.Attr(x, "comment", strictxml.String, "")
	strictxml.Attr(x, "ref", strictxml.Token, "")
	p.conditions(x, &c.when, &c.notWhen)
}

func (p *parser) readVariant(x *strictxml.Element, of *char) {
	v := variant{
		cp:      strictxml.NeedAttr(x, "cp", codePoints),
		kind:    strictxml.Attr(x, "type", strictxml.NMTOKEN, ""),
		comment: strictxml.Attr(x, "comment", strictxml.String, ""),
	}
	strictxml.Attr(x, "ref", strictxml.Token, "")
	x.End()
	of.variants = append(of.variants, v)
	at := len(of.variants) - 1
	p.conditionsLater(x, func(when, notWhen *rule) { of.variants[at].when, of.variants[at].notWhen = when, notWhen })
}

func (p *parser) conditions(x *strictxml.Element, when, notWhen **rule) {
	p.conditionsLater(x, func(w, n *rule) { *when, *notWhen = w, n })
}

// conditionsLater reads the names of rules, and hands the rules over when all are known.
func (p *parser) conditionsLater(x *strictxml.Element, take func(when, notWhen *rule)) {
	when := strictxml.Attr(x, "when", strictxml.NMTOKEN, "")
	notWhen := strictxml.Attr(x, "not-when", strictxml.NMTOKEN, "")
	if when == "" && notWhen == "" {
		return
	}
	line := x.Line()
	if when != "" && notWhen != "" {
		p.fail("line %d: when and not-when exclude each other", line)
	}
	p.connect = append(p.connect, func() { take(p.ruleOf(when, line), p.ruleOf(notWhen, line)) })
}

// ruleOf returns the rule of that name; nil for no name.
func (p *parser) ruleOf(name string, line int) *rule {
	r := p.rules[name]
	if name != "" && r == nil {
		p.fail("line %d: there is no rule %q", line, name)
	}
	return r
}

// order puts the repertoire in order and refuses an element that stands in it twice.
func (p *parser) order() {
	slices.SortFunc(p.spans, func(a, b span) int { return cmp.Compare(a.first, b.first) })
	for i := 1; i < len(p.spans); i++ {
		if p.spans[i].first <= p.spans[i-1].last {
			p.fail("%U is in the repertoire twice", p.spans[i].first)
		}
	}
	for _, list := range p.sequences {
		for i, c := range list {
			if slices.ContainsFunc(list[:i], func(o *char) bool { return slices.Equal(o.cp, c.cp) }) {
				p.fail("the sequence %U is in the repertoire twice", c.cp)
			}
		}
	}
}

// codePoint reads a code point as four to six upper-case hexadecimal digits. RFC 7940 section 5.1.
func codePoint(s string) (rune, error) {
	v, err := strconv.ParseUint(s, 16, 32)
	if err != nil || len(s) < 4 || len(s) > 6 || strings.ToUpper(s) != s || v > 0x10FFFF || 0xD800 <= v && v <= 0xDFFF {
		return 0, errors.New("it must be a code point such as 00E9")
	}
	return rune(v), nil
}

// codePoints reads one code point or a sequence.
func codePoints(s string) ([]rune, error) {
	fields := strings.Split(s, " ")
	list := make([]rune, len(fields))
	for i, f := range fields {
		var err error
		if list[i], err = codePoint(f); err != nil {
			return nil, err
		}
	}
	return list, nil
}
