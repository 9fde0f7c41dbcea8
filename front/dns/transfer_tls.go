package dns

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"
)

// dotProtocol is what both sides of DNS over TLS have to name in the handshake. RFC 9103 section 7.1.
const dotProtocol = "dot"

// handshakeTime is how long a handshake may take.
const handshakeTime = 10 * time.Second

// ServeTLS answers on a listener over TLS until Shutdown, after which it returns nil. It is for the secondaries whose
// transfers nobody else shall read; it closes the listener. Of the configuration only the certificate is taken: what RFC
// 9103 section 8 asks for is set here. A client certificate is asked for and not held to any authority: those that count
// are known one by one.
func (s *Server) ServeTLS(l net.Listener, config *tls.Config) error {
	config = config.Clone()
	config.MinVersion = tls.VersionTLS13
	config.NextProtos = []string{dotProtocol}
	config.ClientAuth = tls.RequestClientCert
	if !s.listeners.add(l) {
		return l.Close()
	}
	err := s.accept(l, func(conn net.Conn, held *seat) { s.serveTLS(tls.Server(conn, config), held) })
	_ = l.Close()
	if s.listeners.isClosed() {
		return nil
	}
	return fmt.Errorf("dns over tls: %w", err)
}

// serveTLS answers the queries of one connection after its handshake.
func (s *Server) serveTLS(conn *tls.Conn, held *seat) {
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTime)
	defer cancel()
	s.listeners.await(conn.NetConn(), handshakeTime)
	if conn.HandshakeContext(ctx) != nil || conn.ConnectionState().NegotiatedProtocol != dotProtocol {
		return
	}
	s.serveConn(conn, held)
	_ = conn.CloseWrite() // so that the other side knows that nothing was cut off
}

// errNoDoT is a server that speaks TLS, but not for DNS.
var errNoDoT = errors.New("the server does not name DNS over TLS (dot) in its handshake")
