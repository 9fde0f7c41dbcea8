package flow

import (
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// DomainLookup is what WHOIS and RDAP ask of a name; both read through it, so they cannot differ.
// It needs no registrar.
type DomainLookup struct{ Name names.Name }

// DomainFound is what DomainLookup answers.
type DomainFound struct {
	registry.Domain
	EPPStatuses []registry.Status
	RGPStatuses []registry.RGPStatus
	Sponsored   registry.Registrar
	Published   lifecycle.Publication // what stands in the zone
	Servers     []Nameserver          // the name servers with their addresses, delegated or not
	People      []Person
}

// A Person is a contact of a name with its role: registrant, admin, tech or billing.
type Person struct {
	Role string
	registry.Contact
}

// Answer looks the name up.
func (q DomainLookup) Answer(c *Call) (Reply, error) {
	d, found := c.Domain(q.Name)
	if err := c.check(nameIsRegistrable(c.Profile, q.Name), nameIsRegistered(q.Name, found)); err != nil {
		return nil, err
	}
	sponsor, _ := c.RegistrarByID(d.Sponsor)
	answer := DomainFound{
		Domain:      d,
		EPPStatuses: lifecycle.Statuses(d),
		RGPStatuses: lifecycle.RGPStatuses(d, c.Now),
		Sponsored:   sponsor,
		Published:   lifecycle.Delegation(d),
	}
	for _, ref := range d.Nameservers {
		h, _ := c.Host(ref.Name)
		answer.Servers = append(answer.Servers, Nameserver{ref.ROID, ref.Name, h.Addresses, h.TTL})
	}
	if d.Registrant.ID != "" {
		answer.People = append(answer.People, c.person("registrant", d.Registrant))
	}
	for _, r := range d.Contacts {
		answer.People = append(answer.People, c.person(r.Role, r.ContactRef))
	}
	return answer, nil
}

func (c *Call) person(role string, ref registry.ContactRef) Person {
	contact, _ := c.linkedContact(ref.ID)
	return Person{role, contact}
}
