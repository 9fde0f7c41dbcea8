package epp

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// Frames that are unusual as a whole: their encoding, their prolog, their namespaces, their order.

func wide(order binary.AppendByteOrder, mark bool, text string) string {
	var b []byte
	if mark {
		b = order.AppendUint16(b, 0xFEFF)
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

// wholes returns them, made of the info of a contact or a host.
func wholes() []frame {
	var all []frame
	add := func(name, text string) { all = append(all, frame{"whole", name, text}) }
	sound := commandFrame(soundContactInfo)
	for _, head := range []string{
		`<?xml version="1.0"?>`, `<?xml version="1.0" encoding="UTF-8"?>`, `<?xml version="1.0" encoding="utf-8" standalone="no"?>` + "\n",
		`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n", `<?xml version='1.0' encoding='UTF-8'?>`, `<?xml version="1.1"?>`,
		`<?xml version="2.0"?>`, `<?xml version="1.0" encoding="utf-16" standalone="no"?>`, `<?xml version="1.0" encoding="ISO-8859-1"?>`,
		`<?xml version="1.0" encoding="windows-1252"?>`, `<?xml version="1.0" encoding="US-ASCII"?>`, `<?xml version="1.0" encoding="klingon"?>`,
		`<?xml version="1.0" standalone="maybe"?>`, `<?xml encoding="UTF-8"?>`, `<?xml version="1.0" standalone="no" encoding="UTF-8"?>`,
		"<?xml version=\"1.0\"\nencoding=\"UTF-8\"?>", "<?xml version=\"1.0\" encoding=\"UTF-8\"?\n>", "<?xml version=\"1.0\" encoding=\"UTF-\n8\"?>",
		"\n" + `<?xml version="1.0"?>`, ` <?xml version="1.0"?>`, "\uFEFF", "\uFEFF" + `<?xml version="1.0" encoding="UTF-8"?>`, "\n \t", "<!-- c -->", "<?p i?>",
		`<!DOCTYPE epp>`, `<!DOCTYPE epp [<!ENTITY e "sh8013">]>`, "x", "\x00", "&#32;", "<!-- a -- b -->", "<?xml-stylesheet href='a'?>",
	} {
		add(fmt.Sprintf("after %q", head), head+sound)
	}
	for _, foot := range []string{"\n", "\r\n \t", "<!-- c -->", "<?p i?>", "x", "<x/>", "</epp>", sound, "\x00", "&#32;", "<![CDATA[]]>"} {
		add(fmt.Sprintf("before %.20q", foot), sound+foot)
	}
	for label, text := range map[string]string{
		"": sound, "labelled UTF-16 ": `<?xml version="1.0" encoding="UTF-16"?>` + sound, "labelled utf-8 ": `<?xml version="1.0" encoding="utf-8"?>` + sound,
		"labelled UTF-16LE ": `<?xml version="1.0" encoding="UTF-16LE"?>` + sound,
	} {
		add(label+"UTF-16 little", wide(binary.LittleEndian, true, text))
		add(label+"UTF-16 big", wide(binary.BigEndian, true, text))
		add(label+"UTF-16 little without mark", wide(binary.LittleEndian, false, text))
		add(label+"UTF-16 big without mark", wide(binary.BigEndian, false, text))
	}
	add("half a character of UTF-16", wide(binary.BigEndian, true, sound)+"\x00")
	for name, change := range map[string][2]string{
		"byte that is not UTF-8":             {"sh8013", "sh\xff8013"},
		"overlong UTF-8":                     {"sh8013", "sh\xc0\x80"},
		"surrogate in UTF-8":                 {"sh8013", "sh\xed\xa0\x80"},
		"control character":                  {"sh8013", "sh\x018013"},
		"reference to a control character":   {"sh8013", "sh&#1;8013"},
		"noncharacter":                       {"sh8013", "sh\uFFFE"},
		"character reference":                {"sh8013", "sh8&#48;&#x31;3"},
		"predefined entities":                {"sh8013", "&amp;&lt;&gt;&quot;&apos;"},
		"unknown entity":                     {"sh8013", "&nbsp;abc"},
		"bare ampersand":                     {"sh8013", "a&b"},
		"CDATA among text":                   {"sh8013", "sh<![CDATA[80]]>13"},
		"comment among text":                 {"sh8013", "sh<!-- 80 -->13"},
		"end of CDATA in text":               {"sh8013", "sh]]>8013"},
		"C1 control character":               {"sh8013", "sh\u00858013"},
		"no clTRID":                          {"<clTRID>ABC-12345</clTRID>\n", ""},
		"empty clTRID":                       {"ABC-12345", ""},
		"object as default namespace":        {"<contact:info xmlns:contact=\"" + nsContact + "\">\n<contact:id>sh8013</contact:id>\n<contact:authInfo>\n<contact:pw>2fooBAR</contact:pw>\n</contact:authInfo>\n</contact:info>", "<info xmlns=\"" + nsContact + "\"><id>sh8013</id></info>"},
		"attribute in single quotes":         {headContact, strings.ReplaceAll(headContact, `"`, `'`)},
		"prefix not declared":                {headContact, ""},
		"prefix declared twice":              {headContact, headContact + " " + headContact},
		"prefix declared empty":              {headContact, `xmlns:contact=""`},
		"prefix of another namespace":        {headContact, `xmlns:contact="` + nsDomain + `"`},
		"namespace in capitals":              {headContact, strings.ToUpper(headContact[14:])},
		"unknown version of the object":      {"contact-1.0", "contact-1.1"},
		"object of another registry":         {headContact, `xmlns:contact="urn:q"`},
		"namespace with a blank":             {"contact-1.0\"", "contact-1.0 \""},
		"namespace broken by a line":         {"ns:contact-1.0", "ns:contact-\n1.0"},
		"namespace of u:ietf":                {`"urn:ietf:params:xml:ns:contact`, `"u:ietf:params:xml:ns:contact`},
		"prefix in place of the namespace":   {headContact, `xmlns:contact="contact"`},
		"schemaLocation":                     {"<epp ", `<epp xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:ietf:params:xml:ns:epp-1.0 epp-1.0.xsd" `},
		"noNamespaceSchemaLocation":          {"<epp ", `<epp xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="x.xsd" `},
		"schemaLocation of the object":       {headContact, headContact + ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="` + nsContact + ` contact-1.0.xsd"`},
		"xsi:type":                           {"<contact:id>", `<contact:id xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:e="urn:ietf:params:xml:ns:eppcom-1.0" xsi:type="e:clIDType">`},
		"xsi:type that is wrong":             {"<contact:id>", `<contact:id xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="contact:pcType">`},
		"xsi:nil":                            {"<contact:id>", `<contact:id xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true">`},
		"xsi:nil false":                      {"<contact:id>", `<contact:id xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="false">`},
		"xml:space":                          {"<contact:id>", `<contact:id xml:space="preserve">`},
		"seventeen prefixes":                 {"<epp ", "<epp " + manyPrefixes(17)},
		"sixteen prefixes":                   {"<epp ", "<epp " + manyPrefixes(14)},
		"end tag of another name":            {"</contact:id>", "</contact:pw>"},
		"end tag missing":                    {"</contact:id>", ""},
		"bracket missing":                    {"</contact:id>", "</contact:id"},
		"attribute without quotes":           {"<contact:id>", "<contact:id a=b>"},
		"blank in an end tag":                {"</contact:id>", "</contact:id >"},
		"blank before an end tag's name":     {"</contact:id>", "</ contact:id>"},
		"ext in authInfo":                    {"<contact:pw>2fooBAR</contact:pw>", `<contact:ext><host:delete ` + headHost + `><host:name>a</host:name></host:delete></contact:ext>`},
		"ext of an unknown namespace":        {"<contact:pw>2fooBAR</contact:pw>", `<contact:ext><q xmlns="urn:q"/></contact:ext>`},
		"ext with nothing":                   {"<contact:pw>2fooBAR</contact:pw>", `<contact:ext/>`},
		"ext of no namespace":                {"<contact:pw>2fooBAR</contact:pw>", `<contact:ext><q xmlns=""/></contact:ext>`},
		"command of another object's schema": {"</info>", "</info><info/>"},
	} {
		add(name, strings.Replace(sound, change[0], change[1], 1))
	}
	return append(all, otherFrames()...)
}

func manyPrefixes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `xmlns:p%d="urn:q" `, i)
	}
	return b.String()
}

// otherFrames are frames of another structure.
func otherFrames() []frame {
	const domain = `<domain:check ` + headDomain + `><domain:name>shop.co</domain:name></domain:check>`
	const host = `<host:check ` + headHost + `><host:name>ns1.shop.co</host:name></host:check>`
	const trid = `<clTRID>ABC-12345</clTRID>`
	const anyExt = `<extension><q xmlns="urn:q"/></extension>`
	const rgp = `<extension><r:update xmlns:r="urn:ietf:params:xml:ns:rgp-1.0"><r:restore op="request"/></r:update></extension>`
	var all []frame
	for _, f := range [][2]string{
		{"nothing", ""},
		{"epp with nothing", eppFrame("")},
		{"epp with text", eppFrame("hello")},
		{"two hellos", eppFrame("<hello/><hello/>")},
		{"hello and command", eppFrame("<hello/><command><logout/></command>")},
		{"hello with junk", eppFrame(`<hello a="b">x<y/></hello>`)},
		{"hello of another schema", eppFrame(`<hello>` + domain + `</hello>`)},
		{"unknown element", eppFrame("<goodbye/>")},
		{"command with nothing", eppFrame("<command/>")},
		{"command with clTRID alone", commandFrame("")},
		{"command with extension alone", commandFrame(rgp)},
		{"unknown command", commandFrame("<frobnicate/>")},
		{"command in capitals", commandFrame("<CHECK>" + domain + "</CHECK>")},
		{"command of another namespace", commandFrame(`<frobnicate xmlns="urn:q"/>`)},
		{"object without command", commandFrame(domain)},
		{"two commands", commandFrame("<logout/><logout/>")},
		{"two objects", commandFrame("<check>" + domain + host + "</check>")},
		{"check with nothing", commandFrame("<check/>")},
		{"check with blanks", commandFrame("<check> </check>")},
		{"element of another command", commandFrame("<create>" + domain + "</create>")},
		{"element of an answer", commandFrame(`<check><domain:chkData ` + headDomain + `><domain:cd><domain:name avail="1">shop.co</domain:name></domain:cd></domain:chkData></check>`)},
		{"element that is none", commandFrame(`<check><domain:frobnicate ` + headDomain + `/></check>`)},
		{"host transfer", commandFrame(`<transfer op="query"><host:transfer ` + headHost + `><host:name>ns1.shop.co</host:name></host:transfer></transfer>`)},
		{"contact renew", commandFrame(`<renew><contact:renew ` + headContact + `><contact:id>sh8013</contact:id></contact:renew></renew>`)},
		{"object of an unknown namespace", commandFrame(`<check><q xmlns="urn:q"/></check>`)},
		{"object of no namespace", commandFrame(`<check><q xmlns=""/></check>`)},
		{"object of EPP", commandFrame(`<check><hello/></check>`)},
		{"object of organizations", commandFrame(`<check><o:check xmlns:o="urn:ietf:params:xml:ns:epp:org-1.0"><o:id>res1523</o:id></o:check></check>`)},
		{"object of organizations, wrong", commandFrame(`<check><o:check xmlns:o="urn:ietf:params:xml:ns:epp:org-1.0"/></check>`)},
		{"unknown extension", commandFrame("<check>" + domain + "</check>" + anyExt)},
		{"two extensions", commandFrame("<check>" + domain + "</check>" + anyExt + anyExt)},
		{"extension with two elements", commandFrame("<check>" + domain + "</check>" + `<extension><q xmlns="urn:q"/><q xmlns="urn:r"/></extension>`)},
		{"extension with nothing", commandFrame("<check>" + domain + "</check><extension/>")},
		{"extension with text", commandFrame("<check>" + domain + "</check><extension>x</extension>")},
		{"extension of EPP", commandFrame("<check>" + domain + "</check><extension><hello/></extension>")},
		{"extension of no namespace", commandFrame("<check>" + domain + `</check><extension><q xmlns=""/></extension>`)},
		{"extension misprinted", commandFrame("<check>" + domain + `</check><extension><check xmlns="fee"/></extension>`)},
		{"extension that is wrong", commandFrame("<check>" + domain + `</check><extension><r:update xmlns:r="urn:ietf:params:xml:ns:rgp-1.0"/></extension>`)},
		{"object as extension", commandFrame("<logout/><extension>" + domain + "</extension>")},
		{"extension before the command", commandFrame(rgp + "<logout/>")},
		{"extension behind the clTRID", eppFrame("<command><logout/>" + trid + rgp + "</command>")},
		{"clTRID before the command", eppFrame("<command>" + trid + "<logout/></command>")},
		{"two clTRIDs", eppFrame("<command><logout/>" + trid + trid + "</command>")},
		{"logout with extension", commandFrame("<logout/>" + rgp)},
		{"logout with blanks", commandFrame("<logout>\n</logout>")},
		{"logout with junk", commandFrame(`<logout a="b">x</logout>`)},
		{"extension of the protocol", eppFrame(rgp)},
		{"unknown extension of the protocol", eppFrame(anyExt)},
		{"greeting", string(appendGreeting(nil, greeting{serverID: "Test", languages: []string{"en"}, objURIs: objectURIs()}))},
		{"response", string(appendAnswer(nil, answer{req: &request{clTRID: "ABC-12345"}, svTRID: "SV-1"}))},
		{"response that is wrong", eppFrame("<response/>")},
		{"EPP under a prefix", `<e:epp xmlns:e="` + nsEPP + `"><e:command><e:logout/><e:clTRID>ABC-12345</e:clTRID></e:command></e:epp>`},
		{"EPP under two prefixes", `<e:epp xmlns:e="` + nsEPP + `" xmlns:f="` + nsEPP + `"><f:command><e:logout/></f:command></e:epp>`},
		{"EPP without namespace", `<epp><hello/></epp>`},
		{"EPP of another version", `<epp xmlns="urn:ietf:params:xml:ns:epp-2.0"><hello/></epp>`},
		{"EPP of u:ietf", `<epp xmlns="u:ietf:params:xml:ns:epp-1.0"><hello/></epp>`},
		{"EPP in capitals", `<EPP xmlns="` + nsEPP + `"><hello/></EPP>`},
		{"no EPP", `<command xmlns="` + nsEPP + `"><logout/></command>`},
		{"no EPP and no namespace", `<command><logout/></command>`},
		{"stray end of EPP", `<command><logout/></command></epp>`},
		{"HTML", `<html><body>epp</body></html>`},
		{"text", `GET / HTTP/1.1` + "\r\n\r\n"},
		{"command without namespace", `<epp xmlns="` + nsEPP + `"><command xmlns=""><logout/></command></epp>`},
		{"months", commandFrame(strings.Replace(soundDomainRenew, `unit="y"`, `unit="m"`, 1))},
		{"authInfo cleared", commandFrame(strings.Replace(soundDomainUpdate, "<domain:pw>2BARfoo</domain:pw>", "<domain:null/>", 1))},
		{"authInfo cleared with junk", commandFrame(strings.Replace(soundDomainUpdate, "<domain:pw>2BARfoo</domain:pw>", `<domain:null a="b">x</domain:null>`, 1))},
		{"registrant of one character", commandFrame(strings.Replace(soundDomainUpdate, "<domain:registrant>sh8013", "<domain:registrant>s", 1))},
		{"registrant of two characters", commandFrame(strings.Replace(soundDomainUpdate, "<domain:registrant>sh8013", "<domain:registrant>sh", 1))},
		{"four street lines", commandFrame(strings.Replace(soundContactCreate, "<contact:street>Suite 100", strings.Repeat("<contact:street>x</contact:street>", 2)+"<contact:street>Suite 100", 1))},
		{"contact update with empty parts", commandFrame(`<update><contact:update ` + headContact + `><contact:id>sh8013</contact:id><contact:add/></contact:update></update>`)},
		{"contact update with eight statuses", commandFrame(`<update><contact:update ` + headContact + `><contact:id>sh8013</contact:id><contact:rem>` + strings.Repeat(`<contact:status s="ok"/>`, 8) + `</contact:rem></contact:update></update>`)},
		{"login without objects", commandFrame(strings.NewReplacer("<objURI>urn:ietf:params:xml:ns:domain-1.0</objURI>", "", "<objURI>urn:ietf:params:xml:ns:contact-1.0</objURI>", "").Replace(soundLogin))},
		{"login with an empty svcExtension", commandFrame(strings.Replace(soundLogin, "<extURI>urn:ietf:params:xml:ns:rgp-1.0</extURI>", "", 1))},
		{"name servers of both kinds", commandFrame(strings.Replace(soundDomainHostAttr, "</domain:ns>", "<domain:hostObj>ns1.example.net</domain:hostObj></domain:ns>", 1))},
		{"no name servers in ns", commandFrame(`<update><domain:update ` + headDomain + `><domain:name>shop.co</domain:name><domain:add><domain:ns/></domain:add></domain:update></update>`)},
		{"name of a hostAttr missing", commandFrame(strings.Replace(soundDomainHostAttr, "<domain:hostName>ns1.shop.co</domain:hostName>", "", 1))},
		{"disclose with the same twice", commandFrame(strings.Replace(soundContactCreate, `<contact:org type="int"/>`, strings.Repeat(`<contact:org type="int"/>`, 2), 1))},
		{"disclose with the same thrice", commandFrame(strings.Replace(soundContactCreate, `<contact:org type="int"/>`, strings.Repeat(`<contact:org type="int"/>`, 3), 1))},
		{"three postal forms", commandFrame(strings.Replace(soundContactUpdate, "<contact:postalInfo", strings.Repeat(`<contact:postalInfo type="loc"/>`, 2)+"<contact:postalInfo", 1))},
		{"postal form with nothing", commandFrame(`<update><contact:update ` + headContact + `><contact:id>sh8013</contact:id><contact:chg><contact:postalInfo type="loc"/></contact:chg></contact:update></update>`)},
		{"registrant removed", commandFrame(strings.Replace(soundDomainUpdate, "<domain:registrant>sh8013", "<domain:registrant>", 1))},
		{"eleven statuses", commandFrame(strings.Replace(soundDomainUpdate, `<domain:status s="clientUpdateProhibited"/>`, strings.Repeat(`<domain:status s="ok"/>`, 11), 1))},
		{"twelve statuses", commandFrame(strings.Replace(soundDomainUpdate, `<domain:status s="clientUpdateProhibited"/>`, strings.Repeat(`<domain:status s="ok"/>`, 12), 1))},
		{"seven statuses of a host", commandFrame(strings.Replace(soundHostUpdate, `<host:status s="clientUpdateProhibited"/>`, strings.Repeat(`<host:status s="ok"/>`, 7), 1))},
		{"eight statuses of a host", commandFrame(strings.Replace(soundHostUpdate, `<host:status s="clientUpdateProhibited"/>`, strings.Repeat(`<host:status s="ok"/>`, 8), 1))},
		{"update that changes nothing", commandFrame(`<update><domain:update ` + headDomain + `><domain:name>shop.co</domain:name></domain:update></update>`)},
		{"update with empty parts", commandFrame(`<update><domain:update ` + headDomain + `><domain:name>shop.co</domain:name><domain:add/><domain:rem/><domain:chg/></domain:update></update>`)},
		{"host update with empty parts", commandFrame(`<update><host:update ` + headHost + `><host:name>ns1.shop.co</host:name><host:add/><host:rem/></host:update></update>`)},
		{"disclose of nothing", commandFrame(strings.Replace(soundContactUpdate, "<contact:disclose flag=\"0\">\n<contact:voice/>", `<contact:disclose flag="0">`, 1))},
		{"disclose with junk", commandFrame(strings.Replace(soundContactUpdate, "<contact:disclose flag=\"0\">\n<contact:voice/>", `<contact:disclose flag="0"><contact:voice a="b">x<y/></contact:voice>`, 1))},
		{"the same postal form twice", commandFrame(strings.Replace(soundContactCreate, `type="loc"`, `type="int"`, 1))},
	} {
		all = append(all, frame{"whole", f[0], f[1]})
	}
	return all
}
