package main

import (
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"sync"
	"time"

	"example.org/dorado/flow"
)

// A link is how the nodes of one registry talk to each other: TLS 1.3, in which both sides show that they have the registry's
// secrets. Whoever has them is a node; a certificate of the registry's authority says nothing, since registrars have those as
// well. Nothing has to be issued, and nothing expires. Decision 15.
type link struct {
	certificate tls.Certificate
	key         ed25519.PublicKey
}

// What is asked of a node is said by the application protocol of the connection (RFC 7301).
const (
	linkTestEPP   = "dorado-ote-epp"   // a PROXY header, then the connection of a client; after the header one octet is answered
	linkTestHTTPS = "dorado-ote-https" // likewise
	linkTestActs  = "dorado-ote-acts"  // HTTP
)

// linkName is what keys and certificates of the link are for.
const linkName = "dorado: the link between the nodes of a registry"

// newLink returns the link of the registry that has the keys.
func newLink(keys flow.Keys) (*link, error) {
	seed, err := hkdf.Key(sha256.New, keys.AuthInfo, keys.Spread, linkName, ed25519.SeedSize)
	if err != nil {
		return nil, fmt.Errorf("the link between nodes: %w", err)
	}
	private := ed25519.NewKeyFromSeed(seed)
	public := private.Public().(ed25519.PublicKey)
	template := &x509.Certificate{ // it only carries the key: nobody looks at the rest
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: linkName},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), // RFC 5280 section 4.1.2.5
	}
	der, err := x509.CreateCertificate(nil, template, template, public, private)
	if err != nil {
		return nil, fmt.Errorf("the link between nodes: %w", err)
	}
	return &link{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}, public}, nil
}

// errStranger is of a peer that is no node of this registry.
var errStranger = errors.New("the other side is no node of this registry: it has other secrets")

// errCrowdedOut is of a connection that was still showing what it is when others needed its place.
var errCrowdedOut = errors.New("too many connections wait at the port of the nodes, and this one was the oldest of its network; keep all but nodes away from there")

// isNode refuses a peer that has not shown the key.
func (l *link) isNode(s tls.ConnectionState) error {
	if len(s.PeerCertificates) == 0 || !l.key.Equal(s.PeerCertificates[0].PublicKey) {
		return errStranger
	}
	if s.NegotiatedProtocol == "" {
		return errors.New("the other node does not say what it wants")
	}
	return nil
}

// server is the configuration of who is asked.
func (l *link) server() *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{l.certificate}, ClientAuth: tls.RequireAnyClientCert, VerifyConnection: l.isNode,
		NextProtos: []string{linkTestEPP, linkTestHTTPS, linkTestActs}, MinVersion: tls.VersionTLS13, SessionTicketsDisabled: true,
	}
}

// client is the configuration of who asks. The key is looked at, and no name, issuer or date.
func (l *link) client(kind string) *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{l.certificate}, InsecureSkipVerify: true, VerifyConnection: l.isNode,
		NextProtos: []string{kind}, MinVersion: tls.VersionTLS13,
	}
}

// linkTime is how long a node may take to answer the telephone: it is near.
const linkTime = 2 * time.Second

// linkKeepAlive finds out within seconds that the machine at the other end is gone.
func linkKeepAlive() net.KeepAliveConfig {
	return net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3}
}

// dial reaches a node at an address.
func (l *link) dial(ctx context.Context, address, kind string) (*tls.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, linkTime)
	defer cancel()
	dialer := tls.Dialer{NetDialer: &net.Dialer{KeepAliveConfig: linkKeepAlive()}, Config: l.client(kind)}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return conn.(*tls.Conn), nil
}

// Bounds of those who have not shown yet that they are nodes.
const (
	linkStrangers  = 1024
	linkPerNetwork = 256 // another node opens as many at once when its clients come back after a takeover
)

// A switchboard answers the other nodes. What it does with a connection is told by its protocol.
type switchboard struct {
	link   *link
	log    *slog.Logger
	seldom *seldom
	lobby  *lobby
	answer map[string]func(*tls.Conn)
	socket net.Listener
	done   chan struct{}
	close  func()
}

func newSwitchboard(l *link, socket net.Listener, log *slog.Logger) *switchboard {
	b := &switchboard{
		link: l, log: log, seldom: new(seldom), lobby: newLobby(linkStrangers, linkPerNetwork), answer: map[string]func(*tls.Conn){},
		socket: socket, done: make(chan struct{}),
	}
	b.close = sync.OnceFunc(func() { close(b.done); socket.Close() })
	return b
}

// acceptPause is how long a failure to accept lasts: what usually fails is that there are no file descriptors left.
const acceptPause = 100 * time.Millisecond

// serve answers until stop.
func (b *switchboard) serve() error {
	for {
		conn, err := b.socket.Accept()
		switch {
		case err == nil:
			go b.take(conn)
		case errors.Is(err, net.ErrClosed):
			return nil
		default:
			b.log.Error("accept a connection of a node", "error", err)
			select {
			case <-b.done:
			case <-time.After(acceptPause):
			}
		}
	}
}

// stop lets nobody in any more. What is under way ends with what it was handed to.
func (b *switchboard) stop(context.Context) error {
	b.close()
	return nil
}

// take finds out whether a node is there, and what it wants.
func (b *switchboard) take(raw net.Conn) {
	if !b.lobby.enter(raw) {
		raw.Close()
		return
	}
	conn := tls.Server(raw, b.link.server())
	_ = conn.SetDeadline(time.Now().Add(linkTime))
	err := conn.Handshake()
	if !b.lobby.leave(raw) {
		err = errCrowdedOut
	}
	if err != nil {
		if b.seldom.now() {
			b.log.Warn("somebody who is no node was refused at the port of the nodes", "address", raw.RemoteAddr().String(), "error", err)
		}
		raw.Close()
		return
	}
	_ = conn.SetDeadline(time.Time{})
	b.answer[conn.ConnectionState().NegotiatedProtocol](conn)
}

// seldomTime is how often the log is told of what a stranger can make happen many times a second.
const seldomTime = 10 * time.Second

// A seldom says once in a while that something may be told.
type seldom struct {
	mu   sync.Mutex
	last time.Time
}

func (s *seldom) now() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.last) < seldomTime {
		return false
	}
	s.last = time.Now()
	return true
}

// A handover is a listener to which connections are handed that were accepted elsewhere.
type handover struct {
	address net.Addr
	conns   chan net.Conn
	done    chan struct{}
	end     func()
}

func newHandover(address net.Addr) *handover {
	o := &handover{address: address, conns: make(chan net.Conn), done: make(chan struct{})}
	o.end = sync.OnceFunc(func() { close(o.done) })
	return o
}

// Addr is net.Listener.
func (o *handover) Addr() net.Addr { return o.address }

// Close is net.Listener.
func (o *handover) Close() error {
	o.end()
	return nil
}

// Accept is net.Listener.
func (o *handover) Accept() (net.Conn, error) {
	select {
	case conn := <-o.conns:
		return conn, nil
	case <-o.done:
		return nil, net.ErrClosed
	}
}

// take hands a connection over. A server of HTTP is not to see that it is TLS, whose protocol it would not know.
func (o *handover) take(conn *tls.Conn) {
	select {
	case o.conns <- struct{ net.Conn }{conn}:
	case <-o.done:
		conn.Close()
	}
}
