package console

import (
	"crypto/rand"
	"encoding/csv"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// domainRig is a console with names of Acme and of Other in some states, and somebody of Acme who may do it all.
func domainRig(t *testing.T) (*rig, *browser) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	r.Host(world.Acme, "ns1.example.net")
	r.Host(world.Acme, "ns2.example.net")
	r.Domain(world.Acme, "shop.co", "ns1.example.net")
	r.Domain(world.Acme, "old.co")
	r.Domain(world.Other, "tienda.co")
	r.At("2026-05-10T12:00:00Z")
	return r, r.as(world.Acme, registry.RoleDomainAdministrator)
}

var hidden = regexp.MustCompile(`name="seen" value="(\d+)"`)

// seen is the version of the name that the form of a page was made from.
func (p *reply) seen() string {
	p.t.Helper()
	found := hidden.FindStringSubmatch(p.Body)
	if found == nil {
		p.t.Fatalf("%s has no form: %s", p.about, p.text())
	}
	return found[1]
}

// stored is a name as its registrar sees it.
func (r *rig) stored(name string) flow.OwnShown {
	r.T.Helper()
	reply, err := r.Ask(world.Acme, flow.OwnShow{Name: world.Name(name)})
	if err != nil {
		r.T.Fatal(err)
	}
	return reply.(flow.OwnShown)
}

// The list has one's own names, those that fit, and says what to do where there is none.
func TestDomainList(t *testing.T) {
	r, b := domainRig(t)
	r.Domain(world.Acme, "xn--caf-dma.co")
	for _, test := range []struct{ query, has, not string }{
		{"", "3 names", "tienda.co"},
		{"q=sho", "shop.co", "old.co"},
		{"q=caf%C3%A9", "café.co", "shop.co"},
		{"state=no-servers", "2 names", "shop.co"},
		{"state=deleted", "No name fits", "shop.co"},
		{"host=ns1.example.net", "shop.co", "old.co"},
		{"contact=x-h1001&order=expiry", "3 names", "tienda.co"},
		{"contact=x-h1002", "No name fits", "tienda.co"},
		{"within=300", "2 names", "café.co"},
		{"expires-from=2027-03-01&expires-to=2027-03-01", "2 names", "café.co"},
		{"created-from=2026-05-01", "café.co", "shop.co"},
		{"zone=com.co", "No name fits", "shop.co"},
	} {
		b.get(Path + "domains?" + test.query).is(http.StatusOK).says(test.has).saysNot(test.not)
	}
	for _, test := range []struct{ query, says string }{
		{"within=x", "Write a number of days, 1 to 3650."},
		{"host=..", "This is not the name of a server."},
		{"zone=..", "There is no such zone."},
		{"created-from=1.1.2026", "Write a day as YYYY-MM-DD."},
		{"state=odd", "there is no such state"},
		{"order=odd", "there is no such order"},
		{"page=odd", "the cursor is not one that this search gave"},
		{"expires-from=2027-03-02&expires-to=2027-03-01", "the span of time ends before it begins"},
	} {
		b.get(Path + "domains?" + test.query).is(http.StatusUnprocessableEntity).says(test.says)
	}
	r.as(world.Poor, registry.RoleAdministrator).get(Path + "domains").says("You have no names yet")
}

// A list is read page by page, as far as it goes.
func TestDomainListPages(t *testing.T) {
	r, b := domainRig(t)
	for i := range 60 {
		r.Domain(world.Acme, fmt.Sprintf("name-%02d.co", i))
	}
	first := b.get(Path+"domains?q=name").is(http.StatusOK).says("60 names", "name-00.co", "name-49.co", "Next page").saysNot("name-50.co")
	next := regexp.MustCompile(`href="([^"]*page=[^"]*)"`).FindStringSubmatch(first.Body)
	if next == nil {
		t.Fatal("there is no next page")
	}
	b.get(strings.ReplaceAll(next[1], "&amp;", "&")).is(http.StatusOK).says("name-50.co", "name-59.co", "To the start").saysNot("name-49.co", "Next page")
}

// The file has all that is found, and no spreadsheet takes any of it for a formula.
func TestDomainsCSV(t *testing.T) {
	r, b := domainRig(t)
	r.Contact(world.Acme, "=1+1")
	r.Contact(world.Acme, "@SUM(A1)")
	registrant := "=1+1"
	r.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Registrant: &registrant})
	answer := b.get(Path + "domains.csv?q=").is(http.StatusOK)
	if got := answer.Header.Get("Content-Disposition"); got != `attachment; filename="domains-2026-05-10.csv"` {
		t.Errorf("the file is %s", got)
	}
	rows, err := csv.NewReader(strings.NewReader(answer.Body)).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][0] != "old.co" || rows[2][0] != "shop.co" || rows[2][7] != "'=1+1" {
		t.Fatalf("%v, %v", rows, err)
	}
	b.get(Path + "domains.csv?within=x").is(http.StatusUnprocessableEntity)
}

// A file is as long as the list, however many pages that is, and takes the memory of a page.
func TestDomainsCSVIsWhole(t *testing.T) {
	r, b := domainRig(t)
	for i := range 30 {
		r.Domain(world.Acme, fmt.Sprintf("name-%02d.co", i))
	}
	versions := r.Service.Profile.Versions
	limits := versions[0].Terms.Limits.Portfolio
	limits.PageSize, limits.Exported, limits.Sorted, limits.Looked = 3, 7, 1, 8
	for i := range versions {
		versions[i].Terms.Limits.Portfolio = limits
	}
	rows, err := csv.NewReader(strings.NewReader(b.get(Path + "domains.csv").Body)).ReadAll()
	if err != nil || len(rows) != 33 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// The page of a name tells what it is, what will happen, and what can be done for what; whoever else's it is, nothing.
func TestDomainPage(t *testing.T) {
	r, b := domainRig(t)
	b.get(Path+"domains/shop.co").is(http.StatusOK).says(
		"The name is registered and in the zone.", "ns1.example.net", "X-H1001", "1 Mar 2027", "renews itself for a year",
		"Renews itself until 1 Mar 2028", "That costs USD 20.00.", "Auto-renew grace ends", "USD 20.00 for a year", "Today", "10 May 2026")
	b.get(Path+"domains/old.co").says("it has no name servers", "No name servers")
	r.Contact(world.Other, "THEIRS")
	b.get(Path + "domains/shop.co").says("Registrant X-H1001 · ").saysNot("THEIRS")
	for _, path := range []string{"tienda.co", "free.co", "x", "..%2f..", "tienda.co/history", "tienda.co/renew", "tienda.co/locks"} {
		b.get(Path+"domains/"+path).is(http.StatusNotFound).saysNot("X-H1002", "H1002")
	}
	r.Do(world.Acme, flow.DomainDelete{Name: world.Name("old.co")})
	b.get(Path+"domains/old.co").says("It can be restored until 9 Jun 2026", "Redemption ends", "Purged", "Restore", "USD 60.00 with its renewal", "Name servers, Contacts, DNSSEC, Transfer code Not possible now: The name is deleted (pendingDelete)")
	r.At("2026-06-10T12:00:00Z")
	b = r.as(world.Acme, registry.RoleManager)
	b.get(Path+"domains/old.co").says("cannot be restored any more", "Pending delete")
	b.spanish = true
	b.get(Path+"domains/shop.co").says("El nombre está registrado y en la zona.", "Se renueva hasta el 1 mar 2028", "Hoy")
}

// A drawing has a row for each event, now marked, and a bar for each grace period that runs.
func TestLifeLine(t *testing.T) {
	r, b := domainRig(t)
	r.Domain(world.Acme, "young.co")
	body := b.get(Path + "domains/young.co").Body
	for what, want := range map[string]int{"dot-now": 1, "dot-past": 1, `<rect class="s1"`: 1} {
		if got := strings.Count(body, what); got != want {
			t.Errorf("%d %s, want %d", got, what, want)
		}
	}
	if strings.Contains(body, "style=") {
		t.Error("the drawing has a style of its own, which browsers ignore")
	}
}

// A renewal is for the years and the price that were chosen, once.
func TestDomainRenew(t *testing.T) {
	r, b := domainRig(t)
	const path = Path + "domains/shop.co/renew"
	page := b.get(path).is(http.StatusOK).says("1 year: USD 20.00, until 1 Mar 2028", "4 years: USD 80.00, until 1 Mar 2031", "5 years: It would expire on")
	for _, test := range []struct {
		says  string
		pairs []string
	}{
		{"Choose for how long.", []string{"agree", "yes"}},
		{"Say that you agree to the price.", []string{"term", "2:40.00"}},
		{"The price is another now: 40.00 USD", []string{"term", "2:39.00", "agree", "yes"}},
		{"The price is another now", []string{"term", "2:abc", "agree", "yes"}},
		{"This cannot be had for so long", []string{"term", "99:40.00", "agree", "yes"}},
		{"It would expire on 1 Mar 2032", []string{"term", "5:100.00", "agree", "yes"}},
		{"This has been changed since you opened the page", []string{"term", "2:40.00", "agree", "yes", "seen", "99"}},
	} {
		pairs := test.pairs
		if len(pairs) < 6 {
			pairs = append(pairs, "seen", page.seen())
		}
		b.post(path, pairs...).is(http.StatusUnprocessableEntity).says(test.says)
	}
	form := []string{"term", "2:40.00", "agree", "yes", "seen", page.seen()}
	b.post(path, form...).goesTo(Path + "domains/shop.co")
	b.get(Path+"domains/shop.co").says("The name was renewed until 1 Mar 2029, for USD 40.00.", "Renew grace")
	b.post(path, form...).is(http.StatusUnprocessableEntity).says("This has been changed since you opened the page")
	if got := r.stored("shop.co").Domain.Expires.Year(); got != 2029 {
		t.Errorf("it expires in %d", got)
	}
	b.post(Path+"domains/tienda.co/renew", form...).is(http.StatusNotFound)
}

// A deletion says what it comes to before; a restore costs what it says.
func TestDomainDeleteAndRestore(t *testing.T) {
	r, b := domainRig(t)
	r.Domain(world.Acme, "young.co")
	young := b.get(Path+"domains/young.co/delete").says("The name is purged at once", "USD 20.00")
	b.post(Path+"domains/young.co/delete", "seen", young.seen()).is(http.StatusUnprocessableEntity).says("Say that the name is to be deleted.")
	b.post(Path+"domains/young.co/delete", "seen", young.seen(), "agree", "yes").goesTo(Path + "domains")
	b.get(Path + "domains").says("young.co was deleted, and USD 20.00 credited.")
	b.get(Path + "domains/young.co").is(http.StatusNotFound)

	page := b.get(Path+"domains/old.co/delete").says("It can be restored until 9 Jun 2026", "Nothing is credited.")
	form := []string{"seen", page.seen(), "agree", "yes"}
	b.post(Path+"domains/old.co/delete", form...).goesTo(Path + "domains/old.co")
	b.post(Path+"domains/old.co/delete", form...).is(http.StatusUnprocessableEntity).says("This has been changed since")
	b.get(Path+"domains/old.co/delete").says("This is not possible now", "pendingDelete")
	b.get(Path + "domains/old.co/renew").says("This is not possible now")
	b.get(Path+"domains/shop.co/restore").says("This is not possible now", "only a deleted name in redemption can be restored")

	page = b.get(Path+"domains/old.co/restore").says("USD 40.00", "Renewal, 1 year", "USD 20.00", "Altogether USD 60.00",
		"It renews itself on 10 May 2026, 23:59 UTC and runs until 1 Mar 2028", "You need do nothing.", "I agree to both prices")
	for _, test := range []struct {
		says  string
		pairs []string
	}{
		{"Say that you agree to the price.", []string{"fee", "40.00"}},
		{"The price is another now: 40.00 USD", []string{"fee", "4.00", "agree", "yes"}},
	} {
		b.post(Path+"domains/old.co/restore", append(test.pairs, "seen", page.seen())...).is(http.StatusUnprocessableEntity).says(test.says)
	}
	b.post(Path+"domains/old.co/restore", "fee", "40.00", "agree", "yes", "seen", page.seen()).goesTo(Path + "domains/old.co")
	b.get(Path+"domains/old.co").says("The name was restored for USD 40.00. It renews itself on 10 May 2026, 23:59 UTC, for USD 20.00.", "The name was restored. It renews itself on 10 May 2026")
	b.get(Path + "domains/old.co/history").is(http.StatusOK).saysNot("svTRID")
	b.post(Path+"domains/old.co/restore", "fee", "40.00", "agree", "yes", "seen", page.seen()).is(http.StatusUnprocessableEntity)
	b.post(Path+"domains/tienda.co/delete", form...).is(http.StatusNotFound)
	b.post(Path+"domains/tienda.co/restore", form...).is(http.StatusNotFound)
}

// Who does not let names renew themselves is told that the renewal is his to order, and is led to it.
func TestRestoreLeadsToTheRenewal(t *testing.T) {
	r, _ := domainRig(t)
	r.Domain(world.Deleter, "lapses.co")
	r.Pass(10 * 24 * time.Hour)
	r.Do(world.Deleter, flow.DomainDelete{Name: world.Name("lapses.co")})
	b := r.as(world.Deleter, registry.RoleDomainAdministrator)
	page := b.get(Path+"domains/lapses.co/restore").says("Altogether USD 60.00", "You have to renew it by 20 May 2026, 23:59 UTC", "Otherwise it is deleted again").
		saysNot("I agree to both prices")
	b.post(Path+"domains/lapses.co/restore", "fee", "40.00", "agree", "yes", "seen", page.seen()).goesTo(Path + "domains/lapses.co/renew")
	b.get(Path+"domains/lapses.co/renew").says("Renew it by 20 May 2026, 23:59 UTC, or it is deleted again.", "1 year: USD 20.00")
}

// Locks, name servers, contacts and DS are replaced as a whole; what is wrong is told at the field and changes nothing.
func TestDomainEdits(t *testing.T) {
	r, b := domainRig(t)
	r.Contact(world.Acme, "NEW")
	digest := strings.Repeat("AB", 32)
	for _, test := range []struct {
		act, says string // of a refusal; empty: it is changed
		pairs     []string
	}{
		{"locks", "", []string{"lock", "clientTransferProhibited", "lock", "clientHold", "lock", "serverHold"}},
		{"locks", "", []string{"lock", "clientUpdateProhibited"}},
		{"servers", "This is locked (No changes, clientUpdateProhibited). Remove the lock first.", []string{"servers", ""}},
		{"locks", "", nil},
		{"servers", "ns9.example.net: the registry does not know this name server yet", []string{"servers", "ns9.example.net"}},
		{"servers", "Line 2 (-x-): this is not the name of a server.", []string{"servers", "ns1.example.net\n-x-"}},
		{"servers", "this stands here twice", []string{"servers", "ns2.example.net\nNS2.example.net."}},
		{"servers", "", []string{"servers", "NS2.example.net.\r\n\r\n"}},
		{"contacts", "there is no such contact", []string{"registrant", "NOBODY", "admin", "X-H1001", "tech", "X-H1001"}},
		{"contacts", "contact is needed", []string{"registrant", "NEW", "admin", "X-H1001", "tech", ""}},
		{"contacts", "", []string{"registrant", "NEW", "admin", "X-H1001 NEW", "tech", "X-H1001", "billing", "NEW"}},
		{"ds", "this is neither a DS nor a DNSKEY record", []string{"ds", "1 2 3"}},
		{"ds", "this algorithm (the second number) does not sign zones", []string{"ds", "12345 99 2 " + digest}},
		{"ds", "one of type 2 has 64 digits", []string{"ds", "12345 13 2 ABCD"}},
		{"ds", "", []string{"ds", "shop.co. 3600 IN DS 12345 13 2 " + strings.ToLower(digest)}},
		{"ds", "", []string{"ds", ""}},
	} {
		path := Path + "domains/shop.co/" + test.act
		pairs := append([]string{"seen", b.get(path).is(http.StatusOK).seen()}, test.pairs...)
		before := r.stored("shop.co").Domain.Version
		if test.says != "" {
			b.post(path, pairs...).is(http.StatusUnprocessableEntity).says(test.says)
			if got := r.stored("shop.co").Domain.Version; got != before {
				t.Errorf("%v was refused and changed the name", test)
			}
			continue
		}
		b.post(path, pairs...).goesTo(Path + "domains/shop.co")
		if got := r.stored("shop.co").Domain.Version; got != before+1 {
			t.Errorf("%v changed nothing", test)
		}
		stale := append([]string{"seen", "1"}, "lock", "clientHold", "servers", "", "registrant", "X-H1001", "ds", "1 13 2 "+digest)
		b.post(path, stale...).is(http.StatusUnprocessableEntity).says("This has been changed since you opened the page")
		b.post(Path+"domains/tienda.co/"+test.act, pairs...).is(http.StatusNotFound)
	}
	d := r.stored("shop.co").Domain
	if got := fmt.Sprintf("%v %s %s %d %v", d.Statuses, d.Nameservers[0].Name, d.Registrant.ID, len(d.Contacts), d.DS); got != "[] ns2.example.net NEW 4 []" {
		t.Errorf("the name has %s", got)
	}
	same := b.get(Path + "domains/shop.co/servers")
	b.post(Path+"domains/shop.co/servers", "seen", same.seen(), "servers", "ns2.example.net").goesTo(Path + "domains/shop.co")
	b.get(Path + "domains/shop.co").says("Nothing was to be changed.")
	b.get(Path+"domains/shop.co/history").is(http.StatusOK).says("Registered", "Name servers", "ns2.example.net", "domain-administrator@h1001.example")
	b.get(Path + "domains/shop.co/history?page=1").is(http.StatusOK)
	b.get(Path + "domains/shop.co/history?page=x").is(http.StatusNotFound)
}

// A DS is read in any form in which signers print it, of this name alone.
func TestReadDS(t *testing.T) {
	const digest = "98631E04E0C9C2C8E4CE2A2EAE6C3D1BB9C5F39F1E5A2F5B1BB0D6D4A8E9F0A1"
	const key = "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="
	name := names.MustParse("example.net")
	for _, test := range []struct{ line, want string }{
		{"12345 13 2 " + digest, "12345 13 2 " + digest},
		{"12345 13 2 " + digest[:32] + " " + strings.ToLower(digest[32:]), "12345 13 2 " + digest},
		{"DS 12345 13 2 " + digest, "12345 13 2 " + digest},
		{"example.net. IN DS 12345 13 2 " + digest, "12345 13 2 " + digest},
		{"EXAMPLE.net. 3600 IN DS 12345 13 2 " + digest, "12345 13 2 " + digest},
		// RFC 6605 section 6.1, with the DS of its key.
		{
			"example.net. 3600 IN DNSKEY 257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==",
			"55648 13 2 B4C8C1FE2E7477127B27115656AD6256F424625BF5C1E2770CE6D6E37DF61D17",
		},
		{
			"257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==",
			"55648 13 2 B4C8C1FE2E7477127B27115656AD6256F424625BF5C1E2770CE6D6E37DF61D17",
		},
		{"other.net. IN DS 12345 13 2 " + digest, ""},
		{"other.net. IN DNSKEY 257 3 13 " + key, ""},
		{"example.net. IN A 192.0.2.1", ""},
		{"example.net. IN DNSKEY 0 3 13 " + key, ""},
		{"$INCLUDE /etc/passwd", ""},
		{"$GENERATE 1-100000 a$ IN DS 1 13 2 " + digest, ""},
		{"12345 13 2", ""},
		{strings.Repeat("1 ", 3000), ""},
		{"", ""},
	} {
		ds, err := readDS(test.line, name)
		if got := ds.String(); err == nil && got != test.want || err != nil && test.want != "" {
			t.Errorf("%q: %s, %v, want %s", test.line, got, err, test.want)
		}
	}
}

// A transfer code is made and shown once, or one's own is taken if it is strong.
func TestDomainAuthInfo(t *testing.T) {
	r, b := domainRig(t)
	r.Service.Random = func(n int) []byte {
		some := make([]byte, n)
		_, _ = rand.Read(some)
		return some
	}
	const path = Path + "domains/shop.co/authinfo"
	page := b.get(path).is(http.StatusOK).says("kept so that nobody can read it")
	for _, test := range []struct {
		says  string
		pairs []string
	}{
		{"Choose one.", nil},
		{"Write the code.", []string{"how", "own"}},
		{"This code is too easy to guess", []string{"how", "own", "code", "weak"}},
	} {
		b.post(path, append(test.pairs, "seen", page.seen())...).is(http.StatusUnprocessableEntity).says(test.says).saysNot(`value="weak"`)
	}
	made := b.post(path, "how", "make", "seen", page.seen()).is(http.StatusOK).says("It is shown this once")
	code := regexp.MustCompile(`<output id="code">([^<]+)</output>`).FindStringSubmatch(made.Body)
	if code == nil || len(code[1]) != 24 {
		t.Fatalf("the code is %v", code)
	}
	b.post(path, "how", "make", "seen", page.seen()).is(http.StatusUnprocessableEntity).says("This has been changed since")
	b.get(path).saysNot(code[1])
	r.Do(world.Other, flow.DomainTransfer{Name: world.Name("shop.co"), AuthInfo: &code[1]})
	b.post(path, "how", "clear", "seen", b.get(path).seen()).is(http.StatusUnprocessableEntity).says("pendingTransfer")
	old := b.get(Path + "domains/old.co/authinfo")
	b.post(Path+"domains/old.co/authinfo", "how", "clear", "seen", old.seen()).goesTo(Path + "domains/old.co")
	b.get(Path+"domains/old.co").says("The transfer code was changed.", "none; set one before")
	b.post(Path+"domains/tienda.co/authinfo", "how", "clear").is(http.StatusNotFound)
}

// A name is registered at the price that was agreed to, and what is wrong is told with what was typed.
func TestDomainCreate(t *testing.T) {
	r, b := domainRig(t)
	r.Price(3, "gold.co")
	const path = Path + "domains/new"
	b.get(path).is(http.StatusOK).says("Look whether it is free")
	b.get(path+"?name=tienda.co").says("Not available", "The name is registered already").saysNot("I agree")
	b.get(path+"?name=free.example").says("Not available", "This is not a name directly below one of our zones")
	b.get(path + "?name=%3Cb%3Ex").says("Not available").lacks("<b>x")
	b.get(path+"?name=gold.co").says("Premium", "This is a premium name")
	b.get(path+"?name=fr%C3%A9sh.co").says("frésh.co", "xn--frsh-cpa.co", "1 year: USD 20.00", "5 years: USD 100.00")
	b.get(path+"/check?name=new.co").is(http.StatusOK).says("Available", "USD 20.00").saysNot("<html", "Sign out")
	b.get(path + "/check?name=").is(http.StatusOK)
	b.get(path + "/check?name=" + strings.Repeat("a", 300)).is(http.StatusOK)
	b.get(path+"/contact?registrant=x-h1001&admin=X-H1002,nobody").is(http.StatusOK).says("X-H1001", "Ana Peña", "X-H1002 is none of your contacts", "nobody is none").saysNot("<html")

	b.get(path+"/contact?registrant=x-h1&tech=ana").says("x-h1 is none of your contacts. Perhaps: X-H1001 Ana Peña, Bogotá", "ana is none of your contacts. Perhaps: X-H1001").saysNot("X-H1002")

	good := []string{
		"name", "new.co", "term", "2:40.00", "agree", "yes", "registrant", "X-H1001", "admin", "X-H1001", "tech", "X-H1001",
		"servers", "ns1.example.net", "ds", "12345 13 2 " + strings.Repeat("AB", 32),
	}
	for _, test := range []struct{ name, value, says string }{
		{"name", "", "This is no domain name."},
		{"name", "tienda.co", "The name is registered already. Choose another."},
		{"term", "", "Choose for how long."},
		{"term", "2:39.00", "The price is another now: 40.00 USD"},
		{"agree", "", "Say that you agree to the price."},
		{"registrant", "<b>NOBODY", "there is no such contact. Check the id"},
		{"tech", "", "contact is needed"},
		{"servers", "ns9.example.net", "ns9.example.net: the registry does not know this name server yet"},
		{"servers", "_", "(_): this is not the name of a server."},
		{"ds", "x", "this is neither a DS nor a DNSKEY record"},
		{"code", "weak", "This code is too easy to guess"},
	} {
		pairs := []string{test.name, test.value}
		for i := 0; i < len(good); i += 2 {
			if good[i] != test.name {
				pairs = append(pairs, good[i], good[i+1])
			}
		}
		b.post(path, pairs...).is(http.StatusUnprocessableEntity).says(test.says).lacks("<b>NOBODY")
		if _, err := r.Ask(world.Acme, flow.OwnShow{Name: world.Name("new.co")}); err == nil {
			t.Fatalf("%v registers the name", test)
		}
	}
	b.post(path, good...).goesTo(Path + "domains/new.co")
	b.get(Path+"domains/new.co").says("new.co was registered until 10 May 2028, for USD 40.00.", "Add grace", "12345 13 2")
	b.post(path, good...).is(http.StatusUnprocessableEntity).says("The name is registered already")
	poor := r.as(world.Poor, registry.RoleAdministrator)
	poor.post(path, "name", "poor.co", "term", "1:20.00", "agree", "yes", "registrant", "X-H1001", "admin", "X-H1001", "tech", "X-H1001").
		is(http.StatusUnprocessableEntity).says("you can spend 0.00")
}

// Transfers go both ways: asked for with a code and cancelled, approved and rejected; others see none of it.
func TestTransfers(t *testing.T) {
	r, b := domainRig(t)
	other, third := r.as(world.Other, registry.RoleManager), r.as(world.Deleter, registry.RoleAdministrator)
	const path = Path + "transfers/new"
	b.get(Path+"transfers").is(http.StatusOK).says("Nobody asks for your names", "You have asked for no names")
	b.get(path).is(http.StatusOK)
	b.get(path + "?name=free.co").is(http.StatusUnprocessableEntity).says("The name is not registered")
	b.get(path + "?name=%00").is(http.StatusUnprocessableEntity).says("This is no domain name.")
	b.get(path+"?name=shop.co").says("This is not possible now", "This is yours already")
	b.get(path+"?name=tienda.co").says("1 year: USD 20.00", "The holder of the name has it")
	good := []string{"name", "tienda.co", "term", "1:20.00", "agree", "yes", "code", "domain-secret"}
	for _, test := range []struct{ name, value, says string }{
		{"name", "", "This is no domain name."},
		{"term", "", "Choose for how long."},
		{"term", "1:19.00", "The price is another now: 20.00 USD"},
		{"agree", "", "Say that you agree to the price."},
		{"code", "", "Write the code that the holder of the name has."},
		{"code", "wrong-secret", "This transfer code is wrong"},
	} {
		pairs := []string{test.name, test.value}
		for i := 0; i < len(good); i += 2 {
			if good[i] != test.name {
				pairs = append(pairs, good[i], good[i+1])
			}
		}
		b.post(path, pairs...).is(http.StatusUnprocessableEntity).says(test.says).saysNot("wrong-secret")
	}
	b.post(path, good...).goesTo(Path + "transfers/tienda.co")
	b.get(Path+"transfers/tienda.co").says("The name was asked for. Without an answer it is yours on 15 May 2026", "USD 20.00", "Cancel the request").saysNot("Approve")
	b.post(path, good...).is(http.StatusUnprocessableEntity).says("This is not possible now", "A transfer is under way already")
	b.get(Path+"transfers").says("tienda.co", "H1002")
	b.get(Path + "domains?state=coming").says("tienda.co")
	b.get(Path + "domains/tienda.co").goesTo(Path + "transfers/tienda.co")
	other.get(Path+"transfers").says("tienda.co", "H1001")
	other.get(Path+"domains/tienda.co").says("Another registrar has asked for the name", "Answer the transfer", "Moves to H1001")
	for _, act := range []string{"", "/approve", "/reject", "/cancel"} {
		if act == "" {
			third.get(Path + "transfers/tienda.co").is(http.StatusNotFound)
			continue
		}
		third.post(Path + "transfers/tienda.co" + act).is(http.StatusNotFound)
	}
	third.get(Path + "domains/tienda.co").is(http.StatusNotFound)
	b.post(Path + "transfers/tienda.co/approve").is(http.StatusUnprocessableEntity)
	other.post(Path + "transfers/tienda.co/cancel").is(http.StatusUnprocessableEntity)

	b.post(Path + "transfers/tienda.co/cancel").goesTo(Path + "transfers")
	b.get(Path + "transfers").says("was cancelled")
	b.post(Path + "transfers/tienda.co/cancel").is(http.StatusUnprocessableEntity)
	b.get(Path + "transfers/tienda.co").says("cancelled")
	b.get(Path + "domains/tienda.co").is(http.StatusNotFound)

	b.post(path, good...).goesTo(Path + "transfers/tienda.co")
	other.post(Path + "transfers/tienda.co/reject").goesTo(Path + "domains/tienda.co")
	b.get(Path + "transfers/tienda.co").says("rejected")
	b.post(path, good...).goesTo(Path + "transfers/tienda.co")
	other.post(Path + "transfers/tienda.co/approve").goesTo(Path + "transfers")
	b.get(Path+"domains/tienda.co").is(http.StatusOK).says("Transferred to you", "Transfer grace")
	other.get(Path + "domains/tienda.co").is(http.StatusNotFound)
	b.get(Path + "domains/tienda.co/history").says("Transfer").saysNot("X-H1002")
}

// Who may not do anything with names may not reach any of it.
func TestDomainPagesOfRoles(t *testing.T) {
	r, _ := domainRig(t)
	finance := r.as(world.Acme, registry.RoleFinanceAdministrator)
	for _, path := range []string{"domains", "domains/shop.co", "domains.csv", "domains/new", "domains/new/check?name=a.co", "transfers"} {
		finance.get(Path + path).is(http.StatusForbidden).saysNot("ns1.example.net")
	}
	finance.post(Path+"domains/shop.co/delete", "agree", "yes", "seen", "1").is(http.StatusForbidden)
}

// What people write is shown as what it is.
func TestDomainPagesEscape(t *testing.T) {
	r, b := domainRig(t)
	hostile := `"><script>x</script>`
	r.Contact(world.Acme, "A<i>B")
	registrant := "A<i>B"
	r.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Registrant: &registrant})
	for _, path := range []string{"domains", "domains/shop.co", "domains/shop.co/contacts", "domains/shop.co/history", "domains/new/contact?registrant=A%3Ci%3EB"} {
		b.get(Path + path).is(http.StatusOK).lacks("<i>B")
	}
	b.get(Path + "domains/new?" + query("name", hostile)).lacks("<script>x")
	b.get(Path + "transfers/new?" + query("name", hostile)).lacks("<script>x")
	for _, act := range []string{"servers", "ds", "contacts"} {
		page := b.get(Path + "domains/shop.co/" + act)
		b.post(Path+"domains/shop.co/"+act, "seen", page.seen(), "servers", hostile, "ds", hostile, "registrant", hostile).
			is(http.StatusUnprocessableEntity).lacks("<script>x")
	}
}
