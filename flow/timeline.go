package flow

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// Timeline asks what will happen to a name and when, if nobody does anything and nothing is decided anew, for the
// operator.
type Timeline struct{ Name names.Name }

// TimelineFound is what Timeline answers.
type TimelineFound struct {
	Name        names.Name
	ROID        registry.ROID
	Sponsor     registry.RegistrarID
	At          time.Time // now
	Expires     time.Time
	EPPStatuses []registry.Status
	RGPStatuses []registry.RGPStatus
	Suspension  registry.Suspension
	Currency    string
	Ahead       []Ahead
}

// Ahead is one thing that will happen to a name. What is not about it is zero.
type Ahead struct {
	At   time.Time
	What lifecycle.Occasion

	Grace  registry.GraceKind // that ends
	Credit ledger.Money       // a deletion before credits so much, for every grace that runs until then

	Expires       time.Time            // of a step that left the name registered: from then on
	Charge        ledger.Money         // of a step that renews: what the year costs
	Sponsor       registry.RegistrarID // of a transfer: from then on
	Until         time.Time            // of a suspension: when it ends
	RestorableTil time.Time            // of a deletion: until when the name can be restored
	PurgeAt       time.Time            // of a deletion: when it will be purged
}

// Answer returns a TimelineFound.
func (q Timeline) Answer(c *Call) (Reply, error) {
	// Load.
	d, found := c.Domain(q.Name)

	// Check.
	if err := c.check(nameIsRegistered(q.Name, found)); err != nil {
		return nil, err
	}

	// Return.
	reply := TimelineFound{
		Name: d.Name, ROID: d.ROID, Sponsor: d.Sponsor, At: c.Now, Expires: d.Expires,
		EPPStatuses: lifecycle.Statuses(d), RGPStatuses: lifecycle.RGPStatuses(d, c.Now),
		Currency: c.TermsOf(d.Name).Prices.Currency, Suspension: d.Suspension,
	}
	for _, m := range lifecycle.Timeline(d, c.rules(), c.Now) {
		reply.Ahead = append(reply.Ahead, ahead(m))
	}
	return reply, nil
}

// ahead tells a moment without the name that it is of.
func ahead(m lifecycle.Moment) Ahead {
	a := Ahead{At: m.At, What: m.What}
	switch m.What {
	case lifecycle.GraceEnds:
		a.Grace, a.Credit = m.Grace.Kind, m.Credit
	case lifecycle.HoldEnds, lifecycle.RedemptionEnds, lifecycle.Purged:
	case lifecycle.Occasion(lifecycle.Expired), lifecycle.Occasion(lifecycle.RestoreLapsed):
		a.RestorableTil, a.PurgeAt = m.Domain.Deletion.RestorableTil, m.Domain.Deletion.PurgeAt
	case lifecycle.Occasion(lifecycle.Suspended):
		a.Until = m.Domain.Suspension.Until
	case lifecycle.Occasion(lifecycle.Transferred):
		a.Expires, a.Sponsor = m.Domain.Expires, m.Domain.Sponsor
	default:
		a.Expires = m.Domain.Expires
		if n := len(m.Domain.Graces); n > 0 {
			a.Charge = m.Domain.Graces[n-1].Amount
		}
	}
	return a
}
