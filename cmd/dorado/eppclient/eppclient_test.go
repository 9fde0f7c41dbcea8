package eppclient

import (
	"encoding/xml"
	"strings"
	"testing"
)

// nasty is a text that breaks every frame that does not escape it.
const nasty = `<&">'é]]>`

func text(s string) *Text { t := Text(s); return &t }

// everyCommand has each type of command with nasty in each of its texts.
func everyCommand() map[string]any {
	postal := Postal{
		Form: "loc", Name: nasty, Org: nasty, Street: []string{nasty, nasty},
		City: nasty, Province: nasty, Postcode: nasty, Country: nasty,
	}
	phone := &Phone{Number: nasty, Extension: nasty}
	roles := []DomainContact{{nasty, nasty}, {nasty, nasty}}
	edit := DomainEdit{Nameservers: []string{nasty}, Contacts: roles, Statuses: []string{nasty}}
	hostEdit := HostEdit{Addresses: []Address{{nasty, nasty}}, Statuses: []string{nasty}}
	fee, ds, ttl := Fee{nasty, nasty}, []DS{{nasty, nasty, nasty, nasty}}, []TTL{{nasty, nasty}}
	return map[string]any{
		"login":            Login{nasty, nasty, nasty, []string{nasty}, []string{nasty}, nasty},
		"logout":           Logout{},
		"check domain":     Check{"domain", []string{nasty, nasty}, &FeeQuestion{nasty, 2}, nasty},
		"check contact":    Check{Object: "contact", Names: []string{nasty}},
		"info":             Info{"domain", nasty, nasty, nasty, TTLPolicy},
		"info maintenance": MaintenanceInfo{nasty},
		"maintenances":     MaintenanceList{},
		"delete":           Delete{"host", nasty},
		"renew":            Renew{nasty, nasty, 2, fee},
		"transfer":         Transfer{nasty, "domain", nasty, nasty, 2, fee},
		"transfer contact": Transfer{Op: nasty, Object: "contact", Name: nasty, AuthInfo: nasty},
		"restore":          Restore{Name: nasty, Fee: fee},
		"restore report":   Restore{nasty, fee, &RestoreReport{nasty, nasty, nasty, nasty, nasty}},
		"create domain":    DomainCreate{nasty, 2, []string{nasty}, nasty, roles, nasty, fee, ds, ttl, nasty, nasty},
		"update domain":    DomainUpdate{nasty, edit, edit, nasty, text(nasty), ds, ds, false, ttl},
		"create host":      HostCreate{nasty, hostEdit.Addresses, ttl},
		"update host":      HostUpdate{nasty, nasty, hostEdit, hostEdit, ttl},
		"create contact":   ContactCreate{nasty, postal, phone, phone, nasty, nasty, []Disclosure{{"name", nasty}}},
		"update contact":   ContactUpdate{nasty, []string{nasty}, []string{nasty}, &postal, phone, phone, nasty, text(nasty)},
	}
}

// Every text of every command comes back from its frame as it went in.
func TestFramesEscape(t *testing.T) {
	for name, command := range everyCommand() {
		t.Run(name, func(t *testing.T) {
			frame, err := Frame(command, nasty)
			if err != nil {
				t.Fatal(err)
			}
			root, err := Parse(frame)
			if err != nil {
				t.Fatalf("%v in\n%s", err, frame)
			}
			if got := root.At("command", "clTRID").Value(); got != nasty {
				t.Errorf("clTRID = %q, want %q", got, nasty)
			}
			if got, want := count(root), strings.Count(string(frame), "&lt;&amp;"); got != want {
				t.Errorf("%d texts come back, %d went in\n%s", got, want, frame)
			}
		})
	}
}

// count returns how many texts and attributes of n and what is below it are nasty.
func count(n *Node) int {
	found := 0
	if n.Text == nasty {
		found++
	}
	for _, a := range n.Attrs {
		if a.Value == nasty {
			found++
		}
	}
	for _, c := range n.Children {
		found += count(c)
	}
	return found
}

// What a command does not say is not in its frame.
func TestFramesLeaveOut(t *testing.T) {
	for _, test := range []struct {
		name    string
		command any
		without string
	}{
		{"check without names of its own", Check{Object: "host", Names: []string{"a.co"}}, "domain"},
		{"info without authInfo", Info{Object: "domain", Name: "a.co"}, "authInfo"},
		{"create without name servers", DomainCreate{Name: "a.co"}, "domain:ns"},
		{"create without a period", DomainCreate{Name: "a.co"}, "period"},
		{"update that only adds", DomainUpdate{Name: "a.co", Add: DomainEdit{Statuses: []string{"clientHold"}}}, "domain:rem"},
		{"update without a new registrant", DomainUpdate{Name: "a.co", AuthInfo: text("x")}, "registrant"},
		{"update that removes the authInfo", DomainUpdate{Name: "a.co", AuthInfo: text("")}, "domain:pw"},
		{"host update without a new name", HostUpdate{Name: "ns.a.co"}, "chg"},
		{"contact update without an address", ContactUpdate{ID: "C-1", Postal: &Postal{Form: "int", Name: "N"}}, "addr"},
		{"transfer without authInfo", Transfer{Op: "query", Object: "domain", Name: "a.co"}, "authInfo"},
		{"transfer without a period", Transfer{Op: "request", Object: "domain", Name: "a.co", AuthInfo: "x"}, "period"},
		{"transfer without a fee", Transfer{Op: "request", Object: "domain", Name: "a.co", AuthInfo: "x"}, "extension"},
		{"restore without a fee", Restore{Name: "a.co"}, "fee"},
		{"restore without a report", Restore{Name: "a.co"}, "statement"},
		{"check without extensions", Check{Object: "domain", Names: []string{"a.co"}}, "extension"},
		{"check of fees that leaves the period", Check{Object: "domain", Names: []string{"a.co"}, Fees: &FeeQuestion{}}, "fee:period"},
		{"create without extensions", DomainCreate{Name: "a.co"}, "extension"},
		{"update without extensions", DomainUpdate{Name: "a.co"}, "extension"},
		{"update that removes every DS", DomainUpdate{Name: "a.co", RemoveAllDS: true}, "secDNS:add"},
		{"login without an agent", Login{ID: "H1001", Password: "secret"}, "extension"},
		{"login with a long password", Login{ID: "H1001", Password: strings.Repeat("p", 17)}, "<pw>p"},
		{"login with a new long password", Login{ID: "H1001", Password: "secret", NewPassword: strings.Repeat("p", 17)}, "loginSec:pw>"},
		{"login without a new password", Login{ID: "H1001", Password: "secret"}, "newPW"},
	} {
		t.Run(test.name, func(t *testing.T) {
			frame, err := Frame(test.command, "T-1")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Parse(frame); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(frame), test.without) {
				t.Errorf("the frame of %+v has %q\n%s", test.command, test.without, frame)
			}
		})
	}
}

func TestParseAnswer(t *testing.T) {
	a, err := ParseAnswer([]byte(`<?xml version="1.0"?>
<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><response>
 <result code="2303"><msg>Object does not exist</msg>
  <value><d:name xmlns:d="urn:ietf:params:xml:ns:domain-1.0">a.co</d:name></value>
  <extValue><value><d:name xmlns:d="urn:ietf:params:xml:ns:domain-1.0">a.co</d:name></value><reason>the name is not registered; check its spelling</reason></extValue>
 </result>
 <trID><clTRID>T-1</clTRID><svTRID>D-1</svTRID></trID></response></epp>`))
	if err != nil {
		t.Fatal(err)
	}
	if a.Code != 2303 || a.OK() || a.Message != "Object does not exist" || a.ClTRID != "T-1" || a.SvTRID != "D-1" {
		t.Errorf("ParseAnswer = %+v", a)
	}
	if got, want := strings.Join(a.Reasons, "|"), `name "a.co": the name is not registered; check its spelling`; got != want {
		t.Errorf("reasons %s, want %s", got, want)
	}
}

// A server may blame an element by its name alone.
func TestReasonsOfEmptyValues(t *testing.T) {
	const pc = `<value><contact:pc xmlns:contact="urn:ietf:params:xml:ns:contact-1.0"/></value>`
	for _, test := range []struct{ name, code, inside, want string }{
		{"missing", "2003", pc, "contact:pc is missing"},
		{"at fault", "2005", pc, "contact:pc"},
		{"of nobody", "2003", `<value><pc/></value>`, "pc is missing"},
		{"undefined", "2003", `<value><undef/></value>`, ""},
		{"with reason", "2003", `<extValue>` + pc + `<reason>a postcode is missing</reason></extValue>` + pc, "a postcode is missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			frame := `<epp><response><result code="` + test.code + `"><msg>m</msg>` + test.inside + `</result></response></epp>`
			a, err := ParseAnswer([]byte(frame))
			if got := strings.Join(a.Reasons, "; "); err != nil || got != test.want {
				t.Errorf("the reasons are %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct{ name, document string }{
		{"nothing", ""},
		{"no XML", "hello"},
		{"unclosed", "<epp><response>"},
		{"too deep", strings.Repeat("<a>", maxDepth+1)},
	} {
		t.Run(test.name, func(t *testing.T) {
			if n, err := Parse([]byte(test.document)); err == nil {
				t.Errorf("Parse(%q) = %+v, want an error", test.document, n)
			}
		})
	}
	if _, err := ParseAnswer([]byte("<epp/>")); err == nil {
		t.Error("an empty epp element is read as an answer")
	}
}

func TestHelloIsXML(t *testing.T) {
	if err := xml.Unmarshal(Hello(), new(struct{})); err != nil {
		t.Error(err)
	}
	if a, b := NewTRID(), NewTRID(); a == b || len(a) < 3 || len(a) > 64 {
		t.Errorf("NewTRID gives %q and %q", a, b)
	}
}

// Whatever a server sends is read or refused, and what is read has a code.
func FuzzParseAnswer(f *testing.F) {
	f.Add([]byte(`<epp><response><result code="1000"><msg>ok</msg></result><trID><svTRID>D-1</svTRID></trID></response></epp>`))
	f.Add([]byte(`<epp><response><result code="2001"><msg/><extValue><value><a/></value><reason/></extValue></result></response></epp>`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		if a, err := ParseAnswer(frame); err == nil && a.OK() != (a.Code >= 1000 && a.Code < 2000) {
			t.Errorf("%q is read as %+v", frame, a)
		}
	})
}
