package flow

import (
	"errors"
	"slices"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// IsOwn reports whether a lookup has found no registration of a name that nobody can register, as the registry uses it
// itself: "not registered" alone reads as if it were free. Decisions 1.3.
func IsOwn(err error) bool { return brokenRule(err) == "nameIsNotOwn" }

// IsWithheld reports whether a lookup has found no registration of a name that its zone never offers. Decisions 1.3.
func IsWithheld(err error) bool { return brokenRule(err) == "nameIsNotWithheld" }

// brokenRule is the rule that a refusal says was broken; empty of any other error.
func brokenRule(err error) string {
	var refusal *registry.Error
	if !errors.As(err, &refusal) {
		return ""
	}
	return refusal.Rule
}

// nameIsNotOwn holds unless a name that is not registered is one that the registry uses.
func nameIsNotOwn(p policy.Profile, n names.Name, found bool) Rule {
	zone, _ := p.Zone(n.Parent())
	return refuseIf("nameIsNotOwn", !found && slices.Contains(zone.Used, n.Label()), registry.Error{
		Code: registry.ObjectMissing, Field: "domain:name", Value: n.String(),
		Reason: "the name is not registered, and the registry uses it itself; choose another",
	})
}

// nameIsNotWithheld holds unless a name that is not registered is one of those that its zone never offers.
func nameIsNotWithheld(p policy.Profile, n names.Name, found bool) Rule {
	zone, _ := p.Zone(n.Parent())
	return refuseIf("nameIsNotWithheld", !found && slices.Contains(zone.Withheld, n.Label()), registry.Error{
		Code: registry.ObjectMissing, Field: "domain:name", Value: n.String(),
		Reason: "the name is not registered, and not available for registration; choose another",
	})
}
