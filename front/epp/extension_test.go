package epp_test

import (
	"crypto/tls"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// The namespaces that these tests announce.
const (
	uriIDN        = "urn:ietf:params:xml:ns:idn-1.0"
	uriTTL        = "urn:ietf:params:xml:ns:epp:ttl-1.0"
	uriLoginSec   = "urn:ietf:params:xml:ns:epp:loginSec-1.0"
	uriSecureAuth = "urn:ietf:params:xml:ns:epp:secure-authinfo-transfer-1.0"
)

// announcing returns a login that announces extensions.
func announcing(who registry.RegistrarID, uris ...string) loginFrame {
	l := goodLogin(who)
	l.services += "<svcExtension><extURI>" + strings.Join(uris, "</extURI><extURI>") + "</extURI></svcExtension>"
	return l
}

// with puts an extension into a command.
func with(frame, extension string) string {
	return strings.Replace(frame, "<clTRID>", "<extension>"+extension+"</extension><clTRID>", 1)
}

// A trial is one frame of a session: what it is answered, and what is or is not in the answer.
type trial struct{ name, frame, code, says, silent string }

func (c *client) takes(list []trial) {
	c.t.Helper()
	for _, x := range list {
		c.send(x.frame)
		answer := c.read()
		if got := part(`<result code="(\d+)"`, answer); got != x.code || !strings.Contains(answer, x.says) {
			c.t.Errorf("%s: the answer is %s, want %s with %q", x.name, answer, x.code, x.says)
		}
		if x.silent != "" && strings.Contains(answer, x.silent) {
			c.t.Errorf("%s: the answer is %s, want no %q in it", x.name, answer, x.silent)
		}
	}
}

// Who announced the IDN extension has to use it, and is answered with it. Manual 9.12.3, decisions 1.6.
func TestIDNSession(t *testing.T) {
	w := newWorld(t)
	w.Contact(world.Acme, "X-H1001")
	table := func(id, uname string) string {
		return `<i:data xmlns:i="` + uriIDN + `"><i:table>` + id + `</i:table><i:uname>` + uname + `</i:uname></i:data>`
	}
	espanol := create("CMD-1", "xn--espaol-zwa.co")
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		plain, extended := s.session(world.Acme), s.connect()
		extended.send(announcing(world.Acme, uriIDN).String())
		extended.wants("1000")
		plain.takes([]trial{
			{"not announced", with(espanol, table("es", "español.co")), "2103", "did not announce", ""},
			{"not used", create("CMD-2", "xn--caf-dma.co"), "1000", "", ""},
			{"not answered", info("CMD-3", "xn--caf-dma.co"), "1000", "", "idn"},
		})
		extended.takes([]trial{
			{"not used", espanol, "2003", "add idn:data", ""},
			{"unknown table", with(espanol, table("zz", "español.co")), "2306", `<idn:table xmlns:idn="` + uriIDN + `">zz</idn:table>`, ""},
			{"another name", with(espanol, table("es", "espanol.co")), "2005", "send xn--espaol-zwa.co or español.co", ""},
			{"outside of the table", with(create("CMD-4", "xn--strae-oqa.co"), table("es", "straße.co")), "2306", "not in the table", ""},
			{"an ASCII name", create("CMD-5", "plain.co"), "1000", "", ""},
			{"right", with(espanol, table("es", "ESPAÑOL.co")), "1000", "", ""},
			{"answered", info("CMD-6", "xn--espaol-zwa.co"), "1000", "<idn:table>es</idn:table><idn:uname>español.co</idn:uname>", ""},
			{"the first that fits", info("CMD-7", "xn--caf-dma.co"), "1000", "<idn:table>es</idn:table><idn:uname>café.co</idn:uname>", ""},
			{"an ASCII name answered", info("CMD-8", "plain.co"), "1000", "", "idn"},
		})
	})
}

// TTLs from the create to the info. RFC 9803.
func TestTTLSession(t *testing.T) {
	w := newWorld(t)
	w.Contact(world.Acme, "X-H1001")
	ttl := func(command, content string) string {
		return `<t:` + command + ` xmlns:t="` + uriTTL + `">` + content + `</t:` + command + `>`
	}
	update := command("CMD-1", `<update><domain:update xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>shop.co</domain:name></domain:update></update>`)
	ask := func(policy string) string {
		return with(info("CMD-2", "shop.co"), `<t:info xmlns:t="`+uriTTL+`" policy="`+policy+`"/>`)
	}
	synctest.Test(t, func(t *testing.T) {
		c := serve(t, w).connect()
		c.send(announcing(world.Acme, uriTTL).String())
		c.wants("1000")
		c.takes([]trial{
			{"out of range", with(create("CMD-3", "shop.co"), ttl("create", `<t:ttl for="NS">299</t:ttl>`)), "2004", "300 to 172800", ""},
			{"of addresses", with(create("CMD-3", "shop.co"), ttl("create", `<t:ttl for="A">300</t:ttl>`)), "2306", "choose it for NS, DS", ""},
			{"of something new", with(create("CMD-3", "shop.co"), ttl("create", `<t:ttl for="custom" custom="DELEG">300</t:ttl>`)), "2306", "DELEG", ""},
			{"twice", with(create("CMD-3", "shop.co"), ttl("create", `<t:ttl for="NS">300</t:ttl><t:ttl for="NS">301</t:ttl>`)), "2001", "twice", ""},
			{"chosen", with(create("CMD-3", "shop.co"), ttl("create", `<t:ttl for="NS">300</t:ttl>`)), "1000", "", ""},
			{"not asked for", info("CMD-4", "shop.co"), "1000", "", "ttl"},
			{"asked for", ask("false"), "1000", `"><ttl:ttl for="NS">300</ttl:ttl></ttl:infData>`, ""},
			{"all asked for", ask("1"), "1000", `<ttl:ttl for="DS" min="300" default="3600" max="172800">3600</ttl:ttl>`, ""},
			{"an update of nothing", update, "2003", "neither", ""},
			{"given back", with(update, ttl("update", `<t:ttl for="NS"/>`)), "1000", "", ""},
			{"none is left", ask("false"), "1000", "", "ttl"},
		})
	})
}

// Who announced secure authInfo cannot set a weak one, and nobody else is kept from it. Decisions 3.9.
func TestSecureAuthInfoSession(t *testing.T) {
	w := newWorld(t)
	w.Contact(world.Acme, "X-H1001")
	strong := strings.NewReplacer("domain-secret", "Gk3pQz81LmWx0RtYb7Ncde")
	none := strings.NewReplacer("domain-secret", "")
	clear := command("CMD-1", `<update><domain:update xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>b.com.co</domain:name>`+
		`<domain:chg><domain:authInfo><domain:null/></domain:authInfo></domain:chg></domain:update></update>`)
	verify := func(pw string) string {
		return strings.Replace(info("CMD-2", "b.com.co"), "</domain:name>", "</domain:name><domain:authInfo><domain:pw>"+pw+"</domain:pw></domain:authInfo>", 1)
	}
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		plain, extended := s.session(world.Acme), s.connect()
		extended.send(announcing(world.Acme, uriSecureAuth).String())
		extended.wants("1000")
		plain.takes([]trial{{"weak, not announced", create("CMD-3", "plain.co"), "1000", "", ""}})
		extended.takes([]trial{
			{"weak", create("CMD-4", "a.com.co"), "2202", "weaker than 128 bits", "domain-secret"},
			{"none", none.Replace(create("CMD-5", "a.com.co")), "1000", "", ""},
			{"strong", strong.Replace(create("CMD-6", "b.com.co")), "1000", "", ""},
			{"verified", verify("Gk3pQz81LmWx0RtYb7Ncde"), "1000", "", "Gk3pQz81LmWx0RtYb7Ncde"},
			{"wrong", verify("Gk3pQz81LmWx0RtYb7Ncdf"), "2202", "", ""},
			{"cleared", clear, "1000", "", ""},
			{"none matches", verify("Gk3pQz81LmWx0RtYb7Ncde"), "2202", "", ""},
			{"empty does not match none", verify(""), "2202", "", ""},
		})
	})
}

// withLoginSec adds the extension to a login.
func withLoginSec(l loginFrame, content string) string {
	return with(l.String(), `<l:loginSec xmlns:l="`+uriLoginSec+`">`+content+`</l:loginSec>`)
}

// Long passwords, what must not be said twice or not at all, and that only a login that announced it is told
// of events. RFC 8807.
func TestLoginSecSession(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("long pass ", 12) + "word"
	plain, extended, elsewhere := goodLogin(world.Acme), announcing(world.Acme, uriLoginSec), announcing(world.Acme, uriLoginSec)
	elsewhere.pw = "[LOGIN-SECURITY]"
	changing := extended
	changing.newPW = "[LOGIN-SECURITY]"
	wrong := extended
	wrong.pw = "Wrong1234"
	agent := `<l:userAgent><l:app>tool 1</l:app><l:os>Linux</l:os></l:userAgent>`
	pw := func(text string) string { return "<l:pw>" + text + "</l:pw>" }
	newPW := func(text string) string { return "<l:newPW>" + text + "</l:newPW>" }
	for _, turn := range []trial{
		{"not announced", withLoginSec(plain, agent), "2103", "did not announce", ""},
		{"nothing in it", withLoginSec(extended, ""), "2003", "send userAgent, pw or newPW", "loginSecData"},
		{"two passwords", withLoginSec(extended, pw(world.Password)), "2306", "write [LOGIN-SECURITY]", world.Password},
		{"no password", withLoginSec(elsewhere, agent), "2003", "send &lt;loginSec:pw&gt;", ""},
		{"no password, no extension", elsewhere.String(), "2003", "send &lt;loginSec:pw&gt;", ""},
		{"two new passwords", withLoginSec(extended, newPW("another one")), "2306", "&lt;newPW&gt; has no place", "another one"},
		{"a wrong one", withLoginSec(elsewhere, pw("wrong password")), "2200", "is wrong", "loginSecData"},
		{"a new one that is too long", withLoginSec(changing, newPW(strings.Repeat("x", 129))), "2005", `<loginSec:event type="newPW" level="error">`, ""},
		{"a new one that is none", withLoginSec(changing, newPW("[LOGIN-SECURITY]")), "2005", "6 to 128", ""},
		{"a short one", withLoginSec(elsewhere, pw("12345")), "2001", "", ""},
		{"an empty agent", withLoginSec(extended, `<l:userAgent><l:os/></l:userAgent>`), "2005", "loginSec:os", ""},
		{"a long one", withLoginSec(elsewhere, pw(world.Password)+newPW(long)), "2306", "&lt;newPW&gt; has no place", ""},
		{"the usual place", withLoginSec(extended, agent), "1000", "failedLogins", ""},
		{"a password that is changed to a long one", withLoginSec(changing, newPW(long)), "1000", "", "loginSecData"},
		{"the old one", extended.String(), "2200", "", "loginSecData"},
		{"the long one", withLoginSec(elsewhere, pw(strings.ReplaceAll(long, " ", "  "))), "1000", `type="stat" name="failedLogins" level="warning" value="1"`, ""},
		{"a wrong one again", wrong.String(), "2200", "", "loginSecData"},
	} {
		t.Run(turn.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { serve(t, w).connect().takes([]trial{turn}) })
		})
	}
}

// A password ends where the profile says so; the client is warned before, and afterwards may only change it.
func TestPasswordEnds(t *testing.T) {
	w := newWorld(t)
	limit(w, func(l *policy.Limits) { l.PasswordDays = 90 })
	extended := announcing(world.Acme, uriLoginSec)
	changing := extended
	changing.newPW = "Efgh5678"
	fresh := extended
	fresh.pw = changing.newPW
	day := 24 * time.Hour
	for _, step := range []struct {
		pass time.Duration
		trial
	}{
		{59 * day, trial{"fresh", extended.String(), "1000", "", "loginSecData"}},
		{2 * day, trial{"soon", extended.String(), "1000", `type="password" level="warning" exDate="2026-05-30T12:00:00.0Z"`, ""}},
		{0, trial{"soon, not announced", login(world.Acme), "1000", "", "loginSecData"}},
		{30 * day, trial{"over", extended.String(), "2200", `type="password" level="error" exDate="2026-05-30T12:00:00.0Z"`, ""}},
		{0, trial{"over, not announced", login(world.Acme), "2200", "send a new one in newPW", "loginSecData"}},
		{0, trial{"over and changed", changing.String(), "1000", "", "loginSecData"}},
		{0, trial{"the new one", fresh.String(), "1000", "", "loginSecData"}},
	} {
		w.Pass(step.pass)
		t.Run(step.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { serve(t, w).connect().takes([]trial{step.trial}) })
		})
	}
}

// A client certificate that ends soon, or has ended, is told of.
func TestCertificateEnds(t *testing.T) {
	w := newWorld(t)
	extended := announcing(world.Acme, uriLoginSec).String()
	for _, test := range []struct {
		name  string
		valid time.Duration
		trial
	}{
		{"long", 1000 * time.Hour, trial{"", extended, "1000", "", "loginSecData"}},
		{"short", time.Hour, trial{"", extended, "1000", `type="certificate" level="warning" exDate="`, ""}},
		{"over", -time.Minute, trial{"", extended, "1000", `type="certificate" level="error" exDate="`, ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w.At(time.Now().UTC().Format(time.RFC3339))
				s := serve(t, w)
				c := s.connect(func(config *tls.Config) {
					config.Certificates = []tls.Certificate{issue(t, nil, "registrar", test.valid)}
				})
				c.takes([]trial{test.trial})
			})
		})
	}
}
