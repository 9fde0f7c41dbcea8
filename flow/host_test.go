package flow_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

func addresses(list ...string) []netip.Addr {
	parsed := make([]netip.Addr, len(list))
	for i, s := range list {
		parsed[i] = netip.MustParseAddr(s)
	}
	return parsed
}

func TestHostCreatePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Other, "others.co")
	w.Domain(world.Acme, "shop.co")
	w.Domain(world.Acme, "dead.co")
	w.Host(world.Acme, "ns1.example.net")
	w.Pass(6 * day)
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("dead.co")})
	who := world.Suspended
	cmd := flow.HostCreate{Name: world.Name("ns1.example.net")}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Acme }, registry.ObjectExists, "the host exists; use it, or choose another name"},
		{func() { cmd.Name = world.Name("com.co") }, registry.ParameterPolicy, "it is a zone of this registry; a host needs a name below one, or elsewhere"},
		{func() { cmd.Name = world.Name("localhost") }, registry.ParameterSyntax, "one label is no qualified name; send the whole name of the host"},
		{func() { cmd.Name = world.Name("ns1.free.co") }, registry.ObjectMissing, "the name above is not registered; the host would be subordinate to free.co: register that first"},
		{func() { cmd.Name = world.Name("ns1.others.co") }, registry.Authorization, "the name above is another's; the host would be subordinate to others.co, which another registrar sponsors: ask that registrar"},
		{func() { cmd.Name = world.Name("ns1.dead.co") }, registry.StatusProhibits, "the name above is deleted; the host would be subordinate to dead.co, which has the status pendingDelete: restore that first"},
		{func() { cmd.Name = world.Name("ns1.shop.co") }, registry.ParameterMissing, "a host below a zone of this registry needs an address; send one or more"},
		{func() { cmd.Addresses = slices.Repeat(addresses("192.0.2.1"), 14) }, registry.ParameterPolicy, "a host has at most 13 addresses; send fewer"},
		{func() { cmd.Addresses = addresses("192.0.2.1", "10.0.0.1") }, registry.ParameterPolicy, "the address is one of private networks or tests (10.0.0.0/8), which the Internet does not reach; send a public one"},
		{func() { cmd.Addresses = addresses("192.0.2.1", "192.0.2.1") }, registry.ParameterPolicy, "it is given twice; send it once"},
		{func() {
			cmd.Addresses = addresses("192.0.2.1", "2001:db8::1")
			cmd.TTL = []flow.TTLEdit{{For: "NS"}}
		}, registry.ParameterPolicy, "the TTL of such records of a host cannot be chosen; choose it for A, AAAA"},
		{func() { cmd.TTL[0].For = "A"; cmd.Name = world.Name("ns2.example.net") }, registry.ParameterPolicy, "no addresses of a host outside this registry's zones are published; leave the TTL out"},
	}, func() { cmd.Name = world.Name("ns1.shop.co") })
}

// Outside our zones anybody may create a host; its addresses are ignored. Manual 8.3, decisions 2.6.
func TestHostOutside(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net", "192.0.2.1")
	w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns1.example.net"), Add: flow.HostEdit{Addresses: addresses("192.0.2.2")}})
	if h := hostInfo(t, w, "ns1.example.net"); len(h.Addresses) != 0 || !h.Superordinate.IsZero() {
		t.Errorf("an external host has addresses %v and superordinate %+v", h.Addresses, h.Superordinate)
	}
	// A host named like its domain is subordinate.
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "shop.co", "192.0.2.3")
	if h := hostInfo(t, w, "shop.co"); h.Superordinate.Name != world.Name("shop.co") {
		t.Errorf("a host named like its domain has superordinate %+v", h.Superordinate)
	}
}

func TestHostUpdatePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Other, "others.co")
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	w.Host(world.Acme, "ns2.shop.co", "192.0.2.2")
	w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns1.shop.co"), Add: flow.HostEdit{Statuses: []registry.Status{registry.ClientUpdateProhibited}}})
	who := world.Suspended
	cmd := flow.HostUpdate{Name: world.Name("ns9.shop.co"), Empty: true}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Other }, registry.ObjectMissing, "there is no such host; check its name"},
		{func() { cmd.Name = world.Name("ns1.shop.co") }, registry.Authorization, "another registrar sponsors the object; ask that registrar"},
		{func() { who = world.Acme }, registry.StatusProhibits, "the object has the status clientUpdateProhibited; remove it first"},
		{func() { cmd.Remove.Statuses = []registry.Status{registry.ClientUpdateProhibited} }, registry.ParameterMissing, "the update has neither add, rem nor chg; send one of them"},
		{func() { cmd.Empty = false; cmd.Add.Statuses = []registry.Status{registry.ServerUpdateProhibited} }, registry.ParameterPolicy, "only the registry sets or removes this status; leave it out"},
		{func() { cmd.Add.Statuses = nil; cmd.Remove.Addresses = addresses("192.0.2.7") }, registry.ParameterPolicy, "it cannot be removed because the object does not have it; leave it out"},
		{func() { cmd.Remove.Addresses = nil; cmd.Add.Addresses = addresses("192.0.2.1") }, registry.ParameterPolicy, "it cannot be added because the object has it already; leave it out"},
		{func() {
			cmd.Remove.Addresses, cmd.Add.Addresses = addresses("192.0.2.1"), nil
			cmd.NewName = world.Name("net.co")
		}, registry.ParameterPolicy, "it is a zone of this registry; a host needs a name below one, or elsewhere"},
		{func() { cmd.NewName = world.Name("localhost") }, registry.ParameterSyntax, "one label is no qualified name; send the whole name of the host"},
		{func() { cmd.NewName = world.Name("ns1.others.co") }, registry.Authorization, "the name above is another's; the host would be subordinate to others.co, which another registrar sponsors: ask that registrar"},
		{func() { cmd.NewName = world.Name("ns1.free.co") }, registry.ObjectMissing, "the name above is not registered; the host would be subordinate to free.co: register that first"},
		{func() { cmd.NewName = cmd.Name }, registry.ObjectExists, "the host exists; use it, or choose another name"},
		{func() { cmd.NewName = world.Name("ns2.shop.co") }, registry.ObjectExists, "the host exists; use it, or choose another name"},
		{func() { cmd.NewName = world.Name("ns3.shop.co") }, registry.ParameterPolicy, "a host below a zone of this registry keeps an address; add another in the same command"},
		{func() { cmd.Add.Addresses = addresses("fd00::1") }, registry.ParameterPolicy, "the address is one of private networks or tests (fc00::/7), which the Internet does not reach; send a public one"},
		{func() {
			cmd.Add.Addresses = addresses("192.0.2.3")
			cmd.TTL = []flow.TTLEdit{{For: "DS"}}
		}, registry.ParameterPolicy, "the TTL of such records of a host cannot be chosen; choose it for A, AAAA"},
		{func() { cmd.TTL[0].For = "A"; cmd.NewName = world.Name("ns.elsewhere.net") }, registry.ParameterPolicy, "no addresses of a host outside this registry's zones are published; leave the TTL out"},
	}, func() { cmd.NewName = world.Name("ns3.shop.co") })
}

// A rename carries every delegation along in the same transaction, whoever has it. Decisions 2.7.
func TestHostRename(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	w.Domain(world.Other, "others.co", "ns1.shop.co")
	publishAll(t, w)
	w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns1.shop.co"), NewName: world.Name("ns.elsewhere.net")})
	if d := info(t, w, "others.co"); d.Nameservers[0].Name != world.Name("ns.elsewhere.net") {
		t.Errorf("others.co is delegated to %s", d.Nameservers[0].Name)
	}
	if h := hostInfo(t, w, "ns.elsewhere.net"); len(h.Addresses) != 0 || !h.Superordinate.IsZero() || !h.Linked {
		t.Errorf("renamed outside, the host is %+v", h.Host)
	}
	if got, want := w.Rows("SELECT kind, name FROM mark ORDER BY name, kind"), "host | ns.elsewhere.net\nhost | ns1.shop.co\nleft | ns1.shop.co\n"; got != want {
		t.Errorf("marks\n%s want\n%s", got, want)
	}
	// An external host is never renamed: 2305 if another registrar's name links it, else 2304.
	back := flow.HostUpdate{Name: world.Name("ns.elsewhere.net"), NewName: world.Name("ns1.shop.co"), Add: flow.HostEdit{Addresses: addresses("192.0.2.1")}}
	if _, err := w.Run(world.Acme, back); code(err) != registry.AssociationProhibits {
		t.Errorf("renaming an external host that others link: %v", err)
	}
	w.Do(world.Other, flow.DomainUpdate{Name: world.Name("others.co"), Remove: flow.DomainEdit{Nameservers: world.Names("ns.elsewhere.net")}})
	if _, err := w.Run(world.Acme, back); code(err) != registry.StatusProhibits {
		t.Errorf("renaming an external host: %v", err)
	}
}

func TestHostDeletePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	w.Domain(world.Other, "others.co", "ns1.example.net")
	w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns1.example.net"), Add: flow.HostEdit{Statuses: []registry.Status{registry.ClientDeleteProhibited}}})
	who := world.Suspended
	cmd := flow.HostDelete{Name: world.Name("ns9.example.net")}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Other }, registry.ObjectMissing, "there is no such host; check its name"},
		{func() { cmd.Name = world.Name("ns1.example.net") }, registry.Authorization, "another registrar sponsors the object; ask that registrar"},
		{func() { who = world.Acme }, registry.StatusProhibits, "the object has the status clientDeleteProhibited; remove it first"},
		{func() {
			w.Do(world.Acme, flow.HostUpdate{Name: cmd.Name, Remove: flow.HostEdit{Statuses: []registry.Status{registry.ClientDeleteProhibited}}})
		}, registry.AssociationProhibits, "names use the object; remove it from them first"},
	}, func() {
		w.Do(world.Other, flow.DomainUpdate{Name: world.Name("others.co"), Remove: flow.DomainEdit{Nameservers: world.Names("ns1.example.net")}})
	})
}

func TestHostCheck(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	reply, err := w.Ask(world.Other, flow.HostCheck{Names: []string{"NS1.example.net", "ns2.example.net", "ns_1.example.net", "co"}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true, false, false} {
		if got := reply.([]flow.Checked)[i]; got.Available != want || want != (got.Reason == "") {
			t.Errorf("check %+v, want available %t", got, want)
		}
	}
}

// What a check says of a name that no host can have, a create says, too. What it does not ask is who sponsors
// the name above: that a create says alone, with the right advice.
func TestHostCheckAgreesWithCreate(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Domain(world.Other, "others.co")
	w.Domain(world.Acme, "dead.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	w.Pass(6 * day)
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("dead.co")})
	const create = "the name above " // what only the create says
	for _, test := range []struct{ name, reason string }{
		{"ns2.shop.co", ""},
		{"shop.co", ""},
		{"ns1.example.net", ""},
		{"NS1.shop.co", "the host exists; "},
		{"com.co", "it is a zone of this registry; "},
		{"localhost", "one label is no qualified name; "},
		{"ns1.nosuch.co", "the name above is not registered; the host would be subordinate to nosuch.co: register that first"},
		{"ns1.others.co", "the name above is another's; "},
		{"ns1.dead.co", "the name above is deleted; "},
		{"ns1.org.co", "the name above is not registered; the host would be subordinate to ns1.org.co, which only the registry registers: choose a host below a name of yours"},
		{"ns1.unal.edu.co", "the name above is not registered; the host would be subordinate to unal.edu.co, which only the registry registers: choose a host below a name of yours"},
		{"ns1.web.co", "the name above is not registered; the host would be subordinate to web.co, which the registry withholds: choose a host below a name of yours"},
		{"ns.com.co", "the name above is not registered; the host would be subordinate to ns.com.co: register that first"},
		{"ns1.ab.co", "the name above is not registered; the host would be subordinate to ab.co, which the registry withholds: choose a host below a name of yours"},
	} {
		reply, err := w.Ask(world.Acme, flow.HostCheck{Names: []string{test.name}})
		if err != nil {
			t.Fatal(err)
		}
		checked := reply.([]flow.Checked)[0]
		wanted := test.reason
		if strings.HasPrefix(wanted, create) {
			wanted = ""
		}
		if checked.Available != (wanted == "") || !strings.HasPrefix(checked.Reason, wanted) {
			t.Errorf("check of %s: %+v, want %q", test.name, checked, wanted)
		}
		if short, _, _ := strings.Cut(checked.Reason, ";"); len(short) > 32 {
			t.Errorf("check of %s: EPP has no room for %q", test.name, short)
		}
		_, err = w.Run(world.Acme, flow.HostCreate{Name: world.Name(test.name), Addresses: addresses("192.0.2.1")})
		if (err == nil) != (test.reason == "") || err != nil && !strings.Contains(err.Error(), test.reason) {
			t.Errorf("create of %s: %v, want %q", test.name, err, test.reason)
		}
	}
}

func TestParseAddress(t *testing.T) {
	for text, legal := range map[string]bool{
		"192.0.2.1": true, "198.51.100.7": true, "2001:db8::1": true, "10.0.0.1": true,
		"1080:0:0:0:8:800:200C:417A": true,
		"127.0.0.1":                  false, "::1": false, "0.0.0.0": false, "::": false, "224.0.0.1": false,
		"ff02::1": false, "169.254.1.1": false, "fe80::1": false, "fe80::1%eth0": false,
		"::ffff:192.0.2.1": false, "192.0.2": false, "192.0.2.256": false, "": false, "ns1.example.net": false,
		"192.0.2.01": false, "255.255.255.255": false, "240.0.0.1": false, "0.1.2.3": false, "::7f00:1": false,
	} {
		if _, err := flow.ParseAddress(text); (err == nil) != legal {
			t.Errorf("ParseAddress(%q) = %v, want legal %t", text, err, legal)
		}
	}
}

// Which addresses are private the profile says, by its version: what a host has from before stays with it, and nothing
// of a host elsewhere is looked at.
func TestHostOfPrivateAddress(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	for _, private := range []string{"10.9.8.7", "100.64.0.1", "172.31.255.255", "192.168.1.1", "198.19.0.1", "fd12:3456::1", "100::1"} {
		_, err := w.Run(world.Acme, flow.HostCreate{Name: world.Name("ns1.shop.co"), Addresses: addresses("192.0.2.1", private)})
		if code(err) != registry.ParameterPolicy {
			t.Errorf("%s: %v", private, err)
		}
	}
	for i, public := range []string{"172.32.0.1", "100.128.0.1", "203.0.113.9", "2001:db8::1", "2606:4700::1"} {
		w.Host(world.Acme, fmt.Sprintf("ns%d.shop.co", i+2), public)
	}
	w.Host(world.Acme, "ns1.example.net", "10.0.0.1") // ignored, as any address of a host elsewhere
	versions := w.Service.Profile.Versions
	of := slices.Clone(versions)
	for i := range of {
		of[i].Terms.PrivateAddresses = nil
	}
	w.Service.Profile.Versions = of
	w.Host(world.Acme, "ns1.shop.co", "10.0.0.1")
	w.Service.Profile.Versions = versions
	w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns1.shop.co"), Add: flow.HostEdit{Addresses: addresses("192.0.2.8")}})
	w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns1.shop.co"), Remove: flow.HostEdit{Addresses: addresses("10.0.0.1")}})
	_, err := w.Run(world.Acme, flow.HostUpdate{Name: world.Name("ns1.shop.co"), Add: flow.HostEdit{Addresses: addresses("10.0.0.1")}})
	if code(err) != registry.ParameterPolicy {
		t.Errorf("given back: %v", err)
	}
}

func hostInfo(t *testing.T, w *world.World, name string) flow.HostDetails {
	t.Helper()
	reply, err := w.Ask(world.Acme, flow.HostInfo{Name: world.Name(name)})
	if err != nil {
		t.Fatalf("info %s: %v", name, err)
	}
	return reply.(flow.HostDetails)
}
