package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// deviceCookie is what a browser keeps in which a user has signed in: what strangers guess does not lock it out.
const deviceCookie = "__Host-dorado-device"

// deviceSeconds is how long it is kept: as long as browsers keep any cookie. RFC 6265bis section 5.5.
const deviceSeconds = 400 * 24 * 60 * 60

// signInRoutes are the pages by which people come in and go out.
func (c *Console) signInRoutes() []route {
	return []route{
		{method: http.MethodGet, path: Path + "sign-in", door: doorAnybody, handle: c.signInPage},
		{method: http.MethodPost, path: Path + "sign-in", maxBody: longestDoor, door: doorAnybody, handle: c.signIn},
		{method: http.MethodPost, path: Path + "sign-in/passkey", maxBody: longestDoor, door: doorAnybody, handle: c.signInByPasskey},
		{method: http.MethodPost, path: Path + "sign-out", door: doorHalfway, area: policy.AreaOwn, handle: c.signOut},
		{method: http.MethodGet, path: Path + "second-factor", door: doorHalfway, area: policy.AreaOwn, handle: c.factorPage},
		{method: http.MethodPost, path: Path + "second-factor", maxBody: longestDoor, door: doorHalfway, area: policy.AreaOwn, handle: c.giveFactor},
		{method: http.MethodPost, path: Path + "second-factor/passkey", maxBody: longestDoor, door: doorHalfway, area: policy.AreaOwn, handle: c.giveFactorByPasskey},
		{method: http.MethodGet, path: Path + "confirm", door: doorHalfway, area: policy.AreaOwn, handle: c.confirmPage},
		{method: http.MethodPost, path: Path + "confirm", maxBody: longestDoor, door: doorHalfway, area: policy.AreaOwn, handle: c.confirm},
		{method: http.MethodPost, path: Path + "confirm/passkey", maxBody: longestDoor, door: doorHalfway, area: policy.AreaOwn, handle: c.giveFactorByPasskey},
		{method: http.MethodGet, path: Path + "enrol", door: doorHalfway, area: policy.AreaOwn, handle: c.enrolPage},
		{method: http.MethodGet, path: Path + "forgotten", door: doorAnybody, handle: c.forgottenPage},
		{method: http.MethodPost, path: Path + "forgotten", door: doorAnybody, handle: c.forgotten},
		{method: http.MethodGet, path: Path + "password/{link}", door: doorAnybody, handle: c.linkPage},
		{method: http.MethodPost, path: Path + "password/{link}", door: doorAnybody, handle: c.useLink},
	}
}

// A door page is one of those that somebody sees who has not signed in wholly. To is where he wanted to go.
type doorPage struct {
	form
	To       string
	Passkey  *ceremony // nil: no passkey can be used here
	Password bool      // a password can be given, to confirm
	Code     bool      // a code can be given
	About    flow.LinkFound
	Link     string
	Sent     bool

	Ended bool   // the session from before has ended
	Kept  string // the form that waits, sealed
	Lost  bool   // and what was written in it cannot be kept
}

// doorPage begins one.
func (v *visit) doorPage() *doorPage {
	to := v.query("to")
	if v.values != nil {
		to = v.sent("to")
	}
	return &doorPage{form: v.form(url.Values{}, map[string]string{"session": "", "user": "", "link": ""}), To: within(to), Kept: v.keptSent(), Ended: v.hasEnded()}
}

// keptSent is the form that waits in the one that was sent.
func (v *visit) keptSent() string {
	if v.values == nil {
		return ""
	}
	return v.sent("kept")
}

// within returns a path of the console, with its parameters, and nothing of another site.
func within(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, Path) || strings.ContainsAny(to, "\\\r\n\t") {
		return ""
	}
	return to
}

// onward sends a browser to where it wanted to go.
func (v *visit) onward(to string) error {
	if to == "" {
		to = Path
	}
	return v.redirect(to)
}

// withTo adds to the address of a page where somebody wants to go after it.
func withTo(page, to string) string {
	if to == "" {
		return Path + page
	}
	return Path + page + "?to=" + url.QueryEscape(to)
}

// signInPage shows the form, or sends somebody who has begun to sign in to what is left of it.
func (c *Console) signInPage(v *visit) error {
	page := v.doorPage()
	switch {
	case v.complete():
		return v.onward(page.To)
	case v.known() && v.visitor.Needs == flow.NeedsFactor:
		return v.redirect(withTo("second-factor", page.To))
	case v.known():
		return v.redirect(withTo("enrol", page.To))
	}
	page.Passkey = v.signInCeremony()
	return v.show("sign_in", page)
}

// signIn begins a session by a password.
func (c *Console) signIn(v *visit) error {
	page := v.doorPage()
	in, err := c.config.Service.SignIn(v.r.Context(), flow.SignIn{
		Login: v.sent("login"), Password: v.values.Get("password"), From: v.from(), Agent: v.agent(), Device: v.cookie(deviceCookie),
		SvTRID: v.trid,
	})
	if err != nil {
		page.Passkey = v.signInCeremony()
		return v.refuse("sign_in", page, v.spoken(err))
	}
	return v.came(in, page)
}

// depart ends the session that the browser had until now, unless it is the one of an id: no browser has it any more, and
// whoever has taken its token goes on in it for hours.
func (v *visit) depart(except string) error {
	if v.visitor.Session.ID == "" || v.visitor.Session.ID == except {
		return nil
	}
	_, err := v.run(flow.SessionEnd{})
	if refusal := (*registry.Error)(nil); errors.As(err, &refusal) {
		return nil // it has ended meanwhile
	}
	return err
}

// keep has a browser keep the token of its session, and that it is known.
func (v *visit) keep(in flow.SignedIn) {
	v.setCookie(sessionCookie, in.Token, 0)
	v.token = in.Token
	if in.Device != "" {
		v.setCookie(deviceCookie, in.Device, deviceSeconds)
	}
}

// cookie returns what a browser keeps under a name.
func (v *visit) cookie(name string) string {
	cookie, err := v.r.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// agent is how the browser calls itself.
func (v *visit) agent() string { return strings.ToValidUTF8(v.r.UserAgent(), "\uFFFD") }

// factor is what a visitor gives to show that it is he.
func (v *visit) factor() flow.Factor {
	return flow.Factor{
		Token: v.token, Password: v.values.Get("password"), Code: v.sent("code"), From: v.from(), Agent: v.agent(),
		Device: v.cookie(deviceCookie), SvTRID: v.trid,
	}
}

// signOut ends the session.
func (c *Console) signOut(v *visit) error {
	if _, err := v.run(flow.SessionEnd{}); err != nil {
		return err
	}
	v.setCookie(sessionCookie, "", -1)
	v.token = ""
	return v.done(Path+"sign-in", "You have signed out.")
}

// factorPage asks for the second factor.
func (c *Console) factorPage(v *visit) error {
	page := v.doorPage()
	if v.visitor.Needs != flow.NeedsFactor {
		return v.onward(page.To)
	}
	if err := v.offerFactors(page, "second-factor/passkey"); err != nil {
		return err
	}
	return v.show("second_factor", page)
}

// offerFactors says by what the visitor can show that it is he.
func (v *visit) offerFactors(page *doorPage, passkey string) error {
	found, err := v.passkeys()
	if err != nil {
		return err
	}
	if len(found.Passkeys) > 0 {
		page.Passkey = v.proofCeremony(found, passkey)
	}
	page.Code = v.visitor.HasFactor
	return nil
}

// giveFactor takes a code.
func (c *Console) giveFactor(v *visit) error {
	page := v.doorPage()
	q := v.factor()
	q.Password = ""
	in, err := c.config.Service.GiveFactor(v.r.Context(), q)
	if err != nil {
		return v.again("second_factor", page, "second-factor/passkey", err)
	}
	return v.came(in, page)
}

// again shows a page again on which something was refused.
func (v *visit) again(name string, page *doorPage, passkey string, err error) error {
	if refusal := (*registry.Error)(nil); !errors.As(err, &refusal) {
		return err
	}
	if fault := v.offerFactors(page, passkey); fault != nil {
		return fault
	}
	return v.refuse(name, page, v.spoken(err))
}

// confirmPage asks somebody who has signed in to show again that it is he.
func (c *Console) confirmPage(v *visit) error {
	page := v.doorPage()
	if v.visitor.Needs == flow.NeedsFactor {
		return v.redirect(withTo("second-factor", page.To))
	}
	if err := v.offerFactors(page, "confirm/passkey"); err != nil {
		return err
	}
	return v.show("confirm", page)
}

// confirm takes the password or a code.
func (c *Console) confirm(v *visit) error {
	page := v.doorPage()
	in, err := c.config.Service.Confirm(v.r.Context(), v.factor())
	if err != nil {
		return v.again("confirm", page, "confirm/passkey", err)
	}
	return v.came(in, page)
}

// toConfirm sends a browser to the page on which its user shows that it is he, and back afterwards; what was written in a
// form waits in that page.
func (v *visit) toConfirm() error {
	if v.r.Method == http.MethodGet {
		return v.redirect(withTo("confirm", within(v.r.URL.RequestURI())))
	}
	page := &doorPage{form: form{Values: url.Values{}, visit: v}, To: v.formPage(), Kept: v.sealForm()}
	if page.Kept == "" {
		return v.redirect(withTo("confirm", page.To))
	}
	v.values, v.upload = nil, nil
	if err := v.offerFactors(page, "confirm/passkey"); err != nil {
		return err
	}
	return v.render(http.StatusForbidden, "confirm", page)
}

// enrolPage says to somebody that a second factor is needed, and which there are.
func (c *Console) enrolPage(v *visit) error {
	page := v.doorPage()
	if v.visitor.Needs != flow.NeedsToEnrol {
		return v.onward(page.To)
	}
	_, page.Code = v.relyingParty()
	return v.show("enrol", page)
}

// forgottenPage asks whose password was forgotten.
func (c *Console) forgottenPage(v *visit) error { return v.show("forgotten", v.doorPage()) }

// forgotten sends a link to whoever has the address. The answer is the same for those that nobody has.
func (c *Console) forgotten(v *visit) error {
	page := v.doorPage()
	err := c.config.Service.AskReset(v.r.Context(), flow.ResetAsk{Login: v.sent("login"), From: v.from(), SvTRID: v.trid})
	if err != nil {
		return v.refuse("forgotten", page, v.spoken(err))
	}
	page.Sent = true
	return v.show("forgotten", page)
}

// linkPage asks for the password of whoever followed a link.
func (c *Console) linkPage(v *visit) error {
	page, err := v.linkPage()
	if err != nil {
		return v.refuse("link_ended", page, v.spoken(err))
	}
	return v.show("password", page)
}

// linkPage begins the page of a link.
func (v *visit) linkPage() (*doorPage, error) {
	page := v.doorPage()
	page.Link = v.r.PathValue("link")
	reply, err := v.console.config.Service.Ask(v.r.Context(), "", flow.LinkShow{Link: page.Link})
	if err != nil {
		return page, err
	}
	page.About = reply.(flow.LinkFound)
	return page, nil
}

// useLink sets the password.
func (c *Console) useLink(v *visit) error {
	page, err := v.linkPage()
	if err != nil {
		return v.refuse("link_ended", page, v.spoken(err))
	}
	password := v.values.Get("password")
	if password != v.values.Get("again") {
		page.wrong("again", v.t("This is not the same."))
		return v.render(http.StatusUnprocessableEntity, "password", page)
	}
	if err := c.config.Service.UseLink(v.r.Context(), page.Link, password); err != nil {
		return v.refuse("password", page, v.spoken(err))
	}
	if err := v.depart(""); err != nil {
		return err
	}
	v.setCookie(sessionCookie, "", -1)
	v.token = ""
	return v.done(Path+"sign-in", "The password is set. Sign in with it.")
}

// spoken returns a refusal of what people do who sign in, in their language: they are no engineers.
func (v *visit) spoken(err error) error {
	var refusal *registry.Error
	if !errors.As(err, &refusal) {
		return err
	}
	said := map[string]string{
		"signInIsRight":    v.t("The e-mail address or the password is wrong."),
		"passwordIsRight":  v.t("The password is wrong."),
		"factorIsRight":    v.t("This code is wrong, or was used. Wait for the next one, or use a recovery code."),
		"passkeyIsRight":   v.t("This passkey is not one of this console. Use another, or your password."),
		"challengeIsFresh": v.t("That took too long. Try again."),
		"userIsEnabled":    v.t("You may not sign in at the moment. Ask your administrator."),
		"loginIsNobodys":   v.t("You are a user of another registrar with this e-mail address, and it can be of one only. Ask to be invited by another address."),
		"linkIsGood":       v.t("The link was used, has ended or is not whole."),
	}[refusal.Rule]
	switch {
	case refusal.Wait > 0:
		said = v.t("That was tried too often. Wait %d seconds.", int(refusal.Wait.Seconds())+1)
	case said == "":
		return err
	}
	spoken := *refusal
	spoken.Reason = said
	return &spoken
}
