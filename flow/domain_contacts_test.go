package flow_test

import (
	"slices"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Where a profile keeps registrars from linking each other's contacts, one that a name has already does not
// stand in the way of its updates, and can be removed. Decisions 2.4.
func TestContactsOfOthersInUpdates(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Other, "OTHERS")
	w.Contact(world.Other, "OTHERS-2")
	w.Contact(world.Acme, "OWN")
	w.Domain(world.Acme, "shop.co")
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Contacts: []flow.Role{{Role: "tech", ID: "OTHERS"}}}})
	versions := slices.Clone(w.Service.Profile.Versions)
	for i := range versions {
		versions[i].Terms.ContactsOfOthers = false
	}
	w.Service.Profile.Versions = versions
	edit := func(add, remove string) flow.DomainUpdate {
		u := flow.DomainUpdate{Name: world.Name("shop.co")}
		if add != "" {
			u.Add.Contacts = []flow.Role{{Role: "billing", ID: add}}
		}
		if remove != "" {
			u.Remove.Contacts = []flow.Role{{Role: "tech", ID: remove}}
		}
		return u
	}
	for _, step := range []struct {
		name string
		cmd  flow.DomainUpdate
		want registry.Code
	}{
		{"nothing of contacts", flow.DomainUpdate{Name: world.Name("shop.co"), AuthInfo: new("x")}, registry.Completed},
		{"another's", edit("OTHERS-2", ""), registry.Authorization},
		{"own", edit("OWN", ""), registry.Completed},
		{"removed", edit("", "OTHERS"), registry.Completed},
		{"and added again", edit("OTHERS", ""), registry.Authorization},
	} {
		if _, err := w.Run(world.Acme, step.cmd); code(err) != step.want {
			t.Errorf("%s: %v, want %s", step.name, err, step.want)
		}
	}
}
