package flow

import (
	"encoding/base32"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// Allocation codes: the operator makes the code of a name, and takes it back.

// AllocationMake makes the code with which one name can be registered, once. A name that has one, reserved or
// not, is sold only with it. A code that was made before is worth nothing from then on. It is the operator's.
// Manual 9.5.1, decisions 1.5.
type AllocationMake struct{ Name names.Name }

// An Allocated is what AllocationMake replies: the code, which is kept nowhere in clear.
type Allocated struct {
	Name     names.Name
	Code     string
	Reserved bool // the name is on that list, so nobody could register it before
	Replaced bool // it had a code that nobody had used
}

// codeBytes is the length of a code in bytes: 160 bits in 32 characters of base32, whose alphabet is so small that
// authInfoIsStrong would find 128 bits weak by their length. RFC 9154 section 4.1.
const codeBytes = 20

// Subject is allocation:make.
func (cmd AllocationMake) Subject() Subject {
	return Subject{Command: "make", Object: "allocation", ID: cmd.Name.String()}
}

// Run makes the code.
func (cmd AllocationMake) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	offer := c.Offer(cmd.Name)
	_, taken := c.Domain(cmd.Name)
	made := registry.Allocation{Name: cmd.Name, Made: c.Now}
	_, reserved := offer.ListedAt(c.Now, registry.Reserved)

	// Check.
	if err := c.check(
		nameIsRegistrable(c.Profile, cmd.Name),
		zoneIsSold(c.Profile, cmd.Name),
		nameIsAllocable(cmd.Name, offer, taken, c.Now),
		nameIsOffered(c.Profile, cmd.Name, offer.PriceAt(c.Now)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	code := base32.StdEncoding.EncodeToString(c.service.Random(codeBytes))
	made.Code = c.Hash(code)
	return Allocated{cmd.Name, code, reserved, offer.Allocation.Open()}, registry.Changes{Allocations: []registry.Allocation{made}}, nil
}

// nameIsAllocable holds for a name that is free and on no list that a code does not lift.
func nameIsAllocable(n names.Name, offer registry.Offer, taken bool, now time.Time) Rule {
	l, listed := offer.ListedAt(now, registry.Banned, registry.Blocked)
	return allOf("nameIsAllocable",
		refuseIf("nameIsAllocable", taken, registry.Error{
			Code: registry.ObjectExists, Field: "name", Value: n.String(),
			Reason: "the name is registered, and a code is for one that is free; make it once the name is gone",
		}),
		refuseIf("nameIsAllocable", listed, registry.Error{
			Code: registry.DataPolicy, Field: "name", Value: n.String(),
			Reason: "the name is " + string(l.Kind) + ", which no code lifts; first: dorado list remove " + string(l.Kind) + " " + n.String(),
		}),
	)
}

// AllocationCancel makes the code of a name worth nothing. Unless the name is reserved, anybody can register it
// then. It is the operator's.
type AllocationCancel struct{ Name names.Name }

// Subject is allocation:cancel.
func (cmd AllocationCancel) Subject() Subject {
	return Subject{Command: "cancel", Object: "allocation", ID: cmd.Name.String()}
}

// Run ends the code. It replies an Allocated without one.
func (cmd AllocationCancel) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	offer := c.Offer(cmd.Name)
	_, reserved := offer.ListedAt(c.Now, registry.Reserved)

	// Check.
	if err := c.check(codeIsOpen(cmd.Name, offer.Allocation)); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	ended := offer.Allocation
	ended.Used = c.Now
	return Allocated{Name: cmd.Name, Reserved: reserved}, registry.Changes{Allocations: []registry.Allocation{ended}}, nil
}

// codeIsOpen holds for a name with an allocation code that was neither used nor cancelled.
func codeIsOpen(n names.Name, code registry.Allocation) Rule {
	return refuseIf("codeIsOpen", !code.Open(), registry.Error{
		Code: registry.ObjectMissing, Field: "name", Value: n.String(),
		Reason: "the name has no code that could be used; dorado allocation list shows those that have",
	})
}
