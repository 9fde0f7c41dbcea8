package epp

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/peer"
)

// A sample is a request frame of the operations manual, as printed and as it has to be. Decisions 4.3.
type sample struct {
	section string
	faults  []string // what the answer to the printed frame names; none if it is right
	code    string   // what the corrected frame ends with
	want    any      // the command or query that it is
}

const (
	writeEPP     = `begin it with <epp xmlns="urn:ietf:params:xml:ns:epp-1.0"> and end it with </epp>`
	writeDomain  = `the namespace is "u:ietf:params:xml:ns:domain-1.0"; write urn:ietf:params:xml:ns:domain-1.0`
	writeContact = `the namespace is "u:ietf:params:xml:ns:contact-1.0"; write urn:ietf:params:xml:ns:contact-1.0`
	noDomain     = `the namespace is "domain"; write urn:ietf:params:xml:ns:domain-1.0`
	noFee        = `the namespace is "fee"; write urn:ietf:params:xml:ns:epp:fee-1.0`
	broken       = `the namespace is "urn:ietf:params:xml:ns:domain-\n1.0"; write urn:ietf:params:xml:ns:domain-1.0`
	utf16Label   = `labelled utf-16 but is UTF-8; write encoding="UTF-8"`
)

func samples() []sample {
	roles := []flow.Role{{Role: "admin", ID: "CONTACT02"}, {Role: "tech", ID: "CONTACT03"}, {Role: "billing", ID: "CONTACT04"}}
	create := flow.DomainCreate{
		Name: names.MustParse("domainexample.co"), Years: 1, Registrant: "CONTACT01", Contacts: roles, AuthInfo: "Abcd1234",
	}
	premium := names.MustParse("1126premium-5.co")
	number := registry.Phone{Number: "+57.6015550100"}
	international := create
	international.Name = names.MustParse("xn--espaol-zwa.co")
	international.Nameservers = nameList("ns1.testdomainexample.co", "ns2.testdomainexample.co")
	international.AuthInfo = "Password1234"
	international.IDN = &flow.IDN{Table: "es", Uname: "xn--espaol-zwa.co"}
	return []sample{
		{"9.4.3-domain-check", []string{writeEPP, writeDomain}, reachesFlow, flow.DomainCheck{Names: []string{"testdomainexample.co"}}},
		{"9.4.4-contact-create", []string{writeEPP, writeContact}, reachesFlow, flow.ContactCreate{
			ID: "CONTACT01", Voice: &number, Fax: &number, Email: "ana@example.co", AuthInfo: "Abcd1234",
			Loc: &registry.Postal{
				Name: "Ana Example", Org: "Example Inc.", Street: []string{"123 Example Dr."}, City: "Bogota",
				Province: "DC", Postcode: "110221", Country: "CO",
			},
		}},
		{"9.4.4-host-create", []string{writeEPP}, reachesFlow, flow.HostCreate{
			Name: names.MustParse("ns1.testdomainexample.co"),
			Addresses: []netip.Addr{
				netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("192.0.2.29"), netip.MustParseAddr("1080::8:800:200c:417a"),
			},
		}},
		{"9.4.4-domain-create", []string{writeEPP, writeDomain}, reachesFlow, create},
		{"9.5.1-domain-create", []string{writeEPP, writeDomain}, reachesFlow, create},
		{"9.12.1-restore", nil, reachesFlow, flow.DomainRestore{Update: flow.DomainUpdate{Name: names.MustParse("example.co"), Empty: true}}},
		{"9.12.3-idn-create", []string{utf16Label}, reachesFlow, international},
		{"9.12.4-fee-check", []string{utf16Label}, reachesFlow, flow.DomainCheck{
			Names: []string{"1126premium-20.co"},
			Fees:  &flow.FeeQuestion{Commands: []flow.FeeCommand{{Name: "create", Years: 1}, {Name: "renew", Years: 1}, {Name: "restore", Years: 1}}},
		}},
		{"12.3.1-domain-check", []string{noDomain, noFee}, reachesFlow, flow.DomainCheck{
			Names: []string{"1126premium-5.co"},
			Fees:  &flow.FeeQuestion{Commands: []flow.FeeCommand{{Name: "create"}, {Name: "renew"}, {Name: "restore"}, {Name: "transfer"}}},
		}},
		{"12.3.2-domain-create", []string{noDomain, broken, noFee}, reachesFlow, flow.DomainCreate{
			Name: premium, Years: 1, Nameservers: []names.Name{names.MustParse("ns1.host"), names.MustParse("ns2.host")},
			Registrant: "myContact", Contacts: []flow.Role{{Role: "admin", ID: "myContact"}, {Role: "tech", ID: "myContact"}},
			AuthInfo: "Password1234", Fee: flow.FeeSaid{Given: true, Currency: "USD", Total: 500_00, Text: "500"},
		}},
		{"12.3.3-domain-renew", []string{noDomain, noFee}, reachesFlow, flow.DomainRenew{
			Name: premium, CurrentExpiry: time.Date(2026, 12, 17, 0, 0, 0, 0, time.UTC), Years: 1,
			Fee: flow.FeeSaid{Given: true, Currency: "USD", Total: 200_00, Text: "200"},
		}},
		{"12.3.4-domain-delete", []string{noDomain}, reachesFlow, flow.DomainDelete{Name: premium}},
		{"12.3.5-restore", []string{noDomain, broken}, reachesFlow, flow.DomainRestore{
			Update: flow.DomainUpdate{Name: names.MustParse("1126premium-11.co"), Empty: true},
		}},
		{"12.3.6-domain-transfer", []string{noDomain, noFee}, reachesFlow, flow.DomainTransfer{
			Name: names.MustParse("1126premium-11.co"), Years: 1, AuthInfo: new(`Code(83y3[{x?H:x%/x}Q7:x)I^0t`),
			Fee: flow.FeeSaid{Given: true, Currency: "USD", Total: 100_00, Text: "100"},
		}},
	}
}

func manualFrame(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "manual", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Each sample as printed is refused with the likely fix, and works when it is corrected.
func TestManual(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.section, func(t *testing.T) {
			if s.faults != nil {
				wantSyntaxError(t, manualFrame(t, s.section+".printed"), s.faults...)
			}
			text := manualFrame(t, s.section+".corrected")
			if code, says := judge(text); code != s.code {
				t.Errorf("corrected, it ends with %s %s, want %s", code, says, s.code)
			}
			if req := decode([]byte(text), testLimits()); s.want != nil && !reflect.DeepEqual(either(req), s.want) {
				t.Errorf("corrected, it is\n%+v, want\n%+v", either(req), s.want)
			}
		})
	}
}

// either returns the command or the query of a request.
func either(req *request) any {
	if req.command != nil {
		return req.command
	}
	return req.query
}

func wantSyntaxError(t *testing.T, text string, fixes ...string) {
	t.Helper()
	code, says := judge(text)
	if code != "2001" {
		t.Errorf("it ends with %s %s, want 2001", code, says)
	}
	for _, fix := range fixes {
		if !strings.Contains(says, fix) {
			t.Errorf("it says\n%s, want\n%s", says, fix)
		}
	}
}

// One printing fault at a time is named, too, on a frame that is right otherwise.
func TestPrintingFaults(t *testing.T) {
	sound := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + commandFrame(soundDomainCreate)
	for _, test := range []struct{ name, old, by, fix string }{
		{"u:ietf of an object", `"urn:ietf:params:xml:ns:domain`, `"u:ietf:params:xml:ns:domain`, writeDomain},
		{"u:ietf of EPP", `"urn:ietf:params:xml:ns:epp`, `"u:ietf:params:xml:ns:epp`, `the namespace is "u:ietf:params:xml:ns:epp-1.0"; write urn:ietf:params:xml:ns:epp-1.0`},
		{"a prefix in place of the namespace", headDomain, `xmlns:domain="domain"`, noDomain},
		{"no epp", `<epp xmlns="urn:ietf:params:xml:ns:epp-1.0">`, "", "\"</epp>\" follows </command>, which ends the document; the frame has no <epp> around it; " + writeEPP},
		{"epp without namespace", ` xmlns="urn:ietf:params:xml:ns:epp-1.0"`, "", `write <epp xmlns="urn:ietf:params:xml:ns:epp-1.0">`},
		{"a stray epp", "</epp>", "</epp></epp>", "\"</epp>\" follows </epp>, which ends the document"},
		{"no authInfo", "<domain:authInfo>\n<domain:pw>2fooBAR</domain:pw>\n</domain:authInfo>\n", "", "lacks <contact> or <authInfo>; add <domain:authInfo><domain:pw>…</domain:pw></domain:authInfo>"},
		{"a utf-16 label", "UTF-8", "utf-16", utf16Label},
		{"a line before the declaration", "<?xml", "\n<?xml", "<?xml …?> must be the very beginning of the document"},
		{"a broken declaration", `"?>`, `"?` + "\n>", "the XML declaration has version, encoding and standalone"},
		{"a broken label", "UTF-8", "UTF-\n8", `"UTF-\n8" is no name of an encoding`},
		{"a broken namespace", "domain-1.0", "domain-\n1.0", `domain- 1.0"; write urn:ietf:params:xml:ns:domain-1.0`},
		{"a broken tag", "<domain:registrant>", "<domain:\nregistrant>", `"domain:\n" is no name`},
		{"text behind the root", "</epp>", "</epp>\n```", "follows </epp>, which ends the document"},
		{"an undeclared prefix", headDomain, "", `the prefix domain of <domain:create> is not declared`},
	} {
		t.Run(test.name, func(t *testing.T) {
			spoilt := strings.Replace(sound, test.old, test.by, 1)
			if spoilt == sound {
				t.Fatal("nothing is spoilt")
			}
			wantSyntaxError(t, spoilt, test.fix)
		})
	}
}

// An object that stands in <command> by itself, and a command that EPP does not have, are told so.
func TestWrongCommand(t *testing.T) {
	object := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(soundDomainCheck), "<check>"), "</check>")
	wantSyntaxError(t, commandFrame(object), "<domain:check> stands alone; put it into <check>")
	req := decode([]byte(commandFrame("<chek/>")), testLimits())
	if req.invalid == nil || req.invalid.Code != registry.UnknownCommand || !strings.Contains(req.invalid.Reason, "<chek> is no command of EPP") {
		t.Errorf("an unknown command ends with %v", req.invalid)
	}
}

// The samples of others decode, and what they ask for is known.
func TestInstantEPP(t *testing.T) {
	dir, ok := peer.Shared(t)
	if !ok {
		t.Skip("the samples are not here, and are others' to publish")
	}
	files, err := filepath.Glob(filepath.Join(dir, "schemas/samples/epp-third-party/instant-epp/request__*.xml"))
	if err != nil || len(files) < 30 {
		t.Fatalf("%d samples, error %v", len(files), err)
	}
	lacking := []struct{ part, code string }{ // the last that fits
		{"create_with_host_attr", "2306"},
		{"request__login.xml", "2103"},
		{"extensions__secdns_create_key", "2306"},
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := reachesFlow
		for _, l := range lacking {
			if strings.Contains(filepath.Base(file), l.part) {
				want = l.code
			}
		}
		if code, says := judge(string(text)); code != want {
			t.Errorf("%s ends with %s %s, want %s", filepath.Base(file), code, says, want)
		}
	}
}
