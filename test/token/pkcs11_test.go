//go:build pkcs11

package token_test

import (
	"crypto"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/peer"
)

// newToken makes a token of SoftHSM, and returns where it is.
func newToken(t *testing.T) dns.TokenConfig {
	t.Helper()
	dir := t.TempDir()
	conf := filepath.Join(dir, "softhsm2.conf")
	if err := os.WriteFile(conf, []byte("directories.tokendir = "+dir+"\nobjectstore.backend = file\nlog.level = ERROR\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", conf)
	out, err := exec.Command(peer.Need(t, "softhsm2-util"), "--init-token", "--free", "--label", "zones", "--so-pin", "12345678", "--pin", "87654321").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	libraries, err := filepath.Glob("/usr/lib/*/softhsm/libsofthsm2.so")
	if err != nil || len(libraries) == 0 {
		libraries = []string{"/usr/lib/softhsm/libsofthsm2.so"}
	}
	return dns.TokenConfig{Library: libraries[0], Token: "zones", PIN: "87654321"}
}

// A key that was made on a token is found there again by whoever has the PIN, and signs: its signatures hold.
func TestTokenKeepsKeys(t *testing.T) {
	config := newToken(t)
	vault, err := dns.OpenToken(config)
	if err != nil {
		t.Fatal(err)
	}
	origin, err := zone.ParseName("co")
	if err != nil {
		t.Fatal(err)
	}
	for _, algorithm := range []uint8{dnssec.RSASHA256, dnssec.ECDSAP256SHA256} {
		t.Run(dnssec.AlgorithmName(algorithm), func(t *testing.T) {
			var keys []registry.ZoneKey
			for i, role := range []registry.KeyRole{registry.KSK, registry.ZSK} {
				k, err := vault.Make(origin, dnssec.Wish{Role: role, Algorithm: algorithm, Bits: dnssec.DefaultBits})
				if err != nil {
					t.Fatal(err)
				}
				k.Number = int64(i + 1)
				k.Record.State, k.Signatures.State = registry.There, registry.There
				keys = append(keys, k)
			}
			again, err := dns.OpenToken(config)
			if err != nil {
				t.Fatal(err)
			}
			signs(t, origin, keys, again)
		})
	}
	if _, err := vault.Make(origin, dnssec.Wish{Role: registry.KSK, Algorithm: dnssec.Ed25519}); err == nil {
		t.Error("a key of algorithm 15 is made on the token")
	}
	lost := registry.ZoneKey{Place: registry.KeyToken, Object: strings.Repeat("00", 16)}
	if _, err := vault.Open(lost); err == nil || !strings.Contains(err.Error(), "was not found") {
		t.Errorf("a key that is not there: %v", err)
	}
	config.Token = "another"
	if _, err := dns.OpenToken(config); err == nil {
		t.Error("a token that is not there opens")
	}
}

// signs signs many RRsets at a time, and holds each signature against the public key.
func signs(t *testing.T, origin zone.Name, keys []registry.ZoneKey, vault dns.Vault) {
	t.Helper()
	now := time.Now()
	s, err := dnssec.NewSigner(dnssec.SignerConfig{
		Origin: origin, Keys: keys, Policy: dnssec.DefaultPolicy(), Now: func() time.Time { return now }, Workers: 4,
		Private: func(k registry.ZoneKey) (crypto.Signer, error) { return vault.Open(k) },
	})
	if err != nil {
		t.Fatal(err)
	}
	jobs := []zone.Job{{Owner: origin, RRset: zone.RRset{Type: zone.TypeDNSKEY, TTL: 60, Data: [][]byte{dnssec.DNSKEY(keys[1]), dnssec.DNSKEY(keys[0])}}}}
	for i := range 300 {
		owner, err := zone.ParseName(fmt.Sprintf("n%d.co", i))
		if err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, zone.Job{Owner: owner, RRset: zone.RRset{Type: zone.TypeDS, TTL: 60, Data: [][]byte{{1, 2, 8, 2, byte(i)}}}})
	}
	if err := s.Sign(jobs); err != nil {
		t.Fatal(err)
	}
	for i, j := range jobs {
		by := keys[1]
		if i == 0 {
			by = keys[0]
		}
		if len(j.Sigs) != 1 {
			t.Fatalf("%s has %d signatures", j.Owner, len(j.Sigs))
		}
		if err := dnssec.Verify(origin, j, j.Sigs[0], dnssec.DNSKEY(by), now); err != nil {
			t.Errorf("%s: %v", j.Owner, err)
		}
	}
	t.Logf("%d signatures in %s", len(jobs), time.Since(now))
}
