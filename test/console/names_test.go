package console_test

import (
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
)

// choose ticks the box or option of a field that has a value.
func (b *tab) choose(name, value string) {
	b.t.Helper()
	b.run("choose "+name, chromedp.Evaluate(`(() => {
		for (const box of document.querySelectorAll('main [name="`+name+`"]'))
			if (box.value === "`+value+`" && !box.checked) { box.click(); return true; }
		return false;
	})()`, nil))
}

// tick ticks the first box of a name, whatever its value is.
func (b *tab) tick(name string) {
	b.t.Helper()
	b.run("tick "+name, chromedp.Click(`main input[name="`+name+`"]:not([type=hidden])`, chromedp.ByQuery))
}

// is fails unless the browser is at a path.
func (b *tab) is(path string) {
	b.t.Helper()
	if place := b.place(); place != path {
		b.t.Fatalf("the browser is at %s, want %s\n%s", place, path, b.text())
	}
}

// shown returns what stands in an element.
func (b *tab) shown(selector string) string {
	b.t.Helper()
	var text string
	b.run("read "+selector, chromedp.Text(selector, &text, chromedp.ByQuery))
	return text
}

// TestLifeOfAName is what a registrar's people do with names, by clicks: contacts and servers, registering, changing, a
// transfer between two registrars, deletion and restore; and what is bought is seen in the account.
func TestLifeOfAName(t *testing.T) {
	r := shared(t)
	c := newChromium(t, r.Production.HTTPS+"/")
	b := c.open(t)
	b.signIn(r.As(t, "H1001", "domain-administrator"))
	b.makesContactAndServer()
	b.registers("casa-verde.co")
	b.changes("casa-verde.co")
	code := b.makesCode("mariamejia.nom.co")
	other := c.open(t)
	other.signIn(r.As(t, "H1002", "administrator"))
	other.asksFor("mariamejia.nom.co", code)
	b.letsGo("mariamejia.nom.co")
	b.deletesAndRestores("elcolibri.co")
	b.see("console/messages")
	b.accessible()
	b.calm()
	other.calm()
	money := c.open(t)
	money.signIn(r.As(t, "H1001", "finance-administrator"))
	money.see("console/billing/open")
	money.says("casa-verde.co", "USD")
	if status := money.visit("console/domains/casa-verde.co"); status != 403 {
		t.Errorf("a finance administrator sees a name: %d", status)
	}
	money.says("Your role does not include this page")
	money.accessible()
	money.calm()
}

func (b *tab) makesContactAndServer() {
	b.t.Helper()
	b.see("console/contact-new")
	for name, value := range map[string]string{
		"id": "VERDE-1", "int-name": "Rosa Verde", "int-street1": "Calle 1", "int-city": "Bogota", "int-pc": "110111", "int-cc": "CO",
		"voice": "+57.6015550100", "email": "rosa@example.com",
	} {
		b.fill(name, value)
	}
	b.choose("open", "email")
	b.press("Show what the public will see")
	b.says("With what is ticked, everybody sees", "rosa@example.com")
	b.accessible()
	b.press("Make the contact")
	b.is("/console/contacts/VERDE-1")
	b.says("Rosa Verde")
	b.see("console/host-new")
	b.fill("name", "ns9.verde.example")
	b.press("Make the name server")
	b.is("/console/hosts/ns9.verde.example")
}

func (b *tab) registers(name string) {
	b.t.Helper()
	b.see("console/domains/new")
	b.fill("name", name)
	b.run("what is free shows as one types", chromedp.WaitVisible(`#f-name-live .badge.good`, chromedp.ByQuery))
	b.press("Look whether it is free")
	b.says("Available")
	for _, role := range []string{"registrant", "admin", "tech"} {
		b.fill(role, "VERDE-1")
	}
	b.fill("servers", "ns9.verde.example")
	b.accessible()
	b.tick("agree")
	b.press("Register")
	b.is("/console/domains/" + name)
	b.says("The name is registered", "ns9.verde.example", "VERDE-1")
	b.accessible()
}

func (b *tab) changes(name string) {
	b.t.Helper()
	b.see("console/domains/" + name + "/renew")
	b.tick("term")
	b.tick("agree")
	b.press("Renew")
	b.is("/console/domains/" + name)
	b.see("console/domains/" + name + "/locks")
	b.choose("lock", "clientDeleteProhibited")
	b.press("Save")
	b.says("Delete", "not")
	b.see("console/domains/" + name + "/servers")
	b.fill("servers", "ns1.nowhere.example")
	b.press("Save")
	b.says("the registry does not know this name server yet") // at its field
	b.accessible()
	b.see("console/domains/" + name + "/ds")
	b.fill("ds", "12345 13 2 3490A6806D47F17A34C29E2CE80E8A999FFBE4BE5C3F1F5B3C2C1F7B0A9D8E7F")
	b.press("Save")
	b.is("/console/domains/" + name)
	b.says("12345")
}

// codes is what a transfer code that was made looks like.
var codes = regexp.MustCompile(`^[A-Za-z0-9]{16,}$`)

func (b *tab) makesCode(name string) string {
	b.t.Helper()
	b.see("console/domains/" + name + "/authinfo")
	b.choose("how", "make")
	b.press("Save")
	code := b.shown("#code")
	if !codes.MatchString(code) {
		b.t.Errorf("the code is %q", code)
	}
	b.accessible()
	return code
}

// asksFor asks for a name of another registrar, takes that back, and asks again; in Spanish.
func (b *tab) asksFor(name, code string) {
	b.t.Helper()
	for _, again := range []bool{false, true} {
		b.see("console/transfers/new?name=" + name)
		b.fill("code", code)
		b.tick("agree")
		b.press("Pedirlo")
		b.is("/console/transfers/" + name)
		b.says("H1001", "H1002")
		if !again {
			b.accessible()
			b.press("Cancelar la solicitud")
		}
	}
}

// letsGo approves a transfer.
func (b *tab) letsGo(name string) {
	b.t.Helper()
	b.see("console/transfers")
	b.says(name, "H1002")
	b.see("console/transfers/" + name)
	b.accessible()
	b.press("Approve")
	if status := b.visit("console/domains/" + name); status != 404 {
		b.t.Errorf("a name of another registrar: %d", status)
	}
	b.says("There is nothing here")
}

func (b *tab) deletesAndRestores(name string) {
	b.t.Helper()
	b.see("console/domains/" + name + "/delete")
	b.says("can be restored until")
	b.accessible()
	b.tick("agree")
	b.press("Delete")
	b.is("/console/domains/" + name)
	b.accessible()
	b.see("console/domains/" + name + "/restore")
	b.says("USD")
	b.accessible()
	b.tick("agree")
	b.press("Restore")
	b.is("/console/domains/" + name)
}
