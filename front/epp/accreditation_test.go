package epp_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/front/epp"
	"example.org/dorado/test/world"
)

// A step is a frame of somebody after some time, and which items of the accreditation's list it ticks: those and no
// others, so that a step that ticks nothing is a near miss.
type step struct {
	who   registry.RegistrarID
	wait  time.Duration
	frame string
	code  string
	ticks string // ids, in the order of the list
}

const uriFee = "urn:ietf:params:xml:ns:epp:fee-1.0"

// extended puts an extension into a frame.
func extended(frame, extension string) string {
	return strings.Replace(frame, "<clTRID>", "<extension>"+extension+"</extension><clTRID>", 1)
}

func aDomain(name, rest string) string { return "<domain:name>" + name + "</domain:name>" + rest }

// anew is a create of a name, with more before its registrant.
func anew(name, more string) string {
	return strings.Replace(strings.Replace(create("CMD-A", name), "<domain:registrant>", more+"<domain:registrant>", 1), "domain-secret", strongSecret, 1)
}

func transferOf(op, name, secret string) string {
	if secret != "" {
		secret = "<domain:authInfo><domain:pw>" + secret + "</domain:pw></domain:authInfo>"
	}
	return command("CMD-A", `<transfer op="`+op+`"><domain:transfer xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">`+aDomain(name, secret)+`</domain:transfer></transfer>`)
}

const (
	feeSaid  = `<fee:create xmlns:fee="` + uriFee + `"><fee:fee>100.00</fee:fee></fee:create>`
	dsAdded  = `<secDNS:update xmlns:secDNS="urn:ietf:params:xml:ns:secDNS-1.1"><secDNS:add><secDNS:dsData><secDNS:keyTag>12345</secDNS:keyTag><secDNS:alg>13</secDNS:alg><secDNS:digestType>2</secDNS:digestType><secDNS:digest>49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD</secDNS:digest></secDNS:dsData></secDNS:add></secDNS:update>`
	restores = `<rgp:update xmlns:rgp="urn:ietf:params:xml:ns:rgp-1.0"><rgp:restore op="request"/></rgp:update>`
	spanish  = `<idn:data xmlns:idn="urn:ietf:params:xml:ns:idn-1.0"><idn:table>es</idn:table><idn:uname>xn--espaol-zwa.co</idn:uname></idn:data>`
)

const aDay = 24 * time.Hour

// showing are the steps of a client that shows everything.
func showing() []step {
	return slices.Concat(showingObjects(), showingNames(), showingTransfers(), showingEnd())
}

func showingObjects() []step {
	const acme = world.Acme
	hosts := "<domain:ns><domain:hostObj>ns1.example.net</domain:hostObj></domain:ns>"
	return []step{
		{acme, 0, hello, "", "hello"},
		{acme, 0, about("info", "contact", "<contact:id>NOBODY</contact:id>"), "2303", "refused-missing"},
		{acme, 0, about("create", "contact", `<contact:id>NEW1</contact:id><contact:postalInfo type="loc"><contact:name>Ana</contact:name><contact:addr><contact:street>Calle 10</contact:street><contact:city>Bogota</contact:city><contact:pc>110221</contact:pc><contact:cc>CO</contact:cc></contact:addr></contact:postalInfo><contact:voice>+57.6015550100</contact:voice><contact:email>ana@example.com</contact:email><contact:authInfo><contact:pw>`+strongSecret+`</contact:pw></contact:authInfo>`), "1000", "contact-create"},
		{acme, 0, about("check", "contact", "<contact:id>NEW1</contact:id>"), "1000", ""},
		{acme, 0, about("info", "contact", "<contact:id>NEW1</contact:id>"), "1000", "contact-info"},
		{acme, 0, about("update", "contact", "<contact:id>NEW1</contact:id><contact:chg><contact:email>eva@example.com</contact:email></contact:chg>"), "1000", "contact-update"},
		{acme, 0, about("delete", "contact", "<contact:id>NEW1</contact:id>"), "1000", "contact-delete"},
		{acme, 0, about("create", "host", "<host:name>ns1.example.net</host:name>"), "1000", "host-create"},
		{acme, 0, about("create", "host", "<host:name>ns2.example.net</host:name>"), "1000", ""},
		{acme, 0, about("info", "host", "<host:name>ns1.example.net</host:name>"), "1000", "host-info"},
		{acme, 0, anew("first.co", ""), "1000", "domain-create"},
		{acme, 0, anew("first.co", hosts), "2302", "refused-exists"},
		{acme, 0, about("create", "host", `<host:name>ns1.first.co</host:name><host:addr ip="v4">192.0.2.1</host:addr>`), "1000", ""},
		{acme, 0, about("update", "host", `<host:name>ns1.first.co</host:name><host:add><host:status s="clientDeleteProhibited"/></host:add>`), "1000", ""},
		{acme, 0, about("delete", "host", `<host:name>ns1.first.co</host:name>`), "2304", "refused-status"},
		{acme, 0, about("update", "host", `<host:name>ns1.first.co</host:name><host:add><host:addr ip="v4">192.0.2.2</host:addr></host:add>`), "1000", "host-update"},
		{acme, 0, anew("second.co", hosts), "1000", "domain-create-hosts"},
		{acme, 0, about("delete", "host", "<host:name>ns1.example.net</host:name>"), "2305", "refused-linked"},
		{acme, 0, about("delete", "host", "<host:name>ns2.example.net</host:name>"), "1000", "host-delete"},
	}
}

func showingNames() []step {
	const acme = world.Acme
	update := func(rest string) string { return about("update", "domain", aDomain("second.co", rest)) }
	checkFee := `<fee:check xmlns:fee="` + uriFee + `"><fee:command name="create"/></fee:check>`
	return []step{
		{acme, 0, about("check", "domain", aDomain("third.co", "")), "1000", ""},
		{acme, 0, about("check", "domain", aDomain("third.co", "")+aDomain("first.co", "")), "1000", "domain-check"},
		{acme, 0, extended(about("check", "domain", aDomain("third.co", "")), checkFee), "1000", "fee-check"},
		{acme, 0, anew("third.co", `<domain:period unit="y">1</domain:period>`), "1000", ""},
		{acme, 0, anew("fourth.co", `<domain:period unit="y">11</domain:period>`), "2004", ""},
		{acme, 0, anew("fourth.co", `<domain:period unit="y">2</domain:period>`), "1000", "domain-create-years"},
		{acme, 0, info("CMD-A", "second.co"), "1000", "domain-info"},
		{acme, 0, extended(update(""), dsAdded), "1000", "ds"},
		{acme, 0, update("<domain:rem><domain:ns><domain:hostObj>ns1.example.net</domain:hostObj></domain:ns></domain:rem>"), "1000", "domain-update-hosts"},
		{acme, 0, update("<domain:chg><domain:registrant>X-H1001</domain:registrant></domain:chg>"), "1000", "domain-update-contacts"},
		{acme, 0, update("<domain:chg><domain:authInfo><domain:pw>" + strongSecret + "</domain:pw></domain:authInfo></domain:chg>"), "1000", "domain-update-code"},
		{acme, 0, update(`<domain:add><domain:status s="clientTransferProhibited"/></domain:add>`), "1000", "domain-lock"},
		{acme, 0, update(`<domain:rem><domain:status s="clientTransferProhibited"/></domain:rem>`), "1000", ""},
		{acme, 0, about("renew", "domain", aDomain("second.co", "<domain:curExpDate>2026-12-31</domain:curExpDate>")), "2004", ""},
		{acme, 0, about("renew", "domain", aDomain("second.co", "<domain:curExpDate>2027-03-01</domain:curExpDate>")), "1000", "domain-renew"},
		{acme, 0, anew("dear.co", ""), "2003", ""},
		{acme, 0, extended(anew("dear.co", ""), feeSaid), "1000", "premium"},
		{acme, 0, extended(anew("xn--espaol-zwa.co", ""), spanish), "1000", "idn"},
		{world.Poor, 0, strings.ReplaceAll(anew("fifth.co", ""), "X-H1001", "X-H1003"), "2104", "refused-funds"},
		{world.Other, 0, about("delete", "domain", aDomain("first.co", "")), "2201", "refused-foreign"},
	}
}

func showingTransfers() []step {
	const acme, other, name = world.Acme, world.Other, "second.co"
	poll := command("CMD-A", `<poll op="req"/>`)
	withCode := about("info", "domain", aDomain(name, "<domain:authInfo><domain:pw>"+strongSecret+"</domain:pw></domain:authInfo>"))
	return []step{
		{acme, 0, poll, "1300", "poll-empty"},
		{acme, 60 * aDay, withCode, "1000", ""},
		{other, 0, info("CMD-A", name), "1000", ""},
		{other, 0, withCode, "1000", "transfer-code"},
		{other, 0, transferOf("request", name, "Wrong-9v-Zt3m-W8pL-2rYb"), "2202", "refused-code"},
		{other, 0, transferOf("request", name, strongSecret), "1001", "transfer-request"},
		{other, 0, transferOf("query", name, ""), "1000", "transfer-query"},
		{acme, 0, poll, "1301", "transfer-message poll"},
		{acme, 0, command("CMD-A", `<poll op="ack" msgID="999999"/>`), "2303", ""},
		{acme, 0, command("CMD-A", `<poll op="ack" msgID="ID"/>`), "1000", "poll-ack"},
		{acme, 0, transferOf("reject", name, ""), "1000", "transfer-reject"},
		{acme, 0, transferOf("approve", name, ""), "2301", ""},
		{other, 0, transferOf("request", name, strongSecret), "1001", ""},
		{other, 0, transferOf("cancel", name, ""), "1000", "transfer-cancel"},
		{other, 0, transferOf("request", name, strongSecret), "1001", ""},
		{acme, 0, transferOf("approve", name, ""), "1000", "transfer-approve"},
	}
}

func showingEnd() []step {
	const acme, other = world.Acme, world.Other
	restore := extended(about("update", "domain", aDomain("first.co", "<domain:chg/>")), restores)
	remove := func(name string) string { return about("delete", "domain", aDomain(name, "")) }
	return []step{
		{acme, 0, anew("soon.co", ""), "1000", ""},
		{acme, 0, restore, "2304", ""},
		{acme, 0, remove("soon.co"), "1001", "delete-at-once"},
		{acme, 0, anew("soon.co", ""), "1000", ""},
		{acme, 0, remove("third.co"), "1001", "delete"},
		{acme, 0, anew("third.co", ""), "2302", ""},
		{acme, 0, info("CMD-A", "third.co"), "1000", "see-redemption"},
		{acme, 0, remove("first.co"), "1001", ""},
		{acme, 0, restore, "1000", "restore"},
		{acme, 36 * aDay, info("CMD-A", "first.co"), "1000", ""},
		{other, 0, strings.ReplaceAll(anew("third.co", ""), "X-H1001", "X-H1002"), "1000", "create-again"},
		{acme, 270 * aDay, info("CMD-A", "dear.co"), "1000", "see-renewed"},
		{acme, 0, strings.Replace(login(acme), "</pw>", "</pw><newPW>New-Word-17</newPW>", 1), "2002", ""},
		{acme, 0, logout, "1500", "logout"},
	}
}

// A sandbox hears what its answers show, and of the whole list nothing stays that no client could show.
func TestAccreditation(t *testing.T) {
	w := newWorld(t)
	w.Price(3, "dear.co")
	for _, who := range []registry.RegistrarID{world.Acme, world.Other, world.Poor} {
		w.Contact(who, "X-"+string(who))
	}
	var seen policy.AccreditationSeen
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var heard []epp.Answered
		d := conversation{t: t, world: w, service: serve(t, w, func(c *epp.Config) {
			c.Answered = func(a epp.Answered) {
				mu.Lock()
				defer mu.Unlock()
				heard = append(heard, a)
			}
		})}
		// ticked returns what the last answer ticked.
		ticked := func() (epp.Answered, string) {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if len(heard) != 1 {
				t.Fatalf("it heard of %d answers, want one", len(heard))
			}
			a := heard[0]
			heard = nil
			added, _ := seen.Sees(a.Act(), w.Now())
			return a, strings.Join(added, " ")
		}
		send := func(c *client, s step) {
			c.send(d.Fill(s.frame))
			answer := c.read()
			d.Hear(answer)
			a, got := ticked()
			if a.Code != s.code || got != s.ticks {
				t.Errorf("%s\nis answered %s and ticks %q, want %s and %q\n%s", s.frame, a.Code, got, s.code, s.ticks, answer)
			}
			if a.Registrar != s.who || !strings.HasPrefix(a.SvTRID, "TEST-") || s.code != "" && !strings.Contains(answer, "<svTRID>"+a.SvTRID+"<") {
				t.Errorf("it is of %q in %q, want %q\n%s", a.Registrar, a.SvTRID, s.who, answer)
			}
		}
		clients := map[registry.RegistrarID]*client{}
		for _, who := range []registry.RegistrarID{world.Acme, world.Other, world.Poor} {
			clients[who] = d.service.connect()
		}
		for _, s := range []step{
			{world.Acme, 0, strings.Replace(loginWithAll(world.Acme), world.Password, "Wrong-12", 1), "2200", ""},
			{world.Acme, 0, loginWithAll(world.Acme), "1000", "login refused-login"},
			{world.Poor, 0, loginWithAll(world.Poor), "1000", ""},
			{world.Other, 0, strings.Replace(loginWithAll(world.Other), "</pw>", "</pw><newPW>New-Word-17</newPW>", 1), "1000", "new-password"},
		} {
			send(clients[s.who], s)
		}
		for _, s := range showing() {
			w.Pass(s.wait + time.Second)
			if s.wait > 0 {
				d.emptyQueues()
			}
			send(clients[s.who], s)
		}
	})
	for _, item := range policy.Accreditation() {
		if _, ok := seen.Ticks[item.ID]; !ok {
			t.Errorf("nothing ticked %q", item.ID)
		}
	}
}

// What is told of a request: the namespaces of its extensions, and the name and operation of it.
func TestAnsweredTellsWhatWasAsked(t *testing.T) {
	w := newWorld(t)
	w.Domain(world.Acme, "taken.co")
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var got epp.Answered
		s := serve(t, w, func(c *epp.Config) {
			c.Answered = func(a epp.Answered) {
				mu.Lock()
				defer mu.Unlock()
				got = a
			}
		})
		c := s.connect()
		tell := func(frame string) epp.Answered {
			c.send(frame)
			c.read()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			return got
		}
		if a := tell(loginWithAll(world.Acme)); a.Registrar != world.Acme || !slices.Equal(a.Extensions, epp.ExtensionURIs()) {
			t.Errorf("of a login it heard %+v", a)
		}
		if a := tell(transferOf("query", "TAKEN.co", "")); a.Op != "query" || a.Name != "taken.co" || a.Result != registry.ObjectNotPending {
			t.Errorf("of a transfer it heard %+v", a)
		}
		if a := tell(extended(about("update", "domain", aDomain("taken.co", "<domain:chg/>")), restores)); !slices.Equal(a.Extensions, []string{"urn:ietf:params:xml:ns:rgp-1.0"}) || a.Features != policy.FeatureRestore {
			t.Errorf("of a restore it heard %+v", a)
		}
	})
}
