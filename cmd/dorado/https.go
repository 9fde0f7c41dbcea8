package main

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"golang.org/x/net/netutil"

	"example.org/dorado/core/policy"
)

// Limits of the HTTPS server: what a stranger can hold on to, and for how long.
const (
	httpHeaderTime   = 5 * time.Second
	httpReadTime     = 10 * time.Second
	httpWriteTime    = 30 * time.Second
	httpIdleTime     = 60 * time.Second
	httpHeaderBytes  = 16 << 10
	httpBodyBytes    = 64 << 10
	httpConnections  = 4096 // of strangers; the last tenth for networks that have none yet
	httpPerNetwork   = 512  // of one IPv4 address or IPv6 /64
	httpTrusted      = 1024 // beside them, of networks that are not counted one by one
	httpStreams      = 32   // of one connection of HTTP/2 at a time
	healthConnection = 64
)

// newHTTP returns a server with every deadline set.
func newHTTP(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: httpHeaderTime, ReadTimeout: httpReadTime,
		WriteTimeout: httpWriteTime, IdleTimeout: httpIdleTime,
		MaxHeaderBytes: httpHeaderBytes,
		HTTP2:          &http.HTTP2Config{MaxConcurrentStreams: httpStreams},
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelDebug), // broken handshakes of strangers
	}
}

// A certificateBox holds the certificate that new connections are shown.
type certificateBox struct {
	pair atomic.Pointer[tls.Certificate]
}

// suites12 are the suites of TLS 1.2 that the gTLD RDAP technical guide 1.5 leaves; those of 1.3 are not chosen.
func suites12() []uint16 {
	return []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	}
}

// listener wraps a listener with TLS. Connections of some networks are not counted one by one.
func (b *certificateBox) listener(l net.Listener, free []netip.Prefix) net.Listener {
	gated := &gatedListener{l, policy.NewGate(httpConnections, httpPerNetwork), free}
	return tls.NewListener(netutil.LimitListener(gated, httpConnections+httpTrusted), &tls.Config{
		MinVersion:     tls.VersionTLS12,
		CipherSuites:   suites12(),
		NextProtos:     []string{"h2", "http/1.1", "http/1.0"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return b.pair.Load(), nil },
	})
}
