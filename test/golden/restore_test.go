package golden

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/secondary"
)

// What docs/zone.md tells to do after an older backup was restored works in its order, and in the end a Knot that followed
// what was lost has the zone as it is restored, and follows it on.
func TestRestoring(t *testing.T) {
	pg.Same(t)
	peer.Need(t, "sqlite3")
	o := newOperator(t)
	for _, command := range commands(t, filepath.Join("docs", "operating.md"), "## A new registry") {
		if strings.Contains(command, " serve ") {
			continue // once it knows the secondary
		}
		o.run(t, command)
	}
	at := secondary.Address(t)
	key := o.tellSecondary(t, at)
	serve := "dorado serve --dir /var/lib/dorado"
	o.run(t, serve)
	for _, command := range commands(t, filepath.Join("docs", "operating.md"), "## Registrars")[:2] {
		o.run(t, command)
	}
	o.register(t)
	o.run(t, "dorado epp --server epp.example.com:700 --ca /var/lib/dorado/ca.pem --as R2001 create host ns1.provider.example")
	secondary.Start(t, "knot", at, secondary.Primary{Address: fmt.Sprintf("127.0.0.1:%d", o.base+53), Key: key, Zones: []string{"co"}})
	serial := func() int {
		out, err := shell(t, o.dir, fmt.Sprintf("dig @127.0.0.1 -p %d co SOA +short +norecurse", at.Port()))
		if fields := strings.Fields(out); err == nil && len(fields) == 7 {
			n, _ := strconv.Atoi(fields[2])
			return n
		}
		return 0
	}
	follows := func(name string) {
		t.Helper()
		eventually(t, name, func() (string, bool) {
			out, err := shell(t, o.dir, fmt.Sprintf("dig @127.0.0.1 -p %d %s NS +norecurse", at.Port(), name))
			return out, err == nil && strings.Contains(out, "status: NOERROR") && strings.Contains(out, "ns1.provider.example")
		})
	}
	o.delegate(t, "kept.co")
	follows("kept.co")
	for _, command := range commands(t, filepath.Join("docs", "operating.md"), "## Backups") {
		o.run(t, command)
	}
	o.delegate(t, "lost.co")
	follows("lost.co")
	lost := serial()
	o.server.Stop()

	local := strings.NewReplacer("192.0.2.53", at.String())
	for _, command := range commands(t, filepath.Join("docs", "zone.md"), "## After a restore") {
		if strings.Contains(command, "--server") {
			eventually(t, "the serial of the jump", func() (string, bool) { n := serial(); return strconv.Itoa(n), n >= lost+1_000_000 })
		}
		o.run(t, local.Replace(command))
		if strings.Contains(command, "zone jump") && !strings.Contains(o.out, "co is published with serial ") {
			t.Errorf("%s says\n%s", command, o.out)
		}
	}
	if out, err := shell(t, o.dir, fmt.Sprintf("dig @127.0.0.1 -p %d lost.co NS +norecurse", at.Port())); err != nil || !strings.Contains(out, "NXDOMAIN") {
		t.Errorf("the secondary has what was lost: %v\n%s", err, out)
	}
	o.delegate(t, "after.co")
	follows("after.co")
	follows("kept.co")
}

// delegate registers a name of R2001's and delegates it.
func (o *operator) delegate(t *testing.T, name string) {
	t.Helper()
	o.run(t, "dorado epp --server epp.example.com:700 --ca /var/lib/dorado/ca.pem --as R2001 create "+
		"domain "+name+" --registrant ANA-1 --admin ANA-1 --tech ANA-1 --ns ns1.provider.example")
}

// tellSecondary names a secondary at an address to the registry, and returns its key.
func (o *operator) tellSecondary(t *testing.T, at netip.AddrPort) string {
	t.Helper()
	secret := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("s", 32)))
	path := filepath.Join(o.dir, "registry", "dorado.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	config := regexp.MustCompile(`(?m)^algorithm = .*$`).ReplaceAllString(string(text), "algorithm = 13") + fmt.Sprintf(`
[[zone.tsig]]
name = "anycast.nic.example"
secret_file = "anycast.tsig"

[[zone.secondary]]
name = "anycast"
tsig = "anycast.nic.example"
addresses = ["127.0.0.1"]
zones = ["co"]
notify = %q
`, at)
	for file, text := range map[string]string{path: config, filepath.Join(o.dir, "registry", "anycast.tsig"): secret} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return "hmac-sha256:anycast.nic.example:" + secret
}
