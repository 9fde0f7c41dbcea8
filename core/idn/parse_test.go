package idn_test

import (
	"strings"
	"testing"

	"example.org/dorado/core/idn"
)

// frame makes a document of data and rules.
func frame(data, rules string) string {
	return `<lgr xmlns="urn:ietf:params:xml:ns:lgr-1.0"><data>` + data + `</data><rules>` + rules + `</rules></lgr>`
}

// What is not RFC 7940, or refers to what is not there, is refused with the reason.
func TestParseRefuses(t *testing.T) {
	a := `<char cp="0061"/>`
	for _, test := range []struct{ name, text, want string }{
		{"not XML", "lgr", "line 1"},
		{"another document", `<table/>`, "the document is a <table>"},
		{"no data", `<lgr xmlns="urn:ietf:params:xml:ns:lgr-1.0"/>`, "lacks <meta> or <data>"},
		{"a date in words", `<lgr xmlns="urn:ietf:params:xml:ns:lgr-1.0"><meta><date>today</date></meta><data><char cp="0061"/></data></lgr>`, "a date such as 2026-01-01"},
		{"two dates", `<lgr xmlns="urn:ietf:params:xml:ns:lgr-1.0"><meta><date>2026-01-01</date><date>2026-01-01</date></meta><data><char cp="0061"/></data></lgr>`, "<date> is not allowed here"},
		{"lower-case digits", frame(`<char cp="00e9"/>`, ""), "a code point such as 00E9"},
		{"no code point", frame(`<char cp=""/>`, ""), "a code point such as 00E9"},
		{"a surrogate", frame(`<char cp="D800"/>`, ""), "a code point such as 00E9"},
		{"beyond Unicode", frame(`<char cp="110000"/>`, ""), "a code point such as 00E9"},
		{"an unknown attribute", frame(`<char cp="0061" colour="red"/>`, ""), "colour"},
		{"twice", frame(a+a, ""), "U+0061 is in the repertoire twice"},
		{"in a range too", frame(a+`<range first-cp="0061" last-cp="0063"/>`, ""), "U+0061 is in the repertoire twice"},
		{"a sequence twice", frame(`<char cp="0061 0062"/><char cp="0061 0062"/>`, ""), "is in the repertoire twice"},
		{"a range backwards", frame(`<range first-cp="0063" last-cp="0061"/>`, ""), "before it begins"},
		{"when and not-when", frame(`<char cp="0061" when="r" not-when="r"/>`, `<rule name="r"><start/></rule>`), "exclude each other"},
		{"no such rule", frame(`<char cp="0061" when="r"/>`, ""), `there is no rule "r"`},
		{"two rules", frame(a, `<rule name="r"><start/></rule><rule name="r"><end/></rule>`), `two rules "r"`},
		{"an empty rule", frame(a, `<rule name="r"/>`), "matches nothing"},
		{"no such class", frame(a, `<rule name="r"><class by-ref="c"/></rule>`), `there is no class "c"`},
		{"two classes", frame(a, `<class name="c">0061</class><class name="c">0061</class>`), `two classes "c"`},
		{"a class of nothing", frame(a, `<class name="c"></class>`), "must name code points"},
		{"a class backwards", frame(a, `<class name="c">0062 0061</class>`), "ascending"},
		{"no such tag", frame(a, `<class name="c" from-tag="sc:Latn"/>`), "no code point has the tag"},
		{"no such property", frame(a, `<class name="c" property="ccc:9"/>`), `the property "ccc:9"`},
		{"half a union", frame(a, `<union name="c"><class>0061</class></union>`), "of 1 classes"},
		{"a bad count", frame(a, `<rule name="r"><any count="2:1"/></rule>`), "a count such as 1"},
		{"two conditions on variants", frame(a, `<action disp="valid" any-variant="x" all-variants="y"/>`), "one condition on variants"},
		{"match and not-match", frame(a, `<rule name="r"><start/></rule><action disp="valid" match="r" not-match="r"/>`), "one condition on variants and one on the label"},
		{"a rule before it stands", frame(a, `<action disp="valid" match="r"/><rule name="r"><start/></rule>`), `there is no rule "r"`},
		{"an entity", `<!DOCTYPE lgr [<!ENTITY a "b">]>` + frame(a, ""), "DOCTYPE"},
	} {
		_, err := idn.Parse("x", []byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: Parse = %v, want %q in it", test.name, err, test.want)
		}
	}
}

// Each matcher, class and action of RFC 7940 sections 6 and 7 does what it says: a rule makes labels invalid.
func TestRules(t *testing.T) {
	const letters = `<range first-cp="0061" last-cp="007A" tag="letter"/><range first-cp="0030" last-cp="0039" tag="digit"/>`
	for _, test := range []struct{ name, rule, invalid, valid string }{
		{"start", `<start/><char cp="0061"/>`, "a ab", "ba b"},
		{"end", `<char cp="0061"/><end/>`, "a ba", "ab"},
		{"the whole", `<start/><char cp="0061" count="2"/><end/>`, "aa", "a aaa"},
		{"a sequence", `<char cp="0061 0062"/>`, "xaby", "axb"},
		{"at least", `<char cp="0061" count="2+"/>`, "aa baaa", "aba"},
		{"between", `<start/><char cp="0061" count="2:3"/><end/>`, "aa aaa", "a aaaa"},
		{"any", `<char cp="0061"/><any/><char cp="0062"/>`, "axb", "ab axxb"},
		{"any number", `<char cp="0061"/><any count="0+"/><char cp="0062"/>`, "ab axxb", "ba"},
		{"a class", `<class>0061-0063</class>`, "xb", "xd"},
		{"a tag", `<class from-tag="digit"/>`, "a1", "ab"},
		{"a property", `<class property="gc:Nd"/>`, "a1", "ab"},
		{"a script", `<class property="sc:Latn" count="3"/>`, "abc", "ab1"},
		{"complement", `<complement><class from-tag="letter"/></complement>`, "a1", "ab"},
		{"union", `<union><class>0061</class><class>0062</class></union>`, "xa xb", "xc"},
		{"intersection", `<intersection><class>0061-0063</class><class>0063-0064</class></intersection>`, "c", "a d"},
		{"difference", `<difference><class>0061-0063</class><class>0063</class></difference>`, "a", "c"},
		{"symmetric difference", `<symmetric-difference><class>0061-0063</class><class>0063-0064</class></symmetric-difference>`, "a d", "c"},
		{"choice", `<choice><char cp="0061"/><char cp="0062"/></choice>`, "a b", "c"},
		{"a rule within", `<rule count="2"><char cp="0061"/><char cp="0062"/></rule>`, "abab", "ab abxab"},
		{"a rule by name", `<rule by-ref="z"/>`, "az", "a"},
	} {
		text := frame(letters, `<rule name="z"><char cp="007A"/></rule><rule name="r">`+test.rule+`</rule><action disp="invalid" match="r"/>`)
		table, err := idn.Parse("x", []byte(text))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		for label := range strings.FieldsSeq(test.invalid) {
			if table.Problem(label) != "breaks the rule r of table x" {
				t.Errorf("%s: %q: %q, want it to break the rule", test.name, label, table.Problem(label))
			}
		}
		for label := range strings.FieldsSeq(test.valid) {
			if got := table.Problem(label); got != "" {
				t.Errorf("%s: %q %s", test.name, label, got)
			}
		}
	}
}

// A label is divided into elements in every way there is, and a sequence can stand where its parts cannot.
func TestSequences(t *testing.T) {
	table, err := idn.Parse("x", []byte(frame(`<char cp="0061 0062"/><char cp="0062"/><char cp="0061 0062 0063"/><char cp="0064" when="behind-b"/>`,
		`<rule name="behind-b"><look-behind><char cp="0062"/></look-behind><anchor/></rule>`)))
	if err != nil {
		t.Fatal(err)
	}
	for label, want := range map[string]string{
		"ab": "", "abb": "", "abc": "", "abcab": "", "abd": "",
		"a":    "has 'a' (U+0061), which is not in table x",
		"ba":   "has 'a' (U+0061), which is not in table x",
		"abcd": "has 'd' (U+0064) where table x does not allow it: rule behind-b",
	} {
		if got := table.Problem(label); got != want {
			t.Errorf("Problem(%q) = %q, want %q", label, got, want)
		}
	}
}

// Whatever the bytes are: no panic, and what is taken can be asked.
func FuzzParse(f *testing.F) {
	f.Add([]byte(frame(`<char cp="0061"/>`, `<rule name="r"><look-behind><start/></look-behind><anchor/></rule>`)))
	f.Add([]byte(frame(`<char cp="0073 0073"><var cp="00DF" type="b"/></char><char cp="00DF"/>`, `<action disp="blocked" any-variant="b"/>`)))
	f.Add([]byte(frame(`<range first-cp="0061" last-cp="007A" tag="t"/>`, `<class name="c" from-tag="t"/><rule name="r"><class by-ref="c" count="2+"/></rule><action disp="invalid" match="r"/>`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := idn.Parse("x", data)
		if err != nil {
			return
		}
		for _, label := range []string{"straße", "a", "م1١", "ss"} {
			if table.Problem(label) == "" {
				table.Variants(label, 20)
			}
		}
	})
}
