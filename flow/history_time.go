package flow

import (
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// What time has done to an object is a part of its history from the instant on at which it did, not from when
// the engine, or a command, wrote it down.

// storedROID finds the object that has a name or id as it is stored.
func (c *Call) storedROID(kind registry.ObjectKind, id string) (registry.ROID, bool, error) {
	name, err := names.Parse(id)
	isName := err == nil
	switch {
	case kind == registry.KindContact:
		contact, found, err := c.reader.Contact(id)
		return contact.ROID, found, err
	case kind == registry.KindRegistrar:
		r, found, err := c.reader.Registrar(registry.RegistrarID(id))
		return registry.ROID(r.ID), found, err
	case kind == registry.KindDomain && isName:
		d, found, err := c.reader.Domain(name)
		return d.ROID, found, err
	case kind == registry.KindHost && isName:
		h, found, err := c.reader.Host(name)
		return h.ROID, found, err
	}
	return "", false, nil
}

// unwritten returns the versions of an object that time has made by now and that are not stored, oldest first.
func (c *Call) unwritten(kind registry.ObjectKind, roid registry.ROID) []registry.Past {
	last, found := c.lastVersion(kind, roid)
	if !found {
		return nil
	}
	_, made := c.timed(last, c.Now)
	return made
}

func (c *Call) lastVersion(kind registry.ObjectKind, roid registry.ROID) (registry.Past, bool) {
	return read(c, func() (registry.Past, bool, error) {
		list, err := c.reader.Versions(registry.VersionFilter{Kind: kind, ROID: roid}, 1)
		if err != nil || len(list) == 0 {
			return registry.Past{}, false, err
		}
		return list[0], true, nil
	})
}

// timed brings a version that was in force to an instant, and returns what it has become, with all the versions
// that time made on the way.
func (c *Call) timed(p registry.Past, at time.Time) (registry.Past, []registry.Past) {
	if p.Gone {
		return p, nil
	}
	var made []registry.Past
	switch o := p.Object.(type) {
	case registry.Domain:
		made = c.timedDomain(p, o, at)
	case registry.Host:
		made = c.timedHost(p, o, at)
	case registry.Contact:
		made = timedContact(p, o, at)
	}
	if len(made) > 0 {
		p = made[len(made)-1]
	}
	return p, made
}

func (c *Call) timedDomain(p registry.Past, d registry.Domain, at time.Time) (made []registry.Past) {
	d, facts, alive := lifecycle.Advance(d, c.rules(), at)
	for _, fact := range facts {
		for _, version := range fact.Domains {
			made = append(made, madeByTime(p, fact.At(), version.Version, version))
		}
	}
	if !alive {
		made = append(made, goneByTime(p, d.Deletion.PurgeAt, d.Version+1, d))
	}
	return made
}

func timedContact(p registry.Past, contact registry.Contact, at time.Time) (made []registry.Past) {
	contact, facts, alive := lifecycle.AdvanceContact(contact, at)
	for _, fact := range facts {
		for _, version := range fact.Contacts {
			made = append(made, madeByTime(p, fact.At(), version.Version, version))
		}
	}
	if !alive {
		made = append(made, goneByTime(p, contact.PurgeAt, contact.Version+1, contact))
	}
	return made
}

// timedHost lets a host move and go with the name above it.
func (c *Call) timedHost(p registry.Past, h registry.Host, at time.Time) (made []registry.Past) {
	if h.Superordinate.IsZero() {
		return nil
	}
	above, found := c.lastVersion(registry.KindDomain, h.Superordinate.ROID)
	if !found || above.Gone { // then the host's own history says so
		return nil
	}
	d, facts, alive := lifecycle.Advance(above.Object.(registry.Domain), c.rules(), at)
	for _, fact := range facts {
		if fact.Step == lifecycle.Transferred {
			h = moved(h, fact.Domains[0])
			made = append(made, madeByTime(p, fact.At(), h.Version, h))
		}
	}
	if !alive {
		made = append(made, goneByTime(p, d.Deletion.PurgeAt, h.Version+1, h))
	}
	return made
}

// madeByTime is a version of an object that time made.
func madeByTime(p registry.Past, at time.Time, version int64, object any) registry.Past {
	p.Version, p.Origin, p.Object = version, registry.Origin{At: at, Command: "time"}, object
	return p
}

// goneByTime is the version of an object with which time removed it.
func goneByTime(p registry.Past, at time.Time, version int64, object any) registry.Past {
	p = madeByTime(p, at, version, object)
	p.Gone = true
	return p
}

// did says what time did with a version of an object, by letting it do so again to the version before.
func (c *Call) did(before, after registry.Past) string {
	if after.Gone {
		return string(lifecycle.Purged)
	}
	var facts []lifecycle.Fact
	switch o := before.Object.(type) {
	case registry.Domain:
		_, facts, _ = lifecycle.Advance(o, c.rules(), after.Origin.At)
	case registry.Contact:
		_, facts, _ = lifecycle.AdvanceContact(o, after.Origin.At)
	case registry.Host: // time changes a host with the name above it only
		return string(lifecycle.Transferred)
	}
	if len(facts) == 0 {
		return ""
	}
	return string(facts[0].Step)
}
