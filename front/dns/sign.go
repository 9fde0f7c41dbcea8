package dns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// Keys and signatures follow real time, whatever the registry's clock says.

// resignBatch is how many names get other signatures in one publication: with RSA keys some tens of milliseconds, for
// which what commands change has to wait.
const resignBatch = 64

// resignMost is how many are looked for at a time.
const resignMost = 20_000

// tendEvery is how often it is looked whether keys or signatures are due.
const tendEvery = time.Second

// signer is that of a zone, nil if it is not signed.
func (z *served) signer() zone.Signer {
	if z.ring.Signer == nil {
		return nil
	}
	return z.ring.Signer
}

// rings asks for the keys of all zones that were loaded. A zone whose keys cannot be used holds up no other.
func (s *Server) rings(ctx context.Context) error {
	for _, z := range s.zones.list {
		z.ring, z.tended = Ring{}, time.Time{}
		if s.config.Keys == nil {
			continue
		}
		now := s.config.Now()
		var facts dnssec.Facts
		if z.editor != nil {
			facts = s.parents(z, dnssec.Look(z.editor.Version(), now))
		}
		ring, err := s.config.Keys.Ring(ctx, z.origin, facts, now)
		if s.block(z, err); errors.Is(err, ErrKeys) {
			s.stopZone(z, err)
			continue
		}
		if err != nil {
			return err
		}
		z.ring = ring
	}
	return nil
}

// parents adds to facts what the zone above says of a zone, if that is ours.
func (s *Server) parents(z *served, f dnssec.Facts) dnssec.Facts {
	above := s.zones.above(z.origin.Parent())
	if above == nil || above.version.Load() == nil {
		return f
	}
	f.ParentKnown = true
	if n := above.version.Load().Node(z.origin); n != nil {
		if ds := n.Set(zone.TypeDS); ds != nil {
			f.Parent = ds.RRset()
		}
	}
	return f
}

// keyed calls f with what the keys of zones put into a zone: its own at the apex, and DS of zones of ours below it. Of a
// zone whose keys cannot be used, what is there stays.
func (s *Server) keyed(z *served, f func(zone.Change)) {
	if z.ring.Signer == nil && !z.isBlocked() {
		for _, kind := range []uint16{zone.TypeDNSKEY, zone.TypeNSEC3PARAM, zone.TypeCDS, zone.TypeCDNSKEY} {
			f(zone.Change{Owner: z.origin, RRset: zone.RRset{Type: kind}})
		}
	}
	for _, c := range z.ring.Apex {
		f(c)
	}
	for _, below := range s.zones.list {
		if below != z && s.zones.above(below.origin.Parent()) == z && !below.isBlocked() {
			ds := below.ring.DS
			ds.Type = zone.TypeDS
			f(zone.Change{Owner: below.origin, RRset: ds})
		}
	}
}

// Tend moves the keys of the zones on, and has signed again what is due. What fails of one zone is the error, and keeps it
// from no other. One goroutine calls it at a time.
func (s *Server) Tend(ctx context.Context) error {
	if s.config.Keys == nil {
		return nil
	}
	asked, err := s.ordered(ctx)
	if err != nil {
		return err
	}
	for _, z := range s.zones.list {
		if stood := s.tend(ctx, z, asked); stood != nil {
			err = errors.Join(err, fmt.Errorf("keys and signatures of %s: %w", z.name, stood))
		}
	}
	return err
}

func (s *Server) tend(ctx context.Context, z *served, asked bool) error {
	v, signer, due, err := s.tending(ctx, z, asked)
	if err != nil || !due {
		return err
	}
	now := s.config.Now()
	scan := dnssec.Stale(v, signer, resignMost, now)
	ring, err := s.config.Keys.Ring(ctx, z.origin, s.parents(z, scan.Facts), now)
	blocked, err := s.unblock(z, now, err)
	if err != nil {
		return quiet(err)
	}
	if blocked {
		return nil
	}
	if err := s.renewKeys(ctx, z, ring, now); err != nil {
		return quiet(err)
	}
	if ring.Signer != signer { // by the new keys other signatures are due
		scan = dnssec.Stale(z.version.Load(), ring.Signer, resignMost, now)
	}
	if err := s.resign(ctx, z, scan); err != nil {
		return quiet(err)
	}
	if len(scan.Names)+len(scan.Links) > 0 || ring.Signer != signer { // look again at once: the keys may move on
		s.publishing.Lock()
		z.tended = time.Time{}
		s.publishing.Unlock()
	}
	return nil
}

// tending returns what to look at, if it is time, or if somebody may have asked for something.
func (s *Server) tending(ctx context.Context, z *served, asked bool) (v *zone.Version, signer *dnssec.Signer, due bool, err error) {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	mine, _, err := s.ours(ctx)
	if err != nil || !mine {
		return nil, nil, false, err
	}
	now := s.config.Now()
	due = now.Sub(z.tended) >= s.config.Resign || asked && !z.isBlocked() && s.asked[z.name] != versionsOf(z.ring.Keys)
	due = due || !z.ring.Next.IsZero() && !now.Before(z.ring.Next)
	return z.editor.Version(), z.ring.Signer, due, nil
}

// renewKeys publishes what keys change beside signatures.
func (s *Server) renewKeys(ctx context.Context, z *served, ring Ring, now time.Time) error {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	if mine, _, err := s.ours(ctx); err != nil || !mine {
		return err
	}
	was, is := z.ring.Signer != nil, ring.Signer != nil
	z.ring, z.tended = ring, now
	b := s.newBatch()
	if was != is { // it is signed from now on, or goes unsigned
		b.raise, b.again[z] = z, zone.Update{LookAll: true}
		if z.state.Basis == s.basisOf(z, was) { // else all of it is looked at anyway
			b.basis = s.basisOf(z, is)
		}
	}
	s.keyed(z, func(c zone.Change) { b.changes[z] = append(b.changes[z], c) })
	if above := s.zones.above(z.origin.Parent()); above != nil && !above.isBlocked() {
		s.keyed(above, func(c zone.Change) { b.changes[above] = append(b.changes[above], c) })
	}
	return s.commit(ctx, b)
}

// resign publishes names with other signatures, a few at a time, so that what commands change need not wait.
func (s *Server) resign(ctx context.Context, z *served, scan dnssec.Scan) error {
	for some := range slices.Chunk(scan.Names, resignBatch) {
		if err := s.lookAgain(ctx, z, some, nil); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(scan.Links, resignBatch) {
		if err := s.lookAgain(ctx, z, nil, some); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) lookAgain(ctx context.Context, z *served, owners []zone.Name, links []zone.Hash) error {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	if mine, _, err := s.ours(ctx); err != nil || !mine {
		return err
	}
	b := s.newBatch()
	b.again[z] = zone.Update{Look: owners, LookLinks: links}
	return s.commit(ctx, b)
}

// Rekey has the keys of all zones looked at now: an operator has asked for something. It does not wait for that.
func (s *Server) Rekey() {
	s.told.Store(true)
	select {
	case s.rekeyed <- struct{}{}:
	default:
	}
}

// askedEvery is how often it is looked whether keys are others than they were: what an operator asks for at another node
// changes them.
const askedEvery = 3 * time.Second

// ordered notes how the keys of the zones are in the database, and reports whether it did: when this node was told of a
// change, and now and then.
func (s *Server) ordered(ctx context.Context) (bool, error) {
	now := s.config.Now()
	if _, mine := s.config.Lease(); !mine || now.Sub(s.askedAt) < askedEvery && !s.told.Load() {
		return false, nil
	}
	s.told.Store(false)
	for _, z := range s.zones.list {
		keys, err := ask[[]registry.ZoneKey](ctx, s, flow.ZoneKeyList{Zone: z.name})
		if err != nil {
			return false, fmt.Errorf("look at the keys of %s: %w", z.name, err)
		}
		s.asked[z.name] = versionsOf(keys)
	}
	s.askedAt = now
	return true, nil
}

// versionsOf writes how often keys have changed.
func versionsOf(keys []registry.ZoneKey) string {
	var text strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&text, "%d.%d ", k.Number, k.Version)
	}
	return text.String()
}
