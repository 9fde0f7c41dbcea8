package epp

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A frame is one frame of the corpus.
type frame struct{ archive, name, text string }

// A span is an element of a sound frame: where its start tag, its content and its end tag are.
type span struct {
	name                   string // as written
	start, head, tail, end int
	leaf                   bool
	next                   int // index of the next sibling, 0 if there is none
}

func (s span) local() string { return s.name[strings.IndexByte(s.name, ':')+1:] }

// spans finds the elements of a sound frame.
func spans(t testing.TB, text string) []span {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(text))
	var all []span
	var open []int
	last := map[int]int{} // parent to its latest child
	for {
		before := int(dec.InputOffset())
		token, err := dec.RawToken()
		after := int(dec.InputOffset())
		switch token := token.(type) {
		case nil:
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			return all
		case xml.StartElement:
			name := token.Name.Local
			if token.Name.Space != "" {
				name = token.Name.Space + ":" + name
			}
			parent := -1
			if len(open) > 0 {
				parent = open[len(open)-1]
				all[parent].leaf = false
			}
			if before, found := last[parent]; found {
				all[before].next = len(all)
			}
			last[parent] = len(all)
			open = append(open, len(all))
			all = append(all, span{name: name, start: before, head: after, leaf: true})
		case xml.EndElement:
			i := open[len(open)-1]
			open = open[:len(open)-1]
			all[i].tail, all[i].end = before, after
		}
	}
}

// cut replaces a part of a text.
func cut(text string, from, to int, by string) string { return text[:from] + by + text[to:] }

// startTag returns the start tag of an element without its brackets and slash.
func startTag(text string, s span) string {
	return strings.TrimSuffix(text[s.start+1:s.head-1], "/")
}

// element writes an element anew: the start tag without its brackets, and the content.
func element(tag, content string) string {
	name, _, _ := strings.Cut(tag, " ")
	return "<" + tag + ">" + content + "</" + name + ">"
}

// A damage spoils one element of a frame.
type damage struct {
	name  string
	spoil func(text string, s span, all []span) string
}

// content returns what an element holds.
func content(text string, s span) string { return text[s.head:s.tail] }

// rewrite replaces an element by one with another start tag and content.
func rewrite(text string, s span, tag, inside string) string {
	return cut(text, s.start, s.end, element(tag, inside))
}

// damages are what can be wrong with any element. Some of them are nothing wrong.
func damages() []damage {
	return []damage{
		{"removed", func(text string, s span, _ []span) string { return cut(text, s.start, s.end, "") }},
		{"doubled", func(text string, s span, _ []span) string {
			return cut(text, s.end, s.end, text[s.start:s.end])
		}},
		{"behind the next", func(text string, s span, all []span) string {
			if s.next == 0 {
				return ""
			}
			n := all[s.next]
			return text[:s.start] + text[n.start:n.end] + text[s.end:n.start] + text[s.start:s.end] + text[n.end:]
		}},
		{"emptied", func(text string, s span, _ []span) string { return rewrite(text, s, startTag(text, s), "") }},
		{"renamed", func(text string, s span, _ []span) string {
			tag := startTag(text, s)
			return rewrite(text, s, s.name+"x"+tag[len(s.name):], content(text, s))
		}},
		{"in capitals", func(text string, s span, _ []span) string {
			tag := startTag(text, s)
			upper := s.name[:len(s.name)-len(s.local())] + strings.ToUpper(s.local())
			return rewrite(text, s, upper+tag[len(s.name):], content(text, s))
		}},
		{"in another namespace", func(text string, s span, _ []span) string {
			return rewrite(text, s, `q:`+s.local()+` xmlns:q="urn:q"`+startTag(text, s)[len(s.name):], content(text, s))
		}},
		{"in no namespace", func(text string, s span, _ []span) string {
			tag := startTag(text, s)[len(s.name):]
			if strings.Contains(tag, `xmlns=`) {
				return ""
			}
			return rewrite(text, s, s.local()+` xmlns=""`+tag, content(text, s))
		}},
		{"with an attribute more", func(text string, s span, _ []span) string {
			return rewrite(text, s, startTag(text, s)+` zz="1"`, content(text, s))
		}},
		{"with xml:lang", func(text string, s span, _ []span) string {
			return rewrite(text, s, startTag(text, s)+` xml:lang="en"`, content(text, s))
		}},
		{"with a child more", func(text string, s span, _ []span) string {
			return rewrite(text, s, startTag(text, s), content(text, s)+"<zz/>")
		}},
		{"with text more", func(text string, s span, _ []span) string {
			return rewrite(text, s, startTag(text, s), "zz"+content(text, s))
		}},
		{"padded", func(text string, s span, _ []span) string {
			return rewrite(text, s, startTag(text, s), "\n\t "+content(text, s)+" \r\n")
		}},
		{"with a comment", func(text string, s span, _ []span) string {
			return rewrite(text, s, startTag(text, s), "<!-- c -->"+content(text, s)+"<?p i?>")
		}},
		{"with blank CDATA", func(text string, s span, _ []span) string {
			return rewrite(text, s, startTag(text, s), "<![CDATA[ ]]>"+content(text, s))
		}},
		{"as CDATA", func(text string, s span, _ []span) string {
			if !s.leaf || content(text, s) == "" {
				return ""
			}
			return rewrite(text, s, startTag(text, s), "<![CDATA["+content(text, s)+"]]>")
		}},
	}
}

var attribute = regexp.MustCompile(` ([a-zA-Z-]+)="([^"]*)"`)

// attributeDamages spoils each attribute of an element that is no namespace declaration.
func attributeDamages(text string, s span) []frame {
	tag := startTag(text, s)
	var all []frame
	for _, at := range attribute.FindAllStringSubmatchIndex(tag, -1) {
		name, value := tag[at[2]:at[3]], tag[at[4]:at[5]]
		if name == "xmlns" {
			continue
		}
		for _, by := range []struct{ what, attr string }{
			{"removed", ""},
			{"doubled", tag[at[0]:at[1]] + tag[at[0]:at[1]]},
			{"emptied", " " + name + `=""`},
			{"wrong", " " + name + `="zz"`},
			{"padded", " " + name + "=\" \n" + value + "\t\""},
			{"in capitals", " " + name + `="` + strings.ToUpper(value) + `"`},
			{"prefixed", ` xmlns:q="urn:q" q:` + name + `="` + value + `"`},
			{"renamed", " " + name + `x="` + value + `"`},
		} {
			spoilt := rewrite(text, s, cut(tag, at[0], at[1], by.attr), content(text, s))
			all = append(all, frame{"", fmt.Sprintf("%s of %s %s", name, s.name, by.what), spoilt})
		}
	}
	return all
}

// edges are values at and beyond the edge of each simple type, by the local name of their element or
// attribute.
func edges() map[string][]string {
	r := strings.Repeat
	ids := []string{"ab", "abc", r("x", 16), r("x", 17), "a  \n b", " abc ", "éé", "ééé", "日本語", "a.b_c-d", "a&amp;b"}
	names := []string{
		"a", "co", r("a", 255), r("a", 256), "  ", "a b.co", "SHOP.CO", "shop.co.", ".co", "-a.co", "a_b.co", "ab--c.co",
		"xn--espaol-zwa.co", "xn--a.co", "españa.co", " shop.co\n", "192.0.2.1", r("a", 63) + ".co", r("a", 64) + ".co",
	}
	dates := []string{
		"2026-02-29", "2028-02-29", "2026-1-1", "2026-01-01Z", "2026-01-01+14:00", "2026-01-01+14:01", "2026-01-01-05:00", " 2026-01-01",
		"2026-01-01 ", "02026-01-01", "12026-01-01", "-0001-01-01", "0000-01-01", "2026-13-01", "2026-01-01T00:00:00Z", "26-01-01", "2026-00-01",
	}
	numbers := []string{
		"+57.1", "+.1", "+1.", "57.1", "+1234.1", "+57.123456789012345", "+123.1234567890123", "+123.123456789012", " +57.1 ",
		"+57.1x", "+57 1", "+５７.1", "+57,1",
	}
	lines := []string{" ", "\n", r("é", 255), r("é", 256), " a  b\tc ", "a&#10;b", "&lt;"}
	return map[string][]string{
		"name": names, "hostObj": names[:6], "hostName": names[2:5], "clID": ids, "id": ids, "registrant": ids,
		"contact": ids[:4], "clTRID": {"ab", "abc", r("x", 64), r("x", 65), "a\nb", "  a  ", "é&amp;<![CDATA[<]]>", "a&#x85;b"},
		"pw":         {"12345", "123456", r("x", 16), r("x", 17), "a      b", "", " ", "a&#9;b", "é", r("y", 300)},
		"newPW":      {"12345", "123456", r("x", 16), r("x", 17)},
		"version":    {"1.1", "2.0", "0.9", "1", "1.", ".0", "1.00", " 1.0 ", "10.0", "1.0.0", "x"},
		"lang":       {"EN", "es-CO", "abcdefgh", "abcdefghi", "e n", "en-", "en-abcdefghi", "1en", "en-1", " en ", "en_US"},
		"objURI":     {"", " ", "a b", "%zz", "http://[", `\`, "é", "#", "##", "urn:q", ":", "1:", "a:b:c"},
		"extURI":     {"", "a b", "urn:q"},
		"period":     {"0", "1", "99", "100", "01", "+1", "-1", "1.0", " 1", "65536", "1e1", "１"},
		"curExpDate": dates, "voice": numbers, "fax": numbers[:4],
		"addr":     {"::", "1.1", "::1", "127.0.0.1", "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "fe80::1", "fe80::1%eth0", "224.0.0.1", "0.0.0.0", "192.0.2.01", r("1", 45), r("1", 46), " 192.0.2.7 "},
		"hostAddr": {"::", "x.y", r("1", 46)},
		"city":     lines, "org": lines, "street": lines[:4], "sp": lines[:4],
		"pc":     {" ", r("é", 16), r("é", 17), " a  b "},
		"cc":     {"C", "COL", "co", "ZZ", "UK", "éé", " CO ", "C O"},
		"email":  {" ", "x", "a b@c.d", r("x", 300)},
		"status": {"", " ", "a\nb", r("x", 300)},
		"table":  {"", " ", "zz", " es ", r("x", 300)},
		"uname":  {"", "xn--espaol-zwa.co", "ESPAÑOL.co", "otro.co", " español.co ", "español.co.", r("x", 255), r("x", 256)},
		"app":    {"", " ", "a\nb", r("é", 300)}, "tech": {"", "x"}, "os": {"", "x"},
		"ttl": {" ", "0", "-0", "-1", "+300", "0300", " 300", "300 ", "\n", "299", "2147483647", "2147483648", "1.0", "１", r("0", 30) + "9"},
	}
}

// attributeEdges are values of attributes, likewise.
func attributeEdges() map[string][]string {
	r := strings.Repeat
	return map[string][]string{
		"unit":   {"y", "m", "d", " m "},
		"hosts":  {"del", "sub", "none", "any"},
		"type":   {"billing", "int", "loc", "tech", "owner", "application", "claims", "trademark"},
		"ip":     {"v4", "v6", "4", "V6"},
		"flag":   {"0", "1", "true", "false", "TRUE", " 1 ", "yes"},
		"x":      {"", r("1", 300), " 1  2 "},
		"op":     {"request", "approve", "cancel", "reject", "query", "ack", "req", "check", "report", " report "},
		"msgID":  {"", " ", "a b"},
		"s":      {"ok", "linked", "clientHold", "serverHold", "pendingRenew", "inactive", "clientTransferProhibited", " ok "},
		"lang":   {"es-CO", "e", "abcdefghi", "en us"},
		"roid":   {"D1", "-CO", "D1-", "D_1-CO", "D1-C_O", r("D", 80) + "-CO", r("D", 81) + "-CO", "D1-12345678", "D1-123456789", "Ñ1-CO", " D1-CO ", "D1-CO-CO", "D.1-CO", "D$+-CO"},
		"for":    {"DNAME", "DS", "A", "AAAA", "custom", " NS ", "ns", "", "TXT"},
		"custom": {"A", "B", "NS", "TYPE65", "A-", "A-B", "9A", " MX ", "mx", "", "Ñ1"},
		"policy": {"0", "1", "false", " true ", "TRUE", ""},
	}
}

// spoilt returns a sound frame with one thing spoilt at a time: every damage to every element.
func spoilt(t testing.TB, s sound) []frame {
	t.Helper()
	all := []frame{{s.archive, s.name, s.frame}}
	add := func(what, text string) {
		if text != "" && text != s.frame {
			all = append(all, frame{s.archive, s.name + ": " + what, text})
		}
	}
	elements := spans(t, s.frame)
	seen := map[string]int{}
	for _, e := range elements {
		seen[e.name]++
		label := e.name
		if n := seen[e.name]; n > 1 {
			label = fmt.Sprintf("%s %d", e.name, n)
		}
		for _, d := range damages() {
			add(label+" "+d.name, d.spoil(s.frame, e, elements))
		}
		for _, f := range attributeDamages(s.frame, e) {
			add(fmt.Sprintf("%s: %s", label, f.name), f.text)
		}
		for _, f := range valueDamages(s.frame, e) {
			add(label+" "+f.name, f.text)
		}
	}
	return all
}

// valueDamages gives an element, and each of its attributes, each of the values at the edge.
func valueDamages(text string, e span) []frame {
	var all []frame
	if e.leaf {
		for i, value := range slices.Concat(edges()[e.local()], extensionEdges()[e.local()]) {
			all = append(all, frame{"", fmt.Sprintf("= edge %d", i), rewrite(text, e, startTag(text, e), value)})
		}
	}
	tag := startTag(text, e)
	for _, at := range attribute.FindAllStringSubmatchIndex(tag, -1) {
		name := tag[at[2]:at[3]]
		for i, value := range slices.Concat(attributeEdges()[name], extensionAttributeEdges()[name]) {
			spoilt := rewrite(text, e, cut(tag, at[4], at[5], value), content(text, e))
			all = append(all, frame{"", fmt.Sprintf("%s = edge %d", name, i), spoilt})
		}
	}
	return all
}
