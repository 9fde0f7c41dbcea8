package lifecycle

import (
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// renewsItself decides between renewal and deletion when a name has to be renewed.
func renewsItself(d registry.Domain, r Rules, at time.Time) bool {
	return Renewal(d, r, at) != registry.NotRenewed
}

// Renewal returns why a name that has to be renewed at an instant renews itself, or that it does not. Nothing
// lapses against a status that the operator set, nor while somebody waits for the name. Decisions 3.4.
func Renewal(d registry.Domain, r Rules, at time.Time) registry.Renewal {
	switch {
	case r.AutoRenews(d.Sponsor, settled(at)):
		return registry.RenewedAsSet
	case d.Transfer.IsPending():
		return registry.RenewedAsAsked
	case d.Has(registry.ServerDeleteProhibited):
		return registry.RenewedLocked
	}
	return registry.NotRenewed
}

// autoRenew adds one year, counted from the old expiry. It takes no authorisation; the charge posts when its
// grace ends, unless a transfer is pending that will have credited it by then. Decisions 3.4, 3.6, 5.1.
func autoRenew(d registry.Domain, r Rules, at time.Time) (registry.Domain, Fact) {
	fact := newFact(Renewed, at)
	terms := r.Profile.TermsOf(d.Name, at)
	c := charge(d, 1, terms, r, at)
	until := terms.AutoRenew.After(at)
	c.PostsAt, c.GraceDays = until, int(terms.AutoRenew)
	if d.Transfer.IsPending() && d.Transfer.Answer.Before(until) {
		c.PostsAt = ledger.Undecided()
	}
	if d.Suspension.Active() {
		fact.Marks = markOf(d)
	}
	d = d.Next()
	d.Graces = append(Running(d, at), registry.Grace{
		Kind: registry.AutoRenewGrace, Until: until, Expires: d.Expires, Years: 1, Charge: c.ID, Amount: c.Amount,
	})
	d.Expires = AddYears(d.Expires, 1)
	d.Suspension = registry.Suspension{}
	fact.Domains, fact.Charges = []registry.Domain{d}, []ledger.Charge{c}
	return d, fact
}

// autoDelete puts the name into redemption. Decisions 3.4.
func autoDelete(d registry.Domain, r Rules, at time.Time, why Step) (registry.Domain, Fact) {
	fact := newFact(why, at)
	d = d.Next()
	d.Statuses = slices.DeleteFunc(slices.Clone(d.Statuses), func(s registry.Status) bool {
		return s == registry.ClientDeleteProhibited
	})
	d = Delete(d, r, at, ByTime)
	fact.Domains, fact.Marks = []registry.Domain{d}, markOf(d)
	return d, fact
}

// suspend hands the name to the registry's page. What it was delegated to stays and comes back with its
// renewal. Policies of 2011.
func suspend(d registry.Domain, r Rules, at time.Time) (registry.Domain, Fact) {
	fact := newFact(Suspended, at)
	d = d.Next()
	d.Graces = Running(d, at)
	d.Suspension = registry.Suspension{At: at, Until: r.Profile.TermsOf(d.Name, at).Suspension.After(at)}
	fact.Domains, fact.Marks = []registry.Domain{d}, markOf(d)
	return d, fact
}

// RestoreDayEnds returns the first 23:59:59Z after a restore. Decisions 3.5.
func RestoreDayEnds(restored time.Time) time.Time {
	end := endOfDay(restored)
	if !end.After(restored) {
		return endOfDay(restored.Add(24 * time.Hour))
	}
	return end
}

// endRestoreDay renews a restored name that nobody has renewed, or deletes it again. This renewal is
// authorised at once and can be undone like one that was ordered. It is for one year, but for as many as it takes
// if the name has been deleted and restored until its expiry is more than a year ago. Decisions 3.5.
func endRestoreDay(d registry.Domain, r Rules, at time.Time) (registry.Domain, Fact) {
	if !renewsItself(d, r, at) {
		d.RenewBy = time.Time{}
		return autoDelete(d, r, at, RestoreLapsed)
	}
	fact := newFact(RestoreRenewed, at)
	terms := r.Profile.TermsOf(d.Name, at)
	years := YearsBeyond(d.Expires, at)
	c := charge(d, years, terms, r, at)
	c.PostsAt, c.GraceDays, c.Authorises = terms.RenewGrace.After(at), int(terms.RenewGrace), true
	d = d.Next()
	d.Graces = append(Running(d, at), registry.Grace{
		Kind: registry.RenewGrace, Until: c.PostsAt, Expires: d.Expires, Years: years, Charge: c.ID, Amount: c.Amount,
	})
	d.Expires, d.RenewBy = AddYears(d.Expires, years), time.Time{}
	fact.Domains, fact.Charges, fact.Entries = []registry.Domain{d}, []ledger.Charge{c}, c.Authorise()
	return d, fact
}

func markOf(d registry.Domain) []registry.Mark {
	return []registry.Mark{{Kind: registry.MarkDomain, Name: d.Name}}
}
