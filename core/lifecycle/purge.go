package lifecycle

import (
	"slices"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// WithoutHosts returns a domain that has lost hosts, as the name above them was purged. Decisions 2.8.
func WithoutHosts(d registry.Domain, gone []registry.ROID, o registry.Origin) (registry.Domain, Fact) {
	d = d.Next()
	d.Nameservers = slices.DeleteFunc(slices.Clone(d.Nameservers), func(ref registry.HostRef) bool {
		return slices.Contains(gone, ref.ROID)
	})
	if len(d.Nameservers) == 0 {
		d.Nameservers = nil // as one that never had any is kept
	}
	return d, Fact{HostsGone, registry.Changes{Origin: o, Domains: []registry.Domain{d}}}
}

// Unlinked returns a contact that has lost its last link: it goes after a while, unless a status or a transfer
// says that somebody still needs it. It reports whether that changed it. Manual 8.2.2, decisions 2.5.
func Unlinked(c registry.Contact, terms *policy.Terms, o registry.Origin) (registry.Contact, Fact, bool) {
	c.Linked = false
	exempt := c.Has(registry.ClientDeleteProhibited) || c.Has(registry.ServerDeleteProhibited) || c.Transfer.IsPending()
	if exempt || !c.PurgeAt.IsZero() {
		return c, Fact{}, false
	}
	c = c.Next()
	c.PurgeAt = o.At.Add(terms.ContactPurge.Duration())
	return c, Fact{LinksGone, registry.Changes{Origin: o, Contacts: []registry.Contact{c}}}, true
}

// Relinked returns a contact that waited for its purge and is linked again.
func Relinked(c registry.Contact, o registry.Origin) (registry.Contact, Fact) {
	c = c.Next()
	c.PurgeAt, c.Linked = time.Time{}, true
	return c, Fact{LinkedAgain, registry.Changes{Origin: o, Contacts: []registry.Contact{c}}}
}
