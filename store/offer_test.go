package store_test

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// offered returns what a view finds settled about a name.
func offered(t *testing.T, db *store.DB, name string) (offer registry.Offer) {
	t.Helper()
	err := db.View(context.Background(), func(r registry.Reader) error {
		var err error
		offer, err = r.Offer(world.Name(name), now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return offer
}

// everyOffer settles all that can be about two names.
func everyOffer() (registry.Changes, []registry.Offer) {
	gold, grey := world.Name("gold.co"), world.Name("grey.co")
	later := now.Add(time.Hour)
	offers := []registry.Offer{
		{
			Name:   gold,
			Prices: []registry.NamePrice{{Name: gold, From: now, Tier: 5, Renew: 200_00}, {Name: gold, From: later, Create: 1, Renew: 2, Restore: 3}},
		},
		{
			Name: grey,
			Listings: []registry.Listing{
				{Name: grey, Kind: registry.Banned, Reason: "a word", Starts: later, Ends: later.Add(1000)},
				{Name: grey, Kind: registry.Reserved, Reason: "a brand", Starts: now},
			},
			Allocation: registry.Allocation{Name: grey, Code: []byte("hash"), Made: now},
		},
	}
	return registry.Changes{
		Prices: offers[0].Prices, Listings: offers[1].Listings, Allocations: []registry.Allocation{offers[1].Allocation},
	}, offers
}

// What is settled about names comes back, to those who look and to those who command, whether or not a memory
// was filled before.
func TestOffersComeBack(t *testing.T) {
	w := world.Empty(t)
	changes, want := everyOffer()
	write(t, w, changes)
	for range 2 {
		for _, offer := range want {
			if got := offered(t, w.DB, offer.Name.String()); !reflect.DeepEqual(got, offer) {
				t.Errorf("a view finds\n%+v, want\n%+v", got, offer)
			}
			err := w.DB.Update(context.Background(), registry.Keys{}, func(r registry.Reader) (registry.Changes, error) {
				got, err := r.Offer(offer.Name, now)
				if !reflect.DeepEqual(got, offer) {
					t.Errorf("a command finds\n%+v, want\n%+v", got, offer)
				}
				return registry.Changes{}, err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := offered(t, w.DB, "free.co"); !got.IsZero() {
			t.Errorf("free.co has %+v", got)
		}
		view(t, w, func(r registry.Reader) error {
			list, err := r.Offers(world.Name("co"), 10)
			if !reflect.DeepEqual(list, want) {
				t.Errorf("all offers are\n%+v, want\n%+v", list, want)
			}
			after, err2 := r.Offers(world.Name("gold.co"), 1)
			if !reflect.DeepEqual(after, want[1:]) {
				t.Errorf("the offer after gold.co is %+v", after)
			}
			return errors.Join(err, err2)
		})
		if err := w.DB.Remember(context.Background(), store.Listener{}); err != nil { // as at the next start
			t.Fatal(err)
		}
	}
}

// A command sees what one before it in its group has settled, and a view what was committed before.
func TestOffersOfAGroup(t *testing.T) {
	w := world.Empty(t)
	name := world.Name("gold.co")
	const rounds = 30
	for i := 1; i <= rounds; i++ {
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				err := w.DB.Update(context.Background(), registry.Keys{Domains: nil}, func(r registry.Reader) (registry.Changes, error) {
					offer, err := r.Offer(name, now)
					tier := 1
					if n := len(offer.Prices); n > 0 {
						tier = offer.Prices[n-1].Tier + 1
					}
					return registry.Changes{Prices: []registry.NamePrice{{Name: name, From: now, Tier: tier}}}, err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if got := offered(t, w.DB, "gold.co").Prices; len(got) != 1 || got[0].Tier != 2*i {
			t.Fatalf("after %d commands the prices are %+v", 2*i, got)
		}
	}
}

// An allocation code is used once: the second use finds it used.
func TestAllocationIsUsedOnce(t *testing.T) {
	w := world.Empty(t)
	made := registry.Allocation{Name: world.Name("grey.co"), Code: []byte("hash"), Made: now}
	write(t, w, registry.Changes{Allocations: []registry.Allocation{made}})
	used := made
	used.Used = now.Add(time.Minute)
	write(t, w, registry.Changes{Allocations: []registry.Allocation{used}})
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	err := w.DB.Update(ctx, registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
		return registry.Changes{Allocations: []registry.Allocation{used}}, nil
	})
	if err == nil {
		t.Error("a code was used twice")
	}
	if got := offered(t, w.DB, "grey.co").Allocation; !reflect.DeepEqual(got, used) {
		t.Errorf("the code is %+v", got)
	}
	write(t, w, registry.Changes{Allocations: []registry.Allocation{made}})
	if got := offered(t, w.DB, "grey.co").Allocation; !got.Open() {
		t.Errorf("a code that was made anew is %+v", got)
	}
}

// What one node settles, the others know within a second, and not by asking for every name.
func TestNodesFollowOffers(t *testing.T) {
	w := world.Empty(t)
	if !w.Postgres {
		t.Skip("a SQLite file belongs to one process")
	}
	other := w.Open(nil)
	write(t, w, base())
	for _, db := range []*store.DB{w.DB, other} {
		eventually(t, "the memory is used", func() bool { return store.Remembers(db) })
	}
	longest := time.Duration(0)
	for tier := 1; tier <= 10; tier++ {
		offered(t, other, "gold.co")
		write(t, w, registry.Changes{Prices: []registry.NamePrice{{Name: world.Name("gold.co"), From: now, Tier: tier}}})
		if got := offered(t, w.DB, "gold.co").Prices; len(got) != 1 || got[0].Tier != tier {
			t.Fatalf("the node that settled tier %d sees %+v", tier, got)
		}
		longest = max(longest, eventually(t, "the new price is seen", func() bool {
			got := offered(t, other, "gold.co").Prices
			return len(got) == 1 && got[0].Tier == tier
		}))
	}
	if longest > time.Second {
		t.Errorf("a node was %s behind, want at most a second", longest)
	}
	eventually(t, "what was read is remembered", func() bool {
		offered(t, other, "gold.co")
		return store.RemembersOffer(other, world.Name("gold.co"))
	})
}
