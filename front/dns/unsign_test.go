package dns_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/secondary"
	"example.org/dorado/test/world"
)

// ringOf returns keys that sign under a policy, or that do not sign zones which are not signed yet.
func ringOf(w *world.World, sign bool) dns.Keyring {
	p := compressed()
	p.FirstAtOnce, p.Unsigned = true, !sign
	return newKeyring(w, p)
}

func tend(t *testing.T, w *world.World, s *dns.Server) {
	t.Helper()
	w.Pass(2 * time.Second)
	s.Rekey()
	if err := s.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// dnssecOf counts the signatures, the keys and the NSEC3 records that are served of a zone.
func dnssecOf(s *dns.Server, origin string) (signatures, keys, links int) {
	s.Served(origin).Records(func(r zone.Record) bool {
		switch r.Type {
		case zone.TypeRRSIG:
			signatures++
		case zone.TypeDNSKEY:
			keys++
		}
		return true
	})
	return signatures, keys, s.Served(origin).Links()
}

// dsIn reports whether a zone has a DS of a name.
func dsIn(t *testing.T, s *dns.Server, origin, name string) bool {
	n := s.Served(origin).Node(zoneName(t, name))
	return n != nil && n.Set(zone.TypeDS) != nil
}

// A zone that is signed, below one of ours that has its DS, is signed on though the configuration says otherwise; when an
// operator has it go unsigned, its DS leaves, and then its signatures. Every version is one that others accept, and
// another start changes nothing.
func TestZoneGoesUnsigned(t *testing.T) {
	w := world.New(t, time.Now().UTC().Add(-10*time.Minute).Format(time.RFC3339)) // the judges have no other clock
	w.Host(world.Acme, "ns.example.net")
	w.Domain(world.Acme, "below.com.co", "ns.example.net")
	c := config(w)
	c.Keys, c.Resign = ringOf(w, true), time.Second
	s := loaded(t, c)
	for range 5 {
		tend(t, w, s)
	}
	if !dsIn(t, s, "co", "com.co") {
		t.Fatal("co has no DS of com.co")
	}

	c.Keys = ringOf(w, false)
	s = loaded(t, c)
	w.Domain(world.Acme, "later.com.co", "ns.example.net")
	publish(t, s)
	for range 3 {
		tend(t, w, s)
	}
	signed, keys, links := dnssecOf(s, "com.co")
	if signed == 0 || keys != 2 || links == 0 || !dsIn(t, s, "co", "com.co") {
		t.Fatalf("sign = false alone leaves %d signatures, %d keys, %d NSEC3 records", signed, keys, links)
	}

	w.Do("", flow.ZoneUnsign{Act: flow.Act{Author: "ana", Reason: "a test"}, Zone: world.Name("com.co")})
	tend(t, w, s)
	if signed, _, _ := dnssecOf(s, "com.co"); signed == 0 || dsIn(t, s, "co", "com.co") {
		t.Fatalf("after the first step there are %d signatures, and the DS is there: %v", signed, dsIn(t, s, "co", "com.co"))
	}
	for range 8 {
		if signed, _, _ := dnssecOf(s, "com.co"); signed > 0 {
			for _, judge := range secondary.Judges() {
				judge.Judge(t, s.Served("com.co"))
			}
		}
		tend(t, w, s)
	}
	wantUnsigned(t, s)
	if wrong, err := s.Compare(t.Context()); err != nil || len(wrong) > 0 {
		t.Errorf("compared with the registry: %v, %v", wrong, err)
	}
	at := serial(t, s, "com.co.")
	s = loaded(t, c)
	tend(t, w, s)
	if wantUnsigned(t, s); serial(t, s, "com.co.") != at {
		t.Errorf("another start raises the serial from %d to %d", at, serial(t, s, "com.co."))
	}

	w.Pass(25 * time.Hour) // the apex had a TTL of a day
	tend(t, w, s)
	c.Keys = ringOf(w, true)
	s = loaded(t, c)
	for range 5 {
		tend(t, w, s)
	}
	if signed, keys, _ := dnssecOf(s, "com.co"); signed == 0 || keys != 2 || !dsIn(t, s, "co", "com.co") {
		t.Errorf("signed again, it has %d signatures and %d keys", signed, keys)
	}
}

func wantUnsigned(t *testing.T, s *dns.Server) {
	t.Helper()
	if signed, keys, links := dnssecOf(s, "com.co"); signed+keys+links > 0 {
		t.Errorf("com.co has %d signatures, %d keys and %d NSEC3 records", signed, keys, links)
	}
	if nameservers(t, s, "below.com.co.") == "" || nameservers(t, s, "later.com.co.") == "" {
		t.Error("names have gone with the signatures")
	}
	if signed, _, _ := dnssecOf(s, "co"); signed == 0 {
		t.Error("co is unsigned, too")
	}
}

// The program ends anywhere between the decision and the publication: after another start the zone is whole, unsigned or
// signed.
func TestUnsignCutShort(t *testing.T) {
	for n, more := 0, true; more; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) { more = cutUnsignShort(t, n) })
	}
}

// cutUnsignShort has one operation of the database fail while a zone goes unsigned, and reports whether there was one.
func cutUnsignShort(t *testing.T, n int) (more bool) {
	w := world.Kept(t, "zones that are signed", func(t testing.TB) *world.World {
		w := tenNames(t)
		signing := config(w)
		signing.Keys, signing.Resign = ringOf(w, true), time.Second
		loaded(t, signing)
		return w
	})
	c := config(w)
	c.Keys, c.Resign = ringOf(w, false), time.Second
	s := loaded(t, c)
	w.Do("", flow.ZoneUnsign{Act: flow.Act{Author: "ana", Reason: "a test"}, Zone: world.Name("com.co"), Handed: true})
	w.Pass(2 * time.Second)
	w.Fault.After(n)
	failed := s.Tend(t.Context())
	more = w.Fault.Disarm() > n
	c.Keys = ringOf(w, false)
	s = loaded(t, c)
	if signed, keys, links := dnssecOf(s, "com.co"); signed+keys+links > 0 && (signed == 0 || keys != 2 || links == 0) {
		t.Errorf("failed with %v; there are %d signatures, %d keys, %d NSEC3 records", failed, signed, keys, links)
	}
	tend(t, w, s)
	if signed, keys, links := dnssecOf(s, "com.co"); signed+keys+links > 0 {
		t.Errorf("failed with %v; in the end there are %d signatures, %d keys, %d NSEC3 records", failed, signed, keys, links)
	}
	return more
}

// What an operator has asked for at another node is done without a word from there.
func TestKeysFollowOtherNodes(t *testing.T) {
	w := tenNames(t)
	c := config(w)
	c.Keys, c.Resign = ringOf(w, true), time.Hour
	s := loaded(t, c)
	if err := s.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Do("", flow.ZoneRollover{Act: flow.Act{Author: "ana", Reason: "a test"}, Zone: world.Name("co"), Role: registry.ZSK})
	w.Pass(5 * time.Second)
	if err := s.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, keys, _ := dnssecOf(s, "co"); keys != 3 {
		t.Errorf("5 seconds after a rollover was asked for, co has %d keys", keys)
	}
}

// The keys of one zone cannot be opened at a start: it is served as it was, nothing of it is published, the others go on;
// and when they can be opened again, what has waited is published.
func TestBlockedZone(t *testing.T) {
	w := tenNames(t)
	w.Domain(world.Acme, "below.nom.co", "ns.example.net")
	c := config(w)
	c.Keys, _ = flakyKeys(w, "")
	loaded(t, c)
	var f flaky
	c.Keys, f = flakyKeys(w, "nom.co")
	c.Resign, c.TTL.Apex = time.Second, 3600
	f.open.Store(true)
	s := loaded(t, c)
	before, _, _ := dnssecOf(s, "nom.co")
	w.Domain(world.Acme, "x.nom.co", "ns.example.net")
	w.Domain(world.Acme, "after.co", "ns.example.net")
	if err := s.Publish(t.Context()); err == nil || !strings.Contains(err.Error(), "cannot be used") {
		t.Errorf("a publication of what is blocked says %v", err)
	}
	w.Pass(5 * time.Second)
	if err := s.Tend(t.Context()); err == nil || !strings.Contains(err.Error(), "nom.co") {
		t.Errorf("the keys are tended, and it says %v", err)
	}
	blocked := s.Blocked()
	if len(blocked) != 1 || blocked[0].Zone != world.Name("nom.co") {
		t.Errorf("blocked are %v", blocked)
	}
	if nameservers(t, s, "after.co.") == "" || nameservers(t, s, "below.nom.co.") == "" || nameservers(t, s, "x.nom.co.") != "" {
		t.Error("the other zones do not go on, or the blocked one does not stand")
	}
	if signed, _, _ := dnssecOf(s, "nom.co"); signed != before || before == 0 {
		t.Errorf("of %d signatures of the blocked zone there are %d", before, signed)
	}
	if ttl := ask(t, s, question(t, "co. NS")).Answer[0].Header().Ttl; ttl != 3600 {
		t.Errorf("a change of the configuration waits in the other zones: the TTL is %d", ttl)
	}
	f.open.Store(false)
	w.Pass(5 * time.Second)
	if err := s.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	publish(t, s)
	if nameservers(t, s, "x.nom.co.") == "" || len(s.Blocked()) > 0 {
		t.Errorf("blocked are %v, and what has waited is not published", s.Blocked())
	}
	if ttl := ask(t, s, question(t, "nom.co. NS")).Answer[0].Header().Ttl; ttl != 3600 {
		t.Errorf("what the configuration says has not come: the TTL is %d", ttl)
	}
}

// A zone of which nothing is kept is not published without its keys: unsigned it would be bogus to who finds its DS.
func TestBlockedZoneOfWhichNothingIsKept(t *testing.T) {
	w := tenNames(t)
	c := config(w)
	var f flaky
	c.Keys, f = flakyKeys(w, "nom.co")
	keys, err := c.Keys.Ring(t.Context(), zoneName(t, "nom.co"), dnssec.Facts{}, w.Now())
	if err != nil || len(keys.Keys) != 2 {
		t.Fatal(keys, err)
	}
	c.Keys, f = flakyKeys(w, "nom.co")
	c.Resign = time.Second
	f.open.Store(true)
	s := loaded(t, c)
	if nameservers(t, s, "name0.co.") == "" || s.Served("nom.co") != nil {
		t.Error("the other zones are not served, or that without keys is")
	}
	if wrong, err := s.Compare(t.Context()); err != nil || len(wrong) > 0 {
		t.Errorf("compared with the registry: %v, %v", wrong, err)
	}
	f.open.Store(false)
	w.Pass(5 * time.Second)
	if err := s.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	publish(t, s)
	if v := s.Served("nom.co"); v == nil || v.Apex().Set(zone.TypeDNSKEY).Count() != 2 {
		t.Error("with its keys it is not served")
	}
}

// The secret of a zone's keys is lost for good: told to go unsigned, after its DS was taken out of the zone above by hand, it
// does without them, and is published again.
func TestLostKeysGoUnsigned(t *testing.T) {
	w := tenNames(t)
	keys := func(letter string, sign bool) dns.Keyring {
		p := compressed()
		p.FirstAtOnce, p.Unsigned = true, !sign
		v := dns.SealedVault{Secret: []byte(strings.Repeat(letter, dnssec.SecretBytes))}
		return dns.NewKeyring(dns.KeyringConfig{Service: w.Service, Policy: p, Now: w.Now, Vault: v, Sealed: v})
	}
	c := config(w)
	c.Keys, c.Resign = keys("k", true), time.Second
	loaded(t, c)
	c.Keys = keys("x", false)
	s := loaded(t, c)
	w.Domain(world.Acme, "later.co", "ns.example.net")
	tends := func() {
		for range 5 {
			w.Pass(time.Minute)
			_ = s.Tend(t.Context()) // other zones lack their keys, too
			_ = s.Publish(t.Context())
		}
	}
	act := flow.Act{Author: "ana", Reason: "a lost secret"}
	w.Do("", flow.ZoneUnsign{Act: act, Zone: world.Name("co")})
	tends()
	if signed, _, _ := dnssecOf(s, "co"); signed == 0 || there(t, s, "later.co") != 0 {
		t.Fatal("its DS is not gone, and it is not as it was signed last")
	}
	w.Do("", flow.ZoneDSSeen{Act: act, Zone: world.Name("co"), Unchecked: true})
	tends()
	if signed, keys, links := dnssecOf(s, "co"); signed+keys+links > 0 || there(t, s, "later.co") != 1 {
		t.Errorf("its DS is gone, and there are %d signatures, %d keys, %d NSEC3 records; what waits is there: %d of 1",
			signed, keys, links, there(t, s, "later.co"))
	}
	w.Do("", flow.ZoneUnsign{Act: act, Zone: world.Name("com.co"), Handed: true}) // below a zone that is insecure now
	tends()
	if signed, keys, links := dnssecOf(s, "com.co"); signed+keys+links > 0 || dsIn(t, s, "co", "com.co") {
		t.Errorf("com.co has %d signatures, %d keys, %d NSEC3 records; its DS is there: %v", signed, keys, links, dsIn(t, s, "co", "com.co"))
	}
}
