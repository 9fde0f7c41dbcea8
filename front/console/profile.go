package console

import (
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	qrcode "github.com/skip2/go-qrcode"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// profileRoutes are the pages of what is a user's own.
func (c *Console) profileRoutes() []route {
	own, sure := routesIn(policy.AreaOwn)
	halfway := func(method, path string, handle func(*visit) error) route {
		r := own(method, path, handle)
		r.door, r.sure = doorHalfway, true
		return r
	}
	return []route{
		own(http.MethodGet, "profile", c.profilePage),
		own(http.MethodPost, "profile", c.profile),
		own(http.MethodPost, "profile/password", c.changePassword),
		own(http.MethodPost, "profile/sessions/end", c.endSession),
		halfway(http.MethodGet, "profile/app", c.appPage),
		halfway(http.MethodPost, "profile/app", c.addApp),
		sure(http.MethodPost, "profile/app/remove", c.removeApp),
		halfway(http.MethodGet, "profile/passkeys/new", c.newPasskeyPage),
		halfway(http.MethodPost, "profile/passkeys/new", c.addPasskey),
		sure(http.MethodPost, "profile/passkeys/remove", c.removePasskey),
		sure(http.MethodPost, "profile/codes", c.makeCodes),
	}
}

// profilePage is the page of what is a user's own.
type profilePage struct {
	form
	Found    flow.UserFound
	Here     string // the id of the session of this browser
	Needed   bool   // a second factor is
	Passkeys bool   // one can be added here
	Zones    []option
}

// profileOf begins the page.
func (v *visit) profileOf() (*profilePage, error) {
	reply, err := v.ask(flow.UserShow{User: v.visitor.User.ID})
	if err != nil {
		return nil, err
	}
	found := reply.(flow.UserFound)
	page := &profilePage{
		Found: found, Here: v.visitor.Session.ID, Needed: found.MustEnrol || v.visitor.Registrar.SecondFactorForAll,
		Zones: zonesWith(found.Zone),
		form: v.form(url.Values{
			"name": {found.Name}, "language": {string(found.Language)}, "zone": {found.Zone},
		}, map[string]string{"session": "", "factor": "", "code": "", "user": ""}),
	}
	_, page.Passkeys = v.relyingParty()
	return page, nil
}

// zonesWith returns the time zones that can be chosen: those where registrars are, and one that was chosen before.
func zonesWith(chosen string) []option {
	list := strings.Fields(`America/Bogota America/Argentina/Buenos_Aires America/Caracas America/Chicago America/Costa_Rica America/Denver
		America/Guatemala America/Guayaquil America/Halifax America/La_Paz America/Lima America/Los_Angeles America/Mexico_City
		America/Montevideo America/New_York America/Panama America/Phoenix America/Santiago America/Santo_Domingo America/Sao_Paulo
		America/Toronto America/Vancouver Africa/Cairo Africa/Johannesburg Africa/Lagos Asia/Dubai Asia/Hong_Kong Asia/Jakarta
		Asia/Jerusalem Asia/Karachi Asia/Kolkata Asia/Seoul Asia/Shanghai Asia/Singapore Asia/Tokyo Australia/Melbourne
		Australia/Sydney Europe/Amsterdam Europe/Athens Europe/Berlin Europe/Brussels Europe/Dublin Europe/Helsinki Europe/Istanbul
		Europe/Kyiv Europe/Lisbon Europe/London Europe/Madrid Europe/Moscow Europe/Oslo Europe/Paris Europe/Prague Europe/Rome
		Europe/Stockholm Europe/Vienna Europe/Warsaw Europe/Zurich Pacific/Auckland`)
	if chosen != "" && !slices.Contains(list, chosen) {
		list = append(list, chosen)
	}
	all := []option{{"", "UTC"}}
	for _, z := range list {
		all = append(all, option{z, strings.ReplaceAll(z, "_", " ")})
	}
	return all
}

// profilePage shows what is a user's own.
func (c *Console) profilePage(v *visit) error {
	page, err := v.profileOf()
	if err != nil {
		return err
	}
	return v.show("profile", page)
}

// profile changes what a user is called and how he is spoken to.
func (c *Console) profile(v *visit) error {
	zone := v.sent("zone")
	if _, err := time.LoadLocation(zone); err != nil {
		zone = "?" // is no name of a zone, as the flow will say
	}
	_, err := v.run(flow.ProfileUpdate{Name: v.sent("name"), Language: registry.Language(v.sent("language")), Zone: zone})
	if err != nil {
		return v.profileAgain(err)
	}
	return v.done(Path+"profile", "Your profile was changed.")
}

// profileAgain shows the profile again, on which something was refused.
func (v *visit) profileAgain(err error) error {
	page, fault := v.profileOf()
	if fault != nil {
		return fault
	}
	return v.refuse("profile", page, v.spoken(err))
}

// changePassword changes the user's password.
func (c *Console) changePassword(v *visit) error {
	if v.values.Get("new") != v.values.Get("again") {
		page, err := v.profileOf()
		if err != nil {
			return err
		}
		page.wrong("again", v.t("This is not the same."))
		return v.render(http.StatusUnprocessableEntity, "profile", page)
	}
	in, err := c.config.Service.ChangePassword(v.r.Context(), v.factor(), v.values.Get("new"))
	if err != nil {
		return v.profileAgain(atNew(err))
	}
	v.keep(in)
	return v.done(Path+"profile", "Your password was changed. All your other sessions have ended.")
}

// atNew has what is wrong with a new password said at its field: the other has the present one.
func atNew(err error) error {
	var refusal *registry.Error
	if !errors.As(err, &refusal) || refusal.Rule != "passwordIsStrong" {
		return err
	}
	moved := *refusal
	moved.Field = "new"
	return &moved
}

// endSession ends a session of the user, or all others.
func (c *Console) endSession(v *visit) error {
	cmd := flow.SessionEnd{ID: v.sent("id"), Others: v.sent("others") != ""}
	if cmd.ID == "" && !cmd.Others {
		return errMissing
	}
	if _, err := v.run(cmd); err != nil {
		return v.profileAgain(err)
	}
	if cmd.Others {
		return v.done(Path+"profile", "All your other sessions have ended.")
	}
	return v.done(Path+"profile", "The session has ended.")
}

// appPage is the page on which an authenticator app is added.
type appPage struct {
	form
	flow.TOTPOffer
	QR     template.HTML
	Groups []string // the secret in groups of four, to type
	Has    bool     // there is an app already
	To     string
}

// appOf begins the page, with the secret of before if it is shown again.
func (v *visit) appOf() (*appPage, error) {
	u := v.visitor.User
	offer, err := v.console.config.Service.NewTOTP(u.ID, v.sent("sealed"))
	if err != nil {
		return nil, err
	}
	found, err := v.ask(flow.UserShow{User: u.ID})
	if err != nil {
		return nil, err
	}
	issuer := strings.TrimPrefix(v.console.origin, "https://")
	address := fmt.Sprintf("otpauth://totp/%s?secret=%s&issuer=%s", url.PathEscape(issuer+":"+u.Login), offer.Secret, url.QueryEscape(issuer))
	picture, err := qrPicture(address, v.t("QR code for your authenticator app"))
	if err != nil {
		return nil, err
	}
	page := &appPage{
		form: v.form(url.Values{}, map[string]string{"session": "", "sealed": ""}), TOTPOffer: offer, QR: picture,
		Has: found.(flow.UserFound).App, To: v.doorPage().To,
	}
	for part := range slices.Chunk([]byte(offer.Secret), 4) {
		page.Groups = append(page.Groups, string(part))
	}
	return page, nil
}

// qrPicture draws a text as a QR code: a path of squares. ISO/IEC 18004; the quiet zone is four squares wide.
func qrPicture(text, label string) (template.HTML, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return "", fmt.Errorf("console: draw a QR code: %w", err)
	}
	rows := code.Bitmap()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="qr" viewBox="0 0 %d %d" width="232" height="232" role="img" aria-label="%s" shape-rendering="crispEdges">`+
		`<rect width="100%%" height="100%%" fill="#fff"/><path fill="#000" d="`, len(rows), len(rows), template.HTMLEscapeString(label))
	for y, row := range rows {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil
}

// appPage shows a secret for an authenticator app.
func (c *Console) appPage(v *visit) error {
	if v.visitor.Needs == flow.NeedsFactor {
		return v.redirect(Path + "second-factor")
	}
	page, err := v.appOf()
	if err != nil {
		return err
	}
	return v.show("profile_app", page)
}

// addApp takes the first code of an app.
func (c *Console) addApp(v *visit) error {
	reply, err := v.run(flow.TOTPAdd{Sealed: v.sent("sealed"), Code: v.sent("code")})
	if err != nil {
		page, fault := v.appOf()
		if fault != nil {
			return fault
		}
		return v.refuse("profile_app", page, v.spoken(err))
	}
	return v.enrolled(reply.(flow.SignedIn), text("The authenticator app was added."))
}

// codesPage shows recovery codes, this once.
type codesPage struct {
	Codes []string
	To    string
}

// enrolled shows the recovery codes that came with a second factor, or goes on.
func (v *visit) enrolled(in flow.SignedIn, english string) error {
	to := v.doorPage().To
	v.keep(in)
	if len(in.Codes) == 0 {
		if to == "" {
			to = Path + "profile"
		}
		return v.done(to, english)
	}
	v.visitor.Needs, v.visitor.HasFactor = flow.NeedsNothing, true
	return v.show("codes", codesPage{in.Codes, to})
}

// removeApp takes the user's authenticator app away.
func (c *Console) removeApp(v *visit) error {
	if _, err := v.run(flow.TOTPRemove{}); err != nil {
		return v.profileAgain(err)
	}
	return v.done(Path+"profile", "The authenticator app was removed.")
}

// newPasskeyPage shows how a passkey is added.
func (c *Console) newPasskeyPage(v *visit) error {
	if v.visitor.Needs == flow.NeedsFactor {
		return v.redirect(Path + "second-factor")
	}
	page, err := v.passkeyPage()
	if err != nil {
		return err
	}
	return v.show("profile_passkey", page)
}

func (v *visit) passkeyPage() (*doorPage, error) {
	found, err := v.passkeys()
	if err != nil {
		return nil, err
	}
	page := v.doorPage()
	page.fields["passkey"] = "name"
	page.Passkey = v.addCeremony(found)
	return page, nil
}

// addPasskey takes what a browser has made.
func (c *Console) addPasskey(v *visit) error {
	cmd, err := v.newPasskey()
	var reply flow.Reply
	if err == nil {
		reply, err = v.run(cmd)
	}
	if err != nil {
		page, fault := v.passkeyPage()
		if fault != nil {
			return fault
		}
		return v.refuse("profile_passkey", page, v.spoken(err))
	}
	return v.enrolled(reply.(flow.SignedIn), text("The passkey was added."))
}

// removePasskey takes one of the user's passkeys away.
func (c *Console) removePasskey(v *visit) error {
	key, err := base64.RawURLEncoding.DecodeString(v.sent("key"))
	if err == nil {
		_, err = v.run(flow.PasskeyRemove{Key: key})
	} else {
		err = errMissing
	}
	if err != nil {
		return v.profileAgain(err)
	}
	return v.done(Path+"profile", "The passkey was removed.")
}

// makeCodes makes new recovery codes, and shows them.
func (c *Console) makeCodes(v *visit) error {
	reply, err := v.run(flow.RecoveryMake{})
	if err != nil {
		return v.profileAgain(err)
	}
	return v.show("codes", codesPage{Codes: reply.([]string)})
}

// Key names a passkey in a form.
func (p *profilePage) Key(k registry.Passkey) string {
	return base64.RawURLEncoding.EncodeToString(k.ID)
}
