package flow

import (
	"cmp"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// notify tells a registrar of an event at an instant of registry time: by a poll message, by a mail, by both or
// not at all, as the profile has it and the registrar wishes. Every flow and every step of time that has news
// for a registrar calls it. Who the registrar is, and what it wants, is asked of the registrar as it is stored, so
// that a switch has a place among the commands.
func (c *Call) notify(to registry.RegistrarID, at time.Time, n registry.Notice) registry.Changes {
	r, found := c.RegistrarByID(to)
	if !found {
		return registry.Changes{}
	}
	return c.tellOne(r, at, n)
}

// tellOne tells a registrar that was read.
func (c *Call) tellOne(r registry.Registrar, at time.Time, n registry.Notice) registry.Changes {
	var changes registry.Changes
	tells := c.Terms.Tells(r, n.Event())
	if tells.Poll {
		changes.Poll = []registry.PollMessage{{Registrar: r.ID, At: at, Notice: n}}
	}
	if address := r.Address(policy.Desk(n)); tells.Mail && address != "" && c.mayMail(r.ID) {
		now := c.realNow()
		language := cmp.Or(r.Mailing.Language, registry.English)
		changes.Mail = []registry.Mail{{
			Version: 1, Registrar: r.ID, To: address, Language: language, At: at, Event: n.Event(), Notice: n,
			Queued: now, Since: now, Due: now,
		}}
	}
	return changes
}

// mayMail reports whether a registrar's part of the outbox takes one more mail, and counts it. When it is full
// no mail goes out, to whomever it may be, and the poll messages have what is lost here.
func (c *Call) mayMail(id registry.RegistrarID) bool {
	most := c.Terms.Limits.MailsPerRegistrar
	queued, counted := c.queued[id]
	if !counted {
		queued, _ = read(c, func() (int, bool, error) {
			n, err := c.reader.CountMail(id, most)
			return n, true, err
		})
	}
	if queued >= most {
		return false
	}
	if c.queued == nil {
		c.queued = map[registry.RegistrarID]int{}
	}
	c.queued[id] = queued + 1
	return true
}
