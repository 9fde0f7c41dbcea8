package epp

import (
	"fmt"
	"strings"
	"testing"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A messageWord is what the table of messages says of an event.
type messageWord struct {
	sentence string // of the source, which begins and ends as it says; or, without literal, a description
	literal  bool
	to       string
	data     string // the operation of changePoll, or other data; empty for none
}

// said is a sentence of the source.
func said(sentence, to, data string) messageWord { return messageWord{sentence, true, to, data} }

// about is a description of sentences that are made of too much to be shown.
func about(what, to, data string) messageWord { return messageWord{what, false, to, data} }

// messageWords are of every event.
var messageWords = map[registry.Event]messageWord{
	registry.EventTransferRequested: said("Transfer requested.", "the losing registrar", "`domain:trnData` or `contact:trnData`"),
	registry.EventTransferApproved:  said("Transfer approved.", "the gaining registrar; both where neither did it", "`domain:trnData` or `contact:trnData`"),
	registry.EventTransferRejected:  said("Transfer rejected.", "the same", "`domain:trnData` or `contact:trnData`"),
	registry.EventTransferCancelled: said("Transfer cancelled.", "the losing registrar; both where neither did it", "`domain:trnData` or `contact:trnData`"),
	registry.EventAutoRenewed:       said(" was renewed automatically for one year", "the sponsor", "`autoRenew`"),
	registry.EventAutoDeleted:       said(" has expired and was deleted; it can be restored until ", "the sponsor", "`autoDelete`"),
	registry.EventSuspended:         said(" has expired and is suspended; unless you renew or delete it, it ", "the sponsor", "`custom`, `op=\"suspend\"`"),
	registry.EventDeleted:           said(" was deleted by a command of your account.", "the sponsor", "`delete`"),
	registry.EventPurged:            said("Pending action completed successfully.", "whoever deleted the name and still sponsors it, when it has gone", "`domain:panData` with the ids of the delete"),
	registry.EventRestoreRenewed:    said(" was restored and renewed automatically for one year", "the sponsor", "`autoRenew`"),
	registry.EventRestoreLapsed:     said(" was deleted again, as it was not renewed on the day of its restore", "the sponsor", "`autoDelete`"),
	registry.EventRegistryAction:    about("a sentence about what the registry did to a name, a host or a contact", "the sponsor", `the operation that it was`),
	registry.EventDSFollowed:        about("a sentence about the DS that the name's own zone asked for", "the sponsor", "`update`"),
	registry.EventDSRefused:         said(" do not follow what its own zone asks for (CDS): ", "the sponsor", "`custom`, `op=\"ds-refused\"`"),
	registry.EventHostRenamed:       said("; names delegated to it follow.", "the other sponsors of names that use the host", "`update`"),
	registry.EventHostGone:          said(" was purged; delegations to it were removed.", "the same", "`delete`"),
	registry.EventContactLinger:     said("No name links contact ", "the sponsor of the contact", "`update`"),
	registry.EventContactPurged:     said(" was purged: no name linked it any more.", "the sponsor of the contact", "`autoPurge`"),
	registry.EventLowBalance:        said("Balance low: ", "the registrar", ``),
	registry.EventAccountHold:       about("a sentence with the balance and its minimum", "the registrar", ``),
	registry.EventAccountReleased:   said("The account is on hold no longer.", "the registrar", ``),
	registry.EventDepositReceived:   said("Deposit of ", "the registrar", ``),
	registry.EventMoneyCorrected:    said("Correction ", "the registrar", ``),
	registry.EventFeeProposed:       said("Fee of ", "the registrar", ``),
	registry.EventFeeCharged:        said("Fee of ", "the registrar", ``),
	registry.EventInvoiceMade:       said("Invoice ", "the registrar", ``),
	registry.EventCertificateEnds:   said("Client certificate ", "the registrar", ``),
	registry.EventMaintenance:       about("a sentence with the maintenance and its times", "all", "`maint:infData` with `pollType` create, update, delete, courtesy or end"),
	registry.EventText:              about("a sentence of the registry", "the registrar", ``),
}

// messagesTable lists every event of which a registrar is told, in the order in which the console shows them, with what
// the built-in profile does where the registrar wishes nothing else.
func messagesTable(t *testing.T) string {
	profile, err := policy.BuiltIn("co-2026")
	if err != nil {
		t.Fatal(err)
	}
	source := literals(t, "../../flow") + literals(t, ".")
	var b strings.Builder
	b.WriteString("| event | message | to | data, or operation | queued | mailed |\n|---|---|---|---|---|---|\n")
	for _, event := range registry.Events() {
		word, found := messageWords[event]
		if !found {
			t.Errorf("the table of messages says nothing of the event %s; add it to messageWords", event)
		}
		if word.literal && !strings.Contains(source, word.sentence) {
			t.Errorf("nothing says %q of %s any more", word.sentence, event)
		}
		tells := profile.Versions[0].Terms.Tells(registry.Registrar{}, event)
		queued := map[bool]string{true: "yes", false: "on wish"}[tells.Poll]
		if policy.QueuedAlways(event) {
			queued = "always"
		}
		mailed := map[bool]string{true: "yes", false: "on wish"}[tells.Mail]
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", event, shownSentence(word), word.to, word.data, queued, mailed)
	}
	return b.String()
}

// shownSentence shows what of a sentence is always the same.
func shownSentence(w messageWord) string {
	if !w.literal {
		return w.sentence
	}
	text := strings.TrimSpace(w.sentence)
	if text[0] < 'A' || text[0] > 'Z' { // what it is about comes before
		text = "… " + text
	}
	if !strings.HasSuffix(text, ".") {
		text += " …"
	}
	return text
}
