package strictxml

import (
	"bytes"
	"fmt"
	"html"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// simpleType is one type with values that probe it: hand-picked ones, and
// strings made of pieces.
type simpleType struct {
	name   string
	accept func(string) error
	xsd    string // what is within <simpleType>
	values []string
	pieces []string
}

func only[T any](typ func(string) (T, error)) func(string) error {
	return func(s string) error { _, err := typ(s); return err }
}

func builtin(name string) string { return `<restriction base="` + name + `"/>` }

func simpleTypes() []simpleType {
	numbers := []string{"0", "1", "9", "00", "-", "+", ".", " ", "\n", "99999999", "e", "255", "256", "65535", "2147483648", "18446744073709551615"}
	number := []string{
		"0", "-0", "+0", "+1", "-1", "255", "256", "65535", "65536", "2147483647", "2147483648", "-2147483648", "-2147483649", "18446744073709551615", "18446744073709551616", "000000000000000000000000000001",
		"123456789012345678901234", "1234567890123456789012345", "0.123456789012345678901234", "0.12345678901234567890123", "1.", ".5", "00.", ".", "", "1e3", "12345678901234567890123.5", "12345678901234567890123.55", "0.00000000000000000000000001", "１",
	}
	dates := []string{"2026", "-", "01", "31", "02", "29", "T", ":", "00", "12:00:00", "2026-01-31", "Z", "+01:00", "-14:00", ".5", " "}
	date := []string{
		"2026-02-28", "2026-02-29", "2024-02-29", "1900-02-29", "2000-02-29", "-0001-01-01", "0000-01-01", "0001-01-01", "02026-01-01", "12026-01-01", "026-01-01", "2026-1-1", "2026-13-01", "2026-00-01", "2026-01-00", "2026-04-31", "+2026-01-01",
		"2026-01-01Z", "2026-01-01+14:00", "2026-01-01+14:01", "2026-01-01-14:00", "2026-01-01+23:00", "2026-01-01+1:00", "2026-01-01z", "2026-01-01+00:60", "2026-01-01 Z", " 2026-01-01\n", "99999999999999999999-01-01", "200000001-01-01", "-99999999-02-29", "-0004-02-29", "-0005-02-29", "",
	}
	var dateTimes []string
	for _, d := range date {
		dateTimes = append(dateTimes, d+"T00:00:00", strings.Replace(d, "01Z", "01T10:00:00Z", 1))
	}
	for _, clock := range []string{"24:00:00", "24:00:01", "24:01:00", "24:00:00.0", "24:00:00.1", "23:59:59", "23:59:60", "23:60:00", "25:00:00", "1:00:00", "01:00", "010000", "01:00:00.", "01:00:00.5", "01:00:00.123456789012", "01:00:59.9999999999999999999999", "01:00:00,5", "01:00:00Z", "01:00:00.0Z", "01:00:00+05:30", "01:00:00-14:00", "01:00:00+14:01", "01:00:00ZZ", "01:00:00 Z", "01:00:00Z\n\t ", "01:00:00Z  x", "01:00:00+01:00\r"} {
		dateTimes = append(dateTimes, "2026-01-31T"+clock, "2024-02-29T"+clock, "2026-01-31t"+clock, "2026-01-31 "+clock)
	}
	words := []string{"", "a", "ab", "abc", "abcdefghijklmnop", "abcdefghijklmnopq", "  abc  ", "a  b", "a\tb", "\n", "日本", "日本語", "é", "\u00a0\u00a0\u00a0", "  ", "\r\r\r", "a\nb\nc", "😀😀", "😀😀😀"}
	return []simpleType{
		{"boolean", only(Boolean), builtin("boolean"), []string{"true", "false", "1", "0", "TRUE", "yes", "", " true ", "\n1\t", "00", "01", "t"}, []string{"true", "0", "1", " "}},
		{"unsignedByte", only(UnsignedByte), builtin("unsignedByte"), number, numbers},
		{"unsignedShort", only(UnsignedShort), builtin("unsignedShort"), number, numbers},
		{"unsignedLong", only(UnsignedLong), builtin("unsignedLong"), number, numbers},
		{"int", only(Int), builtin("int"), number, numbers},
		{"integer", only(Integer), builtin("integer"), number, numbers},
		{"nonNegativeInteger", only(NonNegativeInteger), builtin("nonNegativeInteger"), number, numbers},
		{"decimal", only(Decimal), builtin("decimal"), number, numbers},
		{"date", only(Date), builtin("date"), date, dates},
		{"dateTime", only(DateTime), builtin("dateTime"), dateTimes, dates},
		{"duration", only(Duration), builtin("duration"), []string{"P1Y", "P", "PT", "P1YT", "-P1Y", "+P1Y", "P-1Y", "P1M1Y", "PT1M", "P1DT1H1M1S", "PT1.5S", "PT1.S", "PT.5S", "P1.5D", "P1Y2MT", "P1S", "PT1Y", "P0Y", "P2147483647Y", "P2147483648D", "P99999999999999999999Y", "PT2147483648S", "PT36H", "P1W", "P1DT12H", "P1D1D", "PT1S1S", "P1H", "P1Y1D", "PT.S", "PT0.", "PT1..5S", "PT1.5M", "PT1.5H", "P.5Y", "P1.Y", "P99999999999Y", "P9999999999999999999D", "P999999999999999999D", "PT9999999999S", "PT99999999999999999999S", "PT999999999999999999999.5S", "P1YT1.5S", "P1Y1M1DT", "PTT1S", "P1M1M", "P999999999999999999Y", "P768614336404564651Y", "P768614336404564650Y9M", "PT999999999999999999H", "PT1.59999999999999999999S", "PT999999999999999999M999999999999999999S"}, []string{"P", "T", "1Y", "2M", "3D", "4H", "5M", "6S", "1.5", "S", "1", "-"}},
		{"language", only(Language), builtin("language"), []string{"en", "", "e", "en-US", "en-", "-en", "en--US", "abcdefgh", "abcdefghi", "en-abcdefghi", "e1", "en-1", "1-en", "x-klingon", "i-x", "en_US", " en ", "é"}, []string{"en", "-", "1", "abcd", " "}},
		{"anyURI", only(AnyURI), builtin("anyURI"), []string{"", "urn:ietf:params:xml:ns:domain-1.0", "http://a", "http://a:/", "http://a:80", "http://a:99999999999", "http://[::1]/", "http://[x", "a b", "%", "%zz", "%41", "é", "a:b", ":a", "1:a", "//", "///", "/", "/a//b", "a//b", "?", "#", "#a#b", "a[b]", "#[b]", "http://u:p@h:1/p?q#f", "http://u@@h", "http://[::1]x", "{}", "\\", "^", "a\tb", "<a>", "http://a:2147483647", "http://a:2147483648"}, []string{"a", ":", "/", "//", "?", "#", "[", "]", "@", "%41", "%4", "1", ".", "é", "{", " ", "http:", "|"}},
		{"hexBinary", only(HexBinary), builtin("hexBinary"), []string{"", "0", "00", "0g", "AbCd", " 00 ", "0 0", "00\n"}, []string{"0", "A", "f", "00", " ", "g"}},
		{"base64Binary", only(Base64Binary), builtin("base64Binary"), []string{"", "AAAA", "AAA=", "AA==", "A===", "AAB=", "AAE=", "AB==", "AQ==", "A A A A", "AAAA=", "AA=A", "AA = =", "AA!!AA", "A", "AA", "====", "=", "AAé=", "AAAAAAA=", "AA-_"}, []string{"A", "B", "=", "==", "AAAA", "/", "+", " ", "!", "Q"}},
		{"NMTOKEN", only(NMTOKEN), builtin("NMTOKEN"), []string{"", "a", "1", "-", ":", "a b", " a ", "é", "a/b", "·"}, []string{"a", ":", "-", "é", " ", "/"}},
		{"ID", only(ID), builtin("NCName"), []string{"", "a", "1", "-", ":", "a:b", "a b", " a ", "é", "a/b", "a·", "_1"}, []string{"a", ":", "-", "é", " ", "1"}},
		{"token3to16", only(func(s string) (string, error) { return TokenLen(s, 3, 16) }), `<restriction base="token"><minLength value="3"/><maxLength value="16"/></restriction>`, words, []string{"a", " ", "\n", "é", "😀", "\u00a0"}},
		{"normalized3to16", only(func(s string) (string, error) { return NormalizedLen(s, 3, 16) }), `<restriction base="normalizedString"><minLength value="3"/><maxLength value="16"/></restriction>`, words, []string{"a", " ", "\n", "é", "😀", "\u00a0"}},
		{"enumeration", only(func(s string) (string, error) { return TokenOf(s, "a b", "c") }), `<restriction base="token"><enumeration value="a b"/><enumeration value="c"/></restriction>`, words, []string{"a", " b", "c", "\n", " "}},
		{"word", only(oneWord), `<restriction base="token"><pattern value="\w"/></restriction>`, []string{"a", "_", "-", "é", "§", "¶", "日", "ߐ", "፩", "𐀀", "😀", "٣", "\u00ad", "€", "\u0300"}, []string{"a", "_", "é"}},
		{"digit", only(oneDigit), `<restriction base="token"><pattern value="\d"/></restriction>`, []string{"1", "a", "٣", "፩", "߁", "²", "１"}, []string{"1", "a"}},
	}
}

func oneWord(s string) (string, error)  { return oneRune(collapse(s), Word) }
func oneDigit(s string) (string, error) { return oneRune(collapse(s), Digit) }

func oneRune(s string, is func(rune) bool) (string, error) {
	if r := []rune(s); len(r) != 1 || !is(r[0]) {
		return "", fmt.Errorf("%q is not one", s)
	}
	return s, nil
}

// TestSimpleTypes compares the verdict on each value with that of xmllint,
// which testdata keeps, and with xmllint itself where it is installed.
func TestSimpleTypes(t *testing.T) {
	for _, typ := range simpleTypes() {
		t.Run(typ.name, func(t *testing.T) {
			var values []string
			for _, v := range typ.values {
				values = append(values, v, " "+v, v+" ", "\n"+v+"\t")
			}
			r := rand.New(rand.NewPCG(1, 2))
			for range 150 {
				var s strings.Builder
				for range 1 + r.IntN(6) {
					s.WriteString(typ.pieces[r.IntN(len(typ.pieces))])
				}
				values = append(values, s.String())
			}
			file := filepath.Join("testdata", "type_"+typ.name+".txt")
			live := lintValues(t, typ.xsd, values)
			if *update && live != nil {
				var out strings.Builder
				for i, v := range values {
					fmt.Fprintf(&out, "%t %s\n", live[i], strconv.QuoteToASCII(v))
				}
				if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			golden := readVerdicts(t, file)
			if len(golden) != len(values) {
				t.Fatalf("%d values and %d verdicts; run with -update", len(values), len(golden))
			}
			for i, v := range values {
				if err := typ.accept(v); golden[i].text != v || (err == nil) != golden[i].good {
					t.Errorf("%s(%q) = %v, xmllint says %t of %q", typ.name, v, err, golden[i].good, golden[i].text)
				}
				if live != nil && live[i] != golden[i].good {
					t.Errorf("xmllint says %t of %q, testdata says %t", live[i], v, golden[i].good)
				}
			}
		})
	}
}

// lintValues returns what xmllint says of each value, nil without xmllint.
func lintValues(t *testing.T, typ string, values []string) []bool {
	t.Helper()
	path, err := exec.LookPath("xmllint")
	if err != nil {
		t.Log("xmllint is not installed; only its kept verdicts are compared")
		return nil
	}
	schema := `<schema xmlns="http://www.w3.org/2001/XMLSchema"><element name="r"><complexType><sequence>` +
		`<element name="v" maxOccurs="unbounded"><simpleType>` + typ + `</simpleType></element></sequence></complexType></element></schema>`
	doc := "<r>\n"
	verdicts := make([]bool, len(values))
	for i, v := range values {
		verdicts[i] = true
		v = strings.NewReplacer("\n", "&#10;", "\r", "&#13;", "\t", "&#9;").Replace(html.EscapeString(v))
		doc += "<v>" + v + "</v>\n"
	}
	dir := t.TempDir()
	xsd, xml := filepath.Join(dir, "t.xsd"), filepath.Join(dir, "t.xml")
	if err := os.WriteFile(xsd, []byte(schema), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(xml, []byte(doc+"</r>"), 0o644); err != nil {
		t.Fatal(err)
	}
	var says bytes.Buffer
	cmd := exec.Command(path, "--noout", "--schema", xsd, xml)
	cmd.Stderr = &says
	_ = cmd.Run() // its status only says that some value is bad
	for line := range strings.Lines(says.String()) {
		rest, found := strings.CutPrefix(line, xml+":")
		number, message, _ := strings.Cut(rest, ":")
		n, err := strconv.Atoi(number)
		if !found || err != nil || !strings.Contains(message, "Schemas validity error") {
			continue
		}
		verdicts[n-2] = false
	}
	return verdicts
}

func TestValues(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, row := range []struct{ in, want string }{
		{"2025-12-15T07:20:51.0Z", "2025-12-15T07:20:51Z"},
		{"2025-12-31T24:00:00Z", "2026-01-01T00:00:00Z"},
		{"2025-12-31T23:00:00-05:00", "2026-01-01T04:00:00Z"},
		{"2025-12-31T23:00:00.1234567899+00:30", "2025-12-31T22:30:00.123456789Z"},
		{"2025-12-31T23:00:00", "2025-12-31T23:00:00Z"},
	} {
		if got, err := DateTime(row.in); err != nil || !got.Equal(at(row.want)) {
			t.Errorf("DateTime(%q) = %v, %v, want %s", row.in, got, err, row.want)
		}
	}
	for _, row := range []struct {
		in   string
		want Dec
	}{
		{" -012.50 ", Dec{true, "1250", 2}}, {"+500", Dec{false, "500", 0}}, {"-0.00", Dec{false, "", 2}}, {".05", Dec{false, "5", 2}},
	} {
		if got, err := Decimal(row.in); err != nil || got != row.want {
			t.Errorf("Decimal(%q) = %+v, %v, want %+v", row.in, got, err, row.want)
		}
	}
	if got, err := Duration("-P1Y2M3DT4H5M6.5S"); err != nil || got != (Span{true, 14, 3, 14706, 500_000_000}) {
		t.Errorf("Duration = %+v, %v", got, err)
	}
	if got, err := Base64Binary("aGVs\nbG8="); err != nil || string(got) != "hello" {
		t.Errorf("Base64Binary = %q, %v", got, err)
	}
	if got, err := Token(" a \n b "); err != nil || got != "a b" {
		t.Errorf("Token = %q, %v", got, err)
	}
	if got, err := NormalizedString("a\nb\tc "); err != nil || got != "a b c " {
		t.Errorf("NormalizedString = %q, %v", got, err)
	}
	if got, err := Integer("-000"); err != nil || got != "0" {
		t.Errorf("Integer = %q, %v", got, err)
	}
}
