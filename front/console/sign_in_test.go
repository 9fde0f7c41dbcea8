package console

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

const goodPassword = "correct horse battery"

// user makes a user with a password, and a browser in which nobody has signed in yet.
func (r *rig) user(who registry.RegistrarID, login string, role registry.Role) *browser {
	r.T.Helper()
	hash, err := r.Service.Passwords.Hash(context.Background(), goodPassword)
	if err != nil {
		r.T.Fatal(err)
	}
	added := r.Do("", flow.OperatorUserAdd{
		Act: flow.Act{Registrar: who, Author: "ana", Reason: "a test"}, Login: login, Name: "Some Body", Role: role, Password: hash,
	}).(flow.OperatorUserAdded)
	b := r.stranger()
	b.user = added.User
	return b
}

// signIn signs in with the password.
func (b *browser) signIn(pairs ...string) *reply {
	b.T.Helper()
	return b.post(Path+"sign-in", append([]string{"login", b.user.Login, "password", goodPassword}, pairs...)...)
}

// Who signs in gets a cookie that no script and no other site has, and goes where he wanted to, if that is here.
func TestSigningIn(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.user(world.Acme, "ana@acme.example", registry.RoleManager)
	b.get(Path + "users?page=x").goesTo(Path + "sign-in?to=%2Fconsole%2Fusers%3Fpage%3Dx")
	b.get(Path+"sign-in?to=/console/users").is(http.StatusOK).says("Sign in", "I forgot my password")
	wrong := b.post(Path+"sign-in", "login", b.user.Login, "password", "wrong").is(http.StatusUnprocessableEntity)
	nobody := b.post(Path+"sign-in", "login", "nobody@acme.example", "password", "wrong").is(http.StatusUnprocessableEntity)
	mute := regexp.MustCompile(`data-options="[^"]*"|value="[^"]*@acme.example"`)
	if mute.ReplaceAllString(wrong.Body, "") != mute.ReplaceAllString(nobody.Body, "") {
		t.Error("the page tells who has a user")
	}
	if b.cookies[sessionCookie] != "" {
		t.Error("a wrong password begins a session")
	}
	in := b.signIn("to", "/console/users?page=x").goesTo("/console/users?page=x")
	for _, text := range in.Header.Values("Set-Cookie") {
		if !strings.HasPrefix(text, "__Host-") {
			t.Errorf("the cookie %s has no prefix", text)
		}
		for _, want := range []string{"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s has no %s", text, want)
			}
		}
		if strings.Contains(text, "Domain=") {
			t.Errorf("%s is for other hosts", text)
		}
	}
	b.get(Path).is(http.StatusOK).says("Some Body")
	b.get(Path + "sign-in").goesTo(Path)
	b.post(Path + "sign-out").goesTo(Path + "sign-in")
	if b.cookies[sessionCookie] != "" {
		t.Error("the cookie stays")
	}
	b.get(Path).is(http.StatusSeeOther)
}

// No page of the console sends a browser to another site, whatever it is asked for.
func TestNoOpenRedirects(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	for _, to := range []string{
		"https://evil.example/console/", "//evil.example/console/", "/\\evil.example", "\\\\evil.example", "/console/\\..\\evil", "javascript:alert(1)",
		"/other", "console/", " /console/", "/console/\r\nSet-Cookie: x=y", "https:/console/", "/console@evil.example", "http://u@/console/",
	} {
		b := r.user(world.Acme, "u"+strings.Map(letters, base64.RawURLEncoding.EncodeToString([]byte(to)))+"@acme.example", registry.RoleManager)
		b.signIn("to", to).goesTo(Path)
		b.get(Path + "sign-in?to=" + url.QueryEscape(to)).goesTo(Path)
	}
	for to, want := range map[string]string{"/console/": "/console/", "/console/a?b=%2F%2Fc": "/console/a?b=%2F%2Fc", "/console/../x": "/console/../x"} {
		if got := within(to); got != want {
			t.Errorf("within(%q) = %q, want %q", to, got, want)
		}
	}
}

// letters keeps what a login may have.
func letters(r rune) rune {
	if r == '-' || r == '_' {
		return '0'
	}
	return r
}

// secretOf is the secret of an authenticator app, as the page shows it.
func secretOf(page *reply) string {
	found := regexp.MustCompile(`id="totp-secret">([A-Z2-7 ]+)<`).FindStringSubmatch(page.Body)
	if found == nil {
		page.t.Fatalf("no secret in %s", page.Body)
	}
	return strings.ReplaceAll(found[1], " ", "")
}

// hiddenOf is the value of a hidden field of a page.
func hiddenOf(page *reply, name string) string {
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page.Body)
	if found == nil {
		page.t.Fatalf("no field %s in %s", name, page.Body)
	}
	return found[1]
}

// An app is added, asked for at the next sign-in, and its codes are taken once. At each step the cookie is another one.
func TestSigningInWithAnApp(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.user(world.Acme, "ana@acme.example", registry.RoleManager)
	b.signIn()
	first := b.cookies[sessionCookie]
	page := b.get(Path + "profile/app").is(http.StatusOK).says("scan this picture")
	if !strings.Contains(page.Body, `<svg class="qr"`) {
		t.Error("there is no picture")
	}
	secret, sealed := secretOf(page), hiddenOf(page, "sealed")
	refused := b.post(Path+"profile/app", "sealed", sealed, "code", "000000").is(http.StatusUnprocessableEntity)
	if secretOf(refused) != secret {
		t.Error("the page that is shown again has another secret")
	}
	code, err := totp.GenerateCode(secret, r.Now())
	if err != nil {
		t.Fatal(err)
	}
	codes := b.post(Path+"profile/app", "sealed", sealed, "code", code).is(http.StatusOK).says("Recovery codes")
	second := b.cookies[sessionCookie]
	if second == first {
		t.Error("the cookie is the same after a second factor was added")
	}
	recovery := regexp.MustCompile(`[a-z2-9]{5}-[a-z2-9]{5}\n`).FindString(codes.Body)
	b.get(Path+"profile").is(http.StatusOK).says("In use", "Recovery codes that are left: 10")

	r.Pass(time.Minute)
	again := r.stranger()
	again.user = b.user
	again.signIn("to", "/console/users").goesTo(Path + "second-factor?to=%2Fconsole%2Fusers")
	third := again.cookies[sessionCookie]
	for _, path := range []string{"", "users", "profile", "domains", "profile/app", "enrol", "confirm"} {
		if p := again.get(Path + path); p.Code != http.StatusSeeOther {
			t.Errorf("%s without the second factor: %d", p.about, p.Code)
		}
	}
	again.get(Path + "users").goesTo(Path + "sign-in?to=%2Fconsole%2Fusers")
	again.get(Path + "sign-in?to=/console/users").goesTo(Path + "second-factor?to=%2Fconsole%2Fusers")
	again.post(Path+"second-factor", "code", code).is(http.StatusUnprocessableEntity).says("wrong, or was used")
	if code, err = totp.GenerateCode(secret, r.Now()); err != nil {
		t.Fatal(err)
	}
	again.post(Path+"second-factor", "code", code, "to", "/console/users").goesTo("/console/users")
	if again.cookies[sessionCookie] == third {
		t.Error("the cookie is the same after the second factor")
	}
	again.get(Path + "users").is(http.StatusOK)

	// What another has seen, or fixed, is worth nothing.
	for _, old := range []string{first, third} {
		thief := r.stranger()
		thief.cookies[sessionCookie] = old
		thief.get(Path).is(http.StatusSeeOther)
	}
	other := r.stranger()
	other.user = b.user
	other.signIn()
	other.post(Path+"second-factor", "code", code).is(http.StatusUnprocessableEntity)
	other.post(Path+"second-factor", "code", strings.ToUpper(recovery)).goesTo(Path)
	other.post(Path + "profile/app/remove").goesTo(Path + "profile")
	other.get(Path + "profile").says("You have none.")
}

// Where every user needs a second factor, who has none is led to choose one and reaches nothing else.
func TestEnrolling(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	boss, b := r.as(world.Acme, registry.RoleAdministrator), r.user(world.Acme, "dan@acme.example", registry.RoleDomainAdministrator)
	boss.post(Path+"users/second-factor", "all", "yes").goesTo(Path + "users")
	b.signIn("to", "/console/domains").goesTo(Path + "enrol?to=%2Fconsole%2Fdomains")
	b.get(Path + "enrol?to=/console/domains").is(http.StatusOK).says("A second factor is needed")
	for _, route := range r.console.routes {
		if route.door == doorUser && b.ask(route).Code != http.StatusSeeOther {
			t.Errorf("%s %s is reached", route.method, route.path)
		}
	}
	page := b.get(Path + "profile/app?to=/console/domains").is(http.StatusOK)
	code, err := totp.GenerateCode(secretOf(page), r.Now())
	if err != nil {
		t.Fatal(err)
	}
	b.post(Path+"profile/app", "sealed", hiddenOf(page, "sealed"), "code", code, "to", "/console/domains").is(http.StatusOK).says("I have kept them")
	b.get(Path + "domains").is(http.StatusOK)
	b.post(Path + "profile/app/remove").is(http.StatusUnprocessableEntity).says("this is the last")
}

// What is about access asks for the password again after a quarter of an hour, and goes on afterwards.
func TestConfirming(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.user(world.Acme, "ana@acme.example", registry.RoleAdministrator)
	b.signIn()
	r.Pass(16 * time.Minute)
	b.get(Path + "users/new").goesTo(Path + "confirm?to=%2Fconsole%2Fusers%2Fnew")
	asked := b.post(Path+"users/new", "login", "x@acme.example", "name", "X", "role", "manager").is(http.StatusForbidden).says("Nothing was done yet.")
	b.post(Path+"credentials/passwords/epp", "password", "SecretOf-4711", "again", "SecretOf-4711").is(http.StatusForbidden).saysNot("SecretOf-4711")
	b.post(Path+"users/new", "token", "wrong", "login", "x@acme.example").is(http.StatusForbidden).says("not sent from your session")
	b.post(Path + "users/second-factor").goesTo(Path + "confirm?to=%2Fconsole%2Fusers")
	wrong := b.post(Path+"confirm", "password", "wrong", "kept", hiddenOf(asked, "kept")).is(http.StatusUnprocessableEntity).says("The password is wrong.")
	before := b.cookies[sessionCookie]
	b.post(Path+"confirm", "password", goodPassword, "to", "/console/users/new").goesTo("/console/users/new")
	if b.cookies[sessionCookie] == before {
		t.Error("the cookie is the same")
	}
	r.Pass(16 * time.Minute)
	back := b.post(Path+"confirm", "password", goodPassword, "kept", hiddenOf(wrong, "kept")).is(http.StatusOK).says("what you wrote is back. Nothing was done")
	if !strings.Contains(back.Body, `value="x@acme.example"`) {
		t.Error("what was written is lost")
	}
	b.post(Path+"users/new", "login", "x@acme.example", "name", "X", "role", "manager").goesTo(Path + "users")
}

// A password that was forgotten is chosen anew by a link, once, and nobody learns who has a user.
func TestForgottenPassword(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.user(world.Acme, "ana@acme.example", registry.RoleManager)
	b.signIn()
	stranger := r.stranger()
	there := stranger.post(Path+"forgotten", "login", "ANA@acme.example").is(http.StatusOK)
	nobody := stranger.post(Path+"forgotten", "login", "nobody@acme.example").is(http.StatusOK)
	if there.Body != nobody.Body {
		t.Error("the page tells who has a user")
	}
	letters, err := r.Ask("", flow.MailDue{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	link := letters.([]flow.Letter)[0].Link
	if n := len(letters.([]flow.Letter)); n != 1 || link == "" {
		t.Fatalf("%d mails, %q", n, link)
	}
	path := Path + "password/" + link
	stranger.get(path).is(http.StatusOK).says("For ana@acme.example, user of Registrar H1001.")
	stranger.post(path, "password", "another green dog", "again", "another").is(http.StatusUnprocessableEntity).says("This is not the same.")
	stranger.post(path, "password", "password1234", "again", "password1234").is(http.StatusUnprocessableEntity).says("tried first")
	stranger.post(path, "password", "another green dog", "again", "another green dog").goesTo(Path + "sign-in")
	b.get(Path).is(http.StatusSeeOther) // the session from before
	stranger.get(path).is(http.StatusUnprocessableEntity).says("This link cannot be used")
	stranger.post(path, "password", "a third green dog", "again", "a third green dog").is(http.StatusUnprocessableEntity)
	stranger.post(Path+"sign-in", "login", "ana@acme.example", "password", "another green dog").goesTo(Path)
	stranger.post(Path+"profile/password", "password", "another green dog", "new", "short", "again", "short").is(http.StatusUnprocessableEntity).says("fewer than 12")
	stranger.post(Path+"profile/password", "password", "another green dog", "new", goodPassword, "again", goodPassword).goesTo(Path + "profile")
	stranger.get(Path + "profile").is(http.StatusOK)
}

// What a user is called is shown as it is written.
func TestUserNamesAreEscaped(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.user(world.Acme, "ana@acme.example", registry.RoleAdministrator)
	b.signIn()
	const evil = `<script>alert(1)</script>"'{{.}}`
	b.post(Path+"profile", "name", evil, "language", "en", "zone", "America/Bogota").goesTo(Path + "profile")
	for _, path := range []string{"profile", "users", "users/" + string(b.user.ID), "users/acts", ""} {
		page := b.get(Path + path).is(http.StatusOK)
		if strings.Contains(page.Body, "<script>alert") {
			t.Errorf("%s has a script", page.about)
		}
	}
	b.get(Path + "users").says(evil)
	req := httptest.NewRequest(http.MethodPost, "https://console.example"+Path+"sign-in", strings.NewReader(url.Values{"login": {"ana@acme.example"}, "password": {goodPassword}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", "<b>\r\nevil</b>\x1b")
	r.stranger().send(req).is(http.StatusSeeOther)
	if page := b.get(Path + "profile"); strings.Contains(page.Body, "<b>\r\nevil") {
		t.Error("the name of a browser is markup")
	}
}

// A device makes and uses passkeys as an authenticator does. W3C Web Authentication level 3.
type device struct {
	key    *ecdsa.PrivateKey
	id     []byte
	user   []byte
	signs  uint32
	origin string
}

func newDevice(t *testing.T) *device {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &device{key: key, id: []byte("a credential of 16"), origin: "https://console.example"}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// client is what the browser says of a ceremony.
func (d *device) client(kind, challenge string) []byte {
	text, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.origin, "crossOrigin": false})
	return text
}

// data is what the authenticator says: that its user was there and was verified.
func (d *device) data(flags byte, more []byte) []byte {
	d.signs++
	sum := sha256.Sum256([]byte("console.example"))
	data := append(sum[:], flags)
	return append(binary.BigEndian.AppendUint32(data, d.signs), more...)
}

// bytesOf is CBOR of octets. RFC 8949 section 3.
func bytesOf(b []byte) []byte { return append([]byte{0x59, byte(len(b) >> 8), byte(len(b))}, b...) }

// create answers the options of a page that adds a passkey.
func (d *device) create(options string) string {
	var o struct {
		Challenge string
		User      struct{ ID string }
	}
	_ = json.Unmarshal([]byte(options), &o)
	d.user, _ = base64.RawURLEncoding.DecodeString(o.User.ID)
	point, _ := d.key.PublicKey.Bytes()
	cose := append([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21}, bytesOf(point[1:33])...)
	cose = append(append(cose, 0x22), bytesOf(point[33:])...)
	more := append(make([]byte, 16), byte(len(d.id)>>8), byte(len(d.id)))
	more = append(append(more, d.id...), cose...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData"), bytesOf(d.data(0x45, more))...)
	return d.answer(map[string]any{"clientDataJSON": b64(d.client("webauthn.create", o.Challenge)), "attestationObject": b64(object), "transports": []string{"internal"}})
}

// get answers the options of a page that asks for a passkey.
func (d *device) get(options string) string {
	var o struct{ Challenge string }
	_ = json.Unmarshal([]byte(options), &o)
	client, data := d.client("webauthn.get", o.Challenge), d.data(0x05, nil)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, _ := ecdsa.SignASN1(rand.Reader, d.key, sum[:])
	return d.answer(map[string]any{
		"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(d.user),
	})
}

func (d *device) answer(response map[string]any) string {
	text, _ := json.Marshal(map[string]any{
		"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "clientExtensionResults": map[string]any{}, "response": response,
	})
	return string(text)
}

// optionsOf are the options of the ceremony on a page.
func optionsOf(page *reply) string {
	found := regexp.MustCompile(`data-options="([^"]*)"`).FindStringSubmatch(page.Body)
	if found == nil {
		page.t.Fatalf("no ceremony in %s", page.Body)
	}
	return unescape(found[1])
}

func unescape(s string) string {
	return strings.NewReplacer("&#34;", `"`, "&amp;", "&", "&#43;", "+").Replace(s)
}

// A passkey is added, is a second factor, and signs in alone; nothing that was signed counts twice or elsewhere.
func TestPasskeys(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b, d := r.user(world.Acme, "ana@acme.example", registry.RoleManager), newDevice(t)
	b.signIn()
	options := optionsOf(b.get(Path + "profile/passkeys/new").is(http.StatusOK))
	made := d.create(options)
	d.origin = "https://evil.example"
	b.post(Path+"profile/passkeys/new", "name", "laptop", "answer", d.create(options)).is(http.StatusUnprocessableEntity)
	b.post(Path+"profile/passkeys/new", "name", "laptop", "answer", "{}").is(http.StatusUnprocessableEntity)
	d.origin = "https://console.example"
	b.post(Path+"profile/passkeys/new", "name", "laptop", "answer", made).is(http.StatusOK).says("Recovery codes")
	b.get(Path + "profile").is(http.StatusOK).says("laptop")

	b.post(Path + "sign-out")
	b.signIn().goesTo(Path + "second-factor")
	proof := d.get(optionsOf(b.get(Path + "second-factor").is(http.StatusOK)))
	thief := r.stranger()
	thief.user = b.user
	thief.signIn()
	thief.post(Path+"second-factor/passkey", "answer", proof).is(http.StatusUnprocessableEntity).says("Try again") // of another session
	b.post(Path+"second-factor/passkey", "answer", proof, "to", "/console/users").goesTo("/console/users")
	b.get(Path + "users").is(http.StatusOK)

	alone := r.stranger()
	page := alone.get(Path + "sign-in").is(http.StatusOK)
	proof = d.get(optionsOf(page))
	r.stranger().post(Path+"sign-in/passkey", "answer", strings.Replace(proof, b64(d.user), b64([]byte("U99-CO")), 1)).is(http.StatusUnprocessableEntity)
	alone.post(Path+"sign-in/passkey", "answer", proof).goesTo(Path)
	alone.get(Path + "profile").is(http.StatusOK)
	r.stranger().post(Path+"sign-in/passkey", "answer", proof).is(http.StatusUnprocessableEntity)

	r.Pass(16 * time.Minute)
	proof = d.get(optionsOf(alone.get(Path + "confirm?to=/console/profile").is(http.StatusOK)))
	alone.post(Path+"confirm/passkey", "answer", proof, "to", "/console/profile").goesTo("/console/profile")
	key := hiddenOf(alone.get(Path+"profile"), "key")
	alone.post(Path+"profile/passkeys/remove", "key", "%").is(http.StatusNotFound)
	alone.post(Path+"profile/passkeys/remove", "key", key).goesTo(Path + "profile")
}

// Whoever signs in where somebody has signed in before ends that session: no browser has it any more, and a token that was
// taken opens nothing.
func TestSigningInEndsTheSessionBefore(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.user(world.Acme, "ana@acme.example", registry.RoleManager)
	b.signIn().goesTo(Path)
	thief := r.stranger()
	thief.cookies[sessionCookie] = b.cookies[sessionCookie]
	thief.get(Path).is(http.StatusOK)
	b.signIn().goesTo(Path)
	b.get(Path).is(http.StatusOK)
	thief.get(Path).goesTo(Path + "sign-in")

	other := r.user(world.Other, "olga@other.example", registry.RoleManager)
	other.cookies = b.cookies
	thief.cookies[sessionCookie] = b.cookies[sessionCookie]
	other.signIn().goesTo(Path)
	other.get(Path).is(http.StatusOK).says(string(world.Other))
	thief.get(Path).goesTo(Path + "sign-in")

	added := r.Do("", flow.OperatorUserAdd{
		Act: flow.Act{Registrar: world.Acme, Author: "ana", Reason: "a test"}, Login: "luz@acme.example", Name: "Luz", Role: registry.RoleManager,
	}).(flow.OperatorUserAdded)
	thief.cookies[sessionCookie] = other.cookies[sessionCookie]
	other.post(Path+"password/"+added.Link, "password", goodPassword, "again", goodPassword).goesTo(Path + "sign-in")
	thief.get(Path).goesTo(Path + "sign-in")
}
