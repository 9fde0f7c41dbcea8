package golden

import (
	"context"
	"encoding/json"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/dorado/test/demo"
	"example.org/dorado/test/peer"
)

// run runs a program of others and returns what it printed.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, peer.Need(t, name), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func split(t *testing.T, address string) (host, port string) {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}

// A client that nobody here wrote goes the manual's golden path over TLS; then whois, dig and an
// HTTPS get show the name.
func TestGoldenPath(t *testing.T) {
	peer.NeedPerl(t, "Net::EPP::Simple")
	r := demo.Start(t)
	const name = "caminodorado.co"
	host, port := split(t, r.Production.EPP)
	who := r.Production.Registrars[0]

	said := run(t, "perl", filepath.Join("testdata", "golden.pl"), host, port, filepath.Join(r.Dir, r.CA), who.ID, who.EPPPassword, name)
	for _, line := range []string{
		"create domain " + name, "registrant GOLD-1, hosts ns1." + name + " ns1.golden.example, expires ",
		"contact Ana María Rojas, ana@example.com", "renew " + name, "logout",
	} {
		if !strings.Contains(said, line) {
			t.Errorf("Net::EPP did not say %q:\n%s", line, said)
		}
	}

	host, port = split(t, r.Production.WHOIS)
	whois := run(t, "whois", "-h", host, "-p", port, strings.ToUpper(name))
	for _, line := range []string{
		"Domain Name: " + name, "Domain Status: clientTransferProhibited", "Domain Status: addPeriod",
		"Name Server: ns1.golden.example", "DNSSEC: unsignedDelegation",
	} {
		if !strings.Contains(strings.ToLower(whois), strings.ToLower(line)) {
			t.Errorf("whois does not show %q:\n%s", line, whois)
		}
	}
	if strings.Contains(whois, "Rojas") {
		t.Errorf("whois shows a name that nobody opened:\n%s", whois)
	}

	host, port = split(t, r.Production.DNS)
	wanted := []string{"ns1.golden.example.", "ns1." + name + ".", "192.0.2.29", "1080::8:800:200c:417a"}
	eventually(t, "dig", func() (string, bool) {
		out := run(t, "dig", "@"+host, "-p", port, "+norecurse", "+tries=1", name, "NS")
		for _, text := range wanted {
			if !strings.Contains(out, text) {
				return out, false
			}
		}
		return out, !strings.Contains(out, "ns2.golden.example.")
	})

	rdap := run(t, "curl", "-sS", "--fail", "--cacert", filepath.Join(r.Dir, r.CA), r.Production.RDAP+"domain/"+name)
	var object struct {
		LDHName     string
		Nameservers []struct{ LDHName string }
	}
	if err := json.Unmarshal([]byte(rdap), &object); err != nil || object.LDHName != name || len(object.Nameservers) != 2 {
		t.Errorf("RDAP says (%v)\n%s", err, rdap)
	}
}

// eventually looks again until it sees what it wants, since a change is in the zone within seconds
// of its commit and not at the same instant.
func eventually(t *testing.T, what string, look func() (said string, seen bool)) {
	t.Helper()
	const patience = 10 * time.Second
	for deadline := time.Now().Add(patience); ; {
		said, seen := look()
		if seen {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not show it after %s:\n%s", what, patience, said)
		}
	}
}

// The same client goes through the whole life of a domain, with two registrars; every step of the script is
// made, and every refusal is the one that it expects.
func TestLife(t *testing.T) {
	peer.NeedPerl(t, "Net::EPP::Simple")
	r := demo.Start(t)
	host, port := split(t, r.Production.EPP)
	first, second := r.Production.Registrars[0], r.Production.Registrars[1]
	said := run(t, "perl", filepath.Join("testdata", "life.pl"), host, port, filepath.Join(r.Dir, r.CA),
		first.ID, first.EPPPassword, second.ID, second.EPPPassword, r.Program, "clock", "--dir", r.Dir, "advance")
	const least = 90 // steps
	if steps := strings.Count(said, "\n"); steps < least || !strings.HasSuffix(said, "logout\n") {
		t.Errorf("the script made %d steps, want %d at least and the logout:\n%s", steps, least, said)
	}
}
