package dns_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// stuck begins a transfer and reads nothing of it but the first octets.
func stuck(t testing.TB, p *dns.Primary, key dns.Key) {
	t.Helper()
	m := new(mdns.Msg).SetAxfr("test.")
	m.SetTsig(key.Name.String(), key.Algorithm+".", 300, time.Now().Unix())
	request, _, err := mdns.TsigGenerate(m, secret, "", false)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", p.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(request))), request...)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
}

// A secondary that does not take its transfer has no place for another one, keeps no other secondary waiting, and is cut
// off in the end.
func TestSlowSecondaryDelaysNobody(t *testing.T) {
	slow, quick := aKey(t, "hmac-sha256"), aKey(t, "hmac-sha384")
	p := dns.NewPrimary(t, dns.Transfer{
		Secondaries: []dns.Secondary{{Name: "slow", Key: slow}, {Name: "quick", Key: quick}},
		Limits:      dns.TransferLimits{AtOnce: 2, AtOnceA: 1, Wait: 10 * time.Millisecond, Stall: time.Second},
	})
	p.Set(large(t, 45_000)) // more than the buffers of a connection hold
	stuck(t, p, slow)
	q := dns.Fetch{Server: p.Address, Zone: zoneName(t, "test"), Key: &slow}
	if err := q.Records(context.Background(), nothing); err == nil || !strings.Contains(err.Error(), "REFUSED") {
		t.Errorf("a second transfer: %v, want REFUSED", err)
	}
	q.Key = &quick
	records := 0
	if err := q.Records(context.Background(), func(zone.Record) error { records++; return nil }); err != nil || records < 90_000 {
		t.Errorf("another secondary: %v, %d records", err, records)
	}
	if c := p.TransferCounts(); c.Busy != 1 || c.Full != 1 {
		t.Errorf("counts %+v", c)
	}
	eventually(t, func() bool { return p.TransferCounts().Broken == 1 })
	if last := p.LastTransfer("slow", "test."); last.Serial != 0 {
		t.Errorf("what was not taken to its end is noted: %+v", last)
	}
}

func nothing(zone.Record) error { return nil }

// eventually waits until something is so.
func eventually(t testing.TB, so func() bool) {
	t.Helper()
	timeout := time.After(followTime)
	for again := time.Tick(5 * time.Millisecond); !so(); {
		select {
		case <-again:
		case <-timeout:
			t.Fatal("it does not come to be")
		}
	}
}

// The end of the server is the end of a transfer that nobody takes.
func TestShutdownEndsTransfers(t *testing.T) {
	key := aKey(t, "hmac-sha256")
	p := dns.NewPrimary(t, dns.Transfer{Secondaries: []dns.Secondary{{Name: "slow", Key: key}}})
	p.Set(large(t, 45_000))
	stuck(t, p, key)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second) // less than the transfer may stall
	defer cancel()
	if err := p.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if c := p.TransferCounts(); c.Broken != 1 {
		t.Errorf("counts %+v", c)
	}
}

// A key is good only from where its secondary is, and for the zones that it gets.
func TestWhoMayTransfer(t *testing.T) {
	elsewhere, other, here := aKey(t, "hmac-sha256"), aKey(t, "hmac-sha384"), aKey(t, "hmac-sha512")
	p := dns.NewPrimary(t, dns.Transfer{Secondaries: []dns.Secondary{
		{Name: "elsewhere", Key: elsewhere, Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}},
		{Name: "other", Key: other, Zones: []zone.Name{zoneName(t, "other")}},
		{Name: "here", Key: here, Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("127.0.0.0/8")}},
	}})
	publishFirst(t, p, 5)
	for _, test := range []struct {
		name string
		key  dns.Key
		want string
	}{
		{"from elsewhere", elsewhere, "REFUSED"},
		{"another zone", other, "REFUSED"},
		{"from here", here, ""},
	} {
		_, err := fetch(t, dns.Fetch{Server: p.Address, Zone: zoneName(t, "test"), Key: &test.key})
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}

// What is configured wrongly is refused.
func TestTransferConfig(t *testing.T) {
	key := aKey(t, "hmac-sha256")
	other := key
	other.Secret = make([]byte, 32)
	for _, test := range []struct {
		name string
		list []dns.Secondary
		want string
	}{
		{"no name", []dns.Secondary{{Key: key}}, "name of its own"},
		{"a name twice", []dns.Secondary{{Name: "a", Key: key}, {Name: "a", Key: key}}, "name of its own"},
		{"no key", []dns.Secondary{{Name: "a"}}, "no algorithm"},
		{"a key twice", []dns.Secondary{{Name: "a", Key: key}, {Name: "b", Key: other}}, "different secrets"},
	} {
		if err := dns.CheckTransfer(dns.Transfer{Secondaries: test.list}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}
