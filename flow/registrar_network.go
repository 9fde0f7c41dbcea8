package flow

import (
	"net/netip"
	"slices"
	"strconv"

	"example.org/dorado/core/registry"
)

// RegistrarNetwork puts a network on the list of those that a registrar may connect from, or takes it off. Manual
// 4.2.1, decisions 4.1.
type RegistrarNetwork struct {
	Act
	Network netip.Prefix // without bits beyond its length
	Remove  bool
}

// Subject is registrar:add-network or registrar:remove-network.
func (cmd RegistrarNetwork) Subject() Subject {
	s := Subject{Command: "add-network", Object: "registrar", ID: string(cmd.Registrar)}
	if cmd.Remove {
		s.Command = "remove-network"
	}
	return s
}

// mostNetworks is how many networks one registrar has: they are all looked at, at each login.
const mostNetworks = 100

// Run changes the list. Sessions that are open go on.
func (cmd RegistrarNetwork) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)
	at := slices.Index(r.Networks, cmd.Network)

	// Check.
	if err := c.check(
		registrarExists(cmd.Registrar, found),
		c.ownActIsExplained(cmd.Act),
		c.vouched(),
		c.networkIsNarrow(cmd),
		networkListChanges(cmd, at >= 0),
		networksAreFew(cmd, len(r.Networks)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	r.Networks = slices.Clone(r.Networks)
	if cmd.Remove {
		r.Networks = slices.Delete(r.Networks, at, at+1)
	} else {
		r.Networks = append(r.Networks, cmd.Network)
	}

	// Return.
	return cmd.put(c, r)
}

// The widest networks that a registrar may list itself: no organisation has more, and a list that lets in a good part
// of the Internet is none. Whoever needs a wider one asks the registry.
const (
	widestIPv4 = 8
	widestIPv6 = 19
)

// networkIsNarrow holds for a network, and for one that a registrar adds itself if it is no part of the Internet that
// nobody has.
func (c *Call) networkIsNarrow(cmd RegistrarNetwork) Rule {
	widest := widestIPv6
	if cmd.Network.Addr().Is4() {
		widest = widestIPv4
	}
	tooWide := c.Registrar.ID != "" && !cmd.Remove && cmd.Network.Bits() < widest
	return allOf("networkIsNarrow",
		refuseIf("networkIsNarrow", !cmd.Network.IsValid() || cmd.Network != cmd.Network.Masked() || cmd.Network.Addr().Is4In6(), registry.Error{
			Code: registry.ParameterSyntax, Field: "network",
			Reason: "this is no network; write an address, or a network such as 192.0.2.0/24 or 2001:db8::/32",
		}),
		refuseIf("networkIsNarrow", tooWide, registry.Error{
			Code: registry.ParameterPolicy, Field: "network", Value: cmd.Network.String(),
			Reason: "this network is too wide: it is at most /" + strconv.Itoa(widest) + "; list the networks that are yours",
		}),
	)
}

// networkListChanges holds for a network to add that is not listed, and for one to remove that is.
func networkListChanges(cmd RegistrarNetwork, listed bool) Rule {
	return allOf("networkListChanges",
		refuseIf("networkListChanges", listed && !cmd.Remove, registry.Error{
			Code: registry.ObjectExists, Field: "network", Value: cmd.Network.String(),
			Reason: "the registrar has this network already; look at the network list",
		}),
		refuseIf("networkListChanges", !listed && cmd.Remove, registry.Error{
			Code: registry.ObjectMissing, Field: "network", Value: cmd.Network.String(),
			Reason: "the registrar has no such network; look at the network list",
		}),
	)
}

// networksAreFew holds for a registrar with fewer networks than it may have, or one of which it loses one.
func networksAreFew(cmd RegistrarNetwork, n int) Rule {
	return refuseIf("networksAreFew", !cmd.Remove && n >= mostNetworks, registry.Error{
		Code: registry.ParameterPolicy, Field: "network", Value: cmd.Network.String(),
		Reason: "a registrar has at most " + strconv.Itoa(mostNetworks) + " networks; remove one, or join some",
	})
}
