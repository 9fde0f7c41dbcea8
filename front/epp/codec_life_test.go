package epp_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"example.org/dorado/test/world"
)

// A turn is a frame that a registrar sends, and what the answer is.
type turn struct {
	name, frame string
	code        string
	has         []string
	lacks       string
}

// corrected returns a corrected sample of the manual, with old and new texts to put in place.
func corrected(t *testing.T, name string, oldnew ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "manual", name+".corrected.xml"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(oldnew...).Replace(string(data))
}

// about returns a command with an object's element in it.
func about(name, object, inner string) string {
	return command("ABC-12345", "<"+name+"><"+object+":"+name+` xmlns:`+object+`="urn:ietf:params:xml:ns:`+object+`-1.0">`+
		inner+"</"+object+":"+name+"></"+name+">")
}

func goldenPath(t *testing.T) []turn {
	const test, domain, ns1 = "testdomainexample.co", "<domain:name>domainexample.co</domain:name>", "<host:name>ns1.testdomainexample.co</host:name>"
	turns := []turn{
		{"check", corrected(t, "9.4.3-domain-check"), "1000", []string{`<domain:name avail="1">` + test, "<clTRID>CLI-1765780205-6739</clTRID>"}, "reason"},
	}
	for _, id := range []string{"CONTACT01", "CONTACT02", "CONTACT03", "CONTACT04"} {
		turns = append(turns, turn{"contact " + id, corrected(t, "9.4.4-contact-create", "CONTACT01", id), "1000", []string{"<contact:id>" + id, "Command completed successfully."}, "authInfo"})
	}
	return append(turns, []turn{
		{"domain create", corrected(t, "9.4.4-domain-create"), "1000", []string{
			"Domain DOMAINEXAMPLE.CO created successfully with ROID D", "<domain:crDate>2026-03-01T12:00:0", "<domain:exDate>2027-03-01T23:59:59.0Z",
		}, "authInfo"},
		{"another", corrected(t, "9.4.4-domain-create", "domainexample", "testdomainexample"), "1000", nil, "authInfo"},
		{"host create", corrected(t, "9.4.4-host-create"), "1000", []string{"<host:creData", "ns1.testdomainexample.co"}, "msg lang"},
		{"check again", corrected(t, "9.4.3-domain-check"), "1000", []string{`avail="0"`, "<domain:reason>the name is registered"}, `"1"`},
		{"create again", corrected(t, "9.4.4-domain-create"), "2302", []string{"<value><domain:name xmlns:domain", ">domainexample.co<", "<reason>the name is registered; choose another"}, "resData"},
		{"delegation", about("update", "domain", domain+"<domain:add><domain:ns><domain:hostObj>ns1.testdomainexample.co</domain:hostObj></domain:ns><domain:status s=\"clientHold\">why</domain:status></domain:add>"), "1000", nil, "resData"},
		{"domain info", about("info", "domain", domain), "1000", []string{`<domain:status s="clientHold"/>`, "<domain:hostObj>ns1.testdomainexample.co", `<domain:contact type="billing">CONTACT04`, "<domain:upDate>"}, "authInfo"},
		{"hosts none", about("info", "domain", strings.Replace(domain, "name>", `name hosts="none">`, 1)), "1000", nil, "hostObj"},
		{"hosts sub", about("info", "domain", `<domain:name hosts="sub">`+test+"</domain:name>"), "1000", []string{"<domain:host>ns1.testdomainexample.co"}, "hostObj"},
		{"wrong authInfo", about("info", "domain", domain+"<domain:authInfo><domain:pw>wrong</domain:pw></domain:authInfo>"), "2202", []string{"<domain:authInfo xmlns:domain"}, "wrong<"},
		{"host info", about("info", "host", ns1), "1000", []string{`<host:addr ip="v6">1080::8:800:200c:417a`, `<host:status s="linked"/>`}, ""},
		{"host update", about("update", "host", ns1+`<host:rem><host:addr>192.0.2.29</host:addr></host:rem>`), "1000", nil, "resData"},
		{"contact opened", about("update", "contact", `<contact:id>CONTACT01</contact:id><contact:chg><contact:fax/><contact:disclose flag="1"><contact:voice/><contact:name type="int"/></contact:disclose></contact:chg>`), "2001", []string{"line 1, column", "&lt;contact:name&gt; is not allowed here"}, "resData"},
		{"contact opened in order", about("update", "contact", `<contact:id>CONTACT01</contact:id><contact:chg><contact:fax/><contact:disclose flag="1"><contact:name type="loc"/><contact:voice/></contact:disclose></contact:chg>`), "1000", nil, "resData"},
		{"contact info", about("info", "contact", "<contact:id>contact01</contact:id>"), "1000", []string{`<contact:disclose flag="1"><contact:name type="loc"/><contact:voice/></contact:disclose>`, "<contact:id>CONTACT01", "<contact:voice>+57.6015550100"}, "contact:fax"},
		{"renew", about("renew", "domain", domain+`<domain:curExpDate>2027-03-01</domain:curExpDate><domain:period unit="y">2</domain:period>`), "1000", []string{"<domain:exDate>2029-03-01T23:59:59.0Z"}, ""},
		{"renew again", about("renew", "domain", domain+`<domain:curExpDate>2027-03-01</domain:curExpDate>`), "2004", []string{"<domain:curExpDate xmlns:domain", ">2027-03-01<"}, ""},
		{"no such host", about("info", "host", "<host:name>ns9.example.net</host:name>"), "2303", []string{">ns9.example.net<"}, ""},
		{"bad name", about("create", "host", "<host:name>-a.co</host:name>"), "2005", []string{">-a.co<"}, ""},
		{"check of hosts", about("check", "host", ns1+"<host:name>ns2.testdomainexample.co</host:name>"), "1000", []string{"the host exists", `<host:name avail="1">ns2`}, ""},
		{"check of contacts", about("check", "contact", "<contact:id>contact01</contact:id><contact:id>free</contact:id>"), "1000", []string{`avail="0">contact01`, `avail="1">free`}, ""},
		{"linked contact", about("delete", "contact", "<contact:id>CONTACT02</contact:id>"), "2305", []string{"names use the object"}, ""},
		{"restore", corrected(t, "9.12.1-restore"), "2103", []string{"rgp-1.0"}, ""},
		{"transfer", command("ABC-12345", `<transfer op="query"><domain:transfer xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">`+domain+`</domain:transfer></transfer>`), "2301", []string{"no transfer of the object was ever requested"}, ""},
		{"poll", command("ABC-12345", `<poll op="req"/>`), "1300", []string{"no messages"}, "msgQ"},
		{"delete", about("delete", "domain", domain), "1001", []string{"Deletion request for domain name domainexample.co successful; domain will be deleted shortly."}, "resData"},
		{"logout", logout, "1500", []string{"<clTRID>bye</clTRID>"}, ""},
	}...)
}

// The manual's golden path and what follows it, in one session with a real registry: every frame of the
// server is valid by the schemas. Manual 9.4.4.
func TestGoldenPath(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		c := s.connect()
		c.send(login(world.Acme))
		c.wants("1000")
		for _, turn := range goldenPath(t) {
			c.send(turn.frame)
			turn.judge(t, c.read())
		}
	})
}
