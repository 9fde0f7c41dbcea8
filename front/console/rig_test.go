package console

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// A rig is a console over a world, and what it logs.
type rig struct {
	*world.World
	console *Console
	handler http.Handler
	log     *safeBuffer

	people   map[string]registry.User // that were made, by registrar and role
	sessions int
}

// A safeBuffer takes what several requests log at once.
type safeBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// newRig returns a console over a world at an instant.
func newRig(t testing.TB, now string) *rig {
	t.Helper()
	return rigOver(t, world.New(t, now))
}

func rigOver(t testing.TB, w *world.World) *rig {
	t.Helper()
	return rigWith(t, w, func(c *Config) {
		c.Frames = func(context.Context, registry.RegistrarID, []byte) (FrameVerdict, error) { return FrameVerdict{}, nil }
		c.Sandboxes, c.SandboxAddresses = newTestSandboxes(w.Now), SandboxAddresses{EPP: "ote.example:700", HTTPS: "https://ote.example"}
	})
}

// rigWith is rigOver with something else in the configuration.
func rigWith(t testing.TB, w *world.World, set func(*Config)) *rig {
	t.Helper()
	config := Config{
		Service: w.Service, Base: "https://console.example/", NewTRID: w.NewTRID, Papers: testPapers{},
		Deposit: DepositText{English: "Example Bank\nAccount 42-1"},
	}
	set(&config)
	r := &rig{World: w, log: &safeBuffer{}, people: map[string]registry.User{}}
	var err error
	config.Log = slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r.console, r.handler, err = New(config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A browser is one person with cookies and a session.
type browser struct {
	*rig
	user    registry.User
	cookies map[string]string
	spanish bool
}

// stranger returns a browser in which nobody has signed in.
func (r *rig) stranger() *browser { return &browser{rig: r, cookies: map[string]string{}} }

// as returns a browser in which a user of a registrar and a role has signed in with all factors. The user is made with the
// first.
func (r *rig) as(who registry.RegistrarID, role registry.Role) *browser {
	r.T.Helper()
	r.sessions++
	now, id := r.Service.Real(), fmt.Sprintf("%016x", r.sessions)
	var changes registry.ConsoleChanges
	key := string(who) + " " + string(role)
	u, made := r.people[key]
	if !made {
		u = registry.User{
			ID: registry.UserID("U" + id + "-CO"), Version: 1, Registrar: who, Role: role, Name: "Ana " + string(role),
			Login: string(role) + "@" + strings.ToLower(string(who)) + ".example", Created: now, Creator: "a test",
		}
		r.people[key], changes.Users = u, []registry.User{u}
	}
	b := r.stranger()
	b.user = u
	token := id + ".secret"
	mac := hmac.New(sha256.New, r.Service.Keys.AuthInfo)
	mac.Write([]byte("\x00session " + token))
	changes.Sessions = []registry.Session{{
		ID: id, Version: 1, User: u.ID, Registrar: who, Hash: mac.Sum(nil), Began: now, Seen: now, Ends: now.Add(12 * time.Hour),
		Factor: now, Confirmed: now, Address: netip.MustParseAddr("192.0.2.9"),
	}}
	err := r.DB.Update(context.Background(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
		return registry.Changes{Console: changes}, nil
	})
	if err != nil {
		r.T.Fatal(err)
	}
	b.cookies[sessionCookie] = token
	return b
}

// A reply is an answer of the console.
type reply struct {
	t      testing.TB
	about  string
	Code   int
	Header http.Header
	Body   string
}

// get asks for a page.
func (b *browser) get(path string) *reply {
	b.T.Helper()
	return b.send(httptest.NewRequest(http.MethodGet, "https://console.example"+path, nil))
}

// post sends a form: pairs of a field's name and its value. The token of the session is added.
func (b *browser) post(path string, pairs ...string) *reply {
	b.T.Helper()
	form := url.Values{}
	for pair := range slices.Chunk(pairs, 2) {
		form.Add(pair[0], pair[1])
	}
	if _, there := form["token"]; !there {
		form.Set("token", b.token())
	}
	r := httptest.NewRequest(http.MethodPost, "https://console.example"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(r)
}

// token is what the forms of the session carry.
func (b *browser) token() string {
	return (&visit{token: b.cookies[sessionCookie]}).formToken()
}

// send sends a request with the browser's cookies, and keeps those that the answer sets.
func (b *browser) send(r *http.Request) *reply {
	b.T.Helper()
	r.RemoteAddr = "192.0.2.9:40000"
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if b.spanish {
		r.Header.Set("Accept-Language", "es-CO,es;q=0.9")
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	answer := w.Result()
	for _, c := range answer.Cookies() {
		if c.MaxAge < 0 || c.Value == "" {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c.Value
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.T.Fatal(err)
	}
	return &reply{b.T, r.Method + " " + r.URL.RequestURI(), answer.StatusCode, answer.Header, string(body)}
}

var (
	tags   = regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>|<[^>]*>`)
	blanks = regexp.MustCompile(`[\s\x{a0}]+`)
)

// text is what a page shows, its blanks made one.
func (p *reply) text() string {
	return strings.TrimSpace(blanks.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(p.Body, " ")), " "))
}

// is fails unless the answer has a status.
func (p *reply) is(code int) *reply {
	p.t.Helper()
	if p.Code != code {
		p.t.Fatalf("%s: %d, want %d\n%s%s", p.about, p.Code, code, p.Header.Get("Location"), p.text())
	}
	return p
}

// says fails unless the page shows the texts.
func (p *reply) says(texts ...string) *reply {
	p.t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.text(), text) {
			p.t.Errorf("%s does not say %q, but %s", p.about, text, p.text())
		}
	}
	return p
}

// saysNot fails if the page shows one of the texts, or has it anywhere.
func (p *reply) saysNot(texts ...string) *reply {
	p.t.Helper()
	for _, text := range texts {
		if strings.Contains(p.text(), text) || strings.Contains(p.Body, text) {
			p.t.Errorf("%s says %q", p.about, text)
		}
	}
	return p
}

// lacks fails if the page has one of the texts in its source.
func (p *reply) lacks(texts ...string) *reply {
	p.t.Helper()
	for _, text := range texts {
		if strings.Contains(p.Body, text) {
			p.t.Errorf("%s has %q", p.about, text)
		}
	}
	return p
}

// goesTo fails unless the answer sends the browser to a path.
func (p *reply) goesTo(path string) *reply {
	p.t.Helper()
	p.is(http.StatusSeeOther)
	if got := p.Header.Get("Location"); got != path {
		p.t.Errorf("%s goes to %s, want %s", p.about, got, path)
	}
	return p
}

// permitted reports what the table of roles says of a route.
func permitted(r route, role registry.Role) bool {
	return r.door != doorUser || policy.Permits(role, r.area)
}

// query is a query of one parameter.
func query(name, value string) string { return url.Values{name: {value}}.Encode() }
