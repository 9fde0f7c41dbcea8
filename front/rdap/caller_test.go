package rdap_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/rdap"
	"example.org/dorado/test/world"
)

// ask sends a request over TLS, with what a test does to it.
func ask(h http.Handler, path string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "https://rdap.example/rdap/"+path, nil)
	r.TLS, r.RemoteAddr = &tls.ConnectionState{}, "127.0.0.1:40000"
	change(r)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// token issues an access token, and returns its secret.
func token(w *world.World, role registry.AccessRole, who registry.RegistrarID) flow.AccessTokenIssued {
	return w.Do("", flow.AccessTokenIssue{
		Act: flow.Act{Registrar: who, Author: "ana", Reason: "a test"}, Role: role, Holder: "unit 7", Days: 30,
	}).(flow.AccessTokenIssued)
}

func bearer(secret, purpose string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+secret)
		r.Header.Set(rdap.PurposeHeader, purpose)
	}
}

func basic(who registry.RegistrarID, password string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(string(who), password) }
}

// Closed data is shown to those entitled, and to nobody else, whatever they send; each look of those who are known is put
// down, and no answer to them may be kept by anybody.
func TestWhoSeesWhat(t *testing.T) {
	w := shops(t)
	w.Domain(world.Other, "other.co")
	var log bytes.Buffer
	h := newHandler(t, rdap.Config{Service: w.Service, Log: slog.New(slog.NewTextHandler(&log, nil))})
	law, desk, clerk := token(w, registry.AccessLaw, ""), token(w, registry.AccessRegistrar, world.Acme), token(w, registry.AccessOperator, "")
	suspended := token(w, registry.AccessRegistrar, world.Suspended)
	ended := token(w, registry.AccessOperator, "")
	w.Do("", flow.AccessTokenRevoke{Act: flow.Act{Author: "ana", Reason: "a test"}, ID: ended.ID})
	roid := strings.TrimSpace(w.Rows("SELECT roid FROM contact WHERE id = 'X-H1001'"))
	contact := "entity/" + roid
	const personal = "ana@example.com" // of X-H1001, a contact of Acme's, and of X-H1002
	for _, test := range []struct {
		name, path string
		how        func(*http.Request)
		status     int
		shown      bool
	}{
		{"anybody", "domain/shop.co", func(*http.Request) {}, 200, false},
		{"anybody, a contact", contact, func(*http.Request) {}, 404, false},
		{"the sponsor, by password", "domain/shop.co", basic(world.Acme, world.Password), 200, true},
		{"the sponsor, by password, a contact", contact, basic(world.Acme, world.Password), 200, true},
		{"the sponsor, by password, by its own id", "entity/x-h1001", basic(world.Acme, world.Password), 200, true},
		{"the sponsor, by token", "domain/shop.co", bearer(desk.Secret, ""), 200, true},
		{"the sponsor, another's name", "domain/other.co", basic(world.Acme, world.Password), 200, false},
		{"another registrar", "domain/shop.co", basic(world.Other, world.Password), 200, false},
		{"another registrar, a contact", contact, basic(world.Other, world.Password), 404, false},
		{"law enforcement", "domain/shop.co", bearer(law.Secret, "case 14"), 200, true},
		{"law enforcement, a contact", contact, bearer(law.Secret, "case 14"), 200, true},
		{"law enforcement, the scheme in lower case", "domain/shop.co", func(r *http.Request) {
			bearer(law.Secret, "case 14")(r)
			r.Header.Set("Authorization", "bearer "+law.Secret)
		}, 200, true},
		{"law enforcement, a search", "domains?name=sho*&fieldSet=full", bearer(law.Secret, "case 14"), 200, true},
		{"law enforcement, of brief results", "domains?name=sho*", bearer(law.Secret, "case 14"), 200, false},
		{"law enforcement, by handle", "entities?fieldSet=full&handle=" + roid, bearer(law.Secret, "case 14"), 200, true},
		{"law enforcement without a purpose", "domain/shop.co", bearer(law.Secret, " "), 403, false},
		{"law enforcement with no legible purpose", "domain/shop.co", bearer(law.Secret, "a\u202eb"), 400, false},
		{"the operator", "domain/other.co", bearer(clerk.Secret, "a complaint"), 200, true},
		{"the operator, help", "help", bearer(clerk.Secret, "a complaint"), 200, false},
		{"a token that was revoked", "domain/shop.co", bearer(ended.Secret, "a complaint"), 401, false},
		{"no token", "domain/shop.co", bearer("nothing", "a complaint"), 401, false},
		{"a wrong password", "domain/shop.co", basic(world.Acme, "Wrong123"), 401, false},
		{"a token that is no text", "domain/shop.co", bearer(strings.Repeat("\xff", len(law.ID))+"."+law.Secret, "a complaint"), 401, false},
		{"a registrar that is none", "domain/shop.co", basic("nobody", world.Password), 401, false},
		{"a suspended registrar", "domain/shop.co", basic(world.Suspended, world.Password), 401, false},
		{"a suspended registrar, by token", "domain/shop.co", bearer(suspended.Secret, ""), 401, false},
		{"of another kind", "domain/shop.co", func(r *http.Request) { r.Header.Set("Authorization", "Digest x") }, 401, false},
		{"twice", "domain/shop.co", func(r *http.Request) {
			r.Header["Authorization"] = []string{"Bearer " + law.Secret, "Bearer " + law.Secret}
		}, 400, false},
		{"without TLS", "domain/shop.co", func(r *http.Request) { basic(world.Acme, world.Password)(r); r.TLS = nil }, 400, false},
	} {
		before := strings.Count(w.Rows("SELECT id FROM access"), "\n")
		got := ask(h, test.path, test.how)
		if got.Code != test.status || strings.Contains(got.Body.String(), personal) != test.shown {
			t.Errorf("%s: %d, shown: %t; want %d, %t\n%s", test.name, got.Code, !test.shown, test.status, test.shown, got.Body)
		}
		known := !strings.HasPrefix(test.name, "anybody")
		if private := got.Header().Get("Cache-Control") == "private, no-store"; private != known {
			t.Errorf("%s: Cache-Control is %q", test.name, got.Header().Get("Cache-Control"))
		}
		if got.Code == 401 && len(got.Header().Values("WWW-Authenticate")) != 2 {
			t.Errorf("%s: the challenges are %q", test.name, got.Header().Values("WWW-Authenticate"))
		}
		if got.Code == 403 && !strings.Contains(got.Body.String(), "what the data is for in the header RDAP-Purpose") {
			t.Errorf("%s: it is not said where the purpose goes: %s", test.name, got.Body)
		}
		kept := strings.Count(w.Rows("SELECT id FROM access"), "\n") > before
		if want := known && (got.Code == 200 || got.Code == 404); kept != want {
			t.Errorf("%s: it was put down: %t, want %t", test.name, kept, want)
		}
	}
	if text := log.String(); strings.Contains(text, personal) || strings.Contains(text, world.Password) || strings.Contains(text, law.Secret) {
		t.Errorf("the log tells what is closed: %s", text)
	}
	reply, err := w.Ask("", flow.AccessList{AccessFilter: registry.AccessFilter{Who: law.ID}})
	if err != nil {
		t.Fatal(err)
	}
	last := reply.([]registry.Access)[0]
	if last.Purpose != "case 14" || !strings.HasPrefix(last.Query, "entities?") || last.Holder != "unit 7" || last.Address != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("the last look is put down as %+v", last)
	}
}

// What cannot be put down is not shown.
func TestNothingIsShownUnseen(t *testing.T) {
	w := shops(t)
	h := newHandler(t, rdap.Config{Service: w.Service, Log: slog.New(slog.DiscardHandler)})
	law := token(w, registry.AccessLaw, "")
	w.Exec("DROP TABLE access")
	if got := ask(h, "domain/shop.co", bearer(law.Secret, "case 14")); got.Code != 500 || strings.Contains(got.Body.String(), "shop.co") {
		t.Errorf("it is %d\n%s", got.Code, got.Body)
	}
}

// What is kept for everybody is never what somebody known was shown, nor the other way round.
func TestKeptAnswersAreOfNobody(t *testing.T) {
	w := shops(t)
	w.Service.Pages = flow.NewPages(1 << 20)
	h := newHandler(t, rdap.Config{Service: w.Service})
	law := token(w, registry.AccessLaw, "")
	for range 3 {
		public := ask(h, "domain/shop.co", func(*http.Request) {}).Body.String()
		known := ask(h, "domain/shop.co", bearer(law.Secret, "case 14")).Body.String()
		if strings.Contains(public, "ana@example.com") || !strings.Contains(known, "ana@example.com") {
			t.Fatalf("everybody is shown\n%s\nand law enforcement\n%s", public, known)
		}
	}
}

// A kept answer is right at its instant, tells when it was made, and repeats the address that was asked, which may differ.
func TestKeptAnswers(t *testing.T) {
	w := shops(t)
	w.Service.Pages = flow.NewPages(1 << 20)
	h := newHandler(t, rdap.Config{Service: w.Service})
	type object struct {
		Status []string
		Events []struct{ EventAction, EventDate string }
		Links  []struct{ Value, Rel string }
	}
	read := func(path string) (o object) {
		t.Helper()
		body := ask(h, path, func(*http.Request) {}).Body.Bytes()
		if err := json.Unmarshal(body, &o); err != nil {
			t.Fatalf("%v\n%s", err, body)
		}
		for _, e := range o.Events {
			if e.EventAction == "last update of RDAP database" && e.EventDate != w.Now().Format(time.RFC3339) {
				t.Errorf("%s at %s is of %s", path, w.Now(), e.EventDate)
			}
		}
		if want := "https://rdap.example/rdap/" + path; o.Links[0].Value != want {
			t.Errorf("%s is asked as %s", path, o.Links[0].Value)
		}
		return o
	}
	for range 2 {
		read("domain/shop.co")
		read("domain/SHOP.co")
		read("nameserver/ns1.shop.co")
		w.Pass(time.Second)
	}
	w.Do(world.Acme, flow.DomainUpdate{
		Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}},
	})
	if got := read("domain/shop.co").Status; fmt.Sprint(got) != "[add period client hold]" {
		t.Errorf("after an update the statuses are %q", got)
	}
	w.At("2026-03-06T12:00:00Z")
	if got := read("domain/shop.co").Status; fmt.Sprint(got) != "[client hold]" {
		t.Errorf("after the add grace the statuses are %q", got)
	}
}

// Where searches are not for everybody, they are for those who are known.
func TestSearchesOfKnown(t *testing.T) {
	w := shops(t)
	h, err := rdap.New(rdap.Config{Service: w.Service, Base: "https://rdap.example/rdap"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		path string
		how  func(*http.Request)
		want int
	}{
		{"domains?name=sho*", func(*http.Request) {}, 401},
		{"domain/shop.co", func(*http.Request) {}, 200},
		{"domains?name=sho*", basic(world.Other, world.Password), 200},
	} {
		if got := ask(h, test.path, test.how); got.Code != test.want {
			t.Errorf("%s is %d, want %d", test.path, got.Code, test.want)
		}
	}
}

// Strangers have a rate by network, those who are known one of their own; wrong credentials count as a stranger's query. The
// clock is the one that nobody moves.
func TestRates(t *testing.T) {
	w := shops(t)
	real := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	w.Service.Real = func() time.Time { return real }
	h := newHandler(t, rdap.Config{
		Service: w.Service, Log: slog.New(slog.DiscardHandler),
		Rate: policy.Rate{Burst: 2, Every: time.Minute}, CallerRate: policy.Rate{Burst: 3, Every: time.Minute},
		Allowed: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/28")},
		Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
	})
	from := func(address string, more ...func(*http.Request)) int {
		got := ask(h, "domain/shop.co", func(r *http.Request) {
			r.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(address), 40000).String()
			for _, change := range more {
				change(r)
			}
		})
		if retry := got.Header().Get("Retry-After"); (got.Code == 429) != (retry != "") || got.Code == 429 && retry != "60" ||
			(got.Header().Get("Access-Control-Expose-Headers") == "Retry-After") != (retry != "") {
			t.Errorf("%s: %d, Retry-After %q", address, got.Code, retry)
		}
		return got.Code
	}
	forwarded := func(text string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("X-Forwarded-For", text) }
	}
	for i, step := range []struct {
		address string
		how     func(*http.Request)
		want    int
	}{
		{"198.51.100.1", nil, 200},
		{"198.51.100.1", nil, 200},
		{"198.51.100.1", nil, 429},
		{"198.51.100.2", nil, 200},
		{"::ffff:198.51.100.1", nil, 429},
		{"2001:db8:1:1::1", nil, 200},
		{"2001:db8:1:1::2", nil, 200},
		{"2001:db8:1:1:ffff::", nil, 429},
		{"2001:db8:1:2::1", nil, 200},
		{"192.0.2.1", nil, 200},
		{"192.0.2.1", nil, 200},
		{"192.0.2.1", nil, 200},
		{"192.0.2.16", nil, 200},
		// What a stranger says of where he comes from counts for nothing; what a proxy of ours says counts.
		{"198.51.100.1", forwarded("203.0.113.1"), 429},
		{"10.0.0.1", forwarded("198.51.100.1"), 429},
		{"10.0.0.1", forwarded("203.0.113.1"), 200},
		{"10.0.0.1", forwarded("203.0.113.9, 198.51.100.1"), 429},
		{"10.0.0.1", forwarded("198.51.100.1, 203.0.113.2, 10.0.0.2"), 200},
		{"10.0.0.1", forwarded("garbage"), 200},
		{"10.0.0.1", forwarded("garbage"), 200},
		{"10.0.0.1", forwarded("garbage"), 429},
		// Wrong credentials.
		{"203.0.113.7", basic(world.Acme, "Wrong123"), 401},
		{"203.0.113.7", bearer("x", ""), 401},
		{"203.0.113.7", bearer("x", ""), 429},
		{"203.0.113.7", nil, 429},
		// Who is known is not concerned by what others did from there, and has a rate of his own wherever he is.
		{"203.0.113.7", basic(world.Other, world.Password), 200},
		{"203.0.113.8", basic(world.Other, world.Password), 200},
		{"192.0.2.1", basic(world.Other, world.Password), 200},
		{"192.0.2.1", basic(world.Other, world.Password), 429},
	} {
		how := step.how
		if how == nil {
			how = func(*http.Request) {}
		}
		if got := from(step.address, how); got != step.want {
			t.Errorf("step %d: %s is answered %d, want %d", i, step.address, got, step.want)
		}
	}
	w.Pass(time.Hour) // of the registry's clock
	if got := from("198.51.100.1"); got != 429 {
		t.Errorf("after the registry's clock was moved: %d", got)
	}
	real = real.Add(time.Minute)
	if first, second := from("198.51.100.1"), from("198.51.100.1"); first != 200 || second != 429 {
		t.Errorf("a minute later: %d, then %d", first, second)
	}
}

// Who may not try another password now is told so, and when, with the right one, too. In a sandbox, which has no tokens, none is
// offered, and a credential is called so.
func TestLockedCredentials(t *testing.T) {
	for _, c := range []struct {
		sandbox    bool
		challenges []string
		wrong      string
	}{
		{false, []string{`Basic realm="registrar id and EPP password", charset="UTF-8"`, `Bearer realm="access token of the registry"`}, "the registrar id or the password is wrong"},
		{true, []string{`Basic realm="credential of the test environment and its EPP password", charset="UTF-8"`}, "the credential's id or its password is wrong"},
	} {
		w := shops(t)
		h := newHandler(t, rdap.Config{Service: w.Service, Log: slog.New(slog.DiscardHandler), Refusal: time.Nanosecond, Sandbox: c.sandbox})
		var got *httptest.ResponseRecorder
		for range w.Service.Terms().Limits.WrongPasswords().Burst {
			got = ask(h, "domain/shop.co", basic(world.Acme, "Wrong123"))
			if got.Code != http.StatusUnauthorized || !slices.Equal(got.Header().Values("WWW-Authenticate"), c.challenges) || !strings.Contains(got.Body.String(), c.wrong) {
				t.Fatalf("a wrong password is answered %d, %q\n%s", got.Code, got.Header().Values("WWW-Authenticate"), got.Body)
			}
		}
		got = ask(h, "domain/shop.co", basic(world.Acme, world.Password))
		if wait, _ := strconv.Atoi(got.Header().Get("Retry-After")); got.Code != http.StatusTooManyRequests || wait < 1 || !strings.Contains(got.Body.String(), "too many wrong passwords; wait") {
			t.Errorf("who is locked is answered %d, Retry-After %q\n%s", got.Code, got.Header().Get("Retry-After"), got.Body)
		}
		if got = ask(h, "domain/shop.co", bearer("x", "")); c.sandbox && strings.Contains(got.Body.String(), "token") {
			t.Errorf("a sandbox says of a token\n%s", got.Body)
		}
	}
}

// Who floods us with credentials is one who asks too much, though some of them are not even verified; and he fills no log.
func TestFloodOfCredentials(t *testing.T) {
	w := shops(t)
	var log bytes.Buffer
	h := newHandler(t, rdap.Config{
		Service: w.Service, Log: slog.New(slog.NewTextHandler(&log, nil)), Rate: policy.Rate{Burst: 5, Every: time.Hour},
	})
	var all sync.WaitGroup
	var limited atomic.Int64
	for range 600 {
		all.Go(func() {
			if ask(h, "domain/shop.co", basic(world.Acme, "Wrong123")).Code == http.StatusTooManyRequests {
				limited.Add(1)
			}
		})
	}
	all.Wait()
	if n := limited.Load(); n != 595 {
		t.Errorf("of 600 queries %d are too many, want 595", n)
	}
	if n := strings.Count(log.String(), "\n"); n > 5 {
		t.Errorf("the log has %d lines", n)
	}
}

// A client that goes is no fault of ours, and an answer that takes too long is one that can be asked for again.
func TestClientsThatGo(t *testing.T) {
	w := shops(t)
	var log bytes.Buffer
	h := newHandler(t, rdap.Config{Service: w.Service, Log: slog.New(slog.NewTextHandler(&log, nil))})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	for ctx, lines := range map[context.Context]int{gone: 0, late: 1} {
		log.Reset()
		got := ask(h, "domain/shop.co", func(r *http.Request) { *r = *r.WithContext(ctx) })
		if text := log.String(); got.Code != 503 || got.Header().Get("Retry-After") != "10" || strings.Count(text, "level=WARN") != lines || strings.Contains(text, "level=ERROR") {
			t.Errorf("%v: %d with %v, logged %s", ctx.Err(), got.Code, got.Header(), text)
		}
	}
}

// The header of RFC 7239 is read where the configuration says so, and then no other.
func TestForwarded(t *testing.T) {
	w := shops(t)
	h := newHandler(t, rdap.Config{
		Service: w.Service, Rate: policy.Rate{Burst: 1, Every: time.Hour}, Forwarded: "Forwarded",
		Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
	})
	for i, step := range []struct {
		header, value string
		want          int
	}{
		{"Forwarded", "for=198.51.100.1", 200},
		{"Forwarded", `for="198.51.100.1:4711"; proto=https`, 429},
		{"Forwarded", `proto=https;FOR="[2001:db8:1::1]:4711"`, 200},
		{"Forwarded", `for="[2001:db8:1::2]"`, 429},
		{"Forwarded", "for=203.0.113.1, for=198.51.100.1", 429},
		{"Forwarded", "for=unknown", 200},
		{"Forwarded", "for=_hidden", 429},
		{"X-Forwarded-For", "198.51.100.77", 429}, // as from the proxy itself, like the two before
	} {
		got := ask(h, "help", func(r *http.Request) { r.Header.Set(step.header, step.value) })
		if got.Code != step.want {
			t.Errorf("step %d: %s: %s is %d, want %d", i, step.header, step.value, got.Code, step.want)
		}
	}
}

// A page of somebody else may send credentials that its user gives it.
func TestPreflight(t *testing.T) {
	h := newHandler(t, rdap.Config{Service: shops(t).Service})
	got := get(h, "OPTIONS", "domain/shop.co")
	if got.Code != 204 || got.Header().Get("Access-Control-Allow-Headers") != "Authorization, RDAP-Purpose" ||
		got.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("OPTIONS is %d with %v", got.Code, got.Header())
	}
}
