package flow

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
)

// Settle writes down what time has done to names, contacts and charges that are due, so many at a time and
// the earliest first. Nothing that can be observed of a name depends on when it runs; it is
// idempotent. Decisions 3.1.
type Settle struct {
	Limit  int // names, contacts and charges together
	Except LeftAlone
}

// Settled is what Settle replies. When fewer names, contacts and charges than the limit were due, nothing
// renewed or moved and no contact lost its last link, nothing else is due: all these have consequences that may
// be due already.
type Settled struct {
	Names, Contacts, Charges int // that were due

	// Facts of names, of which one name can have several.
	Renewed, Suspended, Deleted, Transferred, Purged int

	// Facts of contacts.
	Unlinked, Forgotten int

	Posted ledger.Money // the sum of the charges
	Lapsed int          // emergency credits that ended
}

// Plus returns the sum of two.
func (s Settled) Plus(o Settled) Settled {
	return Settled{
		s.Names + o.Names, s.Contacts + o.Contacts, s.Charges + o.Charges,
		s.Renewed + o.Renewed, s.Suspended + o.Suspended, s.Deleted + o.Deleted,
		s.Transferred + o.Transferred, s.Purged + o.Purged,
		s.Unlinked + o.Unlinked, s.Forgotten + o.Forgotten,
		s.Posted + o.Posted, s.Lapsed + o.Lapsed,
	}
}

// Done reports whether nothing is due beyond what a Settle of that limit wrote down.
func (s Settled) Done(limit int) bool {
	return s.Names+s.Contacts+s.Charges+s.Lapsed < limit && s.Renewed+s.Transferred+s.Unlinked == 0
}

// Subject is time:settle.
func (cmd Settle) Subject() Subject { return Subject{Command: "settle", Object: "time"} }

// Run settles the names, contacts and charges that are due now.
func (cmd Settle) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	due := c.due(cmd.Limit, cmd.Except)

	// Decide. Reading an object settles what time did to it; a purge is written here.
	var changes registry.Changes
	done := Settled{Names: len(due.names), Contacts: len(due.contacts), Charges: len(due.charges)}
	c.foreseePurges(due.names)
	c.purges = append(due.names, c.purges...) // one may have another settled, too
	for i := 0; i < len(c.purges); i++ {
		purge := c.settlePurge(c.purges[i])
		done.Purged += len(purge.Earlier)
		changes.Add(purge)
	}
	for _, id := range due.contacts {
		purge := c.settleContact(id)
		done.Forgotten += len(purge.Earlier)
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
		case lifecycle.LinksGone:
			done.Unlinked++
		}
	}
	for _, charge := range c.withinOpenMonths(due.charges) {
		posted, entries := charge.Post()
		done.Posted += charge.Amount
		changes.Charges = append(changes.Charges, posted)
		changes.Entries = append(changes.Entries, entries...)
	}

	changes.Lapses, done.Lapsed = due.lapses, len(due.lapses)

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
