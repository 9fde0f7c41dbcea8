package pages_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/pages"
	"example.org/dorado/test/world"
)

const noon = "2026-03-01T12:00:00Z"

// shops is a world with names in several states of their lives; of the contacts of shop.co all is closed, of café.com.co open.
func shops(t *testing.T) *world.World {
	t.Helper()
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1", "2001:db8::1")
	w.Do(world.Acme, flow.DomainUpdate{
		Name: world.Name("shop.co"), Add: flow.DomainEdit{Nameservers: world.Names("ns1.shop.co", "ns.example.net")},
	})
	open := flow.ContactCreate{
		ID: "OPEN", Email: "jane@example.com", AuthInfo: "secret", Voice: &registry.Phone{Number: "+57.6015550100", Extension: "12"},
		Loc: &registry.Postal{Name: "Jane <b>Roe</b>", Street: []string{"1 Main St"}, City: "Bogotá", Postcode: "110221", Country: "CO"},
	}
	for _, what := range registry.Disclosures() {
		open.Disclose = append(open.Disclose, flow.DiscloseEdit{What: what, Open: true})
	}
	w.Do(world.Acme, open)
	w.Do(world.Acme, flow.DomainCreate{Name: world.Name("xn--caf-dma.com.co"), Registrant: "OPEN", AuthInfo: "secret", Contacts: []flow.Role{
		{Role: "admin", ID: "OPEN"}, {Role: "billing", ID: "OPEN"}, {Role: "tech", ID: "OPEN"},
	}})
	w.Domain(world.Acme, "lost.co")
	w.Pass(30 * 24 * time.Hour)
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("lost.co")})
	return w
}

func lookup(t *testing.T, w *world.World) http.Handler {
	t.Helper()
	h, err := pages.Lookup(pages.LookupConfig{
		Service: w.Service, Zones: []string{"co", "com.co"}, RDAP: "/rdap/", WHOIS: "whois.example", Tables: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// ask looks up a query on the page in a language.
func ask(h http.Handler, query, language string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?"+url.Values{"q": {query}, "lang": {language}}.Encode(), nil))
	return w
}

// Every form of a query has its answer, and says nothing of another.
func TestLookup(t *testing.T) {
	h := lookup(t, shops(t))
	for _, test := range []struct {
		query  string
		status int
		has    []string
		hasNot []string
	}{
		{"shop.co", 200, []string{"<h2>shop.co</h2>", `class="state"`, "registered and in the zone", "ns1.shop.co", "192.0.2.1", "Registrar H1001", "Not public:", "1 March 2026", "/rdap/domain/shop.co"}, []string{"ana@example.com", "Ana Pe"}},
		{" SHOP.co. ", 200, []string{"<h2>shop.co</h2>"}, nil},
		{"https://shop.co/basket?x=1", 200, []string{"<h2>shop.co</h2>"}, nil},
		{"www.shop.co", 200, []string{"<h2>shop.co</h2>", "would be part of this one"}, nil},
		{"café.com.co", 200, []string{"<h2>café.com.co <code", "xn--caf-dma.com.co", "Jane &lt;b&gt;Roe&lt;/b&gt;", "ext. 12", "jane@example.com", "no name servers", `class="state idle"`}, []string{"<b>Roe"}},
		{"xn--caf-dma.com.co", 200, []string{"<h2>café.com.co <code"}, nil},
		{"lost.co", 200, []string{"has been deleted. Its registrar can restore it until", `class="state alarming"`, "Free to be registered again", "redemptionPeriod"}, nil},
		{"ns1.shop.co", 200, []string{"<h2>ns1.shop.co</h2>", "2001:db8::1"}, []string{"<h2>shop.co"}},
		{"ns.example.net", 200, []string{"<h2>ns.example.net</h2>", "<p>None.</p>"}, []string{"other registries"}},
		{"192.0.2.1", 200, []string{"<h2>ns1.shop.co</h2>"}, nil},
		{"2001:DB8:0::1", 200, []string{"<h2>ns1.shop.co</h2>"}, nil},
		{"h1001", 200, []string{"<code>H1001</code>"}, nil},
		{"registrar H1002", 200, []string{"<code>H1002</code>"}, nil},
		{"Registrar  9001", 200, []string{"<code>H1001</code>"}, nil},
		{"registrar H9", 404, []string{"Nothing of that name"}, nil},
		{"h9", 404, []string{"Nothing of that name", `<a href="/?q=h9.co&amp;lang=en">h9.co</a>`, ">h9.com.co</a>"}, []string{"other registries"}},
		{"café", 404, []string{">café.co</a>"}, nil},
		{"x_y.co", 404, []string{"No domain name can be written so.", "has an underscore"}, []string{"Nothing of that name"}},
		{"nic.co", 404, []string{"nic.co cannot be registered: the registry does not offer it."}, []string{"not registered"}},
		{"free.co", 404, []string{"free.co is not registered."}, []string{"<article>"}},
		{"co", 404, []string{"own zones"}, nil},
		{"192.0.2.99", 404, []string{"No name server of this registry has that address."}, nil},
		{"example.org", 404, []string{"Nothing of that name", "kept by other registries"}, nil},
		{"No Such Registrar", 404, []string{"Nothing of that name"}, nil},
		{"<script>alert(1)</script>", 404, []string{"&lt;script&gt;"}, []string{"<script"}},
		{"a\x00b.co", 404, nil, []string{"\x00"}},
		{"\xff\xfe.co", 404, []string{"\ufffd"}, []string{"\xff", "\xfe"}},
		{"H\x001001", 404, []string{"Nothing of that name", "H\ufffd1001"}, []string{"\x00"}},
		{strings.Repeat("a", 5000) + ".co", 400, []string{"too long"}, []string{"aaaaaaaaaa"}},
	} {
		answer := ask(h, test.query, "en")
		body := answer.Body.String()
		if answer.Code != test.status {
			t.Errorf("%.40q: status %d, want %d", test.query, answer.Code, test.status)
		}
		for _, want := range test.has {
			if !strings.Contains(body, want) {
				t.Errorf("%.40q: the page has no %q\n%s", test.query, want, body)
			}
		}
		for _, not := range append(test.hasNot, "style=", "onclick", "%!") {
			if strings.Contains(body, not) {
				t.Errorf("%.40q: the page has %q", test.query, not)
			}
		}
	}
}

// Why something is no name is told in the language of the page.
func TestWhyNoName(t *testing.T) {
	h := lookup(t, shops(t))
	for query, want := range map[string]struct{ en, es string }{
		"x_y.co":                              {`&#34;x_y&#34; has an underscore`, `«x_y» tiene un guion bajo`},
		"-x.co":                               {`begins with a hyphen`, `«-x» empieza con un guion`},
		"a..co":                               {`The name has an empty label`, `El nombre tiene dos puntos seguidos`},
		"xn--a.co":                            {`is not an A-label`, `no es la forma codificada de otro texto`},
		"1.2.3":                               {`is the last and all digits`, `solo tiene cifras`},
		strings.Repeat("a", 64) + ".co":       {`is longer than 63 octets`, `tiene más de 63 caracteres`},
		strings.Repeat("abc.", 63) + "com.co": {`is longer than 253 octets`, `tiene más de 253 caracteres`},
		"a!b.co":                              {`only letters, digits and hyphens`, `tiene algo que un dominio no puede tener`},
		"ab--c.co":                            {`hyphens in third and fourth place`, `guiones en el tercer y cuarto lugar`},
		"אa.co":                               {`Bidi`, `mezcla escrituras`},
	} {
		for lang, text := range map[string]string{"en": want.en, "es": want.es} {
			if body := ask(h, query, lang).Body.String(); !strings.Contains(body, text) {
				t.Errorf("%.30q in %s: %q is not said in\n%s", query, lang, text, body)
			}
		}
	}
}

// The page is in the language that the client prefers, and in the one that the address names.
func TestLanguages(t *testing.T) {
	h := lookup(t, shops(t))
	for accepted, want := range map[string]string{
		"": "en", "es-CO,es;q=0.9,en;q=0.5": "es", "de, en;q=0.1": "en", "fr, de": "en", "es;q=0.1, en": "en", ";;;": "en",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Language", accepted)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Language"); got != want || !strings.Contains(w.Body.String(), `<html lang="`+want+`">`) {
			t.Errorf("for %q the page is in %s, want %s", accepted, got, want)
		}
	}
	if body := ask(h, "shop.co", "es").Body.String(); !strings.Contains(body, "1 de marzo de 2026") || !strings.Contains(body, "No es público") {
		t.Errorf("in Spanish:\n%s", body)
	}
}

// What time does is shown at the instant, without anything having run.
func TestRightAtTheInstant(t *testing.T) {
	w := shops(t)
	h := lookup(t, w)
	var ends time.Time
	found, err := w.Ask("", flow.DomainLookup{Name: world.Name("lost.co")})
	if err != nil {
		t.Fatal(err)
	}
	ends = found.(flow.DomainFound).Deletion.RestorableTil
	w.Pass(ends.Sub(w.Now()) - time.Second)
	if body := ask(h, "lost.co", "en").Body.String(); !strings.Contains(body, "can restore it until") {
		t.Errorf("a second before the end of redemption:\n%s", body)
	}
	w.Pass(time.Second)
	if body := ask(h, "lost.co", "en").Body.String(); !strings.Contains(body, "can no longer be restored") {
		t.Errorf("at the end of redemption:\n%s", body)
	}
	w.Pass(10 * 24 * time.Hour)
	if got := ask(h, "lost.co", "en"); got.Code != http.StatusNotFound {
		t.Errorf("after the purge: %d", got.Code)
	}
}

// Nothing of a result is kept by anybody, and nobody is told what was looked for.
func TestHeaders(t *testing.T) {
	h := lookup(t, shops(t))
	got := ask(h, "shop.co", "en").Header()
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "X-Content-Type-Options": "nosniff",
		"Content-Type": "text/html; charset=utf-8",
	} {
		if got.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Get(name), want)
		}
	}
	if style := get(t, h, "/style.css", ""); style.Code != 200 || style.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("the style: %d, %v", style.Code, style.Header())
	}
	if other := get(t, h, "/nothing", ""); other.Code != http.StatusNotFound {
		t.Errorf("another path: %d", other.Code)
	}
}

// An address in another notation is the same address.
func TestAddressNotation(t *testing.T) {
	h := lookup(t, shops(t))
	mapped := netip.AddrFrom16(netip.MustParseAddr("192.0.2.1").As16()).String()
	if got := ask(h, mapped, "en"); got.Code != 200 {
		t.Errorf("%s: %d", mapped, got.Code)
	}
}

// Who asks too much is told when to come back; the page itself is always there.
func TestTooMany(t *testing.T) {
	asked := 0
	h, err := pages.Lookup(pages.LookupConfig{Service: world.New(t, noon).Service, Count: func(*http.Request) time.Duration {
		if asked++; asked > 1 {
			return 1500 * time.Millisecond
		}
		return 0
	}})
	if err != nil {
		t.Fatal(err)
	}
	if first := ask(h, "free.co", "en"); first.Code != http.StatusNotFound {
		t.Errorf("the first lookup: %d", first.Code)
	}
	second := ask(h, "free.co", "es")
	if second.Code != http.StatusTooManyRequests || second.Header().Get("Retry-After") != "2" || !strings.Contains(second.Body.String(), "en 2 segundos") {
		t.Errorf("the second lookup: %d, %v\n%s", second.Code, second.Header(), second.Body)
	}
	if page := ask(h, "", "en"); page.Code != http.StatusOK || asked != 2 {
		t.Errorf("the page: %d after %d", page.Code, asked)
	}
}

// A client that goes while its query is looked up is no fault of ours.
func TestClientsThatGo(t *testing.T) {
	w := shops(t)
	var log strings.Builder
	h, err := pages.Lookup(pages.LookupConfig{Service: w.Service, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	got := httptest.NewRecorder()
	h.ServeHTTP(got, httptest.NewRequestWithContext(gone, http.MethodGet, "/?q=shop.co", nil))
	if got.Code != 503 || log.Len() > 0 {
		t.Errorf("it is answered %d, and logged %s", got.Code, log.String())
	}
}
