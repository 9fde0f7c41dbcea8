package flow

import (
	"errors"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// mostLate is how many names that are due and not settled a command looks at to know what a registrar owes.
// Nearly always there are none, since the engine settles what falls due within a second or so. While it catches
// up with more, what they cost counts as it gets to them.
const mostLate = 200

// lateNames are the names that late found.
type lateNames struct {
	read bool
	any  bool // there are some, perhaps more than list has
	list []names.Name
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
	c.behind.any = len(due) > 0
	if len(due) > mostLate {
		return nil
	}
	for _, d := range due {
		c.behind.list = append(c.behind.list, d.Name)
	}
	return c.behind.list
}

// anyLate reports whether time has changed a name and nobody has written that down yet.
func (c *Call) anyLate() bool {
	c.late()
	return c.behind.any
}

// prefetch reads together what is about to be read one by one.
func (c *Call) prefetch(keys registry.Keys) {
	read(c, func() (struct{}, bool, error) { return struct{}{}, true, c.reader.Prefetch(keys) })
}

// legible returns a domain as it is stored. One whose row cannot be read is not found: it is the engine's to
// report, and nobody's command about something else fails for it.
func (c *Call) legible(name names.Name) (registry.Domain, bool) {
	return read(c, func() (registry.Domain, bool, error) {
		d, found, err := c.reader.Domain(name)
		if errors.Is(err, registry.ErrUnreadable) {
			return registry.Domain{}, false, nil
		}
		return d, found, err
	})
}

// Funds returns the registrar's funds as they are now, whenever the engine last ran: with the charges that
// are due, and with what time has done to names and nobody has written down yet. That is counted and left to the
// engine, so that no name keeps a registrar from another.
func (c *Call) Funds() ledger.Funds { return c.fundsOf(c.Registrar.ID) }

// fundsOf returns the funds of a registrar.
func (c *Call) fundsOf(id registry.RegistrarID) ledger.Funds {
	f, _ := read(c, func() (ledger.Funds, bool, error) { return c.reader.Funds(id, c.Now) })
	late := c.late()
	c.prefetch(registry.Keys{Domains: late})
	c.aside = 0
	var facts []lifecycle.Fact
	for _, name := range late {
		if _, followed := c.followed[name]; followed {
			continue
		}
		news := c.lateFacts(name)
		after := afterFacts(f, news, c.Now)
		if after.Authorised < f.Authorised { // money comes back only when that is written
			c.domain(name)
			continue
		}
		c.aside += after.Authorised - f.Authorised
		f, facts = after, append(facts, news...)
	}
	return c.withHold(afterFacts(f, c.settled, c.Now), append(facts, c.settled...))
}

// need is the condition that funds, which the call has just asked for, cover what it spends: with what is due, and
// with what is set aside by what time did and nobody has written down.
func (c *Call) need(f ledger.Funds) registry.Need {
	return registry.Need{Party: c.Registrar.Party(), Due: f.DueOther + c.aside}
}

// lateFacts returns what time has done to a name, and settles nothing.
func (c *Call) lateFacts(name names.Name) []lifecycle.Fact {
	d, found := c.legible(name)
	if !found {
		return nil
	}
	_, facts, _ := lifecycle.Advance(d, c.rules(), c.Now)
	return facts
}

// afterFacts returns funds with the charges and entries of what time did.
func afterFacts(f ledger.Funds, facts []lifecycle.Fact, now time.Time) ledger.Funds {
	for _, fact := range facts {
		for _, e := range fact.Entries {
			f = f.Book(e)
		}
		for _, charge := range fact.Charges {
			f = f.Owe(charge, now)
		}
	}
	return f
}

// What a command looks at of the names that link an object: at first few, since nearly always one of them lives,
// and at most so many, if all of them are gone. An object that more of them link stays linked until the engine
// has settled some.
const (
	fewLinking  = registry.FewLinking
	mostLinking = 500
)

// goneLinks are names that link an object by what is stored, and are all gone.
type goneLinks struct {
	names []names.Name // whose purges nobody has written down
	at    time.Time    // when the last of them went
	by    names.Name   // one that lives, where not all are gone
}

// unlinked reports whether no name links an object but one, and names that are gone: those whose purge has come due
// and those that the call purges. It depends on the object's names alone, however many others are late.
func (c *Call) unlinked(linking func(limit int) ([]names.Name, error), but names.Name) (gone goneLinks, all bool) {
	for _, limit := range []int{fewLinking, mostLinking + 1} {
		list, _ := read(c, func() ([]names.Name, bool, error) {
			list, err := linking(limit)
			return list, true, err
		})
		if len(list) > mostLinking { // linked until fewer are left, whatever has become of these
			return goneLinks{by: list[mostLinking]}, false
		}
		if gone = c.goneOf(list, but); !gone.by.IsZero() {
			return gone, false
		}
		if len(list) < limit {
			break
		}
	}
	return gone, len(c.purges)+len(gone.names) <= 2*mostLinking
}

// goneOf looks at names, but one, until it comes to one that lives.
func (c *Call) goneOf(list []names.Name, but names.Name) (gone goneLinks) {
	if len(list) > fewLinking {
		c.prefetch(registry.Keys{Domains: list})
	}
	for _, name := range list {
		if name == but {
			continue
		}
		if f := c.followed[name]; f.purged {
			gone.at = later(gone.at, f.gone)
			continue
		}
		d, purged := registry.Domain{}, false
		if c.anyLate() {
			d, purged = c.purgedByTime(name)
		}
		if !purged {
			return goneLinks{by: name}
		}
		gone.names, gone.at = append(gone.names, name), later(gone.at, d.Deletion.PurgeAt)
	}
	return gone
}
