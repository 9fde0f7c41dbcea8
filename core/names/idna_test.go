package names_test

import (
	"strings"
	"testing"

	"golang.org/x/net/idna"

	"example.org/dorado/core/names"
)

// aLabelForm writes each label of s in Punycode without judging it, so that Parse sees A-labels
// that no careful client would make.
func aLabelForm(t *testing.T, s string) string {
	t.Helper()
	a, err := idna.Punycode.ToASCII(s)
	if err != nil {
		t.Fatalf("Punycode of %q: %v", s, err)
	}
	return a
}

// The U-labels of these names follow every rule, and come back as they are.
func TestALabels(t *testing.T) {
	for _, test := range []struct{ name, u string }{
		{"Spanish", "español.co"},
		{"sharp s", "straße.co"},
		{"final sigma", "σας.co"},
		{"Japanese", "日本語.co"},
		{"digit first beside no right-to-left label", "1a.4ñ.co"},
		{"middle dot between two l", "col·lecció.co"},
		{"keraia before Greek", "͵α.co"},
		{"geresh after Hebrew", "ג׳.xn--5dbqzzl"},
		{"gershayim after Hebrew", "צה״ל.co"},
		{"katakana middle dot beside katakana", "ア・イ.co"},
		{"katakana middle dot before hiragana", "・あ.co"},
		{"katakana middle dot beside Han", "一・.co"},
		{"Arabic-Indic digits", "س٠١٢.co"},
		{"extended Arabic-Indic digits", "س۰۱۲.co"},
		{"ZWJ after a virama", "क्\u200dष.co"},
		{"ZWNJ after a virama", "क्\u200cष.co"},
		{"ZWNJ between joining letters", "نامه\u200cای.co"},
		{"ZWNJ between joining letters, over marks", "ب\u064b\u200c\u064bب.co"},
		{"Arabic with European digits", "س12.co"},
		{"Hebrew with points at the end", "אבּ.co"},
		{"right-to-left below left-to-right", "ns1.דוגמה.co"},
		{"capital Cherokee", "ᏣᎳᎩ.co"},
		{"hyphen inside", "ä-b.co"},
		{"combining mark inside", "ab\u0330c.co"},
		{"ideographic zero", "〇.co"},
		{"Tibetan mark of the exceptions", "ཀ་.co"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := aLabelForm(t, test.u)
			n, err := names.Parse(a)
			if err != nil || n.String() != a {
				t.Fatalf("Parse(%q), for %q, = %q, %v", a, test.u, n, err)
			}
			want := strings.ReplaceAll(test.u, "xn--5dbqzzl", "עברית")
			if got := n.Unicode(); got != want {
				t.Errorf("Unicode of %q is %q, want %q", a, got, want)
			}
		})
	}
}

// Each U-label breaks one rule of RFC 5891, 5892 or 5893, which the refusal names.
func TestALabelRefusals(t *testing.T) {
	for _, test := range []struct{ name, u, want string }{
		{"emoji", "💩.co", "has U+1F4A9, which IDNA2008 disallows"},
		{"heart", "♥.co", "has U+2665, which IDNA2008 disallows"},
		{"tatweel", "سـس.co", "has U+0640, which IDNA2008 disallows"},
		{"capital letter", "Ñandu.co", "has U+00D1, which IDNA2008 disallows"},
		{"full width letter", "ａ.co", "has U+FF41, which IDNA2008 disallows"},
		{"small Cherokee", "ꭰ.co", "has U+AB70, which IDNA2008 disallows"},
		{"conjoining jamo", "\u1100.co", "has U+1100, which IDNA2008 disallows"},
		{"soft hyphen", "a\u00adb.co", "has U+00AD, which IDNA2008 disallows"},
		{"grapheme joiner", "a\u034fb.co", "has U+034F, which IDNA2008 disallows"},
		{"variation selector", "一\ufe00.co", "has U+FE00, which IDNA2008 disallows"},
		{"noncharacter", "a\ufdd0.co", "has U+FDD0, which IDNA2008 disallows"},
		{"private use", "a\ue000.co", "has U+E000, which IDNA2008 disallows"},
		{"ASCII that is no letter", "a_ñ.co", "has an underscore"},
		{"unassigned", "a\U000E0FFF.co", "has U+E0FFF, which Unicode"},
		{"decomposed", "n\u0303a.co", "is not in Normalization Form C"},
		{"leading combining mark", "\u0301a.co", "begins with the combining mark U+0301"},
		{"hyphen first", "-ñ.co", "begins or ends with a hyphen"},
		{"hyphen last", "ñ-.co", "begins or ends with a hyphen"},
		{"hyphens in third and fourth place", "ñn--a.co", "has hyphens in third and fourth place"},
		{"middle dot between others", "a·b.co", "has U+00B7 where its context"},
		{"middle dot before another", "l·b.co", "has U+00B7 where its context"},
		{"middle dot after another", "b·l.co", "has U+00B7 where its context"},
		{"middle dot first", "·l.co", "has U+00B7 where its context"},
		{"middle dot last", "l·.co", "has U+00B7 where its context"},
		{"keraia before Latin", "α͵a.co", "has U+0375 where its context"},
		{"keraia last", "α͵.co", "has U+0375 where its context"},
		{"geresh after Latin", "a׳.co", "has U+05F3 where its context"},
		{"geresh first", "׳א.co", "has U+05F3 where its context"},
		{"gershayim first", "״א.co", "has U+05F4 where its context"},
		{"katakana middle dot among Latin", "a・b.co", "has U+30FB where its context"},
		{"both kinds of Arabic-Indic digits", "س٠۰.co", "has U+0660 where its context"},
		{"both kinds, the other first", "س۰٠.co", "has U+06F0 where its context"},
		{"ZWJ without a virama", "क\u200dष.co", "has U+200D where its context"},
		{"ZWJ first", "\u200dक.co", "has U+200D where its context"},
		{"ZWNJ between Latin letters", "a\u200cb.co", "has U+200C where its context"},
		{"ZWNJ after alef", "ا\u200cب.co", "has U+200C where its context"},
		{"ZWNJ before hamza", "ب\u200cء.co", "has U+200C where its context"},
		{"ZWNJ last", "ب\u200c.co", "has U+200C where its context"},
		{
			"Latin in a right-to-left label", "אa.co",
			"is right-to-left and has a left-to-right character",
		},
		{
			"right-to-left in a Latin label", "aא.co",
			"is left-to-right and has a right-to-left character",
		},
		{"right-to-left with a symbol last", "אˆ.co", "is right-to-left and ends with neither"},
		{"left-to-right with a symbol last", "ñˆ.א.co", "is left-to-right and ends with neither"},
		{"European and Arabic-Indic digits", "س1٠.co", "mixes European and Arabic-Indic digits"},
		{"digit before right-to-left", "1א.co", "has no direction of its own"},
		{"Arabic-Indic digit first", "٠س.co", "has no direction of its own"},
		{"digit first below", "1a.דוגמה.co", `the label "1a" begins with a character`},
		{"digit first above", "דוגמה.1a.co", `the label "1a" begins with a character`},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := aLabelForm(t, test.u)
			n, err := names.Parse(a)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Parse(%q), for %q, = %q, %v, want %s", a, test.u, n, err, test.want)
			}
		})
	}
}

// The text after the prefix has to be the one Punycode of a text that needs it.
func TestPunycodeRefusals(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"plain ASCII", "xn--shop-.co", "ends with a hyphen"},
		{"not Punycode", "xn--0.co", "is not the Punycode of a non-ASCII text"},
		{"cut off", "xn--espaol-zw.co", "is not the Punycode of a non-ASCII text"},
		{"overflow", "xn--99999999.co", "is not the Punycode of a non-ASCII text"},
		{"surrogate", "xn--ib9b.co", "does not encode to itself again"},
		{"prefix twice", "xn--xn--espaol-zwa-.co", "ends with a hyphen"},
	} {
		t.Run(test.name, func(t *testing.T) {
			n, err := names.Parse(test.in)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Parse(%q) = %q, %v, want %s", test.in, n, err, test.want)
			}
		})
	}
}
