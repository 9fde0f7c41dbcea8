package flow_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// own is what a user of a registrar does to its account.
func own(who registry.RegistrarID) flow.Act {
	return flow.Act{Registrar: who, Author: "eva@h1001.example"}
}

// What a registrar may do to its own account it may do to no other, suspended to none, and never without its user.
func TestOwnActsRefusals(t *testing.T) {
	w := world.New(t, noon)
	for name, make := range map[string]func(flow.Act) flow.Command{
		"set":      func(a flow.Act) flow.Command { return flow.RegistrarSet{Act: a, Voice: new("+57.6015550101")} },
		"password": func(a flow.Act) flow.Command { return flow.RegistrarPassword{Act: a, To: "a hash"} },
		"network": func(a flow.Act) flow.Command {
			return flow.RegistrarNetwork{Act: a, Network: netip.MustParsePrefix("203.0.113.0/24")}
		},
		"notice": func(a flow.Act) flow.Command {
			return flow.RegistrarNotice{Act: a, Event: registry.EventDeleted, Mail: flow.SwitchOn}
		},
		"poll": func(a flow.Act) flow.Command {
			return flow.RegistrarPoll{Registrar: a.Registrar, Author: a.Author, Off: true}
		},
		"upload": func(a flow.Act) flow.Command {
			return flow.CertificateUpload{Act: a, PEM: world.Certificate("a", noonNextYear)}
		},
		"issue": func(a flow.Act) flow.Command {
			return flow.CertificateIssue{Act: a, Request: world.CertificateRequest("a")}
		},
	} {
		who, act := world.Suspended, flow.Act{Registrar: world.Acme}
		precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, make(act) }, []step{
			{func() {}, registry.Authorization, "the account is another registrar's; change your own"},
			{func() { act.Registrar = world.Suspended }, registry.Authorization, "the registrar is not active; ask the registry"},
			{func() { who, act.Registrar = world.Acme, world.Acme }, registry.ParameterMissing, "there is no author; name who decided it"},
		}, func() { act.Author = "eva@h1001.example" })
		t.Log(name)
	}
	for _, cmd := range []flow.Command{
		flow.RegistrarSuspend{Act: own(world.Acme)},
		flow.CertificateAdd{Registrar: world.Acme, Certificate: certificate("ab")},
	} {
		_, err := w.Run(world.Acme, cmd)
		wantRefusal(t, err, registry.Authorization, "the registry alone does this; ask it")
	}
	_, err := w.Run(world.Acme, flow.CertificateRemove{Registrar: world.Other, Fingerprint: "ab", Author: "eva"})
	wantRefusal(t, err, registry.Authorization, "the account is another registrar's; change your own")
}

var noonNextYear = time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)

// Everything is wrong with what a registrar sets first. Each step puts one thing right.
func TestOwnSettingsRefusals(t *testing.T) {
	w := world.New(t, noon)
	set := flow.RegistrarSet{
		Act: own(world.Acme), Name: new("Another, Inc."), Voice: new("555"), Fax: new("+1.2 3"),
		Website: new("javascript:alert(1)"), Port43: new("who is"),
	}
	const (
		identity = "the registry keeps a registrar's name, trading name and IANA id; ask it to change them"
		number   = "this is no telephone number; write +CC.NUMBER, such as +57.6015550100, in at most 17 characters"
		site     = "this is no address of a web site; write one such as https://registrar.example in at most 255 characters of ASCII"
	)
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return world.Acme, set }, []step{
		{func() {}, registry.ParameterPolicy, identity},
		{func() { set.Name, set.TradingName = nil, new("T") }, registry.ParameterPolicy, identity},
		{func() { set.TradingName, set.IANAID = nil, new(1) }, registry.ParameterPolicy, identity},
		{func() { set.IANAID = nil }, registry.ParameterSyntax, number},
		{func() { set.Voice = new("+57.601\r\nBcc: x") }, registry.ParameterSyntax, number},
		{func() { set.Voice = new("+57.6015550101") }, registry.ParameterSyntax, number},
		{func() { set.Fax = new("") }, registry.ParameterSyntax, site},
		{func() { set.Website = new("https://a.example/\r\nX: y") }, registry.ParameterSyntax, site},
		{func() { set.Website = new("https://user@a.example/") }, registry.ParameterSyntax, site},
		{func() { set.Website = new("https://a.example/" + strings.Repeat("x", 255)) }, registry.ParameterSyntax, site},
		{func() { set.Website = new("https://a.example/") }, registry.ParameterSyntax, "this is no name of a host; write one such as whois.registrar.example"},
	}, func() { set.Port43 = new("whois.h1001.example") })
	r := w.Do(world.Acme, set).(registry.Registrar)
	if r.Changed.Author != "eva@h1001.example" || r.Changed.Reason != "" || r.Website != "https://a.example/" || r.WHOIS != "whois.h1001.example" {
		t.Errorf("the registrar is %+v", r)
	}
}

// A setting that is dated is not changed for ever: each version of the registrar has all its changes.
func TestDatedSettingsRefusals(t *testing.T) {
	w := world.New(t, noon)
	r := registry.Registrar{ID: "H7001", Name: "N", Email: "e@example.com"}
	for n := range 1000 {
		r.RenewModel = append(r.RenewModel, registry.DatedRenewModel{From: w.Now().Add(time.Duration(n) * time.Millisecond), AutoRenew: n%2 == 1})
	}
	w.Do("", flow.RegistrarCreate{Registrar: r})
	w.Pass(time.Hour)
	on := false
	precedence(t, w, func() (registry.RegistrarID, flow.Command) {
		return "H7001", flow.RegistrarSet{Act: own("H7001"), AutoRenew: &on}
	}, []step{
		{func() {}, registry.ParameterPolicy, "this setting has been changed 1000 times; ask the registry to change it"},
	}, func() { on = true })
}

func TestOwnNetworkRefusals(t *testing.T) {
	w := world.New(t, noon)
	cmd := flow.RegistrarNetwork{Act: own(world.Acme)}
	const none = "this is no network; write an address, or a network such as 192.0.2.0/24 or 2001:db8::/32"
	network := func(text string) func() { return func() { cmd.Network = netip.MustParsePrefix(text) } }
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return world.Acme, cmd }, []step{
		{func() {}, registry.ParameterSyntax, none},
		{network("192.0.2.1/24"), registry.ParameterSyntax, none},
		{network("::ffff:192.0.2.0/120"), registry.ParameterSyntax, none},
		{network("0.0.0.0/0"), registry.ParameterPolicy, "this network is too wide: it is at most /8; list the networks that are yours"},
		{network("2000::/3"), registry.ParameterPolicy, "this network is too wide: it is at most /19; list the networks that are yours"},
	}, network("2001:db8::/32"))
	cmd.Remove = true
	w.Do(world.Acme, cmd)
	w.Do("", flow.RegistrarNetwork{Act: act(world.Acme), Network: netip.MustParsePrefix("0.0.0.0/0")}) // the operator knows why
}

// A new password is judged before it is hashed, and opens one door alone.
func TestHashPasswordRefusals(t *testing.T) {
	w := world.New(t, noon)
	ctx := context.Background()
	r := w.Do(world.Acme, flow.RegistrarPoll{Registrar: world.Acme, Author: "eva"}).(registry.Registrar)
	const illegal = "this cannot be a password; one has 8 to 128 characters that can be printed, no blank at its ends or beside another, and is not [LOGIN-SECURITY]"
	const same = "EPP and FTPS have passwords of their own; choose another"
	password, files := "", true
	attempt := func() error {
		hash, err := w.Service.HashPassword(ctx, r, password, files)
		if err == nil {
			r = w.Do(world.Acme, flow.RegistrarPassword{Act: own(world.Acme), To: hash, Files: files}).(registry.Registrar)
		}
		return err
	}
	to := func(text string) func() { return func() { password = text } }
	refusals(t, attempt, []step{
		{func() {}, registry.ParameterSyntax, illegal},
		{to("Abc-123"), registry.ParameterSyntax, illegal},
		{to(strings.Repeat("x", 129)), registry.ParameterSyntax, illegal},
		{to(" Abcd-1234"), registry.ParameterSyntax, illegal},
		{to("Abcd  1234"), registry.ParameterSyntax, illegal},
		{to("Abcd\t1234"), registry.ParameterSyntax, illegal},
		{to("Abcd\xff1234"), registry.ParameterSyntax, illegal},
		{to(flow.PasswordElsewhere), registry.ParameterSyntax, illegal},
		{to(world.Password), registry.ParameterPolicy, same},
	}, to("Otra-4321"))
	files = false
	refusals(t, attempt, []step{{func() {}, registry.ParameterPolicy, same}}, to(w.Service.NewPassword()))
	if r.FilesPassword == "" || r.FilesPassword == r.Password || !r.FilesChanged.Equal(w.Now()) {
		t.Errorf("the registrar has the passwords %q and %q", r.Password, r.FilesPassword)
	}
	seen := map[string]bool{}
	w.Service.Random = func(n int) []byte { b := make([]byte, n); _, _ = rand.Read(b); return b }
	for range 100 {
		made := w.Service.NewPassword()
		if len(made) != 16 || seen[made] || strings.ContainsAny(made, "0O1lI") {
			t.Errorf("a password is %q", made)
		}
		seen[made] = true
	}
	if text := fmt.Sprintf("%+v", w.Rows("SELECT body FROM history WHERE kind = 'registrar'")); strings.Contains(text, "argon2") {
		t.Errorf("a hash is in the history: %s", text)
	}
}
