package flow

import (
	"cmp"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// DomainInfo asks for everything about a name. RFC 5731 section 3.1.2. Every registrar is answered
// in full; an authInfo is verified if it is given, and never returned. Manual 9.5.3, decisions 3.9.
type DomainInfo struct {
	Name     names.Name
	AuthInfo *string
	ROID     registry.ROID // of the object that the authInfo belongs to; empty for the domain itself
	Hosts    HostsWanted
	TTL      TTLWanted
	Token    bool // the allocation code is asked for. RFC 8495 section 3.1.2
}

// HostsWanted selects the hosts in the answer to DomainInfo. RFC 5731 section 3.1.2.
type HostsWanted struct{ Delegated, Subordinate bool }

// DomainDetails is what DomainInfo answers.
type DomainDetails struct {
	registry.Domain
	EPPStatuses []registry.Status
	RGPStatuses []registry.RGPStatus
	Subordinate []names.Name // if wanted
	Wanted      HostsWanted
	TTLs        []TTLDetail
	TTLWanted   TTLWanted
}

// Asks says what the info counts as.
func (q DomainInfo) Asks() Question {
	return Question{Command: "info", Object: "domain", IDs: []string{q.Name.String()}}
}

// Answer looks the name up.
func (q DomainInfo) Answer(c *Call) (Reply, error) {
	d, found := c.Domain(q.Name)
	if err := c.check(
		registrarIsActive(c.Registrar),
		nameIsRegistered(q.Name, found),
		c.authInfoFits(d, q.AuthInfo, q.ROID),
		tokenIsTold(c.Registrar, d, q.Token),
	); err != nil {
		return nil, err
	}
	details := DomainDetails{
		Domain:      d,
		EPPStatuses: lifecycle.Statuses(d),
		RGPStatuses: lifecycle.RGPStatuses(d, c.Now),
		Wanted:      q.Hosts,
		TTLs:        ttlDetails(c.Terms, "domain", d.TTL, q.TTL),
		TTLWanted:   q.TTL,
	}
	if q.Hosts.Subordinate { // a read of its own
		for _, h := range c.SubordinateHosts(d.Name) {
			details.Subordinate = append(details.Subordinate, h.Name)
		}
	}
	return details, nil
}

// authInfoFits verifies an authInfo that came with a command against the domain's own, or against
// that of its registrant or contact whose ROID is given. RFC 5731 section 3.1.2, decisions 3.9.
func (c *Call) authInfoFits(d registry.Domain, said *string, roid registry.ROID) Rule {
	if said == nil {
		return holds("authInfoFits", "domain:authInfo", "")
	}
	hash, sponsor, object := d.AuthInfo, d.Sponsor, d.ROID
	if roid != "" && roid != d.ROID {
		contact := c.contactOf(d, roid)
		hash, sponsor, object = contact.AuthInfo, contact.Sponsor, cmp.Or(contact.ROID, d.ROID)
	}
	return allOf("authInfoFits", c.authInfosAreFew("domain:authInfo", sponsor, object),
		refuseIf("authInfoFits", !c.Matches(*said, hash), registry.Error{
			Code: registry.InvalidAuthInfo, Field: "domain:authInfo",
			Reason: "the authInfo is not the object's; send the one that the registrant has from the sponsor",
		}))
}

// authInfoMoves verifies an authInfo that is to move a name. That of a contact counts only while the sponsor of the
// name sponsors the contact as well: who sponsored the name before, or any other registrar whose contact it links,
// could else take it with an authInfo of its own making. RFC 5731 section 3.2.4, decisions 3.6.
func (c *Call) authInfoMoves(d registry.Domain, said *string, roid registry.ROID) Rule {
	fits := c.authInfoFits(d, said, roid)
	if said == nil || roid == "" || roid == d.ROID || fits.Refusal != nil {
		return fits
	}
	return refuseIf("authInfoMoves", c.contactOf(d, roid).Sponsor != d.Sponsor, registry.Error{
		Code: registry.InvalidAuthInfo, Field: "domain:authInfo",
		Reason: "another registrar than the name's sponsors the contact; send the authInfo of the name itself",
	})
}

// contactOf returns the contact of a name that has a ROID; the zero Contact if it has none.
func (c *Call) contactOf(d registry.Domain, roid registry.ROID) registry.Contact {
	refs := []registry.ContactRef{d.Registrant}
	for _, r := range d.Contacts {
		refs = append(refs, r.ContactRef)
	}
	for _, ref := range refs {
		if ref.ROID == roid {
			contact, _ := c.linkedContact(ref.ID)
			return contact
		}
	}
	return registry.Contact{}
}
