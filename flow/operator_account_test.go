package flow_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// act is one with nothing wrong with it.
func act(who registry.RegistrarID) flow.Act {
	return flow.Act{Registrar: who, Author: "ana", Reason: "their letter of today"}
}

// Everything is wrong with the first command. Each row puts one thing right.
func TestRegistrarSuspendRefusals(t *testing.T) {
	w := world.New(t, noon)
	cmd := flow.RegistrarSuspend{Act: flow.Act{Registrar: world.Stranger, Reason: strings.Repeat("x", 201)}, Resume: true}
	wantPrecedence(t, w, func() flow.Command { return cmd }, []refusedStep{
		{"everything", func() {}, registry.ObjectMissing, "no such registrar"},
		{"registrar", func() { cmd.Registrar = world.Acme }, registry.ParameterMissing, "no author"},
		{"author", func() { cmd.Author = "ana" }, registry.ParameterSyntax, "at most 200 characters"},
		{"length", func() { cmd.Reason = "a\x1b[2J" }, registry.ParameterSyntax, "can be printed"},
		{"characters", func() { cmd.Reason = " " }, registry.ParameterMissing, "say why"},
		{"reason", func() { cmd.Reason = "a case" }, registry.StatusProhibits, "is not suspended"},
		{"state", func() { cmd = flow.RegistrarSuspend{Act: act(world.Suspended)} }, registry.StatusProhibits, "suspended already"},
	})
	cmd.Resume = true
	w.Do("", cmd)
}

// Who is suspended is refused everything, with who did it in its record, until it is let in again.
func TestRegistrarSuspend(t *testing.T) {
	w := world.New(t, noon)
	r := w.Do("", flow.RegistrarSuspend{Act: act(world.Acme)}).(registry.Registrar)
	if !r.Suspended || r.Suspension.Author != "ana" || r.Suspension != r.Changed || r.Suspension.Since.IsZero() {
		t.Errorf("suspended it is %+v", r)
	}
	check := flow.DomainCheck{Names: []string{"free.co"}}
	if _, err := w.Ask(world.Acme, check); code(err) != registry.Authorization {
		t.Errorf("while it is suspended: %v", err)
	}
	w.Pass(time.Hour)
	resumed := w.Do("", flow.RegistrarSuspend{Act: act(world.Acme), Resume: true}).(registry.Registrar)
	if resumed.Suspended || resumed.Suspension != (registry.Measure{}) || resumed.Changed.Author != "ana" {
		t.Errorf("resumed it is %+v", resumed)
	}
	if _, err := w.Ask(world.Acme, check); err != nil {
		t.Errorf("after it was resumed: %v", err)
	}
}

func TestRegistrarPasswordRefusals(t *testing.T) {
	w := world.New(t, noon)
	cmd := flow.RegistrarPassword{Act: flow.Act{Registrar: world.Stranger}, To: "a hash"}
	wantPrecedence(t, w, func() flow.Command { return cmd }, []refusedStep{
		{"everything", func() {}, registry.ObjectMissing, "no such registrar"},
		{"registrar", func() { cmd.Registrar = world.Acme }, registry.ParameterMissing, "no author"},
		{"author", func() { cmd.Author = "ana" }, registry.ParameterMissing, "say why"},
	})
	cmd.Reason = "they lost it"
	w.Pass(time.Hour)
	if r := w.Do("", cmd).(registry.Registrar); r.Password != "a hash" || !r.PasswordChanged.Equal(w.Now()) || r.Changed.Reason != "they lost it" {
		t.Errorf("the registrar is %+v", r)
	}
}

func TestRegistrarNetworkRefusals(t *testing.T) {
	w := world.New(t, noon)
	network := func(n int) netip.Prefix { return netip.MustParsePrefix(fmt.Sprintf("10.0.%d.0/24", n)) }
	cmd := flow.RegistrarNetwork{Act: flow.Act{Registrar: world.Stranger}, Network: network(0), Remove: true}
	wantPrecedence(t, w, func() flow.Command { return cmd }, []refusedStep{
		{"everything", func() {}, registry.ObjectMissing, "no such registrar"},
		{"registrar", func() { cmd.Registrar = world.Acme }, registry.ParameterMissing, "no author"},
		{"author", func() { cmd.Author = "ana" }, registry.ParameterMissing, "say why"},
		{"reason", func() { cmd.Reason = "a new office" }, registry.ObjectMissing, "network list"},
	})
	cmd.Remove = false
	before := w.Do("", flow.RegistrarHold{Registrar: world.Acme}).(registry.Registrar).Networks
	for n := range 100 - len(before) {
		cmd.Network = network(n)
		w.Do("", cmd)
	}
	wantPrecedence(t, w, func() flow.Command { return cmd }, []refusedStep{
		{"the same", func() {}, registry.ObjectExists, "network list"},
		{"another", func() { cmd.Network = network(200) }, registry.ParameterPolicy, "at most 100"},
	})
	cmd.Network, cmd.Remove = network(0), true
	if r := w.Do("", cmd).(registry.Registrar); len(r.Networks) != 99 || slices.Contains(r.Networks, network(0)) {
		t.Errorf("after one was removed there are %v", r.Networks)
	}
}

func TestRegistrarSetRefusals(t *testing.T) {
	w := world.New(t, noon)
	w.Do("", flow.RegistrarCreate{Registrar: registry.Registrar{ID: "H7001", Name: "N", Email: "e@example.com", Voice: "+1.5"}})
	cmd := flow.RegistrarSet{Act: flow.Act{Registrar: world.Stranger}, Name: new(""), Email: new(""), RDAP: new("http://rdap.example/")}
	wantPrecedence(t, w, func() flow.Command { return cmd }, []refusedStep{
		{"everything", func() {}, registry.ObjectMissing, "no such registrar"},
		{"registrar", func() { cmd.Registrar = "H7001" }, registry.ParameterMissing, "no author"},
		{"author", func() { cmd.Author = "ana" }, registry.ParameterMissing, "a name and an e-mail address"},
		{"name", func() { cmd.Name = new("M") }, registry.ParameterMissing, "a name and an e-mail address"},
		{"e-mail address", func() { cmd.Email = new("f@example.com") }, registry.ParameterSyntax, "no base address of RDAP"},
		{"scheme", func() { cmd.RDAP = new("https://rdap.example") }, registry.ParameterSyntax, "no base address of RDAP"},
		{"slash", func() { cmd.RDAP = new("https://rdap.example/?a=/") }, registry.ParameterSyntax, "no base address of RDAP"},
		{"host", func() { cmd.RDAP = new("https:///rdap/") }, registry.ParameterSyntax, "no base address of RDAP"},
	})
	cmd.RDAP = new("https://rdap.example/")
	cmd.Email, cmd.Voice = new("f@example.com"), new("")
	if r := w.Do("", cmd).(registry.Registrar); r.Name != "M" || r.Email != "f@example.com" || r.Voice != "" || r.RDAP != "https://rdap.example/" || r.Changed.Author != "ana" {
		t.Errorf("the registrar is %+v", r)
	}
}

// What becomes of names at their expiry is set, and set again; each change holds from its instant on, and one that
// changes nothing leaves nothing behind. Manual 6.2, decisions 3.4.
func TestAutoRenewIsSet(t *testing.T) {
	w := world.New(t, noon)
	for _, name := range []string{"first.co", "second.co"} {
		w.Domain(world.Acme, name)
		w.Pass(day)
	}
	set := func(on bool) registry.Registrar {
		return w.Do("", flow.RegistrarSet{Act: act(world.Acme), AutoRenew: &on}).(registry.Registrar)
	}
	if r := set(true); len(r.RenewModel) != 0 {
		t.Errorf("what holds anyway is kept as %v", r.RenewModel)
	}
	set(false)
	w.At("2027-03-02T12:00:00Z")
	if r := set(true); len(r.RenewModel) != 2 {
		t.Errorf("two changes are kept as %v", r.RenewModel)
	}
	w.At("2027-03-03T12:00:00Z")
	for name, want := range map[string]registry.RGPStatus{"first.co": registry.RGPRedemption, "second.co": registry.RGPStatus(registry.AutoRenewGrace)} {
		reply, err := w.Ask(world.Acme, flow.DomainInfo{Name: world.Name(name)})
		if err != nil {
			t.Fatal(err)
		}
		if got := reply.(flow.DomainDetails).RGPStatuses; len(got) != 1 || got[0] != want {
			t.Errorf("%s is in %v, want %s", name, got, want)
		}
	}
}
