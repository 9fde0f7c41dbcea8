package dns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// Names wait that would leave a zone and are too many, and all of a zone of which no next version can be made, such as
// without its key. Their marks are set aside, so that they stand in the way of no others; the rest of the zone, and the
// other zones, are published. What holds them is kept with them, so that any node can tell and a restart releases nothing.

// A Held says why names of a zone wait.
type Held struct {
	Zone names.Name
	registry.ZoneHold
}

// String says it in a sentence.
func (h Held) String() string {
	if h.Fault != "" {
		return fmt.Sprintf("nothing of %s can be published: %s; its changes wait", h.Zone, h.Fault)
	}
	return fmt.Sprintf("the breaker keeps names in %s: %d would leave it, %d have left within its span, and %d may; "+
		"look why, then dorado zone release %s", h.Zone, h.Waiting, h.Away, h.Allowed, h.Zone)
}

// Holds returns what holds names back, in the order of the profile; nothing where another node publishes, since that knows.
func (s *Server) Holds() []Held {
	if !s.freshness.holds.Load() {
		return nil
	}
	return s.held()
}

// held is Holds, as this node last knew it.
func (s *Server) held() []Held {
	var list []Held
	s.fuse.mu.Lock()
	defer s.fuse.mu.Unlock()
	for _, z := range s.zones.list {
		if h := s.fuse.zones[z].hold; h.Holds() {
			list = append(list, Held{z.name, h})
		}
	}
	return list
}

// holdOf returns what holds names of a zone back.
func (s *Server) holdOf(z *served) registry.ZoneHold {
	s.fuse.mu.Lock()
	defer s.fuse.mu.Unlock()
	return s.fuse.zones[z].hold
}

// setHold notes what holds a zone, and tells the log when that begins and ends.
func (s *Server) setHold(z *served, h registry.ZoneHold) {
	s.fuse.mu.Lock()
	defer s.fuse.mu.Unlock()
	had := s.fuse.zones[z].hold
	s.fuse.zones[z].hold = h
	switch {
	case h.Holds() && !had.Holds() && h.Fault == "": // a fault is told as the error that it is
		s.config.Log.Error(Held{z.name, h}.String())
	case had.Holds() && !h.Holds():
		s.config.Log.Info("publication goes on", "zone", z.name, "held", s.config.Now().Sub(had.Since))
	}
}

// mostAside is how many marks that are set aside are known by name. What is beyond that waits, too, and is not counted.
const mostAside = 1_000_000

// recall reads what was held when the zones were last published.
func (s *Server) recall(ctx context.Context, states []registry.ZoneState) error {
	s.aside = map[registry.Mark]struct{}{}
	marks, err := ask[[]registry.Mark](ctx, s, flow.MarksAside{Limit: mostAside})
	if err != nil {
		return fmt.Errorf("load what is held: %w", err)
	}
	s.fuse.mu.Lock()
	defer s.fuse.mu.Unlock()
	for _, z := range s.zones.list {
		state, _ := stateOf(states, z)
		s.fuse.zones[z].hold, s.fuse.zones[z].saved = state.Hold, state.Hold
		clear(s.fuse.zones[z].waiting)
	}
	for _, m := range marks {
		s.aside[plain(m)] = struct{}{}
		z := s.zones.of(m.Name)
		if m.Kind == registry.MarkDomain && z != nil && s.fuse.zones[z].hold.Fault == "" {
			s.fuse.zones[z].waiting[wire(m.Name)] = struct{}{}
		}
	}
	return nil
}

// plain is a mark without its version.
func plain(m registry.Mark) registry.Mark { return registry.Mark{Kind: m.Kind, Name: m.Name} }

// restFactor is how many times as long as it took what failed is not tried again: a token that answers after ten seconds
// that it is not there would keep the others from their zones.
const restFactor = 10

// resume has what is set aside published once nothing holds it any more.
func (s *Server) resume(ctx context.Context) error {
	var free []*served
	if held := s.held(); len(held) == 0 && len(s.aside) == 0 {
		return nil
	} else if slices.ContainsFunc(held, func(h Held) bool { return h.Fault == "" }) {
		if err := s.hearOfReleases(ctx); err != nil {
			return err
		}
	}
	var over []registry.ZoneHold
	for _, z := range s.zones.list {
		if h := s.holdOf(z); h.Holds() && s.isFree(z, h) {
			free = append(free, z)
			over = append(over, registry.ZoneHold{Origin: z.name})
		}
	}
	if len(free) == 0 && len(s.held()) > 0 {
		return nil
	}
	if err := s.run(ctx, s.under, flow.ZonesResumed{Holds: over}); err != nil {
		s.unsure = true
		return fmt.Errorf("take up what was held: %w", err)
	}
	clear(s.aside)
	for _, z := range free {
		s.fuse.mu.Lock()
		clear(s.fuse.zones[z].waiting)
		s.fuse.zones[z].saved = registry.ZoneHold{}
		s.fuse.mu.Unlock()
		s.setHold(z, registry.ZoneHold{})
		s.based = publicPolicy{} // what the configuration asks of it may have waited, too
	}
	return nil
}

// isFree reports whether nothing holds a zone any more.
func (s *Server) isFree(z *served, h registry.ZoneHold) bool {
	l, began := s.fuse.zones[z], s.config.Now()
	switch {
	case z.isBlocked():
		return false
	case h.Fault == "":
		return len(l.waiting) == 0 || s.judge(z, nil) != staysIn
	}
	if began.Before(l.rested) {
		return false
	}
	err := s.try(z)
	if err != nil {
		now := s.config.Now()
		l.rested = now.Add(restFactor * now.Sub(began))
	}
	return err == nil
}

// try makes a next version of a zone, without keeping it.
func (s *Server) try(z *served) error {
	step, err := z.editor.Next(zone.Update{Serial: s.nextSerial(z), Signer: z.signer(), Raise: true})
	if err == nil {
		z.editor.Drop(step)
	}
	return err
}

// hearOfReleases reads what operators have agreed to.
func (s *Server) hearOfReleases(ctx context.Context) error {
	states, err := ask[[]registry.ZoneState](ctx, s, flow.ZoneStates{})
	if err != nil {
		return err
	}
	for _, z := range s.zones.list {
		if state, found := stateOf(states, z); found {
			z.state.Release = state.Release
		}
	}
	return nil
}

// mayLeave is judge, given what operators have agreed to.
func (s *Server) mayLeave(ctx context.Context, z *served, names []zone.Name) (verdict, error) {
	if len(names) == 0 {
		return goesOut, nil
	}
	if v := s.judge(z, names); v == goesOut {
		return v, nil
	}
	if err := s.hearOfReleases(ctx); err != nil {
		return staysIn, err
	}
	return s.judge(z, names), nil
}

// faults is the error that nothing of some zones can be published. A zone without its keys is told elsewhere, unless
// changes of it wait.
func (s *Server) faults() error {
	var list []string
	for _, z := range s.zones.list {
		if h := s.holdOf(z); h.Fault != "" && (!z.isBlocked() || s.fuse.zones[z].saved.Fault != "") {
			list = append(list, Held{z.name, h}.String())
		}
	}
	if list == nil {
		return nil
	}
	return errors.New(strings.Join(list, "; "))
}
