package main

import (
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// What of the zones' settings can only be judged together: with each other, and with the zones of the profile.

// checkTogether says what of the settings of zones is at odds with others, whatever the zones are.
func (z zoneConfig) checkTogether(listen listenConfig) error {
	if err := distinctServers("zone.nameservers", z.Nameservers); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, s := range z.Secondaries {
		if seen[s.Name] {
			return fmt.Errorf("zone.secondary: %s is there twice; give each its own name", s.Name)
		}
		seen[s.Name] = true
		if err := s.checkTogether(listen); err != nil {
			return err
		}
	}
	own := map[string]bool{}
	for _, c := range z.Own {
		name := strings.ToLower(strings.TrimSuffix(c.Zone, "."))
		if own[name] {
			return fmt.Errorf("zone.own: %s is there twice; write what it has into one table", c.Zone)
		}
		own[name] = true
		if err := distinctServers("zone.own: the nameservers of "+c.Zone, c.Nameservers); err != nil {
			return err
		}
	}
	if z.Limits.ConnectionsPerAddress > z.Limits.Connections {
		return fmt.Errorf("zone.limits.connections_per_address: %d is more than the %d of all addresses together",
			z.Limits.ConnectionsPerAddress, z.Limits.Connections)
	}
	return nil
}

// checkTogether says what of a secondary's settings could never work.
func (c secondaryConfig) checkTogether(listen listenConfig) error {
	if overTLS := c.TLS || c.Certificate != ""; overTLS && listen.DNSTLS == "" {
		return fmt.Errorf("zone.secondary: %s transfers over TLS only, and nothing listens for that; set listen.dns_tls", c.Name)
	}
	for i, zone := range c.Zones {
		if slices.Contains(c.Zones[:i], zone) {
			return fmt.Errorf("zone.secondary: the zone %s of %s is there twice", zone, c.Name)
		}
	}
	for _, text := range []string{c.Notify, c.Ask} {
		if server, err := parseServer(text); text != "" && err == nil {
			if err := canBeReached(server); err != nil {
				return fmt.Errorf("zone.secondary: %q of %s: %w", text, c.Name, err)
			}
		}
	}
	return nil
}

// canBeReached refuses the address of no single server.
func canBeReached(server netip.AddrPort) error {
	if a := server.Addr(); a.IsUnspecified() || a.IsMulticast() || server.Port() == 0 {
		return errors.New("nobody can be reached there; name the address and the port of one server")
	}
	return nil
}

// distinctServers refuses a list that names a server twice.
func distinctServers(key string, list []string) error {
	seen := map[string]bool{}
	for _, text := range list {
		name, _, _ := strings.Cut(strings.TrimSpace(text), " ")
		if name = strings.ToLower(name); seen[name] {
			return fmt.Errorf("%s: %s is there twice; write all its addresses behind the name once", key, name)
		}
		seen[name] = true
	}
	return nil
}

// checkAgainst says what of the settings of zones is at odds with the profile: zones that it does not have, and times that
// do not fit what registrars may choose.
func (z zoneConfig) checkAgainst(p policy.Profile) error {
	for _, s := range z.Secondaries {
		for _, text := range s.Zones {
			if name, err := names.Parse(text); err != nil || !isZone(p, name) {
				return fmt.Errorf("zone.secondary: %s of %s is no zone of this registry; they are %s", text, s.Name, zoneNames(p))
			}
		}
	}
	for _, c := range z.Own {
		if name, err := names.Parse(c.Zone); err != nil || !isZone(p, name) {
			return fmt.Errorf("zone.own: %s is no zone of this registry; they are %s", c.Zone, zoneNames(p))
		}
	}
	all, own, err := z.apexes(p.Zones)
	if err != nil {
		return err
	}
	signing, err := z.DNSSEC.policy()
	if err != nil {
		return err
	}
	if err := longestFits("the profile lets registrars choose", p.LongestTTL(), signing.MaxTTL); err != nil {
		return err
	}
	if z.Children.Notify != "" {
		if err := longestFits("the record that tells children where to notify us has the TTL", dsyncTTL, signing.MaxTTL); err != nil {
			return err
		}
	}
	for _, zone := range p.Zones {
		a := own[zone.Name].Or(all).Or(dns.DefaultApex())
		if err := soaFits(a, zone.Name, signing.Refresh); err != nil && !(signing.Unsigned && errors.Is(err, errOutlives)) {
			return err
		}
		if err := recordsFit(a, zone.Name, signing.MaxTTL); err != nil {
			return err
		}
	}
	return nil
}

// fits says what of a configuration is at odds with the profile that it names.
func (c config) fits(dir string, p policy.Profile) error {
	if err := c.Zone.checkAgainst(p); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, configFile), err)
	}
	return nil
}

func isZone(p policy.Profile, name names.Name) bool {
	_, is := p.Zone(name)
	return is
}

func zoneNames(p policy.Profile) string {
	var list []string
	for _, z := range p.Zones {
		list = append(list, z.Name.String())
	}
	return strings.Join(list, ", ")
}

// soaFits says what is wrong with the numbers of an SOA: a secondary tries again before it is to refresh, and several
// times before it gives the zone up (RFC 1912 section 2.2); and it gives it up before signatures that it has have ended
// (RFC 6781 section 4.4.2.2), which are made again when they are good for a time still.
func soaFits(a dns.Apex, of names.Name, signatures time.Duration) error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("zone.own: of "+of.String()+", "+format, args...)
	}
	t := a.Timer
	switch {
	case t.Retry > t.Refresh:
		return fail("retry is %d and refresh %d: a secondary that failed tries again sooner than it would have refreshed", t.Retry, t.Refresh)
	case t.Expire <= t.Refresh+t.Retry:
		return fail("expire is %d: a secondary gives the zone up before it has tried again; make it more than refresh and retry together, %d", t.Expire, t.Refresh+t.Retry)
	case time.Duration(t.Expire)*time.Second >= signatures:
		return fail("expire is %d: %w, since they are made again when they are good for %d seconds still; make expire less, or zone.dnssec.refresh more",
			t.Expire, errOutlives, int64(signatures/time.Second))
	case a.TTL.Negative > maxNegative:
		return fail("negative_ttl is %d: a name that was asked for too early stays unknown that long; give it %d at most (RFC 2308 section 5)", a.TTL.Negative, maxNegative)
	}
	return nil
}

// errOutlives is a zone that a secondary keeps for longer than its signatures are good.
var errOutlives = errors.New("a secondary may serve signatures that have ended")

// maxNegative is a day, in seconds. RFC 2308 section 5.
const maxNegative = 86_400

// recordsFit says which TTL of a zone's own records is longer than rollovers reckon with.
func recordsFit(a dns.Apex, of names.Name, most time.Duration) error {
	for what, ttl := range map[string]uint32{"soa_ttl": a.TTL.SOA, "ttl": a.TTL.Apex, "negative_ttl": a.TTL.Negative} {
		if err := longestFits("of "+of.String()+", "+what+" is", ttl, most); err != nil {
			return err
		}
	}
	for _, r := range a.Records {
		if err := longestFits("a record of "+r.Owner.String()+" has the TTL", r.TTL, most); err != nil {
			return err
		}
	}
	return nil
}

// longestFits refuses a TTL that is longer than zone.dnssec.max_ttl, which is what rollovers wait for.
func longestFits(what string, ttl uint32, most time.Duration) error {
	if time.Duration(ttl)*time.Second <= most {
		return nil
	}
	return fmt.Errorf("zone.dnssec.max_ttl: it is %d seconds, and %s %d; rollovers would not wait for caches that still have it, so make it as long",
		int64(most/time.Second), what, ttl)
}

// zoneAbove returns the zone of the profile that a zone of it is below, which publishes its DS, if there is one.
func zoneAbove(p policy.Profile, name names.Name) (names.Name, bool) {
	for at := name.Parent(); !at.IsZero(); at = at.Parent() {
		if isZone(p, at) {
			return at, true
		}
	}
	return names.Name{}, false
}

// originOf is a name as zones have it.
func originOf(name names.Name) (zone.Name, error) { return zone.ParseName(name.String()) }
