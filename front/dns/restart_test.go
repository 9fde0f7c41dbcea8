package dns_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

// What the breaker has counted, and what it holds, outlives a restart, whatever else has gone.

// forgetSteps writes the pages of all zones and drops the steps, as it goes with a zone that changes often.
func forgetSteps(t *testing.T, w *world.World, s *dns.Server) {
	t.Helper()
	if err := s.KeepBare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := w.Rows("SELECT COUNT(*) FROM zone_step WHERE origin = 'co'"); left != "0\n" {
		t.Fatalf("%s steps are left", left)
	}
}

// What has left a zone within the breaker's span is counted after a restart though its steps are kept no more; what came
// back is not, nor is what left longer ago.
func TestBusyZoneKeepsCount(t *testing.T) {
	w := tenNames(t)
	c := breaking(w, 2)
	s := loaded(t, c)
	left := func(want int, does string, names ...string) {
		t.Helper()
		forgetSteps(t, w, s)
		s = loaded(t, c)
		for _, name := range names {
			setStatus(w, name, registry.ClientHold)
		}
		publish(t, s)
		if gone := len(names) - there(t, s, names...); gone != want {
			t.Errorf("%s: %d leave, want %d; held: %v", does, gone, want, s.Held())
		}
	}
	left(2, "two may", "name0.co", "name1.co")
	left(0, "two did", "name2.co")
	unhold(w, "name2.co")
	unhold(w, "name0.co")
	publish(t, s)
	left(1, "one is back", "name3.co")
	left(0, "two are away", "name4.co")
	unhold(w, "name4.co")
	publish(t, s)
	w.Pass(time.Hour + time.Second)
	left(2, "an hour later", "name5.co", "name6.co")
	if rows := w.Rows("SELECT name FROM zone_left ORDER BY name"); rows != "name5.co\nname6.co\n" {
		t.Errorf("counted are\n%s", rows)
	}
}

// What has left by a release is counted after a restart though its steps are kept no more, and so is what left beside it.
func TestBusyZoneKeepsItsRelease(t *testing.T) {
	w, c, s := heldZone(t)
	for i := range 8 {
		w.Domain(world.Acme, fmt.Sprintf("more%d.co", i), "ns.example.net")
	}
	w.Do("", flow.ZoneRelease{Act: flow.Act{Author: "ana", Reason: "meant"}, Zone: world.Name("co"), Names: 8})
	publish(t, s)
	names := make([]string, 8)
	for i := range names {
		names[i] = fmt.Sprintf("more%d.co", i)
		forgetSteps(t, w, s)
		s = loaded(t, c)
		setStatus(w, names[i], registry.ClientHold)
		publish(t, s)
	}
	if more := there(t, s, names...); more != 6 || s.Held() == nil || there(t, s, eight()...) != 0 {
		t.Errorf("two may go beside the eight of the release: %d of eight others are there, held: %v", more, s.Held())
	}
}

// damage makes every page of a zone unreadable.
func damage(t *testing.T, w *world.World, s *dns.Server, zone string) {
	t.Helper()
	forgetSteps(t, w, s)
	w.Exec("UPDATE zone_page SET body = $1 WHERE origin = $2", []byte{0xff}, zone)
}

// A zone whose pages are damaged is made anew, and keeps the names that are held with all that belongs to them, until they
// may go.
func TestDamagedZoneKeepsWhatIsHeld(t *testing.T) {
	w := tenNames(t)
	w.Domain(world.Acme, "hosts.com.co")
	w.Host(world.Acme, "ns1.hosts.com.co", "192.0.2.1", "2001:db8::1")
	w.Host(world.Acme, "ns1.name1.co", "192.0.2.2")
	delegate(w, world.Acme, "name0.co", "ns1.hosts.com.co")
	delegate(w, world.Acme, "name1.co", "ns1.name1.co")
	sign(w, "name1.co", 2)
	c := breaking(w, 2)
	s := loaded(t, c)
	for _, name := range eight() {
		setStatus(w, name, registry.ClientHold)
	}
	publish(t, s)
	want, held := append(unsigned(lines(s.Served("co"))), unsigned(lines(s.Served("com.co")))...), s.Held()
	for _, zone := range []string{"co", "com.co"} {
		damage(t, w, s, zone)
		w.Pass(time.Minute)
		s = loaded(t, c)
		publish(t, s)
		got := append(unsigned(lines(s.Served("co"))), unsigned(lines(s.Served("com.co")))...)
		if !slices.Equal(got, want) {
			t.Errorf("%s is made anew: it is\n%s\nwant\n%s", zone, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if h := s.Held(); h == nil || h.Waiting != 8 || !h.Since.Equal(held.Since) {
			t.Errorf("%s is made anew: held: %+v, want %+v", zone, h, held)
		}
	}
	w.Do("", flow.ZoneRelease{Act: flow.Act{Author: "ana", Reason: "meant"}, Zone: world.Name("co")})
	publish(t, s)
	if wrong, err := s.Compare(t.Context()); err != nil || len(wrong) > 0 || s.Held() != nil || there(t, s, eight()...) != 0 {
		t.Errorf("released, %d are there, held: %v; wrong is %v, %v", there(t, s, eight()...), s.Held(), wrong, err)
	}
}

// The address of a host that only held names use changes, and its zone is damaged: it comes back with the new one.
func TestDamagedZoneHasTheAddressesOfNow(t *testing.T) {
	w, c, s := heldByHosts(t)
	w.Do(world.Acme, flow.HostUpdate{
		Name: world.Name("ns1.hosts.com.co"), Add: flow.HostEdit{Addresses: addresses("192.0.2.7")}, Remove: flow.HostEdit{Addresses: addresses("192.0.2.1")},
	})
	publish(t, s)
	damage(t, w, s, "com.co")
	s = loaded(t, c)
	publish(t, s)
	if got := glue(t, s, "name0.co."); got != "192.0.2.7" || s.Held() == nil {
		t.Errorf("the address is %s, held: %v", got, s.Held())
	}
}

// heldByHosts is a heldZone of names that use a host of another zone.
func heldByHosts(t *testing.T) (*world.World, dns.Config, *dns.Server) {
	t.Helper()
	w := tenNames(t)
	w.Domain(world.Acme, "hosts.com.co")
	w.Host(world.Acme, "ns1.hosts.com.co", "192.0.2.1")
	c := breaking(w, 2)
	s := loaded(t, c)
	for _, name := range eight() {
		delegate(w, world.Acme, name, "ns1.hosts.com.co")
		publish(t, s)
	}
	for _, name := range eight() {
		setStatus(w, name, registry.ClientHold)
	}
	publish(t, s)
	if s.Held() == nil {
		t.Fatal("not held")
	}
	return w, c, s
}

// Names are held since the host left that they are delegated to: after a restart they are since the same instant, and
// as many.
func TestHoldByAHostKeepsItsSince(t *testing.T) {
	w, c, s := leftByHost(t)
	held := s.Held()
	if held == nil || held.Waiting != 5 {
		t.Fatalf("held: %+v", held)
	}
	for range 2 {
		w.Pass(10 * time.Minute)
		s = loaded(t, c)
		publish(t, s)
		if h := s.Held(); h == nil || !h.Since.Equal(held.Since) || h.Waiting != 5 {
			t.Errorf("after a restart: %+v, want %+v", h, held)
		}
	}
	// One gets another name server and waits no more; then one more goes, and the rest may.
	w.Host(world.Acme, "ns.example.net")
	delegate(w, world.Acme, "user0.co", "ns.example.net")
	publish(t, s)
	if h := s.Held(); h == nil || h.Waiting != 4 || nameservers(t, s, "user0.co.") != "ns.example.net" {
		t.Errorf("one has another name server: %+v", h)
	}
	if rows := w.Rows("SELECT name FROM mark_aside WHERE kind = $1 ORDER BY name", registry.MarkDomain); rows != "user1.co\nuser2.co\nuser3.co\nuser4.co\n" {
		t.Errorf("set aside are\n%s", rows)
	}
	w.Do("", flow.ZoneRelease{Act: flow.Act{Author: "ana", Reason: "meant"}, Zone: world.Name("co")})
	publish(t, s)
	if rows := w.Rows("SELECT name FROM mark_aside"); rows != "" || s.Held() != nil || glue(t, s, "user1.co.") != "" {
		t.Errorf("released; held: %v, set aside:\n%s", s.Held(), rows)
	}
}

// leftByHost is a server on five names whose only host has left the registry, of which two may leave.
func leftByHost(t *testing.T) (*world.World, dns.Config, *dns.Server) {
	t.Helper()
	w := world.New(t, noon)
	w.Domain(world.Acme, "hosts.co")
	w.Host(world.Acme, "ns1.hosts.co", "192.0.2.1")
	for i := range 5 {
		w.Domain(world.Acme, fmt.Sprintf("user%d.co", i), "ns1.hosts.co")
	}
	c := breaking(w, 2)
	s := loaded(t, c)
	w.Pass(6 * 24 * time.Hour)
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("hosts.co")})
	w.Pass(36 * 24 * time.Hour)
	w.Settle()
	publish(t, s)
	return w, c, s
}

// followedHere is a server that two secondaries follow by what the test has them say: one that is asked, and one that is
// not.
func followedHere(t *testing.T, w *world.World) *dns.Server {
	t.Helper()
	c := config(w)
	c.Keys, _ = flakyKeys(w, "")
	key := aKey(t, "hmac-sha256")
	c.Transfer.Secondaries = []dns.Secondary{
		{Name: "asked", Key: key, Notify: netip.MustParseAddrPort("127.0.0.1:9")}, {Name: "unasked", Key: key},
	}
	s := loaded(t, c)
	s.FollowNowhere("co")
	return s
}

// A secondary is ahead by what it says now, whatever it said before; but as long as our serials are not beyond what it
// had, it gets no differences from them.
func TestAheadIsWhatASecondarySaysNow(t *testing.T) {
	w := tenNames(t)
	s := followedHere(t, w)
	served := s.Served("co").Serial()
	for _, test := range []struct {
		does string
		say  func()
		want uint32
	}{
		{"it has ours", func() { s.Say("asked", "co", served, w.Now()) }, 0},
		{"it has one that we have not", func() { s.Say("asked", "co", served+1000, w.Now()) }, served + 1000},
		{"and another one", func() { s.Say("asked", "co", served+900, w.Now()) }, served + 900},
		{"it is back", func() { s.Say("asked", "co", served, w.Now()) }, 0},
		{"it comes with one that we have not", func() { s.Come("asked", "co", served+700) }, served + 700},
		{"it comes with an older one", func() { s.Come("asked", "co", served-1) }, 0},
		{"another one comes ahead", func() { s.Come("unasked", "co", served+500) }, served + 500},
		{"and is back", func() { s.Come("unasked", "co", served) }, 0},
	} {
		test.say()
		if err := s.Attend(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := uint32(0)
		for _, a := range s.Aheads() {
			got = a.Serial
		}
		if got != test.want || len(s.Aheads()) > 1 {
			t.Errorf("%s: ahead are %+v, want %d", test.does, s.Aheads(), test.want)
		}
	}
	for secondary, had := range map[string]uint32{"asked": served + 1000, "unasked": served + 500} {
		if !s.Strays(secondary, "co", served) || !s.Strays(secondary, "co", had) || s.Strays(secondary, "co", had+1) {
			t.Errorf("%s gets differences from serials that it had with other contents", secondary)
		}
	}
}

// How far a secondary is behind is known after a restart as before, once it says what it serves. Until then nothing is, and
// of one that does not answer it is since it was first asked.
func TestLagOverARestart(t *testing.T) {
	w := tenNames(t)
	s := followedHere(t, w)
	before := s.Served("co").Serial()
	change := func(name string) (serial uint32, at time.Time) {
		t.Helper()
		w.Pass(10 * time.Minute)
		w.Domain(world.Acme, name, "ns.example.net")
		publish(t, s)
		return s.Served("co").Serial(), w.Now()
	}
	first, firstAt := change("first.co")
	second, secondAt := change("second.co")
	w.Pass(10 * time.Minute)
	s = followedHere(t, w)
	seen := func() dns.Seen { return s.Seen()[0] }
	if got := seen(); !got.Behind.IsZero() || got.Published != second {
		t.Errorf("before it is asked: %+v", got)
	}
	began := w.Now()
	s.Silent("asked", "co", errToken)
	w.Pass(time.Minute)
	s.Silent("asked", "co", errToken)
	if got := seen(); !got.Behind.Equal(began) {
		t.Errorf("it does not answer: behind since %s, want %s", got.Behind, began)
	}
	for _, test := range []struct {
		serves uint32
		want   time.Time
	}{{before, firstAt}, {first, secondAt}, {second, time.Time{}}} {
		s.Say("asked", "co", test.serves, w.Now())
		if got := seen(); !got.Behind.Equal(test.want) {
			t.Errorf("it serves %d: behind since %s, want %s", test.serves, got.Behind, test.want)
		}
	}
	third, _ := change("third.co")
	if got := seen(); got.Published != third || got.Behind.IsZero() {
		t.Errorf("after one more: %+v", got)
	}
}
