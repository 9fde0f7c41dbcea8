package flow_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/idna"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// u is a name of U-labels.
func u(t testing.TB, s string) names.Name {
	t.Helper()
	a, err := idna.Punycode.ToASCII(s)
	if err != nil {
		t.Fatal(err)
	}
	return world.Name(a)
}

// create registers a name and returns how that ended.
func create(w *world.World, who registry.RegistrarID, name names.Name) error {
	contact := "A-" + string(who)
	_, err := w.Run(who, flow.DomainCreate{
		Name: name, Registrant: contact,
		Contacts: []flow.Role{{Role: "admin", ID: contact}, {Role: "tech", ID: contact}},
	})
	return err
}

// A registered name blocks its variants, in its zone and for everybody, its own registrar too: a check says so,
// and a create is refused. Decisions 1.6.
func TestVariantsAreBlocked(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "A-H1001")
	w.Contact(world.Other, "A-H1002")
	w.Domain(world.Other, "strasse.co")
	w.Domain(world.Other, u(t, "中國人.co").String())
	w.Domain(world.Acme, u(t, "ελλάς.com.co").String())
	for _, test := range []struct{ name, blockedBy string }{
		{"straße.co", "strasse.co"},
		{"straße.com.co", ""},
		{"strase.co", ""},
		{"中国人.co", u(t, "中國人.co").String()},
		{"中国人.com.co", ""},
		{"ελλας.com.co", u(t, "ελλάς.com.co").String()},
		{"ελλασ.com.co", u(t, "ελλάς.com.co").String()},
		{"ελλάσ.co", ""},
	} {
		name := u(t, test.name)
		want := flow.Checked{Object: name.String(), Available: test.blockedBy == ""}
		if test.blockedBy != "" {
			want.Reason = "a variant of it is registered; " + test.blockedBy + " blocks it, choose another"
		}
		reply, err := w.Ask(world.Acme, flow.DomainCheck{Names: []string{name.String()}})
		if err != nil {
			t.Fatal(err)
		}
		if got := reply.([]flow.Checked)[0]; got != want {
			t.Errorf("check %s = %+v, want %+v", test.name, got, want)
		}
		if test.blockedBy == "" {
			continue
		}
		for _, who := range []registry.RegistrarID{world.Acme, world.Other} {
			if err := create(w, who, name); code(err) != registry.DataPolicy {
				t.Errorf("create %s by %s: %v, want it to be blocked", test.name, who, err)
			}
		}
	}
	w.CheckInvariants()
}

// What a name blocks is free when it is purged: by a delete in add grace, and when a purge has come due that
// nobody has written down yet.
func TestPurgeFreesVariants(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "A-H1001")
	w.Contact(world.Other, "A-H1002")
	one, two := u(t, "weiß.co"), world.Name("weiss.co")
	w.Domain(world.Other, one.String())
	if err := create(w, world.Acme, two); code(err) != registry.DataPolicy {
		t.Fatalf("create %s beside %s: %v", two, one, err)
	}
	w.Do(world.Other, flow.DomainDelete{Name: one})
	if err := create(w, world.Acme, two); err != nil {
		t.Fatalf("create %s after %s is purged: %v", two, one, err)
	}
	w.At("2026-04-01T12:00:00Z")
	w.Do(world.Acme, flow.DomainDelete{Name: two})
	w.At("2026-05-06T11:00:00Z")
	if err := create(w, world.Other, one); code(err) != registry.DataPolicy {
		t.Fatalf("create %s while %s is pending delete: %v", one, two, err)
	}
	w.At("2026-05-06T12:03:00Z")
	reply, err := w.Ask(world.Other, flow.DomainCheck{Names: []string{one.String()}})
	if got := reply.([]flow.Checked)[0]; err != nil || !got.Available {
		t.Errorf("check %s after the purge of %s is due: %+v, %v", one, two, got, err)
	}
	if err := create(w, world.Other, one); err != nil {
		t.Fatalf("create %s after the purge of %s is due: %v", one, two, err)
	}
	if w.Exists("domain", "name", two.String()) {
		t.Errorf("%s is still stored", two)
	}
	w.CheckInvariants()
}

// Of the variants of one name that many create at the same moment one is registered, whoever they are; and
// memory and database agree on it afterwards.
func TestOneVariantWins(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "A-H1001")
	w.Contact(world.Other, "A-H1002")
	const rounds = 15
	for i := range rounds {
		spellings := []names.Name{
			u(t, fmt.Sprintf("groß-fluß-%d.co", i)), u(t, fmt.Sprintf("gross-fluß-%d.co", i)),
			u(t, fmt.Sprintf("groß-fluss-%d.co", i)), world.Name(fmt.Sprintf("gross-fluss-%d.co", i)),
		}
		errs := make([]error, 2*len(spellings))
		var all sync.WaitGroup
		for n := range errs {
			all.Go(func() {
				who := []registry.RegistrarID{world.Acme, world.Other}[n%2]
				errs[n] = create(w, who, spellings[n/2])
			})
		}
		all.Wait()
		won := 0
		for n, err := range errs {
			switch code(err) {
			case registry.Completed:
				won++
			case registry.DataPolicy, registry.ObjectExists:
			default:
				t.Fatalf("round %d: %s: %v", i, spellings[n/2], err)
			}
		}
		if won != 1 {
			t.Fatalf("round %d: %d creates of variants succeeded: %v", i, won, errs)
		}
		for _, name := range spellings {
			reply, err := w.Ask(world.Acme, flow.DomainCheck{Names: []string{name.String()}})
			if got := reply.([]flow.Checked)[0]; err != nil || got.Available {
				t.Errorf("round %d: check %s = %+v, %v", i, name, got, err)
			}
		}
	}
	w.CheckInvariants()
}

// A listed name blocks its variants in its zone while the listing holds, on whatever list: a check says so, and a
// create is refused. It does not say which name is listed. Decisions 1.4, 1.6.
func TestVariantsOfListedNamesAreBlocked(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "A-H1001")
	list(w, registry.Banned, "weiss.co")
	list(w, registry.Blocked, u(t, "中國人.co").String())
	list(w, registry.Reserved, u(t, "ελλάς.com.co").String())
	list(w, registry.Banned, "plain.co")
	start := w.Now()
	w.Do("", flow.ListingAdd{Listings: []registry.Listing{{
		Name: world.Name("gross.co"), Kind: registry.Blocked, Reason: "a secret", Starts: start.Add(time.Hour), Ends: start.Add(3 * time.Hour),
	}}})
	for _, test := range []struct {
		name      string
		hours     int
		available bool
	}{
		{"weiß.co", 0, false},
		{"weiß.com.co", 0, true},
		{"中国人.co", 0, false},
		{"ελλασ.com.co", 0, false},
		{"ελλάσ.co", 0, true},
		{"plains.co", 0, true},
		{"groß.net.co", 1, true},
		{"groß.co", 1, false},
		{"groß.co", 2, false},
		{"groß.co", 3, true},
	} {
		w.Pass(start.Add(time.Duration(test.hours) * time.Hour).Sub(w.Now()))
		name := u(t, test.name)
		want := flow.Checked{Object: name.String(), Available: test.available}
		if !test.available {
			want.Reason = "a variant of it is not available; choose another"
		}
		if got := check(t, w, name.String()); got != want {
			t.Errorf("after %d hours check %s = %+v, want %+v", test.hours, test.name, got, want)
		}
		if got := code(create(w, world.Acme, name)); got == registry.Completed != test.available || got != registry.Completed && got != registry.DataPolicy {
			t.Errorf("after %d hours create %s: %s", test.hours, test.name, got)
		}
	}
	w.CheckInvariants()
}

// A name that was registered before its variant was listed stays, and a name that leaves the list sets its variants
// free.
func TestListingOfVariantIsNoPurge(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "A-H1001")
	name := u(t, "weiß.co")
	w.Domain(world.Acme, name.String())
	list(w, registry.Banned, "weiss.co")
	w.Do(world.Acme, flow.DomainUpdate{Name: name, AuthInfo: new("changed")})
	w.Do(world.Acme, flow.DomainDelete{Name: name})
	if err := create(w, world.Acme, name); code(err) != registry.DataPolicy {
		t.Errorf("create %s once it is purged: %v", name, err)
	}
	w.Do("", flow.ListingRemove{Name: world.Name("weiss.co"), Kind: registry.Banned})
	if err := create(w, world.Acme, name); err != nil {
		t.Errorf("create %s when its variant is on no list: %v", name, err)
	}
	w.CheckInvariants()
}

// The code of a name lifts that the name is reserved, and that its variants are; it lifts nothing for the variants,
// and no other list. Decisions 1.5, 1.6.
func TestAllocationCodeAmongVariants(t *testing.T) {
	const variantListed, reserved = "a variant of it is not available; choose another", "the name is reserved; only an allocation code of the registry lifts that"
	sharp := u(t, "weiß.co").String()
	for _, test := range []struct {
		what       string
		lists      map[string]registry.ListKind
		own, sharp string // what a check says of weiss.co, which has the code, and of weiß.co
	}{
		{"the name is reserved", map[string]registry.ListKind{"weiss.co": registry.Reserved}, "", variantListed},
		{"the variant is reserved", map[string]registry.ListKind{sharp: registry.Reserved}, "", reserved},
		{"both are reserved", map[string]registry.ListKind{"weiss.co": registry.Reserved, sharp: registry.Reserved}, "", reserved},
		{"the variant is banned", map[string]registry.ListKind{"weiss.co": registry.Reserved, sharp: registry.Banned}, variantListed, "the name is not available; choose another"},
		{"the variant is blocked", map[string]registry.ListKind{sharp: registry.Blocked}, variantListed, "the name is not available; choose another"},
	} {
		t.Run(test.what, func(t *testing.T) {
			w := world.New(t, noon)
			for name, kind := range test.lists {
				list(w, kind, name)
			}
			w.Allocate("weiss.co", "the code")
			create := createOf(w, "weiss.co", 1, flow.FeeSaid{})
			create.AuthInfo = "the code"
			if got := check(t, w, "weiss.co").Reason; got != test.own {
				t.Errorf("check weiss.co says %q, want %q", got, test.own)
			}
			if got := check(t, w, sharp).Reason; got != test.sharp {
				t.Errorf("check %s says %q, want %q", sharp, got, test.sharp)
			}
			if _, err := w.Run(world.Acme, create); (code(err) == registry.Completed) != (test.own == "") {
				t.Errorf("create weiss.co with its code: %v", err)
			}
		})
	}
}
