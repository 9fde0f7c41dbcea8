package dns

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"example.org/dorado/core/zone"
)

// Transfer says who may transfer the zones and is told of their changes.
type Transfer struct {
	Secondaries []Secondary
	Limits      TransferLimits

	// Seen is called when a secondary is first seen to serve a serial, from a goroutine of that secondary and zone. Nil
	// if nobody wants to know.
	Seen func(Seen)

	// Arrived is called for each change of a name that a secondary is first seen to serve, with the time since its commit,
	// from the same goroutine. Nil if nobody wants to know.
	Arrived func(origin zone.Name, secondary string, after time.Duration)
}

// A Secondary is a server of others that serves our zones too.
type Secondary struct {
	Name string // for operators
	Key  Key    // with which both sign. Several may share one.

	// Addresses are where it may come from; none means from anywhere.
	Addresses []netip.Prefix
	// Zones are those that it gets; none means all.
	Zones []zone.Name

	// Notify is where it is told of changes, such as 192.0.2.1:53; the zero value if it is not.
	Notify netip.AddrPort
	// Ask is where it is asked which serial it serves; Notify if it is the zero value.
	Ask netip.AddrPort

	TLS bool // it transfers over TLS only. RFC 9103
	// Certificate is the SHA-256 of the certificate that it has to show, and implies TLS; nil if none is asked for.
	Certificate *[sha256.Size]byte
}

// TransferLimits bound what secondaries can hold on to. What is zero takes the default that stands beside it.
type TransferLimits struct {
	AtOnce  int // transfers at a time, in all; 64
	AtOnceA int // of one secondary; 16

	Connections int           // by TCP, of one secondary, beside those that strangers have; 64
	Wait        time.Duration // for a place among these, before REFUSED; 5 s
	Stall       time.Duration // in which a secondary takes nothing; 30 s
	Length      time.Duration // of one transfer; 30 min

	NotifyGap   time.Duration // between two NOTIFY of one zone to one secondary; 100 ms
	NotifyWait  time.Duration // for the answer to one, or to the question for its serial; 2 s
	NotifyRetry time.Duration // after one without an answer, twice as long each time up to 60 times; 1 s
	LookGap     time.Duration // between two questions for the serial of a secondary that is behind; 10 ms, growing to 2 s
	LookRest    time.Duration // between two of one that is not; 5 min
}

func (l TransferLimits) withDefaults() TransferLimits {
	l.AtOnce = cmp.Or(l.AtOnce, 64)
	l.AtOnceA = cmp.Or(l.AtOnceA, 16)
	l.Connections = cmp.Or(l.Connections, 64)
	l.Wait = cmp.Or(l.Wait, 5*time.Second)
	l.Stall = cmp.Or(l.Stall, 30*time.Second)
	l.Length = cmp.Or(l.Length, 30*time.Minute)
	l.NotifyGap = cmp.Or(l.NotifyGap, 100*time.Millisecond)
	l.NotifyWait = cmp.Or(l.NotifyWait, 2*time.Second)
	l.NotifyRetry = cmp.Or(l.NotifyRetry, time.Second)
	l.LookGap = cmp.Or(l.LookGap, 10*time.Millisecond)
	l.LookRest = cmp.Or(l.LookRest, 5*time.Minute)
	return l
}

// check says what is wrong with what is configured of the secondaries.
func (t Transfer) check() error {
	keys := map[zone.Name]Key{}
	seen := map[string]bool{}
	for _, s := range t.Secondaries {
		if s.Name == "" || seen[s.Name] {
			return fmt.Errorf("dns: the name %q of a secondary; give each a name of its own", s.Name)
		}
		seen[s.Name] = true
		if err := s.Key.check(); err != nil {
			return fmt.Errorf("dns: the secondary %s: %w", s.Name, err)
		}
		if had, is := keys[s.Key.Name]; is && had.String() != s.Key.String() {
			return errors.New("dns: the key " + s.Key.Name.String() + " is there twice, with different secrets")
		}
		keys[s.Key.Name] = s.Key
	}
	return nil
}

// A peer is a secondary while the server runs.
type peer struct {
	Secondary
	places chan struct{} // one taken for each transfer that runs
	room   *room         // of its TCP connections

	mu   sync.Mutex
	last map[zone.Name]Transferred

	said   map[zone.Name]uint32 // the serials that it has, as it said last or took whole
	claims map[zone.Name]uint32 // serials that it had and we had not, the newest
}

// transfers are the secondaries of a server and what became of their requests.
type transfers struct {
	limits TransferLimits
	keys   map[zone.Name]Key
	peers  []*peer
	places chan struct{} // one taken for each transfer that runs
	counts transferCounts

	refusals  refusals
	source    versionSource
	now       func() time.Time // real time
	seen      func(Seen)
	arrived   func(origin zone.Name, secondary string, after time.Duration)
	followers followers
}

func newTransfers(t Transfer, s *Server) (*transfers, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	limits := t.Limits.withDefaults()
	x := &transfers{
		limits: limits, keys: map[zone.Name]Key{}, places: make(chan struct{}, limits.AtOnce), seen: t.Seen, arrived: t.Arrived,
		source: s, now: s.config.Now, refusals: refusals{log: s.config.Log},
	}
	for _, s := range t.Secondaries {
		x.keys[s.Key.Name] = s.Key
		x.peers = append(x.peers, &peer{
			Secondary: s, places: make(chan struct{}, limits.AtOnceA), room: &room{most: limits.Connections},
			last: map[zone.Name]Transferred{}, said: map[zone.Name]uint32{}, claims: map[zone.Name]uint32{},
		})
	}
	return x, nil
}

// gets reports whether a secondary gets a zone.
func (p *peer) gets(origin zone.Name) bool {
	return len(p.Zones) == 0 || slices.Contains(p.Zones, origin)
}

// may reports whether a request that was signed with the peer's key comes in the way that the peer has to come.
func (p *peer) may(a asker) bool {
	if len(p.Addresses) > 0 && !slices.ContainsFunc(p.Addresses, func(of netip.Prefix) bool { return of.Contains(a.from) }) {
		return false
	}
	if p.Certificate != nil {
		return a.certificate != nil && *a.certificate == *p.Certificate
	}
	return a.tls || !p.TLS
}

// roomsAt returns the rooms of the secondaries whose own addresses an address is among. One that may come from anywhere is
// known by its key only.
func (x *transfers) roomsAt(from netip.Addr) []*room {
	var list []*room
	for _, p := range x.peers {
		if p.isAt(from) {
			list = append(list, p.room)
		}
	}
	return list
}

// isAt reports whether an address is one of the peer's.
func (p *peer) isAt(from netip.Addr) bool {
	return slices.ContainsFunc(p.Addresses, func(of netip.Prefix) bool { return of.Contains(from) }) ||
		from.IsValid() && (p.Notify.Addr().Unmap() == from || p.Ask.Addr().Unmap() == from)
}

// peerOf returns the secondary that an asker with a key is, nil if it is none that gets the zone. Of several that share a
// key it is the one that is notified where the asker is, or the first.
func (x *transfers) peerOf(a asker, key, origin zone.Name) *peer {
	var found *peer
	for _, p := range x.peers {
		if p.Key.Name != key || !p.gets(origin) || !p.may(a) {
			continue
		}
		if p.Notify.IsValid() && p.Notify.Addr().Unmap() == a.from {
			return p
		}
		if found == nil {
			found = p
		}
	}
	return found
}

// note keeps what a secondary transferred last.
func (p *peer) note(origin zone.Name, t Transferred) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[origin] = t
}

func (p *peer) transferred(origin zone.Name) Transferred {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last[origin]
}
