package flow

import (
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A dueThing is a name that time has changed, or a charge that posts, and the instant.
type dueThing struct {
	at     time.Time
	id     string
	name   names.Name
	charge ledger.Charge // of a name, none
}

// due returns the names and charges that fell due first and that nobody has written down, up to limit together.
func (c *Call) due(limit int, except []string) ([]names.Name, []ledger.Charge) {
	var dueNames []names.Name
	var charges []ledger.Charge
	for _, thing := range c.dueThings(limit, except) {
		if thing.charge.ID == "" {
			dueNames = append(dueNames, thing.name)
		} else {
			charges = append(charges, thing.charge)
		}
	}
	c.prefetch(registry.Keys{Domains: dueNames})
	return dueNames, charges
}

// dueThings is due in order of the instants, names before charges.
func (c *Call) dueThings(limit int, except []string) []dueThing {
	things := c.dueDomains(limit, except)
	charges, _ := read(c, func() ([]ledger.Charge, bool, error) {
		list, err := c.reader.DueCharges(c.Now, limit+len(except))
		return list, true, err
	})
	for _, charge := range charges {
		if !slices.Contains(except, charge.ID) {
			things = append(things, dueThing{at: charge.PostsAt, id: charge.ID, charge: charge})
		}
	}
	slices.SortStableFunc(things, func(a, b dueThing) int { return a.at.Compare(b.at) })
	return things[:min(limit, len(things))]
}

// dueDomains are the names of dueThings. They are not read yet: one that cannot be must not hide which it is.
func (c *Call) dueDomains(limit int, except []string) []dueThing {
	list, _ := read(c, func() ([]registry.DueName, bool, error) {
		list, err := c.reader.DueDomains(c.Now, limit+len(except))
		return list, true, err
	})
	var things []dueThing
	for _, d := range list {
		if id := d.Name.String(); !slices.Contains(except, id) {
			things = append(things, dueThing{at: d.Due, id: id, name: d.Name})
		}
	}
	return things
}

// FirstDue asks what a Settle of the same Except and a limit of one would settle.
type FirstDue struct{ Except []string }

// Answer returns the name, or the id of the charge; empty if nothing is due.
func (q FirstDue) Answer(c *Call) (Reply, error) {
	things := c.dueThings(1, q.Except)
	if len(things) == 0 {
		return "", nil
	}
	return things[0].id, nil
}
