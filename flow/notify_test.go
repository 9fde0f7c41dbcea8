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
