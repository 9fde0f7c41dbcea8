package flow

import (
	"strconv"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// What transfers of domains and of contacts have in common: their rules, and what is told of them. RFC 5730
// section 2.9.3.4, decisions 3.6.

// A TransferTold is what every command and query about a transfer replies: how it stands.
type TransferTold struct {
	registry.TransferNotice
	Asked   bool         // it is the reply to the request, which is pending now
	Charged policy.Quote // of a domain's request; else it has no fees
}

// Outcome is 1001 for a request, with the manual's sentence. Manual 12.3.6.
func (r TransferTold) Outcome() (registry.Code, string) {
	if r.Asked {
		return registry.CompletedPending, "Command completed OK; action pending"
	}
	return registry.Completed, ""
}

// authInfoIsSent holds for a request that has an authInfo. RFC 5731 section 3.2.4, RFC 5733 section 3.2.4.
func authInfoIsSent(object string, said *string) Rule {
	return refuseIf("authInfoIsSent", said == nil, registry.Error{
		Code: registry.ParameterMissing, Field: object + ":authInfo",
		Reason: "a transfer needs the authInfo of the object; its holder has it from the sponsor",
	})
}

// sponsorIsAnother holds for a registrar that does not sponsor the object that it wants to have.
func sponsorIsAnother(r registry.Registrar, sponsor registry.RegistrarID, field, value string) Rule {
	return refuseIf("sponsorIsAnother", sponsor == r.ID, registry.Error{
		Code: registry.NotTransferable, Field: field, Value: value,
		Reason: "you sponsor the object already; there is nothing to transfer",
	})
}

// holdIsOver holds for a name that is old enough, and long enough with its sponsor. Manual 8.1.6.
func holdIsOver(d registry.Domain, now time.Time) Rule {
	return refuseIf("holdIsOver", now.Before(d.HoldUntil), registry.Error{
		Code: registry.NotTransferable, Field: "domain:name", Value: d.Name.String(),
		Reason: "the name was registered or transferred too recently; ask again from " + d.HoldUntil.UTC().Format(time.RFC3339),
	})
}

// noTransferIsPending holds for an object that nobody else has asked for.
func noTransferIsPending(t registry.Transfer, field, value string) Rule {
	return refuseIf("noTransferIsPending", t.IsPending(), registry.Error{
		Code: registry.ObjectPendingTransfer, Field: field, Value: value,
		Reason: "a transfer of the object is pending; it ends by " + t.Answer.UTC().Format(time.RFC3339),
	})
}

// transferIsPending holds for an object that somebody has asked for and not got yet.
func transferIsPending(t registry.Transfer, field, value string) Rule {
	return refuseIf("transferIsPending", !t.IsPending(), registry.Error{
		Code: registry.ObjectNotPending, Field: field, Value: value,
		Reason: "no transfer of the object is pending; a query says how the last one ended",
	})
}

// transferIsKnown holds for an object of which there was a transfer.
func transferIsKnown(t registry.Transfer, field, value string) Rule {
	return refuseIf("transferIsKnown", t.IsZero(), registry.Error{
		Code: registry.ObjectNotPending, Field: field, Value: value,
		Reason: "no transfer of the object was ever requested; request one",
	})
}

// sideMayEnd holds for the gaining registrar that cancels, and the losing one that approves or rejects.
func sideMayEnd(r registry.Registrar, t registry.Transfer, how registry.TransferStatus, field, value string) Rule {
	side, who := t.Losing, "the registrar that sponsors the object approves and rejects"
	if how == registry.TransferClientCancelled {
		side, who = t.Gaining, "the registrar that requested the transfer cancels it"
	}
	return refuseIf("sideMayEnd", r.ID != side, registry.Error{
		Code: registry.Authorization, Field: field, Value: value,
		Reason: "the transfer is not yours to end so; " + who,
	})
}

// strangerTo reports whether a registrar neither sponsors an object nor is a side of its transfer.
func strangerTo(r registry.Registrar, sponsor registry.RegistrarID, t registry.Transfer) bool {
	return r.ID != sponsor && r.ID != t.Gaining && r.ID != t.Losing
}

// transferIsTold holds for the sponsor, for the two sides, and for others that sent the right authInfo. RFC 5730
// section 2.9.3.4.
func transferIsTold(stranger bool, said *string, field, value string) Rule {
	return refuseIf("transferIsTold", stranger && said == nil, registry.Error{
		Code: registry.Authorization, Field: field, Value: value,
		Reason: "the transfer is of other registrars; send the object's authInfo",
	})
}

// ended returns a transfer that came to nothing.
func ended(t registry.Transfer, how registry.TransferStatus, at time.Time) registry.Transfer {
	t.Status, t.Answer = how, at
	return t
}

// transferFitsTheHorizon holds for a period with which the name would not expire too far ahead, whenever the
// transfer is completed; and for one year, which is cut instead. Decisions 3.6.
func (c *Call) transferFitsTheHorizon(d registry.Domain, t registry.Transfer) Rule {
	terms := c.TermsOf(d.Name)
	for _, at := range []time.Time{t.Requested, t.Answer} {
		want := lifecycle.AddYears(lifecycle.BeforeAutoRenewal(d, at), t.Years)
		if t.Years > 1 && !lifecycle.WithinHorizon(want, t.Requested, terms.MaxYears) {
			return refuse("transferFitsTheHorizon", registry.Error{
				Code: registry.ParameterPolicy, Field: "domain:period", Value: strconv.Itoa(t.Years),
				Reason: "the name would expire on " + want.Format(time.DateOnly) + ", more than " +
					strconv.Itoa(terms.MaxYears) + " years ahead; choose a shorter period",
			})
		}
	}
	return holds("transferFitsTheHorizon", "domain:period", "")
}

// endTransfer ends a pending transfer of a domain, by its sides or by the operator. Decisions 3.6.
func (c *Call) endTransfer(d registry.Domain, how registry.TransferStatus) (registry.Domain, registry.Changes) {
	if how == registry.TransferClientApproved || how == registry.TransferServerApproved {
		d, fact := lifecycle.Complete(d, c.rules(), how, c.Now)
		fact.Changes.Add(c.transferred(d, registry.EndedByOperator))
		return d, fact.Changes
	}
	notice := d.Transfer.Notice("domain", d.Name.String())
	notice.Status, notice.Answer = how, c.Now
	if how != registry.TransferClientCancelled { // as in manual 9.11.2 and 9.11.4
		notice.Expires = lifecycle.TransferExpiry(d, c.rules(), d.Transfer, c.Now)
	}
	d = d.Next()
	d.Transfer = ended(d.Transfer, how, c.Now)
	changes := registry.Changes{Domains: []registry.Domain{d}, Rescheduled: lifecycle.Decide(d, c.Now)}
	if charge, found := c.charge(d.Transfer.Charge); found {
		released, entries := charge.Release(c.Now)
		changes.Charges, changes.Entries = append(changes.Charges, released), append(changes.Entries, entries...)
	}
	changes.Add(c.tellTransfer(endedBy(notice, registry.EndedByOperator), c.Now))
	return d, changes
}

// endContactTransfer does the same for a contact.
func (c *Call) endContactTransfer(contact registry.Contact, how registry.TransferStatus) (registry.Contact, registry.Changes) {
	var changes registry.Changes
	if how == registry.TransferClientApproved || how == registry.TransferServerApproved {
		var fact lifecycle.Fact
		contact, fact = lifecycle.CompleteContact(contact, how, c.Now)
		changes = fact.Changes
	} else {
		contact = contact.Next()
		contact.Transfer = ended(contact.Transfer, how, c.Now)
		changes.Contacts = []registry.Contact{contact}
	}
	notice := endedBy(contact.Transfer.Notice("contact", contact.ID), registry.EndedByOperator)
	changes.Add(c.tellTransfer(notice, c.Now))
	return contact, changes
}
