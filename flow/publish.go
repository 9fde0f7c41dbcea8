package flow

import (
	"net/netip"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A Delegation is what the zone holds for a name now: its name servers, with the addresses of
// those that are below our zones. A name that is not delegated has no name servers.
type Delegation struct {
	Name        names.Name
	Nameservers []Nameserver
}

// A Nameserver is one name server of a Delegation. Addresses is empty for an external host.
type Nameserver struct {
	ROID      registry.ROID
	Name      names.Name
	Addresses []netip.Addr
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
			list[i] = c.delegation(d)
		}
	}
	return list, nil
}

// delegation applies the one decision of what is published. Decisions 6.1.
func (c *Call) delegation(d registry.Domain) Delegation {
	published := Delegation{Name: d.Name}
	if !lifecycle.Delegated(d) {
		return published
	}
	for _, ref := range d.Nameservers {
		if !c.Profile.InZone(ref.Name) { // it is linked, so it exists, and it has no addresses
			published.Nameservers = append(published.Nameservers, Nameserver{ROID: ref.ROID, Name: ref.Name})
			continue
		}
		if h, found := c.Host(ref.Name); found {
			published.Nameservers = append(published.Nameservers, Nameserver{h.ROID, h.Name, h.Addresses})
		}
	}
	return published
}

// Delegations asks for the delegations of up to Limit registered names after a name, in order, to
// fill the zone at the start.
type Delegations struct {
	After names.Name
	Limit int
}

// DelegationPage is what Delegations answers. Last is where the next page begins; it is zero when
// there is none.
type DelegationPage struct {
	Delegations []Delegation // those that are not empty
	Last        names.Name
}

// Answer returns a DelegationPage.
func (q Delegations) Answer(c *Call) (Reply, error) {
	stored, _ := read(c, func() ([]registry.Domain, bool, error) {
		domains, err := c.reader.Domains(q.After, q.Limit)
		return domains, true, err
	})
	var page DelegationPage
	for _, d := range stored {
		page.Last = d.Name
		now, _, alive := lifecycle.Advance(d, c.rules(d.Sponsor), c.Now)
		if !alive {
			continue
		}
		if published := c.delegation(now); len(published.Nameservers) > 0 {
			page.Delegations = append(page.Delegations, published)
		}
	}
	return page, nil
}

// PendingMarks asks for up to Limit marks that wait to be published.
type PendingMarks struct{ Limit int }

// Answer returns a []registry.Mark.
func (q PendingMarks) Answer(c *Call) (Reply, error) {
	marks, _ := read(c, func() ([]registry.Mark, bool, error) {
		marks, err := c.reader.Marks(q.Limit)
		return marks, true, err
	})
	return marks, nil
}

// MarksPublished removes marks whose names have been published. A mark that was raised meanwhile
// stays and is published again. Architecture section 1, property 6.
type MarksPublished struct{ Marks []registry.Mark }

// Subject is zone:publish.
func (cmd MarksPublished) Subject() Subject { return Subject{Command: "publish", Object: "zone"} }

// Run removes the marks.
func (cmd MarksPublished) Run(*Call) (Reply, registry.Changes, error) {
	return nil, registry.Changes{Published: cmd.Marks}, nil
}
