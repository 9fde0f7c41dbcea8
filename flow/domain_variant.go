package flow

import (
	"slices"
	"time"

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

// A kin is what is stored of the variants of a name: nothing for most names. Decisions 1.6.
type kin struct {
	registered []names.Name       // or to be purged
	listed     []registry.Listing // those that have ended too
}

// kin returns what is stored of the variants of a name, without the name itself.
func (c *Call) kin(name names.Name) kin {
	key := idn.Key(name)
	if key == "" {
		return kin{}
	}
	listed, _ := read(c, func() ([]registry.Listing, bool, error) {
		list, err := c.reader.VariantListings(key)
		return list, true, err
	})
	return kin{
		c.variants(name, key),
		slices.DeleteFunc(slices.Clone(listed), func(l registry.Listing) bool { return l.Name == name }),
	}
}

// variants returns the names that are stored under the key of a name, without the name itself.
func (c *Call) variants(name names.Name, key string) []names.Name {
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

// noVariantIsListed holds unless a list has a name that is a variant of this one. An open allocation code of
// this name lifts the reserved ones, as it lifts that of the name itself; a code of the variant does not. What
// was registered before the listing stays. Decisions 1.4, 1.5, 1.6.
func noVariantIsListed(n names.Name, offer registry.Offer, listed []registry.Listing, now time.Time) Rule {
	blocks := func(l registry.Listing) bool {
		return l.Holds(now) && (l.Kind != registry.Reserved || !offer.Allocation.Open())
	}
	return refuseIf("noVariantIsListed", slices.ContainsFunc(listed, blocks), registry.Error{
		Code: registry.DataPolicy, Field: "domain:name", Value: n.String(),
		Reason: "a variant of it is not available; choose another",
	})
}
