package console

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
)

// A notice is what was done, to be said once on the page that follows. It goes through a cookie, in English with its
// arguments, and is said in the language of that page.
type notice struct {
	English string
	Args    []string `json:",omitempty"`
}

// mostNotice bounds a notice in its cookie.
const mostNotice = 2 << 10

// leaveNotice has the next page say something.
func (v *visit) leaveNotice(english string, args ...any) {
	n := notice{English: english}
	for _, a := range args {
		n.Args = append(n.Args, fmt.Sprint(a))
	}
	text, err := json.Marshal(n)
	if err != nil || len(text) > mostNotice {
		return
	}
	v.setCookie(noticeCookie, base64.RawURLEncoding.EncodeToString(text), 60)
}

// takeNotice returns what is to be said, once.
func (v *visit) takeNotice() string {
	cookie, err := v.r.Cookie(noticeCookie)
	if err != nil || cookie.Value == "" {
		return ""
	}
	v.setCookie(noticeCookie, "", -1)
	var n notice
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || len(text) > mostNotice || json.Unmarshal(text, &n) != nil {
		return ""
	}
	if !isSaid(n.English) || len(n.Args) != len(verbs.FindAllString(n.English, -1)) {
		return "" // nobody here left it: what a cookie holds is never taken for a format
	}
	args := make([]any, len(n.Args))
	for i, a := range n.Args {
		args[i] = a
	}
	return v.t(n.English, args...)
}

// setCookie sets a cookie that only this host is sent, and no script sees; seconds < 0 removes it, 0 keeps it until the
// browser ends.
func (v *visit) setCookie(name, value string, seconds int) {
	http.SetCookie(v.w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: seconds, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// verbs are the places of arguments in a text of the console: they have no width, so a text is as long as what it is told.
var verbs = regexp.MustCompile(`%[a-z]`)

// isSaid reports whether the console itself says a text: all of them have Spanish.
func isSaid(english string) bool {
	_, ok := inSpanish.texts[english]
	return ok
}
