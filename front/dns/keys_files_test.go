package dns_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/world"
)

// Keys that BIND's dnssec-keygen made are read as it wrote them, and what we write of them is the same key to BIND.
func TestKeyFilesAreBINDs(t *testing.T) {
	keygen, convert := peer.Need(t, "dnssec-keygen"), peer.Need(t, "dnssec-dsfromkey")
	for _, algorithm := range []string{"RSASHA256", "ECDSAP256SHA256", "ED25519"} {
		t.Run(algorithm, func(t *testing.T) {
			theirs, ours := t.TempDir(), t.TempDir()
			out, err := exec.Command(keygen, "-q", "-K", theirs, "-a", algorithm, "-b", "2048", "-f", "KSK", "co").Output()
			if err != nil {
				t.Fatal(err)
			}
			base := strings.TrimSpace(string(out))
			origin, k, err := dnssec.ParseKey(read(t, filepath.Join(theirs, base+".key")))
			if err != nil || origin.String() != "co." || k.Role != registry.KSK || dnssec.FileName(origin, k) != base {
				t.Fatalf("%s is read as %s of %s (%s), %v", base, k.Role, origin, dnssec.FileName(origin, k), err)
			}
			_, private, err := dnssec.ParsePrivate(read(t, filepath.Join(theirs, base+".private")))
			if err != nil || dnssec.Fits(k, private) != nil {
				t.Fatalf("its private key: %v, %v", err, dnssec.Fits(k, private))
			}
			pair := dns.KeyPair{Origin: origin, Role: k.Role, Algorithm: k.Algorithm, Private: private}
			kept, err := dns.FileVault{Dir: ours}.Keep(pair)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := (dns.FileVault{Dir: ours}).Keep(pair); err != nil || again.Object != kept.Object {
				t.Errorf("the same key again: %+v, %v", again, err)
			}
			if opened, err := (dns.FileVault{Dir: ours}).Open(kept); err != nil || dnssec.Fits(k, opened) != nil {
				t.Errorf("what we wrote: %v", err)
			}
			text, err := exec.Command(convert, "-2", filepath.Join(ours, base+".key")).Output()
			if want := "co. IN DS " + dnssec.DSText(dnssec.DS(origin, k, dnssec.DigestSHA256)); err != nil || strings.TrimSpace(string(text)) != want {
				t.Errorf("of our file BIND says %q, %v; want %q", text, err, want)
			}
			bindSigns(t, ours, base)
		})
	}
}

// bindSigns has BIND sign a zone with a key of a directory, which it does only if both files are whole.
func bindSigns(t *testing.T, dir, base string) {
	t.Helper()
	const text = "@ 60 IN SOA a b 1 2 3 4 5\n@ 60 IN NS ns.example.net.\n"
	if err := os.WriteFile(filepath.Join(dir, "co.zone"), []byte(text+"$INCLUDE "+base+".key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(peer.Need(t, "dnssec-signzone"), "-z", "-P", "-o", "co", "-k", base, "co.zone")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("dnssec-signzone: %v\n%s", err, out)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A file that others can read, or that is not the key's, is refused.
func TestKeyFilesAreGuarded(t *testing.T) {
	vault := dns.FileVault{Dir: filepath.Join(t.TempDir(), "keys")}
	k, err := vault.Make("\x02co\x00", dnssec.Wish{Role: registry.ZSK, Algorithm: dnssec.Ed25519})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(vault.Dir, k.Object+".private")
	for _, test := range []struct {
		name, says string
		spoil      func()
	}{
		{"mode", "can be read by others", func() { os.Chmod(path, 0o644) }},
		{"algorithm", "the key is of algorithm 15, not 13", func() { os.Chmod(path, 0o600); k.Algorithm = 13 }},
		{"text", "this is no private key as BIND writes it", func() { os.WriteFile(path, []byte("x"), 0o600) }},
		{"missing", "no such file", func() { os.Remove(path) }},
		{"elsewhere", "and this is", func() { k.Object = "../" + k.Object }},
	} {
		test.spoil()
		if _, err := vault.Open(k); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", test.name, err, test.says)
		}
	}
}

// Keys in several places are opened each from its own, and new ones are made in one of them.
func TestPlacedVault(t *testing.T) {
	co := zone.Name("\x02co\x00")
	v := dns.PlacedVault{
		Place: registry.KeyFile, Files: &dns.FileVault{Dir: t.TempDir()},
		Sealed: dns.SealedVault{Secret: []byte(strings.Repeat("k", dnssec.SecretBytes))},
	}
	wish := dnssec.Wish{Role: registry.ZSK, Algorithm: dnssec.Ed25519}
	inFile, err := v.Make(co, wish)
	if err != nil || inFile.Place != registry.KeyFile {
		t.Fatalf("%+v, %v", inFile, err)
	}
	v.Place = registry.KeySealed
	sealed, err := v.Make(co, wish)
	if err != nil || sealed.Place != registry.KeySealed {
		t.Fatalf("%+v, %v", sealed, err)
	}
	for _, k := range []registry.ZoneKey{inFile, sealed} {
		if private, err := v.Open(k); err != nil || dnssec.Fits(k, private) != nil {
			t.Errorf("%s: %v", k.Place, err)
		}
	}
	v.Place = registry.KeyToken
	if _, err := v.Make(co, wish); err == nil || !strings.Contains(err.Error(), "the configuration does not give access") {
		t.Errorf("a key on a token that there is not: %v", err)
	}
}

// When the secret was replaced, the keys are sealed anew with the next look at them, and the old secret opens none.
func TestKeysAreResealed(t *testing.T) {
	w := world.New(t, noon)
	co := zone.Name("\x02co\x00")
	ring := func(v dns.SealedVault) ([]registry.ZoneKey, error) {
		r := dns.NewKeyring(dns.KeyringConfig{Service: w.Service, Policy: compressed(), Now: w.Now, Vault: v, Sealed: v})
		ring, err := r.Ring(context.Background(), co, dnssec.Facts{}, w.Now())
		return ring.Keys, err
	}
	first, second := []byte(strings.Repeat("1", dnssec.SecretBytes)), []byte(strings.Repeat("2", dnssec.SecretBytes))
	if _, err := ring(dns.SealedVault{Secret: first}); err != nil {
		t.Fatal(err)
	}
	if _, err := ring(dns.SealedVault{Secret: second}); err == nil || !strings.Contains(err.Error(), dns.ErrNoSecret.Error()) {
		t.Errorf("without the secret: %v", err)
	}
	keys, err := ring(dns.SealedVault{Secret: second, Before: [][]byte{first}})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.SealedBy != dnssec.SecretID(second) {
			t.Errorf("%s is sealed by %s", k.ID(), k.SealedBy)
		}
	}
	if _, err := ring(dns.SealedVault{Secret: second}); err != nil {
		t.Errorf("with the new secret alone: %v", err)
	}
	reply, err := w.Ask("", flow.ZoneKeyList{Zone: world.Name("co")})
	if err != nil || len(reply.([]registry.ZoneKey)) != 2 {
		t.Errorf("%v, %v", reply, err)
	}
}
