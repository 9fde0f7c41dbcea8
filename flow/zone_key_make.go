package flow

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// ZoneKeysMade adds keys that were wanted, to a zone. It is the publisher's.
type ZoneKeysMade struct {
	Zone names.Name
	Keys []registry.ZoneKey // of one role each; without zone, number, version and instants
}

// Subject is zone-key:make.
func (cmd ZoneKeysMade) Subject() Subject {
	return Subject{Command: "make", Object: "zone-key", ID: cmd.Zone.String()}
}

// Run replies all keys of the zone, as ZoneKeyList answers them.
func (cmd ZoneKeysMade) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	keys := c.zoneKeys(cmd.Zone)

	// Check.
	if err := c.check(
		zoneIsOurs(c.Profile, cmd.Zone),
		keysAreWhole(cmd.Keys),
		keysAreWanted(keys, cmd.Keys),
		tagsAreFree(keys, cmd.Keys),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	made := number(cmd.Zone, keys, cmd.Keys, c.service.Real().UTC())
	return slices.Concat(keys, made), registry.Changes{ZoneKeys: made}, nil
}

// number makes keys those of a zone that come after others.
func number(zone names.Name, before, keys []registry.ZoneKey, at time.Time) []registry.ZoneKey {
	last := int64(0)
	for _, k := range before {
		last = max(last, k.Number)
	}
	made := slices.Clone(keys)
	for i := range made {
		made[i].Zone, made[i].Number, made[i].Version, made[i].Made = zone, last+int64(i)+1, 1, at
	}
	return made
}

// ZoneKeysImport adds keys that were made elsewhere. Keys of their roles that are there get them as successors, so a
// key of each role is needed where the algorithm is another one. It is the operator's.
type ZoneKeysImport struct {
	Act
	Zone names.Name
	Keys []registry.ZoneKey
}

// Subject is zone-key:import.
func (cmd ZoneKeysImport) Subject() Subject {
	return Subject{Command: "import", Object: "zone-key", ID: cmd.Zone.String()}
}

// Run replies all keys of the zone.
func (cmd ZoneKeysImport) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	keys := c.zoneKeys(cmd.Zone)
	now := c.service.Real().UTC()
	after, changed := replaced(keys, cmd.Keys, cmd.measure(now))

	// Check.
	if err := c.check(
		actIsExplained(cmd.Act),
		zoneIsOurs(c.Profile, cmd.Zone),
		keysAreWhole(cmd.Keys),
		keysAreNew(keys, cmd.Keys),
		tagsAreFree(keys, cmd.Keys),
		zoneStaysSigned(keys),
		keysRest(ofRoles(keys, cmd.Keys)),
		rolesAgree(slices.Concat(after, cmd.Keys)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	made := number(cmd.Zone, keys, cmd.Keys, now)
	for i := range made {
		made[i].Asked = cmd.measure(now)
	}

	// Return.
	return slices.Concat(after, made), registry.Changes{ZoneKeys: append(changed, made...)}, nil
}

// ofRoles returns the keys whose role one of others has.
func ofRoles(keys, others []registry.ZoneKey) []registry.ZoneKey {
	return slices.DeleteFunc(slices.Clone(keys), func(k registry.ZoneKey) bool {
		return !slices.ContainsFunc(others, func(o registry.ZoneKey) bool { return o.Role == k.Role })
	})
}

// replaced has keys leave whose role others take.
func replaced(keys, by []registry.ZoneKey, why registry.Measure) (after, changed []registry.ZoneKey) {
	after = slices.Clone(keys)
	for i := range after {
		k := &after[i]
		at := slices.IndexFunc(by, func(o registry.ZoneKey) bool { return o.Role == k.Role })
		if at < 0 || !k.Stays() {
			continue
		}
		k.Leaves, k.Successor = why, by[at].Algorithm
		k.Version++
		changed = append(changed, *k)
	}
	return after, changed
}

// ZoneKeysReseal puts the sealed private keys of others in the place of those that are stored. It is the publisher's.
type ZoneKeysReseal struct {
	Zone names.Name
	Keys []registry.ZoneKey // as they are stored, but for what is sealed
}

// Subject is zone-key:reseal.
func (cmd ZoneKeysReseal) Subject() Subject {
	return Subject{Command: "reseal", Object: "zone-key", ID: cmd.Zone.String()}
}

// Run replies all keys of the zone.
func (cmd ZoneKeysReseal) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	keys := c.zoneKeys(cmd.Zone)

	// Check.
	if err := c.check(zoneIsOurs(c.Profile, cmd.Zone), keysAreThere(keys, cmd.Keys)); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	anew := slices.Clone(cmd.Keys)
	for i := range anew {
		anew[i].Version++
	}

	// Return.
	return merged(keys, anew), registry.Changes{ZoneKeys: anew}, nil
}

// ZoneKeysAdvance moves the keys of a zone on by what was seen of it and by time. It is the publisher's.
type ZoneKeysAdvance struct {
	Zone   names.Name
	Policy dnssec.Policy
	Facts  dnssec.Facts
}

// Subject is zone-key:advance.
func (cmd ZoneKeysAdvance) Subject() Subject {
	return Subject{Command: "advance", Object: "zone-key", ID: cmd.Zone.String()}
}

// Run replies the dnssec.Plan.
func (cmd ZoneKeysAdvance) Run(c *Call) (Reply, registry.Changes, error) {
	// Check.
	if err := c.check(zoneIsOurs(c.Profile, cmd.Zone)); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	plan := dnssec.Advance(c.zoneKeys(cmd.Zone), cmd.Policy, cmd.Facts, c.service.Real().UTC())
	return plan, registry.Changes{ZoneKeys: plan.Changed}, nil
}

// keysAreWhole holds for keys that can be read, at most one of a role.
func keysAreWhole(keys []registry.ZoneKey) Rule {
	good := len(keys) > 0
	for i, k := range keys {
		good = good && dnssec.CheckPublic(k) == nil && !slices.ContainsFunc(keys[:i], func(o registry.ZoneKey) bool { return o.Role == k.Role })
	}
	return refuseIf("keysAreWhole", !good, registry.Error{
		Code: registry.ParameterSyntax, Field: "key",
		Reason: "this is no key, or two are of one role; give one KSK, one ZSK or one of each, of algorithm 8, 13 or 15",
	})
}

// keysAreWanted holds where no key stays in a role that another is made for.
func keysAreWanted(keys, made []registry.ZoneKey) Rule {
	taken := slices.ContainsFunc(keys, func(k registry.ZoneKey) bool {
		return k.Stays() && slices.ContainsFunc(made, func(o registry.ZoneKey) bool { return o.Role == k.Role })
	})
	return refuseIf("keysAreWanted", taken, registry.Error{
		Code: registry.ObjectExists, Field: "key",
		Reason: "the zone has a key of this role that stays; ask for a rollover first",
	})
}

// keysAreThere holds for keys that the zone has in the versions that are given.
func keysAreThere(keys, given []registry.ZoneKey) Rule {
	missing := slices.ContainsFunc(given, func(k registry.ZoneKey) bool {
		return !slices.ContainsFunc(keys, func(o registry.ZoneKey) bool {
			return o.Number == k.Number && o.Version == k.Version && dnssec.Ref(o) == dnssec.Ref(k)
		})
	})
	return refuseIf("keysAreThere", len(given) == 0 || missing, registry.Error{
		Code: registry.ObjectMissing, Field: "key",
		Reason: "the zone does not have the key, or not in this version; read its keys again",
	})
}

// keysAreNew holds for keys that the zone does not have.
func keysAreNew(keys, given []registry.ZoneKey) Rule {
	var had []string
	for _, k := range given {
		same := func(o registry.ZoneKey) bool {
			return o.Gone.IsZero() && dnssec.Ref(o) == dnssec.Ref(k) && bytes.Equal(o.Public, k.Public)
		}
		if slices.ContainsFunc(keys, same) {
			had = append(had, strconv.Itoa(int(dnssec.Tag(k))))
		}
	}
	return refuseIf("keysAreNew", len(had) > 0, registry.Error{
		Code: registry.ObjectExists, Field: "key",
		Reason: "imported already: tag " + strings.Join(had, ", ") + "; dorado zone keys shows how far it is",
	})
}

// tagsAreFree holds for keys that no other key of the zone can be taken for: a signature names its key by algorithm and
// tag.
func tagsAreFree(keys, made []registry.ZoneKey) Rule {
	taken := false
	for i, k := range made {
		same := func(o registry.ZoneKey) bool { return o.Gone.IsZero() && dnssec.Ref(o) == dnssec.Ref(k) }
		taken = taken || slices.ContainsFunc(keys, same) || slices.ContainsFunc(made[:i], same)
	}
	return refuseIf("tagsAreFree", taken, registry.Error{
		Code: registry.ObjectExists, Field: "key",
		Reason: "the zone has a key of the same tag; make another one",
	})
}

// rolesAgree holds for keys that stay of one algorithm.
func rolesAgree(keys []registry.ZoneKey) Rule {
	first := slices.IndexFunc(keys, registry.ZoneKey.Stays)
	other := slices.ContainsFunc(keys, func(k registry.ZoneKey) bool { return k.Stays() && k.Algorithm != keys[first].Algorithm })
	return refuseIf("rolesAgree", other, registry.Error{
		Code: registry.ParameterPolicy, Field: "key",
		Reason: "KSK and ZSK of a zone are of one algorithm; give a key of each",
	})
}
