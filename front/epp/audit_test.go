package epp_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// on writes a command about an object: op is "update", object "domain", content what stands in it.
func on(op, object, content string) string {
	name := object + ":" + op
	return command("AUDIT-1", "<"+op+"><"+name+` xmlns:`+object+`="urn:ietf:params:xml:ns:`+object+`-1.0">`+content+"</"+name+"></"+op+">")
}

// What a careful and hostile engineer of a registrar tries, in the order in which it happens to one registry:
// every form of an update, at the edges. RFC 5731 to 5733, decisions 2.
func TestAudit(t *testing.T) {
	w := newWorld(t)
	w.Contact(world.Acme, "Own-1")
	w.Contact(world.Other, "OTHERS-1")
	w.Domain(world.Acme, "shop.co")
	w.Domain(world.Acme, "second.co")
	w.Domain(world.Other, "others.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	w.Host(world.Acme, "ns2.shop.co", "192.0.2.2", "2001:db8::2")
	w.Host(world.Other, "ns1.others.co", "192.0.2.9")
	w.Host(world.Acme, "ns1.example.net")
	w.Host(world.Acme, "ns2.example.net")
	w.Do(world.Other, flow.DomainUpdate{Name: world.Name("others.co"), Add: flow.DomainEdit{Nameservers: world.Names("ns1.example.net", "ns1.shop.co")}})
	domain := func(content string) string {
		return on("update", "domain", "<domain:name>SHOP.co</domain:name>"+content)
	}
	host := func(name, content string) string {
		return on("update", "host", "<host:name>"+name+"</host:name>"+content)
	}
	contact := func(content string) string { return on("update", "contact", "<contact:id>oWN-1</contact:id>"+content) }
	add := func(content string) string { return "<domain:add>" + content + "</domain:add>" }
	rem := func(content string) string { return "<domain:rem>" + content + "</domain:rem>" }
	chg := func(content string) string { return "<domain:chg>" + content + "</domain:chg>" }
	ns := func(names ...string) string {
		return "<domain:ns><domain:hostObj>" + strings.Join(names, "</domain:hostObj><domain:hostObj>") + "</domain:hostObj></domain:ns>"
	}
	trials := []trial{
		{"nothing", domain(""), "2003", "neither", ""},
		{"empty parts", domain("<domain:add/><domain:rem/><domain:chg/>"), "2003", "neither", ""},
		{"empty chg", domain("<domain:chg/>"), "2003", "neither", ""},
		{"a name server", domain(add(ns("NS1.Shop.CO"))), "1000", "", ""},
		{"again", domain(add(ns("ns1.shop.co"))), "2306", "<domain:hostObj xmlns:domain=\"urn:ietf:params:xml:ns:domain-1.0\">ns1.shop.co</domain:hostObj>", ""},
		{"twice in one command", domain(add(ns("ns2.shop.co", "NS2.shop.co"))), "2306", "twice", ""},
		{"one that is nowhere", domain(add(ns("ns9.shop.co"))), "2303", "ns9.shop.co", ""},
		{"rem of one that is not linked", domain(rem(ns("ns2.shop.co"))), "2306", "ns2.shop.co", ""},
		{"rem of one that is nowhere", domain(rem(ns("ns9.shop.co"))), "2303", "ns9.shop.co", ""},
		{"rem and add of the same", domain(add(ns("ns1.shop.co")) + rem(ns("ns1.shop.co"))), "1000", "", ""},
		{"a status", domain(add(`<domain:status s="clientHold" lang="es-CO">no paga</domain:status>`)), "1000", "", ""},
		{"the status again", domain(add(`<domain:status s="clientHold"/>`)), "2306", "clientHold", ""},
		{"rem and add of the same status", domain(add(`<domain:status s="clientHold"/>`) + rem(`<domain:status s="clientHold"/>`)), "1000", "", ""},
		{"the status removed twice", domain(rem(`<domain:status s="clientHold"/><domain:status s="clientHold"/>`)), "2306", "twice", ""},
		{"the status removed", domain(rem(`<domain:status s="clientHold"/>`)), "1000", "", ""},
		{"the status removed again", domain(rem(`<domain:status s="clientHold"/>`)), "2306", "clientHold", ""},
		{"a status of the server", domain(add(`<domain:status s="serverHold"/>`)), "2306", "serverHold", ""},
		{"rem of ok", domain(rem(`<domain:status s="ok"/>`)), "2306", "ok", ""},
		{"a second contact of a role", domain(add(`<domain:contact type="tech">OWN-1</domain:contact>`)), "1000", "", ""},
		{"the same in other letters", domain(add(`<domain:contact type="tech">own-1</domain:contact>`)), "2306", "tech Own-1", ""},
		{"rem of a role it has not", domain(rem(`<domain:contact type="billing">own-1</domain:contact>`)), "2306", "billing Own-1", ""},
		{"another's contact", domain(add(`<domain:contact type="billing">others-1</domain:contact>`)), "1000", "", ""},
		{"a contact of no role", domain(add(`<domain:contact>own-1</domain:contact>`)), "2003", "type", ""},
		{"the last of a role", domain(rem(`<domain:contact type="admin">x-h1001</domain:contact>`)), "2003", "admin", ""},
		{"the registrant removed", domain(chg("<domain:registrant/>")), "2003", "domain:registrant", ""},
		{"a registrant that is nowhere", domain(chg("<domain:registrant>nobody</domain:registrant>")), "2303", "nobody", ""},
		{"another registrant", domain(chg("<domain:registrant> own-1 </domain:registrant>")), "1000", "", ""},
		{"hostAttr", domain(add("<domain:ns><domain:hostAttr><domain:hostName>ns3.shop.co</domain:hostName></domain:hostAttr></domain:ns>")), "2306", "hosts are objects", ""},
		{"another's name", on("update", "domain", "<domain:name>others.co</domain:name>"+chg("<domain:registrant>own-1</domain:registrant>")), "2201", "others.co", ""},
		{"a free name", on("update", "domain", "<domain:name>libre.co</domain:name>"+chg("")), "2303", "libre.co", ""},
		{"a host of a free name", on("create", "host", `<host:name>ns1.libre.co</host:name><host:addr>192.0.2.3</host:addr>`), "2303", "libre.co", ""},
		{"a host of another's name", on("create", "host", `<host:name>ns7.others.co</host:name><host:addr>192.0.2.3</host:addr>`), "2201", "others.co", ""},
		{"a host without an address", on("create", "host", `<host:name>ns3.shop.co</host:name>`), "2003", "host:addr", ""},
		{"a host like its name", on("create", "host", `<host:name>shop.co</host:name><host:addr ip="v6">2001:db8::3</host:addr>`), "1000", "", ""},
		{"a host outside with addresses", on("create", "host", `<host:name>ns3.example.net</host:name><host:addr>192.0.2.3</host:addr>`), "1000", "", ""},
		{"which are not kept", on("info", "host", `<host:name>ns3.example.net</host:name>`), "1000", "", "host:addr"},
		{"a host outside with a loopback address", on("create", "host", `<host:name>ns4.example.net</host:name><host:addr ip="v6">::1</host:addr>`), "2005", "::1", ""},
		{"a host of one label", on("create", "host", `<host:name>localhost</host:name>`), "2005", "localhost", ""},
		{"an address in two forms", host("ns1.shop.co", `<host:add><host:addr ip="v6">2001:db8::1</host:addr><host:addr ip="v6">2001:DB8:0::0:1</host:addr></host:add>`), "2306", "twice", ""},
		{"an address that it has", host("ns1.shop.co", `<host:add><host:addr>192.0.2.1</host:addr></host:add>`), "2306", "192.0.2.1", ""},
		{"an address that it has not", host("ns1.shop.co", `<host:rem><host:addr>192.0.2.7</host:addr></host:rem>`), "2306", "192.0.2.7", ""},
		{"the last address", host("ns1.shop.co", `<host:rem><host:addr>192.0.2.1</host:addr></host:rem>`), "2306", "keeps an address", ""},
		{"the last for another", host("ns1.shop.co", `<host:add><host:addr>192.0.2.8</host:addr></host:add><host:rem><host:addr>192.0.2.1</host:addr></host:rem>`), "1000", "", ""},
		{"mapped", host("ns1.shop.co", `<host:add><host:addr ip="v6">::ffff:192.0.2.8</host:addr></host:add>`), "2005", "send it as v4", ""},
		{"empty parts of a host", host("ns1.shop.co", `<host:add/><host:rem/>`), "2003", "neither", ""},
		{"linked set by a client", host("ns1.shop.co", `<host:add><host:status s="linked"/></host:add>`), "2306", "linked", ""},
		{"rename to a free name's", host("ns1.shop.co", `<host:chg><host:name>ns1.libre.co</host:name></host:chg>`), "2303", "libre.co", ""},
		{"rename to another's", host("ns1.shop.co", `<host:chg><host:name>ns1.others.co</host:name></host:chg>`), "2201", "others.co", ""},
		{"rename to one that exists", host("ns1.shop.co", `<host:chg><host:name>NS2.shop.co</host:name></host:chg>`), "2302", "ns2.shop.co", ""},
		{"rename to a zone", host("ns1.shop.co", `<host:chg><host:name>com.co</host:name></host:chg>`), "2306", "com.co", ""},
		{"rename to a sibling", host("ns1.shop.co", `<host:chg><host:name>a.b.second.co</host:name></host:chg>`), "1000", "", ""},
		{"which others follow", on("info", "domain", `<domain:name hosts="del">others.co</domain:name>`), "1000", "<domain:hostObj>a.b.second.co</domain:hostObj>", "domain:host>"},
		{"rename of one outside that others use", host("ns1.example.net", `<host:chg><host:name>ns8.example.net</host:name></host:chg>`), "2305", "", ""},
		{"rename of one outside", host("ns2.example.net", `<host:chg><host:name>ns8.example.net</host:name></host:chg>`), "2304", "", ""},
		{"rename to outside", host("a.b.second.co", `<host:chg><host:name>ns5.example.net</host:name></host:chg>`), "1000", "", ""},
		{"without addresses", on("info", "host", `<host:name>ns5.example.net</host:name>`), "1000", `s="linked"`, "host:addr"},
		{"delete of one that others use", on("delete", "host", `<host:name>ns5.example.net</host:name>`), "2305", "", ""},
		{"subordinate hosts only", on("info", "domain", `<domain:name hosts="sub">shop.co</domain:name>`), "1000", "<domain:host>ns2.shop.co</domain:host>", "hostObj"},
		{"no hosts", on("info", "domain", `<domain:name hosts="none">shop.co</domain:name>`), "1000", "", "shop.co</domain:host"},
		{"a contact of two characters", on("info", "contact", `<contact:id>ab</contact:id>`), "2001", "contact:id", ""},
		{"a contact of seventeen", on("info", "contact", `<contact:id>`+strings.Repeat("a", 17)+`</contact:id>`), "2001", "contact:id", ""},
		{"an update of a contact without content", contact(""), "2003", "neither", ""},
		{"with an empty chg", contact("<contact:chg/>"), "2003", "neither", ""},
		{"an empty org", contact(`<contact:chg><contact:postalInfo type="loc"><contact:org/></contact:postalInfo></contact:chg>`), "1000", "", ""},
		{"an empty name", contact(`<contact:chg><contact:postalInfo type="loc"><contact:name> </contact:name></contact:postalInfo></contact:chg>`), "2005", "contact:name", ""},
		{"UK", contact(`<contact:chg><contact:postalInfo type="loc"><contact:addr><contact:street>1 High St</contact:street><contact:city>Leeds</contact:city><contact:pc>LS1</contact:pc><contact:cc>uk</contact:cc></contact:addr></contact:postalInfo></contact:chg>`), "1000", "", ""},
		{"is GB", on("info", "contact", `<contact:id>own-1</contact:id>`), "1000", "<contact:cc>GB</contact:cc>", "UK"},
		{"half of a form that it has not", contact(`<contact:chg><contact:postalInfo type="int"><contact:name>Ana</contact:name></contact:postalInfo></contact:chg>`), "2003", "contact:street", ""},
		{"an address of numbers", contact(`<contact:chg><contact:email>ana@192.0.2.1</contact:email></contact:chg>`), "2005", "contact:email", ""},
		{"a mailbox of no name", contact(`<contact:chg><contact:email>ana@xn--a.co</contact:email></contact:chg>`), "2005", "contact:email", ""},
		{"an empty fax with an extension", contact(`<contact:chg><contact:fax x="1"/></contact:chg>`), "2005", "contact:fax", ""},
		{"open", contact(`<contact:chg><contact:disclose flag="1"><contact:email/><contact:name type="loc"/></contact:disclose></contact:chg>`), "2001", "contact:name", ""},
		{"open in order", contact(`<contact:chg><contact:disclose flag="true"><contact:name type="loc"/><contact:email/></contact:disclose></contact:chg>`), "1000", "", ""},
		{"closed in part", contact(`<contact:chg><contact:disclose flag="0"><contact:email/></contact:disclose></contact:chg>`), "1000", "", ""},
		{"is shown open", on("info", "contact", `<contact:id>own-1</contact:id>`), "1000", `<contact:disclose flag="1"><contact:name type="loc"/></contact:disclose>`, ""},
		{"another's contact without authInfo", on("info", "contact", `<contact:id>others-1</contact:id>`), "2201", "", ""},
		{"with a wrong one", on("info", "contact", `<contact:id>others-1</contact:id><contact:authInfo><contact:pw>wrong</contact:pw></contact:authInfo>`), "2202", "", "wrong"},
		{"with the right one", on("info", "contact", `<contact:id>others-1</contact:id><contact:authInfo><contact:pw>contact-secret</contact:pw></contact:authInfo>`), "1000", "", "contact-secret"},
		{"with the right one of another object", on("info", "contact", `<contact:id>others-1</contact:id><contact:authInfo><contact:pw roid="C999-CO">contact-secret</contact:pw></contact:authInfo>`), "2202", "", "contact-secret"},
		{"a contact that names use", on("delete", "contact", `<contact:id>own-1</contact:id>`), "2305", "", ""},
		{"another's contact deleted", on("delete", "contact", `<contact:id>others-1</contact:id>`), "2201", "", ""},
	}
	synctest.Test(t, func(t *testing.T) {
		serve(t, w).session(registry.RegistrarID(world.Acme)).takes(trials)
	})
}
