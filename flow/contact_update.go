package flow

import (
	"slices"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// ContactUpdate changes a contact. RFC 5733 section 3.2.4.
type ContactUpdate struct {
	ID          string
	Add, Remove []registry.Status
	Int, Loc    *PostalEdit
	Voice       *registry.Phone // nil leaves it
	Fax         *registry.Phone // nil leaves it; an empty number removes it
	Email       *string
	AuthInfo    *string // empty clears it
	Disclose    []DiscloseEdit
	Announced   Announced
	Empty       bool // the command has neither add, rem nor chg
}

// A PostalEdit replaces parts of a postal form: a nil part stays, an address is replaced whole.
// A form that the contact does not have yet is made of what is given.
type PostalEdit struct {
	Name, Org *string
	Address   *registry.Postal // its names are ignored
}

// ContactUpdated is what a successful ContactUpdate replies.
type ContactUpdated struct{ ID string }

// Subject is contact:update.
func (cmd ContactUpdate) Subject() Subject { return Subject{"update", "contact", cmd.ID, true} }

// Keys are what the command reads.
func (cmd ContactUpdate) Keys() registry.Keys {
	return registry.Keys{Contacts: []string{cmd.ID}, Late: true}
}

// Run updates the contact, unless a rule refuses.
func (cmd ContactUpdate) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	contact, found := c.Contact(cmd.ID)
	before := contact
	contact.Int = canonical(cmd.Int.apply(before.Int))
	contact.Loc = canonical(cmd.Loc.apply(before.Loc))
	if cmd.Voice != nil {
		contact.Voice = *cmd.Voice
	}
	if cmd.Fax != nil {
		contact.Fax = *cmd.Fax
	}
	if cmd.Email != nil {
		contact.Email = *cmd.Email
	}
	statuses := withoutLifted(lifecycle.ContactStatuses(before), cmd.Remove, registry.ClientUpdateProhibited)

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		contactExists(cmd.ID, found),
		registrarSponsors(c.Registrar, before.Sponsor, "contact:id", cmd.ID),
		statusAllows(policy.ContactUpdate, statuses, "contact:id", cmd.ID),
		updateSaysSomething("contact", cmd.Empty),
		statusesAreTheSponsors("contact", slices.Concat(cmd.Remove, cmd.Add)...),
		editIsExact("contact:status", before.Statuses, cmd.Remove, cmd.Add, showStatus),
		postalIsWellFormed("int", contact.Int),
		postalIsWellFormed("loc", contact.Loc),
		phoneIsWellFormed("contact:voice", cmd.Voice),
		phoneIsWellFormed("contact:fax", unlessRemoved(cmd.Fax)),
		emailIsWellFormed(contact.Email),
		authInfoIsStrong("contact", cmd.AuthInfo, cmd.Announced.SecureAuthInfo),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	contact = contact.Next()
	contact.Statuses = edited(before.Statuses, cmd.Remove, cmd.Add)
	slices.Sort(contact.Statuses)
	contact.Disclose = disclosed(before.Disclose, cmd.Disclose)
	if cmd.AuthInfo != nil {
		contact.AuthInfo = c.Hash(*cmd.AuthInfo)
	}
	contact.Updater, contact.Updated = c.Registrar.ID, c.Now

	// Return.
	return ContactUpdated{contact.ID}, registry.Changes{Contacts: []registry.Contact{contact}}, nil
}

// apply returns a postal form with the edit made.
func (e *PostalEdit) apply(p *registry.Postal) *registry.Postal {
	if e == nil {
		return p
	}
	after := registry.Postal{}
	if p != nil {
		after = *p
	}
	if e.Address != nil {
		name, org := after.Name, after.Org
		after = *e.Address
		after.Name, after.Org = name, org
	}
	if e.Name != nil {
		after.Name = *e.Name
	}
	if e.Org != nil {
		after.Org = *e.Org
	}
	return &after
}

func unlessRemoved(p *registry.Phone) *registry.Phone {
	if p != nil && *p == (registry.Phone{}) {
		return nil
	}
	return p
}
