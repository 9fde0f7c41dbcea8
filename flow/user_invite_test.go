package flow_test

import (
	"reflect"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// invites has a registrar's user invite an address, and returns the link of the mail that goes out.
func (p *person) invites(login string) (registry.User, string) {
	p.w.T.Helper()
	u := p.do(flow.UserCreate{Login: login, Name: "Luz", Role: domains}).(registry.User)
	return u, linkOf(strings.TrimSpace(p.w.Rows("SELECT id FROM user_link WHERE user_id = '" + string(u.ID) + "'")))
}

// TestInvitationsTellNothing: an address that is of a user elsewhere is invited as any other is, and its mail goes out;
// only who reads that learns that it cannot be accepted, and the user elsewhere is as before.
func TestInvitationsTellNothing(t *testing.T) {
	w := world.New(t, morning)
	ana, other := newPerson(t, w, world.Acme, administrator), newPerson(t, w, world.Other, administrator)
	elsewhere := newPerson(t, w, world.Other, manager)
	ana.signIn()
	other.signIn()
	free, _ := ana.invites("nobody@elsewhere.example")
	taken, link := ana.invites(elsewhere.Login)
	free.ID, free.Login, taken.ID, taken.Login = "", "", "", ""
	if !reflect.DeepEqual(free, taken) {
		t.Errorf("of a free address the answer is %+v, of one that is taken %+v", free, taken)
	}
	if n := w.Rows("SELECT COUNT(*) FROM mail WHERE recipient = '" + elsewhere.Login + "'"); n != "1\n" {
		t.Errorf("%s mails went to the user elsewhere", n)
	}
	for name, use := range map[string]func() error{
		"shown":    func() error { _, err := w.Ask("", flow.LinkShow{Link: link}); return err },
		"used":     func() error { return w.Service.UseLink(t.Context(), link, strong) },
		"used raw": func() error { _, err := w.Run("", flow.UserLinkUse{Link: link, To: "hash"}); return err },
	} {
		if e := refusal(use()); e == nil || e.Rule != "loginIsNobodys" {
			t.Errorf("the link is %s: %v", name, e)
		}
	}
	if in := elsewhere.signIn(); in.User.Registrar != world.Other {
		t.Errorf("the user elsewhere is one of %s now", in.User.Registrar)
	}
	if u := answer(t, w, world.Acme, flow.UserShow{Login: elsewhere.Login}).(flow.UserFound); u.Registrar != world.Acme || !u.Invited {
		t.Errorf("Acme sees %+v", u)
	}
	if _, err := ana.run(flow.UserCreate{Login: elsewhere.Login, Name: "Luz", Role: domains}); refusal(err) == nil || refusal(err).Rule != "loginIsFree" {
		t.Errorf("an address that the registrar has invited already: %v", err)
	}
}

// TestInvitationsBlockNobody: two registrars invite one address, and whose invitation is accepted has the user. The registry
// makes a user of an address that somebody else has invited.
func TestInvitationsBlockNobody(t *testing.T) {
	w := world.New(t, morning)
	ana, other := newPerson(t, w, world.Acme, administrator), newPerson(t, w, world.Other, administrator)
	ana.signIn()
	other.signIn()
	_, squatted := ana.invites("luz@other.example")
	_, meant := other.invites("luz@other.example")
	if err := w.Service.UseLink(t.Context(), meant, strong); err != nil {
		t.Fatalf("the second invitation: %v", err)
	}
	in, err := w.Service.SignIn(t.Context(), flow.SignIn{Login: "luz@other.example", Password: strong, From: home})
	if err != nil || in.User.Registrar != world.Other {
		t.Errorf("whoever accepted signs in to %s: %v", in.User.Registrar, err)
	}
	if e := refusal(w.Service.UseLink(t.Context(), squatted, strong+" 2")); e == nil || e.Rule != "loginIsNobodys" {
		t.Errorf("the first invitation, after that: %v", e)
	}
	ana.invites("olga@other.example")
	w.Do("", flow.OperatorUserAdd{Act: act(world.Other), Login: "olga@other.example", Name: "Olga", Role: manager})
	if _, err := w.Run("", flow.OperatorUserAdd{Act: act(world.Acme), Login: "luz@other.example", Name: "Luz", Role: manager}); refusal(err) == nil ||
		refusal(err).Rule != "loginIsFree" {
		t.Errorf("the registry invites who has joined elsewhere: %v", err)
	}
}
