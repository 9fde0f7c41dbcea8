package dns_test

import (
	"context"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

// What the publisher could not do is told until a try succeeds, since when it fails and with the last reason.
func TestTroubles(t *testing.T) {
	w := tenNames(t)
	c := config(w)
	var token flaky
	c.Keys, token = flakyKeys(w, "")
	c.Interval = 5 * time.Millisecond
	c.Lease = func() (registry.Fence, bool) { return registry.Fence{}, true }
	s := loaded(t, c)
	dns.Until(t, func(ctx context.Context) { s.Run(ctx) })
	if list := s.Troubles(); len(list) > 0 {
		t.Fatalf("there are troubles: %+v", list)
	}
	token.sign.Store(true)
	w.Domain(world.Acme, "later.com.co", "ns.example.net")
	eventually(t, func() bool {
		list := s.Troubles()
		return len(list) > 0 && list[0].Doing == "publish" && list[0].Err != nil && list[0].Since.Equal(w.Now())
	})
	token.sign.Store(false)
	eventually(t, func() bool { return len(s.Troubles()) == 0 })
}
