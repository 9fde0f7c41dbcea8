package dns_test

import (
	"encoding/hex"
	"net/netip"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/front/dns"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// cookieOf returns the cookie of an answer, "" without one.
func cookieOf(m *mdns.Msg) string {
	if opt := m.IsEdns0(); opt != nil {
		for _, o := range opt.Option {
			if c, ok := o.(*mdns.EDNS0_COOKIE); ok {
				return c.Cookie
			}
		}
	}
	return ""
}

// withCookie is a question with a cookie in hexadecimal digits.
func withCookie(t testing.TB, ask, cookie string) []byte {
	t.Helper()
	m := question(t, ask)
	m.SetEdns0(1232, false)
	m.IsEdns0().Option = append(m.IsEdns0().Option, &mdns.EDNS0_COOKIE{Code: mdns.EDNS0COOKIE, Cookie: cookie})
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

// The cookies of RFC 9018, appendix A: another server with the same secret makes the same ones.
func TestCookiesOfTheStandard(t *testing.T) {
	const (
		first  = "e5e973e5a6b2a43f48e7dc849e37bfcf"
		old    = "dd3bdf9344b678b185a6f5cb60fca715"
		second = "445536bcd2513298075a5d379663c962"
	)
	for _, test := range []struct {
		name, from   string
		at           int64
		secrets      []string
		sent, answer string
	}{
		{
			"A.1, a new client", "198.51.100.100", 1559731985,
			[]string{first},
			"2464c4abcf10c957", "2464c4abcf10c957010000005cf79f111f8130c3eee29480",
		},
		{
			"A.2, renewed after half an hour", "198.51.100.100", 1559734385,
			[]string{first},
			"2464c4abcf10c957010000005cf79f111f8130c3eee29480", "2464c4abcf10c957010000005cf7a871d4a564a1442aca77",
		},
		{
			"A.4, with a new secret", "2001:db8:220:1:59de:d0f4:8769:82b8", 1559741961,
			[]string{second, old},
			"22681ab97d52c298010000005cf7c57926556bd0934c72f8", "22681ab97d52c298010000005cf7c609a6bb79d16625507a",
		},
		{
			"used on within half an hour", "198.51.100.100", 1559731985 + 1799,
			[]string{first},
			"2464c4abcf10c957010000005cf79f111f8130c3eee29480", "2464c4abcf10c957010000005cf79f111f8130c3eee29480",
		},
	} {
		var secrets [][]byte
		for _, s := range test.secrets {
			secrets = append(secrets, unhex(t, s))
		}
		d := dns.NewDesk(dns.DeskConfig{Versions: zones(t, false), Secrets: secrets, Now: time.Unix(test.at, 0)})
		reply := unpacked(t, d.RespondTo(withCookie(t, "co. SOA", test.sent), netip.MustParseAddr(test.from), false))
		if got := cookieOf(reply); got != test.answer {
			t.Errorf("%s: the cookie is %s, want %s", test.name, got, test.answer)
		}
	}
}

// Of who shows a cookie of ours as many answers go out as it asks for; each row spoils the cookie in one way, or has the
// time pass, and then all but the first few are held back.
func TestCookiesProve(t *testing.T) {
	const rate = 10
	for _, test := range []struct {
		name  string
		spoil func([]byte) []byte
		after time.Duration
		from  string
		want  bool
	}{
		{name: "as it was given", want: true},
		{name: "after 59 minutes", after: 59 * time.Minute, want: true},
		{name: "after 61 minutes", after: 61 * time.Minute},
		{name: "from another address", from: "198.51.100.8"},
		{name: "with another client part", spoil: func(c []byte) []byte { c[0] ^= 1; return c }},
		{name: "with another hash", spoil: func(c []byte) []byte { c[23] ^= 1; return c }},
		{name: "with another version", spoil: func(c []byte) []byte { c[8] = 2; return c }},
		{name: "with reserved octets", spoil: func(c []byte) []byte { c[10] = 1; return c }},
		{name: "of tomorrow", spoil: func(c []byte) []byte { c[12]++; return c }},
		{name: "longer", spoil: func(c []byte) []byte { return append(c, 0) }},
		{name: "without the server's part", spoil: func(c []byte) []byte { return c[:8] }},
	} {
		d := dns.NewDesk(dns.DeskConfig{Versions: zones(t, false), Now: instant(), Rate: rate})
		from := someone()
		first := unpacked(t, d.RespondTo(withCookie(t, "co. SOA", "0123456789abcdef"), from, false))
		cookie := unhex(t, cookieOf(first))
		if test.spoil != nil {
			cookie = test.spoil(cookie)
		}
		if test.from != "" {
			from = netip.MustParseAddr(test.from)
		}
		d.Pass(test.after)
		message := withCookie(t, "co. SOA", hex.EncodeToString(cookie))
		for range 5 * rate {
			d.RespondTo(message, from, false)
		}
		if got := d.Counts().Held == 0; got != test.want {
			t.Errorf("a cookie %s proves the address: %v, want %v", test.name, got, test.want)
		}
	}
}

// Secrets that are derived change every day, and a cookie outlives that; another registry's are not ours.
func TestCookiesOverDays(t *testing.T) {
	midnight := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	d := dns.NewDesk(dns.DeskConfig{Versions: zones(t, false), Now: midnight.Add(-time.Minute), Rate: 1})
	before := cookieOf(unpacked(t, d.RespondTo(withCookie(t, "co. SOA", "0123456789abcdef"), someone(), false)))
	d.Pass(2 * time.Minute)
	after := cookieOf(unpacked(t, d.RespondTo(withCookie(t, "co. SOA", before), someone(), false)))
	if after == before || d.Counts().Held != 0 {
		t.Errorf("over midnight %s becomes %s, %+v", before, after, d.Counts())
	}
	again := cookieOf(unpacked(t, d.RespondTo(withCookie(t, "co. SOA", after), someone(), false)))
	if again != after {
		t.Errorf("within a day %s becomes %s", after, again)
	}
}

// Who asks nothing but for a cookie gets one, and who shows one hears whether it is good: NOERROR, or BADCOOKIE with one
// that is. Without a cookie, a message that asks nothing is malformed. RFC 7873 section 5.4.
func TestCookiesWithoutQuestion(t *testing.T) {
	const client = "0123456789abcdef"
	d := dns.NewDesk(dns.DeskConfig{Versions: zones(t, false), Now: instant()})
	good := cookieOf(unpacked(t, d.RespondTo(withCookie(t, "co. SOA", client), someone(), false)))
	for _, test := range []struct {
		name, cookie string
		spoil        func(*mdns.Msg)
		want         int
	}{
		{name: "the client's part", cookie: client, want: mdns.RcodeSuccess},
		{name: "a good cookie", cookie: good, want: mdns.RcodeSuccess},
		{name: "a cookie of somebody else", cookie: good[:46] + map[bool]string{true: "00", false: "11"}[good[46:] != "00"], want: mdns.RcodeBadCookie},
		{name: "no cookie", want: mdns.RcodeFormatError},
		{name: "an answer beside it", cookie: client, spoil: func(m *mdns.Msg) { m.Answer = records("co. 1 IN A 192.0.2.1") }, want: mdns.RcodeFormatError},
		{name: "a SOA beside it", cookie: client, spoil: func(m *mdns.Msg) { m.Ns = records("co. 1 IN A 192.0.2.1") }, want: mdns.RcodeFormatError},
	} {
		for _, tcp := range []bool{false, true} {
			m := question(t, "co. SOA")
			m.Question = nil
			m.SetEdns0(1232, false)
			if test.cookie != "" {
				m.IsEdns0().Option = append(m.IsEdns0().Option, &mdns.EDNS0_COOKIE{Code: mdns.EDNS0COOKIE, Cookie: test.cookie})
			}
			if test.spoil != nil {
				test.spoil(m)
			}
			packed, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			reply := unpacked(t, d.RespondTo(packed, someone(), tcp))
			if reply.Rcode != test.want || reply.Id != m.Id || len(reply.Question)+len(reply.Answer)+len(reply.Ns) != 0 {
				t.Errorf("%s, by TCP %t: the answer is %v, want %s alone", test.name, tcp, reply, mdns.RcodeToString[test.want])
			}
			if test.want != mdns.RcodeFormatError && cookieOf(reply) != good {
				t.Errorf("%s, by TCP %t: the cookie is %q, want %q", test.name, tcp, cookieOf(reply), good)
			}
		}
	}
}
