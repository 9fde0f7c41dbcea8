package rdap

import (
	"net/http"
	"testing"
	"time"

	"example.org/dorado/core/registry"
)

// Every status that a domain can have is mapped. RFC 8056.
func TestEveryStatusIsMapped(t *testing.T) {
	list := []string{string(registry.RGPRedemption), string(registry.RGPPendingDelete)}
	for _, g := range []registry.GraceKind{
		registry.AddGrace, registry.RenewGrace, registry.AutoRenewGrace, registry.TransferGrace,
	} {
		list = append(list, string(g))
	}
	for _, s := range []registry.Status{
		registry.ClientDeleteProhibited, registry.ClientHold, registry.ClientRenewProhibited,
		registry.ClientTransferProhibited, registry.ClientUpdateProhibited,
		registry.ServerDeleteProhibited, registry.ServerHold, registry.ServerRenewProhibited,
		registry.ServerTransferProhibited, registry.ServerUpdateProhibited,
		registry.OK, registry.Inactive, registry.Linked, registry.PendingCreate, registry.PendingDelete,
		registry.PendingRenew, registry.PendingTransfer, registry.PendingUpdate,
	} {
		list = append(list, string(s))
	}
	for _, s := range list {
		if rdapStatus[s] == "" {
			t.Errorf("%s has no RDAP status", s)
		}
	}
}

// What a transfer changed was changed last, as WHOIS has it.
func TestLastChanged(t *testing.T) {
	first, second := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct{ updated, transferred, want time.Time }{
		{first, time.Time{}, first}, {time.Time{}, second, second}, {first, second, second}, {second, first, second},
	} {
		if got := later(test.updated, test.transferred); !got.Equal(test.want) {
			t.Errorf("updated %s and transferred %s, it was last changed %s", test.updated, test.transferred, got)
		}
	}
}

// FuzzForwarded: whatever a proxy puts down, so many hops at most come of it, and each is an address or not valid.
func FuzzForwarded(f *testing.F) {
	for _, seed := range []string{"192.0.2.1", "for=192.0.2.1;by=x, for=\"[2001:db8::1]:1\"", ",,,", "[", "::ffff:1.2.3.4, fe80::1%eth0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"Forwarded", "X-Forwarded-For"} {
			hops := forwarded(http.Header{name: {text}}, name)
			if len(hops) > maxHops {
				t.Errorf("%q has %d hops", text, len(hops))
			}
			for _, hop := range hops {
				if hop.Zone() != "" || hop.Is4In6() {
					t.Errorf("%q has the hop %s", text, hop)
				}
			}
		}
	})
}
