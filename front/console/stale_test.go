package console

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// colleagues are changes of what forms are about, which somebody else makes, another one with each number.
func (r *rig) colleagues() map[string]func(n int) {
	act := flow.Act{Registrar: world.Acme, Author: "somebody"}
	servers := func(n int) []string { return []string{fmt.Sprintf("ns%d.example.net", n%2+1)} }
	return map[string]func(n int){
		"domains": func(n int) {
			d := r.stored("shop.co").Domain
			edit := flow.DomainUpdate{Name: d.Name, Add: flow.DomainEdit{Nameservers: world.Names(servers(n)...)}}
			for _, h := range d.Nameservers {
				edit.Remove.Nameservers = append(edit.Remove.Nameservers, h.Name)
			}
			r.Do(world.Acme, edit)
		},
		"contacts": func(n int) {
			r.Do(world.Acme, flow.ContactUpdate{ID: "ANA-1", Email: new(fmt.Sprintf("new%d@example.com", n))})
		},
		"hosts": func(n int) {
			lock := flow.HostEdit{Statuses: []registry.Status{registry.ClientDeleteProhibited}}
			if n%2 == 1 {
				r.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns9.example.net"), Add: lock})
			} else {
				r.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns9.example.net"), Remove: lock})
			}
		},
		"account": func(n int) {
			r.Do("", flow.RegistrarSet{Act: act, Website: new(fmt.Sprintf("https://new%d.example", n))})
		},
		"users": func(n int) {
			u := r.people[string(world.Acme)+" "+string(registry.RoleManager)]
			r.as(world.Acme, registry.RoleAdministrator).post(Path+"users/"+string(u.ID), "name", fmt.Sprintf("Eva %d", n), "role", "manager", "seen", "0").is(http.StatusSeeOther)
		},
	}
}

// A form that was made from an older version is refused, with what was written in it and what is there now beside it. Sent
// from that page it is done, unless it was changed once more. So it is with every form that has a version.
func TestFormsOfAnOlderVersion(t *testing.T) {
	for _, test := range []struct {
		kind, page string
		post       string // where the form is sent; the page's own address if empty
		sent       string
		shows      string // of the page after the refusal: what would change
		keeps      string // in the source of the page after the refusal
		done       int
	}{
		{kind: "domains", page: "domains/shop.co/servers", sent: "servers=ns3.example.net", shows: "Name servers, one on a line ns1.example.net ns3.example.net", keeps: ">ns3.example.net</textarea>"},
		{kind: "domains", page: "domains/shop.co/locks", sent: "lock=clientHold", shows: "Locks On hold", keeps: `value="clientHold" checked`},
		{kind: "domains", page: "domains/shop.co/contacts", sent: "registrant=ANA-1&admin=X-H1001&tech=X-H1001", shows: "Registrant X-H1001 ANA-1", keeps: `value="ANA-1"`},
		{kind: "domains", page: "domains/shop.co/ds", sent: "ds=12345 13 2 " + strings.Repeat("AB", 32), shows: "one on a line 12345 13 2 AB", keeps: "12345 13 2 AB"},
		{kind: "domains", page: "domains/shop.co/renew", sent: "term=1:20.00&agree=yes", shows: "This page shows it as it is now.", keeps: `value="1:20.00" checked`},
		{kind: "domains", page: "domains/shop.co/authinfo", sent: "how=clear", shows: "This page shows it as it is now."},
		{kind: "domains", page: "domains/shop.co/delete", sent: "agree=yes", shows: "This page shows it as it is now."},
		{kind: "contacts", page: "contacts/ANA-1/edit", sent: "loc-name=Ana&loc-street1=a&loc-city=b&loc-pc=110111&loc-cc=CO&voice=%2B57.6015550100&email=mine@example.com&do=save&open=email", shows: "E-mail new2@example.com mine@example.com", keeps: `value="mine@example.com"`},
		{kind: "contacts", page: "contacts/ANA-1/delete", shows: "This page shows it as it is now."},
		{kind: "hosts", page: "hosts/ns9.example.net/edit", sent: "name=ns9.example.net&lock=clientUpdateProhibited", shows: "Locks Not to be changed", keeps: `value="clientUpdateProhibited" checked`},
		{kind: "hosts", page: "hosts/ns9.example.net/delete", shows: "This page shows it as it is now."},
		{kind: "account", page: "account/details", sent: "city=Cali&website=https://mine.example", shows: "City Cali", keeps: `value="https://mine.example"`},
		{kind: "account", page: "account/addresses", sent: "primary=mine@example.com&language=es", shows: "Language of mails English Español", keeps: `value="mine@example.com"`},
		{kind: "account", page: "account/choices", sent: "premiums=yes", shows: "Premium names No Yes", keeps: `name="premiums" checked`},
		{kind: "account", page: "account/expiry", sent: "expiry=delete&sure=yes", shows: "They renew themselves for a year They are deleted", keeps: `value="delete" checked`},
		{kind: "account", page: "account/notices", sent: "event=auto-renewed&poll-auto-renewed=off&mail-auto-renewed=on", shows: "By mail: A name renewed itself As the registry has it Yes", keeps: `<details class="more" open>`},
		{kind: "account", page: "credentials/networks/new", post: "credentials/networks", sent: "network=192.0.2.9/32", shows: "This page shows it as it is now.", keeps: `value="192.0.2.9/32"`},
		{kind: "account", page: "credentials/passwords/epp", sent: "how=make", shows: "This page shows it as it is now.", done: http.StatusOK},
		{kind: "users", page: "users/{id}", sent: "name=Mine&role=domain-administrator", shows: "Role Manager Domain administrator", keeps: `value="Mine"`},
	} {
		t.Run(test.page, func(t *testing.T) {
			r := staleRig(t)
			change := r.colleagues()[test.kind]
			b := r.as(world.Acme, registry.RoleAdministrator)
			named := strings.NewReplacer("{id}", string(r.people[string(world.Acme)+" "+string(registry.RoleManager)].ID))
			page, post := Path+named.Replace(test.page), Path+named.Replace(test.page)
			if test.post != "" {
				post = Path + test.post
			}
			change(1)
			opened := b.get(page).is(http.StatusOK).seen()
			send := func(seen string, unless string) *reply {
				pairs := []string{"seen", seen}
				for _, field := range strings.Split(test.sent, "&") {
					name, value, _ := strings.Cut(field, "=")
					if name != "" && name != unless {
						pairs = append(pairs, name, strings.ReplaceAll(value, "%2B", "+"))
					}
				}
				return b.post(post, pairs...)
			}
			change(2)
			refused := send(opened, "").is(http.StatusUnprocessableEntity).says("This has been changed since you opened the page", test.shows)
			if !strings.Contains(markup.ReplaceAllString(refused.Body, ""), test.keeps) && !strings.Contains(refused.Body, test.keeps) {
				t.Errorf("the page has no %s: %s", test.keeps, refused.Body)
			}
			if !strings.Contains(refused.Body, `<a href="`+page+`">Open it again`) {
				t.Error("there is no way back to the page as it is")
			}
			if refused.seen() == opened {
				t.Error("the form cannot be sent again")
			}
			for _, tick := range []string{"agree", "sure"} {
				if strings.Contains(test.sent, tick+"=yes") {
					send(refused.seen(), tick).is(http.StatusUnprocessableEntity)
				}
			}
			change(3)
			again := send(refused.seen(), "").is(http.StatusUnprocessableEntity).says("This has been changed since you opened the page")
			if test.done == 0 {
				test.done = http.StatusSeeOther
			}
			if test.page == "hosts/ns9.example.net/delete" {
				change(4)
				again = b.get(page)
			}
			send(again.seen(), "").is(test.done)
		})
	}
}

// markup are the attributes that stand between those that a test looks for.
var markup = regexp.MustCompile(` (id|aria-describedby|value)="[^"]*"| required`)

// staleRig is a registrar with one of everything that a form with a version is about.
func staleRig(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, "2026-03-01T12:00:00Z")
	for _, name := range []string{"ns1.example.net", "ns2.example.net", "ns3.example.net", "ns9.example.net"} {
		r.Host(world.Acme, name)
	}
	r.Domain(world.Acme, "shop.co")
	r.Contact(world.Acme, "ANA-1")
	r.as(world.Acme, registry.RoleManager)
	return r
}

// What is wrong with a form is told before it is looked at whether it is of now: the version that its reader has seen stays
// the one that it carries.
func TestAFormKeepsTheVersionThatWasSeen(t *testing.T) {
	r := staleRig(t)
	change := r.colleagues()
	b := r.as(world.Acme, registry.RoleAdministrator)
	for _, test := range []struct {
		kind, page string
		wrong      []string
	}{
		{"domains", "domains/shop.co/servers", []string{"servers", "-x-"}},
		{"domains", "domains/shop.co/ds", []string{"ds", "1 2 3"}},
		{"domains", "domains/shop.co/renew", nil},
		{"hosts", "hosts/ns9.example.net/edit", []string{"name", "-"}},
		{"account", "account/expiry", []string{"expiry", "delete"}},
		{"contacts", "contacts/ANA-1/edit", []string{"do", "preview"}},
	} {
		opened := b.get(Path + test.page).is(http.StatusOK).seen()
		change[test.kind](1)
		again := b.post(Path+test.page, append(slices.Clone(test.wrong), "seen", opened)...)
		if again.seen() != opened {
			t.Errorf("%s: the form carries %s, and %s was looked at", test.page, again.seen(), opened)
		}
		change[test.kind](2)
	}
}
