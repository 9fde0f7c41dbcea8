package dnssec_test

import (
	"crypto"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
)

// brief is a policy whose waits are of different lengths, so that none can stand for another.
func brief() dnssec.Policy {
	return dnssec.Policy{
		Algorithm: dnssec.Ed25519, Bits: dnssec.DefaultBits,
		Validity: 1000 * time.Second, Jitter: 300 * time.Second, Refresh: 400 * time.Second, Inception: time.Minute,
		KeyTTL: 40 * time.Second, MaxTTL: 70 * time.Second, Propagation: 11 * time.Second,
		ParentTTL: 90 * time.Second, ParentPropagation: 23 * time.Second,
	}
}

// pool are private keys to make zone keys of, so that a property does not spend its time on making them.
var pool = sync.OnceValue(func() map[uint8][]pair {
	keys := map[uint8][]pair{}
	seen := map[dnssec.KeyRef]bool{}
	for _, algorithm := range []uint8{dnssec.Ed25519, dnssec.ECDSAP256SHA256} {
		for len(keys[algorithm]) < 60 {
			role := registry.KSK
			if len(keys[algorithm])%2 == 1 {
				role = registry.ZSK
			}
			p := newPair(&testing.T{}, 0, role, algorithm)
			if ref := dnssec.Ref(p.ZoneKey); !seen[ref] {
				seen[ref] = true
				keys[algorithm] = append(keys[algorithm], p)
			}
		}
	}
	return keys
})

// A rig is a zone, its parent and its keys, with all that resolvers may have of them. One goroutine lives in it.
type rig struct {
	*rapid.T
	policy  dnssec.Policy
	now     time.Time
	keys    []registry.ZoneKey
	private map[string]crypto.Signer
	used    map[uint8]int
	editor  *zone.Editor
	serial  uint32
	zones   []sightOf[*zone.Version] // what was served, until when
	parents []sightOf[[][]byte]
	told    bool // the parent's DS is seen by the publisher, not by a person
	went    bool // unsigned, once at least
}

// A sightOf is something that could be seen until an instant; zero: still.
type sightOf[T any] struct {
	what  T
	until time.Time
}

func newRig(t *rapid.T) *rig {
	g := &rig{T: t, policy: brief(), now: noon, private: map[string]crypto.Signer{}, used: map[uint8]int{}}
	g.told = rapid.Bool().Draw(t, "parent is ours")
	co := zone.Name("\x02co\x00")
	g.editor = zone.NewEditor(zone.Empty(co))
	g.zones = []sightOf[*zone.Version]{{what: g.editor.Version()}}
	g.parents = []sightOf[[][]byte]{{}}
	return g
}

// data is what the zone has beside its keys.
func (g *rig) data() []zone.Change {
	co := g.editor.Version().Origin()
	set := func(owner zone.Name, kind uint16, data string) zone.Change {
		return zone.Change{Owner: owner, RRset: zone.RRset{Type: kind, TTL: 70, Data: [][]byte{[]byte(data)}}}
	}
	list := []zone.Change{
		set(co, zone.TypeSOA, "\x01a\x00\x01b\x00"+strings.Repeat("\x00", 20)), set(co, zone.TypeNS, "\x01a\x00"),
	}
	for _, label := range []string{"a", "b", "c"} {
		owner := zone.Name("\x01"+label) + co
		list = append(list, set(owner, zone.TypeNS, "\x01a\x00"), set(owner, zone.TypeDS, "\x00\x01\x08\x02"+label))
	}
	return list
}

// advance has the keys move on, and makes those that are wanted, as Keyring does.
func (g *rig) advance() {
	for range 3 {
		plan := dnssec.Advance(g.keys, g.policy, g.facts(), g.now)
		g.keys = plan.Keys
		for _, e := range plan.Events {
			g.Logf("%s %s %s: %s", g.now.Format("15:04:05"), e.Key.Role, e.Key.ID(), e.What)
		}
		if len(plan.Make) == 0 {
			return
		}
		for _, wish := range plan.Make {
			g.make(wish)
		}
	}
	g.Fatal("the keys are never complete")
}

func (g *rig) make(wish dnssec.Wish) {
	list := pool()[wish.Algorithm]
	for i := g.used[wish.Algorithm]; ; i++ {
		if i == len(list) {
			g.Fatal("too many keys")
		}
		if list[i].Role != wish.Role || g.has(list[i].ZoneKey) {
			continue
		}
		k := list[i].ZoneKey
		k.Number, k.Made = int64(len(g.keys)+1), g.now
		g.keys = append(g.keys, k)
		g.private[k.ID()] = list[i].private
		return
	}
}

func (g *rig) has(k registry.ZoneKey) bool {
	return slices.ContainsFunc(g.keys, func(o registry.ZoneKey) bool { return dnssec.Ref(o) == dnssec.Ref(k) })
}

func (g *rig) facts() dnssec.Facts {
	f := dnssec.Stale(g.editor.Version(), nil, 0, g.now).Facts
	if g.told {
		f.Parent, f.ParentKnown = zone.RRset{Type: zone.TypeDS, TTL: 90, Data: g.parents[len(g.parents)-1].what}, true
	}
	return f
}

// publish makes the next version, in which so many RRsets are signed again beside those that have to be.
func (g *rig) publish(limit int) {
	signer, err := dnssec.NewSigner(dnssec.SignerConfig{
		Origin: g.editor.Version().Origin(), Keys: g.keys, Policy: g.policy, Now: func() time.Time { return g.now },
		Private: func(k registry.ZoneKey) (crypto.Signer, error) { return g.private[k.ID()], nil },
	})
	if err != nil || signer == nil && !g.went {
		g.Fatalf("no signer: %v", err)
	}
	v := g.editor.Version()
	scan := dnssec.Stale(v, signer, limit, g.now)
	g.serial++
	u := zone.Update{Serial: g.serial, Look: scan.Names, LookLinks: scan.Links, LookAll: signer == nil || scan.Facts.Signed == 0, Raise: true}
	if signer != nil {
		u.Signer = signer
	}
	u.Changes = dnssec.Apex(v.Origin(), g.keys, g.policy)
	if v.Serial() == 0 {
		u.Changes = append(u.Changes, g.data()...)
	}
	step, err := g.editor.Next(u)
	if err != nil {
		g.Fatal(err)
	}
	if step == nil {
		return
	}
	g.editor.Take(step)
	g.zones[len(g.zones)-1].until = g.now
	g.zones = append(g.zones, sightOf[*zone.Version]{what: step.New})
}

// adopt has the parent take the DS that the zone wants, and say so.
func (g *rig) adopt() {
	want := dnssec.ParentDS(g.editor.Version().Origin(), g.keys, g.policy).Data
	if fmt.Sprint(want) != fmt.Sprint(g.parents[len(g.parents)-1].what) {
		g.parents[len(g.parents)-1].until = g.now
		g.parents = append(g.parents, sightOf[[][]byte]{what: want})
	}
}

// seen is dorado zone ds --seen, of a person who looked.
func (g *rig) seen() {
	want := dnssec.ParentDS(g.editor.Version().Origin(), g.keys, g.policy).Data
	if g.told || fmt.Sprint(want) != fmt.Sprint(g.parents[len(g.parents)-1].what) {
		return
	}
	for i := range g.keys {
		if p := &g.keys[i].DS; (p.State == registry.Coming || p.State == registry.Going) && p.Seen.IsZero() {
			p.Seen = g.now
		}
	}
}

// roll asks for a rollover, as flow.ZoneRollover would where it is not refused.
func (g *rig) roll(role registry.KeyRole, algorithm uint8, urgent bool) {
	if slices.ContainsFunc(g.keys, registry.ZoneKey.Unsigning) {
		return
	}
	concerns := func(k registry.ZoneKey) bool { return k.Gone.IsZero() && (algorithm != 0 || k.Role == role) }
	for _, k := range g.keys {
		if concerns(k) && (dnssec.IsRolling(k) && (!urgent || algorithm != 0) || k.Stays() && k.Algorithm == algorithm) {
			return
		}
	}
	g.Logf("%s rollover %s %d %v", g.now.Format("15:04:05"), role, algorithm, urgent)
	for i := range g.keys {
		k := &g.keys[i]
		if !concerns(*k) {
			continue
		}
		if k.Stays() {
			k.Leaves.Since, k.Successor = g.now, algorithm
		}
		k.Urgent = urgent
	}
}

// unsign has the zone go unsigned, as flow.ZoneUnsign would, or be signed again.
func (g *rig) unsign() {
	g.policy.Unsigned = !g.policy.Unsigned
	g.Logf("%s is to be signed: %v", g.now.Format("15:04:05"), !g.policy.Unsigned)
	if !g.policy.Unsigned || !dnssec.IsSigned(g.keys) {
		return
	}
	g.went = true
	for i := range g.keys {
		if g.keys[i].Gone.IsZero() {
			g.keys[i].Unsigns.Since = g.now
		}
	}
}

// possible returns what some cache may have of what was served.
func possible[T any](list []sightOf[T], now time.Time, ttl, propagation time.Duration) []T {
	var could []T
	for _, s := range list {
		if s.until.IsZero() || s.until.Add(ttl+propagation).After(now) {
			could = append(could, s.what)
		}
	}
	return could
}

// A view is what a cache has: of the keys, or of one other RRset, by whom it is signed.
type view struct {
	keys []dnssec.KeyRef // of the DNSKEY RRset
	sigs []dnssec.KeyRef
	what string

	ofKeys bool // CDS or CDNSKEY
}

func refsOf(sigs [][]byte) []dnssec.KeyRef {
	var refs []dnssec.KeyRef
	for _, rrsig := range sigs {
		refs = append(refs, dnssec.KeyRef{Algorithm: rrsig[2], Tag: binary.BigEndian.Uint16(rrsig[16:])})
	}
	return refs
}

// views returns the distinct views of versions: of their keys, and of all else.
func views(versions []*zone.Version) (keys, data []view) {
	seen := map[string]bool{}
	add := func(to *[]view, v view) {
		if text := fmt.Sprint(v); !seen[text] {
			seen[text] = true
			*to = append(*to, v)
		}
	}
	for _, v := range versions {
		if v.Apex() == nil || v.Apex().Set(zone.TypeDNSKEY) == nil {
			add(&keys, view{what: "no keys"})
		}
		v.Nodes(func(n zone.Node) bool {
			n.Sets(func(s zone.Set) bool {
				set := s.RRset()
				made := view{sigs: refsOf(set.Sigs), what: fmt.Sprint(set.Type, " of ", n.Owner(v.Origin()))}
				made.ofKeys = set.Type == zone.TypeCDS || set.Type == zone.TypeCDNSKEY
				switch {
				case set.Type == zone.TypeDNSKEY:
					for _, data := range set.Data {
						made.keys = append(made.keys, dnssec.Ref(registry.ZoneKey{Algorithm: data[3], Public: data[4:], Role: roleOf(data)}))
					}
					add(&keys, made)
				case set.Type != zone.TypeNS || n.Owner(v.Origin()) == v.Origin():
					add(&data, made)
				}
				return true
			})
			return true
		})
		v.Chain(func(owner zone.Hash, link zone.Set) bool {
			add(&data, view{sigs: refsOf(link.RRset().Sigs), what: "NSEC3"})
			return true
		})
	}
	return keys, data
}

func roleOf(dnskey []byte) registry.KeyRole {
	if dnskey[1]&1 == 1 {
		return registry.KSK
	}
	return registry.ZSK
}

// check asks all resolvers, whatever they have in their caches. They are strict: of each algorithm of the DS there has
// to be a key that signs the keys, and of each algorithm of the keys a signature. RFC 4035 section 2.2.
func (g *rig) check() {
	keyViews, ofKeys := views(possible(g.zones, g.now, g.policy.KeyTTL, g.policy.Propagation))
	_, dataViews := views(possible(g.zones, g.now, g.policy.MaxTTL, g.policy.Propagation))
	dataViews = slices.DeleteFunc(dataViews, func(v view) bool { return v.ofKeys })
	dataViews = append(dataViews, slices.DeleteFunc(ofKeys, func(v view) bool { return !v.ofKeys })...)
	for _, ds := range possible(g.parents, g.now, g.policy.ParentTTL, g.policy.ParentPropagation) {
		if len(ds) == 0 {
			continue // insecure, whatever else there is
		}
		for _, keys := range keyViews {
			for _, d := range ds {
				ref := dnssec.KeyRef{Algorithm: d[2], Tag: binary.BigEndian.Uint16(d)}
				same := func(r dnssec.KeyRef) bool { return r.Algorithm == ref.Algorithm }
				if !slices.ContainsFunc(ds, func(o []byte) bool {
					r := dnssec.KeyRef{Algorithm: o[2], Tag: binary.BigEndian.Uint16(o)}
					return same(r) && slices.Contains(keys.keys, r) && slices.Contains(keys.sigs, r)
				}) {
					g.Fatalf("%s: the DS %v leads to no key that signs %v", g.now.Format("15:04:05"), ref, keys)
				}
			}
			for _, data := range dataViews {
				for _, k := range keys.keys {
					// CDS and CDNSKEY go along with the keys, and their readers come by the DS.
					if data.ofKeys && !slices.ContainsFunc(ds, func(d []byte) bool { return d[2] == k.Algorithm }) {
						continue
					}
					if !slices.ContainsFunc(data.sigs, func(s dnssec.KeyRef) bool {
						return s.Algorithm == k.Algorithm && slices.Contains(keys.keys, s)
					}) {
						g.Fatalf("%s: %v has no signature of algorithm %d by one of %v", g.now.Format("15:04:05"), data, k.Algorithm, keys.keys)
					}
				}
			}
		}
	}
}

// rests reports whether no key is on its way any more.
func (g *rig) rests() bool {
	if g.policy.Unsigned && slices.ContainsFunc(g.keys, registry.ZoneKey.Unsigning) {
		return false
	}
	if g.policy.Unsigned && g.went && !dnssec.IsSigned(g.keys) {
		v := g.editor.Version()
		if f := dnssec.Stale(v, nil, 0, g.now).Facts; f.Signed > 0 || len(f.Keys) > 0 || v.Links() > 0 {
			g.Fatalf("the zone went unsigned, and has %d signatures, %d keys and %d NSEC3 records", f.Signed, len(f.Keys), v.Links())
		}
		return true
	}
	return !slices.ContainsFunc(g.keys, func(k registry.ZoneKey) bool {
		return k.Gone.IsZero() && (!k.Stays() ||
			k.Record.State != registry.There || k.Role == registry.KSK && k.DS.State != registry.There || k.Role == registry.ZSK && k.Signatures.State != registry.There)
	})
}

// act does one thing that may happen.
func (g *rig) act() {
	switch rapid.IntRange(0, 15).Draw(g.T, "act") {
	case 0, 1, 2, 3, 4:
		g.advance()
		g.publish(rapid.IntRange(0, 12).Draw(g.T, "limit"))
	case 5: // what was decided is stored, and the program ends before it publishes
		g.advance()
	case 6: // keys as they were known before
		if g.serial > 0 {
			g.publish(rapid.IntRange(0, 12).Draw(g.T, "limit"))
		}
	case 7, 8:
		g.adopt()
	case 9, 10:
		g.seen()
	case 11:
		role := rapid.SampledFrom([]registry.KeyRole{registry.KSK, registry.ZSK}).Draw(g.T, "role")
		g.roll(role, 0, rapid.IntRange(0, 3).Draw(g.T, "urgent") == 0)
	case 12:
		if rapid.IntRange(0, 2).Draw(g.T, "algorithm") == 0 {
			g.roll("", rapid.SampledFrom([]uint8{dnssec.Ed25519, dnssec.ECDSAP256SHA256}).Draw(g.T, "to"), false)
		}
	case 14:
		if rapid.IntRange(0, 2).Draw(g.T, "unsign") == 0 {
			g.unsign()
		}
	case 13: // a standstill
		g.now = g.now.Add(time.Duration(rapid.IntRange(200, 2000).Draw(g.T, "standstill")) * time.Second)
	}
	g.now = g.now.Add(time.Duration(rapid.IntRange(0, 30).Draw(g.T, "seconds")) * time.Second)
}

// Whatever is asked for and when, and however long the program stands still, at no instant can a resolver find the zone
// bogus, whatever it has in its cache, be the zone signed, or on its way out of that or back; and when nothing more is
// asked for, every rollover ends.
func TestNoCacheIsEverWrong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := newRig(t)
		g.advance()
		g.publish(0)
		for range rapid.IntRange(10, 120).Draw(t, "acts") {
			g.act()
			g.check()
		}
		if g.policy.Unsigned && rapid.Bool().Draw(t, "signed in the end") {
			g.policy.Unsigned = false
		}
		for range 200 {
			g.now = g.now.Add(20 * time.Second)
			g.adopt()
			g.seen()
			g.advance()
			g.publish(5)
			g.check()
			if g.rests() {
				return
			}
		}
		t.Fatalf("in the end there are %+v", g.keys)
	})
}

// A KSK that is replaced while the algorithm is: the records of the old algorithm leave together, or a resolver would see
// a key of an algorithm of which the keys that it sees sign nothing. RFC 4035 section 2.2.
func TestAlgorithmLeavesWhole(t *testing.T) {
	there := registry.Presence{State: registry.There}
	gone := registry.Measure{Since: noon}
	list := func(algorithm uint8, at int) registry.ZoneKey { return pool()[algorithm][at].ZoneKey }
	keys := []registry.ZoneKey{list(15, 0), list(15, 1), list(13, 0), list(13, 1), list(13, 2)}
	for i := range keys {
		keys[i].Number, keys[i].Version, keys[i].Record = int64(i+1), 1, there
		if keys[i].Role == registry.ZSK {
			keys[i].Signatures = there
		}
	}
	keys[0].Leaves, keys[1].Leaves, keys[2].Leaves = gone, gone, gone
	keys[4].Record = registry.Presence{State: registry.Coming, Since: noon, TTL: 40}
	after := dnssec.Advance(keys, brief(), dnssec.Facts{}, noon.Add(time.Second)).Keys
	if a, b := after[0].Record.State, after[1].Record.State; a != registry.There || b != registry.There {
		t.Errorf("before the new KSK is known, the old KSK's record is %q and the old ZSK's %q", a, b)
	}
	keys[4].Record = there
	after = dnssec.Advance(keys, brief(), dnssec.Facts{}, noon.Add(time.Second)).Keys
	if a, b := after[0].Record.State, after[1].Record.State; a != registry.Going || b != registry.Going {
		t.Errorf("after, the old KSK's record is %q and the old ZSK's %q", a, b)
	}
}
