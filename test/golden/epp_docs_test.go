package golden

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/dorado/test/demo"
	"example.org/dorado/test/dialogue"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
)

// docs/epp.md works as it stands in a fresh demo: every frame is sent, every command typed, and what is answered
// differs from the page in nothing but ids and instants.
func TestEPPDocument(t *testing.T) {
	pg.Same(t)
	_, blocks := dialogue.Read(t, filepath.Join(peer.Root(t), "docs", "epp.md"))
	d := reader{t: t, registry: demo.Start(t), sessions: map[string]*eppSession{}, dates: map[string]string{}}
	for _, b := range blocks {
		switch {
		case b.IsOperators():
			d.operate(b.Text)
		case !b.IsAnswer():
			d.say(b)
		default:
			d.compare(b.Text)
		}
	}
	if len(d.dates) == 0 {
		t.Error("no date was compared")
	}
}

// A reader follows the document.
type reader struct {
	dialogue.Placeholders
	t            *testing.T
	registry     demo.Registry
	sessions     map[string]*eppSession
	dates        map[string]string // the day in the document: the day in the demo
	everything   string            // svcs of a login that announces all that the greeting offers
	sent, answer string
}

var madeCode = regexp.MustCompile(`shown only now: (\S+)`)

// operate types a command of the document.
func (d *reader) operate(typed string) {
	d.t.Helper()
	typed = strings.NewReplacer("bin/dorado", d.registry.Program, "--dir demo", "--dir "+d.registry.Dir).Replace(typed)
	out, err := shell(d.t, d.t.TempDir(), typed)
	if err != nil {
		d.t.Fatalf("%s: %v\n%s", typed, err, out)
	}
	if strings.Contains(typed, " clock advance ") { // which tells registrars much that the document is not about
		d.emptyQueues()
	}
	if m := madeCode.FindStringSubmatch(out); m != nil {
		d.Code = m[1]
	}
}

// emptyQueues acknowledges all that waits for the registrars.
func (d *reader) emptyQueues() {
	d.t.Helper()
	for _, r := range d.registry.Production.Registrars {
		s := d.connect()
		d.login(s, r.ID)
		for {
			d.Hear(s.ask(d.t, pollFrame(`op="req"`)))
			if answer := s.ask(d.t, d.Fill(pollFrame(`op="ack" msgID="ID"`))); !strings.Contains(answer, `code="1000"`) {
				break
			}
		}
	}
}

func pollFrame(attributes string) string {
	return `<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><poll ` + attributes + `/></command></epp>`
}

var (
	objURI = regexp.MustCompile(`<objURI>[^<]*</objURI>`)
	extURI = regexp.MustCompile(`<extURI>[^<]*</extURI>`)
)

// say sends a frame with what it leaves to the reader.
func (d *reader) say(b dialogue.Block) {
	d.t.Helper()
	s := d.sessions[b.Info]
	if s == nil {
		s = d.connect()
		d.sessions[b.Info] = s
		d.everything = "<svcs>" + strings.Join(objURI.FindAllString(s.greeting, -1), "") + "<svcExtension>" +
			strings.Join(extURI.FindAllString(s.greeting, -1), "") + "</svcExtension></svcs>"
		if !strings.Contains(b.Text, "<hello/>") && !strings.Contains(b.Text, "<login>") {
			d.login(s, b.Registrar())
		}
	}
	d.sent = strings.ReplaceAll(d.Fill(b.Text), ">Abcd1234<", ">"+d.password(b.Registrar())+"<")
	for documented, day := range d.dates {
		d.sent = strings.ReplaceAll(d.sent, documented, day)
	}
	eventually(d.t, b.Text, func() (string, bool) { // what is announced to everybody is in a queue a moment later
		d.answer = s.ask(d.t, d.sent)
		return d.answer, !strings.Contains(d.sent, `<poll op="req"`) || !strings.Contains(d.answer, `code="1300"`)
	})
	d.Hear(d.answer)
}

func (d *reader) login(s *eppSession, who string) {
	d.t.Helper()
	answer := s.ask(d.t, `<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><login><clID>`+who+"</clID><pw>"+d.password(who)+
		"</pw><options><version>1.0</version><lang>en</lang></options>"+d.everything+"</login></command></epp>")
	if !strings.Contains(answer, `code="1000"`) {
		d.t.Fatalf("the login of %s: %s", who, answer)
	}
}

func (d *reader) password(who string) string {
	for _, r := range d.registry.Production.Registrars {
		if r.ID == who {
			return r.EPPPassword
		}
	}
	d.t.Fatalf("the demo has no registrar %s", who)
	return ""
}

var (
	endDay = regexp.MustCompile(`<domain:exDate>(\d{4}-\d\d-\d\d)T`)
	// variable is what differs between two registries: instants, days, ROIDs, how long ago something was.
	variable = regexp.MustCompile(`\d{4}-\d\d-\d\d(T[0-9:.]+Z)?|\b[CDH]\d+-CO\b|duration="[^"]*"`)
)

// compare holds what the demo answered to the document.
func (d *reader) compare(documented string) {
	d.t.Helper()
	if here, there := endDay.FindStringSubmatch(documented), endDay.FindStringSubmatch(d.answer); here != nil && there != nil {
		d.dates[here[1]] = there[1]
	}
	if !dialogue.IsAnsweredAs(variable.ReplaceAllString(documented, "…"), d.answer) {
		d.t.Errorf("a demo answers\n%s\nwith\n%s\nand the document says\n%s", d.sent, dialogue.Indented(d.answer), documented)
	}
}

// An eppSession is a connection to the demo. RFC 5734.
type eppSession struct {
	conn     *tls.Conn
	in       *bufio.Reader
	greeting string
}

func (d *reader) connect() *eppSession {
	d.t.Helper()
	pem, err := os.ReadFile(filepath.Join(d.registry.Dir, d.registry.CA))
	if err != nil {
		d.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		d.t.Fatal("the demo's authority has no certificate")
	}
	conn, err := tls.Dial("tcp", d.registry.Production.EPP, &tls.Config{RootCAs: roots})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { conn.Close() })
	s := &eppSession{conn: conn, in: bufio.NewReader(conn)}
	s.greeting = s.read(d.t)
	return s
}

// ask sends a frame and reads what comes.
func (s *eppSession) ask(t *testing.T, frame string) string {
	t.Helper()
	if _, err := s.conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(frame)+4)), frame...)); err != nil {
		t.Fatal(err)
	}
	return s.read(t)
}

func (s *eppSession) read(t *testing.T) string {
	t.Helper()
	if err := s.conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	var header [4]byte
	if _, err := io.ReadFull(s.in, header[:]); err != nil {
		t.Fatal(err)
	}
	frame := make([]byte, binary.BigEndian.Uint32(header[:])-4)
	if _, err := io.ReadFull(s.in, frame); err != nil {
		t.Fatal(err)
	}
	return string(frame)
}
