package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// A registrar's developer sees in RDAP, WHOIS and the zone what his sandbox holds, by its clock, and nothing of another's or
// of production.
func TestSandboxLookups(t *testing.T) {
	d := newTested(t)
	a := d.file.OTE.Registrars[0]
	ours := d.file.Production.Registrars[0]
	mustRun(t, "ote", "make", string(secondRegistrar), "--dir", d.dir)
	others := strings.Fields(mustRun(t, "ote", "password", "OTE1002-A", "--dir", d.dir))
	other := others[len(others)-1]
	d.contact(a.ID)
	const ds = "12345 13 2 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	for _, args := range [][]string{
		{"create", "domain", "seen.co", "--registrant", "TEST-1", "--admin", "TEST-1", "--tech", "TEST-1"},
		{"create", "host", "ns1.seen.co", "--addr", "192.0.2.7", "--addr", "2001:db8::7"},
		{"create", "host", "ns.elsewhere.example"},
		{"update", "domain", "seen.co", "--add-ns", "ns1.seen.co,ns.elsewhere.example", "--add-ds", ds},
		{"create", "domain", "bare.co", "--registrant", "TEST-1", "--admin", "TEST-1", "--tech", "TEST-1"},
	} {
		if out, status := d.epp(a.ID, args...); status != 0 {
			t.Fatalf("%q: %s", args, out)
		}
	}
	ask := func(path, id, password string) (int, string) {
		t.Helper()
		return d.ask(http.MethodGet, d.file.OTE.HTTPS+path, id, password, "")
	}
	var told struct{ RDAP, PublicRDAP, WHOIS, Zone string }
	_, text := ask("/json/ote", a.ID, a.Password)
	if err := json.Unmarshal([]byte(text), &told); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{told.RDAP + "help", told.PublicRDAP + "help", told.WHOIS + "help", d.file.OTE.HTTPS + told.Zone} {
		if status, text := d.ask(http.MethodGet, address, a.ID, a.Password, ""); status != http.StatusOK {
			t.Errorf("%s, which /json/ote tells, is answered %d %s", address, status, text)
		}
	}

	t.Run("apart", func(t *testing.T) {
		const production = "cafeazul.co" // which production has
		for _, c := range []struct {
			path, id, password string
			status             int
			says               string
		}{
			{"/rdap/domain/seen.co", a.ID, a.Password, 200, `"ldhName":"seen.co"`},
			{"/rdap/domain/seen.co", "OTE1002-A", other, 404, ""},
			{"/rdap/domain/seen.co", "OTE1002-A", a.Password, 401, ""},
			{"/rdap/domain/seen.co", "OTE9999-A", a.Password, 401, ""},
			{"/rdap/domain/seen.co", string(ours.ID), ours.EPPPassword, 401, ""},
			{"/rdap/domain/seen.co", "", "", 401, "which sandbox"},
			{"/rdap/domain/" + production, a.ID, a.Password, 404, ""},
			{"/rdap//domain/../domain/seen.co", a.ID, a.Password, 400, ""},
			{"/public/rdap/domain/seen.co", a.ID, a.Password, 200, `"ldhName":"seen.co"`},
			{"/public/rdap/domain/seen.co", "OTE1002-A", other, 404, ""},
			{"/public/rdap/domain/seen.co", "OTE9999-A", other, 401, ""},
			{"/public/rdap/domain/seen.co", "", "", 401, ""},
			{"/public/rdap/domain/" + production, a.ID, a.Password, 404, ""},
			{"/whois?q=seen.co", a.ID, a.Password, 200, "Domain Name: seen.co"},
			{"/whois?q=seen.co", "OTE1002-A", other, 200, "NOT FOUND"},
			{"/whois?q=seen.co", "OTE1002-A", a.Password, 401, ""},
			{"/whois?q=" + production, a.ID, a.Password, 200, "NOT FOUND"},
			{"/whois?q=" + strings.Repeat("x", 2000), a.ID, a.Password, 200, "ERROR: the query is too long"},
			{"/whois", a.ID, a.Password, 400, "/whois?q=NAME"},
			{"/json/ote/zone?name=seen.co", "OTE1002-A", other, 200, "it is not registered"},
			{"/json/ote/zone?name=" + production, a.ID, a.Password, 200, "it is not registered"},
			{"/json/ote/zone", "OTE1002-A", other, 200, `"names": []`},
			{"/json/ote/zone?name=no..name", a.ID, a.Password, 409, "no domain name"},
			{"/json/ote/zone", string(ours.ID), ours.EPPPassword, 401, ""},
		} {
			if status, text := ask(c.path, c.id, c.password); status != c.status || !strings.Contains(text, c.says) {
				t.Errorf("%.60s of %s is %d, want %d with %q\n%.500s", c.path, c.id, status, c.status, c.says, text)
			}
		}
		if status, _ := d.ask(http.MethodGet, d.file.Production.RDAP+"domain/seen.co", "", "", ""); status != http.StatusNotFound {
			t.Errorf("production's RDAP answers %d for a name of a sandbox", status)
		}
		if _, known := ask("/rdap/domain/seen.co", a.ID, a.Password); !strings.Contains(known, "ana@example.com") {
			t.Errorf("the sponsor does not see its contact:\n%s", known)
		}
		if _, public := ask("/public/rdap/domain/seen.co", a.ID, a.Password); strings.Contains(public, "ana@example.com") {
			t.Errorf("a stranger sees a contact:\n%s", public)
		}
	})

	t.Run("only asked", func(t *testing.T) {
		for _, method := range []string{http.MethodDelete, http.MethodPut, http.MethodPatch, http.MethodPost, http.MethodTrace} {
			if status, text := d.ask(method, d.file.OTE.HTTPS+"/whois?q=seen.co", a.ID, a.Password, ""); status != http.StatusMethodNotAllowed {
				t.Errorf("%s of WHOIS is answered %d %s", method, status, text)
			}
		}
	})

	t.Run("no JSON", func(t *testing.T) { // is not acted upon, whatever it begins with
		for path, body := range map[string]string{"reset": `{}] garbage`, "funds": `{}} {}`, "clock": `{"advance":"1d"}} more`, "clock?": `{"advance":"1d","advance":"2d"}`} {
			status, text := d.ask(http.MethodPost, d.file.OTE.HTTPS+"/json/ote/"+path, a.ID, a.Password, body)
			if status == http.StatusOK || !strings.Contains(text, "not the JSON") {
				t.Errorf("%s is answered %d %s", body, status, text)
			}
		}
	})

	t.Run("zone", func(t *testing.T) {
		_, text := ask("/json/ote/zone?name=SEEN.co.", a.ID, a.Password)
		for _, want := range []string{
			`IN NS ns1.seen.co."`, `IN NS ns.elsewhere.example."`, "IN DS 12345 13 2 000102030405", `ns1.seen.co. `, `IN A 192.0.2.7"`, `IN AAAA 2001:db8::7"`,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("the zone lacks %s:\n%s", want, text)
			}
		}
		for query, want := range map[string]string{
			"?nam=seen.co": `no parameter \"nam\"`, "?name=": "empty", "?name=%zz": "%zz", "?name=a.co;after=b.co": "semicolon", "?name=a.co&name=b.co": "once",
			"?name=a.co&after=b.co": "one of", "?seen.co": `no parameter \"seen.co\"`,
		} {
			if status, text := ask("/json/ote/zone"+query, a.ID, a.Password); status == http.StatusOK || !strings.Contains(text, want) {
				t.Errorf("the zone, asked for %s, is answered %d, want %q\n%.300s", query, status, want, text)
			}
		}
		if _, text := ask("/json/ote/zone", a.ID, a.Password); strings.Count(text, `"name":`) != 2 || !strings.Contains(text, "it has no name servers") {
			t.Errorf("the zone is\n%s", text)
		}
		if out, status := d.epp(a.ID, "update", "domain", "seen.co", "--add-status", "clientHold"); status != 0 {
			t.Fatal(out)
		}
		if _, text := ask("/json/ote/zone?name=seen.co", a.ID, a.Password); !strings.Contains(text, "clientHold") || strings.Contains(text, "IN DS") {
			t.Errorf("a name on hold is in the zone as\n%s", text)
		}
	})

	t.Run("clock", func(t *testing.T) {
		if out, status := d.epp(a.ID, "delete", "domain", "bare.co"); status != 0 {
			t.Fatal(out)
		}
		now := d.clock(a.ID, a.Password, `{"advance": "200d"}`)
		day := now.Now.Format("2006-01-02T")
		for _, path := range []string{"/rdap/domain/seen.co", "/public/rdap/domain/seen.co", "/whois?q=seen.co", "/json/ote/zone"} {
			if _, text := ask(path, a.ID, a.Password); !strings.Contains(text, day) {
				t.Errorf("200 days later %s does not have the sandbox's date %s\n%s", path, day, text)
			}
		}
		if status, _ := ask("/rdap/domain/bare.co", a.ID, a.Password); status != http.StatusNotFound {
			t.Errorf("RDAP answers %d for a name that is purged", status)
		}
	})

	t.Run("rate", func(t *testing.T) { // counts in each sandbox by itself
		status, asked := 0, 0
		for ; asked < 2000 && status != http.StatusTooManyRequests; asked++ {
			status, _ = ask("/rdap/help", a.ID, a.Password)
		}
		if status != http.StatusTooManyRequests || asked < 500 {
			t.Fatalf("query %d of one credential is answered %d", asked, status)
		}
		if status, text := ask("/rdap/help", "OTE1002-A", other); status != http.StatusOK {
			t.Errorf("another sandbox answers %d %s", status, text)
		}
		if status, text := d.ask(http.MethodGet, d.file.Production.RDAP+"help", string(ours.ID), ours.EPPPassword, ""); status != http.StatusOK {
			t.Errorf("production answers %d %s", status, text)
		}
		if _, text := d.ask(http.MethodGet, d.file.Production.Metrics, "", "", ""); !strings.Contains(text, `dorado_ote_refused_total{reason="rate"} 1`) {
			t.Errorf("nothing was counted:\n%s", text)
		}
	})
}
