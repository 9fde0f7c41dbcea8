package account_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/account"
	"example.org/dorado/test/world"
)

var update = flag.Bool("update", false, "write the golden answers")

// A desk is a handler over a world, and what it logs.
type desk struct {
	*world.World
	*account.Handler
	log *logged
}

// logged keeps what is logged; several requests may log at once.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

const base = "https://registrar-console.registry.example/"

func newDesk(t *testing.T, now string) *desk {
	t.Helper()
	d := &desk{World: world.New(t, now), log: &logged{}}
	h, err := account.New(account.Config{
		Service: d.Service, Base: base, Refusal: time.Microsecond,
		Log: slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Handler = h
	return d
}

// request returns a request over TLS from an address of the registrars' lists.
func request(method, path string) *http.Request {
	r := httptest.NewRequest(method, "https://127.0.0.1"+path, nil)
	r.TLS, r.RemoteAddr = &tls.ConnectionState{}, "127.0.0.1:40000"
	return r
}

// ask sends a request, and returns the answer.
func (d *desk) ask(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result()
}

// get asks for a page with the right password.
func (d *desk) get(who registry.RegistrarID, path string) string {
	d.T.Helper()
	r := request(http.MethodGet, path)
	r.SetBasicAuth(string(who), world.Password)
	answer := d.ask(r)
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		d.T.Fatalf("%s of %s: %s, %v\n%s", path, who, answer.Status, err, body)
	}
	return string(body)
}

// keys lists the keys of a JSON text in their order, with how deep they stand.
func keys(t *testing.T, text string) string {
	t.Helper()
	decoder, list := json.NewDecoder(strings.NewReader(text)), ""
	var inside []json.Delim // what is open
	key := false            // the next token of an object is one
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		switch token := token.(type) {
		case json.Delim:
			if token == '{' || token == '[' {
				inside = append(inside, token)
			} else {
				inside = inside[:len(inside)-1]
			}
		case string:
			if key {
				list += strings.Repeat("  ", len(inside)-1) + token + "\n"
				key = false
				continue
			}
		}
		key = len(inside) > 0 && inside[len(inside)-1] == '{'
	}
}

// golden compares a text with a file of testdata, which -update writes.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("%s (%v): got\n%s\nwant\n%s", file, err, got, want)
	}
}

// The account of the manual's samples: every figure and every text of theirs, from what is stored.
func sampled(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t, "2017-03-01T14:06:53Z")
	hash, err := d.Service.Passwords.Hash(t.Context(), world.Password)
	if err != nil {
		t.Fatal(err)
	}
	d.Do("", flow.RegistrarCreate{
		Registrar: registry.Registrar{ID: "H12345", Password: hash},
		Limits:    ledger.Funds{EmergencyCredit: 1_000_000_00, CreditThreshold: 200_000_00},
	})
	d.Do("", flow.RegistrarSet{
		Act: flow.Act{Registrar: "H12345", Author: "ana"}, Name: new("Example, Inc"), IANAID: new(9999),
		Website: new("http://www.example.co/"), Voice: new("+44.123456789"),
		Postal: flow.PostalSet{
			Street: &[]string{"123 Example Street", "Suite 4"}, City: new("Exampletown"), Province: new("Exampleshire"),
			Postcode: new("EX12 3AM"), Country: new("UK"),
		},
		Email: new("info@example.co"), Billing: new("domain.billing@example.co"), Transfers: new("domain.transfers@example.co"),
		Operator: new("domain.operations@example.co"), Abuse: new("domain.security@example.co"), Legal: new("domain.legal@example.co"),
	})
	return d
}

// The settings have the manual's keys in the manual's order, and with its registrar they are the manual's, down to the
// spaces that an indented JSON has. The print itself is not well-formed: printed.txt has it as it stands, and
// settings.json what it must have been; the two differ in braces, commas and blanks only.
func TestSettings(t *testing.T) {
	d := sampled(t)
	got := d.get("H12345", account.SettingsPath)
	golden(t, "settings.json", got)
	golden(t, "settings.keys", keys(t, got))

	data, err := os.ReadFile(filepath.Join("testdata", "settings.printed.txt"))
	if err != nil {
		t.Fatal(err)
	}
	bare := strings.NewReplacer("{", "", "}", "", ",", "", " ", "", "\n", "", "registry.example", "registry.co")
	if printed := bare.Replace(string(data)); bare.Replace(got) != printed {
		t.Errorf("the settings are\n%s\nand the manual prints\n%s", bare.Replace(got), printed)
	}
}

// Whatever a registrar has not said, the keys are the same.
func TestSettingsOfWhoSaidNothing(t *testing.T) {
	d := newDesk(t, "2026-03-01T12:00:00Z")
	hash, err := d.Service.Passwords.Hash(t.Context(), world.Password)
	if err != nil {
		t.Fatal(err)
	}
	d.Do("", flow.RegistrarCreate{Registrar: registry.Registrar{ID: "H8001", Password: hash}})
	golden(t, "settings.empty.json", d.get("H8001", account.SettingsPath))

	act := flow.Act{Registrar: "H8001", Author: "ana"}
	d.Do("", flow.RegistrarSet{
		Act: act, Name: new("<Búho & Cía>"), TradingName: new("Búho"), Fax: new("+57.6015550101"), Port43: new("whois.buho.example"),
		Email: new("info@buho.example"), PremiumsUnavailable: new(true), ClaimsUnavailable: new(true), IDNsUnavailable: new(true),
		AutoRenew: new(false), ContactPurge: new(false), MailsOfTransfers: new(true),
	})
	d.Do("", flow.RegistrarPoll{Registrar: "H8001", Off: true})
	golden(t, "settings.changed.json", d.get("H8001", account.SettingsPath))
}

// The balance is the manual's to the cent with the manual's registrar: 960398.50 is what the balance and a million of
// emergency credit give.
func TestBalance(t *testing.T) {
	d := sampled(t)
	d.Exec("UPDATE funds SET balance = -3960150 WHERE party = 'H12345'")
	got := d.get("H12345", account.BalancePath)
	golden(t, "balance.json", got)
	data, err := os.ReadFile(filepath.Join("testdata", "balance.printed.txt"))
	if err != nil {
		t.Fatal(err)
	}
	bare := strings.NewReplacer(" ", "", "\n", "")
	if bare.Replace(got) != bare.Replace(string(data)) {
		t.Errorf("the balance is\n%s\nand the manual prints\n%s", got, data)
	}
}

// What is charged, posted, credited and paid in shows at its instant, whether or not the engine has run; nobody sees
// another's.
func TestBalanceOfAnInstant(t *testing.T) {
	for _, settles := range []bool{true, false} {
		t.Run(fmt.Sprintf("settled %t", settles), func(t *testing.T) {
			d := newDesk(t, "2026-03-01T12:00:00Z")
			d.Domain(world.Acme, "shop.co")
			d.Domain(world.Acme, "undone.co")
			for _, step := range []struct {
				at, balance, available string
				does                   func()
			}{
				{"2026-03-01T12:00:00Z", "100000.00", "99960.00", nil},
				{"2026-03-02T12:00:00Z", "100000.00", "99980.00", func() { d.Do(world.Acme, flow.DomainDelete{Name: world.Name("undone.co")}) }},
				{"2026-03-06T11:59:59Z", "100000.00", "99980.00", nil},
				{"2026-03-06T12:00:00Z", "99980.00", "99980.00", nil},
				{"2027-03-02T00:00:00Z", "99980.00", "99980.00", nil},
				{"2027-04-15T23:59:58Z", "99980.00", "99980.00", nil},
				{"2027-04-16T00:00:00Z", "99960.00", "99960.00", nil},
			} {
				d.At(step.at)
				if step.does != nil {
					step.does()
				}
				if settles {
					d.Settle()
				}
				var got struct{ Balance, AvailableCredit string }
				if err := json.Unmarshal([]byte(d.get(world.Acme, account.BalancePath)), &got); err != nil {
					t.Fatal(err)
				}
				if got.Balance != step.balance || got.AvailableCredit != step.available {
					t.Errorf("at %s: %+v, want %s and %s", step.at, got, step.balance, step.available)
				}
			}
			if other := d.get(world.Other, account.BalancePath); !strings.Contains(other, `"balance": "100000.00"`) {
				t.Errorf("another has\n%s", other)
			}
		})
	}
}

// What is asked and how, and what comes of it; every answer but a page is a problem in JSON, and nothing is cached.
func TestAnswers(t *testing.T) {
	basic := func(id, password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(id, password) }
	}
	raw := func(values ...string) func(*http.Request) {
		return func(r *http.Request) { r.Header["Authorization"] = values }
	}
	encoded := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	right := basic(string(world.Acme), world.Password)
	const wrong = "the registrar id or the password is wrong; send the registrar id and the EPP password"
	const none = "send the registrar id and the EPP password, by HTTP Basic authentication"
	for _, test := range []struct {
		name, method, path string
		spoil              func(*http.Request)
		status             int
		detail             string
	}{
		{"a page", "GET", account.BalancePath, right, 200, ""},
		{"its head", "HEAD", account.SettingsPath, right, 200, ""},
		{"with a query", "GET", account.BalancePath + "?registrar=H1002", right, 200, ""},
		{"in another case", "GET", account.BalancePath, raw("bAsIc " + encoded("H1001:Abcd1234")), 200, ""},
		{"on hold", "GET", account.BalancePath, basic(string(world.Held), world.Password), 200, ""},
		{"a colon in the password", "GET", account.BalancePath, basic("H8001", "a:b:c:ñ€"), 200, ""},
		{"no path", "GET", account.Path, right, 404, "there is nothing here; ask for /json/balance or /json/settings"},
		{"below a page", "GET", account.BalancePath + "/", right, 404, "there is nothing here; ask for /json/balance or /json/settings"},
		{"another path, without credentials", "GET", "/json/etc/passwd", nil, 404, "there is nothing here; ask for /json/balance or /json/settings"},
		{"a post", "POST", account.BalancePath, right, 405, "this page answers GET and HEAD"},
		{"what a browser asks first", "OPTIONS", account.BalancePath, nil, 405, "this page answers GET and HEAD"},
		{"a delete without credentials", "DELETE", account.SettingsPath, nil, 405, "this page answers GET and HEAD"},
		{"no credentials", "GET", account.BalancePath, nil, 401, none},
		{"another scheme", "GET", account.BalancePath, raw("Bearer " + encoded("H1001:Abcd1234")), 401, none},
		{"broken base64", "GET", account.BalancePath, raw("Basic SDEwMDE6QWJjZDEyMzQ$"), 401, none},
		{"no colon", "GET", account.BalancePath, raw("Basic " + encoded("H1001")), 401, none},
		{"nothing after the scheme", "GET", account.BalancePath, raw("Basic"), 401, none},
		{"two of them", "GET", account.BalancePath, raw("Basic "+encoded("H1001:Abcd1234"), "Basic "+encoded("H1001:Abcd1234")), 401, none},
		{"a wrong password", "GET", account.BalancePath, basic(string(world.Acme), "abcd1234"), 401, wrong},
		{"no password", "GET", account.BalancePath, basic(string(world.Acme), ""), 401, wrong},
		{"a NUL", "GET", account.BalancePath, basic("H1001\x00", world.Password), 401, wrong},
		{"a NUL in the password", "GET", account.BalancePath, basic("H1001", world.Password+"\x00"), 401, wrong},
		{"no UTF-8", "GET", account.BalancePath, basic("H1001", "\xff\xfe\xfd"), 401, wrong},
		{"a long password", "GET", account.BalancePath, basic("H1001", strings.Repeat("x", 12_000)), 401, wrong},
		{"an id that nobody has", "GET", account.BalancePath, basic(string(world.Stranger), world.Password), 401, wrong},
		{"suspended", "GET", account.BalancePath, basic(string(world.Suspended), world.Password), 403, "the registrar is not active; ask the registry"},
		{"suspended, and wrong", "GET", account.BalancePath, basic(string(world.Suspended), "abcd1234"), 401, wrong},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, "2026-03-01T12:00:00Z")
			if test.name == "a colon in the password" {
				hash, err := d.Service.Passwords.Hash(t.Context(), "a:b:c:ñ€")
				if err != nil {
					t.Fatal(err)
				}
				d.Do("", flow.RegistrarCreate{Registrar: registry.Registrar{ID: "H8001", Password: hash}})
			}
			r := request(test.method, test.path)
			r.Header.Set("Origin", "https://elsewhere.example")
			if test.spoil != nil {
				test.spoil(r)
			}
			answer := d.ask(r)
			body, _ := io.ReadAll(answer.Body)
			if answer.StatusCode != test.status {
				t.Fatalf("%s\n%s", answer.Status, body)
			}
			d.wantHeaders(answer, test.status)
			if test.status == http.StatusOK {
				return
			}
			var problem struct {
				Title, Detail string
				Status        int
			}
			if err := json.Unmarshal(body, &problem); err != nil || problem.Status != test.status || problem.Detail != test.detail || problem.Title == "" {
				t.Errorf("the problem is %s, %v, want %q", body, err, test.detail)
			}
		})
	}
}

// wantHeaders holds the headers of an answer to what its status asks for.
func (d *desk) wantHeaders(answer *http.Response, status int) {
	d.T.Helper()
	want := map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "",
		"Content-Type": "application/problem+json", "WWW-Authenticate": "", "Allow": "",
	}
	switch status {
	case http.StatusOK:
		want["Content-Type"] = "application/json"
	case http.StatusUnauthorized:
		want["WWW-Authenticate"] = `Basic realm="registrar id and EPP password", charset="UTF-8"`
	case http.StatusMethodNotAllowed:
		want["Allow"] = "GET, HEAD"
	}
	for name, value := range want {
		if got := answer.Header.Get(name); got != value {
			d.T.Errorf("%s is %q, want %q", name, got, value)
		}
	}
}

// Who guesses has to wait, and is told how long; each request leaves one line in the log, and none of them a password.
func TestGuessesAndTheLog(t *testing.T) {
	d := newDesk(t, "2026-03-01T12:00:00Z")
	var last *http.Response
	for i := range 22 {
		r := request(http.MethodGet, account.BalancePath)
		r.SetBasicAuth(string(world.Acme), fmt.Sprintf("secret-%d", i))
		last = d.ask(r)
	}
	if last.StatusCode != http.StatusTooManyRequests || last.Header.Get("Retry-After") != "31" {
		t.Errorf("after too many: %s, Retry-After %q", last.Status, last.Header.Get("Retry-After"))
	}
	d.Pass(31 * time.Second)
	d.get(world.Acme, account.BalancePath)
	r := request(http.MethodGet, account.BalancePath)
	r.SetBasicAuth("H1001\nlevel=ERROR", "secret-x")
	d.ask(r)
	d.ask(request(http.MethodGet, account.BalancePath))

	said := d.log.String()
	if n := strings.Count(said, "\n"); n != 25 {
		t.Errorf("%d lines in the log, want one for each of 25 requests:\n%s", n, said)
	}
	for _, part := range []string{
		"level=INFO", "path=/json/balance", "status=200", "status=401", "status=429", "address=127.0.0.1:40000", "registrar=H1001",
		`check="wrong password"`, `check="locked after too many wrong passwords"`, `registrar="H1001\nlevel=ERROR"`,
	} {
		if !strings.Contains(said, part) {
			t.Errorf("the log has no %s:\n%s", part, said)
		}
	}
	for _, secret := range []string{"secret", world.Password, base64.StdEncoding.EncodeToString([]byte("H1001:" + world.Password))} {
		if strings.Contains(said, secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

// Wrong credentials are answered no sooner than the set time, be it that there is such a registrar or not; who gives up
// is not waited for.
func TestRefusalsTakeTheirTime(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	const refusal = 50 * time.Millisecond
	h, err := account.New(account.Config{Service: w.Service, Base: base, Refusal: refusal, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []registry.RegistrarID{world.Acme, world.Suspended, world.Stranger, "no id"} {
		r := request(http.MethodGet, account.BalancePath)
		r.SetBasicAuth(string(id), "abcd1234")
		begun := time.Now()
		h.ServeHTTP(httptest.NewRecorder(), r)
		if took := time.Since(begun); took < refusal {
			t.Errorf("%s was refused after %s", id, took)
		}
	}
	patient, err := account.New(account.Config{Service: w.Service, Base: base, Refusal: time.Hour, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	r := request(http.MethodGet, account.BalancePath).WithContext(ctx)
	r.SetBasicAuth(string(world.Acme), "abcd1234")
	patient.ServeHTTP(httptest.NewRecorder(), r)
}

// A database that fails is no answer and no refusal: 503 if it may be back soon, and 500 if it is a bug.
func TestFaults(t *testing.T) {
	d := newDesk(t, "2026-03-01T12:00:00Z")
	d.get(world.Acme, account.BalancePath)
	seen := false
	for n := 0; ; n++ {
		d.Fault.After(n)
		r := request(http.MethodGet, account.BalancePath)
		r.SetBasicAuth(string(world.Acme), world.Password)
		answer := d.ask(r)
		if d.Fault.Disarm() <= n {
			break
		}
		seen = true
		if answer.StatusCode != 500 && answer.StatusCode != 503 || answer.StatusCode == 503 && answer.Header.Get("Retry-After") == "" {
			t.Errorf("operation %d failed: %s", n, answer.Status)
		}
	}
	if !seen {
		t.Error("nothing failed")
	}
}

func TestNew(t *testing.T) {
	for _, base := range []string{"", "registry.example", "http://registry.example/", "https://", ":"} {
		if _, err := account.New(account.Config{Base: base}); err == nil {
			t.Errorf("%q is taken for an https address", base)
		}
	}
}

// Whatever stands in Authorization, it is answered, and only the right password opens an account.
func FuzzAuthorization(f *testing.F) {
	w := world.New(f, "2026-03-01T12:00:00Z")
	h, err := account.New(account.Config{Service: w.Service, Base: base, Refusal: time.Nanosecond, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	right := "Basic " + base64.StdEncoding.EncodeToString([]byte(string(world.Acme)+":"+world.Password))
	for _, seed := range []string{right, "", "Basic", "Basic ====", "Basic SDEwMDE6AA==", "Bearer x", "basic " + right[6:] + " ", "Basic \xff\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r := request(http.MethodGet, account.BalancePath)
		r.Header.Set("Authorization", header)
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		switch answer.Code {
		case http.StatusUnauthorized, http.StatusTooManyRequests:
		case http.StatusOK:
			if id, password, _ := r.BasicAuth(); password != world.Password || !strings.HasPrefix(id, "H100") {
				t.Errorf("%q opens an account", header)
			}
		case http.StatusForbidden:
			if id, password, _ := r.BasicAuth(); password != world.Password || id != string(world.Suspended) {
				t.Errorf("%q is known to be suspended", header)
			}
		default:
			t.Errorf("%q is answered %d", header, answer.Code)
		}
	})
}
