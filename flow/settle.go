package flow

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// Settle writes down what time has done to names and charges that are due, so many at a time and
// the earliest first. Nothing that can be observed of a name depends on when it runs; it is
// idempotent. Decisions 3.1.
type Settle struct{ Limit int }

// Settled is what Settle replies: how many names and charges it wrote down. When it is less than
// the limit, nothing else is due.
type Settled struct{ Names, Charges int }

// Subject is time:settle.
func (cmd Settle) Subject() Subject { return Subject{Command: "settle", Object: "time"} }

// Run settles the names and charges that are due now.
func (cmd Settle) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	due, _ := read(c, func() ([]names.Name, bool, error) {
		due, err := c.reader.DueDomains(c.Now, cmd.Limit)
		return due, true, err
	})
	charges, _ := read(c, func() ([]ledger.Charge, bool, error) {
		due, err := c.reader.DueCharges(c.Now, cmd.Limit)
		return due, true, err
	})

	// Decide. Reading a domain settles what time did to it; a purge is written here.
	var changes registry.Changes
	for _, name := range due {
		changes.Add(c.settlePurge(name))
	}
	for _, charge := range charges {
		posted, entries := charge.Post()
		changes.Charges = append(changes.Charges, posted)
		changes.Entries = append(changes.Entries, entries...)
	}

	// Return.
	return Settled{len(due), len(charges)}, changes, nil
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
