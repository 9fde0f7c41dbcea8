package flow

import (
	"net/netip"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A Delegation is what the zone holds for a name now: its name servers, with the addresses of
// those that are below our zones, and its DS. A name that is not delegated has neither; a suspended one has
// the name servers of the registry's page, and nothing of its own.
type Delegation struct {
	Name        names.Name
	Nameservers []Nameserver
	DS          []registry.DS
	TTL         registry.TTLs // of NS and DS, where the registrar chose one
}

// A Nameserver is one name server of a Delegation. Addresses is empty for an external host.
type Nameserver struct {
	ROID      registry.ROID
	Name      names.Name
	Addresses []netip.Addr
	TTL       registry.TTLs // of A and AAAA, where the registrar chose one
}

// DelegationsOf asks what the zone should hold for names now.
type DelegationsOf struct{ Names []names.Name }

// Answer returns a []Delegation in the order of the names. That of a name that is not registered, is
// deleted, is on hold or has no name servers is empty.
func (q DelegationsOf) Answer(c *Call) (Reply, error) {
	list := make([]Delegation, len(q.Names))
	for i, name := range q.Names {
		list[i] = Delegation{Name: name}
		if d, found := c.Domain(name); found {
			list[i] = c.delegation(d, c.nameserver)
		}
	}
	return list, nil
}

// delegation applies the one decision of what is published; of each host that is linked, find returns
// what of it is. Decisions 6.1.
func (c *Call) delegation(d registry.Domain, find func(registry.HostRef) (Nameserver, bool)) Delegation {
	published := Delegation{Name: d.Name}
	switch lifecycle.Delegation(d) {
	case lifecycle.Nothing:
		return published
	case lifecycle.OfRegistry:
		published.Nameservers = c.page(d)
		return published
	}
	published.Nameservers = make([]Nameserver, 0, len(d.Nameservers))
	for _, ref := range d.Nameservers {
		if host, found := find(ref); found {
			published.Nameservers = append(published.Nameservers, host)
		}
	}
	if len(published.Nameservers) == 0 {
		return published
	}
	if published.TTL = d.TTL; len(d.DS) > 0 {
		published.DS = signersOf(d.DS)
	}
	return published
}

// page returns the name servers of the page that a suspended name shows: those of the terms in force. Where
// these know no suspension any more, those of the terms under which it began.
func (c *Call) page(d registry.Domain) []Nameserver {
	page := c.TermsOf(d.Name).SuspensionPage
	if len(page) == 0 {
		page = c.Profile.TermsOf(d.Name, d.Suspension.At).SuspensionPage
	}
	list := make([]Nameserver, len(page))
	for i, name := range page {
		list[i] = Nameserver{Name: name}
		if host, found := c.nameserver(registry.HostRef{Name: name}); found {
			list[i] = host
		}
	}
	return list
}

// nameserver returns what is published of a host.
func (c *Call) nameserver(ref registry.HostRef) (Nameserver, bool) {
	if !c.Profile.InZone(ref.Name) { // it is linked, so it exists, and it has no addresses
		return Nameserver{ROID: ref.ROID, Name: ref.Name}, true
	}
	h, found := c.Host(ref.Name)
	return Nameserver{h.ROID, h.Name, h.Addresses, h.TTL}, found
}

// NameserversOf asks what is published of hosts now.
type NameserversOf struct{ Names []names.Name }

// Answer returns a []Nameserver in the order of the names. That of a host which is not there has no ROID.
func (q NameserversOf) Answer(c *Call) (Reply, error) {
	list := make([]Nameserver, len(q.Names))
	for i, name := range q.Names {
		list[i] = Nameserver{Name: name}
		if h, found := c.Host(name); found {
			list[i] = Nameserver{h.ROID, h.Name, h.Addresses, h.TTL}
		}
	}
	return list, nil
}

// Nameservers asks for what can be published of up to Limit hosts after a ROID, to fill the zone at
// the start: Delegations wants them all.
type Nameservers struct {
	After registry.ROID
	Limit int
}

// NameserverPage is what Nameservers answers. Last is where the next page begins; it is empty when
// there is none.
type NameserverPage struct {
	Nameservers []Nameserver
	Last        registry.ROID
}

// Answer returns a NameserverPage, without the hosts that time has taken along with the name above.
func (q Nameservers) Answer(c *Call) (Reply, error) {
	stored, _ := read(c, func() ([]registry.Glue, bool, error) {
		hosts, err := c.reader.Glue(q.After, q.Limit)
		return hosts, true, err
	})
	var page NameserverPage
	for _, h := range stored {
		page.Last = h.ROID
		if !c.gone(h.HostRef) {
			page.Nameservers = append(page.Nameservers, Nameserver{h.ROID, h.Name, h.Addresses, h.TTL})
		}
	}
	return page, nil
}

// DelegationsEnd asks for the ROID of the last of up to Limit names after a ROID, to cut the names
// into pages.
type DelegationsEnd struct {
	After registry.ROID
	Limit int
}

// Answer returns a registry.ROID, empty if there are no more names.
func (q DelegationsEnd) Answer(c *Call) (Reply, error) {
	end, _ := read(c, func() (registry.ROID, bool, error) {
		roid, err := c.reader.PageEnd(q.After, q.Limit)
		return roid, true, err
	})
	return end, nil
}

// Delegations asks for the delegations of the names of a span, to fill the zone at the start. Known is
// what Nameservers has answered: names share hosts, and reading them again for each name would take
// longer than all else.
type Delegations struct {
	Span  registry.Span
	Known map[registry.ROID]Nameserver
}

// Answer returns a []Delegation of those that are not empty. What time does to a name may depend on its
// sponsor, who cannot be read while the names are, nor can the hosts of a page: names with something due and
// suspended ones come last.
func (q Delegations) Answer(c *Call) (Reply, error) {
	var list []Delegation
	add := func(d registry.Domain) {
		published := c.delegation(d, func(ref registry.HostRef) (Nameserver, bool) {
			host, found := q.Known[ref.ROID]
			return host, found
		})
		if len(published.Nameservers) > 0 {
			list = append(list, published)
		}
	}
	var last []registry.Domain
	err := c.reader.Outlines(q.Span, func(d registry.Domain) {
		if lifecycle.Due(d).After(c.Now) && !d.Suspension.Active() {
			add(d)
		} else {
			last = append(last, d)
		}
	})
	for _, d := range last {
		if now, _, alive := lifecycle.Advance(d, c.rules(), c.Now); alive {
			add(now)
		}
	}
	return list, err
}

// PendingMarks asks for up to Limit marks that wait to be published.
type PendingMarks struct{ Limit int }

// Answer returns a []registry.Mark. Those that are set aside are not among them.
func (q PendingMarks) Answer(c *Call) (Reply, error) {
	marks, _ := read(c, func() ([]registry.Mark, bool, error) {
		marks, err := c.reader.Marks(q.Limit)
		return marks, true, err
	})
	return marks, nil
}

// MarksAside asks for up to Limit marks that are set aside.
type MarksAside struct{ Limit int }

// Answer returns a []registry.Mark.
func (q MarksAside) Answer(c *Call) (Reply, error) {
	marks, _ := read(c, func() ([]registry.Mark, bool, error) {
		marks, err := c.reader.MarksAside(q.Limit)
		return marks, true, err
	})
	return marks, nil
}

// RecordsAside asks for up to Limit marks after a name that are set aside with records of a zone.
type RecordsAside struct {
	After names.Name
	Limit int
}

// Answer returns a []registry.MarkAside in order of name.
func (q RecordsAside) Answer(c *Call) (Reply, error) {
	marks, _ := read(c, func() ([]registry.MarkAside, bool, error) {
		marks, err := c.reader.RecordsAside(q.After, q.Limit)
		return marks, true, err
	})
	return marks, nil
}

// MarksOf asks what of a name waits to be published.
type MarksOf struct{ Name names.Name }

// Answer returns a []registry.WaitingMark.
func (q MarksOf) Answer(c *Call) (Reply, error) {
	marks, _ := read(c, func() ([]registry.WaitingMark, bool, error) {
		marks, err := c.reader.MarksOf(q.Name)
		return marks, true, err
	})
	return marks, nil
}

// ZonesPublished says that zones have been published: the marks of names that were looked at go, and what each zone
// differs in from what it was is kept, so that who goes on from there signs nothing again. A mark that was raised
// meanwhile stays and is published again. Marks that cannot be published yet are set aside, and why is kept.
// Architecture section 1, property 6.
type ZonesPublished struct {
	Marks    []registry.Mark
	Steps    []registry.ZoneStep
	Aside    []registry.MarkAside
	NotAside []registry.Mark // that were, and are published
	Holds    []registry.ZoneHold
}

// Subject is zone:publish.
func (cmd ZonesPublished) Subject() Subject { return Subject{Command: "publish", Object: "zone"} }

// Run returns what is to be written; that a zone stands where the steps begin is held by the store.
func (cmd ZonesPublished) Run(*Call) (Reply, registry.Changes, error) {
	return nil, registry.Changes{
		Published: cmd.Marks, ZoneSteps: cmd.Steps, Aside: cmd.Aside, NotAside: cmd.NotAside, ZoneHolds: cmd.Holds,
	}, nil
}

// ZonesResumed says that nothing holds zones any more: marks that were set aside are to be published.
type ZonesResumed struct{ Holds []registry.ZoneHold } // as they are now

// Subject is zone:resume.
func (cmd ZonesResumed) Subject() Subject { return Subject{Command: "resume", Object: "zone"} }

// Run returns what is to be written.
func (cmd ZonesResumed) Run(*Call) (Reply, registry.Changes, error) {
	return nil, registry.Changes{Resumed: true, ZoneHolds: cmd.Holds}, nil
}

// ZonesKept writes pages of zones behind what was published, and then from where on the steps are needed.
type ZonesKept struct {
	Pages []registry.ZonePage
	Bases []registry.ZoneBase
}

// Subject is zone:keep.
func (cmd ZonesKept) Subject() Subject { return Subject{Command: "keep", Object: "zone"} }

// Run returns what is to be written.
func (cmd ZonesKept) Run(*Call) (Reply, registry.Changes, error) {
	return nil, registry.Changes{ZonePages: cmd.Pages, ZoneBases: cmd.Bases}, nil
}
