package flow_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// The checks: who asks, then how much; what is wrong with one object is in its answer.
func TestChecksPrecedence(t *testing.T) {
	w := world.New(t, noon)
	many := slices.Repeat([]string{"shop.co"}, 51)
	domain := flow.DomainCheck{
		Names: many, Launch: flow.LaunchSaid{Phase: "sunrise"},
		Fees: &flow.FeeQuestion{Commands: slices.Repeat([]flow.FeeCommand{{Name: "create", Phase: "sunrise"}}, 100)},
	}
	who := world.Suspended
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, domain }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Acme }, registry.ParameterPolicy, "a check names at most 50 objects; send more checks"},
		{func() { domain.Names = many[:50] }, registry.ParameterPolicy, "names are not sold in this phase; choose one that is open, or leave it out"},
		{func() { domain.Launch = flow.LaunchSaid{} }, registry.ParameterPolicy, "a check asks for the fees of at most 20 commands; send fewer"},
		{func() { domain.Fees.Commands = domain.Fees.Commands[:1] }, registry.ParameterRange, "there is no such phase; names are sold in the phase open"},
	}, func() { domain.Fees = nil })

	for _, q := range []func(list []string) flow.Query{
		func(list []string) flow.Query { return flow.HostCheck{Names: list} },
		func(list []string) flow.Query { return flow.ContactCheck{IDs: list} },
		func(list []string) flow.Query { return flow.DomainClaims{Names: list} },
	} {
		who, list := world.Suspended, many
		questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, q(list) }, []step{
			{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
			{func() { who = world.Acme }, registry.ParameterPolicy, "a check names at most 50 objects; send more checks"},
		}, func() { list = many[:50] })
	}
}

// The infos: who asks, what for, and whether he may see it.
func TestInfosPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C")
	w.Host(world.Acme, "ns1.example.net")
	w.Domain(world.Acme, "shop.co")
	const inactive = "the registrar is not active; ask the registry"

	who, contact := world.Suspended, flow.ContactInfo{ID: "NOBODY"}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, contact }, []step{
		{func() {}, registry.Authorization, inactive},
		{func() { who = world.Other }, registry.ObjectMissing, "there is no such contact; check its id"},
		{func() { contact.ID = "C" }, registry.Authorization, "another registrar sponsors the contact; send its authInfo"},
		{func() { contact.AuthInfo = new("wrong") }, registry.InvalidAuthInfo, "the authInfo is not the contact's; ask its sponsor for the right one"},
	}, func() { contact.AuthInfo = new("contact-secret") })

	who, domain := world.Suspended, flow.DomainInfo{Name: world.Name("free.co"), AuthInfo: new("wrong"), Token: true}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, domain }, []step{
		{func() {}, registry.Authorization, inactive},
		{func() { who = world.Other }, registry.ObjectMissing, "the name is not registered; check its spelling"},
		{func() { domain.Name = world.Name("shop.co") }, registry.InvalidAuthInfo, "the authInfo is not the object's; send the one that the registrant has from the sponsor"},
		{func() { domain.ROID = "C9-CO" }, registry.InvalidAuthInfo, "the authInfo is not the object's; send the one that the registrant has from the sponsor"},
		{func() { domain.ROID, domain.AuthInfo = "", new("domain-secret") }, registry.Authorization, "another registrar sponsors the name; only the sponsor may ask for its allocation token"},
		{func() { who = world.Acme }, registry.ObjectMissing, "there is no allocation token to return; leave allocationToken:info out: the registry keeps no code in clear"},
	}, func() { domain.Token = false })

	who, host := world.Suspended, flow.HostInfo{Name: world.Name("ns9.example.net")}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, host }, []step{
		{func() {}, registry.Authorization, inactive},
		{func() { who = world.Other }, registry.ObjectMissing, "there is no such host; check its name"},
	}, func() { host.Name = world.Name("ns1.example.net") })

	who, planned := world.Suspended, flow.MaintenanceInfo{ID: "M-9"}
	added := w.Do("", flow.MaintenanceAdd{Maintenance: registry.Maintenance{
		Name: "Switches", Systems: []registry.MaintenanceSystem{{Name: "EPP", Impact: "full"}}, Environment: "production",
		Starts: w.Now().Add(time.Hour), Ends: w.Now().Add(2 * time.Hour),
	}}).(registry.Maintenance)
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, planned }, []step{
		{func() {}, registry.Authorization, inactive},
		{func() { who = world.Other }, registry.ObjectMissing, "there is no such maintenance; list shows those that have not ended"},
	}, func() { planned.ID = added.ID })

	for _, q := range []flow.Query{flow.MaintenanceList{}, flow.PollRequest{}} {
		who := world.Suspended
		questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, q }, []step{
			{func() {}, registry.Authorization, inactive},
		}, func() { who = world.Acme })
	}
}

// What anybody may look at: the name has to be one that this registry can have, and have.
func TestLookupsPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	const foreign = "not one label below our zones; they are co, com.co, net.co, nom.co, org.co, edu.co, gov.co, mil.co"
	for _, q := range []func(names.Name) flow.Query{
		func(n names.Name) flow.Query { return flow.DomainLookup{Name: n} },
		func(n names.Name) flow.Query { return flow.OfferShow{Name: n} },
	} {
		name := world.Name("shop.example")
		questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", q(name) }, []step{
			{func() {}, registry.ParameterSyntax, foreign},
		}, func() { name = world.Name("shop.co") })
	}
	w.Use("co", "ours")
	free := flow.DomainLookup{Name: world.Name("ours.co")}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", free }, []step{
		{func() {}, registry.ObjectMissing, "the name is not registered, and the registry uses it itself; choose another"},
		{func() { free.Name = world.Name("nic.co") }, registry.ObjectMissing, "the name is not registered, and not available for registration; choose another"},
		{func() { free.Name = world.Name("free.co") }, registry.ObjectMissing, "the name is not registered; check its spelling"},
	}, func() { free.Name = world.Name("shop.co") })

	purpose := flow.DomainLookup{Name: world.Name("shop.example"), Viewer: flow.Viewer{Kind: flow.ByAuthority, Purpose: " "}}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", purpose }, []step{
		{func() {}, registry.ParameterMissing, "a lookup that shows what is closed needs a purpose; say what the data is for"},
		{func() { purpose.Viewer.Purpose = "case 7" }, registry.ParameterSyntax, foreign},
	}, func() { purpose.Name = world.Name("shop.co") })
	host := flow.HostLookup{Name: world.Name("ns1.shop.co")}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", host }, []step{
		{func() {}, registry.ObjectMissing, "there is no such host; check its name"},
	}, func() {
		w.Host(world.Acme, "ns1.example.net")
		host.Name = world.Name("ns1.example.net")
	})
	registrar := flow.RegistrarLookup{Handle: "H9", Name: "Nobody"}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", registrar }, []step{
		{func() {}, registry.ObjectMissing, "there is no such registrar; give its id, its IANA id or its whole name"},
	}, func() { registrar.Handle = "h1001" })

	account := flow.RegistrarShow{ID: world.Stranger}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", account }, []step{
		{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
	}, func() { account.ID = world.Acme })
}

// A login: what a stranger could try comes before the password, and what the registrar is told after it.
func TestLoginPrecedence(t *testing.T) {
	w := world.New(t, noon)
	versions := slices.Clone(w.Service.Profile.Versions)
	for i := range versions {
		versions[i].Terms.Limits.PasswordDays = 90
		versions[i].Terms.Limits.WrongPasswordsAtOnce = 1
	}
	w.Service.Profile.Versions = versions
	w.Do("", flow.RegistrarCreate{Registrar: registry.Registrar{
		ID: "H8001", Password: hash(t, w, world.Password), Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	}})
	w.Pass(91 * 24 * time.Hour)
	l := flow.Login{Registrar: "H8001", Password: "wrong-1", From: netip.MustParseAddr("192.0.2.1")}
	const wrong = "the registrar id or the password is wrong, or the login is not allowed from this address; see the account's settings"
	refusals(t, func() error {
		_, err := w.Service.Login(t.Context(), l)
		return err
	}, []step{
		{func() {}, registry.Authentication, wrong},
		{func() { l.From = netip.MustParseAddr("127.0.0.1") }, registry.Authentication, wrong},
		{func() { l.Password = world.Password }, registry.Authentication, "too many wrong passwords; wait 31 seconds"},
		{func() { w.Pass(31 * time.Second) }, registry.Authentication, "the password has expired; send a new one in newPW"},
		{func() { l.NewPassword = "short" }, registry.ParameterSyntax, "this cannot be a password; one has 6 to 16 characters and is not [LOGIN-SECURITY]"},
	}, func() { l.NewPassword = "Abcd1235" })

	wantRefusal(t, w.Service.SessionsAreFew(registry.Registrar{ID: world.Acme}), registry.SessionLimitClosing,
		"the registrar has 100 sessions, which is the most; close one or wait for one to end")
}
