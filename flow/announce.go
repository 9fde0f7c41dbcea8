package flow

import (
	"slices"

	"example.org/dorado/core/registry"
)

// Tell hands out the announcement that has been due longest, to so many registrars or so many names at a
// time. It is the engine's; each registrar gets each announcement once, whoever runs it and how often.
type Tell struct{ Limit int }

// Told is what Tell replies.
type Told struct {
	Messages int
	Mails    int
	Done     bool // nothing was due
}

// Subject is time:tell.
func (cmd Tell) Subject() Subject { return Subject{Command: "tell", Object: "time"} }

// Run hands out one part.
func (cmd Tell) Run(c *Call) (Reply, registry.Changes, error) {
	a, found := read(c, func() (registry.Announcement, bool, error) { return c.reader.DueAnnouncement(c.Now) })
	if !found {
		return Told{Done: true}, registry.Changes{}, nil
	}
	step := c.tellRegistrars
	switch {
	case a.Gone:
		step = c.tellUndelegated
	case a.Host != "":
		step = c.tellSponsors
	}
	changes := step(a, cmd.Limit)
	return Told{Messages: len(changes.Poll), Mails: len(changes.Mail)}, changes, nil
}

// tellRegistrars tells the next registrars in order of id.
func (c *Call) tellRegistrars(a registry.Announcement, limit int) registry.Changes {
	all, _ := read(c, func() ([]registry.Registrar, bool, error) {
		all, err := c.reader.Registrars()
		return all, true, err
	})
	var changes registry.Changes
	count := 0
	for _, r := range all {
		if string(r.ID) <= a.After {
			continue
		}
		if count == limit {
			changes.Announced = []registry.Announcement{a}
			return changes
		}
		count++
		a.After = string(r.ID)
		changes.Add(c.tellOne(r, a.Due, a.Notice))
	}
	changes.ToldAll = []registry.Announcement{a}
	return changes
}

// tellSponsors tells the sponsors of the next names that are delegated to a host.
func (c *Call) tellSponsors(a registry.Announcement, limit int) registry.Changes {
	list := c.delegatedAfter(a.Host, registry.ROID(a.After), limit)
	var changes registry.Changes
	if len(list) > 0 {
		a.After = string(list[len(list)-1].Domain)
	}
	for _, d := range c.delegatedNow(list) {
		if d.Sponsor == a.Except || slices.Contains(a.Told, d.Sponsor) {
			continue
		}
		a.Told = append(a.Told, d.Sponsor)
		changes.Add(c.notify(d.Sponsor, a.Due, a.Notice))
	}
	if len(list) < limit {
		changes.ToldAll = []registry.Announcement{a}
	} else {
		changes.Announced = []registry.Announcement{a}
	}
	return changes
}

// tellUndelegated takes a host that is gone from the next names that are delegated to it, and tells their
// sponsors. A name that was told is delegated to it no more, so the next are the first that are left: one that came
// to link the host while that went is among them, wherever it stands.
func (c *Call) tellUndelegated(a registry.Announcement, limit int) registry.Changes {
	list := c.delegatedAfter(a.Host, "", limit)
	changes := c.undelegate(&a, list, registry.Origin{At: a.Due, Command: "time"})
	changes.Undelegated = linksTo(a.Host, list)
	if len(list) < limit {
		changes.ToldAll = []registry.Announcement{a}
	} else {
		changes.Announced = []registry.Announcement{a}
	}
	return changes
}

func (c *Call) delegatedAfter(host, after registry.ROID, limit int) []registry.Delegated {
	list, _ := read(c, func() ([]registry.Delegated, bool, error) {
		list, err := c.reader.DelegatedAfter(host, after, limit)
		return list, true, err
	})
	return list
}

// toldAtOnce is how many names that are delegated to a host a command looks at itself to tell their
// sponsors. Of a host with more, the engine tells them.
const toldAtOnce = 1000

// hostRenamed tells the other sponsors whose names are delegated to a host that it has another name.
// Decisions 2.7.
func (c *Call) hostRenamed(h registry.Host, from string) registry.Changes {
	if !h.Linked {
		return registry.Changes{}
	}
	a := registry.Announcement{
		Topic: string(h.ROID), Due: c.Now, Host: h.ROID, Except: c.Registrar.ID,
		Notice: registry.ChangeNotice{
			Step: registry.EventHostRenamed, Operation: "update", At: c.Now, SvTRID: c.SvTRID, Who: string(c.Registrar.ID),
			Why:    "renamed by its sponsor",
			Former: from,
			Text:   "Host " + from + " was renamed to " + h.Name.String() + "; names delegated to it follow.",
			Host:   &h, Linked: true,
		},
	}
	changes := c.tellSponsors(a, toldAtOnce)
	if len(changes.Announced) > 0 {
		return registry.Changes{Announced: []registry.Announcement{a}}
	}
	changes.ToldAll = nil
	return changes
}
