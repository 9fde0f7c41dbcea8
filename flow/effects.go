package flow

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// What time does to an object is for package lifecycle to say. What follows from it for others (hosts that
// move along, registrars that are told) is here, and only read and written by a command that goes through.

// written returns what time did to the objects that were read, with what follows for others.
func (c *Call) written() []registry.Changes {
	var list, purges []registry.Changes
	for i := 0; i < len(c.purges); i++ { // one may have another settled, too
		purges = append(purges, c.settlePurge(c.purges[i]).Earlier...)
	}
	for _, fact := range c.settled {
		changes := fact.Changes
		changes.Add(c.effects(fact))
		list = append(list, changes)
	}
	return append(list, purges...)
}

// toldInOrder returns what time did with all that is told of it at the end, in the order in which it happened: the
// facts of one object stand together, and the same registrar may be told of several.
func (c *Call) toldInOrder(list []registry.Changes) []registry.Changes {
	var told registry.Changes
	for i := range list {
		told.Poll, told.Mail = append(told.Poll, list[i].Poll...), append(told.Mail, list[i].Mail...)
		list[i].Poll, list[i].Mail = nil, nil
	}
	told.Add(c.lingering())
	if len(told.Poll)+len(told.Mail) == 0 {
		return list
	}
	slices.SortStableFunc(told.Poll, func(a, b registry.PollMessage) int { return a.At.Compare(b.At) })
	slices.SortStableFunc(told.Mail, func(a, b registry.Mail) int { return a.At.Compare(b.At) })
	return append(list, told)
}

// lingering tells of contacts that lost their last link. It comes after what took the link away.
func (c *Call) lingering() registry.Changes {
	var changes registry.Changes
	for _, fact := range c.settled {
		if fact.Step == lifecycle.LinksGone {
			changes.Add(c.contactLingers(fact.Contacts[0], fact.Origin))
		}
	}
	return changes
}

// origin is that of what the command does itself.
func (c *Call) origin() registry.Origin {
	return registry.Origin{At: c.Now, Registrar: c.Registrar.ID, User: c.User, Command: c.command, SvTRID: c.SvTRID, ClTRID: c.ClTRID}
}

// conditions are those on contacts that names link no longer, in order.
func (c *Call) conditions() []registry.Unlinked {
	var list []registry.Unlinked
	for _, contact := range slices.Sorted(maps.Keys(c.lastLinks)) {
		list = append(list, registry.Unlinked{Contact: contact, Last: c.lastLinks[contact]})
	}
	return list
}

// effects are what a fact of time does to others.
func (c *Call) effects(fact lifecycle.Fact) registry.Changes {
	switch {
	case fact.Step == lifecycle.Transferred && len(fact.Domains) > 0:
		return c.transferred(fact.Domains[0], registry.EndedByTime)
	case fact.Step == lifecycle.Transferred:
		moved := fact.Contacts[0]
		notice := endedBy(moved.Transfer.Notice("contact", moved.ID), registry.EndedByTime)
		return c.tellTransfer(notice, moved.Transfer.Answer)
	case fact.Step == lifecycle.HostsGone, len(fact.Domains) == 0:
		return registry.Changes{} // the purge tells, and lingering
	}
	d := fact.Domains[0]
	return c.notify(d.Sponsor, fact.At(), c.stepNotice(fact.Step, d, fact.At()))
}

// A stepText is how a step of time is told: the operation that RFC 8590 has for it, with the detail if it has none,
// why it happened, and a sentence, in which the name, what is told of its renewal and an instant of it follow.
type stepText struct {
	event             registry.Event
	operation, detail string
	why, text         string
	renewal           map[registry.Renewal]string // nil: nothing is told of it
	instant           func(registry.Domain) time.Time
}

// sayWhy says why a name renewed itself though its account is set to let names go.
func sayWhy() map[registry.Renewal]string {
	return map[registry.Renewal]string{
		registry.RenewedAsSet:   "",
		registry.RenewedAsAsked: ", as a transfer of it is pending",
		registry.RenewedLocked:  ", as it has serverDeleteProhibited",
	}
}

// stepTexts has every step of a domain but its transfer.
var stepTexts = map[lifecycle.Step]stepText{
	lifecycle.Renewed: {
		registry.EventAutoRenewed, "autoRenew", "", "it expired",
		"Domain %s was renewed automatically for one year%s; it expires on %s.", sayWhy(), expiryOf,
	},
	lifecycle.Suspended: {
		registry.EventSuspended, "custom", "suspend", "it expired",
		"Domain %s has expired and is suspended; unless you renew or delete it, it %s on %s.",
		map[registry.Renewal]string{
			registry.RenewedAsSet: "renews itself", registry.RenewedLocked: "renews itself",
			registry.NotRenewed: "is deleted",
		},
		func(d registry.Domain) time.Time { return d.Suspension.Until },
	},
	lifecycle.Expired: {
		registry.EventAutoDeleted, "autoDelete", "", "it expired; auto-renewal is off",
		"Domain %s has expired and was deleted; it can be restored until %s.", nil, restorableOf,
	},
	lifecycle.RestoreRenewed: {
		registry.EventRestoreRenewed, "autoRenew", "", "it was restored",
		"Domain %s was restored and renewed automatically for one year%s; it expires on %s.", sayWhy(), expiryOf,
	},
	lifecycle.RestoreLapsed: {
		registry.EventRestoreLapsed, "autoDelete", "", "not renewed on its restore day",
		"Domain %s was deleted again, as it was not renewed on the day of its restore; it can be restored until %s.",
		nil, restorableOf,
	},
}

func expiryOf(d registry.Domain) time.Time     { return d.Expires }
func restorableOf(d registry.Domain) time.Time { return d.Deletion.RestorableTil }

// stepNotice tells what time has done to a name. RFC 8590, decisions 4.7.
func (c *Call) stepNotice(step lifecycle.Step, d registry.Domain, at time.Time) registry.ChangeNotice {
	told := stepTexts[step]
	d.AuthInfo = nil
	parts := []any{d.Name}
	var renewal registry.Renewal
	if told.renewal != nil { // what decides is the same before the step and after it
		waits := d
		if step == lifecycle.Suspended { // a transfer will have ended when that does
			waits.Transfer = registry.Transfer{}
		}
		renewal = lifecycle.Renewal(waits, c.rules(), at)
		parts = append(parts, told.renewal[renewal])
	}
	return registry.ChangeNotice{
		Operation: told.operation, Detail: told.detail, At: at, SvTRID: c.SvTRID, Who: "registry", Why: told.why,
		Step: told.event, Domain: &d, Renewal: renewal,
		Text: fmt.Sprintf(told.text, append(parts, told.instant(d).UTC().Format(time.RFC3339))...),
	}
}

// transferred moves the hosts below a name that has just been transferred to its new sponsor, and tells those of
// both sides who did not do it, with what did if neither side has. Manual 8.3.1, decisions 3.6.
func (c *Call) transferred(d registry.Domain, by registry.Ender) registry.Changes {
	changes := c.tellTransfer(endedBy(d.Transfer.Notice("domain", d.Name.String()), by), d.Transferred)
	var before []lifecycle.Fact
	for _, fact := range c.factsOf(d.Name) {
		if fact.At().Before(d.Transferred) {
			before = append(before, fact)
		}
	}
	for _, h := range c.storedHostsBelow(d.Name) {
		changes.Hosts = append(changes.Hosts, moved(movedAlong(h, before), d))
	}
	return changes
}

// movedAlong returns a host as it is after facts of the name above it.
func movedAlong(h registry.Host, facts []lifecycle.Fact) registry.Host {
	for _, fact := range facts {
		if fact.Step == lifecycle.Transferred {
			h = moved(h, fact.Domains[0])
		}
	}
	return h
}

func moved(h registry.Host, above registry.Domain) registry.Host {
	h = h.Next()
	h.Sponsor, h.Transferred = above.Sponsor, above.Transferred
	return h
}

// factsOf returns what time did to a name that was read.
func (c *Call) factsOf(name names.Name) []lifecycle.Fact {
	if _, followed := c.followed[name]; !followed { // as of most names of a batch
		return nil
	}
	var list []lifecycle.Fact
	for _, fact := range c.settled {
		if slices.ContainsFunc(fact.Domains, func(d registry.Domain) bool { return d.Name == name }) {
			list = append(list, fact)
		}
	}
	return list
}

// endedBy adds what ended a transfer, if neither side has.
func endedBy(n registry.TransferNotice, by registry.Ender) registry.TransferNotice {
	if n.Status.IsServer() {
		n.By = by
	}
	return n
}

// tellTransfer tells those sides of a transfer that did not do it themselves how it stands. Manual 9.11.1 to
// 9.11.4, decisions 3.6.
func (c *Call) tellTransfer(n registry.TransferNotice, at time.Time) registry.Changes {
	var changes registry.Changes
	for _, side := range toldOf(n) {
		changes.Add(c.notify(side, at, n))
	}
	return changes
}

// toldOf returns the sides that are told: the losing one of a request and a cancellation, the gaining one of an
// answer, and both of what neither of them did.
func toldOf(n registry.TransferNotice) []registry.RegistrarID {
	switch n.Status {
	case registry.TransferPending, registry.TransferClientCancelled:
		return []registry.RegistrarID{n.Losing}
	case registry.TransferClientApproved, registry.TransferClientRejected:
		return []registry.RegistrarID{n.Gaining}
	}
	return []registry.RegistrarID{n.Gaining, n.Losing}
}
