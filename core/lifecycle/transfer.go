package lifecycle

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// Complete moves a domain to the registrar that asked for it. In the losing registrar's auto-renew grace that
// renewal is undone and credited. The new sponsor's own grace and hold begin, every other grace ends, and the
// authInfo that the transfer was asked for with is gone. Decisions 3.6.
func Complete(d registry.Domain, r Rules, status registry.TransferStatus, at time.Time) (registry.Domain, Fact) {
	fact := newFact(Transferred, at)
	terms := r.Profile.TermsOf(d.Name, at)
	if g, runs := autoRenewal(d, at); runs {
		released, entries := ledger.Charge{
			ID: g.Charge, Party: ledger.Party(d.Sponsor), Object: string(d.ROID), Subject: d.Name.String(),
			Type: ledger.AutoRenewal, Amount: g.Amount,
		}.Release(at)
		fact.Charges, fact.Entries = []ledger.Charge{released}, entries
	}
	if d.Suspension.Active() {
		fact.Marks = markOf(d)
	}
	t := d.Transfer
	former := BeforeAutoRenewal(d, at)
	until := terms.TransferGrace.After(at)
	d = d.Next()
	d.Expires = TransferExpiry(d, r, t, at)
	d.Graces = []registry.Grace{{
		Kind: registry.TransferGrace, Until: until, Expires: former, Charge: t.Charge, Amount: t.Amount,
	}}
	if d.Expires.Equal(AddYears(former, t.Years)) {
		d.Graces[0].Years = t.Years
	}
	fact.Rescheduled = []ledger.Charge{{ID: t.Charge, PostsAt: until, GraceDays: int(terms.TransferGrace)}}

	t.Status, t.Answer, t.Expires = status, at, d.Expires
	d.Transfer, d.Sponsor, d.Transferred, d.AuthInfo = t, t.Gaining, at, nil
	d.HoldUntil = terms.TransferHold.After(at)
	d.Suspension, d.RenewBy = registry.Suspension{}, time.Time{}
	fact.Domains = []registry.Domain{d}
	return d, fact
}

// TransferExpiry returns when d expires if a transfer of it is completed at an instant. One year more is never
// refused: it is cut at the horizon of the day on which the transfer was requested. A name whose expiry is more than
// a year ago gets the years that it takes. Decisions 3.6.
func TransferExpiry(d registry.Domain, r Rules, t registry.Transfer, at time.Time) time.Time {
	former := BeforeAutoRenewal(d, at)
	expires := AddYears(former, max(t.Years, YearsBeyond(former, at)))
	years := r.Profile.TermsOf(d.Name, t.Requested).MaxYears
	if WithinHorizon(expires, t.Requested, years) {
		return expires
	}
	if last := onDay(AddYears(t.Requested, years), former); last.After(former) {
		return last
	}
	return former
}

// BeforeAutoRenewal returns the expiry without the year of an auto-renewal that can still be undone at an
// instant. What was renewed on top of it stays.
func BeforeAutoRenewal(d registry.Domain, at time.Time) time.Time {
	g, runs := autoRenewal(d, at)
	if !runs {
		return d.Expires
	}
	return AddYears(g.Expires, d.Expires.Year()-AddYears(g.Expires, 1).Year())
}

func autoRenewal(d registry.Domain, at time.Time) (registry.Grace, bool) {
	for _, g := range d.Graces {
		if g.Kind == registry.AutoRenewGrace && g.Until.After(at) {
			return g, true
		}
	}
	return registry.Grace{}, false
}

// Decide returns the charge of an auto-renewal whose fate a transfer that is now requested, or ended, decides:
// while it is pending the charge does not post, as the transfer will have credited it when its grace ends.
// There is none if the grace ends before the answer is due.
func Decide(d registry.Domain, at time.Time) []ledger.Charge {
	g, runs := autoRenewal(d, at)
	if !runs || d.Transfer.IsPending() && !d.Transfer.Answer.Before(g.Until) {
		return nil
	}
	c := ledger.Charge{ID: g.Charge, PostsAt: g.Until}
	if d.Transfer.IsPending() {
		c.PostsAt = ledger.Undecided()
	}
	return []ledger.Charge{c}
}
