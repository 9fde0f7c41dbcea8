package store

import (
	"slices"

	"example.org/dorado/core/idn"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// seeVariant makes a new name be seen among its variants.
func (o *overlay) seeVariant(d registry.Domain) {
	if d.Version > 1 {
		return
	}
	if key := idn.Key(d.Name); key != "" {
		if o.decidedOn == nil {
			o.decidedOn = map[string][]names.Name{}
		}
		o.decidedOn[key] = append(o.decidedOn[key], d.Name)
	}
}

// Variants returns the names of a key that are stored, and those that were decided on in the group.
func (o *overlay) Variants(key string) ([]names.Name, error) {
	stored, _, err := remembered(o.variants, key, func() ([]names.Name, bool, error) {
		if o.trusting && !o.flushed && o.db.memory.lacks(key) { // the memory follows at the commit
			return nil, false, nil
		}
		list, err := o.reader.Variants(key)
		return list, true, err
	})
	return slices.Concat(stored, o.decidedOn[key]), err
}
