package history_test

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// A linkHistory is what happened to a few names, hosts and contacts that link each other.
type linkHistory struct {
	*cluster
	*history
}

// What is linked is never deleted, and what is gone is never linked, whoever does both at the same moment
// and wherever: all commands on the web of two names, two hosts and two contacts are explained by one
// order.
func TestLinks(t *testing.T) {
	for _, count := range nodeCounts(t) {
		t.Run(named(count), func(t *testing.T) { linkRound(t, seed(t), count, 25) })
	}
}

// linkKey is the key of the one history.
const linkKey = "links"

func linkRound(t *testing.T, seed uint64, count, deeds int) {
	const clients = 8
	h := &linkHistory{start(t, "2026-03-01T12:00:00Z", count), newHistory()}
	for _, who := range linkSponsors {
		h.Contact(who, "X-"+string(who))
	}
	act(clients, seed, func(client int, r *rand.Rand) {
		for range deeds {
			do := h.choose(r)
			n := h.nodes[do.node]
			h.trouble(n, r)
			h.do(client, linkKey, do, func() outcome { return h.deed(n, do) })
		}
	})
	h.calm()
	for i, n := range h.nodes {
		for name := range linkNames {
			do := linkDeed{what: "info-name", name: name, node: i}
			h.do(clients+i, linkKey, do, func() outcome { return h.deed(n, do) })
		}
	}
	t.Logf("%d operations, %d unknown", h.size(), h.unknown())
	explain(t, linkModel(), linkKey, h.byKey[linkKey])
	h.CheckInvariants()
}

// choose invents a deed.
func (h *linkHistory) choose(r *rand.Rand) linkDeed {
	what := pick(
		r, "create-host", "create-host", "delete-host", "info-host", "create-contact", "create-contact", "delete-contact",
		"info-contact", "create-name", "create-name", "create-name", "delete-name", "info-name", "add", "add", "remove", "registrant",
	)
	return linkDeed{
		what: what, name: r.IntN(2), host: r.IntN(2), contact: r.IntN(2), bare: r.IntN(2) == 0, node: r.IntN(len(h.nodes)),
	}
}

// deed runs a deed; nil where a query failed, which tells nothing.
func (h *linkHistory) deed(n node, do linkDeed) outcome {
	who := linkSponsors[do.name]
	if q := linkQuery(do); q != nil {
		if do.what != "info-name" {
			who = world.Acme
		}
		reply, refusal, known := h.ask(n, who, q)
		if !known {
			return nil
		}
		return linkAnswered(reply, refusal)
	}
	cmd := linkCommand(do)
	if cmd.Subject().Object != "domain" {
		who = world.Acme
	}
	reply, refusal, known := h.run(n, who, cmd)
	if !known {
		return linkAnswer{unknown: true}
	}
	return linkAnswered(reply, refusal)
}

// linkQuery is what a deed asks; nil if it changes something.
func linkQuery(do linkDeed) flow.Query {
	switch do.what {
	case "info-host":
		return flow.HostInfo{Name: world.Name(linkHosts[do.host])}
	case "info-contact":
		return flow.ContactInfo{ID: linkContacts[do.contact]}
	case "info-name":
		return flow.DomainInfo{Name: world.Name(linkNames[do.name])}
	}
	return nil
}

// linkCommand is what a deed runs.
func linkCommand(do linkDeed) flow.Command {
	name, host, contact := world.Name(linkNames[do.name]), world.Name(linkHosts[do.host]), linkContacts[do.contact]
	switch do.what {
	case "create-host":
		return flow.HostCreate{Name: host, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")}}
	case "delete-host":
		return flow.HostDelete{Name: host}
	case "create-contact":
		return contactCreate(contact)
	case "delete-contact":
		return flow.ContactDelete{ID: contact}
	case "create-name":
		other := "X-" + string(linkSponsors[do.name])
		cmd := flow.DomainCreate{
			Name: name, Registrant: contact, Contacts: []flow.Role{{Role: "admin", ID: other}, {Role: "tech", ID: other}},
		}
		if !do.bare {
			cmd.Nameservers = world.Names(linkHosts[do.host])
		}
		return cmd
	case "delete-name":
		return flow.DomainDelete{Name: name}
	case "add":
		return flow.DomainUpdate{Name: name, Add: flow.DomainEdit{Nameservers: world.Names(host.String())}}
	case "remove":
		return flow.DomainUpdate{Name: name, Remove: flow.DomainEdit{Nameservers: world.Names(host.String())}}
	case "registrant":
		return flow.DomainUpdate{Name: name, Registrant: &contact}
	}
	panic("there is no deed " + do.what)
}

// linkAnswered reads what a command or query answered.
func linkAnswered(reply flow.Reply, refusal *registry.Error) linkAnswer {
	a := linkAnswer{code: code(reply, refusal), field: field(refusal)}
	if refusal != nil {
		return a
	}
	switch reply := reply.(type) {
	case flow.HostDetails:
		a.linked = slices.Contains(reply.EPPStatuses, registry.Linked)
	case flow.ContactDetails:
		a.linked = slices.Contains(reply.EPPStatuses, registry.Linked)
		a.waiting = slices.Contains(reply.EPPStatuses, registry.PendingDelete)
	case flow.DomainDetails:
		for _, ns := range reply.Nameservers {
			a.hosts[slices.Index(linkHosts[:], ns.Name.String())] = true
		}
		a.registrant = slices.Index(linkContacts[:], reply.Registrant.ID)
	}
	return a
}
