package console_test

import (
	"os"
	"testing"

	"github.com/chromedp/chromedp"

	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
)

// TestAccountByClicks is what a registrar's people do with their account: many names at once, messages, access, choices,
// and what their programs sent.
func TestAccountByClicks(t *testing.T) {
	pg.Same(t)
	r := shared(t)
	b := newChromium(t, r.Production.HTTPS+"/").open(t)
	b.signIn(r.As(t, "H1001", "administrator"))
	b.doesMany()
	b.changesAccess()
	b.changesAccount()
	b.checksFrames(t)
	b.see("console/log?command=update")
	b.says("cafeazul.co")
	b.see("console/billing/statement")
	b.calm()
}

// doesMany locks two names, and one that there is not.
func (b *tab) doesMany() {
	b.t.Helper()
	b.see("console/bulk/new")
	b.accessible()
	b.fill("names", "cafeazul.co\nlibrerialuna.co\nno-such-name.co\n")
	b.choose("act", "lock")
	b.choose("lock", "clientDeleteProhibited")
	b.press("Preview")
	b.run("the preview is made", chromedp.WaitVisible(`//main//button[normalize-space()="Change 2 names"]`, chromedp.BySearch))
	b.says("no-such-name.co", "Refused", "Will be done")
	b.accessible()
	b.press("Change 2 names")
	b.run("the job is done", chromedp.WaitVisible(`//main//a[normalize-space()="Result file"]`, chromedp.BySearch))
	b.says("2 done, 1 refused")
	b.accessible()
	b.see("console/domains/cafeazul.co")
	b.says("clientDeleteProhibited")
}

func (b *tab) changesAccess() {
	b.t.Helper()
	b.see("console/credentials/networks/new")
	b.fill("network", "192.0.2.300")
	b.press("Add a network")
	b.accessible()
	b.fill("network", "192.0.2.0/24")
	b.press("Add a network")
	b.is("/console/credentials")
	b.says("192.0.2.0/24")
	b.see("console/credentials/passwords/epp")
	b.press("Make a new password")
	b.accessible()
	b.see("console/credentials/certificates/upload")
	b.accessible()
}

func (b *tab) changesAccount() {
	b.t.Helper()
	b.see("console/account/details")
	b.fill("abuse", "not an address")
	b.press("Save the details")
	b.accessible()
	b.fill("abuse", "abuse2@condor.example")
	b.press("Save the details")
	b.see("console/account")
	b.says("abuse2@condor.example")
}

// checksFrames has a frame checked that is not valid, and one that is.
func (b *tab) checksFrames(t *testing.T) {
	t.Helper()
	b.see("console/frames")
	b.fill("frame", `<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><nothing/></command></epp>`)
	b.press("Check the frame")
	b.says("Not valid")
	b.accessible()
	text, err := os.ReadFile(peer.Root(t) + "/test/console/testdata/check.xml")
	if err != nil {
		t.Fatal(err)
	}
	b.run("the frame", chromedp.SetValue(`main [name="frame"]`, string(text), chromedp.ByQuery))
	b.press("Check the frame")
	b.says("Valid by the schemas", "1000")
	b.accessible()
}
