package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// What is asked below the path of RDAP is RDAP's to answer, however odd; nothing is redirected. All else is the pages'.
func TestBeneath(t *testing.T) {
	says := func(what string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, what+" "+r.Pattern) })
	}
	for _, test := range []struct{ mount, asked, want string }{
		{"/rdap/", "/rdap/domain/shop.co", "rdap /rdap/"},
		{"/rdap/", "/rdap/", "rdap /rdap/"},
		{"/rdap/", "/rdap", "rdap /rdap/"},
		{"/rdap/", "/rdap//domain/shop.co", "rdap /rdap/"},
		{"/rdap/", "/rdap/domain//shop.co", "rdap /rdap/"},
		{"/rdap/", "/rdap/domain/../../etc", "rdap /rdap/"},
		{"/rdap/", "/rdap/./domain/shop.co", "rdap /rdap/"},
		{"/rdap/", "//rdap/domain/shop.co", "rdap /rdap/"},
		{"/rdap/", "/x/../rdap/domain/shop.co", "rdap /rdap/"},
		{"/rdap/", "/rdapper", "pages "},
		{"/rdap/", "/", "pages "},
		{"/rdap/", "/idn-tables/", "pages "},
		{"/", "/", "pages "},
		{"/", "/domain/shop.co", "pages "}, // whose mux has RDAP behind all others
		{"/", "/idn-tables/", "pages "},
		{"/", "/domain//shop.co", "rdap /"},
		{"/", "//domain/shop.co", "rdap /"},
		{"/", "/domain/../etc", "rdap /"},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "https://rdap.example/", nil)
		r.URL.Path = test.asked
		beneath(test.mount, says("rdap"), says("pages")).ServeHTTP(w, r)
		if got := w.Body.String(); got != test.want {
			t.Errorf("RDAP at %s: %s is answered by %q, want %q", test.mount, test.asked, got, test.want)
		}
	}
}
