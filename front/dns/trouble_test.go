package dns_test

import (
	"crypto"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

func unhold(w *world.World, name string) {
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name(name), Remove: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}}})
}

func tenNames(t testing.TB) *world.World {
	return world.Kept(t, "ten names", func(t testing.TB) *world.World {
		w := world.New(t, noon)
		w.Host(world.Acme, "ns.example.net")
		for i := range 10 {
			w.Domain(world.Acme, fmt.Sprintf("name%d.co", i), "ns.example.net")
		}
		return w
	})
}

// breaking is a configuration whose breaker lets a tenth of a zone go, or so many names.
func breaking(w *world.World, least int) dns.Config {
	c := config(w)
	c.Breaker = dns.Breaker{Share: 0.1, Least: least, Few: 1}
	return c
}

// holdAll takes the ten names of a zone out of it.
func holdAll(w *world.World, zone string) {
	for i := range 10 {
		setStatus(w, fmt.Sprintf("name%d.%s", i, zone), registry.ClientHold)
	}
}

// A house has ten names, and starts its name server again and again, each time with keys from a token that can fail.
type house struct {
	*world.World
	config dns.Config
}

// newHouse returns one whose name server has been started once.
func newHouse(t *testing.T) *house {
	t.Helper()
	w := world.Kept(t, "a house", func(t testing.TB) *world.World {
		w := tenNames(t)
		c := config(w)
		c.Keys, _ = flakyKeys(w, "")
		loaded(t, c)
		return w
	})
	return &house{w, config(w)}
}

// token has the next start use keys that can fail for a zone, or for all if that is "".
func (h *house) token(zone string) (f flaky) {
	h.config.Keys, f = flakyKeys(h.World, zone)
	return f
}

// start starts the name server, and returns how that ended.
func (h *house) start(t *testing.T) (*dns.Server, error) {
	t.Helper()
	s, err := dns.New(h.config)
	if err != nil {
		t.Fatal(err)
	}
	return s, s.Load(t.Context())
}

// A name that goes and comes back, again and again, is one name: the breaker counts those that are away.
func TestBreakerToggle(t *testing.T) {
	w := tenNames(t)
	c := breaking(w, 5)
	s := loaded(t, c)
	for range 6 {
		setStatus(w, "name0.co", registry.ClientHold)
		publish(t, s)
		unhold(w, "name0.co")
		publish(t, s)
	}
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("name5.co"), Remove: flow.DomainEdit{Nameservers: world.Names("ns.example.net")}})
	if h := s.Held(); h != nil {
		t.Errorf("one name toggled 6 times; nothing ever left for good, and all zones are held: %v", h)
	}
	w.Domain(world.Other, "victim.com.co", "ns.example.net")
	publish(t, s)
	if nameservers(t, s, "victim.com.co.") == "" {
		t.Error("another registrar's name in another zone is not published")
	}
}

func TestBreakerRestart(t *testing.T) {
	w := tenNames(t)
	c := breaking(w, 2)
	gone := 0
	for i := range 10 {
		if i%2 == 0 {
			loaded(t, c)
		}
		setStatus(w, fmt.Sprintf("name%d.co", i), registry.ClientHold)
		s := loaded(t, c)
		publish(t, s)
		if nameservers(t, s, fmt.Sprintf("name%d.co.", i)) == "" {
			gone++
		}
	}
	if gone > 2 {
		t.Errorf("%d of 10 names left within the span, over restarts; 2 may", gone)
	}
}

func TestBreakerRebase(t *testing.T) {
	w := tenNames(t)
	c := breaking(w, 2)
	s := loaded(t, c)
	holdAll(w, "co")
	publish(t, s)
	if s.Held() == nil {
		t.Fatal("not held")
	}
	c.TTL.Apex = 3600 // an operator edits the configuration and restarts
	s = loaded(t, c)
	for i := range 10 {
		if nameservers(t, s, fmt.Sprintf("name%d.co.", i)) == "" {
			t.Fatalf("the breaker held; after a change of the configuration and a restart all are gone; held: %v", s.Held())
		}
	}
}

func TestHeldFlaps(t *testing.T) {
	w := tenNames(t)
	p := compressed()
	c := config(w)
	c.Keys = newKeyring(w, p)
	c.Resign = time.Second
	c.Breaker = dns.Breaker{Share: 0.1, Least: 2, Few: 1}
	var log strings.Builder
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	s := loaded(t, c)
	holdAll(w, "co")
	publish(t, s)
	if s.Held() == nil {
		t.Fatal("not held")
	}
	for range 6 {
		w.Pass(25 * time.Hour)
		t.Log(serial(t, s, "co."), s.Held())
		if err := s.Tend(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s.Held() == nil {
			t.Errorf("Tend cleared Held though the marks are held")
		}
		publish(t, s)
	}
	if n := strings.Count(log.String(), "the breaker keeps names"); n > 1 {
		t.Errorf("told %d times:\n%s", n, log.String())
	}
}

type flaky struct {
	dns.SealedVault
	open, sign *atomic.Bool
	zone       string
}

var errToken = errors.New("CKR_DEVICE_REMOVED")

func (f flaky) Open(k registry.ZoneKey) (crypto.Signer, error) {
	if f.open.Load() && (f.zone == "" || k.Zone.String() == f.zone) {
		return nil, errToken
	}
	p, err := f.SealedVault.Open(k)
	if f.zone != "" && k.Zone.String() != f.zone {
		return p, err
	}
	return brittle{p, f.sign}, err
}

type brittle struct {
	crypto.Signer
	fail *atomic.Bool
}

func (b brittle) Sign(r io.Reader, d []byte, o crypto.SignerOpts) ([]byte, error) {
	if b.fail.Load() {
		return nil, errToken
	}
	return b.Signer.Sign(r, d, o)
}

func flakyKeys(w *world.World, zone string) (dns.Keyring, flaky) {
	p := compressed()
	p.FirstAtOnce = true
	f := flaky{dns.SealedVault{Secret: []byte(strings.Repeat("k", dnssec.SecretBytes))}, new(atomic.Bool), new(atomic.Bool), zone}
	return dns.NewKeyring(dns.KeyringConfig{Service: w.Service, Policy: p, Now: w.Now, Vault: f}), f
}

// The keys are not to be had at a restart: what is signed and kept is served.
func TestTokenAwayAtStart(t *testing.T) {
	h := newHouse(t)
	h.token("").open.Store(true)
	s, err := h.start(t)
	if m := ask(t, s, question(t, "co. SOA")); m.Rcode != 0 {
		t.Errorf("Load: %v; the answer is rcode %d: what was signed and kept is not served", err, m.Rcode)
	}
}

// The first load fails when all else is done but a change of the configuration; once its reason is over, the next pass
// goes on.
func TestStuckAfterFailedRebase(t *testing.T) {
	h := newHouse(t)
	h.config.TTL.Apex = 3600
	token := h.token("")
	token.sign.Store(true)
	h.config.Lease = func() (registry.Fence, bool) { return registry.Fence{}, true }
	s, err := h.start(t)
	if err == nil {
		t.Fatal("it was signed without a key")
	}
	token.sign.Store(false)
	for range 3 {
		if err := s.Publish(t.Context()); err != nil {
			t.Errorf("after the fault is over: %v", err)
		}
	}
}

// A change of the configuration that cannot be signed at the start is made later.
func TestRebaseLost(t *testing.T) {
	h := newHouse(t)
	h.config.TTL.Apex = 3600
	token := h.token("")
	token.sign.Store(true)
	s, err := h.start(t)
	if err == nil {
		t.Fatal("it was signed without a key")
	}
	token.sign.Store(false)
	publish(t, s)
	if ttl := ask(t, s, question(t, "co. NS")).Answer[0].Header().Ttl; ttl != 3600 {
		t.Errorf("the TTL is %d, want that of the configuration", ttl)
	}
}

// The key of one zone cannot be opened at the start: the others are served.
func TestOneZoneBlocksAll(t *testing.T) {
	h := newHouse(t)
	h.token("nom.co").open.Store(true)
	s, err := h.start(t)
	if m := ask(t, s, question(t, "co. SOA")); m.Rcode != 0 {
		t.Errorf("a key of nom.co cannot be opened, and co is not served: %v", err)
	}
}

// The lease lapses while it is looked what has come due, and comes back with the same number: that is looked for again.
func TestLeaseBlip(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	w.Domain(world.Deleter, "lapsing.co", "ns.example.net")
	c := config(w)
	var calls, lapse atomic.Int64
	fence := registry.Fence{}
	c.Lease = func() (registry.Fence, bool) {
		n := calls.Add(1)
		return fence, lapse.Load() == 0 || n < lapse.Load()
	}
	s := loaded(t, c)
	w.At("2027-03-01T23:59:59Z")
	calls.Store(0)
	lapse.Store(2) // held at lastLook, gone at publishBatch
	publishDue(t, s)
	lapse.Store(0)
	publishDue(t, s)
	w.Pass(time.Second)
	publishDue(t, s)
	w.Pass(time.Hour)
	publishDue(t, s)
	if got := nameservers(t, s, "lapsing.co."); got != "" {
		t.Errorf("an hour after its expiry it is delegated to %q", got)
	}
}

// A change of the configuration is cut short at any operation: after another start it is whole.
func TestRebaseCrash(t *testing.T) {
	for n, more := 0, true; more; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) { more = cutShort(t, n) })
	}
}

// cutShort has an operation fail while the configuration changes, and reports whether there was one left to fail.
func cutShort(t *testing.T, n int) bool {
	h := newHouse(t)
	h.config.TTL.Negative = 300
	h.token("")
	h.Fault.After(n)
	_, failed := h.start(t)
	operations := h.Fault.Disarm()
	h.token("")
	s := loaded(t, h.config) // another start, all is well
	publish(t, s)
	for _, origin := range []string{"co", "com.co"} {
		v := s.Served(origin)
		soa, other := zone.NegativeTTL(v.Apex().Set(zone.TypeSOA)), 0
		v.Chain(func(_ zone.Hash, link zone.Set) bool {
			if link.TTL() != soa {
				other++
			}
			return true
		})
		if soa != 300 || other > 0 {
			t.Errorf("it failed with %v; after another start %s: the SOA says %d, %d NSEC3 have another TTL", failed, origin, soa, other)
		}
	}
	return operations > n
}

// What was held is taken back by its registrar: nothing is held any more.
func TestHeldStays(t *testing.T) {
	w := tenNames(t)
	c := breaking(w, 2)
	s := loaded(t, c)
	holdAll(w, "co")
	publish(t, s)
	for i := range 10 {
		unhold(w, fmt.Sprintf("name%d.co", i))
	}
	publish(t, s)
	w.Pass(2 * time.Hour)
	publish(t, s)
	if h := s.Held(); h != nil {
		t.Errorf("nothing waits, and Held says: %v", h)
	}
}

// Two zones are held at once: each is told once.
func TestHeldTwoZones(t *testing.T) {
	w := tenNames(t)
	for i := range 10 {
		w.Domain(world.Acme, fmt.Sprintf("name%d.com.co", i), "ns.example.net")
	}
	c := breaking(w, 2)
	var log strings.Builder
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	s := loaded(t, c)
	holdAll(w, "co")
	holdAll(w, "com.co")
	for range 100 {
		publish(t, s)
	}
	if n := strings.Count(log.String(), "the breaker keeps names"); n > 2 {
		t.Errorf("100 passes (50 s of real time) told %d times", n)
	}
}

// A name above a name server of the zones is registered: it is not delegated, or its registrar would answer for that.
func TestFixedDelegated(t *testing.T) {
	w := tenNames(t)
	w.Service.Profile.Zones = slices.Clone(w.Service.Profile.Zones)
	w.Service.Profile.Zones[0].Withheld = nil        // as in a profile that did not know of it
	w.Domain(world.Acme, "nic.co", "ns.example.net") // a.nic.co is the zones' own name server
	s := newServer(w)
	m := ask(t, s, question(t, "a.nic.co. A"))
	if len(m.Answer) == 0 {
		t.Errorf("the zones' own name server a.nic.co is referred to a registrar's: %v", m.Ns)
	}
}

// New records of the configuration are cut short at any operation: after another start all are there, and the zones can be
// compared, whatever those records are called.
func TestRenewBatches(t *testing.T) {
	for n, more := 0, true; more; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) { more = renewal(t, n) })
	}
}

func renewal(t *testing.T, n int) bool {
	const records = 10
	w := world.Kept(t, "an unsigned house", func(t testing.TB) *world.World {
		w := tenNames(t)
		loaded(t, config(w))
		return w
	})
	c := config(w)
	a := dns.Apex{Nameservers: c.Nameservers, Mailbox: c.Mailbox}
	for i := range records {
		set := zone.RRset{Type: zone.TypeTXT, TTL: 60, Data: [][]byte{[]byte("\x01x")}}
		a.Records = append(a.Records, zone.Change{Owner: zoneName(t, fmt.Sprintf("_r%d.co", i)), RRset: set})
	}
	c.Apexes = map[names.Name]dns.Apex{world.Name("co"): a}
	w.Fault.After(n)
	s, err := dns.New(c)
	if err != nil {
		t.Fatal(err)
	}
	failed := s.Load(t.Context())
	operations := w.Fault.Disarm()
	s = loaded(t, c)
	publish(t, s)
	missing := 0
	for i := range records {
		if m := ask(t, s, question(t, fmt.Sprintf("_r%d.co. TXT", i))); len(m.Answer) == 0 {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("it failed with %v; after another start %d of %d records are missing", failed, missing, records)
	}
	if wrong, err := s.Compare(t.Context()); err != nil || len(wrong) > 0 {
		t.Errorf("compared with the registry: %v, %v", wrong, err)
	}
	return operations > n
}

// The key of one zone signs no more while the server runs: the others are published.
func TestOneZoneBlocksPublishing(t *testing.T) {
	w := tenNames(t)
	c := config(w)
	var f flaky
	c.Keys, f = flakyKeys(w, "nom.co")
	s := loaded(t, c)
	w.Domain(world.Acme, "before.co", "ns.example.net")
	publish(t, s)
	f.sign.Store(true)
	w.Domain(world.Acme, "x.nom.co", "ns.example.net")
	w.Domain(world.Acme, "after.co", "ns.example.net")
	if err := s.Publish(t.Context()); err == nil {
		t.Error("nobody is told")
	}
	w.Domain(world.Acme, "later.co", "ns.example.net")
	err := s.Publish(t.Context())
	if nameservers(t, s, "later.co.") == "" {
		t.Errorf("a key of nom.co fails, and nothing is published in co: %v", err)
	}
}
