package strictxml

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

var update = flag.Bool("update", false, "rewrite the verdicts in testdata with xmllint")

// roomy are limits that no small document reaches.
func roomy() Limits {
	return Limits{Bytes: 1 << 20, Depth: 64, Elements: 10000, Attributes: 64, Namespaces: 64}
}

// fragments are spliced into every place of a sound document.
func fragments() []string {
	return []string{
		"", " ", "\t", "\r\n", "x", "é", "日本", "<", ">", "&", "&amp;", "&lt;", "&nbsp;", "&#65;", "&#x41;", "&#X41;",
		"&#0;", "&#xD800;", "&#xFFFE;", "&#x110000;", "&#;", "&;", "& ", "]]>", "]]", "-->", "<!--", "<!-- c -->",
		"<!-- a--b -->", "<!--->", "<!-- --->", "<![CDATA[x]]>", "<![CDATA[", "<![cdata[x]]>", "<?p?>", "<?p d?>", "<? p?>",
		"<?p", "<?xml?>", "<?xml version=\"1.0\"?>", "<?XmL d?>", "<?xml-s d?>", "<?a:b?>", "<!DOCTYPE a>", "<!ELEMENT a>",
		"<b/>", "<b></b>", "<b></b >", "<b></ b>", "< b/>", "<b / >", "<b>", "</b>", "<b></c>", "<b c='1'/>", "<b c=\"1\"/>",
		"<b c=1/>", "<b c/>", "<b c='1' c='2'/>", "<b c='1'd='2'/>", "<b c='<'/>", "<b c='&lt;'/>", "<b c='>'/>", "<b c = '1' />",
		"<b c='&'/>", "<b c='a\nb'/>", "<1b/>", "<-b/>", "<.b/>", "<_b/>", "<é/>", "<b·/>", "<·b/>", "<b\u0300/>", "<\u0300b/>",
		"<b:c/>", "<p:c/>", "<p:c p:d='1'/>", "<b p:d='1' q:d='2'/>", "<b xmlns:q='urn:p' p:d='1' q:d='2'/>", "<b xmlns:q='urn:q' q:d='1'/>",
		"<b xmlns:q=''/>", "<b xmlns=''/>", "<b xmlns:xmlns='urn:q'/>", "<b xmlns:xml='urn:q'/>",
		"<b xmlns:xml='http://www.w3.org/XML/1998/namespace'/>", "<b xmlns:q='http://www.w3.org/XML/1998/namespace'/>",
		"<b xmlns='http://www.w3.org/XML/1998/namespace'/>", "<b xmlns:q='http://www.w3.org/2000/xmlns/'/>", "<b xmlns:q='urn:q' xmlns:q='urn:q'/>",
		"<b xml:lang='en'/>", "<xmlns:b/>", "<b xmlns:q='urn:q'><q:c/></b>", "<b xmlns:q='urn:q'/><q:c/>", "<p:b:c/>", "<:b/>", "<p:/>", "<p:1/>",
		"\x00", "\x01", "\x0b", "\x1f", "\x7f", "\u0085", "\uFFFE", "\uFFFF", "\uFFFD", "\uFEFF", "\U0001F600", "\xff", "\xc0\x80", "\xed\xa0\x80", "\xe9", "\r", "\n",
	}
}

// cases are the documents whose verdicts are compared with those of xmllint.
func cases() []string {
	var docs []string
	hosts := []string{
		"%s<a xmlns:p='urn:p'>t</a>", "<a xmlns:p='urn:p'>t%su</a>", "<a xmlns:p='urn:p'>t</a>%s",
		"<?xml version='1.0'?>%s<a xmlns:p='urn:p'><c/>%s</a>", "<a b='x%sy' xmlns:p='urn:p'/>", "<a %s xmlns:p='urn:p'/>", "<a%s/>", "<%sa/>", "<!--%s--><a/>", "<a><![CDATA[%s]]></a>", "<?p %s?><a/>",
	}
	for _, host := range hosts {
		for _, fragment := range fragments() {
			docs = append(docs, strings.ReplaceAll(host, "%s", fragment))
		}
	}
	for _, head := range []string{
		`version="1.0"`, `version='1.0'`, `version="1.1"`, `version="1.10"`, `version="2.0"`, `version=""`, `version="1"`, `version=1.0`, ``,
		`encoding="UTF-8"`, `version="1.0" encoding="UTF-8"`, `version="1.0"encoding="UTF-8"`, `version="1.0" encoding="utf-8"`, `version="1.0" encoding="utf8"`,
		`version="1.0" encoding=""`, `version="1.0" encoding="UTF-16"`, `version="1.0" encoding="US-ASCII"`, `version="1.0" encoding="-x"`, `version="1.0" encoding="UTF 8"`,
		`version="1.0" standalone="yes"`, `version="1.0" standalone="no"`, `version="1.0" standalone="maybe"`, `version="1.0" standalone="yes" encoding="UTF-8"`,
		`version="1.0" encoding="UTF-8" standalone="yes"`, `version="1.0" encoding="UTF-8" standalone="yes" `, `version="1.0" x="y"`, `version = "1.0" encoding = 'UTF-8'`,
		`version="1.0" version="1.0"`, "version=\"1.0\"\n", "\nversion=\"1.0\"", `version="1.0" encoding="klingon"`, `VERSION="1.0"`,
	} {
		for _, form := range []string{"<?xml %s?><a/>", "\uFEFF<?xml %s?>\n<a/>", " <?xml %s?><a/>", "<?xml %s><a/>", "<?xml %s?>"} {
			docs = append(docs, strings.ReplaceAll(form, "%s", head))
		}
	}
	for _, text := range []string{"<a/>", "<a>é😀</a>", `<?xml version="1.0" encoding="UTF-16"?><a>日</a>`, "<a>\uFFFE</a>", "<a"} {
		docs = append(docs, wide(text, true), wide(text, false), wide(text, true)+"\x00", wide(text, true)+"\xd8\x00\x00\x41")
	}
	return docs
}

// wide encodes a document in UTF-16 with a byte-order mark.
func wide(s string, big bool) string {
	var b []byte
	for _, u := range utf16.Encode([]rune("\uFEFF" + s)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

// ours are documents that xmllint takes and that rules of this package refuse,
// or the other way round, each with the reason.
func ours(doc string, err *Error) string {
	switch {
	case err != nil && err.Kind == Doctype:
		return "a DOCTYPE is refused by rule"
	case err != nil && err.Kind == UnsupportedEncoding:
		return "only UTF-8 and UTF-16 are read"
	case err != nil && err.Kind == BadBytes && strings.HasPrefix(doc, "\xfe\xff"):
		return "xmllint does not see half a character after the root element"
	case err != nil && err.Kind == AfterRoot && strings.HasSuffix(doc, ">\x00"):
		return "xmllint takes a NUL after the root element for the end"
	}
	return ""
}

// TestWellFormed compares the verdicts with those of xmllint, which testdata
// keeps, and with xmllint itself where it is installed.
func TestWellFormed(t *testing.T) {
	docs := cases()
	file := filepath.Join("testdata", "wellformed.txt")
	live := lintAll(t, docs)
	if *update && live != nil {
		var out strings.Builder
		for i, doc := range docs {
			fmt.Fprintf(&out, "%t %s\n", live[i], strconv.QuoteToASCII(doc))
		}
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden := readVerdicts(t, file)
	if len(docs) < 300 || len(golden) != len(docs) {
		t.Fatalf("%d documents and %d verdicts", len(docs), len(golden))
	}
	var d Document
	for i, doc := range docs {
		want := golden[i].good
		if golden[i].text != doc {
			t.Fatalf("verdict %d is for %q, not %q; run with -update", i, golden[i].text, doc)
		}
		if live != nil && live[i] != want {
			t.Errorf("xmllint says %t of %q, testdata says %t", live[i], doc, want)
		}
		_, err := d.Parse([]byte(doc), roomy())
		if (err == nil) != want && ours(doc, d.err) == "" {
			t.Errorf("Parse(%q) = %v, xmllint says %t", doc, err, want)
		}
	}
}

type verdict struct {
	good bool
	text string
}

func readVerdicts(t *testing.T, file string) (list []verdict) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		good, quoted, _ := strings.Cut(strings.TrimSpace(line), " ")
		text, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%s: %q: %v", file, line, err)
		}
		list = append(list, verdict{good == "true", text})
	}
	return list
}

// lintAll returns what xmllint says of each document, nil without xmllint. What
// it reports as a namespace error is a refusal, but for its opinion that a
// namespace name is no valid URI, which Namespaces in XML leaves open.
func lintAll(t *testing.T, docs []string) []bool {
	t.Helper()
	path, err := exec.LookPath("xmllint")
	if err != nil {
		t.Log("xmllint is not installed; only its kept verdicts are compared")
		return nil
	}
	dir := t.TempDir()
	args := []string{"--noout"}
	verdicts := make([]bool, len(docs))
	for i, doc := range docs {
		verdicts[i] = true
		name := filepath.Join(dir, fmt.Sprintf("doc%d.xml", i))
		if err := os.WriteFile(name, []byte(doc), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	var says bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Stderr = &says
	_ = cmd.Run() // its status only says that some document is bad
	for line := range strings.Lines(says.String()) {
		rest, found := strings.CutPrefix(line, filepath.Join(dir, "doc"))
		number, message, _ := strings.Cut(rest, ".xml:")
		i, err := strconv.Atoi(number)
		if !found || err != nil {
			continue
		}
		if strings.Contains(message, "parser error :") || strings.Contains(message, "namespace error :") && !strings.Contains(message, "is not a valid URI") {
			verdicts[i] = false
		}
	}
	return verdicts
}
