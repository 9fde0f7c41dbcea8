package dns_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	mdns "github.com/miekg/dns"

	"example.org/dorado/front/dns"
)

const (
	parentSOA   = "co. 600 IN SOA a.nic.co. hostmaster.nic.co. 7 1800 900 1209600 600"
	childSOA    = "com." + parentSOA
	parentGlue  = "a.nic.co. 86400 IN A 192.0.2.53\na.nic.co. 86400 IN AAAA 2001:db8::53"
	hostGlue    = "ns1.shop.co. 3600 IN A 192.0.2.1\nns1.shop.co. 3600 IN AAAA 2001:db8::1"
	referral    = "shop.co. 3600 IN NS ns.example.net.\nshop.co. 3600 IN NS ns1.shop.co.\nshop.co. 3600 IN NS shop.co."
	ownGlueToo  = hostGlue + "\nshop.co. 3600 IN A 192.0.2.2"
	apexServers = "86400 IN NS a.nic.co.\n"
)

// The whole answer is compared as zone text: code, AA, and the three sections. Questions for signatures are below.
func TestAnswers(t *testing.T) {
	d := dns.NewDesk(dns.DeskConfig{Versions: zones(t, false), Now: instant()})
	for _, test := range []struct {
		name, ask                 string
		want                      string // code and "aa"
		answer, authority, extras string
	}{
		{name: "SOA of an apex", ask: "co. SOA", want: "NOERROR aa", answer: strings.Replace(parentSOA, " 600 ", " 900 ", 1)},
		{
			name: "NS of an apex", ask: "co. NS", want: "NOERROR aa",
			answer: "co. " + apexServers + "co. 86400 IN NS b.example.net.", extras: parentGlue,
		},
		{name: "ANY of an apex is its SOA", ask: "co. ANY", want: "NOERROR aa", answer: strings.Replace(parentSOA, " 600 ", " 900 ", 1)},
		{name: "no data at an apex", ask: "co. MX", want: "NOERROR aa", authority: parentSOA},
		{name: "no signatures", ask: "co. RRSIG", want: "NOERROR aa", authority: parentSOA},
		{
			name: "NS of a zone below a zone", ask: "com.co. NS", want: "NOERROR aa",
			answer: "com.co. " + apexServers + "com.co. 86400 IN NS b.example.net.", extras: parentGlue,
		},
		{name: "the parent answers for DS of the child", ask: "com.co. DS", want: "NOERROR aa", answer: "com.co. 3600 IN DS 9 13 2 " + digest},
		{name: "DS of the topmost zone", ask: "co. DS", want: "NOERROR aa", authority: parentSOA},

		{name: "a delegation", ask: "shop.co. NS", want: "NOERROR", authority: referral, extras: ownGlueToo},
		{name: "below a delegation", ask: "www.a.shop.co. AAAA", want: "NOERROR", authority: referral, extras: ownGlueToo},
		{name: "a host below a delegation", ask: "ns1.shop.co. A", want: "NOERROR", authority: referral, extras: ownGlueToo},
		{name: "ANY of a delegation", ask: "shop.co. ANY", want: "NOERROR", authority: referral, extras: ownGlueToo},
		{name: "signatures of a delegation", ask: "shop.co. RRSIG", want: "NOERROR", authority: referral, extras: ownGlueToo},
		{name: "DS of a delegation", ask: "shop.co. DS", want: "NOERROR aa", authority: parentSOA},
		{
			name: "DS of a signed delegation", ask: "signed.co. DS", want: "NOERROR aa",
			answer: "signed.co. 3600 IN DS 1 13 2 " + digest + "\nsigned.co. 3600 IN DS 2 13 2 " + digest,
		},
		{name: "DS below a delegation", ask: "www.shop.co. DS", want: "NOERROR", authority: referral, extras: ownGlueToo},
		{
			name: "a sibling's host", ask: "sibling.co. A", want: "NOERROR",
			authority: "sibling.co. 3600 IN NS ns1.shop.co.", extras: hostGlue,
		},
		{
			name: "a host in another zone", ask: "cousin.co. A", want: "NOERROR",
			authority: "cousin.co. 3600 IN NS ns.deep.com.co.", extras: "ns.deep.com.co. 3600 IN A 192.0.2.4",
		},
		{
			name: "the letters of the question", ask: "Www.SHOP.Com.Co. A", want: "NOERROR",
			authority: "SHOP.Com.Co. 3600 IN NS ns.example.net.",
		},

		{name: "a name that does not exist", ask: "no.co. A", want: "NXDOMAIN aa", authority: parentSOA},
		{name: "below a name that does not exist", ask: "www.no.com.co. A", want: "NXDOMAIN aa", authority: childSOA},
		{name: "an escaped dot is no cut", ask: `x\.shop.co. A`, want: "NXDOMAIN aa", authority: parentSOA},
		{name: "octets that are no text", ask: `\255\000.co. A`, want: "NXDOMAIN aa", authority: parentSOA},
		{name: "a star is a name", ask: `*.co. A`, want: "NXDOMAIN aa", authority: parentSOA},

		{
			name: "a host of a name that is not delegated", ask: "user.co. NS", want: "NOERROR",
			authority: "user.co. 3600 IN NS a.ns.held.co.", extras: "a.ns.held.co. 3600 IN A 192.0.2.3",
		},
		{name: "it answers", ask: "a.ns.held.co. A", want: "NOERROR aa", answer: "a.ns.held.co. 3600 IN A 192.0.2.3"},
		{name: "and has no other type", ask: "a.ns.held.co. AAAA", want: "NOERROR aa", authority: parentSOA},
		{name: "the names above it are empty", ask: "ns.held.co. A", want: "NOERROR aa", authority: parentSOA},
		{name: "another name below them", ask: "www.held.co. A", want: "NXDOMAIN aa", authority: parentSOA},
		{name: "text", ask: "nic.co. TXT", want: "NOERROR aa", answer: `nic.co. 900 IN TXT "the registry"`},

		{name: "outside", ask: "example.com. A", want: "REFUSED"},
		{name: "the root", ask: ". NS", want: "REFUSED"},
		{name: "a suffix that is no parent", ask: "xco. A", want: "REFUSED"},
		{name: "a label that ends like a zone", ask: `x\002co. A`, want: "REFUSED"},
		{name: "AXFR", ask: "co. AXFR", want: "REFUSED"},
		{name: "IXFR", ask: "co. IXFR", want: "REFUSED"},
		{name: "a type that no record has", ask: "co. OPT", want: "FORMERR"},
		{name: "a type for questions only", ask: "co. MAILB", want: "NOTIMP"},
	} {
		t.Run(test.name, func(t *testing.T) {
			request := question(t, test.ask)
			request.SetEdns0(dns.MaxUDP, false)
			reply := consult(t, d, request, false)
			got := [4]string{outcome(reply), text(reply.Answer), text(reply.Ns), text(reply.Extra)}
			want := [4]string{test.want, test.answer, test.authority, test.extras}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.ask, diff)
			}
			if reply.Question[0] != request.Question[0] || reply.Id != request.Id || reply.RecursionAvailable || reply.Truncated {
				t.Errorf("%s: the header or question is %v", test.ask, reply)
			}
		})
	}
}

// With DO each answer has what a validating resolver needs: the types are counted, every signature is verified, and every
// proof is judged by RFC 5155 section 8.
func TestSignedAnswers(t *testing.T) {
	versions := zones(t, true)
	d := dns.NewDesk(dns.DeskConfig{Versions: versions, Now: instant(), Size: 4096})
	for _, test := range []struct{ name, ask, want, answer, authority, extras string }{
		{"SOA", "co. SOA", "NOERROR aa", "SOA RRSIG", "", ""},
		{"NS of an apex, with signed addresses", "co. NS", "NOERROR aa", "NS NS RRSIG", "", "A RRSIG AAAA RRSIG"},
		{"DNSKEY", "co. DNSKEY", "NOERROR aa", "DNSKEY RRSIG", "", ""},
		{"NSEC3PARAM", "co. NSEC3PARAM", "NOERROR aa", "NSEC3PARAM RRSIG", "", ""},
		{"signatures are those of one RRset", "co. RRSIG", "NOERROR aa", "RRSIG", "", ""},
		{"no data", "co. MX", "NOERROR aa", "", "SOA RRSIG NSEC3 RRSIG", ""},
		{"no data of an empty name", "ns.held.co. A", "NOERROR aa", "", "SOA RRSIG NSEC3 RRSIG", ""},
		{"DS", "signed.co. DS", "NOERROR aa", "DS DS RRSIG", "", ""},
		{"DS that was opted out", "shop.co. DS", "NOERROR aa", "", "SOA RRSIG NSEC3 RRSIG NSEC3 RRSIG", ""},
		{"DS of a zone that we have", "com.co. DS", "NOERROR aa", "DS RRSIG", "", ""},
		{"a signed delegation", "www.signed.co. A", "NOERROR", "", "NS DS DS RRSIG", ""},
		{"an unsigned delegation", "www.shop.co. A", "NOERROR", "", "NS NS NS NSEC3 RRSIG NSEC3 RRSIG", "A AAAA A"},
		{"an unsigned one in the zone below", "shop.com.co. A", "NOERROR", "", "NS NSEC3 RRSIG", ""},
		{"no such name", "no.co. A", "NXDOMAIN aa", "", "SOA RRSIG NSEC3 RRSIG NSEC3 RRSIG NSEC3 RRSIG", ""},
		{"no such name below an empty one", "no.held.co. A", "NXDOMAIN aa", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := question(t, test.ask)
			m.SetEdns0(4096, true)
			reply := consult(t, d, m, false)
			got := [4]string{outcome(reply), kinds(reply.Answer), kinds(reply.Ns), kinds(reply.Extra)}
			want := [4]string{test.want, test.answer, test.authority, test.extras}
			if test.authority == "" && outcome(reply) == "NXDOMAIN aa" {
				want[2] = got[2] // how many records prove it depends on the hashes; judge says whether they do
			}
			// Records may prove two things at once.
			if strings.HasPrefix(test.authority, got[2]) && strings.Contains(test.authority, "NSEC3") && strings.Contains(got[2], "NSEC3") {
				want[2] = got[2]
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.ask, diff)
			}
			verify(t, d, reply)
			judge(t, m.Question[0], reply)
		})
	}
}

// kinds are the types of records, OPT left out.
func kinds(rrs []mdns.RR) string {
	var list []string
	for _, rr := range rrs {
		if kind := rr.Header().Rrtype; kind != mdns.TypeOPT {
			list = append(list, mdns.TypeToString[kind])
		}
	}
	return strings.Join(list, " ")
}

// The same question by TCP and by UDP with room has the same answer; with less room it is a part of it, and TC says so
// unless only addresses of siblings are missing.
func TestAnswersAtEverySize(t *testing.T) {
	versions := zones(t, true)
	d := dns.NewDesk(dns.DeskConfig{Versions: versions, Now: instant(), Size: 4096})
	for _, ask := range []string{"co. SOA", "co. NS", "co. MX", "signed.co. A", "shop.co. A", "sibling.co. A", "no.co. A", "co. DNSKEY"} {
		m := question(t, ask)
		m.SetEdns0(4096, true)
		whole := consult(t, d, m, true)
		for size := 512; size <= 2048; size++ {
			m.IsEdns0().SetUDPSize(uint16(size))
			packed, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			out := d.RespondTo(packed, someone(), false)
			reply := unpacked(t, out)
			if len(out) > size {
				t.Fatalf("%s: %d octets, %d are the most", ask, len(out), size)
			}
			missing := len(reply.Answer) < len(whole.Answer) || len(reply.Ns) < len(whole.Ns) || ask == "shop.co. A" && len(reply.Extra) < len(whole.Extra)
			if reply.Truncated != missing {
				t.Fatalf("%s in %d octets: TC is %v, and it has %d, %d, %d records of %d, %d, %d", ask, size, reply.Truncated,
					len(reply.Answer), len(reply.Ns), len(reply.Extra), len(whole.Answer), len(whole.Ns), len(whole.Extra))
			}
			verifySome(t, reply, whole)
		}
	}
}

// verifySome holds a shorter answer to be a part of the whole one.
func verifySome(t testing.TB, part, whole *mdns.Msg) {
	t.Helper()
	all := text(slices.Concat(whole.Answer, whole.Ns, whole.Extra))
	for line := range strings.SplitSeq(text(slices.Concat(part.Answer, part.Ns, part.Extra)), "\n") {
		if !strings.Contains(all, line) {
			t.Fatalf("%s is not in the whole answer", line)
		}
	}
}

// Nothing is allocated for an answer by UDP, whatever it is.
func TestAnswersDoNotAllocate(t *testing.T) {
	d := dns.NewDesk(dns.DeskConfig{Versions: zones(t, true), Now: time.Now(), Rate: 1 << 16})
	for _, ask := range []string{"co. SOA", "co. NS", "co. MX", "signed.co. A", "shop.co. A", "no.co. A", "x.no.held.co. A", "example.com. A"} {
		m := question(t, ask)
		m.SetEdns0(1232, true)
		o := m.IsEdns0()
		o.Option = append(o.Option, &mdns.EDNS0_COOKIE{Code: mdns.EDNS0COOKIE, Cookie: "0123456789abcdef"})
		packed, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		d.RespondTo(packed, someone(), false) // the room, and the secrets of the day
		if n := testing.AllocsPerRun(200, func() { d.RespondTo(packed, someone(), false) }); n != 0 {
			t.Errorf("%s: %v allocations", ask, n)
		}
	}
}
