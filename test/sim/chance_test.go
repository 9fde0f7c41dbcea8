package sim

import (
	"math/rand/v2"
	"slices"
	"time"
)

// beginning is when every life begins, and changeOfRules when two zones go from one profile to another.
const (
	beginning     = 1772366400 // 2026-03-01T12:00:00Z
	changeOfRules = 1805068800 // 2027-03-15T00:00:00Z
)

// rules2011 and rules2026 are the two profiles, by decisions section 3.
var (
	rules2011 = terms{create: 15_00, renew: 17_00, restore: 33_00, suspension: 45, autoRenew: 5, redemption: 15}
	rules2026 = terms{create: 20_00, renew: 20_00, restore: 40_00, autoRenew: 45, redemption: 30, purgesInAdd: true}
)

// rulesOf are those of a name's zone: see profile.
func rulesOf(name string, at int64) terms {
	switch zone := name[len(name)-6:]; {
	case zone == "nom.co", zone == "com.co" && at >= changeOfRules, zone == "net.co" && at < changeOfRules:
		return rules2011
	}
	return rules2026
}

// everything is what a life is about: so little that commands meet all the time.
var everything = roster{
	names:      []string{"one.co", "two.co", "three.co", "four.nom.co", "five.com.co", "six.net.co"},
	hosts:      []string{"ns1.one.co", "ns2.one.co", "ns1.two.co", "ns1.four.nom.co", "ns1.six.net.co", "ns1.example.net"},
	contacts:   []string{"C-1", "C-2", "C-3", "C-4"},
	registrars: []string{"H1001", "H1002", "H1003", "H1004", "H1005", "H1006"},
}

// creditOfPoor lets the registrar without funds spend what puts its account on hold when it posts.
const creditOfPoor = 60_00

// newModel is the registry of test/world.
func newModel() *model {
	const paidIn = 100_000_00
	return &model{
		now: beginning,
		registrars: map[string]*registrar{
			"H1001": {balance: paidIn},
			"H1002": {balance: paidIn},
			"H1003": {credit: creditOfPoor},
			"H1004": {balance: paidIn, suspended: true},
			"H1005": {balance: paidIn, held: true},
			"H1006": {balance: paidIn, deletes: true},
		},
		names: map[string]*name{}, hosts: map[string]*host{}, contacts: map[string]*contact{}, told: map[string][]string{},
		terms: rulesOf, spread: spreadOf,
	}
}

// A chance makes acts up, most of them such as a registrar would send in the state that the model has.
type chance struct {
	*rand.Rand
	m *model
}

func oneOf[T any](c chance, list []T) T { return list[c.IntN(len(list))] }

// opening are the first acts of a life: contacts to begin with, and the day.
func (c chance) opening() []act {
	var acts []act
	for i, id := range everything.contacts {
		acts = append(acts,
			act{do: "contact create", who: everything.registrars[i%2], name: id, fails: -1})
	}
	days := []int64{beginning, beginning + 20*day, beginning + c.Int64N(1000*day), time.Date(2028, 2, 28+c.IntN(2), 12, 0, 0, 0, time.UTC).Unix()}
	acts = append(acts, act{do: "wait", at: oneOf(c, days), fails: -1})
	if c.IntN(2) == 0 { // that expire near the change of rules, mostly
		for _, id := range everything.names[4:] {
			acts = append(acts, act{do: "create", who: everything.registrars[c.IntN(2)], name: id, other: "C-1", count: 1, fails: -1})
		}
	}
	return acts
}

// next makes one act up.
func (c chance) next() act {
	var a act
	switch n := c.IntN(100); {
	case n < 30:
		return act{do: "wait", at: c.instant(), fails: -1}
	case n < 45:
		return c.inside()
	case n < 52:
		a = c.operator()
	case n < 60:
		a = c.hostAct()
	case n < 63:
		a = c.contactAct()
	default:
		a = c.nameAct()
	}
	a.fails = -1
	if c.IntN(8) == 0 {
		a.fails, a.dies = c.IntN(12), c.IntN(4) == 0
	}
	return a
}

// instant is when a wait ends: mostly around the moment at which something falls due soon.
func (c chance) instant() int64 {
	switch c.IntN(12) {
	case 0:
		return c.m.now + 1 + c.Int64N(400*day)
	case 1, 2:
		return c.m.now + 1 + c.Int64N(20*day)
	}
	due := c.boundaries()
	if len(due) == 0 {
		return c.m.now + 1 + c.Int64N(day)
	}
	at := due[min(c.IntN(len(due)), c.IntN(len(due)), c.IntN(len(due)))] + oneOf(c, []int64{-day, -1, 0, 0, 1})
	return max(at, c.m.now+1)
}

// boundaries are the instants ahead at which something changes, in order.
func (c chance) boundaries() []int64 {
	var due []int64
	add := func(list ...int64) {
		for _, at := range list {
			if at > c.m.now {
				due = append(due, at)
			}
		}
	}
	add(changeOfRules)
	for _, n := range c.m.names {
		add(n.expires, n.redeemable, n.dead, n.purge, n.suspended, n.renewBy, n.hold)
		if n.moving != nil {
			add(n.moving.answer)
		}
		for _, g := range n.graces {
			add(g.until)
		}
	}
	for _, contact := range c.m.contacts {
		add(contact.purge)
		if contact.moving != nil {
			add(contact.moving.answer)
		}
	}
	slices.Sort(due)
	return due
}

// inside is what nobody outside should notice.
func (c chance) inside() act {
	a := act{do: oneOf(c, []string{"settle", "settle", "settle", "poll", "poll", "publish", "publish", "audit", "crash", "reopen"}), fails: -1}
	switch a.do {
	case "settle":
		a.count = 1 + c.IntN(4)*c.IntN(4)
		if c.IntN(4) == 0 {
			a.fails = c.IntN(12)
		}
	case "publish":
		a.count = 1 + c.IntN(5)
	case "poll":
		a.who = oneOf(c, everything.registrars)
	}
	return a
}

func (c chance) operator() act {
	a := act{do: oneOf(c, []string{"deposit", "deposit", "hold", "suspend", "delete at expiry", "server status", "server approve", "server reject"}), name: oneOf(c, everything.registrars)}
	r := c.m.registrars[a.name]
	switch a.do {
	case "deposit":
		a.name, a.count = "H1003", (1+c.IntN(8))*10_00
		if c.m.registrars["H1003"].short && c.IntN(2) == 0 {
			a.count += reinstatement
		}
	case "hold":
		a.off = r.held
	case "suspend":
		a.off = r.suspended
	case "delete at expiry":
		a.off = r.deletes
	case "server approve", "server reject":
		a.name = oneOf(c, everything.names)
		for id, n := range c.m.names { // mostly one that is asked for
			if n.moving != nil && (a.name > id || c.m.names[a.name] == nil || c.m.names[a.name].moving == nil) {
				a.name = id
			}
		}
	case "server status":
		a.name = oneOf(c, everything.names)
		a.other = "server" + oneOf(c, []string{"Hold", "DeleteProhibited", "UpdateProhibited", "RenewProhibited", "TransferProhibited"})
		if n := c.m.names[a.name]; n != nil && len(n.statuses) > 0 && c.IntN(2) == 0 {
			a.off, a.other = true, oneOf(c, n.statuses)
		}
	}
	return a
}

// by is mostly who could.
func (c chance) by(sponsor string) string {
	if sponsor == "" || c.IntN(12) == 0 {
		return oneOf(c, everything.registrars)
	}
	return sponsor
}

func (c chance) hostAct() act {
	a := act{do: oneOf(c, []string{"host create", "host create", "host delete", "host rename"}), name: oneOf(c, everything.hosts)}
	h, sponsor := c.m.hosts[a.name], ""
	if n := c.m.names[aboveOf(a.name)]; n != nil {
		sponsor = n.sponsor
	} else if h != nil {
		sponsor = h.sponsor
	}
	if h == nil && c.IntN(4) > 0 {
		a.do = "host create"
	}
	if a.do == "host rename" {
		a.other = oneOf(c, everything.hosts)
	}
	a.who = c.by(sponsor)
	return a
}

func (c chance) contactAct() act {
	a := act{name: oneOf(c, everything.contacts)}
	contact := c.m.contacts[a.name]
	if contact == nil {
		a.do, a.who = "contact create", oneOf(c, everything.registrars)
		return a
	}
	a.who = c.by(contact.sponsor)
	a.do = "contact " + oneOf(c, []string{"create", "delete", "status", "transfer", "transfer", "secret", "cancel"})
	if contact.moving != nil {
		a.do = "contact " + oneOf(c, []string{"delete", "status", "transfer", "cancel", "approve", "approve", "reject"})
	}
	switch a.do {
	case "contact status":
		a.other = "clientDeleteProhibited"
		a.off = slices.Contains(contact.statuses, a.other) != (c.IntN(10) == 0)
	case "contact secret":
		a.other = secretOf(a.name)
	case "contact transfer":
		a.who, a.other = oneOf(c, everything.registrars), c.secret(contact.secret)
	case "contact cancel":
		if contact.moving != nil {
			a.who = c.by(contact.moving.gaining)
		}
	}
	return a
}

// secret is mostly the right one.
func (c chance) secret(right string) string {
	if c.IntN(10) == 0 {
		return "a wrong secret"
	}
	return right
}

func (c chance) nameAct() act {
	a := act{name: oneOf(c, everything.names)}
	n := c.m.names[a.name]
	if n == nil {
		a.do, a.who, a.other, a.count = "create", oneOf(c, everything.registrars), oneOf(c, everything.contacts), 1+c.IntN(2)*c.IntN(6)
		if c.IntN(4) == 0 { // whose account is on hold now and then
			a.who, a.count = "H1003", 1
		}
		if c.IntN(2) == 0 {
			a.hosts = []string{oneOf(c, everything.hosts)}
		}
		return a
	}
	a.do, a.who = c.wish(n), c.by(n.sponsor)
	switch a.do {
	case "renew":
		a.at, a.count = n.expires, 1+c.IntN(2)*c.IntN(5)
		if c.IntN(10) == 0 {
			a.at -= day
		}
	case "transfer":
		a.who, a.other, a.count = oneOf(c, everything.registrars), c.secret(n.secret), 1+c.IntN(2)*c.IntN(5)
		if c.IntN(3) > 0 { // mostly one that has funds
			a.who = without(everything.registrars[:2], n.sponsor)[0]
		}
	case "cancel":
		if n.moving != nil {
			a.who = c.by(n.moving.gaining)
		}
	case "update status":
		a.other = "client" + oneOf(c, []string{"Hold", "DeleteProhibited", "UpdateProhibited", "RenewProhibited", "TransferProhibited"})
		a.off = slices.Contains(n.statuses, a.other) != (c.IntN(10) == 0)
	case "update host":
		a.other = oneOf(c, everything.hosts)
		a.off = slices.Contains(n.hosts, a.other) != (c.IntN(10) == 0)
	case "update contact":
		a.other = oneOf(c, everything.contacts)
	case "create":
		a.other, a.count = oneOf(c, everything.contacts), 1
	case "update secret":
		a.other = secretOf(a.name)
	}
	return a
}

// wish is what a registrar may want of a name as it is.
func (c chance) wish(n *name) string {
	anything := []string{
		"renew", "renew", "renew", "delete", "delete", "update status", "update status", "update host", "update host", "update host",
		"update contact", "update secret", "create", "transfer", "transfer", "transfer", "cancel", "restore",
	}
	switch usual := c.IntN(3) > 0; {
	case usual && n.moving != nil:
		return oneOf(c, []string{"cancel", "approve", "approve", "reject", "reject"})
	case usual && n.purge > 0 && c.m.now < n.redeemable:
		return "restore"
	case usual && n.secret == "":
		return "update secret"
	case usual && slices.Contains(n.shownGraces(c.m.now), "autoRenewPeriod"):
		return oneOf(c, []string{"transfer", "transfer", "transfer", "delete", "renew"})
	}
	return oneOf(c, anything)
}
