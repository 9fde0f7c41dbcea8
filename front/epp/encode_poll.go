package epp

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// msgQ writes <msgQ>: of a message, or after one was acknowledged and others are left, with the id that was
// acknowledged. RFC 5730 section 2.9.2.3.
func (w *encoder) msgQ(reply flow.Reply) {
	switch r := reply.(type) {
	case flow.Polled:
		w.queue(r.Count, strconv.FormatInt(r.Message.ID, 10))
		w.Element("qDate", instant(r.Message.At))
		w.Element("msg", shorten(messageText(r.Message.Notice), maxSentence))
		w.End()
	case flow.PollAcked:
		if r.Count > 0 {
			w.queue(r.Count, r.ID)
			w.End()
		}
	}
}

func (w *encoder) queue(count int, id string) {
	w.Start("msgQ")
	w.Attr("count", strconv.Itoa(count))
	w.Attr("id", id)
}

// messageText is what a message says to people. Manual 9.11.
func messageText(n registry.Notice) string {
	switch n := n.(type) {
	case registry.TransferNotice:
		return transferText(n.Status)
	case registry.PendingActionNotice:
		if n.Done {
			return "Pending action completed successfully."
		}
		return "Pending action failed."
	case registry.ChangeNotice:
		return n.Text
	case registry.MaintenanceNotice:
		return maintenanceText(n)
	case registry.LowBalanceNotice:
		return "Balance low: " + n.Available.String() + " is available, less than the threshold of " + n.Threshold.String() + "."
	case registry.AccountNotice:
		return cmp.Or(n.Text, accountText(n))
	case registry.CertificateNotice:
		return "Client certificate " + n.Fingerprint[:min(16, len(n.Fingerprint))] + " ends " + n.NotAfter.UTC().Format(time.RFC3339) + "."
	case registry.TextNotice:
		return n.Text
	}
	return ""
}

// accountText is what a notice of an account says that has no sentence of its own.
func accountText(n registry.AccountNotice) string {
	left := "the balance is " + n.Balance.String() + ", and " + n.Available.String() + " is available."
	switch n.Step {
	case registry.EventDepositReceived:
		return "Deposit of " + n.Amount.String() + " received, reference " + n.Reference + ": " + left
	case registry.EventMoneyCorrected:
		return "Correction " + n.Reference + " (" + string(n.Act) + ") of " + n.Amount.String() + ": " + left
	case registry.EventFeeProposed:
		return "Fee of " + n.Amount.String() + " proposed (" + string(n.Fee) + ", " + n.Period + "): the registry decides about it."
	case registry.EventFeeCharged:
		return "Fee of " + n.Amount.String() + " charged (" + string(n.Fee) + ", " + n.Period + "): " + left
	case registry.EventInvoiceMade:
		return "Invoice " + n.Reference + " of " + n.Period + " made: " + n.Amount.String() + " in all."
	}
	return "The account has changed: " + left
}

// transferText is the manual's sentence for a transfer. Manual 9.11.1 to 9.11.4.
func transferText(s registry.TransferStatus) string {
	switch s {
	case registry.TransferPending:
		return "Transfer requested."
	case registry.TransferClientApproved, registry.TransferServerApproved:
		return "Transfer approved."
	case registry.TransferClientRejected, registry.TransferServerRejected:
		return "Transfer rejected."
	}
	return "Transfer cancelled."
}

// messageData returns the data of a message.
func messageData(r flow.Polled, a answer) data {
	switch n := r.Message.Notice.(type) {
	case registry.TransferNotice:
		return transferData(n)
	case registry.PendingActionNotice:
		return data{nsDomain, func(w *encoder) { w.pendingActionData(n) }}
	case registry.MaintenanceNotice:
		return data{nsMaintenance, func(w *encoder) { w.maintenance(n.Maintenance, n.Type) }}
	case registry.ChangeNotice:
		return changeData(r.Object, a.announced)
	}
	return data{}
}

// showsChange reports whether the object of a change goes to a session. Without changePoll nobody could tell whether it
// is as it was before or as it is now, so it goes only with that.
func showsChange(announced []string) bool {
	return slices.Contains(announced, nsChangePoll) || slices.Contains(announced, nsUnhandled)
}

// changeData returns the object of a change.
func changeData(object flow.Reply, announced []string) data {
	if !showsChange(announced) {
		return data{}
	}
	d := objectData(object)
	switch object.(type) {
	case flow.DomainDetails:
		d.uri = nsDomain
	case flow.HostDetails:
		d.uri = nsHost
	case flow.ContactDetails:
		d.uri = nsContact
	}
	return d
}

// transferData returns how a transfer stands.
func transferData(n registry.TransferNotice) data {
	if n.Object == "contact" {
		return data{nsContact, func(w *encoder) { w.transferData(nsContact, "id", n) }}
	}
	return data{nsDomain, func(w *encoder) { w.transferData(nsDomain, "name", n) }}
}

// transferData writes <trnData>. RFC 5731 section 3.1.3, RFC 5733 section 3.1.3.
func (w *encoder) transferData(uri, key string, n registry.TransferNotice) {
	prefix := objectPrefix(uri)
	w.object(uri, "trnData")
	w.Element(prefix+":"+key, n.Name)
	w.Element(prefix+":trStatus", string(schemaStatus(n.Status)))
	w.Element(prefix+":reID", string(n.Gaining))
	w.Element(prefix+":reDate", instant(n.Requested))
	w.Element(prefix+":acID", string(n.Losing))
	w.Element(prefix+":acDate", instant(n.Answer))
	if uri == nsDomain {
		w.optionalInstant("domain:exDate", n.Expires)
	}
	w.End()
}

// schemaStatus returns a status that trStatusType has. It lacks the serverRejected of manual 9.11.2. RFC
// 5730 section 4.2.
func schemaStatus(s registry.TransferStatus) registry.TransferStatus {
	if s == registry.TransferServerRejected {
		return registry.TransferServerCancelled
	}
	return s
}

// pendingActionData writes <domain:panData>. RFC 5731 section 3.3, manual 9.11.5.
func (w *encoder) pendingActionData(n registry.PendingActionNotice) {
	w.object(nsDomain, "panData")
	w.Start("domain:name")
	w.Attr("paResult", zeroOne(n.Done))
	w.Text(n.Name)
	w.End()
	w.Start("domain:paTRID")
	w.optional("clTRID", n.ClTRID)
	w.Element("svTRID", n.SvTRID)
	w.End()
	w.Element("domain:paDate", instant(n.At))
	w.End()
}
