package epp

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"time"
)

// Credentials are what the server shows, and whom it believes.
type Credentials struct {
	Certificates []tls.Certificate
	// ClientCAs sign the client certificates that count; nil if any may have signed them. A
	// self-signed one always counts, since the registry knows it by its fingerprint. Manual 9.6.
	ClientCAs *x509.CertPool
}

// A handshake is Credentials with the TLS configuration that follows from them.
type handshake struct {
	config    *tls.Config
	clientCAs *x509.CertPool
}

// newHandshake allows TLS 1.2 and 1.3, and of 1.2 what has forward secrecy and authenticated
// encryption. Decisions 4.1, RFC 9325 section 4.2.
//
// A client certificate is asked for and never required. ClientCAs of tls.Config stays empty, because
// it names the authorities to the client, and a client with a self-signed certificate would then
// send none.
func newHandshake(c Credentials) *handshake {
	return &handshake{
		clientCAs: c.ClientCAs,
		config: &tls.Config{
			Certificates: c.Certificates,
			MinVersion:   tls.VersionTLS12,
			ClientAuth:   tls.RequestClientCert,
			CipherSuites: []uint16{
				tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
				tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
				tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
			},
			// Small first records help a browser to begin early; an answer is read as a whole,
			// and they would make several writes of one.
			DynamicRecordSizingDisabled: true,
		},
	}
}

// fingerprint returns the SHA-256 fingerprint of a client certificate in lower-case hex, empty if
// there is no certificate, or says why the certificate does not count.
//
// The connection goes on without one that does not count: a certificate is optional, so one that
// expired must not keep out a registrar whose address is on its list, nor let anybody in.
func (h *handshake) fingerprint(chain []*x509.Certificate, now time.Time) (string, error) {
	if len(chain) == 0 {
		return "", nil
	}
	leaf := chain[0]
	sum := sha256.Sum256(leaf.Raw)
	fingerprint := hex.EncodeToString(sum[:])
	switch {
	case now.After(leaf.NotAfter):
		return "", fmt.Errorf("client certificate %s has expired at %s", fingerprint, leaf.NotAfter.Format(time.RFC3339))
	case now.Before(leaf.NotBefore):
		return "", fmt.Errorf("client certificate %s is not valid before %s", fingerprint, leaf.NotBefore.Format(time.RFC3339))
	case h.clientCAs == nil || bytes.Equal(leaf.RawIssuer, leaf.RawSubject):
		return fingerprint, nil
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	// Certificates bought for a web server are common among registrars, so any usage will do.
	_, err := leaf.Verify(x509.VerifyOptions{
		Roots: h.clientCAs, Intermediates: between, CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return "", fmt.Errorf("client certificate %s: %w", fingerprint, err)
	}
	return fingerprint, nil
}
