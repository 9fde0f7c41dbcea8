package lifecycle

import (
	"slices"
	"time"

	"example.org/dorado/core/registry"
)

// A Deleter says whether somebody deleted a name, or time, which deletes many in one second.
type Deleter bool

// The deleters.
const (
	ByCommand Deleter = false
	ByTime    Deleter = true
)

// Delete returns d with its deletion at an instant: redemption, then pending delete, then the purge, spread
// so that a day's names do not fall in one second. Decisions 3.2.
func Delete(d registry.Domain, r Rules, at time.Time, by Deleter) registry.Domain {
	terms := r.Profile.TermsOf(d.Name, at)
	deletion := registry.Deletion{At: at, RestorableTil: terms.Redemption.After(at)}
	deletion.PendingUntil = terms.PendingDelete.After(deletion.RestorableTil)
	within := terms.PurgeSpread
	if by == ByTime {
		within = terms.MassPurgeSpread
	}
	spread := time.Duration(0)
	if within > 0 {
		spread = time.Duration(r.Spread(d.ROID)%uint32(within)) * time.Second
	}
	deletion.PurgeAt = deletion.PendingUntil.Add(terms.PurgeDelay.Duration() + spread)
	d.Deletion, d.Graces = deletion, nil
	d.Suspension, d.RenewBy = registry.Suspension{}, time.Time{}
	return d
}

// Restore returns d as it comes back from redemption at an instant. It has to be renewed on that day, unless
// that would pass the horizon. Decisions 3.5.
func Restore(d registry.Domain, r Rules, at time.Time) registry.Domain {
	d.Deletion, d.Graces = registry.Deletion{}, nil
	d.Restored, d.RenewBy = at, time.Time{}
	if WithinHorizon(AddYears(d.Expires, 1), at, r.Profile.TermsOf(d.Name, at).MaxYears) {
		d.RenewBy = RestoreDayEnds(at)
	}
	return d
}

// Running returns the grace periods of d that run at an instant, in a slice of its own.
func Running(d registry.Domain, at time.Time) []registry.Grace {
	return slices.DeleteFunc(slices.Clone(d.Graces), func(g registry.Grace) bool {
		return !g.Until.After(at)
	})
}

// Credited returns d as a deletion at an instant leaves it: every running grace period undone and the expiry
// brought back that was there before the first of them; and those grace periods, whose charges are to be released.
// Years whose own grace has ended in between were paid for, and stay. Decisions 3.3.
func Credited(d registry.Domain, at time.Time) (registry.Domain, []registry.Grace) {
	credited := Running(d, at)
	d.Graces = nil
	former, undone, told := d.Expires, 0, true
	for _, g := range credited {
		if !g.Expires.IsZero() && g.Expires.Before(former) {
			former = g.Expires
		}
		undone += g.Years
		told = told && g.Years > 0
	}
	if kept := d.Expires.Year() - former.Year() - undone; told && kept > 0 {
		former = AddYears(former, kept)
	}
	d.Expires = former
	return d, credited
}

// PurgesAtOnce reports whether a deletion of d at an instant purges it at once. Decisions 3.3.
func PurgesAtOnce(d registry.Domain, r Rules, at time.Time) bool {
	return r.Profile.TermsOf(d.Name, at).AddGracePurges && InAddGrace(d, at)
}

// InAddGrace reports whether the registration of d can still be undone at an instant.
func InAddGrace(d registry.Domain, at time.Time) bool {
	return slices.ContainsFunc(Running(d, at), func(g registry.Grace) bool {
		return g.Kind == registry.AddGrace
	})
}
