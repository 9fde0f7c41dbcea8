package main

import (
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/zone"
)

func twoZones(t *testing.T) []policy.Zone {
	t.Helper()
	var list []policy.Zone
	for _, text := range []string{"co", "com.co"} {
		name, err := names.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, policy.Zone{Name: name})
	}
	return list
}

// What is of all zones and what is of one come together; records of one name and type are one set.
func TestApexes(t *testing.T) {
	z := defaults().Zone
	z.Records = []string{"nic 60 A 192.0.2.1", "@ TXT \"a registry\"", "NIC A 192.0.2.2"}
	z.Own = []ownConfig{{Zone: "com.co", Nameservers: []string{"ns.example.net"}, Records: []string{"nic A 192.0.2.3"}, SOATTL: 60}}
	zones := twoZones(t)
	_, own, err := z.apexes(zones)
	if err != nil {
		t.Fatal(err)
	}
	co, com := own[zones[0].Name], own[zones[1].Name]
	if len(co.Nameservers) != 2 || len(com.Nameservers) != 1 || com.TTL.SOA != 60 || co.TTL.SOA != 0 || com.Mailbox != co.Mailbox {
		t.Errorf("co has %+v, com.co %+v", co, com)
	}
	if len(co.Records) != 2 || len(co.Records[0].Data) != 2 || co.Records[0].TTL != ownTTL || co.Records[1].Type != zone.TypeTXT {
		t.Errorf("co has %+v", co.Records)
	}
	if len(com.Records) != 2 || len(com.Records[0].Data) != 3 || com.Records[0].Owner.String() != "nic.com.co." {
		t.Errorf("com.co has %+v", com.Records)
	}
}

func TestApexesRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*zoneConfig)
		want   string
	}{
		"no record":            {func(z *zoneConfig) { z.Records = []string{"nic"} }, "is no record"},
		"no address":           {func(z *zoneConfig) { z.Records = []string{"nic A 192.0.2"} }, "is no record"},
		"elsewhere":            {func(z *zoneConfig) { z.Records = []string{"nic.example. A 192.0.2.1"} }, "not in the zone"},
		"a delegation":         {func(z *zoneConfig) { z.Records = []string{"nic NS ns.example.net."} }, "no NS of its own"},
		"an alias":             {func(z *zoneConfig) { z.Records = []string{"nic CNAME www.example."} }, "no CNAME of its own"},
		"an include":           {func(z *zoneConfig) { z.Records = []string{"$INCLUDE /etc/passwd"} }, "is no record"},
		"no zone of ours":      {func(z *zoneConfig) { z.Own = []ownConfig{{Zone: "net.co"}} }, "no zone of this registry"},
		"no such contact":      {func(z *zoneConfig) { z.Own = []ownConfig{{Zone: "co", Contact: "x@y"}} }, "contact"},
		"a negative number":    {func(z *zoneConfig) { z.Own = []ownConfig{{Zone: "co", Retry: -1}} }, "retry of co"},
		"a wrong name server":  {func(z *zoneConfig) { z.Own = []ownConfig{{Zone: "co", Nameservers: []string{"ns x"}}} }, "no IP address"},
		"below another zone":   {func(z *zoneConfig) { z.Own = []ownConfig{{Zone: "co", Records: []string{"www.com A 192.0.2.1"}}} }, "co has a record of www.com.co, which belongs to the zone com.co"},
		"at another zone":      {func(z *zoneConfig) { z.Records = []string{"com TXT x"} }, "which belongs to the zone com.co"},
		"a record of the zone": {func(z *zoneConfig) { z.Own = []ownConfig{{Zone: "co", Records: []string{"@ SOA a. b. 1 1 1 1 1"}}} }, "no SOA of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			z := defaults().Zone
			test.change(&z)
			if _, _, err := z.apexes(twoZones(t)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want one with %q", err, test.want)
			}
		})
	}
}

// Nobody can register a name at or below which the zones have records of their own; the profile's own list is not
// changed.
func TestUsedNamesAreWithheld(t *testing.T) {
	z := defaults().Zone
	z.Nameservers = []string{"ns1.servers.co 192.0.2.1", "ns2.example.net"}
	z.Records = []string{"www A 192.0.2.2", "_dmarc TXT x", "a.b A 192.0.2.3"}
	z.Own = []ownConfig{{Zone: "com.co", Nameservers: []string{"ns.of.com.co 192.0.2.1"}}}
	zones := twoZones(t)
	got, err := z.withhold(zones)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"b", "servers", "www"}; !slices.Equal(got[0].Used, want) {
		t.Errorf("%s uses %q, want %q", got[0].Name, got[0].Used, want)
	}
	if want := []string{"b", "of", "www"}; !slices.Equal(got[1].Used, want) {
		t.Errorf("%s uses %q, want %q", got[1].Name, got[1].Used, want)
	}
	if len(zones[0].Used) > 0 {
		t.Error("the profile was changed")
	}
}

// What is at odds with the profile, or with what the SOA promises to secondaries, is refused at the start.
func TestZonesAgainstProfile(t *testing.T) {
	profile, err := policy.BuiltIn("co-2026")
	if err != nil {
		t.Fatal(err)
	}
	if err := defaults().Zone.checkAgainst(profile); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	for name, test := range map[string]struct {
		change func(*zoneConfig)
		want   string
	}{
		"a secondary's zone": {
			func(z *zoneConfig) { z.Secondaries = []secondaryConfig{{Name: "x", Zones: []string{"co", "org"}}} },
			"zone.secondary: org of x is no zone of this registry; they are co, com.co",
		},
		"a zone of its own":  {func(z *zoneConfig) { z.Own = []ownConfig{{Zone: "org"}} }, "zone.own: org is no zone of this registry"},
		"the profile's TTLs": {func(z *zoneConfig) { z.DNSSEC.MaxTTL = "1d" }, "zone.dnssec.max_ttl: it is 86400 seconds, and the profile lets registrars choose 172800"},
		"its own TTL":        {func(z *zoneConfig) { z.Own = []ownConfig{{Zone: "co", TTL: 200_000}} }, "and of co, ttl is 200000"},
		"the SOA's TTL":      {func(z *zoneConfig) { z.Own = []ownConfig{{Zone: "co", SOATTL: 200_000}} }, "and of co, soa_ttl is 200000"},
		"a record's TTL":     {func(z *zoneConfig) { z.Records = []string{"nic 345600 A 192.0.2.1"} }, "a record of nic.co. has the TTL 345600"},
		"unknown names":      {func(z *zoneConfig) { z.Own = []ownConfig{{Zone: "co", NegativeTTL: 90_000}} }, "of co, negative_ttl is 90000"},
		"retry":              {func(z *zoneConfig) { z.Own = []ownConfig{{Zone: "co", Retry: 3600}} }, "of co, retry is 3600 and refresh 1800"},
		"refresh":            {func(z *zoneConfig) { z.Own = []ownConfig{{Zone: "co", Refresh: 2_000_000}} }, "of co, expire is 1209600: a secondary gives the zone up before"},
		"expire":             {func(z *zoneConfig) { z.Own = []ownConfig{{Zone: "co", Expire: 2000}} }, "of co, expire is 2000: a secondary gives the zone up before"},
		"signatures":         {func(z *zoneConfig) { z.Own = []ownConfig{{Zone: "co", Expire: 1_296_000}} }, "a secondary may serve signatures that have ended"},
		"shorter signatures": {func(z *zoneConfig) { z.DNSSEC.Refresh = "13d" }, "a secondary may serve signatures that have ended"},
		"hints of children": {
			func(z *zoneConfig) { z.Children.Notify, z.DNSSEC.MaxTTL = "notify.nic.co", "2h" },
			"zone.dnssec.max_ttl: it is 7200 seconds",
		},
	} {
		t.Run(name, func(t *testing.T) {
			z := defaults().Zone
			test.change(&z)
			if err := z.checkAgainst(profile); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want one with %q", err, test.want)
			}
		})
	}
	z := defaults().Zone
	z.Own, z.DNSSEC.Sign = []ownConfig{{Zone: "co", Expire: 5_000_000}}, false
	if err := z.checkAgainst(profile); err != nil {
		t.Errorf("where the zones are signed elsewhere: %v", err)
	}
}
