package epp_test

import (
	"flag"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/epp"
	"example.org/dorado/test/dialogue"
	"example.org/dorado/test/world"
)

// docs/epp.md is a conversation. The test holds it in order, on one registry that has of the demo what the page
// needs; test/golden holds it with a demo.
//
// A dialogue whose answers have changed is written anew with
// go test ./front/epp -run TestDocumentedDialogue -update-dialogue, and then read.

var updateDialogue = flag.Bool("update-dialogue", false, "rewrite the answers in docs/epp.md")

const eppDocument = "../../docs/epp.md"

// Every frame of the document is answered as it says.
func TestDocumentedDialogue(t *testing.T) {
	text, blocks := dialogue.Read(t, eppDocument)
	w := newWorld(t)
	w.Do("", flow.PriceSet{Prices: []registry.NamePrice{{Name: world.Name("plata.co"), Tier: 5, Renew: 200_00}}})
	w.Do("", flow.ListingAdd{Listings: []registry.Listing{
		{Name: world.Name("dominio.co"), Kind: registry.Reserved, Reason: "the registry's own", Starts: w.Now()},
	}})
	said, fresh := 0, text
	synctest.Test(t, func(t *testing.T) {
		d := conversation{t: t, world: w, service: serve(t, w), sessions: map[string]*client{}}
		for _, b := range blocks {
			switch {
			case b.IsOperators():
				d.operate(b.Text)
			case !b.IsAnswer():
				d.say(b)
				said++
			case *updateDialogue:
				fresh = strings.Replace(fresh, b.Whole, "```xml answer\n"+dialogue.Indented(d.answer)+"```", 1)
			case !dialogue.IsAnsweredAs(b.Text, d.answer):
				t.Errorf("the answer to\n%s\nis\n%s\nand the document says\n%s", d.sent, dialogue.Indented(d.answer), b.Text)
			}
		}
	})
	if said < 40 {
		t.Errorf("the document has %d frames, want a conversation", said)
	}
	if *updateDialogue {
		if err := os.WriteFile(eppDocument, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A conversation is what registrars have said and heard.
type conversation struct {
	dialogue.Placeholders
	t            *testing.T
	world        *world.World
	service      *service
	sessions     map[string]*client
	sent, answer string
}

// operate does what the operator types.
func (d *conversation) operate(typed string) {
	d.t.Helper()
	switch {
	case strings.HasPrefix(typed, "bin/dorado epp "):
	case strings.HasPrefix(typed, "bin/dorado allocation make dominio.co "):
		d.Code = d.world.Do("", flow.AllocationMake{Name: world.Name("dominio.co")}).(flow.Allocated).Code
	case strings.HasPrefix(typed, "bin/dorado maintenance add "):
		starts := time.Date(2036, 1, 31, 2, 0, 0, 0, time.UTC)
		d.world.Do("", flow.MaintenanceAdd{Maintenance: registry.Maintenance{
			Name: "New switches", Environment: "production", Starts: starts, Ends: starts.Add(2 * time.Hour),
			Systems: []registry.MaintenanceSystem{
				{Name: "EPP", Impact: registry.ImpactFull}, {Name: "WHOIS", Impact: registry.ImpactPartial},
			},
		}})
		d.announce()
	case strings.HasPrefix(typed, "bin/dorado clock advance "):
		days, err := strconv.Atoi(part(`advance (\d+)d `, typed))
		if err != nil {
			d.t.Fatal(err)
		}
		d.world.Pass(time.Duration(days) * 24 * time.Hour)
		d.emptyQueues()
	default:
		d.t.Errorf("the test does not know how to %s", typed)
	}
}

// announce puts what has been announced into the queues, as the engine does.
func (d *conversation) announce() {
	d.t.Helper()
	for !d.world.Do("", flow.Tell{Limit: 100}).(flow.Told).Done {
	}
}

// emptyQueues acknowledges all that waits for the two registrars.
func (d *conversation) emptyQueues() {
	d.t.Helper()
	for _, who := range []registry.RegistrarID{"H1001", "H1002"} {
		for {
			reply, err := d.world.Ask(who, flow.PollRequest{})
			if err != nil {
				d.t.Fatal(err)
			}
			waits, found := reply.(flow.Polled)
			if !found {
				break
			}
			d.world.Do(who, flow.PollAck{ID: strconv.FormatInt(waits.Message.ID, 10)})
		}
	}
}

// say sends a frame on its session, a second after the one before. Whoever has none begins one, announcing all that the greeting offers, unless
// the frame is a login.
func (d *conversation) say(b dialogue.Block) {
	d.world.Pass(time.Second)
	d.sent = d.Fill(b.Text)
	c := d.sessions[b.Info]
	if c == nil {
		c = begin(d.service.t, d.service.knock("127.0.0.1"), d.service.roots)
		d.answer = c.read()
		d.sessions[b.Info] = c
		if strings.Contains(b.Text, "<hello/>") {
			return
		}
		if !strings.Contains(b.Text, "<login>") {
			c.send(loginWithAll(registry.RegistrarID(b.Registrar())))
			c.wants("1000")
		}
	}
	c.send(d.sent)
	d.answer = c.read()
	d.Hear(d.answer)
}

// loginWithAll is a login that announces every object and extension.
func loginWithAll(who registry.RegistrarID) string {
	l := goodLogin(who)
	l.services = ""
	for _, uri := range epp.ObjectURIs() {
		l.services += "<objURI>" + uri + "</objURI>"
	}
	l.services += "<svcExtension>"
	for _, uri := range epp.ExtensionURIs() {
		l.services += "<extURI>" + uri + "</extURI>"
	}
	l.services += "</svcExtension>"
	return l.String()
}

// No transaction id of a client stands twice in the document.
func TestDocumentedIDsDiffer(t *testing.T) {
	_, blocks := dialogue.Read(t, eppDocument)
	seen := map[string]bool{}
	for _, b := range blocks {
		if id := part(`<clTRID>([^<]*)<`, b.Text); id != "" && !b.IsAnswer() {
			if seen[id] {
				t.Errorf("clTRID %s stands twice", id)
			}
			seen[id] = true
		}
	}
	if len(seen) < 40 {
		t.Errorf("the document has %d ids", len(seen))
	}
}

// Every link inside the document leads to a heading, and every chapter is in the navigation, which ends with the
// first heading.
func TestDocumentedLinks(t *testing.T) {
	data, err := os.ReadFile(eppDocument)
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(string(data), "")
	anchors := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^(#{1,6}) (.+)$`).FindAllStringSubmatch(text, -1) {
		anchors[anchor(m[2])] = true
	}
	for _, m := range regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(text, -1) {
		if !anchors[m[1]] {
			t.Errorf("no heading has the anchor #%s", m[1])
		}
	}
	navigation, _, _ := strings.Cut(text, "\n## ")
	for _, m := range regexp.MustCompile(`(?m)^##+ (.+)$`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(navigation, "(#"+anchor(m[1])+")") {
			t.Errorf("the navigation lacks %q", m[1])
		}
	}
	for line := range strings.Lines(text) {
		if width := len([]rune(line)); width > 135 && !strings.HasPrefix(line, "|") {
			t.Errorf("a line of %d characters begins %.60q", width, line)
		}
	}
}

var unanchored = regexp.MustCompile(`[^\p{L}\p{N} _-]`)

// anchor is what GitHub makes of a heading.
func anchor(heading string) string {
	return strings.ReplaceAll(unanchored.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}
