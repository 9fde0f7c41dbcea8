package flow

import (
	"slices"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// OperatorDelete deletes a name of a registrar as its own delete would: redemption and credits are the usual ones.
// The purge is told nobody, as the sponsor did not order it; the deletion is. Statuses of the sponsor do not stand
// in its way, those of the registry do. Decisions 3.3, 3.8.
type OperatorDelete struct {
	Deed
	Name names.Name

	// EndTransfer rejects a transfer that is pending; without it such a name is not deleted.
	EndTransfer bool
}

// Subject is domain:delete.
func (cmd OperatorDelete) Subject() Subject {
	return Subject{Command: "delete", Object: "domain", ID: cmd.Name.String()}
}

// Run deletes the name, unless a rule refuses.
func (cmd OperatorDelete) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	d, found := c.Domain(cmd.Name)

	// Check.
	if err := c.check(
		nameIsRegistered(cmd.Name, found),
		deedIsExplained(cmd.Deed),
		operatorMayDelete(d, cmd.EndTransfer),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide, return.
	credited, changes := c.operatorDelete(d, cmd.Deed)
	return DomainDeleted{Name: d.Name, Credited: credited, Currency: c.Terms.Prices.Currency}, changes, nil
}

// operatorDelete deletes a name for the operator, and returns what that credits.
func (c *Call) operatorDelete(d registry.Domain, deed Deed) (ledger.Money, registry.Changes) {
	var changes registry.Changes
	d.Changed = deed.measure(c)
	if d.Transfer.IsPending() {
		d, changes = c.endTransfer(d, registry.TransferServerRejected)
	}
	before := d
	d = d.Next()
	d.Statuses = edited(d.Statuses, []registry.Status{registry.ClientDeleteProhibited}, nil)
	after, credited, deletion := c.deleted(d, registry.Deletion{SvTRID: c.SvTRID})
	changes.Add(deletion)
	notice := deed.notice(c, "delete", "The registry deleted "+d.Name.String()+".")
	if !after.Deletion.Active() { // as RFC 8590 section 3.1.2 has a deletion that is a purge
		notice.Detail, notice.Before, after = "purge", true, before
	}
	changes.Add(c.tellDomain(after, notice))
	return credited, changes
}

// operatorMayDelete holds for a name that is not deleted yet, that the registry has not locked itself, and that
// nobody waits for.
func operatorMayDelete(d registry.Domain, endTransfer bool) Rule {
	statuses := slices.DeleteFunc(lifecycle.Statuses(d), func(s registry.Status) bool {
		return s == registry.ClientDeleteProhibited || s == registry.PendingTransfer
	})
	return allOf("operatorMayDelete",
		operatorIsNotLocked(d.Name, statuses),
		refuseIf("operatorMayDelete", d.Transfer.IsPending() && !endTransfer, registry.Error{
			Code: registry.StatusProhibits, Field: "domain:name", Value: d.Name.String(),
			Reason: "a transfer to " + string(d.Transfer.Gaining) + " is pending; approve or reject it, or let the deletion end it (--end-transfer)",
		}),
	)
}

// operatorIsNotLocked holds for a name that neither a lock of the registry nor its deletion keeps from being deleted.
func operatorIsNotLocked(name names.Name, statuses []registry.Status) Rule {
	s, prohibited := policy.Prohibits(policy.DomainDelete, statuses)
	reason := "the registry has locked the name by " + string(s) + "; lift that first: dorado domain unlock " + name.String()
	if s == registry.PendingDelete {
		reason = "the name is deleted already; its purge comes by itself"
	}
	return refuseIf("operatorIsNotLocked", prohibited, registry.Error{
		Code: registry.StatusProhibits, Field: "domain:name", Value: name.String(), Reason: reason,
	})
}

// DomainTransferDecide approves or rejects a pending transfer of a name for its sponsor. Both sides are told. RFC
// 5731 section 3.2.4, manual 9.11.2 and 9.11.3, decisions 3.6.
type DomainTransferDecide struct {
	Deed
	Name    names.Name
	Approve bool
}

// Subject is domain:approve or domain:reject.
func (cmd DomainTransferDecide) Subject() Subject {
	return Subject{Command: decision(cmd.Approve), Object: "domain", ID: cmd.Name.String()}
}

func decision(approve bool) string {
	if approve {
		return "approve"
	}
	return "reject"
}

func decided(approve bool) registry.TransferStatus {
	if approve {
		return registry.TransferServerApproved
	}
	return registry.TransferServerRejected
}

// Run ends the transfer, unless a rule refuses.
func (cmd DomainTransferDecide) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	d, found := c.Domain(cmd.Name)
	name := cmd.Name.String()

	// Check.
	if err := c.check(
		nameIsRegistered(cmd.Name, found),
		deedIsExplained(cmd.Deed),
		transferIsPending(d.Transfer, "domain:name", name),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide, return.
	d.Changed = cmd.measure(c)
	d, changes := c.endTransfer(d, decided(cmd.Approve))
	return TransferTold{TransferNotice: d.Transfer.Notice("domain", name)}, changes, nil
}

// ContactTransferDecide approves or rejects a pending transfer of a contact for its sponsor. RFC 5733 section
// 3.2.4.
type ContactTransferDecide struct {
	Deed
	ID      string
	Approve bool
}

// Subject is contact:approve or contact:reject.
func (cmd ContactTransferDecide) Subject() Subject {
	return Subject{Command: decision(cmd.Approve), Object: "contact", ID: cmd.ID}
}

// Run ends the transfer, unless a rule refuses.
func (cmd ContactTransferDecide) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	contact, found := c.Contact(cmd.ID)

	// Check.
	if err := c.check(
		contactExists(cmd.ID, found),
		deedIsExplained(cmd.Deed),
		transferIsPending(contact.Transfer, "contact:id", cmd.ID),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide, return.
	contact.Changed = cmd.measure(c)
	contact, changes := c.endContactTransfer(contact, decided(cmd.Approve))
	return TransferTold{TransferNotice: contact.Transfer.Notice("contact", contact.ID)}, changes, nil
}
