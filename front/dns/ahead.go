package dns

import (
	"context"
	"slices"
	"sync"
	"time"

	"example.org/dorado/core/zone"
)

// A secondary that has a serial which we have never served has contents that we do not know: an older backup of the
// registry was restored, and what it publishes from here on comes to have the serials of what was lost.

// An Ahead is a secondary with such a serial.
type Ahead struct {
	Zone           zone.Name
	Secondary      string
	Serial, Served uint32    // RFC 1982
	Since          time.Time // when that was seen first
}

// aheads are those that are known.
type aheads struct {
	mu   sync.Mutex
	list []Ahead
}

// Aheads returns the secondaries that are ahead of what is served, as they were last seen; none where another node
// publishes, and where the zones are signed elsewhere, by programs that count serials of their own.
func (s *Server) Aheads() []Ahead {
	s.aheads.mu.Lock()
	defer s.aheads.mu.Unlock()
	return slices.Clone(s.aheads.list)
}

// seekAheads looks for them, and tells the log of those that are new. It reports whether this node publishes.
func (s *Server) seekAheads(ctx context.Context) (mine bool, err error) {
	s.publishing.Lock() // so that no secondary can have what is not served yet
	defer s.publishing.Unlock()
	mine, _, err = s.ours(ctx)
	var list []Ahead
	if mine && s.config.Keys != nil {
		for _, f := range s.transfers.followed() {
			if a, is := s.ahead(f); is {
				list = append(list, a)
			}
		}
	}
	s.aheads.mu.Lock()
	defer s.aheads.mu.Unlock()
	for i, a := range list {
		if was := slices.IndexFunc(s.aheads.list, a.isOf); was >= 0 {
			list[i].Since = s.aheads.list[was].Since
			continue
		}
		s.config.Log.Error("a secondary has a serial that this registry has not served: was an older backup restored? dorado zone jump makes it good",
			"secondary", a.Secondary, "zone", a.Zone.String(), "serial", a.Serial, "served", a.Served)
	}
	for _, a := range s.aheads.list {
		if mine && !slices.ContainsFunc(list, a.isOf) {
			s.config.Log.Info("a secondary is no longer ahead", "secondary", a.Secondary, "zone", a.Zone.String())
		}
	}
	s.aheads.list = list
	return mine, err
}

func (a Ahead) isOf(o Ahead) bool { return a.Zone == o.Zone && a.Secondary == o.Secondary }

// ahead reports whether a secondary is ahead, by the serial that it had when it last told: when it was asked, or when it
// came for more.
func (s *Server) ahead(f *follower) (Ahead, bool) {
	a := Ahead{Zone: f.origin, Secondary: f.Name, Served: s.zones.byOrigin[f.origin].state.Serial, Since: s.config.Now()}
	serial, is := f.lastSaid(f.origin)
	if a.Serial = serial; !is || !isNewer(serial, a.Served) {
		return a, false
	}
	f.claim(f.origin, serial)
	return a, true
}

// says notes which serial of a zone a secondary has.
func (p *peer) says(origin zone.Name, serial uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said[origin] = serial
}

func (p *peer) lastSaid(origin zone.Name) (serial uint32, is bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	serial, is = p.said[origin]
	return serial, is
}

// claim notes that a secondary has a serial of a zone that is newer than ours.
func (p *peer) claim(origin zone.Name, serial uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if had, is := p.claims[origin]; !is || isNewer(serial, had) {
		p.claims[origin] = serial
	}
}

func (p *peer) claimed(origin zone.Name) (serial uint32, is bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	serial, is = p.claims[origin]
	return serial, is
}

// strays reports whether a secondary may have other contents under a serial than we had: it was ahead of us with that
// one or a newer one. Differences would lead it astray.
func (p *peer) strays(origin zone.Name, serial uint32) bool {
	claimed, is := p.claimed(origin)
	return is && !isNewer(serial, claimed)
}
