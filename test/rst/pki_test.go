package rst

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// certify gives the registry a certificate as one of a public authority is: signed by an intermediate
// authority, which the server has to show with it.
func (h *house) certify(t testing.TB) {
	t.Helper()
	root := issue(t, nil, &x509.Certificate{Subject: pkix.Name{CommonName: "RST Root"}, IsCA: true, BasicConstraintsValid: true})
	between := issue(t, &root, &x509.Certificate{Subject: pkix.Name{CommonName: "RST Intermediate"}, IsCA: true, BasicConstraintsValid: true})
	leaf := issue(t, &between, &x509.Certificate{
		Subject: pkix.Name{CommonName: hostName}, DNSNames: []string{hostName},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	h.roots = x509.NewCertPool()
	h.roots.AddCert(root.Leaf)
	h.rootFile = filepath.Join(filepath.Dir(h.dir), "root.pem")
	writePEM(t, h.rootFile, "CERTIFICATE", root.Certificate[0])
	writePEM(t, filepath.Join(h.dir, "server.pem"), "CERTIFICATE", leaf.Certificate[0], between.Certificate[0])
	key, err := x509.MarshalPKCS8PrivateKey(leaf.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, filepath.Join(h.dir, "server.key"), "PRIVATE KEY", key)
}

// selfSigned returns a client's certificate.
func selfSigned(t testing.TB, name string) tls.Certificate {
	t.Helper()
	return issue(t, nil, &x509.Certificate{Subject: pkix.Name{CommonName: name}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
}

// issue signs a certificate, by itself if there is no issuer.
func issue(t testing.TB, issuer *tls.Certificate, template *x509.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = serial
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	parent, signer := template, crypto.PrivateKey(key)
	if issuer != nil {
		parent, signer = issuer.Leaf, issuer.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// writePEM writes blocks of one kind to a file that only we read.
func writePEM(t testing.TB, path, kind string, blocks ...[]byte) {
	t.Helper()
	var text []byte
	for _, b := range blocks {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b})...)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
