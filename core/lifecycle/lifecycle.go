// Package lifecycle owns what time alone does to a domain: automatic renewal or deletion at
// expiry, the end of grace periods, redemption, pending delete and purge; and the statuses and the
// delegation that follow from its facts at an instant. It is pure and is used wherever a domain is
// read, so it does not matter when the engine last ran. Decisions section 3.
package lifecycle

import (
	"cmp"
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// Rules are what Advance has to know beside the domain itself.
type Rules struct {
	Profile policy.Profile

	// AutoRenews is the sponsor's renew model at an instant.
	AutoRenews func(at time.Time) bool

	// Price is what a name costs at an instant that is not sold at the standard prices; nil if all names
	// are.
	Price func(name names.Name, at time.Time) registry.NamePrice

	// Spread maps a ROID evenly over all 32-bit numbers by a secret key, so that nobody can tell
	// a purge instant before it is published. Decisions 3.2.
	Spread func(registry.ROID) uint32
}

func (r Rules) price(name names.Name, at time.Time) registry.NamePrice {
	if r.Price == nil {
		return registry.NamePrice{}
	}
	return r.Price(name, at)
}

// Due returns the next instant at which time alone changes a fact of d.
func Due(d registry.Domain) time.Time {
	if d.Deletion.Active() {
		return d.Deletion.PurgeAt
	}
	return d.Expires
}

// Advance brings d to the state that it has at now and returns the facts that time has made on the
// way, oldest first, each as one Changes with its own origin. It reports whether d still exists:
// the purge itself, which touches other objects, is the caller's to write.
//
// Advancing in pieces is advancing at once, and advancing twice is advancing once.
func Advance(d registry.Domain, r Rules, now time.Time) (registry.Domain, []registry.Changes, bool) {
	var facts []registry.Changes
	for at := Due(d); !at.After(now); at = Due(d) {
		if d.Deletion.Active() {
			return d, facts, false
		}
		fact := registry.Changes{Origin: registry.Origin{At: at, Command: "time"}}
		if expiryRenews(d, r, at) {
			autoRenew(&d, &fact, r, at)
		} else {
			autoDelete(&d, &fact, r, at)
		}
		facts = append(facts, fact)
	}
	return d, facts, true
}

// expiryRenews decides between auto-renewal and auto-deletion. Nothing lapses against a status
// that the operator set. Decisions 3.4.
func expiryRenews(d registry.Domain, r Rules, at time.Time) bool {
	return r.AutoRenews(at) || d.Has(registry.ServerDeleteProhibited)
}

// autoRenew adds one year. It takes no authorisation; the charge posts when its grace ends.
// Decisions 3.4, 5.1.
func autoRenew(d *registry.Domain, fact *registry.Changes, r Rules, at time.Time) {
	terms := r.Profile.At(at)
	charge := ledger.Charge{
		ID:     string(d.ROID) + "/autorenew/" + at.UTC().Format(time.RFC3339),
		Party:  ledger.Party(d.Sponsor),
		Object: string(d.ROID), Subject: d.Name.String(),
		Type: ledger.AutoRenewal, Amount: terms.Quote(policy.OpRenew, 1, r.price(d.Name, at)).Total(),
		At: at, PostsAt: terms.AutoRenew.After(at), GraceDays: int(terms.AutoRenew),
		State: ledger.Open,
	}
	*d = d.Next()
	d.Graces = append(Running(*d, at), registry.Grace{
		Kind: registry.AutoRenewGrace, Until: charge.PostsAt, Expires: d.Expires,
		Charge: charge.ID, Amount: charge.Amount,
	})
	d.Expires = AddYears(d.Expires, 1)
	fact.Domains = []registry.Domain{*d}
	fact.Charges = []ledger.Charge{charge}
}

// autoDelete puts the name into redemption at its expiry. Decisions 3.4.
func autoDelete(d *registry.Domain, fact *registry.Changes, r Rules, at time.Time) {
	*d = d.Next()
	d.Statuses = slices.DeleteFunc(slices.Clone(d.Statuses), func(s registry.Status) bool {
		return s == registry.ClientDeleteProhibited
	})
	d.Deletion = Delete(*d, r, at)
	fact.Domains = []registry.Domain{*d}
	fact.Marks = []registry.Mark{{Kind: registry.MarkDomain, Name: d.Name}}
}

// Delete returns the deletion of d at an instant: redemption, then pending delete, then the purge,
// spread so that a day's names do not fall in one second. Decisions 3.2.
func Delete(d registry.Domain, r Rules, at time.Time) registry.Deletion {
	terms := r.Profile.At(at)
	deletion := registry.Deletion{At: at, RestorableTil: terms.Redemption.After(at)}
	deletion.PendingUntil = terms.PendingDelete.After(deletion.RestorableTil)
	spread := time.Duration(0)
	if terms.PurgeSpread > 0 {
		spread = time.Duration(r.Spread(d.ROID)%uint32(terms.PurgeSpread)) * time.Second
	}
	deletion.PurgeAt = deletion.PendingUntil.Add(terms.PurgeDelay.Duration() + spread)
	return deletion
}

// Running returns the grace periods of d that run at an instant, in a slice of its own.
func Running(d registry.Domain, at time.Time) []registry.Grace {
	return slices.DeleteFunc(slices.Clone(d.Graces), func(g registry.Grace) bool {
		return !g.Until.After(at)
	})
}

// Credited returns d as a deletion at an instant leaves it: every running grace period undone and
// its former expiry brought back; and those grace periods, whose charges are to be released.
// Decisions 3.3.
func Credited(d registry.Domain, at time.Time) (registry.Domain, []registry.Grace) {
	credited := Running(d, at)
	for _, g := range slices.Backward(credited) {
		if !g.Expires.IsZero() {
			d.Expires = g.Expires
		}
	}
	d.Graces = nil
	return d, credited
}

// InAddGrace reports whether a deletion of d at an instant purges it at once. Decisions 3.3.
func InAddGrace(d registry.Domain, at time.Time) bool {
	return slices.ContainsFunc(Running(d, at), func(g registry.Grace) bool {
		return g.Kind == registry.AddGrace
	})
}

// Statuses returns the EPP statuses of a domain: those that were set and those that follow. RFC
// 5731 section 2.3, decisions 4.13.
func Statuses(d registry.Domain) []registry.Status {
	statuses := slices.Clone(d.Statuses)
	if d.Deletion.Active() {
		statuses = append(statuses, registry.PendingDelete)
	}
	if len(d.Nameservers) == 0 {
		statuses = append(statuses, registry.Inactive)
	}
	if len(statuses) == 0 {
		return []registry.Status{registry.OK}
	}
	return statuses
}

// RGPStatuses returns the grace period statuses of a domain at an instant. RFC 3915 section 3.1.
func RGPStatuses(d registry.Domain, at time.Time) []registry.RGPStatus {
	if d.Deletion.Active() {
		if at.Before(d.Deletion.RestorableTil) {
			return []registry.RGPStatus{registry.RGPRedemption}
		}
		return []registry.RGPStatus{registry.RGPPendingDelete}
	}
	var statuses []registry.RGPStatus
	for _, g := range Running(d, at) {
		statuses = append(statuses, registry.RGPStatus(g.Kind))
	}
	slices.Sort(statuses)
	return slices.Compact(statuses)
}

// Delegated reports whether a domain's own name servers stand in the zone. It is the one decision
// that the zone, WHOIS and RDAP share. Decisions 6.1.
func Delegated(d registry.Domain) bool {
	return len(d.Nameservers) > 0 && !d.Deletion.Active() &&
		!d.Has(registry.ClientHold) && !d.Has(registry.ServerHold)
}

// HostStatuses returns the EPP statuses of a host. RFC 5732 section 2.3: ok stands alone or beside
// linked.
func HostStatuses(h registry.Host) []registry.Status { return withOK(h.Statuses, h.Linked) }

// ContactStatuses returns the EPP statuses of a contact. RFC 5733 section 2.2: ok stands alone or
// beside linked.
func ContactStatuses(c registry.Contact) []registry.Status { return withOK(c.Statuses, c.Linked) }

func withOK(set []registry.Status, linked bool) []registry.Status {
	statuses := slices.Clone(set)
	if len(statuses) == 0 {
		statuses = append(statuses, registry.OK)
	}
	if linked {
		statuses = append(statuses, registry.Linked)
	}
	return statuses
}

// FirstExpiry returns when a registration of so many years ends: at 23:59:59Z of its day.
func FirstExpiry(created time.Time, years int) time.Time {
	return AddYears(endOfDay(created), years)
}

// AddYears keeps the day and the time of day; 29 February falls to 28. Decisions section 3.
func AddYears(t time.Time, years int) time.Time {
	t = t.UTC()
	if later := t.AddDate(years, 0, 0); later.Day() == t.Day() {
		return later
	}
	return t.AddDate(years, 0, -1)
}

// WithinHorizon compares dates: an expiry may be at most so many years after today. Decisions
// section 3.
func WithinHorizon(expires, now time.Time, years int) bool {
	return cmp.Compare(endOfDay(expires).Unix(), AddYears(endOfDay(now), years).Unix()) <= 0
}

func endOfDay(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	return time.Date(y, m, d, 23, 59, 59, 0, time.UTC)
}
