package epp

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// loginSec-1.0: longer passwords, what the client says of itself, and what the server says of the login. RFC
// 8807.

var extLoginSec = extension{
	uri:   nsLoginSec,
	read:  map[string]func(*decoder, *strictxml.Element){"loginSec": (*decoder).loginSec},
	write: (*appendix).loginSec,
}

// A loginSec is what <loginSec:loginSec> holds. RFC 8807 section 4.1.
type loginSec struct {
	agent     *registry.UserAgent
	pw, newPW *string
}

// maxAgent bounds what is kept of each part of a user agent, in characters.
const maxAgent = 100

// loginSec reads <loginSec:loginSec>.
func (d *decoder) loginSec(x *strictxml.Element) {
	said := &loginSec{
		agent: userAgent(x.Opt("userAgent")),
		pw:    longPassword(x.Opt("pw")),
		newPW: longPassword(x.Opt("newPW")),
	}
	if d.req.kind != kindLogin {
		goesWith(x, "a login")
		return
	}
	d.req.login.sec = said
}

// userAgent reads userAgentType, in which one part stands at least.
func userAgent(x *strictxml.Element) *registry.UserAgent {
	if x == nil {
		return nil
	}
	var agent registry.UserAgent
	part := x.Choice("app", "tech", "os")
	if part.Name.Local == "app" {
		agent.App = agentPart(part)
		part = x.OptChoice("tech", "os")
	}
	if part != nil && part.Name.Local == "tech" {
		agent.Tech = agentPart(part)
		part = x.Opt("os")
	}
	if part != nil {
		agent.OS = agentPart(part)
	}
	return &agent
}

func agentPart(x *strictxml.Element) string {
	text := strictxml.Take(x, strictxml.Token)
	if text == "" {
		x.Reject(refusal(registry.ParameterSyntax, "", "the element is empty; fill it or leave it out"))
	}
	if utf8.RuneCountInString(text) > maxAgent {
		text = string([]rune(text)[:maxAgent])
	}
	return text
}

// longPassword reads pwType of loginSec-1.0, which has no greatest length: that is policy.
func longPassword(x *strictxml.Element) *string {
	if x == nil {
		return nil
	}
	pw := strictxml.Take(x, func(s string) (string, error) { return strictxml.TokenLen(s, 6, 0) })
	return &pw
}

// passwordsAreInOnePlace refuses a login whose passwords are neither here nor there: who announced the
// extension writes [LOGIN-SECURITY] where a password is in the extension, and only there. RFC 8807 section
// 3.2.
func passwordsAreInOnePlace(l login, announced bool) *registry.Error {
	sec := loginSec{}
	if l.sec != nil {
		if sec = *l.sec; sec == (loginSec{}) {
			return &registry.Error{
				Code: registry.ParameterMissing, Field: "loginSec:loginSec",
				Reason: "it says nothing; send userAgent, pw or newPW in it, or leave it out",
			}
		}
	}
	for _, place := range []struct {
		field, here string
		there       *string
	}{{"pw", l.pw, sec.pw}, {"newPW", l.newPW, sec.newPW}} {
		elsewhere := place.here == flow.PasswordElsewhere
		switch {
		case elsewhere && announced && place.there == nil:
			return &registry.Error{
				Code: registry.ParameterMissing, Field: "loginSec:" + place.field,
				Reason: "<" + place.field + "> says that the password is in the extension; send <loginSec:" + place.field + ">",
			}
		case !elsewhere && place.there != nil:
			return &registry.Error{
				Code: registry.ParameterPolicy, Field: "loginSec:" + place.field,
				Reason: "<" + place.field + "> has no place for it; write " + flow.PasswordElsewhere + " there",
			}
		}
	}
	return nil
}

// effective returns a login with the passwords in their usual places, whether they came there or in the
// extension.
func (l login) effective() (pw, newPW string, agent registry.UserAgent) {
	pw, newPW = l.pw, l.newPW
	if l.sec == nil {
		return pw, newPW, agent
	}
	if l.sec.pw != nil {
		pw = *l.sec.pw
	}
	if l.sec.newPW != nil {
		newPW = *l.sec.newPW
	}
	if l.sec.agent != nil {
		agent = *l.sec.agent
	}
	return pw, newPW, agent
}

// isLong reports whether the new password came in the extension.
func (l login) isLong() bool { return l.sec != nil && l.sec.newPW != nil }

// loginSec writes <loginSec:loginSecData>, if there is anything to tell of a login. RFC 8807 section 4.1.
func (w *appendix) loginSec(a answer) {
	if len(a.req.login.events) == 0 {
		return
	}
	w.object("loginSec", nsLoginSec, "loginSecData")
	for _, e := range a.req.login.events {
		w.loginEvent(e)
	}
	w.End()
}

// loginEvent writes <loginSec:event>. RFC 8807 section 3.1.
func (w *appendix) loginEvent(e flow.LoginEvent) {
	w.Start("loginSec:event")
	w.Attr("type", e.Type)
	if e.Name != "" {
		w.Attr("name", e.Name)
	}
	level := "warning"
	if e.Failed {
		level = "error"
	}
	w.Attr("level", level)
	if !e.Expires.IsZero() {
		w.Attr("exDate", instant(e.Expires))
	}
	if e.Value != "" {
		w.Attr("value", e.Value)
	}
	if e.Duration > 0 {
		w.Attr("duration", duration(e.Duration))
	}
	w.Text(e.Says)
	w.End()
}

// duration writes xs:duration in days, hours, minutes and seconds, without those that are none.
func duration(d time.Duration) string {
	seconds := int(d / time.Second)
	var b strings.Builder
	b.WriteByte('P')
	if days := seconds / 86_400; days > 0 {
		b.WriteString(strconv.Itoa(days) + "D")
	}
	if seconds %= 86_400; seconds == 0 && b.Len() > 1 {
		return b.String()
	}
	b.WriteByte('T')
	if hours := seconds / 3_600; hours > 0 {
		b.WriteString(strconv.Itoa(hours) + "H")
	}
	if minutes := seconds % 3_600 / 60; minutes > 0 {
		b.WriteString(strconv.Itoa(minutes) + "M")
	}
	if rest := seconds % 60; rest > 0 || seconds == 0 {
		b.WriteString(strconv.Itoa(rest) + "S")
	}
	return b.String()
}
