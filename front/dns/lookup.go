package dns

import (
	"net/netip"
	"strings"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// An answer is what the zones say to one question.
type answer struct {
	rcode         int
	authoritative bool
	answer        []mdns.RR
	authority     []mdns.RR
	glue          []mdns.RR // without which the referral is of no use. RFC 9471
	sibling       []mdns.RR // addresses that spare the resolver a query
}

// A query is a question with its name taken apart.
type query struct {
	name   string // as it was asked, with the final dot
	key    string // canonical, without the final dot
	labels []int  // where each label begins, in name and in key
	kind   uint16
}

// newQuery takes a question apart. Presentation format escapes dots inside labels, so offsets come
// from the library; lowering ASCII letters moves none.
func newQuery(q mdns.Question) query {
	key := strings.TrimSuffix(mdns.CanonicalName(q.Name), ".")
	return query{q.Name, key, mdns.Split(q.Name), q.Qtype}
}

// asked returns the part of the name from label i on, in the letters of the question.
func (q query) asked(i int) string { return q.name[q.labels[i]:] }

// at is the same as a key.
func (q query) at(i int) string { return q.key[q.labels[i]:] }

// lookup answers a question of class IN. RFC 1034 section 4.3.2.
func (s *Server) lookup(c *contents, q query) answer {
	c.mu.RLock()
	defer c.mu.RUnlock()
	z, apex := c.find(q)
	switch {
	case z == nil, q.kind == mdns.TypeAXFR, q.kind == mdns.TypeIXFR:
		return answer{rcode: mdns.RcodeRefused}
	case apex == 0:
		return s.atApex(c, z, q)
	}
	if set := c.delegations[q.at(apex-1)]; set != nil && (apex > 1 || q.kind != mdns.TypeDS) {
		return c.referral(set, q, apex-1)
	}
	switch own, h, signers := c.own[q.key], c.hosts[q.key], c.signers[q.key]; {
	case signers != nil: // the question is for them; any other was referred
		return answer{authoritative: true, answer: signerRecords(q.name, c.ttl(q.key).DS, signers)}
	case own != nil:
		return s.withAddresses(z, q, addressRecords(q.name, s.apexTTLs(), own))
	case h != nil && len(h.addresses) > 0:
		// Its superordinate name is not delegated while other names use the host. Decisions 2.8.
		return s.withAddresses(z, q, addressRecords(q.name, h.ttl.Or(c.defaults), h.addresses))
	case c.delegations[q.key] != nil, c.zones[q.key] != nil, c.below[q.key] > 0:
		return s.nothing(z, mdns.RcodeSuccess) // it is there, and has no data of this type
	}
	return s.nothing(z, mdns.RcodeNameError)
}

// find returns the zone that answers and the label at which its apex begins. DS belongs to the
// parent's side of a cut, also between two zones of ours. RFC 4035 section 3.1.4.1.
func (c *contents) find(q query) (z *zone, apex int) {
	for i := range q.labels {
		found := c.zones[q.at(i)]
		if found == nil {
			continue
		}
		if z != nil {
			return found, i // the parent's side
		}
		z, apex = found, i
		if i > 0 || q.kind != mdns.TypeDS {
			break
		}
	}
	return z, apex
}

// atApex answers for a zone's own name. ANY gets one RRset. RFC 8482 section 4.1.
func (s *Server) atApex(c *contents, z *zone, q query) answer {
	switch q.kind {
	case mdns.TypeSOA, mdns.TypeANY:
		return answer{authoritative: true, answer: []mdns.RR{s.soa(z, q.name, s.config.TTL.SOA)}}
	case mdns.TypeNS:
		a := answer{authoritative: true}
		for _, ns := range s.config.Nameservers {
			a.answer = append(a.answer, nsRecord(q.name, s.config.TTL.Apex, ns.Name.String()))
			a.sibling = append(a.sibling, s.ownAddresses(c, ns)...)
		}
		return a
	}
	return s.nothing(z, mdns.RcodeSuccess)
}

func (s *Server) ownAddresses(c *contents, ns flow.Nameserver) []mdns.RR {
	name := ns.Name.String()
	return addressRecords(name+".", s.apexTTLs(), c.own[name])
}

func (s *Server) apexTTLs() registry.TTLs {
	return registry.TTLs{A: s.config.TTL.Apex, AAAA: s.config.TTL.Apex}
}

// ttl returns the TTLs of a name that is delegated.
func (c *contents) ttl(key string) registry.TTLs { return c.ttls[key].Or(c.defaults) }

// referral sends the resolver on, at the name that begins with label i. RFC 1034 section 4.3.2, step 3b.
func (c *contents) referral(set *nsSet, q query, i int) answer {
	a := answer{}
	cut, owner := q.at(i), q.asked(i)
	ttl := c.ttl(cut).NS
	for _, h := range set.hosts {
		a.authority = append(a.authority, nsRecord(owner, ttl, h.name))
		glue := addressRecords(h.name+".", h.ttl.Or(c.defaults), h.addresses)
		if h.name == cut || strings.HasSuffix(h.name, "."+cut) {
			a.glue = append(a.glue, glue...)
		} else {
			a.sibling = append(a.sibling, glue...)
		}
	}
	return a
}

// withAddresses answers for a name that has addresses in the zone itself.
func (s *Server) withAddresses(z *zone, q query, records []mdns.RR) answer {
	a := answer{authoritative: true}
	for _, rr := range records {
		kind := rr.Header().Rrtype
		if kind == q.kind || q.kind == mdns.TypeANY && (a.answer == nil || a.answer[0].Header().Rrtype == kind) {
			a.answer = append(a.answer, rr)
		}
	}
	if a.answer == nil {
		return s.nothing(z, mdns.RcodeSuccess)
	}
	return a
}

// nothing is NODATA or NXDOMAIN, with the SOA that says for how long. RFC 2308 section 3.
func (s *Server) nothing(z *zone, rcode int) answer {
	ttl := min(s.config.TTL.SOA, s.config.TTL.Negative)
	return answer{
		rcode: rcode, authoritative: true,
		authority: []mdns.RR{s.soa(z, z.origin+".", ttl)},
	}
}

func (s *Server) soa(z *zone, owner string, ttl uint32) mdns.RR {
	return &mdns.SOA{
		Hdr:     header(owner, mdns.TypeSOA, ttl),
		Ns:      s.config.Nameservers[0].Name.String() + ".",
		Mbox:    s.config.Mailbox.String() + ".",
		Serial:  z.serial,
		Refresh: s.config.Timer.Refresh,
		Retry:   s.config.Timer.Retry,
		Expire:  s.config.Timer.Expire,
		Minttl:  s.config.TTL.Negative,
	}
}

func nsRecord(owner string, ttl uint32, host string) mdns.RR {
	return &mdns.NS{Hdr: header(owner, mdns.TypeNS, ttl), Ns: host + "."}
}

func addressRecords(owner string, ttl registry.TTLs, addresses []netip.Addr) []mdns.RR {
	list := make([]mdns.RR, len(addresses))
	for i, a := range addresses {
		if a = a.Unmap(); a.Is4() {
			list[i] = &mdns.A{Hdr: header(owner, mdns.TypeA, ttl.A), A: a.AsSlice()}
		} else {
			list[i] = &mdns.AAAA{Hdr: header(owner, mdns.TypeAAAA, ttl.AAAA), AAAA: a.AsSlice()}
		}
	}
	return list
}

func signerRecords(owner string, ttl uint32, list []registry.DS) []mdns.RR {
	records := make([]mdns.RR, len(list))
	for i, ds := range list {
		records[i] = &mdns.DS{
			Hdr: header(owner, mdns.TypeDS, ttl), KeyTag: ds.KeyTag, Algorithm: ds.Algorithm,
			DigestType: ds.DigestType, Digest: ds.Digest,
		}
	}
	return records
}

func header(owner string, kind uint16, ttl uint32) mdns.RR_Header {
	return mdns.RR_Header{Name: owner, Rrtype: kind, Class: mdns.ClassINET, Ttl: ttl}
}
