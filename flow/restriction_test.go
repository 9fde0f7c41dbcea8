package flow_test

import (
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// restriction is one with nothing wrong with it.
func restriction(who registry.RegistrarID) flow.Restriction {
	return flow.Restriction{Registrar: who, Author: "ana", Reason: "hammering"}
}

// Everything is wrong with the first command. Each row puts one thing right.
func TestRegistrarLimitRefusals(t *testing.T) {
	w := world.New(t, noon)
	cmd := flow.RegistrarLimit{
		Restriction: flow.Restriction{Registrar: world.Stranger, Reason: strings.Repeat("x", 201), Until: w.Now(), Lift: true},
		Limit:       registry.CommandLimit{Scope: registry.Scope{Command: "hello", Object: "name", ID: "x.co"}, Count: -1},
	}
	wantPrecedence(t, w, func() flow.Command { return cmd }, []refusedStep{
		{"everything", func() {}, registry.ObjectMissing, "no such registrar"},
		{"registrar", func() { cmd.Registrar = world.Acme }, registry.ParameterMissing, "an author"},
		{"author", func() { cmd.Author = "ana" }, registry.ParameterSyntax, "at most 200 characters"},
		{"length", func() { cmd.Reason = "a\nb" }, registry.ParameterSyntax, "can be printed"},
		{"reason", func() { cmd.Reason = " " }, registry.ParameterMissing, "a reason"},
		{"reason", func() { cmd.Reason = "hammering" }, registry.ParameterRange, "not ahead"},
		{"end", func() { cmd.Until = w.Now().Add(time.Hour) }, registry.ParameterRange, "check, info"},
		{"command", func() { cmd.Limit.Command = "login" }, registry.ParameterRange, "domain, host"},
		{"object", func() { cmd.Limit.Object = "" }, registry.ParameterPolicy, "no object"},
		{"command", func() { cmd.Limit.Command = "check" }, registry.ObjectMissing, "registrar show"},
		{"lift", func() { cmd.Lift = false }, registry.ParameterRange, "up to 1000000"},
		{"count", func() { cmd.Limit.Count = 1 }, registry.ParameterRange, "31 days"},
	})
	cmd.Limit.Per = time.Second
	w.Do("", cmd)
	for i := range 49 {
		cmd.Limit.ID = "x" + strings.Repeat("x", i+1) + ".co"
		w.Do("", cmd)
	}
	cmd.Limit.ID = "y.co"
	if _, err := w.Run("", cmd); code(err) != registry.ParameterPolicy || !strings.Contains(err.Error(), "at most 50") {
		t.Errorf("the 51st limit: %v", err)
	}
	cmd.Limit.ID = "x.co"
	w.Do("", cmd) // in the place of the first
	w.Pass(2 * time.Hour)
	cmd.Limit.ID, cmd.Until = "y.co", time.Time{}
	if kept := w.Do("", cmd).(registry.Registrar).FairUse; len(kept.Limits) != 1 || kept.Changed.Author != "ana" {
		t.Errorf("after all have ended, there are %+v", kept)
	}
}

func TestRegistrarSessionsRefusals(t *testing.T) {
	w := world.New(t, noon)
	cmd := flow.RegistrarSessions{Most: 101}
	wantPrecedence(t, w, func() flow.Command { return cmd }, []refusedStep{
		{"everything", func() {}, registry.ObjectMissing, "no such registrar"},
		{"registrar", func() { cmd.Registrar = world.Acme }, registry.ParameterMissing, "an author"},
		{"restriction", func() { cmd.Restriction = restriction(world.Acme) }, registry.ParameterRange, "allows all registrars 100"},
		{"lift", func() { cmd.Lift = true }, registry.ObjectMissing, "registrar show"},
	})
	cmd.Lift, cmd.Most = false, 0
	w.Do("", cmd)
	cmd.Lift = true
	w.Do("", cmd)
}

func TestRegistrarCacheRefusals(t *testing.T) {
	w := world.New(t, noon)
	cmd := flow.RegistrarCache{Age: time.Millisecond}
	wantPrecedence(t, w, func() flow.Command { return cmd }, []refusedStep{
		{"everything", func() {}, registry.ObjectMissing, "no such registrar"},
		{"registrar", func() { cmd.Registrar = world.Acme }, registry.ParameterMissing, "an author"},
		{"restriction", func() { cmd.Restriction = restriction(world.Acme) }, registry.ParameterRange, "1 second"},
		{"lift", func() { cmd.Lift = true }, registry.ObjectMissing, "registrar show"},
	})
	cmd.Lift, cmd.Age = false, time.Minute
	w.Do("", cmd)
	cmd.Lift = true
	w.Do("", cmd)
}

// A refusedStep puts one thing right and expects the next refusal, by a part of its sentence.
type refusedStep struct {
	right string
	put   func()
	want  registry.Code
	says  string
}

// wantPrecedence runs an operator's command after each step.
func wantPrecedence(t *testing.T, w *world.World, cmd func() flow.Command, steps []refusedStep) {
	t.Helper()
	for _, s := range steps {
		s.put()
		if _, err := w.Run("", cmd()); code(err) != s.want || !strings.Contains(err.Error(), s.says) {
			t.Errorf("%s put right: %s says %v, want %s with %q", s.right, cmd().Subject(), err, s.want, s.says)
		}
	}
}
