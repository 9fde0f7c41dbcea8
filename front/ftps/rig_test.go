package ftps_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"example.org/dorado/front/ftps"
)

// A rig is a server with files, a certificate that clients can verify, and one login.
type rig struct {
	t       testing.TB
	server  *ftps.Server
	address string
	port    string
	ca      string // a PEM file
	roots   *x509.CertPool
}

// The login of a rig.
const (
	id       = "H1001"
	password = "Files-1234"
)

// files are what the login of a rig sees.
func files() fstest.MapFS {
	at := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)
	large := strings.Repeat("a line of a large file, which takes several pieces\n", 40_000)
	return fstest.MapFS{
		"prices/co.csv":                     {Data: []byte("domain,type,amount_usd\ngold.co,Registration,500.00\n"), ModTime: at},
		"droplist/co.csv":                   {Data: []byte("Domain_Name,Date_Entered,Date_Leaves,Date_Purged\n"), ModTime: at},
		"lordn/co.txt.gz":                   {Data: []byte(large), ModTime: at},
		"transactions/daily/2026-03-01.csv": {Data: []byte("Timestamp,Domain\n"), ModTime: at},
		"transactions/weekly/2026-09.csv":   {Data: []byte("Timestamp,Domain\n"), ModTime: at},
	}
}

// login admits who has the password.
func login(_ context.Context, who, pw string, _ netip.Addr) (fs.FS, error) {
	if who != id || pw != password {
		return nil, ftps.Refused{Reason: "The id or the password is wrong."}
	}
	return files(), nil
}

// newRig serves files with a configuration that change has changed.
func newRig(t testing.TB, change func(*ftps.Config)) *rig {
	t.Helper()
	pair, pool, path := certificate(t)
	config := ftps.Config{
		Login: login, Certificate: func() *tls.Certificate { return pair },
		Limits: ftps.Limits{RefusalTime: time.Millisecond}, Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&config)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, server: ftps.New(config), address: l.Addr().String(), ca: path, roots: pool}
	_, r.port, _ = net.SplitHostPort(r.address)
	served := make(chan error, 1)
	go func() { served <- r.server.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = r.server.Shutdown(ctx)
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return r
}

// certificate makes one for this machine.
func certificate(t testing.TB) (*tls.Certificate, *x509.CertPool, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "files"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, pool, path
}

// A client speaks the protocol line by line.
type client struct {
	r    *rig
	conn net.Conn
	in   *bufio.Reader
	tls  *tls.Config
}

// dial connects, in the clear.
func (r *rig) dial() *client {
	r.t.Helper()
	conn, err := net.Dial("tcp", r.address)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	c := &client{r: r, conn: conn, in: bufio.NewReader(conn), tls: &tls.Config{
		RootCAs: r.roots, ServerName: "127.0.0.1", ClientSessionCache: tls.NewLRUClientSessionCache(100),
	}}
	return c
}

// secured connects and begins TLS.
func (r *rig) secured() *client {
	r.t.Helper()
	c := r.dial()
	c.want("220")
	c.say("AUTH TLS", "234")
	conn := tls.Client(c.conn, c.tls)
	if err := conn.Handshake(); err != nil {
		r.t.Fatal(err)
	}
	c.conn, c.in = conn, bufio.NewReader(conn)
	return c
}

// in logs in, and has data go over TLS.
func (r *rig) in() *client {
	r.t.Helper()
	c := r.secured()
	c.say("USER "+id, "331")
	c.say("PASS "+password, "230")
	c.say("PBSZ 0", "200")
	c.say("PROT P", "200")
	return c
}

// reply reads a whole reply.
func (c *client) reply() string {
	c.r.t.Helper()
	text := ""
	for {
		line, err := c.in.ReadString('\n')
		text += line
		if err != nil {
			return text + "(" + err.Error() + ")"
		}
		if len(line) > 3 && line[3] == ' ' && line[0] != ' ' {
			return text
		}
	}
}

// want reads a reply that begins with a code.
func (c *client) want(code string) string {
	c.r.t.Helper()
	reply := c.reply()
	if !strings.HasPrefix(reply, code) {
		c.r.t.Fatalf("the reply is %q, want %s", reply, code)
	}
	return reply
}

// send sends a command.
func (c *client) send(command string) {
	c.r.t.Helper()
	if _, err := io.WriteString(c.conn, command+"\r\n"); err != nil {
		c.r.t.Fatal(err)
	}
}

// say sends a command and wants a code.
func (c *client) say(command, code string) string {
	c.r.t.Helper()
	c.send(command)
	reply := c.reply()
	if !strings.HasPrefix(reply, code) {
		c.r.t.Fatalf("%s is answered %q, want %s", command, reply, code)
	}
	return reply
}

// passive opens a data connection, in the clear.
func (c *client) passive() net.Conn {
	c.r.t.Helper()
	reply := c.say("EPSV", "229")
	var port int
	if _, err := fmt.Sscanf(reply[strings.Index(reply, "(|||"):], "(|||%d|)", &port); err != nil {
		c.r.t.Fatalf("%q: %v", reply, err)
	}
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", fmt.Sprint(port)))
	if err != nil {
		c.r.t.Fatal(err)
	}
	c.r.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn
}

// fetch has a command's data sent.
func (c *client) fetch(command string) string {
	c.r.t.Helper()
	raw := c.passive()
	c.say(command, "150")
	conn := tls.Client(raw, c.tls)
	data, err := io.ReadAll(conn)
	if err != nil {
		c.r.t.Fatalf("%s: %v", command, err)
	}
	_ = conn.Close()
	c.want("226")
	return string(data)
}
