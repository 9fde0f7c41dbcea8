package dns_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/secondary"
	"example.org/dorado/test/world"
)

// zoneTables are where the state of the zones is.
var zoneTables = []string{"zone", "zone_step", "zone_page"}

// An older backup is restored: Knot and NSD have serials that the registry does not know. It sees that, and sends them no
// differences from there; told to, it goes on beyond these serials, and they have what it has, by differences again from
// then on, also after a restart.
func TestRestoredBackup(t *testing.T) {
	w := busy(t)
	crowd := newBustle(w, 150)
	random := rand.New(rand.NewPCG(9, 9))
	f := follow(t, w, true, "knot", "nsd")
	for program, at := range f.at {
		secondary.Start(t, program, at, secondary.Primary{Address: f.address, Key: f.key.String(), Zones: []string{"co"}})
	}
	f.await(t)
	for _, table := range zoneTables {
		w.Exec("CREATE TABLE backup_" + table + " AS SELECT * FROM " + table)
	}
	kept := f.Served("co").Serial()
	for range 80 {
		crowd.one(random)
		publish(t, f.Server)
	}
	f.await(t)
	lost := f.Served("co").Serial()

	if err := f.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, table := range zoneTables {
		w.Exec("DELETE FROM " + table)
		w.Exec("INSERT INTO " + table + " SELECT * FROM backup_" + table)
	}
	g := f.again(t, w)
	for g.Served("co").Serial() == kept { // some changes are none of the zone
		crowd.one(random)
		publish(t, g.Server)
	}
	if now := g.Served("co").Serial(); now <= kept || now >= lost {
		t.Fatalf("serial %d is not between %d of the backup and %d that was lost", now, kept, lost)
	}
	aheads := func() []dns.Ahead {
		t.Helper()
		if err := g.Attend(t.Context()); err != nil {
			t.Fatal(err)
		}
		return g.Aheads()
	}
	for end := time.Now().Add(followTime); len(aheads()) < 2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("ahead are %+v of %+v", g.Aheads(), g.Seen())
		}
	}
	for _, a := range g.Aheads() {
		if a.Serial != lost || a.Zone != zoneName(t, "co") || a.Served >= lost {
			t.Errorf("ahead is %+v", a)
		}
	}
	act := flow.Act{Author: "ana", Reason: "restored"}
	jump := w.Do("", flow.ZoneJump{Act: act, Zone: world.Name("co"), Seen: []uint32{lost}}).(registry.ZoneJump)
	if left := aheads(); len(left) != 0 && len(aheads()) != 0 {
		t.Errorf("after the jump there are ahead %+v", left)
	}
	if now := g.Served("co").Serial(); now != jump.To || now <= lost {
		t.Fatalf("it jumped to %d, asked for was %d", now, jump.To)
	}
	equal := func() {
		t.Helper()
		g.await(t)
		for program, at := range g.at {
			equalAt(t, program, dns.Fetch{Server: at.String(), Zone: zoneName(t, "co"), Key: &g.key}, g.Served("co"))
		}
	}
	equal()
	whole := g.TransferCounts()
	for range 10 {
		crowd.one(random)
		publish(t, g.Server)
		g.await(t)
	}
	equal()
	if c := g.TransferCounts(); c.Full != whole.Full || c.Incremental < whole.Incremental+2 {
		t.Errorf("after the jump there were %+v, then %+v", whole, c)
	}
	h := g.server(t, w, true)
	if got, want := lines(h.Served("co")), lines(g.Served("co")); !slices.Equal(got, want) {
		t.Errorf("after a restart\n%q\nwant\n%q", got, want)
	}
	for _, serial := range []uint32{kept, lost, jump.To - 1} {
		if diffs, err := h.Diffs(t.Context(), "co", serial); err != nil || diffs != nil {
			t.Errorf("after a restart there are differences from %d: %v", serial, err)
		}
	}
	if diffs, err := h.Diffs(t.Context(), "co", jump.To); err != nil || len(diffs) == 0 {
		t.Errorf("after a restart there are no differences from the jump on: %v", err)
	}
}

// again starts another server at the address of one that was shut down, for the same secondaries.
func (f followed) again(t *testing.T, w *world.World) followed {
	t.Helper()
	f.Server = f.server(t, w, true)
	tcp, err := net.Listen("tcp", f.address)
	if err != nil {
		t.Fatal(err)
	}
	udp, err := net.ListenPacket("udp", f.address)
	if err != nil {
		t.Fatal(err)
	}
	serving(t, f.Server, udp, tcp)
	f.begin(t)
	return f
}

// A jump is cut short at an operation, of thousands since all pages are written: it is made once, by that pass or the next, the zone is what it was, and no
// differences lead from before it.
func TestJumpFaults(t *testing.T) {
	for n, more := 0, true; more; n += 1 + n/3 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			w := busy(t)
			delegate(w, world.Acme, "name1.co", "ns.name0.co")
			s := start(w, true)
			before := unsignedNow(s)
			from := s.Served("co").Serial()
			act := flow.Act{Author: "ana", Reason: "restored"}
			to := w.Do("", flow.ZoneJump{Act: act, Zone: world.Name("co")}).(registry.ZoneJump).To
			w.Fault.After(n)
			_ = s.Attend(t.Context()) // what it says depends on what failed
			more = w.Fault.Disarm() > n
			if err := s.Attend(t.Context()); err != nil {
				t.Fatal(err)
			}
			if s.Served("co").Serial() != to || !slices.Equal(unsignedNow(s), before) {
				t.Errorf("the serial is %d, want %d; the zone is\n%q\nwant\n%q", s.Served("co").Serial(), to, unsignedNow(s), before)
			}
			if diffs, err := s.Diffs(t.Context(), "co", from); err != nil || diffs != nil {
				t.Errorf("differences lead over the jump: %v", err)
			}
			if again := start(w, true); again.Served("co").Serial() != to || !slices.Equal(unsignedNow(again), before) {
				t.Errorf("after a restart the serial is %d, want %d", again.Served("co").Serial(), to)
			}
			if err := s.Attend(t.Context()); err != nil || s.Served("co").Serial() != to {
				t.Errorf("it jumps again: %d, %v", s.Served("co").Serial(), err)
			}
		})
	}
}

func unsignedNow(s *dns.Server) []string { return unsigned(lines(s.Served("co"))) }

// A secondary that comes with a serial which we have not reached is sent the zone whole when we have: what it has under
// that serial is something else.
func TestNoDifferencesForAStray(t *testing.T) {
	p, _ := newPrimary(t, 50)
	origin := zoneName(t, "test")
	change := func(serial uint32) {
		text := zone.RRset{Type: zone.TypeTXT, TTL: 60, Data: [][]byte{{1, byte(serial)}}}
		p.Publish(t, origin, serial, []zone.Change{{Owner: origin, RRset: text}})
	}
	if got := ixfr(t, p, "tcp", 30); len(got) != 1 {
		t.Errorf("who is ahead is sent %d records, want the SOA", len(got))
	}
	for _, serial := range []uint32{20, 30, 40} {
		change(serial)
	}
	if got := ixfr(t, p, "tcp", 30); !strings.Contains(got[0], " 40 ") || strings.Contains(got[1], "\tSOA\t") {
		t.Errorf("from a serial that was its own it is sent differences:\n%s", strings.Join(got[:2], "\n"))
	}
	if got := ixfr(t, p, "tcp", 40); len(got) != 1 {
		t.Errorf("from the serial that is served there are %d records", len(got))
	}
	change(50)
	if got := ixfr(t, p, "tcp", 40); !strings.Contains(got[1], "\tSOA\t") {
		t.Errorf("from our serial it is sent the whole zone:\n%s", strings.Join(got[:2], "\n"))
	}
}

// ordered are the secondaries in order of name.
func (f followed) ordered() []string { return slices.Sorted(maps.Keys(f.at)) }

// What has left a zone within the breaker's span is counted over a jump and a restart.
func TestJumpKeepsCount(t *testing.T) {
	w := tenNames(t)
	c := breaking(w, 2)
	s := loaded(t, c)
	setStatus(w, "name0.co", registry.ClientHold)
	setStatus(w, "name1.co", registry.ClientHold)
	publish(t, s)
	w.Do("", flow.ZoneJump{Act: flow.Act{Author: "ana", Reason: "restored"}, Zone: world.Name("co")})
	if err := s.Attend(t.Context()); err != nil {
		t.Fatal(err)
	}
	s = loaded(t, c)
	setStatus(w, "name2.co", registry.ClientHold)
	publish(t, s)
	if there(t, s, "name0.co", "name1.co") != 0 || there(t, s, "name2.co") != 1 || s.Held() == nil {
		t.Errorf("two of ten may leave, and did before the jump; held: %v", s.Held())
	}
}

// A zone that is to jump and whose key is away is not written down at each attempt.
func TestJumpWaitsForKeys(t *testing.T) {
	w := tenNames(t)
	c := config(w)
	c.Keys, _ = flakyKeys(w, "")
	loaded(t, c)
	keys, f := flakyKeys(w, "nom.co")
	c.Keys = keys
	f.open.Store(true)
	s, err := dns.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	act := flow.Act{Author: "ana", Reason: "restored"}
	to := w.Do("", flow.ZoneJump{Act: act, Zone: world.Name("nom.co")}).(registry.ZoneJump).To
	const many = 1_000_000
	w.Fault.After(many)
	if err := s.Attend(t.Context()); err == nil || !strings.Contains(err.Error(), "the jump of nom.co") {
		t.Errorf("it says %v", err)
	}
	if n := w.Fault.Disarm(); n > zone.Pages/10 {
		t.Errorf("an attempt takes %d operations of the database", n)
	}
	f.open.Store(false)
	w.Pass(time.Minute)
	if err := s.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Attend(t.Context()); err != nil || s.Served("nom.co").Serial() != to {
		t.Errorf("the key is back: the serial is %d, want %d, %v", s.Served("nom.co").Serial(), to, err)
	}
}
