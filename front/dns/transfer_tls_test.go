package dns_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/front/dns"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/secondary"
)

// newCertificate returns a certificate for localhost that is its own authority.
func newCertificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// A tlsPrimary has the secondaries "open", who has to use TLS, and "known", who has to show a certificate too.
type tlsPrimary struct {
	*dns.Primary
	tlsAddress  string
	authority   string // file
	trust       *tls.Config
	certificate tls.Certificate // of "known"
	open, known dns.Key
}

func newTLSPrimary(t testing.TB, more ...dns.Secondary) *tlsPrimary {
	t.Helper()
	own := newCertificate(t)
	p := &tlsPrimary{certificate: newCertificate(t), open: aKey(t, "hmac-sha256"), known: aKey(t, "hmac-sha512")}
	sum := sha256.Sum256(p.certificate.Certificate[0])
	p.Primary = dns.NewPrimary(t, dns.Transfer{Secondaries: append(more,
		dns.Secondary{Name: "open", Key: p.open, TLS: true}, dns.Secondary{Name: "known", Key: p.known, Certificate: &sum})})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.tlsAddress = l.Addr().String()
	go func() { _ = p.ServeTLS(l, &tls.Config{Certificates: []tls.Certificate{own}}) }() // until the primary ends
	p.authority = filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[0]})
	if err := os.WriteFile(p.authority, text, 0o600); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(own.Leaf)
	p.trust = &tls.Config{RootCAs: roots, ServerName: "localhost"}
	return p
}

// A secondary that has to transfer over TLS does so, and one that has to show a certificate shows it; else both are
// refused. RFC 9103.
func TestTransferOverTLS(t *testing.T) {
	p := newTLSPrimary(t)
	publishFirst(t, p.Primary, 200)
	origin := zoneName(t, "test")
	want := recordsOf(t, p.Version(origin))
	shows := p.trust.Clone()
	shows.Certificates = []tls.Certificate{p.certificate}
	other := p.trust.Clone()
	other.Certificates = []tls.Certificate{newCertificate(t)}
	for _, test := range []struct {
		name   string
		server string
		key    dns.Key
		tls    *tls.Config
		refuse bool
	}{
		{"over TLS", p.tlsAddress, p.open, p.trust, false},
		{"over TCP", p.Address, p.open, nil, true},
		{"with a certificate", p.tlsAddress, p.known, shows, false},
		{"without", p.tlsAddress, p.known, p.trust, true},
		{"with another one", p.tlsAddress, p.known, other, true},
		{"over TCP, with none", p.Address, p.known, nil, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := fetch(t, dns.Fetch{Server: test.server, Zone: origin, Key: &test.key, TLS: test.tls})
			switch {
			case test.refuse && (err == nil || !strings.Contains(err.Error(), "REFUSED")):
				t.Errorf("%v, want REFUSED", err)
			case !test.refuse && err != nil:
				t.Error(err)
			case !test.refuse:
				compareRecords(t, append(got, got[0]), want)
			}
		})
	}
	if c := p.TransferCounts(); c.Foreign != 4 || c.Full != 2 {
		t.Errorf("counts %+v", c)
	}
	config := p.trust.Clone()
	config.NextProtos = []string{"h2"}
	if conn, err := tls.Dial("tcp", p.tlsAddress, config); err == nil {
		t.Errorf("another protocol is taken: %q", conn.ConnectionState().NegotiatedProtocol)
	}
}

// kdig transfers over TLS, and NSD follows over it.
func TestOthersTransferOverTLS(t *testing.T) {
	at := secondary.Address(t)
	key := aKey(t, "hmac-sha384")
	p := newTLSPrimary(t, dns.Secondary{Name: "nsd", Key: key, Notify: at, TLS: true})
	changes := publishFirst(t, p.Primary, 200)
	origin := zoneName(t, "test")
	host, port, _ := strings.Cut(p.tlsAddress, ":")
	out, err := exec.Command(peer.Need(t, "kdig"), "@"+host, "-p", port, "+tls-ca="+p.authority, "+tls-hostname=localhost",
		"-y", p.open.String(), "test", "AXFR").CombinedOutput()
	if err != nil || strings.Count(string(out), "\n") < len(recordsOf(t, p.Version(origin))) {
		t.Errorf("kdig: %v\n%s", err, out)
	}
	secondary.Start(t, "nsd", at, secondary.Primary{
		Address: p.Address, TLS: p.tlsAddress, Authority: p.authority, Key: key.String(), Zones: []string{"test"},
	})
	p.Follow(t, origin)
	for serial := uint32(2); serial <= 3; serial++ {
		v := p.Publish(t, origin, serial, changes.Next())
		awaitSerial(t, p.Primary, "nsd", v.Serial())
		equalAt(t, "nsd", dns.Fetch{Server: at.String(), Zone: origin, Key: &key}, v)
	}
}

// awaitSerial waits until a secondary is seen to serve a serial.
func awaitSerial(t testing.TB, p *dns.Primary, name string, serial uint32) {
	t.Helper()
	eventually(t, func() bool {
		return slices.ContainsFunc(p.Seen(), func(s dns.Seen) bool { return s.Secondary == name && s.Serial == serial })
	})
}
