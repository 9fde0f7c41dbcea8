package flow

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
)

// Settle writes down what time has done to names and charges that are due, so many at a time and
// the earliest first. Nothing that can be observed of a name depends on when it runs; it is
// idempotent. Decisions 3.1.
type Settle struct {
	Limit  int      // names and charges together
	Except []string // names and ids of charges that are left alone, since settling them has failed
}

// Settled is what Settle replies. When fewer names and charges than the limit were due and nothing
// renewed or moved, nothing else is due: both have a charge that may be due already.
type Settled struct {
	Names, Charges int // that were due

	// Facts of names, of which one name can have several.
	Renewed, Suspended, Deleted, Transferred, Purged int

	Posted ledger.Money // the sum of the charges
}

// Plus returns the sum of two.
func (s Settled) Plus(o Settled) Settled {
	return Settled{
		s.Names + o.Names, s.Charges + o.Charges,
		s.Renewed + o.Renewed, s.Suspended + o.Suspended, s.Deleted + o.Deleted,
		s.Transferred + o.Transferred, s.Purged + o.Purged,
		s.Posted + o.Posted,
	}
}

// Done reports whether nothing is due beyond what a Settle of that limit wrote down.
func (s Settled) Done(limit int) bool {
	return s.Names+s.Charges < limit && s.Renewed+s.Transferred == 0
}

// Subject is time:settle.
func (cmd Settle) Subject() Subject { return Subject{Command: "settle", Object: "time"} }

// Run settles the names and charges that are due now.
func (cmd Settle) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	due, charges := c.due(cmd.Limit, cmd.Except)

	// Decide. Reading a domain settles what time did to it; a purge is written here.
	var changes registry.Changes
	done := Settled{Names: len(due), Charges: len(charges)}
	for _, name := range due {
		purge := c.settlePurge(name)
		done.Purged += len(purge.Earlier)
		changes.Add(purge)
	}
	for _, fact := range c.settled {
		switch fact.Step {
		case lifecycle.Renewed, lifecycle.RestoreRenewed:
			done.Renewed++
		case lifecycle.Suspended:
			done.Suspended++
		case lifecycle.Transferred:
			done.Transferred++
		case lifecycle.Expired, lifecycle.RestoreLapsed:
			done.Deleted++
		}
	}
	for _, charge := range charges {
		posted, entries := charge.Post()
		done.Posted += charge.Amount
		changes.Charges = append(changes.Charges, posted)
		changes.Entries = append(changes.Entries, entries...)
	}

	// Return.
	return done, changes, nil
}

// NextDue asks when time will next change something that is stored.
type NextDue struct{}

// Answer returns a time.Time; zero if nothing is due ever.
func (NextDue) Answer(c *Call) (Reply, error) {
	at, _ := read(c, func() (time.Time, bool, error) {
		at, err := c.reader.NextDue()
		return at, true, err
	})
	return at, nil
}
