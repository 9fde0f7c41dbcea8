package flow

import (
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// mostLate is how many names that are due and not settled a command looks at. Nearly always there are none,
// since the engine settles what falls due within a second or so. While it catches up with more, what
// follows from them for other objects follows as it gets to them.
const mostLate = 200

// lateNames are the names that late found.
type lateNames struct {
	read bool
	list []names.Name

	purgedRead bool
	purged     []registry.Domain // those of list that are gone
}

// late returns the names that time has changed and nobody has written down yet, the earliest first. Where
// more than mostLate are behind it returns none: the engine is working through them in order. It asks once
// in a Call.
func (c *Call) late() []names.Name {
	if c.behind.read {
		return c.behind.list
	}
	c.behind.read = true
	due, _ := read(c, func() ([]registry.DueName, bool, error) {
		list, err := c.reader.DueDomains(c.Now, mostLate+1)
		return list, true, err
	})
	if len(due) == 0 || len(due) > mostLate {
		return nil
	}
	for _, d := range due {
		c.behind.list = append(c.behind.list, d.Name)
	}
	c.prefetch(registry.Keys{Domains: c.behind.list})
	return c.behind.list
}

// prefetch reads together what is about to be read one by one.
func (c *Call) prefetch(keys registry.Keys) {
	read(c, func() (struct{}, bool, error) { return struct{}{}, true, c.reader.Prefetch(keys) })
}

// Funds returns the registrar's funds as they are now, whenever the engine last ran: with the charges that
// are due, and with what time has done to names and nobody has written down yet. Of that the command
// settles what is about the registrar's money.
func (c *Call) Funds() ledger.Funds { return c.fundsOf(c.Registrar.ID) }

// fundsOf returns the funds of a registrar.
func (c *Call) fundsOf(id registry.RegistrarID) ledger.Funds {
	f, _ := read(c, func() (ledger.Funds, bool, error) { return c.reader.Funds(id, c.Now) })
	for _, name := range c.late() {
		if c.costs(name, f.Party) {
			c.domain(name)
		}
	}
	for _, fact := range c.settled {
		f = afterFact(f, fact.Changes, c.Now)
	}
	return f
}

// costs reports whether what time has done to a name touches the money of a party.
func (c *Call) costs(name names.Name, party ledger.Party) bool {
	d, found := read(c, func() (registry.Domain, bool, error) { return c.reader.Domain(name) })
	if !found {
		return false
	}
	_, facts, _ := lifecycle.Advance(d, c.rules(), c.Now)
	return slices.ContainsFunc(facts, func(fact lifecycle.Fact) bool { return touches(fact.Changes, party) })
}

// touches reports whether a Changes has a charge or an entry of a party.
func touches(fact registry.Changes, party ledger.Party) bool {
	return slices.ContainsFunc(fact.Charges, func(c ledger.Charge) bool { return c.Party == party }) ||
		slices.ContainsFunc(fact.Entries, func(e ledger.Entry) bool { return e.Party == party })
}

// afterFact returns funds with the charges and entries of what time did.
func afterFact(f ledger.Funds, fact registry.Changes, now time.Time) ledger.Funds {
	for _, e := range fact.Entries {
		f = f.Book(e)
	}
	for _, charge := range fact.Charges {
		f = f.Owe(charge, now)
	}
	return f
}
