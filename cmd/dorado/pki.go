package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"time"
)

// How long certificates of our own last: the authority as long as a registry may run untouched,
// the others two years, so that renewing them stays a habit.
const (
	authorityYears   = 20
	certificateYears = 2
	// backdated lets a client whose clock is slow accept a new certificate.
	backdated = time.Hour
)

// An authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// A keyPair is a certificate and its key, both in PEM.
type keyPair struct{ certificate, key []byte }

// newAuthority makes an authority with a key of its own.
func newAuthority(name string) (authority, keyPair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, keyPair{}, err
	}
	template, err := certificateFor(name, authorityYears)
	if err != nil {
		return authority{}, keyPair{}, err
	}
	template.IsCA, template.MaxPathLenZero = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	pair, err := sign(template, authority{template, key}, key)
	if err != nil {
		return authority{}, keyPair{}, err
	}
	a, err := readAuthority(pair)
	return a, pair, err
}

// readAuthority reads an authority that newAuthority made.
func readAuthority(pair keyPair) (authority, error) {
	loaded, err := tls.X509KeyPair(pair.certificate, pair.key)
	if err != nil {
		return authority{}, err
	}
	key, ok := loaded.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return authority{}, errors.New("the authority's key is not ECDSA")
	}
	return authority{loaded.Leaf, key}, nil
}

// server returns a certificate for the hosts, which are names or addresses.
func (a authority) server(hosts []string) (keyPair, error) {
	template, err := certificateFor(hosts[0], certificateYears)
	if err != nil {
		return keyPair{}, err
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
			continue
		}
		template.DNSNames = append(template.DNSNames, host)
	}
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	return a.issue(template)
}

// client returns a certificate for a registrar.
func (a authority) client(id string) (keyPair, error) {
	template, err := certificateFor(id, certificateYears)
	if err != nil {
		return keyPair{}, err
	}
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return a.issue(template)
}

func (a authority) issue(template *x509.Certificate) (keyPair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return keyPair{}, err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	return sign(template, a, key)
}

func certificateFor(name string, years int) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)) // RFC 5280 section 4.1.2.2: at most 20 octets
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-backdated), NotAfter: now.AddDate(years, 0, 0),
		BasicConstraintsValid: true,
	}, nil
}

func sign(template *x509.Certificate, by authority, key *ecdsa.PrivateKey) (keyPair, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, by.certificate, key.Public(), by.key)
	if err != nil {
		return keyPair{}, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return keyPair{}, err
	}
	return keyPair{
		certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		key:         pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
	}, nil
}

// fingerprint returns the SHA-256 of the first certificate of a PEM text, in lower-case hex.
func fingerprint(certificate []byte) (string, error) {
	block, _ := pem.Decode(certificate)
	if block == nil || block.Type != "CERTIFICATE" {
		return "", errors.New("this is no certificate in PEM")
	}
	if _, err := x509.ParseCertificate(block.Bytes); err != nil {
		return "", err
	}
	sum := sha256.Sum256(block.Bytes)
	return hex.EncodeToString(sum[:]), nil
}

// loadPool reads the certificates of a PEM file.
func loadPool(path string) (*x509.CertPool, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s has no certificate in PEM", path)
	}
	return pool, nil
}
