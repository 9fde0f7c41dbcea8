package dns_test

import (
	"net/netip"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/front/dns"
)

// packedQuestion is a question as it is sent.
func packedQuestion(t testing.TB, ask string) []byte {
	t.Helper()
	packed, err := question(t, ask).Pack()
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

// Two questions are asked in turn, from two addresses, sixty times in one second at a rate of twenty. Whether the second
// one is answered tells what is limited together.
func TestRateLimits(t *testing.T) {
	const rate = 20
	for _, test := range []struct {
		name                   string
		one, other             string
		from, also             string
		together               bool
		tcp                    bool
		wantOneHeld, wantNoAny bool
	}{
		{name: "the same", one: "co. SOA", other: "co. SOA", together: true},
		{name: "another name", one: "co. SOA", other: "com.co. SOA"},
		{name: "another name under a cut", one: "a.shop.co. A", other: "b.shop.co. AAAA", together: true},
		{name: "another cut", one: "a.shop.co. A", other: "b.signed.co. A"},
		{name: "names that do not exist", one: "x.co. A", other: "y.co. AAAA", together: true},
		{name: "of two zones", one: "x.co. A", other: "y.com.co. A"},
		{name: "no data, and no name", one: "co. MX", other: "x.co. MX"},
		{name: "refusals", one: "example.com. A", other: "example.net. A", together: true},
		{name: "another address of the network", one: "co. SOA", other: "co. SOA", also: "198.51.100.200", together: true},
		{name: "another network", one: "co. SOA", other: "co. SOA", also: "198.51.101.7"},
		{name: "another address of a /56", one: "co. SOA", other: "co. SOA", from: "2001:db8:0:1::1", also: "2001:db8:0:ff::1", together: true},
		{name: "another /56", one: "co. SOA", other: "co. SOA", from: "2001:db8:0:1::1", also: "2001:db8:0:100::1"},
	} {
		d := dns.NewDesk(dns.DeskConfig{Versions: zones(t, false), Now: instant(), Rate: rate})
		from, also := someone(), someone()
		if test.from != "" {
			from = netip.MustParseAddr(test.from)
		}
		if test.also != "" {
			also = netip.MustParseAddr(test.also)
		}
		one, other := packedQuestion(t, test.one), packedQuestion(t, test.other)
		for range 3 * rate {
			d.RespondTo(one, from, false)
		}
		held := d.Counts().Held
		if held < 2*rate-2 || held > 2*rate+2 {
			t.Errorf("%s: %d of %d are held", test.name, held, 3*rate)
		}
		if together := d.RespondTo(other, also, false) == nil; together != test.together {
			t.Errorf("%s: limited together is %v, want %v", test.name, together, test.together)
		}
		if d.RespondTo(one, from, true) == nil {
			t.Errorf("%s: TCP is limited", test.name)
		}
		d.Pass(time.Second)
		if d.RespondTo(one, from, false) == nil {
			t.Errorf("%s: still held after a second", test.name)
		}
	}
}

// While a flood lasts, each second as many are answered as the rate allows, and one in two of the others is told to come
// by TCP.
func TestSlips(t *testing.T) {
	const rate, seconds = 20, 10
	d := dns.NewDesk(dns.DeskConfig{Versions: zones(t, true), Now: instant(), Rate: rate, Every: 2})
	m := question(t, "no.co. A")
	m.SetEdns0(1232, true)
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	for range seconds * 1000 {
		if out := d.RespondTo(packed, someone(), false); len(out) > 0 {
			reply := unpacked(t, out)
			if slipped := reply.Truncated && len(out) <= len(packed); !slipped && len(reply.Ns) == 0 {
				t.Fatalf("the answer is %v", reply)
			}
		}
		d.Pass(time.Millisecond)
	}
	c := d.Counts()
	answered, held := int(c.NoName-c.Held-c.Slipped), int(c.Held)-int(c.Slipped)
	if c.NoName < rate*seconds || c.NoName > rate*(seconds+1)+1 || held < -1 || held > 1 {
		t.Errorf("%+v (%d)", c, answered)
	}
}

// Who has cookies is told to show a good one in place of TC.
func TestSlipWithCookie(t *testing.T) {
	d := dns.NewDesk(dns.DeskConfig{Versions: zones(t, false), Now: instant(), Rate: 1, Every: 1})
	message := withCookie(t, "co. SOA", "0123456789abcdef")
	var reply *mdns.Msg
	for range 5 {
		reply = unpacked(t, d.RespondTo(message, someone(), false))
	}
	if reply.Rcode != mdns.RcodeBadCookie || reply.Truncated || len(reply.Answer) > 0 {
		t.Fatalf("the answer is %v", reply)
	}
	again := unpacked(t, d.RespondTo(withCookie(t, "co. SOA", cookieOf(reply)), someone(), false))
	if again.Rcode != mdns.RcodeSuccess || len(again.Answer) != 1 {
		t.Errorf("with the cookie the answer is %v", again)
	}
}

// The table has the size that it has: a flood from very many networks makes it forget, and others are still answered.
func TestRatesOfManyNetworks(t *testing.T) {
	d := dns.NewDesk(dns.DeskConfig{Versions: zones(t, false), Now: instant(), Rate: 1})
	one := packedQuestion(t, "co. SOA")
	for i := range 300_000 {
		from := netip.AddrFrom4([4]byte{byte(i >> 16), byte(i >> 8), byte(i), 1})
		if d.RespondTo(one, from, false) == nil {
			t.Fatalf("the first question of network %s is held", from)
		}
	}
	if n := d.Counts().Answered; n != 300_000 {
		t.Errorf("%d are answered", n)
	}
}
