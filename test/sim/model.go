package sim

import (
	"maps"
	"slices"
)

// A model is a registry as decisions.md tells it and nothing else: it walks from one thing that falls due to
// the next, so it knows no lateness, no transaction and no row. Instants are seconds since 1970.
type model struct {
	now        int64
	registrars map[string]*registrar
	names      map[string]*name // until their purge
	hosts      map[string]*host
	contacts   map[string]*contact
	charges    []*charge
	told       map[string][]string               // all messages that a registrar has had
	terms      func(name string, at int64) terms // of a name at an instant
	spread     func(name string) int64           // a number of a name's, for its purge
}

// Terms are what differs from one profile to the other.
type terms struct {
	create, renew, restore            int   // cents a year
	suspension, autoRenew, redemption int64 // days
	purgesInAdd                       bool
}

const (
	day           = 24 * 60 * 60
	graceLength   = 5 * day // of add, renew and transfer
	pendingLength = 5 * day
	holdLength    = 60 * day
	answerLength  = 5 * day
	mostYears     = 5
	never         = 1 << 50
)

type name struct {
	sponsor, contact, secret string
	created, expires, hold   int64
	hosts, statuses          []string
	graces                   []grace
	redeemable, dead, purge  int64  // ends of redemption and pending delete, and the purge; 0 while registered
	deleter                  string // if a command deleted it
	suspended, renewBy       int64  // until when; 0 if not
	moving                   *transfer
}

type grace struct {
	kind          string
	until, former int64 // former expiry
	years         int   // that it added; 0 for one that was cut
	charge        *charge
}

type transfer struct {
	gaining, losing string
	asked, answer   int64
	years           int
	charge          *charge
}

type host struct {
	sponsor string // of one outside
	above   string // the name above it, "" outside
}

type contact struct {
	sponsor, secret string
	statuses        []string
	purge           int64 // 0 if it stays
	moving          *transfer
}

func (m *model) tell(who, what, about string) {
	m.told[who] = append(m.told[who], what+" "+about)
}

// pass lets time go by. What is due in the same second goes in order of kind and name; an answer to a transfer
// before the expiry.
func (m *model) pass(to int64) {
	for {
		at, next := to+1, func() {}
		for _, id := range slices.Sorted(maps.Keys(m.contacts)) {
			if c := m.contacts[id]; c.moving != nil && c.moving.answer < at {
				at, next = c.moving.answer, func() { m.moveContact(id, c, "approved", c.moving.gaining, c.moving.losing) }
			} else if c.purge > 0 && c.purge < at {
				at, next = c.purge, func() { delete(m.contacts, id); m.tell(c.sponsor, "contact-purged", id) }
			}
		}
		for _, id := range slices.Sorted(maps.Keys(m.names)) {
			if when, what := m.due(id, m.names[id]); when < at {
				at, next = when, what
			}
		}
		if c := m.nextToPost(at); c != nil {
			at, next = c.posts, func() { m.post(c) }
		}
		m.now = min(at, to)
		if at > to {
			return
		}
		next()
	}
}

// due is when time next does something to a name, and what. Decisions 3.
func (m *model) due(id string, n *name) (int64, func()) {
	at, what := n.expires, func() { m.expire(id, n) }
	switch {
	case n.purge > 0:
		return n.purge, func() {
			if n.deleter != "" && n.deleter == n.sponsor {
				m.tell(n.sponsor, "purged", id)
			}
			m.free(id)
		}
	case n.renewBy > 0:
		at, what = n.renewBy, func() { m.endRestoreDay(id, n) }
	case n.suspended > 0:
		at, what = n.suspended, func() { m.renewOrDelete(id, n) }
	}
	if n.moving != nil && n.moving.answer <= at {
		return n.moving.answer, func() { m.move(id, n, n.moving.gaining, n.moving.losing) }
	}
	return at, what
}

func (m *model) expire(id string, n *name) {
	if t := m.terms(id, m.now); t.suspension > 0 {
		n.suspended = m.now + t.suspension*day
		m.tell(n.sponsor, "suspended", id)
		return
	}
	m.renewOrDelete(id, n)
}

// keeps says whether a name that has to be renewed is. Decisions 3.4.
func (m *model) keeps(n *name) bool {
	return !m.registrars[n.sponsor].deletes || slices.Contains(n.statuses, "serverDeleteProhibited") || n.moving != nil
}

func (m *model) renewOrDelete(id string, n *name) {
	if !m.keeps(n) {
		m.lapse(id, n, "auto-deleted")
		return
	}
	t := m.terms(id, m.now)
	until := m.now + t.autoRenew*day
	c := m.owe(n.sponsor, t.renew, until, false)
	n.graces = append(n.graces, grace{"autoRenewPeriod", until, n.expires, 1, c})
	n.expires, n.suspended = plusYears(n.expires, 1), 0
	m.tell(n.sponsor, "auto-renewed", id)
}

func (m *model) endRestoreDay(id string, n *name) {
	n.renewBy = 0
	if !m.keeps(n) {
		m.lapse(id, n, "restore-lapsed")
		return
	}
	m.addYears(id, n, yearsBeyond(n.expires, m.now))
	m.tell(n.sponsor, "restore-renewed", id)
}

// addYears is a renewal that is paid for at once.
func (m *model) addYears(id string, n *name, years int) int {
	cents := years * m.terms(id, m.now).renew
	until := m.now + graceLength
	n.graces = append(n.graces, grace{"renewPeriod", until, n.expires, years, m.owe(n.sponsor, cents, until, true)})
	n.expires, n.suspended, n.renewBy = plusYears(n.expires, years), 0, 0
	return cents
}

func (m *model) lapse(id string, n *name, why string) {
	n.statuses = without(n.statuses, "clientDeleteProhibited")
	m.redeem(id, n, "", 3600)
	m.tell(n.sponsor, why, id)
}

// redeem begins a deletion. Decisions 3.2.
func (m *model) redeem(id string, n *name, deleter string, within int64) {
	n.redeemable = m.now + m.terms(id, m.now).redemption*day
	n.dead = n.redeemable + pendingLength
	n.purge = n.dead + 60 + m.spread(id)%within
	n.deleter, n.graces, n.suspended, n.renewBy = deleter, nil, 0, 0
}

// free purges a name: its hosts go and every delegation to them. Decisions 2.8.
func (m *model) free(id string) {
	gone := m.names[id]
	delete(m.names, id)
	for _, h := range slices.Sorted(maps.Keys(m.hosts)) {
		if m.hosts[h].above != id {
			continue
		}
		delete(m.hosts, h)
		for _, who := range m.linking(h) {
			m.tell(who, "host-gone", h)
		}
		for _, n := range m.names {
			n.hosts = without(n.hosts, h)
		}
	}
	m.unlink(gone.contact)
}

// linking are the sponsors of the names that are delegated to a host.
func (m *model) linking(h string) []string {
	var list []string
	for _, n := range m.names {
		if slices.Contains(n.hosts, h) && !slices.Contains(list, n.sponsor) {
			list = append(list, n.sponsor)
		}
	}
	slices.Sort(list)
	return list
}

func (m *model) linked(id string) bool {
	for _, n := range m.names {
		if n.contact == id {
			return true
		}
	}
	return false
}

// unlink marks a contact that has lost its last link. Decisions 2.5.
func (m *model) unlink(id string) {
	c := m.contacts[id]
	exempt := slices.Contains(c.statuses, "clientDeleteProhibited") || c.moving != nil
	if !m.linked(id) && !exempt && c.purge == 0 {
		c.purge = m.now + day
		m.tell(c.sponsor, "contact-linger", id)
	}
}

// before is the expiry of a name without the auto-renewal that a transfer would undo now. Decisions 3.6.
func (n *name) before(now int64) (int64, *charge) {
	for _, g := range n.graces {
		if g.kind == "autoRenewPeriod" && g.until > now {
			return plusYears(g.former, year(n.expires)-year(g.former)-1), g.charge
		}
	}
	return n.expires, nil
}

// yearsBeyond is how many years bring an expiry into the future.
func yearsBeyond(expires, now int64) int {
	years := 1
	for plusYears(expires, years) <= now {
		years++
	}
	return years
}

// expiryAfter is when a name expires that is transferred now. One year is cut at the horizon. Decisions 3.6.
func (n *name) expiryAfter(now int64, t *transfer) int64 {
	former, _ := n.before(now)
	expires := plusYears(former, max(t.years, yearsBeyond(former, now)))
	if horizon := plusYears(endOfDay(t.asked), mostYears); expires > horizon {
		return max(former, horizon)
	}
	return expires
}

// move completes a transfer. Decisions 3.6.
func (m *model) move(id string, n *name, told ...string) {
	t, until := n.moving, m.now+graceLength
	former, undone := n.before(m.now)
	if undone != nil {
		undone.undone = true
	}
	n.expires = n.expiryAfter(m.now, t)
	t.charge.posts = until
	n.graces = []grace{{"transferPeriod", until, former, 0, t.charge}}
	if n.expires == plusYears(former, t.years) {
		n.graces[0].years = t.years
	}
	n.sponsor, n.moving, n.secret, n.hold, n.suspended, n.renewBy = t.gaining, nil, "", m.now+holdLength, 0, 0
	for _, who := range told {
		m.tell(who, "transfer-approved", id)
	}
}

// moveContact ends the transfer of a contact.
func (m *model) moveContact(id string, c *contact, how string, told ...string) {
	if how == "approved" {
		c.sponsor, c.secret = c.moving.gaining, ""
	}
	c.moving = nil
	for _, who := range told {
		m.tell(who, "transfer-"+how, id)
	}
}
