package idn

import "slices"

// A VariantLabel is a label that a table calls a variant of another.
type VariantLabel struct {
	Label       string // as its U-label; it may be all ASCII
	Disposition string // Blocked, Allocatable, or what else the table says
}

func (v *variant) isReflexive(of []rune) bool { return slices.Equal(v.cp, of) }

// applies reports whether the variant may stand for what is in the label from pos to end.
func (v *variant) applies(label []rune, pos, end int) bool {
	return allows(v.when, v.notWhen, place{label, pos, end})
}

// Variants returns the variants of a label that fits, without the label itself and without those that are
// no labels of the table, in order. At most so many are looked at, and more says that there may be others.
// RFC 7940 section 8.2.
func (t *Table) Variants(label string, most int) (list []VariantLabel, more bool) {
	g := generation{table: t, label: []rune(label), most: most, found: map[string]string{}}
	g.from(0, mapping{whole: true})
	for text, disposition := range g.found {
		if text != label && disposition != Invalid && t.Problem(text) == "" {
			list = append(list, VariantLabel{text, disposition})
		}
	}
	slices.SortFunc(list, func(a, b VariantLabel) int { return slices.Compare([]rune(a.Label), []rune(b.Label)) })
	return list, g.most < 0
}

// A generation makes all variants of a label, one choice for each element after the other.
type generation struct {
	table *Table
	label []rune
	made  []rune
	most  int
	found map[string]string // labels with their dispositions
}

func (g *generation) from(pos int, m mapping) {
	if g.most < 0 {
		return
	}
	if pos == len(g.label) {
		g.most--
		if text := string(g.made); g.found[text] == "" || g.found[text] == Blocked {
			g.found[text] = g.table.decide(g.made, m).disposition
		}
		return
	}
	for _, c := range g.table.sequences[g.label[pos]] {
		if c.stands(g.label, pos, len(c.cp)) {
			g.with(c, pos, pos+len(c.cp), m)
		}
	}
	if c := g.table.single(g.label[pos]); c != nil && c.stands(g.label, pos, 1) {
		g.with(c, pos, pos+1, m)
	}
}

// with goes on with an element itself, and with each variant of it. A mapping of the element to itself
// gives the element a type.
func (g *generation) with(c *char, pos, end int, m mapping) {
	reflexive := false
	for i := range c.variants {
		if v := &c.variants[i]; v.applies(g.label, pos, end) {
			reflexive = reflexive || v.isReflexive(g.label[pos:end])
			g.choose(v.cp, end, mapping{append(slices.Clip(m.kinds), v.kind), m.whole})
		}
	}
	if !reflexive {
		g.choose(g.label[pos:end], end, mapping{m.kinds, false})
	}
}

func (g *generation) choose(cp []rune, end int, m mapping) {
	before := len(g.made)
	g.made = append(g.made, cp...)
	g.from(end, m)
	g.made = g.made[:before]
}
