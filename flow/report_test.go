package flow_test

import (
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// unavailable asks for the unavailable names of a world.
func unavailable(w *world.World) []string {
	w.T.Helper()
	var list []string
	_, err := w.Ask("", flow.UnavailableNames{
		Begin: func(at time.Time) error {
			if !at.Equal(w.Now()) {
				w.T.Errorf("the list is of %s, and it is %s", at, w.Now())
			}
			list = nil
			return nil
		},
		Use: func(n names.Name) error { list = append(list, n.String()); return nil },
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return list
}

// A name is on the list of unavailable ones exactly while nobody can register it, by what is stored and by what time
// has done since.
func TestUnavailableNames(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Acme, "shop.co")
	w.Domain(world.Acme, "zebra.com.co")
	w.Domain(world.Deleter, "going.co")
	list := func(name string, kind registry.ListKind) {
		w.Do("", flow.ListingAdd{Listings: []registry.Listing{{Name: world.Name(name), Kind: kind, Reason: "a secret"}}})
	}
	list("banned.co", registry.Banned)
	list("blocked.co", registry.Blocked)
	list("reserved.co", registry.Reserved)
	list("coded.co", registry.Reserved)
	list("shop.co", registry.Blocked)
	w.Allocate("coded.co", "A-secret-code-1")

	got := unavailable(w)
	if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Error("the list is not in order, or has a name twice")
	}
	for name, want := range map[string]bool{
		"shop.co": true, "zebra.com.co": true, "going.co": true, "banned.co": true, "blocked.co": true, "reserved.co": true,
		"coded.co": false, "free.co": false, "com.co": true, "ab.co": true, "a.co": true, "a-.co": false, "ab.com.co": false, "web.co": true,
	} {
		if slices.Contains(got, name) != want {
			t.Errorf("%s is on the list: %t, want %t", name, !want, want)
		}
	}
	w.At("2027-04-12T12:00:00Z") // deleted at its expiry, and purged by time alone
	if slices.Contains(unavailable(w), "going.co") {
		t.Error("a name that time has purged is on the list")
	}
}

// dropping asks for the drop list of a world.
func dropping(w *world.World) []flow.DroppingName {
	w.T.Helper()
	var list []flow.DroppingName
	_, err := w.Ask("", flow.DroppingNames{
		Begin: func(time.Time) error { list = nil; return nil },
		Use:   func(d flow.DroppingName) error { list = append(list, d); return nil },
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return list
}

// The drop list has every name that waits for its purge and no other, whoever deleted it and whether or not anybody has
// written that down, from the first second of redemption to the last before the purge.
func TestDroppingNames(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Acme, "zulu.co")
	w.Domain(world.Acme, "kept.co")
	w.Domain(world.Acme, "undone.co")
	w.Domain(world.Acme, "back.co")
	w.Domain(world.Deleter, "alpha.com.co")
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("undone.co")}) // in its add grace
	w.At("2026-03-20T12:00:00Z")
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("zulu.co")})
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("back.co")})
	w.Do(world.Acme, flow.DomainRestore{Update: flow.DomainUpdate{Name: world.Name("back.co"), Empty: true}})

	entered := w.Now()
	names := func() (list []string) {
		for _, d := range dropping(w) {
			list = append(list, d.Name.String())
		}
		return list
	}
	list := dropping(w)
	if len(list) != 1 || list[0].Name != world.Name("zulu.co") {
		t.Fatalf("the list is %v, want zulu.co", list)
	}
	d := list[0]
	if !d.Entered.Equal(entered) || !d.Leaves.Equal(entered.AddDate(0, 0, 30)) || d.Purged.Before(entered.AddDate(0, 0, 35).Add(time.Minute)) {
		t.Errorf("zulu.co is on the list as %v", d)
	}
	w.At(d.Leaves.Format(time.RFC3339))
	if got := names(); !slices.Equal(got, []string{"zulu.co"}) {
		t.Errorf("in pending delete the list is %v", got)
	}
	w.At(d.Purged.Format(time.RFC3339))
	if got := names(); len(got) != 0 {
		t.Errorf("after the purge the list is %v", got)
	}
	w.At("2027-03-02T00:00:00Z")
	if got := names(); !slices.Equal(got, []string{"alpha.com.co"}) {
		t.Errorf("after an expiry that nobody wrote down the list is %v", got)
	}
}

// priced asks for the names with prices of their own.
func priced(w *world.World) map[string]flow.PricedName {
	w.T.Helper()
	var list map[string]flow.PricedName
	last := ""
	_, err := w.Ask("", flow.PricedNames{
		Begin: func(time.Time) error { list, last = map[string]flow.PricedName{}, ""; return nil },
		Use: func(p flow.PricedName) error {
			if p.Name.String() <= last {
				w.T.Errorf("%s comes after %s", p.Name, last)
			}
			last = p.Name.String()
			list[last] = p
			return nil
		},
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return list
}

// What the file of prices has for a name is what a check says of it, for names of a list, names alone, and where one
// overtakes the other.
func TestPricedNames(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Do("", flow.PriceSet{Prices: []registry.NamePrice{
		{Name: world.Name("early.co"), Tier: 3}, {Name: world.Name("overtaken.co"), Tier: 3},
	}})
	importPrices(w, "2026-03-02T00:00:00Z",
		registry.PriceEntry{Name: world.Name("gold.co"), Tier: 5},
		registry.PriceEntry{Name: world.Name("overtaken.co"), Tier: 1},
		registry.PriceEntry{Name: world.Name("plain.co"), Tier: 2},
		registry.PriceEntry{Name: world.Name("own.com.co"), Create: 300_00, Renew: 20_00})
	before := priced(w)
	if len(before) != 2 {
		t.Errorf("before the list begins there are %v", before)
	}
	w.At("2026-03-03T00:00:00Z")
	w.Do("", flow.PriceSet{Prices: []registry.NamePrice{
		{Name: world.Name("plain.co")}, {Name: world.Name("alone.co"), Tier: 4, Restore: 99_00},
	}})
	w.Domain(world.Acme, "standard.co")
	got := priced(w)
	for _, name := range []string{"gold.co", "overtaken.co", "own.com.co", "alone.co"} {
		p, found := got[name]
		if !found {
			t.Errorf("%s is not there", name)
			continue
		}
		total, premium := priceOf(t, w, name)
		if p.Costs.Create.String() != total || !premium {
			t.Errorf("%s costs %s, and a check says %s, premium %t", name, p.Costs.Create, total, premium)
		}
		if p.Currency != "USD" || p.Costs.Renew == 0 || p.Costs.Restore == 0 {
			t.Errorf("%s costs %v", name, p)
		}
	}
	if len(got) != 4 {
		t.Errorf("there are %v, want four names", got)
	}
	if p := got["alone.co"].Costs; p.Restore != 99_00 {
		t.Errorf("alone.co is restored for %s", p.Restore)
	}
}

// Nothing is posted any more before the instant that PostedUntil answers.
func TestPostedUntil(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Acme, "shop.co")
	until := func() flow.PostedSpan {
		reply, err := w.Ask("", flow.PostedUntil{})
		if err != nil {
			t.Fatal(err)
		}
		return reply.(flow.PostedSpan)
	}
	margin := w.Service.Terms().Limits.MonthCloseSeconds.Duration()
	if got := until(); !got.To.Equal(w.Now().Add(-margin)) || !got.Closed.IsZero() {
		t.Errorf("with nothing due it is %v", got)
	}
	w.At("2026-03-10T12:00:00Z") // the charge has come due, and nobody has posted it
	if got := until(); !got.To.Equal(time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("with a charge due it is %v", got)
	}
	w.Settle()
	w.At("2026-04-02T12:00:00Z")
	if got := until(); !got.To.Equal(time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("while March is not closed it is %v", got)
	}
}
