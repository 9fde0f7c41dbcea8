package flow

import (
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// ContactDelete removes a contact that no name links. RFC 5733 section 3.2.2, decisions 2.5.
type ContactDelete struct{ ID string }

// ContactDeleted is what a successful ContactDelete replies.
type ContactDeleted struct{ ID string }

// Subject is contact:delete.
func (cmd ContactDelete) Subject() Subject { return Subject{"delete", "contact", cmd.ID, true} }

// Run deletes the contact, unless a rule refuses.
func (cmd ContactDelete) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	contact, found := c.Contact(cmd.ID)

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		contactExists(cmd.ID, found),
		registrarSponsors(c.Registrar, contact.Sponsor, "contact:id", cmd.ID),
		statusAllows(policy.ContactDelete, lifecycle.ContactStatuses(contact), "contact:id", cmd.ID),
		isNotLinked(contact.Linked, "contact:id", cmd.ID),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	return ContactDeleted{contact.ID}, registry.Changes{GoneContacts: []registry.Contact{contact.Next()}}, nil
}
