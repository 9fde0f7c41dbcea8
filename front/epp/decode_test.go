package epp

import (
	"cmp"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/schema"
)

func pointer[T any](v T) *T { return &v }

func nameList(list ...string) []names.Name {
	var all []names.Name
	for _, s := range list {
		all = append(all, names.MustParse(s))
	}
	return all
}

func addressList(list ...string) []netip.Addr {
	var all []netip.Addr
	for _, s := range list {
		all = append(all, netip.MustParseAddr(s))
	}
	return all
}

// soundRequests is what the sound frames of the corpus decode to.
func soundRequests() map[string]any {
	shop, ns1 := names.MustParse("shop.co"), names.MustParse("ns1.shop.co")
	all := flow.HostsWanted{Delegated: true, Subordinate: true}
	return map[string]any{
		"domain check": flow.DomainCheck{Names: []string{"shop.co", "shop.com.co"}},
		"domain info":  flow.DomainInfo{Name: shop, AuthInfo: pointer("2fooBAR"), ROID: "C1-CO", Hosts: all},
		"domain create": flow.DomainCreate{
			Name: shop, Years: 2, Nameservers: nameList("ns1.example.net", "ns2.example.net"), Registrant: "jd1234",
			Contacts: []flow.Role{{Role: "admin", ID: "sh8013"}, {Role: "tech", ID: "sh8014"}}, AuthInfo: "2fooBAR",
		},
		"domain renew":  flow.DomainRenew{Name: shop, CurrentExpiry: time.Date(2027, 4, 3, 0, 0, 0, 0, time.UTC), Years: 3},
		"domain delete": flow.DomainDelete{Name: shop},
		"domain update": flow.DomainUpdate{
			Name: shop,
			Add: flow.DomainEdit{
				Nameservers: nameList("ns3.example.net"), Contacts: []flow.Role{{Role: "tech", ID: "mak21"}},
				Statuses: []registry.Status{registry.ClientHold},
			},
			Remove: flow.DomainEdit{
				Nameservers: nameList("ns1.example.net"), Contacts: []flow.Role{{Role: "tech", ID: "sh8013"}},
				Statuses: []registry.Status{registry.ClientUpdateProhibited},
			},
			Registrant: pointer("sh8013"), AuthInfo: pointer("2BARfoo"),
		},
		"host check":  flow.HostCheck{Names: []string{"ns1.shop.co", "ns2.shop.co"}},
		"host info":   flow.HostInfo{Name: ns1},
		"host create": flow.HostCreate{Name: ns1, Addresses: addressList("192.0.2.2", "192.0.2.29", "1080::8:800:200c:417a")},
		"host delete": flow.HostDelete{Name: ns1},
		"host update": flow.HostUpdate{
			Name: ns1, NewName: names.MustParse("ns2.shop.co"),
			Add:    flow.HostEdit{Addresses: addressList("192.0.2.22"), Statuses: []registry.Status{registry.ClientUpdateProhibited}},
			Remove: flow.HostEdit{Addresses: addressList("1080::8:800:200c:417a"), Statuses: []registry.Status{registry.ClientDeleteProhibited}},
		},
		"contact check":  flow.ContactCheck{IDs: []string{"sh8013", "sah8013"}},
		"contact info":   flow.ContactInfo{ID: "sh8013", AuthInfo: pointer("2fooBAR")},
		"contact delete": flow.ContactDelete{ID: "sh8013"},
		"contact create": flow.ContactCreate{
			ID: "sh8013",
			Int: &registry.Postal{
				Name: "Ana Example", Org: "Example Inc.", Street: []string{"123 Example Dr.", "Suite 100"}, City: "Bogota",
				Province: "DC", Postcode: "110221", Country: "CO",
			},
			Loc:   &registry.Postal{Name: "Ana Ejemplo", Street: []string{"Carrera 6"}, City: "Bogotá", Country: "CO"},
			Voice: &registry.Phone{Number: "+57.6015550100", Extension: "1234"}, Fax: &registry.Phone{Number: "+57.6015550101"},
			Email: "ana@example.co", AuthInfo: "2fooBAR",
			Disclose: []flow.DiscloseEdit{
				{What: registry.DiscloseNameInt, Open: true},
				{What: registry.DiscloseNameLoc, Open: true},
				{What: registry.DiscloseOrgInt, Open: true},
				{What: registry.DiscloseAddrLoc, Open: true},
				{What: registry.DiscloseVoice, Open: true},
				{What: registry.DiscloseFax, Open: true},
				{What: registry.DiscloseEmail, Open: true},
			},
		},
		"contact update": flow.ContactUpdate{
			ID:     "sh8013",
			Add:    []registry.Status{registry.ClientDeleteProhibited},
			Remove: []registry.Status{registry.ClientUpdateProhibited},
			Int: &flow.PostalEdit{
				Org:     pointer(""),
				Address: &registry.Postal{Street: []string{"124 Example Dr."}, City: "Cali", Postcode: "760001", Country: "CO"},
			},
			Voice: &registry.Phone{Number: "+57.6025550100"}, Fax: &registry.Phone{}, Email: pointer("ana@example.com"),
			AuthInfo: pointer("2fooBAR"), Disclose: []flow.DiscloseEdit{{What: registry.DiscloseVoice}},
		},
	}
}

// Each sound frame becomes the command or query with everything that it says.
func TestDecode(t *testing.T) {
	requests := soundRequests()
	decoded := 0
	for _, s := range sounds() {
		want, found := requests[s.name]
		if !found {
			continue
		}
		decoded++
		req := decode([]byte(s.frame), testLimits())
		if req.invalid != nil || req.refusal != nil || !reflect.DeepEqual(either(req), want) {
			t.Errorf("%s is\n%+v\n%v %v, want\n%+v", s.name, either(req), req.invalid, req.refusal, want)
		}
		if cmd, ok := want.(flow.Command); ok && req.subject != cmd.Subject() {
			t.Errorf("%s is about %+v, want %+v", s.name, req.subject, cmd.Subject())
		}
		object, name, _ := strings.Cut(s.name, " ")
		about := flow.Subject{Command: name, Object: object, ID: req.subject.ID}
		if _, ok := want.(flow.Query); ok && req.subject != about {
			t.Errorf("%s is about %+v, want %+v", s.name, req.subject, about)
		}
		if req.clTRID != "ABC-12345" {
			t.Errorf("%s has the clTRID %q", s.name, req.clTRID)
		}
	}
	if decoded != len(requests) {
		t.Errorf("%d frames were decoded, want %d", decoded, len(requests))
	}
}

// A login is told as it was sent.
func TestDecodeLogin(t *testing.T) {
	req := decode([]byte(commandFrame(soundLogin)), testLimits())
	want := login{
		clID: "H1001", pw: "secret-1", newPW: "secret-2", version: "1.0", lang: "en",
		objURIs: []string{nsDomain, nsContact}, extURIs: []string{prefixes["rgp"]},
	}
	if req.kind != kindLogin || !reflect.DeepEqual(req.login, want) {
		t.Errorf("the login is %+v, want %+v", req.login, want)
	}
}

// The hosts attribute selects hosts. RFC 5731 section 3.1.2.
func TestDecodeHostsWanted(t *testing.T) {
	for _, test := range []struct {
		attribute string
		want      flow.HostsWanted
	}{
		{"", flow.HostsWanted{Delegated: true, Subordinate: true}},
		{` hosts="all"`, flow.HostsWanted{Delegated: true, Subordinate: true}},
		{` hosts="del"`, flow.HostsWanted{Delegated: true}},
		{` hosts="sub"`, flow.HostsWanted{Subordinate: true}},
		{` hosts="none"`, flow.HostsWanted{}},
	} {
		text := strings.Replace(commandFrame(soundDomainInfo), ` hosts="all"`, test.attribute, 1)
		if q, ok := decode([]byte(text), testLimits()).query.(flow.DomainInfo); !ok || q.Hosts != test.want {
			t.Errorf("with %q the hosts are %+v, want %+v", test.attribute, q.Hosts, test.want)
		}
	}
}

// A rule of the registry's own refuses a valid frame, names the element and what it held, and leaves
// what the command is about for the transaction log.
func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name, frame, old, by string
		want                 registry.Error
	}{
		{"name", soundDomainCreate, "shop.co<", "-shop.co<", registry.Error{Code: registry.ParameterSyntax, Field: "domain:name", Value: "-shop.co", Reason: `the label "-shop" begins with a hyphen; send another name`}},
		{"name server", soundDomainCreate, "ns1.example.net", "ns1..net", registry.Error{Code: registry.ParameterSyntax, Field: "domain:hostObj", Value: "ns1..net", Reason: "the name has an empty label; send another name"}},
		{"months", soundDomainCreate, `unit="y"`, `unit="m"`, registry.Error{Code: registry.ParameterPolicy, Field: "domain:period", Reason: `a period is in years; write unit="y"`}},
		{"hostAttr", soundDomainHostAttr, "", "", registry.Error{Code: registry.ParameterPolicy, Field: "domain:hostAttr", Reason: "hosts are objects here; create the host and name it in hostObj"}},
		{"contact without a role", soundDomainCreate, ` type="admin"`, "", registry.Error{Code: registry.ParameterMissing, Field: "domain:contact", Value: "sh8013", Reason: `the attribute type is missing; write "admin", "tech" or "billing"`}},
		{"authInfo ext", soundDomainCreate, "<domain:pw>2fooBAR</domain:pw>", `<domain:ext><q xmlns="urn:q"/></domain:ext>`, registry.Error{Code: registry.ParameterPolicy, Field: "domain:ext", Reason: "this registry knows no authInfo but pw"}},
		{"far year", soundDomainRenew, "2027-04-03", "12027-04-03", registry.Error{Code: registry.ParameterRange, Field: "domain:curExpDate", Reason: "no name expires in this year"}},
		{"IPv6 as v4", soundHostCreate, `ip="v6"`, `ip="v4"`, registry.Error{Code: registry.ParameterSyntax, Field: "host:addr", Value: "1080:0:0:0:8:800:200C:417A", Reason: `this is no IPv4 address; write ip="v6"`}},
		{"IPv4 as v6", soundHostCreate, `ip="v4"`, `ip="v6"`, registry.Error{Code: registry.ParameterSyntax, Field: "host:addr", Value: "192.0.2.2", Reason: `this is no IPv6 address; write ip="v4"`}},
		{"loopback", soundHostCreate, "192.0.2.2<", "127.0.0.1<", registry.Error{Code: registry.ParameterSyntax, Field: "host:addr", Value: "127.0.0.1", Reason: "127.0.0.1 is no address that other machines can reach (loopback, unspecified, multicast, link-local or reserved); send the address of the name server"}},
		{"empty org", soundContactCreate, "Example Inc.", "", registry.Error{Code: registry.ParameterSyntax, Field: "contact:org", Reason: "the element is empty; fill it or leave it out"}},
		{"blank street", soundContactCreate, "Suite 100", "  ", registry.Error{Code: registry.ParameterSyntax, Field: "contact:street", Value: "  ", Reason: "the element is empty; fill it or leave it out"}},
		{"empty pc", soundContactCreate, "110221", "", registry.Error{Code: registry.ParameterSyntax, Field: "contact:pc", Reason: "the element is empty; fill it or leave it out"}},
		{"empty fax", soundContactCreate, "+57.6015550101", "", registry.Error{Code: registry.ParameterSyntax, Field: "contact:fax", Reason: "the element is empty; fill it or leave it out"}},
		{"empty voice in an update", soundContactUpdate, "+57.6025550100", "", registry.Error{Code: registry.ParameterSyntax, Field: "contact:voice", Reason: "the element is empty; fill it or leave it out"}},
		{"two int forms", soundContactCreate, `type="loc"`, `type="int"`, registry.Error{Code: registry.ParameterPolicy, Field: "contact:postalInfo", Reason: "the contact has two postal forms of this type; send one int, one loc, or one of each"}},
		{"DS keys alone", soundSecDNSKeys, "", "", registry.Error{Code: registry.ParameterPolicy, Field: "secDNS:keyData", Reason: "this registry takes DS data; send dsData, in which keyData may stand"}},
		{"a long key", soundSecDNSCreate, "AQPJ////4Q==", strings.Repeat("AQPJ", 400), registry.Error{Code: registry.ParameterPolicy, Field: "secDNS:pubKey", Reason: "a public key has 1024 bytes at most"}},
		{"urgent", soundSecDNSUpdate, `urgent="false"`, `urgent="1"`, registry.Error{Code: registry.UnimplementedOption, Field: "secDNS:update", Reason: "no update is more urgent than others; leave the attribute urgent out"}},
		{"DS of a create in an update", soundDomainUpdate + secDNSOf(soundSecDNSCreate), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "secDNS:create", Reason: "<secDNS:create> goes with a create of a domain"}},
		{"DS of an update in a create", soundDomainCreate + secDNSOf(soundSecDNSUpdate), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "secDNS:update", Reason: "<secDNS:update> goes with an update of a domain"}},
		{"DS of a contact", soundContactCreate + secDNSOf(soundSecDNSCreate), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "secDNS:create", Reason: "<secDNS:create> goes with a create of a domain"}},
		{"DS twice", soundSecDNSAll, "</extension>", "<secDNS:update xmlns:secDNS=\"urn:ietf:params:xml:ns:secDNS-1.1\"/></extension>", registry.Error{Code: registry.ParameterPolicy, Field: "secDNS:update", Reason: "it is given twice; send it once"}},
		{"extension", soundRestore, "ns:rgp-1.0", "ns:rgp-9.0", registry.Error{Code: registry.UnimplementedExt, Reason: "this registry has no extension urn:ietf:params:xml:ns:rgp-9.0"}},
		{"report that is missing", soundRestore, "request", "report", registry.Error{Code: registry.ParameterMissing, Field: "rgp:restore", Reason: "the report is missing; put it into rgp:restore"}},
		{"request with a report", soundRestoreReport, `"report"`, `"request"`, registry.Error{Code: registry.ParameterPolicy, Field: "rgp:restore", Reason: `a request has no report; write op="report"`}},
		{"restore in a create", extended(plainCreate, "<rgp:update "+headRGP+`><rgp:restore op="request"/></rgp:update>`), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "rgp:update", Reason: "<rgp:update> goes with an update of a domain"}},
		{"fee of a renew in a create", strings.ReplaceAll(soundFeeCreate, "fee:create", "fee:renew"), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "fee:renew", Reason: "<fee:renew> goes with a renew of a domain"}},
		{"fee of a create in a renew", strings.ReplaceAll(soundFeeRenew, "fee:renew", "fee:create"), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "fee:create", Reason: "<fee:create> goes with a create of a domain"}},
		{"fee of a transfer in a renew", strings.ReplaceAll(soundFeeRenew, "fee:renew", "fee:transfer"), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "fee:transfer", Reason: "<fee:transfer> goes with the request of a transfer of a domain"}},
		{"fee of an update in a renew", strings.ReplaceAll(soundFeeRenew, "fee:renew", "fee:update"), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "fee:update", Reason: "<fee:update> goes with an update of a domain"}},
		{"fee check in a renew", extended(plainRenew, "<fee:check "+headFee+`><fee:command name="renew"/></fee:check>`), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "fee:check", Reason: "<fee:check> goes with a check of domains"}},
		{"marks", soundLaunchMarks, "", "", registry.Error{Code: registry.ParameterPolicy, Reason: "no mark is needed or looked at in general availability; leave it out"}},
		{"launch create in a delete", strings.ReplaceAll(soundLaunchDelete, "launch:delete", "launch:update"), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "launch:update", Reason: "<launch:update> goes with the command of its name on a domain"}},
		{"launch update", soundLaunchUpdate, "", "", registry.Error{Code: registry.ParameterPolicy, Field: "launch:update", Reason: "there are no applications in this phase; leave the extension out"}},
		{"launch delete", soundLaunchDelete, "", "", registry.Error{Code: registry.ParameterPolicy, Field: "launch:delete", Reason: "there are no applications in this phase; leave the extension out"}},
		{"token in a renew", extended(plainRenew, soundToken), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "allocationToken:allocationToken", Reason: "<allocationToken:allocationToken> goes with a check or create of domains, or the request of a transfer"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			req := decode([]byte(commandFrame(strings.Replace(test.frame, test.old, test.by, 1))), testLimits())
			if req.invalid != nil || req.refusal == nil || *req.refusal != test.want {
				t.Errorf("the refusal is %+v (invalid: %v), want %+v", req.refusal, req.invalid, test.want)
			}
			if req.command != nil || req.query != nil {
				t.Error("a refused request has a command")
			}
			if req.subject.ID == "" || !req.subject.Logged {
				t.Errorf("the request is about %+v", req.subject)
			}
		})
	}
}

// secDNSOf is the extension of a sound frame alone.
func secDNSOf(frame string) string { return frame[strings.Index(frame, "\n<extension>"):] }

// What the extension says becomes part of the command.
func TestSecDNS(t *testing.T) {
	create := decode([]byte(commandFrame(soundSecDNSCreate)), testLimits()).command.(flow.DomainCreate)
	want := registry.DSRecord{
		DS: registry.DS{
			KeyTag: 12345, Algorithm: 13, DigestType: 2, Digest: "49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC0102",
		},
		Key: registry.DNSKEY{Flags: 257, Protocol: 3, Algorithm: 13, PublicKey: "AQPJ////4Q=="},
	}
	if len(create.DS) != 1 || create.DS[0] != want {
		t.Errorf("the create has %+v, want %+v", create.DS, want)
	}
	update := decode([]byte(commandFrame(soundSecDNSUpdate)), testLimits()).command.(flow.DomainUpdate)
	if e := update.DS; e.RemoveAll || len(e.Remove) != 1 || e.Remove[0].KeyTag != 12345 || len(e.Add) != 1 || e.Add[0].KeyTag != 12346 {
		t.Errorf("the update does %+v", e)
	}
	all := decode([]byte(commandFrame(soundSecDNSAll)), testLimits()).command.(flow.DomainUpdate)
	if e := all.DS; !e.RemoveAll || len(e.Remove)+len(e.Add) != 0 {
		t.Errorf("the update of all does %+v", e)
	}
	signers := func(parts string) string {
		return `<extension><secDNS:update xmlns:secDNS="urn:ietf:params:xml:ns:secDNS-1.1">` + parts + `</secDNS:update></extension>`
	}
	alone := `<update><domain:update ` + headDomain + `><domain:name>shop.co</domain:name></domain:update></update>`
	for text, empty := range map[string]bool{
		alone: true, alone + secDNSOf(soundSecDNSAll): false,
		alone + signers(``):              true,
		alone + signers(`<secDNS:chg/>`): true,
		alone + signers(`<secDNS:rem><secDNS:all>false</secDNS:all></secDNS:rem>`):                true,
		alone + signers(`<secDNS:chg><secDNS:maxSigLife>604800</secDNS:maxSigLife></secDNS:chg>`): false,
		alone + signers(`<secDNS:rem><secDNS:all>false</secDNS:all></secDNS:rem><secDNS:chg/>`):   true,
	} {
		if cmd := decode([]byte(commandFrame(text)), testLimits()).command.(flow.DomainUpdate); cmd.Empty != empty {
			t.Errorf("empty is %t, want %t, of %s", cmd.Empty, empty, text)
		}
	}
}

// A frame that is not valid still says what it is about and what its clTRID is, as far as that can be
// read.
func TestInvalidFrames(t *testing.T) {
	create := flow.Subject{Command: "create", Object: "domain", ID: "shop.co", Logged: true}
	for _, test := range []struct {
		name, old, by string
		clTRID        string
		subject       flow.Subject
	}{
		{"late mistake", "<domain:pw>2fooBAR</domain:pw>", "", "ABC-12345", create},
		{"early mistake", "<domain:name>shop.co</domain:name>", "", "ABC-12345", flow.Subject{Command: "create", Object: "domain", Logged: true}},
		{"unknown command", "<create>", "<craete/><create>", "ABC-12345", flow.Subject{}},
		{"clTRID too short", "ABC-12345", "AB", "", create},
		{"not well-formed", "</domain:name>", "", "ABC-12345", flow.Subject{}},
		{"not well-formed, and a clTRID to mistrust", "</domain:name>", "<!-- ", "ABC-12345", flow.Subject{}},
		{"no end", "ABC-12345</clTRID>\n</command>\n</epp>", "ABC", "", flow.Subject{}},
	} {
		req := decode([]byte(strings.Replace(commandFrame(soundDomainCreate), test.old, test.by, 1)), testLimits())
		if req.invalid == nil || req.kind != kindBroken || req.clTRID != test.clTRID || req.subject != test.subject {
			t.Errorf("%s: the clTRID is %q and the subject %+v, want %q and %+v", test.name, req.clTRID, req.subject, test.clTRID, test.subject)
		}
	}
}

// No answer repeats a password, however wrong it or what is around it was.
func TestSecretsStayOut(t *testing.T) {
	for _, text := range []string{
		strings.Replace(soundLogin, "secret-1", "secret-that-is-too-long", 1),
		strings.Replace(soundLogin, "secret-2", "secret-that-is-too-long", 1),
		strings.Replace(soundLogin, "secret-1", "secret<zz/>", 1),
		strings.Replace(soundDomainInfo, "2fooBAR", "secret<zz/>", 1),
		strings.Replace(soundDomainInfo, `C1-CO">2fooBAR`, `C1">secret`, 1),
		strings.Replace(soundDomainInfo, "<domain:pw roid=\"C1-CO\">2fooBAR</domain:pw>", "secret", 1),
		strings.Replace(soundDomainInfo, "2fooBAR", "secret<", 1),
	} {
		req := decode([]byte(commandFrame(text)), testLimits())
		if req.invalid == nil {
			t.Errorf("this is valid:\n%s", text)
			continue
		}
		out := string(appendAnswer(nil, answer{req: req, svTRID: "SV-1", err: req.invalid}))
		if schema.Want(t, out); strings.Contains(out, "secret") {
			t.Errorf("the answer is\n%s", out)
		}
	}
}

// What a contact's registrar wrote is not in a sentence that stays in the transaction log, whatever is
// wrong with it; nor is it in a refusal of ours.
func TestPersonalDataStaysOutOfReasons(t *testing.T) {
	const person = "Ximena"
	long := strings.Repeat(person, 60)
	for _, test := range []struct{ name, old, by string }{
		{"voice", ">+57.6015550100<", ">" + person + "<"},
		{"fax", "+57.6015550101", person},
		{"extension", `x="1234"`, `x="` + person + "&#10;" + `" y="` + person + `"`},
		{"long name", "Ana Example", long},
		{"long organisation", "Example Inc.", long},
		{"long street", "Suite 100", long},
		{"long city", "Bogota<", long + "<"},
		{"long province", ">DC<", ">" + long + "<"},
		{"long postcode", "110221", long},
		{"long country", ">CO<", ">" + person + "<"},
		{"text beside elements", "<contact:addr>", "<contact:addr>" + person},
		{"element in text", "Ana Example", person + "<contact:name/>"},
		{"invisible name", "Ana Example", "\u200b\u202e"},
		{"invisible name with a space", "Ana Ejemplo", "\u00a0\u200b"},
	} {
		req := decode([]byte(commandFrame(strings.Replace(soundContactCreate, test.old, test.by, 1))), testLimits())
		e := cmp.Or(req.invalid, req.refusal)
		if e == nil {
			t.Errorf("%s: the frame is taken", test.name)
			continue
		}
		if strings.Contains(e.Reason, person) || strings.Contains(e.Reason, "\u202e") {
			t.Errorf("%s: the reason is %q", test.name, e.Reason)
		}
		if strings.Contains(test.name, "long") && !strings.Contains(e.Reason, "characters") {
			t.Errorf("%s: the reason does not say what is wrong: %q", test.name, e.Reason)
		}
	}
}

// The advice on a missing authInfo is given where it is what is missing, and nowhere else.
func TestAdviceFits(t *testing.T) {
	for _, test := range []struct {
		name, frame, old, by string
		advised              bool
	}{
		{"no authInfo", soundDomainCreate, "<domain:authInfo>\n<domain:pw>2fooBAR</domain:pw>\n</domain:authInfo>\n", "", true},
		{"no cc", soundContactCreate, "<contact:cc>CO</contact:cc>\n", "", false},
		{"no voice's end", soundContactCreate, "<contact:email>", "<contact:mail>", false},
		{"empty ns", soundDomainCreate, "<domain:hostObj>ns1.example.net</domain:hostObj>\n<domain:hostObj>ns2.example.net</domain:hostObj>\n", "", false},
	} {
		text := strings.Replace(test.frame, test.old, test.by, 1)
		if text == test.frame {
			t.Fatalf("%s: nothing was spoilt", test.name)
		}
		req := decode([]byte(commandFrame(text)), testLimits())
		if req.invalid == nil || strings.Contains(req.invalid.Reason, "; add <") != test.advised {
			t.Errorf("%s: %v, want advice %t", test.name, req.invalid, test.advised)
		}
	}
}

// A frame has limits, and an answer does not grow with what is wrong in it.
func TestFrameLimits(t *testing.T) {
	check := func(n int) string {
		return commandFrame("<check><domain:check " + headDomain + ">" + strings.Repeat("<domain:name>a</domain:name>", n) + "</domain:check></check>")
	}
	long := strings.Repeat("z", 60000)
	for _, test := range []struct{ name, text, says string }{
		{"bytes", check(5000), "bytes"},
		{"elements", check(5000), "elements"},
		{"depth", commandFrame("<logout/><extension>" + strings.Repeat(`<q xmlns="urn:q">`, 40) + strings.Repeat("</q>", 40) + "</extension>"), "nested"},
		{"name", commandFrame("<" + long + "/>"), "line 3: <zzz"},
		{"namespace", `<epp xmlns="` + long + `"/>`, "write urn:ietf:params:xml:ns:epp-1.0"},
	} {
		limits := policy.Limits{SessionLimits: policy.SessionLimits{FrameBytes: 1 << 20}}
		if test.name == "bytes" {
			limits.FrameBytes = 65536
		}
		req := decode([]byte(test.text), limits)
		if req.invalid == nil || !strings.Contains(req.invalid.Reason, test.says) {
			t.Errorf("%s: invalid is %.300v, want %q", test.name, req.invalid, test.says)
			continue
		}
		out := string(appendAnswer(nil, answer{req: req, svTRID: "SV-1", err: req.invalid}))
		if schema.Want(t, out); len(out) > 4000 {
			t.Errorf("%s: the answer has %d bytes", test.name, len(out))
		}
	}
	req := decode([]byte(commandFrame("<logout/><extension><q xmlns=\""+long+"\"/></extension>")), policy.Limits{SessionLimits: policy.SessionLimits{FrameBytes: 1 << 20}})
	if req.refusal == nil || len(req.refusal.Reason) > 200 {
		t.Errorf("the refusal is %v", req.refusal)
	}
}
