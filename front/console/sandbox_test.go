package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// sandboxRig is a console with test environments, in a browser of one who may use them.
func sandboxRig(t *testing.T) (*browser, *testSandboxes) {
	t.Helper()
	r := newRig(t, "2026-03-01T12:00:00Z")
	return r.as(world.Acme, registry.RoleDomainAdministrator), r.console.config.Sandboxes.(*testSandboxes)
}

// fieldIn returns the value of a hidden field of the form that goes to a path.
func fieldIn(t *testing.T, p *reply, action, name string) string {
	t.Helper()
	form := regexp.MustCompile(`(?s)<form[^>]*action="` + regexp.QuoteMeta(action) + `".*?</form>`).FindString(p.Body)
	field := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(form)
	if field == nil {
		t.Fatalf("%s has no field %s in a form to %s: %s", p.about, name, action, form)
	}
	return field[1]
}

// Without test environments there is neither page nor entry in the menu.
func TestNoSandbox(t *testing.T) {
	r := rigWith(t, world.New(t, "2026-03-01T12:00:00Z"), func(*Config) {})
	b := r.as(world.Acme, registry.RoleAdministrator)
	b.get("/console/sandbox").is(http.StatusNotFound)
	b.get("/console/").is(http.StatusOK).saysNot("Test environment")
}

// It is made once, and its passwords are shown once.
func TestSandboxIsMade(t *testing.T) {
	b, boxes := sandboxRig(t)
	b.get("/console/sandbox").is(http.StatusOK).says("Make the test environment").saysNot("Credentials")
	for _, path := range []string{"accreditation", "mails", "mails/m2", "reset", "credentials.json", "credentials/OTE1001-A/password"} {
		b.get("/console/sandbox/" + path).is(http.StatusNotFound)
	}
	b.post("/console/sandbox/make").is(http.StatusOK).says("OTE1001-A", "OTE1001-B", "made-1-<&>", "made-2-<&>", "I have it").
		lacks("made-1-<&>") // but escaped
	b.post("/console/sandbox/make").goesTo("/console/sandbox")
	b.get("/console/sandbox").is(http.StatusOK).says("The test environment is there already.", "ote.example:700", "https://ote.example/json/", "USD 1,000.00", "OTE1001-B").
		saysNot("made-1")
	if boxes.passwords != 2 {
		t.Errorf("%d passwords were made, want 2", boxes.passwords)
	}
	if !strings.Contains(b.log.String(), "msg=\"test environment\" act=make registrar=H1001 user="+b.user.Login) {
		t.Errorf("the log has\n%s", b.log)
	}
	if strings.Contains(b.log.String(), "made-1") {
		t.Error("the log has a password")
	}
}

// The clock moves, what fell due is told, and a form that is sent twice moves it once.
func TestSandboxClock(t *testing.T) {
	b, boxes := sandboxRig(t)
	b.post("/console/sandbox/make").is(http.StatusOK)
	page := b.get("/console/sandbox").is(http.StatusOK).says("1 Mar 2026, 12:00 UTC", "Real time")
	offset := fieldIn(t, page, "/console/sandbox/move", "offset")
	b.post("/console/sandbox/move", "how", "advance", "advance", "46d", "offset", offset).is(http.StatusOK).
		says("The clock was moved", "16 Apr 2026, 12:00 UTC", "3 names renewed by themselves", "2 charges posted", "1 mail that would have been sent", "46 days ahead of real time").
		saysNot("purged, free")
	b.post("/console/sandbox/move", "how", "advance", "advance", "46d", "offset", offset).goesTo("/console/sandbox")
	page = b.get("/console/sandbox").says("nothing was done", "16 Apr 2026")
	offset = fieldIn(t, page, "/console/sandbox/move", "offset")
	b.post("/console/sandbox/move", "how", "next", "next", "a.example", "offset", offset).is(http.StatusOK).says("a.example expires", "Nothing fell due on the way.")
	offset = boxes.of[world.Acme].Offset.String()
	b.post("/console/sandbox/move", "how", "to", "to", "2027-06-01", "offset", offset).is(http.StatusOK).says("1 Jun 2027")
	offset = boxes.of[world.Acme].Offset.String()
	for _, test := range []struct{ how, value, says string }{
		{"advance", "soon", "write a length of time such as 46d"},
		{"advance", "", "Say how far the clock is to move."},
		{"to", "<b>x</b>", "write an instant such as 2027-06-01"},
		{"next", "nobody.example", "the name is not registered"},
		{"", "46d", "Say how far the clock is to move."},
	} {
		answer := b.post("/console/sandbox/move", "how", test.how, test.how, test.value, "offset", offset).is(http.StatusUnprocessableEntity).says(test.says)
		answer.lacks("<b>x</b>")
		if test.how != "" && test.value != "" && !strings.Contains(answer.Body, `aria-invalid="true"`) {
			t.Errorf("%s %q: no field is shown to be wrong", test.how, test.value)
		}
	}
	if got := boxes.of[world.Acme].Offset.String(); got != offset {
		t.Errorf("a movement that was refused moved the clock from %s to %s", offset, got)
	}
}

// Many forms that were made from one page move the clock once.
func TestSandboxClockAtOnce(t *testing.T) {
	b, boxes := sandboxRig(t)
	b.post("/console/sandbox/make").is(http.StatusOK)
	var all sync.WaitGroup
	for range 8 {
		other := b.as(world.Acme, registry.RoleDomainAdministrator)
		all.Go(func() { other.post("/console/sandbox/move", "how", "advance", "advance", "46d", "offset", "0s") })
	}
	all.Wait()
	if got := boxes.of[world.Acme].Offset.Hours() / 24; got != 46 {
		t.Errorf("the clock is %v days ahead, want 46", got)
	}
}

// Credentials are added and refilled and get new passwords, each form once.
func TestSandboxCredentials(t *testing.T) {
	b, boxes := sandboxRig(t)
	b.post("/console/sandbox/make").is(http.StatusOK)
	seen := fieldIn(t, b.get("/console/sandbox"), "/console/sandbox/credentials", "seen")
	b.post("/console/sandbox/credentials", "seen", seen).is(http.StatusOK).says("OTE1001-C", "made-3-<&>")
	b.post("/console/sandbox/credentials", "seen", seen).goesTo("/console/sandbox")
	b.post("/console/sandbox/credentials", "seen", "3").is(http.StatusUnprocessableEntity).says("as many credentials as there can be")

	path := "/console/sandbox/credentials/OTE1001-B/password"
	seen = fieldIn(t, b.get(path).is(http.StatusOK), path, "seen")
	b.post(path, "seen", seen).is(http.StatusOK).says("made-4-<&>").saysNot("made-3")
	b.post(path, "seen", seen).goesTo("/console/sandbox")
	if boxes.passwords != 4 {
		t.Errorf("%d passwords were made, want 4", boxes.passwords)
	}

	boxes.of[world.Acme].Credentials[0].Available = 12
	b.post("/console/sandbox/credentials/OTE1001-A/refill").goesTo("/console/sandbox")
	b.get("/console/sandbox").says("OTE1001-A has its funds again.").saysNot("USD 0.12")
	for _, id := range []string{"OTE1002-A", "%3Cscript%3E", "9999"} {
		b.post("/console/sandbox/credentials/" + id + "/refill").is(http.StatusNotFound)
		b.post("/console/sandbox/credentials/" + id + "/password").is(http.StatusNotFound)
		b.get("/console/sandbox/credentials/" + id + "/password").is(http.StatusNotFound)
	}

	answer := b.get("/console/sandbox/credentials.json").is(http.StatusOK)
	var file struct {
		EPP, HTTPS string
		CA         *string // to be filled in
		Registrars []map[string]string
	}
	if err := json.Unmarshal([]byte(answer.Body), &file); err != nil || file.EPP != "ote.example:700" || file.CA == nil || len(file.Registrars) != 3 ||
		file.Registrars[0]["id"] != "OTE1001-A" || file.Registrars[0]["eppPassword"] != "" {
		t.Errorf("the file is %s, %v", answer.Body, err)
	}
	if got := answer.Header.Get("Content-Disposition"); got != `attachment; filename="sandbox-OTE1001.json"` {
		t.Errorf("it is sent as %s", got)
	}
}

// What was seen is ticked with when, who and in which transaction.
func TestSandboxAccreditation(t *testing.T) {
	b, boxes := sandboxRig(t)
	b.post("/console/sandbox/make").is(http.StatusOK)
	need := 0
	for _, i := range policy.Accreditation() {
		if i.Required {
			need++
		}
	}
	boxes.of[world.Acme].Ticks["login"] = registry.SandboxTick{At: b.Now(), Who: "OTE1001-A", SvTRID: "T-42"}
	boxes.of[world.Acme].Ticks["idn"] = registry.SandboxTick{At: b.Now(), Who: "OTE1001-B", SvTRID: "T-43"}
	answer := b.get("/console/sandbox/accreditation").is(http.StatusOK).says("Shown already: Log in 1 Mar 2026, 12:00 UTC OTE1001-A T-42", "T-43", "Not seen yet: Log out", "1 of "+number(need)+" required items, 2 of ")
	for _, i := range policy.Accreditation() {
		answer.says(i.Text)
	}
	b.spanish = true
	b.get("/console/sandbox/accreditation").says("Iniciar sesión", "Fin de la vida")
	for _, i := range policy.Accreditation() {
		boxes.of[world.Acme].Ticks[i.ID] = registry.SandboxTick{At: b.Now()}
	}
	b.spanish = false
	b.get("/console/sandbox").says("Your programs have shown all that is required.")
}

// A mail is shown as text, whatever is in it.
func TestSandboxMails(t *testing.T) {
	b, boxes := sandboxRig(t)
	b.post("/console/sandbox/make").is(http.StatusOK)
	b.get("/console/sandbox/mails").is(http.StatusOK).says("Transfer <requested>", "ana@example.com").lacks("Transfer <requested>")
	b.get("/console/sandbox/mails/m2").is(http.StatusOK).says("<script>alert(1)</script> & all").lacks("<script>alert")
	b.get("/console/sandbox/mails/m3").is(http.StatusNotFound)
	boxes.mails = nil
	b.get("/console/sandbox/mails").is(http.StatusOK).says("No mail yet")
}

// A reset is asked for, is done once, and leaves the credentials.
func TestSandboxReset(t *testing.T) {
	b, boxes := sandboxRig(t)
	b.post("/console/sandbox/make").is(http.StatusOK)
	b.post("/console/sandbox/move", "how", "advance", "advance", "46d", "offset", "0s").is(http.StatusOK)
	seen := fieldIn(t, b.get("/console/sandbox/reset").is(http.StatusOK), "/console/sandbox/reset", "seen")
	b.post("/console/sandbox/reset", "seen", seen).is(http.StatusUnprocessableEntity).says("Tick this if it is meant.")
	if boxes.of[world.Acme].Offset == 0 {
		t.Fatal("it was reset without being sure")
	}
	b.post("/console/sandbox/reset", "seen", seen, "sure", "yes").goesTo("/console/sandbox")
	b.get("/console/sandbox").says("begins anew", "Real time", "OTE1001-A")
	b.post("/console/sandbox/move", "how", "advance", "advance", "46d", "offset", "0s").is(http.StatusOK)
	b.post("/console/sandbox/reset", "seen", seen, "sure", "yes").goesTo("/console/sandbox")
	if boxes.of[world.Acme].Offset == 0 {
		t.Error("a form that was sent twice reset it twice")
	}
}

// One registrar's is not another's.
func TestSandboxIsOwn(t *testing.T) {
	b, boxes := sandboxRig(t)
	b.post("/console/sandbox/make").is(http.StatusOK)
	other := b.as(world.Other, registry.RoleAdministrator)
	other.get("/console/sandbox").is(http.StatusOK).says("Make the test environment").saysNot("OTE1001")
	other.post("/console/sandbox/credentials/OTE1001-A/password").is(http.StatusNotFound)
	other.post("/console/sandbox/make").is(http.StatusOK).says("OTE1002-A")
	other.post("/console/sandbox/credentials/OTE1001-A/password").is(http.StatusNotFound)
	other.post("/console/sandbox/move", "how", "advance", "advance", "46d", "offset", "0s").is(http.StatusOK)
	if boxes.of[world.Acme].Offset != 0 {
		t.Error("the clock of another registrar was moved")
	}
}

// Every page of one that was made is sound in both languages.
func TestSandboxPagesAreSound(t *testing.T) {
	b, boxes := sandboxRig(t)
	b.post("/console/sandbox/make").is(http.StatusOK)
	for _, language := range []string{"en", "es"} {
		b.spanish = language == "es"
		for _, path := range []string{"", "/accreditation", "/mails", "/mails/m2", "/reset", "/credentials/OTE1001-A/password"} {
			sound(t, b.get("/console/sandbox"+path).is(http.StatusOK), language)
		}
		offset := boxes.of[world.Acme].Offset.String()
		sound(t, b.post("/console/sandbox/move", "how", "advance", "advance", "46d", "offset", offset).is(http.StatusOK), language)
		path := "/console/sandbox/credentials/OTE1001-A/password"
		sound(t, b.post(path, "seen", fieldIn(t, b.get(path), path, "seen")).is(http.StatusOK), language)
	}
}

// When it cannot be reached the page says so, and nothing was done.
func TestSandboxIsAway(t *testing.T) {
	b, boxes := sandboxRig(t)
	b.post("/console/sandbox/make").is(http.StatusOK)
	boxes.fails = registry.ErrUnavailable
	b.get("/console/sandbox").is(http.StatusServiceUnavailable)
	b.post("/console/sandbox/move", "how", "advance", "advance", "46d", "offset", "0s").is(http.StatusServiceUnavailable)
	boxes.fails = errors.New("the disk is full")
	b.get("/console/sandbox").is(http.StatusInternalServerError).saysNot("disk")
}

// The menu has it for those who may.
func TestSandboxInTheMenu(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	for _, role := range registry.Roles() {
		want := slices.Contains([]registry.Role{registry.RoleAdministrator, registry.RoleManager, registry.RoleDomainAdministrator}, role)
		if got := strings.Contains(r.as(world.Acme, role).get("/console/profile").Body, `href="/console/sandbox"`); got != want {
			t.Errorf("%s: in the menu %v, want %v", role, got, want)
		}
	}
}
