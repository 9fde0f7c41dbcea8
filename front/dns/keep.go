package dns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// Zones are kept in the database as pages and the steps after them. A step is written with the removal of the marks
// that it follows from; pages are written behind, when the steps have become many.

// keepWhole keeps a zone that was made from the registry: all pages first, then that it is published. Until then the
// pages are nothing that anybody reads.
func (s *Server) keepWhole(ctx context.Context, z *served) error {
	v := z.editor.Version()
	if err := s.keepPages(ctx, keeping{
		zone: z, under: s.under, version: v, position: z.state.Position, had: z.kept, pages: slices.Collect(allPages),
	}); err != nil {
		return err
	}
	state := z.state
	state.Position, state.Serial, state.Made = state.Position+1, v.Serial(), s.config.Now()
	state.RightAt, state.Basis = s.registryNow(), s.basis(z)
	if err := s.run(ctx, s.under, flow.ZonesPublished{Steps: []registry.ZoneStep{{State: state}}}); err != nil {
		return err
	}
	base := registry.ZoneBase{Origin: z.name, Base: state.Position, Drop: state.Position, Forget: state.Position, RightAt: state.RightAt}
	if err := s.run(ctx, s.under, flow.ZonesKept{Bases: []registry.ZoneBase{base}}); err != nil {
		return err
	}
	state.Base = state.Position
	z.state, z.kept, z.behind = state, v, nil
	z.journal.reset(nil, state.Base, state.Whole)
	return nil
}

func allPages(yield func(int) bool) {
	for number := range zone.Pages {
		if !yield(number) {
			return
		}
	}
}

// run runs a command of ours under the lease under which was read what it follows from. One that was lost meanwhile and
// came back is another.
func (s *Server) run(ctx context.Context, under registry.Fence, cmd flow.Command) error {
	_, err := s.config.Service.Run(ctx, flow.Request{Fence: under, Command: cmd})
	return err
}

// keepPages writes pages of a version, those that have become empty too, unless no page was ever kept.
func (s *Server) keepPages(ctx context.Context, k keeping) error {
	z, v := k.zone, k.version
	first := k.had == nil && k.position == 0
	for some := range slices.Chunk(k.pages, pageBatch) {
		var pages []registry.ZonePage
		for _, number := range some {
			body := v.Page(number)
			if body == nil && first {
				continue // it never was otherwise
			}
			pages = append(pages, registry.ZonePage{Origin: z.name, Number: number, Serial: v.Serial(), Body: body})
		}
		if len(pages) == 0 {
			continue
		}
		if err := s.run(ctx, k.under, flow.ZonesKept{Pages: pages}); err != nil {
			return fmt.Errorf("keep pages of the zone %s: %w", z.name, err)
		}
	}
	return nil
}

// Keep writes the pages of zones of whose steps so many wait that a start would take long, and drops steps that are
// not needed any more. Changes go on meanwhile: it writes a version, and versions do not change.
func (s *Server) Keep(ctx context.Context) error {
	var failed error
	for _, z := range s.zones.list {
		k, mine := s.keeping(ctx, z)
		if !mine || k.pending <= max(keepLeast, k.version.Bytes()/keepShare) {
			continue
		}
		if err := s.keepZone(ctx, k); err != nil {
			failed = errors.Join(failed, fmt.Errorf("keep the zone %s: %w", z.name, err))
		}
	}
	return failed
}

// A keeping is what there is to write of a zone.
type keeping struct {
	zone     *served
	under    registry.Fence
	version  *zone.Version
	position int64
	had      *zone.Version // that is kept
	pages    []int         // that are other than they are kept
	pending  int           // octets of the steps that they lack
	steps    int           // octets of steps that stay for secondaries
}

const (
	keepLeast = 1 << 20 // octets of steps that wait before pages are written
	keepShare = 8       // or such a part of the zone, if that is more
)

// keeping returns what there is to write of a zone, if it is published here.
func (s *Server) keeping(ctx context.Context, z *served) (k keeping, mine bool) {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	if mine, _, err := s.ours(ctx); err != nil || !mine {
		return k, false
	}
	v := z.editor.Version()
	pages := append(zone.ChangedPages(z.kept, v), z.behind...)
	slices.Sort(pages)
	return keeping{
		zone: z, under: s.under, version: v, position: z.state.Position, had: z.kept, pages: slices.Compact(pages),
		pending: z.journal.pending(), steps: max(keepLeast, v.Bytes()/2),
	}, true
}

func (s *Server) keepZone(ctx context.Context, k keeping) error {
	z := k.zone
	if err := s.keepPages(ctx, k); err != nil {
		return err
	}
	s.publishing.Lock()
	defer s.publishing.Unlock()
	if z.kept != k.had { // the zones were loaded again meanwhile
		return nil
	}
	drop := z.journal.settle(k.position, k.steps)
	base := registry.ZoneBase{Origin: z.name, Base: k.position, Drop: drop, Forget: drop, RightAt: z.state.RightAt}
	if err := s.run(ctx, k.under, flow.ZonesKept{Bases: []registry.ZoneBase{base}}); err != nil {
		return err
	}
	z.kept, z.behind, z.state.Base = k.version, nil, k.position
	return nil
}

// keepEvery is how often it is looked whether pages are to be written.
const keepEvery = 5 * time.Second
