package dns_test

import (
	"crypto"
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// instant is when desks answer, and signatures are valid.
func instant() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// A testKey signs zones of tests, one of ECDSA, by miekg's hand.
type testKey struct {
	t      testing.TB
	origin string
	key    *mdns.DNSKEY
	signer crypto.Signer
}

func newTestKey(t testing.TB, origin string) *testKey {
	key := &mdns.DNSKEY{
		Hdr:   mdns.RR_Header{Name: origin, Rrtype: mdns.TypeDNSKEY, Class: mdns.ClassINET, Ttl: 3600},
		Flags: 257, Protocol: 3, Algorithm: mdns.ECDSAP256SHA256,
	}
	private, err := key.Generate(256)
	if err != nil {
		t.Fatal(err)
	}
	return &testKey{t, origin, key, private.(crypto.Signer)}
}

// Sign makes one signature over each.
func (k *testKey) Sign(jobs []zone.Job) error {
	for i, j := range jobs {
		sig := &mdns.RRSIG{
			Hdr:       mdns.RR_Header{Ttl: j.TTL},
			Algorithm: k.key.Algorithm, KeyTag: k.key.KeyTag(), SignerName: k.origin,
			Inception: uint32(time.Now().Add(-20 * 365 * 24 * time.Hour).Unix()), Expiration: uint32(time.Now().Add(20 * 365 * 24 * time.Hour).Unix()),
		}
		if err := sig.Sign(k.signer, rrsOf(k.t, j.Owner, j.RRset)); err != nil {
			return err
		}
		jobs[i].Sigs = [][]byte{rdataOf(k.t, sig)}
	}
	return nil
}

func (k *testKey) Good(_ zone.Name, s zone.RRset) bool { return len(s.Sigs) > 0 }

// rrsOf returns an RRset as miekg has it.
func rrsOf(t testing.TB, owner zone.Name, s zone.RRset) []mdns.RR {
	var list []mdns.RR
	for _, data := range s.Data {
		wire := zone.Record{Owner: owner, Type: s.Type, TTL: s.TTL, Data: data}.Append(nil)
		rr, _, err := mdns.UnpackRR(wire, 0)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, rr)
	}
	return list
}

// wireOf returns a record without compression, and where its RDATA begins.
func wireOf(t testing.TB, rr mdns.RR) ([]byte, int) {
	buffer := make([]byte, 1<<16)
	n, err := mdns.PackRR(rr, buffer, 0, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for buffer[at] != 0 {
		at += 1 + int(buffer[at])
	}
	return buffer[:n], at + 1 + 10
}

func rdataOf(t testing.TB, rr mdns.RR) []byte {
	wire, at := wireOf(t, rr)
	return wire[at:]
}

// changesOf reads zone text.
func changesOf(t testing.TB, origin, text string) []zone.Change {
	t.Helper()
	type key struct {
		owner string
		kind  uint16
	}
	sets := map[key]*zone.Change{}
	var order []key
	parser := mdns.NewZoneParser(strings.NewReader(text), origin, "")
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		h := rr.Header()
		k := key{strings.ToLower(h.Name), h.Rrtype}
		if sets[k] == nil {
			wire, at := wireOf(t, rr)
			owner := zone.Name(strings.ToLower(string(wire[:at-10])))
			sets[k] = &zone.Change{Owner: owner, RRset: zone.RRset{Type: h.Rrtype, TTL: h.Ttl}}
			order = append(order, k)
		}
		sets[k].Data = append(sets[k].Data, rdataOf(t, rr))
	}
	if err := parser.Err(); err != nil {
		t.Fatal(err)
	}
	changes := make([]zone.Change, len(order))
	for i, k := range order {
		changes[i] = *sets[k]
	}
	return changes
}

// versionOf makes a version of zone text, signed if a key is given.
func versionOf(t testing.TB, origin, text string, keys *testKey) *zone.Version {
	t.Helper()
	name, err := zone.ParseName(origin)
	if err != nil {
		t.Fatal(err)
	}
	update := zone.Update{Changes: changesOf(t, origin, text), Serial: 7}
	if keys != nil {
		update.Signer = keys
		update.Changes = append(update.Changes,
			zone.Change{Owner: name, RRset: zone.RRset{Type: zone.TypeDNSKEY, TTL: 3600, Data: [][]byte{rdataOf(t, keys.key)}}},
			zone.Change{Owner: name, RRset: zone.RRset{Type: zone.TypeNSEC3PARAM, TTL: 0, Data: [][]byte{zone.Param()}}})
	}
	e := zone.NewEditor(zone.Empty(name))
	step, err := e.Next(update)
	if err != nil {
		t.Fatal(err)
	}
	e.Take(step)
	return e.Version()
}

// The zones of the tests: each way in which a name can stand in one, and one zone in another.
const (
	apexText = `@ 900 IN SOA a.nic.co. hostmaster.nic.co. 0 1800 900 1209600 600
@ 86400 IN NS a.nic.co.
@ 86400 IN NS b.example.net.
`
	parentText = apexText + `a.nic 86400 IN A 192.0.2.53
a.nic 86400 IN AAAA 2001:db8::53
nic 900 IN TXT "the registry"
com 3600 IN NS a.nic
com 3600 IN NS b.example.net.
com 3600 IN DS 9 13 2 ` + digest + `
shop 3600 IN NS ns1.shop
shop 3600 IN NS ns.example.net.
shop 3600 IN NS shop
ns1.shop 3600 IN A 192.0.2.1
ns1.shop 3600 IN AAAA 2001:db8::1
shop 3600 IN A 192.0.2.2
sibling 3600 IN NS ns1.shop
cousin 3600 IN NS ns.deep.com
signed 3600 IN NS ns.example.net.
signed 3600 IN DS 1 13 2 ` + digest + `
signed 3600 IN DS 2 13 2 ` + digest + `
user 3600 IN NS a.ns.held
a.ns.held 3600 IN A 192.0.2.3
`
	childText = apexText + `shop 3600 IN NS ns.example.net.
deep 3600 IN NS ns.deep
ns.deep 3600 IN A 192.0.2.4
`
	digest = "ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB"
)

// zones makes the two, signed or not.
func zones(t testing.TB, signed bool) []*zone.Version {
	var parent, child *testKey
	if signed {
		parent, child = newTestKey(t, "co."), newTestKey(t, "com.co.")
	}
	return []*zone.Version{versionOf(t, "co.", parentText, parent), versionOf(t, "com.co.", childText, child)}
}

// someone is who asks.
func someone() netip.Addr { return netip.MustParseAddr("198.51.100.7") }

// consult asks a desk one question.
func consult(t testing.TB, d *dns.Desk, m *mdns.Msg, tcp bool) *mdns.Msg {
	t.Helper()
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return unpacked(t, d.RespondTo(packed, someone(), tcp))
}

func unpacked(t testing.TB, out []byte) *mdns.Msg {
	t.Helper()
	reply := new(mdns.Msg)
	if err := reply.Unpack(out); err != nil {
		t.Fatalf("the answer %x does not unpack: %v", out, err)
	}
	if binary.BigEndian.Uint16(out[10:]) != uint16(len(reply.Extra)) {
		t.Fatalf("the answer %x has more than it says", out)
	}
	return reply
}
