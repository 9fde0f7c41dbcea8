package flow

import (
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
)

// ContactLookup is what RDAP asks of a contact by its ROID. Whoever may see all of it may also ask by the id that its
// registrar gave it. One of which nothing is open is not there for anybody else, as its ROID is not shown either.
type ContactLookup struct {
	Handle string
	Viewer Viewer
}

// ContactFound is what ContactLookup answers: what the viewer may see, and nothing else.
type ContactFound struct {
	Person
	EPPStatuses          []registry.Status
	Created, LastChanged time.Time
	Sponsored            PublicRegistrar
}

// Answer looks the contact up.
func (q ContactLookup) Answer(c *Call) (Reply, error) {
	contact, found := c.contactByHandle(q.Handle, q.Viewer)
	person := shown("", contact, q.Viewer)
	if err := c.check(
		purposeIsStated(q.Viewer),
		contactIsSeen(q.Handle, found && person.Handle != ""),
	); err != nil {
		return nil, err
	}
	return ContactFound{
		Person: person, EPPStatuses: lifecycle.ContactStatuses(contact), Created: contact.Created,
		LastChanged: later(contact.Updated, contact.Transferred), Sponsored: c.publicRegistrar(contact.Sponsor),
	}, nil
}

// contactByHandle finds a contact by its ROID or, for who may see all of it, by its id.
func (c *Call) contactByHandle(handle string, v Viewer) (registry.Contact, bool) {
	id, known := read(c, func() (string, bool, error) { return c.reader.ContactID(registry.ROID(handle)) })
	if known {
		return c.Contact(id)
	}
	if v.Kind == Anybody || contactIDIsLegal(handle).Refusal != nil {
		return registry.Contact{}, false
	}
	contact, found := c.Contact(handle)
	return contact, found && v.sees(contact)
}

// contactIsSeen holds for a contact of which the viewer may see something.
func contactIsSeen(handle string, there bool) Rule {
	return refuseIf("contactIsSeen", !there, registry.Error{
		Code: registry.ObjectMissing, Field: "contact", Value: handle,
		Reason: "there is no such registrar or contact here; check the handle",
	})
}
