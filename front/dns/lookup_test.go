package dns_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	mdns "github.com/miekg/dns"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

// zonesUnderTest has one name for each way in which a name can stand in a zone.
func zonesUnderTest(t testing.TB) *dns.Server {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1", "2001:db8::1")
	w.Host(world.Acme, "shop.co", "192.0.2.2")
	delegate(w, world.Acme, "shop.co", "ns1.shop.co", "ns.example.net", "shop.co")
	w.Domain(world.Acme, "sibling.co", "ns1.shop.co")
	w.Domain(world.Acme, "shop.com.co", "ns.example.net")
	w.Domain(world.Acme, "held.co")
	w.Host(world.Acme, "a.ns.held.co", "192.0.2.3")
	delegate(w, world.Acme, "held.co", "a.ns.held.co")
	w.Domain(world.Acme, "user.co", "a.ns.held.co")
	setStatus(w, "held.co", registry.ClientHold)
	w.Domain(world.Acme, "bare.co")
	w.Domain(world.Acme, "signed.co", "ns.example.net")
	sign(w, "signed.co", 1, 2)
	w.Domain(world.Acme, "signed-and-bare.co")
	sign(w, "signed-and-bare.co", 1)
	return newServer(w)
}

const (
	soa         = "900 IN SOA a.nic.co. hostmaster.nic.co. 1772366400 1800 900 1209600 900"
	coSOA       = "co. " + soa
	shopGlue    = "ns1.shop.co. 3600 IN A 192.0.2.1\nns1.shop.co. 3600 IN AAAA 2001:db8::1"
	shopGlueToo = shopGlue + "\nshop.co. 3600 IN A 192.0.2.2"
	shopNS      = "shop.co. 3600 IN NS ns.example.net.\nshop.co. 3600 IN NS ns1.shop.co.\nshop.co. 3600 IN NS shop.co."
	ownGlue     = "a.nic.co. 86400 IN A 192.0.2.53\na.nic.co. 86400 IN AAAA 2001:db8::53"
)

// The whole answer is compared as zone text: code, AA, and the three sections.
func TestLookup(t *testing.T) {
	s := zonesUnderTest(t)
	for _, test := range []struct {
		name, ask                 string
		want                      string // code and "aa"
		answer, authority, extras string
	}{
		{name: "SOA of an apex", ask: "co. SOA", want: "NOERROR aa", answer: coSOA},
		{
			name: "NS of an apex", ask: "co. NS", want: "NOERROR aa",
			answer: "co. 86400 IN NS a.nic.co.\nco. 86400 IN NS b.example.net.", extras: ownGlue,
		},
		{name: "ANY of an apex is one RRset", ask: "co. ANY", want: "NOERROR aa", answer: coSOA},
		{name: "no data at an apex", ask: "co. MX", want: "NOERROR aa", authority: coSOA},
		{name: "the child answers for its apex", ask: "com.co. SOA", want: "NOERROR aa", answer: "com.co. " + soa},
		{
			name: "NS of a zone below a zone", ask: "com.co. NS", want: "NOERROR aa",
			answer: "com.co. 86400 IN NS a.nic.co.\ncom.co. 86400 IN NS b.example.net.", extras: ownGlue, // of another zone
		},
		{name: "the parent answers for DS of the child", ask: "com.co. DS", want: "NOERROR aa", authority: coSOA},
		{name: "DS of the topmost zone", ask: "co. DS", want: "NOERROR aa", authority: coSOA},

		{name: "a delegation", ask: "shop.co. NS", want: "NOERROR", authority: shopNS, extras: shopGlueToo},
		{name: "below a delegation", ask: "www.a.shop.co. AAAA", want: "NOERROR", authority: shopNS, extras: shopGlueToo},
		{name: "a host below a delegation", ask: "ns1.shop.co. A", want: "NOERROR", authority: shopNS, extras: shopGlueToo},
		{name: "ANY of a delegation", ask: "shop.co. ANY", want: "NOERROR", authority: shopNS, extras: shopGlueToo},
		{name: "SOA of a delegation", ask: "shop.co. SOA", want: "NOERROR", authority: shopNS, extras: shopGlueToo},
		{name: "DS of a delegation", ask: "shop.co. DS", want: "NOERROR aa", authority: coSOA},
		{name: "DS of a signed delegation", ask: "signed.co. DS", want: "NOERROR aa", answer: signedDS(1) + "\n" + signedDS(2)},
		{name: "a signed delegation", ask: "signed.co. A", want: "NOERROR", authority: "signed.co. 3600 IN NS ns.example.net."},
		{name: "DS of a name without name servers", ask: "signed-and-bare.co. DS", want: "NXDOMAIN aa", authority: coSOA},
		{name: "DS below a delegation", ask: "www.shop.co. DS", want: "NOERROR", authority: shopNS, extras: shopGlueToo},
		{
			name: "a sibling's host", ask: "sibling.co. A", want: "NOERROR",
			authority: "sibling.co. 3600 IN NS ns1.shop.co.", extras: shopGlue,
		},
		{
			name: "a host outside has no glue", ask: "www.shop.com.co. A", want: "NOERROR",
			authority: "shop.com.co. 3600 IN NS ns.example.net.",
		},
		{
			name: "the case of the question", ask: "Www.SHOP.Com.Co. A", want: "NOERROR",
			authority: "SHOP.Com.Co. 3600 IN NS ns.example.net.",
		},

		{name: "a name that does not exist", ask: "no.co. A", want: "NXDOMAIN aa", authority: coSOA},
		{name: "below a name that does not exist", ask: "www.no.com.co. A", want: "NXDOMAIN aa", authority: "com.co. " + soa},
		{name: "registered without name servers", ask: "bare.co. A", want: "NXDOMAIN aa", authority: coSOA},
		{name: "an escaped dot is no cut", ask: `x\.shop.co. A`, want: "NXDOMAIN aa", authority: coSOA},
		{name: "octets that are no text", ask: `\255\000.co. A`, want: "NXDOMAIN aa", authority: coSOA},

		{
			name: "held: its host serves others", ask: "user.co. NS", want: "NOERROR",
			authority: "user.co. 3600 IN NS a.ns.held.co.", extras: "a.ns.held.co. 3600 IN A 192.0.2.3",
		},
		{name: "held: the host answers", ask: "a.ns.held.co. A", want: "NOERROR aa", answer: "a.ns.held.co. 3600 IN A 192.0.2.3"},
		{name: "held: no other type", ask: "a.ns.held.co. AAAA", want: "NOERROR aa", authority: coSOA},
		{name: "held: a name above the host", ask: "ns.held.co. A", want: "NOERROR aa", authority: coSOA},
		{name: "held: the name itself", ask: "held.co. NS", want: "NOERROR aa", authority: coSOA},
		{name: "held: another name below", ask: "www.held.co. A", want: "NXDOMAIN aa", authority: coSOA},

		{name: "a name server of ours", ask: "a.nic.co. A", want: "NOERROR aa", answer: "a.nic.co. 86400 IN A 192.0.2.53"},
		{name: "ANY of a name server of ours", ask: "a.nic.co. ANY", want: "NOERROR aa", answer: "a.nic.co. 86400 IN A 192.0.2.53"},
		{name: "above a name server of ours", ask: "nic.co. A", want: "NOERROR aa", authority: coSOA},

		{name: "outside", ask: "example.com. A", want: "REFUSED"},
		{name: "the root", ask: ". NS", want: "REFUSED"},
		{name: "a suffix that is no parent", ask: "xco. A", want: "REFUSED"},
		{name: "AXFR", ask: "co. AXFR", want: "REFUSED"},
		{name: "IXFR", ask: "co. IXFR", want: "REFUSED"},
	} {
		t.Run(test.name, func(t *testing.T) {
			request := question(t, test.ask)
			request.SetEdns0(dns.MaxUDP, false)
			reply := ask(t, s, request)
			got := [4]string{outcome(reply), text(reply.Answer), text(reply.Ns), text(reply.Extra)}
			want := [4]string{test.want, test.answer, test.authority, test.extras}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.ask, diff)
			}
			if reply.Question[0] != request.Question[0] || reply.Id != request.Id || reply.RecursionAvailable {
				t.Errorf("%s: the header or question is %v", test.ask, reply)
			}
		})
	}
}

func signer(tag int) registry.DS {
	return registry.DS{KeyTag: uint16(tag), Algorithm: 13, DigestType: 2, Digest: strings.Repeat("AB", 32)}
}

// sign gives a name DS.
func sign(w *world.World, name string, tags ...int) {
	var add []registry.DSRecord
	for _, tag := range tags {
		add = append(add, registry.DSRecord{DS: signer(tag)})
	}
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name(name), DS: flow.SignerEdit{Add: add}})
}

func signedDS(tag int) string {
	return fmt.Sprintf("signed.co. 3600 IN DS %d 13 2 %s", tag, strings.Repeat("AB", 32))
}

func outcome(m *mdns.Msg) string {
	if m.Authoritative {
		return mdns.RcodeToString[m.Rcode] + " aa"
	}
	return mdns.RcodeToString[m.Rcode]
}

func text(rrs []mdns.RR) string {
	var lines []string
	for _, rr := range rrs {
		if rr.Header().Rrtype != mdns.TypeOPT {
			lines = append(lines, strings.ReplaceAll(rr.String(), "\t", " "))
		}
	}
	return strings.Join(lines, "\n")
}
