package flow

import (
	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// ZoneUnsign has a zone go unsigned, in steps: it asks for its DS to be taken away, and when none is left in any cache its
// signatures leave. RFC 6781 section 4.3.5.1, RFC 8078 section 4. Handed, they leave at once: another signer serves the
// zone to the world, by keys that the DS in the zone above lead to. It is the operator's.
type ZoneUnsign struct {
	Act
	Zone   names.Name
	Handed bool
}

// Subject is zone-key:unsign.
func (cmd ZoneUnsign) Subject() Subject {
	return Subject{Command: "unsign", Object: "zone-key", ID: cmd.Zone.String()}
}

// Run replies all keys of the zone.
func (cmd ZoneUnsign) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	keys := c.zoneKeys(cmd.Zone)

	// Check.
	if err := c.check(
		actIsExplained(cmd.Act),
		zoneIsOurs(c.Profile, cmd.Zone),
		zoneIsSigned(keys),
		zoneIsNotOnItsWay(keys, cmd.Handed),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	var going []registry.ZoneKey
	for _, k := range keys {
		if k.Gone.IsZero() {
			k.Unsigns, k.Handed = cmd.measure(c.service.Real().UTC()), cmd.Handed
			k.Version++
			going = append(going, k)
		}
	}

	// Return.
	return merged(keys, going), registry.Changes{ZoneKeys: going}, nil
}

// zoneIsSigned holds where a key has come into the zone.
func zoneIsSigned(keys []registry.ZoneKey) Rule {
	return refuseIf("zoneIsSigned", !dnssec.IsSigned(keys), registry.Error{
		Code: registry.StatusProhibits, Field: "zone",
		Reason: "the zone is not signed here, so there is nothing to take out of it; dorado zone keys shows its keys",
	})
}

// zoneIsNotOnItsWay holds for a zone that stays signed, or that goes unsigned step by step and is to go at once.
func zoneIsNotOnItsWay(keys []registry.ZoneKey, handed bool) Rule {
	goes := false
	for _, k := range keys {
		goes = goes || k.Unsigning() && (k.Handed || !handed)
	}
	return refuseIf("zoneIsNotOnItsWay", goes, registry.Error{
		Code: registry.StatusProhibits, Field: "zone",
		Reason: "the zone goes unsigned already; dorado zone keys shows what it waits for",
	})
}

// zoneStaysSigned holds for keys of a zone that does not go unsigned.
func zoneStaysSigned(keys []registry.ZoneKey) Rule {
	goes := false
	for _, k := range keys {
		goes = goes || k.Unsigning()
	}
	return refuseIf("zoneStaysSigned", goes, registry.Error{
		Code: registry.StatusProhibits, Field: "zone",
		Reason: "the zone goes unsigned; to keep it signed, set zone.dnssec.sign to true and restart",
	})
}
