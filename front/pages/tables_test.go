package pages_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.org/dorado/core/idn"
	"example.org/dorado/front/pages"
)

func handler(t *testing.T) http.Handler {
	t.Helper()
	h, err := pages.Tables(func() []string { return []string{"es", "zh", "de"} }, []string{"co", "com.co"})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(t *testing.T, h http.Handler, path, etag string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	h.ServeHTTP(w, r)
	return w
}

// Each address answers what it says, may be cached, and is not sent again to who has it.
func TestFiles(t *testing.T) {
	h := handler(t)
	for _, test := range []struct{ path, kind, has string }{
		{"/idn-tables/", "text/html; charset=utf-8", `<a href="de.xml" aria-label="German as XML">`},
		{"/idn-tables/style.css", "text/css; charset=utf-8", "color-scheme"},
		{"/idn-tables/de.xml", "application/xml", `<var cp="00DF"`},
		{"/idn-tables/pl.xml", "application/xml", "Polish"},
		{"/idn-tables/zh.txt", "text/plain; charset=utf-8", "570B ; 國 ; 56FD (simp)"},
	} {
		w := get(t, h, test.path, "")
		if got := w.Header().Get("Content-Type"); w.Code != http.StatusOK || got != test.kind || !strings.Contains(w.Body.String(), test.has) {
			t.Errorf("GET %s: %d, %q, without %q", test.path, w.Code, got, test.has)
		}
		if c := w.Header().Get("Cache-Control"); c != "public, max-age=3600" || w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("GET %s: Cache-Control %q", test.path, c)
		}
		if again := get(t, h, test.path, w.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("GET %s again: %d with %d bytes, want 304", test.path, again.Code, again.Body.Len())
		}
	}
	if got := get(t, h, "/idn-tables/es.xml", "").Body.String(); got != string(idn.XML("es")) {
		t.Error("es.xml is not the table's file")
	}
}

// The page lists what is offered and nothing else, and needs neither script nor another host.
func TestPage(t *testing.T) {
	page := get(t, handler(t), "/idn-tables/", "").Body.String()
	for _, has := range []string{`id="es"`, `id="zh"`, `id="de"`, "<strong>.com.co</strong>", `<a href="/">`, `class="note sideways"`, `lang="en"`, "áéíñóúü"} {
		if !strings.Contains(page, has) {
			t.Errorf("the page has no %q", has)
		}
	}
	for _, hasNot := range []string{`id="pl"`, "<script", "style=", "onclick"} {
		if strings.Contains(page, hasNot) {
			t.Errorf("the page has %q", hasNot)
		}
	}
}

func TestRefused(t *testing.T) {
	h := handler(t)
	for _, path := range []string{"/idn-tables/xx.xml", "/idn-tables/es", "/idn-tables/es.pdf", "/idn-tables/page.html", "/idn-tables/es.xml/more"} {
		if w := get(t, h, path, ""); w.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d, want 404", path, w.Code)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/idn-tables/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d, want 405", w.Code)
	}
}
