package dns_test

import (
	"bytes"
	"testing"

	mdns "github.com/miekg/dns"

	"example.org/dorado/front/dns"
)

// Each row spoils a good query in one way; what comes back is the code, and nothing else in it.
func TestMalformedMessages(t *testing.T) {
	d := dns.NewDesk(dns.DeskConfig{Versions: zones(t, false), Now: instant()})
	m := question(t, "co. SOA")
	m.SetEdns0(1232, false)
	m.IsEdns0().Option = append(m.IsEdns0().Option, &mdns.EDNS0_COOKIE{Code: mdns.EDNS0COOKIE, Cookie: "0123456789abcdef"})
	good, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	const name, fixed, opt = 12, 16, 20 // where the name, the type, the OPT are
	for _, test := range []struct {
		name  string
		spoil func(m []byte) []byte
		want  int // -1: no answer
	}{
		{"nothing", func(m []byte) []byte { return m }, mdns.RcodeSuccess},
		{"half a header", func(m []byte) []byte { return m[:11] }, -1},
		{"an answer", func(m []byte) []byte { m[2] |= 0x80; return m }, -1},
		{"NOTIFY", func(m []byte) []byte { m[2] |= 4 << 3; return m }, mdns.RcodeNotImplemented},
		{"UPDATE", func(m []byte) []byte { m[2] |= 5 << 3; return m }, mdns.RcodeNotImplemented},
		{"an unassigned opcode", func(m []byte) []byte { m[2] |= 15 << 3; return m }, mdns.RcodeNotImplemented},
		{"a header alone", func(m []byte) []byte { return m[:12] }, mdns.RcodeFormatError},
		{"no question", func(m []byte) []byte { m[5] = 0; return m }, mdns.RcodeFormatError},
		{"two questions", func(m []byte) []byte { m[5] = 2; return m }, mdns.RcodeFormatError},
		{"an answer section", func(m []byte) []byte { m[7] = 1; return m }, mdns.RcodeFormatError},
		{"an OPT in the authority section", func(m []byte) []byte { m[9], m[11] = 1, 0; return m }, mdns.RcodeFormatError},
		{"two records of authority", func(m []byte) []byte { m[9] = 2; return m }, mdns.RcodeFormatError},
		{"three additional records", func(m []byte) []byte { m[11] = 3; return m }, mdns.RcodeFormatError},
		{"a record that is not there", func(m []byte) []byte { m[11] = 2; return m }, mdns.RcodeFormatError},
		{"two OPT", func(m []byte) []byte { m[11] = 2; return append(m, m[opt:]...) }, mdns.RcodeFormatError},
		{"an OPT below the root", func(m []byte) []byte { m[11] = 1; return append(m[:opt], append([]byte{0xc0, 12}, m[opt+1:]...)...) }, mdns.RcodeFormatError},
		{"a pointer forward", func(m []byte) []byte { return append(m[:opt], append([]byte{0xc0, opt}, m[opt+1:]...)...) }, mdns.RcodeFormatError},
		{"a label of 64", func(m []byte) []byte { m[name] = 64; return m }, mdns.RcodeFormatError},
		{"a pointer in the question", func(m []byte) []byte { m[name], m[name+1] = 0xc0, 0; return m }, mdns.RcodeFormatError},
		{"a label beyond the end", func(m []byte) []byte { m[name] = 63; return m }, mdns.RcodeFormatError},
		{"a name of 256 octets", func(m []byte) []byte {
			return append(append(m[:name], bytes.Repeat([]byte{1, 'a'}, 127)...), append([]byte{1, 'a'}, m[fixed-1:]...)...)
		}, mdns.RcodeFormatError},
		{"a question cut short", func(m []byte) []byte { return m[:opt-1] }, mdns.RcodeFormatError},
		{"cut short", func(m []byte) []byte { return m[:len(m)-1] }, mdns.RcodeFormatError},
		{"something behind it", func(m []byte) []byte { return append(m, 0) }, mdns.RcodeFormatError},
		{"an option longer than the OPT", func(m []byte) []byte { m[opt+11+3]++; return m }, mdns.RcodeFormatError},
		{"a cookie of seven octets", func(m []byte) []byte { m[opt+10]--; m[opt+11+3]--; return m[:len(m)-1] }, mdns.RcodeFormatError},
		{"a cookie of nine octets", func(m []byte) []byte { m[opt+10]++; m[opt+11+3]++; return append(m, 0) }, mdns.RcodeFormatError},
		{"another version of EDNS", func(m []byte) []byte { m[opt+6] = 1; return m }, mdns.RcodeBadVers},
		{"an option of another version", func(m []byte) []byte { m[opt+6] = 1; m[opt+11+3]++; return m }, mdns.RcodeBadVers},
		{"class CHAOS", func(m []byte) []byte { m[fixed+3] = 3; return m }, mdns.RcodeRefused},
		{"any class", func(m []byte) []byte { m[fixed+3] = 255; return m }, mdns.RcodeRefused},
		{"type 0", func(m []byte) []byte { m[fixed+1] = 0; return m }, mdns.RcodeFormatError},
	} {
		message := test.spoil(bytes.Clone(good))
		for _, tcp := range []bool{false, true} {
			out := d.RespondTo(message, someone(), tcp)
			if test.want < 0 {
				if out != nil {
					t.Errorf("%s was answered with %x", test.name, out)
				}
				continue
			}
			reply := unpacked(t, out)
			if reply.Rcode != test.want || reply.Id != m.Id || reply.Opcode != int(message[2]>>3) ||
				test.want != mdns.RcodeSuccess && len(reply.Answer)+len(reply.Ns) > 0 {
				t.Errorf("%s: the answer is %v, want %s alone", test.name, reply, mdns.RcodeToString[test.want])
			}
		}
	}
	c := d.Counts()
	if c.Ignored != 4 || c.Malformed == 0 || c.BadVersion != 4 || c.NotImplemented != 6 || c.Refused != 4 || c.Answered != 2 ||
		c.Received != c.Ignored+c.Malformed+c.BadVersion+c.NotImplemented+c.Refused+c.Answered {
		t.Errorf("what was counted is %+v", c)
	}
}

// A fault of ours is SERVFAIL to who asked, and nothing to others.
func TestFaultIsServerFailure(t *testing.T) {
	d := dns.NewDesk(dns.DeskConfig{Fault: true, Now: instant()})
	for _, ask := range []string{"co. SOA", "co. AXFR"} {
		out := d.Packet(packedQuestion(t, ask), someone())
		if len(out) != 12 || out[3] != mdns.RcodeServerFailure {
			t.Errorf("the answer to %s is %x", ask, out)
		}
	}
	if c := d.Counts(); c.Failed != 2 || c.Special != 1 {
		t.Errorf("counted are %+v", c)
	}
}

// The name of a question of the greatest length, in labels of one octet, is found and answered.
func TestLongestNames(t *testing.T) {
	d := dns.NewDesk(dns.DeskConfig{Versions: zones(t, true), Now: instant(), Size: 4096})
	name := ""
	for range 125 {
		name += "a."
	}
	for _, ask := range []string{name + "co. A", name[:len(name)-8] + "shop.co. A"} {
		m := question(t, ask)
		m.SetEdns0(4096, true)
		reply := consult(t, d, m, false)
		if reply.Rcode == mdns.RcodeFormatError || len(reply.Ns) == 0 {
			t.Errorf("the answer is %v", reply)
		}
		judge(t, m.Question[0], reply)
	}
}

// Whatever comes, the answer is a message that answers it, of a length that the sender can take, and is made of whole
// records only.
func FuzzDesk(f *testing.F) {
	signed := dns.NewDesk(dns.DeskConfig{
		Versions: zones(f, true), Now: instant(), Options: dns.Options{NSID: "one"}, Notify: func(dns.ChildNotice) bool { return true },
	})
	for _, text := range []string{"co. SOA", "www.shop.co. A", "com.co. DS", `\000.co. ANY`, ". NS", "signed.co. A", "no.held.co. TXT", "co. RRSIG"} {
		m := question(f, text)
		m.SetEdns0(1232, true)
		m.IsEdns0().Option = []mdns.EDNS0{
			&mdns.EDNS0_COOKIE{Code: mdns.EDNS0COOKIE, Cookie: "0123456789abcdef"}, &mdns.EDNS0_NSID{Code: mdns.EDNS0NSID},
			&mdns.EDNS0_LOCAL{Code: 19}, &mdns.EDNS0_TCP_KEEPALIVE{Code: mdns.EDNS0TCPKEEPALIVE},
		}
		packed, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed)
	}
	notify, err := new(mdns.Msg).SetNotify("shop.co.").Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(notify)
	notify = bytes.Clone(notify)
	notify[len(notify)-3] = byte(mdns.TypeCDS)
	f.Add(notify)
	m := question(f, "co. IXFR")
	m.Ns = records("co. 1 IN SOA a. b. 1 2 3 4 5")
	m.SetTsig("key.", mdns.HmacSHA256, 300, 1)
	packed, err := m.Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Fuzz(func(t *testing.T, message []byte) {
		for _, tcp := range []bool{false, true} {
			out := signed.RespondTo(message, someone(), tcp)
			if out == nil {
				continue
			}
			reply := unpacked(t, out)
			if !reply.Response || string(out[:2]) != string(message[:2]) || !tcp && len(out) > dns.MaxUDP || !tcp && reply.IsEdns0() == nil && len(out) > 512 {
				t.Fatalf("%d octets: %v", len(out), reply)
			}
			// What we take for a question is one to others as well, without what is behind it.
			alone := bytes.Clone(message)
			clear(alone[8:min(12, len(alone))])
			if asked := new(mdns.Msg); reply.Rcode == mdns.RcodeSuccess && (asked.Unpack(alone) != nil || asked.Question[0] != reply.Question[0]) {
				t.Fatalf("%x was answered with %v", message, reply)
			}
		}
	})
}
