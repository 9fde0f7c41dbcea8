package console_test

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"example.org/dorado/test/pg"
	"example.org/dorado/test/world"
)

// follow presses the link of the page whose address has a part.
func (b *tab) follow(part string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.context, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(fmt.Sprintf(`main a[href*=%q]`, part), chromedp.ByQuery)); err != nil {
		b.t.Fatalf("follow %s, at %s: %v\n%s", part, b.place(), err, b.text())
	}
}

// saysNot fails if the page shows one of the texts.
func (b *tab) saysNot(texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		if strings.Contains(b.text(), text) {
			b.t.Errorf("%s says %q", b.place(), text)
		}
	}
}

// awaited has a script's promise waited for.
func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// count returns how many elements a selector finds.
func (b *tab) count(selector string) (n int) {
	b.t.Helper()
	b.run("count "+selector, chromedp.Evaluate(fmt.Sprintf(`document.querySelectorAll(%q).length`, selector), &n))
	return n
}

// sends presses the button of a selector and returns the status of the answer.
func (b *tab) sends(selector string) int64 {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.context, patience)
	defer cancel()
	response, err := chromedp.RunResponse(ctx, chromedp.Click(selector, chromedp.ByQuery))
	if err != nil {
		b.t.Fatalf("press %s, at %s: %v\n%s", selector, b.place(), err, b.text())
	}
	return response.Status
}

// paste puts a text of several lines into a field.
func (b *tab) paste(name, value string) {
	b.t.Helper()
	b.run("paste "+name, chromedp.SetValue(fmt.Sprintf(`main [name=%q]`, name), value, chromedp.ByQuery))
}

// TestCertificatesByClicks has a certificate issued for a request and uploads one of its own, and removes both.
func TestCertificatesByClicks(t *testing.T) {
	pg.Same(t)
	r := shared(t)
	b := newChromium(t, r.Production.HTTPS+"/").open(t)
	b.signIn(r.As(t, "H1001", "manager"))
	b.see("console/credentials")
	b.press("Have one issued")
	b.accessible()
	b.paste("pem", world.Certificate("no request", time.Now().AddDate(1, 0, 0)))
	b.press("Issue a certificate")
	b.says("This is another thing, as its first line says.")
	b.accessible()
	b.paste("pem", world.CertificateRequest("H1001"))
	b.press("Issue a certificate")
	b.says("A certificate was issued until", "Issued by the registry", "CN=H1001", "There are as many as there can be")
	b.accessible()
	var issued string
	b.run("the file", chromedp.Evaluate(`fetch(document.querySelector('main a[href*="/issued/"]').href).then(r => r.text())`, &issued, awaited))
	b.removes(printOf(t, issued))

	b.press("Upload a certificate")
	key := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("nobody's business")}))
	b.paste("pem", key)
	b.press("Register the certificate")
	b.says("take it for lost")
	b.saysNot("BEGIN PRIVATE KEY")
	b.accessible()
	own := world.Certificate("a program", time.Now().AddDate(0, 0, 400))
	b.paste("pem", own)
	b.press("Register the certificate")
	b.is("/console/credentials")
	b.says("The certificate was registered.", "CN=a program")
	b.removes(printOf(t, own))
	b.calm()
}

// removes removes the certificate of a fingerprint.
func (b *tab) removes(print string) {
	b.t.Helper()
	b.follow("remove/" + print)
	b.says("Remove this certificate?", print)
	b.accessible()
	b.press("Remove the certificate")
	b.is("/console/credentials")
	b.says("The certificate was removed.")
	b.saysNot(print)
}

// printOf returns the fingerprint of the first certificate of a PEM text.
func printOf(t *testing.T, text string) string {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		t.Fatalf("this is no PEM: %s", text)
	}
	if _, err := x509.ParseCertificate(block.Bytes); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(block.Bytes)
	return hex.EncodeToString(sum[:])
}

// TestServersByClicks makes a name server below a name, gives it other addresses and another name, and deletes it.
func TestServersByClicks(t *testing.T) {
	pg.Same(t)
	r := shared(t)
	b := newChromium(t, r.Production.HTTPS+"/").open(t)
	b.signIn(r.As(t, "H1001", "domain-administrator"))
	b.see("console/host-new")
	b.fill("name", "reloj1.salsayson.co")
	b.paste("addresses", "192.0.2.300")
	b.press("Make the name server")
	b.says("192.0.2.300")
	b.accessible()
	b.paste("addresses", "192.0.2.53\n2001:db8::53")
	b.press("Make the name server")
	b.is("/console/hosts/reloj1.salsayson.co")
	b.says("192.0.2.53", "2001:db8::53", "salsayson.co")
	b.accessible()
	b.press("Edit")
	b.paste("addresses", "192.0.2.54")
	b.press("Save")
	b.is("/console/hosts/reloj1.salsayson.co")
	b.says("192.0.2.54")
	b.saysNot("192.0.2.53", "2001:db8::53")
	b.press("Edit")
	b.accessible()
	b.fill("name", "reloj2.salsayson.co")
	b.press("Save")
	b.is("/console/hosts/reloj2.salsayson.co")
	b.says("192.0.2.54")
	if status := b.visit("console/hosts/reloj1.salsayson.co"); status != 404 {
		t.Errorf("the old name of the server: %d", status)
	}
	b.see("console/hosts/reloj2.salsayson.co")
	b.press("Delete…")
	b.accessible()
	b.press("Delete")
	b.is("/console/hosts")
	if status := b.visit("console/hosts/reloj2.salsayson.co"); status != 404 {
		t.Errorf("the server after it was deleted: %d", status)
	}
	b.calm()
}

// TestMessagesByClicks has a transfer asked for and rejects it, and reads and acknowledges what both are told of it; then the
// queue is switched off and on.
func TestMessagesByClicks(t *testing.T) {
	pg.Same(t)
	const name = "telaresandinos.co"
	r := shared(t)
	c := newChromium(t, r.Production.HTTPS+"/")
	b, other := c.open(t), c.open(t)
	b.signIn(r.As(t, "H1001", "administrator"))
	code := b.makesCode(name)
	other.signIn(r.As(t, "H1002", "administrator"))
	other.asksFor(name, code)
	b.see("console/transfers/" + name)
	b.press("Reject")
	b.is("/console/domains/" + name) // it stays
	b.says("was rejected")
	other.see("console/transfers/" + name)
	other.accessible()
	b.calm()

	other.see("console/messages")
	other.says(name)
	other.accessible()
	waiting := other.count("main tbody tr")
	other.press("Confirmar")
	other.is("/console/messages")
	if left := other.count("main tbody tr"); left != waiting-1 {
		t.Errorf("of %d messages %d are left after one was acknowledged", waiting, left)
	}
	b.see("console/messages")
	b.press("Acknowledge all of this page")
	b.says("No message waits")
	b.accessible()
	b.see("console/account/notices")
	b.press("Switch the queue off")
	b.says("It is off")
	b.accessible()
	b.see("console/messages")
	b.says("Messages are switched off")
	b.accessible()
	b.see("console/account/notices")
	b.press("Switch the queue on")
	b.says("It is on.")
	b.calm()
	other.calm()
}

// TestUsersByClicks is a manager who invites a user, changes him, keeps him out and deletes him, and may do nothing to those
// who stand beside and above him, whatever form he sends.
func TestUsersByClicks(t *testing.T) {
	pg.Same(t)
	r := shared(t)
	c := newChromium(t, r.Production.HTTPS+"/")
	b := c.open(t)
	b.signIn(r.As(t, "H1001", "manager"))
	b.see("console/users")
	b.press("Invite a user")
	b.accessible()
	if n := b.count(`main [name="role"][value="manager"], main [name="role"][value="administrator"]`); n != 0 {
		t.Errorf("a manager is offered %d roles that are not his to give", n)
	}
	b.fill("name", "Luz Ibarra")
	b.fill("login", "ana@condor.example")
	b.choose("role", "finance-administrator")
	b.press("Invite")
	b.says("A user has this e-mail address already")
	b.accessible()
	b.fill("login", "luz@condor.example")
	b.press("Invite")
	b.is("/console/users")
	b.says("luz@condor.example", "on its way")
	b.press("Luz Ibarra")
	b.accessible()
	b.fill("name", "Luz Ibarra Gil")
	b.choose("role", "domain-administrator")
	b.press("Save")
	b.says("The user was changed.", "Luz Ibarra Gil", "Domain administrator")
	page := b.place()
	b.press("Disable")
	b.says("The user cannot sign in any more.", "Disabled")
	b.accessible()
	b.press("Enable")
	b.says("The user can sign in again.")
	b.press("Send the link")
	b.says("A mail with a link is on its way.")
	b.mayNotTouch("Ana Rojas", page)
	b.see(page[1:])
	b.follow("/delete")
	b.accessible()
	b.tick("agree")
	b.press("Delete the user")
	b.is("/console/users")
	b.says("was deleted")
	if n := b.count(`main tbody tr`); n != 4 {
		t.Errorf("%d users are left", n)
	}
	b.calm()
}

// mayNotTouch fails if a manager is offered anything about a user who is no less, or gets it by a form that he makes himself
// from that of the page of another.
func (b *tab) mayNotTouch(name, page string) {
	b.t.Helper()
	b.see("console/users")
	b.press(name)
	b.says("Only the administrator can change this user.")
	b.saysNot("Delete…", "Disable", "Save")
	b.accessible()
	above := b.place()
	for _, act := range []string{"", "/disable", "/delete", "/reset", "/end-sessions", "/hand-over"} {
		b.see(page[1:])
		b.run("a form of his own", chromedp.Evaluate(fmt.Sprintf(`(() => {
			const form = document.querySelector('main form[action=%q]');
			form.noValidate = true;
			form.action = %q;
			form.innerHTML += '<input name="agree" value="yes"><button id="forged">Forged</button>';
		})()`, page, above+act), nil))
		if status := b.sends("#forged"); status != 422 {
			b.t.Errorf("a manager sends %s: %d\n%s", above+act, status, b.text())
		}
	}
	b.see(above[1:])
	b.says("Active")
}

// TestDisclosureByClicks edits what the public sees of a contact: the page follows each tick, and nothing is changed before it
// is saved; without script the button does the same.
func TestDisclosureByClicks(t *testing.T) {
	pg.Same(t)
	r := shared(t)
	b := newChromium(t, r.Production.HTTPS+"/").open(t)
	b.signIn(r.As(t, "H1001", "domain-administrator"))
	b.see("console/contacts/LUNA-1/edit")
	const mail = "mateo@luna.example"
	shows := func(want bool) {
		t.Helper()
		b.comes(fmt.Sprintf(`document.getElementById("preview").innerText.includes(%q) === %t`, mail, want))
	}
	shows(false)
	b.choose("open", "email")
	shows(true)
	b.accessible()
	b.run("take the tick away", chromedp.Click(`main [name="open"][value="email"]`, chromedp.ByQuery))
	shows(false)
	b.choose("open", "email")
	shows(true)
	b.see("console/contacts/LUNA-1/edit")
	shows(false)
	b.run("no script", emulation.SetScriptExecutionDisabled(true))
	b.see("console/contacts/LUNA-1/edit")
	b.run("a tick", chromedp.Click(`main [name="open"][value="email"]`, chromedp.ByQuery))
	b.press("Show what the public will see")
	b.run("script again", emulation.SetScriptExecutionDisabled(false))
	b.says("With what is ticked, everybody sees", mail)
	b.calm()
}
