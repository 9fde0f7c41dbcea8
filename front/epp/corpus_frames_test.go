package epp

import "strings"

// The frames from which the corpus is made: one valid frame for each command, with every element that
// its schema has, one element a line. RFC 5730 to 5733.

// A sound is a valid frame to be spoilt.
type sound struct {
	archive string // the file of the corpus that its frames are in
	name    string
	frame   string
}

const (
	headDomain  = `xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"`
	headHost    = `xmlns:host="urn:ietf:params:xml:ns:host-1.0"`
	headContact = `xmlns:contact="urn:ietf:params:xml:ns:contact-1.0"`
	headMaint   = `xmlns:maint="urn:ietf:params:xml:ns:epp:maintenance-1.0"`
)

// eppFrame puts <epp> around what a client sends.
func eppFrame(inner string) string {
	return `<epp xmlns="` + nsEPP + `">` + "\n" + strings.TrimSpace(inner) + "\n</epp>"
}

// commandFrame puts <epp> and <command> around a command, and a clTRID behind it.
func commandFrame(inner string) string {
	return eppFrame("<command>\n" + strings.TrimSpace(inner) + "\n<clTRID>ABC-12345</clTRID>\n</command>")
}

func sounds() []sound {
	all := []sound{{"session", "hello", eppFrame("<hello/>")}}
	for _, f := range []struct{ archive, name, inner string }{
		{"session", "login", soundLogin},
		{"session", "logout", "<logout/>"},
		{"session", "poll request", `<poll op="req"/>`},
		{"session", "poll ack", `<poll op="ack" msgID="12345"/>`},
		{"session", "maintenance info", "<info>\n<maint:info " + headMaint + ">\n" + `<maint:id name="Switches" lang="es">M-1</maint:id>` + "\n</maint:info>\n</info>"},
		{"session", "maintenance list", "<info>\n<maint:info " + headMaint + ">\n<maint:list/>\n</maint:info>\n</info>"},
		{"domain", "domain check", soundDomainCheck},
		{"domain", "domain info", soundDomainInfo},
		{"domain", "domain create", soundDomainCreate},
		{"domain", "domain create with hostAttr", soundDomainHostAttr},
		{"domain", "domain renew", soundDomainRenew},
		{"domain", "domain delete", `<delete>` + "\n" + `<domain:delete ` + headDomain + `>` + "\n<domain:name>shop.co</domain:name>\n</domain:delete>\n</delete>"},
		{"domain", "domain transfer", soundDomainTransfer},
		{"domain", "domain transfer query", transferOf("query", "domain", headDomain, "<domain:name>shop.co</domain:name>")},
		{"domain", "domain transfer cancel", transferOf("cancel", "domain", headDomain, "<domain:name>shop.co</domain:name>")},
		{"domain", "domain transfer approve", transferOf("approve", "domain", headDomain, "<domain:name>shop.co</domain:name>")},
		{"domain", "domain transfer reject", transferOf("reject", "domain", headDomain, "<domain:name>shop.co</domain:name>")},
		{"domain", "domain update", soundDomainUpdate},
		{"host", "host check", `<check>` + "\n" + `<host:check ` + headHost + `>` + "\n<host:name>ns1.shop.co</host:name>\n<host:name>ns2.shop.co</host:name>\n</host:check>\n</check>"},
		{"host", "host info", `<info>` + "\n" + `<host:info ` + headHost + `>` + "\n<host:name>ns1.shop.co</host:name>\n</host:info>\n</info>"},
		{"host", "host create", soundHostCreate},
		{"host", "host delete", `<delete>` + "\n" + `<host:delete ` + headHost + `>` + "\n<host:name>ns1.shop.co</host:name>\n</host:delete>\n</delete>"},
		{"host", "host update", soundHostUpdate},
		{"contact", "contact check", `<check>` + "\n" + `<contact:check ` + headContact + `>` + "\n<contact:id>sh8013</contact:id>\n<contact:id>sah8013</contact:id>\n</contact:check>\n</check>"},
		{"contact", "contact info", soundContactInfo},
		{"contact", "contact create", soundContactCreate},
		{"contact", "contact delete", `<delete>` + "\n" + `<contact:delete ` + headContact + `>` + "\n<contact:id>sh8013</contact:id>\n</contact:delete>\n</delete>"},
		{"contact", "contact transfer", soundContactTransfer},
		{"contact", "contact transfer request", strings.Replace(soundContactTransfer, "query", "request", 1)},
		{"contact", "contact transfer cancel", transferOf("cancel", "contact", headContact, "<contact:id>sh8013</contact:id>")},
		{"contact", "contact transfer approve", transferOf("approve", "contact", headContact, "<contact:id>sh8013</contact:id>")},
		{"contact", "contact transfer reject", transferOf("reject", "contact", headContact, "<contact:id>sh8013</contact:id>")},
		{"contact", "contact update", soundContactUpdate},
		{"extension", "restore", soundRestore},
		{"rgp", "restore report", soundRestoreReport},
		{"fee", "fee check", soundFeeCheck},
		{"fee", "fee create", soundFeeCreate},
		{"fee", "fee renew", soundFeeRenew},
		{"fee", "fee transfer", soundFeeTransfer},
		{"fee", "fee update", soundFeeUpdate},
		{"launch", "launch check", soundLaunchCheck},
		{"launch", "launch check of claims", soundLaunchClaims},
		{"launch", "launch create", soundLaunchCreate},
		{"launch", "launch create with marks", soundLaunchMarks},
		{"launch", "launch create with a signed mark", soundLaunchSigned},
		{"launch", "launch create with an encoded mark", soundLaunchEncoded},
		{"launch", "launch info", soundLaunchInfo},
		{"launch", "launch update", soundLaunchUpdate},
		{"launch", "launch delete", soundLaunchDelete},
		{"token", "token create", soundTokenCreate},
		{"token", "token check", soundTokenCheck},
		{"token", "token transfer", soundTokenTransfer},
		{"token", "token info", soundTokenInfo},
		{"extension", "secDNS create", soundSecDNSCreate},
		{"extension", "secDNS create with keys", soundSecDNSKeys},
		{"extension", "secDNS update", soundSecDNSUpdate},
		{"extension", "secDNS update of all", soundSecDNSAll},
		{"extension", "idn create", soundIDNCreate},
		{"extension", "ttl create", soundTTLCreate},
		{"extension", "ttl update of a host", soundTTLUpdate},
		{"extension", "ttl info", soundTTLInfo},
		{"extension", "loginSec", soundLoginSec},
		{"extension", "loginSec of a tool", strings.Replace(strings.Replace(soundLoginSec, "<loginSec:app>EPP SDK 1.0.0</loginSec:app>\n", "", 1), "\n<loginSec:pw>this is a long password</loginSec:pw>", "", 1)},
	} {
		all = append(all, sound{f.archive, f.name, commandFrame(f.inner)})
	}
	return all
}

// transferOf is a <transfer> that has the object's name alone.
func transferOf(op, object, head, name string) string {
	return `<transfer op="` + op + `">` + "\n<" + object + ":transfer " + head + ">\n" + name + "\n</" + object + ":transfer>\n</transfer>"
}

const soundLogin = `
<login>
<clID>H1001</clID>
<pw>secret-1</pw>
<newPW>secret-2</newPW>
<options>
<version>1.0</version>
<lang>en</lang>
</options>
<svcs>
<objURI>urn:ietf:params:xml:ns:domain-1.0</objURI>
<objURI>urn:ietf:params:xml:ns:contact-1.0</objURI>
<svcExtension>
<extURI>urn:ietf:params:xml:ns:rgp-1.0</extURI>
</svcExtension>
</svcs>
</login>`

const soundDomainCheck = `
<check>
<domain:check ` + headDomain + `>
<domain:name>shop.co</domain:name>
<domain:name>shop.com.co</domain:name>
</domain:check>
</check>`

const soundDomainInfo = `
<info>
<domain:info ` + headDomain + `>
<domain:name hosts="all">shop.co</domain:name>
<domain:authInfo>
<domain:pw roid="C1-CO">2fooBAR</domain:pw>
</domain:authInfo>
</domain:info>
</info>`

const soundDomainCreate = `
<create>
<domain:create ` + headDomain + `>
<domain:name>shop.co</domain:name>
<domain:period unit="y">2</domain:period>
<domain:ns>
<domain:hostObj>ns1.example.net</domain:hostObj>
<domain:hostObj>ns2.example.net</domain:hostObj>
</domain:ns>
<domain:registrant>jd1234</domain:registrant>
<domain:contact type="admin">sh8013</domain:contact>
<domain:contact type="tech">sh8014</domain:contact>
<domain:authInfo>
<domain:pw>2fooBAR</domain:pw>
</domain:authInfo>
</domain:create>
</create>`

const soundDomainHostAttr = `
<create>
<domain:create ` + headDomain + `>
<domain:name>shop.co</domain:name>
<domain:ns>
<domain:hostAttr>
<domain:hostName>ns1.shop.co</domain:hostName>
<domain:hostAddr ip="v4">192.0.2.2</domain:hostAddr>
<domain:hostAddr ip="v6">2001:db8::1</domain:hostAddr>
</domain:hostAttr>
</domain:ns>
<domain:authInfo>
<domain:pw>2fooBAR</domain:pw>
</domain:authInfo>
</domain:create>
</create>`

const soundDomainRenew = `
<renew>
<domain:renew ` + headDomain + `>
<domain:name>shop.co</domain:name>
<domain:curExpDate>2027-04-03</domain:curExpDate>
<domain:period unit="y">3</domain:period>
</domain:renew>
</renew>`

const soundDomainTransfer = `
<transfer op="request">
<domain:transfer ` + headDomain + `>
<domain:name>shop.co</domain:name>
<domain:period unit="y">1</domain:period>
<domain:authInfo>
<domain:pw roid="C1-CO">2fooBAR</domain:pw>
</domain:authInfo>
</domain:transfer>
</transfer>`

const soundDomainUpdate = `
<update>
<domain:update ` + headDomain + `>
<domain:name>shop.co</domain:name>
<domain:add>
<domain:ns>
<domain:hostObj>ns3.example.net</domain:hostObj>
</domain:ns>
<domain:contact type="tech">mak21</domain:contact>
<domain:status s="clientHold" lang="en">Payment overdue.</domain:status>
</domain:add>
<domain:rem>
<domain:ns>
<domain:hostObj>ns1.example.net</domain:hostObj>
</domain:ns>
<domain:contact type="tech">sh8013</domain:contact>
<domain:status s="clientUpdateProhibited"/>
</domain:rem>
<domain:chg>
<domain:registrant>sh8013</domain:registrant>
<domain:authInfo>
<domain:pw>2BARfoo</domain:pw>
</domain:authInfo>
</domain:chg>
</domain:update>
</update>`

const soundHostCreate = `
<create>
<host:create ` + headHost + `>
<host:name>ns1.shop.co</host:name>
<host:addr ip="v4">192.0.2.2</host:addr>
<host:addr>192.0.2.29</host:addr>
<host:addr ip="v6">1080:0:0:0:8:800:200C:417A</host:addr>
</host:create>
</create>`

const soundHostUpdate = `
<update>
<host:update ` + headHost + `>
<host:name>ns1.shop.co</host:name>
<host:add>
<host:addr ip="v4">192.0.2.22</host:addr>
<host:status s="clientUpdateProhibited"/>
</host:add>
<host:rem>
<host:addr ip="v6">1080:0:0:0:8:800:200C:417A</host:addr>
<host:status s="clientDeleteProhibited" lang="es">no</host:status>
</host:rem>
<host:chg>
<host:name>ns2.shop.co</host:name>
</host:chg>
</host:update>
</update>`

const soundContactInfo = `
<info>
<contact:info ` + headContact + `>
<contact:id>sh8013</contact:id>
<contact:authInfo>
<contact:pw>2fooBAR</contact:pw>
</contact:authInfo>
</contact:info>
</info>`

const soundContactTransfer = `
<transfer op="query">
<contact:transfer ` + headContact + `>
<contact:id>sh8013</contact:id>
<contact:authInfo>
<contact:pw>2fooBAR</contact:pw>
</contact:authInfo>
</contact:transfer>
</transfer>`

const soundContactCreate = `
<create>
<contact:create ` + headContact + `>
<contact:id>sh8013</contact:id>
<contact:postalInfo type="int">
<contact:name>Ana Example</contact:name>
<contact:org>Example Inc.</contact:org>
<contact:addr>
<contact:street>123 Example Dr.</contact:street>
<contact:street>Suite 100</contact:street>
<contact:city>Bogota</contact:city>
<contact:sp>DC</contact:sp>
<contact:pc>110221</contact:pc>
<contact:cc>CO</contact:cc>
</contact:addr>
</contact:postalInfo>
<contact:postalInfo type="loc">
<contact:name>Ana Ejemplo</contact:name>
<contact:addr>
<contact:street>Carrera 6</contact:street>
<contact:city>Bogotá</contact:city>
<contact:cc>CO</contact:cc>
</contact:addr>
</contact:postalInfo>
<contact:voice x="1234">+57.6015550100</contact:voice>
<contact:fax>+57.6015550101</contact:fax>
<contact:email>ana@example.co</contact:email>
<contact:authInfo>
<contact:pw>2fooBAR</contact:pw>
</contact:authInfo>
<contact:disclose flag="1">
<contact:name type="int"/>
<contact:name type="loc"/>
<contact:org type="int"/>
<contact:addr type="loc"/>
<contact:voice/>
<contact:fax/>
<contact:email/>
</contact:disclose>
</contact:create>
</create>`

const soundContactUpdate = `
<update>
<contact:update ` + headContact + `>
<contact:id>sh8013</contact:id>
<contact:add>
<contact:status s="clientDeleteProhibited"/>
</contact:add>
<contact:rem>
<contact:status s="clientUpdateProhibited" lang="en">No.</contact:status>
</contact:rem>
<contact:chg>
<contact:postalInfo type="int">
<contact:org/>
<contact:addr>
<contact:street>124 Example Dr.</contact:street>
<contact:city>Cali</contact:city>
<contact:pc>760001</contact:pc>
<contact:cc>CO</contact:cc>
</contact:addr>
</contact:postalInfo>
<contact:voice>+57.6025550100</contact:voice>
<contact:fax/>
<contact:email>ana@example.com</contact:email>
<contact:authInfo>
<contact:pw>2fooBAR</contact:pw>
</contact:authInfo>
<contact:disclose flag="0">
<contact:voice/>
</contact:disclose>
</contact:chg>
</contact:update>
</update>`

const soundRestore = `
<update>
<domain:update ` + headDomain + `>
<domain:name>shop.co</domain:name>
<domain:chg/>
</domain:update>
</update>
<extension>
<rgp:update xmlns:rgp="urn:ietf:params:xml:ns:rgp-1.0">
<rgp:restore op="request"/>
</rgp:update>
</extension>`

const soundSecDNSCreate = soundDomainCreate + `
<extension>
<secDNS:create xmlns:secDNS="urn:ietf:params:xml:ns:secDNS-1.1">
<secDNS:maxSigLife>604800</secDNS:maxSigLife>
<secDNS:dsData>
<secDNS:keyTag>12345</secDNS:keyTag>
<secDNS:alg>13</secDNS:alg>
<secDNS:digestType>2</secDNS:digestType>
<secDNS:digest>49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC0102</secDNS:digest>
<secDNS:keyData>
<secDNS:flags>257</secDNS:flags>
<secDNS:protocol>3</secDNS:protocol>
<secDNS:alg>13</secDNS:alg>
<secDNS:pubKey>AQPJ////4Q==</secDNS:pubKey>
</secDNS:keyData>
</secDNS:dsData>
</secDNS:create>
</extension>`

const soundSecDNSKeys = soundDomainCreate + `
<extension>
<secDNS:create xmlns:secDNS="urn:ietf:params:xml:ns:secDNS-1.1">
<secDNS:keyData>
<secDNS:flags>257</secDNS:flags>
<secDNS:protocol>3</secDNS:protocol>
<secDNS:alg>1</secDNS:alg>
<secDNS:pubKey>AQPJ////4Q==</secDNS:pubKey>
</secDNS:keyData>
</secDNS:create>
</extension>`

const soundSecDNSUpdate = soundDomainUpdate + `
<extension>
<secDNS:update xmlns:secDNS="urn:ietf:params:xml:ns:secDNS-1.1" urgent="false">
<secDNS:rem>
<secDNS:dsData>
<secDNS:keyTag>12345</secDNS:keyTag>
<secDNS:alg>3</secDNS:alg>
<secDNS:digestType>1</secDNS:digestType>
<secDNS:digest>38EC35D5B3A34B33C99B</secDNS:digest>
</secDNS:dsData>
</secDNS:rem>
<secDNS:add>
<secDNS:dsData>
<secDNS:keyTag>12346</secDNS:keyTag>
<secDNS:alg>3</secDNS:alg>
<secDNS:digestType>1</secDNS:digestType>
<secDNS:digest>38EC35D5B3A34B44C39B</secDNS:digest>
</secDNS:dsData>
</secDNS:add>
<secDNS:chg>
<secDNS:maxSigLife>605900</secDNS:maxSigLife>
</secDNS:chg>
</secDNS:update>
</extension>`

const soundSecDNSAll = soundDomainUpdate + `
<extension>
<secDNS:update xmlns:secDNS="urn:ietf:params:xml:ns:secDNS-1.1">
<secDNS:rem>
<secDNS:all>true</secDNS:all>
</secDNS:rem>
</secDNS:update>
</extension>`

var soundIDNCreate = strings.Replace(soundDomainCreate, "shop.co", "xn--espaol-zwa.co", 1) + `
<extension>
<idn:data xmlns:idn="urn:ietf:params:xml:ns:idn-1.0">
<idn:table>es</idn:table>
<idn:uname>español.co</idn:uname>
</idn:data>
</extension>`

var soundLoginSec = strings.NewReplacer("secret-1", "[LOGIN-SECURITY]", "secret-2", "[LOGIN-SECURITY]", "rgp-1.0", "epp:loginSec-1.0").Replace(soundLogin) + `
<extension>
<loginSec:loginSec xmlns:loginSec="urn:ietf:params:xml:ns:epp:loginSec-1.0">
<loginSec:userAgent>
<loginSec:app>EPP SDK 1.0.0</loginSec:app>
<loginSec:tech>Vendor Go 1.26</loginSec:tech>
<loginSec:os>x86_64 Linux 6.1</loginSec:os>
</loginSec:userAgent>
<loginSec:pw>this is a long password</loginSec:pw>
<loginSec:newPW>new password that is still long</loginSec:newPW>
</loginSec:loginSec>
</extension>`

const soundTTLCreate = soundDomainCreate + `
<extension>
<ttl:create xmlns:ttl="urn:ietf:params:xml:ns:epp:ttl-1.0">
<ttl:ttl for="NS">172800</ttl:ttl>
<ttl:ttl for="DS">300</ttl:ttl>
<ttl:ttl for="custom" custom="NEWRR">300</ttl:ttl>
</ttl:create>
</extension>`

const soundTTLUpdate = soundHostUpdate + `
<extension>
<ttl:update xmlns:ttl="urn:ietf:params:xml:ns:epp:ttl-1.0">
<ttl:ttl for="A">86400</ttl:ttl>
<ttl:ttl for="AAAA"/>
</ttl:update>
</extension>`

const soundTTLInfo = soundDomainInfo + `
<extension>
<ttl:info xmlns:ttl="urn:ietf:params:xml:ns:epp:ttl-1.0" policy="true"/>
</extension>`
