package dns

import (
	"context"
	"fmt"
	"slices"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// Names that are held are in their zones and, as the registry has them, would not be. Where a zone has to be made anew, they
// come from what was kept of them when they were set aside.

// heldBatch is how many names with their records are read at a time.
const heldBatch = 10_000

// whatIsHeld returns the records of zones that belong to names which are held, in these or in other zones.
func (s *Server) whatIsHeld(ctx context.Context, list []*served) (map[*served][]zone.Change, error) {
	held := map[*served][]zone.Change{}
	var after names.Name
	for len(s.aside) > 0 {
		marks, err := ask[[]registry.MarkAside](ctx, s, flow.RecordsAside{After: after, Limit: heldBatch})
		if err != nil {
			return nil, fmt.Errorf("load the records of names that are held: %w", err)
		}
		sets, err := setsOf(marks)
		if err != nil {
			return nil, fmt.Errorf("the records of names that are held: %w", err)
		}
		if err := s.addressesOfNow(ctx, sets); err != nil {
			return nil, err
		}
		for of, set := range sets {
			if home := s.homeOf(of); slices.Contains(list, home) {
				held[home] = append(held[home], zone.Change{Owner: of.owner, RRset: set})
			}
		}
		if len(marks) < heldBatch {
			break
		}
		after = marks[len(marks)-1].Name
	}
	return held, nil
}

// A setName is what records have in common that belong together.
type setName struct {
	owner zone.Name
	kind  uint16
}

// setsOf puts records together. A host that several names use comes with each of them.
func setsOf(marks []registry.MarkAside) (map[setName]zone.RRset, error) {
	sets := map[setName]zone.RRset{}
	for _, m := range marks {
		err := zone.Read(m.Records, func(r zone.Record) error {
			of := setName{r.Owner, r.Type}
			set := sets[of]
			set.Type, set.TTL = r.Type, r.TTL
			set.Data = append(set.Data, r.Data)
			sets[of] = set
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return sets, nil
}

// homeOf returns the zone that a set is in.
func (s *Server) homeOf(of setName) *served {
	if of.kind == zone.TypeNS || of.kind == zone.TypeDS {
		return s.zones.above(of.owner.Parent())
	}
	return s.zones.above(of.owner)
}

// addressesOfNow replaces the addresses of hosts that are there by those that they have now: these go on being published
// while a name that uses the host is held.
func (s *Server) addressesOfNow(ctx context.Context, sets map[setName]zone.RRset) error {
	var hosts []names.Name
	for of := range sets {
		if of.kind == zone.TypeA || of.kind == zone.TypeAAAA {
			hosts = append(hosts, unwire(of.owner))
		}
	}
	slices.SortFunc(hosts, names.Name.Compare)
	for some := range slices.Chunk(slices.Compact(hosts), s.config.Page) {
		list, err := ask[[]flow.Nameserver](ctx, s, flow.NameserversOf{Names: some})
		if err != nil {
			return fmt.Errorf("look at the host %s and %d more: %w", some[0], len(some)-1, err)
		}
		for _, h := range list {
			if h.ROID == "" {
				continue
			}
			addressesAt(wire(h.Name), h.Addresses, h.TTL.Or(s.policy().ttls), func(c zone.Change) {
				sets[setName{c.Owner, c.Type}] = c.RRset
			})
		}
	}
	return nil
}

// lacking returns the changes of whose owner and type a version has nothing. A DS goes with its name servers.
func lacking(v *zone.Version, changes []zone.Change) (list []zone.Change) {
	for _, c := range changes {
		kind := c.Type
		if kind == zone.TypeDS {
			kind = zone.TypeNS
		}
		if n := v.Node(c.Owner); len(c.Data) > 0 && (n == nil || n.Set(kind) == nil) {
			list = append(list, c)
		}
	}
	return list
}
