package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
)

// patience is how long anything may take that a person does in a browser.
const patience = 20 * time.Second

// A chromium is how to start the browser at a registry.
type chromium struct {
	program string
	base    string // of the registry's HTTPS server
	axe     string // the source of axe-core
}

// newChromium returns how to start Chromium for the registry at a base address.
func newChromium(t *testing.T, base string) *chromium {
	t.Helper()
	axe, err := os.ReadFile(filepath.Join(peer.Root(t), "test/console/node_modules/axe-core/axe.min.js"))
	if err != nil {
		t.Fatalf("%v; make install brings it", err)
	}
	return &chromium{peer.Need(t, "chromium"), base, string(axe)}
}

// A tab is the browser of one person.
type tab struct {
	t       *testing.T
	c       *chromium
	context context.Context

	mu       sync.Mutex
	trouble  []string // what a page did that none may: asked elsewhere, threw, broke its policy
	statuses map[string]int64
	sent     map[network.RequestID]string // the paths of forms that are on their way
}

// open starts a browser with cookies of its own, and ends it with the test. It takes any certificate: that it is the
// registry's own is what clients like curl look at.
func (c *chromium) open(t *testing.T) *tab {
	t.Helper()
	dir, err := os.MkdirTemp("", "dorado-chromium")
	if err != nil {
		t.Fatal(err)
	}
	var program *exec.Cmd
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(c.program), chromedp.NoSandbox, chromedp.UserDataDir(dir), chromedp.DisableGPU,
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			program = cmd
		}),
		chromedp.Flag("ignore-certificate-errors", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"),
		chromedp.Flag("lang", "en-US"), chromedp.Flag("font-render-hinting", "none"),
	)
	t.Cleanup(func() {
		if program != nil && program.Process != nil {
			_ = syscall.Kill(-program.Process.Pid, syscall.SIGKILL) // its helpers write into its folder for longer than it
		}
		for range 1000 {
			if os.RemoveAll(dir) == nil {
				return
			}
		}
		t.Logf("%s is left", dir)
	})
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancelTab := chromedp.NewContext(allocator)
	t.Cleanup(cancelTab)
	b := &tab{t: t, c: c, context: ctx, statuses: map[string]int64{}, sent: map[network.RequestID]string{}}
	chromedp.ListenTarget(ctx, b.hear)
	if err := chromedp.Run(ctx, network.Enable(), log.Enable(), runtime.Enable(), b.size(1440), b.dark(false)); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return b
}

// hear notes what a page does.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, b.c.base) && !strings.HasPrefix(e.Request.URL, "data:") && e.Request.URL != "about:blank" {
			b.trouble = append(b.trouble, "asked for "+e.Request.URL)
		}
		b.follows(e.RequestID, e.RedirectResponse)
		if path, is := strings.CutPrefix(e.Request.URL, strings.TrimSuffix(b.c.base, "/")); is && e.Request.Method == http.MethodPost {
			b.sent[e.RequestID] = path
		}
	case *network.EventResponseReceived:
		b.statuses[e.Response.URL] = e.Response.Status
		b.follows(e.RequestID, e.Response)
	case *runtime.EventExceptionThrown:
		b.trouble = append(b.trouble, "threw "+e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		// A page that is answered 4xx is no trouble by itself: tests that want 200 say so.
		if e.Entry.Source != log.SourceNetwork && (e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning) {
			b.trouble = append(b.trouble, "the browser says: "+e.Entry.Text)
		}
	case *page.EventJavascriptDialogOpening:
		b.trouble = append(b.trouble, "opened a dialogue: "+e.Message)
	}
}

// follows notes that a form was sent and not refused, if that is what was answered.
func (b *tab) follows(id network.RequestID, answer *network.Response) {
	if path, is := b.sent[id]; is && answer != nil {
		delete(b.sent, id)
		if answer.Status < http.StatusBadRequest {
			done.note(path)
		}
	}
}

// run runs actions, and fails the test if one fails.
func (b *tab) run(what string, actions ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.context, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		b.t.Fatalf("%s, at %s: %v\n%s", what, b.place(), err, b.text())
	}
}

// size is a window of a width, as high as such windows are.
func (b *tab) size(width int64) chromedp.Action {
	height := int64(900)
	if width < 600 {
		height = 844
	}
	return emulation.SetDeviceMetricsOverride(width, height, 1, width < 600)
}

// dark sets which colours the person prefers.
func (b *tab) dark(on bool) chromedp.Action {
	value := "light"
	if on {
		value = "dark"
	}
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: value}, {Name: "prefers-reduced-motion", Value: "reduce"}, // no colours on their way
	})
}

// visit opens a page of the console and returns the status of its answer.
func (b *tab) visit(path string) int64 {
	b.t.Helper()
	var response *network.Response
	ctx, cancel := context.WithTimeout(b.context, patience)
	defer cancel()
	response, err := chromedp.RunResponse(ctx, chromedp.Navigate(b.c.base+strings.TrimPrefix(path, "/")))
	if err != nil {
		b.t.Fatalf("visit %s: %v", path, err)
	}
	return response.Status
}

// see visits a page, which has to be there.
func (b *tab) see(path string) {
	b.t.Helper()
	if status := b.visit(path); status != 200 {
		b.t.Fatalf("%s: %d\n%s", path, status, b.text())
	}
}

// fill types a text into the field of a name, in the place of what it has.
func (b *tab) fill(name, value string) {
	b.t.Helper()
	field := fmt.Sprintf(`main [name=%q]:not([type=hidden])`, name)
	b.run("fill "+name, chromedp.Evaluate(fmt.Sprintf(`document.querySelector(%q).value = ""`, field), nil),
		chromedp.SendKeys(field, value, chromedp.ByQuery))
}

// press presses the button or link of a text, and waits for the page that follows.
func (b *tab) press(label string) {
	b.t.Helper()
	xpath := fmt.Sprintf(`(//main//button[normalize-space()=%[1]q] | //main//a[normalize-space()=%[1]q])[1]`, label)
	ctx, cancel := context.WithTimeout(b.context, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(xpath, chromedp.BySearch)); err != nil {
		b.t.Fatalf("press %q, at %s: %v\n%s", label, b.place(), err, b.text())
	}
}

// says fails unless the page shows the texts.
func (b *tab) says(texts ...string) {
	b.t.Helper()
	shown := b.text()
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			b.t.Errorf("%s does not say %q, but\n%s", b.place(), text, shown)
		}
	}
}

// comes waits until the page's script makes a condition true. Each time it is asked of whatever page is there: chromedp.Poll
// holds on to a page that may have just gone.
func (b *tab) comes(condition string) {
	b.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); ; <-tick.C {
		holds := false
		b.run("the page's script", chromedp.Evaluate(condition, &holds))
		if holds {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("it did not come to hold at %s: %s\n%s", b.place(), condition, b.text())
		}
	}
}

// text returns what the page shows.
func (b *tab) text() string {
	var text string
	_ = chromedp.Run(b.context, chromedp.Evaluate(`document.body ? document.body.innerText : ""`, &text))
	return text
}

// place returns the address of the page, less the base.
func (b *tab) place() string {
	var place string
	_ = chromedp.Run(b.context, chromedp.Location(&place))
	return strings.TrimPrefix(place, strings.TrimSuffix(b.c.base, "/"))
}

// links returns the paths in the console that the page leads to.
func (b *tab) links() []string {
	b.t.Helper()
	var list []string
	b.run("the links", chromedp.Evaluate(`[...document.querySelectorAll("a[href]")].filter(a => !a.hasAttribute("download") && !a.pathname.endsWith(".csv") && !a.pathname.endsWith(".pdf")).map(a => a.href)`, &list))
	var paths []string
	for _, link := range list {
		u, err := url.Parse(link)
		if err != nil || !strings.HasPrefix(link, b.c.base+"console/") {
			continue
		}
		u.Fragment = ""
		paths = append(paths, u.RequestURI())
	}
	return paths
}

// calm fails if a page did what none may.
func (b *tab) calm() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, trouble := range b.trouble {
		b.t.Errorf("%s", trouble)
	}
	b.trouble = nil
}

// A violation is what axe found.
type violation struct {
	ID, Help, Impact string
	Nodes            []struct {
		HTML           string
		FailureSummary string
	}
}

// accessible fails if axe-core finds anything on the page that people with other senses or hands cannot use: all its
// rules on a wide screen, contrast again in the dark, and on a phone what depends on the width.
func (b *tab) accessible() {
	b.t.Helper()
	if pg.Is(b.t) {
		return // the pages are those that were looked at on SQLite
	}
	b.run("load axe", chromedp.Evaluate(b.c.axe+"; undefined", nil))
	for _, look := range []struct {
		name  string
		width int64
		dark  bool
		rules string
	}{
		{"wide", 1440, false, `{}`},
		{"dark", 1440, true, `{runOnly: ["color-contrast"]}`},
		{"phone", 390, false, `{runOnly: ["color-contrast", "scrollable-region-focusable", "target-size", "label", "link-in-text-block"]}`},
	} {
		var text string
		script := `axe.run(document, ` + look.rules + `).then(r => JSON.stringify(r.violations))`
		b.run("axe", b.size(look.width), b.dark(look.dark), chromedp.Evaluate(script, &text,
			func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
		var found []violation
		if err := json.Unmarshal([]byte(text), &found); err != nil {
			b.t.Fatal(err)
		}
		for _, v := range found {
			b.t.Errorf("%s (%s): %s, %s: %s\n%s\n%s", b.place(), look.name, v.Impact, v.ID, v.Help, v.Nodes[0].HTML, v.Nodes[0].FailureSummary)
		}
		b.fits(look.name)
	}
	b.run("back", b.size(1440), b.dark(false))
}

// fits fails if the page is wider than its window.
func (b *tab) fits(look string) {
	b.t.Helper()
	var over float64
	b.run("the width", chromedp.Evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`, &over))
	if over > 0 {
		b.t.Errorf("%s (%s) is %v pixels too wide", b.place(), look, over)
	}
}
