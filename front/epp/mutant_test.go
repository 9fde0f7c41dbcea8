package epp

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A Mutator spoils frames by chance, always in the same way for the same seed: elements, attributes,
// namespaces, values and encodings of frames that are XML, and bytes of all.
type Mutator struct {
	t      testing.TB
	r      *rand.Rand
	donors []string // frames whose elements are put into others
}

// NewMutator returns a mutator of a seed and a name, such as that of a command.
func NewMutator(t testing.TB, seed uint64, name string) *Mutator {
	var salt [32]byte
	binary.BigEndian.PutUint64(salt[:], seed)
	copy(salt[8:], name)
	m := &Mutator{t: t, r: rand.New(rand.NewChaCha8(salt))}
	for _, s := range sounds() {
		m.donors = append(m.donors, s.frame)
	}
	return m
}

// mostBytes keeps a mutant of a mutant within what the frame reader takes, but for one in a hundred.
const mostBytes = 60_000

// Mutant returns a frame with one to four faults. The frame is one of sounds.
func (m *Mutator) Mutant(frame string) string {
	ofElements := []func(string, []span) string{
		m.value, m.value, m.value, m.value, m.value, m.value, m.value, m.value, m.attribute, m.attribute, m.attribute, m.extend, m.extend,
		m.drop, m.double, m.many, m.swap, m.swapAny, m.graft, m.rename, m.fewerAttributes, m.moreAttributes, m.nest, m.noise,
	}
	ofTexts := []func(string) string{m.namespace, m.namespace, m.encoding, m.bytes, m.bytes, m.reference}
	text := frame
	for range [...]int{1, 1, 1, 1, 2, 2, 3, 4}[m.r.IntN(8)] {
		before := text
		all, ok := m.parts(text)
		if ok && len(all) > 0 && m.r.IntN(8) > 0 {
			text = ofElements[m.r.IntN(len(ofElements))](text, all)
		} else {
			text = ofTexts[m.r.IntN(len(ofTexts))](text)
		}
		if len(text) > mostBytes && m.r.IntN(100) > 0 {
			text = before
		}
	}
	return text
}

// parts finds the elements of a frame, if it is XML.
func (m *Mutator) parts(text string) ([]span, bool) {
	dec := xml.NewDecoder(strings.NewReader(text))
	dec.Strict = true
	for {
		if _, err := dec.RawToken(); err == io.EOF {
			break
		} else if err != nil {
			return nil, false
		}
	}
	if strings.Count(text, "<") > 3000 {
		return nil, false // it is large enough
	}
	var found []span
	ok := true
	func() {
		defer func() { ok = recover() == nil }() // starts and ends that do not match
		found = spans(m.t, text)
	}()
	for _, s := range found {
		ok = ok && s.end > 0
	}
	return found, ok
}

func (m *Mutator) any(all []span) span { return all[m.r.IntN(len(all))] }

func (m *Mutator) drop(text string, all []span) string {
	s := m.any(all)
	return cut(text, s.start, s.end, "")
}

func (m *Mutator) double(text string, all []span) string {
	s := m.any(all)
	return cut(text, s.end, s.end, text[s.start:s.end])
}

func (m *Mutator) swap(text string, all []span) string {
	s := m.any(all)
	if s.next == 0 {
		return text
	}
	n := all[s.next]
	return text[:s.start] + text[n.start:n.end] + text[s.end:n.start] + text[s.start:s.end] + text[n.end:]
}

func (m *Mutator) swapAny(text string, all []span) string {
	a, b := m.any(all), m.any(all)
	if a.start > b.start {
		a, b = b, a
	}
	if a.end > b.start {
		return text
	}
	return text[:a.start] + text[b.start:b.end] + text[a.end:b.start] + text[a.start:a.end] + text[b.end:]
}

// donated returns an element of another frame.
func (m *Mutator) donated() string {
	donor := m.donors[m.r.IntN(len(m.donors))]
	if all, ok := m.parts(donor); ok {
		s := m.any(all)
		return donor[s.start:s.end]
	}
	return "<x/>"
}

func (m *Mutator) graft(text string, all []span) string {
	s := m.any(all)
	if m.r.IntN(2) == 0 {
		return cut(text, s.start, s.end, m.donated())
	}
	return cut(text, s.end, s.end, m.donated())
}

func (m *Mutator) rename(text string, all []span) string {
	s := m.any(all)
	other := m.any(all).name
	if m.r.IntN(3) == 0 {
		other = []string{"x", "extension", "command", "domain:name", "q:y", "clTRID", s.name + "x"}[m.r.IntN(7)]
	}
	return rewrite(text, s, other+startTag(text, s)[len(s.name):], content(text, s))
}

func (m *Mutator) value(text string, all []span) string {
	s := m.any(all)
	for i := 0; i < 10 && !s.leaf; i++ {
		s = m.any(all)
	}
	return rewrite(text, s, startTag(text, s), m.nasty())
}

// attributesOf returns where the values of the attributes of an element stand.
func attributesOf(text string, s span) (found [][2]int) {
	tag := text[s.start:s.head]
	for i := 0; ; {
		j := strings.IndexByte(tag[i:], '"')
		if j < 0 {
			return found
		}
		k := strings.IndexByte(tag[i+j+1:], '"')
		if k < 0 {
			return found
		}
		found = append(found, [2]int{s.start + i + j + 1, s.start + i + j + 1 + k})
		i += j + k + 2
	}
}

func (m *Mutator) attribute(text string, all []span) string {
	for range 10 {
		if found := attributesOf(text, m.any(all)); len(found) > 0 {
			a := found[m.r.IntN(len(found))]
			return cut(text, a[0], a[1], strings.ReplaceAll(m.nasty(), `"`, "&quot;"))
		}
	}
	return text
}

func (m *Mutator) fewerAttributes(text string, all []span) string {
	for range 10 {
		s := m.any(all)
		if found := attributesOf(text, s); len(found) > 0 {
			a := found[m.r.IntN(len(found))]
			begin := strings.LastIndexAny(text[:a[0]], " \n\t")
			return cut(text, begin, a[1]+1, "")
		}
	}
	return text
}

func (m *Mutator) moreAttributes(text string, all []span) string {
	s := m.any(all)
	tag := startTag(text, s) + [...]string{
		` a="b"`, ` xml:lang="en"`, ` xsi:type="x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`, ` xmlns=""`,
		` xmlns:q="urn:q" q:r="s"`, ` avail="1"`, ` op="request"`, ` s="ok"`, ` unit="m"`, ` hosts="all"`, ` type="loc"`, ` xml:space="preserve"`,
	}[m.r.IntN(12)]
	return rewrite(text, s, tag, content(text, s))
}

func (m *Mutator) nest(text string, all []span) string {
	s := m.any(all)
	depth := 1 << m.r.IntN(11)
	tag := "<" + startTag(text, s) + ">"
	return text[:s.start] + strings.Repeat(tag, depth) + content(text, s) + strings.Repeat("</"+s.name+">", depth) + text[s.end:]
}

func (m *Mutator) many(text string, all []span) string {
	s := m.any(all)
	return cut(text, s.end, s.end, strings.Repeat(text[s.start:s.end], 1<<m.r.IntN(9)))
}

func (m *Mutator) noise(text string, all []span) string {
	s := m.any(all)
	at := []int{s.start, s.head, s.tail, s.end}[m.r.IntN(4)]
	return cut(text, at, at, [...]string{
		"<!-- c -->", "<?p q?>", "<![CDATA[x]]>", "x", " \n", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!-- -- -->", "<![CDATA[",
		"<?xml version='1.0'?>", "&#10;", "&b;", "\u2028", "\x00", "]]>",
	}[m.r.IntN(14)])
}

// extend gives a frame the <extension> of another, or something that goes into one.
func (m *Mutator) extend(text string, all []span) string {
	donor := m.donors[m.r.IntN(len(m.donors))]
	from := strings.Index(donor, "<extension>")
	if from < 0 {
		donor = m.donors[len(m.donors)-1-m.r.IntN(min(12, len(m.donors)))] // the extensions come last
		from = strings.Index(donor, "<extension>")
	}
	to := strings.Index(donor, "</extension>")
	if from < 0 || to < 0 {
		return text
	}
	inner := donor[from+len("<extension>") : to]
	if at := strings.Index(text, "</extension>"); at >= 0 && m.r.IntN(2) == 0 {
		return cut(text, at, at, inner)
	}
	if at := strings.LastIndex(text, "<clTRID>"); at >= 0 {
		return cut(text, at, at, "<extension>"+inner+"</extension>")
	}
	return text
}

func (m *Mutator) namespace(text string) string {
	var known []string
	for _, uri := range prefixes {
		known = append(known, uri)
	}
	slices.Sort(known)
	from := known[m.r.IntN(len(known))]
	to := append(known, "", "urn:q", "u:ietf:params:xml:ns:domain-1.0", "domain", "urn:ietf:params:xml:ns:domain-2.0")[m.r.IntN(len(known)+5)]
	if !strings.Contains(text, from) {
		from = nsEPP
	}
	return strings.Replace(text, from, to, 1+m.r.IntN(2))
}

func (m *Mutator) encoding(text string) string {
	switch m.r.IntN(8) {
	case 0:
		return wide(binary.BigEndian, true, text)
	case 1:
		return wide(binary.LittleEndian, true, text)
	case 2:
		return wide(binary.LittleEndian, m.r.IntN(2) == 0, `<?xml version="1.0" encoding="UTF-16"?>`+text) + "\x00"[:m.r.IntN(2)]
	case 3:
		return "\xef\xbb\xbf" + text
	case 4:
		return `<?xml version="1.0" encoding="ISO-8859-1"?>` + text
	case 5:
		return `<?xml version="1.1"?>` + text
	case 6:
		return `<?xml version="1.0" encoding="utf-16"?>` + text
	default:
		return strings.ToUpper(text)
	}
}

func (m *Mutator) bytes(text string) string {
	b := []byte(text)
	if len(b) == 0 {
		return text
	}
	at := m.r.IntN(len(b))
	to := min(len(b), at+1+m.r.IntN(16))
	switch m.r.IntN(7) {
	case 0:
		b[at] ^= 1 << m.r.IntN(8)
	case 1:
		return string(append(b[:at:at], b[to:]...))
	case 2:
		return string(b[:at]) + string(b[at:to]) + string(b[at:])
	case 3:
		return string(b[:at])
	case 4:
		return string(b[:at]) + [...]string{"<", ">", "&", `"`, "\x00", "\xff", "\xed\xa0\x80", "]]>", "\ufffe", "<?", "<!--"}[m.r.IntN(11)] + string(b[at:])
	case 5:
		b[at], b[to-1] = b[to-1], b[at]
	default:
		return string(b) + string(bytes.Repeat(b[at:to], 1+m.r.IntN(4)))
	}
	return string(b)
}

func (m *Mutator) reference(text string) string {
	at := strings.LastIndexByte(text[:m.r.IntN(len(text)+1)], '>') + 1
	return cut(text, at, at, [...]string{
		"&#0;", "&#x110000;", "&#xD800;", "&lt;", "&amp;amp;", "&nbsp;", "&#x0000000000041;", "&;", "&#xFFFE;", "&#9;",
	}[m.r.IntN(10)])
}
