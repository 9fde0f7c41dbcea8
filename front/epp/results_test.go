package epp

import (
	"errors"
	"fmt"
	"testing"

	"example.org/dorado/core/registry"
)

// Every code has a result, and no two have the same.
func TestResults(t *testing.T) {
	codes := map[string]registry.Code{}
	for _, code := range registry.Codes() {
		r, found := results[code]
		if !found || r.number == "" || r.text == "" {
			t.Errorf("%s has the result %+v", code, r)
		}
		if other, taken := codes[r.number]; taken {
			t.Errorf("%s and %s have the same number %s", code, other, r.number)
		}
		codes[r.number] = code
	}
	if len(results) != len(registry.Codes()) {
		t.Errorf("there are %d results and %d codes", len(results), len(registry.Codes()))
	}
}

// A refusal tells its reason, even when it is wrapped; a fault tells nothing of itself.
func TestOutcome(t *testing.T) {
	refused := &registry.Error{Code: registry.ObjectExists, Field: "domain:name", Reason: "the name is registered; choose another"}
	for _, test := range []struct {
		name   string
		answer answer
		want   result
	}{
		{"success", answer{}, result{"1000", "Command completed successfully."}},
		{"refusal", answer{err: refused}, result{"2302", "Object exists; the name is registered; choose another"}},
		{"wrapped refusal", answer{err: fmt.Errorf("create: %w", refused)}, result{"2302", "Object exists; the name is registered; choose another"}},
		{"refusal without a reason", answer{err: &registry.Error{Code: registry.CommandUse}}, result{"2002", "Command use error"}},
		{"refusal of an unknown code", answer{err: &registry.Error{Code: "novel", Reason: "why"}}, result{"2400", "Command failed"}},
		{"fault", answer{err: errors.New("disk full")}, result{"2400", "Command failed"}},
		{"reply with words of its own", answer{reply: saidReply{registry.CompletedPending, "Soon."}}, result{"1001", "Soon."}},
		{"reply with the usual words", answer{reply: saidReply{registry.EndingSession, ""}}, result{"1500", "Command completed successfully; ending session"}},
		{"reply of an unknown code", answer{reply: saidReply{"novel", "why"}}, result{"2400", "Command failed"}},
	} {
		if got, _ := outcome(test.answer); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

type saidReply struct {
	code     registry.Code
	sentence string
}

func (s saidReply) Outcome() (registry.Code, string) { return s.code, s.sentence }
