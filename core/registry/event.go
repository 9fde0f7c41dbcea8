package registry

// An Event is a step of which a registrar can be told: in a name's life, of another object or of its
// account. Which notice tells of it, its Event method says; who gets it, and how, package policy.
type Event string

// The events.
const (
	EventTransferRequested Event = "transfer-requested"
	EventTransferApproved  Event = "transfer-approved" // by the losing side, by time or by the operator
	EventTransferRejected  Event = "transfer-rejected"
	EventTransferCancelled Event = "transfer-cancelled"

	EventAutoRenewed    Event = "auto-renewed"    // at expiry
	EventAutoDeleted    Event = "auto-deleted"    // at expiry
	EventSuspended      Event = "suspended"       // at expiry, until it is renewed
	EventDeleted        Event = "deleted"         // by a command of its sponsor
	EventPurged         Event = "purged"          // after such a command
	EventRestoreRenewed Event = "restore-renewed" // restored, and renewed by time
	EventRestoreLapsed  Event = "restore-lapsed"  // restored, not renewed in time, and deleted again
	EventRegistryAction Event = "registry-action" // on a name, a host or a contact, by the operator
	EventDSFollowed     Event = "ds-followed"     // the DS of a name are now what its zone asked for
	EventDSRefused      Event = "ds-refused"      // its zone asks for what it cannot have

	EventHostRenamed   Event = "host-renamed"
	EventHostGone      Event = "host-gone"      // with the name above it, and delegations to it
	EventContactLinger Event = "contact-linger" // no name links a contact any more: it will be purged
	EventContactPurged Event = "contact-purged"

	EventLowBalance      Event = "low-balance"
	EventAccountHold     Event = "account-hold" // the balance fell below the minimum
	EventAccountReleased Event = "account-released"
	EventDepositReceived Event = "deposit-received"
	EventMoneyCorrected  Event = "money-corrected" // the operator gave, took or took back an amount
	EventFeeProposed     Event = "fee-proposed"    // of the account itself, and the operator decides about it
	EventFeeCharged      Event = "fee-charged"     // of the account itself, and not for a hold, of which EventAccountHold tells
	EventInvoiceMade     Event = "invoice-made"
	EventCertificateEnds Event = "certificate-ends" // a client certificate of the registrar, soon
	EventMaintenance     Event = "maintenance"
	EventText            Event = "text" // what has no event of its own
)

// The events of which users of the console are told, each about himself. No registrar is.
const (
	EventUserInvited Event = "user-invited"
	EventUserReset   Event = "user-reset"   // a link to choose another password was asked for
	EventUserSecured Event = "user-secured" // a password, a second factor or a role changed
)

// UserEvents returns the events of which users are told.
func UserEvents() []Event { return []Event{EventUserInvited, EventUserReset, EventUserSecured} }

// Events returns all events, in the order in which lists show them.
func Events() []Event {
	return []Event{
		EventTransferRequested, EventTransferApproved, EventTransferRejected, EventTransferCancelled,
		EventAutoRenewed, EventAutoDeleted, EventSuspended, EventDeleted, EventPurged,
		EventRestoreRenewed, EventRestoreLapsed, EventRegistryAction, EventDSFollowed, EventDSRefused,
		EventHostRenamed, EventHostGone, EventContactLinger, EventContactPurged,
		EventLowBalance, EventAccountHold, EventAccountReleased,
		EventDepositReceived, EventMoneyCorrected, EventFeeProposed, EventFeeCharged, EventInvoiceMade,
		EventCertificateEnds, EventMaintenance, EventText,
	}
}

// Event is the step of a transfer.
func (n TransferNotice) Event() Event {
	switch n.Status {
	case TransferClientApproved, TransferServerApproved:
		return EventTransferApproved
	case TransferClientRejected, TransferServerRejected:
		return EventTransferRejected
	case TransferClientCancelled, TransferServerCancelled:
		return EventTransferCancelled
	}
	return EventTransferRequested
}

// Event is EventPurged: nothing else is pending long.
func (PendingActionNotice) Event() Event { return EventPurged }

// Event is n's Step, or else EventRegistryAction: what nobody ordered is told rather too often.
func (n ChangeNotice) Event() Event {
	if n.Step == "" {
		return EventRegistryAction
	}
	return n.Step
}

// Event is EventMaintenance.
func (MaintenanceNotice) Event() Event { return EventMaintenance }

// Event is EventLowBalance.
func (LowBalanceNotice) Event() Event { return EventLowBalance }

// Event is n's Step.
func (n AccountNotice) Event() Event { return n.Step }

// Event is EventText.
func (TextNotice) Event() Event { return EventText }

// Event is n's Step.
func (n UserNotice) Event() Event { return n.Step }
