package flow

import (
	"slices"
	"strings"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// HostList asks for hosts that the registrar sponsors, in order of name. Time is applied to the names above them.
type HostList struct {
	Prefix string // what the names begin with
	Links  registry.Links
	After  Place // of the page before
	Limit  int   // as in ContactList
}

// HostsListed is what HostList answers; see ContactsListed.
type HostsListed struct {
	Hosts []HostDetails
	After Place
	Count int
}

// Answer returns a HostsListed; it may be empty.
func (q HostList) Answer(c *Call) (Reply, error) {
	// Load, check.
	limits := c.Terms.Limits.Lists
	prefix, plain := hostPrefix(q.Prefix)
	_, legal := nameOfPlace(q.After)
	if err := c.check(registrarIsActive(c.Registrar), hostPrefixIsPlain(q.Prefix, plain), placeIsOurs(q.After, legal)); err != nil {
		return nil, err
	}
	span := registry.HostSpan{
		Sponsor: c.Registrar.ID, Prefix: prefix, After: string(q.After), Links: q.Links, Look: limits.Looked,
	}
	size := limits.Page(q.Limit)

	// Decide.
	stored, end, more := c.hostsOf(span, size)
	page := HostsListed{}
	if more {
		page.After = Place(end)
	}
	for _, h := range append(stored, c.hostsGained(span, end, more)...) {
		now, alive := c.hostAsRead(h)
		if alive && now.Sponsor == c.Registrar.ID && q.Links.Take(now.Linked) {
			page.Hosts = append(page.Hosts, HostDetails{Host: now, EPPStatuses: lifecycle.HostStatuses(now)})
		}
	}
	slices.SortStableFunc(page.Hosts, func(a, b HostDetails) int { return strings.Compare(a.Name.String(), b.Name.String()) })
	page.Count = readOwned(c, func(r registry.Reader) (int, error) { return r.CountOwnHosts(span, limits.Counted) })
	return page, nil
}

// hostsOf reads a page of hosts, where it ends, and whether more come behind.
func (c *Call) hostsOf(span registry.HostSpan, size int) (list []registry.Host, end string, more bool) {
	list = readOwned(c, func(r registry.Reader) ([]registry.Host, error) { return r.OwnHosts(span, size+1) })
	if len(list) > size {
		list = list[:size]
		return list, list[size-1].Name.String(), true
	}
	if span.Links == "" {
		return list, "", false
	}
	end, more = read(c, func() (string, bool, error) { return c.reader.OwnHostsEnd(span) })
	return list, end, more
}

// hostsGained returns hosts that belong on a page though they are not stored so: they came to the registrar with names that
// time has moved, or time has taken the names that were delegated to them, while nobody has written that down.
func (c *Call) hostsGained(span registry.HostSpan, end string, more bool) []registry.Host {
	var gained []registry.Host
	for _, h := range c.hostsMoved(span) {
		at := h.Name.String()
		twice := slices.ContainsFunc(gained, func(o registry.Host) bool { return o.ROID == h.ROID })
		if !twice && strings.HasPrefix(at, span.Prefix) && at > span.After && (!more || at <= end) {
			gained = append(gained, h)
		}
	}
	return gained
}

// hostsMoved returns hosts that may be in a span by what time has done.
func (c *Call) hostsMoved(span registry.HostSpan) []registry.Host {
	var moved []registry.Host
	for _, name := range c.late() {
		if d, alive := c.Domain(name); !alive || d.Sponsor != span.Sponsor {
			continue
		}
		for _, h := range c.storedHostsBelow(name) {
			if h.Sponsor != span.Sponsor {
				moved = append(moved, h)
			}
		}
	}
	if span.Links != registry.NoLink {
		return moved
	}
	for _, d := range c.lateGone() {
		for _, ref := range d.Nameservers {
			if h, found := c.Host(ref.Name); found {
				moved = append(moved, h)
			}
		}
	}
	return moved
}

// hostAsRead returns a host that was read in a list as it is now. Where time has changed no name, that is how it was
// read.
func (c *Call) hostAsRead(h registry.Host) (registry.Host, bool) {
	if !c.anyLate() {
		return h, true
	}
	now, alive := c.Host(h.Name)
	if !alive || now.ROID != h.ROID {
		return h, false
	}
	_, now.Linked = c.delegatedTo(now)
	return now, true
}

// hostPrefix returns what names begin with, as they are stored.
func hostPrefix(text string) (prefix string, plain bool) {
	prefix = strings.ToLower(strings.TrimSpace(text))
	plain = len(prefix) <= names.MaxOctets && !strings.ContainsFunc(prefix, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.'
	})
	return prefix, plain
}

// hostPrefixIsPlain holds for what the name of a host can begin with.
func hostPrefixIsPlain(text string, plain bool) Rule {
	return refuseIf("hostPrefixIsPlain", !plain, registry.Error{
		Code: registry.ParameterSyntax, Field: "prefix", Value: text,
		Reason: "no name of a host begins like that; write letters, digits, hyphens and dots",
	})
}

// HostLinks asks which names are delegated to a host of the registrar, in order of when they were registered.
type HostLinks struct {
	Name  names.Name
	After registry.ROID // LinksOfHost.After of the page before
	Limit int           // as in ContactList
}

// LinksOfHost is what HostLinks answers.
type LinksOfHost struct {
	Links []registry.Delegated
	After registry.ROID // where the next page begins; empty if there is none
}

// Answer returns a LinksOfHost; it may be empty.
func (q HostLinks) Answer(c *Call) (Reply, error) {
	h, found := c.Host(q.Name)
	if err := c.check(
		registrarIsActive(c.Registrar),
		hostExists(q.Name, found),
		registrarSponsors(c.Registrar, h.Sponsor, "host:name", q.Name.String()),
	); err != nil {
		return nil, err
	}
	size := c.Terms.Limits.Lists.Page(q.Limit)
	list := readOwned(c, func(r registry.Reader) ([]registry.Delegated, error) {
		return r.DelegatedAfter(h.ROID, q.After, size+1)
	})
	var page LinksOfHost
	page.Links, page.After = linksLeft(c, list, size, func(d registry.Delegated) registry.Delegated { return d })
	return page, nil
}
