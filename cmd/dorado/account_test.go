package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// An operator replaces a lost password, changes where a registrar connects from and what is known of it, and
// suspends it; each is seen at once by the registrar, and stands in the log with who did it and why.
func TestRegistrarAccount(t *testing.T) {
	dir, _ := newRegistry(t)
	r := start(t, "serve", "--dir", dir, "--roles", "epp,engine")
	defer r.stop()
	operate := func(in string, words ...string) (out, errs string, status int) {
		return run(t, in, append(append([]string{"registrar"}, words...), "--dir", dir)...)
	}
	do := func(words ...string) string {
		t.Helper()
		out, errs, status := operate("", append(words, "--author", "ana", "--reason", "their letter")...)
		if status != 0 {
			t.Fatalf("registrar %v: %s", words, errs)
		}
		return out
	}
	var added addedRegistrar
	text, _, _ := operate("", "add", "R2001", "--name", "N", "--email", "e@example.com", "--json")
	if err := json.Unmarshal([]byte(text), &added); err != nil || added.Password == "" || added.Currency != "USD" {
		t.Fatalf("it is added as %s, %v", text, err)
	}
	check := func(password string) string {
		out, errs, _ := run(t, "", "epp", "--server", eppAddress(t, dir), "--ca", filepath.Join(dir, "ca.pem"),
			"--as", "R2001", "--password", password, "check", "domain", "libre.co")
		return out + errs
	}
	has(t, check(added.Password), "2200")
	has(t, do("network", "add", "R2001", "127.0.0.1"), "127.0.0.1/32")
	has(t, check(added.Password), "available")

	made := do("password", "R2001", "--generate")
	fresh := regexp.MustCompile(`only now: (\S+)`).FindStringSubmatch(made)[1]
	has(t, check(added.Password), "2200")
	has(t, check(fresh), "available")
	if out, errs, status := operate("from-stdin\n", "password", "R2001", "--reason", "lost"); status != 0 || strings.Contains(out, "from-stdin") {
		t.Errorf("from standard input: %s%s", out, errs)
	}
	has(t, check("from-stdin"), "available")

	has(t, do("suspend", "R2001"), "R2001 is suspended.")
	has(t, check("from-stdin"), "2200")
	has(t, mustRun(t, "registrar", "show", "R2001", "--dir", dir), "suspended at ", " by ana: their letter")
	has(t, do("resume", "R2001"), "R2001 is active.")
	has(t, check("from-stdin"), "available")

	has(t, do("set", "R2001", "--email", "f@example.com", "--abuse", "a@example.com", "--premiums-are-unavailable"),
		"e-mail f@example.com, abuse reports to a@example.com", "premiums-are-unavailable true, idns-are-unavailable false", "balance 0.00 USD")
	has(t, do("set", "R2001", "--trading-name", "Ñ & Co", "--iana-id", "9999", "--street", "Calle 1 # 2-3", "--street", "Piso 4", "--city", "Bogotá",
		"--pc", "110111", "--cc", "co", "--fax", "+57.6015550101", "--port43", "whois.example.com", "--claims-are-unavailable"),
		"N (Ñ & Co), IANA id 9999", "fax +57.6015550101, WHOIS at whois.example.com", "address Calle 1 # 2-3, Piso 4, 110111 Bogotá, CO", "claims-are-unavailable true")
	has(t, do("set", "R2001", "--street", "", "--iana-id", "0", "--trading-name", ""), "R2001  N: active", "address 110111 Bogotá, CO")
	has(t, do("set", "R2001", "--auto-renew-enabled=false"), "auto-renew-enabled false, contact-purge-enabled true")
	has(t, do("network", "add", "R2001", "2001:db8::/32"), "127.0.0.1/32\n2001:db8::/32")
	do("network", "remove", "R2001", "127.0.0.1")
	has(t, do("network", "remove", "R2001", "2001:db8::/32"), "R2001 cannot log in")
	has(t, mustRun(t, "registrar", "network", "list", "R2001", "--dir", dir), "neither a network nor a certificate")
	has(t, mustRun(t, "registrar", "deposit", "R2001", "12.5", "BANK-1", "--author", "ana", "--dir", dir), "balance of 12.50 USD")

	log := r.err.String()
	has(t, log, "registrar:add-network", `"network":"127.0.0.1/32"`, "registrar:replace-password", "registrar:suspend", "registrar:resume",
		`"author":"ana"`, `"reason":"their letter"`, `"changed":["abuse","email","premiums-are-unavailable=true"]`, `"changed":["auto-renew-enabled=false"]`,
		`"amount":"12.50"`, `"reference":"BANK-1"`)
	for _, secret := range []string{added.Password, fresh, "from-stdin", "f@example.com"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

// What an operator mistypes about an account is told, with what to write.
func TestRegistrarAccountRefusals(t *testing.T) {
	dir, _ := newRegistry(t)
	r := start(t, "serve", "--dir", dir, "--roles", "epp,engine")
	defer r.stop()
	mustRun(t, "registrar", "add", "R2001", "--name", "N", "--email", "e@example.com", "--dir", dir)
	for _, test := range []struct{ in, line, says string }{
		{"", "password R2001 --reason lost", "--generate make one"},
		{"short\n", "password R2001 --reason lost", "6 to 16 characters"},
		{"", "password R2001 --generate", "give --reason"},
		{"", "password R9 --generate --reason lost", "dorado registrar list shows all"},
		{"", "network add R2001 10.1.2.3/8 --reason x", "did you mean 10.0.0.0/8?"},
		{"", "network remove R2001 10.0.0.0/8 --reason x", "look at the network list"},
		{"", "set R2001", "nothing is to be changed"},
		{"", "set R2001 --email nobody", "--email: "},
		{"", "set R2001 --fax 12", "--fax: "},
		{"", "set R2001 --port43 http://x", "--port43: "},
		{"", "set R2001 --iana-id -1", "--iana-id: "},
		{"", "set R2001 --cc XX", "two letters of ISO 3166-1"},
		{"", "set R2001 --street a --street b --street c --street d", "at most three street lines"},
		{"", "set R2001 --email=", "a name and an e-mail address"},
		{"", "set R2001 --premiums-are-unavailable false", "such as --premiums-are-unavailable=false"},
		{"", "resume R2001 --reason x", "is not suspended"},
		{"", "suspend R2001", "give --reason"},
		{"", "deposit R9 1.00 B-1", "dorado registrar list shows all"},
		{"", "deposit R2001 1,000.00 B-1", "without separators of thousands, such as 1000.00"},
	} {
		out, errs, status := run(t, test.in, append([]string{"registrar"}, append(strings.Fields(test.line), "--dir", dir)...)...)
		if status != 1 || !strings.Contains(errs, test.says) {
			t.Errorf("registrar %s: status %d, %s%s; want %q", test.line, status, out, errs, test.says)
		}
	}
}
