package epp_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/epp"
	"example.org/dorado/test/world"
)

// What is older than TLS 1.2, or has no forward secrecy, is refused.
func TestTLSVersions(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name     string
		min, max uint16 // what the client speaks
		ciphers  []uint16
		spoken   uint16 // 0: refused
	}{
		{"TLS 1.3", tls.VersionTLS13, tls.VersionTLS13, nil, tls.VersionTLS13},
		{"TLS 1.2", tls.VersionTLS12, tls.VersionTLS12, nil, tls.VersionTLS12},
		{"TLS 1.1", tls.VersionTLS10, tls.VersionTLS11, nil, 0},
		{"TLS 1.0", tls.VersionTLS10, tls.VersionTLS10, nil, 0},
		{"TLS 1.2 with CBC", tls.VersionTLS12, tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, w)
				c := begin(t, s.knock("127.0.0.1"), s.roots, func(config *tls.Config) {
					config.MinVersion, config.MaxVersion, config.CipherSuites = test.min, test.max, test.ciphers
				})
				_, err := c.next()
				if (err == nil) != (test.spoken != 0) || c.conn.ConnectionState().Version != test.spoken {
					t.Errorf("the greeting comes with error %v in version %x, want version %x", err,
						c.conn.ConnectionState().Version, test.spoken)
				}
			})
		})
	}
}

// New certificates are shown to new connections, and sessions go on with the old.
func TestSetCredentials(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		old := s.session(world.Acme)
		renewed := issue(t, nil, "epp.example", 2*time.Hour)
		s.server.SetCredentials(epp.Credentials{Certificates: []tls.Certificate{renewed}})
		s.roots = pool(renewed)
		if shown := s.session(world.Acme).conn.ConnectionState().PeerCertificates[0]; !shown.Equal(renewed.Leaf) {
			t.Error("a new connection sees the old certificate")
		}
		old.wantsService()
	})
}

// fingerprint is how the registry knows a client certificate.
func fingerprint(c tls.Certificate) string {
	sum := sha256.Sum256(c.Leaf.Raw)
	return hex.EncodeToString(sum[:])
}

// A client certificate opens a session from anywhere if it is registered, valid now, and signed by
// itself or by an authority of the registry. One that is not leaves the client with its address.
func TestClientCertificates(t *testing.T) {
	w := newWorld(t)
	limit(w, func(l *policy.Limits) { l.CertificatesPerRegistrar = 5 })
	const certified registry.RegistrarID = "H2001"
	early := issue(t, nil, "client.example", time.Hour) // of today, which in the bubble is years ahead
	synctest.Test(t, func(t *testing.T) {
		authority, otherAuthority := issue(t, nil, "CA", time.Hour), issue(t, nil, "Other CA", time.Hour)
		self, unknown := issue(t, nil, "client.example", time.Hour), issue(t, nil, "client.example", time.Hour)
		expired := issue(t, nil, "client.example", -time.Minute)
		signed := issue(t, &authority, "client.example", time.Hour)
		foreign := issue(t, &otherAuthority, "client.example", time.Hour)
		r := registry.Registrar{ID: certified, Name: "Certified", Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}
		r.Password, _ = w.Service.Passwords.Hash(t.Context(), world.Password)
		for _, c := range []tls.Certificate{self, early, expired, signed, foreign} {
			r.Certificates = append(r.Certificates, fingerprint(c))
		}
		w.Do("", flow.RegistrarCreate{Registrar: r})
		for _, test := range []struct {
			name        string
			certificate *tls.Certificate
			clientCAs   *x509.CertPool
			from, code  string
		}{
			{"none, listed address", nil, nil, "192.0.2.1", "1000"},
			{"none, other address", nil, nil, "127.0.0.1", "2200"},
			{"self-signed", &self, nil, "127.0.0.1", "1000"},
			{"self-signed beside authorities", &self, pool(authority), "2001:db8::1", "1000"},
			{"not registered", &unknown, nil, "127.0.0.1", "2200"},
			{"not registered, listed address", &unknown, nil, "192.0.2.1", "1000"},
			{"expired", &expired, nil, "127.0.0.1", "2200"},
			{"expired, listed address", &expired, nil, "192.0.2.1", "1000"},
			{"not yet valid", &early, nil, "127.0.0.1", "2200"},
			{"signed by our authority", &signed, pool(authority), "127.0.0.1", "1000"},
			{"signed by another authority", &foreign, pool(authority), "127.0.0.1", "2200"},
			{"signed by any, and none is ours", &foreign, nil, "127.0.0.1", "1000"},
		} {
			s := serve(t, w, func(c *epp.Config) { c.Credentials.ClientCAs = test.clientCAs })
			c := s.connectFrom(test.from, func(config *tls.Config) {
				if test.certificate != nil {
					config.Certificates = []tls.Certificate{*test.certificate}
				}
			})
			c.send(login(certified))
			if got := part(`<result code="(\d+)"`, c.read()); got != test.code {
				t.Errorf("%s: the login is answered %s, want %s", test.name, got, test.code)
			}
		}
	})
}
