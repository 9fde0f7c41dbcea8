package main

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"example.org/dorado/flow"
)

// loadIssuer reads the authority that issues client certificates to registrars. Without a key there is none: an operator
// may keep it elsewhere, and sign with other tools.
func loadIssuer(dir string, c tlsConfig, log *slog.Logger) (*flow.ClientAuthority, error) {
	if c.IssuerKey == "" || c.Issuer == "" {
		return nil, nil
	}
	path := inDir(dir, c.IssuerKey)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		log.Info("no client certificates are issued: there is no key for it", "tls.issuer_key", path)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("tls.issuer_key: %w", plain(err))
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("tls.issuer_key: others can read %s, and issue certificates with it; chmod 600 it", path)
	}
	a, err := readIssuer(inDir(dir, c.Issuer), path)
	if err != nil {
		return nil, fmt.Errorf("tls.issuer: %w", err)
	}
	return a, nil
}

// readIssuer reads an authority from the files of its certificates and its key.
func readIssuer(certificates, key string) (*flow.ClientAuthority, error) {
	pair, err := tls.LoadX509KeyPair(certificates, key)
	if err != nil {
		return nil, err
	}
	a := &flow.ClientAuthority{}
	for _, der := range pair.Certificate {
		k, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		a.Chain = append(a.Chain, k)
	}
	if !a.Chain[0].IsCA || a.Chain[0].KeyUsage&x509.KeyUsageCertSign == 0 {
		return nil, fmt.Errorf("the certificate in %s is of no authority; it may sign no others", certificates)
	}
	signer, ok := pair.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("the key in %s cannot sign", key)
	}
	a.Key = signer
	return a, nil
}
