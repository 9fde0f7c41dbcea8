package idn

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"example.org/dorado/core/names"
)

// Key returns the one name that stands for a name and all variants of its first label by any table that
// ships with Dorado, such as "strasse.co" for "xn--strae-oqa.co". Two names are variants of each other
// exactly when they have the same key. It is empty for a name that has no variants: most names, and all
// of ASCII letters but those in which a table knows a sequence of ASCII, such as "ss".
//
// It looks at all tables, whatever a zone offers: a name that is registered today must not be in the way
// of a table that is offered tomorrow, nor of a label of another table.
func Key(name names.Name) string {
	label := name.Label()
	if !strings.HasPrefix(label, "xn--") {
		if asciiHasVariants(label) {
			return name.String()
		}
		return ""
	}
	u, _, _ := strings.Cut(name.Unicode(), ".")
	key, has := fold().key(u)
	if !has {
		return ""
	}
	return aLabel(key) + "." + name.Parent().String()
}

// asciiSequences are the sequences of ASCII letters that have variants. They are written here so that a
// label of ASCII costs no more than a look for them; a test holds them to the tables.
var asciiSequences = []string{"ss"}

func asciiHasVariants(label string) bool {
	for _, s := range asciiSequences {
		if strings.Contains(label, s) {
			return true
		}
	}
	return false
}

// ASCIISequences returns the sequences of ASCII letters that have variants, such as "ss": a label of ASCII has
// variants exactly if it has one of them.
func ASCIISequences() []string { return slices.Clone(asciiSequences) }

// aLabel is a folded label in ASCII. What a key says need not be a valid label.
func aLabel(u string) string {
	a, err := idna.Punycode.ToASCII(u)
	if err != nil {
		return u // not UTF-8, which no U-label is
	}
	return a
}

// A folding puts one code point or sequence in place of all that are variants of each other.
type folding struct {
	to map[rune]string // of each code point that has variants, itself if it stands for the others
}

// key returns a label folded, and whether anything in it has variants.
func (f *folding) key(label string) (key string, has bool) {
	var b strings.Builder
	for _, r := range label {
		to, ok := f.to[r]
		if !ok {
			b.WriteRune(r)
			continue
		}
		has = true
		b.WriteString(to)
	}
	return b.String(), has || asciiHasVariants(label)
}

// fold is the folding of all tables that ship with Dorado.
var fold = sync.OnceValue(func() *folding {
	var list []*Table
	for _, id := range ids {
		if t, err := BuiltIn(id); err == nil { // a test reads each of them
			list = append(list, t)
		}
	}
	return newFolding(list)
})

// newFolding joins what any of the tables calls variants, and what follows: variants of a variant.
func newFolding(tables []*Table) *folding {
	groups := map[string]*[]string{} // by each member
	for _, t := range tables {
		for _, c := range t.elements() {
			for _, v := range c.variants {
				join(groups, string(c.cp), string(v.cp))
			}
		}
	}
	f := &folding{to: map[rune]string{}}
	for member, group := range groups {
		if r, size := utf8.DecodeRuneInString(member); size == len(member) && len(*group) > 1 {
			f.to[r] = slices.MinFunc(*group, standsFirst)
		}
	}
	return f
}

func join(groups map[string]*[]string, a, b string) {
	for _, s := range []string{a, b} {
		if groups[s] == nil {
			groups[s] = &[]string{s}
		}
	}
	one, other := groups[a], groups[b]
	if one == other {
		return
	}
	*one = append(*one, *other...)
	for _, s := range *other {
		groups[s] = one
	}
}

// standsFirst orders the members of a set by which stands for all: a sequence, since only a code point is
// replaced, and then the lowest, which is ASCII if any is.
func standsFirst(a, b string) int {
	return cmp.Or(
		cmp.Compare(min(2, utf8.RuneCountInString(b)), min(2, utf8.RuneCountInString(a))),
		cmp.Compare(a, b),
	)
}

// elements are all elements of the repertoire of which more than their script is said, in order.
func (t *Table) elements() []*char {
	var list []*char
	for _, s := range t.spans {
		if s.char.cp != nil {
			list = append(list, s.char)
		}
	}
	for _, first := range slices.Sorted(maps.Keys(t.sequences)) {
		list = append(list, t.sequences[first]...)
	}
	return list
}
