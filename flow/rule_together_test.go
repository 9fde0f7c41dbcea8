package flow_test

import (
	"errors"
	"slices"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// refusedTo returns what a command of a user of the console was refused for: the fields of all refusals.
func refusedTo(t *testing.T, w *world.World, user string, cmd flow.Command) (fields []string) {
	t.Helper()
	_, err := w.Service.Run(t.Context(), flow.Request{Registrar: world.Acme, User: user, SvTRID: w.NewTRID(), Command: cmd})
	var refusal *registry.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("%s: %v", cmd.Subject(), err)
	}
	for _, e := range refusal.All() {
		fields = append(fields, e.Field)
	}
	return fields
}

// A user of the console is told of all that is wrong with what he wrote, an EPP client of the first. Of a secret nobody
// learns beside something else whether it is right.
func TestAllIsToldAtOnce(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Other, "theirs.co")
	wrong := flow.ContactCreate{ID: "a b", Email: "none", Int: &registry.Postal{Name: "Ana", Street: []string{"Calle 1"}, Country: "XX"}}
	want := []string{"contact:id", "contact:city", "contact:pc", "contact:cc", "contact:voice", "contact:email"}
	if got := refusedTo(t, w, "ana@acme.example", wrong); !slices.Equal(got, want) {
		t.Errorf("a user is told of %v, want %v", got, want)
	}
	e, err := w.Service.Explain(t.Context(), flow.Ask{Registrar: world.Acme, User: "ana@acme.example", Command: wrong, Own: true})
	if err != nil || len(e.Refusal.All()) != len(want) {
		t.Errorf("explained to a user are %v, %v", e.Refusal.All(), err)
	}
	if e, err = w.Service.Explain(t.Context(), flow.Ask{Registrar: world.Acme, Command: wrong, Own: true}); err != nil || len(e.Refusal.All()) != len(want) || len(e.Rules) > 0 {
		t.Errorf("explained to a registrar are %v, %v, %v", e.Refusal.All(), e.Rules, err)
	}
	if got := refusedTo(t, w, "", wrong); !slices.Equal(got, want[:1]) {
		t.Errorf("a client is told of %v", got)
	}
	guess := flow.DomainTransfer{Name: world.Name("theirs.co"), AuthInfo: new("a guess"), Years: 99, Fee: flow.FeeSaid{Given: true, Total: 1}}
	if got := refusedTo(t, w, "ana@acme.example", guess); !slices.Equal(got, []string{"domain:authInfo"}) {
		t.Errorf("with a wrong authInfo a user is told of %v", got)
	}
	guess.Name, guess.AuthInfo = world.Name("no-such.co"), new("a guess")
	if got := refusedTo(t, w, "ana@acme.example", guess); len(got) != 1 {
		t.Errorf("of a name that is not there a user is told of %v", got)
	}
}
