package flow

import (
	"slices"
	"strings"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// DomainLookup is what WHOIS, RDAP and the page of lookups ask of a name; all read through it, so they cannot differ.
// It needs no registrar.
type DomainLookup struct {
	Name   names.Name
	Viewer Viewer
}

// DomainFound is what DomainLookup answers.
type DomainFound struct {
	registry.Domain
	EPPStatuses []registry.Status
	RGPStatuses []registry.RGPStatus
	Sponsored   PublicRegistrar
	Published   lifecycle.Publication // what stands in the zone
	Servers     []Nameserver          // the name servers with their addresses, delegated or not
	People      []Person              // with what the viewer may see of them
}

// OnePerRole returns the first contact of each role: a record of WHOIS has one block for each, and the paths of the redactions
// of RDAP tell contacts apart by their role, as the profile allows one.
func (d DomainFound) OnePerRole() []Person {
	var kept []Person
	for _, p := range d.People {
		if !slices.ContainsFunc(kept, func(k Person) bool { return k.Role == p.Role }) {
			kept = append(kept, p)
		}
	}
	return kept
}

// A Viewer is who asks for a lookup. The zero Viewer is anybody.
type Viewer struct {
	Kind      ViewerKind
	Registrar registry.RegistrarID // of ByRegistrar
	Purpose   string               // of ByOperator and ByAuthority: what it is needed for
}

// A ViewerKind is what lets somebody see more than everybody.
type ViewerKind int

// The kinds of viewers.
const (
	Anybody     ViewerKind = iota
	ByRegistrar            // sees all of the contacts that it sponsors
	ByOperator             // sees all
	ByAuthority            // sees all: one that enforces the law
)

// sees reports whether a viewer sees all of a contact, whatever its registrar has opened. A registrar that links a
// contact of another does not: EPP asks it for the contact's authInfo. Decisions 2.4.
func (v Viewer) sees(c registry.Contact) bool {
	switch v.Kind {
	case ByOperator, ByAuthority:
		return true
	case ByRegistrar:
		return v.Registrar != "" && c.Sponsor == v.Registrar
	}
	return false
}

// purposeIsStated holds for everybody but those who see all without having a part in it: they say what for.
func purposeIsStated(v Viewer) Rule {
	all := v.Kind == ByOperator || v.Kind == ByAuthority
	return refuseIf("purposeIsStated", all && strings.TrimSpace(v.Purpose) == "", registry.Error{
		Code: registry.ParameterMissing, Field: "purpose",
		Reason: "a lookup that shows what is closed needs a purpose; say what the data is for",
	})
}

// Answer looks the name up.
func (q DomainLookup) Answer(c *Call) (Reply, error) {
	d, found := c.Domain(q.Name)
	if err := c.check(
		purposeIsStated(q.Viewer),
		nameIsRegistrable(c.Profile, q.Name),
		nameIsNotOwn(c.Profile, q.Name, found),
		nameIsNotWithheld(c.Profile, q.Name, found),
		nameIsRegistered(q.Name, found),
	); err != nil {
		return nil, err
	}
	c.lasts(lifecycle.NextChange(d, c.Now))
	answer := DomainFound{
		Domain:      d,
		EPPStatuses: lifecycle.Statuses(d),
		RGPStatuses: lifecycle.RGPStatuses(d, c.Now),
		Sponsored:   c.publicRegistrar(d.Sponsor),
		Published:   lifecycle.Delegation(d),
	}
	for _, ref := range d.Nameservers {
		answer.Servers = append(answer.Servers, c.shownServer(ref))
	}
	if d.Registrant.ID != "" {
		answer.People = append(answer.People, c.personOf("registrant", d.Registrant, q.Viewer))
	}
	for _, r := range d.Contacts {
		answer.People = append(answer.People, c.personOf(r.Role, r.ContactRef, q.Viewer))
	}
	return answer, nil
}

// shownServer returns a name server of a name. One outside our zones has no addresses to be read.
func (c *Call) shownServer(ref registry.HostRef) Nameserver {
	if !c.Profile.InZone(ref.Name) {
		return Nameserver{ROID: ref.ROID, Name: ref.Name}
	}
	h, _ := c.Host(ref.Name)
	return Nameserver{ref.ROID, ref.Name, h.Addresses, h.TTL}
}

// personOf returns what a viewer may see of a contact that a name links.
func (c *Call) personOf(role string, ref registry.ContactRef, v Viewer) Person {
	contact, _ := c.linkedContact(ref.ID)
	return shown(role, contact, v)
}
