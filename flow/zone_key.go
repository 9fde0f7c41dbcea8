package flow

import (
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// Keys of zones live in real time: neither signatures nor caches know that the registry's clock was moved.

// ZoneKeyList asks for the keys of a zone.
type ZoneKeyList struct{ Zone names.Name }

// Answer returns a []registry.ZoneKey in order of number, those of which nothing is left too.
func (q ZoneKeyList) Answer(c *Call) (Reply, error) {
	if err := c.check(zoneIsOurs(c.Profile, q.Zone)); err != nil {
		return nil, err
	}
	return c.zoneKeys(q.Zone), nil
}

func (c *Call) zoneKeys(zone names.Name) []registry.ZoneKey {
	keys, _ := read(c, func() ([]registry.ZoneKey, bool, error) {
		keys, err := c.reader.ZoneKeys(zone)
		return keys, true, err
	})
	return keys
}

// zoneIsOurs holds for a zone of the profile.
func zoneIsOurs(p policy.Profile, zone names.Name) Rule {
	_, ours := p.Zone(zone)
	return refuseIf("zoneIsOurs", !ours, registry.Error{
		Code: registry.ParameterRange, Field: "zone", Value: zone.String(),
		Reason: "this is no zone of ours; they are " + zoneList(p),
	})
}
