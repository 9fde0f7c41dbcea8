package console_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.org/dorado/test/demo"
	"example.org/dorado/test/pg"
)

// TestSandboxByClicks makes a test environment if there is none, and does with it what there is to do: each page as
// axe-core likes it, wide and narrow, light and dark.
func TestSandboxByClicks(t *testing.T) {
	pg.Same(t)
	r := shared(t)
	c := newChromium(t, r.Production.HTTPS+"/")
	b := c.open(t)
	b.signIn(r.As(t, "H1001", "administrator"))
	b.see("console/sandbox")
	b.accessible()
	if strings.Contains(b.text(), "Make the test environment") {
		b.press("Make the test environment")
		b.says("Shown only now", "OTE1001-A", "OTE1001-B")
		b.accessible()
		b.press("I have it")
	}
	b.says("Clock", "Credentials", "OTE1001-A", "How to use it")
	b.movesTheClock()
	b.hasCredentials()
	b.playsItsScript(r)

	b.see("console/sandbox/accreditation")
	b.says("required items", "Log in", "Refusals that a client must live with")
	b.accessible()
	b.see("console/sandbox/mails")
	b.accessible()

	b.see("console/sandbox/reset")
	b.accessible()
	b.tick("sure")
	b.press("Reset")
	b.says("begins anew", "Real time")
	b.calm()
}

// playsItsScript follows what the page says of its use, with the script that it shows: the file that it hands out, with the
// passwords filled in, is enough.
func (b *tab) playsItsScript(r demo.Registry) {
	b.t.Helper()
	var file struct {
		EPP        string              `json:"epp"`
		HTTPS      string              `json:"https"`
		CA         string              `json:"ca"`
		Registrars []map[string]string `json:"registrars"`
	}
	for _, id := range []string{"OTE1001-A", "OTE1001-B"} {
		b.see("console/sandbox/credentials/" + id + "/password")
		b.press("Make a new password")
		var shown, made string
		b.run("the file", chromedp.Text("#file", &shown), chromedp.Text("#made-"+id, &made))
		passwords := map[string]string{id: made}
		for _, c := range file.Registrars {
			passwords[c["id"]] += c["eppPassword"]
		}
		if err := json.Unmarshal([]byte(shown), &file); err != nil {
			b.t.Fatalf("the file is %s: %v", shown, err)
		}
		for _, c := range file.Registrars {
			c["eppPassword"] = passwords[c["id"]]
		}
	}
	file.CA = filepath.Join(r.Dir, r.CA)
	b.see("console/sandbox")
	var script string
	b.run("the script", chromedp.Text("#script", &script))
	dir := b.t.TempDir()
	text, err := json.Marshal(file)
	if err != nil {
		b.t.Fatal(err)
	}
	for name, content := range map[string]string{"sandbox-OTE1001.json": string(text), "life.txt": script} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
	play := exec.Command(r.Program, "ote", "run", "--credentials", "sandbox-OTE1001.json", "life.txt")
	play.Dir = dir
	if out, err := play.CombinedOutput(); err != nil || !strings.Contains(string(out), "ok") {
		b.t.Errorf("%v: %s\n%s", err, out, script)
	}
}

// movesTheClock moves it forward, and is told when that cannot be.
func (b *tab) movesTheClock() {
	b.t.Helper()
	b.fill("advance", "46d")
	b.press("Advance")
	b.says("The clock was moved", "ahead of real time")
	b.accessible()
	b.fill("to", "1999-01-01")
	b.press("Go there")
	if b.shown(".wrong") == "" {
		b.t.Error("a movement back is not told to be wrong at its field")
	}
	b.accessible()
	b.fill("next", "no-such-name-here.example")
	b.press("Go to its next event")
	if b.shown(".wrong, .notice.bad") == "" {
		b.t.Error("a name that is not there is not told")
	}
}

// hasCredentials replaces a password, and refills an account.
func (b *tab) hasCredentials() {
	b.t.Helper()
	b.see("console/sandbox/credentials/OTE1001-B/password")
	b.accessible()
	b.press("Make a new password")
	b.says("Shown only now", "OTE1001-B")
	b.accessible()
	var hidden bool
	b.run("the button that copies", chromedp.Evaluate(`document.querySelector("[data-copy]").hidden`, &hidden))
	if hidden {
		b.t.Error("the button that copies stays hidden")
	}
	b.press("I have it")
	b.press("Refill funds OTE1001-B")
	b.says("OTE1001-B has its funds again.")
}
