package policy

import (
	"fmt"
	"slices"

	"example.org/dorado/core/registry"
)

// A TTLRange bounds the times to live that registrars may choose for records of a type, in seconds, and
// says what holds where none is chosen. RFC 9803 section 2.1.
type TTLRange struct {
	Min     uint32 `json:"min"`
	Default uint32 `json:"default"`
	Max     uint32 `json:"max"`
}

// TTLTypes returns the types of records that are published for an object, "domain" or "host", in the order
// in which they are told.
func TTLTypes(object string) []string { return ttlTypes[object] }

var ttlTypes = map[string][]string{"domain": {"NS", "DS"}, "host": {"A", "AAAA"}}

// defaultTTL holds where a profile has no range for a type.
const defaultTTL = 3_600

// maxTTL is that of RFC 2181 section 8.
const maxTTL = 1<<31 - 1

// DefaultTTLs returns what holds where registrars chose nothing.
func (t Terms) DefaultTTLs() registry.TTLs {
	var defaults registry.TTLs
	for _, types := range ttlTypes {
		for _, kind := range types {
			seconds := uint32(defaultTTL)
			if r, ok := t.TTLs[kind]; ok {
				seconds = r.Default
			}
			defaults = defaults.With(kind, seconds)
		}
	}
	return defaults
}

// LongestTTL returns the longest that registrars may ever choose, or that holds where they chose nothing, in seconds: under
// any terms of any zone, now or at another time.
func (p Profile) LongestTTL() uint32 {
	longest := uint32(0)
	for _, v := range p.allVersions() {
		for _, types := range ttlTypes {
			for _, kind := range types {
				if r, ok := v.Terms.TTLs[kind]; ok {
					longest = max(longest, r.Max)
				} else {
					longest = max(longest, defaultTTL)
				}
			}
		}
	}
	return longest
}

// checkTTLs refuses ranges that are none. A TTL of 0 would say that none was chosen.
func (t Terms) checkTTLs() error {
	known := slices.Concat(ttlTypes["domain"], ttlTypes["host"])
	for kind, r := range t.TTLs {
		if !slices.Contains(known, kind) {
			return fmt.Errorf("ttls: no records of type %q are published", kind)
		}
		if r.Min < 1 || r.Default < r.Min || r.Max < r.Default || r.Max <= r.Min || r.Max > maxTTL {
			return fmt.Errorf("ttls: %s: min, default and max must be 1 to %d, in order, and min below max", kind, maxTTL)
		}
	}
	return nil
}
