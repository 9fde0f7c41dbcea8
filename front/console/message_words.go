package console

import (
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// message puts a message into words.
func (v *visit) message(m registry.PollMessage) message {
	event := m.Notice.Event()
	out := message{ID: m.ID, At: m.At, Title: v.t(eventTitle(event)), Kind: eventKind(event)}
	switch n := m.Notice.(type) {
	case registry.TransferNotice:
		v.transferMessage(&out, n)
	case registry.PendingActionNotice:
		out.About, out.Text = n.Name, v.t("The deletion that you ordered has ended: the name is free.")
	case registry.ChangeNotice:
		v.changeMessage(&out, n)
	case registry.MaintenanceNotice:
		out.About, out.Text = n.Name, v.t("From %s until %s.", v.moment(n.Starts), v.moment(n.Ends))
		if n.Description != "" {
			out.Text += " " + n.Description
		}
	case registry.LowBalanceNotice:
		out.Text = v.t("You can spend %s; you wanted to be told below %s.", v.sum(n.Available), v.sum(n.Threshold))
	case registry.AccountNotice:
		v.accountMessage(&out, n)
	case registry.TextNotice:
		out.Text = n.Text
	}
	return out
}

// transferMessage tells of a transfer, from the side of the visitor.
func (v *visit) transferMessage(out *message, n registry.TransferNotice) {
	out.About = n.Name
	own := v.visitor.Registrar.ID
	switch {
	case n.Status == registry.TransferPending && n.Losing == own:
		out.Text = v.t("%s asks for it. Without an answer until %s it goes there.", string(n.Gaining), v.moment(n.Answer))
	case n.Status == registry.TransferPending:
		out.Text = v.t("You asked %s for it. Without an answer until %s it is yours.", string(n.Losing), v.moment(n.Answer))
	case n.Gaining == own:
		out.Text = v.t("From %s to you, on %s.", string(n.Losing), v.moment(n.Answer))
	default:
		out.Text = v.t("From you to %s, on %s.", string(n.Gaining), v.moment(n.Answer))
	}
	switch {
	case n.Object == "contact" && (n.Gaining == own || n.Status != registry.TransferClientApproved && n.Status != registry.TransferServerApproved):
		out.Link = pathTo("contacts", n.Name)
	case n.Object == "domain":
		out.Link = pathTo("domains", n.Name)
	}
}

// changeMessage tells of a change that the registrar did not make itself.
func (v *visit) changeMessage(out *message, n registry.ChangeNotice) {
	switch {
	case n.Domain != nil:
		out.About, out.Link = n.Domain.Name.String(), pathTo("domains", n.Domain.Name)
	case n.Host != nil:
		out.About = n.Host.Name.String()
		if n.Host.Sponsor == v.visitor.Registrar.ID {
			out.Link = pathTo("hosts", n.Host.Name)
		}
	case n.Contact != nil:
		out.About, out.Link = n.Contact.ID, pathTo("contacts", n.Contact.ID)
	}
	if n.Former != "" {
		out.Text = v.t("It was called %s before; all names that use it have followed.", n.Former) + " "
	}
	if len(n.Set) > 0 {
		out.Text += v.t("Set: %s.", v.statusesInWords(n.Set)) + " "
	}
	if len(n.Lifted) > 0 {
		out.Text += v.t("Lifted: %s.", v.statusesInWords(n.Lifted)) + " "
	}
	if n.CaseID != "" {
		out.Text += v.t("Case %s.", strings.TrimSpace(strings.ToUpper(n.CaseType)+" "+n.CaseID)) + " "
	}
	if out.Text = strings.TrimSpace(out.Text); out.Text == "" {
		out.Text = n.Text
	}
	if n.Before && n.Step != registry.EventHostGone {
		out.Link = ""
	}
}

// accountMessage tells of a step of the account, with its figures.
func (v *visit) accountMessage(out *message, n registry.AccountNotice) {
	var parts []string
	if n.Amount != 0 {
		parts = append(parts, v.t("Amount: %s.", v.sum(n.Amount)))
	}
	if n.Period != "" {
		parts = append(parts, v.t("For %s.", n.Period))
	}
	if n.Reference != "" {
		parts = append(parts, v.t("Reference: %s.", n.Reference))
	}
	parts = append(parts, v.t("Balance: %s; you can spend %s.", v.sum(n.Balance), v.sum(n.Available)))
	out.Text = strings.Join(parts, " ")
}

// statusesInWords tells statuses by what they are called.
func (v *visit) statusesInWords(list []registry.Status) string {
	var texts []string
	for _, s := range list {
		texts = append(texts, v.t(objectStatus(s)))
	}
	return strings.Join(texts, ", ")
}

// sum tells an amount in the registry's currency.
func (v *visit) sum(m ledger.Money) string {
	return money(v.console.config.Service.Terms().Prices.Currency, m)
}

// moment tells an instant inside of a sentence, in UTC.
func (v *visit) moment(t time.Time) string {
	utc := t.UTC()
	return v.words.day(utc) + ", " + utc.Format("15:04") + " UTC"
}

// eventTitle says what happened.
func eventTitle(e registry.Event) string {
	if title := nameEventTitle(e); title != "" {
		return title
	}
	switch e {
	case registry.EventLowBalance:
		return text("Little credit is left")
	case registry.EventAccountHold:
		return text("The account is on hold")
	case registry.EventAccountReleased:
		return text("The hold of the account has ended")
	case registry.EventDepositReceived:
		return text("A deposit was received")
	case registry.EventMoneyCorrected:
		return text("The registry has corrected the balance")
	case registry.EventFeeProposed:
		return text("A fee is being considered")
	case registry.EventFeeCharged:
		return text("A fee was charged")
	case registry.EventInvoiceMade:
		return text("An invoice was made")
	case registry.EventCertificateEnds:
		return text("A client certificate ends soon")
	case registry.EventMaintenance:
		return text("Maintenance")
	}
	return text("A message of the registry")
}

// nameEventTitle says what happened to a name, a host or a contact; empty if it is about none of them.
func nameEventTitle(e registry.Event) string {
	switch e {
	case registry.EventTransferRequested:
		return text("A transfer was requested")
	case registry.EventTransferApproved:
		return text("A transfer was approved")
	case registry.EventTransferRejected:
		return text("A transfer was rejected")
	case registry.EventTransferCancelled:
		return text("A transfer was cancelled")
	case registry.EventAutoRenewed:
		return text("A name has renewed itself")
	case registry.EventAutoDeleted:
		return text("A name was deleted at its expiry")
	case registry.EventSuspended:
		return text("A name has expired and is suspended")
	case registry.EventDeleted:
		return text("A name was deleted")
	case registry.EventPurged:
		return text("A deleted name is free again")
	case registry.EventRestoreRenewed:
		return text("A restored name has renewed itself")
	case registry.EventRestoreLapsed:
		return text("A restored name was not renewed, and is deleted again")
	case registry.EventRegistryAction:
		return text("The registry has changed something")
	}
	return objectEventTitle(e)
}

// objectEventTitle says what happened to the servers, the keys or the contacts of names.
func objectEventTitle(e registry.Event) string {
	switch e {
	case registry.EventDSFollowed:
		return text("The DS of a name follow its zone")
	case registry.EventDSRefused:
		return text("The DS that a zone asks for were refused")
	case registry.EventHostRenamed:
		return text("A name server was renamed")
	case registry.EventHostGone:
		return text("A name server is gone")
	case registry.EventContactLinger:
		return text("A contact is no longer in use")
	case registry.EventContactPurged:
		return text("A contact was removed")
	}
	return ""
}

// eventKind is the kind of badge of an event: what somebody has to do something about stands out.
func eventKind(e registry.Event) string {
	switch e {
	case registry.EventTransferRequested, registry.EventSuspended, registry.EventLowBalance, registry.EventContactLinger,
		registry.EventFeeProposed, registry.EventCertificateEnds, registry.EventDSRefused:
		return "warn"
	case registry.EventAccountHold, registry.EventRestoreLapsed, registry.EventHostGone, registry.EventRegistryAction,
		registry.EventAutoDeleted:
		return "bad"
	case registry.EventTransferApproved, registry.EventDepositReceived, registry.EventAccountReleased, registry.EventAutoRenewed,
		registry.EventRestoreRenewed, registry.EventDSFollowed:
		return "good"
	}
	return ""
}
