package dns

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/zone"
)

// Served returns what is served of a zone.
func (s *Server) Served(origin string) *zone.Version { return s.version(wireText(origin)) }

// IsLatest reports whether what is served of a zone may go to secondaries.
func (s *Server) IsLatest(origin string) bool { return s.isLatest(s.Served(origin)) }

func wireText(origin string) zone.Name {
	n, err := names.Parse(origin)
	if err != nil {
		panic(err)
	}
	return wire(n)
}

// Fresh returns the records of a zone as the registry has it now, made anew, each as text and in order.
func (s *Server) Fresh(t *testing.T, origin string, line func(zone.Record) string) []string {
	t.Helper()
	fresh, err := s.build(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	fresh[wireText(origin)].Records(func(r zone.Record) bool {
		list = append(list, line(r))
		return true
	})
	slices.Sort(list)
	return list
}

// Diffs is diffs by the name of the zone.
func (s *Server) Diffs(ctx context.Context, origin string, from uint32) ([]zone.Diff, error) {
	return s.diffs(ctx, wireText(origin), from)
}

// KeepNow writes the pages of all zones.
func (s *Server) KeepNow(ctx context.Context) error {
	for _, z := range s.zones.list {
		k, mine := s.keeping(ctx, z)
		if !mine {
			return errElsewhere
		}
		if err := s.keepZone(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

// Afresh has the server answer from what the registry says now, made anew and not kept, and returns it.
func (s *Server) Afresh(t *testing.T) *Server {
	t.Helper()
	fresh, err := s.build(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, z := range s.zones.list {
		z.version.Store(fresh[z.origin])
	}
	return s
}

// Respond answers one message as it comes by UDP or TCP, without a socket.
func (s *Server) Respond(message []byte, tcp bool) []byte {
	d := s.newDesk()
	d.now = time.Now()
	t := overUDP
	if tcp {
		t = overTCP
	}
	return d.respond(message, netip.MustParseAddr("198.51.100.7"), t)
}

// MaxUDP is the longest answer by UDP.
const MaxUDP = maxUDP

// NextSerial is how a zone's serial goes on.
func NextSerial(serial, now uint32) uint32 { return nextSerial(serial, now) }

// BothEnter reports whether a stranger has a place beside another one, where a network has one.
func BothEnter(first, second netip.Addr) bool {
	p := newPlaces(Limits{Connections: 10, ConnectionsPerAddress: 1})
	p.enter(nil, first)
	entered, _ := p.enter(nil, second)
	return entered != nil
}

// FollowNowhere has the server know what its secondaries say of a zone by Say alone.
func (s *Server) FollowNowhere(origin string) {
	for _, p := range s.transfers.peers {
		s.transfers.followers.list = append(s.transfers.followers.list, newFollower(p, wireText(origin), s.transfers))
	}
}

// Published notes serials of a zone as if they had been published.
func (s *Server) Published(origin string, serials ...uint32) {
	for _, serial := range serials {
		for _, f := range s.transfers.followed() {
			f.publish(serial, []int64{f.now().UnixMicro()})
		}
	}
}

// Say has a secondary say which serial it serves, at an instant.
func (s *Server) Say(secondary, origin string, serial uint32, at time.Time) {
	for _, f := range s.transfers.followed() {
		if f.Name == secondary && f.origin == wireText(origin) {
			f.now = func() time.Time { return at }
			f.learn(serial, nil)
		}
	}
}

// Held returns the first of what holds names back, nil if nothing does.
func (s *Server) Held() *Held {
	if list := s.Holds(); len(list) > 0 {
		return &list[0]
	}
	return nil
}

// Allowed returns how many of a zone's names may go.
func (b Breaker) Allowed(names int) int { return b.allowed(names) }

// KeepBare writes the pages of all zones, and keeps none of the steps.
func (s *Server) KeepBare(ctx context.Context) error {
	for _, z := range s.zones.list {
		k, mine := s.keeping(ctx, z)
		if !mine {
			return errElsewhere
		}
		k.steps = -1
		if err := s.keepZone(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

// Come has a secondary come for what is new of a zone since a serial.
func (s *Server) Come(secondary, origin string, serial uint32) {
	for _, p := range s.transfers.peers {
		if p.Name == secondary {
			p.says(wireText(origin), serial)
		}
	}
}

// Strays reports whether a secondary gets no differences from a serial.
func (s *Server) Strays(secondary, origin string, serial uint32) (strays bool) {
	for _, p := range s.transfers.peers {
		strays = strays || p.Name == secondary && p.strays(wireText(origin), serial)
	}
	return strays
}

// Silent has a secondary of a zone not answer.
func (s *Server) Silent(secondary, origin string, err error) {
	for _, f := range s.transfers.followed() {
		if f.Name == secondary && f.origin == wireText(origin) {
			f.serves()
			f.learn(0, err)
		}
	}
}
