package children_test

import (
	"crypto"
	"encoding/base64"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/registry"
	"example.org/dorado/front/children"
	"example.org/dorado/test/world"
)

// A handmade zone is one whose records and signatures a test can spoil: hand.co, which has DS of its key and asks for those
// of the next one.
type handmade struct {
	ksk, next, zsk key
	sets           map[uint16][]mdns.RR
	signers        map[uint16][]key
	inception      atomic.Int64 // in nanoseconds from now
	expiration     time.Duration
	spoil          func(*mdns.RRSIG)
}

type key struct {
	*mdns.DNSKEY
	private crypto.Signer
}

const handName = "hand.co."

func newKey(t *testing.T, flags uint16) key {
	t.Helper()
	k := &mdns.DNSKEY{
		Hdr:   mdns.RR_Header{Name: handName, Rrtype: mdns.TypeDNSKEY, Class: mdns.ClassINET, Ttl: 1},
		Flags: flags, Protocol: 3, Algorithm: mdns.ECDSAP256SHA256,
	}
	private, err := k.Generate(256)
	if err != nil {
		t.Fatal(err)
	}
	return key{k, private.(crypto.Signer)}
}

func newHandmade(t *testing.T) *handmade {
	t.Helper()
	h := &handmade{
		ksk: newKey(t, 257), next: newKey(t, 257), zsk: newKey(t, 256), expiration: time.Hour,
		sets: map[uint16][]mdns.RR{}, signers: map[uint16][]key{}, spoil: func(*mdns.RRSIG) {},
	}
	h.begins(-time.Hour)
	soa, err := mdns.NewRR(handName + " 1 SOA ns1.oper.example. hostmaster.oper.example. 1 3600 900 86400 1")
	if err != nil {
		t.Fatal(err)
	}
	h.sets[mdns.TypeSOA], h.signers[mdns.TypeSOA] = []mdns.RR{soa}, []key{h.zsk}
	h.sets[mdns.TypeDNSKEY], h.signers[mdns.TypeDNSKEY] = []mdns.RR{h.ksk.DNSKEY, h.next.DNSKEY, h.zsk.DNSKEY}, []key{h.ksk, h.next}
	h.sets[mdns.TypeCDS], h.signers[mdns.TypeCDS] = []mdns.RR{h.next.ToDS(mdns.SHA256).ToCDS()}, []key{h.ksk}
	h.sets[mdns.TypeCDNSKEY], h.signers[mdns.TypeCDNSKEY] = []mdns.RR{h.next.ToCDNSKEY()}, []key{h.ksk}
	return h
}

// begins sets from when signatures are good.
func (h *handmade) begins(fromNow time.Duration) { h.inception.Store(int64(fromNow)) }

func registryDS(ds *mdns.DS) registry.DS {
	return registry.DS{KeyTag: ds.KeyTag, Algorithm: ds.Algorithm, DigestType: ds.DigestType, Digest: strings.ToUpper(ds.Digest)}
}

// answer answers one question for the zone.
func (h *handmade) answer(t *testing.T) func(*mdns.Msg, bool) *mdns.Msg {
	now := time.Now()
	return func(q *mdns.Msg, udp bool) *mdns.Msg {
		m := new(mdns.Msg).SetReply(q)
		m.Authoritative, m.Compress = true, true
		kind := q.Question[0].Qtype
		m.Answer = slices.Clone(h.sets[kind])
		for _, k := range h.signers[kind] {
			if len(m.Answer) == 0 {
				break
			}
			sig := &mdns.RRSIG{
				Algorithm: k.Algorithm, KeyTag: k.KeyTag(), SignerName: handName,
				Inception: uint32(now.Add(time.Duration(h.inception.Load())).Unix()), Expiration: uint32(now.Add(h.expiration).Unix()),
			}
			if err := sig.Sign(k.private, h.sets[kind]); err != nil {
				t.Error(err)
			}
			h.spoil(sig)
			m.Answer = append(m.Answer, sig)
		}
		if udp {
			m.Truncate(1232)
		}
		return m
	}
}

// A good rollover is spoilt in one way a row; the last row is what it does when nothing is.
func TestHandmadeZones(t *testing.T) {
	cds := func(h *handmade, records ...mdns.RR) { h.sets[mdns.TypeCDS], h.sets[mdns.TypeCDNSKEY] = records, nil }
	gone := func(text string) mdns.RR {
		rr, err := mdns.NewRR(handName + " 1 " + text)
		if err != nil {
			t.Fatal(err)
		}
		return rr
	}
	for _, test := range []struct {
		name  string
		spoil func(*handmade)
		want  registry.ChildResult
		says  string
	}{
		{"a digest that nobody has assigned", func(h *handmade) {
			odd := h.next.ToDS(mdns.SHA256)
			odd.DigestType = 99
			cds(h, h.next.ToDS(mdns.SHA256).ToCDS(), odd.ToCDS())
		}, registry.ChildRefused, "no such digest is assigned"},
		{"a digest that nobody believes any more", func(h *handmade) { cds(h, h.next.ToDS(mdns.SHA1).ToCDS()) }, registry.ChildRefused, "none of its DNSKEY records is proven by a DS"},
		{"a key that is not there", func(h *handmade) { h.sets[mdns.TypeDNSKEY] = []mdns.RR{h.ksk.DNSKEY, h.zsk.DNSKEY} }, registry.ChildRefused, "under the DS that it asks for, none of its DNSKEY records is proven by a DS"},
		{"a key that signs nothing", func(h *handmade) { h.signers[mdns.TypeDNSKEY] = []key{h.ksk} }, registry.ChildRefused, "under the DS that it asks for, its DNSKEY records: it is signed by key"},
		{"CDS signed by the key that they ask for", func(h *handmade) { h.signers[mdns.TypeCDS] = []key{h.next} }, registry.ChildRefused, "under its present DS, its CDS records: it is signed by key"},
		{"CDS signed by a zone signing key", func(h *handmade) { h.signers[mdns.TypeCDS] = []key{h.zsk} }, registry.ChildRefused, "which is not one that counts"},
		{"signatures of yesterday", func(h *handmade) { h.begins(-2 * time.Hour); h.expiration = -time.Hour }, registry.ChildRefused, "is not valid now"},
		{"signatures of tomorrow", func(h *handmade) { h.begins(time.Hour); h.expiration = 2 * time.Hour }, registry.ChildRefused, "is not valid now"},
		{"signatures of a wildcard", func(h *handmade) { h.spoil = func(s *mdns.RRSIG) { s.Labels-- } }, registry.ChildRefused, "of another zone or of a wildcard"},
		{"signatures of the zone above", func(h *handmade) { h.spoil = func(s *mdns.RRSIG) { s.SignerName = "co." } }, registry.ChildRefused, "of another zone or of a wildcard"},
		{"a revoked key", func(h *handmade) { h.ksk.Flags |= mdns.REVOKE }, registry.ChildRefused, "under its present DS, none of its DNSKEY records"},
		{"no SOA", func(h *handmade) { h.sets[mdns.TypeSOA] = nil }, registry.ChildRefused, "it has no SOA record"},
		{"a SOA that another key signs", func(h *handmade) { h.signers[mdns.TypeSOA] = []key{newKey(t, 256)} }, registry.ChildRefused, "its SOA record"},
		{"an end beside a beginning", func(h *handmade) { cds(h, gone("CDS 0 0 0 00"), h.next.ToDS(mdns.SHA256).ToCDS()) }, registry.ChildRefused, "does not stand alone"},
		{"an end in one of both", func(h *handmade) { h.sets[mdns.TypeCDS] = []mdns.RR{gone("CDS 0 0 0 00")} }, registry.ChildRefused, "disagree on whether it wants DS"},
		{"a CDS of no algorithm", func(h *handmade) { cds(h, gone("CDS 0 0 1 AB")) }, registry.ChildRefused, "one of its CDS records has no algorithm or no digest"},
		{"a key of no zone", func(h *handmade) {
			h.sets[mdns.TypeCDS], h.sets[mdns.TypeCDNSKEY] = nil, []mdns.RR{gone("CDNSKEY 1 3 13 AAAA")}
		}, registry.ChildRefused, "one of its CDNSKEY records is no key of a zone"},
		{"a CDS without its key", func(h *handmade) {
			h.sets[mdns.TypeCDS] = append(h.sets[mdns.TypeCDS], h.ksk.ToDS(mdns.SHA256).ToCDS())
		}, registry.ChildRefused, "has no CDNSKEY record"},
		{"more than anybody has", func(h *handmade) {
			for i := range 33 {
				ds := h.next.ToDS(mdns.SHA256)
				ds.KeyTag = uint16(i)
				h.sets[mdns.TypeCDS] = append(h.sets[mdns.TypeCDS], ds.ToCDS())
			}
		}, registry.ChildUnreachable, "there are 34 CDS records, and 32 is the most"},
		{"more than the profile takes", func(h *handmade) {
			list := h.sets[mdns.TypeCDS]
			for i := range 10 {
				ds := h.next.ToDS(mdns.SHA256)
				ds.KeyTag = uint16(i)
				list = append(list, ds.ToCDS())
			}
			cds(h, list...)
		}, registry.ChildRefused, "a domain has 10 DS at most"},
		{"many keys of one tag", func(h *handmade) { h.manyKeys() }, registry.ChildRefused, "too many of its keys have one tag"},
		{"an end", func(h *handmade) {
			h.sets[mdns.TypeCDS], h.sets[mdns.TypeCDNSKEY] = []mdns.RR{gone("CDS 0 0 0 00")}, []mdns.RR{gone("CDNSKEY 0 3 0 AA==")}
		}, registry.ChildChanged, "no DS"},
		{"keys alone", func(h *handmade) { h.sets[mdns.TypeCDS] = nil }, registry.ChildChanged, ""},
		{"nothing", func(*handmade) {}, registry.ChildChanged, ""},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "-"), func(t *testing.T) {
			sc := newScene(t)
			h := newHandmade(t)
			sc.child("hand.co", registryDS(h.ksk.ToDS(mdns.SHA256)))
			test.spoil(h)
			there := serve(t, h.answer(t))
			sc.at["192.0.2.1:53"], sc.at["192.0.2.2:53"] = there, there
			sc.scan("hand.co", test.want, test.says)
			if test.name == "keys alone" || test.name == "nothing" {
				sc.has("hand.co", []registry.DS{registryDS(h.next.ToDS(mdns.SHA256))})
			}
		})
	}
}

// manyKeys has the zone publish keys that all have the tag of its key, as that is a sum of the words of a key, and sign
// with it again and again.
func (h *handmade) manyKeys() {
	words, err := base64.StdEncoding.DecodeString(h.ksk.PublicKey)
	if err != nil {
		panic(err)
	}
	list := []mdns.RR{h.next.DNSKEY, h.zsk.DNSKEY}
	for i := 2; i < 28; i += 2 {
		other := slices.Clone(words)
		other[0], other[1], other[i], other[i+1] = words[i], words[i+1], words[0], words[1]
		k := *h.ksk.DNSKEY
		k.PublicKey = base64.StdEncoding.EncodeToString(other)
		list = append(list, &k)
	}
	h.sets[mdns.TypeDNSKEY] = append(list, h.ksk.DNSKEY)
	h.signers[mdns.TypeSOA] = []key{h.ksk} // verified with all keys, most of which are not the one
}

// An answer that was signed before the one that was taken last is a former one played again.
func TestFormerAnswersAreNotTaken(t *testing.T) {
	sc := newScene(t)
	h := newHandmade(t)
	sc.child("hand.co", registryDS(h.ksk.ToDS(mdns.SHA256)))
	there := serve(t, h.answer(t))
	sc.at["192.0.2.1:53"], sc.at["192.0.2.2:53"] = there, there
	sc.scan("hand.co", registry.ChildChanged, "")
	sc.setDS("hand.co", []registry.DS{registryDS(h.ksk.ToDS(mdns.SHA256))})
	h.begins(-2 * time.Hour)
	sc.scan("hand.co", registry.ChildRefused, "before those that were taken last")
	h.begins(-30 * time.Minute)
	sc.scan("hand.co", registry.ChildChanged, "")
}

// A name server at an address of this machine, or of a private network, is not asked: a child could have us ask there what
// only we may.
func TestPrivateAddressesAreNotAsked(t *testing.T) {
	sc := newScene(t)
	sc.Service.Profile.Versions = slices.Clone(sc.Service.Profile.Versions)
	for i := range sc.Service.Profile.Versions {
		sc.Service.Profile.Versions[i].Terms.PrivateAddresses = nil // of hosts from before such were refused
	}
	sc.Domain(world.Acme, "inside.co")
	for i, address := range []string{"10.0.0.1", "192.168.1.1", "100.64.0.1", "fd00::1", "240.0.0.1", "2002:7f00:1::1"} {
		name := world.Name(strings.ToLower(string(rune('a'+i))) + "ns.inside.co")
		sc.Host(world.Acme, name.String(), address)
		sc.Exec("DELETE FROM domain_host WHERE domain = (SELECT roid FROM domain WHERE name = 'inside.co')")
		delegate(sc.World, "inside.co", name.String())
		before := sc.asked.Load()
		sc.scan("inside.co", registry.ChildUnreachable, "no address of the public Internet")
		if sc.asked.Load() != before {
			t.Errorf("%s was asked", address)
		}
		undelegate(sc.World, "inside.co", name.String())
	}
}

// A server that does not answer is left alone for a while, unless somebody insists; one that talks nonsense is not heard.
func TestServersThatDoNotAnswer(t *testing.T) {
	sc := newScene(t)
	sc.child("hand.co")
	there := serve(t, func(q *mdns.Msg, _ bool) *mdns.Msg {
		m := new(mdns.Msg).SetReply(q)
		m.Id++
		return m
	})
	sc.at["192.0.2.1:53"], sc.at["192.0.2.2:53"] = "127.0.0.1:1", there
	config := sc.config()
	config.Chance = func() float64 { return 0 }
	sc.scanner = children.New(config)
	sc.scan("hand.co", registry.ChildUnreachable, "no answer")
	sc.Exec("UPDATE child SET due = 0")
	before := sc.asked.Load()
	sc.round()
	if sc.asked.Load() != before {
		t.Error("servers that did not answer a moment ago are asked again")
	}
	if child := sc.known("hand.co"); child.Result != registry.ChildUnreachable || !strings.Contains(child.Why, "no answer a moment ago") {
		t.Errorf("what is known is %s: %s", child.Result, child.Why)
	}
}
