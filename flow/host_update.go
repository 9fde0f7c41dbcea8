package flow

import (
	"net/netip"
	"slices"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// HostUpdate changes a host's addresses, statuses or name. RFC 5732 section 3.2.4, manual 9.5.4,
// decisions 2.6, 2.7 and 2.9.
type HostUpdate struct {
	Name        names.Name
	Add, Remove HostEdit
	NewName     names.Name // zero leaves it
	TTL         []TTLEdit
	Empty       bool // the command has neither add, rem nor chg
}

// A HostEdit is what an update adds or removes.
type HostEdit struct {
	Addresses []netip.Addr
	Statuses  []registry.Status
}

// HostUpdated is what a successful HostUpdate replies.
type HostUpdated struct{ Name names.Name }

// Subject is host:update.
func (cmd HostUpdate) Subject() Subject { return Subject{"update", "host", cmd.Name.String(), true} }

// Run updates the host, unless a rule refuses. Delegations link a host whatever it is called, so
// that a rename carries them along in the same transaction.
func (cmd HostUpdate) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	h, found := c.settledHost(cmd.Name)
	renamed := !cmd.NewName.IsZero()
	after := h.Superordinate
	if renamed {
		after = registry.DomainRef{}
		if name, internal := c.Profile.Registrable(cmd.NewName); internal {
			above, _ := c.Domain(name)
			after = above.Ref()
		}
	}
	addresses := edited(h.Addresses, cmd.Remove.Addresses, cmd.Add.Addresses)
	added, removed := cmd.Add.Addresses, cmd.Remove.Addresses
	if h.Superordinate.IsZero() {
		added, removed, addresses = nil, nil, nil // ignored for external hosts. Manual 8.3
	}

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		hostExists(cmd.Name, found),
		registrarSponsorsHost(c.Registrar, h),
		hostStatusAllows(policy.HostUpdate, h, cmd.Remove.Statuses...),
		updateSaysSomething("host", cmd.Empty),
		statusesAreTheSponsors("host", slices.Concat(cmd.Remove.Statuses, cmd.Add.Statuses)...),
		editIsExact("host:status", h.Statuses, cmd.Remove.Statuses, cmd.Add.Statuses, showStatus),
		editIsExact("host:addr", h.Addresses, removed, added, netip.Addr.String),
		c.hostMayBeRenamed(h, cmd.NewName, renamed),
		addressRemains(!after.IsZero(), addresses),
		addressesFit(c.Terms, addresses),
		addressesArePublic(c.Terms, added),
		ttlsAreLegal(c.Terms, "host", cmd.TTL),
		hostHasGlue(!after.IsZero(), cmd.TTL),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	was := h.Name.String()
	h = h.Next()
	h.Addresses, h.TTL = addresses, editedTTLs(h.TTL, cmd.TTL)
	h.Statuses = edited(h.Statuses, cmd.Remove.Statuses, cmd.Add.Statuses)
	slices.Sort(h.Statuses)
	marks := []registry.Mark{{Kind: registry.MarkHost, Name: h.Name}}
	if renamed {
		marks = append(marks, registry.Mark{Kind: registry.MarkLeft, Name: h.Name})
		h.Name, h.Superordinate = cmd.NewName, after
		if after.IsZero() {
			h.Addresses, h.TTL = nil, registry.TTLs{}
		}
		marks = append(marks, registry.Mark{Kind: registry.MarkHost, Name: h.Name})
	}
	h.Updater, h.Updated = c.Registrar.ID, c.Now
	changes := registry.Changes{Hosts: []registry.Host{h}, Marks: marks}
	if renamed {
		changes.Add(c.hostRenamed(h, was))
	}

	// Return.
	return HostUpdated{h.Name}, changes, nil
}

// hostMayBeRenamed holds for a subordinate host whose new name is free and either external or
// below a name of the same sponsor. An external host is never renamed. Decisions 2.7.
func (c *Call) hostMayBeRenamed(h registry.Host, to names.Name, renamed bool) Rule {
	if !renamed {
		return holds("hostMayBeRenamed", "host:name", h.Name.String())
	}
	if h.Superordinate.IsZero() {
		return c.hostIsSubordinate(h)
	}
	_, taken := c.Host(to)
	superordinate, internal := c.Profile.Registrable(to)
	return allOf("hostMayBeRenamed",
		hostIsNoZone(c.Profile, to),
		hostIsQualified(to),
		c.superordinateIsOwn(superordinate, to, internal),
		hostIsFree(to, taken),
	)
}

// hostIsSubordinate holds for a host below a zone of ours: no other is ever renamed. Decisions 2.7.
func (c *Call) hostIsSubordinate(h registry.Host) Rule {
	e := registry.Error{
		Code: registry.StatusProhibits, Field: "host:name", Value: h.Name.String(),
		Reason: "a host outside this registry's zones cannot be renamed; create one of the new name and update the names that use it",
	}
	if c.linkedByOther(h) {
		e.Code = registry.AssociationProhibits
		e.Reason = "a host outside this registry's zones cannot be renamed, and names of other registrars use it; create one of the new name"
	}
	return refuse("hostIsSubordinate", e)
}

// addressRemains holds unless an update would leave a host below our zones without an address.
// Decisions 2.6.
func addressRemains(internal bool, addresses []netip.Addr) Rule {
	return refuseIf("addressRemains", internal && len(addresses) == 0, registry.Error{
		Code: registry.ParameterPolicy, Field: "host:addr",
		Reason: "a host below a zone of this registry keeps an address; add another in the same command",
	})
}
