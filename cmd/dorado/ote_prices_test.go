package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What a name costs in a sandbox is what it costs its registrar in production: with the promotions that hold, those for some
// registrars too, and by price lists at the sandbox's time. Uses are counted in the sandbox, and production's stay as they
// are.
func TestSandboxPricesAreThoseOfProduction(t *testing.T) {
	d := newTested(t)
	a, b := d.file.OTE.Registrars[0], d.file.OTE.Registrars[1]
	const first, second = string(firstRegistrar), string(secondRegistrar)
	operator := func(args ...string) { mustRun(t, append(args, "--reason", "test", "--dir", d.dir)...) }
	operator("promotion", "add", "half-off", "--percent", "50", "--for", "create,renew", "--zone", "com.co")
	operator("promotion", "add", "ours", "--price", "3.00", "--for", "create", "--zone", "net.co", "--registrar", first)
	operator("promotion", "add", "theirs", "--price", "2.00", "--for", "create", "--zone", "net.co", "--registrar", second)
	operator("promotion", "add", "twice", "--price", "1.00", "--for", "create", "--zone", "co", "--uses", "2", "--registrar", first)
	operator("promotion", "add", "later", "--price", "0.50", "--for", "create", "--zone", "net.co", "--from", "300d", "--until", "330d")
	prices := filepath.Join(t.TempDir(), "prices.csv")
	if err := os.WriteFile(prices, []byte("domain,tier,create,renew,transfer,restore\nlisted.co,,777.00,777.00,777.00,777.00\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	operator("price", "import", prices, "--from", "200d", "--yes")
	d.contact(a.ID)

	price := func(as, name string) string {
		t.Helper()
		out, status := d.epp(as, "check", "domain", name, "--fee")
		found := regexp.MustCompile(`available +\w+ +(\d+\.\d\d) `).FindStringSubmatch(out)
		if status != 0 || found == nil {
			t.Fatalf("%s asks for %s: %s", as, name, out)
		}
		return found[1]
	}
	costs := func(when string, names map[string]string) {
		t.Helper()
		for name, want := range names {
			if got := price(a.ID, name); got != want {
				t.Errorf("%s %s costs %s, want %s", when, name, got, want)
			}
		}
	}
	regular := price(second, "plain.co")
	now := map[string]string{"a.com.co": price(first, "a.com.co"), "a.net.co": "3.00", "plain.co": "1.00", "listed.co": "1.00"}
	costs("now", now)
	for name, want := range now {
		if there := price(first, name); there != want {
			t.Errorf("in production %s costs %s, want %s", name, there, want)
		}
	}

	for i, want := range []string{"1.00", "1.00", regular} {
		name := "use" + string(rune('a'+i)) + ".co"
		if got := price(a.ID, name); got != want {
			t.Errorf("name %d under a promotion of two uses costs %s, want %s", i, got, want)
		}
		d.register(a.ID, name)
	}
	if got := price(b.ID, "plain.co"); got != "1.00" {
		t.Errorf("the other credential has used nothing, and pays %s", got)
	}
	if got := price(first, "plain.co"); got != "1.00" {
		t.Errorf("in production %s is asked after uses in the sandbox", got)
	}
	if shown := mustRun(t, "promotion", "show", "twice", "--dir", d.dir); strings.Contains(shown, a.ID) {
		t.Errorf("production counts the uses of a sandbox:\n%s", shown)
	}

	d.clock(a.ID, a.Password, `{"advance": "310d"}`)
	costs("later", map[string]string{"a.net.co": "0.50", "listed.co": "777.00"})
	d.clock(a.ID, a.Password, `{"advance": "30d"}`)
	costs("after it", map[string]string{"a.net.co": "3.00"})
	if got := price(first, "listed.co"); got != "1.00" {
		t.Errorf("production sells listed.co for %s before its list begins", got)
	}
	d.ask("POST", d.file.OTE.HTTPS+"/json/ote/reset", a.ID, a.Password, "{}")
	if got := price(a.ID, "plain.co"); got != "1.00" {
		t.Errorf("after a reset a name costs %s", got)
	}
}
