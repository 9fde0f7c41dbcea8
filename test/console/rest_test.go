package console_test

import (
	"io"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.org/dorado/test/demo"
	"example.org/dorado/test/pg"
)

// TestChoicesByClicks changes what an account's people choose, and takes it back.
func TestChoicesByClicks(t *testing.T) {
	pg.Same(t)
	r := shared(t)
	b := newChromium(t, r.Production.HTTPS+"/").open(t)
	b.signIn(r.As(t, "H1001", "administrator"))
	b.see("console/account/addresses")
	b.accessible()
	b.fill("legal", "legal@condor")
	b.press("Save the addresses")
	b.accessible()
	b.fill("legal", "legal@condor.example")
	b.press("Save the addresses")
	b.is("/console/account")
	b.says("legal@condor.example")

	for _, again := range []bool{false, true} { // takes premium names for unavailable, and does not any more
		b.see("console/account/choices")
		b.accessible()
		b.tick("premiums")
		b.press("Save the choices")
		b.says("The choices were changed.")
		b.see("console/domains/new?name=oro.co")
		if told := b.shown("main"); strings.Contains(told, "not to take premium names") == again {
			t.Errorf("of a premium name, which the account does without %t, it tells\n%s", !again, told)
		}
	}

	b.see("console/account/expiry")
	b.accessible()
	b.choose("expiry", "delete")
	b.press("Save")
	b.is("/console/account/expiry") // it is to be said a second time
	b.accessible()
	b.choose("expiry", "delete")
	b.tick("sure")
	b.press("Save")
	b.says("What becomes of names at their expiry was changed.")
	b.see("console/account/expiry")
	b.choose("expiry", "renew")
	b.press("Save")
	b.says("What becomes of names at their expiry was changed.")

	b.see("console/credentials/networks/new")
	b.fill("network", "198.51.100.0/24")
	b.press("Add a network")
	b.says("198.51.100.0/24")
	b.see("console/credentials/networks/remove?network=198.51.100.0/24")
	b.says("Remove 198.51.100.0/24?")
	b.accessible()
	b.press("Remove the network")
	b.is("/console/credentials")
	if list := b.shown("main table"); strings.Contains(list, "198.51.100.0/24") {
		t.Errorf("the network is still on the list:\n%s", list)
	}
	b.calm()
}

// TestLinksByClicks has a contact asked for by another registrar, gives a name other contacts and name servers, and deletes a
// contact.
func TestLinksByClicks(t *testing.T) {
	pg.Same(t)
	const name, contact = "librerialuna.co", "ROJO-1"
	r := shared(t)
	c := newChromium(t, r.Production.HTTPS+"/")
	b := c.open(t)
	b.signIn(r.As(t, "H1001", "manager"))
	b.makesContact(contact)
	b.see("console/contacts/" + contact)
	b.press("Make a new transfer code")
	secret := b.shown("#secret")
	b.accessible()
	other := c.open(t)
	other.signIn(r.As(t, "H1002", "administrator"))
	other.see("console/contact-transfer")
	other.accessible()
	other.fill("id", contact)
	other.fill("authinfo", secret)
	other.sends(`main form[action$="contact-transfer"] button`)
	other.is("/console/contacts")
	other.see("console/contacts/" + contact)
	other.accessible()
	b.see("console/contacts/" + contact)
	b.says("Another registrar asks for this contact", "H1002")
	b.accessible()
	b.press("Reject the transfer")
	b.saysNot("Another registrar asks for this contact")

	b.see("console/domains/" + name + "/contacts")
	b.accessible()
	b.fill("tech", contact)
	b.press("Save")
	b.is("/console/domains/" + name)
	b.says("The name was changed.", contact)
	b.see("console/contacts/" + contact)
	b.says(name)
	b.see("console/domains/" + name + "/contacts")
	b.fill("tech", "LUNA-1")
	b.press("Save")
	b.says("The name was changed.")
	b.see("console/domains/" + name + "/servers")
	b.accessible()
	b.paste("servers", "ns1.condor.example\nns2.condor.example")
	b.press("Save")
	b.is("/console/domains/" + name)
	b.says("ns1.condor.example", "ns2.condor.example")

	b.makesContact("ROJO-2")
	b.press("Delete…")
	b.accessible()
	b.press("Delete")
	b.is("/console/contacts")
	if status := b.visit("console/contacts/ROJO-2"); status != 404 {
		t.Errorf("the contact after it was deleted: %d", status)
	}
	b.calm()
	other.calm()
}

// makesContact makes a contact with the least that one needs.
func (b *tab) makesContact(id string) {
	b.t.Helper()
	b.see("console/contact-new")
	for name, value := range map[string]string{
		"id": id, "int-name": "Rita Rojo", "int-street1": "Calle 2", "int-city": "Cali", "int-pc": "760001", "int-cc": "CO",
		"voice": "+57.6025550100", "email": "rita@example.com",
	} {
		b.fill(name, value)
	}
	b.press("Make the contact")
	b.is("/console/contacts/" + id)
}

// TestBulkEndsByClicks stops a bulk action while its names are looked at, and removes it.
func TestBulkEndsByClicks(t *testing.T) {
	pg.Same(t)
	r := shared(t)
	b := newChromium(t, r.Production.HTTPS+"/").open(t)
	b.signIn(r.As(t, "H1002", "administrator"))
	b.see("console/bulk/new")
	var names strings.Builder
	for i := range 10_000 { // which takes seconds
		names.WriteString("nada" + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676)) + ".co\n")
	}
	b.paste("names", names.String())
	b.choose("act", "lock")
	b.choose("lock", "clientDeleteProhibited")
	b.sends(`main form[action$="bulk/new"] button`)
	job := b.place()
	if status := b.sends(`main form[action$="/stop"] button`); status != 200 {
		t.Errorf("to stop it is answered %d", status)
	}
	b.is(job)
	b.comes(`document.querySelector('main a[href$="/remove"]') !== null`)
	b.accessible()
	b.follow("/remove")
	b.accessible()
	b.sends(`main form[action$="/remove"] button`)
	b.is("/console/bulk")
	if status := b.visit(job[1:]); status != 404 {
		t.Errorf("the bulk action after it was removed: %d", status)
	}
	b.calm()
}

// passwordLinks is what leads to where a password is chosen.
var passwordLinks = regexp.MustCompile(`https://\S+/(console/password/\S+)`)

// linkTo returns the path of the link by which somebody chooses a password, from the latest mail to him.
func linkTo(t *testing.T, r demo.Registry, login string) string {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-tick.C {
		mails, err := filepath.Glob(filepath.Join(r.Dir, "mail", "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, mail := range mails {
			text, err := os.ReadFile(mail)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), "To: <"+login+">") {
				continue
			}
			_, body, _ := strings.Cut(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n\n")
			plain, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(body)))
			if err != nil {
				t.Fatal(err)
			}
			if link := passwordLinks.FindStringSubmatch(string(plain)); link != nil {
				return link[1]
			}
		}
	}
	t.Fatalf("no mail with a link came to %s", login)
	return ""
}

// forgetsPassword chooses another password by a link that is mailed.
func (b *tab) forgetsPassword(r demo.Registry, u demo.User) {
	b.t.Helper()
	b.see("console/forgotten")
	b.fill("login", u.User)
	b.press("Send the link")
	b.says("a mail with a link is on its way")
	b.see(linkTo(b.t, r, u.User))
	b.accessible()
	const password = "luna corta cinco barcos"
	b.fill("password", password)
	b.fill("again", password)
	b.press("Set the password")
	b.saysNot("Choose a password")
}

// changesOwn changes what somebody has who has signed in by a passkey and has an app besides: each way in goes, and another
// stays.
func (b *tab) changesOwn(u demo.User) {
	b.t.Helper()
	const password = "vela nube piedra cuatro rios"
	b.see("console/confirm")
	b.press("Use a passkey")
	b.says("Overview")
	b.see("console/confirm")
	b.fill("password", u.Password)
	b.press("Confirm")
	b.says("Overview")
	b.see("console/profile")
	b.fill("name", "Ana Rojas Mora")
	b.press("Save")
	b.says("Your profile was changed.", "Ana Rojas Mora")
	b.fill("password", u.Password)
	b.fill("new", password)
	b.fill("again", password)
	b.press("Change the password")
	b.says("Your password was changed.")
	b.press("Make new recovery codes")
	b.says("Recovery codes")
	b.press("I have kept them")
	b.press("End all others")
	b.is("/console/profile")
	b.press("Remove the app")
	b.saysNot("In use")
	b.accessible()
	b.leave()
	b.see("console/sign-in")
	b.fill("login", u.User)
	b.fill("password", password)
	b.press("Sign in")
	b.says("Second factor")
	b.press("Use a passkey")
	b.says("Overview")
	b.addApp(b.t)
	b.is("/console/profile") // there are codes already
	b.run("remove the passkey", chromedp.Click(`main form[action$="passkeys/remove"] button`, chromedp.ByQuery))
	b.comes(`document.querySelector('main form[action$="passkeys/remove"]') === null`)
	b.says("In use")
}

// handsOver ends the sessions of a manager, and makes him the administrator.
func (b *tab) handsOver(manager string, his *tab) {
	b.t.Helper()
	b.see("console/users")
	b.press(manager)
	b.press("End the sessions")
	b.accessible()
	his.visit("console/")
	his.is("/console/sign-in")
	b.tick("agree")
	b.press("Hand over")
	b.says("Sign in")
	b.accessible()
}
