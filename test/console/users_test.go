package console_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"example.org/dorado/test/demo"
	"example.org/dorado/test/pg"
)

// TestPeople signs people in by all that they can sign in with, and looks at the pages on the way. In the end nobody can sign
// in there by a password alone, so the registry is its own.
func TestPeople(t *testing.T) {
	pg.Same(t)
	r := demo.Start(t)
	// Passkeys are of a name, and an address has none: of this machine that is localhost.
	c := newChromium(t, strings.Replace(r.Production.HTTPS, "127.0.0.1", "localhost", 1)+"/")
	ana := r.As(t, "H1001", "administrator")
	b := c.open(t)
	for _, path := range []string{"console/sign-in", "console/forgotten"} {
		b.see(path)
		b.accessible()
	}
	b.visit("console/password/nothing")
	b.says("This link cannot be used")
	b.accessible()
	b.see("console/sign-in")
	b.fill("login", ana.User)
	b.fill("password", "wrong")
	b.press("Sign in")
	b.says("The e-mail address or the password is wrong.")
	b.accessible()
	b.signIn(ana)

	secret := b.addApp(t)
	b.press("I have kept them")
	b.says("In use")
	b.see("console/confirm")
	b.accessible()
	b.leave()
	b.see("console/sign-in")
	b.fill("login", ana.User)
	b.fill("password", ana.Password)
	b.press("Sign in")
	b.says("Second factor")
	b.accessible()
	b.fill("code", nextCode(t, secret))
	b.press("Go on")
	b.says("Overview")

	b.withAuthenticator()
	b.see("console/profile/passkeys/new")
	b.accessible()
	b.fill("name", "laptop")
	b.press("Add a passkey")
	b.says("laptop")
	b.leave()
	b.see("console/sign-in")
	b.press("Sign in with a passkey")
	b.says("Overview")
	b.calm()

	b.see("console/users")
	b.press("Ask it of all")
	b.says("Every user needs a second factor")
	luis := c.open(t)
	luis.see("console/sign-in")
	luis.fill("login", r.As(t, "H1001", "manager").User)
	luis.fill("password", r.As(t, "H1001", "manager").Password)
	luis.press("Sign in")
	luis.says("A second factor is needed")
	luis.accessible()
	luis.press("Use an authenticator app")
	luis.addApp(t)
	luis.press("I have kept them")
	luis.says("Overview")
	luis.calm()
	b.changesOwn(ana)
	c.open(t).forgetsPassword(r, r.As(t, "H1001", "finance-administrator"))
	b.handsOver("Luis Mora", luis)
	b.calm()
}

// addApp adds an authenticator app, whose secret it returns, and leaves the page of the recovery codes open.
func (b *tab) addApp(t *testing.T) (secret string) {
	t.Helper()
	if !strings.Contains(b.place(), "profile/app") {
		b.see("console/profile/app")
	}
	b.accessible()
	b.run("the secret", chromedp.Evaluate(`document.getElementById("totp-secret").textContent`, &secret))
	secret = strings.ReplaceAll(strings.TrimSpace(secret), " ", "")
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	b.fill("code", code)
	b.press("Add the app")
	b.says("Recovery codes")
	b.accessible()
	return secret
}

// nextCode is what an app shows that is a little fast: the code of now was used.
func nextCode(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Now().Add(30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// leave signs out.
func (b *tab) leave() {
	b.t.Helper()
	b.run("open the menu", chromedp.Click("details.me summary", chromedp.ByQuery))
	if _, err := chromedp.RunResponse(b.context, chromedp.Click(`//button[normalize-space()="Sign out"]`, chromedp.BySearch)); err != nil {
		b.t.Fatal(err)
	}
	b.says("You have signed out.")
}

// withAuthenticator gives the browser an authenticator whose user is always there.
func (b *tab) withAuthenticator() {
	b.t.Helper()
	b.run("an authenticator", webauthn.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true,
			HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}).Do(ctx)
		return err
	}))
}
