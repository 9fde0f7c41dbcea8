package epp_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/epp"
	"example.org/dorado/test/world"
)

// docs/epp.md is a conversation: what a registrar sends stands in a block "xml H1001", with the registrar's
// id, and the answer in the next one, "xml answer". The test holds it in order, on one registry.
//
// A dialogue whose answers have changed is written anew with
// go test ./front/epp -run TestDocumentedDialogue -update-dialogue, and then read.

var updateDialogue = flag.Bool("update-dialogue", false, "rewrite the answers in docs/epp.md")

const eppDocument = "../../docs/epp.md"

// A block is a fenced part of the document.
type block struct{ whole, info, text string }

var fenced = regexp.MustCompile("(?ms)^```xml ([^\n]+)\n(.*?)^```$")

// Every frame of the document is answered as it says.
func TestDocumentedDialogue(t *testing.T) {
	data, err := os.ReadFile(eppDocument)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	w := newWorld(t)
	w.Contact(world.Other, "OTHER-1")
	w.Do("", flow.PriceSet{Prices: []registry.NamePrice{{Name: world.Name("oro.co"), Tier: 5, Renew: 200_00}}})
	said := 0
	synctest.Test(t, func(t *testing.T) {
		d := dialogue{service: serve(t, w), sessions: map[string]*client{}}
		for _, m := range fenced.FindAllStringSubmatch(text, -1) {
			b := block{m[0], m[1], m[2]}
			if b.info != "answer" {
				d.say(b)
				said++
				continue
			}
			if *updateDialogue {
				fresh := "```xml answer\n" + indented(d.answer) + "```"
				text = strings.Replace(text, b.whole, fresh, 1)
				continue
			}
			if !isAnsweredAs(b.text, d.answer) {
				t.Errorf("the answer to\n%s\nis\n%s\nand the document says\n%s", d.sent, indented(d.answer), b.text)
			}
		}
	})
	if said < 20 {
		t.Errorf("the document has %d frames, want a conversation", said)
	}
	if *updateDialogue {
		if err := os.WriteFile(eppDocument, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A dialogue is what registrars have said and heard.
type dialogue struct {
	service      *service
	sessions     map[string]*client
	sent, answer string
	message      string // the id of the last one that an answer had
}

// say sends a frame as a registrar, on its session, with the id of the last message in place of msgID="ID". Whoever has none begins one, announcing all that the
// greeting offers, unless the frame is a login.
func (d *dialogue) say(b block) {
	d.sent = b.text
	c := d.sessions[b.info]
	if c == nil {
		c = begin(d.service.t, d.service.knock("127.0.0.1"), d.service.roots)
		d.answer = c.read()
		d.sessions[b.info] = c
		if strings.Contains(b.text, "<hello/>") {
			return
		}
		if !strings.Contains(b.text, "<login>") {
			c.send(loginWithAll(registry.RegistrarID(b.info)))
			c.wants("1000")
		}
	}
	d.sent = strings.Replace(b.text, `msgID="ID"`, `msgID="`+d.message+`"`, 1)
	c.send(d.sent)
	d.answer = c.read()
	if id := part(`<msgQ[^>]* id="(\d+)"`, d.answer); id != "" {
		d.message = id
	}
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

var (
	declaration = regexp.MustCompile(`^<\?xml[^>]*\?>\s*`)
	gaps        = regexp.MustCompile(`>\s+<`)
	tags        = regexp.MustCompile(`<[^>]+>|[^<]+`)
	serverTRID  = regexp.MustCompile(`(<svTRID>)[^<]*(</svTRID>)`)
	messageID   = regexp.MustCompile(`(<msgQ [^>]*id=")[^"]*(")`)
)

// isAnsweredAs compares an answer with what a document says of it, in which … stands for anything.
func isAnsweredAs(documented, answer string) bool {
	var pattern strings.Builder
	for i, part := range strings.Split(flat(documented), "…") {
		if i > 0 {
			pattern.WriteString(".*")
		}
		pattern.WriteString(regexp.QuoteMeta(part))
	}
	return regexp.MustCompile("^" + pattern.String() + "$").MatchString(flat(answer))
}

// flat is a frame without its declaration and without white space between elements.
func flat(frame string) string {
	return gaps.ReplaceAllString(declaration.ReplaceAllString(strings.TrimSpace(frame), ""), "><")
}

// indented is a frame for people: an element a line, and no transaction id of the server.
func indented(frame string) string {
	parts := tags.FindAllString(messageID.ReplaceAllString(serverTRID.ReplaceAllString(flat(frame), "$1…$2"), "$1…$2"), -1)
	var b strings.Builder
	depth := 0
	for i := 0; i < len(parts); i++ {
		part := parts[i]
		switch {
		case strings.HasPrefix(part, "</"):
			depth--
			b.WriteString(strings.Repeat("  ", depth) + part + "\n")
		case strings.HasSuffix(part, "/>"):
			b.WriteString(strings.Repeat("  ", depth) + part + "\n")
		case i+2 < len(parts) && !strings.HasPrefix(parts[i+1], "<"):
			b.WriteString(strings.Repeat("  ", depth) + part + parts[i+1] + parts[i+2] + "\n")
			i += 2
		default:
			b.WriteString(strings.Repeat("  ", depth) + part + "\n")
			depth++
		}
	}
	return b.String()
}
