package main

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/net/netutil"
)

// Limits of the HTTPS server: what a stranger can hold on to, and for how long.
const (
	httpHeaderTime   = 5 * time.Second
	httpReadTime     = 10 * time.Second
	httpWriteTime    = 30 * time.Second
	httpIdleTime     = 60 * time.Second
	httpHeaderBytes  = 16 << 10
	httpBodyBytes    = 64 << 10
	httpConnections  = 4096
	healthConnection = 64
)

// newHTTP returns a server with every deadline set.
func newHTTP(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           http.MaxBytesHandler(handler, httpBodyBytes),
		ReadHeaderTimeout: httpHeaderTime, ReadTimeout: httpReadTime,
		WriteTimeout: httpWriteTime, IdleTimeout: httpIdleTime,
		MaxHeaderBytes: httpHeaderBytes,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelDebug), // broken handshakes of strangers
	}
}

// A certificateBox holds the certificate that new connections are shown.
type certificateBox struct {
	pair atomic.Pointer[tls.Certificate]
}

// listener wraps a listener with TLS.
func (b *certificateBox) listener(l net.Listener) net.Listener {
	return tls.NewListener(netutil.LimitListener(l, httpConnections), &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return b.pair.Load(), nil },
	})
}
