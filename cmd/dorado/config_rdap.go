package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/front/rdap"
)

func defaultRDAP() rdapConfig {
	return rdapConfig{
		Searches: true, QueriesAtOnce: 100, QueriesPerMinute: 60, CallersPerMinute: 600,
		Allow: []string{}, Proxies: []string{}, Forwarded: "X-Forwarded-For",
	}
}

// check refuses what is no network, a rate of nothing, and a header that nobody sends.
func (c rdapConfig) check() error {
	for _, bound := range []struct {
		key          string
		value, least int
	}{
		{"queries_at_once", c.QueriesAtOnce, 1}, {"queries_per_minute", c.QueriesPerMinute, 0}, {"callers_per_minute", c.CallersPerMinute, 0},
	} {
		if most := 1_000_000; bound.value < bound.least || bound.value > most {
			return fmt.Errorf("rdap.%s: %d is not between %d and %d", bound.key, bound.value, bound.least, most)
		}
	}
	if _, err := prefixes("rdap.allow", c.Allow); err != nil {
		return err
	}
	if _, err := prefixes("rdap.proxies", c.Proxies); err != nil {
		return err
	}
	if !strings.EqualFold(c.Forwarded, "X-Forwarded-For") && !strings.EqualFold(c.Forwarded, "Forwarded") {
		return fmt.Errorf("rdap.forwarded: %q is no header that is read; write X-Forwarded-For or Forwarded", c.Forwarded)
	}
	return nil
}

// handler returns what RDAP is told of itself; the configuration has been checked.
func (c rdapConfig) handler() rdap.Config {
	allowed, _ := prefixes("", c.Allow)
	proxies, _ := prefixes("", c.Proxies)
	return rdap.Config{
		Port43: c.WHOIS, Terms: c.Terms, Searches: c.Searches, Allowed: allowed, Proxies: proxies, Forwarded: c.Forwarded,
		Rate: perMinute(c.QueriesAtOnce, c.QueriesPerMinute), CallerRate: perMinute(c.CallersPerMinute, c.CallersPerMinute),
	}
}

// uncounted are where connections come from that are not counted one by one.
func (c rdapConfig) uncounted() []netip.Prefix {
	list, _ := prefixes("", slices.Concat(c.Allow, c.Proxies))
	return list
}

// perMinute is a rate of so many at once, and so many more after a minute; none is any number.
func perMinute(burst, minute int) policy.Rate {
	if minute == 0 {
		return policy.Rate{}
	}
	return policy.Rate{Burst: burst, Every: time.Minute / time.Duration(minute)}
}
