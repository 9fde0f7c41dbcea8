package idn

import (
	"fmt"
	"slices"
	"strings"
)

// Size returns how many code points and sequences the repertoire has, and how many of them have variants.
func (t *Table) Size() (elements, varied int) {
	for _, s := range t.spans {
		elements += int(s.last-s.first) + 1
	}
	for _, c := range t.elements() {
		if len(c.cp) > 1 {
			elements++
		}
		if c.hasVariants() {
			varied++
		}
	}
	return elements, varied
}

// hasVariants reports whether an element has a variant other than itself.
func (c *char) hasVariants() bool {
	return slices.ContainsFunc(c.variants, func(v variant) bool { return !v.isReflexive(c.cp) })
}

// mostSample is how many letters a sample has.
const mostSample = 80

// Sample returns the letters beside a to z and digits, in order, if they are few.
func (t *Table) Sample() string {
	var b strings.Builder
	n := 0
	for _, s := range t.spans {
		for r := s.first; r <= s.last; r++ {
			if r < 0x80 {
				continue
			}
			if n++; n > mostSample {
				return ""
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Rules returns what the table says of contexts and of whole labels, a sentence each, in order.
func (t *Table) Rules() []string {
	var list []string
	add := func(s string) {
		if s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	for _, c := range t.elements() {
		for _, r := range []*rule{c.when, c.notWhen} {
			if r != nil {
				add(r.comment)
			}
		}
	}
	for _, a := range t.actions {
		if a.match != nil || a.notMatch != nil {
			add(a.comment)
		}
	}
	return list
}

// Text returns the table for people and simple programs: what it says of itself behind "#", and a line for each
// element of the repertoire: its code points, itself, its variants with their types, its name.
func (t *Table) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# IDN table %s: %s\n# Version %s of %s, Unicode %s\n", t.id, t.name, t.Meta.Version, t.Meta.Date, t.Meta.UnicodeVersion)
	fmt.Fprintf(&b, "# Languages: %s\n#\n", strings.Join(t.Meta.Languages, ", "))
	comment(&b, t.Meta.Description)
	if rules := t.Rules(); len(rules) > 0 {
		b.WriteString("#\n# Rules:\n")
		for _, r := range rules {
			comment(&b, "- "+r)
		}
	}
	b.WriteString("#\n# code points ; characters ; variants ; name\n")
	for _, s := range t.spans {
		if s.char.cp == nil {
			fmt.Fprintf(&b, "%04X..%04X ; %c..%c ; ;\n", s.first, s.last, s.first, s.last)
			continue
		}
		s.char.line(&b)
	}
	for _, c := range t.elements() {
		if len(c.cp) > 1 {
			c.line(&b)
		}
	}
	return b.String()
}

// line writes the line of one element.
func (c *char) line(b *strings.Builder) {
	fmt.Fprintf(b, "%s ; %s ;", hex(c.cp), string(c.cp))
	for _, v := range c.variants {
		if !v.isReflexive(c.cp) {
			fmt.Fprintf(b, " %s (%s)", hex(v.cp), v.kind)
		}
	}
	fmt.Fprintf(b, " ; %s\n", c.comment)
}

func hex(cp []rune) string {
	list := make([]string, len(cp))
	for i, r := range cp {
		list[i] = fmt.Sprintf("%04X", r)
	}
	return strings.Join(list, " ")
}

// textWidth is how wide a comment is.
const textWidth = 78

// comment writes text behind "#", in lines.
func comment(b *strings.Builder, text string) {
	width := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			b.WriteString("#")
			width = 1
		case width+1+len(word) > textWidth:
			b.WriteString("\n#")
			width = 1
		}
		b.WriteString(" " + word)
		width += 1 + len(word)
	}
	b.WriteString("\n")
}
