package flow_test

import (
	"context"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// A registrar is told what limits it and what it has used today, also what nobody has kept yet, but not who decided it.
func TestFairUseOf(t *testing.T) {
	w := world.New(t, noon)
	ctx := context.Background()
	r := w.Do("", flow.RegistrarLimit{Restriction: restriction(world.Acme), Limit: registry.CommandLimit{
		Scope: registry.Scope{Command: "check"}, Count: 10, Per: time.Second,
	}}).(registry.Registrar)
	check := func() {
		if _, err := w.Ask(world.Acme, flow.DomainCheck{Names: []string{"free.co"}}); err != nil {
			t.Fatal(err)
		}
	}
	check()
	if _, err := w.Service.KeepUsage(ctx); err != nil {
		t.Fatal(err)
	}
	check()
	if _, err := w.Service.Explain(ctx, flow.Ask{Registrar: world.Acme, Query: flow.DomainCheck{Names: []string{"free.co"}}, Own: true}); err != nil {
		t.Fatal(err)
	}
	shown, err := w.Service.FairUseOf(ctx, r, 7)
	if err != nil {
		t.Fatal(err)
	}
	if shown.Today.Checks != 3 || len(shown.Days) != 1 || shown.Days[0].Checks != 1 || shown.Most != 2_000_000 || shown.PerName != 50_000 {
		t.Errorf("it has used %+v", shown)
	}
	in := shown.InForce
	if len(in.Limits) != 1 || in.Limits[0].Author != "" || in.Limits[0].Reason == "" || in.Changed != (registry.Measure{}) || in.Sessions.Most != 100 {
		t.Errorf("in force are %+v", in)
	}
	if r.FairUse.Limits[0].Author == "" {
		t.Error("the registrar itself has lost who decided it")
	}
}

// What a registrar has explained itself counts for its limits, and what the operator has explained does not.
func TestExplainedOwnCounts(t *testing.T) {
	w := world.New(t, noon)
	w.Do("", flow.RegistrarLimit{Restriction: restriction(world.Acme), Limit: registry.CommandLimit{
		Scope: registry.Scope{Command: "check"}, Count: 2, Per: time.Minute,
	}})
	for n, test := range []struct {
		own  bool
		want registry.Code
	}{{false, ""}, {false, ""}, {false, ""}, {true, ""}, {true, ""}, {true, registry.DataPolicy}, {false, registry.DataPolicy}} {
		e, err := w.Service.Explain(context.Background(), flow.Ask{
			Registrar: world.Acme, Query: flow.DomainCheck{Names: []string{"free.co"}}, Own: test.own,
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Refusal; (got == nil) != (test.want == "") || got != nil && got.Code != test.want {
			t.Errorf("%d: explained as %v, want %q", n, got, test.want)
		}
	}
}
