package dns

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// Load serves what was last published, as it is kept, and then brings it up to date. What was never published is made
// from the registry. What changes meanwhile has left a mark and is published afterwards.
func (s *Server) Load(ctx context.Context) error {
	s.publishing.Lock()
	err := s.load(ctx)
	s.publishing.Unlock()
	if err != nil {
		return err
	}
	if err := s.PublishDue(ctx); err != nil {
		return err
	}
	return s.Publish(ctx)
}

func (s *Server) load(ctx context.Context) error {
	under, _ := s.config.Lease()
	s.unsure = true // until all has succeeded; else the next pass loads again
	began := s.registryNow()
	states, err := ask[[]registry.ZoneState](ctx, s, flow.ZoneStates{})
	if err != nil {
		return fmt.Errorf("load the zones: %w", err)
	}
	l := &look{since: began, waited: began, next: began}
	missing, err := s.restoreAll(ctx, states, l)
	if err != nil {
		return err
	}
	if err := s.recall(ctx, states); err != nil {
		return err
	}
	// From here on what is kept is served, whatever follows: a signature that was made is good without its key.
	s.under, s.look, s.based = under, l, publicPolicy{}
	s.serveKept()
	if err := s.complete(ctx, missing); err != nil {
		return fmt.Errorf("load the zones: %w", err)
	}
	s.unsure = false
	s.serveKept()
	return nil
}

// restoreAll reads what is kept, and returns the zones of which nothing is.
func (s *Server) restoreAll(ctx context.Context, states []registry.ZoneState, l *look) (missing []*served, err error) {
	for _, z := range s.zones.list {
		state, found := stateOf(states, z)
		err := error(zone.ErrDamaged)
		if found {
			err = s.restore(ctx, z, state)
		}
		switch {
		case err == nil:
			l.back(state.RightAt)
		case !errors.Is(err, zone.ErrDamaged):
			return nil, fmt.Errorf("load the zone %s: %w", z.name, err)
		default:
			if found {
				s.config.Log.Error("what was kept of a zone is damaged; it is made anew", "zone", z.name, "err", err)
			}
			z.state, z.editor = state, nil
			z.state.Origin = z.name
			missing = append(missing, z)
		}
		if err := s.remember(ctx, z); err != nil {
			return nil, err
		}
	}
	return missing, nil
}

// serveKept serves the zones that there are.
func (s *Server) serveKept() {
	all := true
	for _, z := range s.zones.list {
		if z.editor == nil {
			all = false
			continue
		}
		if z.isKept() {
			z.version.Store(z.editor.Version())
			z.made.Store(z.state.Made.UnixNano())
		}
	}
	if all {
		s.freshness.held.Store(s.config.Now().Unix())
		s.freshness.expired.Store(false)
		s.loaded.Store(true)
	}
}

// complete gets the keys, makes the zones that are missing, and makes all of them what the configuration says now. A zone
// whose key is not to be had stays as it is, and holds up no other.
func (s *Server) complete(ctx context.Context, missing []*served) error {
	if err := s.rings(ctx); err != nil {
		return err
	}
	if len(missing) > 0 {
		if err := s.found(ctx, missing); err != nil {
			return err
		}
	}
	s.count()
	return s.rebase(ctx)
}

func stateOf(states []registry.ZoneState, z *served) (registry.ZoneState, bool) {
	for _, state := range states {
		if state.Origin == z.name {
			return state, true
		}
	}
	return registry.ZoneState{}, false
}

// restore reads a zone as it is kept.
func (s *Server) restore(ctx context.Context, z *served, state registry.ZoneState) error {
	r := zone.NewReader(z.origin, state.Serial)
	for from := 0; from < zone.Pages; {
		pages, err := ask[[]registry.ZonePage](ctx, s, flow.ZonePages{Origin: z.name, From: from, Limit: pageBatch})
		if err != nil {
			return err
		}
		for _, p := range pages {
			if err := r.Page(p.Number, p.Serial, p.Body); err != nil {
				return err
			}
			from = p.Number + 1
		}
		if len(pages) < pageBatch {
			break
		}
	}
	journal, err := s.replay(ctx, z, state, r)
	if err != nil {
		return err
	}
	v, err := r.Version()
	if err != nil {
		return err
	}
	if v.Serial() != state.Serial || v.Apex() == nil {
		return fmt.Errorf("it ends at serial %d and not at %d: %w", v.Serial(), state.Serial, zone.ErrDamaged)
	}
	z.state, z.editor, z.kept, z.behind = state, zone.NewEditor(v), v, r.Behind()
	z.journal.reset(journal, state.Base, state.Whole)
	return nil
}

// pageBatch is how many pages are read or written at a time: some megabytes of a zone of a million names.
const pageBatch = 64

// replay reads the steps that are kept, and gives a reader those that its pages may lack.
func (s *Server) replay(ctx context.Context, z *served, state registry.ZoneState, r *zone.Reader) ([]entry, error) {
	var entries []entry
	for after := int64(0); after < state.Position; {
		steps, err := ask[[]registry.ZoneStep](ctx, s, flow.ZoneSteps{Origin: z.name, After: after, Limit: stepBatch})
		if err != nil {
			return nil, err
		}
		if len(steps) == 0 {
			break
		}
		for _, step := range steps {
			d, err := zone.ReadDiff(step.Removed, step.Added)
			if err != nil {
				return nil, err
			}
			after = step.State.Position
			entries = append(entries, entry{position: after, made: step.State.Made, diff: d})
			if after <= state.Base || len(step.Added) == 0 {
				continue
			}
			if err := r.Diff(d); err != nil {
				return nil, err
			}
		}
	}
	return entries, nil
}

// stepBatch is how many steps are read at a time.
const stepBatch = 256

// found makes zones from the registry, keeps them and takes them as published.
func (s *Server) found(ctx context.Context, missing []*served) error {
	fresh, err := s.build(ctx)
	if err != nil {
		return err
	}
	held, err := s.whatIsHeld(ctx, missing)
	if err != nil {
		return err
	}
	for _, z := range missing {
		if z.isBlocked() { // unsigned, it would be bogus to who finds its DS
			z.editor = zone.NewEditor(zone.Empty(z.origin))
			continue
		}
		z.editor = zone.NewEditor(fresh[z.origin])
		serial := s.nextSerial(z)
		u := zone.Update{Serial: serial, LookAll: true, Signer: z.signer(), Raise: true}
		s.keyed(z, func(c zone.Change) { u.Changes = append(u.Changes, c) })
		u.Changes = append(u.Changes, lacking(fresh[z.origin], held[z])...)
		step, err := z.editor.Next(u)
		if err != nil {
			return err
		}
		z.editor.Take(step)
		if err := s.keepWhole(ctx, z); err != nil {
			return err
		}
	}
	return nil
}

// build reads what the zones should be from the registry, without signatures and what belongs to them.
func (s *Server) build(ctx context.Context) (map[zone.Name]*zone.Version, error) {
	b := &building{s: s, fillers: map[zone.Name]*zone.Filler{}, fixed: s.fixedOwners(), hosts: map[registry.ROID]struct{}{}}
	b.defaults = s.policy().ttls
	for _, z := range s.zones.list {
		b.fillers[z.origin] = zone.NewFiller(z.origin)
	}
	hosts, err := s.hosts(ctx)
	if err != nil {
		return nil, err
	}
	err = s.delegations(ctx, hosts, b.take)
	if err != nil {
		return nil, err
	}
	for _, z := range s.zones.list {
		s.fixed(z, func(c zone.Change) { b.put(z.origin, c) })
	}
	versions := map[zone.Name]*zone.Version{}
	for origin, f := range b.fillers {
		if versions[origin], err = f.Version(); err != nil {
			return nil, err
		}
	}
	return versions, b.err
}

// building is what zones should be, while it is read.
type building struct {
	s        *Server
	defaults registry.TTLs
	fillers  map[zone.Name]*zone.Filler
	fixed    map[zone.Name]struct{}
	hosts    map[registry.ROID]struct{} // whose addresses are in
	err      error
}

func (b *building) put(origin zone.Name, c zone.Change) {
	if b.err == nil {
		b.err = b.fillers[origin].Put(c)
	}
}

func (b *building) take(list []flow.Delegation) {
	for _, d := range list {
		d = b.s.unguarded(d)
		z := b.s.zones.of(d.Name)
		if z == nil {
			continue
		}
		delegated(d, b.defaults, func(c zone.Change) { b.put(z.origin, c) })
		for _, ns := range d.Nameservers {
			if _, done := b.hosts[ns.ROID]; done || len(ns.Addresses) == 0 {
				continue
			}
			b.hosts[ns.ROID] = struct{}{}
			host := wire(ns.Name)
			if _, own := b.fixed[host]; own {
				continue
			}
			if home := b.s.zones.above(host); home != nil {
				addressesAt(host, ns.Addresses, ns.TTL.Or(b.defaults), func(c zone.Change) { b.put(home.origin, c) })
			}
		}
	}
}

// hosts reads all hosts, which names share.
func (s *Server) hosts(ctx context.Context) (map[registry.ROID]flow.Nameserver, error) {
	hosts := map[registry.ROID]flow.Nameserver{}
	for q := (flow.Nameservers{Limit: s.config.Page}); ; {
		page, err := ask[flow.NameserverPage](ctx, s, q)
		if err != nil {
			return nil, fmt.Errorf("the hosts after %q: %w", q.After, err)
		}
		for _, h := range page.Nameservers {
			hosts[h.ROID] = h
		}
		if q.After = page.Last; q.After == "" {
			return hosts, nil
		}
	}
}

// delegations reads all delegations and lets take have them, a page after the other. To cut the names
// into pages costs little, so that is done ahead, and as many pages as there are processors are read at
// once; each is read while the one before it is taken.
func (s *Server) delegations(ctx context.Context, hosts map[registry.ROID]flow.Nameserver, take func([]flow.Delegation)) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	spans, pages := make(chan registry.Span), make(chan []flow.Delegation)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(spans)
		if err := s.cut(ctx, spans); err != nil {
			fail(err)
		}
	})
	for range runtime.GOMAXPROCS(0) {
		reading.Go(func() {
			for span := range spans {
				list, err := ask[[]flow.Delegation](ctx, s, flow.Delegations{Span: span, Known: hosts})
				if err != nil {
					fail(fmt.Errorf("the names after %q: %w", span.After, err))
				}
				pages <- list
			}
		})
	}
	go func() {
		reading.Wait()
		close(pages)
	}()
	for list := range pages {
		take(list)
	}
	return context.Cause(ctx)
}

// cut sends the spans of all names.
func (s *Server) cut(ctx context.Context, spans chan<- registry.Span) error {
	var span registry.Span
	for {
		end, err := ask[registry.ROID](ctx, s, flow.DelegationsEnd{After: span.Last, Limit: s.config.Page})
		if err != nil || end == "" {
			return err
		}
		span = registry.Span{After: span.Last, Last: end}
		select {
		case spans <- span:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
