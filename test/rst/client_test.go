package rst

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/test/schema"
)

// patience bounds every step of the client. The longest answer is that of a lost create, after 2 s.
const patience = 30 * time.Second

// A client is one connection, as ICANN's client has them.
type client struct {
	conn     *tls.Conn
	greeting frame
	who      string // logged in, or nobody
	sent     int
	judge    func(frame []byte) // holds frames to their schemas: EPP_SCHEMA_VALIDATION_ERROR
	last     string             // the frame that came last
}

// dial connects to a service port with a client certificate, or none, and reads the greeting.
func (h *house) dial(t testing.TB, port string, certificates ...tls.Certificate) *client {
	t.Helper()
	dialer := &net.Dialer{Timeout: patience}
	conn, err := tls.DialWithDialer(dialer, "tcp", port, &tls.Config{
		ServerName: h.serverName, RootCAs: h.roots, Certificates: certificates,
	})
	if err != nil {
		t.Fatalf("EPP_TLS_CONNECTION_ERROR: %v", err)
	}
	t.Cleanup(func() { conn.Close() })
	c := &client{conn: conn, judge: schema.Watch(t)}
	c.greeting = c.next(t)
	if c.greeting.Greeting == nil {
		t.Fatalf("EPP_NO_GREETING_RECEIVED: %s", c.last)
	}
	return c
}

// session begins a session of an account with all that the greeting offers.
func (h *house) session(t testing.TB, id string) *client {
	t.Helper()
	return h.sessionAt(t, h.ports[0], id)
}

func (h *house) sessionAt(t testing.TB, port, id string) *client {
	t.Helper()
	a := h.accounts[id]
	var shown []tls.Certificate
	if a.certificate.Leaf != nil {
		shown = append(shown, a.certificate)
	}
	c := h.dial(t, port, shown...)
	if answer := c.do(t, c.login(a.id, a.password)); !answer.ok() {
		t.Fatalf("EPP_LOGIN_ERROR: %s: %s", id, answer)
	}
	c.who = a.id
	return c
}

// offers reports whether the greeting has an extension.
func (c *client) offers(uri string) bool {
	return slices.Contains(c.greeting.Greeting.ExtURIs, uri)
}

// A command is what stands in <command>: the command, and what extends it.
type command struct{ body, extension string }

// login announces all objects and extensions of the greeting, and gives the password by the Login
// Security Extension where the greeting has that. RFC 8807 section 4.1.
func (c *client) login(id, password string) command {
	var services, extensions, security string
	for _, uri := range c.greeting.Greeting.ObjURIs {
		services += element("objURI", uri)
	}
	for _, uri := range c.greeting.Greeting.ExtURIs {
		extensions += element("extURI", uri)
	}
	if extensions != "" {
		services += "<svcExtension>" + extensions + "</svcExtension>"
	}
	if c.offers(nsLoginSec) {
		security = `<loginSec:loginSec xmlns:loginSec="` + nsLoginSec + `"><loginSec:userAgent><loginSec:app>RST</loginSec:app>` +
			`</loginSec:userAgent>` + element("loginSec:pw", password) + `</loginSec:loginSec>`
		password = "[LOGIN-SECURITY]"
	}
	return command{"<login>" + element("clID", id) + element("pw", password) +
		"<options><version>1.0</version><lang>en</lang></options><svcs>" + services + "</svcs></login>", security}
}

// do sends a command and reads its answer.
func (c *client) do(t testing.TB, cmd command) frame {
	t.Helper()
	c.sent++
	extension := cmd.extension
	if extension != "" {
		extension = "<extension>" + extension + "</extension>"
	}
	trID := fmt.Sprintf("RST-%05d", c.sent)
	c.send(t, `<?xml version="1.0" encoding="UTF-8" standalone="no"?><epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command>`+
		cmd.body+extension+element("clTRID", trID)+"</command></epp>")
	answer := c.next(t)
	switch {
	case len(answer.Results) != 1:
		t.Fatalf("EPP_SCHEMA_VALIDATION_ERROR: the answer has %d results: %s", len(answer.Results), c.last)
	case answer.code() == 2400 || answer.code() == 2500:
		t.Errorf("EPP_GENERIC_COMMAND_ERROR: %s for %s", answer, cmd.body)
	case answer.ClTRID != trID && answer.code() != 2001:
		t.Errorf("the answer is for %q, want %q: %s", answer.ClTRID, trID, c.last)
	}
	return answer
}

// accepts sends a command that has to succeed; what is ICANN's name for the opposite.
func (c *client) accepts(t testing.TB, what string, cmd command) frame {
	t.Helper()
	answer := c.do(t, cmd)
	if !answer.ok() {
		t.Fatalf("%s: refused with %s: %s", what, answer, cmd.body+cmd.extension)
	}
	return answer
}

// refuses sends a command that has to be refused; what is ICANN's name for the opposite.
func (c *client) refuses(t testing.TB, what string, cmd command) frame {
	t.Helper()
	answer := c.do(t, cmd)
	if answer.ok() {
		t.Errorf("%s: accepted with %s: %s", what, answer, cmd.body+cmd.extension)
	}
	if slices.Contains(unrelated(), answer.code()) {
		t.Errorf("%s: refused for another reason, %s: %s", what, answer, cmd.body+cmd.extension)
	}
	return answer
}

// unrelated are the codes of refusals that no value of a command is to blame for: what it needs is
// missing, the registrar may not or cannot pay, or the name is taken. RFC 5730 section 3.
func unrelated() []int {
	return []int{2000, 2002, 2101, 2103, 2104, 2200, 2302, 2307, 2308, 2400, 2500, 2501, 2502}
}

// refusesAs is refuses with the one result code that is right.
func (c *client) refusesAs(t testing.TB, what string, code int, cmd command) {
	t.Helper()
	if answer := c.do(t, cmd); answer.code() != code {
		t.Errorf("%s: answered with %s, want %d: %s", what, answer, code, cmd.body+cmd.extension)
	}
}

// hello asks for the greeting again.
func (c *client) hello(t testing.TB) frame {
	t.Helper()
	c.send(t, `<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><hello/></epp>`)
	return c.next(t)
}

func (c *client) send(t testing.TB, document string) {
	t.Helper()
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(len(document)+4))
	if _, err := c.conn.Write(append(b, document...)); err != nil {
		t.Fatalf("send: %v", err)
	}
}

// next reads a frame. RFC 5734 section 4.
func (c *client) next(t testing.TB) frame {
	t.Helper()
	var header [4]byte
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c.conn, header[:]); err != nil {
		t.Fatalf("read an answer: %v", err)
	}
	const longest = 1 << 20
	length := binary.BigEndian.Uint32(header[:])
	if length < 4 || length > longest {
		t.Fatalf("an answer says that it has %d octets", length)
	}
	document := make([]byte, length-4)
	if _, err := io.ReadFull(c.conn, document); err != nil {
		t.Fatalf("read an answer: %v", err)
	}
	c.judge(document)
	c.last = string(document)
	var f frame
	if err := xml.NewDecoder(bytes.NewReader(document)).Decode(&f); err != nil {
		t.Fatalf("EPP_XML_PARSE_ERROR: %v: %s", err, document)
	}
	return f
}

// close ends the session in order.
func (c *client) close() { c.conn.Close() }

// element writes an element with a text.
func element(name, text string) string {
	return "<" + name + ">" + escaped(text) + "</" + bare(name) + ">"
}

// bare is the name of an element without its attributes.
func bare(name string) string {
	name, _, _ = strings.Cut(name, " ")
	return name
}

func escaped(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		panic(err) // a Builder takes everything
	}
	return b.String()
}
