package dns

import (
	"context"
	"slices"
	"sync"
	"time"

	"example.org/dorado/core/zone"
)

// followers are who tells each secondary of each zone.
type followers struct {
	mu   sync.Mutex
	list []*follower
}

// followed returns them in the order of the configuration, and of their zones.
func (x *transfers) followed() []*follower {
	x.followers.mu.Lock()
	defer x.followers.mu.Unlock()
	return slices.Clone(x.followers.list)
}

// Follow tells secondaries of changes of the zones, and learns what they serve, until the context ends.
func (s *Server) Follow(ctx context.Context) {
	var origins []zone.Name
	for _, z := range s.zones.list {
		origins = append(origins, z.origin)
	}
	s.transfers.follow(ctx, origins)
}

func (x *transfers) follow(ctx context.Context, origins []zone.Name) {
	var running sync.WaitGroup
	var list []*follower
	for _, p := range x.peers {
		for _, origin := range origins {
			if p.gets(origin) {
				list = append(list, newFollower(p, origin, x))
			}
		}
	}
	x.followers.mu.Lock()
	x.followers.list = list
	x.followers.mu.Unlock()
	for _, f := range list {
		if f.Asks().IsValid() { // others come by themselves, and are not asked
			running.Go(func() { f.run(ctx) })
		}
	}
	running.Go(func() { x.tellRefusals(ctx) })
	running.Wait()
}

// tellRefusals tells the log of what was refused, once a minute, until the context ends.
func (x *transfers) tellRefusals(ctx context.Context) {
	tick := time.NewTicker(refusalsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			x.refusals.tell()
			return
		case <-tick.C:
			x.refusals.tell()
		}
	}
}

// notify notes that a zone has a new serial, with changes that were committed then, in microseconds since 1970. It does not
// wait.
func (s *Server) notify(origin zone.Name, serial uint32, changed []int64) {
	for _, f := range s.transfers.followed() {
		if f.origin == origin {
			f.publish(serial, changed)
			f.fresh.Store(true)
			f.wake()
		}
	}
}

// askSoon has a secondary asked at once which serial it serves.
func (s *Server) askSoon(p *peer, origin zone.Name) {
	for _, f := range s.transfers.followed() {
		if f.peer == p && f.origin == origin {
			f.came.Store(true)
			f.wake()
		}
	}
}
