package dns

import (
	"sync"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/zone"
)

// An Arrival is whether a secondary has a serial of a zone, and since when.
type Arrival struct {
	Secondary string
	Has       bool
	Serial    uint32    // that it was first seen with, of those that are not older; 0 if it has none
	At        time.Time // when; zero if it had that when it was first asked after our start, so that nobody knows
}

// arrivals are what secondaries were seen with since the start, the last maxArrivals of each.
type arrivals struct {
	mu   sync.Mutex
	seen map[arrivalKey][]Arrival // in order of time
}

type arrivalKey struct {
	origin    zone.Name
	secondary string
}

// maxArrivals is how many serials of each secondary and zone are remembered.
const maxArrivals = 4096

// note is called when a secondary is first seen to serve a serial.
func (a *arrivals) note(s Seen) {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := arrivalKey{s.Zone, s.Secondary}
	if a.seen[key] == nil {
		s.At = time.Time{} // since when it serves what it was first seen with, nobody knows
	}
	list := append(a.seen[key], Arrival{s.Secondary, true, s.Serial, s.At})
	if len(list) > maxArrivals {
		list = list[len(list)-maxArrivals:]
	}
	a.seen[key] = list
}

// Arrivals returns whether each secondary that is asked has a serial of a zone, or a later one, and since when. One that
// is ahead of what is served has something else, and is left out.
func (s *Server) Arrivals(origin names.Name, serial uint32) []Arrival {
	s.arrivals.mu.Lock()
	defer s.arrivals.mu.Unlock()
	var found []Arrival
	for _, seen := range s.Seen() {
		if seen.Zone == wire(origin) && seen.Asked && (seen.Looked.IsZero() || !isNewer(seen.Serial, seen.Published)) {
			found = append(found, s.arrivals.first(seen, serial))
		}
	}
	return found
}

// first returns when a secondary was first seen with a serial or a later one.
func (a *arrivals) first(seen Seen, serial uint32) Arrival {
	for _, arrival := range a.seen[arrivalKey{seen.Zone, seen.Secondary}] {
		if !isNewer(serial, arrival.Serial) && !isNewer(arrival.Serial, seen.Published) {
			return arrival
		}
	}
	return Arrival{Secondary: seen.Secondary}
}
