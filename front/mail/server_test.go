package mail

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A server is an SMTP server on 127.0.0.1 that says what a test wants.
type server struct {
	t     *testing.T
	tls   *tls.Config // it offers STARTTLS, or begins with TLS if implicit
	roots *x509.CertPool

	implicit bool
	auth     bool // it offers PLAIN to user "dorado", password "secret", on encrypted connections

	// answer returns what the server says to a verb and its line, "" for what it would say itself, and hangUp to
	// end the connection. The verb "GREETING" is before the first, "." the end of a message.
	answer func(verb, line string) string

	socket net.Listener
	mu     sync.Mutex
	took   []taken // guarded by mu, as answer is called under it
}

const hangUp = "hang up"

// A taken is a message that a server took.
type taken struct{ to, data string }

// start lets the server listen on an address, ":0" for any port.
func (s *server) start(address string) {
	s.t.Helper()
	var err error
	if s.socket, err = net.Listen("tcp", address); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { s.socket.Close() })
	go func() {
		for {
			conn, err := s.socket.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
}

// newServer starts a server.
func newServer(t *testing.T, edit func(*server)) *server {
	t.Helper()
	s := &server{t: t}
	s.tls, s.roots = certificate(t)
	edit(s)
	s.start("127.0.0.1:0")
	return s
}

// client returns how to reach the server.
func (s *server) client(mode TLSMode) SMTP {
	host, port, _ := net.SplitHostPort(s.socket.Addr().String())
	number, _ := strconv.Atoi(port)
	return SMTP{Host: host, Port: number, TLS: mode, Roots: s.roots, Hello: "registry.example", Patience: 10 * time.Second}
}

func (s *server) messages() []taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]taken(nil), s.took...)
}

// certificate returns a certificate for 127.0.0.1 and who trusts it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}

// A conversation is one connection to a server.
type conversation struct {
	*server
	conn      net.Conn
	in        *bufio.Reader
	encrypted bool
	to, said  string
}

func (s *server) serve(conn net.Conn) {
	c := &conversation{server: s, conn: conn}
	defer func() { c.conn.Close() }()
	if s.implicit {
		c.encrypt()
	}
	c.in = bufio.NewReader(c.conn)
	if !c.say("GREETING", "", "220 mail.example ESMTP") {
		return
	}
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb, rest, _ := strings.Cut(line, " ")
		if !c.obey(strings.ToUpper(verb), rest) {
			return
		}
	}
}

func (c *conversation) encrypt() {
	c.conn, c.encrypted = tls.Server(c.conn, c.tls), true
	c.in = bufio.NewReader(c.conn)
}

// say answers, as the test wants or in the usual way, and reports whether the conversation goes on.
func (c *conversation) say(verb, line, usual string) bool {
	says := usual
	c.mu.Lock()
	if c.answer != nil {
		if own := c.answer(verb, line); own != "" {
			says = own
		}
	}
	c.mu.Unlock()
	if c.said = says; says == hangUp {
		return false
	}
	_, err := c.conn.Write([]byte(says + "\r\n"))
	return err == nil && !strings.HasPrefix(says, "421") && verb != "QUIT"
}

func (c *conversation) obey(verb, rest string) bool {
	switch verb {
	case "EHLO":
		says := "250-mail.example\r\n250-8BITMIME"
		if c.tls != nil && !c.encrypted {
			says += "\r\n250-STARTTLS"
		}
		if c.auth && c.encrypted {
			says += "\r\n250-AUTH PLAIN"
		}
		return c.say(verb, rest, says+"\r\n250 PIPELINING")
	case "STARTTLS":
		on := c.say(verb, rest, "220 go ahead")
		c.encrypt()
		return on
	case "AUTH":
		said, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
		if string(said) != "\x00dorado\x00secret" {
			return c.say(verb, rest, "535 5.7.8 wrong")
		}
		return c.say(verb, rest, "235 welcome")
	case "RCPT":
		c.to = strings.Trim(strings.TrimPrefix(rest, "TO:"), "<>")
		return c.say(verb, rest, "250 ok")
	case "DATA":
		return c.say(verb, rest, "354 go ahead") && (!strings.HasPrefix(c.said, "354") || c.message())
	case "QUIT":
		return c.say(verb, rest, "221 bye")
	}
	return c.say(verb, rest, "250 ok")
}

// message reads one to its end, and takes it if the answer says so.
func (c *conversation) message() bool {
	var data strings.Builder
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		data.WriteString(line)
	}
	c.mu.Lock()
	says := ""
	if c.answer != nil {
		says = c.answer(".", data.String())
	}
	if says == "" || strings.HasPrefix(says, "250") {
		c.took = append(c.took, taken{c.to, data.String()})
	}
	c.mu.Unlock()
	if says == hangUp {
		return false
	}
	if says == "" {
		says = "250 taken"
	}
	_, err := c.conn.Write([]byte(says + "\r\n"))
	return err == nil
}
