package flow

import (
	"fmt"
	"strconv"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// jumpRoom is how far a jump goes beyond the highest serial that is known, if none is named: secondaries that nobody
// could ask may have higher ones. Time catches up with it in twelve days.
const jumpRoom = 1_000_000

// longestJump is how far one goes beyond what is served: half of what RFC 1982 section 3.1 lets be added, so that what
// is kept of a zone is never so old that it seems newer.
const longestJump = 1 << 30

// ZoneJump has a zone go on with a serial beyond all that any secondary has, as after an older backup was restored: the
// serials that were lost stand for other contents there. Whoever has an older serial gets the zone whole from then on.
// The publisher makes the jump.
type ZoneJump struct {
	Act
	Zone names.Name
	To   *uint32  // nil: far enough beyond all that is known
	Seen []uint32 // at secondaries
}

// Subject is zone:jump.
func (cmd ZoneJump) Subject() Subject {
	return Subject{Command: "jump", Object: "zone", ID: cmd.Zone.String()}
}

// Run returns the registry.ZoneJump.
func (cmd ZoneJump) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	state, found := c.zoneState(cmd.Zone)

	// Check.
	jump := registry.ZoneJump{Origin: cmd.Zone, To: cmd.target(state, uint32(c.realNow().Unix()))}
	if err := c.check(
		actIsExplained(cmd.Act),
		zoneIsPublished(cmd.Zone, found),
		jumpIsForward(jump.To, state, cmd.Seen),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	return jump, registry.Changes{Jumps: []registry.ZoneJump{jump}}, nil
}

// target returns the serial that is asked for.
func (cmd ZoneJump) target(state registry.ZoneState, now uint32) uint32 {
	if cmd.To != nil {
		return *cmd.To
	}
	highest := state.Serial
	for _, serial := range append(cmd.Seen, now) {
		if serialIsAfter(serial, highest) {
			highest = serial
		}
	}
	return highest + jumpRoom
}

// serialIsAfter compares serials. RFC 1982 section 3.2.
func serialIsAfter(a, b uint32) bool { return int32(a-b) > 0 }

// jumpIsForward holds for a serial after the one that is served and after those that secondaries have, and not too far.
func jumpIsForward(to uint32, state registry.ZoneState, seen []uint32) Rule {
	highest := state.Serial
	for _, serial := range seen {
		if serialIsAfter(serial, highest) {
			highest = serial
		}
	}
	return allOf("jumpIsForward",
		refuseIf("jumpIsForward", !serialIsAfter(to, state.Serial) || to-state.Serial > longestJump, registry.Error{
			Code: registry.ParameterRange, Field: "to", Value: strconv.FormatUint(uint64(to), 10),
			Reason: fmt.Sprintf("the zone has serial %d, and one jump goes from there to a serial up to %d; name one of these (RFC 1982)",
				state.Serial, state.Serial+longestJump),
		}),
		refuseIf("jumpIsForward", !serialIsAfter(to, highest), registry.Error{
			Code: registry.ParameterRange, Field: "to", Value: strconv.FormatUint(uint64(to), 10),
			Reason: fmt.Sprintf("a secondary has serial %d already, and would not take the zone; name one beyond that", highest),
		}),
	)
}
