package main

import (
	"context"
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

// healthTime is how long the database may take to answer before the registry is called unhealthy.
const healthTime = 2 * time.Second

// health answers /healthz: 200 if the node serves, and 503 with the reason if not.
func health(ask func(context.Context) error) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), healthTime)
		defer cancel()
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if err := ask(ctx); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			w.Write([]byte(err.Error() + "\n"))
			return
		}
		w.Write([]byte("ok\n"))
	})
	return mux
}
