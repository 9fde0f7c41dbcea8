package flow

import (
	"context"
	"sync"
)

// turns let one at a time do something, for each name: of a secret that is guessed by a hundred at once, so that
// each guess counts before the next is looked at. The zero turns has nobody waiting.
type turns struct {
	mu   sync.Mutex
	list map[string]*turn
}

// A turn is one name's.
type turn struct {
	free    chan struct{} // holds one value while nobody has the turn
	waiting int           // who has it or waits for it
}

// take waits until nobody else has the turn of that name.
func (s *turns) take(ctx context.Context, name string) (leave func(), err error) {
	s.mu.Lock()
	t, ok := s.list[name]
	if !ok {
		if s.list == nil {
			s.list = map[string]*turn{}
		}
		t = &turn{free: make(chan struct{}, 1)}
		t.free <- struct{}{}
		s.list[name] = t
	}
	t.waiting++
	s.mu.Unlock()
	gone := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if t.waiting--; t.waiting == 0 {
			delete(s.list, name)
		}
	}
	select {
	case <-t.free:
		return func() { t.free <- struct{}{}; gone() }, nil
	case <-ctx.Done():
		gone()
		return nil, ctx.Err()
	}
}
