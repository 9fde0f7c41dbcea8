// Package dns owns the published zones: their contents in memory, the answers to queries, and the
// publisher that follows the registry's marks. It decides nothing about a name: what is delegated
// is flow's to say. Architecture sections 1.6 and 3, decisions 6.1.
package dns

import (
	"cmp"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// Config is what a Server needs. What is zero from TTL on takes the default that stands beside it.
type Config struct {
	Service *flow.Service // its profile's zones are served

	// Nameservers are the registry's own, in the NS set of every zone; the first is the SOA's
	// MNAME. Addresses are served for those that are below a zone of ours.
	Nameservers []flow.Nameserver
	Mailbox     names.Name // the SOA's RNAME, "hostmaster.nic.co" for hostmaster@nic.co

	// Apexes are of zones that differ from that. What is zero of one's TTL and Timer is that of all.
	Apexes map[names.Name]Apex

	// ChildNotify takes a NOTIFY of the zone of a name, and reports whether the registry takes such. It must not wait. Nil:
	// none are.
	ChildNotify func(ChildNotice) bool

	// Lease says whether this process publishes, and with what its writes have to go along. Nil if
	// nobody else can.
	Lease func() (registry.Fence, bool)

	TTL   TTLs
	Timer Timers

	Interval time.Duration // between looks for marks when nothing wakes the publisher; 500 ms
	Batch    int           // marks that are published together; 1,000
	Page     int           // names that Load reads at once; 10,000

	// Keys sign the zones. Nil: they are not signed here, and go to somebody who does.
	Keys   Keyring
	Resign time.Duration // between looks for signatures that end soon; a minute

	Compare time.Duration // between comparisons of the zones with the registry; a day

	Breaker Breaker
	Limits  Limits
	Options Options
	Cookies Cookies

	Transfer Transfer // who may have the zones, and is told of their changes

	// Served is called by the publisher for each change of a name that is served, with the time since its commit. Nil: nobody
	// wants to know.
	Served func(origin names.Name, after time.Duration)

	Now func() time.Time // real time, for serials; time.Now
	Log *slog.Logger     // slog.Default
}

// TTLs are in seconds. Those of delegations are the profile's and the registrars'.
type TTLs struct {
	SOA      uint32 // 900
	Apex     uint32 // of the zones' own NS set and its addresses; 86,400
	Negative uint32 // RFC 2308 section 4; 900
}

// Timers are those of the SOA, in seconds, for secondaries. RFC 1912 section 2.2.
type Timers struct{ Refresh, Retry, Expire uint32 } // 1,800, 900, 1,209,600

// A Server answers for the zones of a profile. Make it with New, fill it with Load, keep it up to
// date with Run. Until Load has succeeded once it answers SERVFAIL.
type Server struct {
	config Config
	zones  *zones
	loaded atomic.Bool

	publishing sync.Mutex     // Load and Publish, one at a time; it guards what follows
	under      registry.Fence // that the zones were loaded under
	unsure     bool           // whether what was written last is there
	look       *look          // what time has done; another with each load
	fuse       *fuse
	aside      map[registry.Mark]struct{} // marks that are set aside, without their versions
	based      publicPolicy               // that all delegations were last looked at under
	users      map[zone.Name]int
	fixedNames map[zone.Name]struct{}
	guards     map[zone.Name]struct{} // that are never delegated; it does not change

	woken     chan struct{} // holds one wake-up at most
	published func(origin zone.Name, serial uint32, changed []int64)
	freshness freshness
	troubles  troubles

	rekeyed chan struct{}         // holds one wake-up at most, for who tends the keys
	told    atomic.Bool           // that keys are to be looked at
	asked   map[names.Name]string // the versions of keys in the database, as they were at askedAt; of who tends the keys
	askedAt time.Time

	*Answerer
	transfers *transfers
	aheads    aheads
	arrivals  arrivals
}

// New returns a Server that serves nothing yet. It refuses a Config without name servers.
func New(config Config) (*Server, error) {
	config = withDefaults(config)
	all, err := newZones(config)
	if err != nil {
		return nil, err
	}
	s := &Server{
		config: config,
		zones:  all,
		woken:  make(chan struct{}, 1), rekeyed: make(chan struct{}, 1), asked: map[names.Name]string{},
		fuse: newFuse(all), aside: map[registry.Mark]struct{}{},
	}
	s.Answerer, err = NewAnswerer(AnswererConfig{
		ZoneFor: s.zoneFor, Loaded: s.answering, ChildNotify: config.ChildNotify, Limits: config.Limits, Options: config.Options, Cookies: config.Cookies, Log: config.Log,
	})
	if err != nil {
		return nil, err
	}
	s.published, s.special = s.notify, s.respondSpecial
	s.guards = s.guarded()
	s.arrivals.seen = map[arrivalKey][]Arrival{}
	told := config.Transfer.Seen
	config.Transfer.Seen = func(seen Seen) {
		s.arrivals.note(seen)
		if told != nil {
			told(seen)
		}
	}
	if s.transfers, err = newTransfers(config.Transfer, s); err != nil {
		return nil, err
	}
	s.places.secondaries = s.transfers.roomsAt
	return s, nil
}

func withDefaults(c Config) Config {
	c.TTL.SOA = cmp.Or(c.TTL.SOA, 900)
	c.TTL.Apex = cmp.Or(c.TTL.Apex, 86_400)
	c.TTL.Negative = cmp.Or(c.TTL.Negative, 900)
	c.Timer.Refresh = cmp.Or(c.Timer.Refresh, 1_800)
	c.Timer.Retry = cmp.Or(c.Timer.Retry, 900)
	c.Timer.Expire = cmp.Or(c.Timer.Expire, 1_209_600)
	c.Interval = cmp.Or(c.Interval, 500*time.Millisecond)
	c.Batch = cmp.Or(c.Batch, 1_000)
	c.Page = cmp.Or(c.Page, 10_000)
	c.Resign = cmp.Or(c.Resign, time.Minute)
	c.Compare = cmp.Or(c.Compare, 24*time.Hour)
	c.Breaker.Least = cmp.Or(c.Breaker.Least, 1_000)
	c.Breaker.Most = cmp.Or(c.Breaker.Most, 0.25)
	c.Breaker.Few = cmp.Or(c.Breaker.Few, 10)
	c.Breaker.Span = cmp.Or(c.Breaker.Span, time.Hour)
	c.Log = cmp.Or(c.Log, slog.Default())
	if c.Lease == nil {
		c.Lease = func() (registry.Fence, bool) { return registry.Fence{}, true }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}
