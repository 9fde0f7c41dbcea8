package dns

import (
	"strings"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// A Summary is what is served of a zone.
type Summary struct {
	Zone   names.Name
	Serial uint32
	Made   time.Time // when that was made, in real time
	Names  int       // with records, the apex and hosts among them
	Links  int       // NSEC3 records; none in a zone that is not signed
	Bytes  int       // of memory, in octets

	Held *Held // why names of it wait; nil if none does, or another node publishes
}

// Summaries returns what is served of each zone; nothing before Load has succeeded.
func (s *Server) Summaries() []Summary {
	var list []Summary
	for _, z := range s.zones.list {
		if v := z.version.Load(); v != nil {
			list = append(list, Summary{z.name, v.Serial(), time.Unix(0, z.made.Load()), v.Names(), v.Links(), v.Bytes(), s.heldBack(z)})
		}
	}
	return list
}

// heldBack returns why names of a zone wait; nil where another node publishes, since that knows.
func (s *Server) heldBack(z *served) *Held {
	if h := s.holdOf(z); h.Holds() && s.freshness.holds.Load() {
		return &Held{z.name, h}
	}
	return nil
}

// Records returns what is served of a name, as lines of a zone file: its records with their signatures, and the
// addresses of its name servers that are in the same zone. It is empty for a name that is not published.
func (s *Server) Records(name names.Name) []string {
	own := wire(name)
	z := s.zones.of(name)
	if z == nil {
		z = s.zones.byOrigin[own]
	}
	if z == nil || z.version.Load() == nil {
		return nil
	}
	v := z.version.Load()
	lines := linesOf(v, own)
	if n := v.Node(own); n != nil && n.Set(zone.TypeNS) != nil {
		zone.Each(n.Set(zone.TypeNS).Data(), func(host []byte) {
			if zone.Name(host) != own {
				lines = append(lines, linesOf(v, zone.Name(host))...)
			}
		})
	}
	return lines
}

// linesOf are the records of one name.
func linesOf(v *zone.Version, name zone.Name) []string {
	var lines []string
	add := func(set zone.Set, kind uint16, data []byte) {
		lines = append(lines, lineOf(zone.Record{Owner: name, Type: kind, TTL: set.TTL(), Data: data})...)
	}
	n := v.Node(name)
	if n == nil {
		return nil
	}
	n.Sets(func(set zone.Set) bool {
		zone.Each(set.Data(), func(data []byte) { add(set, set.Type(), data) })
		zone.Each(set.Sigs(), func(data []byte) { add(set, zone.TypeRRSIG, data) })
		return true
	})
	return lines
}

// Lines returns what a delegation makes of its zone, as lines of a zone file without signatures: its NS and DS records, and
// the addresses of name servers below our zones. What the registrar has chosen no TTL for has the default.
func Lines(d flow.Delegation, defaults registry.TTLs) []string {
	var lines []string
	add := func(c zone.Change) {
		for _, data := range c.Data {
			lines = append(lines, lineOf(zone.Record{Owner: c.Owner, Type: c.Type, TTL: c.TTL, Data: data})...)
		}
	}
	delegated(d, defaults, add)
	for _, host := range d.Nameservers {
		addressesAt(wire(host.Name), host.Addresses, host.TTL.Or(defaults), add)
	}
	return lines
}

// lineOf is a record as a line of a zone file.
func lineOf(r zone.Record) []string {
	rr, _, err := mdns.UnpackRR(r.Append(nil), 0)
	if err != nil {
		return nil
	}
	return []string{strings.ReplaceAll(rr.String(), "\t", " ")}
}
