package main

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
)

// An operator sees the keys of a demo, hands on the DS, replaces a key, takes in others, and is refused what would not
// make sense.
func TestZoneKeys(t *testing.T) {
	dir := filepath.Join(shortDir(t), "demo")
	demo := start(t, "demo", "--dir", dir, "--port-base", portBase(t), "--seed-names", "0")
	zones := func(args ...string) string {
		return mustRun(t, append(append([]string{"zone"}, args...), "--dir", dir)...)
	}
	refused := func(says string, args ...string) {
		t.Helper()
		_, errs, status := run(t, "", append(append([]string{"zone"}, args...), "--dir", dir)...)
		if has(t, errs, says); status != 1 {
			t.Errorf("dorado zone %s: status %d", strings.Join(args, " "), status)
		}
	}
	out := zones("keys")
	has(t, out, "KEY ", "co-1 ", "KSK ", "13 ECDSAP256SHA256", "mil.co-2", "waits for its DS in the zone above", "in use", "dorado zone ds co")
	has(t, zones("ds", "co"), "co. IN DS ", " 13 2 ", "co. IN DNSKEY 257 3 13 ", "the zone publishes CDS", "dorado zone ds co --seen")
	has(t, zones("ds", "com.co"), "the zone above is co, of this registry: the publisher changes it")
	refused("of this registry: its publisher puts the DS there", "ds", "com.co", "--seen")
	refused("there is nobody to ask", "ds", "co", "--seen")
	refused("--unchecked is said with --seen", "ds", "co", "--unchecked")
	refused("this is not done without a reason", "ds", "co", "--seen", "--unchecked")
	has(t, zones("ds", "co", "--seen", "--unchecked", "--reason", "dig"), "the zone above was seen with these")
	refused("no change of DS is awaited", "ds", "co", "--seen", "--unchecked", "--reason", "dig")
	refused("give one argument: the zone, such as co", "rollover", "", "--zsk", "--reason", "x")
	refused("the zone is empty", "keys", "")
	refused("give one argument: a name", "show", "")
	refused(`"_dmarc.co" is no name that a registry has`, "show", "_dmarc.co")
	refused(`"a..b" is no zone`, "release", "a..b", "--reason", "x")
	refused("zone.dnssec.sign is true", "unsign", "co", "--reason", "x")
	has(t, zones("keys", "co"), "its DS is there; not in all caches yet; until 20")

	refused("say what to replace", "rollover", "co", "--reason", "x")
	refused("there is no algorithm 7 here; 8, 13 and 15 are known", "rollover", "co", "--algorithm", "7", "--reason", "x")
	refused("--zsk, --ksk and --algorithm do not go together", "rollover", "co", "--zsk", "--ksk", "--reason", "x")
	refused("give the zone, such as co, and the files", "keys", "import", "co", "--reason", "x")
	refused("Kco.+008+1.private cannot be read: no such file", "keys", "import", "co", "Kco.+008+1.private", "--reason", "x")
	refused("this is no zone of ours", "rollover", "shop.co", "--zsk", "--reason", "x")
	refused("the keys are of this algorithm", "rollover", "co", "--algorithm", "13", "--reason", "x")
	has(t, zones("rollover", "co", "--zsk", "--now", "--reason", "a disk was lost"),
		"in use until its successor is (leaves: a disk was lost)", "The publisher makes a new ZSK now")
	eventually(t, func() bool { return strings.Contains(zones("keys", "co"), "co-3 ") })
	refused("a rollover of the zone is under way", "rollover", "co", "--algorithm", "15", "--reason", "x")
	has(t, zones("keys", "co", "--json"), `"reason": "a disk was lost"`, `"role": "ZSK"`)

	files := keyFiles(t, "net.co")
	refused("the .key file is of net.co., not of co", "keys", "import", "co", files[0], "--reason", "x")
	refused("KSK and ZSK of a zone are of one algorithm", "keys", "import", "net.co", files[0], "--reason", "x")
	has(t, zones("keys", "import", "net.co", files[0], files[1], "--reason", "from the old signer"), "net.co-3", "15 ED25519", "net.co-4")
	refused("dorado: key: imported already: tag ", "keys", "import", "net.co", files[0], files[1], "--reason", "again")
	if strings.Contains(demo.err.String(), "ERROR") {
		t.Errorf("the demo's log:\n%s", demo.err)
	}
	demo.stop()
	has(t, mustRun(t, "zone", "keys", "secret", "--dir", dir), "id ")
	before, err := readSecrets(dir)
	if err != nil {
		t.Fatal(err)
	}
	has(t, mustRun(t, "zone", "keys", "secret", "--new", "--dir", dir), "It seals when the registry has been started again.")
	after, err := readSecrets(dir)
	if err != nil || after.ZoneKey == before.ZoneKey || len(after.ZoneKeysBefore) != 1 || after.ZoneKeysBefore[0] != before.ZoneKey {
		t.Errorf("the secrets after it: %+v, %v", after, err)
	}
}

// keyFiles writes a KSK and a ZSK of algorithm 15 as BIND does, and returns their paths.
func keyFiles(t *testing.T, of string) []string {
	t.Helper()
	origin, err := zone.ParseName(of)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var paths []string
	for _, role := range []registry.KeyRole{registry.KSK, registry.ZSK} {
		private, err := dnssec.Generate(rand.Reader, dnssec.Ed25519, 0)
		if err != nil {
			t.Fatal(err)
		}
		k, err := dnssec.NewKey(role, dnssec.Ed25519, private)
		if err != nil {
			t.Fatal(err)
		}
		text, err := dnssec.PrivateText(dnssec.Ed25519, private)
		if err != nil {
			t.Fatal(err)
		}
		base := filepath.Join(dir, dnssec.FileName(origin, k))
		for path, content := range map[string]string{base + ".private": text, base + ".key": dnssec.KeyText(origin, k)} {
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		paths = append(paths, base+".private")
	}
	return paths
}
