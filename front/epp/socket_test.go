package epp_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/front/epp"
	"example.org/dorado/test/schema"
	"example.org/dorado/test/world"
)

// The tests of this file run over real sockets and in real time, on the engine that is chosen.

// A site is a Server on a port of 127.0.0.1.
type site struct {
	t       testing.TB
	address string
	roots   *x509.CertPool
}

// listen begins a Server for a world; it is shut down at the end of the test, and Serve must then have
// returned nil.
func listen(t testing.TB, w *world.World, changes ...func(*epp.Config)) *site {
	t.Helper()
	certificate := issue(t, nil, "epp.example", time.Hour)
	config := epp.Config{
		Service: w.Service, ServerID: "Test EPP", NewTRID: w.NewTRID, Sent: schema.Watch(t),
		Credentials: epp.Credentials{Certificates: []tls.Certificate{certificate}},
	}
	for _, change := range changes {
		change(&config)
	}
	server := epp.New(config)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		if err := server.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return &site{t, l.Addr().String(), pool(certificate)}
}

// dial connects without TLS.
func (s *site) dial() net.Conn {
	s.t.Helper()
	raw, err := net.Dial("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { raw.Close() })
	return raw
}

// session connects and logs in.
func (s *site) session(who registry.RegistrarID, changes ...func(*tls.Config)) *client {
	s.t.Helper()
	c := begin(s.t, s.dial(), s.roots, changes...)
	c.read()
	c.send(login(who))
	c.wants("1000")
	return c
}

// An answer that ends a connection arrives although the client goes on sending, in both versions of
// TLS.
func TestFarewellArrives(t *testing.T) {
	s := listen(t, world.New(t, start))
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		c := s.session(world.Acme, func(config *tls.Config) { config.MaxVersion = version })
		c.write(append(header(100<<20), make([]byte, 100_000)...))
		if answer := c.wants("2500"); !strings.Contains(answer, "104857600") {
			t.Errorf("the answer is %s, want the length in it", answer)
		}
		if _, err := c.next(); err != io.EOF {
			t.Errorf("behind the answer there is %v, want the end", err)
		}
	}
}

// A thousand connections that never log in, from the registrar's own address, do not keep it out,
// and those that are too many are closed.
func TestFloodOverSockets(t *testing.T) {
	s := listen(t, world.New(t, start))
	early := s.session(world.Other)
	first := s.dial()
	for range 999 {
		s.dial()
	}
	s.session(world.Acme).wantsService()
	early.wantsService()
	if _, err := first.Read(make([]byte, 1)); err == nil {
		t.Error("the first stranger reads a byte, want the end")
	}
}

// Many sessions at once are each answered in order.
func TestManySessions(t *testing.T) {
	const sessions, rounds = 20, 20
	w := world.New(t, start)
	w.Domain(world.Acme, "taken.co")
	s := listen(t, w)
	var all sync.WaitGroup
	for i := range sessions {
		c := s.session(world.Acme)
		all.Go(func() {
			for j := range rounds {
				name, code := "taken.co", "1000"
				if j%2 == 1 {
					name, code = "free.co", "2303"
				}
				clTRID := fmt.Sprintf("S%d-%d", i, j)
				if _, err := c.conn.Write(framed(info(clTRID, name))); err != nil {
					t.Error(err)
					return
				}
				answer, err := c.next()
				if err != nil || part(`<clTRID>(.*?)</clTRID>`, answer) != clTRID || part(`code="(\d+)"`, answer) != code {
					t.Errorf("the answer to %s is %s with error %v, want %s", clTRID, answer, err, code)
					return
				}
			}
		})
	}
	all.Wait()
}
