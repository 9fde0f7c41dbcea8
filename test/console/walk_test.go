package console_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.org/dorado/test/demo"
	"example.org/dorado/test/peer"
)

var screenshots = flag.Bool("screenshots", false, "take the pictures of docs/console again")

// signIn signs a user in, in whatever language the pages are then.
func (b *tab) signIn(u demo.User) {
	b.t.Helper()
	b.see("console/sign-in")
	b.fill("login", u.User)
	b.fill("password", u.Password)
	b.press("Sign in")
	if b.place() != "/console/" {
		b.t.Fatalf("signing in leads to %s\n%s", b.place(), b.text())
	}
}

// kinds takes from a path what tells pages of one kind apart: names, numbers, ids and what is searched for.
var kinds = regexp.MustCompile(`(/(?:domains|contacts|hosts|invoices|messages|bulk|users|transfers|receipts|prices|sandbox/mails|sandbox/credentials)/)[^/?]+`)

// kindOf returns the kind of page that a path is of.
func kindOf(path string) string {
	path, query, _ := strings.Cut(path, "?")
	kind := kinds.ReplaceAllString(path, "${1}X")
	if strings.Contains(query, "page=") {
		kind += "?page"
	}
	return kind
}

// TestWalk goes wherever links lead, for each role, and looks at one page of each kind with axe-core.
func TestWalk(t *testing.T) {
	r := shared(t)
	c := newChromium(t, r.Production.HTTPS+"/")
	looked := map[string]bool{} // kinds that axe has looked at, in whatever role
	for _, role := range []string{"administrator", "manager", "domain-administrator", "finance-administrator"} {
		t.Run(role, func(t *testing.T) {
			b := c.open(t)
			b.signIn(r.As(t, "H1001", role))
			walked := b.walk(looked)
			if len(walked) < 5 {
				t.Errorf("a walk of %d pages: %v", len(walked), walked)
			}
			b.calm()
		})
	}
}

// walk visits a page of each kind that links lead to, and returns the kinds.
func (b *tab) walk(looked map[string]bool) []string {
	b.t.Helper()
	var kinds []string
	seen := map[string]bool{}
	waiting := []string{"/console/"}
	for len(waiting) > 0 {
		path := waiting[0]
		waiting = waiting[1:]
		kind := kindOf(path)
		if seen[kind] || strings.Contains(path, "/static/") {
			continue
		}
		seen[kind] = true
		b.see(path)
		kinds = append(kinds, kind)
		waiting = append(waiting, b.links()...)
		if !looked[kind] {
			looked[kind] = true
			b.accessible()
		}
	}
	return kinds
}

// TestScreenshots takes the pictures of docs/console, when somebody asks for it.
func TestScreenshots(t *testing.T) {
	if !*screenshots {
		t.Skip("pictures are taken again with -screenshots")
	}
	r := shared(t)
	c := newChromium(t, r.Production.HTTPS+"/")
	b := c.open(t)
	dir := filepath.Join(peer.Root(t), "docs/console")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	b.see("console/sign-in")
	b.shoot(dir, "sign-in")
	b.signIn(r.As(t, "H1001", "administrator"))
	for _, picture := range []struct{ name, path string }{
		{"overview", "console/"},
		{"domains", "console/domains"},
		{"domain", "console/domains/elcolibri.co"},
		{"register", "console/domains/new?name=casa-azul.co"},
		{"contact-edit", "console/contacts/CAFE-1/edit"},
		{"bulk", "console/bulk/new"},
		{"billing", "console/billing"},
		{"log", "console/log"},
		{"access", "console/credentials"},
		{"users", "console/users"},
		{"files", "console/files"},
		{"sandbox", "console/sandbox"},
	} {
		b.see(picture.path)
		b.shoot(dir, picture.name)
	}
}

// shoot takes a picture of what a person sees of the page first: on a wide screen, and on a phone.
func (b *tab) shoot(dir, name string) {
	b.t.Helper()
	for _, look := range []struct {
		suffix string
		width  int64
		dark   bool
	}{{"-1440", 1440, false}, {"-390", 390, false}, {"-1440-dark", 1440, true}} {
		if look.dark && name != "overview" && name != "billing" {
			continue
		}
		var picture []byte
		b.run("a picture of "+name, b.size(look.width), b.dark(look.dark), chromedp.CaptureScreenshot(&picture))
		if err := os.WriteFile(filepath.Join(dir, name+look.suffix+".png"), picture, 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
	b.run("back", b.size(1440), b.dark(false))
}
