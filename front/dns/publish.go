package dns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// now is the serial that belongs to the present second.
func (s *Server) now() uint32 { return uint32(s.config.Now().Unix()) }

// Publish takes the marks that wait, looks at each name as it is now, changes the zones and
// removes the marks, a batch at a time until fewer than a batch wait. A mark that is raised
// meanwhile keeps its place in the queue and is published again: nothing depends on how often or
// in which order a name is looked at. It is an error before Load has succeeded.
//
// Where another node publishes, nothing happens.
func (s *Server) Publish(ctx context.Context) error {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	zones, fence, err := s.ours(ctx)
	if err != nil || zones == nil {
		return err
	}
	zones.setDefaults(s.config.Service.Terms().DefaultTTLs(), s.now())
	for {
		marks, err := ask[[]registry.Mark](ctx, s, flow.PendingMarks{Limit: s.config.Batch})
		if err != nil {
			return fmt.Errorf("publish: read the marks: %w", err)
		}
		if len(marks) == 0 {
			return nil
		}
		if err := s.renew(ctx, zones, marks); err != nil {
			return fmt.Errorf("publish: %w", err)
		}
		_, err = s.config.Service.Run(ctx, flow.Request{Fence: fence, Command: flow.MarksPublished{Marks: marks}})
		if errors.Is(err, registry.ErrFenced) {
			return nil // the marks are left to the node that publishes now
		}
		if err != nil {
			return fmt.Errorf("publish: remove the marks: %w", err)
		}
		if len(marks) < s.config.Batch {
			return nil
		}
	}
}

// ours returns the zones if this node publishes them, and under which lease. What was loaded before the lease
// came here is loaded again, since the marks of what changed meanwhile are gone with the node that published
// it.
func (s *Server) ours(ctx context.Context) (*contents, registry.Fence, error) {
	fence, mine := s.config.Lease()
	if !mine {
		return nil, fence, nil
	}
	if fence != s.under {
		if err := s.load(ctx); err != nil {
			return nil, fence, err
		}
	}
	zones := s.contents.Load()
	if zones == nil {
		return nil, fence, fmt.Errorf("publish: the zones are not loaded")
	}
	return zones, fence, nil
}

// renew looks how the marked names are now and publishes them so: those of domain marks, and every name that
// is delegated to a marked host. A host that was renamed is marked under both names, and its users are known
// under the one that is in memory.
func (s *Server) renew(ctx context.Context, zones *contents, marks []registry.Mark) error {
	var updates []flow.Delegation
	for chunk := range slices.Chunk(marked(zones, marks), s.config.Page) {
		list, err := ask[[]flow.Delegation](ctx, s, flow.DelegationsOf{Names: chunk})
		if err != nil {
			return fmt.Errorf("look at %s and %d more: %w", chunk[0], len(chunk)-1, err)
		}
		updates = append(updates, list...)
	}
	zones.publish(updates, s.now())
	return nil
}

// marked returns the names to look at, each once.
func marked(zones *contents, marks []registry.Mark) []names.Name {
	var list []names.Name
	for _, m := range marks {
		switch m.Kind {
		case registry.MarkDomain:
			list = append(list, m.Name)
		case registry.MarkHost:
			list = append(list, zones.usersOf(m.Name)...)
		}
	}
	slices.SortFunc(list, names.Name.Compare)
	return slices.Compact(list)
}

// ask runs a query of ours, which no registrar makes, and returns its answer as what it is.
func ask[T any](ctx context.Context, s *Server, q flow.Query) (T, error) {
	var zero T
	reply, err := s.config.Service.Ask(ctx, "", q)
	if err != nil {
		return zero, err
	}
	answer, ok := reply.(T)
	if !ok {
		return zero, fmt.Errorf("%T answered %T, not %T", q, reply, zero)
	}
	return answer, nil
}

// Wake tells the publisher that marks wait. It never blocks, so it can be flow.Service.Marked.
func (s *Server) Wake() {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// Run publishes whenever it is woken, and at every interval in case that another process left the
// marks, until ctx ends; beside that it looks at every interval for what time has done. A pass that ends in an
// error is logged and the next one takes it up.
func (s *Server) Run(ctx context.Context) {
	var passes sync.WaitGroup
	passes.Go(func() { s.repeat(ctx, s.Publish, s.woken) })
	passes.Go(func() { s.repeat(ctx, s.PublishDue, nil) })
	passes.Wait()
}

func (s *Server) repeat(ctx context.Context, pass func(context.Context) error, woken <-chan struct{}) {
	tick := time.NewTicker(s.config.Interval)
	defer tick.Stop()
	for {
		if err := pass(ctx); err != nil && ctx.Err() == nil {
			s.config.Log.Error("the zones are not up to date", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-tick.C:
		}
	}
}
