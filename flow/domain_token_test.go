package flow_test

import (
	"crypto/sha256"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// list puts names on a list from now on.
func list(w *world.World, kind registry.ListKind, names ...string) {
	var cmd flow.ListingAdd
	for _, name := range names {
		cmd.Listings = append(cmd.Listings, registry.Listing{Name: world.Name(name), Kind: kind, Reason: "a secret"})
	}
	w.Do("", cmd)
}

// A reserved name is registered with its code and in no other way, once; the code is its authInfo until an
// update changes it; purged, the name is reserved again. Manual 9.5.1, decisions 1.5.
func TestAllocationCode(t *testing.T) {
	for _, form := range []string{"pw", "token"} {
		t.Run(form, func(t *testing.T) {
			w := world.New(t, noon)
			name := world.Name("marca.co")
			list(w, registry.Reserved, "marca.co")
			if got := check(t, w, "marca.co"); got.Available {
				t.Error("a reserved name is available without a code")
			}
			old := w.Do("", flow.AllocationMake{Name: name}).(flow.Allocated)
			made := w.Do("", flow.AllocationMake{Name: name}).(flow.Allocated)
			if got := check(t, w, "marca.co"); !got.Available || got.Reason != "" {
				t.Errorf("with an open code a check says %+v", got)
			}
			create := createOf(w, "marca.co", 1, flow.FeeSaid{})
			for _, wrong := range []string{"", "wrong", old.Code} {
				create.AuthInfo, create.Token = wrong, nil
				if _, err := w.Run(world.Acme, create); code(err) != registry.InvalidAuthInfo {
					t.Errorf("the code %q as authInfo: %v", wrong, err)
				}
				create.AuthInfo, create.Token = made.Code, &wrong
				if _, err := w.Run(world.Acme, create); code(err) != registry.Authorization {
					t.Errorf("the code %q as token: %v", wrong, err)
				}
			}
			create.AuthInfo, create.Token = made.Code, nil
			if form == "token" {
				create.AuthInfo, create.Token = "another", &made.Code
			}
			w.Do(world.Acme, create)
			if _, err := w.Ask(world.Other, flow.DomainInfo{Name: name, AuthInfo: &made.Code}); err != nil {
				t.Errorf("the code is not the authInfo of the name: %v", err)
			}
			w.Do(world.Acme, flow.DomainUpdate{Name: name, AuthInfo: new("changed")})
			if _, err := w.Ask(world.Other, flow.DomainInfo{Name: name, AuthInfo: &made.Code}); code(err) != registry.InvalidAuthInfo {
				t.Errorf("the code is the authInfo still: %v", err)
			}
			w.Do(world.Acme, flow.DomainDelete{Name: name})
			if _, err := w.Run(world.Acme, create); code(err) != registry.DataPolicy {
				t.Errorf("a second create with the code: %v", err)
			}
			w.CheckInvariants()
		})
	}
}

// A code is taken as authInfo in every session, also in one that announced RFC 9154 and when the code was given
// out while codes were shorter. Manual 9.5.1.
func TestCodeIsTakenWhereAuthInfoIsSecure(t *testing.T) {
	for name, allocate := range map[string]func(*world.World) string{
		"made now": func(w *world.World) string {
			return w.Do("", flow.AllocationMake{Name: world.Name("marca.co")}).(flow.Allocated).Code
		},
		"of 24 characters": func(w *world.World) string {
			w.Allocate("marca.co", "ABCDEFGHIJKLMNOPQRSTUV23")
			return "ABCDEFGHIJKLMNOPQRSTUV23"
		},
	} {
		for _, announced := range []bool{true, false} {
			w := world.New(t, noon)
			list(w, registry.Reserved, "marca.co")
			create := createOf(w, "marca.co", 1, flow.FeeSaid{})
			create.AuthInfo, create.Announced.SecureAuthInfo = allocate(w), announced
			if _, err := w.Run(world.Acme, create); err != nil {
				t.Errorf("the code %s, announced %t: %v", name, announced, err)
			}
		}
	}
}

// A code is as strong as RFC 9154 asks of an authInfo, and is none of another name: there its strength counts.
func TestCodeIsStrong(t *testing.T) {
	w := world.New(t, noon)
	w.Service.Random = func(n int) []byte {
		sum := sha256.Sum256([]byte("what no counter gives"))
		return sum[:n]
	}
	list(w, registry.Reserved, "marca.co")
	made := w.Do("", flow.AllocationMake{Name: world.Name("marca.co")}).(flow.Allocated)
	for _, test := range []struct {
		authInfo string
		want     registry.Code
	}{{made.Code[:24], registry.InvalidAuthInfo}, {made.Code, registry.Completed}} {
		create := createOf(w, "other.co", 1, flow.FeeSaid{})
		create.AuthInfo, create.Announced.SecureAuthInfo = test.authInfo, true
		if _, err := w.Run(world.Acme, create); code(err) != test.want {
			t.Errorf("the authInfo %s: %v, want %s", test.authInfo, err, test.want)
		}
	}
}

// A code lifts reserved only; and there is none for a name that nobody may have.
func TestAllocationLiftsReservedOnly(t *testing.T) {
	w := world.New(t, noon)
	for _, test := range []struct {
		name  string
		kinds []registry.ListKind
		want  registry.Code
	}{
		{"free.co", nil, registry.Completed},
		{"reserved.co", []registry.ListKind{registry.Reserved}, registry.Completed},
		{"both.co", []registry.ListKind{registry.Reserved, registry.Banned}, registry.DataPolicy},
		{"blocked.co", []registry.ListKind{registry.Blocked}, registry.DataPolicy},
		{"ab.co", nil, registry.DataPolicy},
		{"com.co", nil, registry.DataPolicy},
		{"x.gov.co", nil, registry.DataPolicy},
		{"x.org", nil, registry.ParameterSyntax},
		{"taken.co", nil, registry.ObjectExists},
	} {
		for _, kind := range test.kinds {
			list(w, kind, test.name)
		}
		if test.want == registry.ObjectExists {
			w.Domain(world.Other, test.name)
		}
		if _, err := w.Run("", flow.AllocationMake{Name: world.Name(test.name)}); code(err) != test.want {
			t.Errorf("a code for %s: %v, want %s", test.name, err, test.want)
		}
	}
	w.Allocate("both.co", "the code")
	create := createOf(w, "both.co", 1, flow.FeeSaid{})
	create.AuthInfo = "the code"
	if _, err := w.Run(world.Acme, create); code(err) != registry.DataPolicy || check(t, w, "both.co").Available {
		t.Errorf("a code lifts a ban: %v", err)
	}
}

// A code on a name that is not reserved takes it off the market; its end brings it back, unless it is reserved,
// and the code is worth nothing.
func TestAllocationCancel(t *testing.T) {
	w := world.New(t, noon)
	list(w, registry.Reserved, "marca.co")
	for name, reserved := range map[string]bool{"libre.co": false, "marca.co": true} {
		first := w.Do("", flow.AllocationMake{Name: world.Name(name)}).(flow.Allocated)
		made := w.Do("", flow.AllocationMake{Name: world.Name(name)}).(flow.Allocated)
		if first.Replaced || !made.Replaced || made.Reserved != reserved {
			t.Errorf("%s: made %+v, then %+v", name, first, made)
		}
		if _, err := w.Run(world.Other, createOf(w, name, 1, flow.FeeSaid{})); code(err) != registry.InvalidAuthInfo {
			t.Errorf("%s: created without the code: %v", name, err)
		}
		w.Pass(time.Hour)
		if ended := w.Do("", flow.AllocationCancel{Name: world.Name(name)}).(flow.Allocated); ended.Reserved != reserved || ended.Code != "" {
			t.Errorf("%s: ended %+v", name, ended)
		}
		if check(t, w, name).Available == reserved {
			t.Errorf("%s: after its code was cancelled it is available: %t", name, !reserved)
		}
		if _, err := w.Run("", flow.AllocationCancel{Name: world.Name(name)}); code(err) != registry.ObjectMissing {
			t.Errorf("%s: cancelled twice: %v", name, err)
		}
		create := createOf(w, name, 1, flow.FeeSaid{})
		create.AuthInfo = made.Code
		if _, err := w.Run(world.Acme, create); (err != nil) != reserved {
			t.Errorf("%s: created with a code that was cancelled: %v", name, err)
		}
	}
}

// Two registrars with one code at the same moment: one has the name.
func TestAllocationRace(t *testing.T) {
	w := world.New(t, noon)
	const rounds = 20
	for i := range rounds {
		name := world.Name("marca-" + string(rune('a'+i)) + ".co")
		list(w, registry.Reserved, name.String())
		made := w.Do("", flow.AllocationMake{Name: name}).(flow.Allocated)
		create := createOf(w, name.String(), 1, flow.FeeSaid{})
		create.AuthInfo = made.Code
		codes := make([]registry.Code, 2)
		var both sync.WaitGroup
		for n, who := range []registry.RegistrarID{world.Acme, world.Other} {
			both.Go(func() {
				_, err := w.Run(who, create)
				codes[n] = code(err)
			})
		}
		both.Wait()
		if codes[0] == codes[1] || codes[0] != registry.ObjectExists && codes[1] != registry.ObjectExists {
			t.Fatalf("round %d: %v", i, codes)
		}
	}
	w.CheckInvariants()
}

// An entry holds from its start to its end; one that is put there again gets the new end; one that is removed
// holds no longer. Nobody but the operator learns why.
func TestLists(t *testing.T) {
	w := world.New(t, noon)
	name, start := world.Name("jugo.co"), w.Now()
	at := func(hours int) time.Time { return start.Add(time.Duration(hours) * time.Hour) }
	w.Do("", flow.ListingAdd{Listings: []registry.Listing{
		{Name: name, Kind: registry.Blocked, Reason: "a secret", Starts: at(1), Ends: at(3)},
		{Name: name, Kind: registry.Banned, Reason: "a secret", Starts: at(4)},
	}})
	for hour, available := range []bool{true, false, false, true, false, false} {
		got := check(t, w, "jugo.co")
		if got.Available != available || !available && got.Reason != "the name is not available; choose another" {
			t.Errorf("after %d hours a check says %+v", hour, got)
		}
		w.Pass(time.Hour)
	}
	w.Do("", flow.ListingAdd{Listings: []registry.Listing{{Name: name, Kind: registry.Banned, Reason: "anew", Ends: at(7)}}})
	if rows := w.Rows("SELECT reason FROM listing WHERE kind = 'banned'"); rows != "anew\n" {
		t.Errorf("the entries are %q", rows)
	}
	w.Do("", flow.ListingRemove{Name: name, Kind: registry.Banned})
	if !check(t, w, "jugo.co").Available {
		t.Error("a name that was removed is on the list")
	}
	for _, cmd := range []flow.Command{
		flow.ListingRemove{Name: name, Kind: registry.Banned},
		flow.ListingRemove{Name: name, Kind: "odd"},
		flow.ListingAdd{},
		flow.ListingAdd{Listings: []registry.Listing{{Name: name, Kind: "odd", Reason: "x"}}},
		flow.ListingAdd{Listings: []registry.Listing{{Name: name, Kind: registry.Banned}}},
		flow.ListingAdd{Listings: []registry.Listing{{Name: name, Kind: registry.Banned, Reason: "x", Starts: at(9), Ends: at(9)}}},
		flow.ListingAdd{Listings: []registry.Listing{{Name: name, Kind: registry.Banned, Reason: "x", Starts: at(0)}}},
		flow.ListingAdd{Listings: []registry.Listing{{Name: world.Name("x.org"), Kind: registry.Banned, Reason: "x"}}},
		flow.PriceSet{Prices: []registry.NamePrice{{Name: name, Tier: 11}}},
		flow.PriceSet{Prices: []registry.NamePrice{{Name: name, Create: -1}}},
		flow.PriceSet{Prices: []registry.NamePrice{{Name: name, Tier: 1, From: at(0)}}},
		flow.PriceSet{Prices: make([]registry.NamePrice, 1001)},
	} {
		before := w.Dump()
		if _, err := w.Run("", cmd); code(err) == registry.Completed || code(err) == registry.CommandFailed {
			t.Errorf("%+v: %v", cmd, err)
		}
		if w.Dump() != before {
			t.Errorf("%+v is refused and leaves something", cmd)
		}
	}
}

// A token in a check tells the names that it is for. RFC 8495 section 3.1.1.
func TestCheckWithToken(t *testing.T) {
	w := world.New(t, noon)
	list(w, registry.Reserved, "marca.co", "otra.co")
	w.Allocate("marca.co", "abc123")
	w.Allocate("otra.co", "xyz789")
	reply, err := w.Ask(world.Acme, flow.DomainCheck{Names: []string{"marca.co", "otra.co", "free.co"}, Token: new("abc123")})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []flow.Checked{
		{Object: "marca.co", Available: true},
		{Object: "otra.co", Reason: "this is not the name's token; ask the registry for it"},
		{Object: "free.co", Reason: "the name has no allocation token; leave it out"},
	} {
		if got := reply.([]flow.Checked)[i]; got != want {
			t.Errorf("the check says %+v, want %+v", got, want)
		}
	}
	w.Domain(world.Acme, "mine.co")
	for who, want := range map[registry.RegistrarID]registry.Code{world.Acme: registry.ObjectMissing, world.Other: registry.Authorization} {
		if _, err := w.Ask(who, flow.DomainInfo{Name: world.Name("mine.co"), Token: true}); code(err) != want {
			t.Errorf("the token of mine.co for %s: %v", who, err)
		}
	}
}

// Claims there are none; a check in a phase is one as any other if names are sold in it.
func TestLaunchChecks(t *testing.T) {
	w := world.New(t, noon)
	reply, err := w.Ask(world.Acme, flow.DomainClaims{Names: []string{"free.co"}, Phase: "claims"})
	if claims, ok := reply.(flow.ClaimsChecked); err != nil || !ok || len(claims.Names) != 1 || claims.Phase != "claims" {
		t.Errorf("the claims are %+v, %v", reply, err)
	}
	for phase, want := range map[string]registry.Code{"open": registry.Completed, "sunrise": registry.ParameterPolicy} {
		if _, err := w.Ask(world.Acme, flow.DomainCheck{Names: []string{"free.co"}, Launch: flow.LaunchSaid{Phase: phase}}); code(err) != want {
			t.Errorf("a check in the phase %s: %v", phase, err)
		}
	}
}
