package flow

import (
	"net/netip"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// HostLookup is what WHOIS and RDAP ask of a name server. Manual 7.2.2.
type HostLookup struct{ Name names.Name }

// HostFound is what HostLookup answers: the host as it is now, with whether it is linked.
type HostFound struct {
	registry.Host
	EPPStatuses []registry.Status
	Sponsored   PublicRegistrar
}

// Answer looks the host up.
func (q HostLookup) Answer(c *Call) (Reply, error) {
	h, found := c.Host(q.Name)
	if err := c.check(hostExists(q.Name, found)); err != nil {
		return nil, err
	}
	return c.hostFound(h), nil
}

func (c *Call) hostFound(h registry.Host) HostFound {
	_, h.Linked = c.delegatedTo(h)
	return HostFound{h, lifecycle.HostStatuses(h), c.publicRegistrar(h.Sponsor)}
}

// HostsByAddress is what WHOIS and RDAP ask of an address: the hosts that have it, those after one in order of ROID, up to
// Limit; 0, or more than there may be: as many as there may be. Manual 7.2.2.
type HostsByAddress struct {
	Address netip.Addr
	After   registry.ROID
	Limit   int
}

// HostsFound is what HostsByAddress answers.
type HostsFound struct {
	Hosts []HostFound
	After registry.ROID // where the next page begins; empty if there is none
}

// Answer returns a HostsFound; it may be empty.
func (q HostsByAddress) Answer(c *Call) (Reply, error) {
	limit := c.Terms.Limits.LookupObjects
	if q.Limit > 0 {
		limit = min(limit, q.Limit)
	}
	address := q.Address.Unmap().WithZone("")
	stored, _ := read(c, func() ([]registry.Host, bool, error) {
		list, err := c.reader.HostsAt(address, q.After, limit+1)
		return list, true, err
	})
	var found HostsFound
	if len(stored) > limit {
		stored = stored[:limit]
		found.After = stored[limit-1].ROID
	}
	for _, h := range stored {
		if now, lives := c.Host(h.Name); lives && now.ROID == h.ROID { // time may have taken it along
			found.Hosts = append(found.Hosts, c.hostFound(now))
		}
	}
	return found, nil
}
