package flow_test

import (
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// The operator's commands about registrars.
func TestRegistrarCommandsPrecedence(t *testing.T) {
	w := world.New(t, noon)
	create := flow.RegistrarCreate{Registrar: registry.Registrar{ID: "X", Certificates: []string{"a", "b", "c"}}}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", create }, []step{
		{func() {}, registry.ParameterSyntax, "this is no registrar id; it has 3 to 16 letters, digits, dots, underscores and hyphens"},
		{func() { create.Registrar.ID = world.Acme }, registry.ObjectExists, "a registrar of this id exists; choose another"},
		{func() { create.Registrar.ID = "H7777" }, registry.ParameterPolicy, "a registrar has at most 2 certificates, the old one and the new one of a change; remove the one that is not used any more"},
	}, func() { create.Registrar.Certificates = nil })

	for _, command := range []func(registry.RegistrarID) flow.Command{
		func(id registry.RegistrarID) flow.Command { return flow.RegistrarHold{Registrar: id} },
		func(id registry.RegistrarID) flow.Command { return flow.RegistrarSet{Act: act(id)} },
		func(id registry.RegistrarID) flow.Command { return flow.RegistrarPoll{Registrar: id} },
	} {
		id := world.Stranger
		precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", command(id) }, []step{
			{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
		}, func() { id = world.Acme })
	}

	change := flow.PasswordChange{Registrar: world.Stranger, From: "old", To: "new"}
	const wrong = "the registrar id or the password is wrong, or the login is not allowed from this address; see the account's settings"
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return world.Acme, change }, []step{
		{func() {}, registry.Authentication, wrong},
		{func() { change.Registrar = world.Acme }, registry.Authentication, wrong},
	}, func() {
		change.From = w.Do("", flow.RegistrarHold{Registrar: world.Acme}).(registry.Registrar).Password
	})
}

// The operator's commands about names: prices, lists and codes.
func TestNameCommandsPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "taken.co")
	const foreign = "not one label below our zones; they are co, com.co, net.co, nom.co, org.co, edu.co, gov.co, mil.co"
	early := w.Now().Add(-48 * time.Hour)

	prices := slices.Repeat([]registry.NamePrice{{Name: world.Name("gold.example"), Tier: 99, From: early}}, 10_001)
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", flow.PriceSet{Prices: prices} }, []step{
		{func() {}, registry.ParameterRange, "this is too little or too much at once; name 1 to 1000 names"},
		{func() { prices = prices[:1] }, registry.ParameterSyntax, foreign},
		{func() { prices[0].Name = world.Name("gold.co") }, registry.ParameterRange, "there is no such tier; there are 10"},
		{func() { prices[0].Tier = 5 }, registry.ParameterRange, "for gold.co this is in the past; begin it now or later"},
	}, func() { prices[0].From = w.Now() })

	listings := slices.Repeat([]registry.Listing{{Name: world.Name("gold.example"), Kind: "odd", Starts: early}}, 10_001)
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", flow.ListingAdd{Listings: listings} }, []step{
		{func() {}, registry.ParameterRange, "this is too little or too much at once; name 1 to 1000 names"},
		{func() { listings = listings[:1] }, registry.ParameterSyntax, foreign},
		{func() { listings[0].Name = world.Name("listed.co") }, registry.ParameterRange, "there is no such list; there are banned, blocked and reserved"},
		{func() { listings[0].Kind = registry.Banned }, registry.ParameterMissing, "there is no reason; say why the name stands there"},
		{func() { listings[0].Reason = "a test" }, registry.ParameterRange, "for listed.co this is in the past; begin it now or later"},
	}, func() { listings[0].Starts = w.Now() })

	remove := flow.ListingRemove{Name: world.Name("gold.co"), Kind: "odd"}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", remove }, []step{
		{func() {}, registry.ParameterRange, "there is no such list; there are banned, blocked and reserved"},
		{func() { remove.Kind = registry.Banned }, registry.ObjectMissing, "the list does not have it; look at what it has"},
	}, func() { remove.Name = world.Name("listed.co") })

	if done := w.Do("", flow.ListingAdd{Listings: []registry.Listing{
		{Name: world.Name("taken.co"), Kind: registry.Reserved, Reason: "a test"}, listings[0],
	}}).(flow.Listed); done.Count != 2 || !slices.Equal(done.Registered, world.Names("taken.co")) {
		t.Errorf("a list with a registered name replies %+v", done)
	}

	cancel := flow.AllocationCancel{Name: world.Name("free.co")}
	w.Do("", flow.AllocationMake{Name: world.Name("coded.co")})
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cancel }, []step{
		{func() {}, registry.ObjectMissing, "the name has no code that could be used; dorado allocation list shows those that have"},
	}, func() { cancel.Name = world.Name("coded.co") })

	w.Do("", flow.ListingAdd{Listings: listings})
	made := flow.AllocationMake{Name: world.Name("shop.example")}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", made }, []step{
		{func() {}, registry.ParameterSyntax, foreign},
		{func() { made.Name = world.Name("shop.gov.co") }, registry.DataPolicy, "only the registry registers here; whoever is eligible below gov.co asks it"},
		{func() { made.Name = world.Name("taken.co") }, registry.ObjectExists, "the name is registered, and a code is for one that is free; make it once the name is gone"},
		{func() { made.Name = world.Name("listed.co") }, registry.DataPolicy, "the name is banned, which no code lifts; first: dorado list remove banned listed.co"},
		{func() { made.Name = world.Name("arts.co") }, registry.DataPolicy, "the registry withholds this name; choose another"},
	}, func() { made.Name = world.Name("free.co") })
}
