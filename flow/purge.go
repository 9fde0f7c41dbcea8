package flow

import (
	"cmp"
	"slices"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// purge frees a name: it goes, and with it its subordinate hosts and every delegation to them, and contacts
// that no other name links begin to wait for their purge. The domain is given in the version that follows its
// last. Those whose names were delegated to the hosts are told. Manual 8.2.2, 8.3.2, decisions 2.5, 2.8.
func (c *Call) purge(d registry.Domain, by registry.Deletion, o registry.Origin) registry.Changes {
	changes := registry.Changes{
		GoneDomains: []registry.Domain{d},
		Marks:       []registry.Mark{{Kind: registry.MarkDomain, Name: d.Name}},
	}
	c.keep(followed{domain: d, gone: o.At, purged: true})
	for _, h := range c.SubordinateHosts(d.Name) {
		changes.Marks = append(changes.Marks, registry.Mark{Kind: registry.MarkHost, Name: h.Name},
			registry.Mark{Kind: registry.MarkLeft, Name: h.Name})
		changes.Add(c.purgeHost(h, d.Name, by, o))
	}
	c.unlinkContacts(d, o)
	return changes
}

// mostUndelegated is how many names that are delegated to hosts which go a command looks at itself. Those of
// a host with more lose it at once for everybody who asks, and one after the other in what is stored.
const mostUndelegated = 1000

// purgeHost removes a host that goes with the name above it. Manual 8.3.2, decisions 2.8.
func (c *Call) purgeHost(h registry.Host, above names.Name, by registry.Deletion, o registry.Origin) registry.Changes {
	if !h.Linked {
		return registry.Changes{GoneHosts: []registry.Host{h.Next()}}
	}
	told := h
	told.Changed = registry.Measure{}
	a := registry.Announcement{
		Topic: string(h.ROID), Due: o.At, Host: h.ROID, Gone: true,
		Notice: registry.ChangeNotice{
			Step: registry.EventHostGone, Operation: "delete", At: o.At, SvTRID: c.SvTRID, Before: true,
			Who:  cmp.Or(string(by.By), "registry"),
			Why:  "the name above it was purged",
			Text: "Host " + h.Name.String() + " was removed when " + above.String() + " was purged; delegations to it were removed.",
			Host: &told, Linked: true,
		},
	}
	room := mostUndelegated - c.undelegated
	list := c.delegatedAfter(h.ROID, "", room+1)
	if len(list) > room {
		return registry.Changes{Leaving: []registry.Host{h.Next()}, Announced: []registry.Announcement{a}}
	}
	c.undelegated += len(list)
	changes := c.undelegate(&a, list, o)
	changes.GoneHosts = []registry.Host{h.Next()}
	changes.Undelegated = linksTo(h.ROID, list)
	return changes
}

// linksTo are the links of names to a host, as they were read: who links it meanwhile stands in the way of its end, and
// is seen then.
func linksTo(host registry.ROID, list []registry.Delegated) []registry.HostLink {
	links := make([]registry.HostLink, len(list))
	for i, d := range list {
		links[i] = registry.HostLink{Domain: d.Domain, Host: host}
	}
	return links
}

// undelegate settles that names lose a host, and tells those who sponsored them then, each once. What time did to the names
// before comes first; one that was purged before is left alone.
func (c *Call) undelegate(a *registry.Announcement, list []registry.Delegated, o registry.Origin) registry.Changes {
	var changes registry.Changes
	c.prefetch(registry.Keys{Domains: namesOf(list)})
	for _, delegated := range list {
		a.After = string(delegated.Domain)
		f, found := c.follow(delegated.Name, o.At)
		if !found || !f.gone.IsZero() && !f.gone.After(o.At) {
			continue
		}
		if slices.ContainsFunc(f.domain.Nameservers, func(ref registry.HostRef) bool { return ref.ROID == a.Host }) {
			var fact lifecycle.Fact
			f.domain, fact = lifecycle.WithoutHosts(f.domain, []registry.ROID{a.Host}, o)
			c.settled = append(c.settled, fact)
			c.keep(f)
		}
		if sponsor := c.sponsorAt(f.domain, a.Due); !slices.Contains(a.Told, sponsor) {
			a.Told = append(a.Told, sponsor)
			changes.Add(c.notify(sponsor, a.Due, a.Notice))
		}
	}
	return changes
}

// sponsorAt returns who sponsored a name at an instant, be it that the name has moved on since.
func (c *Call) sponsorAt(d registry.Domain, at time.Time) registry.RegistrarID {
	if !d.Transferred.After(at) {
		return d.Sponsor
	}
	p, found := c.versionAt(registry.KindDomain, d.ROID, at)
	if !found {
		return d.Sponsor
	}
	p, _ = c.timed(p, at)
	return p.Object.(registry.Domain).Sponsor
}

func namesOf(list []registry.Delegated) []names.Name {
	found := make([]names.Name, len(list))
	for i, d := range list {
		found[i] = d.Name
	}
	return found
}

// unlinkContacts settles that a name which is purged links its contacts no longer.
func (c *Call) unlinkContacts(d registry.Domain, o registry.Origin) {
	refs := contactsOf(d)
	ids := make([]string, len(refs))
	for i, ref := range refs {
		ids[i] = ref.ID
	}
	c.prefetch(registry.Keys{Contacts: ids})
	for _, ref := range refs {
		f, found := c.followContact(ref.ID, o.At)
		if !found || !f.contact.Linked { // or the call has found that already
			continue
		}
		gone, last := c.lostLast(f.contact, names.Name{})
		if !last {
			c.unlinks(f.contact, false)
			continue
		}
		by := o
		if gone.at.After(o.At) {
			by = registry.Origin{At: gone.at, Command: "time"}
			f, _ = c.followContact(ref.ID, gone.at)
		}
		c.losesLinks(f, by)
		c.settleToo(gone.names) // else the next of them would take its own purge for the last
	}
}

// purged tells the sponsor of a name that it is gone, if the sponsor itself deleted it, with the ids of its
// command. Manual 9.11.5, decisions 3.8.
func (c *Call) purged(d registry.Domain, by registry.Deletion, o registry.Origin) registry.Changes {
	if by.By == "" || by.By != d.Sponsor {
		return registry.Changes{}
	}
	return c.notify(d.Sponsor, o.At, registry.PendingActionNotice{
		Name: d.Name.String(), Done: true, ClTRID: by.ClTRID, SvTRID: by.SvTRID, At: o.At,
	})
}

// foreseePurges reads together what the purges of names that are due will ask for.
func (c *Call) foreseePurges(due []names.Name) {
	var keys registry.Keys
	for _, name := range due {
		f, found := c.follow(name, c.Now)
		if !found || f.gone.IsZero() {
			continue
		}
		keys.Below = append(keys.Below, name)
		for _, ref := range contactsOf(f.domain) {
			keys.Contacts, keys.Linked = append(keys.Contacts, ref.ID), append(keys.Linked, ref.ROID)
		}
	}
	if len(keys.Below) > 0 {
		c.prefetch(keys)
	}
}

// settlePurge purges a name whose purge has come due and that nobody has purged yet.
func (c *Call) settlePurge(name names.Name) registry.Changes {
	f, found := c.follow(name, c.Now)
	if !found || f.gone.IsZero() || f.purged {
		return registry.Changes{}
	}
	d, o := f.domain, registry.Origin{At: f.gone, Command: "time"}
	changes := c.purged(d, d.Deletion, o)
	changes.Add(c.purge(d.Next(), d.Deletion, o))
	changes.Origin = o
	return registry.Changes{Earlier: []registry.Changes{changes}}
}
