package dnssec_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
)

const co = zone.Name("\x02co\x00")

// signedKeys are a KSK and a ZSK that sign a zone whose DS is in the zone above.
func signedKeys() []registry.ZoneKey {
	there := registry.Presence{State: registry.There, Since: noon.Add(-time.Hour)}
	keys := []registry.ZoneKey{pool()[15][0].ZoneKey, pool()[15][1].ZoneKey}
	for i := range keys {
		keys[i].Number, keys[i].Version, keys[i].Record = int64(i+1), 1, there
	}
	keys[0].DS, keys[1].Signatures = there, there
	return keys
}

// unsigned has keys go out of their zone.
func unsigned(keys []registry.ZoneKey, handed bool) []registry.ZoneKey {
	for i := range keys {
		keys[i].Unsigns, keys[i].Handed = registry.Measure{Since: noon, Author: "ana", Reason: "a test"}, handed
	}
	return keys
}

// seenZone is what is seen of a zone with its keys, or without any, below one that is ours.
func seenZone(keys []registry.ZoneKey, signed bool, at time.Time, ds ...[]byte) dnssec.Facts {
	f := dnssec.Facts{At: at, Counted: true, Signatures: map[dnssec.KeyRef]int{}, ParentKnown: true, Parent: zone.RRset{Data: ds, TTL: 90}}
	if signed {
		f.Signed = 5
		for _, k := range keys {
			f.Keys = append(f.Keys, dnssec.DNSKEY(k))
			f.Signatures[dnssec.Ref(k)] = 5
		}
	}
	return f
}

// A configuration that says that zones are not signed takes no signature from one that is: somebody has to ask for it.
func TestUnsignedPolicyAloneChangesNothing(t *testing.T) {
	p := brief()
	p.Unsigned = true
	keys := signedKeys()
	plan := dnssec.Advance(keys, p, seenZone(keys, true, noon, dnssec.DS(co, keys[0], dnssec.DigestSHA256)), noon.Add(time.Hour))
	if len(plan.Changed)+len(plan.Make) != 0 || !dnssec.IsSigned(plan.Keys) {
		t.Errorf("it makes %v and changes %+v", plan.Make, plan.Changed)
	}
	if plan := dnssec.Advance(nil, p, dnssec.Facts{}, noon); len(plan.Make) > 0 {
		t.Errorf("a zone without keys is to get %v", plan.Make)
	}
	imported := []registry.ZoneKey{pool()[15][0].ZoneKey}
	if plan := dnssec.Advance(imported, p, dnssec.Facts{At: noon}, noon); len(plan.Changed)+len(plan.Make) > 0 {
		t.Errorf("imported keys that wait for the zone to be signed: %+v, and wanted are %v", plan.Changed, plan.Make)
	}
}

// A zone goes unsigned in steps: it asks for its DS to be taken away, and when none is left in any cache, all goes.
func TestUnsignInSteps(t *testing.T) {
	p := brief()
	p.Unsigned = true
	keys := unsigned(signedKeys(), false)
	ds := dnssec.DS(co, keys[0], dnssec.DigestSHA256)
	now := noon
	step := func(after time.Duration, signed bool, parent ...[]byte) {
		t.Helper()
		now = now.Add(after)
		keys = dnssec.Advance(keys, p, seenZone(keys, signed, now, parent...), now).Keys
	}
	step(0, true, ds)
	asks := ""
	for _, c := range dnssec.Apex(co, keys, p) {
		if c.Type == zone.TypeCDS || c.Type == zone.TypeCDNSKEY {
			asks += fmt.Sprintf("%x ", c.Data)
		}
	}
	if want := "[0000000000] [0000030000] "; asks != want { // RFC 8078 section 4
		t.Errorf("CDS and CDNSKEY are %s, want %s", asks, want)
	}
	if set := dnssec.ParentDS(co, keys, p); len(set.Data) > 0 {
		t.Errorf("the zone above is to have %x", set.Data)
	}
	step(100*time.Hour, true, ds) // it takes its time
	step(time.Second, true)
	if !dnssec.IsSigned(keys) || keys[0].DS.State != registry.Going || keys[0].DS.Seen.IsZero() {
		t.Fatalf("when the DS is seen gone: %+v", keys[0])
	}
	wait := p.ParentTTL + p.ParentPropagation
	step(wait-time.Second, true)
	if !dnssec.IsSigned(keys) {
		t.Fatal("signatures leave while a cache may have the DS")
	}
	step(time.Second, true)
	if dnssec.IsSigned(keys) {
		t.Fatalf("signatures stay though no cache has a DS: %+v", keys)
	}
	for range 3 {
		step(p.MaxTTL+p.Propagation, false)
	}
	if slices.ContainsFunc(keys, func(k registry.ZoneKey) bool { return k.Gone.IsZero() || k.Stays() }) {
		t.Errorf("in the end there are %+v", keys)
	}
	if plan := dnssec.Advance(keys, p, seenZone(nil, false, now), now); len(plan.Make) > 0 {
		t.Errorf("a zone that went unsigned is to get %v", plan.Make)
	}
	p.Unsigned = false
	if plan := dnssec.Advance(keys, p, seenZone(nil, false, now), now); len(plan.Make) != 2 {
		t.Errorf("one that is to be signed again is to get %v", plan.Make)
	}
}

// A key that was imported may have a DS that nobody here has asked for: that none is left has to be seen as well.
func TestUnsignWaitsForForeignDS(t *testing.T) {
	p := brief()
	p.Unsigned = true
	keys := unsigned(signedKeys(), false)
	keys[0].DS = registry.Presence{}
	keys[0].Record = registry.Presence{State: registry.Coming, Since: noon}
	keys = dnssec.Advance(keys, p, seenZone(keys, true, noon, dnssec.DS(co, keys[0], dnssec.DigestSHA256)), noon).Keys
	if !dnssec.IsSigned(keys) || keys[0].DS.State != registry.Going {
		t.Errorf("the DS is %+v", keys[0].DS)
	}
}

// Another signer that has taken over is told by a person, and then nothing waits.
func TestUnsignHandedOver(t *testing.T) {
	p := brief()
	p.Unsigned = true
	keys := unsigned(signedKeys(), true)
	keys = dnssec.Advance(keys, p, seenZone(keys, true, noon, dnssec.DS(co, keys[0], dnssec.DigestSHA256)), noon).Keys
	if dnssec.IsSigned(keys) || len(dnssec.ParentDS(co, keys, p).Data) > 0 {
		t.Errorf("it signs still: %+v", keys)
	}
	for _, c := range dnssec.Apex(co, keys, p) {
		if len(c.Data) > 0 {
			t.Errorf("the apex has type %d: %x", c.Type, c.Data)
		}
	}
}

// Where the zone is to be signed after all, in time, its DS is asked for again.
func TestUnsignTakenBack(t *testing.T) {
	p := brief()
	p.Unsigned = true
	keys := unsigned(signedKeys(), false)
	ds := dnssec.DS(co, keys[0], dnssec.DigestSHA256)
	keys = dnssec.Advance(keys, p, seenZone(keys, true, noon, ds), noon).Keys
	p.Unsigned = false
	keys = dnssec.Advance(keys, p, seenZone(keys, true, noon, ds), noon.Add(time.Second)).Keys
	if keys[0].Unsigning() || keys[0].DS.State != registry.Coming || len(dnssec.ParentDS(co, keys, p).Data) != 1 {
		t.Errorf("the KSK is %+v", keys[0])
	}
}

func TestCheckParent(t *testing.T) {
	keys := signedKeys()
	other := pool()[15][2].ZoneKey
	good, bad := dnssec.DS(co, keys[0], dnssec.DigestSHA256), dnssec.DS(co, other, dnssec.DigestSHA256)
	damaged := append([]byte(nil), good...)
	damaged[10] ^= 1
	out := signedKeys()
	out[0].DS.State = registry.Going
	for _, test := range []struct {
		name string
		keys []registry.ZoneKey
		has  [][]byte
		says string
	}{
		{"as it should be", keys, [][]byte{good}, ""},
		{"of two digests", keys, [][]byte{good, dnssec.DS(co, keys[0], dnssec.DigestSHA384)}, ""},
		{"missing", keys, nil, "it has no DS of "},
		{"another too", keys, [][]byte{good, bad}, "it has a DS that should not be there"},
		{"another digest", keys, [][]byte{damaged}, "it has a DS that should not be there"},
		{"none is wanted", out, nil, ""},
		{"still there", out, [][]byte{good}, "it has a DS that should not be there"},
	} {
		err := dnssec.CheckParent(co, test.keys, test.has)
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", test.name, err, test.says)
		}
	}
}
