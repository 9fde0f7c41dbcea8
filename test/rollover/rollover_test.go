package rollover_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/world"
)

// The zone that is rolled, below one whose KSK is the resolver's anchor; delegated names, one in twenty of them with DS.
const (
	above     = "co"
	rolled    = "com.co"
	delegated = 10_000
	signed    = delegated / 20
)

// seconds is a policy whose waits are of a second each.
func seconds() dnssec.Policy {
	p := dnssec.DefaultPolicy()
	p.KeyTTL, p.MaxTTL, p.Propagation, p.ParentTTL, p.ParentPropagation = time.Second, time.Second, time.Second, time.Second, time.Second
	p.ZSKLifetime, p.FirstAtOnce = 0, true
	return p
}

// A registry is one that signs and serves, and changes all the time.
type signedRegistry struct {
	*world.World
	server  *dns.Server
	port    int
	changes atomic.Int64
}

func open(t *testing.T) *signedRegistry {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Service.Real = time.Now
	for i := range w.Service.Profile.Versions {
		second := policy.TTLRange{Min: 1, Default: 1, Max: 2}
		w.Service.Profile.Versions[i].Terms.TTLs = map[string]policy.TTLRange{"NS": second, "DS": second, "A": second, "AAAA": second}
	}
	fill(w)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	r := &signedRegistry{World: w, port: peer.Port(t)}
	var err error
	r.server, err = dns.New(dns.Config{
		Service: w.Service, Mailbox: world.Name("hostmaster.nic.co"), Log: log,
		Nameservers: []flow.Nameserver{{Name: world.Name("ns.example.net")}},
		TTL:         dns.TTLs{SOA: 1, Apex: 1, Negative: 1}, Resign: time.Second,
		Keys: dns.NewKeyring(dns.KeyringConfig{
			Service: w.Service, Policy: seconds(), Log: log, Vault: dns.SealedVault{Secret: []byte(strings.Repeat("s", dnssec.SecretBytes))},
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.server.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.serve()
	return r
}

// fill makes 10,000 names of one: by commands it would take as long as all else.
func fill(w *world.World) {
	w.T.Helper()
	w.Host(world.Acme, "ns1.example.net")
	w.Domain(world.Acme, "plain."+rolled, "ns1.example.net")
	w.Domain(world.Acme, "signed."+rolled, "ns1.example.net")
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("signed." + rolled), DS: signer(1)})
	copies(w, "plain", "d", delegated-signed)
	copies(w, "signed", "s", signed)
}

// copies makes names of a number after a letter.
func copies(w *world.World, of, letter string, count int) {
	numbers := fmt.Sprintf("WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < %d) ", count-1)
	if w.Postgres {
		numbers = fmt.Sprintf("WITH s(n) AS (SELECT generate_series(0, %d)) ", count-1)
	}
	w.Exec(fmt.Sprintf(`INSERT INTO domain (name, roid, version, zone, sponsor, created, expires, due, body, variant)
%s SELECT '%[2]s' || n || '.%[3]s', '%[2]s' || n || '-X', version, zone, sponsor, created, expires, due,
  replace(replace(body, '"%[4]s.', '"%[2]s' || n || '.'), roid, '%[2]s' || n || '-X'), '%[2]s' || n || variant
FROM domain, s WHERE name = '%[4]s.%[3]s'`, numbers, letter, rolled, of))
	w.Exec(fmt.Sprintf(`INSERT INTO domain_host (domain, host, position)
%s SELECT '%[2]s' || n || '-X', host, position FROM domain_host, s
WHERE domain = (SELECT roid FROM domain WHERE name = '%[4]s.%[3]s')`, numbers, letter, rolled, of))
}

// signer is a DS of some key in place of all that a name has.
func signer(tag int) flow.SignerEdit {
	return flow.SignerEdit{RemoveAll: true, Add: []registry.DSRecord{{DS: registry.DS{
		KeyTag: uint16(tag), Algorithm: 13, DigestType: 2, Digest: strings.Repeat("AB", 32),
	}}}}
}

// serve answers, publishes and changes names until the test ends.
func (r *signedRegistry) serve() {
	address := fmt.Sprintf("127.0.0.1:%d", r.port)
	packets, err := net.ListenPacket("udp", address)
	if err != nil {
		r.T.Fatal(err)
	}
	streams, err := net.Listen("tcp", address)
	if err != nil {
		r.T.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { r.server.Run(ctx) })
	running.Go(func() {
		if err := r.server.Serve([]net.PacketConn{packets}, streams); err != nil && ctx.Err() == nil {
			r.T.Error(err)
		}
	})
	running.Go(func() { r.change(ctx) })
	r.T.Cleanup(func() {
		cancel()
		if err := r.server.Shutdown(context.Background()); err != nil {
			r.T.Error(err)
		}
		running.Wait()
	})
}

// change gives and takes DS and delegations of names below rolled, some twenty a second.
func (r *signedRegistry) change(ctx context.Context) {
	random := rand.New(rand.NewPCG(1, 2))
	for ctx.Err() == nil {
		update := flow.DomainUpdate{Name: world.Name(fmt.Sprintf("d%d.%s", random.IntN(500), rolled))}
		switch random.IntN(4) {
		case 0:
			update.DS = flow.SignerEdit{RemoveAll: true}
		default:
			update.DS = signer(random.IntN(1 << 16))
		}
		// A refusal is that the name has no DS to remove.
		if _, err := r.Service.Run(ctx, flow.Request{Registrar: world.Acme, Command: update}); err == nil {
			r.changes.Add(1)
		}
		r.server.Wake()
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (r *signedRegistry) keys(of string) []registry.ZoneKey {
	reply, err := r.Ask("", flow.ZoneKeyList{Zone: world.Name(of)})
	if err != nil {
		r.T.Fatal(err)
	}
	return reply.([]registry.ZoneKey)
}

// rest waits until the keys of zones are where they stay.
func (r *signedRegistry) rest(within time.Duration, of ...string) {
	r.T.Helper()
	for deadline := time.Now().Add(within); ; time.Sleep(100 * time.Millisecond) {
		var moving []string
		for _, name := range of {
			for _, k := range r.keys(name) {
				if status := dnssec.StatusOf(k, seconds()); status.Text != "in use" && status.Text != "gone" && name != above {
					moving = append(moving, fmt.Sprintf("%s %s: %s", k.ID(), k.Role, status.Text))
				} else if name == above && dnssec.IsRolling(k) {
					moving = append(moving, fmt.Sprintf("%s %s: %s", k.ID(), k.Role, status.Text))
				}
			}
		}
		if len(moving) == 0 {
			return
		}
		if time.Now().After(deadline) {
			r.T.Fatalf("after %s there are still %s", within, strings.Join(moving, "; "))
		}
	}
}

func (r *signedRegistry) roll(cmd flow.ZoneRollover) {
	r.T.Helper()
	cmd.Act = flow.Act{Author: "ana", Reason: "a test"}
	r.Do("", cmd)
	r.server.Rekey()
}

// unbound starts a resolver that has the KSK of a zone as its anchor, and is strict: each algorithm that a DS promises
// has to hold.
func (r *signedRegistry) unbound() string {
	r.T.Helper()
	peer.Need(r.T, "unbound")
	keys := r.keys(above)
	at := slices.IndexFunc(keys, func(k registry.ZoneKey) bool { return k.Role == registry.KSK })
	origin, err := zone.ParseName(above)
	if err != nil {
		r.T.Fatal(err)
	}
	port := peer.Port(r.T)
	config := filepath.Join(r.T.TempDir(), "unbound.conf")
	text := fmt.Sprintf(`server:
  interface: 127.0.0.1@%d
  access-control: 127.0.0.0/8 allow
  username: ""
  chroot: ""
  pidfile: ""
  directory: "%s"
  use-syslog: no
  verbosity: 1
  do-daemonize: no
  do-not-query-localhost: no
  module-config: "validator iterator"
  harden-algo-downgrade: yes
  qname-minimisation: no
  ede: yes
  val-log-level: 2
  num-threads: 1
  trust-anchor: "%s. DS %s"
stub-zone:
  name: "%s."
  stub-addr: 127.0.0.1@%d
stub-zone:
  name: "%s."
  stub-addr: 127.0.0.1@%d
`, port, filepath.Dir(config), above, dnssec.DSText(dnssec.DS(origin, keys[at], dnssec.DigestSHA256)), above, r.port, rolled, r.port)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		r.T.Fatal(err)
	}
	peer.Start(r.T, exec.Command("unbound", "-d", "-c", config)).Await(r.T, "start of service", 20*time.Second)
	return fmt.Sprintf("127.0.0.1:%d", port)
}

// A watch asks a resolver all the time, and keeps what it should not have answered.
type watch struct {
	resolver string
	answers  atomic.Int64
	stop     func()
	asking   sync.WaitGroup

	mu    sync.Mutex
	wrong []string
}

// A question and what its answer has to be.
type question struct {
	name   string
	kind   uint16
	rcode  int
	secure bool // with AD
	filled bool // with records
}

func questions(random *rand.Rand) []question {
	return []question{
		{above, mdns.TypeSOA, mdns.RcodeSuccess, true, true},
		{rolled, mdns.TypeSOA, mdns.RcodeSuccess, true, true},
		{rolled, mdns.TypeDNSKEY, mdns.RcodeSuccess, true, true},
		{rolled, mdns.TypeDS, mdns.RcodeSuccess, true, true},
		{rolled, mdns.TypeTXT, mdns.RcodeSuccess, true, false},
		{fmt.Sprintf("s%d.%s", random.IntN(signed), rolled), mdns.TypeDS, mdns.RcodeSuccess, true, true},
		{fmt.Sprintf("s%d.%s", random.IntN(signed), rolled), mdns.TypeDS, mdns.RcodeSuccess, true, true},
		{fmt.Sprintf("n%d.%s", random.IntN(1<<30), rolled), mdns.TypeA, mdns.RcodeNameError, false, false}, // opt-out
	}
}

func (q *watch) run(ctx context.Context) {
	random := rand.New(rand.NewPCG(3, 4))
	client := &mdns.Client{Timeout: 20 * time.Second}
	for ctx.Err() == nil {
		for _, want := range questions(random) {
			m := new(mdns.Msg).SetQuestion(mdns.Fqdn(want.name), want.kind)
			m.SetEdns0(4096, true)
			reply, _, err := client.ExchangeContext(ctx, m, q.resolver)
			if err == nil {
				err = want.judge(reply)
			}
			if err != nil && ctx.Err() == nil {
				q.mu.Lock()
				q.wrong = append(q.wrong, fmt.Sprintf("%s %s %s: %v", time.Now().Format("15:04:05.000"), want.name, mdns.TypeToString[want.kind], err))
				q.mu.Unlock()
			}
			q.answers.Add(1)
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (q question) judge(reply *mdns.Msg) error {
	why := ""
	if opt := reply.IsEdns0(); opt != nil {
		for _, option := range opt.Option {
			why += " " + option.String()
		}
	}
	switch {
	case reply.Rcode != q.rcode:
		return fmt.Errorf("%s%s", mdns.RcodeToString[reply.Rcode], why)
	case q.secure && !reply.AuthenticatedData:
		return fmt.Errorf("not secure%s", why)
	case q.filled != (len(reply.Answer) > 0):
		return fmt.Errorf("%d records%s", len(reply.Answer), why)
	}
	return nil
}

// The keys of a zone of 10,000 delegations are replaced while names change all the time: ZSK, KSK, and then the
// algorithm, 8 by 13. A resolver of others, whose anchor is the zone above, is asked all the time, keeps what it has in
// its cache for as long as it may, and finds nothing bogus. It waits in real time: on PostgreSQL, which has the same
// publisher above it, the algorithm stays, which is the longer half.
func TestRolloversUnderChange(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for caches, in real time")
	}
	r := open(t)
	postgres := r.Postgres
	r.rest(30*time.Second, rolled)
	q := r.watch()
	co, com := world.Name(above), world.Name(rolled)
	r.roll(flow.ZoneRollover{Zone: co, Role: registry.ZSK, Urgent: true})
	r.roll(flow.ZoneRollover{Zone: com, Role: registry.ZSK, Urgent: true})
	r.roll(flow.ZoneRollover{Zone: com, Role: registry.KSK})
	r.rest(time.Minute, rolled, above)
	first := q.answers.Load()
	if !postgres {
		r.roll(flow.ZoneRollover{Zone: com, Algorithm: dnssec.ECDSAP256SHA256})
		r.rest(time.Minute, rolled)
	}
	q.stop()

	q.wantRight(t)
	if first < 100 || r.changes.Load() < 50 || !postgres && q.answers.Load()-first < 100 {
		t.Errorf("%d and then %d answers, and %d changes: it was hardly looked at", first, q.answers.Load()-first, r.changes.Load())
	}
	if r.wantKeys(co, dnssec.RSASHA256, 3); postgres {
		r.wantKeys(com, dnssec.RSASHA256, 4)
		return
	}
	r.wantKeys(com, dnssec.ECDSAP256SHA256, 6)
}

// TestSoakRollovers replaces keys at random, one rollover on top of the other where that is allowed, for as long as SOAK
// says.
func TestSoakRollovers(t *testing.T) {
	length := peer.Soak(t)
	r := open(t)
	r.rest(30*time.Second, rolled)
	q := r.watch()
	random := rand.New(rand.NewPCG(5, 6))
	algorithms := []uint8{dnssec.RSASHA256, dnssec.ECDSAP256SHA256, dnssec.Ed25519}
	for end := time.Now().Add(length); time.Now().Before(end); time.Sleep(time.Duration(random.IntN(15_000)) * time.Millisecond) {
		cmd := flow.ZoneRollover{Zone: world.Name(rolled), Act: flow.Act{Author: "ana", Reason: "a test"}, Urgent: random.IntN(3) > 0}
		switch random.IntN(4) {
		case 0:
			cmd.Algorithm = algorithms[random.IntN(len(algorithms))]
		case 1:
			cmd.Role = registry.KSK
		default:
			cmd.Role = registry.ZSK
		}
		if _, err := r.Service.Run(t.Context(), flow.Request{Command: cmd}); err != nil {
			t.Log(err) // one is under way
		}
		r.server.Rekey()
		if random.IntN(3) == 0 {
			r.rest(2*time.Minute, rolled)
		}
	}
	r.rest(2*time.Minute, rolled)
	q.stop()
	q.wantRight(t)
}

// watch starts a resolver and asks it until stop.
func (r *signedRegistry) watch() *watch {
	r.T.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	q := &watch{resolver: r.unbound()}
	q.asking.Go(func() { q.run(ctx) })
	q.stop = func() {
		cancel()
		q.asking.Wait()
	}
	r.T.Cleanup(q.stop)
	return q
}

// wantRight expects that all answers were right.
func (q *watch) wantRight(t *testing.T) {
	t.Helper()
	if len(q.wrong) > 0 {
		t.Errorf("%d of %d answers were wrong:\n%s", len(q.wrong), q.answers.Load(), strings.Join(q.wrong[:min(20, len(q.wrong))], "\n"))
	}
}

// wantKeys expects a KSK and a ZSK that stay, of an algorithm, among so many that there ever were.
func (r *signedRegistry) wantKeys(of names.Name, algorithm uint8, ever int) {
	r.T.Helper()
	keys := r.keys(of.String())
	stay := slices.DeleteFunc(slices.Clone(keys), func(k registry.ZoneKey) bool { return !k.Stays() || k.Algorithm != algorithm })
	if len(keys) != ever || len(stay) != 2 {
		r.T.Errorf("%s has had %d keys, and %d of algorithm %d stay; want %d and 2", of, len(keys), len(stay), algorithm, ever)
	}
}
