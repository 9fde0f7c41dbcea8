package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// The role console answers about accounts and nothing else; the settings link to the address that the
// configuration gives it. A change of a setting shows at once, and stands in the history.
func TestConsoleRole(t *testing.T) {
	dir, _ := newRegistry(t)
	edit(t, dir, "port of HTTPS. Default \"\".\nbase = \"\"", "port of HTTPS. Default \"\".\nbase = \"https://console.example/dorado\"")
	r := start(t, "serve", "--dir", dir, "--roles", "console,engine")
	defer r.stop()
	mustRun(t, "registrar", "add", "R2001", "--dir", dir, "--name", "N", "--email", "e@example.com")
	made := mustRun(t, "registrar", "password", "R2001", "--generate", "--reason", "x", "--dir", dir)
	password := strings.TrimSpace(made[strings.LastIndex(made, ": ")+2:])
	get := func(path string) (int, string) {
		t.Helper()
		c, err := loadConfig(dir)
		if err != nil {
			t.Fatal(err)
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM([]byte(readAll(t, filepath.Join(dir, authorityFile))))
		client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+c.Listen.address(serviceHTTPS)+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth("R2001", password)
		answer, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(body)
	}
	status, settings := get("/json/settings")
	if status != http.StatusOK {
		t.Fatalf("%d\n%s", status, settings)
	}
	has(t, settings, `"href": "https://console.example/dorado/json/balance"`, `"trading-name": null`, `"billing": "e@example.com"`)
	mustRun(t, "registrar", "set", "R2001", "--trading-name", "Búho", "--billing", "pay@example.com", "--auto-renew-enabled=false", "--dir", dir)
	_, settings = get("/json/settings")
	has(t, settings, `"trading-name": "Búho"`, `"billing": "pay@example.com"`, `"Auto-Renew-enabled": false`)
	has(t, mustRun(t, "history", "registrar", "R2001", "--dir", dir), "trading name", "auto-renew")

	for path, want := range map[string]int{"/rdap/help": 404, "/": 404, "/idn-tables/": 404, "/json/": 404} {
		if status, said := get(path); status != want || !strings.Contains(said, "/json/balance") {
			t.Errorf("%s: %d\n%s", path, status, said)
		}
	}
	mustRun(t, "registrar", "suspend", "R2001", "--reason", "x", "--dir", dir)
	if status, said := get("/json/balance"); status != http.StatusForbidden {
		t.Errorf("suspended: %d\n%s", status, said)
	}
}

// An address of the console that no browser could use is refused at the start, with what to write.
func TestConsoleAddressIsHTTPS(t *testing.T) {
	dir, _ := newRegistry(t)
	edit(t, dir, "port of HTTPS. Default \"\".\nbase = \"\"", "port of HTTPS. Default \"\".\nbase = \"http://console.example\"")
	_, errs, status := run(t, "", "serve", "--dir", dir)
	if status != 1 || !strings.Contains(errs, `console.base: "http://console.example" is no https address such as https://registrar-console.example/`) {
		t.Errorf("status %d: %s", status, errs)
	}
}

// A registrar in accounting is told by mail that the account is low and on hold, how much is missing, and where a program
// sees the balance; when it has paid in, that the account is released.
func TestAccountMails(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	operate := func(words ...string) { mustRun(t, append(words, "--dir", dir)...) }
	operate("registrar", "set", "H1002", "--billing", "pay@example.com")
	operate("registrar", "limits", "H1002", "--credit-threshold", "80000.00", "--minimum-balance", "80000.00", "--yes", "--author", "ana", "--reason", "x")
	f, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	at := f.Production.HTTPS + "/json/balance"
	has(t, mailWith(t, dir, "X-Dorado-Event: low-balance"), "To: <pay@example.com>", "threshold: 80000.00 USD", at)
	has(t, mailWith(t, dir, "X-Dorado-Event: account-hold"), "To: <pay@example.com>", "minimum: 80000.00 USD", "to pay in: ", at)
	operate("registrar", "limits", "H1002", "--minimum-balance", "0.00", "--author", "ana", "--reason", "x")
	has(t, mailWith(t, dir, "X-Dorado-Event: account-released"), "To: <pay@example.com>", "minimum: 0.00 USD")
}
