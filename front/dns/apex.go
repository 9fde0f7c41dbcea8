package dns

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// An Apex is what a zone has of its own, beside delegations and their glue.
type Apex struct {
	// Nameservers are in the zone's NS set; the first is the SOA's MNAME. Addresses are served for those that are
	// below a zone of ours.
	Nameservers []flow.Nameserver
	Mailbox     names.Name // the SOA's RNAME, "hostmaster.nic.co" for hostmaster@nic.co
	TTL         TTLs
	Timer       Timers
	Records     []zone.Change // others, such as the TXT of the apex or the addresses of nic; no delegation, no SOA
}

// Or returns an Apex whose TTL and Timer are those of another where they are zero.
func (a Apex) Or(o Apex) Apex {
	a.TTL, a.Timer = a.TTL.or(o.TTL), a.Timer.or(o.Timer)
	return a
}

// DefaultApex has the TTLs and the timers that hold where a Config says nothing.
func DefaultApex() Apex {
	c := withDefaults(Config{})
	return Apex{TTL: c.TTL, Timer: c.Timer}
}

// apex returns the Apex of a zone: its own, or the one of all zones.
func (c Config) apex(origin names.Name) Apex {
	a, own := c.Apexes[origin]
	if !own {
		a = Apex{Nameservers: c.Nameservers, Mailbox: c.Mailbox, TTL: c.TTL, Timer: c.Timer}
	}
	return a.Or(Apex{TTL: c.TTL, Timer: c.Timer})
}

// soa returns the SOA of a zone. Its serial is that of the version that it gets into. RFC 1035 section 3.3.13.
func (z *served) soa() zone.Change {
	a := z.apex
	data := append([]byte(wire(a.Nameservers[0].Name)), wire(a.Mailbox)...)
	for _, n := range []uint32{z.state.Serial, a.Timer.Refresh, a.Timer.Retry, a.Timer.Expire, a.TTL.Negative} {
		data = binary.BigEndian.AppendUint32(data, n)
	}
	return zone.Change{Owner: z.origin, RRset: zone.RRset{Type: zone.TypeSOA, TTL: a.TTL.SOA, Data: [][]byte{data}}}
}

// fixed calls f with the records that the configuration gives a zone, and the delegations to other zones of ours: with
// the addresses of the name servers that are below those.
func (s *Server) fixed(z *served, f func(zone.Change)) {
	var list []zone.Change
	add := func(c zone.Change) { list = together(list, c) }
	add(z.soa())
	add(nameserversAt(z.origin, z.apex))
	for _, c := range z.apex.Records {
		add(c)
	}
	for _, other := range s.zones.list {
		below := z.origin != other.origin && s.zones.above(other.origin.Parent()) == z
		if below {
			add(nameserversAt(other.origin, other.apex))
		}
		for _, ns := range other.apex.Nameservers {
			name := wire(ns.Name)
			if home := s.zones.above(name); home == z || below && home == other {
				addressesAt(name, ns.Addresses, registry.TTLs{A: other.apex.TTL.Apex, AAAA: other.apex.TTL.Apex}, add)
			}
		}
	}
	for _, c := range list {
		f(c)
	}
}

// together adds a set to a list that has one set of each name and type; the TTL of the first is that of all.
func together(list []zone.Change, c zone.Change) []zone.Change {
	if len(c.Data) == 0 {
		return list
	}
	for i, has := range list {
		if has.Owner == c.Owner && has.Type == c.Type {
			list[i].Data = append(slices.Clone(has.Data), c.Data...)
			return list
		}
	}
	return append(list, c)
}

func nameserversAt(origin zone.Name, a Apex) zone.Change {
	set := zone.RRset{Type: zone.TypeNS, TTL: a.TTL.Apex}
	for _, ns := range a.Nameservers {
		set.Data = append(set.Data, []byte(wire(ns.Name)))
	}
	return zone.Change{Owner: origin, RRset: set}
}

// addressesAt calls f with the A and the AAAA set of a host, empty ones too.
func addressesAt(host zone.Name, addresses []netip.Addr, ttl registry.TTLs, f func(zone.Change)) {
	a := zone.RRset{Type: zone.TypeA, TTL: ttl.A}
	aaaa := zone.RRset{Type: zone.TypeAAAA, TTL: ttl.AAAA}
	for _, address := range addresses {
		if address = address.Unmap(); address.Is4() {
			a.Data = append(a.Data, address.AsSlice())
		} else {
			aaaa.Data = append(aaaa.Data, address.AsSlice())
		}
	}
	f(zone.Change{Owner: host, RRset: a})
	f(zone.Change{Owner: host, RRset: aaaa})
}

// fixedOwners are the names whose records come from the configuration and not from hosts.
func (s *Server) fixedOwners() map[zone.Name]struct{} {
	owners := map[zone.Name]struct{}{}
	for _, z := range s.zones.list {
		s.fixed(z, func(c zone.Change) { owners[c.Owner] = struct{}{} })
	}
	return owners
}

// guarded are the names that are never delegated to anybody: those at or above a name that the configuration gives
// records. Else who registers nic.co would answer for ns1.nic.co.
func (s *Server) guarded() map[zone.Name]struct{} {
	names := map[zone.Name]struct{}{}
	for _, z := range s.zones.list {
		s.fixed(z, func(c zone.Change) {
			for n := c.Owner; n != z.origin && s.zones.byOrigin[n] == nil; n = n.Parent() {
				names[n] = struct{}{}
			}
		})
	}
	return names
}

// Guarded returns the names directly below zones that are never delegated to anybody, since the zones have records of
// their own at or below them: nobody should be able to register them. Each zone has its Apex.
func Guarded(zones []policy.Zone, apexes map[names.Name]Apex) ([]names.Name, error) {
	c := withDefaults(Config{Service: &flow.Service{Profile: policy.Profile{Zones: zones}}, Apexes: apexes})
	all, err := newZones(c)
	if err != nil {
		return nil, err
	}
	s := &Server{config: c, zones: all}
	var list []names.Name
	for guarded := range s.guarded() {
		name, err := names.Parse(strings.TrimSuffix(guarded.String(), "."))
		if _, below := all.byOrigin[guarded.Parent()]; below && err == nil { // others, such as _dmarc, are no names that anybody registers
			list = append(list, name)
		}
	}
	slices.SortFunc(list, names.Name.Compare)
	return list, nil
}

// unguarded is a delegation as it may be published: that of a guarded name is not.
func (s *Server) unguarded(d flow.Delegation) flow.Delegation {
	if _, is := s.guards[wire(d.Name)]; is && len(d.Nameservers) > 0 {
		s.config.Log.Error("a registered name is not delegated, since the zone has records of its own at or below it",
			"name", d.Name)
		return flow.Delegation{Name: d.Name}
	}
	return d
}

func (t TTLs) or(o TTLs) TTLs {
	t.SOA, t.Apex, t.Negative = cmp.Or(t.SOA, o.SOA), cmp.Or(t.Apex, o.Apex), cmp.Or(t.Negative, o.Negative)
	return t
}

func (t Timers) or(o Timers) Timers {
	t.Refresh, t.Retry, t.Expire = cmp.Or(t.Refresh, o.Refresh), cmp.Or(t.Retry, o.Retry), cmp.Or(t.Expire, o.Expire)
	return t
}

// delegated calls f with what a delegation makes of the zone at the name itself. RFC 4035 section 2.4.
func delegated(u flow.Delegation, defaults registry.TTLs, f func(zone.Change)) {
	name, ttl := wire(u.Name), u.TTL.Or(defaults)
	ns := zone.RRset{Type: zone.TypeNS, TTL: ttl.NS}
	for _, host := range u.Nameservers {
		ns.Data = append(ns.Data, []byte(wire(host.Name)))
	}
	ds := zone.RRset{Type: zone.TypeDS, TTL: ttl.DS}
	if len(u.Nameservers) > 0 {
		for _, d := range u.DS {
			ds.Data = append(ds.Data, signerData(d))
		}
	}
	f(zone.Change{Owner: name, RRset: ns})
	f(zone.Change{Owner: name, RRset: ds})
}

// basis says what the records of a zone depend on beside the registry: where it changes, the whole zone is looked at.
func (s *Server) basis(z *served) string { return s.basisOf(z, z.ring.Signer != nil) }

// basisOf is basis where the zone is signed, or is not.
func (s *Server) basisOf(z *served, signed bool) string {
	h := sha256.New()
	s.fixed(z, func(c zone.Change) {
		if c.Type == zone.TypeSOA { // without its serial
			c.Data = [][]byte{append([]byte(nil), c.Data[0]...)}
			clear(c.Data[0][len(c.Data[0])-20:][:4])
		}
		fmt.Fprintf(h, "%q %d %d %q\n", c.Owner, c.Type, c.TTL, c.Data)
	})
	fmt.Fprintf(h, "%v %v %v", s.policy().ttls, s.policy().pages, signed)
	return hex.EncodeToString(h.Sum(nil))
}

// A publicPolicy is what the profile says of all of them.
type publicPolicy struct {
	ttls  registry.TTLs
	pages map[names.Name][]names.Name // of suspended names, by their zone
}

func (s *Server) policy() publicPolicy {
	return publicPolicy{s.config.Service.Terms().DefaultTTLs(), s.config.Service.SuspensionPages()}
}

func (p publicPolicy) equal(o publicPolicy) bool {
	return p.ttls == o.ttls && maps.EqualFunc(p.pages, o.pages, slices.Equal)
}

// signerData returns the RDATA of a DS record. RFC 4034 section 5.1.
func signerData(d registry.DS) []byte {
	digest, err := hex.DecodeString(d.Digest)
	if err != nil {
		panic(err) // flows take no other
	}
	data := binary.BigEndian.AppendUint16(nil, d.KeyTag)
	return append(append(data, d.Algorithm, d.DigestType), digest...)
}
