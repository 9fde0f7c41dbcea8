package flow

import (
	"errors"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// DomainCheck asks which names could be registered. RFC 5731 section 3.1.1. The names are as they
// were sent: a bad one is unavailable with a reason and does not fail the others. Decisions 1.2.
type DomainCheck struct {
	Names  []string
	Fees   *FeeQuestion // nil: nobody asks what they cost. RFC 8748
	Token  *string      // an allocation code that the names are checked with; nil if there is none. RFC 8495
	Launch LaunchSaid
}

// Checked is what the check of one object says. Reason is empty when it is available. EPP has room
// for 32 characters of it (RFC 5730 section 4.2), so what stands before the first semicolon says all.
type Checked struct {
	Object    string // as it was sent
	Available bool
	Reason    string
	Fees      *FeeAnswer // nil unless they were asked for
}

// Asks says what the check counts as.
func (q DomainCheck) Asks() Question {
	return Question{Command: "check", Object: "domain", IDs: q.Names}
}

// Answer looks each name up.
func (q DomainCheck) Answer(c *Call) (Reply, error) {
	if err := c.check(registrarIsActive(c.Registrar), checkFits(c.Terms.Limits, len(q.Names), "domain:name")); err != nil {
		return nil, err
	}
	if q.Launch != (LaunchSaid{}) {
		if err := c.check(phaseIsOpen(c.Terms, q.Launch, c.Now)); err != nil {
			return nil, err
		}
	}
	if q.Fees != nil {
		if err := c.check(feesFit(c.Terms.Limits, len(q.Fees.Commands)), feePhasesAreSold(q.Fees)); err != nil {
			return nil, err
		}
	}
	answers := make([]Checked, len(q.Names))
	for i, text := range q.Names {
		name, err := names.Parse(text)
		if err != nil {
			err = notAName(err)
		} else {
			err = c.canCreate(name, q.Token)
		}
		answers[i] = checked(text, err)
		if q.Fees != nil {
			refusal, _ := errors.AsType[*registry.Error](err)
			answers[i].Fees = c.fees(q.Fees, name, refusal)
		}
	}
	return answers, nil
}

// canCreate says why a create of a name by the registrar would be refused, whatever else it says.
func (c *Call) canCreate(name names.Name, token *string) error {
	if err := c.check(nameIsRegistrable(c.Profile, name), zoneIsSold(c.Profile, name)); err != nil {
		return err
	}
	offer := c.Offer(name)
	price, kin := offer.PriceAt(c.Now), c.kin(name)
	return c.check(
		nameIsFree(name, c.Taken(name)),
		nameIsOffered(c.Profile, name, price),
		nameIsUnlisted(name, offer, c.Now),
		registrarTakes(c.Registrar, name, price),
		nameIsInATable(c.TermsOf(name), name),
		noVariantIsRegistered(c, name, kin.registered),
		noVariantIsListed(name, offer, kin.listed, c.Now),
		c.tokenAllocates(offer.Allocation, token),
	)
}

// notAName is what a check says of a text that is no name.
func notAName(err error) error {
	return &registry.Error{Code: registry.ParameterSyntax, Reason: "not a valid domain name; " + err.Error()}
}

// checked turns the refusal that a create would get into the answer of a check.
func checked(text string, refusal error) Checked {
	answer := Checked{Object: text, Available: refusal == nil}
	if e := (*registry.Error)(nil); errors.As(refusal, &e) {
		answer.Reason = e.Reason
	}
	return answer
}
