package epp_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// The namespaces that these tests announce.
const (
	uriIDN        = "urn:ietf:params:xml:ns:idn-1.0"
	uriTTL        = "urn:ietf:params:xml:ns:epp:ttl-1.0"
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
