package flow

import (
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
)

// ContactCheck asks which ids could be created. RFC 5733 section 3.1.1.
type ContactCheck struct{ IDs []string }

// Asks says what the check counts as.
func (q ContactCheck) Asks() Question {
	return Question{Command: "check", Object: "contact", IDs: q.IDs}
}

// Answer looks each id up.
func (q ContactCheck) Answer(c *Call) (Reply, error) {
	if err := c.check(registrarIsActive(c.Registrar), checkFits(c.Terms.Limits, len(q.IDs), "contact:id")); err != nil {
		return nil, err
	}
	answers := make([]Checked, len(q.IDs))
	for i, id := range q.IDs {
		_, taken := c.Contact(id)
		answers[i] = checked(id, c.check(contactIDIsLegal(id), contactIsFree(id, taken)))
	}
	return answers, nil
}

// ContactInfo asks for everything about a contact. RFC 5733 section 3.1.2. Another registrar's
// contact is answered only with its authInfo. Manual 9.5.3, decisions 2.4.
type ContactInfo struct {
	ID       string
	AuthInfo *string
	ROID     registry.ROID // of the object that the authInfo belongs to; empty for the contact itself
}

// ContactDetails is what ContactInfo answers.
type ContactDetails struct {
	registry.Contact
	EPPStatuses []registry.Status
}

// Asks says what the info counts as.
func (q ContactInfo) Asks() Question {
	return Question{Command: "info", Object: "contact", IDs: []string{q.ID}}
}

// Answer looks the contact up.
func (q ContactInfo) Answer(c *Call) (Reply, error) {
	contact, found := c.Contact(q.ID)
	own := contact.Sponsor == c.Registrar.ID
	if err := c.check(
		registrarIsActive(c.Registrar),
		contactExists(q.ID, found),
		authInfoIsGiven(q, own),
		c.contactAuthInfoFits(contact, q.AuthInfo, q.ROID),
	); err != nil {
		return nil, err
	}
	return ContactDetails{contact, lifecycle.ContactStatuses(contact)}, nil
}

// contactAuthInfoFits verifies an authInfo that came with a command against the contact's own. One that is said
// to be another object's is not it.
func (c *Call) contactAuthInfoFits(contact registry.Contact, said *string, roid registry.ROID) Rule {
	if said == nil {
		return holds("contactAuthInfoFits", "contact:authInfo", "")
	}
	fits := (roid == "" || roid == contact.ROID) && c.Matches(*said, contact.AuthInfo)
	return allOf("contactAuthInfoFits", c.authInfosAreFew("contact:authInfo", contact.Sponsor, contact.ROID),
		refuseIf("contactAuthInfoFits", !fits, registry.Error{
			Code: registry.InvalidAuthInfo, Field: "contact:authInfo",
			Reason: "the authInfo is not the contact's; ask its sponsor for the right one",
		}))
}

// authInfoIsGiven holds for the sponsor of a contact, and for others that send its authInfo. RFC 5733
// section 3.1.2.
func authInfoIsGiven(q ContactInfo, own bool) Rule {
	return refuseIf("authInfoIsGiven", !own && q.AuthInfo == nil, registry.Error{
		Code: registry.Authorization, Field: "contact:id", Value: q.ID,
		Reason: "another registrar sponsors the contact; send its authInfo",
	})
}
