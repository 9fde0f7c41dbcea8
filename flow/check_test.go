package flow_test

import (
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// A bad, foreign or withheld name is unavailable with a reason and does not fail the others.
// Decisions 1.2.
func TestDomainCheck(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Other, "taken.co")
	w.Domain(world.Other, "taken.com.co")
	w.Use("com.co", "servers")
	tests := []struct {
		name, reason string // an empty reason: available
	}{
		{"free.co", ""},
		{"FREE.co", ""},
		{"free.com.co", ""},
		{"ab.com.co", ""},
		{"taken.co", "the name is registered; choose another"},
		{"Taken.Com.Co", "the name is registered; choose another"},
		{"ab.co", "the registry withholds this name; choose another"},
		{"arts.co", "the registry withholds this name; choose another"},
		{"com.co", "the registry withholds this name; choose another"},
		{"nic.co", "the registry withholds this name; choose another"},
		{"servers.com.co", "the registry uses this name; choose another"},
		{"servers.co", ""},
		{"free.gov.co", "only the registry registers here; whoever is eligible below gov.co asks it"},
		{"a.free.co", "not one label below our zones; they are co, com.co, net.co, nom.co, org.co, edu.co, gov.co, mil.co"},
		{"free.org", "not one label below our zones; they are co, com.co, net.co, nom.co, org.co, edu.co, gov.co, mil.co"},
		{"-free.co", `not a valid domain name; the label "-free" begins with a hyphen`},
		{"xn--espaol-zwa.co", ""},
		{"xn--80ak6aa92e.co", `in no IDN table of the zone; "аррӏе" has 'ӏ' (U+04CF), which none of them has`},
		{"xn--ypal-43d9g.co", `in no IDN table of the zone; "раypal" has 'y' (U+0079), which is not in table ru`},
		{"xn--9ca.co", "the registry withholds this name; choose another"},
		{"xn--9ca.com.co", ""},
	}
	var list []string
	for _, test := range tests {
		list = append(list, test.name)
	}
	reply, err := w.Ask(world.Acme, flow.DomainCheck{Names: list})
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range reply.([]flow.Checked) {
		want := flow.Checked{Object: tests[i].name, Available: tests[i].reason == "", Reason: tests[i].reason}
		if got != want {
			t.Errorf("check %s = %+v, want %+v", tests[i].name, got, want)
		}
		if short, _, _ := strings.Cut(got.Reason, ";"); len(short) > 32 {
			t.Errorf("check %s: EPP has no room for %q", tests[i].name, short)
		}
	}
}

func TestCheckLimit(t *testing.T) {
	w := world.New(t, noon)
	for n, want := range map[int]registry.Code{50: registry.Completed, 51: registry.ParameterPolicy} {
		list := slices.Repeat([]string{"a.co"}, n)
		for _, q := range []flow.Query{flow.DomainCheck{Names: list}, flow.HostCheck{Names: list}, flow.ContactCheck{IDs: list}} {
			if _, err := w.Ask(world.Acme, q); code(err) != want {
				t.Errorf("%T of %d: %s, want %s", q, n, code(err), want)
			}
			if _, err := w.Ask(world.Suspended, q); code(err) != registry.Authorization {
				t.Errorf("%T by a suspended registrar: %v", q, err)
			}
		}
	}
}

// What a check says, a create does: for every name that a check calls available a create succeeds,
// and for every other it is refused with the reason of the check.
func TestCheckAgreesWithCreate(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Other, "taken.co")
	w.Contact(world.Acme, "C")
	for _, name := range []string{"free.co", "taken.co", "ab.co", "ab.nom.co", "web.co", "x.gov.co", "a.b.co", "net.co", "co", "free.net.co"} {
		answer := check(t, w, name)
		_, err := w.Run(world.Acme, flow.DomainCreate{
			Name: world.Name(name), Registrant: "C", Contacts: []flow.Role{{Role: "admin", ID: "C"}, {Role: "tech", ID: "C"}},
		})
		if answer.Available != (err == nil) || err != nil && !strings.HasSuffix(err.Error(), answer.Reason) {
			t.Errorf("%s: check says %+v, create %v", name, answer, err)
		}
	}
}
