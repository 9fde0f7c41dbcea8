package flow

import (
	"slices"
	"strconv"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// ZoneRollover has keys of a zone replaced: those of a role, or with an algorithm, all. It is the operator's.
type ZoneRollover struct {
	Act
	Zone      names.Name
	Role      registry.KeyRole // empty with an algorithm
	Algorithm uint8            // 0 with a role
	Urgent    bool             // others may know the key: its signatures are replaced at once
}

// Subject is zone-key:rollover.
func (cmd ZoneRollover) Subject() Subject {
	return Subject{Command: "rollover", Object: "zone-key", ID: cmd.Zone.String()}
}

// Run replies all keys of the zone.
func (cmd ZoneRollover) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	keys := c.zoneKeys(cmd.Zone)
	var leaving []registry.ZoneKey
	for _, k := range keys {
		if cmd.concerns(k) && (k.Stays() || cmd.Urgent && !k.Urgent) {
			leaving = append(leaving, k)
		}
	}

	// Check.
	if err := c.check(
		actIsExplained(cmd.Act),
		zoneIsOurs(c.Profile, cmd.Zone),
		rolloverIsKnown(cmd),
		zoneStaysSigned(keys),
		zoneHasKeys(leaving, cmd.waitsFor(keys)),
		algorithmIsOther(leaving, cmd.Algorithm),
		keysRest(cmd.waitsFor(keys)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	for i := range leaving {
		k := &leaving[i]
		if k.Stays() {
			k.Leaves, k.Successor = cmd.measure(c.service.Real().UTC()), cmd.Algorithm
		}
		k.Urgent = cmd.Urgent
		k.Version++
	}

	// Return.
	return merged(keys, leaving), registry.Changes{ZoneKeys: leaving}, nil
}

// concerns reports whether a key is to be replaced.
func (cmd ZoneRollover) concerns(k registry.ZoneKey) bool {
	return k.Gone.IsZero() && (k.Role == cmd.Role || cmd.Algorithm != 0)
}

// waitsFor returns the keys that have to be at rest before. What is urgent waits for none: keys that are on their way
// out already go as fast then.
func (cmd ZoneRollover) waitsFor(keys []registry.ZoneKey) []registry.ZoneKey {
	if cmd.Urgent && cmd.Algorithm == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k registry.ZoneKey) bool { return !cmd.concerns(k) })
}

// merged returns keys with others in place of those of the same numbers.
func merged(keys, now []registry.ZoneKey) []registry.ZoneKey {
	keys = slices.Clone(keys)
	for _, k := range now {
		if i := slices.IndexFunc(keys, func(o registry.ZoneKey) bool { return o.Number == k.Number }); i >= 0 {
			keys[i] = k
		}
	}
	return keys
}

// ZoneDSSeen says that the zone above has the DS records that it should have, and no others of the zone. It is the
// operator's, whose program has asked there; where the zone above is ours, the publisher sees it.
type ZoneDSSeen struct {
	Act
	Zone      names.Name
	TTL       uint32 // of the DS there, in seconds; 0: not known
	Unchecked bool   // nobody was asked, and why that is right is said

	// Keys are those of the zone as they were when the zone above was asked: what they want there may be other by now.
	// Nil if that is not to be held against them.
	Keys []registry.ZoneKey
}

// Subject is zone-key:ds-seen.
func (cmd ZoneDSSeen) Subject() Subject {
	return Subject{Command: "ds-seen", Object: "zone-key", ID: cmd.Zone.String()}
}

// Run replies all keys of the zone.
func (cmd ZoneDSSeen) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	keys := c.zoneKeys(cmd.Zone)
	var seen []registry.ZoneKey
	for _, k := range keys {
		moves := k.DS.State == registry.Coming || k.DS.State == registry.Going
		if moves && k.DS.Seen.IsZero() && k.Gone.IsZero() {
			seen = append(seen, k)
		}
	}

	// Check.
	explained := actIsSigned(cmd.Act)
	if cmd.Unchecked {
		explained = actIsExplained(cmd.Act)
	}
	if err := c.check(explained, zoneIsOurs(c.Profile, cmd.Zone), dsIsAwaited(seen, cmd.Keys)); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	for i := range seen {
		seen[i].DS.Seen = c.service.Real().UTC()
		seen[i].DS.By = cmd.measure(seen[i].DS.Seen)
		seen[i].DS.TTL = max(seen[i].DS.TTL, cmd.TTL)
		seen[i].Version++
	}

	// Return.
	return merged(keys, seen), registry.Changes{ZoneKeys: seen}, nil
}

// keysRest holds for keys of which none is on its way out.
func keysRest(keys []registry.ZoneKey) Rule {
	on := slices.IndexFunc(keys, dnssec.IsRolling)
	if on < 0 {
		return holds("keysRest", "key", "")
	}
	return refuse("keysRest", registry.Error{
		Code: registry.StatusProhibits, Field: "key", Value: keys[on].ID(),
		Reason: "a rollover of the zone is under way; wait until it has ended, as dorado zone keys shows",
	})
}

// rolloverIsKnown holds for one role, or an algorithm that is known.
func rolloverIsKnown(cmd ZoneRollover) Rule {
	role := cmd.Role == registry.KSK || cmd.Role == registry.ZSK
	good := role && cmd.Algorithm == 0 || cmd.Role == "" && dnssec.IsKnown(cmd.Algorithm)
	return refuseIf("rolloverIsKnown", !good, registry.Error{
		Code: registry.ParameterRange, Field: "rollover",
		Reason: "it is not said what to replace; name ZSK, KSK, or an algorithm of 8, 13 and 15",
	})
}

// zoneHasKeys holds where there is something to replace. Where all keys of the role are on their way out and their successors
// are not made yet, that is a rollover, and keysRest says so.
func zoneHasKeys(leaving, waitsFor []registry.ZoneKey) Rule {
	if slices.ContainsFunc(waitsFor, dnssec.IsRolling) {
		return holds("zoneHasKeys", "key", "")
	}
	return refuseIf("zoneHasKeys", len(leaving) == 0, registry.Error{
		Code: registry.ObjectMissing, Field: "key",
		Reason: "the zone has no such key that stays; the publisher makes one if it signs, and dorado zone keys shows it",
	})
}

// algorithmIsOther holds for an algorithm that the keys are not of already.
func algorithmIsOther(leaving []registry.ZoneKey, algorithm uint8) Rule {
	same := slices.ContainsFunc(leaving, func(k registry.ZoneKey) bool { return k.Algorithm == algorithm })
	return refuseIf("algorithmIsOther", same, registry.Error{
		Code: registry.ParameterRange, Field: "algorithm", Value: strconv.Itoa(int(algorithm)),
		Reason: "the keys are of this algorithm; to replace them, name ZSK or KSK",
	})
}

// dsIsAwaited holds where a DS has to come or go, and had to when the zone above was asked.
func dsIsAwaited(keys, asked []registry.ZoneKey) Rule {
	other := asked != nil && slices.ContainsFunc(keys, func(k registry.ZoneKey) bool {
		return !slices.ContainsFunc(asked, func(o registry.ZoneKey) bool {
			return o.Number == k.Number && o.DS.State == k.DS.State && o.DS.Since.Equal(k.DS.Since)
		})
	})
	return allOf("dsIsAwaited",
		refuseIf("dsIsAwaited", len(keys) == 0, registry.Error{
			Code: registry.StatusProhibits, Field: "zone",
			Reason: "no change of DS is awaited; dorado zone ds shows what the zone above should have",
		}),
		refuseIf("dsIsAwaited", other, registry.Error{
			Code: registry.StatusProhibits, Field: "zone",
			Reason: "the keys want other DS in the zone above since it was asked; dorado zone ds shows which, try again when it has these",
		}),
	)
}
