package dns_test

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/front/dns"
)

// dialFrom connects from an address of this machine's network 127.0.0.0/8, of which all are its own.
func dialFrom(from string, to string) (net.Conn, error) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 10 * time.Second}
	return dialer.Dial("tcp", to)
}

// crowd opens connections that ask nothing, twenty of each of so many addresses, and keeps them until the test ends.
func crowd(t *testing.T, to string, addresses int) {
	t.Helper()
	for i := range addresses {
		for range 20 {
			conn, err := dialFrom(netip.AddrFrom4([4]byte{127, 1, byte(i >> 8), byte(i)}).String(), to)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Close() })
		}
	}
}

// soaFrom asks for a SOA by TCP.
func soaFrom(from, to string) error {
	conn, err := dialFrom(from, to)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	client := mdns.Conn{Conn: conn}
	if err := client.WriteMsg(new(mdns.Msg).SetQuestion("test.", mdns.TypeSOA)); err != nil {
		return err
	}
	_, err = client.ReadMsg()
	return err
}

// Strangers take every place by TCP and go on to come by the thousand: a secondary transfers all the same, whether it is
// known by its address or by its key only, and so does a query of somebody new get its answer.
func TestStrangersKeepNobodyOut(t *testing.T) {
	for _, test := range []struct {
		name      string
		addresses []netip.Prefix
	}{
		{"known by its address", []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}},
		{"known by its key", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			keepOut(t, dns.Secondary{Name: "one", Key: aKey(t, "hmac-sha256"), Addresses: test.addresses})
		})
	}
}

func keepOut(t *testing.T, secondary dns.Secondary) {
	p := dns.NewPrimaryWithin(t, dns.Transfer{Secondaries: []dns.Secondary{secondary}},
		dns.Limits{Connections: 200, ConnectionsPerAddress: 20, Idle: time.Minute})
	publishFirst(t, p, 100)
	crowd(t, p.Address, 60) // 1,200 connections
	eventually(t, func() bool { return p.ConnectionCounts().Displaced >= 1_000 })
	stop := make(chan struct{})
	var more sync.WaitGroup
	more.Go(func() { flood(p.Address, stop) })
	for range 5 {
		q := dns.Fetch{Server: p.Address, Zone: zoneName(t, "test"), Key: &secondary.Key}
		if err := q.Records(context.Background(), nothing); err != nil {
			t.Errorf("the secondary: %v", err)
		}
	}
	if err := soaFrom("127.3.0.1", p.Address); err != nil {
		t.Errorf("somebody new is not answered: %v", err)
	}
	close(stop)
	more.Wait()
	if c := p.ConnectionCounts(); c.Strangers > 200 || c.TurnedAway > 0 {
		t.Errorf("the places are %+v", c)
	}
}

// flood goes on to open connections, each of an address of its own, until stop.
func flood(to string, stop <-chan struct{}) {
	for i := range 1_000 {
		select {
		case <-stop:
			return
		default:
		}
		if conn, err := dialFrom(netip.AddrFrom4([4]byte{127, 2, byte(i >> 8), byte(i)}).String(), to); err == nil {
			defer conn.Close()
		}
	}
}

// Connections from a secondary's addresses have places of their own; where they are taken, who waits longest makes place,
// and who is being answered does not.
func TestPlacesOfASecondary(t *testing.T) {
	key := aKey(t, "hmac-sha256")
	p := dns.NewPrimaryWithin(t, dns.Transfer{
		Secondaries: []dns.Secondary{{Name: "one", Key: key, Notify: netip.MustParseAddrPort("127.0.0.1:9")}},
		Limits:      dns.TransferLimits{Connections: 2},
	}, dns.Limits{Connections: 1, ConnectionsPerAddress: 1, Idle: time.Minute})
	p.Set(large(t, 45_000))
	stranger, err := dialFrom("127.4.0.1", p.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	eventually(t, func() bool { return p.ConnectionCounts().Strangers == 1 })
	stuck(t, p, key) // it comes from where the secondary is told of changes, and is answered on and on
	first, err := dialFrom("127.0.0.1", p.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	eventually(t, func() bool { return p.ConnectionCounts().Secondaries == 2 })
	if err := soaFrom("127.0.0.1", p.Address); err != nil {
		t.Errorf("its third connection: %v", err)
	}
	if n, err := first.Read(make([]byte, 1)); err == nil {
		t.Errorf("who waited longest still has its place, and gets %d octets", n)
	}
	if c := p.ConnectionCounts(); c.Displaced != 1 || c.Strangers != 1 || p.TransferCounts().Broken != 0 {
		t.Errorf("the places are %+v, the transfers %+v", c, p.TransferCounts())
	}
}

// One network of strangers has its bound: an IPv4 address or an IPv6 /64.
func TestPlacesOfANetwork(t *testing.T) {
	for _, test := range []struct {
		name, first, second string
		want                bool
	}{
		{"one address", "192.0.2.1", "192.0.2.1", false},
		{"another address", "192.0.2.1", "192.0.2.2", true},
		{"one /64", "2001:db8::1", "2001:db8::2", false},
		{"another /64", "2001:db8::1", "2001:db8:0:1::1", true},
		{"an address in both forms", "192.0.2.1", "::ffff:192.0.2.1", false},
	} {
		if got := dns.BothEnter(netip.MustParseAddr(test.first), netip.MustParseAddr(test.second)); got != test.want {
			t.Errorf("%s: the second one enters: %t, want %t", test.name, got, test.want)
		}
	}
}
