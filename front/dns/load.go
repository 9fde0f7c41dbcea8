package dns

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// Load reads all delegations and serves them from then on in place of what was served before. What
// changes while it reads has left a mark and is published afterwards.
func (s *Server) Load(ctx context.Context) error {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	return s.load(ctx)
}

// Loaded reports whether the server has zones to answer with.
func (s *Server) Loaded() bool { return s.contents.Load() != nil }

func (s *Server) load(ctx context.Context) error {
	under, _ := s.config.Lease()
	began := s.firstLook()
	fresh := newContents(s.config.Service.Profile.Zones, s.config.Nameservers, s.config.Service.Terms().DefaultTTLs(), s.now())
	hosts, err := s.hosts(ctx)
	if err != nil {
		return fmt.Errorf("load the zones: %w", err)
	}
	err = s.delegations(ctx, hosts, func(list []flow.Delegation) {
		for _, d := range list {
			fresh.set(d)
		}
	})
	if err != nil {
		return fmt.Errorf("load the zones: %w", err)
	}
	clear(fresh.touched)
	if old := s.contents.Load(); old != nil {
		for origin, z := range fresh.zones {
			z.serial = nextSerial(old.serial(origin), z.serial)
		}
	}
	s.contents.Store(fresh)
	s.under, s.look = under, began
	return nil
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
