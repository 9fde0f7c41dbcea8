package main

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The authority of client certificates is read from its files, unless anybody else could read its key.
func TestLoadIssuer(t *testing.T) {
	ca, pair, err := newAuthority("an authority")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ca.client("R2001")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name        string
		c           tlsConfig
		certificate []byte
		key         []byte
		mode        os.FileMode
		there       bool
		says        string
	}{
		{"as made", tlsConfig{Issuer: "ca.pem", IssuerKey: "ca.key"}, pair.certificate, pair.key, 0o600, true, ""},
		{"no key is named", tlsConfig{Issuer: "ca.pem"}, pair.certificate, pair.key, 0o600, false, ""},
		{"the key is elsewhere", tlsConfig{Issuer: "ca.pem", IssuerKey: "none.key"}, pair.certificate, pair.key, 0o600, false, ""},
		{"others can read the key", tlsConfig{Issuer: "ca.pem", IssuerKey: "ca.key"}, pair.certificate, pair.key, 0o640, false, "chmod 600"},
		{"the key of another", tlsConfig{Issuer: "ca.pem", IssuerKey: "ca.key"}, pair.certificate, leaf.key, 0o600, false, "does not match"},
		{"no authority", tlsConfig{Issuer: "ca.pem", IssuerKey: "ca.key"}, leaf.certificate, leaf.key, 0o600, false, "is of no authority"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, data := range map[string][]byte{"ca.pem": test.certificate, "ca.key": test.key} {
				path := filepath.Join(dir, name)
				if err := os.WriteFile(path, data, test.mode); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(path, test.mode); err != nil { // whatever the umask is
					t.Fatal(err)
				}
			}
			a, err := loadIssuer(dir, test.c, slog.New(slog.NewTextHandler(io.Discard, nil)))
			if (a != nil) != test.there || (err != nil) != (test.says != "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("loadIssuer: %v, %v, want an authority: %v, %q", a, err, test.there, test.says)
			}
		})
	}
}
