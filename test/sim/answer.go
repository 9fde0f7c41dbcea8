package sim

import (
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/registry"
)

// do predicts how an act ends, and does it. What no answer depends on, such as a run of the engine, is not
// the model's.
func (m *model) do(a act) result {
	switch a.do {
	case "wait":
		m.pass(a.at)
	case "deposit":
		m.pay(a.name, a.count)
	case "hold":
		m.registrars[a.name].held = !a.off
	case "suspend":
		r := m.registrars[a.name]
		if r.suspended != a.off {
			return refused(registry.StatusProhibits)
		}
		r.suspended = !a.off
	case "delete at expiry":
		m.registrars[a.name].deletes = !a.off
	case "server status":
		return m.serverStatus(a)
	case "server approve", "server reject":
		return m.decide(a)
	default:
		return m.command(a)
	}
	return result{code: registry.Completed}
}

// command predicts a registrar's command. Whoever is suspended may do nothing.
func (m *model) command(a act) result {
	if m.registrars[a.who].suspended {
		return refused(registry.Authorization)
	}
	switch kind, what, _ := strings.Cut(a.do, " "); kind {
	case "host":
		return m.hostCommand(what, a)
	case "contact":
		return m.contactCommand(what, a)
	}
	n := m.names[a.name]
	switch {
	case a.do == "create" && n != nil:
		return refused(registry.ObjectExists)
	case a.do == "create":
		return m.create(a)
	case n == nil:
		return refused(registry.ObjectMissing)
	case a.do == "transfer":
		return m.transfer(a, n)
	case a.do == "approve", a.do == "reject", a.do == "cancel":
		return m.endTransfer(a, n)
	case n.sponsor != a.who:
		return refused(registry.Authorization)
	}
	switch a.do {
	case "renew":
		return m.renew(a, n)
	case "delete":
		return m.delete(a, n)
	case "restore":
		return m.restore(a, n)
	}
	return m.update(a, n)
}

// pays says what stands in the way of a charge, "" if nothing does. Decisions 5.2, 5.5.
func (m *model) pays(who string, cents int) registry.Code {
	if r := m.registrars[who]; r.held || r.short || m.available(who) < cents {
		return registry.BillingFailure
	}
	return ""
}

func (m *model) create(a act) result {
	t := m.terms(a.name, m.now)
	cents := t.create + (a.count-1)*t.renew
	switch {
	case a.count < 1 || a.count > mostYears:
		return refused(registry.ParameterRange)
	case m.contacts[a.other] == nil || slices.ContainsFunc(a.hosts, func(h string) bool { return m.hosts[h] == nil }):
		return refused(registry.ObjectMissing)
	case m.pays(a.who, cents) != "":
		return refused(m.pays(a.who, cents))
	}
	until := m.now + graceLength
	n := &name{
		sponsor: a.who, contact: a.other, secret: secretOf(a.name), created: m.now, hold: m.now + holdLength,
		expires: plusYears(endOfDay(m.now), a.count), hosts: slices.Clone(a.hosts),
		graces: []grace{{"addPeriod", until, endOfDay(m.now), a.count, m.owe(a.who, cents, until, true)}},
	}
	m.names[a.name] = n
	m.contacts[a.other].purge = 0
	return result{registry.Completed, n.expires, cents}
}

func (m *model) renew(a act, n *name) result {
	expires := plusYears(n.expires, a.count)
	cents := a.count * m.terms(a.name, m.now).renew
	switch {
	case n.prohibits("Renew"):
		return refused(registry.StatusProhibits)
	case endOfDay(a.at) != endOfDay(n.expires), a.count < 1, a.count > mostYears:
		return refused(registry.ParameterRange)
	case expires <= m.now, tooFar(expires, m.now):
		return refused(registry.NotRenewable)
	case m.pays(a.who, cents) != "":
		return refused(m.pays(a.who, cents))
	}
	return result{registry.Completed, expires, m.addYears(a.name, n, a.count)}
}

// delete credits every grace that runs and brings the earliest expiry back, with the years on top of it that were
// paid for. Decisions 3.3.
func (m *model) delete(a act, n *name) result {
	if n.prohibits("Delete") {
		return refused(registry.StatusProhibits)
	}
	credited, added, former, undone := 0, false, n.expires, 0
	for _, g := range n.graces {
		if g.until <= m.now {
			continue
		}
		former, undone = min(former, g.former), undone+g.years
		if g.years == 0 { // cut: nothing can be on top
			undone = never
		}
		if !g.charge.undone {
			credited += g.charge.cents
		}
		g.charge.undone, added = true, added || g.kind == "addPeriod"
	}
	n.expires = plusYears(former, max(0, year(n.expires)-year(former)-undone))
	if added && m.terms(a.name, m.now).purgesInAdd {
		m.tell(a.who, "purged", a.name)
		m.free(a.name)
	} else {
		m.redeem(a.name, n, a.who, 60)
	}
	return result{code: registry.CompletedPending, cents: credited}
}

// restore brings a name back, which has to be renewed before the next end of a day if it can be. Decisions 3.5.
func (m *model) restore(a act, n *name) result {
	cents := m.terms(a.name, m.now).restore
	switch {
	case n.purge == 0 || m.now >= n.redeemable, n.has("serverUpdateProhibited"):
		return refused(registry.StatusProhibits)
	case m.pays(a.who, cents) != "":
		return refused(m.pays(a.who, cents))
	}
	m.owe(a.who, cents, m.now, false)
	n.redeemable, n.dead, n.purge, n.deleter = 0, 0, 0, ""
	if !tooFar(plusYears(n.expires, 1), m.now) {
		n.renewBy = endOfDay(m.now + 1)
	}
	return result{registry.Completed, n.renewBy, cents}
}

// transfer asks for a name. Decisions 3.6.
func (m *model) transfer(a act, n *name) result {
	t := &transfer{gaining: a.who, losing: n.sponsor, asked: m.now, answer: m.now + answerLength, years: a.count}
	now, _ := n.before(t.asked)
	then, _ := n.before(t.answer)
	far := tooFar(plusYears(now, t.years), m.now) || tooFar(plusYears(then, t.years), m.now)
	cents := a.count * m.terms(a.name, m.now).renew
	switch {
	case a.other == "" || a.other != n.secret:
		return refused(registry.InvalidAuthInfo)
	case n.sponsor == a.who, m.now < n.hold:
		return refused(registry.NotTransferable)
	case n.purge > 0, n.has("clientTransferProhibited"), n.has("serverTransferProhibited"):
		return refused(registry.StatusProhibits)
	case n.moving != nil:
		return refused(registry.ObjectPendingTransfer)
	case a.count < 1, a.count > mostYears:
		return refused(registry.ParameterRange)
	case a.count > 1 && far:
		return refused(registry.ParameterPolicy)
	case m.pays(a.who, cents) != "":
		return refused(m.pays(a.who, cents))
	}
	t.charge = m.owe(a.who, cents, never, true)
	n.moving = t
	m.tell(t.losing, "transfer-requested", a.name)
	return result{registry.CompletedPending, n.expiryAfter(m.now, t), cents}
}

// endTransfer is the gaining side's to cancel and the losing side's to answer.
func (m *model) endTransfer(a act, n *name) result {
	switch t := n.moving; {
	case t == nil:
		return refused(registry.ObjectNotPending)
	case a.who != t.side(a.do):
		return refused(registry.Authorization)
	case a.do == "approve":
		m.move(a.name, n, t.gaining)
		return result{code: registry.Completed, expires: n.expires}
	case a.do == "reject":
		m.tell(t.gaining, "transfer-rejected", a.name)
	default:
		m.tell(t.losing, "transfer-cancelled", a.name)
	}
	n.moving.charge.undone, n.moving = true, nil
	return result{code: registry.Completed}
}

// side is who may end a transfer so.
func (t *transfer) side(how string) string {
	if how == "cancel" {
		return t.gaining
	}
	return t.losing
}

// update changes one thing: a status, a name server, the contact or the secret.
func (m *model) update(a act, n *name) result {
	lifts := a.off && a.other == "clientUpdateProhibited"
	blocked := n.prohibits("Update")
	if lifts && n.purge == 0 && n.moving == nil {
		blocked = slices.Contains(n.statuses, "serverUpdateProhibited")
	}
	list := &n.statuses
	switch {
	case blocked:
		return refused(registry.StatusProhibits)
	case a.do == "update secret":
		n.secret = a.other
		return result{code: registry.Completed}
	case a.do == "update contact" && m.contacts[a.other] == nil, a.do == "update host" && m.hosts[a.other] == nil:
		return refused(registry.ObjectMissing)
	case a.do == "update contact":
		old := n.contact
		n.contact, m.contacts[a.other].purge = a.other, 0
		m.unlink(old)
		return result{code: registry.Completed}
	case a.do == "update host":
		list = &n.hosts
	}
	return edit(list, a)
}

// edit adds to a list what is not there, or removes what is. Decisions 2.9.
func edit(list *[]string, a act) result {
	if slices.Contains(*list, a.other) != a.off {
		return refused(registry.ParameterPolicy)
	}
	if *list = without(*list, a.other); !a.off {
		*list = append(*list, a.other)
	}
	return result{code: registry.Completed}
}

// serverStatus is the operator's; a prohibition cannot stand beside what it prohibits. RFC 5731 section 2.3.
func (m *model) serverStatus(a act) result {
	n := m.names[a.name]
	if n == nil {
		return refused(registry.ObjectMissing)
	}
	before := slices.Clone(n.statuses)
	r := edit(&n.statuses, a)
	waits := a.other == "serverDeleteProhibited" && n.purge > 0 || a.other == "serverTransferProhibited" && n.moving != nil
	switch {
	case !strings.HasPrefix(a.other, "server"):
		r = refused(registry.ParameterPolicy)
	case r.code == registry.Completed && !a.off && waits:
		r = refused(registry.StatusProhibits)
	}
	if r.code != registry.Completed {
		n.statuses = before
		return r
	}
	m.tell(n.sponsor, "registry-action", a.name)
	return r
}

// decide is the operator's answer to a transfer; both sides are told. Decisions 3.6.
func (m *model) decide(a act) result {
	n := m.names[a.name]
	switch {
	case n == nil:
		return refused(registry.ObjectMissing)
	case n.moving == nil:
		return refused(registry.ObjectNotPending)
	case a.do == "server approve":
		m.move(a.name, n, n.moving.gaining, n.moving.losing)
		return result{code: registry.Completed, expires: n.expires}
	}
	m.tell(n.moving.gaining, "transfer-rejected", a.name)
	m.tell(n.moving.losing, "transfer-rejected", a.name)
	n.moving.charge.undone, n.moving = true, nil
	return result{code: registry.Completed}
}

// mayBeBelow says whether a registrar may have a host below a name, "" if it may. Decisions 2.6.
func (m *model) mayBeBelow(who, above string) registry.Code {
	n := m.names[above]
	switch {
	case above == "":
		return ""
	case n == nil:
		return registry.ObjectMissing
	case n.sponsor != who:
		return registry.Authorization
	case n.purge > 0:
		return registry.StatusProhibits
	}
	return ""
}

// hostCommand predicts create, delete and rename of a host. Decisions 2.6, 2.7.
func (m *model) hostCommand(what string, a act) result {
	h := m.hosts[a.name]
	if what == "create" {
		above := aboveOf(a.name)
		switch code := m.mayBeBelow(a.who, above); {
		case h != nil:
			return refused(registry.ObjectExists)
		case code != "":
			return refused(code)
		}
		m.hosts[a.name] = &host{a.who, above}
		return result{code: registry.Completed}
	}
	switch {
	case h == nil:
		return refused(registry.ObjectMissing)
	case m.sponsorOf(h) != a.who:
		return refused(registry.Authorization)
	case what == "delete" && len(m.linking(a.name)) > 0:
		return refused(registry.AssociationProhibits)
	case what == "delete":
		delete(m.hosts, a.name)
		return result{code: registry.Completed}
	}
	return m.rename(a, h)
}

func (m *model) sponsorOf(h *host) string {
	if h.above == "" {
		return h.sponsor
	}
	return m.names[h.above].sponsor
}

func (m *model) rename(a act, h *host) result {
	linking := m.linking(a.name)
	others := without(linking, a.who)
	code := m.mayBeBelow(a.who, aboveOf(a.other))
	switch {
	case h.above == "" && len(others) > 0:
		return refused(registry.AssociationProhibits)
	case h.above == "":
		return refused(registry.StatusProhibits)
	case code != "":
		return refused(code)
	case m.hosts[a.other] != nil:
		return refused(registry.ObjectExists)
	}
	delete(m.hosts, a.name)
	m.hosts[a.other] = &host{a.who, aboveOf(a.other)}
	for _, n := range m.names {
		if i := slices.Index(n.hosts, a.name); i >= 0 {
			n.hosts[i] = a.other
		}
	}
	for _, who := range others {
		m.tell(who, "host-renamed", a.other)
	}
	return result{code: registry.Completed}
}

// contactCommand predicts commands on a contact. Decisions 2.5, 3.6.
func (m *model) contactCommand(what string, a act) result {
	c := m.contacts[a.name]
	if what == "create" {
		if c != nil {
			return refused(registry.ObjectExists)
		}
		m.contacts[a.name] = &contact{sponsor: a.who, secret: secretOf(a.name)}
		return result{code: registry.Completed}
	}
	blocked := func(what string) bool {
		return c.purge > 0 || c.moving != nil || slices.Contains(c.statuses, "client"+what+"Prohibited")
	}
	switch {
	case c == nil:
		return refused(registry.ObjectMissing)
	case what == "transfer":
		return m.transferContact(a, c)
	case what == "approve", what == "reject", what == "cancel":
		return m.endContactTransfer(what, a, c)
	case c.sponsor != a.who:
		return refused(registry.Authorization)
	case what == "delete" && blocked("Delete"):
		return refused(registry.StatusProhibits)
	case what == "delete" && m.linked(a.name):
		return refused(registry.AssociationProhibits)
	case what == "delete":
		delete(m.contacts, a.name)
		return result{code: registry.Completed}
	case blocked("Update"):
		return refused(registry.StatusProhibits)
	case what == "secret":
		c.secret = a.other
		return result{code: registry.Completed}
	}
	return edit(&c.statuses, a)
}

// transferContact asks for a contact; nobody pays for it. Decisions 3.6.
func (m *model) transferContact(a act, c *contact) result {
	switch {
	case a.other == "" || a.other != c.secret:
		return refused(registry.InvalidAuthInfo)
	case c.sponsor == a.who:
		return refused(registry.NotTransferable)
	case c.purge > 0:
		return refused(registry.StatusProhibits)
	case c.moving != nil:
		return refused(registry.ObjectPendingTransfer)
	}
	c.moving = &transfer{gaining: a.who, losing: c.sponsor, asked: m.now, answer: m.now + answerLength}
	m.tell(c.sponsor, "transfer-requested", a.name)
	return result{code: registry.CompletedPending}
}

func (m *model) endContactTransfer(how string, a act, c *contact) result {
	switch t := c.moving; {
	case t == nil:
		return refused(registry.ObjectNotPending)
	case a.who != t.side(how):
		return refused(registry.Authorization)
	case how == "approve":
		m.moveContact(a.name, c, "approved", t.gaining)
	case how == "reject":
		m.moveContact(a.name, c, "rejected", t.gaining)
	default:
		m.moveContact(a.name, c, "cancelled", t.losing)
	}
	return result{code: registry.Completed}
}

// secretOf is the authInfo that everything has first.
func secretOf(name string) string { return "secret of " + name }

// aboveOf is the name above a host, "" for one outside. All names of a life are two labels or three.
func aboveOf(h string) string {
	_, above, _ := strings.Cut(h, ".")
	if !strings.HasSuffix(h, ".co") {
		return ""
	}
	return above
}

// tooFar says whether a name may not expire at an instant yet: dates are compared.
func tooFar(expires, now int64) bool { return endOfDay(expires) > plusYears(endOfDay(now), mostYears) }

// The calendar. An expiry is the last second of its day; 29 February plus years falls to 28.
func endOfDay(at int64) int64 { return at - at%day + day - 1 }

func year(at int64) int { return time.Unix(at, 0).UTC().Year() }

func plusYears(at int64, years int) int64 {
	y, mo, d := time.Unix(at, 0).UTC().Date()
	if mo == time.February && d == 29 && (y+years)%4 != 0 {
		d = 28
	}
	return time.Date(y+years, mo, d, 0, 0, 0, 0, time.UTC).Unix() + at%day
}

func without(list []string, gone string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == gone })
}

func (n *name) has(status string) bool { return slices.Contains(n.statuses, status) }

// prohibits says whether a name has a status that stands in the way of something.
func (n *name) prohibits(what string) bool {
	return n.purge > 0 || n.moving != nil || slices.ContainsFunc(n.statuses, func(s string) bool { return strings.HasSuffix(s, what+"Prohibited") })
}
