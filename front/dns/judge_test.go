package dns_test

import (
	"slices"
	"strings"
	"testing"

	mdns "github.com/miekg/dns"

	"example.org/dorado/front/dns"
)

// verify checks every signature with the key of its zone, which the desk is asked for. What a question for signatures
// gets has nothing beside it that they cover.
func verify(t testing.TB, d *dns.Desk, m *mdns.Msg) {
	t.Helper()
	for _, section := range [][]mdns.RR{m.Answer, m.Ns, m.Extra} {
		for _, rr := range section {
			sig, ok := rr.(*mdns.RRSIG)
			if !ok || m.Question[0].Qtype == mdns.TypeRRSIG {
				continue
			}
			set := slices.DeleteFunc(slices.Clone(section), func(o mdns.RR) bool {
				return o.Header().Rrtype != sig.TypeCovered || !strings.EqualFold(o.Header().Name, sig.Hdr.Name)
			})
			if len(set) == 0 {
				t.Errorf("%s covers nothing that is there", sig)
				continue
			}
			key := consult(t, d, new(mdns.Msg).SetQuestion(sig.SignerName, mdns.TypeDNSKEY), true).Answer[0]
			if set[0].Header().Ttl != sig.Hdr.Ttl {
				t.Errorf("the TTL of %s is not that of %s", set[0], sig)
			}
			for _, o := range set { // a TTL may be lower than that which was signed
				o.Header().Ttl = sig.OrigTtl
			}
			if err := sig.Verify(key.(*mdns.DNSKEY), set); err != nil {
				t.Errorf("%s: %v", sig, err)
			}
		}
	}
}

// judge holds the NSEC3 records of an answer to prove what it says. RFC 5155 section 8.
func judge(t testing.TB, q mdns.Question, m *mdns.Msg) {
	t.Helper()
	var links []*mdns.NSEC3
	for _, rr := range m.Ns {
		if l, ok := rr.(*mdns.NSEC3); ok {
			links = append(links, l)
		}
	}
	name := strings.ToLower(q.Name)
	cut := ""
	for _, rr := range m.Ns {
		if rr.Header().Rrtype == mdns.TypeNS && !m.Authoritative {
			cut = strings.ToLower(rr.Header().Name)
		}
	}
	signed := slices.ContainsFunc(m.Ns, func(rr mdns.RR) bool { return rr.Header().Rrtype == mdns.TypeDS })
	switch {
	case len(m.Answer) > 0, signed:
		if len(links) > 0 {
			t.Errorf("a positive answer has NSEC3: %v", links)
		}
	case m.Rcode == mdns.RcodeNameError:
		next, encloser := encloserOf(t, links, name)
		covering(t, links, next)
		covering(t, links, "*."+encloser)
	case cut != "":
		noData(t, links, cut, mdns.TypeDS)
	case m.Rcode == mdns.RcodeSuccess:
		noData(t, links, name, q.Qtype)
	}
}

// encloserOf finds the closest encloser that is proved, and the name below it.
func encloserOf(t testing.TB, links []*mdns.NSEC3, name string) (next, encloser string) {
	t.Helper()
	for next = name; next != "."; next = encloser {
		_, encloser, _ = strings.Cut(next, ".")
		if encloser == "" {
			encloser = "."
		}
		if match(links, encloser) != nil {
			return next, encloser
		}
	}
	t.Errorf("no closest encloser of %s in %v", name, links)
	return name, name
}

func match(links []*mdns.NSEC3, name string) *mdns.NSEC3 {
	for _, l := range links {
		if l.Match(name) {
			return l
		}
	}
	return nil
}

func covering(t testing.TB, links []*mdns.NSEC3, name string) *mdns.NSEC3 {
	t.Helper()
	for _, l := range links {
		if l.Cover(name) {
			return l
		}
	}
	t.Errorf("nothing covers %s in %v", name, links)
	return nil
}

// noData judges that a name has no records of a type, by its own record or by opting out.
func noData(t testing.TB, links []*mdns.NSEC3, name string, kind uint16) {
	t.Helper()
	if l := match(links, name); l != nil {
		if slices.Contains(l.TypeBitMap, kind) {
			t.Errorf("%s has the type that is not there", l)
		}
		return
	}
	next, _ := encloserOf(t, links, name)
	if l := covering(t, links, next); l != nil && (l.Flags&1 == 0 || kind != mdns.TypeDS) {
		t.Errorf("%s does not opt out", l)
	}
}
