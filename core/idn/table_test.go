package idn_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/idna"

	"example.org/dorado/core/idn"
	"example.org/dorado/core/names"
	"example.org/dorado/test/peer"
)

// What each table takes and refuses, one row a rule.
func TestProblem(t *testing.T) {
	for _, test := range []struct{ id, label, want string }{
		{"es", "españa", ""},
		{"es", "mañana-2", ""},
		{"es", "straße", "has 'ß' (U+00DF), which is not in table es"},
		{"es", "-a", "has '-' (U+002D) where table es does not allow it: no hyphen first or last, nor in third and fourth place: RFC 5891 section 4.2.3.1"},
		{"es", "ab--ñ", "has '-' (U+002D) where table es does not allow it: no hyphen first or last, nor in third and fourth place: RFC 5891 section 4.2.3.1"},
		{"es", "", "is empty"},
		{"es", strings.Repeat("ñ", 64), "is longer than 63 code points"},
		{"es", "a\xff", "is not valid UTF-8"},
		{"pt", "pão-de-açúcar", ""},
		{"pt", "españa", "has 'ñ' (U+00F1), which is not in table pt"},
		{"fr", "cœur", ""},
		{"ca", "col·lecció", ""},
		{"ca", "a·b", "has '·' (U+00B7), which is not in table ca"},
		{"ca", "l·", "has '·' (U+00B7), which is not in table ca"},
		{"de", "straße", ""},
		{"da", "rødgrød", ""},
		{"no", "blåbærsyltetøy", ""},
		{"sv", "smörgåsbord", ""},
		{"pl", "zażółćgęśląjaźń", ""},
		{"ru", "ёлка-1", ""},
		{"ru", "pочта", "has 'p' (U+0070), which is not in table ru"},
		{"el", "ελλάς", ""},
		{"el", "ελλάς-1", ""},
		{"el", "ςα", "has 'ς' (U+03C2) where table el does not allow it: a final sigma stands at the end of a word, not before a letter"},
		{"he", "צה״ל", ""},
		{"he", "״צהל", "has '״' (U+05F4) where table he does not allow it: geresh and gershayim stand behind a Hebrew letter"},
		{"ar", "موقع1", ""},
		{"ar", "موقع١", ""},
		{"ar", "م1و١", "breaks the rule mixed-digits of table ar: European and Arabic-Indic digits do not stand in one label"},
		{"ar", "م١و1", "breaks the rule mixed-digits of table ar: European and Arabic-Indic digits do not stand in one label"},
		{"zh", "中国abc", ""},
		{"zh", "中國", ""},
		{"zh", "中の国", "has 'の' (U+306E), which is not in table zh"},
		{"ja", "日本・東京", ""},
		{"ja", "・ア", ""},
		{"ja", "a・b", "has '・' (U+30FB) where table ja does not allow it: the katakana middle dot needs hiragana, katakana or kanji in the label"},
		{"ja", "ーあ", "has 'ー' (U+30FC) where table ja does not allow it: small kana, iteration marks and the prolonged sound mark do not begin a label"},
		{"ko", "한국", ""},
		{"ko", "韓国", "has '韓' (U+97D3), which is not in table ko"},
	} {
		if got := table(t, test.id).Problem(test.label); got != test.want {
			t.Errorf("table %s, Problem(%q) = %q, want %q", test.id, test.label, got, test.want)
		}
	}
}

// What variants a label has, and what becomes of them.
func TestVariants(t *testing.T) {
	for _, test := range []struct{ id, label, want string }{
		{"es", "españa", ""},
		{"de", "strasse", "straße blocked"},
		{"de", "straße", "strasse allocatable"},
		{"de", "maßstraße", "massstrasse allocatable, massstraße blocked, maßstrasse blocked"},
		{"el", "σας", "σάς blocked, σάσ blocked, σασ blocked"},
		{"ar", "ي1", "ى1 blocked, ى١ blocked, ي١ blocked"},
		{"zh", "中國", "中国 allocatable"},
		{"zh", "中国", "中國 allocatable"},
		{"zh", "鐘國", "鍾国 blocked, 鍾國 blocked, 鐘国 blocked, 钟国 allocatable, 钟國 blocked, 锺国 blocked, 锺國 blocked"},
		{"ja", "ー", ""},
		{"ja", "アー", "ア一 blocked, ア壹 blocked, ア弌 blocked"},
	} {
		list, more := table(t, test.id).Variants(test.label, 1000)
		var got []string
		for _, v := range list {
			got = append(got, v.Label+" "+v.Disposition)
		}
		if s := strings.Join(got, ", "); s != test.want || more {
			t.Errorf("table %s, Variants(%q) = %s, want %s", test.id, test.label, s, test.want)
		}
	}
}

func table(t *testing.T, id string) *idn.Table {
	t.Helper()
	table, err := idn.BuiltIn(id)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// Every table validates against the schema of RFC 7940, says what it is, and has only code points that
// IDNA2008 allows in some label.
func TestTables(t *testing.T) {
	for _, id := range idn.IDs() {
		table := table(t, id)
		if m := table.Meta; m.Version == "" || m.Date == "" || len(m.Languages) == 0 || m.UnicodeVersion != unicode.Version || m.Description == "" || len(m.References) == 0 {
			t.Errorf("table %s does not say what it is: %+v", id, m)
		}
		for r := range rune(0x32000) { // planes 0 to 3 have all letters
			if table.Contains(r) && !fitsSomewhere(r) {
				t.Errorf("table %s has %U, which IDNA2008 does not allow", id, r)
			}
		}
	}
}

// fitsSomewhere reports whether a label by IDNA2008 can have a code point.
func fitsSomewhere(r rune) bool {
	for _, frame := range []string{"X", "aX", "lXl", "אX", "アX", "مX"} {
		if r < 0x80 {
			frame += "é"
		}
		a, err := idna.Punycode.ToASCII(strings.Replace(frame, "X", string(r), 1))
		if _, parse := names.Parse(a); err == nil && parse == nil {
			return true
		}
	}
	return false
}

// The files are valid by the schema of RFC 7940.
func TestSchema(t *testing.T) {
	shared, ok := peer.Shared(t)
	if !ok {
		t.Skip("the schema is in the shared folder")
	}
	dir := t.TempDir()
	for _, id := range idn.IDs() {
		file := filepath.Join(dir, id+".xml")
		if err := os.WriteFile(file, idn.XML(id), 0o600); err != nil {
			t.Fatal(err)
		}
		lint := exec.Command(peer.Need(t, "xmllint"), "--noout", "--nonet", "--relaxng", filepath.Join(shared, "schemas", "lgr", "lgr.rng"), file)
		if out, err := lint.CombinedOutput(); err != nil {
			t.Errorf("table %s: %v: %s", id, err, out)
		}
	}
}
