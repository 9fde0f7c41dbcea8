package dns_test

import (
	"slices"
	"strings"
	"testing"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/policy"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

func ttl(kind string, seconds uint32) []flow.TTLEdit {
	return []flow.TTLEdit{{For: kind, Seconds: &seconds}}
}

// ttls returns what an answer shows of TTLs, as "name type ttl", each RRset once.
func ttls(t testing.TB, s *dns.Server, text string) string {
	t.Helper()
	reply := ask(t, s, question(t, text))
	var list []string
	for _, rr := range slices.Concat(reply.Answer, reply.Ns, reply.Extra) {
		fields := strings.Fields(rr.String())
		if line := strings.Join([]string{fields[0], mdns.TypeToString[rr.Header().Rrtype], fields[1]}, " "); !slices.Contains(list, line) {
			list = append(list, line)
		}
	}
	return strings.Join(list, ", ")
}

// A TTL that a registrar chose is served with its RRset and no other; the serial goes forward; the profile's
// default holds elsewhere, also after it has changed.
func TestChosenTTLs(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1", "2001:db8::1")
	delegate(w, world.Acme, "shop.co", "ns1.shop.co")
	w.Domain(world.Acme, "other.co", "ns1.shop.co")
	sign(w, "shop.co", 1)
	s := newServer(w)
	update := func(edits []flow.TTLEdit) {
		w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), TTL: edits})
	}
	glued := func(edits []flow.TTLEdit) {
		w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns1.shop.co"), TTL: edits})
	}
	for _, step := range []struct {
		name                string
		do                  func()
		shop, signer, other string
	}{
		{
			"none chosen", func() {},
			"shop.co. NS 3600, ns1.shop.co. A 3600, ns1.shop.co. AAAA 3600", "shop.co. DS 3600",
			"other.co. NS 3600, ns1.shop.co. A 3600, ns1.shop.co. AAAA 3600",
		},
		{
			"of NS", func() { update(ttl("NS", 300)) },
			"shop.co. NS 300, ns1.shop.co. A 3600, ns1.shop.co. AAAA 3600", "shop.co. DS 3600",
			"other.co. NS 3600, ns1.shop.co. A 3600, ns1.shop.co. AAAA 3600",
		},
		{
			"of DS", func() { update(ttl("DS", 600)) },
			"shop.co. NS 300, ns1.shop.co. A 3600, ns1.shop.co. AAAA 3600", "shop.co. DS 600",
			"other.co. NS 3600, ns1.shop.co. A 3600, ns1.shop.co. AAAA 3600",
		},
		{
			"of the glue", func() { glued(ttl("AAAA", 900)) },
			"shop.co. NS 300, ns1.shop.co. A 3600, ns1.shop.co. AAAA 900", "shop.co. DS 600",
			"other.co. NS 3600, ns1.shop.co. A 3600, ns1.shop.co. AAAA 900",
		},
		{
			"given back", func() { update([]flow.TTLEdit{{For: "NS"}}); glued([]flow.TTLEdit{{For: "AAAA"}}) },
			"shop.co. NS 3600, ns1.shop.co. A 3600, ns1.shop.co. AAAA 3600", "shop.co. DS 600",
			"other.co. NS 3600, ns1.shop.co. A 3600, ns1.shop.co. AAAA 3600",
		},
		{
			"another default", func() { defaultTTL(w, "NS", 7200) },
			"shop.co. NS 7200, ns1.shop.co. A 3600, ns1.shop.co. AAAA 3600", "shop.co. DS 600",
			"other.co. NS 7200, ns1.shop.co. A 3600, ns1.shop.co. AAAA 3600",
		},
	} {
		before := serial(t, s, "co.")
		step.do()
		publish(t, s)
		if after := serial(t, s, "co."); step.name != "none chosen" && after == before {
			t.Errorf("%s: the serial stays %d", step.name, after)
		}
		for question, want := range map[string]string{"shop.co. NS": step.shop, "shop.co. DS": step.signer, "other.co. NS": step.other} {
			for what, server := range map[string]*dns.Server{"published": s, "loaded": newServer(w)} {
				if got := ttls(t, server, question); got != want {
					t.Errorf("%s, %s: %s shows %s, want %s", step.name, what, question, got, want)
				}
			}
		}
	}
}

// defaultTTL changes the profile of a world.
func defaultTTL(w *world.World, kind string, seconds uint32) {
	versions := slices.Clone(w.Service.Profile.Versions)
	for i := range versions {
		ranges := map[string]policy.TTLRange{}
		for k, r := range versions[i].Terms.TTLs {
			if k == kind {
				r.Default = seconds
			}
			ranges[k] = r
		}
		versions[i].Terms.TTLs = ranges
	}
	w.Service.Profile.Versions = versions
}
