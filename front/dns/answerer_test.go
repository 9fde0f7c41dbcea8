package dns_test

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// answering serves the zones of the tests at an address such as "127.0.0.1:0" with so many sockets for UDP, and returns the
// port.
func answering(t *testing.T, address string, sockets int, limits dns.Limits) (port string, a *dns.Answerer) {
	t.Helper()
	versions := zones(t, true)
	return serveAt(t, address, sockets, dns.AnswererConfig{
		ZoneFor: func(name []byte, kind uint16) *zone.Version { return dns.ZoneAmong(versions, name, kind) },
		Loaded:  func() bool { return true }, Limits: limits,
	})
}

func serveAt(t *testing.T, address string, sockets int, config dns.AnswererConfig) (port string, a *dns.Answerer) {
	t.Helper()
	a, err := dns.NewAnswerer(config)
	if err != nil {
		t.Fatal(err)
	}
	udp, tcp := pair(t, address, sockets)
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(udp, tcp) }()
	t.Cleanup(func() {
		if err := a.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	_, port, err = net.SplitHostPort(tcp.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, a
}

// pair returns sockets of one port that is free for both protocols: the kernel gives a free one for TCP, and another
// process may have it for UDP.
func pair(t *testing.T, address string, sockets int) ([]net.PacketConn, net.Listener) {
	t.Helper()
	const tries = 100
	for range tries {
		tcp, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		udp, err := dns.ListenUDP(t.Context(), tcp.Addr().String(), sockets)
		if err == nil {
			return udp, tcp
		}
		_ = tcp.Close()
	}
	t.Fatal("no port is free for both TCP and UDP")
	return nil, nil
}

// Many clients ask at once through several sockets, and each gets the answer to what it asked.
func TestAnswererByUDP(t *testing.T) {
	const clients, questions = 20, 50
	port, a := answering(t, "127.0.0.1:0", 2, dns.Limits{Rate: -1})
	failed := make(chan error, clients)
	for range clients {
		go func() {
			failed <- func() error {
				conn, err := mdns.Dial("udp", "127.0.0.1:"+port)
				if err != nil {
					return err
				}
				defer conn.Close()
				for id := range questions {
					m := question(t, "shop.co. A")
					m.Id = uint16(id)
					if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
						return err
					}
					if err := conn.WriteMsg(m); err != nil {
						return err
					}
					reply, err := conn.ReadMsg()
					if err != nil {
						return err
					}
					if reply.Id != m.Id || text(reply.Ns) != referral {
						return errors.New("the answer is " + reply.String())
					}
				}
				return nil
			}()
		}()
	}
	for range clients {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if c := a.Counts(); c.Received != clients*questions || c.Referred != clients*questions {
		t.Errorf("counted are %+v", c)
	}
}

// A server with all addresses of the machine answers from the one that was asked, or nobody would take the answer.
func TestAnswerComesFromWhereWasAsked(t *testing.T) {
	port, _ := answering(t, ":0", 1, dns.Limits{})
	for _, address := range []string{"127.0.0.2", "127.0.0.1", "::1"} {
		conn, err := net.Dial("udp", net.JoinHostPort(address, port))
		if err != nil {
			t.Logf("%s is not here: %v", address, err)
			continue
		}
		client := mdns.Conn{Conn: conn}
		if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if err := client.WriteMsg(question(t, "co. SOA")); err != nil {
			t.Fatal(err)
		}
		if reply, err := client.ReadMsg(); err != nil || len(reply.Answer) != 1 {
			t.Errorf("%s: %v, %v", address, reply, err)
		}
		_ = conn.Close()
	}
}

// What cannot be an answerer is refused.
func TestNewAnswererRefuses(t *testing.T) {
	for want, c := range map[string]dns.AnswererConfig{
		"a cookie secret has 15 octets": {Cookies: dns.Cookies{Secrets: [][]byte{make([]byte, 15)}}},
		"the NSID has 65 octets":        {Options: dns.Options{NSID: strings.Repeat("x", 65)}},
	} {
		if _, err := dns.NewAnswerer(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A long answer goes by TCP in one piece, between others that wait in the connection.
func TestAnswererByTCP(t *testing.T) {
	port, a := answering(t, "127.0.0.1:0", 1, dns.Limits{})
	conn := dial(t, "127.0.0.1:"+port)
	var framed []byte
	asks := []string{"co. SOA", "no.co. A", "co. NS", "shop.co. A"}
	for id, ask := range asks {
		m := question(t, ask)
		m.Id = uint16(id)
		m.SetEdns0(512, true)
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
	for id := range asks {
		reply, err := client.ReadMsg()
		if err != nil || reply.Id != uint16(id) || reply.Truncated {
			t.Fatalf("answer %d: %v, %v", id, reply, err)
		}
	}
	if c := a.Counts(); c.Received != 4 || c.Answered != 2 || c.Referred != 1 || c.NoName != 1 {
		t.Errorf("counted are %+v", c)
	}
}
