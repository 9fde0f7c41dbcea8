package flow

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// HostCreate makes a host. RFC 5732 section 3.2.1. Below a registered name only its sponsor may,
// and with an address; elsewhere addresses are ignored. Manual 8.3, decisions 2.6.
type HostCreate struct {
	Name      names.Name
	Addresses []netip.Addr
	TTL       []TTLEdit
}

// HostCreated is what a successful HostCreate replies.
type HostCreated struct {
	Name    names.Name
	Created time.Time
}

// Subject is host:create.
func (cmd HostCreate) Subject() Subject { return Subject{"create", "host", cmd.Name.String(), true} }

// Keys are what the command reads.
func (cmd HostCreate) Keys() registry.Keys {
	return registry.Keys{Hosts: []names.Name{cmd.Name}}
}

// Run makes the host, unless a rule refuses.
func (cmd HostCreate) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	_, taken := c.Host(cmd.Name)
	superordinate, internal := c.Profile.Registrable(cmd.Name)
	addresses := cmd.Addresses
	var above registry.Domain
	if internal {
		above, _ = c.Domain(superordinate)
	} else {
		addresses = nil
	}

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		hostIsFree(cmd.Name, taken),
		hostIsNoZone(c.Profile, cmd.Name),
		hostIsQualified(cmd.Name),
		c.superordinateIsOwn(superordinate, cmd.Name, internal),
		hostHasAddress(internal, addresses),
		addressesFit(c.Terms, addresses),
		addressesArePublic(c.Terms, addresses),
		noneTwice("host:addr", addresses, netip.Addr.String),
		ttlsAreLegal(c.Terms, "host", cmd.TTL),
		hostHasGlue(internal, cmd.TTL),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	h := registry.Host{
		ROID: c.NewROID("H"), Name: cmd.Name, Version: 1,
		Sponsor: c.Registrar.ID, Creator: c.Registrar.ID, Created: c.Now,
		Addresses: addresses, TTL: editedTTLs(registry.TTLs{}, cmd.TTL), Superordinate: above.Ref(),
	}

	// Return.
	return HostCreated{h.Name, h.Created}, registry.Changes{Hosts: []registry.Host{h}, Marks: pageMarks(c.Profile, h.Name)}, nil
}

// pageMarks are what a host leaves that comes or goes: none, as one that nobody is delegated to is not in the
// zone, unless suspended names show a page on it.
func pageMarks(p policy.Profile, host names.Name) []registry.Mark {
	if !p.InZone(host) || !p.HasPage(host) {
		return nil
	}
	return []registry.Mark{{Kind: registry.MarkHost, Name: host}}
}

// hostIsFree holds for a name that no host has.
func hostIsFree(n names.Name, taken bool) Rule {
	return refuseIf("hostIsFree", taken, registry.Error{
		Code: registry.ObjectExists, Field: "host:name", Value: n.String(),
		Reason: "the host exists; use it, or choose another name",
	})
}

// hostExists holds for the name of a host.
func hostExists(n names.Name, found bool) Rule {
	return refuseIf("hostExists", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "host:name", Value: n.String(),
		Reason: "there is no such host; check its name",
	})
}

// hostIsNoZone holds for names that are not the registry's own zones.
func hostIsNoZone(p policy.Profile, n names.Name) Rule {
	_, isZone := p.Zone(n)
	return refuseIf("hostIsNoZone", isZone, registry.Error{
		Code: registry.ParameterPolicy, Field: "host:name", Value: n.String(),
		Reason: "it is a zone of this registry; a host needs a name below one, or elsewhere",
	})
}

// hostIsQualified holds for a name below another: one label alone is no name of a host on the Internet. RFC 5732
// section 2.1.
func hostIsQualified(n names.Name) Rule {
	return refuseIf("hostIsQualified", n.Parent().IsZero(), registry.Error{
		Code: registry.ParameterSyntax, Field: "host:name", Value: n.String(),
		Reason: "one label is no qualified name; send the whole name of the host",
	})
}

// superordinateIsOwn holds for a host below a zone of ours when its superordinate name is
// registered, sponsored by the registrar and not deleted; and for every other host. Decisions 2.6.
func (c *Call) superordinateIsOwn(superordinate, host names.Name, internal bool) Rule {
	if !internal {
		return holds("superordinateIsOwn", "host:name", host.String())
	}
	broken := func(code registry.Code, reason string) Rule {
		return refuse("superordinateIsOwn", registry.Error{Code: code, Field: "host:name", Value: host.String(), Reason: reason})
	}
	switch d, found := c.Domain(superordinate); {
	case !found:
		return broken(registry.ObjectMissing, "the name above is not registered; "+c.advice(superordinate))
	case d.Sponsor != c.Registrar.ID:
		return broken(registry.Authorization, "the name above is another's; the host would be subordinate to "+
			superordinate.String()+", which another registrar sponsors: ask that registrar")
	case d.Deletion.Active():
		return broken(registry.StatusProhibits, "the name above is deleted; the host would be subordinate to "+
			superordinate.String()+", which has the status "+string(registry.PendingDelete)+": restore that first")
	}
	return holds("superordinateIsOwn", "host:name", host.String())
}

// advice says what to do about a host whose superordinate name is not registered: register that, where the
// registrar could.
func (c *Call) advice(superordinate names.Name) string {
	subordinate := "the host would be subordinate to " + superordinate.String()
	offer := c.Offer(superordinate)
	sold := zoneIsSold(c.Profile, superordinate).Refusal == nil
	_, listed := offer.ListedAt(c.Now, registry.Banned, registry.Blocked)
	offered := nameIsOffered(c.Profile, superordinate, offer.PriceAt(c.Now)).Refusal == nil && !listed
	switch {
	case !sold:
		return subordinate + ", which only the registry registers: choose a host below a name of yours"
	case !offered:
		return subordinate + ", which the registry withholds: choose a host below a name of yours"
	}
	return subordinate + ": register that first"
}

// hostHasAddress holds for a host below a zone of ours with an address, and for every other host.
// Decisions 2.6.
func hostHasAddress(internal bool, addresses []netip.Addr) Rule {
	return refuseIf("hostHasAddress", internal && len(addresses) == 0, registry.Error{
		Code: registry.ParameterMissing, Field: "host:addr",
		Reason: "a host below a zone of this registry needs an address; send one or more",
	})
}

// addressesFit bounds how many addresses a host has.
func addressesFit(t *policy.Terms, addresses []netip.Addr) Rule {
	return refuseIf("addressesFit", len(addresses) > t.Limits.AddressesPerHost, registry.Error{
		Code: registry.ParameterPolicy, Field: "host:addr",
		Reason: fmt.Sprintf("a host has at most %d addresses; send fewer", t.Limits.AddressesPerHost),
	})
}

// addressesArePublic holds for addresses outside the private ranges, for which the profile says that they lead nowhere from
// the Internet. Addresses that a host has already are left to it.
func addressesArePublic(t *policy.Terms, addresses []netip.Addr) Rule {
	for _, a := range addresses {
		for _, private := range t.PrivateAddresses {
			if private.Contains(a) {
				return refuse("addressesArePublic", registry.Error{
					Code: registry.ParameterPolicy, Field: "host:addr", Value: a.String(),
					Reason: "the address is one of private networks or tests (" + private.String() +
						"), which the Internet does not reach; send a public one",
				})
			}
		}
	}
	return holds("addressesArePublic", "host:addr", "")
}

// unreachable are the ranges in which no name server can be. Decisions 2.6 names loopback, unspecified,
// multicast and link-local; the others are not unicast addresses of any host either (RFC 6890).
// Documentation ranges are legal, since the manual uses them.
var unreachable = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("224.0.0.0/3"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("ff00::/8"),
}

// ParseAddress reads the address of a name server. One that no other machine can reach is refused.
func ParseAddress(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	switch {
	case err != nil || a.Zone() != "":
		return netip.Addr{}, fmt.Errorf("%q is not an IP address", s)
	case a.Is4In6():
		return netip.Addr{}, fmt.Errorf("%s is an IPv4 address written as IPv6; send it as v4", s)
	case slices.ContainsFunc(unreachable, func(p netip.Prefix) bool { return p.Contains(a) }):
		return netip.Addr{}, fmt.Errorf("%s is no address that other machines can reach (loopback, unspecified, multicast, link-local or reserved)", s)
	}
	return a, nil
}

// registrarSponsorsHost is the rule for commands on a host.
func registrarSponsorsHost(r registry.Registrar, h registry.Host) Rule {
	return registrarSponsors(r, h.Sponsor, "host:name", h.Name.String())
}

// hostStatusAllows looks the action on a host up in the status × command table.
func hostStatusAllows(a policy.Action, h registry.Host, removed ...registry.Status) Rule {
	statuses := withoutLifted(lifecycle.HostStatuses(h), removed, registry.ClientUpdateProhibited)
	return statusAllows(a, statuses, "host:name", h.Name.String())
}
