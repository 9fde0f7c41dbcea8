package flow

import (
	"cmp"
	"strings"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
)

// AsOf asks what an object was like at an instant, for the operator: with all that time had done to it by then.
type AsOf struct {
	Object registry.ObjectKind
	ID     string
	At     time.Time // not after now; zero: now
}

// WasThen is what AsOf answers.
type WasThen struct {
	At   time.Time // a whole second
	Last Step      // the version that was in force

	Properties []Property

	// Those that followed then, too. Of hosts and contacts, linked is left out: who linked them then is not kept.
	EPPStatuses []registry.Status
	RGPStatuses []registry.RGPStatus
	Delegation  lifecycle.Publication // of a domain
}

// A Property is one field of an object with what it was: one value, or those of a list. Fields and values are
// written as those of a Difference.
type Property struct {
	Field  string   `json:"field"`
	Values []string `json:"values"`
}

// properties are what an object had, those that were empty left out.
func properties(p registry.Past) []Property {
	var list []Property
	for _, d := range Differences(registry.Past{}, p) {
		values := d.Added
		if d.After != "" {
			values = []string{d.After}
		}
		list = append(list, Property{d.Field, values})
	}
	return list
}

// Answer returns a WasThen.
func (q AsOf) Answer(c *Call) (Reply, error) {
	// Load.
	at := cmp.Or(q.At, c.Now).UTC().Truncate(time.Second)
	p, found := c.past(q, at)

	// Check.
	if err := c.check(
		historyIsKept(q.Object),
		instantIsPast(at, c.Now),
		objectWasThereThen(q.Object, q.ID, at, found),
	); err != nil {
		return nil, err
	}

	// Return.
	then := WasThen{At: at, Last: c.step(c.before(p), p)}
	switch o := p.Object.(type) {
	case registry.Domain:
		o.Nameservers = c.calledThen(o.Nameservers, at)
		o.Graces = lifecycle.Running(o, at)
		p.Object = o
		then.EPPStatuses, then.RGPStatuses, then.Delegation = lifecycle.Statuses(o), lifecycle.RGPStatuses(o, at), lifecycle.Delegation(o)
	case registry.Host:
		then.EPPStatuses = lifecycle.HostStatuses(o)
	case registry.Contact:
		then.EPPStatuses = lifecycle.ContactStatuses(o)
	}
	then.Properties = properties(p)
	return then, nil
}

// past returns the object that had a name or id at an instant, as it was then.
func (c *Call) past(q AsOf, at time.Time) (registry.Past, bool) {
	if q.Object == registry.KindDomain || q.Object == registry.KindHost {
		q.ID = strings.ToLower(q.ID)
	}
	roid, found := read(c, func() (registry.ROID, bool, error) { return c.reader.LifeAt(q.Object, q.ID, at) })
	if !found {
		roid = c.living(q.Object, q.ID)
	}
	p, found := c.versionAt(q.Object, roid, at)
	if !found {
		return registry.Past{}, false
	}
	p, _ = c.timed(p, at)
	called := p.Name
	if q.Object == registry.KindContact {
		called = q.ID // its case says nothing
	}
	return p, !p.Gone && called == q.ID
}

// before returns the version before one, zero for the first; one that time made may follow one that it made.
func (c *Call) before(p registry.Past) registry.Past {
	list := c.versions(registry.VersionFilter{Kind: p.Kind, ROID: p.ROID, After: p.Version}, 1)
	if len(list) == 0 {
		return registry.Past{}
	}
	return list[0]
}

func (c *Call) versionAt(kind registry.ObjectKind, roid registry.ROID, at time.Time) (registry.Past, bool) {
	if roid == "" {
		return registry.Past{}, false
	}
	return read(c, func() (registry.Past, bool, error) { return c.reader.VersionAt(kind, roid, at) })
}

// calledThen returns name servers by the names that they had at an instant, without those that were gone.
func (c *Call) calledThen(hosts []registry.HostRef, at time.Time) []registry.HostRef {
	var then []registry.HostRef
	for _, ref := range hosts {
		p, found := c.versionAt(registry.KindHost, ref.ROID, at)
		if found {
			p, _ = c.timed(p, at)
			ref.Name = p.Object.(registry.Host).Name
		}
		if !p.Gone {
			then = append(then, ref)
		}
	}
	return then
}

// instantIsPast holds for an instant that has been.
func instantIsPast(at, now time.Time) Rule {
	return refuseIf("instantIsPast", at.After(now), registry.Error{
		Code: registry.ParameterRange, Field: "at", Value: at.Format(time.RFC3339),
		Reason: "the instant is ahead, and what will be is not known; give one that has been",
	})
}

// objectWasThereThen holds for an object that there was at an instant.
func objectWasThereThen(kind registry.ObjectKind, id string, at time.Time, was bool) Rule {
	return refuseIf("objectWasThereThen", !was, registry.Error{
		Code: registry.ObjectMissing, Field: string(kind), Value: id,
		Reason: "there was none at " + at.Format(time.RFC3339) + "; its history says when there was",
	})
}
