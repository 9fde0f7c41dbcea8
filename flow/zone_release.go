package flow

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// releaseSpan is for how long a release holds if nothing else is said: what was held is published at once, and what
// follows it soon after is of the same kind.
const releaseSpan = time.Hour

// longestRelease bounds what an operator can ask for: who forgets a release has no breaker so long.
const longestRelease = 24 * time.Hour

// mostReleased is more names than any zone has.
const mostReleased = 1_000_000_000

// ZoneRelease lets names leave a zone that the breaker keeps in it, or ends that: an operator has looked at why they
// would, and agrees. Instants are of real time.
type ZoneRelease struct {
	Act
	Zone  names.Name
	Names int           // that may leave; 0: those that wait, and as many more as may always go
	For   time.Duration // 0: an hour
	End   bool          // what is released already is held again from now on
}

// Subject is zone:release.
func (cmd ZoneRelease) Subject() Subject {
	return Subject{Command: "release", Object: "zone", ID: cmd.Zone.String()}
}

// Run returns the registry.ZoneRelease.
func (cmd ZoneRelease) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	state, found := c.zoneState(cmd.Zone)
	now := c.realNow()

	// Check.
	if err := c.check(
		actIsExplained(cmd.Act),
		zoneIsPublished(cmd.Zone, found),
		releaseFits(cmd),
		releaseIsAskedFor(cmd, state, now),
		releaseIsEnough(cmd, state),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	release := registry.ZoneRelease{
		Origin: cmd.Zone, From: now, Until: now.Add(cmp.Or(cmd.For, releaseSpan)),
		Names: cmp.Or(cmd.Names, state.Hold.Waiting+state.Hold.Allowed),
	}
	if cmd.End {
		release = state.Release
		release.Until = now
	}

	// Return.
	return release, registry.Changes{Releases: []registry.ZoneRelease{release}}, nil
}

// zoneState returns where the publication of a zone stands.
func (c *Call) zoneState(origin names.Name) (registry.ZoneState, bool) {
	states, _ := read(c, func() ([]registry.ZoneState, bool, error) {
		list, err := c.reader.ZoneStates()
		return list, true, err
	})
	for _, s := range states {
		if s.Origin == origin {
			return s, true
		}
	}
	return registry.ZoneState{}, false
}

// zoneIsPublished holds for a zone that was published at least once.
func zoneIsPublished(origin names.Name, found bool) Rule {
	return refuseIf("zoneIsPublished", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "zone", Value: origin.String(),
		Reason: "no zone of that name was ever published; name one of the registry's",
	})
}

// releaseFits holds for a release of some names for some time, neither without end.
func releaseFits(cmd ZoneRelease) Rule {
	return allOf("releaseFits",
		refuseIf("releaseFits", cmd.Names < 0 || cmd.Names > mostReleased, registry.Error{
			Code: registry.ParameterRange, Field: "names", Value: strconv.Itoa(cmd.Names),
			Reason: "this is no number of names that may leave a zone; say one, or none for those that wait",
		}),
		refuseIf("releaseFits", cmd.For < 0 || cmd.For > longestRelease, registry.Error{
			Code: registry.ParameterRange, Field: "for", Value: cmd.For.String(),
			Reason: fmt.Sprintf("a release lasts %d hours at most; release it again if names wait after that", int(longestRelease.Hours())),
		}),
	)
}

// releaseIsAskedFor holds for a release of a zone of which the breaker keeps names, and for the end of one that is open.
func releaseIsAskedFor(cmd ZoneRelease, state registry.ZoneState, now time.Time) Rule {
	held := state.Hold.Holds()
	return allOf("releaseIsAskedFor",
		refuseIf("releaseIsAskedFor", cmd.End && !state.Release.IsOpen(now), registry.Error{
			Code: registry.StatusProhibits, Field: "zone", Value: cmd.Zone.String(),
			Reason: "there is no release of the zone that could end; dorado zone list tells its state",
		}),
		refuseIf("releaseIsAskedFor", !cmd.End && !held, registry.Error{
			Code: registry.StatusProhibits, Field: "zone", Value: cmd.Zone.String(),
			Reason: "nothing of the zone is held; dorado zone list tells its state",
		}),
		refuseIf("releaseIsAskedFor", !cmd.End && held && state.Hold.Fault != "", registry.Error{
			Code: registry.StatusProhibits, Field: "zone", Value: cmd.Zone.String(),
			Reason: "it is a fault that holds the zone, which a release does not end; dorado zone list names it",
		}),
	)
}

// releaseIsEnough holds for a release of as many names at least as wait: they go together, so one of fewer lets none go.
func releaseIsEnough(cmd ZoneRelease, state registry.ZoneState) Rule {
	waiting := state.Hold.Waiting
	return refuseIf("releaseIsEnough", !cmd.End && cmd.Names > 0 && cmd.Names < waiting, registry.Error{
		Code: registry.ParameterRange, Field: "names", Value: strconv.Itoa(cmd.Names),
		Reason: fmt.Sprintf("%d wait, and %d are too few: nothing would go; say %d or more, or no number", waiting, cmd.Names, waiting),
	})
}
