package strictxml

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// FuzzParse holds that whatever Parse accepts, encoding/xml reads as the same
// names, attributes and texts, and that an echo of it parses to the same again.
func FuzzParse(f *testing.F) {
	for _, doc := range cases() {
		f.Add([]byte(doc))
	}
	f.Add([]byte(frame))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var d Document
		root, err := d.Parse(doc, roomy())
		if err != nil {
			if e := d.err; e.Line < 1 || e.Column < 1 || e.Reason == "" || e.Kind.AgainstSchema() {
				t.Fatalf("Parse(%q) = %+v", doc, e)
			}
			return
		}
		ours := d.outline(root)
		if theirs, ok := outlineOfStandard(d.src); ok && ours != theirs {
			t.Fatalf("%q is\n%s, and encoding/xml says\n%s", doc, ours, theirs)
		}
		echo, ok := root.AppendTo(nil, 1<<21)
		var again Document
		second, err := again.Parse(echo, roomy())
		if !ok || err != nil || again.outline(second) != ours {
			t.Fatalf("the echo %q of %q: %v", echo, doc, err)
		}
	})
}

// outline writes names, attributes in order, and texts of elements without
// children, a line each.
func (d *Document) outline(root *Element) string {
	var out strings.Builder
	for i := range d.nodes {
		e := &d.nodes[i]
		line(&out, "element", e.Name, "")
		for _, a := range d.attrs[e.attr0 : e.attr0+e.attrs] {
			line(&out, "attribute", a.name, a.value)
		}
		if e.last == 0 {
			line(&out, "text", Name{}, e.text)
		}
	}
	return out.String()
}

func line(out *strings.Builder, what string, n Name, value string) {
	out.WriteString(what + " {" + n.Space + "}" + n.Local + " " + value + "\n")
}

// outlineOfStandard is outline by encoding/xml. It gives up where that package
// departs from the recommendations: names of the fifth edition, and white space
// in attribute values and line ends, which it leaves as they are.
func outlineOfStandard(src string) (string, bool) {
	if strings.Contains(src, "<?xml") || strings.ContainsAny(src, "\r") || strings.Contains(src, "xmlns:xml") {
		return "", false
	}
	dec := xml.NewDecoder(strings.NewReader(src))
	var out strings.Builder
	var text bytes.Buffer
	leaf := false
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return out.String(), true
		}
		if err != nil {
			return err.Error(), !strings.Contains(err.Error(), "invalid XML name")
		}
		switch token := token.(type) {
		case xml.StartElement:
			leaf = true
			text.Reset()
			line(&out, "element", blank(token.Name), "")
			for _, a := range token.Attr {
				if a.Name.Space == "xmlns" || a.Name == (xml.Name{Local: "xmlns"}) {
					continue
				}
				line(&out, "attribute", blank(a.Name), blanks.Replace(a.Value))
				if strings.Contains(src, "&#") {
					return "", false // a reference to white space must not become a blank
				}
			}
		case xml.CharData:
			text.Write(token)
		case xml.EndElement:
			if leaf {
				line(&out, "text", Name{}, text.String())
			}
			leaf = false
		}
	}
}

// blanks does what encoding/xml leaves undone: in an attribute, and so in the name of a namespace,
// each white space character becomes a blank. XML 1.0 section 3.3.3.
var blanks = strings.NewReplacer("\n", " ", "\t", " ")

func blank(n xml.Name) Name { return Name{blanks.Replace(n.Space), n.Local} }
