package main

import (
	"context"
	"math/rand/v2"
	"net"
	"slices"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/front/children"
	"example.org/dorado/front/dns"
)

// A dialer opens a socket.
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// openChildren makes who scans the zones of names. It runs under the lease of the engine.
func (h *house) openChildren(dial dialer) error {
	resolvers, err := h.config.Zone.Children.resolvers()
	if err != nil {
		return err
	}
	h.children = children.New(children.Config{
		Service: h.core.service, NewTRID: h.core.trid, Lease: func() (registry.Fence, bool) { return h.node.lease(engineLease) },
		Log: h.log.With("role", "children"), Resolvers: resolvers, TrustedPath: h.config.Zone.Children.TrustedPath,
		Dial: dial, Pause: pause, Chance: rand.Float64,
	})
	return nil
}

// addHints adds who takes notifications of the zones of names, wherever DNS is answered, and puts them down for whoever
// scans. What is not of CDS is taken and has no effect.
func (h *house) addHints() func(dns.ChildNotice) bool {
	hints := &children.Hints{Service: h.core.service, NewTRID: h.core.trid, Log: h.log.With("role", "children"), Pause: pause}
	h.addLoop("notifications", hints.Run)
	return func(n dns.ChildNotice) bool {
		if !n.CDS {
			return h.core.service.FollowsChildren(n.Name)
		}
		return hints.Take(n.Name, n.From)
	}
}

// tellChildren adds to the apexes of zones where their children notify the registry, if the DS of any follow.
func (h *house) tellChildren(apexes map[names.Name]dns.Apex) error {
	for name, a := range apexes {
		records, err := h.config.Zone.Children.dsync(name)
		if err != nil {
			return err
		}
		if h.core.service.Profile.DSFollow(name) {
			a.Records = append(slices.Clip(a.Records), records...)
			apexes[name] = a
		}
	}
	return nil
}
