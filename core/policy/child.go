package policy

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// DSAutomation is whether and how the DS of names follow the CDS and CDNSKEY records of their own zones. RFC 7344, RFC
// 8078, RFC 9615.
type DSAutomation struct {
	// Zones are those below which DS follow; "*" means all of the registry. Without any it is off.
	Zones []string `json:"zones"`

	// Bootstrap lets a name that has no DS get its first ones where the operators of its name servers vouch for them.
	// RFC 9615.
	Bootstrap bool `json:"bootstrap"`
	// AcceptAfter lets it get them where nobody does, after it has asked for the same ones for so many hours; 0: never.
	// RFC 8078 section 3.3, against which RFC 9615 section 5 advises.
	AcceptAfter Hours `json:"acceptAfterHours"`
	// Deletes lets a signed name turn its DS off. RFC 8078 section 4.
	Deletes bool `json:"deletes"`
	// Despite are statuses that prohibit an update of the name to its sponsor, and do not keep its DS from following.
	Despite []registry.Status `json:"despite"`

	Signed   Hours `json:"signedHours"`   // between two scans of a name with DS
	Unsigned Hours `json:"unsignedHours"` // of one without
}

// Hours is a whole number of hours.
type Hours int

// Duration returns h as a duration.
func (h Hours) Duration() time.Duration { return time.Duration(h) * time.Hour }

// everyZone stands for all zones of a registry.
const everyZone = "*"

// Covers reports whether the DS of the names of a zone follow.
func (a DSAutomation) Covers(zone names.Name) bool {
	return slices.Contains(a.Zones, everyZone) || slices.Contains(a.Zones, zone.String())
}

// DSFollow reports whether the DS of the names of a zone follow, once or for ever: under any of its terms.
func (p Profile) DSFollow(zone names.Name) bool {
	covers := func(v Version) bool { return v.Terms.DSAutomation.Covers(zone) }
	return slices.ContainsFunc(p.Versions, covers) || slices.ContainsFunc(p.Zones, func(z Zone) bool {
		return z.Name == zone && slices.ContainsFunc(z.Follows, func(f Following) bool { return slices.ContainsFunc(f.versions, covers) })
	})
}

// Every returns how long a name is left alone after a scan, by whether it has DS.
func (a DSAutomation) Every(signed bool) time.Duration {
	if signed {
		return a.Signed.Duration()
	}
	return a.Unsigned.Duration()
}

// Stops returns the first of a name's statuses, in the order of the table, that keeps its DS from following: what
// prohibits an update to its sponsor also stops what happens without it, but for the statuses of Despite.
func (a DSAutomation) Stops(statuses []registry.Status) (registry.Status, bool) {
	heeded := slices.DeleteFunc(slices.Clone(statuses), func(s registry.Status) bool { return slices.Contains(a.Despite, s) })
	return Prohibits(DomainUpdate, heeded)
}

// checkChildren refuses an automation under which a name would be scanned all the time, or nobody could keep it from
// following.
func (t Terms) checkChildren() error {
	a, l := t.DSAutomation, t.Limits.Children
	for _, z := range a.Zones {
		if _, err := names.Parse(z); err != nil && z != everyZone {
			return fmt.Errorf("dsAutomation: zones: %q is neither a zone nor %q", z, everyZone)
		}
	}
	for _, s := range a.Despite {
		if s != registry.ClientUpdateProhibited && s != registry.ServerUpdateProhibited {
			return fmt.Errorf("dsAutomation: despite: %q is neither %s nor %s", s, registry.ClientUpdateProhibited, registry.ServerUpdateProhibited)
		}
	}
	if a.AcceptAfter < 0 {
		return errors.New("dsAutomation: acceptAfterHours must be 0 or more")
	}
	if len(a.Zones) == 0 {
		return nil
	}
	switch {
	case min(a.Signed, a.Unsigned) < 1:
		return errors.New("dsAutomation: signedHours and unsignedHours must be 1 or more")
	case min(l.AtOnce, l.Servers, l.PerAddress, l.HintsPending, l.HintsPerMinute, l.Listed) < 1, min(l.ScanSeconds, l.HintSeconds) < 1, l.TellDays < 0:
		return errors.New("limits: children: none may be below 1")
	}
	return nil
}

// ChildLimits bound what children and those who speak for them can make the registry do.
type ChildLimits struct {
	AtOnce         int     `json:"atOnce"`         // names that are scanned at a time
	Servers        int     `json:"servers"`        // addresses of name servers that one scan asks
	PerAddress     int     `json:"perAddress"`     // queries a second to one address, of all scans together
	ScanSeconds    Seconds `json:"scanSeconds"`    // of one scan
	HintSeconds    Seconds `json:"hintSeconds"`    // between two hints for one name that are heeded
	HintsPending   int     `json:"hintsPending"`   // hints that one node has not put down yet
	HintsPerMinute int     `json:"hintsPerMinute"` // from one IPv4 address or IPv6 /64, on one node
	Listed         int     `json:"listed"`         // names in one list of the operator
	TellDays       Days    `json:"tellDays"`       // between two messages to a registrar that what one name asks for is refused
}
