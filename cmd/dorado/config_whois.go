package main

import (
	"fmt"
	"net/netip"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/flow"
	"example.org/dorado/front/whois"
)

// whoisConfig bounds what strangers can take of WHOIS, and says who is none.
type whoisConfig struct {
	Connections           int      `toml:"connections"`
	ConnectionsPerAddress int      `toml:"connections_per_address"`
	QueriesAtOnce         int      `toml:"queries_at_once"`
	QueriesPerMinute      int      `toml:"queries_per_minute"`
	Allow                 []string `toml:"allow"`
	Proxies               []string `toml:"proxies"`
}

// lookupConfig is what WHOIS and RDAP share.
type lookupConfig struct {
	CacheMiB int `toml:"cache_mib"`
}

func defaultWHOIS() whoisConfig {
	return whoisConfig{
		Connections: 4_000, ConnectionsPerAddress: 20, QueriesAtOnce: 60, QueriesPerMinute: 60,
		Allow: []string{}, Proxies: []string{},
	}
}

func defaultLookup() lookupConfig { return lookupConfig{CacheMiB: 256} }

func (c whoisConfig) check() error {
	for _, bound := range []struct {
		key               string
		value, least, top int
	}{
		{"connections", c.Connections, 1, 100_000},
		{"connections_per_address", c.ConnectionsPerAddress, 1, 100_000},
		{"queries_at_once", c.QueriesAtOnce, 1, 100_000},
		{"queries_per_minute", c.QueriesPerMinute, 0, 100_000},
	} {
		if bound.value < bound.least || bound.value > bound.top {
			return fmt.Errorf("whois.%s: %d is not between %d and %d", bound.key, bound.value, bound.least, bound.top)
		}
	}
	if _, err := prefixes("whois.allow", c.Allow); err != nil {
		return err
	}
	_, err := prefixes("whois.proxies", c.Proxies)
	return err
}

func (c lookupConfig) check() error {
	if c.CacheMiB < 0 || c.CacheMiB > 1<<20 {
		return fmt.Errorf("lookup.cache_mib: %d is not between 0 and %d", c.CacheMiB, 1<<20)
	}
	return nil
}

// pages returns what keeps answers; nil if nothing does.
func (c lookupConfig) pages() *flow.Pages {
	if c.CacheMiB == 0 {
		return nil
	}
	return flow.NewPages(c.CacheMiB << 20)
}

// server returns what WHOIS is told of its limits; the configuration has been checked.
func (c whoisConfig) server() whois.Config {
	allowed, _ := prefixes("", c.Allow)
	proxies, _ := prefixes("", c.Proxies)
	w := whois.Config{
		Connections: c.Connections, ConnectionsPerAddress: c.ConnectionsPerAddress, Allowed: allowed, Proxies: proxies,
	}
	if c.QueriesPerMinute > 0 {
		w.Rate = policy.Rate{Burst: c.QueriesAtOnce, Every: time.Minute / time.Duration(c.QueriesPerMinute)}
	}
	return w
}

// prefixes reads addresses and networks of a key.
func prefixes(key string, list []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range list {
		if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
			all = append(all, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil || p != p.Masked() {
			return nil, fmt.Errorf("%s: %q is no address or network; write it such as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/48", key, text)
		}
		all = append(all, p)
	}
	return all, nil
}
