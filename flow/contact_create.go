package flow

import (
	"time"

	"example.org/dorado/core/registry"
)

// ContactCreate makes a contact. RFC 5733 section 3.2.1, manual 8.2, decisions 2.1 to 2.3.
type ContactCreate struct {
	ID       string
	Int, Loc *registry.Postal // what was sent; one at least
	Voice    *registry.Phone  // nil if absent
	Fax      *registry.Phone
	Email    string
	AuthInfo string
	Disclose []DiscloseEdit

	Announced Announced
}

// A DiscloseEdit opens or closes one attribute to the public.
type DiscloseEdit struct {
	What registry.Disclosure
	Open bool
}

// ContactCreated is what a successful ContactCreate replies.
type ContactCreated struct {
	ID      string
	Created time.Time
}

// Subject is contact:create.
func (cmd ContactCreate) Subject() Subject { return Subject{"create", "contact", cmd.ID, true} }

// Keys are what the command reads.
func (cmd ContactCreate) Keys() registry.Keys {
	return registry.Keys{Contacts: []string{cmd.ID}, Late: true}
}

// Run makes the contact, unless a rule refuses. One of the id whose purge has come due is purged first.
func (cmd ContactCreate) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	_, taken := c.Contact(cmd.ID)
	contact := registry.Contact{
		ID: cmd.ID, Version: 1,
		Sponsor: c.Registrar.ID, Creator: c.Registrar.ID, Created: c.Now,
		Int: canonical(cmd.Int), Loc: canonical(cmd.Loc), Email: cmd.Email,
	}
	if cmd.Voice != nil {
		contact.Voice = *cmd.Voice
	}
	if cmd.Fax != nil {
		contact.Fax = *cmd.Fax
	}

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		contactIDIsLegal(cmd.ID),
		contactIsFree(cmd.ID, taken),
		postalIsGiven(contact),
		postalIsWellFormed("int", contact.Int),
		postalIsWellFormed("loc", contact.Loc),
		voiceIsGiven(cmd.Voice),
		phoneIsWellFormed("contact:voice", cmd.Voice),
		phoneIsWellFormed("contact:fax", cmd.Fax),
		emailIsWellFormed(cmd.Email),
		authInfoIsStrong("contact", &cmd.AuthInfo, cmd.Announced.SecureAuthInfo),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	changes := c.settleContact(cmd.ID)
	contact.ROID = c.NewROID("C")
	contact.AuthInfo = c.Hash(cmd.AuthInfo)
	contact.Disclose = disclosed(nil, cmd.Disclose)

	// Return.
	changes.Contacts = []registry.Contact{contact}
	return ContactCreated{contact.ID, contact.Created}, changes, nil
}

// contactIsFree holds for an id that no contact has, in whatever case. Manual 9.5.2.
func contactIsFree(id string, taken bool) Rule {
	return refuseIf("contactIsFree", taken, registry.Error{
		Code: registry.ObjectExists, Field: "contact:id", Value: id,
		Reason: "a contact of this id exists; ids are the same in upper and lower case",
	})
}

// contactExists holds for the id of a contact, in whatever case.
func contactExists(id string, found bool) Rule {
	return refuseIf("contactExists", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "contact:id", Value: id,
		Reason: "there is no such contact; check its id",
	})
}
