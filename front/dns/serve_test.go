package dns_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/front/dns"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/world"
)

// listen serves on a port of 127.0.0.1, and returns it. Serve has to end well.
func listen(t *testing.T, s *dns.Server) string {
	t.Helper()
	udp, tcp := peer.Sockets(t)
	serving(t, s, udp, tcp)
	return tcp.Addr().String()
}

// serving has a server answer until t ends.
func serving(t *testing.T, s *dns.Server, udp net.PacketConn, tcp net.Listener) {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- s.Serve([]net.PacketConn{udp}, tcp) }()
	t.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

func TestServe(t *testing.T) {
	address := listen(t, zonesUnderTest(t))
	for _, network := range []string{"udp", "tcp"} {
		client := mdns.Client{Net: network}
		reply, _, err := client.Exchange(question(t, "shop.co. NS"), address)
		if err != nil {
			t.Fatalf("%s: %v", network, err)
		}
		if got := text(reply.Ns); got != shopNS {
			t.Errorf("%s: the referral is\n%s\nwant\n%s", network, got, shopNS)
		}
	}
}

// Before Load there is nothing to be authoritative for.
func TestServeUnloaded(t *testing.T) {
	s, err := dns.New(config(world.New(t, noon)))
	if err != nil {
		t.Fatal(err)
	}
	if reply := ask(t, s, question(t, "co. SOA")); reply.Rcode != mdns.RcodeServerFailure {
		t.Errorf("the answer is %v, want SERVFAIL", reply)
	}
}

func TestNewRefuses(t *testing.T) {
	w := world.New(t, noon)
	none, nobody := config(w), config(w)
	none.Nameservers, nobody.Mailbox = nil, world.Name("x").Parent()
	for name, c := range map[string]dns.Config{"no name server": none, "no mailbox": nobody} {
		if _, err := dns.New(c); err == nil {
			t.Errorf("New with %s is no error", name)
		}
	}
}

// Several queries in one write are answered in order, up to the limit of one connection.
func TestPipelinedQueries(t *testing.T) {
	config := config(world.New(t, noon))
	config.Limits.Queries = 3
	s, err := dns.New(config)
	if err != nil {
		t.Fatal(err)
	}
	conn := dial(t, listen(t, s))
	var framed []byte
	for id := range 4 {
		m := question(t, "co. SOA")
		m.Id = uint16(id)
		packed, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		framed = append(binary.BigEndian.AppendUint16(framed, uint16(len(packed))), packed...)
	}
	if _, err := conn.Write(framed); err != nil {
		t.Fatal(err)
	}
	client := mdns.Conn{Conn: conn}
	for id := range 3 {
		reply, err := client.ReadMsg()
		if err != nil || reply.Id != uint16(id) {
			t.Fatalf("answer %d: %v, %v", id, reply, err)
		}
	}
	if reply, err := client.ReadMsg(); err == nil {
		t.Errorf("a fourth answer: %v", reply)
	}
}

// A connection above the limit of its address is closed, and one that ended makes room.
func TestConnectionLimit(t *testing.T) {
	config := config(world.New(t, noon))
	config.Limits.ConnectionsPerAddress = 1
	s, err := dns.New(config)
	if err != nil {
		t.Fatal(err)
	}
	address := listen(t, s)
	first := dial(t, address)
	client := mdns.Conn{Conn: first}
	if err := client.WriteMsg(question(t, "co. SOA")); err != nil {
		t.Fatal(err)
	}
	if _, err := client.ReadMsg(); err != nil {
		t.Fatal(err)
	}
	if n, err := dial(t, address).Read(make([]byte, 1)); err == nil {
		t.Errorf("the second connection got %d octets", n)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); ; {
		again := mdns.Conn{Conn: dial(t, address)}
		_ = again.WriteMsg(question(t, "co. SOA"))
		if _, err := again.ReadMsg(); err == nil {
			return
		}
		if time.Since(start) > 10*time.Second {
			t.Fatal("the place of the first connection is never free")
		}
	}
}

// Somebody who sends no query, or only the beginning of one, is let go.
func TestSlowQueries(t *testing.T) {
	config := config(world.New(t, noon))
	config.Limits.Idle, config.Limits.Transfer = 20*time.Millisecond, 20*time.Millisecond
	s, err := dns.New(config)
	if err != nil {
		t.Fatal(err)
	}
	address := listen(t, s)
	for name, sent := range map[string][]byte{"nothing": {}, "a length": {0, 40}, "half a length": {0}} {
		conn := dial(t, address)
		if _, err := conn.Write(sent); err != nil {
			t.Fatal(err)
		}
		if n, err := conn.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("%s: read %d octets and %v, want the end", name, n, err)
		}
	}
}

// Shutdown does not wait for a connection that is idle, and serves none that comes later.
func TestShutdown(t *testing.T) {
	s := zonesUnderTest(t)
	udp, tcp := peer.Sockets(t)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve([]net.PacketConn{udp}, tcp) }()
	client := mdns.Conn{Conn: dial(t, tcp.Addr().String())}
	if err := client.WriteMsg(question(t, "co. SOA")); err != nil {
		t.Fatal(err)
	}
	if _, err := client.ReadMsg(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if _, err := client.ReadMsg(); err == nil {
		t.Error("the connection is still served")
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
	// Not by dialling: a port that was given back is somebody else's a moment later.
	if _, err := tcp.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("it still listens for TCP: %v", err)
	}
	if _, err := udp.WriteTo([]byte{0}, udp.LocalAddr()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("it still listens for UDP: %v", err)
	}
}

// Queries run beside publications; the race detector watches, and every answer is one of the two
// states.
func TestQueriesWhilePublishing(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	w.Domain(world.Acme, "user.co", "ns.example.net")
	s := newServer(w)
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if got := nameservers(t, s, "user.co."); got != "ns.example.net" && got != "ns.example.net ns1.shop.co" {
					t.Errorf("user.co is delegated to %q", got)
				}
			}
		})
	}
	for range 10 {
		delegate(w, world.Acme, "user.co", "ns1.shop.co")
		publish(t, s)
		w.Do(world.Acme, undelegate("user.co", "ns1.shop.co"))
		publish(t, s)
	}
	close(stop)
	readers.Wait()
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}
