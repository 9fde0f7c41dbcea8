package idn

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode"

	"example.org/dorado/core/strictxml"
)

// The elements that stand for a set of code points. RFC 7940 section 6.2.
var setElements = []string{"class", "complement", "union", "intersection", "difference", "symmetric-difference"}

// The elements that a rule is made of. RFC 7940 section 6.3.
var matchElements = append([]string{
	"start", "end", "any", "char", "choice", "rule", "look-behind", "anchor",
	"look-ahead",
}, setElements...)

// readRules reads classes, rules and actions. Each is known from where it stands on.
func (p *parser) readRules(x *strictxml.Element) {
	kinds := append([]string{"rule", "action"}, setElements...)
	for kid := x.OptChoice(kinds...); kid != nil && p.err == nil; kid = x.OptChoice(kinds...) {
		switch kid.Name.Local {
		case "rule":
			p.namedRule(kid)
		case "action":
			p.readAction(kid)
		default:
			p.namedClass(kid)
		}
	}
	x.End()
}

func (p *parser) namedRule(x *strictxml.Element) {
	name := strictxml.NeedAttr(x, "name", strictxml.NMTOKEN)
	r := &rule{name: name, comment: strictxml.Attr(x, "comment", strictxml.String, "")}
	strictxml.Attr(x, "ref", strictxml.Token, "")
	if _, twice := p.rules[name]; twice {
		p.fail("line %d: there are two rules %q", x.Line(), name)
	}
	r.parts = p.parts(x)
	p.rules[name] = r
}

// parts reads the matchers of a rule or a context, which follow each other in a label.
func (p *parser) parts(x *strictxml.Element) []part {
	var list []part
	for kid := x.OptChoice(matchElements...); kid != nil && p.err == nil; kid = x.OptChoice(matchElements...) {
		list = append(list, p.readPart(kid))
	}
	x.End()
	if len(list) == 0 {
		p.fail("line %d: <%s> matches nothing", x.Line(), x.Written())
	}
	return list
}

func (p *parser) readPart(x *strictxml.Element) part {
	made := part{min: 1, max: 1}
	if kind := x.Name.Local; kind != "start" && kind != "end" && !isPositional(kind) {
		made.count(strictxml.Attr(x, "count", count, [2]int{1, 1}))
	}
	switch x.Name.Local {
	case "start":
		made.kind = atStart
	case "end":
		made.kind = atEnd
	case "anchor":
		made.kind = atAnchor
	case "any":
		made.kind = anyCodePoint
	case "char":
		made.kind, made.sequence = oneSequence, strictxml.NeedAttr(x, "cp", codePoints)
	case "look-behind":
		made.kind, made.inner = lookBehind, [][]part{p.parts(x)}
	case "look-ahead":
		made.kind, made.inner = lookAhead, [][]part{p.parts(x)}
	case "choice":
		made.kind, made.inner = oneOf, p.choices(x)
	case "rule":
		made.kind, made.inner = oneOf, [][]part{p.nestedRule(x)}
	default:
		made.kind, made.class = oneOfClass, p.readSet(x)
	}
	strictxml.Attr(x, "comment", strictxml.String, "")
	strictxml.Attr(x, "ref", strictxml.Token, "")
	x.End()
	return made
}

func isPositional(kind string) bool {
	return kind == "anchor" || kind == "look-behind" || kind == "look-ahead"
}

// choices reads the alternatives of a choice, each of them one matcher.
func (p *parser) choices(x *strictxml.Element) [][]part {
	var list [][]part
	for kid := x.OptChoice(matchElements...); kid != nil && p.err == nil; kid = x.OptChoice(matchElements...) {
		list = append(list, []part{p.readPart(kid)})
	}
	return list
}

// nestedRule reads a rule inside of another: its own matchers, or those of a rule that stands before.
func (p *parser) nestedRule(x *strictxml.Element) []part {
	name := strictxml.Attr(x, "by-ref", strictxml.NMTOKEN, "")
	if name == "" {
		return p.parts(x)
	}
	if r := p.ruleOf(name, x.Line()); r != nil {
		return r.parts
	}
	return nil
}

func (p *parser) namedClass(x *strictxml.Element) {
	name := strictxml.NeedAttr(x, "name", strictxml.NMTOKEN)
	if _, twice := p.classes[name]; twice {
		p.fail("line %d: there are two classes %q", x.Line(), name)
	}
	c := p.readSet(x)
	strictxml.Attr(x, "comment", strictxml.String, "")
	strictxml.Attr(x, "ref", strictxml.Token, "")
	x.End()
	p.classes[name] = c
}

// readSet reads a class or an operation on classes. RFC 7940 sections 6.2.1 to 6.2.5.
func (p *parser) readSet(x *strictxml.Element) *class {
	if x.Name.Local == "class" {
		return p.readClass(x)
	}
	made := &class{operator: x.Name.Local}
	for kid := x.OptChoice(setElements...); kid != nil && p.err == nil; kid = x.OptChoice(setElements...) {
		made.of = append(made.of, p.readSet(kid))
		strictxml.Attr(kid, "comment", strictxml.String, "")
		strictxml.Attr(kid, "ref", strictxml.Token, "")
		kid.End()
	}
	least, most := 2, 2
	switch made.operator {
	case "complement":
		least, most = 1, 1
	case "union":
		most = math.MaxInt
	}
	if n := len(made.of); p.err == nil && (n < least || n > most) {
		p.fail("line %d: <%s> of %d classes", x.Line(), x.Written(), n)
	}
	return made
}

func (p *parser) readClass(x *strictxml.Element) *class {
	byRef := strictxml.Attr(x, "by-ref", strictxml.NMTOKEN, "")
	tag := strictxml.Attr(x, "from-tag", strictxml.NMTOKEN, "")
	property := strictxml.Attr(x, "property", strictxml.NMTOKEN, "")
	switch {
	case byRef != "":
		if p.classes[byRef] == nil {
			p.fail("line %d: there is no class %q", x.Line(), byRef)
		}
		return p.classes[byRef]
	case tag != "":
		return p.tagged(tag, x.Line())
	case property != "":
		table := propertyTable(property)
		if table == nil {
			p.fail("line %d: the property %q is not one that tables here use", x.Line(), property)
		}
		return &class{property: table}
	}
	return &class{spans: strictxml.Take(x, shorthand)}
}

// tagged is the class of the repertoire's code points that have a tag.
func (p *parser) tagged(tag string, line int) *class {
	made := &class{}
	for _, s := range p.spans {
		for _, t := range s.char.tags {
			if t == tag {
				made.spans = append(made.spans, [2]rune{s.first, s.last})
			}
		}
	}
	if len(made.spans) == 0 {
		p.fail("line %d: no code point has the tag %q", line, tag)
	}
	return made
}

// propertyTable returns the code points that have a property: gc for the general category, sc for the
// script.
func propertyTable(property string) *unicode.RangeTable {
	kind, value, _ := strings.Cut(property, ":")
	switch kind {
	case "gc":
		return unicode.Categories[value]
	case "sc":
		return unicode.Scripts[scriptNames[value]]
	}
	return nil
}

// scriptNames has the ISO 15924 codes of the scripts that tables name, with Unicode's names for them.
var scriptNames = map[string]string{
	"Arab": "Arabic", "Cyrl": "Cyrillic", "Grek": "Greek", "Hang": "Hangul", "Hani": "Han", "Hebr": "Hebrew",
	"Hira": "Hiragana", "Kana": "Katakana", "Latn": "Latin", "Zinh": "Inherited", "Zyyy": "Common",
}

// shorthand reads code points and ranges of them, as in "0061 0063-0066". RFC 7940 section 6.2.3.
func shorthand(s string) ([][2]rune, error) {
	fields := strings.Fields(s)
	list := make([][2]rune, len(fields))
	for i, f := range fields {
		from, to, isRange := strings.Cut(f, "-")
		if !isRange {
			to = from
		}
		first, err1 := codePoint(from)
		last, err2 := codePoint(to)
		if err1 != nil || err2 != nil || last < first || i > 0 && first <= list[i-1][1] {
			return nil, errors.New("it must be code points or ranges such as 0061 0063-0066, ascending")
		}
		list[i] = [2]rune{first, last}
	}
	if len(list) == 0 {
		return nil, errors.New("it must name code points")
	}
	return list, nil
}

// count reads how often a matcher matches: "n", "n+" or "n:m". RFC 7940 section 6.3.2.
func count(s string) ([2]int, error) {
	refused := errors.New("it must be a count such as 1, 1+ or 1:3")
	from, to, isRange := strings.Cut(s, ":")
	low, more := strings.CutSuffix(from, "+")
	least, err := strconv.ParseUint(low, 10, 8)
	most := least
	switch {
	case err != nil, isRange && more:
		return [2]int{}, refused
	case isRange:
		if most, err = strconv.ParseUint(to, 10, 8); err != nil || most < least {
			return [2]int{}, refused
		}
	case more:
		most = maxLabel
	}
	return [2]int{int(least), int(most)}, nil
}

// readAction reads what becomes of a label or a variant of one. RFC 7940 section 7.
func (p *parser) readAction(x *strictxml.Element) {
	a := action{
		disposition: strictxml.NeedAttr(x, "disp", strictxml.NMTOKEN),
		comment:     strictxml.Attr(x, "comment", strictxml.String, ""),
		match:       p.ruleOf(strictxml.Attr(x, "match", strictxml.NMTOKEN, ""), x.Line()),
		notMatch:    p.ruleOf(strictxml.Attr(x, "not-match", strictxml.NMTOKEN, ""), x.Line()),
	}
	strictxml.Attr(x, "ref", strictxml.Token, "")
	triggers := 0
	for trigger, attribute := range map[variantTrigger]string{
		anyVariant: "any-variant", allVariants: "all-variants", onlyVariants: "only-variants",
	} {
		if list := strings.Fields(strictxml.Attr(x, attribute, strictxml.Token, "")); len(list) > 0 {
			a.trigger, a.kinds = trigger, list
			triggers++
		}
	}
	if triggers > 1 || a.match != nil && a.notMatch != nil {
		p.fail("line %d: an action has one condition on variants and one on the label", x.Line())
	}
	x.End()
	p.actions = append(p.actions, a)
}

// defaultActions are those that follow whatever a table has. RFC 7940 section 7.6.
func (p *parser) defaultActions() {
	p.actions = append(p.actions, []action{
		{disposition: Invalid, trigger: anyVariant, kinds: []string{Invalid}},
		{disposition: Blocked, trigger: anyVariant, kinds: []string{Blocked}},
		{disposition: Allocatable, trigger: anyVariant, kinds: []string{Allocatable}},
		{disposition: "activated", trigger: anyVariant, kinds: []string{"activated"}},
		{disposition: Valid},
	}...)
}
