package lifecycle

import (
	"time"

	"example.org/dorado/core/registry"
)

// ContactDue returns the next instant at which time alone changes a fact of a contact; zero if none does.
func ContactDue(c registry.Contact) time.Time {
	due := c.PurgeAt
	if c.Transfer.IsPending() && (due.IsZero() || c.Transfer.Answer.Before(due)) {
		due = c.Transfer.Answer
	}
	return due
}

// AdvanceContact brings a contact to the state that it has at now and returns the facts that time has made on
// the way. It reports whether the contact still exists: its purge is the caller's to write.
func AdvanceContact(c registry.Contact, now time.Time) (registry.Contact, []Fact, bool) {
	var facts []Fact
	for at := ContactDue(c); !at.IsZero() && !at.After(now); at = ContactDue(c) {
		if !c.Transfer.IsPending() || !c.Transfer.Answer.Equal(at) {
			return c, facts, false
		}
		var fact Fact
		c, fact = CompleteContact(c, registry.TransferServerApproved, at)
		facts = append(facts, fact)
	}
	return c, facts, true
}

// CompleteContact moves a contact to the registrar that asked for it. RFC 5733 section 3.2.4, decisions 3.6.
func CompleteContact(c registry.Contact, status registry.TransferStatus, at time.Time) (registry.Contact, Fact) {
	fact := newFact(Transferred, at)
	c = c.Next()
	c.Transfer.Status, c.Transfer.Answer = status, at
	c.Sponsor, c.Transferred, c.AuthInfo = c.Transfer.Gaining, at, nil
	fact.Contacts = []registry.Contact{c}
	return c, fact
}
