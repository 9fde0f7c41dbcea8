package strictxml

import (
	"errors"
	"strings"
	"testing"
)

// readCreate reads a small type with every construct: sequence, optional,
// repeated, choice, wildcard, attributes, simple, empty and any content.
func readCreate(x *Element) {
	Take(x.One("name"), func(s string) (string, error) { return TokenLen(s, 1, 255) })
	if p := x.Opt("period"); p != nil {
		NeedAttr(p, "unit", func(s string) (string, error) { return TokenOf(s, "y", "m") })
		Take(p, UnsignedShort)
	}
	if ns := x.Opt("ns"); ns != nil {
		for h := range ns.Many("hostObj", 1, 2) {
			Take(h, Token)
		}
		ns.End()
	}
	if any := x.Opt("any"); any != nil {
		any.AnyType(func(n Name) func(*Element) {
			if n == (Name{"urn:d", "ns"}) {
				return func(e *Element) { Take(e.One("hostObj"), Token) }
			}
			return nil
		})
	}
	readAuthInfo(x.One("authInfo"))
	for kid := range x.Others(0) {
		kid.Skip()
	}
}

func readAuthInfo(x *Element) {
	way := x.Choice("pw", "null")
	if !way.Is("urn:d", "pw") {
		way.Empty()
		return
	}
	Attr(way, "roid", Token, "")
	Convert(way, NormalizedString, func(s string) (string, error) {
		if s == "bad" {
			return "", errors.New("weak")
		}
		return s, nil
	})
}

func read(doc string) (*Document, error) {
	d := new(Document)
	root, err := d.Parse([]byte(doc), roomy())
	if err != nil {
		return d, err
	}
	if !root.Is("urn:d", "create") {
		return d, errors.New("another root")
	}
	readCreate(root)
	return d, d.Finish()
}

func TestSchemaMistakes(t *testing.T) {
	const head = `<d:create xmlns:d="urn:d" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`
	const name, auth, tail = `<d:name>a</d:name>`, `<d:authInfo><d:pw>x</d:pw></d:authInfo>`, `</d:create>`
	for _, row := range []struct{ name, doc, want string }{
		{"all is well", head + `>` + name + auth + tail, ""},
		{"everything", head + ` xsi:schemaLocation="a b"> ` + name + `<d:period unit=" y ">2</d:period><d:ns><d:hostObj>h</d:hostObj></d:ns><!-- c -->` + auth + `<q xmlns="urn:q" z="1">text<r/></q>` + tail, ""},
		{"missing child", head + `>` + name + tail, `line 1, column 99: <d:create> lacks <period>, <ns>, <any> or <authInfo>`},
		{"wrong order", head + `>` + auth + name + tail, `line 1, column 81: <d:authInfo> is not allowed here in <d:create>; expected is <name>`},
		{"wrong namespace", head + `><name xmlns="domain">a</name>` + auth + tail, `line 1, column 81: <name> is in the namespace "domain", and must be in "urn:d"`},
		{"child left over", head + `>` + name + auth + `<d:x/>` + tail, `<d:x> is not allowed here in <d:create>; expected is an element of another namespace`},
		{"child without namespace", head + `>` + name + auth + `<x/>` + tail, `<x> is not allowed here in <d:create>`},
		{"text between", head + `>` + name + `x` + auth + tail, `<d:create> holds elements, and no text`},
		{"cdata between", head + `>` + name + `<![CDATA[ ]]>` + auth + tail, `<d:create> holds elements, and no CDATA section`},
		{"too short", head + `><d:name> </d:name>` + auth + tail, `<d:name> cannot be " ": it must have 1 to 255 characters, and has 0`},
		{"child in text", head + `><d:name>a<b/></d:name>` + auth + tail, `<b> is not allowed in <d:name>, which holds text`},
		{"text in two pieces", head + `><d:name>a<!-- x -->&#98;<![CDATA[c]]></d:name>` + auth + tail, ""},
		{"no attribute", head + `>` + name + `<d:period>1</d:period>` + auth + tail, `<d:period> lacks the attribute unit`},
		{"bad attribute", head + `>` + name + `<d:period unit="d">1</d:period>` + auth + tail, `the attribute unit of <d:period> cannot be "d": it must be y or m`},
		{"unknown attribute", head + `>` + "\n" + `<d:name c="1">a</d:name>` + auth + tail, `line 2, column 9: <d:name> has no attribute c`},
		{"attribute of a namespace", head + `>` + name + `<d:period d:unit="y">1</d:period>` + auth + tail, `<d:period> lacks the attribute unit`},
		{"xsi:type", head + ` xsi:type="d:createType">` + name + auth + tail, `xsi:type is not supported; leave it out`},
		{"xsi:nil", head + `><d:name xsi:nil="false">a</d:name>` + auth + tail, `xsi:nil is not supported; leave it out`},
		{"too few", head + `>` + name + `<d:ns/>` + auth + tail, `<d:ns> lacks <hostObj>`},
		{"too many", head + `>` + name + `<d:ns><d:hostObj>1</d:hostObj><d:hostObj>2</d:hostObj><d:hostObj>3</d:hostObj></d:ns>` + auth + tail, `<d:ns> can have at most 2 <d:hostObj>`},
		{"no choice", head + `>` + name + `<d:authInfo/>` + tail, `<d:authInfo> lacks <pw> or <null>`},
		{"choice of another", head + `>` + name + `<d:authInfo><d:x/></d:authInfo>` + tail, `<d:x> is not allowed here in <d:authInfo>; expected is <pw> or <null>`},
		{"second choice", head + `>` + name + `<d:authInfo><d:null/></d:authInfo>` + tail, ""},
		{"both choices", head + `>` + name + `<d:authInfo><d:null/><d:pw/></d:authInfo>` + tail, `<d:pw> is not allowed here in <d:authInfo>`},
		{"blank in empty", head + `>` + name + `<d:authInfo><d:null> </d:null></d:authInfo>` + tail, `<d:null> must be empty, without even white space`},
		{"comment in empty", head + `>` + name + `<d:authInfo><d:null><!-- --></d:null></d:authInfo>` + tail, ""},
		{"child in empty", head + `>` + name + `<d:authInfo><d:null><x/></d:null></d:authInfo>` + tail, `<x> is not allowed in <d:null>, which must be empty`},
		{"anything in any", head + `>` + name + `<d:any a="1" d:b="2">x<y z="1">t</y></d:any>` + auth + tail, ""},
		{"declared in any", head + `>` + name + `<d:any><y><d:ns/></y></d:any>` + auth + tail, `<d:ns> lacks <hostObj>`},
		{"xsi:type in any", head + `>` + name + `<d:any xsi:type="x"/>` + auth + tail, `xsi:type is not supported`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := read(row.doc)
			if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
				t.Fatalf("read(%s) = %v, want %q", row.doc, err, row.want)
			}
			if e, ok := errors.AsType[*Error](err); ok && (!e.Kind.AgainstSchema() || e.Element == "" || e.At == nil) {
				t.Errorf("%+v names no schema mistake of an element", e)
			}
		})
	}
}

func TestRejectedIsKeptApart(t *testing.T) {
	d, err := read(`<create xmlns="urn:d"><name>a</name><authInfo><pw>bad</pw></authInfo></create>`)
	if r := d.Rejected(); err != nil || r.Err == nil || r.Err.Error() != "weak" || r.At.Written() != "pw" {
		t.Errorf("Rejected = %+v, Finish = %v", r, err)
	}
	if _, err = read(`<create xmlns="urn:d"><name>a</name><authInfo><pw>bad</pw></authInfo>x</create>`); err == nil {
		t.Error("a rejection hides a schema mistake")
	}
}

func TestKinds(t *testing.T) {
	for _, row := range []struct {
		name, doc string
		want      Kind
		line      int
	}{
		{"empty", "", NotXML, 1},
		{"text", "hello", NotXML, 1},
		{"utf-16 label", "<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>", WrongLabel, 1},
		{"utf-8 label", wide("<?xml version=\"1.0\" encoding=\"utf-8\"?><a/>", true), WrongLabel, 1},
		{"latin-1", "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a/>", UnsupportedEncoding, 1},
		{"bad bytes", "<a>\n\xe9</a>", BadBytes, 2},
		{"no mark", "\x00<\x00a\x00/\x00>", BadBytes, 1},
		{"blank first", "\n<?xml version=\"1.0\"?><a/>", LateDeclaration, 2},
		{"doctype", "<!DOCTYPE a><a/>", Doctype, 1},
		{"entity", "<a>\r\n\r&eacute;</a>", UnknownEntity, 3},
		{"end tag of another", "<a>\n<b>\n</a>", Mismatch, 3},
		{"stray start", "<epp>\n<epp>\n</epp>", Unclosed, 3},
		{"stray end", "<a/>\n</epp>", AfterRoot, 2},
		{"second root", "<a/><b/>", AfterRoot, 1},
		{"prefix", "<a>\n<p:b/></a>", UnboundPrefix, 2},
		{"empty prefix", "<a xmlns:p=''/>", BadNamespace, 1},
		{"control", "<a>\x01</a>", Syntax, 1},
	} {
		_, err := new(Document).Parse([]byte(row.doc), roomy())
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != row.want || e.Line != row.line {
			t.Errorf("%s: Parse = %v (%+v), want kind %d in line %d", row.name, err, e, row.want, row.line)
		}
	}
}

func TestLimits(t *testing.T) {
	limits := Limits{Bytes: 60, Depth: 2, Elements: 3, Attributes: 2, Namespaces: 2}
	for _, row := range []struct {
		name, doc string
		good      bool
	}{
		{"at the limits", "<a xmlns='u' b='1'><c xmlns:p='v' d='1'/><c/></a>", true},
		{"bytes", "<a>" + strings.Repeat(" ", 60) + "</a>", false},
		{"depth", "<a><b><c/></b></a>", false},
		{"elements", "<a><b/><b/><b/></a>", false},
		{"attributes", "<a b='1' c='1' d='1'/>", false},
		{"declarations are attributes", "<a b='1' c='1' xmlns='u'/>", false},
		{"namespaces", "<a xmlns:a='u' xmlns:b='v'><c xmlns='w'/></a>", false},
		{"namespaces out of scope", "<a><b xmlns:a='u' xmlns:b='v'/><b xmlns='w'/></a>", true},
	} {
		var d Document
		_, err := d.Parse([]byte(row.doc), limits)
		if (err == nil) != row.good || err != nil && d.err.Kind != TooLarge {
			t.Errorf("%s: Parse = %v", row.name, err)
		}
	}
}

func TestTextAndValues(t *testing.T) {
	var d Document
	for _, row := range []struct{ doc, text, value string }{
		{"<a b='x'>t</a>", "t", "x"},
		{"<a b=' x\ty\r\nz&#10;&lt;\"'>a\r\nb\rc&#13;&#x1F600;&amp;</a>", "a\nb\nc\r😀&", " x y z\n<\""},
		{"<a b=\"'\"><![CDATA[<&>]]]>]<!-- - -->]</a>", "<&>]]]", "'"},
		{wide("<a b='日'>é</a>", true), "é", "日"},
		{"<a b=''></a>", "", ""},
	} {
		root, err := d.Parse([]byte(row.doc), roomy())
		if err != nil {
			t.Fatalf("Parse(%q) = %v", row.doc, err)
		}
		text, value := Take(root, String), Attr(root, "b", String, "absent")
		if text != row.text || value != row.value {
			t.Errorf("Parse(%q): text %q and value %q, want %q and %q", row.doc, text, value, row.text, row.value)
		}
	}
}

// What AppendTo gives must stand alone, and mean the same names.
func TestAppendTo(t *testing.T) {
	const doc = `<e xmlns="urn:e" xmlns:p="urn:&quot;p" xmlns:u="urn:u"><p:x p:y="1"><z xmlns:p="urn:q"><p:w/>&amp;</z></p:x><n xmlns=""><k/></n></e>`
	var d Document
	root, err := d.Parse([]byte(doc), roomy())
	if err != nil {
		t.Fatal(err)
	}
	x := root.Any()
	n := root.Any()
	k := n.Any()
	for _, row := range []struct {
		e    *Element
		want string
	}{
		{x, `<p:x xmlns:p="urn:&quot;p" xmlns="urn:e" p:y="1"><z xmlns:p="urn:q"><p:w/>&amp;</z></p:x>`},
		{n, `<n xmlns=""><k/></n>`},
		{k, `<k xmlns=""/>`},
		{root, doc},
	} {
		got, ok := row.e.AppendTo(nil, 1000)
		if !ok || string(got) != row.want {
			t.Errorf("AppendTo = %s, want %s", got, row.want)
		}
		if _, err := new(Document).Parse(got, roomy()); err != nil {
			t.Errorf("%s does not stand alone: %v", got, err)
		}
		if _, ok := row.e.AppendTo(nil, len(row.want)-1); ok {
			t.Errorf("%s fits too few bytes", row.want)
		}
	}
}

func TestWriter(t *testing.T) {
	var w Writer
	w.Reset(nil)
	w.Declare()
	w.Start("a")
	w.Attr("xmlns", "urn:a")
	w.Attr("b", "<&>\"'\t\n\r\x00\uFFFE\xff]é")
	w.Element("c", "<&>\"'\t\n\r\x01]]>é😀")
	w.Start("d")
	w.End()
	w.Start("n")
	w.Int(-5)
	w.End()
	w.Raw([]byte("<r/>"))
	w.Text("")
	w.End()
	got, err := w.Bytes()
	want := `<?xml version="1.0" encoding="UTF-8"?><a xmlns="urn:a" b="&lt;&amp;&gt;&quot;'&#9;&#10;&#13;` + "\uFFFD\uFFFD\uFFFD]é" + `">` +
		"<c>&lt;&amp;&gt;\"'\t\n&#13;\uFFFD]]&gt;é😀</c><d/><n>-5</n><r/></a>"
	if err != nil || string(got) != want {
		t.Fatalf("Bytes = %s, %v\nwant %s", got, err, want)
	}
	root, err := new(Document).Parse(got, roomy())
	if err != nil {
		t.Fatal(err)
	}
	if back := Take(root.One("c"), String); back != "<&>\"'\t\n\r\uFFFD]]>é😀" {
		t.Errorf("read back %q", back)
	}
}

func TestWriterFaults(t *testing.T) {
	for name, write := range map[string]func(*Writer){
		"not ended":  func(w *Writer) { w.Start("a") },
		"never open": func(w *Writer) { w.End() },
		"late":       func(w *Writer) { w.Start("a"); w.Text("x"); w.Attr("b", "c"); w.End() },
	} {
		var w Writer
		w.Reset(nil)
		if write(&w); w.err == nil {
			if _, err := w.Bytes(); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	}
}

func TestAbsentElement(t *testing.T) {
	var d Document
	root, err := d.Parse([]byte("<a/>"), roomy())
	if err != nil {
		t.Fatal(err)
	}
	absent := root.Opt("b")
	for range absent.Many("c", 1, 2) {
		t.Error("an absent element has a child")
	}
	for range absent.Others(1) {
		t.Error("an absent element has a child")
	}
	absent.In("urn:x").One("c").Choice("d", "e").Any().Other().End()
	absent.Empty()
	absent.Skip()
	absent.AnyType(nil)
	absent.Reject(errors.New("never"))
	if Take(absent, Int) != 0 || Convert(absent, Int, oneMore) != 0 || NeedAttr(absent, "x", Int) != 0 ||
		Attr(absent, "x", Int, 7) != 7 || absent.HasAttr("x") || absent.Is("", "b") {
		t.Error("an absent element has a value")
	}
	if err := d.Finish(); err != nil || d.Rejected().Err != nil {
		t.Errorf("Finish = %v, Rejected = %v", err, d.Rejected())
	}
}

func oneMore(n int32) (int32, error) { return n + 1, nil }

// After the first mistake a reader goes on, finds nothing, and changes nothing.
func TestFirstMistakeSticks(t *testing.T) {
	var d Document
	root, err := d.Parse([]byte("<a><b x='1'>7</b></a>"), roomy())
	if err != nil {
		t.Fatal(err)
	}
	missing := root.One("c")
	missing.One("d").Choice("e").In("urn:x").Any().Empty()
	if Take(missing, Int) != 0 || Attr(missing, "x", Int, 7) != 7 || NeedAttr(missing, "x", Int) != 0 || root.Opt("b") != nil {
		t.Error("something was read behind a mistake")
	}
	if err := d.Finish(); err == nil || err.Error() != "line 1, column 4: <b> is not allowed here in <a>; expected is <c>" {
		t.Errorf("Finish = %v", err)
	}
}
