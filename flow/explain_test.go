package flow_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// isExplained holds if what is explained of a command that will succeed is that it does: no rule is
// broken. TestFaultsLeaveNothing asks it of every command, and looks that asking stores nothing.
func isExplained(t *testing.T, w *world.World, who registry.RegistrarID, cmd flow.Command) {
	t.Helper()
	e, err := w.Service.Explain(t.Context(), flow.Ask{Registrar: who, Command: cmd})
	if err != nil || e.Refusal != nil {
		t.Errorf("Explain() = %v, %v, want that it succeeds as it will in earnest", e.Refusal, err)
	}
	if broken := slices.IndexFunc(e.Rules, func(r flow.Rule) bool { return r.Refusal != nil }); broken >= 0 {
		t.Errorf("the rule %s does not hold, and the command will succeed", e.Rules[broken].Name)
	}
}

// A refusal is explained by the rule that is told, with what it looked at and what would make it work;
// those that do not hold behind it are there too, and none of them is told.
func TestRefusalIsExplained(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Acme, "shop.co")
	cmd := flow.DomainRenew{
		Name: world.Name("shop.co"), CurrentExpiry: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Years: 9,
	}
	e, err := w.Service.Explain(t.Context(), flow.Ask{Registrar: world.Acme, Command: cmd})
	if err != nil {
		t.Fatal(err)
	}
	_, refused := w.Run(world.Acme, cmd)
	told, _ := errors.AsType[*registry.Error](refused)
	if told == nil || e.Refusal == nil || *told != *e.Refusal {
		t.Errorf("explained is %+v, in earnest comes %+v", e.Refusal, told)
	}
	var broken []string
	for _, r := range e.Rules {
		if r.Refusal != nil {
			broken = append(broken, r.Name+": "+r.Value+": "+r.Remedy())
		}
	}
	want := []string{
		"expiryMatches: 2026-01-01: send 2027-03-01",
		"periodIsSold: 9: a period is 1 to 5 years",
		"expiryIsWithinHorizon: : choose a shorter period, or wait",
	}
	if !slices.Equal(broken, want) {
		t.Errorf("the rules that do not hold are\n%s\nwant\n%s", strings.Join(broken, "\n"), strings.Join(want, "\n"))
	}
	if e.Refusal.Rule != "expiryMatches" || e.Terms.Why == "" {
		t.Errorf("the rule is %q under terms %q, want expiryMatches and a why", e.Refusal.Rule, e.Terms.Why)
	}
}

// A query is explained as well, and at another instant: a name that is free by then.
func TestExplainedAtAnotherInstant(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Deleter, "lapsed.co") // does not renew itself
	for at, free := range map[string]bool{"2026-03-02T00:00:00Z": false, "2029-03-02T00:00:00Z": true} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		e, err := w.Service.Explain(t.Context(), flow.Ask{
			Registrar: world.Acme, Query: flow.DomainCheck{Names: []string{"lapsed.co"}}, At: instant,
		})
		if err != nil {
			t.Fatal(err)
		}
		answers, ok := e.Reply.([]flow.Checked)
		if !ok || len(answers) != 1 || answers[0].Available != free {
			t.Errorf("at %s the check says %+v, want available %v", at, e.Reply, free)
		}
	}
}

// What cannot be explained is refused: of a registrar that there is not, and of an instant that is over.
func TestNotExplained(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	check := flow.HostCheck{Names: []string{"ns1.example.net"}}
	for _, test := range []struct {
		name string
		ask  flow.Ask
		want registry.Code
	}{
		{"nobody", flow.Ask{Registrar: "H0000", Query: check}, registry.ObjectMissing},
		{"yesterday", flow.Ask{Registrar: world.Acme, Query: check, At: w.Now().Add(-24 * time.Hour)}, registry.ParameterRange},
	} {
		if _, err := w.Service.Explain(t.Context(), test.ask); code(err) != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}

// Of an object that is not there nothing else is told: the rules behind it would speak of nothing.
func TestNothingIsSaidOfNothing(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	for name, test := range map[string]struct {
		who  registry.RegistrarID
		last string
	}{
		"free.co": {world.Acme, "nameIsRegistered"},
		"shop.co": {world.Suspended, "registrarIsActive"},
	} {
		e, err := w.Service.Explain(t.Context(), flow.Ask{Registrar: test.who, Command: flow.DomainDelete{Name: world.Name(name)}})
		if err != nil {
			t.Fatal(err)
		}
		if e.Refusal == nil || e.Refusal.Rule != test.last || e.Rules[len(e.Rules)-1].Name != test.last {
			t.Errorf("%s: refused by %+v with the rules %v, want that %s is the last", name, e.Refusal, e.Rules, test.last)
		}
	}
}

// A command that the operator has closed is explained as such, and counts against no limit.
func TestLimitIsExplained(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	limit := registry.CommandLimit{Scope: registry.Scope{Command: "check"}, Count: 1, Per: time.Hour}
	w.Do("", flow.RegistrarLimit{
		Restriction: flow.Restriction{Registrar: world.Acme, Author: "ana", Reason: "too many"}, Limit: limit,
	})
	ask := flow.Ask{Registrar: world.Acme, Query: flow.DomainCheck{Names: []string{"free.co"}}}
	for range 3 {
		if e, err := w.Service.Explain(t.Context(), ask); err != nil || e.Refusal != nil {
			t.Fatalf("before the limit is reached: %+v, %v", e.Refusal, err)
		}
	}
	if _, err := w.Ask(world.Acme, ask.Query); err != nil {
		t.Fatal(err)
	}
	e, err := w.Service.Explain(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	if _, inEarnest := w.Ask(world.Acme, ask.Query); code(inEarnest) != registry.DataPolicy || e.Refusal == nil || e.Refusal.Rule != "commandsAreFew" {
		t.Errorf("explained is %+v, and in earnest comes %v", e.Refusal, inEarnest)
	}
}

// The terms of what is explained are those of its names: a zone can follow another profile. Of names under different
// ones none are told, and of what is no name the registry's are.
func TestTermsOfWhatIsExplained(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	old, err := policy.BuiltIn("co-2011")
	if err != nil {
		t.Fatal(err)
	}
	own := w.Service.Profile.VersionAt(w.Now()).Why
	w.Service.Profile = w.Service.Profile.Follow(world.Name("nom.co"), old, w.Now(), "a test")
	others := old.VersionAt(w.Now()).Why
	for _, test := range []struct {
		name string
		ask  flow.Ask
		want string
	}{
		{"below co", flow.Ask{Query: flow.DomainCheck{Names: []string{"free.co"}}}, own},
		{"below nom.co", flow.Ask{Query: flow.DomainCheck{Names: []string{"free.nom.co"}}}, others},
		{"a command", flow.Ask{Command: flow.DomainDelete{Name: world.Name("free.nom.co")}}, others},
		{"below both", flow.Ask{Query: flow.DomainCheck{Names: []string{"free.co", "free.nom.co"}}}, ""},
		{"several of one zone", flow.Ask{Query: flow.DomainCheck{Names: []string{"a.nom.co", "b.nom.co"}}}, others},
		{"no name at all", flow.Ask{Query: flow.DomainCheck{Names: []string{"-"}}}, own},
		{"a host", flow.Ask{Query: flow.HostCheck{Names: []string{"ns1.free.nom.co"}}}, own},
	} {
		test.ask.Registrar = world.Acme
		e, err := w.Service.Explain(t.Context(), test.ask)
		if err != nil || e.Terms.Why != test.want {
			t.Errorf("%s: the terms are %q, %v, want %q", test.name, e.Terms.Why, err, test.want)
		}
	}
}
