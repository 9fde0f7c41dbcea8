package dns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// A Difference is a name, or a host, of which a zone says something else than the registry.
type Difference struct {
	Zone names.Name
	Mark registry.Mark
}

// rebase looks at all zones if what their records depend on beside the registry is not what it was: the configuration
// when it was last published, or what the profile says of all delegations.
func (s *Server) rebase(ctx context.Context) error {
	now := s.policy()
	if s.based.equal(now) && s.based.pages != nil {
		return nil
	}
	var other []*served
	for _, z := range s.zones.list {
		if !z.isBlocked() && s.holdOf(z).Fault == "" && z.state.Basis != s.basis(z) {
			other = append(other, z)
		}
	}
	if len(other) > 0 {
		if err := s.renewAll(ctx, other); err != nil {
			return err
		}
	}
	s.based = now
	return nil
}

// renewAll makes zones what the registry and the configuration say, and notes under what.
func (s *Server) renewAll(ctx context.Context, list []*served) error {
	fresh, err := s.build(ctx)
	if err != nil {
		return err
	}
	for _, z := range list {
		err := s.renew(ctx, z, fresh[z.origin])
		if bad, is := errors.AsType[*zoneError](err); is && bad.zone == z {
			s.stopZone(z, bad.err)
			continue
		}
		if err != nil {
			return err
		}
	}
	s.count()
	return nil
}

// renew makes one zone what it is to be. Names that would leave it and may not stay, with what belongs to them, and are
// looked at again when they may.
func (s *Server) renew(ctx context.Context, z *served, fresh *zone.Version) error {
	var changes []zone.Change
	zone.Compare(z.editor.Version(), fresh, s.isOurs(z), func(c zone.Change) { changes = append(changes, c) })
	last := s.newBatch()
	leaving := removals(changes)
	v, err := s.mayLeave(ctx, z, leaving)
	if err != nil {
		return err
	}
	if v == staysIn {
		last.omit = map[*served]omission{z: {}}
		changes = last.without(z, leaving, changes)
	}
	for some := range slices.Chunk(changes, renewBatch) {
		b := s.newBatch()
		b.changes[z] = some
		b.removed[z] = removals(some)
		if err := s.commit(ctx, b); err != nil {
			return err
		}
	}
	last.raise, last.basis = z, s.basis(z) // with the last step, so that one that is cut short is made again
	last.again[z] = zone.Update{LookAll: true}
	s.keyed(z, func(c zone.Change) { last.changes[z] = append(last.changes[z], c) })
	return s.commit(ctx, last)
}

// without keeps names in a zone, and returns those of changes that are not about them and their hosts.
func (b *batch) without(z *served, leaving []zone.Name, changes []zone.Change) []zone.Change {
	v := z.editor.Version()
	for _, name := range leaving {
		b.looked[z] = append(b.looked[z], name)
		b.keep(z, name, v.Node(name).Set(zone.TypeNS))
	}
	return slices.DeleteFunc(changes, func(c zone.Change) bool {
		_, kept := b.kept[z][c.Owner]
		_, host := b.keptAt[c.Owner]
		return kept || host && len(c.Data) == 0
	})
}

// removals are the names that changes take out of a zone.
func removals(changes []zone.Change) (names []zone.Name) {
	for _, c := range changes {
		if c.Type == zone.TypeNS && len(c.Data) == 0 {
			names = append(names, c.Owner)
		}
	}
	return names
}

// renewBatch is how many sets of records get a serial together when a whole zone is other than it was.
const renewBatch = 20_000

// isOurs tells the sets that the publisher makes itself: what signing brings, and the serial.
func (s *Server) isOurs(z *served) func(zone.Name, uint16) bool {
	return func(owner zone.Name, kind uint16) bool {
		switch kind {
		case zone.TypeDNSKEY, zone.TypeCDS, zone.TypeCDNSKEY, zone.TypeNSEC3PARAM:
			return owner == z.origin
		case zone.TypeDS:
			return s.zones.byOrigin[owner] != nil
		}
		return false
	}
}

// Compare reads the registry as a whole and looks again at each name of which the zones say something else. It returns
// those that were in fact published wrongly: there should never be any, since each change leaves a mark.
func (s *Server) Compare(ctx context.Context) ([]Difference, error) {
	if s.unloaded() {
		return nil, errNotLoaded
	}
	fresh, err := s.build(ctx)
	if err != nil {
		return nil, fmt.Errorf("compare the zones with the registry: %w", err)
	}
	suspects := s.suspects(fresh)
	var wrong []Difference
	for some := range slices.Chunk(suspects, s.config.Batch) {
		found, err := s.check(ctx, some)
		if err != nil {
			return wrong, fmt.Errorf("compare the zones with the registry: %w", err)
		}
		wrong = append(wrong, found...)
	}
	return wrong, nil
}

// compareNowAndThen compares the zones with the registry at every interval of that, and tells the log. The first time is
// an interval after the start, which is a time at which there is enough to do.
func (s *Server) compareNowAndThen(ctx context.Context) {
	tick := time.NewTicker(s.config.Compare)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if _, mine := s.config.Lease(); !mine {
			continue
		}
		began := s.config.Now()
		wrong, err := s.Compare(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.config.Log.Error("the zones were not compared with the registry", "err", err)
		case len(wrong) > 0:
			s.config.Log.Error("names were published wrongly and are put right; please report this", "names", len(wrong), "first", wrong[0].Mark.Name)
		default:
			s.config.Log.Info("the zones are what the registry says", "took", s.config.Now().Sub(began))
		}
	}
}

func (s *Server) unloaded() bool { return !s.loaded.Load() }

// suspects returns what differs from versions that were read while changes went on.
func (s *Server) suspects(fresh map[zone.Name]*zone.Version) []registry.Mark {
	seen := map[registry.Mark]struct{}{}
	for _, z := range s.zones.list {
		if z.version.Load() == nil { // it is not served, since its keys cannot be used
			continue
		}
		soa := func(owner zone.Name, kind uint16) bool {
			return s.isOurs(z)(owner, kind) || owner == z.origin && kind == zone.TypeSOA
		}
		zone.Compare(z.version.Load(), fresh[z.origin], soa, func(c zone.Change) {
			kind := registry.MarkDomain
			if c.Type == zone.TypeA || c.Type == zone.TypeAAAA {
				kind = registry.MarkHost
			}
			if _, own := s.fixedNames[c.Owner]; own {
				return // it comes from the configuration, and may be no name of the registry's
			}
			seen[registry.Mark{Kind: kind, Name: unwire(c.Owner)}] = struct{}{}
		})
	}
	var list []registry.Mark
	for m := range seen {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b registry.Mark) int { return a.Name.Compare(b.Name) })
	return list
}

// check looks at suspects once more, now that nothing else is published, and puts right what is wrong. What has a mark
// is on its way and no fault.
func (s *Server) check(ctx context.Context, suspects []registry.Mark) ([]Difference, error) {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	if mine, _, err := s.ours(ctx); err != nil || !mine {
		return nil, cmp.Or(err, errElsewhere)
	}
	marks, err := ask[[]registry.Mark](ctx, s, flow.PendingMarks{Limit: maxPending})
	if err != nil {
		return nil, err
	}
	waits := map[registry.Mark]struct{}{}
	for _, m := range marks {
		waits[registry.Mark{Kind: m.Kind, Name: m.Name}] = struct{}{}
	}
	var wrong []Difference
	for _, m := range suspects {
		if _, marked := waits[m]; marked || s.isHeld(m) {
			continue
		}
		b := s.newBatch()
		if err := b.look(ctx, []registry.Mark{m}); err != nil {
			return wrong, err
		}
		if !b.differs() {
			continue
		}
		wrong = append(wrong, Difference{s.zones.above(wire(m.Name)).name, m})
		if err := s.publish(ctx, []registry.Mark{m}, false); err != nil {
			return wrong, err
		}
	}
	return wrong, nil
}

// isHeld reports whether what a mark names waits, and is known to.
func (s *Server) isHeld(m registry.Mark) bool {
	_, aside := s.aside[plain(m)]
	z := s.zones.of(m.Name)
	if m.Kind == registry.MarkHost {
		z = s.zones.above(wire(m.Name))
	}
	if aside || z == nil {
		return aside
	}
	_, kept := s.fuse.zones[z].waiting[wire(m.Name)]
	return kept || s.holdOf(z).Fault != ""
}

// maxPending is how many marks a comparison looks at to tell what is on its way.
const maxPending = 100_000

// differs reports whether the batch would change a zone.
func (b *batch) differs() bool {
	for z, changes := range b.changes {
		for _, c := range changes {
			var has zone.RRset
			if n := z.editor.Version().Node(c.Owner); n != nil {
				if set := n.Set(c.Type); set != nil {
					has = set.RRset()
				}
			}
			if !has.Same(c.RRset) {
				return true
			}
		}
	}
	return false
}
