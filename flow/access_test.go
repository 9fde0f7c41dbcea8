package flow_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Everything is wrong with the first command. Each row puts one thing right.
func TestAccessTokenPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Service.Profile.Versions[0].Terms.Limits.RDAP.Tokens = 1
	w.Do("", flow.AccessTokenIssue{Act: act(""), Role: registry.AccessOperator, Holder: "ana", Days: 1})
	cmd := flow.AccessTokenIssue{Act: flow.Act{Registrar: world.Stranger}, Role: "police", Holder: "a\x1b[2J", Days: 367}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cmd }, []step{
		{func() {}, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { cmd.Author = "ana" }, registry.ParameterMissing, "this is not done without a reason; say why"},
		{func() { cmd.Reason = "a test" }, registry.ParameterRange, "there is no such role; the roles are registrar, operator and law-enforcement"},
		{func() { cmd.Role = registry.AccessLaw }, registry.ParameterPolicy, "only a token of the role registrar is for one registrar; leave the registrar out"},
		{func() { cmd.Role, cmd.Registrar = registry.AccessRegistrar, "" }, registry.ParameterMissing, "a token of the role registrar shows the contacts of one registrar; give --registrar"},
		{func() { cmd.Registrar = "H9" }, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
		{func() { cmd.Registrar = world.Acme }, registry.ParameterSyntax, "a token needs a holder; say in 1 to 100 printable characters who gets it"},
		{func() { cmd.Holder = "its desk" }, registry.ParameterRange, "every token ends; choose 1 to 366 days"},
		{func() { cmd.Days = 366 }, registry.ParameterPolicy, "there are 1 tokens that have not ended; revoke one first"},
	}, func() { w.Service.Profile.Versions[0].Terms.Limits.RDAP.Tokens = 10 })

	issued := w.Do("", flow.AccessTokenIssue{Act: act(""), Role: registry.AccessOperator, Holder: "eva", Days: 1}).(flow.AccessTokenIssued)
	revoke := flow.AccessTokenRevoke{ID: "nothing"}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", revoke }, []step{
		{func() {}, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { revoke.Act = act("") }, registry.ObjectMissing, "there is no such token; list them"},
	}, func() { revoke.ID = issued.ID })
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", revoke }, []step{
		{func() {}, registry.StatusProhibits, "the token has ended already; nothing is left to revoke"},
	}, func() {
		revoke.ID = w.Do("", flow.AccessTokenIssue{Act: act(""), Role: registry.AccessOperator, Holder: "eva", Days: 1}).(flow.AccessTokenIssued).ID
	})
}

// A token is worth what its role says until it ends, and nothing that resembles it is worth anything. What is kept and
// listed of it would let nobody in.
func TestAccessTokens(t *testing.T) {
	w := world.New(t, noon)
	issue := func(role registry.AccessRole, who registry.RegistrarID) flow.AccessTokenIssued {
		return w.Do("", flow.AccessTokenIssue{Act: act(who), Role: role, Holder: "unit 7", Days: 2}).(flow.AccessTokenIssued)
	}
	law, own := issue(registry.AccessLaw, ""), issue(registry.AccessRegistrar, world.Acme)
	for _, test := range []struct {
		token flow.AccessTokenIssued
		want  flow.Viewer
	}{
		{law, flow.Viewer{Kind: flow.ByAuthority}},
		{own, flow.Viewer{Kind: flow.ByRegistrar, Registrar: world.Acme}},
		{issue(registry.AccessOperator, ""), flow.Viewer{Kind: flow.ByOperator}},
	} {
		caller, err := w.Service.CallerByToken(t.Context(), test.token.Secret)
		if err != nil || caller.Viewer != test.want || caller.Who != test.token.ID || caller.Holder != "unit 7" {
			t.Errorf("a token of the role %s: %+v, %v", test.token.Role, caller, err)
		}
	}
	secret := "nothing"
	refusals(t, func() error { _, err := w.Service.CallerByToken(t.Context(), secret); return err }, []step{
		{func() {}, registry.Authentication, "the token is not valid; ask the registry for another"},
	}, func() { secret = law.Secret })
	wrong := func(secret string) {
		t.Helper()
		if caller, err := w.Service.CallerByToken(t.Context(), secret); err == nil {
			t.Errorf("%q is taken for %+v", secret, caller)
		}
	}
	for _, secret := range []string{
		"", ".", law.ID, law.ID + ".", law.Secret + "x", law.Secret[:len(law.Secret)-1], strings.ToLower(law.Secret),
		own.ID + law.Secret[len(law.ID):], strings.Repeat("x", 10_000), "\x00", strings.Repeat("\xff", len(law.ID)) + law.Secret[len(law.ID):],
		strings.Repeat("\x00", len(law.ID)) + ".",
	} {
		wrong(secret)
	}
	rest, _ := strings.CutPrefix(law.Secret, law.ID+".")
	if dump := w.Dump() + w.Rows("SELECT id, body FROM access_token"); strings.Contains(dump, rest) {
		t.Error("the secret is kept")
	}
	list := func(ended bool) []registry.AccessToken {
		return answer(t, w, "", flow.AccessTokenList{Ended: ended}).([]registry.AccessToken)
	}
	if all := list(false); len(all) != 3 || all[0].Hash != nil {
		t.Errorf("the tokens are %+v", all)
	}
	w.Do("", flow.RegistrarSuspend{Act: act(world.Acme)})
	refusals(t, func() error { _, err := w.Service.CallerByToken(t.Context(), own.Secret); return err }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
	}, func() { w.Do("", flow.RegistrarSuspend{Act: act(world.Acme), Resume: true}) })
	w.Do("", flow.AccessTokenRevoke{Act: act(""), ID: own.ID})
	wrong(own.Secret)
	w.At("2026-03-03T11:59:59Z")
	if _, err := w.Service.CallerByToken(t.Context(), law.Secret); err != nil {
		t.Errorf("a second before its end: %v", err)
	}
	w.At("2026-03-03T12:00:00Z")
	wrong(law.Secret)
	if now, ever := len(list(false)), len(list(true)); now != 0 || ever != 3 {
		t.Errorf("%d tokens have not ended, of %d that there were", now, ever)
	}
}

// It is kept who looked what up and for what, as long as policy says; those who need a purpose are refused without one.
func TestAccessRecordPrecedence(t *testing.T) {
	w := world.New(t, noon)
	law := flow.Caller{Viewer: flow.Viewer{Kind: flow.ByAuthority}, Who: "0123456789", Role: registry.AccessLaw, Holder: "unit 7"}
	record := flow.AccessRecord{Caller: law, Query: "domain/" + strings.Repeat("\xff", 1000), Address: netip.MustParseAddr("192.0.2.7")}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", record }, []step{
		{func() {}, registry.ParameterMissing, "a lookup that shows what is closed needs a purpose; say what the data is for"},
		{func() { record.Caller.Purpose = "a\nb" }, registry.ParameterSyntax, "the purpose cannot be kept; say it in at most 300 printable characters"},
		{func() { record.Caller.Purpose = "a\xffb" }, registry.ParameterSyntax, "the purpose cannot be kept; say it in at most 300 printable characters"},
		{func() { record.Caller.Purpose = strings.Repeat("x", 301) }, registry.ParameterSyntax, "the purpose cannot be kept; say it in at most 300 printable characters"},
	}, func() { record.Caller.Purpose = "case 14" })
	w.At("2026-03-01T13:00:00Z")
	own := flow.Caller{Viewer: flow.Viewer{Kind: flow.ByRegistrar, Registrar: world.Acme}, Who: "H1001", Role: registry.AccessRegistrar}
	w.Do(world.Acme, flow.AccessRecord{Caller: own, Query: "domain/shop.co"})

	list := func(f registry.AccessFilter, limit int) (who []string) {
		for _, a := range answer(t, w, "", flow.AccessList{AccessFilter: f, Limit: limit}).([]registry.Access) {
			who = append(who, a.Who)
		}
		return who
	}
	first := answer(t, w, "", flow.AccessList{AccessFilter: registry.AccessFilter{Who: "0123456789"}}).([]registry.Access)
	if len(first) != 1 || first[0].Purpose != "case 14" || first[0].Address != netip.MustParseAddr("192.0.2.7") || len(first[0].Query) > 310 {
		t.Errorf("of the first it is kept: %+v", first)
	}
	for _, test := range []struct {
		filter registry.AccessFilter
		limit  int
		want   string
	}{
		{registry.AccessFilter{}, 0, "H1001 0123456789"},
		{registry.AccessFilter{}, 1, "H1001"},
		{registry.AccessFilter{Who: "H1001"}, 0, "H1001"},
		{registry.AccessFilter{Who: "H1002"}, 0, ""},
		{registry.AccessFilter{Since: w.Now()}, 0, "H1001"},
		{registry.AccessFilter{Before: first[0].ID + 1}, 0, "0123456789"},
		{registry.AccessFilter{Before: first[0].ID}, 0, ""},
	} {
		if got := strings.Join(list(test.filter, test.limit), " "); got != test.want {
			t.Errorf("%+v, at most %d: %q, want %q", test.filter, test.limit, got, test.want)
		}
	}
	days := w.Service.Profile.Versions[0].Terms.Limits.RDAP.AccessDays
	w.At(w.Now().AddDate(0, 0, int(days)).Add(-time.Minute).Format(time.RFC3339))
	w.Do(world.Acme, flow.AccessRecord{Caller: own, Query: "domain/shop.co"})
	if got := strings.Join(list(registry.AccessFilter{}, 0), " "); got != "H1001 H1001" {
		t.Errorf("after %d days there are the records of %q", days, got)
	}
}

// A registrar's password lets it in as itself, and a wrong one nobody.
func TestCallerByPassword(t *testing.T) {
	w := world.New(t, noon)
	k := flow.Credentials{Registrar: world.Acme, Password: world.Password, From: netip.MustParseAddr("127.0.0.1")}
	caller, err := w.Service.CallerByPassword(t.Context(), k)
	if err != nil || caller.Viewer != (flow.Viewer{Kind: flow.ByRegistrar, Registrar: world.Acme}) || caller.Who != "H1001" {
		t.Errorf("the right password: %+v, %v", caller, err)
	}
	k.Password = "Wrong123"
	if caller, err := w.Service.CallerByPassword(t.Context(), k); err == nil || caller != (flow.Caller{}) {
		t.Errorf("a wrong password: %+v, %v", caller, err)
	}
}
