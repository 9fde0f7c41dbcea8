package dns_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

// How many names may leave a zone, by its size.
func TestBreakerAllows(t *testing.T) {
	b := dns.Breaker{Share: 0.05, Least: 1000, Most: 0.25, Few: 10}
	for names, want := range map[int]int{
		1: 10, 10: 10, 40: 10, 100: 25, 1000: 250, 4000: 1000, 20_000: 1000, 20_020: 1001, 1_000_000: 50_000,
	} {
		if got := b.Allowed(names); got != want {
			t.Errorf("of %d names %d may go, want %d", names, got, want)
		}
	}
}

// heldZone is a server on tenNames of which eight are put on hold, and two may leave.
func heldZone(t *testing.T) (*world.World, dns.Config, *dns.Server) {
	t.Helper()
	w := tenNames(t)
	c := breaking(w, 2)
	c.Batch = 3
	s := loaded(t, c)
	for i := range 8 {
		setStatus(w, fmt.Sprintf("name%d.co", i), registry.ClientHold)
	}
	publish(t, s)
	return w, c, s
}

func there(t *testing.T, s *dns.Server, names ...string) int {
	t.Helper()
	n := 0
	for _, name := range names {
		if nameservers(t, s, name+".") != "" {
			n++
		}
	}
	return n
}

func eight() (list []string) {
	for i := range 8 {
		list = append(list, fmt.Sprintf("name%d.co", i))
	}
	return list
}

// What the breaker holds are names that would leave the zone, and nothing else: other zones, new names, and other changes
// of names in the held zone are published, more than a batch of marks that wait notwithstanding. A node that starts
// holds the same.
func TestHeldAreNames(t *testing.T) {
	w, c, s := heldZone(t)
	for round := range 2 {
		h := s.Held()
		if h == nil || h.Waiting != 8 || h.Away != 0 || h.Allowed != 2 || there(t, s, eight()...) != 8 {
			t.Fatalf("start %d: %d of 8 are there, held: %+v", round, there(t, s, eight()...), h)
		}
		w.Domain(world.Acme, fmt.Sprintf("new%d.co", round), "ns.example.net")
		w.Domain(world.Other, fmt.Sprintf("new%d.com.co", round), "ns.example.net")
		sign(w, "name8.co", round+1)
		publish(t, s)
		if got := there(t, s, fmt.Sprintf("new%d.co", round), fmt.Sprintf("new%d.com.co", round)); got != 2 {
			t.Errorf("start %d: of two new names %d are published", round, got)
		}
		if ds := ask(t, s, question(t, "name8.co. DS")).Answer; len(ds) != round+1 {
			t.Errorf("start %d: another name has %d DS", round, len(ds))
		}
		if left := w.Rows("SELECT COUNT(*) FROM mark"); left != "0\n" {
			t.Errorf("start %d: %s marks stand in the way", round, left)
		}
		s = loaded(t, c)
	}
	if states := w.Rows("SELECT hold FROM zone WHERE origin = 'co'"); !strings.Contains(states, `"Waiting":8`) {
		t.Errorf("kept is %s", states)
	}
}

// What is held and taken back by its registrar is held no more; when little enough waits, it goes.
func TestHeldComesDown(t *testing.T) {
	w, _, s := heldZone(t)
	for i := range 6 {
		unhold(w, fmt.Sprintf("name%d.co", i))
	}
	publish(t, s)
	publish(t, s)
	if s.Held() != nil || there(t, s, eight()...) != 6 {
		t.Errorf("two wait and may go: %d of 8 are there, held: %v", there(t, s, eight()...), s.Held())
	}
	if left := w.Rows("SELECT COUNT(*) FROM mark_aside") + w.Rows("SELECT hold FROM zone WHERE origin = 'co'"); left != "0\n\n" {
		t.Errorf("kept is %s", left)
	}
}

// A release lets as many names go as it says; what leaves after that is held again, and what left by it is not counted
// against the others. It can be ended.
func TestReleaseIsBounded(t *testing.T) {
	w, c, s := heldZone(t)
	act := flow.Act{Author: "ana", Reason: "meant"}
	release := func(names int) {
		w.Do("", flow.ZoneRelease{Act: act, Zone: world.Name("co"), Names: names})
		publish(t, s)
	}
	var refusal *registry.Error
	if _, err := w.Run("", flow.ZoneRelease{Act: act, Zone: world.Name("co"), Names: 7}); !errors.As(err, &refusal) {
		t.Errorf("eight wait, and a release of seven is answered %v", err)
	}
	publish(t, s)
	if s.Held() == nil || there(t, s, eight()...) != 8 {
		t.Errorf("eight wait, seven were too few: %d are there, held: %v", there(t, s, eight()...), s.Held())
	}
	release(8)
	if s.Held() != nil || there(t, s, eight()...) != 0 {
		t.Errorf("eight wait and may go: %d are there, held: %v", there(t, s, eight()...), s.Held())
	}
	s = loaded(t, c)
	setStatus(w, "name8.co", registry.ClientHold)
	publish(t, s)
	if s.Held() != nil || there(t, s, "name8.co") != 0 {
		t.Errorf("one more may go beside the release: %v", s.Held())
	}
	for i := range 5 {
		w.Domain(world.Acme, fmt.Sprintf("more%d.co", i), "ns.example.net")
	}
	publish(t, s)
	for i := range 5 {
		setStatus(w, fmt.Sprintf("more%d.co", i), registry.ClientHold)
	}
	publish(t, s)
	if s.Held() == nil || s.Held().Waiting == 0 {
		t.Error("the release is used up, and five more go")
	}
}

// Names that leave by time alone are held like others, and go when they may.
func TestHeldByTime(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Deleter, "ns.example.net")
	for i := range 5 {
		w.Domain(world.Deleter, fmt.Sprintf("lapsing%d.co", i), "ns.example.net")
	}
	c := breaking(w, 2)
	s := loaded(t, c)
	w.At("2027-03-02T00:00:00Z")
	publishDue(t, s)
	publish(t, s)
	all := func() int {
		return there(t, s, "lapsing0.co", "lapsing1.co", "lapsing2.co", "lapsing3.co", "lapsing4.co")
	}
	if h := s.Held(); h == nil || h.Waiting != 5 || all() != 5 {
		t.Fatalf("%d are there, held: %+v", all(), h)
	}
	w.Do("", flow.ZoneRelease{Act: flow.Act{Author: "ana", Reason: "meant"}, Zone: world.Name("co")})
	publish(t, s)
	if s.Held() != nil || all() != 0 {
		t.Errorf("released, %d are there, held: %v", all(), s.Held())
	}
}

// A host goes that many names are delegated to, and these with it: held, they keep it, with its address.
func TestHeldHost(t *testing.T) {
	w, _, s := leftByHost(t)
	users := []string{"user0.co", "user1.co", "user2.co", "user3.co", "user4.co"}
	if h := s.Held(); h == nil || there(t, s, users...) != 5 || glue(t, s, "user0.co.") != "192.0.2.1" {
		t.Fatalf("%d are there, with %q, held: %v", there(t, s, users...), glue(t, s, "user0.co."), h)
	}
	if wrong, err := s.Compare(t.Context()); err != nil || len(wrong) > 0 {
		t.Errorf("what is held is found to be wrong: %v, %v", wrong, err)
	}
	w.Do("", flow.ZoneRelease{Act: flow.Act{Author: "ana", Reason: "meant"}, Zone: world.Name("co")})
	publish(t, s)
	if s.Held() != nil || there(t, s, users...) != 0 || glue(t, s, "user0.co.") != "" {
		t.Errorf("released, %d are there, held: %v", there(t, s, users...), s.Held())
	}
}

// More marks than a batch wait for the key of their zone: others are published meanwhile, and these once the key is back,
// those of names of other zones with glue in it too.
func TestMarksOfAStoppedZone(t *testing.T) {
	w := tenNames(t)
	c := config(w)
	c.Batch = 3
	keys, f := flakyKeys(w, "nom.co")
	c.Keys = keys
	w.Domain(world.Acme, "hosts.nom.co")
	w.Host(world.Acme, "ns1.hosts.nom.co", "192.0.2.1")
	s := loaded(t, c)
	f.sign.Store(true)
	var names []string
	for i := range 10 {
		names = append(names, fmt.Sprintf("x%d.nom.co", i))
		w.Domain(world.Acme, names[i], "ns.example.net")
	}
	w.Domain(world.Acme, "after.co", "ns.example.net", "ns1.hosts.nom.co")
	for range 2 {
		if err := s.Publish(t.Context()); err == nil || !strings.Contains(err.Error(), "nothing of nom.co can be published") {
			t.Errorf("it says %v", err)
		}
	}
	if there(t, s, "after.co") != 1 || there(t, s, names...) != 0 {
		t.Error("ten marks of nom.co keep a name of co from its zone")
	}
	if h := s.Held(); h == nil || h.Fault == "" || h.Zone != world.Name("nom.co") {
		t.Errorf("held: %+v", h)
	}
	f.sign.Store(false)
	publish(t, s)
	if there(t, s, names...) != 10 || s.Held() != nil {
		t.Errorf("the key is back: %d of 10 are there, held %v", there(t, s, names...), s.Held())
	}
	if a := ask(t, s, question(t, "ns1.hosts.nom.co. A")); len(a.Answer)+len(a.Extra) == 0 {
		t.Errorf("the address of a host that a name of co uses is not there: %v", a)
	}
}

// A zone whose key is away when a node starts waits alone, and keeps its signatures.
func TestKeyAwayAtStart(t *testing.T) {
	w := tenNames(t)
	c := config(w)
	c.Keys, _ = flakyKeys(w, "")
	loaded(t, c)
	w.Domain(world.Acme, "x.nom.co", "ns.example.net")
	w.Domain(world.Acme, "after.co", "ns.example.net")
	c.TTL.Apex = 3600
	keys, f := flakyKeys(w, "nom.co")
	c.Keys = keys
	f.open.Store(true)
	s, err := dns.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(t.Context()); err == nil {
		t.Error("nobody is told")
	}
	if there(t, s, "after.co") != 1 || there(t, s, "x.nom.co") != 0 {
		t.Error("the key of nom.co is away, and a name of co is not published")
	}
	ttl := func(origin string) uint32 { return ask(t, s, question(t, origin+" NS")).Answer[0].Header().Ttl }
	if ttl("co.") != 3600 || ttl("nom.co.") == 3600 {
		t.Errorf("the TTLs are %d and %d", ttl("co."), ttl("nom.co."))
	}
	checkSigned(t, s.Served("nom.co"), w.Now())
	if ds := ask(t, s, question(t, "nom.co. DS")); len(ds.Answer) == 0 {
		t.Error("its DS went with its key")
	}
	f.open.Store(false)
	w.Pass(time.Minute)
	if err := s.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	publish(t, s)
	if there(t, s, "x.nom.co") != 1 || ttl("nom.co.") != 3600 || s.Held() != nil {
		t.Errorf("the key is back: %d is there, the TTL is %d, held: %v", there(t, s, "x.nom.co"), ttl("nom.co."), s.Held())
	}
}

// The key of the first zone fails while signatures are due: the others are signed, and the error names that one.
func TestTendGoesOn(t *testing.T) {
	w := tenNames(t)
	c := config(w)
	keys, f := flakyKeys(w, "co")
	c.Keys, c.Resign = keys, time.Second
	s := loaded(t, c)
	f.sign.Store(true)
	before := serial(t, s, "com.co.")
	w.Pass(60 * 24 * time.Hour)
	err := s.Tend(t.Context())
	if err == nil || !strings.Contains(err.Error(), "signatures of co:") || strings.Contains(err.Error(), "signatures of com.co") {
		t.Errorf("it says %v", err)
	}
	if serial(t, s, "com.co.") == before {
		t.Error("com.co is not signed again, since the key of co fails")
	}
}

// A change of the configuration is made while names are held, but for these; and once.
func TestHeldRebase(t *testing.T) {
	w, c, _ := heldZone(t)
	c.TTL.Apex = 3600
	s := loaded(t, c)
	if ttl := ask(t, s, question(t, "co. NS")).Answer[0].Header().Ttl; ttl != 3600 || there(t, s, eight()...) != 8 || s.Held() == nil {
		t.Errorf("the TTL is %d, %d of 8 are there, held: %v", ttl, there(t, s, eight()...), s.Held())
	}
	before := serial(t, s, "co.")
	publish(t, s)
	if serial(t, s, "co.") != before {
		t.Error("it is made again")
	}
	w.Do("", flow.ZoneRelease{Act: flow.Act{Author: "ana", Reason: "meant"}, Zone: world.Name("co")})
	publish(t, s)
	if there(t, s, eight()...) != 0 || s.Held() != nil {
		t.Errorf("released, %d are there, held: %v", there(t, s, eight()...), s.Held())
	}
}

// The last name that uses a host leaves while the zone of the host's addresses stands still: they leave that zone once it
// goes on.
func TestGlueOfAStoppedZone(t *testing.T) {
	w := tenNames(t)
	c := config(w)
	keys, f := flakyKeys(w, "nom.co")
	c.Keys = keys
	w.Domain(world.Acme, "hosts.nom.co")
	w.Host(world.Acme, "ns1.hosts.nom.co", "192.0.2.1")
	w.Domain(world.Acme, "user.co", "ns.example.net", "ns1.hosts.nom.co")
	s := loaded(t, c)
	has := func() bool { return len(ask(t, s, question(t, "ns1.hosts.nom.co. A")).Answer) > 0 }
	f.sign.Store(true)
	w.Do(world.Acme, undelegate("user.co", "ns1.hosts.nom.co"))
	if err := s.Publish(t.Context()); err == nil || !has() {
		t.Fatalf("nom.co stands still, and the address is there: %v, %v", has(), err)
	}
	f.sign.Store(false)
	publish(t, s)
	if has() || s.Held() != nil {
		t.Errorf("the address of a host that no name uses is there: %v; held: %v", has(), s.Held())
	}
}

// Restarts while a release is open let no more go than it says, beside those that always may.
func TestReleaseOverRestarts(t *testing.T) {
	w, c, s := heldZone(t)
	for i := range 8 {
		w.Domain(world.Acme, fmt.Sprintf("more%d.co", i), "ns.example.net")
	}
	w.Do("", flow.ZoneRelease{Act: flow.Act{Author: "ana", Reason: "meant"}, Zone: world.Name("co"), Names: 8})
	publish(t, s)
	for i := range 8 {
		s = loaded(t, c)
		setStatus(w, fmt.Sprintf("more%d.co", i), registry.ClientHold)
		publish(t, s)
	}
	more := there(t, s, "more0.co", "more1.co", "more2.co", "more3.co", "more4.co", "more5.co", "more6.co", "more7.co")
	if more < 6 || s.Held() == nil || there(t, s, eight()...) != 0 {
		t.Errorf("two may go beside the eight of the release: %d of eight others are there, held: %v", more, s.Held())
	}
}
