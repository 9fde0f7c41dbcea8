package world

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"sync"
	"time"

	"example.org/dorado/flow"
)

// Authority returns the authority for client certificates of every world, which is good from 2020 to 2060.
var Authority = sync.OnceValue(func() *flow.ClientAuthority {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte("auth"), ed25519.SeedSize/4))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "A registry's authority"},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return &flow.ClientAuthority{Chain: []*x509.Certificate{root}, Key: key}
})

// ClientKey is the key of the certificates and requests of this file.
func ClientKey() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte("mine"), ed25519.SeedSize/4))
}

// CertificateRequest returns a request for a certificate as PEM, which asks for a name of its own.
func CertificateRequest(name string) string {
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}}, ClientKey())
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
}

// Certificate returns a certificate as PEM that has signed itself and ends at an instant.
func Certificate(name string, ends time.Time) string {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(ends.Unix()), Subject: pkix.Name{CommonName: name}, NotBefore: ends.AddDate(-1, 0, 0), NotAfter: ends,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, ClientKey().Public(), ClientKey())
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
