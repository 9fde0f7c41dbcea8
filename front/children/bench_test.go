package children_test

import (
	"context"
	"fmt"
	"net"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/front/children"
	"example.org/dorado/test/world"
)

// BenchmarkRound scans names whose zones ask for nothing, as nearly all do: two questions each to a server on the loopback,
// and a row put down.
func BenchmarkRound(b *testing.B) {
	const names = 500
	w := world.New(b, "2026-03-01T12:00:00Z")
	automation(w).Zones = []string{"*"}
	w.Service.Profile.Versions[0].Terms.Limits.Children.PerAddress = 1_000_000
	there := serve(b, silent)
	w.Domain(world.Acme, "host.co")
	w.Host(world.Acme, "ns1.host.co", "192.0.2.1")
	for i := range names {
		w.Domain(world.Acme, fmt.Sprintf("name%d.co", i), "ns1.host.co")
	}
	s := children.New(children.Config{
		Service: w.Service, NewTRID: w.NewTRID, Log: quiet(), Pause: pause, Chance: func() float64 { return 0 },
		Lease: func() (registry.Fence, bool) { return registry.Fence{}, true },
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, there)
		},
	})
	if err := s.Enrol(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		w.Exec("UPDATE child SET due = 0")
		if _, err := s.Round(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*names/b.Elapsed().Seconds(), "names/s")
}
