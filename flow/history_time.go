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
	}
	if len(made) > 0 {
		p = made[len(made)-1]
	}
	return p, made
}

func (c *Call) timedDomain(p registry.Past, d registry.Domain, at time.Time) (made []registry.Past) {
	d, facts, alive := lifecycle.Advance(d, c.rules(d.Sponsor), at)
	for _, fact := range facts {
		for _, version := range fact.Domains {
			made = append(made, madeByTime(p, fact.Origin.At, version.Version, version))
		}
	}
	if !alive {
		gone := madeByTime(p, d.Deletion.PurgeAt, d.Version+1, d)
		gone.Gone = true
		made = append(made, gone)
	}
	return made
}

// timedHost lets a host go with the name above it.
func (c *Call) timedHost(p registry.Past, h registry.Host, at time.Time) []registry.Past {
	if h.Superordinate.IsZero() {
		return nil
	}
	above, found := c.lastVersion(registry.KindDomain, h.Superordinate.ROID)
	if !found || above.Gone { // then the host's own history says so
		return nil
	}
	if above, _ = c.timed(above, at); !above.Gone {
		return nil
	}
	gone := madeByTime(p, above.Origin.At, h.Version+1, h)
	gone.Gone = true
	return []registry.Past{gone}
}

// madeByTime is a version of an object that time made.
func madeByTime(p registry.Past, at time.Time, version int64, object any) registry.Past {
	p.Version, p.Origin, p.Object = version, registry.Origin{At: at, Command: "time"}, object
	return p
}
