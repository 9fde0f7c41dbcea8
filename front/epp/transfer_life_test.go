package epp_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// The corrected frames of the manual that are about transfers and restores work, between two registrars that
// announced everything. Manual 9.11, 9.12.1, 12.3.5, 12.3.6.

const (
	premiumName = "1126premium-11.co"
	otherName   = "example.co"
)

// A lifeTurn is a turn of one of the two, after some time.
type lifeTurn struct {
	who  registry.RegistrarID
	wait time.Duration
	turn
}

// transferring is the life of a premium name that moves, is deleted and comes back.
func transferring(t *testing.T) []lifeTurn {
	const day = 24 * time.Hour
	name := "<domain:name>" + premiumName + "</domain:name>"
	poll := command("ABC-12345", `<poll op="req"/>`)
	op := func(op string) string {
		return command("ABC-12345", `<transfer op="`+op+`"><domain:transfer xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">`+name+`</domain:transfer></transfer>`)
	}
	contact := func(op, secret string) string {
		if secret != "" {
			secret = "<contact:authInfo><contact:pw>" + secret + "</contact:pw></contact:authInfo>"
		}
		return command("ABC-12345", `<transfer op="`+op+`"><contact:transfer xmlns:contact="urn:ietf:params:xml:ns:contact-1.0"><contact:id>myContact</contact:id>`+secret+`</contact:transfer></transfer>`)
	}
	request := corrected(t, "12.3.6-domain-transfer")
	secret, _, _ := strings.Cut(strings.SplitAfterN(request, "<domain:pw>", 2)[1], "<")
	create := corrected(t, "12.3.2-domain-create", "1126premium-5.co", premiumName, ">500<", ">100<", "Password1234", secret)
	create = strings.Replace(create, part(`(?s)(<domain:ns>.*</domain:ns>)`, create), "", 1)
	renew := corrected(t, "12.3.3-domain-renew", "1126premium-5.co", premiumName, "2026-12-17", "2028-03-01", ">200<", ">100<")
	acked := func(who registry.RegistrarID) lifeTurn {
		return lifeTurn{who, 0, turn{"ack of " + string(who), command("ABC-12345", `<poll op="ack" msgID="ID"/>`), "1000", nil, "msgQ"}}
	}
	return []lifeTurn{
		{world.Acme, 0, turn{"contact", corrected(t, "9.4.4-contact-create", "CONTACT01", "myContact", "Abcd1234", strongSecret), "1000", nil, ""}},
		{world.Acme, 0, turn{"create", create, "1000", []string{"<fee:fee"}, ""}},
		{world.Other, 60*day - time.Hour, turn{"too early", request, "2106", []string{"ask again from 2026-04-30T12:00:0"}, ""}},
		{world.Other, time.Hour, turn{"without the fee", strings.Replace(request, part(`(?s)(<extension>.*</extension>)`, request), "", 1), "2003", []string{"100.00 USD"}, ""}},
		{world.Other, 0, turn{"12.3.6", request, "1001", []string{
			"Command completed OK; action pending", "<domain:trStatus>pending", "<domain:exDate>2028-03-01T23:59:59.0Z", "<fee:trnData", "<fee:fee>100.00</fee:fee>",
		}, "clTRID"}},
		{world.Other, 0, turn{"12.3.6 again", request, "2300", []string{"it ends by 2026-05-05T12:00:0"}, ""}},
		{world.Acme, 0, turn{"9.11.3", poll, "1301", []string{"Transfer requested.", "<domain:trStatus>pending", `count="1"`}, "fee:"}},
		acked(world.Acme),
		{world.Acme, 0, turn{"update meanwhile", about("update", "domain", name+"<domain:chg><domain:registrant>myContact</domain:registrant></domain:chg>"), "2304", []string{"pendingTransfer"}, ""}},
		{world.Acme, 0, turn{"cancel by the wrong side", op("cancel"), "2201", nil, "trnData"}},
		{world.Acme, time.Hour, turn{"reject", op("reject"), "1000", []string{"<domain:trStatus>clientRejected"}, "fee:"}},
		{world.Other, 0, turn{"9.11.2", poll, "1301", []string{"Transfer rejected.", "<domain:exDate>2028-03-01"}, ""}},
		acked(world.Other),
		{world.Other, 0, turn{"12.3.6 once more", request, "1001", nil, ""}},
		{world.Other, 0, turn{"cancel", op("cancel"), "1000", []string{"<domain:trStatus>clientCancelled"}, ""}},
		{world.Other, 0, turn{"12.3.6 at last", request, "1001", nil, ""}},
		{world.Acme, 0, turn{"approve", op("approve"), "1000", []string{"<domain:trStatus>clientApproved", "<domain:exDate>2028-03-01"}, "fee:"}},
		{world.Acme, 0, turn{"approve again", op("approve"), "2301", nil, ""}},
		{world.Other, 0, turn{"9.11.1", poll, "1301", []string{"Transfer approved.", "<domain:trStatus>clientApproved"}, ""}},
		acked(world.Other),
		{world.Other, 0, turn{"info", about("info", "domain", name), "1000", []string{"<domain:clID>" + string(world.Other), "<domain:trDate>", `<rgp:rgpStatus s="transferPeriod"/>`}, ""}},
		{world.Other, 0, turn{"contact", contact("request", strongSecret), "1001", []string{"<contact:trStatus>pending"}, "fee:"}},
		{world.Acme, 0, turn{"contact, approved", contact("approve", ""), "1000", []string{"<contact:trStatus>clientApproved"}, ""}},
		{world.Other, 0, turn{"contact, queried", contact("query", ""), "1000", []string{"<contact:trStatus>clientApproved"}, ""}},
		{world.Other, 6 * day, turn{"delete", about("delete", "domain", name), "1001", nil, "fee:"}},
		{world.Other, time.Hour, turn{"12.3.5", corrected(t, "12.3.5-restore"), "1000", []string{
			"<msg>Command completed successfully.</msg>", `<rgp:upData xmlns:rgp="urn:ietf:params:xml:ns:rgp-1.0"><rgp:rgpStatus s="pendingRestore"/></rgp:upData>`,
			"<fee:updData", "<fee:currency>USD</fee:currency><fee:fee>40.00</fee:fee>",
		}, "resData"}},
		{world.Other, 0, turn{"12.3.5 again", corrected(t, "12.3.5-restore"), "2304", []string{"rule nameIsRestorable"}, "upData"}},
		{world.Other, 0, turn{"renew", renew, "1000", []string{"<domain:exDate>2029-03-01", "<fee:renData"}, ""}},
	}
}

// restoring is the life of another name, with the manual's other restore and a report.
func restoring(t *testing.T) []lifeTurn {
	const day = 24 * time.Hour
	name := "<domain:name>" + otherName + "</domain:name>"
	report := command("ABC-12345", `<update><domain:update xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">`+name+`</domain:update></update>`+
		`<extension><rgp:update xmlns:rgp="urn:ietf:params:xml:ns:rgp-1.0"><rgp:restore op="report"><rgp:report><rgp:preData>Before</rgp:preData>`+
		`<rgp:postData>After</rgp:postData><rgp:delTime>2026-05-08T10:00:00.0Z</rgp:delTime><rgp:resTime>2026-05-09T10:00:00.0Z</rgp:resTime>`+
		`<rgp:resReason>An error.</rgp:resReason><rgp:statement>One.</rgp:statement><rgp:statement>Two.</rgp:statement></rgp:report></rgp:restore></rgp:update></extension>`)
	create := corrected(t, "12.3.2-domain-create", "1126premium-5.co", otherName, ">500<", ">20<", "Password1234", strongSecret)
	create = strings.Replace(create, part(`(?s)(<domain:ns>.*</domain:ns>)`, create), "", 1)
	return []lifeTurn{
		{world.Acme, 0, turn{"create", create, "1000", nil, ""}},
		{world.Acme, 0, turn{"9.12.1 too early", corrected(t, "9.12.1-restore"), "2304", []string{"the name is not deleted"}, ""}},
		{world.Acme, 6 * day, turn{"delete", about("delete", "domain", name), "1001", nil, ""}},
		{world.Acme, 0, turn{"report too early", report, "2304", []string{"rule restoreIsOfToday"}, ""}},
		{world.Other, 0, turn{"9.12.1 of another", corrected(t, "9.12.1-restore"), "2201", nil, ""}},
		{world.Acme, 0, turn{"9.12.1", corrected(t, "9.12.1-restore"), "1000", []string{`s="pendingRestore"`, "<fee:fee>40.00</fee:fee>", "<clTRID>ABC-12345"}, "resData"}},
		{world.Acme, 0, turn{"info", about("info", "domain", name), "1000", []string{`<domain:status s="inactive"/>`}, "rgp:"}},
		{world.Acme, 0, turn{"report", report, "1000", []string{"<msg>Command completed successfully.</msg>"}, "extension"}},
		{world.Acme, day, turn{"report on another day", report, "2304", []string{"no report is needed"}, ""}},
	}
}

func TestTransfersAndRestores(t *testing.T) {
	w := newWorld(t)
	w.Price(3, premiumName)
	synctest.Test(t, func(t *testing.T) {
		d := conversation{t: t, world: w, service: serve(t, w)}
		clients := map[registry.RegistrarID]*client{}
		for _, who := range []registry.RegistrarID{world.Acme, world.Other} {
			c := d.service.connect()
			c.send(loginWithAll(who))
			c.wants("1000")
			clients[who] = c
		}
		for _, turn := range append(transferring(t), restoring(t)...) {
			w.Pass(turn.wait + time.Second)
			c := clients[turn.who]
			c.send(d.Fill(turn.frame))
			answer := c.read()
			d.Hear(answer)
			turn.judge(t, answer)
		}
	})
	w.CheckInvariants()
}

// judge holds an answer to what is expected of it.
func (e turn) judge(t *testing.T, answer string) {
	t.Helper()
	if got := part(`<result code="(\d+)"`, answer); got != e.code {
		t.Errorf("%s: the answer is %s, want %s: %s", e.name, got, e.code, answer)
	}
	for _, has := range e.has {
		if !strings.Contains(answer, has) {
			t.Errorf("%s: the answer is\n%s\nwant %s", e.name, answer, has)
		}
	}
	if e.lacks != "" && strings.Contains(answer, e.lacks) {
		t.Errorf("%s: the answer is\n%s\nwithout %s", e.name, answer, e.lacks)
	}
}
