package flow

import (
	"slices"
	"strings"

	"example.org/dorado/core/registry"
)

// A Rule is one truth that has to hold for a command, and what was found of it. Flows list them; their
// order is the precedence of refusals. Decisions 4.10.
type Rule struct {
	Name    string          // the truth, as docs/epp.md lists it, such as "nameIsFree"
	Field   string          // the element that it looked at, such as "domain:name"; empty if none
	Value   string          // what that held; never a secret
	Refusal *registry.Error // nil where the rule holds
}

// refuseIf returns a rule that holds unless it is broken. A check asks half a dozen rules for each name,
// and they mostly hold: so nothing is allocated for one that does, and a rule whose sentence has to be put
// together does that after it has returned.
func refuseIf(rule string, broken bool, e registry.Error) Rule {
	if !broken {
		return Rule{Name: rule, Field: e.Field, Value: e.Value}
	}
	return refuse(rule, e)
}

// refuse returns a rule that does not hold.
func refuse(rule string, e registry.Error) Rule {
	e.Rule = rule
	return Rule{rule, e.Field, e.Value, &e}
}

// holds returns a rule that holds, with what it looked at.
func holds(rule, field, value string) Rule { return Rule{Name: rule, Field: field, Value: value} }

// allOf returns a rule that holds if all its parts do. Where one does not, the refusal names the part; those behind it
// are beside it.
func allOf(rule string, parts ...Rule) Rule {
	for i, p := range parts {
		if p.Refusal != nil {
			return Rule{rule, p.Field, p.Value, withOthers(p.Refusal, parts[i+1:])}
		}
	}
	return Rule{Name: rule}
}

// withOthers returns a refusal with those of the rules that come behind. Only what is wrong with what was written is told
// together: of a secret nobody learns beside something else whether it is right, or no guess of it would count.
func withOthers(first *registry.Error, behind []Rule) *registry.Error {
	if !isOfContent(first) {
		return first
	}
	all := first.All()
	for _, r := range behind {
		if r.Refusal != nil && isOfContent(r.Refusal) {
			all = append(all, r.Refusal.All()...)
		}
	}
	var chain *registry.Error
	for _, e := range slices.Backward(all) {
		link := *e
		link.Next, chain = chain, &link
	}
	return chain
}

// isOfContent reports whether a refusal is about what a command says, rather than about who may say it.
func isOfContent(e *registry.Error) bool {
	switch e.Code {
	case registry.ParameterMissing, registry.ParameterRange, registry.ParameterSyntax, registry.ParameterPolicy,
		registry.ObjectMissing, registry.ObjectExists, registry.BillingFailure:
		return true
	}
	return false
}

// check returns the refusal of the first rule that does not hold.
func check(rules ...Rule) error {
	for i := range rules {
		if rules[i].Refusal != nil {
			return rules[i].Refusal
		}
	}
	return nil
}

// check returns the refusal of the first rule that does not hold. Where the call is to be explained, it
// keeps all of them; a user of the console, who has sent a form or shows a frame, is told the others as well.
func (c *Call) check(rules ...Rule) error {
	if c.trail != nil {
		c.trail.keep(rules)
	}
	for i := range rules {
		first := rules[i].Refusal
		switch {
		case first == nil:
		case c.User == "" && !c.whole, endsAll(first):
			return first
		default:
			return withOthers(first, rules[i+1:])
		}
	}
	return nil
}

// endsAll reports whether a refusal says that who asks, or what is asked about, is not there: what other rules say of
// nothing would only mislead.
func endsAll(e *registry.Error) bool {
	about := e.Field == "domain:name" || e.Field == "contact:id" || e.Field == "host:name"
	return e.Rule == "registrarIsActive" || about && e.Code == registry.ObjectMissing
}

// keep keeps rules up to one that says that the object or the registrar is not there: what the others
// say of nothing would only mislead.
func (t *Trail) keep(rules []Rule) {
	for _, r := range rules {
		t.Rules = append(t.Rules, r)
		if e := r.Refusal; e != nil && (e.Code == registry.ObjectMissing || e.Rule == "registrarIsActive") {
			return
		}
	}
}

// Remedy returns what would make a rule hold: what its sentence says behind the first semicolon.
func (r Rule) Remedy() string {
	if r.Refusal == nil {
		return ""
	}
	_, remedy, _ := strings.Cut(r.Refusal.Reason, "; ")
	return remedy
}
