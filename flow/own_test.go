package flow_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Lists of one's own: who asks, then what is wrong with the question, then whose it is.
func TestOwnListsPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "MINE")
	w.Host(world.Acme, "ns1.example.net")
	w.Queue(5, world.Acme, registry.TextNotice{Text: "mine"})
	w.Queue(6, world.Other, registry.TextNotice{Text: "theirs"})
	const inactive = "the registrar is not active; ask the registry"
	const foreign = "the cursor is not one that this search gave; begin at the first page"

	who, contacts := world.Suspended, flow.ContactList{By: "age", After: "x"}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, contacts }, []step{
		{func() {}, registry.Authorization, inactive},
		{func() { who = world.Acme }, registry.ParameterRange, "contacts are not listed by that; choose id, name, org or email"},
		{func() { contacts.By = registry.ByOrg }, registry.ParameterSyntax, foreign},
	}, func() { contacts.After = "" })

	who, hosts := world.Suspended, flow.HostList{Prefix: "ns_", After: "!"}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, hosts }, []step{
		{func() {}, registry.Authorization, inactive},
		{func() { who = world.Acme }, registry.ParameterSyntax, "no name of a host begins like that; write letters, digits, hyphens and dots"},
		{func() { hosts.Prefix = "NS" }, registry.ParameterSyntax, foreign},
	}, func() { hosts.After = "" })

	who, links := world.Suspended, flow.ContactLinks{ID: "NOBODY"}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, links }, []step{
		{func() {}, registry.Authorization, inactive},
		{func() { who = world.Other }, registry.ObjectMissing, "there is no such contact; check its id"},
		{func() { links.ID = "MINE" }, registry.Authorization, "another registrar sponsors the object; ask that registrar"},
	}, func() { who = world.Acme })

	who, served := world.Suspended, flow.HostLinks{Name: world.Name("ns9.example.net")}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, served }, []step{
		{func() {}, registry.Authorization, inactive},
		{func() { who = world.Other }, registry.ObjectMissing, "there is no such host; check its name"},
		{func() { served.Name = world.Name("ns1.example.net") }, registry.Authorization, "another registrar sponsors the object; ask that registrar"},
	}, func() { who = world.Acme })

	who = world.Suspended
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, flow.MessageList{} },
		[]step{{func() {}, registry.Authorization, inactive}}, func() { who = world.Acme })
	who, shown := world.Suspended, flow.MessageShow{ID: 6}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, shown }, []step{
		{func() {}, registry.Authorization, inactive},
		{func() { who = world.Acme }, registry.ObjectMissing, "no such message waits in the registrar's queue; send req and take the id of its answer"},
	}, func() { shown.ID = 5 })
	who = world.Suspended
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, flow.MessagesAck{Through: 5} },
		[]step{{func() {}, registry.Authorization, inactive}}, func() { who = world.Acme })
}

// A contact is found by the beginning of what it is called, in whatever spelling; each is listed once, in order, by its
// sponsor alone, and the pages end.
func TestContactList(t *testing.T) {
	w := world.New(t, noon)
	create := func(who registry.RegistrarID, id, name, org, email string) {
		w.Do(who, flow.ContactCreate{
			ID: id, Voice: &registry.Phone{Number: "+57.6015550100"}, Email: email, AuthInfo: "contact-secret",
			Loc: &registry.Postal{Name: name, Org: org, Street: []string{"Calle 10"}, City: "Bogotá", Postcode: "1", Country: "CO"},
		})
	}
	create(world.Acme, "Z-9", "Ana Peña", "", "ana@example.com")
	create(world.Acme, "a-1", "ANA  PEÑALOSA", "Flores Ltda", "flores@example.com")
	create(world.Acme, "a-2", "Eva Ruiz", "FLORES DEL SUR", "eva@example.org")
	create(world.Acme, "b-1", "Ana Pen", "", "ANA@example.net")
	create(world.Other, "a-3", "Ana Peña", "Flores", "ana@example.com")
	w.Domain(world.Acme, "shop.co")
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: billingContact("b-1")})
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Remove: flow.DomainEdit{Contacts: []flow.Role{{Role: "tech", ID: "X-H1001"}}}, Add: flow.DomainEdit{Contacts: []flow.Role{{Role: "tech", ID: "b-1"}}}})
	for _, test := range []struct {
		query flow.ContactList
		want  string
	}{
		{flow.ContactList{}, "a-1 a-2 b-1 X-H1001 Z-9"},
		{flow.ContactList{Prefix: "A-"}, "a-1 a-2"},
		{flow.ContactList{By: registry.ByPerson, Prefix: "ana pen"}, "b-1 X-H1001 Z-9 a-1"},
		{flow.ContactList{By: registry.ByPerson, Prefix: "Ana Peñ"}, "b-1 X-H1001 Z-9 a-1"},
		{flow.ContactList{By: registry.ByOrg, Prefix: "flores"}, "a-2 a-1"},
		{flow.ContactList{By: registry.ByEmail, Prefix: "ana@example.n"}, "b-1"},
		{flow.ContactList{By: registry.ByEmail, Prefix: "%"}, ""},
		{flow.ContactList{Links: registry.AnyLink}, "b-1 X-H1001"},
		{flow.ContactList{Links: registry.NoLink}, "a-1 a-2 Z-9"},
		{flow.ContactList{By: registry.ByPerson, Prefix: "ana", Links: registry.NoLink}, "Z-9 a-1"},
	} {
		for _, look := range []int{5000, 2} {
			w.Service.Profile.Versions = slices.Clone(w.Service.Profile.Versions)
			w.Service.Profile.Versions[0].Terms.Limits.Lists.Looked = look
			for _, limit := range []int{0, 1, 2} {
				q := test.query
				q.Limit = limit
				if got := listed(t, w, q); got != test.want {
					t.Errorf("%+v looks at %d and lists %q, want %q", q, look, got, test.want)
				}
			}
		}
	}
	page := answer(t, w, world.Acme, flow.ContactList{Prefix: "a", Limit: 1}).(flow.ContactsListed)
	if page.Count != 2 || page.Contacts[0].Linked || !slices.Contains(page.Contacts[0].EPPStatuses, registry.OK) {
		t.Errorf("the page is %+v", page)
	}
	linked := answer(t, w, world.Acme, flow.ContactLinks{ID: "B-1"}).(flow.LinksOfContact)
	if len(linked.Links) != 1 || linked.Links[0].Name.String() != "shop.co" || strings.Join(linked.Links[0].Roles, " ") != "billing tech" {
		t.Errorf("b-1 is linked by %+v", linked)
	}
}

// listed asks for all pages of a list of contacts.
func listed(t *testing.T, w *world.World, q flow.ContactList) string {
	t.Helper()
	var list []string
	for range 50 {
		page := answer(t, w, world.Acme, q).(flow.ContactsListed)
		for _, c := range page.Contacts {
			list = append(list, c.ID)
		}
		if q.After = page.After; q.After == "" {
			return strings.Join(list, " ")
		}
	}
	t.Fatal("the list does not end")
	return ""
}

// What time has done counts while nobody has written it down: a contact and a host that were transferred are listed by
// the one that has them, on the page where they belong, and names that are gone link nothing.
func TestOwnListsFollowTime(t *testing.T) {
	w := world.New(t, noon)
	for _, id := range []string{"B-1", "B-3"} {
		w.Contact(world.Acme, id)
	}
	w.Contact(world.Other, "B-2")
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.example.net")
	w.Host(world.Acme, "ns3.shop.co", "192.0.2.3")
	w.Domain(world.Other, "moved.co")
	w.Host(world.Other, "ns2.moved.co", "192.0.2.2")
	w.Domain(world.Deleter, "lapsed.co", "ns1.example.net")
	linkOnce(w, world.Deleter, "lapsed.co", "ONCE")
	w.At("2026-06-01T12:00:00Z")
	w.Settle()
	w.Do(world.Acme, flow.ContactTransfer{ID: "B-2", AuthInfo: new("contact-secret")})
	w.Do(world.Acme, flow.DomainTransfer{Name: world.Name("moved.co"), AuthInfo: new("domain-secret")})
	hosts := func(who registry.RegistrarID, limit int, links registry.Links) string {
		var list []string
		q := flow.HostList{Prefix: "ns", Limit: limit, Links: links}
		for range 50 {
			page := answer(t, w, who, q).(flow.HostsListed)
			for _, h := range page.Hosts {
				list = append(list, h.Name.String())
			}
			if q.After = page.After; q.After == "" {
				break
			}
		}
		return strings.Join(list, " ")
	}
	if got := hosts(world.Acme, 1, ""); got != "ns1.example.net ns3.shop.co" {
		t.Errorf("before the transfer the hosts are %s", got)
	}
	w.At("2026-06-07T12:00:00Z")
	for _, limit := range []int{0, 1, 2} {
		if got := listed(t, w, flow.ContactList{Prefix: "b", Limit: limit}); got != "B-1 B-2 B-3" {
			t.Errorf("after the transfer the contacts are %s", got)
		}
		if got := hosts(world.Acme, limit, ""); got != "ns1.example.net ns2.moved.co ns3.shop.co" {
			t.Errorf("after the transfer the hosts are %s", got)
		}
	}
	if got := hosts(world.Other, 0, ""); got != "" {
		t.Errorf("who has lost its hosts lists %s", got)
	}
	if page := answer(t, w, world.Other, flow.ContactList{Prefix: "b"}).(flow.ContactsListed); len(page.Contacts) != 0 {
		t.Errorf("who has lost its contact lists %+v", page.Contacts)
	}
	if got := hosts(world.Acme, 1, registry.AnyLink); got != "ns1.example.net" {
		t.Errorf("the hosts in use are %s", got)
	}
	w.At("2027-05-01T12:00:00Z") // lapsed.co is gone, and nobody has written that down
	if links := answer(t, w, world.Acme, flow.HostLinks{Name: world.Name("ns1.example.net")}).(flow.LinksOfHost); len(links.Links) != 0 {
		t.Errorf("the host serves %+v", links.Links)
	}
	if got := hosts(world.Acme, 0, registry.NoLink); got != "ns1.example.net ns2.moved.co ns3.shop.co" {
		t.Errorf("the hosts that nobody uses are %s", got)
	}
}

// Names that link a contact or a host come a page at a time, each once.
func TestLinkPages(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	for i := range 5 {
		w.Domain(world.Acme, fmt.Sprintf("n%d.com.co", i), "ns1.example.net")
	}
	const want = "n0.com.co n1.com.co n2.com.co n3.com.co n4.com.co"
	var contacts, hosts []string
	for after := registry.ROID(""); ; {
		page := answer(t, w, world.Acme, flow.ContactLinks{ID: "x-h1001", After: after, Limit: 2}).(flow.LinksOfContact)
		for _, l := range page.Links {
			contacts = append(contacts, l.Name.String())
			if strings.Join(l.Roles, " ") != "admin registrant tech" {
				t.Errorf("%s links it as %v", l.Name, l.Roles)
			}
		}
		if after = page.After; after == "" {
			break
		}
	}
	for after := registry.ROID(""); ; {
		page := answer(t, w, world.Acme, flow.HostLinks{Name: world.Name("ns1.example.net"), After: after, Limit: 2}).(flow.LinksOfHost)
		for _, l := range page.Links {
			hosts = append(hosts, l.Name.String())
		}
		if after = page.After; after == "" {
			break
		}
	}
	slices.Sort(contacts)
	slices.Sort(hosts)
	if strings.Join(contacts, " ") != want || strings.Join(hosts, " ") != want {
		t.Errorf("the contact is linked by %v, the host by %v", contacts, hosts)
	}
}

// Messages are looked at without being acknowledged, and acknowledged one at a time or all up to one; twice is once.
func TestMessages(t *testing.T) {
	w := world.New(t, noon)
	w.Service.Profile.Versions = slices.Clone(w.Service.Profile.Versions)
	w.Service.Profile.Versions[0].Terms.Limits.PollCounted = 4
	for i := range int64(9) {
		w.Queue(10+i, world.Acme, registry.TextNotice{Text: strconv.FormatInt(i, 10)})
	}
	w.Queue(30, world.Other, registry.TextNotice{Text: "theirs"})
	waiting := func(q flow.MessageList) string {
		var list []string
		for {
			page := answer(t, w, world.Acme, q).(flow.MessagesListed)
			for _, m := range page.Messages {
				list = append(list, strconv.FormatInt(m.ID, 10))
			}
			if q.After = page.After; q.After == 0 {
				return strings.Join(list, " ")
			}
		}
	}
	for range 2 { // it acknowledges nothing
		if got := waiting(flow.MessageList{Limit: 2}); got != "10 11 12 13 14 15 16 17 18" {
			t.Errorf("there wait %s", got)
		}
	}
	if shown := answer(t, w, world.Acme, flow.MessageShow{ID: 12}).(flow.MessageShown); shown.Notice != (registry.TextNotice{Text: "2"}) {
		t.Errorf("message 12 is %+v", shown)
	}
	for _, test := range []struct {
		cmd  flow.MessagesAck
		want flow.MessagesAcked
		left string
	}{
		{flow.MessagesAck{Through: 12}, flow.MessagesAcked{1, 4}, "10 11 13 14 15 16 17 18"},
		{flow.MessagesAck{Through: 12}, flow.MessagesAcked{0, 4}, "10 11 13 14 15 16 17 18"},
		{flow.MessagesAck{Through: 30}, flow.MessagesAcked{0, 4}, "10 11 13 14 15 16 17 18"},
		{flow.MessagesAck{Through: 13, Before: true}, flow.MessagesAcked{3, 4}, "14 15 16 17 18"},
		{flow.MessagesAck{Through: 13, Before: true}, flow.MessagesAcked{0, 4}, "14 15 16 17 18"},
		{flow.MessagesAck{Through: 99, Before: true}, flow.MessagesAcked{4, 1}, "18"},
		{flow.MessagesAck{Through: 99, Before: true}, flow.MessagesAcked{1, 0}, ""},
	} {
		if got := w.Do(world.Acme, test.cmd); got != test.want {
			t.Errorf("%+v replies %+v, want %+v", test.cmd, got, test.want)
		}
		if got := waiting(flow.MessageList{}); got != test.left {
			t.Errorf("after %+v there wait %s, want %s", test.cmd, got, test.left)
		}
	}
	w.Do("", flow.RegistrarPoll{Registrar: world.Other, Off: true})
	if page := answer(t, w, world.Other, flow.MessageList{}).(flow.MessagesListed); !page.Off || len(page.Messages) > 0 {
		t.Errorf("who wants none is shown %+v", page)
	}
	if got := w.Do(world.Other, flow.MessagesAck{Through: 99, Before: true}); got != (flow.MessagesAcked{}) {
		t.Errorf("who wants none acknowledges %+v", got)
	}
}
