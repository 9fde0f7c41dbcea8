package policy

import (
	"errors"
	"fmt"
	"slices"

	"example.org/dorado/core/registry"
)

// Telling is how registrars are told of an event if they wish nothing else.
type Telling struct {
	Poll bool `json:"poll"`
	Mail bool `json:"mail"`
}

// An eventRow says how an event is told.
type eventRow struct {
	event registry.Event
	Telling
	queued   bool // while the queue is on, always: one of the five messages of manual 9.11
	transfer bool // mails follow the registrar's setting email-notifications. Manual 6.8
	desk     registry.Desk
}

// events are how events are told where neither the profile nor the registrar says otherwise. Mails are for what
// a registrar did not order and cannot leave (whoever has its names deleted at their expiry ordered that, and
// may have a hundred thousand of them in a day), and for what the manual promises one: 5 (maintenance) and 6.1.1.
var events = []eventRow{
	{registry.EventTransferRequested, Telling{true, false}, true, true, registry.DeskTransfers},
	{registry.EventTransferApproved, Telling{true, false}, true, true, registry.DeskTransfers},
	{registry.EventTransferRejected, Telling{true, false}, true, true, registry.DeskTransfers},
	{registry.EventTransferCancelled, Telling{true, false}, true, true, registry.DeskTransfers},
	{registry.EventAutoRenewed, Telling{true, false}, false, false, registry.DeskPrimary},
	{registry.EventAutoDeleted, Telling{true, false}, false, false, registry.DeskPrimary},
	{registry.EventSuspended, Telling{true, false}, false, false, registry.DeskPrimary},
	{registry.EventDeleted, Telling{false, false}, false, false, registry.DeskPrimary},
	{registry.EventPurged, Telling{true, false}, true, false, registry.DeskPrimary},
	{registry.EventRestoreRenewed, Telling{true, false}, false, false, registry.DeskPrimary},
	{registry.EventRestoreLapsed, Telling{true, true}, false, false, registry.DeskPrimary},
	{registry.EventRegistryAction, Telling{true, true}, false, false, registry.DeskPrimary},
	{registry.EventDSFollowed, Telling{true, false}, false, false, registry.DeskOperator},
	{registry.EventDSRefused, Telling{true, false}, false, false, registry.DeskOperator},
	{registry.EventHostRenamed, Telling{true, false}, false, false, registry.DeskOperator},
	{registry.EventHostGone, Telling{true, false}, false, false, registry.DeskOperator},
	{registry.EventContactLinger, Telling{true, false}, false, false, registry.DeskPrimary},
	{registry.EventContactPurged, Telling{true, false}, false, false, registry.DeskPrimary},
	{registry.EventLowBalance, Telling{true, true}, false, false, registry.DeskBilling},
	{registry.EventAccountHold, Telling{true, true}, false, false, registry.DeskBilling},
	{registry.EventAccountReleased, Telling{false, true}, false, false, registry.DeskBilling},
	{registry.EventDepositReceived, Telling{false, true}, false, false, registry.DeskBilling},
	{registry.EventMoneyCorrected, Telling{false, true}, false, false, registry.DeskBilling},
	{registry.EventFeeProposed, Telling{false, true}, false, false, registry.DeskBilling},
	{registry.EventFeeCharged, Telling{true, true}, false, false, registry.DeskBilling},
	{registry.EventInvoiceMade, Telling{false, true}, false, false, registry.DeskBilling},
	{registry.EventCertificateEnds, Telling{true, true}, false, false, registry.DeskOperator},
	{registry.EventMaintenance, Telling{true, true}, false, false, registry.DeskOperator},
	{registry.EventText, Telling{true, false}, false, false, registry.DeskPrimary},
}

func rowOf(e registry.Event) (eventRow, bool) {
	i := slices.IndexFunc(events, func(r eventRow) bool { return r.event == e })
	if i < 0 {
		return eventRow{}, false
	}
	return events[i], true
}

// QueuedAlways reports whether no registrar with a message queue can leave an event out of it. Manual 9.11.
func QueuedAlways(e registry.Event) bool {
	row, _ := rowOf(e)
	return row.queued
}

// Desk returns which of a registrar's addresses is written to about a notice. A dispute is for lawyers.
func Desk(n registry.Notice) registry.Desk {
	if change, ok := n.(registry.ChangeNotice); ok && change.CaseType != "" {
		return registry.DeskLegal
	}
	return DeskOf(n.Event())
}

// DeskOf returns which of a registrar's addresses is written to about an event.
func DeskOf(e registry.Event) registry.Desk {
	row, _ := rowOf(e)
	return row.desk
}

// Tells returns how a registrar is told of an event: as it wishes, else as the profile has it. A queue that is
// off gets nothing; what is mailed does not depend on it. Decisions 4.7, 4.14.
func (t *Terms) Tells(r registry.Registrar, e registry.Event) Telling {
	row, known := rowOf(e)
	if !known {
		return Telling{}
	}
	tells, set := t.Notices[e]
	if !set {
		tells = row.Telling
	}
	if row.transfer {
		tells.Mail = tells.Mail || r.Mailing.OfTransfers
	}
	wish := r.Wishes[e]
	if wish.Poll != nil {
		tells.Poll = *wish.Poll
	}
	if wish.Mail != nil {
		tells.Mail = *wish.Mail
	}
	tells.Poll = (tells.Poll || row.queued) && !r.PollOff
	return tells
}

// checkNotices refuses events that there are not, and to leave out what the manual promises.
func (t Terms) checkNotices() error {
	for e, tells := range t.Notices {
		row, known := rowOf(e)
		switch {
		case !known:
			return fmt.Errorf("notices: there is no event %q", e)
		case row.queued && !tells.Poll:
			return fmt.Errorf("notices: %s is always queued", e)
		}
	}
	return nil
}

// checkMail refuses terms under which mails would not be sent.
func (t Terms) checkMail() error {
	switch l := t.Limits; {
	case min(t.MailTry, t.MailRetention) < 1:
		return errors.New("mailTryDays and mailRetentionDays must be 1 or more")
	case l.MailsPerRegistrar < 0 || l.MailsListed < 1:
		return errors.New("limits: mailsPerRegistrar may not be negative, and mailsListed must be 1 or more")
	}
	return t.checkNotices()
}
