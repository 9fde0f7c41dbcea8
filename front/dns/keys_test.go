package dns_test

import (
	"context"
	"fmt"
	"slices"
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

// compressed is a policy whose waits are seconds.
func compressed() dnssec.Policy {
	p := dnssec.DefaultPolicy()
	p.Algorithm, p.ZSKLifetime = dnssec.ECDSAP256SHA256, 0
	p.KeyTTL, p.MaxTTL, p.Propagation, p.ParentTTL, p.ParentPropagation = time.Second, time.Second, time.Second, time.Second, time.Second
	return p
}

func newKeyring(w *world.World, p dnssec.Policy) dns.Keyring {
	return dns.NewKeyring(dns.KeyringConfig{
		Service: w.Service, Policy: p, Now: w.Now,
		Vault: dns.SealedVault{Secret: []byte(strings.Repeat("k", dnssec.SecretBytes))},
	})
}

// A keptZone follows a Keyring as the publisher does.
type keptZone struct {
	w      *world.World
	ring   dns.Keyring
	editor *zone.Editor
	serial uint32
}

func newKeptZone(w *world.World, p dnssec.Policy, origin string) *keptZone {
	w.T.Helper()
	o, err := zone.ParseName(origin)
	if err != nil {
		w.T.Fatal(err)
	}
	return &keptZone{w: w, ring: newKeyring(w, p), editor: zone.NewEditor(zone.Empty(o))}
}

// publish makes the next version, with changes beside those of the keys.
func (z *keptZone) publish(changes ...zone.Change) dns.Ring {
	z.w.T.Helper()
	v := z.editor.Version()
	scan := dnssec.Stale(v, nil, 0, z.w.Now())
	ring, err := z.ring.Ring(context.Background(), v.Origin(), scan.Facts, z.w.Now())
	if err != nil {
		z.w.T.Fatal(err)
	}
	scan = dnssec.Stale(v, ring.Signer, 1000, z.w.Now())
	z.serial++
	step, err := z.editor.Next(zone.Update{
		Changes: append(changes, ring.Apex...), Serial: z.serial, Signer: ring.Signer,
		Look: scan.Names, LookLinks: scan.Links, LookAll: scan.Facts.Signed == 0,
	})
	if err != nil {
		z.w.T.Fatal(err)
	}
	if step != nil {
		z.editor.Take(step)
	}
	return ring
}

// The first look at a zone makes its keys, and the next ones find them there, in another process too.
func TestFirstRingMakesKeys(t *testing.T) {
	w := world.New(t, noon)
	z := newKeptZone(w, compressed(), "co")
	ring := z.publish(apexOf(t, "co")...)
	if len(ring.Keys) != 2 || ring.Keys[0].Role != registry.KSK || ring.Keys[1].Role != registry.ZSK || ring.Signer == nil {
		t.Fatalf("the first ring has %+v", ring.Keys)
	}
	if len(ring.DS.Data) != 0 {
		t.Errorf("a DS is asked for before anybody can have the keys: %x", ring.DS.Data)
	}
	other, err := newKeyring(w, compressed()).Ring(context.Background(), z.editor.Version().Origin(), dnssec.Facts{}, w.Now())
	if err != nil || len(other.Keys) != 2 || dnssec.Tag(other.Keys[0]) != dnssec.Tag(ring.Keys[0]) {
		t.Errorf("another process has %+v, %v", other.Keys, err)
	}
	for range 3 {
		w.Pass(3 * time.Second)
		ring = z.publish()
	}
	if len(ring.DS.Data) != 1 {
		t.Errorf("no DS is asked for when all can have the keys: %+v", ring.Keys)
	}
}

// apexOf is what a zone has without keys.
func apexOf(t testing.TB, origin string) []zone.Change {
	t.Helper()
	name := func(text string) zone.Name {
		n, err := zone.ParseName(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	ns, o := name("ns1.nic."+origin), name(origin)
	soa := append([]byte(ns+name("hostmaster.nic."+origin)), make([]byte, 20)...)
	soa[len(soa)-1] = 1
	set := func(owner zone.Name, kind uint16, data string) zone.Change {
		return zone.Change{Owner: owner, RRset: zone.RRset{Type: kind, TTL: 1, Data: [][]byte{[]byte(data)}}}
	}
	return []zone.Change{
		set(o, zone.TypeSOA, string(soa)), set(o, zone.TypeNS, string(ns)), set(ns, zone.TypeA, "\xc0\x00\x02\x01"),
		set(name("shop."+origin), zone.TypeNS, string(name("ns.example.net"))),
		set(name("shop."+origin), zone.TypeDS, "\x00\x01\x08\x02"+strings.Repeat("x", 32)),
	}
}

// In every state of rollovers of ZSK, KSK and algorithm, the zone is one that the programs of others accept.
func TestEveryStateOfKeysIsAccepted(t *testing.T) {
	w := world.New(t, time.Now().UTC().Add(-10*time.Minute).Format(time.RFC3339))
	p := compressed()
	p.Algorithm, p.FirstAtOnce = dnssec.Ed25519, true
	z := newKeptZone(w, p, "co")
	z.publish(apexOf(t, "co")...)
	co := world.Name("co")
	act := flow.Act{Author: "ana", Reason: "a test"}
	judged := map[string]bool{}
	for _, cmd := range []flow.ZoneRollover{
		{Act: act, Zone: co, Role: registry.ZSK, Urgent: true},
		{Act: act, Zone: co, Role: registry.KSK},
		{Act: act, Zone: co, Algorithm: dnssec.ECDSAP256SHA256},
	} {
		w.Do("", cmd)
		for rests := false; !rests; {
			w.Pass(time.Second)
			ring := z.publish()
			if state := stateOf(ring.Keys); !judged[state] {
				judged[state] = true
				for _, judge := range secondary.Judges() {
					judge.Judge(t, z.editor.Version())
				}
			}
			if _, err := w.Service.Run(t.Context(), flow.Request{Command: flow.ZoneDSSeen{Act: act, Zone: co}}); err == nil {
				continue // the parent follows at once
			}
			rests = !slices.ContainsFunc(ring.Keys, func(k registry.ZoneKey) bool { return dnssec.IsRolling(k) })
		}
	}
	if len(judged) < 15 {
		t.Errorf("there were only %d states: %v", len(judged), judged)
	}
}

// stateOf writes what a zone shows of its keys.
func stateOf(keys []registry.ZoneKey) string {
	state := ""
	for _, k := range keys {
		state += fmt.Sprintf("%s %s/%s/%s ", k.Role, k.Record.State, k.Signatures.State, k.DS.State)
	}
	return state
}
