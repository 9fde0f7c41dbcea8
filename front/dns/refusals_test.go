package dns

import (
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
)

// Each network is told of at once and then with a count, whatever a stranger sends and in whose name.
func TestRefusalsAreTold(t *testing.T) {
	var log strings.Builder
	r := refusals{log: slog.New(slog.NewTextHandler(&log, nil))}
	told := func(want ...string) {
		t.Helper()
		lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
		log.Reset()
		if len(want) == 0 && lines[0] == "" {
			return
		}
		if len(lines) != len(want) {
			t.Fatalf("%d lines, want %d:\n%s", len(lines), len(want), strings.Join(lines, "\n"))
		}
		for i, part := range want {
			if !strings.Contains(lines[i], part) {
				t.Errorf("line %d is %s, want %q in it", i, lines[i], part)
			}
		}
	}
	one := netip.MustParseAddr("192.0.2.1")
	r.add(one, "it is not signed", "zone", "test.")
	told(`from=192.0.2.1 why="it is not signed" zone=test.`)
	for i := range 100 {
		r.add(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), "it is not signed")
	}
	told()
	r.tell()
	told("from=192.0.2.0/24 why=\"it is not signed\" times=100")
	r.tell()
	r.tell()
	told()
	r.add(one, "it is not signed")
	told("from=192.0.2.1")

	for i := range 10_000 {
		r.add(netip.MustParseAddr(fmt.Sprintf("2001:db8:%x::1", i)), "it is not signed")
	}
	if n := strings.Count(log.String(), "\n"); n != maxRefusers-1 || len(r.by) != maxRefusers {
		t.Errorf("%d lines and %d networks, want one less than %d and that", n, len(r.by), maxRefusers)
	}
	log.Reset()
	r.tell()
	told(fmt.Sprintf(`from="other networks" times=%d`, 10_000-maxRefusers+1))
}
