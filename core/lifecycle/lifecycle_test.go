package lifecycle_test

import (
	"hash/fnv"
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// changing is a profile whose lengths and prices change on the way, so that a step shows under which
// terms it ran.
func changing(t *testing.T) policy.Profile {
	t.Helper()
	p := builtIn(t, "co-2026")
	later := p.Versions[0]
	later.From, later.Why = instant("2027-07-01T00:00:00Z"), "longer redemption, dearer renewals"
	later.Terms.AutoRenew, later.Terms.Redemption, later.Terms.Prices.Renew = 30, 15, 30_00
	p.Versions = append(p.Versions, later)
	return p
}

func builtIn(t *testing.T, id string) policy.Profile {
	t.Helper()
	p, err := policy.BuiltIn(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func rules(p policy.Profile, renews func(time.Time) bool) lifecycle.Rules {
	return lifecycle.Rules{
		Profile: p, AutoRenews: func(_ registry.RegistrarID, at time.Time) bool { return renews(at) },
		Spread: func(roid registry.ROID) uint32 {
			h := fnv.New32a()
			h.Write([]byte(roid))
			return h.Sum32()
		},
	}
}

func always(time.Time) bool { return true }
func never(time.Time) bool  { return false }

// Each step runs under the terms of the instant at which it fell due.
func TestAdvanceUsesTheTermsOfTheDay(t *testing.T) {
	p := changing(t)
	d := registry.Domain{
		ROID: "D1-CO", Name: names.MustParse("shop.co"), Version: 1, Sponsor: "H1001",
		Created: instant("2026-03-01T12:00:00Z"), Expires: instant("2027-03-01T23:59:59Z"),
	}
	d, facts, alive := lifecycle.Advance(d, rules(p, always), instant("2028-06-01T00:00:00Z"))
	if !alive || len(facts) != 2 || d.Version != 3 || !d.Expires.Equal(instant("2029-03-01T23:59:59Z")) {
		t.Fatalf("two expiries made %d facts, version %d, expiry %s", len(facts), d.Version, d.Expires)
	}
	for i, want := range []struct {
		amount int64
		posts  string
	}{{20_00, "2027-04-15T23:59:59Z"}, {30_00, "2028-03-31T23:59:59Z"}} {
		charge := facts[i].Charges[0]
		if int64(charge.Amount) != want.amount || !charge.PostsAt.Equal(instant(want.posts)) || charge.Authorises {
			t.Errorf("auto-renewal %d: %+v, want %d to post at %s", i, charge, want.amount, want.posts)
		}
		if at := facts[i].Origin.At; at.Year() != 2027+i {
			t.Errorf("auto-renewal %d has the origin %s", i, at)
		}
	}
}

// A setting that changes in the second of a step holds for what comes after it: whether the engine was there first
// makes no difference.
func TestSettingsOfTheSecond(t *testing.T) {
	for _, test := range []struct {
		changed string // when names are to be deleted from then on, and renewals cost 30.00
		price   int64  // of the renewal; 0 if the name is deleted
	}{
		{"2027-03-01T23:59:58Z", 0},
		{"2027-03-01T23:59:59Z", 25_00},
		{"2027-03-02T00:00:00Z", 25_00},
	} {
		isBefore := func(at time.Time) bool { return at.Before(instant(test.changed)) }
		r := rules(builtIn(t, "co-2026"), isBefore)
		r.Price = func(_ names.Name, at time.Time) registry.NamePrice {
			if isBefore(at) {
				return registry.NamePrice{Renew: 25_00}
			}
			return registry.NamePrice{Renew: 30_00}
		}
		d := registry.Domain{ROID: "D1-CO", Name: names.MustParse("shop.co"), Expires: instant("2027-03-01T23:59:59Z")}
		_, facts, _ := lifecycle.Advance(d, r, instant("2027-03-02T12:00:00Z"))
		price := int64(0)
		for _, c := range facts[0].Charges {
			price = int64(c.Amount)
		}
		if price != test.price {
			t.Errorf("settings changed at %s: the renewal at 23:59:59 costs %d, want %d", test.changed, price, test.price)
		}
	}
}

// The purge instant is a fact from the start: end of pending delete, 60 s, and up to a minute more.
func TestPurgeIsSpread(t *testing.T) {
	p := changing(t)
	at := instant("2026-03-01T12:00:00Z")
	seen := map[time.Duration]bool{}
	for i := range 1000 {
		d := registry.Domain{ROID: registry.ROID(rune('a'+i%26)) + registry.ROID(rune('a'+i/26))}
		deletion := lifecycle.Delete(d, rules(p, never), at, lifecycle.ByCommand).Deletion
		late := deletion.PurgeAt.Sub(deletion.PendingUntil)
		if late < time.Minute || late >= 2*time.Minute {
			t.Fatalf("a purge comes %s after pending delete", late)
		}
		seen[late] = true
	}
	if len(seen) < 50 {
		t.Errorf("1,000 purges fall on %d of 60 seconds", len(seen))
	}
}

// Nothing lapses against a status that the operator set. Decisions 3.4.
func TestExpiryOfALockedName(t *testing.T) {
	d := registry.Domain{
		ROID: "D1-CO", Name: names.MustParse("shop.co"), Expires: instant("2027-03-01T23:59:59Z"),
		Statuses: []registry.Status{registry.ServerDeleteProhibited},
	}
	d, _, _ = lifecycle.Advance(d, rules(changing(t), never), instant("2027-03-02T00:00:00Z"))
	if d.Deletion.Active() || !d.Expires.Equal(instant("2028-03-01T23:59:59Z")) {
		t.Errorf("under serverDeleteProhibited the name became %+v", d)
	}
}

func TestStatuses(t *testing.T) {
	host := []registry.HostRef{{ROID: "H1-CO"}}
	deletion := registry.Deletion{At: instant("2026-03-01T12:00:00Z")}
	for _, test := range []struct {
		name string
		d    registry.Domain
		want []registry.Status
	}{
		{"with a host", registry.Domain{Nameservers: host}, []registry.Status{registry.OK}},
		{"without hosts", registry.Domain{}, []registry.Status{registry.Inactive}},
		{"in grace, ok stays", registry.Domain{Nameservers: host, Graces: []registry.Grace{{Kind: registry.AddGrace, Until: instant("2030-01-01T00:00:00Z")}}}, []registry.Status{registry.OK}},
		{"on hold", registry.Domain{Nameservers: host, Statuses: []registry.Status{registry.ClientHold}}, []registry.Status{registry.ClientHold}},
		{"deleted", registry.Domain{Nameservers: host, Deletion: deletion}, []registry.Status{registry.PendingDelete}},
		{"deleted, without hosts", registry.Domain{Deletion: deletion}, []registry.Status{registry.PendingDelete, registry.Inactive}},
	} {
		if got := lifecycle.Statuses(test.d); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	if got := lifecycle.HostStatuses(registry.Host{Linked: true}); !slices.Equal(got, []registry.Status{registry.OK, registry.Linked}) {
		t.Errorf("a linked host has %v", got)
	}
	locked := registry.Contact{Statuses: []registry.Status{registry.ClientDeleteProhibited}, Linked: true}
	if got := lifecycle.ContactStatuses(locked); !slices.Equal(got, []registry.Status{registry.ClientDeleteProhibited, registry.Linked}) {
		t.Errorf("a linked, locked contact has %v", got)
	}
}

func TestExpiryArithmetic(t *testing.T) {
	for _, test := range []struct {
		from  string
		years int
		want  string
	}{
		{"2026-03-01T12:00:00Z", 1, "2027-03-01T23:59:59Z"},
		{"2028-02-29T12:00:00Z", 1, "2029-02-28T23:59:59Z"},
		{"2028-02-29T00:00:00Z", 4, "2032-02-29T23:59:59Z"},
		{"2026-12-31T23:59:59Z", 5, "2031-12-31T23:59:59Z"},
		{"2026-03-01T23:30:00-05:00", 1, "2027-03-02T23:59:59Z"},
	} {
		if got := lifecycle.FirstExpiry(instant(test.from), test.years); !got.Equal(instant(test.want)) {
			t.Errorf("FirstExpiry(%s, %d) = %s, want %s", test.from, test.years, got, test.want)
		}
	}
	for _, test := range []struct {
		expires, now string
		want         bool
	}{
		{"2031-03-01T23:59:59Z", "2026-03-01T00:00:00Z", true},
		{"2031-03-02T00:00:00Z", "2026-03-01T23:59:59Z", false},
		{"2033-02-28T23:59:59Z", "2028-02-29T12:00:00Z", true},
		{"2033-03-01T00:00:00Z", "2028-02-29T12:00:00Z", false},
	} {
		if got := lifecycle.WithinHorizon(instant(test.expires), instant(test.now), 5); got != test.want {
			t.Errorf("WithinHorizon(%s, %s) = %t", test.expires, test.now, got)
		}
	}
}
