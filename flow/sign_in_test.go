package flow_test

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

func TestSessionBeginPrecedence(t *testing.T) {
	w := world.New(t, morning)
	p := newPerson(t, w, world.Acme, manager)
	q := flow.SignIn{Login: "nobody@h1001.example", Password: "wrong", From: home}
	w.Do("", flow.OperatorUserDisable{Act: act(""), Login: p.Login})
	w.Do("", flow.RegistrarSuspend{Act: act(world.Acme)})
	hurdles(t, func() error { _, err := w.Service.SignIn(t.Context(), q); return err }, []hurdle{
		{func() {}, "signInIsRight"},
		{func() { q.Login = p.Login }, "signInIsRight"},
		{func() { q.Password = strings.ToUpper(p.password) }, "signInIsRight"},
		{func() { q.Password = p.password }, "userIsEnabled"},
		{func() { w.Do("", flow.OperatorUserDisable{Act: act(""), Login: p.Login, Enable: true}) }, "registrarIsActive"},
	}, func() { w.Do("", flow.RegistrarSuspend{Act: act(world.Acme), Resume: true}) })
	// The password was changed between it was verified and the session began.
	if _, err := w.Run(world.Acme, flow.SessionBegin{User: p.ID, Password: "of before"}); refusal(err) == nil {
		t.Errorf("a session with the password of before: %v", err)
	}
	if _, err := w.Run(world.Acme, flow.SessionBegin{User: p.ID}); refusal(err) == nil {
		t.Errorf("a session without a password: %v", err)
	}
}

// A user who signs in with a password and a code gets another token at each step, and no older one is worth anything.
func TestSignInWithApp(t *testing.T) {
	w := world.New(t, morning)
	p := newPerson(t, w, world.Acme, manager)
	first := p.signIn()
	if first.Needs != flow.NeedsNothing || first.Device == "" || first.User.Secrets.Password != "" {
		t.Errorf("without a second factor: %+v", first)
	}
	offer, err := w.Service.NewTOTP(p.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.Service.NewTOTP(p.ID, offer.Sealed); err != nil || again != offer {
		t.Errorf("the page that is shown again has another secret: %v, %v", again, err)
	}
	secret := p.appSecret(offer)
	enrolled := p.do(flow.TOTPAdd{Sealed: offer.Sealed, Code: appCode(w.Now(), secret)}).(flow.SignedIn)
	if enrolled.Token == first.Token || len(enrolled.Codes) != 10 {
		t.Errorf("enrolled: %+v", enrolled)
	}
	p.token = first.Token
	if _, err := p.visits(); refusal(err) == nil {
		t.Error("the token from before the second factor goes on")
	}

	w.Pass(time.Minute)
	half := p.signIn()
	if v, err := p.visits(); half.Needs != flow.NeedsFactor || half.Device != "" || err != nil || v.Needs != flow.NeedsFactor {
		t.Errorf("after the password: %+v, %+v, %v", half, v, err)
	}
	give := func(code string) (flow.SignedIn, error) {
		return w.Service.GiveFactor(t.Context(), flow.Factor{Token: p.token, Code: code, From: home})
	}
	if _, err := give("000 000"); refusal(err) == nil || refusal(err).Rule != "factorIsRight" {
		t.Errorf("a wrong code: %v", err)
	}
	right := appCode(w.Now(), secret)
	whole, err := give(right[:3] + " " + right[3:])
	if err != nil || whole.Token == half.Token || whole.Device == "" {
		t.Fatalf("a right code: %+v, %v", whole, err)
	}
	if _, err := p.visits(); refusal(err) == nil {
		t.Error("the token from before the code goes on")
	}
	p.token = whole.Token
	if v, err := p.visits(); err != nil || v.Needs != flow.NeedsNothing || !v.HasFactor {
		t.Errorf("after the code: %+v, %v", v, err)
	}

	// Another browser, a moment later, with the code that somebody saw.
	p.signIn()
	if _, err := give(right); refusal(err) == nil || refusal(err).Rule != "factorIsRight" {
		t.Errorf("a code that was used: %v", err)
	}
	if _, err := give(appCode(w.Now().Add(-time.Minute), secret)); refusal(err) == nil {
		t.Errorf("a code of a minute ago: %v", err)
	}
	w.Pass(30 * time.Second)
	if _, err := give(appCode(w.Now().Add(20*time.Second), secret)); err != nil {
		t.Errorf("the next code, by a clock that is fast: %v", err)
	}
	p.signIn()
	code := enrolled.Codes[3]
	if _, err := give(strings.ToUpper(code)); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	p.signIn()
	if _, err := give(code); refusal(err) == nil {
		t.Errorf("a recovery code that was used: %v", err)
	}
	if u := answer(t, w, world.Acme, flow.UserShow{User: p.ID}).(flow.UserFound); u.Recovery != 9 || !u.App || u.SignedIn.IsZero() || u.From != home {
		t.Errorf("the user is %+v", u)
	}
}

// A session that owes its second factor is good for nothing else, and ends soon.
func TestHalfSession(t *testing.T) {
	w := world.New(t, morning)
	p := newPerson(t, w, world.Acme, administrator)
	p.signIn()
	p.addApp()
	p.signIn()
	for name, cmd := range map[string]flow.Command{
		"another app factorIsGiven":    flow.TOTPAdd{Sealed: "x", Code: "000000"},
		"a passkey factorIsGiven":      flow.PasskeyAdd{},
		"confirmed factorIsGiven":      flow.SessionConfirm{Password: "x"},
		"no app actorIsUser":           flow.TOTPRemove{},
		"recovery codes actorIsUser":   flow.RecoveryMake{},
		"a passkey less actorIsUser":   flow.PasskeyRemove{},
		"another password actorIsUser": flow.UserPassword{From: answerUser(t, w, p.ID).Secrets.Password, To: "y"},
		"a name actorIsUser":           flow.ProfileUpdate{Name: "X"},
		"a user actorIsUser":           flow.UserCreate{Login: "x@h1001.example", Name: "X", Role: manager},
		"a rule for all actorIsUser":   flow.SecondFactorForAll{},
	} {
		if _, err := p.run(cmd); refusal(err) == nil || !strings.HasSuffix(name, " "+refusal(err).Rule) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.Service.ChangePassword(t.Context(), flow.Factor{Token: p.token, Password: p.password, From: home}, strong); refusal(err) == nil {
		t.Errorf("ChangePassword: %v", err)
	}
	w.Pass(10 * time.Minute)
	if _, err := p.visits(); refusal(err) == nil {
		t.Error("it goes on after ten minutes")
	}
}

func TestSessionFactorPrecedence(t *testing.T) {
	w := world.New(t, morning)
	p := newPerson(t, w, world.Acme, manager)
	p.signIn()
	codes := p.addApp().Codes
	cmd, who := flow.SessionFactor{Code: "wrong"}, &person{w: w, User: registry.User{Registrar: world.Acme}}
	hurdles(t, func() error { _, err := who.run(cmd); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { who = p }, "factorIsRight"},
		{func() { cmd.Code = "" }, "factorIsRight"},
	}, func() { cmd.Code = codes[0] })

	confirm := flow.SessionConfirm{Password: "not the hash"}
	who = &person{w: w, User: registry.User{Registrar: world.Acme}}
	hurdles(t, func() error { _, err := who.run(confirm); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { p.signIn(); who = p }, "factorIsGiven"},
		{func() { p.do(flow.SessionFactor{Code: codes[1]}) }, "passwordIsRight"},
	}, func() { confirm.Password = answerUser(t, w, p.ID).Secrets.Password })
}

func TestTOTPAddPrecedence(t *testing.T) {
	w := world.New(t, morning)
	p, other := newPerson(t, w, world.Acme, manager), newPerson(t, w, world.Acme, domains)
	p.signIn()
	offer, _ := w.Service.NewTOTP(p.ID, "")
	foreign, _ := w.Service.NewTOTP(other.ID, "")
	cmd, who := flow.TOTPAdd{Sealed: foreign.Sealed, Code: "000000"}, &person{w: w, User: registry.User{Registrar: world.Acme}}
	w.Pass(20 * time.Minute)
	hurdles(t, func() error { _, err := who.run(cmd); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { who = p }, "userIsConfirmed"},
		{again(p), "offerIsOurs"},
		{func() { cmd.Sealed = "%" }, "offerIsOurs"},
		{func() { cmd.Sealed = offer.Sealed }, "factorIsRight"},
	}, func() { cmd.Code = appCode(w.Now(), p.appSecret(offer)) })

	remove := flow.Command(flow.TOTPRemove{})
	other.signIn()
	w.Pass(20 * time.Minute)
	who = other
	hurdles(t, func() error { _, err := who.run(remove); return err }, []hurdle{
		{func() {}, "factorExists"},
		{func() { who = p }, "userIsConfirmed"},
		{func() { confirmed(t, p); requireFactor(w, true) }, "factorStays"},
	}, func() { requireFactor(w, false) })
	if u := answerUser(t, w, p.ID); u.Secrets.HasFactor() || len(u.Secrets.Recovery) > 0 {
		t.Errorf("without a factor: %+v", u.Secrets)
	}
	makes := flow.RecoveryMake{}
	w.Pass(20 * time.Minute)
	who = &person{w: w, User: registry.User{Registrar: world.Acme}}
	hurdles(t, func() error { _, err := who.run(makes); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { who = p }, "factorExists"},
		{func() { p.signIn(); p.addApp(); w.Pass(20 * time.Minute) }, "userIsConfirmed"},
	}, func() { confirmed(t, p) })
}

// confirmed has a person give the password again.
func confirmed(t *testing.T, p *person) {
	t.Helper()
	in, err := p.w.Service.Confirm(t.Context(), flow.Factor{Token: p.token, Password: p.password, From: home})
	if err != nil {
		t.Fatal(err)
	}
	if in.Token == p.token {
		t.Error("the token is the same after it was confirmed")
	}
	p.token = in.Token
}

func TestPasskeyPrecedence(t *testing.T) {
	w := world.New(t, morning)
	p, other := newPerson(t, w, world.Acme, manager), newPerson(t, w, world.Acme, domains)
	other.signIn()
	p.signIn()
	w.Service.Profile.Versions[0].Terms.Limits.Console.Passkeys = 1
	key := registry.Passkey{ID: []byte("first"), Public: []byte("public"), Name: "laptop", Signs: 1}
	p.do(flow.PasskeyAdd{Passkey: key, Challenge: w.Service.NewChallenge(p.session)})
	used := w.Service.NewChallenge(p.session)
	p.do(flow.SessionPasskey{Proof: flow.PasskeyProof{Key: key.ID, Challenge: used, Signs: 2}})
	w.Pass(20 * time.Minute)
	tooOld := w.Service.NewChallenge(p.session)

	key.Name = ""
	add, who := flow.PasskeyAdd{Passkey: key, Challenge: used}, &person{w: w, User: registry.User{Registrar: world.Acme}}
	hurdles(t, func() error { _, err := who.run(add); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { who = p }, "userIsConfirmed"},
		{func() { confirmed(t, p) }, "challengeIsFresh"},
		{func() { add.Challenge = w.Service.NewChallenge(other.session) }, "challengeIsFresh"},
		{func() { add.Challenge = used[:8] }, "challengeIsFresh"},
		{func() { w.Pass(5 * time.Minute); add.Challenge = tooOld }, "challengeIsFresh"},
		{func() { add.Challenge = w.Service.NewChallenge(p.session) }, "passkeyIsNamed"},
		{func() { add.Passkey.Name = "phone" }, "passkeyIsNew"},
		{func() { add.Passkey.ID = []byte("second") }, "passkeysAreFew"},
	}, func() { w.Service.Profile.Versions[0].Terms.Limits.Console.Passkeys = 2 })

	// As a second factor.
	factor := flow.SessionPasskey{Proof: flow.PasskeyProof{Key: []byte("nobody's"), Challenge: used, Signs: 2}}
	who = &person{w: w, User: registry.User{Registrar: world.Acme}}
	hurdles(t, func() error { _, err := who.run(factor); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { who = p; p.signIn() }, "passkeyIsRight"},
		{func() { factor.Proof.Key = []byte("first") }, "passkeyIsRight"}, // its counter does not go on
		{func() { factor.Proof.Signs = 7 }, "challengeIsFresh"},
	}, func() { factor.Proof.Challenge = w.Service.NewChallenge(p.session) })

	// Alone.
	in := flow.PasskeySignIn{User: "U99-CO", Proof: flow.PasskeyProof{Key: []byte("first"), Challenge: factor.Proof.Challenge, Signs: 8}}
	w.Do("", flow.OperatorUserDisable{Act: act(""), Login: p.Login})
	w.Do("", flow.RegistrarSuspend{Act: act(world.Acme)})
	hurdles(t, func() error { _, err := w.Service.SignInByPasskey(t.Context(), in, "S"); return err }, []hurdle{
		{func() {}, "passkeyIsRight"},
		{func() { in.User = p.ID }, "passkeyIsRight"}, // it did not make sure who it was
		{func() { in.Proof.Verified = true }, "challengeIsFresh"},
		{func() { in.Proof.Challenge = w.Service.NewChallenge(flow.ChallengeSignIn) }, "userIsEnabled"},
		{func() { w.Do("", flow.OperatorUserDisable{Act: act(""), Login: p.Login, Enable: true}) }, "registrarIsActive"},
	}, func() { w.Do("", flow.RegistrarSuspend{Act: act(world.Acme), Resume: true}) })
	in.Proof.Signs = 9
	if _, err := w.Service.SignInByPasskey(t.Context(), in, "S"); refusal(err) == nil || refusal(err).Rule != "challengeIsFresh" {
		t.Errorf("a signature that was sent twice: %v", err)
	}

	remove := flow.PasskeyRemove{Key: []byte("third")}
	p.signIn()
	p.do(flow.SessionPasskey{Proof: flow.PasskeyProof{Key: []byte("first"), Challenge: w.Service.NewChallenge(p.session), Signs: 20}})
	w.Pass(20 * time.Minute)
	requireFactor(w, true)
	who = &person{w: w, User: registry.User{Registrar: world.Acme}}
	hurdles(t, func() error { _, err := who.run(remove); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { who = p }, "factorExists"},
		{func() { remove.Key = []byte("second") }, "userIsConfirmed"},
	}, func() {
		p.do(flow.SessionPasskey{Proof: flow.PasskeyProof{Key: []byte("first"), Challenge: w.Service.NewChallenge(p.session), Signs: 21}})
	})
	if _, err := p.run(flow.PasskeyRemove{Key: []byte("first")}); refusal(err) == nil || refusal(err).Rule != "factorStays" {
		t.Errorf("the last passkey goes: %v", err)
	}
}

// A passkey that does not count is used again and again, and the reply of one that signs in is whole.
func TestSignInByPasskey(t *testing.T) {
	w := world.New(t, morning)
	p := newPerson(t, w, world.Acme, manager)
	p.signIn()
	key := registry.Passkey{ID: []byte("first"), Public: []byte("public"), Name: "laptop"}
	if in := p.do(flow.PasskeyAdd{Passkey: key, Challenge: w.Service.NewChallenge(p.session)}).(flow.SignedIn); len(in.Codes) != 10 {
		t.Errorf("with the first passkey come %d recovery codes", len(in.Codes))
	}
	for range 2 {
		in, err := w.Service.SignInByPasskey(t.Context(), flow.PasskeySignIn{
			User: p.ID, From: home, Proof: flow.PasskeyProof{Key: key.ID, Challenge: w.Service.NewChallenge(flow.ChallengeSignIn), Verified: true},
		}, "S")
		if err != nil || in.Needs != flow.NeedsNothing || in.Device == "" {
			t.Fatalf("%+v, %v", in, err)
		}
		p.token = in.Token
		if v, err := p.visits(); err != nil || v.Needs != flow.NeedsNothing || !v.Confirmed {
			t.Errorf("%+v, %v", v, err)
		}
	}
	found := answer(t, w, "", flow.PasskeysOf{User: p.ID}).(flow.PasskeysFound)
	if len(found.Passkeys) != 1 || !bytes.Equal(found.Passkeys[0].Public, key.Public) || found.User.Login != p.Login || found.User.Secrets.Password != "" {
		t.Errorf("the passkeys are %+v", found)
	}
	if none := answer(t, w, "", flow.PasskeysOf{User: "U99-CO"}).(flow.PasskeysFound); len(none.Passkeys) > 0 {
		t.Errorf("of nobody: %+v", none)
	}
}

func TestProfilePrecedence(t *testing.T) {
	w := world.New(t, morning)
	p := newPerson(t, w, world.Acme, finance)
	p.signIn()
	cmd, who := flow.ProfileUpdate{Language: "fr", Zone: "../etc/passwd"}, &person{w: w, User: registry.User{Registrar: world.Acme}}
	hurdles(t, func() error { _, err := who.run(cmd); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { who = p }, "userIsNamed"},
		{func() { cmd.Name = "Fiona" }, "languageIsWritten"},
		{func() { cmd.Language = registry.Spanish }, "zoneIsNamed"},
	}, func() { cmd.Zone = "America/Argentina/Buenos_Aires" })

	end, other := flow.SessionEnd{ID: "no session"}, newPerson(t, w, world.Acme, domains)
	other.signIn()
	who = &person{w: w, User: registry.User{Registrar: world.Acme}}
	hurdles(t, func() error { _, err := who.run(end); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { who = p }, "sessionExists"},
		{func() { end.ID = other.session }, "sessionExists"},
	}, func() { end.ID = p.session })

	all := flow.UserSessionsEnd{User: "U99-CO"}
	who = &person{w: w, User: registry.User{Registrar: world.Acme}}
	boss := newPerson(t, w, world.Acme, manager)
	boss.signIn()
	hurdles(t, func() error { _, err := who.run(all); return err }, []hurdle{
		{func() {}, "actorIsUser"},
		{func() { who = other }, "userExists"},
		{func() { all.User = boss.ID }, "actorMayTouch"},
	}, func() { who = boss; all.User = other.ID })
	if _, err := other.visits(); refusal(err) == nil {
		t.Error("the session goes on")
	}
}

// A user has so many sessions; those that owe a second factor go first, since somebody may have begun them who knows the
// password alone.
func TestSessionsAreFew(t *testing.T) {
	w := world.New(t, morning)
	w.Service.Profile.Versions[0].Terms.Limits.Console.Sessions = 3
	p := newPerson(t, w, world.Acme, manager)
	p.signIn()
	p.addApp()
	whole := *p
	for range 5 {
		w.Pass(time.Second)
		p.signIn()
	}
	if _, err := whole.visits(); err != nil {
		t.Errorf("a session was crowded out by halves: %v", err)
	}
	if got := w.Rows("SELECT COUNT(*) FROM console_session"); got != "3\n" {
		t.Errorf("there are %s sessions", got)
	}
	whole.do(flow.SessionEnd{Others: true})
	if got := w.Rows("SELECT COUNT(*) FROM console_session"); got != "1\n" {
		t.Errorf("%s sessions are left, want 1", got)
	}
	whole.do(flow.SessionEnd{})
	if _, err := whole.visits(); refusal(err) == nil {
		t.Error("it goes on after signing out")
	}
}

func TestPasswordChangeRefusals(t *testing.T) {
	w := world.New(t, morning)
	p := newPerson(t, w, world.Acme, manager)
	elsewhere := *p
	elsewhere.signIn()
	p.signIn()
	q, to := flow.Factor{Token: "nothing", Password: "wrong", From: home}, "short"
	hurdles(t, func() error {
		in, err := w.Service.ChangePassword(t.Context(), q, to)
		if err == nil {
			p.token = in.Token
		}
		return err
	}, []hurdle{
		{func() {}, "sessionStands"},
		{func() { q.Token = p.token }, "passwordIsStrong"},
		{func() { to = p.Login }, "passwordIsStrong"},
		{func() { to = "another horse battery" }, "passwordIsRight"},
	}, func() { q.Password = p.password })
	if _, err := p.run(flow.UserPassword{From: "of before", To: "x"}); refusal(err) == nil || refusal(err).Rule != "passwordIsRight" {
		t.Errorf("a password that was changed meanwhile: %v", err)
	}
	if p.token == q.Token {
		t.Error("the token is the same")
	}
	if _, err := p.visits(); err != nil {
		t.Errorf("the session in which it was changed: %v", err)
	}
	if _, err := elsewhere.visits(); refusal(err) == nil {
		t.Error("a session elsewhere goes on")
	}
	if got := w.Rows("SELECT recipient, template FROM mail"); got != p.Login+" | user-secured\n" {
		t.Errorf("mails: %s", got)
	}
	p.password = to
	p.signIn()
}

// A password that is chosen ends every link that was sent before: whoever has read such a mail opens nothing with it. What
// strangers ask for keeps nobody from resetting a user.
func TestLinksEndWithThePassword(t *testing.T) {
	w := world.New(t, morning)
	p := newPerson(t, w, world.Acme, manager)
	open := func(u registry.UserID, kind registry.UserLinkKind) (links []string) {
		_ = w.DB.View(t.Context(), func(r registry.Reader) error {
			list, err := r.UserLinks(u, kind, 9)
			for _, l := range list {
				links = append(links, w.Service.Link(l.ID))
			}
			return err
		})
		return links
	}
	ask := func(login string) {
		t.Helper()
		w.Pass(time.Second)
		if err := w.Service.AskReset(t.Context(), flow.ResetAsk{Login: login, From: home}); err != nil {
			t.Fatal(err)
		}
	}
	ended := func(link, after string) {
		t.Helper()
		w.Pass(time.Second)
		if err := w.Service.UseLink(t.Context(), link, "mas caballos verdes"); refusal(err) == nil || refusal(err).Rule != "linkIsGood" {
			t.Errorf("a link of before, after %s: %v", after, err)
		}
	}

	ask(p.Login)
	ask(p.Login)
	links := open(p.ID, registry.LinkReset)
	w.Pass(time.Second)
	p.signIn()
	if _, err := w.Service.ChangePassword(t.Context(), flow.Factor{Token: p.token, Password: p.password, From: home}, "another horse battery"); err != nil {
		t.Fatal(err)
	}
	ended(links[0], "the user has changed it")

	ask(p.Login)
	links = open(p.ID, registry.LinkReset)
	if err := w.Service.UseLink(t.Context(), links[0], "third horse battery"); err != nil {
		t.Fatal(err)
	}
	ended(links[1], "another link was used")

	added := w.Do("", flow.OperatorUserAdd{Act: act(world.Acme), Login: "luz@h1001.example", Name: "Luz", Role: domains}).(flow.OperatorUserAdded)
	ask(added.Login)
	invitations := open(added.ID, registry.LinkInvitation)
	w.Pass(time.Second)
	if err := w.Service.UseLink(t.Context(), added.Link, "perro verde canela"); err != nil || len(invitations) != 2 {
		t.Fatalf("%d invitations, %v", len(invitations), err)
	}
	for _, link := range invitations {
		ended(link, "the invitation was accepted")
	}
	ask(added.Login)
	links = open(added.ID, registry.LinkReset)
	for _, enable := range []bool{false, true} {
		cmd := flow.OperatorUserDisable{Act: act(""), Login: added.Login, Enable: enable}
		cmd.Reason = "a letter"
		w.Do("", cmd)
	}
	ended(links[0], "the user was disabled and enabled again")
	for range 5 {
		ask(added.Login)
	}
	reset := w.Do("", flow.OperatorUserReset{Act: act(""), Login: added.Login, Factors: true}).(flow.OperatorUserAdded)
	if links := open(added.ID, registry.LinkReset); len(links) != 1 || links[0] != reset.Link {
		t.Errorf("after a reset by the registry there are %d links", len(links))
	}
}

func TestUserLinkUseRefusals(t *testing.T) {
	w := world.New(t, morning)
	p := newPerson(t, w, world.Acme, manager)
	p.signIn()
	added := w.Do("", flow.OperatorUserAdd{Act: act(world.Acme), Login: "luz@h1001.example", Name: "Luz", Role: domains}).(flow.OperatorUserAdded)
	link, password := strings.Replace(added.Link, ".", ".A", 1), "short"
	use := func() error { return w.Service.UseLink(t.Context(), link, password) }
	found := answer(t, w, "", flow.LinkShow{Link: added.Link}).(flow.LinkFound)
	if found.Login != added.Login || found.Kind != registry.LinkInvitation || found.Registrar != "Registrar H1001" {
		t.Errorf("the link is %+v", found)
	}
	hurdles(t, use, []hurdle{
		{func() {}, "linkIsGood"},
		{func() { link = added.Link }, "passwordIsStrong"},
	}, func() { password = "perro verde canela" })
	if err := use(); refusal(err) == nil || refusal(err).Rule != "linkIsGood" {
		t.Errorf("a link that was used: %v", err)
	}
	if _, err := w.Run("", flow.UserLinkUse{Link: link, To: "hash"}); refusal(err) == nil {
		t.Errorf("a link that was used: %v", err)
	}
	if _, err := w.Service.SignIn(t.Context(), flow.SignIn{Login: "LUZ@h1001.example ", Password: password, From: home}); err != nil {
		t.Errorf("with the password that was chosen: %v", err)
	}

	w.Exec("DELETE FROM mail")
	ask := func(login string) error {
		return w.Service.AskReset(t.Context(), flow.ResetAsk{Login: login, From: home})
	}
	for range 5 {
		for _, login := range []string{p.Login, "nobody@h1001.example", ""} {
			if err := ask(login); err != nil {
				t.Fatalf("%q: %v", login, err)
			}
		}
	}
	if got := w.Rows("SELECT recipient, template FROM mail"); got != strings.Repeat(p.Login+" | user-reset\n", 3) {
		t.Errorf("three links at most are sent, and no more: %s", got)
	}
	var list []registry.UserLink
	_ = w.DB.View(t.Context(), func(r registry.Reader) (err error) {
		list, err = r.UserLinks(p.ID, registry.LinkReset, 9)
		return err
	})
	link, password = w.Service.Link(list[0].ID), "another green dog"
	if err := use(); err != nil {
		t.Errorf("a link to choose another: %v", err)
	}
	if _, err := p.visits(); refusal(err) == nil {
		t.Error("a session from before goes on")
	}
	w.Pass(time.Hour)
	link = w.Service.Link(list[1].ID)
	if err := use(); refusal(err) == nil || refusal(err).Rule != "linkIsGood" {
		t.Errorf("a link that has ended: %v", err)
	}
	for range 60 {
		_ = ask("nobody@h1001.example")
	}
	if err := ask(p.Login); refusal(err) == nil || refusal(err).Rule != "asksAreFew" {
		t.Errorf("after asking all the time: %v", err)
	}
}

// Guesses from elsewhere lock nobody out of where he has signed in before, and guesses about one user no other.
func TestStrangersLockNobodyOut(t *testing.T) {
	w := world.New(t, morning)
	p, q := newPerson(t, w, world.Acme, manager), newPerson(t, w, world.Acme, domains)
	device := p.signIn().Device
	q.signIn()
	try := func(login, password, device, from string) string {
		_, err := w.Service.SignIn(t.Context(), flow.SignIn{Login: login, Password: password, Device: device, From: netip.MustParseAddr(from)})
		if e := refusal(err); e != nil {
			return e.Rule
		}
		if err != nil {
			t.Fatal(err)
		}
		return ""
	}
	for i := range 200 {
		try(p.Login, "wrong", "", fmt.Sprintf("198.51.100.%d", i))
	}
	for _, test := range []struct{ name, login, password, device, from, want string }{
		{"a stranger with the right password", p.Login, p.password, "", "203.0.113.1", "guessesAreFew"},
		{"with a device of another", p.Login, p.password, "0011223344556677.x", "203.0.113.1", "guessesAreFew"},
		{"at home", p.Login, p.password, "", home.String(), ""},
		{"with the browser of before", p.Login, p.password, device, "203.0.113.2", ""},
		{"another user", q.Login, q.password, "", "203.0.113.3", ""},
	} {
		if got := try(test.login, test.password, test.device, test.from); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	// One network that tries many users.
	for i := range 40 {
		try(fmt.Sprintf("user%d@h1001.example", i), "wrong", "", "203.0.113.77")
	}
	if got := try(q.Login, q.password, "", "203.0.113.77"); got != "guessesAreFew" {
		t.Errorf("from where many were tried: %q", got)
	}
	if got := try(q.Login, q.password, "", home.String()); got != "" {
		t.Errorf("from home: %q", got)
	}
}

// The second factor is guessed so often and no more, and not by a hundred at once.
func TestFactorsAreGuessedSlowly(t *testing.T) {
	w := world.New(t, morning)
	p := newPerson(t, w, world.Acme, manager)
	p.signIn()
	codes := p.addApp().Codes
	w.Pass(time.Minute)
	p.signIn()
	give := func(code string, from string) string {
		_, err := w.Service.GiveFactor(context.Background(), flow.Factor{Token: p.token, Code: code, From: netip.MustParseAddr(from)})
		if e := refusal(err); e != nil {
			return e.Rule
		}
		if err != nil {
			t.Error(err)
		}
		return ""
	}
	counted := map[string]int{}
	results := make(chan string)
	for range 20 {
		go func() { results <- give("000000", "198.51.100.1") }()
	}
	for range 20 {
		counted[<-results]++
	}
	if counted["factorIsRight"] != 5 || counted["asksAreFew"] != 15 {
		t.Errorf("of twenty guesses %v", counted)
	}
	if got := give(codes[0], "198.51.100.2"); got != "asksAreFew" {
		t.Errorf("a right code of a stranger after them: %q", got)
	}
	if got := give(codes[0], home.String()); got != "" {
		t.Errorf("a right code from home: %q", got)
	}
	acts := answer(t, w, world.Acme, flow.UserActList{}).(flow.UserActsFound).Acts
	refused := 0
	for _, a := range acts {
		if a.What == registry.DeedSignInRefused && a.Note == "second factor" {
			refused++
		}
	}
	if refused != 5 {
		t.Errorf("%d refusals were put down", refused)
	}
}

// Nobody learns which logins there are: a login that nobody has costs a hash and a commit like one with a wrong
// password, and is refused with the same words.
func TestNobodyLearnsLogins(t *testing.T) {
	w := world.New(t, morning)
	p := newPerson(t, w, world.Acme, manager)
	try := func(login string) (string, int) {
		before := w.Rows("SELECT COUNT(*) FROM console_session") // a read that settles what ran before
		w.Fault.After(1 << 30)
		_, err := w.Service.SignIn(t.Context(), flow.SignIn{Login: login, Password: "wrong", From: netip.MustParseAddr("198.51.100.9")})
		operations := w.Fault.Disarm()
		if after := w.Rows("SELECT COUNT(*) FROM console_session"); after != before {
			t.Error("a session began")
		}
		e := refusal(err)
		if e == nil {
			t.Fatal(err)
		}
		return fmt.Sprint(e.Code, e.Rule, e.Reason, e.Field), operations
	}
	try(p.Login)
	try("nobody@h1001.example")
	there, cost := try(p.Login)
	nobody, same := try("nobody@h1001.example")
	if there != nobody {
		t.Errorf("%q of a user, %q of nobody", there, nobody)
	}
	if cost < same || cost > same+4 { // one row more, and who it is
		t.Errorf("a user costs %d operations, nobody %d", cost, same)
	}
}
