package flow

import (
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// ContactTransfer asks for a contact of another registrar. RFC 5733 section 3.2.4, manual 8.2.1. It costs
// nothing, and there is no hold. Decisions 3.6.
type ContactTransfer struct {
	ID       string
	AuthInfo *string
	ROID     registry.ROID // of the object that the authInfo belongs to; empty for the contact itself
}

// Subject is contact:transfer.
func (cmd ContactTransfer) Subject() Subject { return Subject{"transfer", "contact", cmd.ID, true} }

// Keys are what the command reads.
func (cmd ContactTransfer) Keys() registry.Keys { return registry.Keys{Contacts: []string{cmd.ID}} }

// Run requests the transfer, unless a rule refuses.
func (cmd ContactTransfer) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	contact, found := c.Contact(cmd.ID)

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		contactExists(cmd.ID, found),
		authInfoIsSent("contact", cmd.AuthInfo),
		c.contactAuthInfoFits(contact, cmd.AuthInfo, cmd.ROID),
		sponsorIsAnother(c.Registrar, contact.Sponsor, "contact:id", cmd.ID),
		statusAllows(policy.ContactTransfer, lifecycle.ContactStatuses(contact), "contact:id", cmd.ID),
		noTransferIsPending(contact.Transfer, "contact:id", cmd.ID),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	contact = contact.Next()
	contact.Transfer = registry.Transfer{
		Status: registry.TransferPending, Gaining: c.Registrar.ID, Losing: contact.Sponsor,
		Requested: c.Now, Answer: c.Terms.TransferAnswer.After(c.Now),
	}

	// Return.
	changes := registry.Changes{Contacts: []registry.Contact{contact}}
	told := contact.Transfer.Notice("contact", contact.ID)
	changes.Add(c.tellTransfer(told, c.Now))
	return TransferTold{TransferNotice: told, Asked: true}, changes, nil
}

// ContactTransferEnd ends a pending transfer of a contact. RFC 5733 section 3.2.4.
type ContactTransferEnd struct {
	ID       string
	How      registry.TransferStatus // clientCancelled, clientApproved or clientRejected
	AuthInfo *string                 // optional; verified if it was sent
	ROID     registry.ROID
}

// Subject is contact:transfer.
func (cmd ContactTransferEnd) Subject() Subject { return Subject{"transfer", "contact", cmd.ID, true} }

// Keys are what the command reads.
func (cmd ContactTransferEnd) Keys() registry.Keys { return registry.Keys{Contacts: []string{cmd.ID}} }

// Run ends the transfer, unless a rule refuses.
func (cmd ContactTransferEnd) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	contact, found := c.Contact(cmd.ID)

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		contactExists(cmd.ID, found),
		c.contactAuthInfoFits(contact, cmd.AuthInfo, cmd.ROID),
		transferIsPending(contact.Transfer, "contact:id", cmd.ID),
		sideMayEnd(c.Registrar, contact.Transfer, cmd.How, "contact:id", cmd.ID),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide, return.
	contact, changes := c.endContactTransfer(contact, cmd.How)
	return TransferTold{TransferNotice: contact.Transfer.Notice("contact", contact.ID)}, changes, nil
}

// ContactTransferQuery asks how the last transfer of a contact stands. RFC 5733 section 3.1.3.
type ContactTransferQuery struct {
	ID       string
	AuthInfo *string
	ROID     registry.ROID
}

// Asks says what the query counts as.
func (q ContactTransferQuery) Asks() Question {
	return Question{Command: "transfer", Object: "contact", IDs: []string{q.ID}}
}

// Answer looks the transfer up.
func (q ContactTransferQuery) Answer(c *Call) (Reply, error) {
	contact, found := c.Contact(q.ID)
	if err := c.check(
		registrarIsActive(c.Registrar),
		contactExists(q.ID, found),
		c.contactAuthInfoFits(contact, q.AuthInfo, q.ROID),
		transferIsTold(strangerTo(c.Registrar, contact.Sponsor, contact.Transfer), q.AuthInfo, "contact:id", q.ID),
		transferIsKnown(contact.Transfer, "contact:id", q.ID),
	); err != nil {
		return nil, err
	}
	return TransferTold{TransferNotice: contact.Transfer.Notice("contact", contact.ID)}, nil
}
