package rdap_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/rdap"
	"example.org/dorado/test/world"
)

// found counts the results of an answer, and returns the address of the next page, if there is one.
func found(t *testing.T, body []byte) (n int, next string) {
	t.Helper()
	var answer object
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	for _, kind := range []string{"domain", "nameserver", "entity"} {
		n += len(answer.list(kind + "SearchResults"))
	}
	paging, _ := answer["paging_metadata"].(map[string]any)
	for _, l := range object(paging).in("links", "rel", "next") {
		next = l.said("href")
	}
	return n, next
}

// Whatever is searched, and page after page: nobody gets more objects than lookups, and what a search does not find is not
// charged.
func TestSearchesCostWhatTheyFind(t *testing.T) {
	const burst, names = 40, 60
	w := shops(t)
	for i := range names {
		w.Domain(world.Acme, fmt.Sprintf("many%02d.co", i), "ns.example.net")
	}
	for i := range names {
		w.Host(world.Acme, fmt.Sprintf("node%02d.shop.co", i), "192.0.2.7")
	}
	real := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	w.Service.Real = func() time.Time { return real }
	rate := policy.Rate{Burst: burst, Every: time.Minute}
	for _, test := range []struct {
		search string
		how    func(*http.Request)
	}{
		{"domains?name=many*", func(*http.Request) {}},
		{"domains?name=many*&fieldSet=id", func(*http.Request) {}},
		{"domains?name=many*&fieldSet=full", basic(world.Other, world.Password)},
		{"domains?nsLdhName=ns.example.net", func(*http.Request) {}},
		{"nameservers?name=node*.shop.co&count=true", func(*http.Request) {}},
		{"nameservers?ip=192.0.2.7", func(*http.Request) {}},
	} {
		h := newHandler(t, rdap.Config{Service: w.Service, Rate: rate, CallerRate: rate, Log: slog.New(slog.DiscardHandler)})
		objects, path := 0, test.search
		for path != "" {
			got := ask(h, path, test.how)
			if got.Code == http.StatusTooManyRequests {
				break
			}
			n, next := found(t, got.Body.Bytes())
			objects += n
			path = strings.TrimPrefix(next, "https://rdap.example/rdap/")
		}
		if objects != burst {
			t.Errorf("%s: %d objects for an allowance of %d", test.search, objects, burst)
		}
		if got := ask(h, "domain/shop.co", test.how); got.Code != http.StatusTooManyRequests {
			t.Errorf("%s: when all is spent a lookup is %d", test.search, got.Code)
		}
	}
	// What finds little costs little: one at least, and the rest is left for others.
	h := newHandler(t, rdap.Config{Service: w.Service, Rate: rate})
	for i := range burst {
		search := []string{"domains?name=zoo*", "domains?name=shop.co", "entities?handle=H1001", "domains?name=s*"}[i%4]
		if got := ask(h, search, func(*http.Request) {}); got.Code == http.StatusTooManyRequests {
			t.Errorf("query %d, %s: %d", i, search, got.Code)
		}
	}
	if got := ask(h, "help", func(*http.Request) {}); got.Code != http.StatusTooManyRequests {
		t.Errorf("one more than %d is %d", burst, got.Code)
	}
	// Who is not limited gets whole pages.
	h = newHandler(t, rdap.Config{Service: w.Service})
	if n, next := found(t, ask(h, "domains?name=many*", func(*http.Request) {}).Body.Bytes()); n != 25 || next == "" {
		t.Errorf("without a limit a page has %d results, and the next is %q", n, next)
	}
}

// What nobody can answer counts as well: garbage is no way around the allowance.
func TestRefusalsCount(t *testing.T) {
	w := shops(t)
	real := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	w.Service.Real = func() time.Time { return real }
	post := func(r *http.Request) { r.Method = http.MethodPost }
	for _, test := range []struct {
		name, path string
		how        func(*http.Request)
		want       int
	}{
		{"no name", "domain/-", func(*http.Request) {}, 400},
		{"no query", "zone/co", func(*http.Request) {}, 400},
		{"too long", "domain/" + strings.Repeat("a", 5000), func(*http.Request) {}, 414},
		{"numbers", "ip/192.0.2.1", func(*http.Request) {}, 501},
		{"a style of search that is not served", "domains?name=*x", func(*http.Request) {}, 422},
		{"another method", "domain/shop.co", post, 405},
		{"elsewhere", "", func(r *http.Request) { r.URL = &url.URL{Path: "/elsewhere"} }, 404},
		{"credentials without TLS", "domain/shop.co", func(r *http.Request) { basic(world.Acme, world.Password)(r); r.TLS = nil }, 400},
		{"credentials of another kind", "domain/shop.co", func(r *http.Request) { r.Header.Set("Authorization", "Digest x") }, 401},
	} {
		h := newHandler(t, rdap.Config{Service: w.Service, Rate: policy.Rate{Burst: 2, Every: time.Minute}, Log: slog.New(slog.DiscardHandler)})
		for i, want := range []int{test.want, test.want, 429} {
			if got := ask(h, test.path, test.how); got.Code != want {
				t.Errorf("%s: the answer to query %d is %d, want %d", test.name, i+1, got.Code, want)
			}
		}
	}
}

// A contact that has opened what it does not have: ICANN's tool (-63300) takes what is not there for redacted, so it is
// there, and empty. A registrar without a web site is reached at its own address.
func TestEmptyAndOpen(t *testing.T) {
	w := shops(t)
	w.Do("", flow.RegistrarSet{Act: flow.Act{Registrar: world.Acme, Author: "ana"}, Website: new(""), Email: new("info@h1001.example")})
	create := flow.ContactCreate{
		ID: "SPARE", Email: "jane@example.com", AuthInfo: "secret", Voice: &registry.Phone{Number: "+57.6015550100"},
		Loc: &registry.Postal{Name: "Jane Roe", Street: []string{"1 Main St"}, City: "Bogota", Postcode: "110221", Country: "CO"},
	}
	for _, what := range registry.Disclosures() {
		create.Disclose = append(create.Disclose, flow.DiscloseEdit{What: what, Open: what != registry.DiscloseEmail})
	}
	w.Do(world.Acme, create)
	w.Do(world.Acme, flow.DomainCreate{
		Name: world.Name("spare.co"), Registrant: "SPARE", AuthInfo: "secret",
		Contacts: []flow.Role{{Role: "admin", ID: "SPARE"}, {Role: "tech", ID: "SPARE"}},
	})
	h := newHandler(t, rdap.Config{Service: w.Service})
	var o object
	if err := json.Unmarshal(get(h, "GET", "domain/spare.co?jscard=1").Body.Bytes(), &o); err != nil {
		t.Fatal(err)
	}
	for role, want := range map[string]int{"registrant": 1, "technical": 0, "administrative": 0} {
		e := o.in("entities", "roles", role)[0]
		if len(e.property("org")) != want {
			t.Errorf("%s: the card is %v", role, e["vcardArray"])
		}
		card, _ := e["jscard"].(map[string]any)
		link := object(card["links"].(map[string]any)["contact"].(map[string]any))
		if uri := e.property("contact-uri"); len(uri) != 1 || uri[0][3] != "mailto:info@h1001.example" || link.said("uri") != "mailto:info@h1001.example" {
			t.Errorf("%s: it is reached at %v, and %v", role, uri, link)
		}
	}
	if o.redacted("Registrant Email") != "replacementValue" || o.redacted("Registrant Organization") != "" {
		t.Errorf("the redactions are %v", o["redacted"])
	}
}
