package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
)

// dnssecConfig says whether the zones are signed here, with which keys, and how these live. Spans of time are of real
// time.
type dnssecConfig struct {
	Sign      bool   `toml:"sign"`
	Keys      string `toml:"keys"`
	PIN       string `toml:"pin_file"`
	Algorithm int    `toml:"algorithm"`
	Bits      int    `toml:"bits"`

	Validity  string `toml:"validity"`
	Jitter    string `toml:"jitter"`
	Refresh   string `toml:"refresh"`
	Inception string `toml:"inception"`

	ZSKLifetime string `toml:"zsk_lifetime"`
	KSKLifetime string `toml:"ksk_lifetime"`

	KeyTTL            string `toml:"key_ttl"`
	MaxTTL            string `toml:"max_ttl"`
	Propagation       string `toml:"propagation"`
	ParentTTL         string `toml:"parent_ttl"`
	ParentPropagation string `toml:"parent_propagation"`

	Parent []string `toml:"parent"`

	FirstAtOnce bool `toml:"first_at_once"`
	SHA384      bool `toml:"sha384"`
}

func defaultDNSSEC() dnssecConfig {
	return dnssecConfig{
		Sign: true, Keys: string(registry.KeySealed), Algorithm: int(dnssec.RSASHA256), Bits: dnssec.DefaultBits,
		Validity: "30d", Jitter: "10d", Refresh: "15d", Inception: "1h",
		ZSKLifetime: "90d", KSKLifetime: "0s",
		KeyTTL: "1h", MaxTTL: "2d", Propagation: "1h", ParentTTL: "1d", ParentPropagation: "1d",
		Parent: []string{},
	}
}

// policy reads what is configured, and says what is wrong with it.
func (c dnssecConfig) policy() (dnssec.Policy, error) {
	p := dnssec.Policy{Bits: c.Bits, FirstAtOnce: c.FirstAtOnce, SHA384: c.SHA384, Unsigned: !c.Sign}
	if c.Algorithm > 0 && c.Algorithm < 256 {
		p.Algorithm = uint8(c.Algorithm)
	}
	for _, span := range []struct {
		key, text string
		to        *time.Duration
	}{
		{"validity", c.Validity, &p.Validity},
		{"jitter", c.Jitter, &p.Jitter},
		{"refresh", c.Refresh, &p.Refresh},
		{"inception", c.Inception, &p.Inception},
		{"zsk_lifetime", c.ZSKLifetime, &p.ZSKLifetime},
		{"ksk_lifetime", c.KSKLifetime, &p.KSKLifetime},
		{"key_ttl", c.KeyTTL, &p.KeyTTL},
		{"max_ttl", c.MaxTTL, &p.MaxTTL},
		{"propagation", c.Propagation, &p.Propagation},
		{"parent_ttl", c.ParentTTL, &p.ParentTTL},
		{"parent_propagation", c.ParentPropagation, &p.ParentPropagation},
	} {
		if strings.Trim(span.text, "0") == "s" { // nothing
			continue
		}
		var err error
		if *span.to, err = parseSpan(span.text); err != nil {
			return p, fmt.Errorf("zone.dnssec.%s: %w", span.key, err)
		}
	}
	if err := p.Check(); err != nil {
		return p, fmt.Errorf("zone.dnssec.%w", err)
	}
	return p, nil
}

// place returns where private keys are kept, and what says where there.
func (c dnssecConfig) place() (place registry.KeyPlace, where string, err error) {
	first, where, _ := strings.Cut(c.Keys, ":")
	switch place = registry.KeyPlace(first); {
	case place == registry.KeySealed && c.Keys == first:
	case (place == registry.KeyFile || place == registry.KeyToken) && where != "":
	default:
		return "", "", fmt.Errorf("zone.dnssec.keys: %q is none of database, files:DIRECTORY and pkcs11:LIBRARY:TOKEN", c.Keys)
	}
	return place, where, nil
}

func (c dnssecConfig) check() error {
	if _, err := c.policy(); err != nil {
		return err
	}
	place, where, err := c.place()
	if err != nil {
		return err
	}
	if _, err := c.parent(); err != nil {
		return err
	}
	token := place == registry.KeyToken
	switch library, label, found := strings.Cut(where, ":"); {
	case token && (!found || library == "" || label == ""):
		return fmt.Errorf("zone.dnssec.keys: %q is no library and token; write it such as pkcs11:/usr/lib/softhsm/libsofthsm2.so:zones", where)
	case token && c.PIN == "":
		return errors.New("zone.dnssec.pin_file: a token has a PIN; name the file that has it")
	case !token && c.PIN != "":
		return fmt.Errorf("zone.dnssec.pin_file: only a token has a PIN, and keys are in %s", place)
	case token && c.Algorithm == int(dnssec.Ed25519):
		return errors.New("zone.dnssec.algorithm: on a token there are keys of algorithms 8 and 13")
	}
	return nil
}

// parent reads the addresses of the servers that are asked for DS records, each with its port or for port 53.
func (c dnssecConfig) parent() ([]netip.AddrPort, error) {
	var list []netip.AddrPort
	for _, text := range c.Parent {
		server, err := parseServer(text)
		if err == nil {
			err = canBeReached(server)
		}
		if err != nil {
			return nil, fmt.Errorf("zone.dnssec.parent: %q is no address of a server; write it such as 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53", text)
		}
		list = append(list, server)
	}
	return list, nil
}
