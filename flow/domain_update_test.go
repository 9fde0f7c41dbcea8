package flow_test

import (
	"slices"
	"testing"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

func TestDomainUpdatePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Other, "OTHERS")
	w.Host(world.Other, "ns1.example.net")
	w.Host(world.Other, "ns2.example.net")
	w.Domain(world.Acme, "shop.co", "ns1.example.net")
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientUpdateProhibited}}})
	many := make([]names.Name, 13)
	for i := range many {
		many[i] = world.Name("ns" + string(rune('a'+i)) + ".example.net")
		w.Host(world.Other, many[i].String())
	}
	who := world.Suspended
	cmd := flow.DomainUpdate{Name: world.Name("free.co"), Empty: true}
	admin := flow.Role{Role: "admin", ID: "x-h1001"} // stored in upper case
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Other }, registry.ObjectMissing, "the name is not registered; check its spelling"},
		{func() { cmd.Name = world.Name("shop.co") }, registry.Authorization, "another registrar sponsors the object; ask that registrar"},
		{func() { who = world.Acme }, registry.StatusProhibits, "the object has the status clientUpdateProhibited; remove it first"},
		{func() { cmd.Remove.Statuses = []registry.Status{registry.ClientUpdateProhibited} }, registry.ParameterMissing, "the update has neither add, rem nor chg; send one of them"},
		{func() {
			cmd.Empty = false
			cmd.Add.Statuses = []registry.Status{registry.ServerHold}
		}, registry.ParameterPolicy, "only the registry sets or removes this status; leave it out"},
		{func() { cmd.Add.Statuses[0] = registry.OK }, registry.ParameterPolicy, "only the registry sets or removes this status; leave it out"},
		{func() { cmd.Remove.Statuses = append(cmd.Remove.Statuses, registry.ClientHold); cmd.Add.Statuses = nil }, registry.ParameterPolicy, "it cannot be removed because the object does not have it; leave it out"},
		{func() {
			cmd.Remove.Statuses = cmd.Remove.Statuses[:1]
			cmd.Add.Statuses = []registry.Status{registry.ClientHold, registry.ClientHold}
		}, registry.ParameterPolicy, "it is given twice; send it once"},
		{func() {
			cmd.Add.Statuses = cmd.Add.Statuses[:1]
			cmd.Remove.Contacts = []flow.Role{{Role: "billing", ID: "NOBODY"}}
		}, registry.ObjectMissing, "there is no such contact; create it first"},
		{func() { cmd.Remove.Contacts[0].ID = "OTHERS" }, registry.ParameterPolicy, "it cannot be removed because the object does not have it; leave it out"},
		{func() { cmd.Remove.Contacts = nil; cmd.Add.Contacts = []flow.Role{admin} }, registry.ParameterPolicy, "it cannot be added because the object has it already; leave it out"},
		{func() { cmd.Add.Contacts = nil; cmd.Remove.Contacts = []flow.Role{admin} }, registry.ParameterMissing, "a required contact is missing; send one in the role admin"},
		{func() {
			cmd.Add.Contacts = []flow.Role{{Role: "admin", ID: "others"}}
			cmd.Registrant = new("")
		}, registry.ParameterMissing, "a required contact is missing; send one in the role registrant"},
		{func() {
			cmd.Registrant = new("OTHERS")
			cmd.Remove.Nameservers = world.Names("ns9.example.net")
		}, registry.ObjectMissing, "there is no such host; create it first"},
		{func() { cmd.Remove.Nameservers = world.Names("ns2.example.net") }, registry.ParameterPolicy, "it cannot be removed because the object does not have it; leave it out"},
		{func() { cmd.Remove.Nameservers = nil; cmd.Add.Nameservers = world.Names("ns1.example.net") }, registry.ParameterPolicy, "it cannot be added because the object has it already; leave it out"},
		{func() { cmd.Add.Nameservers = many }, registry.ParameterPolicy, "a name has at most 13 name servers; send fewer"},
		{func() {
			cmd.Remove.Nameservers = world.Names("ns1.example.net")
			cmd.TTL = []flow.TTLEdit{{For: "DS", Seconds: new(uint32(299))}}
			cmd.AuthInfo, cmd.Announced.SecureAuthInfo = new("short"), true
		}, registry.ParameterRange, "no such TTL may be chosen; that of DS records is 300 to 172800 seconds"},
		{func() { cmd.TTL[0].Seconds = new(uint32(300)) }, registry.InvalidAuthInfo, weakAuthInfo},
	}, func() { cmd.AuthInfo = new("") })

	d := info(t, w, "shop.co")
	if !slices.Equal(d.EPPStatuses, []registry.Status{registry.ClientHold}) || d.Registrant.ID != "OTHERS" ||
		len(d.Nameservers) != 13 || d.Updater != world.Acme || !d.Updated.Equal(w.Now()) {
		t.Errorf("after the update: %+v", d)
	}
}

// Removing and adding the same name server in one command is legal, and moves it to the end.
// Decisions 2.9.
func TestDomainUpdateMovesANameserver(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	w.Host(world.Acme, "ns2.example.net")
	w.Domain(world.Acme, "shop.co", "ns1.example.net", "ns2.example.net")
	w.Do(world.Acme, flow.DomainUpdate{
		Name:   world.Name("shop.co"),
		Remove: flow.DomainEdit{Nameservers: world.Names("ns1.example.net")},
		Add:    flow.DomainEdit{Nameservers: world.Names("ns1.example.net")},
	})
	d := info(t, w, "shop.co")
	if got := d.Nameservers[1].Name; got != world.Name("ns1.example.net") {
		t.Errorf("the last name server is %s", got)
	}
}

// An authInfo is changed, cleared, and never returned; only its keyed hash is stored. Decisions 3.9.
func TestDomainAuthInfo(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	contact, err := w.Ask(world.Acme, flow.ContactInfo{ID: "X-H1001"})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(pw string, roid registry.ROID) registry.Code {
		_, err := w.Ask(world.Other, flow.DomainInfo{Name: world.Name("shop.co"), AuthInfo: &pw, ROID: roid})
		return code(err)
	}
	registrant := contact.(flow.ContactDetails).ROID
	for _, test := range []struct {
		name, pw string
		roid     registry.ROID
		want     registry.Code
	}{
		{"right", "domain-secret", "", registry.Completed},
		{"wrong", "domain-secret2", "", registry.InvalidAuthInfo},
		{"empty", "", "", registry.InvalidAuthInfo},
		{"registrant's", "contact-secret", registrant, registry.Completed},
		{"registrant's without its ROID", "contact-secret", "", registry.InvalidAuthInfo},
		{"of a ROID that is not linked", "contact-secret", "C999-CO", registry.InvalidAuthInfo},
	} {
		if got := ask(test.pw, test.roid); got != test.want {
			t.Errorf("info with the %s authInfo: %s, want %s", test.name, got, test.want)
		}
	}
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), AuthInfo: new("Nueva-4321")})
	if got := ask("Nueva-4321", ""); got != registry.Completed {
		t.Errorf("info with the new authInfo: %s", got)
	}
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), AuthInfo: new("")})
	if got := ask("", ""); got != registry.InvalidAuthInfo {
		t.Errorf("info with a cleared authInfo: %s, nothing may match it", got)
	}
}
