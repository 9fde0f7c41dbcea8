package lifecycle

import (
	"slices"
	"time"

	"example.org/dorado/core/registry"
)

// Statuses returns the EPP statuses of a domain: those that were set and those that follow. RFC
// 5731 section 2.3, decisions 4.13.
func Statuses(d registry.Domain) []registry.Status {
	statuses := slices.Clone(d.Statuses)
	if d.Deletion.Active() {
		statuses = append(statuses, registry.PendingDelete)
	}
	if d.Transfer.IsPending() {
		statuses = append(statuses, registry.PendingTransfer)
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

// Restorable reports whether a domain can be brought back at an instant: it is in redemption. Decisions 3.5.
func Restorable(d registry.Domain, at time.Time) bool {
	return d.Deletion.Active() && at.Before(d.Deletion.RestorableTil)
}

// A Publication is what stands in the zone for a name.
type Publication string

// The publications. OfRegistry are the name servers of the page that suspended names show.
const (
	Nothing    Publication = "nothing"
	Own        Publication = "own"
	OfRegistry Publication = "registry"
)

// Delegation is the one decision about what stands in the zone for a domain, that the zone, WHOIS and
// RDAP share. Decisions 6.1.
func Delegation(d registry.Domain) Publication {
	switch {
	case d.Deletion.Active(), d.Has(registry.ClientHold), d.Has(registry.ServerHold):
		return Nothing
	case d.Suspension.Active():
		return OfRegistry
	case len(d.Nameservers) == 0:
		return Nothing
	}
	return Own
}

// HostStatuses returns the EPP statuses of a host. RFC 5732 section 2.3: ok stands alone or beside
// linked.
func HostStatuses(h registry.Host) []registry.Status { return withOK(h.Statuses, h.Linked) }

// ContactStatuses returns the EPP statuses of a contact. RFC 5733 section 2.2: ok stands alone or
// beside linked.
func ContactStatuses(c registry.Contact) []registry.Status {
	statuses := slices.Clone(c.Statuses)
	if !c.PurgeAt.IsZero() {
		statuses = append(statuses, registry.PendingDelete)
	}
	if c.Transfer.IsPending() {
		statuses = append(statuses, registry.PendingTransfer)
	}
	return withOK(statuses, c.Linked)
}

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
