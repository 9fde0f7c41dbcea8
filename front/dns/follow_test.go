package dns_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/secondary"
	"example.org/dorado/test/world"
)

// A followed is a server on a world, with secondaries that follow it.
type followed struct {
	*dns.Server
	address string
	key     dns.Key
	at      map[string]netip.AddrPort
}

// follow starts a server that signs, or not, with secondaries of these names. Signatures follow real time.
func follow(t *testing.T, w *world.World, signed bool, programs ...string) followed {
	t.Helper()
	f := followed{key: aKey(t, "hmac-sha256"), at: map[string]netip.AddrPort{}}
	for _, program := range programs {
		f.at[program] = secondary.Address(t)
	}
	f.Server = f.server(t, w, signed)
	f.address = listen(t, f.Server)
	f.begin(t)
	return f
}

// server returns a loaded server for these secondaries.
func (f followed) server(t *testing.T, w *world.World, signed bool) *dns.Server {
	t.Helper()
	c := config(w)
	c.Now = time.Now
	if signed {
		c.Keys = dns.NewKeyring(dns.KeyringConfig{
			Service: w.Service, Policy: compressed(),
			Vault: dns.SealedVault{Secret: []byte(strings.Repeat("k", dnssec.SecretBytes))},
		})
	}
	for _, program := range f.ordered() {
		c.Transfer.Secondaries = append(c.Transfer.Secondaries, dns.Secondary{Name: program, Key: f.key, Notify: f.at[program]})
	}
	s, err := dns.New(c)
	if err == nil {
		err = s.Load(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// begin has the server follow its secondaries until t ends.
func (f followed) begin(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { f.Follow(ctx); close(ended) }()
	t.Cleanup(func() { stop(); <-ended })
}

// await waits until the secondaries are seen with what is served.
func (f followed) await(t *testing.T) {
	t.Helper()
	serial := f.Served("co").Serial()
	for end := time.Now().Add(followTime); ; time.Sleep(5 * time.Millisecond) {
		behind := 0
		for _, seen := range f.Seen() {
			if seen.Zone == zoneName(t, "co") && int32(seen.Serial-serial) < 0 {
				behind++
			}
		}
		if behind == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("waiting for %d: %+v", serial, f.Seen())
		}
	}
}

// Knot and NSD follow a thousand random changes by registrars (two hundred on PostgreSQL), by differences, and have in between and in the end what
// the registry says, signed. The programs that judge zones accept every version, each program one of four and all of them
// those at which it stops; delv validates what is there and that other types are not.
func TestRegistryIsFollowed(t *testing.T) {
	w := busy(t)
	crowd := newBustle(w, 150)
	f := follow(t, w, true, "knot", "nsd")
	for program, at := range f.at {
		secondary.Start(t, program, at, secondary.Primary{Address: f.address, Key: f.key.String(), Zones: []string{"co"}})
	}
	f.await(t)
	random := rand.New(rand.NewPCG(5, 5))
	judges, judged := secondary.Judges(), newCourt(t)
	serials, pause, last := 0, 0, 1000
	if pg.Is(t) {
		last = 200 // what the database reads for it is all that is another there
	}
	for serials < last {
		before := f.Served("co").Serial()
		if random.IntN(6) == 0 {
			change(w, random)
		} else {
			crowd.one(random)
		}
		publish(t, f.Server)
		v := f.Served("co")
		if v.Serial() != before {
			judged.hear(v, judges[serials%len(judges)])
			serials++
		}
		if pause--; pause >= 0 && serials < last {
			continue
		}
		pause = random.IntN(120) // few enough for the differences to be smaller than the zone
		f.await(t)
		for program, at := range f.at {
			equalAt(t, program, dns.Fetch{Server: at.String(), Zone: zoneName(t, "co"), Key: &f.key}, v)
		}
		if got, want := unsigned(lines(v)), unsigned(f.Fresh(t, "co", line)); !slices.Equal(got, want) {
			t.Fatalf("serial %d: served\n%q\nwant\n%q", v.Serial(), got, want)
		}
		judged.hear(v, judges...)
		validate(t, f, v)
	}
	judged.adjourn()
	if c := f.TransferCounts(); c.Full != 2 || c.Incremental < uint64(last/50) {
		t.Errorf("%+v", c)
	}
}

// A court has versions judged beside the test that makes them.
type court struct {
	t        *testing.T
	hearings chan func()
	ended    chan struct{}
}

func newCourt(t *testing.T) *court {
	t.Helper()
	c := &court{t, make(chan func(), 2000), make(chan struct{})}
	for _, judge := range secondary.Judges() {
		peer.Need(t, judge.Name)
	}
	go func() {
		defer close(c.ended)
		for hearing := range c.hearings {
			hearing()
		}
	}()
	return c
}

// hear has a version judged, some time.
func (c *court) hear(v *zone.Version, judges ...secondary.Judge) {
	c.hearings <- func() {
		for _, judge := range judges {
			judge.Judge(c.t, v)
		}
	}
}

// adjourn waits until all versions are judged.
func (c *court) adjourn() {
	close(c.hearings)
	<-c.ended
}

// A bustle changes names of a registry such that nearly each change is one of the zone.
type bustle struct {
	w      *world.World
	names  []string
	ds     map[string][]registry.DS
	holds  map[string]bool
	more   map[string]bool // has a second name server, below itself or below its neighbour
	hosts  map[string]string
	second map[string]netip.Addr // address of a host
}

func newBustle(w *world.World, names int) *bustle {
	b := &bustle{
		w: w, ds: map[string][]registry.DS{}, holds: map[string]bool{}, more: map[string]bool{}, hosts: map[string]string{}, second: map[string]netip.Addr{},
	}
	w.Host(world.Acme, "ns1.provider.example")
	for i := range names {
		name := fmt.Sprintf("many%d.co", i)
		b.names = append(b.names, name)
		w.Domain(world.Acme, name, "ns1.provider.example")
		host := fmt.Sprintf("ns.many%d.co", i-i%3) // three names have a host together
		if i%3 == 0 {
			w.Host(world.Acme, host, "192.0.2.200")
		}
		b.hosts[name] = host
	}
	return b
}

// one makes one change.
func (b *bustle) one(random *rand.Rand) {
	name := b.names[random.IntN(len(b.names))]
	switch random.IntN(8) {
	case 0, 1, 2:
		b.sign(name, random)
	case 3, 4:
		edit := flow.DomainEdit{Nameservers: world.Names(b.hosts[name])}
		if b.more[name] = !b.more[name]; b.more[name] {
			b.w.Do(world.Acme, flow.DomainUpdate{Name: world.Name(name), Add: edit})
		} else {
			b.w.Do(world.Acme, flow.DomainUpdate{Name: world.Name(name), Remove: edit})
		}
	case 5:
		edit := flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}}
		if b.holds[name] = !b.holds[name]; b.holds[name] {
			b.w.Do(world.Acme, flow.DomainUpdate{Name: world.Name(name), Add: edit})
		} else {
			b.w.Do(world.Acme, flow.DomainUpdate{Name: world.Name(name), Remove: edit})
		}
	default: // one that is in the zone only while a name is delegated to it
		host := b.hosts[name]
		cmd := flow.HostUpdate{Name: world.Name(host)}
		if had := b.second[host]; had.IsValid() {
			cmd.Remove.Addresses = []netip.Addr{had}
		}
		address := netip.AddrFrom4([4]byte{192, 0, 2, byte(1 + random.IntN(100))})
		if address == b.second[host] {
			address = address.Next()
		}
		cmd.Add.Addresses, b.second[host] = []netip.Addr{address}, address
		b.w.Do(world.Acme, cmd)
	}
}

// sign gives a name a DS, or takes those that it has.
func (b *bustle) sign(name string, random *rand.Rand) {
	cmd := flow.DomainUpdate{Name: world.Name(name), DS: flow.SignerEdit{Remove: b.ds[name]}}
	b.ds[name] = nil
	if len(cmd.DS.Remove) == 0 || random.IntN(2) == 0 {
		ds := registry.DS{KeyTag: uint16(random.IntN(1 << 16)), Algorithm: 13, DigestType: 2, Digest: fmt.Sprintf("%064X", random.Uint64())}
		cmd.DS.Add, b.ds[name] = []registry.DSRecord{{DS: ds}}, []registry.DS{ds}
	}
	b.w.Do(world.Acme, cmd)
}

// validate has delv look for what a zone has, with its key as the anchor.
func validate(t *testing.T, f followed, v *zone.Version) {
	t.Helper()
	var anchors strings.Builder
	anchors.WriteString("trust-anchors {\n")
	zone.Each(v.Apex().Set(zone.TypeDNSKEY).Data(), func(data []byte) {
		if data[1] == 1 { // a key-signing key
			rr, _, err := mdns.UnpackRR(zone.Record{Owner: v.Origin(), Type: zone.TypeDNSKEY, TTL: 1, Data: data}.Append(nil), 0)
			if err != nil {
				t.Fatal(err)
			}
			key := rr.(*mdns.DNSKEY)
			fmt.Fprintf(&anchors, "  %s static-key %d %d %d %q;\n", v.Origin(), key.Flags, key.Protocol, key.Algorithm, key.PublicKey)
		}
	})
	anchors.WriteString("};\n")
	file := t.TempDir() + "/anchors"
	writeFile(t, file, anchors.String())
	host, port, _ := strings.Cut(f.address, ":")
	var secure string
	v.Nodes(func(n zone.Node) bool {
		if n.Set(zone.TypeDS) != nil && n.Set(zone.TypeNS) != nil {
			secure = n.Owner(v.Origin()).String()
		}
		return secure == ""
	})
	for _, ask := range []struct{ name, kind, want string }{
		{v.Origin().String(), "SOA", "; fully validated"},
		{v.Origin().String(), "MX", "; negative response, fully validated"},
		{secure, "DS", "; fully validated"},
		{"a.nic.co.", "AAAA", "; fully validated"},
		{"a.nic.co.", "TXT", "; negative response, fully validated"},
	} {
		if ask.name == "" {
			continue
		}
		out, err := exec.Command(peer.Need(t, "delv"), "@"+host, "-p", port, "-a", file, "+root="+v.Origin().String(), ask.name, ask.kind).CombinedOutput()
		if err != nil || !strings.Contains(string(out), ask.want) {
			t.Errorf("delv, serial %d: %s %s: %v, want %q in\n%s", v.Serial(), ask.name, ask.kind, err, ask.want, out)
		}
	}
}

// A zone that is not signed here goes to a Knot that signs it, and serves it with signatures as it changes.
func TestSignedElsewhere(t *testing.T) {
	w := busy(t)
	f := follow(t, w, false, "knot")
	secondary.Start(t, "knot", f.at["knot"], secondary.Primary{Address: f.address, Key: f.key.String(), Zones: []string{"co"}, Sign: true})
	has := func(name string, kind uint16) (found, signed bool) {
		client := mdns.Client{Net: "tcp", Timeout: 5 * time.Second}
		q := question(t, name+" "+mdns.TypeToString[kind])
		q.SetEdns0(1232, true)
		reply, _, err := client.Exchange(q, f.at["knot"].String())
		if err != nil {
			return false, false
		}
		for _, rr := range reply.Answer {
			found, signed = found || rr.Header().Rrtype == kind, signed || rr.Header().Rrtype == mdns.TypeRRSIG
		}
		return found, signed
	}
	eventually := func(what string, is func() bool) {
		t.Helper()
		for end := time.Now().Add(followTime); !is(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: not within %v", what, followTime)
			}
		}
	}
	eventually("keys", func() bool { found, signed := has("co.", mdns.TypeDNSKEY); return found && signed })
	delegate(w, world.Acme, "name1.co", "ns.name0.co")
	sign(w, "name1.co", 1)
	publish(t, f.Server)
	eventually("a DS with its signature", func() bool { found, signed := has("name1.co.", mdns.TypeDS); return found && signed })
	if f.Served("co").Links() != 0 {
		t.Error("it is signed here")
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
