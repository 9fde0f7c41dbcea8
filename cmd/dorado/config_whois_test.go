package main

import (
	"reflect"
	"testing"
	"time"

	"example.org/dorado/core/policy"
)

// What the configuration says of WHOIS is what the server is told.
func TestWHOISConfig(t *testing.T) {
	c := defaultWHOIS()
	c.Allow, c.Proxies = []string{"192.0.2.0/24", "2001:db8::1", "::ffff:198.51.100.7"}, []string{"203.0.113.9"}
	got := c.server()
	want := []string{"192.0.2.0/24", "2001:db8::1/128", "198.51.100.7/32"}
	for i, p := range got.Allowed {
		if p.String() != want[i] {
			t.Errorf("allowed is %s, want %s", p, want[i])
		}
	}
	if len(got.Allowed) != len(want) || len(got.Proxies) != 1 || got.Rate != (policy.Rate{Burst: 60, Every: time.Second}) || got.Connections != 4_000 {
		t.Errorf("the server is told %+v", got)
	}
	if c.QueriesPerMinute = 0; !reflect.DeepEqual(c.server().Rate, policy.Rate{}) {
		t.Errorf("without a rate it is told %+v", c.server().Rate)
	}
	if (lookupConfig{}).pages() != nil || defaultLookup().pages() == nil {
		t.Error("answers are kept in no memory, or not kept in some")
	}
}
