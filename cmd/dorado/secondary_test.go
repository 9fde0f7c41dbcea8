package main

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/dorado/test/peer"
	"example.org/dorado/test/secondary"
)

// A change that is committed over EPP comes to a secondary of others, which transfers under the demo's key; the operator
// sees that it did, and that the secondary has what the database says. Over TLS the zones come, too.
func TestSecondaries(t *testing.T) {
	dir, demo := aDemo(t)
	demo.stop()
	at, overTLS := secondary.Address(t), fmt.Sprintf("127.0.0.1:%d", peer.Port(t))
	configure(t, dir, at, overTLS)
	demo = start(t, "demo", "--dir", dir)
	defer demo.stop()
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	zones := strings.Fields("co com.co net.co nom.co org.co edu.co gov.co mil.co")
	knot := secondary.Start(t, "knot", at, secondary.Primary{Address: file.Production.DNS, Key: file.Production.TSIG, Zones: zones})
	defer knot.Stop()

	operate := func(words ...string) string { return mustRun(t, append(words, "--dir", dir)...) }
	mustRun(t, "epp", "--dir", dir, "--as", "H1001", "create", "domain", "for-the-secondary.co",
		"--registrant", "CAFE-1", "--admin", "CAFE-1", "--tech", "TEC-1", "--ns", "ns1.condor.example")
	arrived := func() bool {
		return strings.Contains(paste(t, "dorado", "dig @127.0.0.1 -p "+fmt.Sprint(at.Port())+" for-the-secondary.co NS +norecurse"), "ns1.condor.example")
	}
	eventually(t, arrived)
	all := func() bool {
		var lines []secondaryLine
		if err := json.Unmarshal([]byte(operate("zone", "secondaries", "--json")), &lines); err != nil {
			t.Fatal(err)
		}
		same := 0
		for _, l := range lines {
			if l.Secondary == "knot" && l.Serial == l.Published && l.LagSeconds == 0 && l.Transferred == l.Serial {
				same++
			}
		}
		return same == len(zones)
	}
	eventually(t, all)
	has(t, operate("zone", "secondaries"), "SECONDARY", "knot", "nom.co", "none", "whole", "this machine")
	has(t, operate("zone", "compare", "--server", at.String(), "--tsig", "demo"), "What is served is what the database says.", "nom.co")
	has(t, operate("zone", "compare", "--server", overTLS, "--tls", "--ca", filepath.Join(dir, authorityFile), "--tsig", "demo", "--served", "--zone", "co"), "co ")

	has(t, operate("zone", "compare", "knot", "--served"), "com.co", "same")

	out, errs, status := run(t, "", "zone", "compare", "--dir", dir, "--server", at.String(), "--served", "--zone", "co")
	if status == 0 {
		t.Error("a transfer without a key is no error")
	}
	has(t, out+errs, "not all could be compared", "not compared: transfer co.")
	if strings.Contains(out, " 0  ") {
		t.Errorf("what was not compared has numbers:\n%s", out)
	}
	for name, says := range map[string]string{
		"nobody":       `no [[zone.secondary]] has the name "nobody"; there are: this machine, knot`,
		"this machine": "has neither notify nor ask, so its address is not known; say --server",
	} {
		if _, errs, status := run(t, "", "zone", "compare", name, "--dir", dir); status == 0 || !strings.Contains(errs, says) {
			t.Errorf("compare %s: status %d, %s; want %q", name, status, errs, says)
		}
	}
	page := mustRun(t, "zone", "show", "for-the-secondary.co", "--dir", dir)
	has(t, page, "knot ")
	for _, test := range []struct{ name, says string }{
		{"--zone=org", "org is no zone of this registry"},
		{"--tsig=other", `no [[zone.tsig]] has the name "other"`},
		{"--tsig=a:b", "this is no key"},
	} {
		_, errs, status := run(t, "", "zone", "compare", "--dir", dir, "--server", at.String(), test.name)
		if status == 0 || !strings.Contains(errs, test.says) {
			t.Errorf("%s: status %d, %s; want %q", test.name, status, errs, test.says)
		}
	}
}

// configure adds a secondary to a demo's configuration.
func configure(t *testing.T, dir string, at netip.AddrPort, overTLS string) {
	t.Helper()
	path := filepath.Join(dir, configFile)
	text := strings.Replace(readAll(t, path), "dns_tls = \"\"", fmt.Sprintf("dns_tls = %q", overTLS), 1)
	text += fmt.Sprintf("\n[[zone.secondary]]\nname = \"knot\"\ntsig = \"demo\"\naddresses = [\"127.0.0.1\"]\nnotify = %q\n", at)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
