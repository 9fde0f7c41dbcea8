package console

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// registrar is a registrar as it is stored.
func (r *rig) registrar(id registry.RegistrarID) registry.Registrar {
	r.T.Helper()
	reply, err := r.Ask("", flow.RegistrarShow{ID: id})
	if err != nil {
		r.T.Fatal(err)
	}
	return reply.(flow.RegistrarAccount).Registrar
}

// seen are the fields of a form that was made from Acme as it is now, and others.
func (b *browser) seen(pairs ...string) []string {
	b.T.Helper()
	return append([]string{"seen", strconv.FormatInt(b.registrar(b.user.Registrar).Version, 10)}, pairs...)
}

// Each form of the account changes what it says, by the user's name; what is refused, or was made from another state,
// changes nothing and shows what was sent.
func TestAccountForms(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.as(world.Acme, registry.RoleFinanceAdministrator)
	details := []string{"voice", "+57.6015550199", "website", "https://new.example", "abuse", "abuse@new.example", "street1", "Calle 1", "street2", "Piso 2", "city", "Bogotá", "pc", "110111", "cc", "co"}
	for _, test := range []struct {
		path  string
		good  []string
		goes  string
		bad   []string // instead of what good has
		says  string
		check func(registry.Registrar) bool
	}{
		{"account/details", details, "account", []string{"website", "javascript:alert(1)"}, "no address of a web site", func(r registry.Registrar) bool {
			return r.Voice == "+57.6015550199" && slices.Equal(r.Postal.Street, []string{"Calle 1", "Piso 2"}) && r.Postal.Country == "CO" && r.Name == "Registrar H1001"
		}},
		{"account/addresses", []string{"primary", "ana@new.example", "operator", "ops@new.example", "language", "es"}, "account", []string{"primary", "a@b.example\r\nBcc: x@y.example"}, "no e-mail address", func(r registry.Registrar) bool {
			return r.Email == "ana@new.example" && r.Mailing.Operator == "ops@new.example" && r.Mailing.Language == registry.Spanish
		}},
		{"account/choices", []string{"premiums", "yes", "purge", "no"}, "account", nil, "", func(r registry.Registrar) bool {
			return r.PremiumsUnavailable && !r.IDNsUnavailable && len(r.ContactPurge) == 1
		}},
		{"account/expiry", []string{"expiry", "delete", "sure", "yes"}, "account", []string{"sure", "no"}, "Tick this", func(r registry.Registrar) bool {
			return len(r.RenewModel) == 1
		}},
		{"account/notices", []string{"event", "auto-renewed", "poll-auto-renewed", "off", "mail-auto-renewed", "on"}, "account/notices", []string{"event", "reborn"}, "no such event", func(r registry.Registrar) bool {
			return *r.Wishes[registry.EventAutoRenewed].Mail && !*r.Wishes[registry.EventAutoRenewed].Poll
		}},
		{"account/notices", []string{"what", "queue", "queue", "off"}, "account/notices", nil, "", func(r registry.Registrar) bool { return r.PollOff }},
		{"account/notices", []string{"what", "transfers", "transfers", "yes"}, "account/notices", nil, "", func(r registry.Registrar) bool { return r.Mailing.OfTransfers }},
	} {
		before := r.registrar(world.Acme)
		b.get(Path + test.path).is(http.StatusOK)
		if test.bad != nil {
			b.post(Path+test.path, b.seen(replaced(test.good, test.bad)...)...).is(http.StatusUnprocessableEntity).says(test.says)
		}
		b.post(Path+test.path, append(slices.Clone(test.good), "seen", "7777")...).is(http.StatusUnprocessableEntity).says("This has been changed since you opened the page")
		if after := r.registrar(world.Acme); after.Version != before.Version {
			t.Errorf("%s: what was refused has changed the registrar", test.path)
		}
		b.post(Path+test.path, b.seen(test.good...)...).goesTo(Path + test.goes)
		if after := r.registrar(world.Acme); !test.check(after) || after.Changed.Author != b.user.Login {
			t.Errorf("%s: the registrar is %+v", test.path, after)
		}
	}
	b.get(Path+"account").is(http.StatusOK).says("https://new.example", "Registrar H1001", "ana@new.example")
	b.get(Path + "account/notices").says("A name renewed itself")
	b.get(Path + "account/use").is(http.StatusOK).says("2,000,000")
}

// replaced returns pairs with another value of one.
func replaced(pairs, with []string) []string {
	pairs = slices.Clone(pairs)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == with[0] {
			pairs[i+1] = with[1]
		}
	}
	return pairs
}

// What was sent and refused is shown as text, whatever it is.
func TestAccountEchoesText(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.as(world.Acme, registry.RoleManager)
	const evil = `"><script>alert(1)</script>`
	b.post(Path+"account/details", b.seen("website", evil, "city", evil)...).is(http.StatusUnprocessableEntity).saysNot("<script>alert")
	b.get(Path + "log?id=" + "%22%3E%3Cscript%3Ealert(1)%3C/script%3E&code=%22%3E%3Cscript%3Ealert(2)%3C/script%3E").is(http.StatusUnprocessableEntity).saysNot("<script>alert")
}

func TestNetworks(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.as(world.Acme, registry.RoleManager)
	b.get(Path + "credentials").is(http.StatusOK).says("You are at 192.0.2.9.")
	b.post(Path+"credentials/networks", b.seen("network", "192.0.2.9/24\r\nX: y")...).is(http.StatusUnprocessableEntity).says("Write an IP address, or a network")
	b.post(Path+"credentials/networks", b.seen("network", "0.0.0.0/0")...).is(http.StatusUnprocessableEntity).says("too wide")
	b.post(Path+"credentials/networks", b.seen("network", "192.0.2.9/24")...).goesTo(Path + "credentials")
	b.get(Path + "credentials").says("192.0.2.0/24 may connect now.")
	b.post(Path+"credentials/networks", b.seen("network", "192.0.2.0/24")...).is(http.StatusUnprocessableEntity).says("already")
	b.get(Path + "credentials/networks/remove?network=203.0.113.0/24").is(http.StatusNotFound)
	for _, n := range r.registrar(world.Acme).Networks {
		if n != netip.MustParsePrefix("192.0.2.0/24") {
			b.post(Path+"credentials/networks/remove", b.seen("network", n.String())...).goesTo(Path + "credentials")
		}
	}
	b.get(Path+"credentials/networks/remove?network=192.0.2.0/24").is(http.StatusOK).says("You are at 192.0.2.9, which is in this network", "nobody could connect")
	b.post(Path+"credentials/networks/remove", b.seen("network", "192.0.2.0/24")...).is(http.StatusUnprocessableEntity).says("Tick this")
	b.post(Path+"credentials/networks/remove", "network", "192.0.2.0/24", "sure", "yes", "seen", "1").is(http.StatusUnprocessableEntity).says("has been changed since")
	b.post(Path+"credentials/networks/remove", b.seen("network", "192.0.2.0/24", "sure", "yes")...).goesTo(Path + "credentials")
	b.get(Path + "credentials").says("No network and no certificate is listed")
	if n := r.registrar(world.Acme).Networks; len(n) != 0 {
		t.Errorf("what is left is %v", n)
	}
}

func TestPasswords(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.as(world.Acme, registry.RoleAdministrator)
	matches := func(password, hash string) bool {
		ok, err := r.Service.Passwords.Matches(context.Background(), password, hash)
		return ok && err == nil
	}
	b.get(Path + "credentials/passwords/root").is(http.StatusNotFound)
	b.get(Path + "credentials/passwords/epp").is(http.StatusOK)
	b.post(Path+"credentials/passwords/epp", b.seen("password", "short")...).is(http.StatusUnprocessableEntity).says("8 to 128 characters").saysNot(`value="short"`)
	b.post(Path+"credentials/passwords/epp", b.seen("password", "Nueva-4321", "again", "Nueva-4322")...).is(http.StatusUnprocessableEntity).says("The two are not the same.").saysNot("Nueva")
	b.post(Path+"credentials/passwords/epp", b.seen("password", "short", "again", "other")...).is(http.StatusUnprocessableEntity).says("8 to 128 characters", "The two are not the same.")
	b.post(Path+"credentials/passwords/epp", b.seen("password", "Nueva-4321", "again", "Nueva-4321")...).goesTo(Path + "credentials")
	if !matches("Nueva-4321", r.registrar(world.Acme).Password) {
		t.Error("the password is not the one that was chosen")
	}
	stale := b.seen("how", "make")
	page := b.post(Path+"credentials/passwords/ftps", stale...).is(http.StatusOK).says("shown only now")
	made, _, _ := strings.Cut(strings.SplitN(page.Body, `<output id="made">`, 2)[1], "<")
	if !matches(made, r.registrar(world.Acme).FilesPassword) || !matches("Nueva-4321", r.registrar(world.Acme).Password) {
		t.Errorf("the password of FTPS is not %q", made)
	}
	b.get(Path + "credentials").saysNot(made)
	b.post(Path+"credentials/passwords/ftps", stale...).is(http.StatusUnprocessableEntity).says("has been changed since").saysNot(made)
	if strings.Contains(r.log.String(), made) || strings.Contains(r.Dump(), made) {
		t.Error("the password was logged or stored")
	}
	b.post(Path+"credentials/passwords/ftps", b.seen("password", "Nueva-4321")...).is(http.StatusUnprocessableEntity).says("EPP and FTPS have passwords of their own")
}

// Who has not shown for a while who he is does so again before he changes how programs get in.
func TestCredentialsAreConfirmed(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.as(world.Acme, registry.RoleAdministrator)
	r.Pass(20 * time.Minute)
	before := r.registrar(world.Acme)
	for _, route := range r.console.credentialRoutes() {
		answer := b.ask(route)
		switch free := route.path == credentialsPath || strings.Contains(route.path, "/issued/"); {
		case free && answer.Code == http.StatusSeeOther:
			t.Errorf("%s goes to %s", answer.about, answer.Header.Get("Location"))
		case !free && !strings.HasPrefix(answer.Header.Get("Location"), Path+"confirm?to=") && !strings.Contains(answer.Body, "Confirm that it is you</h1>"):
			t.Errorf("%s: %d to %q", answer.about, answer.Code, answer.Header.Get("Location"))
		}
	}
	b.post(Path+"credentials/passwords/epp", b.seen("how", "make")...).is(http.StatusForbidden).says("Confirm that it is you")
	if after := r.registrar(world.Acme); after.Version != before.Version {
		t.Error("the registrar was changed")
	}
}
