package dns_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/secondary"
)

// followTime is how long a secondary may take to have what was published; the machine may be busy.
const followTime = time.Minute

// A rig is Knot and NSD as secondaries of a server.
type rig struct {
	key      dns.Key
	at       map[string]netip.AddrPort // where they are, by name
	transfer dns.Transfer              // for the server
	seen     chan dns.Seen
	served   map[string]uint32 // the last serial that they were seen to serve of the first zone
	zones    []string
}

// maxSeen is more than the reports of any test here.
const maxSeen = 20_000

func newRig(t testing.TB, zones ...string) *rig {
	t.Helper()
	r := &rig{
		key: aKey(t, "hmac-sha256"), at: map[string]netip.AddrPort{}, seen: make(chan dns.Seen, maxSeen),
		served: map[string]uint32{}, zones: zones,
	}
	r.transfer.Seen = func(s dns.Seen) { r.seen <- s }
	for _, program := range []string{"knot", "nsd"} {
		r.at[program] = secondary.Address(t)
		r.transfer.Secondaries = append(r.transfer.Secondaries, dns.Secondary{Name: program, Key: r.key, Notify: r.at[program]})
	}
	return r
}

// start starts them. They follow what listens at an address.
func (r *rig) start(t testing.TB, address string) {
	t.Helper()
	for program, at := range r.at {
		secondary.Start(t, program, at, secondary.Primary{Address: address, Key: r.key.String(), Zones: r.zones})
	}
}

// await waits until both are seen to serve a serial of the first zone, which they come to in order.
func (r *rig) await(t testing.TB, serial uint32) {
	t.Helper()
	timeout := time.After(followTime)
	for r.served["knot"] < serial || r.served["nsd"] < serial {
		select {
		case s := <-r.seen:
			if s.Zone != zoneName(t, r.zones[0]) {
				continue
			}
			if s.Serial < r.served[s.Secondary] {
				t.Errorf("%s goes back from %d to %d", s.Secondary, r.served[s.Secondary], s.Serial)
			}
			r.served[s.Secondary] = s.Serial
		case <-timeout:
			t.Fatalf("waiting for %d, seen %v", serial, r.served)
		}
	}
}

// equal compares what both have of the first zone with a version.
func (r *rig) equal(t testing.TB, v *zone.Version) {
	t.Helper()
	for program, at := range r.at {
		equalAt(t, program, dns.Fetch{Server: at.String(), Zone: v.Origin(), Key: &r.key}, v)
	}
}

// Knot and NSD follow by NOTIFY and incremental transfers, and have what is served at points on the way. We see which
// serial they serve, in order.
func TestSecondariesFollow(t *testing.T) {
	const changed = 100
	r := newRig(t, "test")
	p := dns.NewPrimary(t, r.transfer)
	changes := publishFirst(t, p, 500)
	origin := zoneName(t, "test")
	r.start(t, p.Address)
	p.Follow(t, origin)
	r.await(t, 1)
	random := rand.New(rand.NewPCG(1, 1))
	points, pause := 0, 0
	for serial := uint32(2); serial <= changed; serial++ {
		v := p.Publish(t, origin, serial, changes.Next())
		if pause--; pause < 0 || serial == changed { // so many changes in between, which share a transfer
			pause = random.IntN(30)
			r.await(t, v.Serial())
			r.equal(t, v)
			points++
		}
	}
	if c := p.TransferCounts(); c.Full != 2 || c.Incremental < uint64(points) || points < 4 {
		t.Errorf("counts %+v, want two whole transfers, and incremental ones", c)
	}
}

// equalAt compares what a server has with a version.
func equalAt(t testing.TB, name string, q dns.Fetch, v *zone.Version) {
	t.Helper()
	got, err := fetch(t, q)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	slices.Sort(got)
	if want := recordsOf(t, v); !slices.Equal(got, want) {
		t.Fatalf("%s has %d records at serial %d, %d are served", name, len(got), v.Serial(), len(want))
	}
}

// A server that answers nothing is told of the newest serial only, less and less often, and delays nobody.
func TestNotifyOfTheSilent(t *testing.T) {
	silent := listenUDP(t)
	key := aKey(t, "hmac-sha256")
	p := dns.NewPrimary(t, dns.Transfer{
		Secondaries: []dns.Secondary{{Name: "silent", Key: key, Notify: silent.at}},
		Limits:      dns.TransferLimits{NotifyWait: 20 * time.Millisecond, NotifyRetry: 20 * time.Millisecond},
	})
	origin := zoneName(t, "test")
	publishFirst(t, p, 5)
	p.Follow(t, origin)
	for serial := uint32(2); serial < 500; serial++ {
		p.Publish(t, origin, serial, []zone.Change{{Owner: origin, RRset: zone.RRset{
			Type: zone.TypeTXT, TTL: 60, Data: [][]byte{[]byte(fmt.Sprintf("\x03%03d", serial))},
		}}})
	}
	for {
		m := silent.next(t)
		if m.Opcode == mdns.OpcodeNotify && m.Answer[0].(*mdns.SOA).Serial == 499 {
			break
		}
	}
	if silent.count > 20 {
		t.Errorf("%d messages before that of the last of 500 serials", silent.count)
	}
	for {
		if s := p.Seen()[0]; s.NotifyErr != nil && s.LookErr != nil {
			if !s.Looked.IsZero() || s.Published != 499 || s.Behind.IsZero() {
				t.Errorf("seen %+v", s)
			}
			return
		}
		silent.next(t)
	}
}

// A silentServer receives and says nothing.
type silentServer struct {
	at    netip.AddrPort
	in    chan *mdns.Msg
	count int
}

func listenUDP(t testing.TB) *silentServer {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	s := &silentServer{at: netip.MustParseAddrPort(conn.LocalAddr().String()), in: make(chan *mdns.Msg, 1000)}
	go func() {
		defer close(s.in)
		for buf := make([]byte, 4096); ; {
			n, _, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			m := new(mdns.Msg)
			if m.Unpack(buf[:n]) == nil {
				s.in <- m
			}
		}
	}()
	return s
}

func (s *silentServer) next(t testing.TB) *mdns.Msg {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), followTime)
	defer cancel()
	select {
	case m := <-s.in:
		s.count++
		return m
	case <-ctx.Done():
		t.Fatal("nothing came")
		return nil
	}
}
