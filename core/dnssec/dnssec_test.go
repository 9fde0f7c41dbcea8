package dnssec_test

import (
	"crypto"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A pair is a key with its private key.
type pair struct {
	registry.ZoneKey
	private crypto.Signer
}

func newPair(t testing.TB, number int64, role registry.KeyRole, algorithm uint8) pair {
	t.Helper()
	private, err := dnssec.Generate(rand.Reader, algorithm, dnssec.DefaultBits)
	if err != nil {
		t.Fatal(err)
	}
	k, err := dnssec.NewKey(role, algorithm, private)
	if err != nil {
		t.Fatal(err)
	}
	k.Zone, k.Number, k.Version = names.MustParse("co"), number, 1
	return pair{k, private}
}

// inUse is a key that signs and is in the zone.
func (p pair) inUse() pair {
	p.Record.State = registry.There
	if p.Role == registry.ZSK {
		p.Signatures.State = registry.There
	}
	return p
}

func newSigner(t testing.TB, p dnssec.Policy, now func() time.Time, pairs ...pair) *dnssec.Signer {
	t.Helper()
	c := dnssec.SignerConfig{Origin: name(t, "co"), Policy: p, Now: now, Workers: 2}
	privates := map[int64]crypto.Signer{}
	for _, p := range pairs {
		c.Keys = append(c.Keys, p.ZoneKey)
		privates[p.Number] = p.private
	}
	c.Private = func(k registry.ZoneKey) (crypto.Signer, error) { return privates[k.Number], nil }
	s, err := dnssec.NewSigner(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func name(t testing.TB, text string) zone.Name {
	t.Helper()
	n, err := zone.ParseName(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func at(instant time.Time) func() time.Time { return func() time.Time { return instant } }

// foreign is what miekg/dns makes of a record of ours.
func foreign(t testing.TB, owner zone.Name, kind uint16, ttl uint32, data []byte) mdns.RR {
	t.Helper()
	rr, _, err := mdns.UnpackRR(zone.Record{Owner: owner, Type: kind, TTL: ttl, Data: data}.Append(nil), 0)
	if err != nil {
		t.Fatalf("%s, type %d: %v", owner, kind, err)
	}
	return rr
}

// Each algorithm's key, tag and DS are what miekg/dns takes them for, and its signatures hold for it and for us.
func TestRecordsAgreeWithOthers(t *testing.T) {
	for _, algorithm := range []uint8{dnssec.RSASHA256, dnssec.ECDSAP256SHA256, dnssec.Ed25519} {
		t.Run(dnssec.AlgorithmName(algorithm), func(t *testing.T) {
			ksk, zsk := newPair(t, 1, registry.KSK, algorithm).inUse(), newPair(t, 2, registry.ZSK, algorithm).inUse()
			s := newSigner(t, dnssec.DefaultPolicy(), at(noon), ksk, zsk)
			co := name(t, "co")
			record := foreign(t, co, zone.TypeDNSKEY, 3600, dnssec.DNSKEY(ksk.ZoneKey)).(*mdns.DNSKEY)
			if record.KeyTag() != dnssec.Tag(ksk.ZoneKey) || record.Flags != 257 {
				t.Errorf("key %v has tag %d, and we say %d", record, record.KeyTag(), dnssec.Tag(ksk.ZoneKey))
			}
			if _, text, _ := strings.Cut(record.String(), "DNSKEY\t"); text != dnssec.DNSKEYText(dnssec.DNSKEY(ksk.ZoneKey)) {
				t.Errorf("as text the key is %q, and we say %q", text, dnssec.DNSKEYText(dnssec.DNSKEY(ksk.ZoneKey)))
			}
			for _, digest := range []uint8{dnssec.DigestSHA256, dnssec.DigestSHA384} {
				ours := dnssec.DSText(dnssec.DS(co, ksk.ZoneKey, digest))
				if _, text, _ := strings.Cut(record.ToDS(digest).String(), "DS\t"); !strings.EqualFold(text, ours) {
					t.Errorf("DS is %q, and we say %q", text, ours)
				}
			}
			jobs := []zone.Job{
				{Owner: co, RRset: zone.RRset{Type: zone.TypeDNSKEY, TTL: 3600, Data: [][]byte{dnssec.DNSKEY(zsk.ZoneKey), dnssec.DNSKEY(ksk.ZoneKey)}}},
				{Owner: name(t, "shop.co"), RRset: zone.RRset{Type: zone.TypeDS, TTL: 60, Data: [][]byte{dnssec.DS(co, ksk.ZoneKey, 2)}}},
				{Owner: name(t, "a.nic.co"), RRset: zone.RRset{Type: zone.TypeA, TTL: 60, Data: [][]byte{{192, 0, 2, 1}, {192, 0, 2, 2}}}},
			}
			if err := s.Sign(jobs); err != nil {
				t.Fatal(err)
			}
			for i, j := range jobs {
				by := zsk.ZoneKey
				if i == 0 {
					by = ksk.ZoneKey
				}
				checkSignature(t, j, by)
				if !s.Good(j.Owner, j.RRset) {
					t.Errorf("%s, type %d: a new signature is not good", j.Owner, j.Type)
				}
			}
		})
	}
}

// checkSignature holds the one signature of a job against a key, by miekg/dns and by us.
func checkSignature(t *testing.T, j zone.Job, by registry.ZoneKey) {
	t.Helper()
	if len(j.Sigs) != 1 {
		t.Fatalf("%s, type %d: %d signatures", j.Owner, j.Type, len(j.Sigs))
	}
	co := name(t, "co")
	var set []mdns.RR
	for _, data := range j.Data {
		set = append(set, foreign(t, j.Owner, j.Type, j.TTL, data))
	}
	rrsig := foreign(t, j.Owner, zone.TypeRRSIG, j.TTL, j.Sigs[0]).(*mdns.RRSIG)
	key := foreign(t, co, zone.TypeDNSKEY, 3600, dnssec.DNSKEY(by)).(*mdns.DNSKEY)
	if err := rrsig.Verify(key, set); err != nil || !rrsig.ValidityPeriod(noon) {
		t.Errorf("%v over %v: %v", rrsig, set, err)
	}
	if err := dnssec.Verify(co, j, j.Sigs[0], dnssec.DNSKEY(by), noon); err != nil {
		t.Errorf("we find in %v: %v", rrsig, err)
	}
	for what, spoil := range map[string]func(*zone.Job, []byte) time.Time{
		"a record":      func(j *zone.Job, _ []byte) time.Time { j.Data = append([][]byte{{1, 2, 3}}, j.Data...); return noon },
		"the TTL":       func(j *zone.Job, _ []byte) time.Time { j.TTL++; return noon },
		"the owner":     func(j *zone.Job, _ []byte) time.Time { j.Owner = "\x01x" + j.Owner; return noon },
		"the signature": func(_ *zone.Job, sig []byte) time.Time { sig[len(sig)-1] ^= 1; return noon },
		"too late":      func(*zone.Job, []byte) time.Time { return noon.AddDate(0, 0, 31) },
		"too early":     func(*zone.Job, []byte) time.Time { return noon.Add(-2 * time.Hour) },
	} {
		spoilt, sig := j, append([]byte(nil), j.Sigs[0]...)
		when := spoil(&spoilt, sig)
		if err := dnssec.Verify(co, spoilt, sig, dnssec.DNSKEY(by), when); !errors.Is(err, dnssec.ErrBogus) && !errors.Is(err, dnssec.ErrExpired) {
			t.Errorf("with %s changed: %v", what, err)
		}
	}
}

// Signatures made together end at instants that are spread over the jitter, are good until the refresh, and no longer.
func TestSignaturesAreSpread(t *testing.T) {
	now := noon
	p := dnssec.DefaultPolicy()
	s := newSigner(t, p, func() time.Time { return now }, newPair(t, 1, registry.KSK, 15).inUse(), newPair(t, 2, registry.ZSK, 15).inUse())
	var jobs []zone.Job
	for i := range 4000 {
		jobs = append(jobs, zone.Job{Owner: name(t, fmt.Sprintf("n%d.co", i)), RRset: zone.RRset{Type: zone.TypeDS, TTL: 60, Data: [][]byte{{1, 2, 8, 2, 9}}}})
	}
	if err := s.Sign(jobs); err != nil {
		t.Fatal(err)
	}
	bad := 0
	for day := range 16 {
		now = noon.AddDate(0, 0, day).Add(time.Minute)
		before := bad
		bad = 0
		for _, j := range jobs {
			if !s.Good(j.Owner, j.RRset) {
				bad++
			}
		}
		switch fresh := bad - before; {
		case day <= 5 && bad > 0:
			t.Errorf("day %d: %d signatures are bad already", day, bad)
		case day > 5 && (fresh < 300 || fresh > 500):
			t.Errorf("day %d: %d signatures have to be made again, not about 400", day, fresh)
		}
	}
	if bad != len(jobs) {
		t.Errorf("in the end %d of %d are bad", bad, len(jobs))
	}
	now = noon.Add(-2 * time.Hour)
	if s.Good(jobs[0].Owner, jobs[0].RRset) {
		t.Error("a signature from the future is good")
	}
}

// A private key opens under its secret and beside its public key, and otherwise not.
func TestSeal(t *testing.T) {
	secret, nonce := []byte(strings.Repeat("s", dnssec.SecretBytes)), make([]byte, dnssec.NonceBytes)
	for _, algorithm := range []uint8{dnssec.RSASHA256, dnssec.ECDSAP256SHA256, dnssec.Ed25519} {
		p := newPair(t, 1, registry.KSK, algorithm)
		sealed, err := dnssec.Seal(secret, nonce, p.ZoneKey, p.private)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := dnssec.Unseal(secret, sealed)
		if err != nil || dnssec.Fits(p.ZoneKey, opened) != nil {
			t.Errorf("algorithm %d: opened %v, %v", algorithm, opened, err)
		}
		if _, err := dnssec.Unseal([]byte(strings.Repeat("t", dnssec.SecretBytes)), sealed); !errors.Is(err, dnssec.ErrSealed) {
			t.Errorf("another secret: %v", err)
		}
		other := sealed
		other.Role = registry.ZSK
		if _, err := dnssec.Unseal(secret, other); !errors.Is(err, dnssec.ErrSealed) {
			t.Errorf("beside another key: %v", err)
		}
		other.Sealed = []byte{1, 2, 3}
		if _, err := dnssec.Unseal(secret, other); !errors.Is(err, dnssec.ErrSealed) {
			t.Errorf("cut short: %v", err)
		}
	}
}
