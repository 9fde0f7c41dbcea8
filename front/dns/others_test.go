package dns_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// run runs a client of others, and returns what it printed.
func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatalf("%s is not here; scripts/install installs it: %v", program, err)
	}
	out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// Delv validates what is there, and that what is not there is not; dig takes our cookie for good and shows it again.
func TestDelvAndDig(t *testing.T) {
	key := newTestKey(t, "co.")
	v := versionOf(t, "co.", parentText, key)
	port, _ := serveAt(t, "127.0.0.1:0", 1, dns.AnswererConfig{
		ZoneFor: func(name []byte, kind uint16) *zone.Version { return dns.ZoneAmong([]*zone.Version{v}, name, kind) },
		Loaded:  func() bool { return true },
	})
	anchor := filepath.Join(t.TempDir(), "anchor")
	text := fmt.Sprintf("trust-anchors { %q static-key 257 3 13 %q; };\n", "co", key.key.PublicKey)
	if err := os.WriteFile(anchor, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for ask, want := range map[string]string{
		"co. SOA": "; fully validated", "nic.co. TXT": "; fully validated", "signed.co. DS": "; fully validated",
		"co. MX": "; negative response, fully validated", "ns.held.co. A": "; negative response, fully validated",
		"shop.co. DS": "; negative response", // as far as opting out proves it
	} {
		name, kind, _ := strings.Cut(ask, " ")
		out := run(t, "delv", "@127.0.0.1", "-p", port, "-a", anchor, "+root=co", name, kind)
		if !strings.Contains(out, want) {
			t.Errorf("delv %s:\n%s\nwant %q", ask, out, want)
		}
	}
	out := run(t, "dig", "@127.0.0.1", "-p", port, "+norec", "+cookie=0123456789abcdef", "+dnssec", "no.co", "A")
	if !strings.Contains(out, "(good)") || !strings.Contains(out, "status: NXDOMAIN") || strings.Contains(out, "WARNING") {
		t.Errorf("dig:\n%s", out)
	}
}
