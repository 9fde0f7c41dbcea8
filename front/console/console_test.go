package console

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// placeholders are the names in the patterns of routes.
var placeholders = regexp.MustCompile(`\{[^}]*\}`)

// sample returns a path that a route answers; what it is about is not there.
func sample(r route) string {
	return placeholders.ReplaceAllStringFunc(r.path, func(p string) string {
		if p == "{$}" {
			return ""
		}
		return "9999"
	})
}

// TestMatrix asks every route as every role and as nobody: the table of roles decides, and who may not is told nothing else.
func TestMatrix(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	stranger := r.stranger()
	for _, role := range registry.Roles() {
		b := r.as(world.Acme, role)
		for _, route := range r.console.routes {
			if route.door != doorUser {
				continue
			}
			answer := b.ask(route)
			if permitted(route, role) == (answer.Code == http.StatusForbidden) {
				t.Errorf("%s as %s: %d\n%s", answer.about, role, answer.Code, answer.text())
			}
		}
	}
	for _, route := range r.console.routes {
		if route.door == doorAnybody {
			continue
		}
		answer := stranger.ask(route)
		if answer.Code != http.StatusSeeOther || !strings.HasPrefix(answer.Header.Get("Location"), Path+"sign-in") {
			t.Errorf("%s as nobody: %d to %q", answer.about, answer.Code, answer.Header.Get("Location"))
		}
	}
}

// ask asks for a route as it is, without fields in its form.
func (b *browser) ask(r route) *reply {
	if r.method == http.MethodPost {
		return b.post(sample(r))
	}
	return b.get(sample(r))
}

// TestRoutesAreInAnArea: each route that needs a user is in an area that there is.
func TestRoutesAreInAnArea(t *testing.T) {
	for _, route := range newRig(t, "2026-03-01T12:00:00Z").console.routes {
		if route.door == doorUser && !slices.Contains(policy.Areas(), route.area) {
			t.Errorf("%s %s is in no area", route.method, route.path)
		}
		if !strings.HasPrefix(route.path, Path) || route.method != http.MethodGet && route.method != http.MethodPost {
			t.Errorf("%s %s is no route of the console", route.method, route.path)
		}
	}
}

// TestFormsHaveTokens: no form is taken that the session did not make, and none changes anything by GET.
func TestFormsHaveTokens(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b, other := r.as(world.Acme, registry.RoleAdministrator), r.as(world.Other, registry.RoleAdministrator)
	for _, route := range r.console.routes {
		if route.method != http.MethodPost || route.door == doorAnybody {
			continue
		}
		for name, token := range map[string]string{"none": "", "another": other.token(), "garbage": "a"} {
			if answer := b.post(sample(route), "token", token); answer.Code != http.StatusForbidden {
				t.Errorf("%s with the token %s: %d", answer.about, name, answer.Code)
			}
		}
	}
}

// TestForeignForms: a form that a page of somebody else sends is refused before anything of it is read.
func TestForeignForms(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.as(world.Acme, registry.RoleAdministrator)
	for _, route := range r.console.routes {
		if route.method != http.MethodPost {
			continue
		}
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			req := httptest.NewRequest(http.MethodPost, "https://console.example"+sample(route), strings.NewReader("token="+b.token()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set(header, value)
			if answer := b.send(req); answer.Code != http.StatusForbidden {
				t.Errorf("%s with %s %s: %d", answer.about, header, value, answer.Code)
			}
		}
	}
}

// TestBodies: what is no form, and what is too long for one, is refused and not kept in memory.
func TestBodies(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.as(world.Acme, registry.RoleAdministrator)
	for _, route := range r.console.routes {
		if route.method != http.MethodPost || route.door != doorUser {
			continue
		}
		for _, test := range []struct {
			kind, body string
			want       int
		}{
			{"application/json", `{}`, http.StatusBadRequest},
			{"", "token=" + b.token(), http.StatusBadRequest},
			{"application/x-www-form-urlencoded", "%zz", http.StatusBadRequest},
			{"multipart/form-data", "x", http.StatusBadRequest},
			{"application/x-www-form-urlencoded", strings.Repeat("a=b&", 2000), http.StatusBadRequest},
			{"application/x-www-form-urlencoded", "a=" + strings.Repeat("b", int(max(route.maxBody, usualBody))), http.StatusRequestEntityTooLarge},
		} {
			req := httptest.NewRequest(http.MethodPost, "https://console.example"+sample(route), strings.NewReader(test.body))
			if test.kind != "" {
				req.Header.Set("Content-Type", test.kind)
			}
			if answer := b.send(req); answer.Code != test.want {
				t.Errorf("%s of %q with %d octets: %d, want %d", answer.about, test.kind, len(test.body), answer.Code, test.want)
			}
		}
	}
}

// TestPagesAreSound looks at the markup of every page that can be had without anything being there, in both languages.
func TestPagesAreSound(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	for _, language := range []string{"en", "es"} {
		b := r.as(world.Acme, registry.RoleAdministrator)
		b.spanish = language == "es"
		for _, route := range r.console.routes {
			if route.method != http.MethodGet {
				continue
			}
			answer := b.get(sample(route))
			if answer.Code >= http.StatusInternalServerError {
				t.Errorf("%s: %d\n%s\n%s", answer.about, answer.Code, answer.text(), r.log)
			}
			if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") && !route.part && answer.Code/100 != 3 {
				sound(t, answer, language)
			}
		}
	}
}

// sound fails unless a page has what each has, and nothing that none may.
func sound(t *testing.T, p *reply, language string) {
	t.Helper()
	if got := p.Header.Get("Content-Security-Policy"); got != policyOfPages {
		t.Errorf("%s: its policy is %q", p.about, got)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Language": language} {
		if got := p.Header.Get(name); got != want {
			t.Errorf("%s: %s is %q, want %q", p.about, name, got, want)
		}
	}
	root, err := html.Parse(strings.NewReader(p.Body))
	if err != nil {
		t.Fatal(err)
	}
	headings, ids := 0, map[string]bool{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		a := attributes(n)
		switch {
		case n.Data == "h1":
			headings++
		case n.Data == "style", n.Data == "script" && a["src"] == "", n.Data == "iframe", n.Data == "base", n.Data == "object":
			t.Errorf("%s has <%s>", p.about, n.Data)
		case n.Data == "form" && strings.EqualFold(a["method"], "post"):
			if !strings.HasPrefix(a["action"], Path) {
				t.Errorf("%s has a form that goes to %q", p.about, a["action"])
			}
		}
		for name, value := range a {
			if strings.HasPrefix(name, "on") || name == "style" {
				t.Errorf("%s has an attribute %s=%q", p.about, name, value)
			}
			if (name == "href" || name == "src" || name == "action") && !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "#") &&
				!strings.HasPrefix(value, "?") && !strings.HasPrefix(value, "mailto:") {
				t.Errorf("%s leads to %q", p.about, value)
			}
		}
		if id := a["id"]; id != "" && ids[id] {
			t.Errorf("%s has two elements with the id %s", p.about, id)
		} else {
			ids[id] = true
		}
	}
	if headings != 1 {
		t.Errorf("%s has %d headings of the first rank", p.about, headings)
	}
}

func attributes(n *html.Node) map[string]string {
	a := map[string]string{}
	for _, one := range n.Attr {
		a[one.Key] = one.Val
	}
	return a
}

// TestStaticFiles: each is served under its print alone, to be kept, and nothing beside them.
func TestStaticFiles(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.stranger()
	for name, a := range r.console.static {
		if answer := b.get(a.path).is(http.StatusOK); answer.Header.Get("Content-Type") != a.kind || answer.Body != string(a.body) ||
			!strings.Contains(answer.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %v", name, answer.Header)
		}
	}
	for _, path := range []string{"console.css", "", "../console.go", "%2e%2e%2fconsole.go", "console-0000000000000000.css", "html/layout.html"} {
		if answer := b.get(staticPath + path); answer.Code == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
}

// TestNothingThere: who has signed in is told that nothing is there; others have to sign in first.
func TestNothingThere(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.as(world.Acme, registry.RoleAdministrator)
	for _, path := range []string{"/console/no-such-page", "/console/..%2f..%2fetc/passwd", "/console/domains/%00", "/console/%ff", "/console/a/b/c/d"} {
		if answer := b.get(path); answer.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, answer.Code)
		}
		if answer := r.stranger().get(path); answer.Code != http.StatusSeeOther {
			t.Errorf("%s as nobody: %d", path, answer.Code)
		}
	}
}
