package flow

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A dueThing is a name or a contact that time has changed, a charge that posts, or an emergency credit that lapses, and
// the instant.
type dueThing struct {
	DueThing
	at      time.Time
	name    names.Name     // zero for the others
	contact string         // the same
	charge  ledger.Charge  // the same
	lapse   registry.Lapse // the same
}

// A DueThing is what FirstDue calls something that is due, and whose it is.
type DueThing struct {
	ID        string // the name, the id of the charge, "contact ID", or "emergency credit of REGISTRAR"
	Registrar registry.RegistrarID
}

// LeftAlone is what is not settled though it is due, since settling it has failed.
type LeftAlone struct {
	Things     []string // by what FirstDue calls them
	Registrars []registry.RegistrarID
}

// has reports whether something is left alone.
func (l LeftAlone) has(id string) bool { return slices.Contains(l.Things, id) }

// dueThings are some of each.
type dueThings struct {
	names    []names.Name
	contacts []string
	charges  []ledger.Charge
	lapses   []registry.Lapse
}

// due returns the names, contacts and charges that fell due first and that nobody has written down, up to limit
// together.
func (c *Call) due(limit int, except LeftAlone) (due dueThings) {
	for _, thing := range c.dueFirst(limit, except) {
		switch {
		case thing.contact != "":
			due.contacts = append(due.contacts, thing.contact)
		case thing.charge.ID != "":
			due.charges = append(due.charges, thing.charge)
		case thing.lapse.Party != "":
			due.lapses = append(due.lapses, thing.lapse)
		default:
			due.names = append(due.names, thing.name)
		}
	}
	c.prefetch(registry.Keys{Domains: due.names, Contacts: due.contacts, Accounts: due.parties()})
	return due
}

// parties are the registrars whose accounts change.
func (d dueThings) parties() []registry.RegistrarID {
	var list []registry.RegistrarID
	for _, charge := range d.charges {
		if id := registry.RegistrarID(charge.Party); !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	for _, l := range d.lapses {
		if id := registry.RegistrarID(l.Party); !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// dueFirst is due in order of the instants, names before contacts before charges.
func (c *Call) dueFirst(limit int, except LeftAlone) []dueThing {
	things := append(c.dueDomains(limit, except), c.dueContacts(limit, except)...)
	charges, _ := read(c, func() ([]ledger.Charge, bool, error) {
		list, err := c.reader.DueCharges(c.Now, limit+len(except.Things), except.Registrars...)
		return list, true, err
	})
	for _, charge := range charges {
		if !except.has(charge.ID) {
			thing := DueThing{charge.ID, registry.RegistrarID(charge.Party)}
			things = append(things, dueThing{DueThing: thing, at: charge.PostsAt, charge: charge})
		}
	}
	things = append(things, c.dueLapses(limit, except)...)
	slices.SortStableFunc(things, func(a, b dueThing) int { return a.at.Compare(b.at) })
	return things[:min(limit, len(things))]
}

// dueDomains are the names among what is due. They are not read yet: one that cannot be must not hide which it is.
func (c *Call) dueDomains(limit int, except LeftAlone) []dueThing {
	list, _ := read(c, func() ([]registry.DueName, bool, error) {
		list, err := c.reader.DueDomains(c.Now, limit+len(except.Things), except.Registrars...)
		return list, true, err
	})
	var things []dueThing
	for _, d := range list {
		if thing := (DueThing{d.Name.String(), d.Sponsor}); !except.has(thing.ID) {
			things = append(things, dueThing{DueThing: thing, at: d.Due, name: d.Name})
		}
	}
	return things
}

// dueContacts are the contacts among what is due.
func (c *Call) dueContacts(limit int, except LeftAlone) []dueThing {
	list, _ := read(c, func() ([]registry.DueContact, bool, error) {
		list, err := c.reader.DueContacts(c.Now, limit+len(except.Things), except.Registrars...)
		return list, true, err
	})
	slices.SortStableFunc(list, func(a, b registry.DueContact) int {
		return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.ID, b.ID))
	})
	var things []dueThing
	for _, d := range list {
		if thing := (DueThing{"contact " + d.ID, d.Sponsor}); !except.has(thing.ID) {
			things = append(things, dueThing{DueThing: thing, at: d.Due, contact: d.ID})
		}
	}
	return things
}

// dueLapses are the ends of emergency credit among what is due.
func (c *Call) dueLapses(limit int, except LeftAlone) []dueThing {
	list, _ := read(c, func() ([]registry.Lapse, bool, error) {
		list, err := c.reader.DueLapses(c.Now, limit+len(except.Things), except.Registrars...)
		return list, true, err
	})
	var things []dueThing
	for _, l := range list {
		thing := DueThing{"emergency credit of " + string(l.Party), registry.RegistrarID(l.Party)}
		if !except.has(thing.ID) {
			things = append(things, dueThing{DueThing: thing, at: l.Until, lapse: l})
		}
	}
	return things
}

// FirstDue asks what a Settle of the same Except and a limit of one would settle.
type FirstDue struct{ Except LeftAlone }

// Answer returns a DueThing; its ID is empty if nothing is due.
func (q FirstDue) Answer(c *Call) (Reply, error) {
	things := c.dueFirst(1, q.Except)
	if len(things) == 0 {
		return DueThing{}, nil
	}
	return things[0].DueThing, nil
}
