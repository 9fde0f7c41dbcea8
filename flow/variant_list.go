package flow

import (
	"slices"

	"example.org/dorado/core/idn"
	"example.org/dorado/core/names"
)

// VariantList asks which names are registered that are a label below any zone, or variants of it, for the
// operator.
type VariantList struct{ Label names.Name }

// Variants is what VariantList answers: the names, and the ids of the IDN tables that the terms offer.
type Variants struct {
	Registered []names.Name
	Tables     []string
}

// Answer looks below each zone.
func (q VariantList) Answer(c *Call) (Reply, error) {
	answer := Variants{Tables: slices.Clone(c.Terms.IDNTables)}
	for _, zone := range c.Profile.Zones {
		name, err := names.Parse(q.Label.String() + "." + zone.Name.String())
		if err != nil {
			continue // too long below this zone
		}
		for _, n := range append([]names.Name{name}, c.variants(name, idn.Key(name))...) {
			if c.Taken(n) {
				answer.Registered = append(answer.Registered, n)
			}
		}
	}
	return answer, nil
}
