package epp_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"fmt"
	"io"
	"math/big"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/front/epp"
	"example.org/dorado/test/schema"
	"example.org/dorado/test/world"
)

// A pipeListener accepts connections in memory, so that a test with synctest decides what time it is
// and sees every goroutine end.
type pipeListener struct {
	waiting chan net.Conn
	closed  chan struct{}
	shut    func()
	errors  chan error // returned by Accept before connections
}

func newPipeListener() *pipeListener {
	l := &pipeListener{waiting: make(chan net.Conn), closed: make(chan struct{}), errors: make(chan error, 10)}
	l.shut = sync.OnceFunc(func() { close(l.closed) })
	return l
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case err := <-l.errors:
		return nil, err
	default:
	}
	select {
	case c := <-l.waiting:
		return c, nil
	case err := <-l.errors:
		return nil, err
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.shut()
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// A pipeEnd is the server's end of a connection, from an address of the test's choice.
type pipeEnd struct {
	net.Conn
	from net.Addr
}

func (p pipeEnd) RemoteAddr() net.Addr { return p.from }

// A service is a Server that serves a world in the bubble of a test.
type service struct {
	t        *testing.T
	server   *epp.Server
	listener *pipeListener
	done     chan error // what Serve returned
	roots    *x509.CertPool
}

// serve begins a Server for a world, which ends with the bubble.
func serve(t *testing.T, w *world.World, changes ...func(*epp.Config)) *service {
	t.Helper()
	certificate := issue(t, nil, "epp.example", time.Hour)
	config := epp.Config{
		Service: w.Service, ServerID: "Test EPP", NewTRID: w.NewTRID, Sent: schema.Watch(t),
		Credentials: epp.Credentials{Certificates: []tls.Certificate{certificate}},
	}
	for _, change := range changes {
		change(&config)
	}
	s := &service{
		t: t, server: epp.New(config), listener: newPipeListener(), done: make(chan error, 1),
		roots: pool(certificate),
	}
	go func() { s.done <- s.server.Serve(s.listener) }()
	t.Cleanup(func() {
		if err := s.server.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// limit returns a copy of a world's policy with other limits.
func limit(w *world.World, change func(*policy.Limits)) {
	versions := append([]policy.Version(nil), w.Service.Profile.Versions...)
	for i := range versions {
		change(&versions[i].Terms.Limits)
	}
	w.Service.Profile.Versions = versions
}

// knock connects without TLS.
func (s *service) knock(from string) net.Conn {
	s.t.Helper()
	client, server := net.Pipe()
	s.t.Cleanup(func() { client.Close() })
	s.listener.waiting <- pipeEnd{server, &net.TCPAddr{IP: net.ParseIP(from), Port: 50000}}
	return client
}

// A client is a registrar's end of a connection.
type client struct {
	t    testing.TB
	raw  net.Conn
	conn *tls.Conn
}

// connect connects from 127.0.0.1 and reads the greeting.
func (s *service) connect(changes ...func(*tls.Config)) *client {
	s.t.Helper()
	return s.connectFrom("127.0.0.1", changes...)
}

func (s *service) connectFrom(from string, changes ...func(*tls.Config)) *client {
	s.t.Helper()
	c := begin(s.t, s.knock(from), s.roots, changes...)
	if greeting := c.read(); !strings.Contains(greeting, "<svID>Test EPP</svID>") {
		s.t.Fatalf("the server greets with %s", greeting)
	}
	return c
}

func begin(t testing.TB, raw net.Conn, roots *x509.CertPool, changes ...func(*tls.Config)) *client {
	config := &tls.Config{RootCAs: roots, ServerName: "epp.example"}
	for _, change := range changes {
		change(config)
	}
	return &client{t, raw, tls.Client(raw, config)}
}

// session connects and logs in.
func (s *service) session(who registry.RegistrarID) *client {
	s.t.Helper()
	c := s.connect()
	c.send(login(who))
	c.wants("1000")
	return c
}

// framed puts a header before a document.
func framed(document string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(document)+4))
	return append(b, document...)
}

func (c *client) send(document string) {
	c.t.Helper()
	c.write(framed(document))
}

func (c *client) write(b []byte) {
	c.t.Helper()
	if _, err := c.conn.Write(b); err != nil {
		c.t.Fatalf("write: %v", err)
	}
}

// read returns the next frame's document.
func (c *client) read() string {
	c.t.Helper()
	document, err := c.next()
	if err != nil {
		c.t.Fatalf("read an answer: %v", err)
	}
	return document
}

func (c *client) next() (string, error) {
	var header [4]byte
	if _, err := io.ReadFull(c.conn, header[:]); err != nil {
		return "", err
	}
	body := make([]byte, binary.BigEndian.Uint32(header[:])-4)
	_, err := io.ReadFull(c.conn, body)
	return string(body), err
}

// wants reads an answer of that result code, and returns it.
func (c *client) wants(code string) string {
	c.t.Helper()
	document := c.read()
	if got := part(`<result code="(\d+)"`, document); got != code {
		c.t.Fatalf("the answer is %s, want %s: %s", got, code, document)
	}
	return document
}

// wantsEnd holds if the server closes the connection, in TLS too, and sends nothing before.
func (c *client) wantsEnd() {
	c.t.Helper()
	if document, err := c.next(); err != io.EOF {
		c.t.Errorf("read %q and error %v, want the end of the connection", document, err)
	}
}

// wantsService holds if the session still works.
func (c *client) wantsService() {
	c.t.Helper()
	c.send(hello)
	if document := c.read(); !strings.Contains(document, "<greeting>") {
		c.t.Errorf("a hello is answered with %s", document)
	}
}

// part returns what the first group of a pattern matches.
func part(pattern, document string) string {
	match := regexp.MustCompile(pattern).FindStringSubmatch(document)
	if match == nil {
		return ""
	}
	return match[1]
}

// The frames of these tests.
const (
	hello  = `<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><hello/></epp>`
	logout = `<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><logout/><clTRID>bye</clTRID></command></epp>`

	objects = `<objURI>urn:ietf:params:xml:ns:domain-1.0</objURI><objURI>urn:ietf:params:xml:ns:host-1.0</objURI>` +
		`<objURI>urn:ietf:params:xml:ns:contact-1.0</objURI>`
)

func command(clTRID, inner string) string {
	return fmt.Sprintf(`<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command>%s<clTRID>%s</clTRID></command></epp>`,
		inner, clTRID)
}

// A loginFrame has the fields of a login in which tests change some.
type loginFrame struct{ clID, pw, newPW, version, lang, services string }

func login(who registry.RegistrarID) string {
	return goodLogin(who).String()
}

func goodLogin(who registry.RegistrarID) loginFrame {
	return loginFrame{clID: string(who), pw: world.Password, version: "1.0", lang: "en", services: objects}
}

func (l loginFrame) String() string {
	newPW := ""
	if l.newPW != "" {
		newPW = "<newPW>" + l.newPW + "</newPW>"
	}
	return command("login", fmt.Sprintf(`<login><clID>%s</clID><pw>%s</pw>%s<options><version>%s</version>`+
		`<lang>%s</lang></options><svcs>%s</svcs></login>`, l.clID, l.pw, newPW, l.version, l.lang, l.services))
}

func info(clTRID, name string) string {
	return command(clTRID, `<info><domain:info xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">`+
		`<domain:name>`+name+`</domain:name></domain:info></info>`)
}

func create(clTRID, name string) string {
	return command(clTRID, `<create><domain:create xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">`+
		`<domain:name>`+name+`</domain:name><domain:registrant>X-H1001</domain:registrant>`+
		`<domain:contact type="admin">X-H1001</domain:contact><domain:contact type="tech">X-H1001</domain:contact>`+
		`<domain:authInfo><domain:pw>domain-secret</domain:pw></domain:authInfo></domain:create></create>`)
}

// issue returns a certificate that is valid for so long, from an hour ago, signed by an issuer or by
// itself.
func issue(t testing.TB, issuer *tls.Certificate, name string, valid time.Duration) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(valid),
		IsCA: issuer == nil, BasicConstraintsValid: true,
	}
	parent, signer := template, any(key)
	if issuer != nil {
		parent, signer = issuer.Leaf, issuer.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func pool(certificates ...tls.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certificates {
		p.AddCert(c.Leaf)
	}
	return p
}
