package main

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/runenames"
)

// A table is what is written into one file.
type table struct {
	id, name    string
	languages   []string
	description string   // one paragraph, plain text
	references  []string // sources
	elements    []element
	rules       []string // XML, in order
	actions     []string
}

// An element is a line of a table's repertoire: a code point, a range, or a sequence.
type element struct {
	cp, last      rune   // last is 0 but for a range
	sequence      []rune // instead of cp
	when, notWhen string
	variants      []variant
	unnamed       bool
}

type variant struct {
	to   []rune
	kind string
}

// The two that every table has: the digits, and the hyphen where RFC 5891 section 4.2.3.1 allows it.
const hyphenRule = `    <rule name="misplaced-hyphen" comment="no hyphen first or last, nor in third and fourth place: RFC 5891 section 4.2.3.1">
      <choice>
        <rule><look-behind><start/></look-behind><anchor/></rule>
        <rule><anchor/><look-ahead><end/></look-ahead></rule>
        <rule><look-behind><start/><any/><any/><char cp="002D"/></look-behind><anchor/></rule>
      </choice>
    </rule>`

func hyphenAndDigits() []element {
	list := []element{{cp: '-', notWhen: "misplaced-hyphen"}}
	return append(list, singles("0123456789")...)
}

func basicLatin() []element {
	return append(hyphenAndDigits(), singles("abcdefghijklmnopqrstuvwxyz")...)
}

func singles(letters string) []element {
	var list []element
	for _, r := range letters {
		list = append(list, element{cp: r})
	}
	return list
}

// xml writes the table as RFC 7940 has it.
func (t table) xml() []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<lgr xmlns=\"urn:ietf:params:xml:ns:lgr-1.0\">\n  <meta>\n")
	fmt.Fprintf(&b, "    <version comment=\"%s\">1</version>\n    <date>2026-11-22</date>\n", t.name)
	for _, l := range t.languages {
		fmt.Fprintf(&b, "    <language>%s</language>\n", l)
	}
	fmt.Fprintf(&b, "    <unicode-version>%s</unicode-version>\n", unicode.Version)
	fmt.Fprintf(&b, "    <description type=\"text/plain\">%s</description>\n    <references>\n", t.description)
	for i, r := range t.references {
		fmt.Fprintf(&b, "      <reference id=\"%d\">%s</reference>\n", i, r)
	}
	b.WriteString("    </references>\n  </meta>\n  <data>\n")
	for _, e := range t.elements {
		e.write(&b)
	}
	b.WriteString("  </data>\n  <rules>\n")
	for _, r := range append([]string{hyphenRule}, t.rules...) {
		b.WriteString(r + "\n")
	}
	for _, a := range append(t.actions, defaultActions...) {
		b.WriteString("    " + a + "\n")
	}
	b.WriteString("  </rules>\n</lgr>\n")
	return []byte(b.String())
}

// The actions that end every table. They are the defaults of RFC 7940 section 7.6, spelt out.
var defaultActions = []string{
	`<action disp="blocked" any-variant="blocked" comment="a variant with anything blocked in it is blocked"/>`,
	`<action disp="valid" comment="everything else is valid"/>`,
}

func (e element) write(b *strings.Builder) {
	if e.last != 0 {
		fmt.Fprintf(b, "    <range first-cp=\"%04X\" last-cp=\"%04X\" tag=\"%s\"/>\n", e.cp, e.last, scriptTag(e.cp))
		return
	}
	cp := e.sequence
	if cp == nil {
		cp = []rune{e.cp}
	}
	fmt.Fprintf(b, "    <char cp=\"%s\"", hex(cp))
	if e.when != "" {
		fmt.Fprintf(b, " when=\"%s\"", e.when)
	}
	if e.notWhen != "" {
		fmt.Fprintf(b, " not-when=\"%s\"", e.notWhen)
	}
	if e.sequence == nil {
		fmt.Fprintf(b, " tag=\"%s\"", scriptTag(e.cp))
	}
	if !e.unnamed {
		fmt.Fprintf(b, " comment=\"%s\"", namesOf(cp))
	}
	if len(e.variants) == 0 {
		b.WriteString("/>\n")
		return
	}
	b.WriteString(">\n")
	for _, v := range e.variants {
		fmt.Fprintf(b, "      <var cp=\"%s\" type=\"%s\"/>\n", hex(v.to), v.kind)
	}
	b.WriteString("    </char>\n")
}

func hex(cp []rune) string {
	list := make([]string, len(cp))
	for i, r := range cp {
		list[i] = fmt.Sprintf("%04X", r)
	}
	return strings.Join(list, " ")
}

func namesOf(cp []rune) string {
	list := make([]string, len(cp))
	for i, r := range cp {
		list[i] = runenames.Name(r)
	}
	return strings.Join(list, ", ")
}

// scriptTag is how RFC 7940 tables tag a code point with its script.
func scriptTag(r rune) string {
	for code, name := range map[string]string{
		"Arab": "Arabic", "Cyrl": "Cyrillic", "Grek": "Greek", "Hang": "Hangul", "Hani": "Han", "Hebr": "Hebrew",
		"Hira": "Hiragana", "Kana": "Katakana", "Latn": "Latin",
	} {
		if unicode.Is(unicode.Scripts[name], r) {
			return "sc:" + code
		}
	}
	return "sc:Zyyy"
}
