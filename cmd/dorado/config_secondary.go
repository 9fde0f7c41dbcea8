package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// tsigConfig is a key that this server shares with secondaries. RFC 8945.
type tsigConfig struct {
	Name       string `toml:"name"`
	Algorithm  string `toml:"algorithm"`
	Secret     string `toml:"secret"`
	SecretFile string `toml:"secret_file"`
}

// secondaryConfig is a name server of others that serves our zones too.
type secondaryConfig struct {
	Name        string   `toml:"name"`
	TSIG        string   `toml:"tsig"`
	Addresses   []string `toml:"addresses"`
	Zones       []string `toml:"zones"`
	Notify      string   `toml:"notify"`
	Ask         string   `toml:"ask"`
	TLS         bool     `toml:"tls"`
	Certificate string   `toml:"certificate"`
}

// defaultTSIG is the algorithm of a key that names none.
const defaultTSIG = "hmac-sha256"

// checkSecondaries says what is wrong with the keys and the secondaries; files are read where they are needed.
func (z zoneConfig) checkSecondaries() error {
	seen := map[string]bool{}
	for _, k := range z.TSIG {
		if seen[strings.ToLower(k.Name)] {
			return fmt.Errorf("zone.tsig: the key %q is there twice", k.Name)
		}
		seen[strings.ToLower(k.Name)] = true
		if (k.Secret == "") == (k.SecretFile == "") {
			return fmt.Errorf("zone.tsig: the key %q has a secret or a secret_file, one of the two", k.Name)
		}
		if k.Secret != "" {
			if _, err := k.key(""); err != nil {
				return err
			}
		}
	}
	for _, s := range z.Secondaries {
		if _, err := s.secondary(""); err != nil {
			return err
		}
		if !seen[strings.ToLower(s.TSIG)] {
			return fmt.Errorf("zone.secondary: %s has the key %q, which no [[zone.tsig]] has", s.Name, s.TSIG)
		}
	}
	return nil
}

// key reads a key, and its secret from a file of the directory where it has one.
func (k tsigConfig) key(dir string) (dns.Key, error) {
	secret := k.Secret
	if k.SecretFile != "" {
		text, err := os.ReadFile(inDir(dir, k.SecretFile))
		if err != nil {
			return dns.Key{}, fmt.Errorf("zone.tsig: the secret of %s: %w", k.Name, err)
		}
		secret = strings.TrimSpace(string(text))
	}
	key, err := dns.ParseKey(strings.Join([]string{cmp.Or(k.Algorithm, defaultTSIG), k.Name, secret}, ":"))
	if err != nil {
		return key, fmt.Errorf("zone.tsig: the key %q: %w", k.Name, err)
	}
	return key, nil
}

// secondary reads a secondary without its key. Without a directory, no file is read.
func (c secondaryConfig) secondary(dir string) (s dns.Secondary, err error) {
	fail := func(format string, args ...any) (dns.Secondary, error) {
		return s, fmt.Errorf("zone.secondary: "+format, args...)
	}
	if c.Name == "" {
		return fail("one of them has no name")
	}
	s = dns.Secondary{Name: c.Name, TLS: c.TLS || c.Certificate != ""}
	for _, text := range c.Addresses {
		prefix, err := parsePrefix(text)
		if err != nil {
			return fail("%q of %s is no address or network; write it such as 192.0.2.1 or 2001:db8::/48", text, c.Name)
		}
		s.Addresses = append(s.Addresses, prefix)
	}
	for _, text := range c.Zones {
		name, err := names.Parse(text)
		if err != nil {
			return fail("%q of %s is no zone: %w", text, c.Name, err)
		}
		origin, err := zone.ParseName(name.String())
		if err != nil {
			return fail("%q of %s is no zone: %w", text, c.Name, err)
		}
		s.Zones = append(s.Zones, origin)
	}
	for _, where := range []struct {
		text string
		to   *netip.AddrPort
	}{{c.Notify, &s.Notify}, {c.Ask, &s.Ask}} {
		if where.text == "" {
			continue
		}
		if *where.to, err = parseServer(where.text); err != nil {
			return fail("%q of %s is no address of a server; write it such as 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53", where.text, c.Name)
		}
	}
	if c.Certificate == "" || dir == "" {
		return s, nil
	}
	sum, err := certificateSum(inDir(dir, c.Certificate))
	if err != nil {
		return fail("the certificate of %s: %w", c.Name, err)
	}
	s.Certificate = &sum
	return s, nil
}

// parsePrefix reads an address or a network.
func parsePrefix(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		return netip.ParsePrefix(text)
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return address.Prefix(address.BitLen())
}

// parseServer reads the address of a name server; without a port it is 53.
func parseServer(text string) (netip.AddrPort, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		return netip.AddrPortFrom(address, uint16(wellKnown[serviceDNS])), nil
	}
	return netip.ParseAddrPort(text)
}

// certificateSum returns the SHA-256 of the first certificate of a PEM file.
func certificateSum(path string) (sum [sha256.Size]byte, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return sum, err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return sum, errors.New(path + " is no certificate in PEM")
	}
	return sha256.Sum256(block.Bytes), nil
}

// transfer returns who may transfer the zones, of a directory.
func (z zoneConfig) transfer(dir string) (dns.Transfer, error) {
	t := dns.Transfer{Limits: dns.TransferLimits{Connections: z.Limits.ConnectionsPerSecondary}}
	for _, c := range z.Secondaries {
		s, err := c.secondary(dir)
		if err != nil {
			return t, err
		}
		at := slices.IndexFunc(z.TSIG, func(k tsigConfig) bool { return strings.EqualFold(k.Name, c.TSIG) })
		if s.Key, err = z.TSIG[at].key(dir); err != nil { // checked with the configuration
			return t, err
		}
		t.Secondaries = append(t.Secondaries, s)
	}
	return t, nil
}

// demoKey is the name of the key with which any client of this machine may transfer a demo's zones.
const demoKey = "demo"

// openToThisMachine lets clients of this machine transfer the zones, with a key that is made here.
func (z *zoneConfig) openToThisMachine(secret string) {
	z.TSIG = []tsigConfig{{Name: demoKey, Algorithm: defaultTSIG, Secret: secret}}
	z.Secondaries = []secondaryConfig{{Name: "this machine", TSIG: demoKey, Addresses: []string{"127.0.0.0/8", "::1"}}}
}

// demoTSIG returns that key as demo.json has it; empty for a demo of an older program.
func (z zoneConfig) demoTSIG() string {
	at := slices.IndexFunc(z.TSIG, func(k tsigConfig) bool { return k.Name == demoKey })
	if at < 0 {
		return ""
	}
	k, err := z.TSIG[at].key("")
	if err != nil {
		return "" // its secret is in a file of somebody's own
	}
	return k.String()
}
