package idn

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/test/peer"
)

var update = flag.Bool("update", false, "rewrite testdata/reference.golden, whose diff is to be looked at")

// A comparison is one of our tables beside the reference rules of ICANN for the second level, with the reasons
// for every difference. What is different stands in testdata/reference.golden.
type comparison struct {
	id, reference  string
	here, there    string // why code points are in the one only
	variantsHere   string // why variants are in the one only
	variantsThere  string
	kinds, verdict string // why variants have other types, why labels fare otherwise
}

func comparisons() []comparison {
	const foreign = "letters that the language has in foreign names only; its own tables or CLDR's main set leave them out"
	return []comparison{
		{id: "es", reference: "spanish-language"},
		{
			id: "pt", reference: "portuguese-language",
			here: "u with diaeresis: the reference keeps it in its extended set; Brazilian names have it",
		},
		{
			id: "fr", reference: "french-language", there: foreign,
			variantsThere: "letters with and without accent are different letters in every other table, and a variant blocks across tables: " +
				"cote would block côte, and canon the Spanish cañón",
		},
		{id: "de", reference: "german-language"},
		{id: "da", reference: "danish-language"},
		{id: "no", reference: "norwegian-language", there: foreign},
		{id: "sv", reference: "swedish-language", there: foreign},
		{
			id: "zh", reference: "chinese-language",
			here:          "characters of the Table of General Standard Chinese Characters of 2013 that the reference's sources are older than",
			there:         "characters of none of the three standards that the table is made of; the reference takes all of Asia's registries' tables",
			variantsHere:  "Unihan calls them simplified and traditional forms, or the same, by two sources; the reference has them apart",
			variantsThere: "the reference takes what registries agreed on, in part by meaning only; Unihan has no relation, or one of a single source",
			kinds:         "Unihan says otherwise which of the two is the simplified form, or that it is both; the reference prefers one of several",
		},
		{
			id: "ja", reference: "japanese-script",
			here:          "the katakana middle dot, with its context of RFC 5892 appendix A.7",
			variantsHere:  "as for zh: one relation of Han characters serves both tables",
			variantsThere: "as for zh; and new and old forms of kanji, such as 亜 and 亞, which Japan's registry keeps apart",
		},
		{id: "ko", reference: "korean-script", there: "Hanja: the table is for Hangul, as names in Korea are registered"},
	}
}

// Each table is held to the reference rules: the repertoire over all code points, the variants over all that
// both have, and the verdicts on labels of them. Every difference has a reason, and stands in the golden file.
func TestReference(t *testing.T) {
	shared, ok := peer.Shared(t)
	if !ok {
		t.Skip("the reference rules are in the shared folder")
	}
	dir := filepath.Join(shared, "schemas", "lgr")
	var out strings.Builder
	out.WriteString("# Where our tables and ICANN's reference rules for the second level of 31 May 2022 differ, and why.\n" +
		"# Written by go test ./core/idn -run TestReference -update.\n")
	for _, c := range comparisons() {
		ours, err := BuiltIn(c.id)
		if err != nil {
			t.Fatal(err)
		}
		theirs := readReference(t, dir, c.reference)
		fmt.Fprintf(&out, "\n== %s, against %s\n", c.id, c.reference)
		c.compare(t, &out, ours, theirs)
	}
	golden := filepath.Join("testdata", "reference.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("the differences are not those of %s; look at what -update makes of it", golden)
	}
}

func (c comparison) compare(t *testing.T, out io.Writer, ours, theirs *Table) {
	var here, there, both []rune
	for r := rune(0); r <= 0x10FFFF; r++ {
		switch a, b := allowed(ours, r), allowed(theirs, r); {
		case a && b:
			both = append(both, r)
		case a:
			here = append(here, r)
		case b:
			there = append(there, r)
		}
	}
	fmt.Fprintf(out, "%d code points in both\n", len(both))
	tell(t, out, c.id, "here only", c.here, strings.Split(string(here), ""))
	tell(t, out, c.id, "there only", c.there, strings.Split(string(there), ""))
	a, b := pairs(ours, both), pairs(theirs, both)
	tell(t, out, c.id, "variants here only", c.variantsHere, missing(a, b, true))
	tell(t, out, c.id, "variants there only", c.variantsThere, missing(b, a, true))
	var kinds []string
	for _, pair := range keys(a) {
		if there, ok := b[pair]; ok && a[pair] != there {
			kinds = append(kinds, fmt.Sprintf("%s:%s/%s", pair, a[pair], there))
		}
	}
	tell(t, out, c.id, "variants of another type, here/there", c.kinds, kinds)
	tell(t, out, c.id, "labels with another verdict", c.verdict, verdicts(ours, theirs, both))
	fmt.Fprintf(out, "%d labels with the same verdict\n", sampled)
}

// tell writes what is different, and its reason.
func tell(t *testing.T, out io.Writer, id, what, why string, list []string) {
	if len(list) == 0 {
		if why != "" {
			t.Errorf("%s: there is a reason for %s, and nothing of it", id, what)
		}
		return
	}
	if why == "" {
		t.Errorf("%s: no reason for %s: %s", id, what, strings.Join(list[:min(20, len(list))], " "))
	}
	fmt.Fprintf(out, "%s, %d: %s\n", what, len(list), why)
	for line := range slices.Chunk(list, 30) {
		fmt.Fprintf(out, "  %s\n", strings.Join(line, " "))
	}
}

// allowed reports whether any label can have a code point: it alone, or it between others.
func allowed(t *Table, r rune) bool {
	if t.single(r) == nil {
		return false
	}
	s := string(r)
	return t.Problem(s) == "" || t.Problem("a"+s+"a") == "" || t.Problem("あ"+s) == "" || t.Problem("1"+s+"1") == ""
}

// pairs are the variants among code points and of sequences, with their types.
func pairs(t *Table, among []rune) map[string]string {
	of := map[string]string{}
	in := map[rune]bool{}
	for _, r := range among {
		in[r] = true
	}
	known := func(cp []rune) bool { return !slices.ContainsFunc(cp, func(r rune) bool { return !in[r] }) }
	for _, c := range t.elements() {
		for _, v := range c.variants {
			if known(c.cp) && known(v.cp) && !v.isReflexive(c.cp) {
				kind, _, _ := strings.Cut(v.kind, "-") // such as simp-1
				if kind == "eszett" {
					kind = "allocatable" // the disposition of the reference's own type
				}
				of[string(c.cp)+"→"+string(v.cp)] = kind
			}
		}
	}
	return of
}

func missing(of, from map[string]string, half bool) []string {
	var list []string
	for _, pair := range keys(of) {
		a, b, _ := strings.Cut(pair, "→")
		if _, there := from[pair]; !there && (!half || a < b) {
			list = append(list, a+b)
		}
	}
	return list
}

func keys(m map[string]string) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// sampled is how many labels of a table are tried.
const sampled = 5_000

// verdicts returns labels of code points that both tables have, which one takes and the other does not.
func verdicts(ours, theirs *Table, both []rune) []string {
	r := rand.New(rand.NewPCG(7940, uint64(len(both))))
	var list []string
	for range sampled {
		label := make([]rune, 1+r.IntN(6))
		for i := range label {
			label[i] = both[r.IntN(len(both))]
			if r.IntN(5) == 0 {
				label[i] = []rune("-s1ß")[r.IntN(3)]
			}
		}
		s := string(label)
		if (ours.Problem(s) == "") != (theirs.Problem(s) == "") {
			list = append(list, s)
		}
	}
	return list
}

func readReference(t *testing.T, dir, name string) *Table {
	path := filepath.Join(dir, "lgr-second-level-"+name+"-31may22-en.xml")
	data, err := os.ReadFile(path)
	if err != nil {
		zipped, err := os.Open(path + ".gz")
		if err != nil {
			t.Fatal(err)
		}
		defer zipped.Close()
		text, err := gzip.NewReader(zipped)
		if err != nil {
			t.Fatal(err)
		}
		if data, err = io.ReadAll(text); err != nil {
			t.Fatal(err)
		}
	}
	table, err := Parse(name, bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")))
	if err != nil {
		t.Fatal(err)
	}
	return table
}
