package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// ownConfig is what one zone has at its apex and below other than the rest. What is empty or 0 is as in all.
type ownConfig struct {
	Zone        string   `toml:"zone"`
	Nameservers []string `toml:"nameservers"`
	Contact     string   `toml:"contact"`
	Records     []string `toml:"records"`
	SOATTL      int      `toml:"soa_ttl"`
	TTL         int      `toml:"ttl"`
	NegativeTTL int      `toml:"negative_ttl"`
	Refresh     int      `toml:"refresh"`
	Retry       int      `toml:"retry"`
	Expire      int      `toml:"expire"`
}

// breakerConfig says how many names may leave a zone before somebody has to agree.
type breakerConfig struct {
	Percent int    `toml:"percent"`
	Least   int    `toml:"least"`
	Most    int    `toml:"most"`
	Few     int    `toml:"few"`
	Span    string `toml:"span"`
}

func defaultBreaker() breakerConfig {
	return breakerConfig{Percent: 5, Least: 1000, Most: 25, Few: 10, Span: "1h"}
}

// breaker reads it, and says what is wrong with it.
func (b breakerConfig) breaker() (dns.Breaker, error) {
	if b.Percent < 0 || b.Percent > 100 {
		return dns.Breaker{}, fmt.Errorf("zone.breaker.percent: %d is not between 0, for no breaker, and 100", b.Percent)
	}
	if b.Least < 1 {
		return dns.Breaker{}, fmt.Errorf("zone.breaker.least: %d is not 1 or more", b.Least)
	}
	if b.Most < 1 || b.Most > 100 {
		return dns.Breaker{}, fmt.Errorf("zone.breaker.most: %d is not between 1 and 100", b.Most)
	}
	if b.Few < 1 {
		return dns.Breaker{}, fmt.Errorf("zone.breaker.few: %d is not 1 or more", b.Few)
	}
	span, err := parseSpan(b.Span)
	if err != nil || span <= 0 {
		return dns.Breaker{}, fmt.Errorf("zone.breaker.span: %q is no span such as 1h", b.Span)
	}
	return dns.Breaker{Share: float64(b.Percent) / 100, Least: b.Least, Most: float64(b.Most) / 100, Few: b.Few, Span: span}, nil
}

// most is the greatest TTL or timer, in seconds. RFC 2181 section 8.
const most = 1<<31 - 1

// apexes are what zones have of their own.
func (z zoneConfig) apexes(zones []policy.Zone) (all dns.Apex, own map[names.Name]dns.Apex, err error) {
	nameservers, err := z.nameservers()
	if err != nil {
		return all, nil, err
	}
	mailbox, err := names.Parse(z.Contact)
	if err != nil {
		return all, nil, err
	}
	all = dns.Apex{Nameservers: nameservers, Mailbox: mailbox}
	own = map[names.Name]dns.Apex{}
	for _, zone := range zones {
		a := all
		if a.Records, err = recordsOf(z.Records, zone.Name, "zone.records"); err != nil {
			return all, nil, err
		}
		own[zone.Name] = a
	}
	for _, c := range z.Own {
		name, err := names.Parse(c.Zone)
		if err != nil {
			return all, nil, fmt.Errorf("zone.own: %q is no zone: %w", c.Zone, err)
		}
		a, known := own[name]
		if !known {
			return all, nil, fmt.Errorf("zone.own: %s is no zone of this registry", c.Zone)
		}
		if own[name], err = c.apex(a, name); err != nil {
			return all, nil, err
		}
	}
	return all, own, belongsThere(zones, own)
}

// belongsThere refuses records that a zone cannot have, as another zone of ours is at or above their name: nobody would
// ever be told of them.
func belongsThere(zones []policy.Zone, own map[names.Name]dns.Apex) error {
	for _, z := range zones {
		for _, other := range zones {
			if other.Name == z.Name || !other.Name.IsSubordinateTo(z.Name) {
				continue
			}
			cut := zoneNameOf(other.Name)
			for _, c := range own[z.Name].Records {
				if c.Owner == cut || c.Owner.IsBelow(cut) {
					return fmt.Errorf("zone.records or zone.own.records: %s has a record of %s, which belongs to the zone %s; give it to that",
						z.Name, plainName(c.Owner), other.Name)
				}
			}
		}
	}
	return nil
}

// zoneNameOf is a name as zones have it. A names.Name has only labels that fit.
func zoneNameOf(n names.Name) zone.Name {
	name, err := zone.ParseName(n.String())
	if err != nil {
		panic(err)
	}
	return name
}

// withhold returns zones with the labels that nobody can register, since their servers have records there.
func (z zoneConfig) withhold(zones []policy.Zone) ([]policy.Zone, error) {
	_, own, err := z.apexes(zones)
	if err != nil {
		return nil, err
	}
	guarded, err := dns.Guarded(zones, own)
	if err != nil {
		return nil, err
	}
	zones = slices.Clone(zones)
	for _, name := range guarded {
		i := slices.IndexFunc(zones, func(z policy.Zone) bool { return z.Name == name.Parent() })
		zones[i].Used = append(slices.Clip(zones[i].Used), name.Label())
	}
	return zones, nil
}

// apex returns the Apex of all zones as this one differs.
func (c ownConfig) apex(a dns.Apex, origin names.Name) (dns.Apex, error) {
	if len(c.Nameservers) > 0 {
		list, err := zoneConfig{Nameservers: c.Nameservers}.nameservers()
		if err != nil {
			return a, fmt.Errorf("of %s: %w", origin, err)
		}
		a.Nameservers = list
	}
	if c.Contact != "" {
		mailbox, err := names.Parse(c.Contact)
		if err != nil {
			return a, fmt.Errorf("zone.own: the contact %q of %s is no name such as hostmaster.example.com: %w", c.Contact, origin, err)
		}
		a.Mailbox = mailbox
	}
	for _, n := range []struct {
		key string
		is  int
		to  *uint32
	}{
		{"soa_ttl", c.SOATTL, &a.TTL.SOA},
		{"ttl", c.TTL, &a.TTL.Apex},
		{"negative_ttl", c.NegativeTTL, &a.TTL.Negative},
		{"refresh", c.Refresh, &a.Timer.Refresh},
		{"retry", c.Retry, &a.Timer.Retry},
		{"expire", c.Expire, &a.Timer.Expire},
	} {
		if n.is < 0 || n.is > most {
			return a, fmt.Errorf("zone.own: %s of %s is %d; it is a number of seconds, or 0 for that of all zones", n.key, origin, n.is)
		}
		*n.to = uint32(n.is)
	}
	more, err := recordsOf(c.Records, origin, "zone.own.records")
	a.Records = merged(append(slices.Clone(a.Records), more...))
	return a, err
}

// fixedTypes are the records that a registry's zone may have of its own. Delegations are names, the SOA and what
// signing brings are made here, and an alias would be at odds with whatever else its name has.
var fixedTypes = []uint16{mdns.TypeA, mdns.TypeAAAA, mdns.TypeTXT, mdns.TypeMX, mdns.TypeCAA, mdns.TypeSRV, mdns.TypeHTTPS, mdns.TypeTLSA, mdns.TypeHINFO, mdns.TypeLOC}

// recordsOf reads lines of a zone file, with names relative to the zone.
func recordsOf(lines []string, origin names.Name, key string) ([]zone.Change, error) {
	var list []zone.Change
	for _, line := range lines {
		parser := mdns.NewZoneParser(strings.NewReader(line+"\n"), origin.String()+".", "")
		parser.SetDefaultTTL(ownTTL)
		rr, _ := parser.Next()
		if err := parser.Err(); err != nil || rr == nil {
			return nil, fmt.Errorf("%s: %q is no record such as \"nic 3600 A 192.0.2.80\" or \"@ TXT \\\"text\\\"\"", key, line)
		}
		c, err := fixedRecord(rr, origin)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", key, line, err)
		}
		list = append(list, c)
	}
	return merged(list), nil
}

// ownTTL is that of a line without one, in seconds.
const ownTTL = 3600

func fixedRecord(rr mdns.RR, origin names.Name) (c zone.Change, err error) {
	h := rr.Header()
	if !slices.Contains(fixedTypes, h.Rrtype) {
		return c, errors.New("a zone has no " + mdns.TypeToString[h.Rrtype] + " of its own; it may have A, AAAA, CAA, HTTPS, MX, SRV, TLSA and TXT")
	}
	apex, err := zone.ParseName(origin.String())
	if err != nil {
		return c, err
	}
	if c.Owner, err = zone.ParseName(h.Name); err != nil {
		return c, err
	}
	if c.Owner != apex && !c.Owner.IsBelow(apex) {
		return c, fmt.Errorf("%s is not in the zone %s", h.Name, origin)
	}
	h.Name = strings.ToLower(h.Name)
	switch rr := rr.(type) { // names in their data are signed in lower case. RFC 4034 section 6.2
	case *mdns.MX:
		rr.Mx = strings.ToLower(rr.Mx)
	case *mdns.SRV:
		rr.Target = strings.ToLower(rr.Target)
	}
	packed := make([]byte, mdns.Len(rr)+1)
	n, err := mdns.PackRR(rr, packed, 0, nil, false)
	if err != nil {
		return c, err
	}
	c.Type, c.TTL = h.Rrtype, h.Ttl
	c.Data = [][]byte{packed[n-int(h.Rdlength) : n]}
	return c, nil
}

// merged puts the records of one name and type together; the last one's TTL is that of all.
func merged(list []zone.Change) []zone.Change {
	var out []zone.Change
	for _, c := range list {
		at := slices.IndexFunc(out, func(o zone.Change) bool { return o.Owner == c.Owner && o.Type == c.Type })
		if at < 0 {
			out = append(out, c)
			continue
		}
		out[at].TTL = c.TTL
		out[at].Data = append(slices.Clone(out[at].Data), c.Data...)
	}
	return out
}
