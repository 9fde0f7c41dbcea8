package console

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A keptForm is what somebody wrote in a form and sent after the session had ended, or when its user had to show again that
// it is he. It waits, sealed, in the form of signing in or of that, so no page of the registry has to remember it; who has
// given the password as the same user finds it in its form, and sends it once more: nothing is done by signing in.
type keptForm struct {
	At     string // the page of the form, with its parameters
	User   registry.UserID
	Made   time.Time
	Values url.Values
}

const (
	// keptFor is how long a form waits: as long as the next session would have done without being used.
	keptFor = time.Hour
	// mostKept is how long a form may be that waits, in octets, and longestDoor how long that of signing in which it waits in.
	mostKept    = 128 << 10
	longestDoor = 2 * mostKept
)

// notKept are the fields of forms that do not wait: what is secret or may have secrets in it, what is of the session, and
// what was agreed to.
func notKept() []string {
	return []string{"token", "password", "again", "new", "code", "authinfo", "answer", "sealed", "pem", "frame", "file", "kept", "to", "agree", "sure"}
}

// keptKey is where a request has a keptForm that is brought back.
type keptKey struct{}

// userMark is what the forms of a session carry of its user: when the session has ended, it tells whose they were. Only who
// has the cookie can make it.
func (v *visit) userMark(id registry.UserID) string {
	sum := sha256.Sum256([]byte("user of the form of " + v.token + " " + string(id)))
	return string(id) + "." + base64.RawURLEncoding.EncodeToString(sum[:])
}

// markedUser is the user of a form that a session has made which has ended; empty if none has.
func (v *visit) markedUser() registry.UserID {
	old := &visit{token: v.cookie(sessionCookie)}
	_, mark, _ := strings.Cut(v.values.Get("token"), ".")
	id, _, _ := strings.Cut(mark, ".")
	if id == "" || subtle.ConstantTimeCompare([]byte(mark), []byte(old.userMark(registry.UserID(id)))) != 1 {
		return ""
	}
	return registry.UserID(id)
}

// hasEnded reports whether the browser has a session that has ended.
func (v *visit) hasEnded() bool { return !v.known() && v.cookie(sessionCookie) != "" }

// waits reports whether what was sent to a route waits until somebody has signed in again.
func (v *visit) waits(r route) bool {
	return v.hasEnded() && r.method == http.MethodPost && r.door == doorUser && !r.part
}

// askToSignIn answers a form whose session has ended with the page of signing in, in which what was written waits.
func (c *Console) askToSignIn(v *visit, r route) error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, min(max(r.maxBody, usualBody), mostKept))
	page := &doorPage{form: form{Values: url.Values{}, visit: v}, Ended: true, Passkey: v.signInCeremony()}
	page.To = v.formPage()
	if v.parse() == nil {
		page.Kept = v.sealForm()
	}
	page.Lost = page.Kept == ""
	v.values, v.upload = nil, nil
	return v.render(http.StatusForbidden, "sign_in", page)
}

// sealForm seals the form that was sent; empty if it has no user, or no page on which it can come back.
func (v *visit) sealForm() string {
	at := url.URL{Path: v.r.URL.Path}
	if !v.console.shows(at.Path) {
		at.Path += "/new"
	}
	user := v.visitor.User.ID
	if !v.known() {
		user = v.markedUser()
	}
	if user == "" || !v.console.shows(at.Path) {
		return ""
	}
	if from, err := url.Parse(v.r.Referer()); err == nil && from.Path == at.Path {
		at.RawQuery = from.RawQuery
	}
	values := url.Values{}
	for name, sent := range v.values {
		if !slices.Contains(notKept(), name) {
			values[name] = sent
		}
	}
	plain, err := json.Marshal(keptForm{at.String(), user, v.console.config.Service.Real(), values})
	if err != nil {
		return ""
	}
	sealed, err := v.console.config.Service.SealForm(plain)
	if err != nil || len(sealed) > longestDoor-usualBody {
		return ""
	}
	return sealed
}

// kept opens a form that waits for a user; nil if it is none, another's, or has waited too long.
func (v *visit) kept(sealed string, user registry.UserID) *keptForm {
	plain, err := v.console.config.Service.OpenForm(sealed)
	if err != nil {
		return nil
	}
	var k keptForm
	if err := json.Unmarshal(plain, &k); err != nil || k.User != user || v.console.config.Service.Real().Sub(k.Made) > keptFor {
		return nil
	}
	return &k
}

// came gives a browser its session, and sends it on to where it wanted to go, or back to the form that waits.
func (v *visit) came(in flow.SignedIn, page *doorPage) error {
	if err := v.depart(in.Session); err != nil {
		return err
	}
	v.keep(in)
	form := v.kept(page.Kept, in.User.ID)
	switch {
	case in.Needs == flow.NeedsFactor && form != nil:
		return v.askFactor(page)
	case in.Needs == flow.NeedsFactor:
		return v.redirect(withTo("second-factor", page.To))
	case in.Needs == flow.NeedsToEnrol:
		return v.redirect(withTo("enrol", page.To))
	case form != nil:
		return v.bringBack(form)
	case page.Kept != "": // the page may be one that this user is not to see
		return v.onward("")
	}
	return v.onward(page.To)
}

// askFactor asks who has just given the password for the second factor, on a page that has the form that waits.
func (v *visit) askFactor(page *doorPage) error {
	visitor, err := v.console.config.Service.Visit(v.r.Context(), flow.Visit{Token: v.token, From: v.from()})
	if err != nil {
		return err
	}
	v.visitor, v.words = visitor, v.words.of(visitor.User)
	page.form = form{Values: url.Values{}, visit: v}
	if err := v.offerFactors(page, "second-factor/passkey"); err != nil {
		return err
	}
	return v.show("second_factor", page)
}

// bringBack answers with the page of a form that waited, with what was written in it. It is asked for as any other page, in
// the session that has just begun, so who may not see it does not.
func (v *visit) bringBack(k *keptForm) error {
	at, err := url.Parse(k.At)
	if err != nil || within(k.At) == "" {
		return v.onward("")
	}
	r := v.r.Clone(context.WithValue(v.r.Context(), keptKey{}, k))
	r.Method, r.URL, r.RequestURI, r.Body, r.ContentLength = http.MethodGet, at, k.At, http.NoBody, 0
	r.Form, r.PostForm, r.MultipartForm = nil, nil, nil
	r.Header.Del("Content-Type")
	r.Header.Set("Cookie", (&http.Cookie{Name: sessionCookie, Value: v.token}).String())
	v.console.mux.ServeHTTP(v.w, r)
	return nil
}

// takeBack puts a form that waited into the page that is asked for.
func (v *visit) takeBack() {
	if k, ok := v.r.Context().Value(keptKey{}).(*keptForm); ok && k.User == v.visitor.User.ID {
		v.values, v.broughtBack = k.Values, true
	}
}
