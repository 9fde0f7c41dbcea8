package main

import (
	"context"
	"crypto/tls"
)

// addSecondaries has secondaries told of changes, and lets them transfer the zones over TLS where that is configured.
func (h *house) addSecondaries() {
	h.addLoop("secondaries", func(ctx context.Context) error {
		h.zones.Follow(ctx)
		return nil
	})
	socket := h.sockets.streams[serviceDNSTLS]
	if socket == nil {
		return
	}
	config := &tls.Config{
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return h.https.pair.Load(), nil },
	}
	h.add(unit{"dns over tls", func() error { return h.zones.ServeTLS(socket, config) }, h.zones.Shutdown})
}
