package console

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// tokenIn is the token of the forms of a page.
func tokenIn(p *reply) string { return hiddenOf(p, "token") }

// lapse has sessions end by not being used.
func (r *rig) lapse() { r.Pass(61 * time.Minute) }

// What was written in a form whose session had ended is back after signing in, and nothing was done with it. It is so with
// every form that stands on a page of its own, and secrets are left out.
func TestAFormOutlivesItsSession(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.user(world.Acme, "ana@acme.example", registry.RoleAdministrator)
	r.Host(world.Acme, "ns1.example.net")
	r.Domain(world.Acme, "shop.co")
	r.Contact(world.Acme, "ANA-1")
	r.Domain(world.Other, "tienda.co")
	before := r.Dump
	for _, test := range []struct {
		page, post string
		sent       []string
		has        string // of the page that is back
	}{
		{"domains/shop.co/servers", "", []string{"servers", "ns1.example.net\nns7.example.net"}, "ns7.example.net</textarea>"},
		{"contacts/ANA-1/edit", "", []string{"email", "mine@example.com", "open", "email", "do", "save"}, `value="mine@example.com"`},
		{"contact-new", "", []string{"id", "MINE-1", "int-name", "Eva"}, `value="MINE-1"`},
		{"bulk/new", "", []string{"names", "a.co\nb.co", "act", "delete", "key", "0123456789abcdef"}, "a.co\nb.co</textarea>"},
		{"domains/new?name=free.co", "domains/new", []string{"name", "free.co", "servers", "ns1.example.net", "code", "SecretOf-4711", "agree", "yes"}, "ns1.example.net</textarea>"},
		{"transfers/new?name=tienda.co", "transfers/new", []string{"name", "tienda.co", "code", "SecretOf-4711"}, "tienda.co"},
		{"credentials/networks/new", "credentials/networks", []string{"network", "192.0.2.77"}, `value="192.0.2.77"`},
		{"credentials/passwords/epp", "", []string{"password", "SecretOf-4711", "again", "SecretOf-4711"}, "EPP password"},
		{"account/details", "", []string{"city", "Cali", "website", "https://mine.example"}, `value="https://mine.example"`},
		{"users/new", "", []string{"login", "eva@acme.example", "name", "Eva", "role", "manager"}, `value="eva@acme.example"`},
	} {
		b.signIn()
		page := b.get(Path + test.page).is(http.StatusOK)
		post := test.post
		if post == "" {
			post = test.page
		}
		if strings.Contains(page.Body, `name="seen"`) {
			test.sent = append(test.sent, "seen", page.seen())
		}
		r.lapse()
		state := before()
		asked := b.post(Path+post, append(test.sent, "token", tokenIn(page))...).is(http.StatusForbidden).
			says("Your session has ended.", "Nothing was done. Sign in again, and you are back").saysNot("SecretOf-4711")
		if before() != state {
			t.Errorf("%s: something was done", test.page)
		}
		to, kept := hiddenOf(asked, "to"), hiddenOf(asked, "kept")
		wrong := b.post(Path+"sign-in", "login", "ana@acme.example", "password", "wrong", "to", to, "kept", kept).is(http.StatusUnprocessableEntity)
		back := b.post(Path+"sign-in", "login", "ana@acme.example", "password", goodPassword, "to", to, "kept", hiddenOf(wrong, "kept")).is(http.StatusOK).
			says("what you wrote is back. Nothing was done").saysNot("SecretOf-4711")
		if !strings.Contains(strings.ReplaceAll(html.UnescapeString(back.Body), "\r", ""), test.has) {
			t.Errorf("%s: what was written is lost: %s", test.page, back.Body)
		}
		if tokenIn(back) == tokenIn(page) {
			t.Errorf("%s: the form has the token of the session that has ended", test.page)
		}
		if strings.Contains(page.Body, `name="seen"`) && back.seen() != page.seen() {
			t.Errorf("%s: the form carries another version than its reader has seen", test.page)
		}
	}
	// It is sent with the new token, and done.
	b.signIn()
	page := b.get(Path + "domains/shop.co/servers")
	r.lapse()
	asked := b.post(Path+"domains/shop.co/servers", "servers", "ns1.example.net", "seen", page.seen(), "token", tokenIn(page))
	back := b.post(Path+"sign-in", "login", "ana@acme.example", "password", goodPassword, "kept", hiddenOf(asked, "kept")).is(http.StatusOK)
	b.post(Path+"domains/shop.co/servers", "servers", "ns1.example.net", "seen", back.seen(), "token", tokenIn(back)).goesTo(Path + "domains/shop.co")
}

// A form waits through the second factor, too.
func TestAFormWaitsForTheSecondFactor(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.user(world.Acme, "ana@acme.example", registry.RoleAdministrator)
	b.signIn()
	app := b.get(Path + "profile/app").is(http.StatusOK)
	secret := secretOf(app)
	code, err := totp.GenerateCode(secret, r.Now())
	if err != nil {
		t.Fatal(err)
	}
	b.post(Path+"profile/app", "sealed", hiddenOf(app, "sealed"), "code", code).is(http.StatusOK)
	page := b.get(Path + "account/details").is(http.StatusOK)
	r.lapse()
	asked := b.post(Path+"account/details", "city", "Cali", "seen", page.seen(), "token", tokenIn(page)).is(http.StatusForbidden)
	second := b.post(Path+"sign-in", "login", "ana@acme.example", "password", goodPassword, "kept", hiddenOf(asked, "kept"), "to", hiddenOf(asked, "to")).
		is(http.StatusOK).says("Second factor")
	second = b.post(Path+"second-factor", "code", "000000", "token", tokenIn(second), "kept", hiddenOf(second, "kept")).is(http.StatusUnprocessableEntity)
	if code, err = totp.GenerateCode(secret, r.Now()); err != nil {
		t.Fatal(err)
	}
	back := b.post(Path+"second-factor", "code", code, "kept", hiddenOf(second, "kept")).is(http.StatusOK)
	if !strings.Contains(back.Body, `value="Cali"`) {
		t.Errorf("what was written is lost: %s", back.text())
	}
}

// A form that waits is its sender's alone, for an hour, and leads nowhere but to its page. What another has made is none.
func TestFormsThatWaitAreBound(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.user(world.Acme, "ana@acme.example", registry.RoleAdministrator)
	other := r.user(world.Other, "eva@other.example", registry.RoleAdministrator)
	b.signIn()
	page := b.get(Path + "account/details").is(http.StatusOK)
	r.lapse()
	send := func(pairs ...string) *reply { return b.post(Path+"account/details", append(pairs, "city", "Cali")...) }
	kept := hiddenOf(send("token", tokenIn(page)).is(http.StatusForbidden), "kept")
	in := func(login, kept, to string) *reply {
		return r.stranger().post(Path+"sign-in", "login", login, "password", goodPassword, "kept", kept, "to", to)
	}
	in("eva@other.example", kept, Path+"account/details").goesTo(Path)
	changed := "A" + kept[1:]
	if kept[0] == 'A' {
		changed = "B" + kept[1:]
	}
	in("ana@acme.example", changed, Path+"domains").goesTo(Path)
	in("ana@acme.example", "", "https://evil.example/console/").goesTo(Path)
	for name, token := range map[string]string{"of nobody": "", "without its user": b.token(), "of another user": b.token() + "." + string(other.user.ID) + ".x", "garbage": "a.b.c"} {
		if p := send("token", token).is(http.StatusForbidden).says("cannot be kept"); strings.Contains(p.Body, `name="kept"`) {
			t.Errorf("a form with a token %s is kept", name)
		}
	}
	// What is too long, or is no form of a page, is not kept; its page is where one comes to.
	long := strings.Repeat("a", usualBody)
	if p := send("website", long, "token", tokenIn(page)).is(http.StatusForbidden).says("cannot be kept"); hiddenOf(p, "to") != Path+"account/details" {
		t.Errorf("it leads to %s", hiddenOf(p, "to"))
	}
	if p := b.post(Path+"users/U1-CO/disable", "token", tokenIn(page)).is(http.StatusForbidden); strings.Contains(p.Body, `name="kept"`) || hiddenOf(p, "to") != Path+"users/U1-CO" {
		t.Errorf("an act is kept: %s", p.Body)
	}
	// A page that is only looked at says why one has to sign in, and is there afterwards.
	b.get(Path + "account/details").goesTo(Path + "sign-in?to=%2Fconsole%2Faccount%2Fdetails")
	b.get(Path+"sign-in?to=%2Fconsole%2Faccount%2Fdetails").says("Your session has ended.", "Sign in again to go on.")
	r.stranger().get(Path + "sign-in").saysNot("Your session has ended.")
	r.lapse()
	in("ana@acme.example", kept, Path+"account/details").goesTo(Path)
	// Who has not had a session is told nothing.
	r.stranger().post(Path+"account/details", "city", "Cali").goesTo(Path + "sign-in")
	foreign := httptest.NewRequest(http.MethodPost, "https://console.example"+Path+"sign-in", strings.NewReader(url.Values{"login": {"ana@acme.example"}, "password": {goodPassword}, "kept": {kept}}.Encode()))
	foreign.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	b.send(foreign).is(http.StatusForbidden).says("This form was not sent from your session")
}

// secretFields are the fields of templates that browsers hide.
var secretFields = regexp.MustCompile(`\.Field "([a-z-]+)"[^{}]*"type" "password"`)

// No field that a browser hides is kept.
func TestNoPasswordWaits(t *testing.T) {
	names, err := files.ReadDir("html")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range names {
		text, err := files.ReadFile("html/" + name.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range secretFields.FindAllStringSubmatch(string(text), -1) {
			if found++; !slices.Contains(notKept(), field[1]) {
				t.Errorf("%s: %s would wait", name.Name(), field[1])
			}
		}
	}
	if found < 8 {
		t.Errorf("%d fields of passwords were found", found)
	}
}
