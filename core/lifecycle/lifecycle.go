// Package lifecycle owns what time alone does to an object: automatic renewal, suspension or deletion
// at expiry, the end of grace periods, of a transfer that nobody answered, of redemption, and the purge;
// and the statuses and the delegation that follow from its facts at an instant. It is pure and is used
// wherever an object is read, so it does not matter when the engine last ran. Decisions section 3.
package lifecycle

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// Rules are what Advance has to know beside the object itself.
type Rules struct {
	Profile policy.Profile

	// AutoRenews is a registrar's renew model at an instant.
	AutoRenews func(sponsor registry.RegistrarID, at time.Time) bool

	// Price is what a name costs at an instant that is not sold at the standard prices; nil if all names
	// are.
	Price func(name names.Name, at time.Time) registry.NamePrice

	// Spread maps a ROID evenly over all 32-bit numbers by a secret key, so that nobody can tell
	// a purge instant before it is published. Decisions 3.2.
	Spread func(registry.ROID) uint32
}

// price returns what a name costs in a step of time.
func (r Rules) price(name names.Name, step time.Time) registry.NamePrice {
	if r.Price == nil {
		return registry.NamePrice{}
	}
	return r.Price(name, settled(step))
}

// settled is the instant whose settings hold for a step: those that change in its very second come after it, as
// they do where the engine has written the step by then. Decisions 3.1.
func settled(step time.Time) time.Time { return step.Add(-time.Second) }

// A Step is something that time alone does.
type Step string

// The steps.
const (
	Renewed        Step = "renewed"         // by itself, at its expiry or after its suspension
	Suspended      Step = "suspended"       // at its expiry. Policies of 2011
	Expired        Step = "expired"         // deleted at its expiry, as its sponsor wants
	RestoreRenewed Step = "restore-renewed" // by itself, on the day of its restore
	RestoreLapsed  Step = "restore-lapsed"  // deleted again, since nobody renewed it on that day
	Transferred    Step = "transferred"     // as nobody answered

	// What the purge of a name does to others.
	HostsGone   Step = "hosts-gone"   // a name lost name servers below it
	LinksGone   Step = "links-gone"   // a contact lost its last link and will be purged
	LinkedAgain Step = "linked-again" // and will not be
)

// A Fact is one step with all that it writes of the object itself and of money; what it does to other
// objects is for package flow to add. Its origin has the instant.
type Fact struct {
	Step Step
	registry.Changes
}

// At is the instant of the fact.
func (f Fact) At() time.Time { return f.Origin.At }

func newFact(step Step, at time.Time) Fact {
	return Fact{step, registry.Changes{Origin: registry.Origin{At: at, Command: "time"}}}
}

// Due returns the next instant at which time alone changes a fact of d.
func Due(d registry.Domain) time.Time {
	due := d.Expires
	switch {
	case d.Deletion.Active():
		return d.Deletion.PurgeAt
	case !d.RenewBy.IsZero():
		due = d.RenewBy
	case d.Suspension.Active():
		due = d.Suspension.Until
	}
	if d.Transfer.IsPending() && d.Transfer.Answer.Before(due) {
		return d.Transfer.Answer
	}
	return due
}

// Advance brings d to the state that it has at now and returns the facts that time has made on the
// way, oldest first. It reports whether d still exists: the purge itself, which touches other objects,
// is the caller's to write.
//
// Advancing in pieces is advancing at once, and advancing twice is advancing once.
func Advance(d registry.Domain, r Rules, now time.Time) (registry.Domain, []Fact, bool) {
	var facts []Fact
	for at := Due(d); !at.After(now); at = Due(d) {
		if d.Deletion.Active() {
			return d, facts, false
		}
		var fact Fact
		d, fact = step(d, r, at)
		facts = append(facts, fact)
	}
	return d, facts, true
}

// step does what is due at an instant. An answer that is due in the second of the expiry comes first: the
// name belongs to who renewed it with the transfer.
func step(d registry.Domain, r Rules, at time.Time) (registry.Domain, Fact) {
	switch {
	case d.Transfer.IsPending() && d.Transfer.Answer.Equal(at):
		return Complete(d, r, registry.TransferServerApproved, at)
	case !d.RenewBy.IsZero():
		return endRestoreDay(d, r, at)
	case !d.Suspension.Active() && r.Profile.TermsOf(d.Name, at).Suspension > 0:
		return suspend(d, r, at)
	case renewsItself(d, r, at):
		return autoRenew(d, r, at)
	}
	return autoDelete(d, r, at, Expired)
}

// charge begins the charge for the years that a name renews itself for: one, but for a name that was restored long
// after its expiry.
func charge(d registry.Domain, years int, terms *policy.Terms, r Rules, at time.Time) ledger.Charge {
	quote := terms.Quote(policy.OpRenew, years, r.price(d.Name, at)) // promotions are for commands. Manual 6.6
	return ledger.Charge{
		ID:     autoRenewalID(d, at),
		Party:  ledger.Party(d.Sponsor),
		Object: string(d.ROID), Subject: d.Name.String(),
		Type: ledger.AutoRenewal, Amount: quote.Total(), PriceOf: quote.Reason(),
		At: at, State: ledger.Open,
	}
}

func autoRenewalID(d registry.Domain, at time.Time) string {
	return string(d.ROID) + "/autorenew/" + at.UTC().Format(time.RFC3339)
}
