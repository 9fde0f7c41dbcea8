package flow

import (
	"cmp"
	"slices"
	"time"

	"example.org/dorado/core/names"
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
	if a.Host != "" {
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
	for _, d := range list {
		a.After = string(d.Domain)
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

// hostGone tells the sponsors whose names are delegated to a host that it goes with the name above it.
// Manual 8.3.2, decisions 2.8.
func (c *Call) hostGone(h registry.Host, above names.Name, by registry.RegistrarID, at time.Time) registry.Changes {
	who := cmp.Or(string(by), "registry")
	notice := registry.ChangeNotice{
		Step: registry.EventHostGone, Operation: "delete", At: at, SvTRID: c.SvTRID, Who: who, Before: true,
		Why:  "the name above it was purged",
		Text: "Host " + h.Name.String() + " was removed when " + above.String() + " was purged; delegations to it were removed.",
		Host: &h, Linked: true,
	}
	var told []registry.RegistrarID
	var changes registry.Changes
	for after, more := registry.ROID(""), h.Linked; more; {
		list := c.delegatedAfter(h.ROID, after, toldAtOnce)
		for _, d := range list {
			after = d.Domain
			if d.Name != above && !slices.Contains(told, d.Sponsor) {
				told = append(told, d.Sponsor)
				changes.Add(c.notify(d.Sponsor, at, notice))
			}
		}
		more = len(list) == toldAtOnce
	}
	return changes
}
