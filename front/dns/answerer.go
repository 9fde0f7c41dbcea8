package dns

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"example.org/dorado/core/zone"
)

// AnswererConfig is what an Answerer needs.
type AnswererConfig struct {
	// ZoneFor returns the zone that answers for a name in wire format and lower case and a type: the deepest at or above
	// it, for DS at its apex the one above that; nil if there is none. Loaded reports whether it knows yet.
	ZoneFor func(name []byte, kind uint16) *zone.Version
	Loaded  func() bool

	// ChildNotify takes a NOTIFY of a child zone, and reports whether its registry takes such. It must not wait. Nil: none are.
	ChildNotify func(ChildNotice) bool

	Limits  Limits
	Options Options
	Cookies Cookies

	Log *slog.Logger // slog.Default
}

// Cookies are what server cookies are made with. Servers that answer under one address have the same. RFC 9018.
type Cookies struct {
	Secrets [][]byte // of 16 octets; the first one makes cookies, all are known. None: one for each day is derived from Key
	Key     []byte   // random if it is empty: cookies end with the process then
}

// An Answerer answers queries for zones by UDP and TCP. Of where they come from it knows nothing.
type Answerer struct {
	shared
	limits    Limits
	listeners listeners
	places    *places
	desks     sync.Pool // of connections

	mu      sync.Mutex
	tallies []*tally // the first one is that of connections
}

// NewAnswerer returns one that does not listen yet.
func NewAnswerer(c AnswererConfig) (*Answerer, error) {
	limits := c.Limits.WithDefaults()
	for _, s := range c.Cookies.Secrets {
		if len(s) != CookieSecretBytes {
			return nil, fmt.Errorf("dns: a cookie secret has %d octets; give it %d", len(s), CookieSecretBytes)
		}
	}
	if len(c.Options.NSID) > MaxNSID {
		return nil, fmt.Errorf("dns: the NSID has %d octets; give it %d at most", len(c.Options.NSID), MaxNSID)
	}
	key := c.Cookies.Key
	if len(key) == 0 {
		key = make([]byte, CookieSecretBytes)
		rand.Read(key) // never fails: crypto/rand documents that it ends the program instead
	}
	connections := new(tally)
	a := &Answerer{
		shared: shared{
			zoneFor: c.ZoneFor, loaded: c.Loaded, childNotify: c.ChildNotify, options: c.Options, size: limits.UDPSize, idle: limits.Idle,
			jar: newCookieJar(c.Cookies.Secrets, key), rates: newRates(limits.Rate), every: limits.Slip, log: cmp.Or(c.Log, slog.Default()),
		},
		limits:    limits,
		places:    newPlaces(limits),
		listeners: newListeners(),
		tallies:   []*tally{connections},
	}
	a.desks.New = func() any { return &desk{shared: &a.shared, tally: connections} }
	return a, nil
}

// Counts returns what was counted since the start.
func (a *Answerer) Counts() Counts {
	a.mu.Lock()
	defer a.mu.Unlock()
	return sum(a.tallies)
}

// newDesk returns a desk with a tally of its own.
func (a *Answerer) newDesk() *desk {
	d := &desk{shared: &a.shared, tally: new(tally)}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tallies = append(a.tallies, d.tally)
	return d
}

// Serve answers on sockets for UDP, among which the workers are divided, and a listener for TCP, until Shutdown, after
// which it returns nil, or until one of them fails. It closes all.
func (a *Answerer) Serve(udp []net.PacketConn, tcp net.Listener) error {
	if len(udp) == 0 {
		return errors.Join(errors.New("dns: there is no socket for UDP"), tcp.Close())
	}
	all := []io.Closer{tcp}
	for _, conn := range udp {
		all = append(all, conn)
	}
	if !a.listeners.add(all...) {
		return closeAll(all)
	}
	count := max(a.limits.Workers, len(udp)) // each socket has one at least
	ended := make(chan error, count+1)
	var workers sync.WaitGroup
	for i := range count {
		workers.Go(func() { ended <- a.serveUDP(udp[i%len(udp)], a.newDesk()) })
	}
	workers.Go(func() { ended <- a.accept(tcp, a.serveConn) })
	err := <-ended
	_ = closeAll(all)
	workers.Wait()
	if a.listeners.isClosed() {
		return nil
	}
	return fmt.Errorf("dns: %w", err)
}

func closeAll(list []io.Closer) error {
	var err error
	for _, c := range list {
		err = errors.Join(err, c.Close())
	}
	return err
}

// respond answers a message of somebody of whom it is known that it is who it says.
func (a *Answerer) respond(message []byte, from asker) []byte {
	d := a.desks.Get().(*desk)
	defer a.desks.Put(d)
	d.now, d.known = time.Now(), true
	out := slices.Clone(d.respond(message, from.from, from.transport))
	d.known = false
	return out
}
