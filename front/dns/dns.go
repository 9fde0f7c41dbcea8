// Package dns owns the published zones: their contents in memory, the answers to queries, and the
// publisher that follows the registry's marks. It decides nothing about a name: what is delegated
// is flow's to say. Architecture sections 1.6 and 3, decisions 6.1.
package dns

import (
	"cmp"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// Config is what a Server needs. What is zero from TTL on takes the default that stands beside it.
type Config struct {
	Service *flow.Service // its profile's zones are served

	// Nameservers are the registry's own, in the NS set of every zone; the first is the SOA's
	// MNAME. Addresses are served for those that are below a zone of ours.
	Nameservers []flow.Nameserver
	Mailbox     names.Name // the SOA's RNAME, "hostmaster.nic.co" for hostmaster@nic.co

	// Lease says whether this process publishes, and with what its writes have to go along. Nil if
	// nobody else can.
	Lease func() (registry.Fence, bool)

	TTL   TTLs
	Timer Timers

	Interval time.Duration // between looks for marks when nothing wakes the publisher; 500 ms
	Batch    int           // marks that are published together; 1,000
	Page     int           // names that Load reads at once; 10,000

	Limits Limits

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

// Limits bound what a stranger can hold on to.
type Limits struct {
	Connections           int           // TCP connections at a time; 1,000
	ConnectionsPerAddress int           // of one IPv4 address or IPv6 /64; 20
	Queries               int           // of one TCP connection; 1,000
	Idle                  time.Duration // until the next query begins on a TCP connection; 10 s
	Transfer              time.Duration // to receive one query or to send its answer; 5 s
	Workers               int           // UDP queries that are answered at a time; 8
}

// A Server answers for the zones of a profile. Make it with New, fill it with Load, keep it up to
// date with Run. Until Load has succeeded once it answers SERVFAIL.
type Server struct {
	config   Config
	contents atomic.Pointer[contents] // nil until loaded

	publishing sync.Mutex     // Load and Publish, one at a time
	under      registry.Fence // that the contents were loaded under
	look       *look          // what time has done; another with each load
	woken      chan struct{}  // holds one wake-up at most

	listeners listeners
	gate      *policy.Gate
}

// New returns a Server that serves nothing yet. It refuses a Config without name servers.
func New(config Config) (*Server, error) {
	if len(config.Nameservers) == 0 || config.Mailbox.IsZero() {
		return nil, errors.New("dns: name at least one name server and the mailbox of the SOA")
	}
	config = withDefaults(config)
	return &Server{
		config: config,
		woken:  make(chan struct{}, 1),
		gate:   policy.NewGate(config.Limits.Connections, config.Limits.ConnectionsPerAddress),
		listeners: listeners{
			closed: make(chan struct{}), conns: map[net.Conn]struct{}{},
		},
	}, nil
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
	c.Limits.Connections = cmp.Or(c.Limits.Connections, 1_000)
	c.Limits.ConnectionsPerAddress = cmp.Or(c.Limits.ConnectionsPerAddress, 20)
	c.Limits.Queries = cmp.Or(c.Limits.Queries, 1_000)
	c.Limits.Idle = cmp.Or(c.Limits.Idle, 10*time.Second)
	c.Limits.Transfer = cmp.Or(c.Limits.Transfer, 5*time.Second)
	c.Limits.Workers = cmp.Or(c.Limits.Workers, 8)
	c.Log = cmp.Or(c.Log, slog.Default())
	if c.Lease == nil {
		c.Lease = func() (registry.Fence, bool) { return registry.Fence{}, true }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}
