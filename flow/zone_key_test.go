package flow_test

import (
	"bytes"
	"crypto/ed25519"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// zoneKeys returns a KSK and a ZSK of algorithm 15, others for each seed.
func zoneKeys(seed byte) []registry.ZoneKey {
	keys := []registry.ZoneKey{{Role: registry.KSK}, {Role: registry.ZSK}}
	for i := range keys {
		private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed, byte(i)}, ed25519.SeedSize/2))
		keys[i].Algorithm, keys[i].Public, keys[i].Place = dnssec.Ed25519, private.Public().(ed25519.PublicKey), registry.KeySealed
	}
	return keys
}

// resealing seals the KSK of zoneKeys(1) in co anew.
func resealing() flow.ZoneKeysReseal {
	k := zoneKeys(1)[0]
	k.Zone, k.Number, k.Version, k.Sealed, k.SealedBy = world.Name("co"), 1, 1, []byte("anew"), "another"
	return flow.ZoneKeysReseal{Zone: world.Name("co"), Keys: []registry.ZoneKey{k}}
}

// awaitDS gives a zone keys whose DS the zone above should have.
func awaitDS(w *world.World, zone string) {
	w.T.Helper()
	keys := w.Do("", flow.ZoneKeysMade{Zone: world.Name(zone), Keys: zoneKeys(3)}).([]registry.ZoneKey)
	p := dnssec.DefaultPolicy()
	p.KeyTTL, p.MaxTTL, p.Propagation = time.Second, time.Second, 0
	for range 4 {
		w.Pass(2 * time.Second)
		facts := dnssec.Facts{At: w.Now(), Counted: true, Signed: 1, Signatures: map[dnssec.KeyRef]int{}}
		for _, k := range keys {
			facts.Signatures[dnssec.Ref(k)] = 1
			facts.Keys = append(facts.Keys, dnssec.DNSKEY(k))
		}
		w.Do("", flow.ZoneKeysAdvance{Zone: world.Name(zone), Policy: p, Facts: facts})
	}
}

// Everything is wrong with the first command. Each row puts one thing right.
func TestZoneKeyCommandsPrecedence(t *testing.T) {
	w := world.New(t, noon)
	const foreign = "this is no zone of ours; they are co, com.co, net.co, nom.co, org.co, edu.co, gov.co, mil.co"
	const broken = "this is no key, or two are of one role; give one KSK, one ZSK or one of each, of algorithm 8, 13 or 15"
	w.Do("", flow.ZoneKeysMade{Zone: world.Name("co"), Keys: zoneKeys(1)})

	made := flow.ZoneKeysMade{Zone: world.Name("shop.co"), Keys: []registry.ZoneKey{zoneKeys(1)[0], zoneKeys(1)[0]}}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", made }, []step{
		{func() {}, registry.ParameterRange, foreign},
		{func() { made.Zone = world.Name("co") }, registry.ParameterSyntax, broken},
		{func() { made.Keys = zoneKeys(1) }, registry.ObjectExists, "the zone has a key of this role that stays; ask for a rollover first"},
		{func() {
			w.Do("", flow.ZoneRollover{Act: act(""), Zone: world.Name("co"), Role: registry.ZSK})
			made.Keys = zoneKeys(1)[1:]
		}, registry.ObjectExists, "the zone has a key of the same tag; make another one"},
	}, func() { made.Keys = zoneKeys(2)[1:] })

	tag := strconv.Itoa(int(dnssec.Tag(zoneKeys(1)[1])))
	imported := flow.ZoneKeysImport{Zone: world.Name("shop.co")}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", imported }, []step{
		{func() {}, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { imported.Act = act("") }, registry.ParameterRange, foreign},
		{func() { imported.Zone = world.Name("co") }, registry.ParameterSyntax, broken},
		{func() { imported.Keys = zoneKeys(1)[1:] }, registry.ObjectExists, "imported already: tag " + tag + "; dorado zone keys shows how far it is"},
		{func() { imported.Keys = zoneKeys(4)[1:] }, registry.StatusProhibits, "a rollover of the zone is under way; wait until it has ended, as dorado zone keys shows"},
		{func() {
			private, err := dnssec.Generate(zeros{}, dnssec.ECDSAP256SHA256, 0)
			if err != nil {
				t.Fatal(err)
			}
			k, err := dnssec.NewKey(registry.KSK, dnssec.ECDSAP256SHA256, private)
			if err != nil {
				t.Fatal(err)
			}
			imported.Keys = []registry.ZoneKey{k}
		}, registry.ParameterPolicy, "KSK and ZSK of a zone are of one algorithm; give a key of each"},
	}, func() { imported.Keys = zoneKeys(4)[:1] })

	advance := flow.ZoneKeysAdvance{Zone: world.Name("shop.co"), Policy: dnssec.DefaultPolicy()}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", advance }, []step{
		{func() {}, registry.ParameterRange, foreign},
	}, func() { advance.Zone = world.Name("co") })

	reseal := flow.ZoneKeysReseal{Zone: world.Name("shop.co")}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", reseal }, []step{
		{func() {}, registry.ParameterRange, foreign},
		{func() { reseal.Zone = world.Name("co") }, registry.ObjectMissing, "the zone does not have the key, or not in this version; read its keys again"},
	}, func() {
		reply, err := w.Ask("", flow.ZoneKeyList{Zone: world.Name("co")})
		if err != nil {
			t.Fatal(err)
		}
		reseal.Keys = reply.([]registry.ZoneKey)[:1]
	})

	list := flow.ZoneKeyList{Zone: world.Name("shop.co")}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", list }, []step{
		{func() {}, registry.ParameterRange, foreign},
	}, func() { list.Zone = world.Name("co") })
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// The operator's part in rollovers.
func TestRolloverPrecedence(t *testing.T) {
	w := world.New(t, noon)
	const foreign = "this is no zone of ours; they are co, com.co, net.co, nom.co, org.co, edu.co, gov.co, mil.co"
	w.Do("", flow.ZoneKeysMade{Zone: world.Name("co"), Keys: zoneKeys(1)})
	w.Do("", flow.ZoneRollover{Act: act(""), Zone: world.Name("co"), Role: registry.ZSK})
	again := flow.ZoneRollover{Act: act(""), Zone: world.Name("co"), Role: registry.ZSK}
	if _, err := w.Run("", again); code(err) != registry.StatusProhibits || !strings.Contains(err.Error(), "a rollover of the zone is under way") {
		t.Errorf("asked for again before the successor is made: %v", err)
	}
	w.Do("", flow.ZoneKeysMade{Zone: world.Name("co"), Keys: zoneKeys(2)[1:]})

	roll := flow.ZoneRollover{Zone: world.Name("shop.co")}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", roll }, []step{
		{func() {}, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { roll.Act = act("") }, registry.ParameterRange, foreign},
		{func() { roll.Zone = world.Name("net.co") }, registry.ParameterRange, "it is not said what to replace; name ZSK, KSK, or an algorithm of 8, 13 and 15"},
		{func() { roll.Algorithm = dnssec.Ed25519 }, registry.ObjectMissing, "the zone has no such key that stays; the publisher makes one if it signs, and dorado zone keys shows it"},
		{func() { roll.Zone = world.Name("co") }, registry.ParameterRange, "the keys are of this algorithm; to replace them, name ZSK or KSK"},
		{func() { roll.Algorithm = dnssec.ECDSAP256SHA256 }, registry.StatusProhibits, "a rollover of the zone is under way; wait until it has ended, as dorado zone keys shows"},
	}, func() { roll.Algorithm, roll.Role, roll.Urgent = 0, registry.ZSK, true })

	seen := flow.ZoneDSSeen{Zone: world.Name("shop.co"), Unchecked: true}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", seen }, []step{
		{func() {}, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { seen.Act = flow.Act{Author: "ana"} }, registry.ParameterMissing, "this is not done without a reason; say why"},
		{func() { seen.Unchecked = false }, registry.ParameterRange, foreign},
		{func() { seen.Zone = world.Name("co") }, registry.StatusProhibits, "no change of DS is awaited; dorado zone ds shows what the zone above should have"},
		{
			func() { awaitDS(w, "com.co"); seen.Zone, seen.Keys = world.Name("com.co"), []registry.ZoneKey{} }, registry.StatusProhibits,
			"the keys want other DS in the zone above since it was asked; dorado zone ds shows which, try again when it has these",
		},
	}, func() {
		reply, err := w.Ask("", flow.ZoneKeyList{Zone: seen.Zone})
		if err != nil {
			t.Fatal(err)
		}
		seen.Keys = reply.([]registry.ZoneKey)
	})
}

// An urgent rollover takes the key with it that another one already has on its way out.
func TestUrgentRolloverOvertakes(t *testing.T) {
	w := world.New(t, noon)
	co := world.Name("co")
	w.Do("", flow.ZoneKeysMade{Zone: co, Keys: zoneKeys(1)})
	w.Do("", flow.ZoneRollover{Act: act(""), Zone: co, Role: registry.ZSK})
	w.Do("", flow.ZoneKeysMade{Zone: co, Keys: zoneKeys(2)[1:]})
	keys := w.Do("", flow.ZoneRollover{Act: act(""), Zone: co, Role: registry.ZSK, Urgent: true}).([]registry.ZoneKey)
	for i, want := range []struct{ stays, urgent bool }{{true, false}, {false, true}, {false, true}} {
		if k := keys[i]; k.Stays() != want.stays || k.Urgent != want.urgent {
			t.Errorf("%s %s: stays %v, urgent %v", k.ID(), k.Role, k.Stays(), k.Urgent)
		}
	}
}

// The way out of being signed, and what is not done meanwhile.
func TestZoneUnsignPrecedence(t *testing.T) {
	w := world.New(t, noon)
	const foreign = "this is no zone of ours; they are co, com.co, net.co, nom.co, org.co, edu.co, gov.co, mil.co"
	const goes = "the zone goes unsigned already; dorado zone keys shows what it waits for"
	awaitDS(w, "com.co")
	unsign := flow.ZoneUnsign{Zone: world.Name("shop.co")}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", unsign }, []step{
		{func() {}, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { unsign.Act = act("") }, registry.ParameterRange, foreign},
		{func() { unsign.Zone = world.Name("co") }, registry.StatusProhibits, "the zone is not signed here, so there is nothing to take out of it; dorado zone keys shows its keys"},
	}, func() { unsign.Zone = world.Name("com.co") })
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", unsign }, []step{
		{func() {}, registry.StatusProhibits, goes},
	}, func() { unsign.Handed = true })
	for _, cmd := range []flow.Command{
		flow.ZoneRollover{Act: act(""), Zone: unsign.Zone, Role: registry.ZSK, Urgent: true},
		flow.ZoneKeysImport{Act: act(""), Zone: unsign.Zone, Keys: zoneKeys(9)},
	} {
		_, err := w.Run("", cmd)
		if e := refusal(err); e == nil || e.Reason != "the zone goes unsigned; to keep it signed, set zone.dnssec.sign to true and restart" {
			t.Errorf("%s while the zone goes unsigned: %v", cmd.Subject(), err)
		}
	}
}

// What the zone above tells of the TTL of its DS counts, if it is longer than is configured.
func TestDSSeenWaitsForItsTTL(t *testing.T) {
	w := world.New(t, noon)
	awaitDS(w, "com.co")
	keys := w.Do("", flow.ZoneDSSeen{Act: act(""), Zone: world.Name("com.co"), TTL: 345_600}).([]registry.ZoneKey)
	if ds := keys[0].DS; ds.TTL != 345_600 || ds.Seen.IsZero() {
		t.Errorf("the DS is %+v", ds)
	}
}
