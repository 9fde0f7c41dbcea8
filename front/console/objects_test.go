package console

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// noon is when the worlds of these tests begin.
const noon = "2026-03-01T12:00:00Z"

// contactFields of a form that is right.
func contactForms(id string) []string {
	return []string{
		"id", id, "int-name", "Ana Pena", "int-street1", "Calle 10", "int-city", "Bogota", "int-pc", "110221", "int-cc", "co",
		"voice", "+57.6015550100", "email", "ana@example.com", "do", "save",
	}
}

// with returns pairs with another value of a field.
func with(pairs []string, name, value string) []string {
	pairs = append([]string(nil), pairs...)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == name {
			pairs[i+1] = value
			return pairs
		}
	}
	return append(pairs, name, value)
}

// wrongAt are the names of the fields at which a page says that something is wrong.
func (p *reply) wrongAt() string {
	var names []string
	for _, found := range regexp.MustCompile(`class="wrong" id="f-([^"]*)-wrong"`).FindAllStringSubmatch(p.Body, -1) {
		names = append(names, found[1])
	}
	return strings.Join(names, " ")
}

// sentValue is what a field of a page holds.
func (p *reply) sentValue(name string) string {
	found := regexp.MustCompile(`name="` + name + `"[^>]* value="([^"]*)"`).FindStringSubmatch(p.Body)
	if found == nil {
		return ""
	}
	return found[1]
}

// A contact is made, shown, changed and deleted; each refusal stands at its field, and a form of an older version
// changes nothing.
func TestContactPages(t *testing.T) {
	r := newRig(t, noon)
	b := r.as(world.Acme, registry.RoleDomainAdministrator)
	right := contactForms("ANA-1")
	if id := b.get("/console/contact-new").is(200).sentValue("id"); !strings.HasPrefix(id, "H1001-") || len(id) > 16 {
		t.Errorf("a new contact is to be called %q", id)
	}
	for _, test := range []struct{ field, value, at string }{
		{"id", "a b c", "id"},
		{"int-name", "", "int-name"},
		{"int-city", "Bogotá", "int-city"},
		{"int-cc", "XX", "int-cc"},
		{"int-street1", "", "int-street1"},
		{"voice", "55", "voice"},
		{"fax", "55", "fax"},
		{"email", "no address", "email"},
		{"loc-name", "Ana", "loc-street1 loc-pc loc-city loc-cc"},
	} {
		p := b.post("/console/contact-new", with(right, test.field, test.value)...).is(422)
		if got := p.wrongAt(); got != test.at {
			t.Errorf("%s %q is wrong at %q, want %q: %s", test.field, test.value, got, test.at, p.text())
		}
		if got := p.sentValue("voice"); test.field != "voice" && got != "&#43;57.6015550100" {
			t.Errorf("what was sent is lost: %q", got)
		}
	}
	b.post("/console/contact-new", right...).goesTo("/console/contacts/ANA-1")
	b.get("/console/contacts/ANA-1").is(200).says("The contact ANA-1 was made.", "Ana Pena", "Not shown")
	if p := b.post("/console/contact-new", right...).is(422); p.wrongAt() != "id" {
		t.Errorf("made twice: %s", p.text())
	}
	edit := b.get("/console/contacts/ANA-1/edit").is(200)
	change := with(with(with(right, "seen", edit.sentValue("seen")), "email", "eva@example.com"), "lock", "clientDeleteProhibited")
	b.post("/console/contacts/ANA-1/edit", append(change, "open", "name/int", "open", "email")...).goesTo("/console/contacts/ANA-1")
	b.get("/console/contacts/ana-1").is(200).says("eva@example.com", "clientDeleteProhibited")
	if p := b.post("/console/contacts/ANA-1/edit", with(change, "email", "leo@example.com")...).is(422); strings.Contains(b.get("/console/contacts/ANA-1").Body, "leo@") {
		t.Errorf("a form of an older version has changed something: %s", p.text())
	}
	seen := b.get("/console/contacts/ANA-1/delete").is(200).sentValue("seen")
	b.post("/console/contacts/ANA-1/delete", "seen", seen).is(422).says("clientDeleteProhibited")
	edit = b.get("/console/contacts/ANA-1/edit")
	b.post("/console/contacts/ANA-1/edit", with(right, "seen", edit.sentValue("seen"))...).goesTo("/console/contacts/ANA-1")
	b.post("/console/contacts/ANA-1/delete", "seen", seen).is(422)
	b.post("/console/contacts/ANA-1/delete", "seen", b.get("/console/contacts/ANA-1/delete").sentValue("seen")).goesTo("/console/contacts")
	b.get("/console/contacts/ANA-1").is(404)
	if rows := r.Rows("SELECT command, code FROM log WHERE object = 'contact' AND code = 'completed'"); strings.Count(rows, "\n") != 4 {
		t.Errorf("the log has %s", rows)
	}
}

// What the switches open is what the form promises, and what WHOIS and RDAP show: all three come from one filter.
func TestDisclosureIsShownBefore(t *testing.T) {
	r := newRig(t, noon)
	b := r.as(world.Acme, registry.RoleDomainAdministrator)
	form := append(contactForms("ANA-1"), "int-org", "Flores Ltda", "open", "org/int", "open", "email")
	p := b.post("/console/contact-new", with(form, "do", "preview")...).is(200)
	_, promised, _ := strings.Cut(p.text(), "With what is ticked, everybody sees:")
	promised, _, _ = strings.Cut(promised, "Show what the public will see")
	if want := "Name Not shown Company Flores Ltda Address Not shown Telephone Not shown Fax Not shown E-mail ana@example.com"; strings.TrimSpace(promised) != want {
		t.Errorf("promised is %q, want %q", promised, want)
	}
	b.get("/console/contacts/ANA-1").is(404)
	b.post("/console/contact-new", form...).goesTo("/console/contacts/ANA-1")
	_, shown, _ := strings.Cut(b.get("/console/contacts/ANA-1").text(), "for who has no right to more.")
	if !strings.HasPrefix(strings.TrimSpace(shown), strings.TrimSpace(promised)) {
		t.Errorf("shown is %q, promised was %q", shown, promised)
	}
	d := r.Domain(world.Acme, "shop.co")
	r.Do(world.Acme, flow.DomainUpdate{Name: d.Name, Registrant: new("ANA-1")})
	reply, err := r.Ask("", flow.DomainLookup{Name: d.Name})
	if err != nil {
		t.Fatal(err)
	}
	for _, person := range reply.(flow.DomainFound).People {
		if person.Role == "registrant" && (!person.Org.Open || person.Name.Open || !person.Email.Open || person.Org.Value != "Flores Ltda") {
			t.Errorf("the public sees %+v", person)
		}
	}
}

// A contact is asked for with its secret, which is made and shown once; the other side answers, or the first takes it back.
func TestContactTransfers(t *testing.T) {
	r := newRig(t, noon)
	mine, theirs := r.as(world.Acme, registry.RoleDomainAdministrator), r.as(world.Other, registry.RoleManager)
	r.Contact(world.Other, "THEIRS")
	secret := regexp.MustCompile(`<code id="secret">([^<]{24})<`).FindStringSubmatch(theirs.post("/console/contacts/THEIRS/authinfo").is(200).Body)
	if secret == nil {
		t.Fatal("the secret is not shown")
	}
	if strings.Contains(theirs.get("/console/contacts/THEIRS").Body, secret[1]) {
		t.Error("the secret is shown again")
	}
	ask := func(pairs ...string) *reply { return mine.post("/console/contact-transfer", pairs...) }
	if p := ask("id", "THEIRS", "authinfo", "wrong").is(422); p.wrongAt() != "authinfo" || strings.Contains(p.Body, `value="wrong"`) {
		t.Errorf("a wrong secret: %s", p.text())
	}
	mine.get("/console/contacts/THEIRS").is(404)
	ask("id", "THEIRS", "authinfo", secret[1]).goesTo("/console/contacts")
	ask("id", "THEIRS", "authinfo", secret[1]).is(422)
	mine.get("/console/contacts/THEIRS").is(200).says("You have asked for this contact", "H1002").saysNot("Ana Peña")
	mine.post("/console/contacts/THEIRS/transfer", "how", "clientApproved").is(422)
	mine.post("/console/contacts/THEIRS/authinfo").is(404)
	mine.post("/console/contacts/THEIRS/transfer", "how", "clientCancelled").goesTo("/console/contacts")
	mine.get("/console/contacts/THEIRS").is(404)
	ask("id", "THEIRS", "authinfo", secret[1]).goesTo("/console/contacts")
	theirs.get("/console/contacts/THEIRS").says("Another registrar asks for this contact")
	theirs.post("/console/contacts/THEIRS/transfer", "how", "clientRejected").goesTo("/console/contacts/THEIRS")
	theirs.post("/console/contacts/THEIRS/transfer", "how", "clientRejected").is(422)
	ask("id", "THEIRS", "authinfo", secret[1]).goesTo("/console/contacts")
	theirs.post("/console/contacts/THEIRS/transfer", "how", "clientApproved").goesTo("/console/contacts")
	theirs.get("/console/contacts/THEIRS").is(404)
	mine.get("/console/contacts/THEIRS").is(200).says("Ana Peña")
}

// A name server is made, changed, renamed and deleted; each refusal stands at its field.
func TestHostPages(t *testing.T) {
	r := newRig(t, noon)
	b := r.as(world.Acme, registry.RoleDomainAdministrator)
	r.Domain(world.Acme, "shop.co")
	for _, test := range []struct{ name, addresses, at string }{
		{"-", "", "name"},
		{"ns1.shop.co", "192.0.2.1\nnonsense", "addresses"},
		{"ns1.shop.co", "127.0.0.1", "addresses"},
		{"ns1.shop.co", "", "addresses"},
		{"ns1.free.co", "192.0.2.1", "name"},
	} {
		if p := b.post("/console/host-new", "name", test.name, "addresses", test.addresses).is(422); p.wrongAt() != test.at {
			t.Errorf("%v is wrong at %q: %s", test, p.wrongAt(), p.text())
		}
	}
	b.post("/console/host-new", "name", "NS1.shop.co", "addresses", "192.0.2.1\r\n2001:db8::1, 192.0.2.1").goesTo("/console/hosts/ns1.shop.co")
	b.post("/console/host-new", "name", "ns1.shop.co", "addresses", "192.0.2.1").is(422)
	b.post("/console/host-new", "name", "ns1.example.net", "addresses", "").goesTo("/console/hosts/ns1.example.net")
	r.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Nameservers: world.Names("ns1.shop.co")}})
	b.get("/console/hosts/ns1.shop.co").is(200).says("192.0.2.1", "2001:db8::1", "shop.co")
	seen := b.get("/console/hosts/ns1.shop.co/edit").is(200).sentValue("seen")
	b.post("/console/hosts/ns1.shop.co/edit", "seen", seen, "name", "ns1.shop.co", "addresses", "").is(422)
	b.post("/console/hosts/ns1.shop.co/edit", "seen", seen, "name", "ns2.shop.co", "addresses", "192.0.2.7", "lock", "clientDeleteProhibited").goesTo("/console/hosts/ns2.shop.co")
	b.get("/console/hosts/ns2.shop.co").is(200).says("192.0.2.7", "clientDeleteProhibited").saysNot("192.0.2.1 ")
	b.get("/console/hosts/ns1.shop.co").is(404)
	b.post("/console/hosts/ns2.shop.co/edit", "seen", seen, "name", "ns3.shop.co", "addresses", "192.0.2.7").is(422)
	b.post("/console/hosts/ns2.shop.co/delete", "seen", b.get("/console/hosts/ns2.shop.co/delete").sentValue("seen")).is(422)
	seen = b.get("/console/hosts/ns1.example.net/delete").is(200).sentValue("seen")
	b.post("/console/hosts/ns1.example.net/delete", "seen", seen).goesTo("/console/hosts")
	b.post("/console/hosts/ns1.example.net/delete", "seen", seen).is(404)
	b.get("/console/hosts?q=ns2&links=linked").is(200).says("ns2.shop.co")
	b.get("/console/hosts?q=ns_").is(422)
}

// What is another registrar's is not there, and the answer is the same as for what never was: for every page and every
// form about a contact, a host or a job.
func TestObjectsOfOthersAreNotThere(t *testing.T) {
	r := newRig(t, noon)
	r.Contact(world.Other, "THEIRS")
	r.Host(world.Other, "ns1.example.net")
	const job = "theirs-0123456789"
	r.Do(world.Other, flow.BulkMake{ID: job, Names: []string{"a.co"}, Act: registry.BulkAct{Kind: registry.BulkDelete}})
	r.Queue(7, world.Other, registry.TextNotice{Text: "theirs alone"})
	b := r.as(world.Acme, registry.RoleAdministrator)
	before := r.Dump()
	for _, route := range r.console.routes {
		for _, ids := range [][3]string{
			{"/console/contacts/{id}", "THEIRS", "NOBODYS"}, {"/console/hosts/{name}", "ns1.example.net", "ns9.example.net"}, {"/console/bulk/{id}", job, "nobodys-012345678"},
		} {
			if !strings.HasPrefix(route.path, ids[0]) {
				continue
			}
			answer := func(id string) *reply {
				path := strings.NewReplacer("{id}", id, "{name}", id).Replace(route.path)
				if route.method == http.MethodPost {
					return b.post(path, "seen", "1", "how", "clientApproved", "name", "ns1.example.net", "do", "save")
				}
				return b.get(path)
			}
			theirs, nobodys := answer(ids[1]).is(404), answer(ids[2]).is(404)
			if theirs.text() != nobodys.text() {
				t.Errorf("%s: %s, of nobody's %s", theirs.about, theirs.text(), nobodys.text())
			}
		}
	}
	b.get("/console/messages").is(200).saysNot("theirs alone")
	b.post("/console/messages/ack", "id", "7", "do", "all").goesTo("/console/messages")
	for _, path := range []string{"/console/contacts", "/console/hosts", "/console/bulk"} {
		b.get(path).is(200).saysNot("THEIRS", "ns1.example.net", job)
	}
	if r.Dump() != before {
		t.Error("something was changed")
	}
}

// Script in whatever a contact can hold is shown as the text that it is.
func TestStoredScriptIsInert(t *testing.T) {
	r := newRig(t, noon)
	const evil = `<script>x</script>"'><img src=x onerror=y>`
	p := registry.Postal{Name: evil, Org: evil, Street: []string{evil, evil, evil}, City: evil, Province: evil, Postcode: `<u>"'>`, Country: "CO"}
	r.Do(world.Acme, flow.ContactCreate{
		ID: `<i>"'&amp;`, Int: &p, Loc: &p, Voice: &registry.Phone{Number: "+57.1", Extension: `"><u>`}, Fax: &registry.Phone{Number: "+57.1", Extension: `'><u>`},
		Email: "a'b&c@example.com", Disclose: []flow.DiscloseEdit{{What: registry.DiscloseNameInt, Open: true}, {What: registry.DiscloseAddrInt, Open: true}, {What: registry.DiscloseOrgInt, Open: true}},
	})
	r.Queue(9, world.Acme, registry.TextNotice{Text: evil})
	b := r.as(world.Acme, registry.RoleDomainAdministrator)
	path := "/console/contacts/" + url.PathEscape(`<i>"'&amp;`)
	for _, page := range []*reply{
		b.get("/console/contacts").is(200), b.get(path).is(200), b.get(path + "/edit").is(200), b.get(path + "/delete").is(200), b.get("/console/messages").is(200),
		b.get("/console/contacts?q=" + url.QueryEscape(evil)).is(200), b.get("/console/hosts?q=" + url.QueryEscape(evil)).is(422),
		b.get("/console/bulk/new?act=" + url.QueryEscape(evil)).is(200), b.post("/console/contact-new", "id", evil, "int-name", evil, "loc-street1", evil, "open", evil).is(422),
		b.post("/console/host-new", "name", evil, "addresses", evil).is(422), b.post("/console/bulk/new", "key", "0123456789abcdef", "names", evil, "act", evil, "servers", evil).is(422),
	} {
		for _, bad := range []string{"<script>x", "<img", "<u>", "<i>"} {
			if strings.Contains(page.Body, bad) {
				t.Errorf("%s has %s", page.about, bad)
			}
		}
		sound(t, page, "en")
	}
	b.get(path).says("<script>x</script>")
}

// Messages are read without being acknowledged, each event has words in both languages, and an ack that is sent twice is
// taken.
func TestMessagePages(t *testing.T) {
	r := newRig(t, noon)
	b := r.as(world.Acme, registry.RoleDomainAdministrator)
	b.get("/console/messages").is(200).says("No message waits")
	at := r.Now()
	shop := registry.Domain{Name: world.Name("shop.co")}
	host := registry.Host{Name: world.Name("ns2.shop.co"), Sponsor: world.Acme}
	for i, n := range []registry.Notice{
		registry.TransferNotice{Object: "domain", Name: "shop.co", Status: registry.TransferPending, Gaining: world.Other, Losing: world.Acme, Requested: at, Answer: at.Add(time.Hour)},
		registry.TransferNotice{Object: "contact", Name: "C1", Status: registry.TransferServerApproved, Gaining: world.Acme, Losing: world.Other, Requested: at, Answer: at},
		registry.PendingActionNotice{Name: "gone.co", Done: true, SvTRID: "X", At: at},
		registry.ChangeNotice{Step: registry.EventRegistryAction, Operation: "update", At: at, Set: []registry.Status{registry.ServerHold}, CaseType: "udrp", CaseID: "77", Domain: &shop},
		registry.ChangeNotice{Step: registry.EventHostRenamed, Operation: "update", At: at, Former: "ns1.shop.co", Host: &host},
		registry.MaintenanceNotice{Maintenance: registry.Maintenance{Name: "Switches", Starts: at, Ends: at.Add(time.Hour)}},
		registry.LowBalanceNotice{Available: 5_00, Threshold: 10_00},
		registry.AccountNotice{Step: registry.EventDepositReceived, At: at, Amount: 100_00, Reference: "R-1", Balance: 200_00, Available: 150_00},
		registry.TextNotice{Text: "A sentence."},
	} {
		r.Queue(int64(10+i), world.Acme, n)
	}
	page := b.get("/console/messages").is(200)
	page.says("H1002 asks for it.", "From H1002 to you", "Set: On hold by the registry. Case UDRP 77.", "It was called ns1.shop.co before", "From 1 Mar 2026, 12:00 UTC until 1 Mar 2026, 13:00 UTC.",
		"You can spend USD 5.00; you wanted to be told below USD 10.00.", "Amount: USD 100.00. Reference: R-1.", "A sentence.", "9 wait")
	if !strings.Contains(page.Body, `href="/console/domains/shop.co"`) || !strings.Contains(page.Body, `href="/console/contacts/C1"`) {
		t.Error("messages do not lead to what they are about")
	}
	b.get("/console/messages").says("9 wait")
	for range 2 {
		b.post("/console/messages/ack", "id", "11", "do", "one").goesTo("/console/messages")
	}
	b.get("/console/messages").says("That was acknowledged before.", "8 wait").saysNot("/console/contacts/C1")
	b.post("/console/messages/ack", "id", "14", "do", "all").goesTo("/console/messages")
	b.get("/console/messages").says("4 messages were acknowledged.", "4 wait")
	for _, bad := range []string{"", "x", "-1", "99999999999999999999"} {
		b.post("/console/messages/ack", "id", bad, "do", "all").is(404)
	}
	for _, e := range registry.Events() {
		title := eventTitle(e)
		if e != registry.EventText && title == eventTitle(registry.EventText) {
			t.Errorf("event %s has no words", e)
		}
		if _, ok := spanish()[title]; !ok {
			t.Errorf("event %s has no Spanish", e)
		}
	}
	r.Do("", flow.RegistrarPoll{Registrar: world.Acme, Off: true})
	b.get("/console/messages").is(200).says("Messages are switched off")
}

// bulkRig is a console with names of its own, and who works off its jobs.
func bulkRig(t *testing.T) (*rig, *browser, *Bulk) {
	t.Helper()
	r := newRig(t, noon)
	for i := range 5 {
		r.Domain(world.Acme, fmt.Sprintf("n%d.com.co", i))
	}
	r.Domain(world.Other, "theirs.co")
	worker := &Bulk{Service: r.Service, NewTRID: r.NewTRID, Lease: func() (registry.Fence, bool) { return registry.Fence{}, true }, Log: r.console.config.Log}
	r.console.config.Bulk = worker.Poke
	return r, r.as(world.Acme, registry.RoleDomainAdministrator), worker
}

// rounds has a worker do all that there is to do.
func rounds(t *testing.T, b *Bulk) {
	t.Helper()
	for range 100 {
		worked, err := b.Round(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if !worked {
			return
		}
	}
	t.Fatal("the work does not end")
}

// A bulk action from the list to the result: nothing happens before the preview was confirmed, a form that is sent twice
// makes one job, and the result file says what became of each name, in cells that no spreadsheet takes for formulas.
func TestBulkPages(t *testing.T) {
	r, b, worker := bulkRig(t)
	key := b.get("/console/bulk/new").is(200).sentValue("key")
	names := "N0.com.co\r\nn1.com.co,x,y\n\n\"n2.com.co\";z\n# a comment\ntheirs.co\n=cmd|' /C calc'!A0\n"
	form := []string{"key", key, "names", names, "act", "renew", "years", "2"}
	for _, test := range []struct{ field, value, at string }{
		{"names", "\n", "names"}, {"act", "", "act"}, {"act", "paint", "act"}, {"years", "x", "years"}, {"years", "9", "years"}, {"key", "short", ""},
	} {
		if p := b.post("/console/bulk/new", with(form, test.field, test.value)...).is(422); p.wrongAt() != test.at || p.sentValue("key") != with(form, test.field, test.value)[1] {
			t.Errorf("%s %q is wrong at %q: %s", test.field, test.value, p.wrongAt(), p.text())
		}
	}
	for range 2 {
		b.post("/console/bulk/new", form...).goesTo("/console/bulk/" + key)
	}
	b.get("/console/bulk").is(200).says("Renew", "Being previewed")
	if page := b.get("/console/bulk/" + key).is(200).says("1 of 5 names have been looked at."); !strings.Contains(page.Body, `<noscript><meta http-equiv="refresh"`) {
		t.Errorf("the page of a job that is worked on does not come again: %s", page.Body)
	}
	b.post("/console/bulk/" + key + "/start").is(422)
	before := r.Rows("SELECT name, expires FROM domain ORDER BY name")
	rounds(t, worker)
	b.get("/console/bulk/"+key).is(200).says("3 names will be renewed.", "2 cannot be done", "It will cost: USD 120.00", "This belongs to another registrar", "Renew 3 names")
	if after := r.Rows("SELECT name, expires FROM domain ORDER BY name"); after != before {
		t.Error("the preview has changed something")
	}
	for range 2 {
		b.post("/console/bulk/" + key + "/start").goesTo("/console/bulk/" + key)
	}
	b.post("/console/bulk/" + key + "/remove").is(422)
	rounds(t, worker)
	b.get("/console/bulk/"+key).is(200).says("3 done, 2 refused, 0 with nothing to do.", "Cost: USD 120.00", "Ended")
	b.get("/console/bulk/" + key + "?result=refused").says("theirs.co").saysNot("n1.com.co")
	file := b.get("/console/bulk/" + key + "/result.csv").is(200)
	lines := strings.Split(strings.TrimSpace(file.Body), "\n")
	if len(lines) != 6 || lines[0] != "domain,result,amount,reason,svtrid,at" || !strings.HasPrefix(lines[1], "n0.com.co,made,40.00,,TEST-") || !strings.HasPrefix(lines[5], "'=cmd") {
		t.Errorf("the result file is\n%s", file.Body)
	}
	if got := file.Header.Get("Content-Disposition"); got != `attachment; filename="bulk-renew-20260301-1200.csv"` {
		t.Errorf("the file is called %s", got)
	}
	if rows := r.Rows("SELECT login FROM log WHERE command = 'renew' AND code = 'completed'"); strings.Count(rows, b.user.Login) != 3 {
		t.Errorf("the log says that it was %s", rows)
	}
	b.get("/console/bulk/" + key).lacks(`action="/console/bulk/` + key + `/remove"`) // it is asked for on a page of its own
	b.get("/console/bulk/"+key+"/remove").is(200).says("Remove this bulk action?", "What was done stays done.", "Result file")
	b.get("/console/bulk/" + key).is(200)
	b.post("/console/bulk/" + key + "/remove").goesTo("/console/bulk")
	b.get("/console/bulk/" + key).is(404)
}

// The preview of a deletion says of each name whether it can be restored; what is purged at once has to be meant. Who may not
// see the registrar's money is told neither its credit nor, of a job without a price, a cost.
func TestBulkDeletionsAreToldApart(t *testing.T) {
	r, _, worker := bulkRig(t)
	r.Pass(30 * 24 * time.Hour)
	b := r.as(world.Acme, registry.RoleDomainAdministrator)
	r.Domain(world.Acme, "young.com.co")
	make := func(b *browser, act string, names ...string) string {
		key := b.get("/console/bulk/new").sentValue("key")
		b.post("/console/bulk/new", "key", key, "names", strings.Join(names, "\n"), "act", act, "years", "1", "lock", "clientTransferProhibited").goesTo("/console/bulk/" + key)
		rounds(t, worker)
		return "/console/bulk/" + key
	}
	page := make(b, "delete", "n0.com.co", "young.com.co")
	b.get(page).is(200).says("2 names will be deleted.", "1 name is in its add grace period: it is purged at once and cannot be restored.", "1 name leaves the zone at once and can be restored",
		"n0.com.co Will be done Can be restored until 30 Apr 2026", "young.com.co Will be done −USD", "Purged at once; cannot be restored", "Delete 2 names", "You will be credited").saysNot("You can spend")
	b.post(page + "/start").is(422).says("Names of the list would be purged at once and cannot be restored. Tick the box if this is meant.")
	b.post(page+"/start", "sure", "yes").goesTo(page)
	rounds(t, worker)
	b.get(page).is(200).says("2 done", "Done").saysNot("You can leave this page")
	page = make(b, "delete", "n1.com.co")
	b.get(page).says("1 name will be deleted.", "Delete 1 name").saysNot("purged at once", "add grace")
	b.post(page + "/start").goesTo(page)
	rounds(t, worker)
	page = make(b, "lock", "n2.com.co")
	b.get(page).is(200).says("1 name will be changed.", "1 name ·").saysNot("cost", "You can spend", "USD")
	b.get(page + "/remove").is(200)
	for role, sees := range map[registry.Role]bool{registry.RoleDomainAdministrator: false, registry.RoleManager: true} {
		one := r.as(world.Acme, role)
		page := make(one, "renew", "n3.com.co")
		one.post(page + "/stop").goesTo(page)
		key := one.get("/console/bulk/new").sentValue("key")
		one.post("/console/bulk/new", "key", key, "names", "n3.com.co", "act", "renew", "years", "1").goesTo("/console/bulk/" + key)
		rounds(t, worker)
		if told := one.get("/console/bulk/" + key).says("It will cost: USD 20.00"); strings.Contains(told.text(), "You can spend") != sees {
			t.Errorf("%s: %s", role, told.text())
		}
		one.post("/console/bulk/" + key + "/remove").goesTo("/console/bulk")
	}
}

// Previews that nobody lets run keep nobody from the next: those that fit nothing end by themselves, and a new one takes the
// place of its user's oldest. Those of others stay.
func TestWaitingPreviewsKeepNobodyOut(t *testing.T) {
	r, b, worker := bulkRig(t)
	make := func(b *browser, name string) (string, *reply) {
		key := b.get("/console/bulk/new").sentValue("key")
		answer := b.post("/console/bulk/new", "key", key, "names", name, "act", "lock", "lock", "clientTransferProhibited")
		rounds(t, worker)
		r.Pass(time.Minute)
		return "/console/bulk/" + key, answer
	}
	for range 4 {
		page, answer := make(b, "theirs.co")
		answer.goesTo(page)
		b.get(page).is(200).says("Done", "The preview found no name to which it can be done", "0 done, 1 refused", "This belongs to another registrar")
	}
	first, _ := make(b, "n0.com.co")
	for range 2 {
		make(b, "n1.com.co")
	}
	page, answer := make(b, "n2.com.co")
	answer.goesTo(page)
	b.get(first).is(200).says("Stopped", "stopped by "+b.user.Login)
	b.get(page).is(200).says("Waits for you")
	_, answer = make(r.as(world.Acme, registry.RoleManager), "n3.com.co")
	if answer.is(422); !strings.Contains(answer.Body, `href="/console/bulk">Look at the bulk actions`) {
		t.Errorf("there is no way to those that wait: %s", answer.text())
	}
}

// A job that is stopped does nothing more, whoever works on it; what was done stays.
func TestBulkStops(t *testing.T) {
	r, b, worker := bulkRig(t)
	key := b.get("/console/bulk/new").sentValue("key")
	b.post("/console/bulk/new", "key", key, "names", "n0.com.co\nn1.com.co", "act", "lock", "lock", "clientHold").is(422)
	b.post("/console/bulk/new", "key", key, "names", "n0.com.co\nn1.com.co", "act", "lock", "lock", "clientTransferProhibited").goesTo("/console/bulk/" + key)
	rounds(t, worker)
	b.post("/console/bulk/" + key + "/start").goesTo("/console/bulk/" + key)
	for range 2 {
		b.post("/console/bulk/" + key + "/stop").goesTo("/console/bulk/" + key)
	}
	rounds(t, worker)
	b.get("/console/bulk/"+key).is(200).says("Stopped", "0 done", "stopped by "+b.user.Login)
	if rows := r.Rows("SELECT name FROM domain WHERE body LIKE '%clientTransferProhibited%'"); rows != "" {
		t.Errorf("after the stop %s were locked", rows)
	}
}

// Names come from a file, too, and from a search; a list that is too long is refused, and so is a file.
func TestBulkNames(t *testing.T) {
	r, b, worker := bulkRig(t)
	upload := func(key, file string) *reply {
		const boundary = "xxxx"
		var body strings.Builder
		for name, value := range map[string]string{"token": b.token(), "key": key, "act": "delete", "names": ""} {
			fmt.Fprintf(&body, "--%s\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", boundary, name, value)
		}
		fmt.Fprintf(&body, "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n%s\r\n--%s--\r\n", boundary, file, boundary)
		req := httptest.NewRequest(http.MethodPost, "https://console.example/console/bulk/new", strings.NewReader(body.String()))
		req.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		return b.send(req)
	}
	upload("file-0123456789abcdef", "\xEF\xBB\xBFDomain,Price\r\nn0.com.co,1\r\nn3.com.co,2\r\n").goesTo("/console/bulk/file-0123456789abcdef")
	rounds(t, worker)
	b.get("/console/bulk/file-0123456789abcdef").says("2 names will be deleted.", "You will be credited:", "n3.com.co")
	var long strings.Builder
	for i := range 10_001 {
		fmt.Fprintf(&long, "n%d.com.co\n", i)
	}
	upload("zips-0123456789abcdef", "PK\x03\x04\x14\x00\x00\x00\x08\x00n0.com.co").is(422).says("This is no text file.")
	if p := upload("long-0123456789abcdef", long.String()).is(422); p.wrongAt() != "names" {
		t.Errorf("a list that is too long: %s", p.text())
	}
	upload("huge-0123456789abcdef", strings.Repeat("x", longestBulkList)).is(413)
	if got := strings.Count(b.get("/console/bulk/new?from=search&q=n").is(200).Body, ".com.co"); got != 5 {
		t.Errorf("a search finds %d names", got)
	}
	b.get("/console/bulk/new?from=search&q=n").saysNot("These are the first")
	r.Service.Profile.Versions = slices.Clone(r.Service.Profile.Versions)
	r.Service.Profile.Versions[0].Terms.Limits.Portfolio.Looked = 3
	some := b.get("/console/bulk/new?from=search&q=n").says("These are the first 3 names that your search finds, and there may be more.")
	if !strings.Contains(html.UnescapeString(some.Body), `href="/console/domains.csv?from=search&q=n"`) {
		t.Error("the page does not lead to the file of all")
	}
	if rows := r.Rows("SELECT id FROM bulk_job"); strings.Count(rows, "\n") != 1 {
		t.Errorf("the jobs are %s", rows)
	}
}

// A worker that stops in the middle leaves nothing half done: another goes on, and each name is done once. One that has
// lost its lease does nothing.
func TestBulkWorkersTakeOver(t *testing.T) {
	r, b, worker := bulkRig(t)
	key := b.get("/console/bulk/new").sentValue("key")
	b.post("/console/bulk/new", "key", key, "names", "n0.com.co\nn1.com.co\nn2.com.co\nn3.com.co\nn4.com.co", "act", "renew", "years", "1").goesTo("/console/bulk/" + key)
	rounds(t, worker)
	b.post("/console/bulk/" + key + "/start").goesTo("/console/bulk/" + key)
	before := r.Funds(world.Acme).Available()
	for n := 0; ; n++ {
		r.Fault.After(n)
		_, err := worker.Round(context.Background())
		operations := r.Fault.Disarm()
		if err == nil && operations <= n {
			break
		}
	}
	lost := &Bulk{Service: r.Service, NewTRID: r.NewTRID, Lease: func() (registry.Fence, bool) { return registry.Fence{}, false }, Log: worker.Log}
	if worked, err := lost.Round(context.Background()); worked || err != nil {
		t.Errorf("without its lease a worker does %t, %v", worked, err)
	}
	rounds(t, worker)
	b.get("/console/bulk/" + key).says("5 done, 0 refused, 0 with nothing to do.")
	if spent := before - r.Funds(world.Acme).Available(); spent != 5*20_00 {
		t.Errorf("five renewals have cost %s", spent)
	}
	r.CheckInvariants()
}

// New secrets are in the result file alone, and are the names' own.
func TestBulkSecrets(t *testing.T) {
	r, b, worker := bulkRig(t)
	key := b.get("/console/bulk/new").sentValue("key")
	b.post("/console/bulk/new", "key", key, "names", "n0.com.co", "act", "authinfo").goesTo("/console/bulk/" + key)
	rounds(t, worker)
	b.post("/console/bulk/" + key + "/start").goesTo("/console/bulk/" + key)
	rounds(t, worker)
	file := b.get("/console/bulk/" + key + "/result.csv").is(200)
	fields := strings.Split(strings.TrimSpace(strings.Split(file.Body, "\n")[1]), ",")
	if len(fields) != 7 || len(fields[6]) != 24 {
		t.Fatalf("the file is %s", file.Body)
	}
	b.get("/console/bulk/" + key).says("The result file has the new transfer codes.").saysNot(fields[6])
	if _, err := r.Ask(world.Acme, flow.DomainInfo{Name: world.Name("n0.com.co"), AuthInfo: &fields[6]}); err != nil {
		t.Error(err)
	}
}

// Pages of lists lead on until all was shown, each once.
func TestObjectListsHavePages(t *testing.T) {
	r := newRig(t, noon)
	for i := range 120 {
		r.Contact(world.Acme, fmt.Sprintf("P-%03d", i))
		r.Queue(int64(100+i), world.Acme, registry.TextNotice{Text: "message " + strconv.Itoa(i) + "."})
	}
	b := r.as(world.Acme, registry.RoleAdministrator)
	for path, item := range map[string]*regexp.Regexp{
		"/console/contacts?by=name&q=ANA": regexp.MustCompile(`>P-\d+<`), "/console/contacts?links=unlinked": regexp.MustCompile(`>P-\d+<`), "/console/messages": regexp.MustCompile(`message \d+\.`),
	} {
		seen := map[string]bool{}
		pages := 0
		for next := path; next != "" && pages < 5; pages++ {
			page := b.get(next).is(200)
			for _, found := range item.FindAllString(page.Body, -1) {
				if seen[found] {
					t.Errorf("%s shows %s twice", path, found)
				}
				seen[found] = true
			}
			next = ""
			if link := regexp.MustCompile(`href="([^"]*)" rel="next"`).FindStringSubmatch(page.Body); link != nil {
				next = html.UnescapeString(link[1])
			}
		}
		if len(seen) != 120 || pages != 3 {
			t.Errorf("%s shows %d in %d pages", path, len(seen), pages)
		}
	}
}
