package flow_test

import (
	"fmt"
	"sync"
	"testing"

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
