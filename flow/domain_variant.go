package flow

import (
	"slices"

	"example.org/dorado/core/idn"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// variantKeys are the keys under which variants of a name are stored: one, or none for most names.
func variantKeys(name names.Name) []string {
	if key := idn.Key(name); key != "" {
		return []string{key}
	}
	return nil
}

// variants returns the names that are stored and are variants of a name. Decisions 1.6.
func (c *Call) variants(name names.Name) []names.Name {
	key := idn.Key(name)
	if key == "" {
		return nil
	}
	list := recalled(c, "variants", key, func() []names.Name {
		list, _ := read(c, func() ([]names.Name, bool, error) {
			list, err := c.reader.Variants(key)
			return list, true, err
		})
		return list
	})
	return slices.DeleteFunc(slices.Clone(list), func(n names.Name) bool { return n == name })
}

// settlePurges purges a name and its variants, as far as that is due.
func (c *Call) settlePurges(name names.Name, variants []names.Name) registry.Changes {
	changes := c.settlePurge(name)
	for _, variant := range variants {
		changes.Add(c.settlePurge(variant))
	}
	return changes
}

// noVariantIsRegistered holds unless a name that is a variant of this one lives. The name itself does not
// exist, so the refusal is one of policy. Decisions 1.6.
func noVariantIsRegistered(c *Call, n names.Name, variants []names.Name) Rule {
	for _, variant := range variants {
		if c.Taken(variant) {
			return refuse("noVariantIsRegistered", registry.Error{
				Code: registry.DataPolicy, Field: "domain:name", Value: n.String(),
				Reason: "a variant of it is registered; " + variant.String() + " blocks it, choose another",
			})
		}
	}
	return holds("noVariantIsRegistered", "domain:name", n.String())
}
