package idn

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"example.org/dorado/core/names"
)

func TestKey(t *testing.T) {
	for _, test := range []struct{ label, want string }{
		{"shop", ""},
		{"strasse", "strasse.co"},
		{"straße", "strasse.co"},
		{"sß", "sss.co"},
		{"ßs", "sss.co"},
		{"sss", "sss.co"},
		{"españa", ""},
		{"中國", "xn--fiqs8s.co"},
		{"中国", "xn--fiqs8s.co"},
		{"ελλάς", "xn--hxab6ba0b.co"},
		{"ελλασ", "xn--hxab6ba0b.co"},
		{"почта", ""},
	} {
		name := nameOf(t, test.label)
		if got := Key(name); got != test.want {
			t.Errorf("Key(%s) = %q, want %q", name.Unicode(), got, test.want)
		}
	}
}

func nameOf(t *testing.T, label string) names.Name {
	t.Helper()
	a, err := idna.Punycode.ToASCII(label)
	if err != nil {
		t.Fatal(err)
	}
	name, err := names.Parse(a + ".co")
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// In each table variants are symmetric and transitive, so that it does not matter which of them came first.
// RFC 7940 section 5.3.
func TestVariantsAreSets(t *testing.T) {
	for _, table := range all(t) {
		of := map[string][]string{}
		for _, c := range table.elements() {
			for _, v := range c.variants {
				of[string(c.cp)] = append(of[string(c.cp)], string(v.cp))
			}
		}
		for from, list := range of {
			for _, to := range list {
				for _, further := range append(of[to], from) {
					if further != from && !slices.Contains(list, further) || from != to && !slices.Contains(of[to], from) {
						t.Fatalf("table %s: %s has the variant %s, which has %s", table.id, from, to, further)
					}
				}
			}
		}
	}
}

func all(t *testing.T) []*Table {
	t.Helper()
	var list []*Table
	for _, id := range IDs() {
		table, err := BuiltIn(id)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, table)
	}
	return list
}

// The sequences of ASCII that have variants are those that the tables have, and no single ASCII character but
// a digit has one: a label of ASCII has variants only by a sequence. Digits have them in labels that are read
// from right to left, which begin with a letter of those (RFC 5893 section 2, rule 1).
func TestASCIISequences(t *testing.T) {
	found := map[string]bool{}
	for member, to := range fold().to {
		if member < utf8.RuneSelf && (member < '0' || member > '9') || to == "" {
			t.Errorf("%q folds to %q", member, to)
		}
		if len(to) > 1 && to[0] < utf8.RuneSelf {
			found[to] = true
		}
	}
	if want := asciiSequences; len(found) != len(want) || !found[want[0]] {
		t.Errorf("the tables have the sequences %v, the code has %v", found, want)
	}
}

// All variants of a label have its key, and the key of a key is itself: for labels of each table, drawn at
// random from what has variants there.
func TestVariantsShareAKey(t *testing.T) {
	for _, table := range all(t) {
		r := rand.New(rand.NewPCG(1, 8228))
		list := table.elements()
		for range 300 {
			var b strings.Builder
			for range 1 + r.IntN(3) {
				b.WriteString(string(list[r.IntN(len(list))].cp))
			}
			label := b.String()
			if table.Problem(label) != "" {
				continue
			}
			key, has := fold().key(label)
			if again, _ := fold().key(key); again != key {
				t.Fatalf("table %s: the key of %s is %s, and that of %s is %s", table.id, label, key, key, again)
			}
			variants, _ := table.Variants(label, 2000)
			for _, v := range variants {
				if other, _ := fold().key(v.Label); other != key || !has {
					t.Fatalf("table %s: %s has the key %s, its variant %s has %s", table.id, label, key, v.Label, other)
				}
			}
		}
	}
}

// Whatever is a label: no panic, the same verdict twice, and a problem that says something.
func FuzzProblem(f *testing.F) {
	for _, s := range []string{"straße", "・", "م1١", "ςα", "-", "中國", "ssßss", "l·l"} {
		f.Add(s)
	}
	tables := func(t *testing.T) []*Table { return all(t) }
	f.Fuzz(func(t *testing.T, label string) {
		for _, table := range tables(t) {
			problem := table.Problem(label)
			if problem != table.Problem(label) {
				t.Fatalf("table %s says two things of %q", table.id, label)
			}
			if problem != "" {
				continue
			}
			for _, r := range label {
				if !table.Contains(r) {
					t.Fatalf("table %s takes %q with %q", table.id, label, r)
				}
			}
			if list, _ := table.Variants(label, 50); slices.ContainsFunc(list, func(v VariantLabel) bool { return v.Label == label }) {
				t.Fatalf("table %s: %q is a variant of itself", table.id, label)
			}
		}
		if key, _ := fold().key(label); utf8.ValidString(label) {
			if again, _ := fold().key(key); again != key {
				t.Fatalf("the key of %q is %q, and the key of that is %q", label, key, again)
			}
		}
	})
}

func BenchmarkProblem(b *testing.B) {
	for _, row := range []struct{ id, label string }{
		{"es", "españa"}, {"de", "straßenverkehrsordnung"}, {"zh", "中国互联网络"}, {"ja", "日本・東京"}, {"el", "ελλάς"},
	} {
		table, err := BuiltIn(row.id)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(row.id, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				table.Problem(row.label)
			}
		})
	}
}

func BenchmarkKey(b *testing.B) {
	for _, text := range []string{"plain-old-name.co", "strasse.co", "xn--strae-oqa.co", "xn--espaa-rta.co"} {
		name := names.MustParse(text)
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Key(name)
			}
		})
	}
}
