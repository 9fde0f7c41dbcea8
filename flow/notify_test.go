package flow_test

import (
	"strings"
	"testing"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// What the registrars of a world are told of one maintenance, by poll messages and by mails: as each has it, and
// at the address that it has for it.
func TestNotify(t *testing.T) {
	w := world.New(t, "2027-05-01T12:00:00Z")
	set := func(r registry.Registrar) {
		r.Name, r.Email = "x", strings.ToLower(string(r.ID))+"@example.com"
		w.Do("", flow.RegistrarCreate{Registrar: r})
	}
	set(registry.Registrar{ID: "R100"})
	set(registry.Registrar{ID: "R200", PollOff: true, Mailing: registry.Mailing{Operator: "noc@example.com", Language: registry.Spanish}})
	set(registry.Registrar{ID: "R300", Wishes: map[registry.Event]registry.Wish{registry.EventMaintenance: {Mail: new(false)}}})
	set(registry.Registrar{ID: "R400", Wishes: map[registry.Event]registry.Wish{registry.EventMaintenance: {Poll: new(false)}}})
	w.Do("", flow.MaintenanceAdd{Maintenance: maintenance})
	tellAll(w)

	if got, want := w.Rows("SELECT registrar FROM poll WHERE registrar LIKE 'R%' ORDER BY registrar"), "R100\nR300\n"; got != want {
		t.Errorf("poll messages of\n%s\nwant\n%s", got, want)
	}
	got := w.Rows("SELECT registrar, recipient, language, template, kind, version, attempts FROM mail WHERE registrar LIKE 'R%' ORDER BY registrar")
	want := `R100 | r100@example.com | en | maintenance | maintenance | 1 | 0
R200 | noc@example.com | es | maintenance | maintenance | 1 | 0
R400 | r400@example.com | en | maintenance | maintenance | 1 | 0
`
	if got != want {
		t.Errorf("mails\n%s\nwant\n%s", got, want)
	}
}

// A registrar has so many mails in the outbox and no more; its queue goes on, and so do the mails of others.
func TestOutboxIsBounded(t *testing.T) {
	w := world.New(t, "2027-05-01T12:00:00Z")
	w.Service.Profile.Versions[0].Terms.Limits.MailsPerRegistrar = 2
	announce := func() {
		w.Do("", flow.MaintenanceAdd{Maintenance: maintenance})
		tellAll(w)
	}
	announce()
	announce()
	w.Do("", flow.RegistrarCreate{Registrar: registry.Registrar{ID: "R100", Email: "r100@example.com"}})
	announce()
	for who, want := range map[registry.RegistrarID]string{world.Acme: "2", "R100": "1"} {
		if got := w.Rows("SELECT COUNT(*) FROM mail WHERE registrar = $1", string(who)); got != want+"\n" {
			t.Errorf("%s mails of %s wait, want %s", got, who, want)
		}
	}
	if got := w.Take(world.Acme); len(got) != 3 {
		t.Errorf("%d poll messages, want 3", len(got))
	}
}

// Mails that one command makes count for each other: here a purge of a name with three hosts below it.
func TestOutboxIsBoundedInACommand(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Service.Profile.Versions[0].Terms.Limits.MailsPerRegistrar = 2
	w.Service.Profile.Versions[0].Terms.Notices = map[registry.Event]policy.Telling{registry.EventHostGone: {Poll: true, Mail: true}}
	w.Domain(world.Acme, "above.co")
	hosts := []string{"ns1.above.co", "ns2.above.co", "ns3.above.co"}
	for _, h := range hosts {
		w.Host(world.Acme, h, "192.0.2.1")
	}
	w.Domain(world.Other, "shop.co", hosts...)
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("above.co")})
	if got := w.Rows("SELECT recipient, template FROM mail"); got != strings.Repeat("hostmaster@h1002.example | host-gone\n", 2) {
		t.Errorf("mails\n%s", got)
	}
	if got := w.Take(world.Other); len(got) != 3 {
		t.Errorf("%d poll messages, want 3", len(got))
	}
}

// A registrar's wish is kept, changed in one part and taken back, and what it reads of the others stays.
func TestRegistrarNotice(t *testing.T) {
	w := world.New(t, noon)
	show := func(e registry.Event) flow.NoticeRow {
		t.Helper()
		reply, err := w.Ask("", flow.NoticeList{Registrar: world.Acme})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range reply.([]flow.NoticeRow) {
			if row.Event == e {
				return row
			}
		}
		t.Fatalf("no row of %s", e)
		return flow.NoticeRow{}
	}
	for _, test := range []struct {
		name       string
		poll, mail flow.Switch
		want       policy.Telling
	}{
		{"as the profile has it", "", "", policy.Telling{Poll: true}},
		{"a mail too", "", flow.SwitchOn, policy.Telling{Poll: true, Mail: true}},
		{"no poll message", flow.SwitchOff, "", policy.Telling{Mail: true}},
		{"nothing at all", "", flow.SwitchOff, policy.Telling{}},
		{"the queue as before", flow.SwitchDefault, "", policy.Telling{Poll: true}},
		{"all as before", "", flow.SwitchDefault, policy.Telling{Poll: true}},
	} {
		w.Do("", flow.RegistrarNotice{Act: act(world.Acme), Event: registry.EventAutoRenewed, Poll: test.poll, Mail: test.mail})
		if got := show(registry.EventAutoRenewed); got.Tells != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got.Tells, test.want)
		}
		if got := show(registry.EventSuspended); got.Tells != (policy.Telling{Poll: true}) {
			t.Errorf("%s: another event is told %+v", test.name, got.Tells)
		}
	}
	w.Do("", flow.RegistrarSet{Act: act(world.Acme), Transfers: new("moves@example.com"), MailsOfTransfers: new(true)})
	if got := show(registry.EventTransferRejected); !got.Tells.Mail || got.Address != "moves@example.com" || got.Desk != registry.DeskTransfers {
		t.Errorf("with mails of transfers: %+v", got)
	}
}

// Everything is wrong with the first wish and the first settings; each step puts one thing right.
func TestRegistrarNoticePrecedence(t *testing.T) {
	w := world.New(t, noon)
	wish := flow.RegistrarNotice{Act: flow.Act{Registrar: world.Stranger}, Event: "reborn", Poll: "maybe"}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", wish }, []step{
		{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
		{func() { wish.Registrar = world.Acme }, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { wish.Author = "ana" }, registry.ParameterRange, "there is no such event; there are transfer-requested, transfer-approved, transfer-rejected, transfer-cancelled, auto-renewed, auto-deleted, suspended, deleted, purged, restore-renewed, restore-lapsed, registry-action, ds-followed, ds-refused, host-renamed, host-gone, contact-linger, contact-purged, low-balance, account-hold, account-released, deposit-received, money-corrected, fee-proposed, fee-charged, invoice-made, certificate-ends, maintenance, text"},
		{func() { wish.Event = registry.EventPurged }, registry.ParameterRange, "this is no switch; write on, off or default"},
		{func() { wish.Poll = flow.SwitchOff }, registry.ParameterPolicy, "this message is in every queue that is on; switch the whole queue off to have none"},
	}, func() { wish.Event = registry.EventDeleted })

	set := flow.RegistrarSet{Act: act(world.Acme), Billing: new("bill"), Language: new(registry.Language("fr")), Postal: flow.PostalSet{
		Street: &[]string{"Calle 1", "", "3", "4"}, City: new("Bogot\n"), Postcode: new("12345678901234567"), Country: new("XX"),
	}}
	const badAddress = "this is no e-mail address; write LOCAL@DOMAIN in at most 254 characters of ASCII"
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", set }, []step{
		{func() {}, registry.ParameterSyntax, badAddress},
		{func() { set.Billing = new("búho@example.com") }, registry.ParameterSyntax, badAddress},
		{func() { set.Billing = new("a@" + strings.Repeat("a.", 130) + "co") }, registry.ParameterSyntax, badAddress},
		{func() { set.Billing = new("") }, registry.ParameterPolicy, "an address has at most three street lines; join some"},
		{func() { set.Postal.Street = &[]string{"Calle 1", ""} }, registry.ParameterSyntax, "a city cannot have the invisible character U+000A; leave it out"},
		{func() { set.Postal.City = new("Bogotá") }, registry.ParameterSyntax, "a postcode has at most 16 characters; send a shorter one"},
		{func() { set.Postal.Postcode = new("110111") }, registry.ParameterSyntax, "a street line is empty; leave it out"},
		{func() { set.Postal.Street = &[]string{"Calle 1"} }, registry.ParameterSyntax, "this is no assigned country code; send two letters of ISO 3166-1"},
		{func() { set.Postal.Country = new("co") }, registry.ParameterRange, "mails are not written in this language; choose one of en, es"},
	}, func() { set.Language = new(registry.Spanish) })

	_, err := w.Ask("", flow.NoticeList{Registrar: world.Stranger})
	wantRefusal(t, err, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all")
}

// A registrar that wants to hear of its own deletions is told of each, with the dates of what can be restored; others
// are not.
func TestOwnDeletionsAreTold(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Acme, "old.co")
	w.Domain(world.Other, "other.co")
	w.At("2026-04-01T12:00:00Z")
	w.Domain(world.Acme, "young.co")
	w.Do("", flow.RegistrarNotice{Act: act(world.Acme), Event: registry.EventDeleted, Poll: flow.SwitchOn, Mail: flow.SwitchOn})
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("old.co")})
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("young.co")})
	w.Do(world.Other, flow.DomainDelete{Name: world.Name("other.co")})
	if got := w.Rows("SELECT recipient, template FROM mail"); got != strings.Repeat("hostmaster@h1001.example | deleted\n", 2) {
		t.Errorf("mails\n%s", got)
	}
	atOnce := map[string]bool{}
	for _, m := range w.Take(world.Acme) {
		if n, ok := m.Notice.(registry.ChangeNotice); ok && n.Event() == registry.EventDeleted && len(n.Domain.AuthInfo) == 0 {
			atOnce[n.Domain.Name.String()] = n.Before && n.Domain.Deletion.RestorableTil.IsZero()
		}
	}
	if len(atOnce) != 2 || atOnce["old.co"] || !atOnce["young.co"] {
		t.Errorf("told %v, want old.co as it is now, and young.co as it was", atOnce)
	}
	if got := w.Take(world.Other); len(got) > 0 {
		t.Errorf("another is told %+v", got)
	}
}
