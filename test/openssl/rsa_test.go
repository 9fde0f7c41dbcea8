//go:build openssl

package openssl_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// OpenSSL makes octet for octet the signatures that Go makes, of keys of all sizes, many at a time, and they hold.
func TestRSASignsAsGoDoes(t *testing.T) {
	if dns.RSABy != "OpenSSL" {
		t.Fatalf("RSA signatures are made by %s", dns.RSABy)
	}
	for _, bits := range []int{dnssec.MinBits, 3072, dnssec.MaxBits} {
		t.Run(fmt.Sprint(bits), func(t *testing.T) {
			private, keys := newKeys(t, bits)
			now := time.Now()
			jobs := [2][]zone.Job{}
			for i, by := range []func(crypto.Signer) (crypto.Signer, error){asItIs, dns.Fast} {
				jobs[i] = newJobs(t)
				s, err := dnssec.NewSigner(dnssec.SignerConfig{
					Origin: jobs[i][0].Owner.Parent(), Keys: keys, Policy: dnssec.DefaultPolicy(), Now: func() time.Time { return now }, Workers: 4,
					Private: func(registry.ZoneKey) (crypto.Signer, error) { return by(private) },
				})
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Sign(jobs[i]); err != nil {
					t.Fatal(err)
				}
			}
			for i, job := range jobs[1] {
				if len(job.Sigs) != 1 || !bytes.Equal(job.Sigs[0], jobs[0][i].Sigs[0]) {
					t.Fatalf("%s: OpenSSL makes %x, and Go %x", job.Owner, job.Sigs, jobs[0][i].Sigs)
				}
				if err := dnssec.Verify(job.Owner.Parent(), job, job.Sigs[0], dnssec.DNSKEY(keys[0]), now); err != nil {
					t.Errorf("%s: %v", job.Owner, err)
				}
			}
		})
	}
}

func asItIs(private crypto.Signer) (crypto.Signer, error) { return private, nil }

// newKeys returns a private key, and the zone-signing key that it is of.
func newKeys(t *testing.T, bits int) (crypto.Signer, []registry.ZoneKey) {
	t.Helper()
	private, err := dnssec.Generate(rand.Reader, dnssec.RSASHA256, bits)
	if err != nil {
		t.Fatal(err)
	}
	k, err := dnssec.NewKey(registry.ZSK, dnssec.RSASHA256, private)
	if err != nil {
		t.Fatal(err)
	}
	k.Number, k.Record.State, k.Signatures.State = 1, registry.There, registry.There
	return private, []registry.ZoneKey{k}
}

// newJobs returns RRsets to be signed, each of other data.
func newJobs(t *testing.T) []zone.Job {
	t.Helper()
	var jobs []zone.Job
	for i := range 100 {
		owner, err := zone.ParseName(fmt.Sprintf("n%d.co", i))
		if err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, zone.Job{Owner: owner, RRset: zone.RRset{Type: zone.TypeDS, TTL: 60, Data: [][]byte{{1, 2, 8, 2, byte(i)}}}})
	}
	return jobs
}

// A key in OpenSSL signs what algorithm 8 has signed, and nothing else; what cannot be handed to it is refused, and keys
// of other algorithms stay what they are.
func TestRSARefusals(t *testing.T) {
	private, _ := newKeys(t, dnssec.MinBits)
	fast, err := dns.Fast(private)
	if err != nil {
		t.Fatal(err)
	}
	if err := dnssec.Fits(zoneKey(t, private), fast); err != nil {
		t.Error(err)
	}
	sum := sha256.Sum256([]byte("text"))
	for _, test := range []struct {
		name string
		sum  []byte
		opts crypto.SignerOpts
	}{
		{"another hash", sum[:], crypto.SHA384},
		{"a sum that is too short", sum[:20], crypto.SHA256},
		{"another padding", sum[:], &rsa.PSSOptions{Hash: crypto.SHA256}},
	} {
		if _, err := fast.Sign(nil, test.sum, test.opts); err == nil || !strings.Contains(err.Error(), "PKCS #1 v1.5") {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	other, err := dnssec.Generate(rand.Reader, dnssec.ECDSAP256SHA256, 0)
	if err != nil {
		t.Fatal(err)
	}
	if same, err := dns.Fast(other); err != nil || same != other {
		t.Errorf("a key of ECDSA becomes %T, %v", same, err)
	}
}

func zoneKey(t *testing.T, private crypto.Signer) registry.ZoneKey {
	t.Helper()
	k, err := dnssec.NewKey(registry.ZSK, dnssec.RSASHA256, private)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
