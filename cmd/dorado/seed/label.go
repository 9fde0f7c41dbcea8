package seed

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
)

// A labeller makes up names that nobody has. Its random numbers are its own, so its names follow from
// the seed and from those that are taken, however many are made.
type labeller struct {
	data        data
	kinds       weighted
	zones       []policy.Zone
	zoneWeights weighted
	rand        *rand.Rand
	taken       map[uint64]struct{} // hashes of the names that are taken: 8 bytes for each, not 30
}

func newLabeller(d data, p policy.Profile, seed uint64, taken []names.Name) *labeller {
	l := &labeller{data: d, rand: rand.New(rand.NewPCG(seed, 1)), taken: map[uint64]struct{}{}}
	for _, k := range d.Kinds {
		l.kinds.add(k.Weight)
	}
	l.zones, l.zoneWeights = d.soldZones(p)
	for _, n := range taken {
		l.take(n.String())
	}
	return l
}

// Names returns the first n names that a Seeder makes of the same profile, seed and taken names.
func Names(p policy.Profile, seed uint64, taken []names.Name, n int) ([]names.Name, error) {
	d, err := loadData()
	if err != nil {
		return nil, err
	}
	l := newLabeller(d, p, seed, taken)
	list := make([]names.Name, n)
	for i := range list {
		list[i] = l.name()
	}
	return list, nil
}

// take marks a name as taken, and reports whether it was free.
func (l *labeller) take(name string) bool {
	h := hash(name)
	if _, taken := l.taken[h]; taken {
		return false
	}
	l.taken[h] = struct{}{}
	return true
}

// hash is FNV-1a with 64 bits. Two names in a million share one once in 40 million runs, and then
// one of them is not made.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// name makes up a free name in one of the zones. Where the words have been used up it takes one more.
func (l *labeller) name() names.Name {
	z := l.zones[l.zoneWeights.draw(l.rand)]
	for more := 0; ; more++ {
		label := l.label()
		for range more / 2 {
			label += pick(l.rand, l.data.Words["ending"])
		}
		if len(label) <= max(z.HeldUpTo, 2) || slices.Contains(z.Withheld, label) {
			continue
		}
		name, err := names.Parse(label + "." + z.Name.String())
		if err == nil && l.take(name.String()) {
			return name
		}
	}
}

// label makes up a label, taken or not.
func (l *labeller) label() string {
	k := l.data.Kinds[l.kinds.draw(l.rand)]
	parts := make([]string, len(k.Parts))
	for i, p := range k.Parts {
		parts[i] = l.part(p)
	}
	if l.rand.Float64() < l.data.Numbers {
		parts = l.number(parts)
	}
	if len(parts) == 1 && l.rand.IntN(6) == 0 && l.rand.Float64() < l.data.Hyphens*2 {
		parts = append(parts, l.part("ending"))
	}
	separator := ""
	// Labels of one part have no place for a hyphen, so the others have the more.
	if len(parts) > 1 && l.rand.Float64() < l.data.Hyphens*1.6 {
		separator = "-"
	}
	return strings.Join(parts, separator)
}

func (l *labeller) part(of string) string {
	switch of {
	case "brand":
		return l.brand()
	case "letters":
		return l.letters(3 + l.rand.IntN(2))
	case "letter":
		return l.letters(1)
	}
	return pick(l.rand, l.data.Words[of])
}

// brand makes up a word that means nothing, of two syllables or, a third of them, three.
func (l *labeller) brand() string {
	var b strings.Builder
	syllables := 2
	if l.rand.IntN(3) == 0 {
		syllables = 3
	}
	for range syllables {
		b.WriteString(pick(l.rand, l.data.Words["onset"]))
		b.WriteString(pick(l.rand, l.data.Words["nucleus"]))
	}
	b.WriteString(pick(l.rand, l.data.Words["coda"]))
	return b.String()
}

func (l *labeller) letters(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + l.rand.IntN(26))
	}
	return string(b)
}

// number adds a number, mostly a short one, behind or before the parts.
func (l *labeller) number(parts []string) []string {
	n := strconv.Itoa(l.rand.IntN(10))
	switch l.rand.IntN(10) {
	case 0, 1, 2:
		n = strconv.Itoa(10 + l.rand.IntN(90))
	case 3:
		n = pick(l.rand, []string{"100", "123", "247", "360", "365", "505", "777", "1000", "2020", "2024", "2025"})
	}
	if l.rand.IntN(5) < 3 {
		return append(parts, n)
	}
	return slices.Insert(parts, 0, n)
}
