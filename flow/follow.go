package flow

import (
	"slices"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A followed is a name as far as a call has followed it through time.
type followed struct {
	domain registry.Domain // without the hosts that are gone
	gone   time.Time       // when it was purged; zero while it lives
	purged bool            // the call has written that down
}

// domain reads a domain and applies time. What time did is settled with the command, once.
func (c *Call) domain(name names.Name) (d registry.Domain, found, alive bool) {
	f, found := c.follow(name, c.Now)
	return f.domain, found, found && f.gone.IsZero()
}

// follow applies time to a name up to an instant: what it does to the name itself, and that hosts go with the
// names above them, each in its turn.
func (c *Call) follow(name names.Name, until time.Time) (followed, bool) {
	f, known := c.followed[name]
	if !known {
		d, found := read(c, func() (registry.Domain, bool, error) { return c.reader.Domain(name) })
		if !found {
			return followed{}, false
		}
		f.domain = d
	}
	before := len(c.settled)
	for more := f.gone.IsZero(); more; {
		loss := c.nextLoss(f.domain, until)
		var facts []lifecycle.Fact
		var alive bool
		f.domain, facts, alive = lifecycle.Advance(f.domain, c.rules(), loss.at)
		c.settled = append(c.settled, facts...)
		if !alive {
			f.gone = f.domain.Deletion.PurgeAt
		}
		if more = alive && len(loss.hosts) > 0; more {
			f.domain = c.lose(f.domain, loss)
		}
	}
	if len(c.settled) > before || !f.gone.IsZero() {
		c.keep(f)
	}
	return f, true
}

// keep remembers how far a name was followed.
func (c *Call) keep(f followed) {
	if c.followed == nil {
		c.followed = map[names.Name]followed{}
	}
	c.followed[f.domain.Name] = f
}

// A loss is that hosts of a domain go, with the names above them.
type loss struct {
	at    time.Time
	hosts []registry.ROID
	with  []names.Name // those whose purge nobody has written down yet
}

// nextLoss returns the next hosts of a domain that go, up to an instant; none, and that instant, if none does.
func (c *Call) nextLoss(d registry.Domain, until time.Time) loss {
	next := loss{at: until}
	for _, ref := range d.Nameservers {
		at, with, gone := c.wentWith(ref)
		if !gone || at.After(next.at) {
			continue
		}
		if at.Before(next.at) {
			next = loss{at: at}
		}
		next.hosts = append(next.hosts, ref.ROID)
		if !with.IsZero() {
			next.with = append(next.with, with)
		}
	}
	return next
}

// lose settles that a domain has lost hosts, and has the purges settled that took them along.
func (c *Call) lose(d registry.Domain, l loss) registry.Domain {
	d, fact := lifecycle.WithoutHosts(d, l.hosts, registry.Origin{At: l.at, Command: "time"})
	c.settled = append(c.settled, fact)
	c.settleToo(l.with)
	return d
}

// settleToo has the command settle purges that are due, if it goes through.
func (c *Call) settleToo(list []names.Name) {
	for _, name := range list {
		if !slices.Contains(c.purges, name) {
			c.purges = append(c.purges, name)
		}
	}
}

// wentWith reports whether time has taken a host along with the name above it, and when. The name is zero where
// its purge is written down already. A host that time cannot have touched is not looked at.
func (c *Call) wentWith(ref registry.HostRef) (at time.Time, with names.Name, gone bool) {
	if !ref.Gone.IsZero() {
		return ref.Gone, names.Name{}, true
	}
	if ref.SuperordinateDue.IsZero() || ref.SuperordinateDue.After(c.Now) {
		return time.Time{}, names.Name{}, false
	}
	h, _ := read(c, func() (registry.Host, bool, error) { return c.reader.Host(ref.Name) })
	if h.Superordinate.IsZero() {
		return time.Time{}, names.Name{}, false
	}
	d, purged := c.purgedByTime(h.Superordinate.Name)
	return d.Deletion.PurgeAt, d.Name, purged
}

// purgedByTime returns a name whose purge has come due. It settles nothing.
func (c *Call) purgedByTime(name names.Name) (registry.Domain, bool) {
	d := c.followed[name].domain
	if d.Version == 0 {
		var found bool
		if d, found = c.legible(name); !found {
			return registry.Domain{}, false
		}
	}
	d, _, alive := lifecycle.Advance(d, c.rules(), c.Now)
	return d, !alive
}
