package epp

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/schema"
)

// An encoded is a frame of ours, by the name of its golden file.
type encoded struct {
	name string
	text string
}

var (
	noon   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	expiry = time.Date(2028, 3, 1, 23, 59, 59, 0, time.UTC)
)

// answered encodes an answer to a command about an object.
func answered(object string, reply flow.Reply, err error) string {
	return string(appendAnswer(nil, answer{
		req: &request{clTRID: "ABC-12345", object: object}, svTRID: "SV-54321", reply: reply, err: err, now: noon,
		announced: slices.Concat(objectURIs(), extensionURIs()),
	}))
}

// everyAnswer has every kind of frame that the server sends.
func everyAnswer() []encoded {
	return slices.Concat(sessionAnswers(), refusals(), domainAnswers(), feeAnswers(), launchAnswers(), transferAnswers(), hostAnswers(), contactAnswers(), messageAnswers())
}

func sessionAnswers() []encoded {
	g := greeting{serverID: "Test & EPP", now: noon, languages: []string{"en"}, objURIs: objectURIs()}
	extended := g
	extended.extURIs = []string{prefixes["rgp"], prefixes["fee"]}
	return []encoded{
		{"greeting", string(appendGreeting(nil, g))},
		{"greeting with extensions", string(appendGreeting(nil, extended))},
		{"success", answered("", nil, nil)},
		{"success without clTRID", string(appendAnswer(nil, answer{req: &request{}, svTRID: "SV-54321"}))},
		{"login with every event", string(appendAnswer(nil, answer{
			req: &request{kind: kindLogin, clTRID: "ABC-12345", login: login{events: everyLoginEvent()}}, svTRID: "SV-54321", announced: extensionURIs(),
		}))},
		{"end of the session", answered("", saidReply{registry.EndingSession, ""}, nil)},
	}
}

func everyLoginEvent() []flow.LoginEvent {
	return []flow.LoginEvent{
		{Type: "password", Expires: expiry, Says: "The password will expire."},
		{Type: "certificate", Failed: true, Expires: noon, Says: "The certificate has expired."},
		{Type: "stat", Name: "failedLogins", Value: "3", Duration: 26*time.Hour + 61*time.Second, Says: "Wrong passwords."},
		{Type: "newPW", Failed: true, Says: "No <password> & nothing."},
	}
}

func refusals() []encoded {
	long := strings.Repeat("é ", 1000)
	return []encoded{
		{"fault", answered(nsDomain, nil, errors.New("disk full"))},
		{"refusal", answered(nsDomain, nil, &registry.Error{Code: registry.CommandUse, Reason: "there is no session"})},
		{"refusal of a value", answered(nsDomain, nil, &registry.Error{
			Code: registry.ObjectExists, Field: "domain:name", Value: "shop.co", Reason: "the name is registered; choose another",
		})},
		{"refusal of an element of EPP", answered("", nil, &registry.Error{
			Code: registry.UnimplementedService, Field: "objURI", Value: "urn:q?a=1&b=2", Reason: "there are no such <objects>",
		})},
		{"refusal of an unknown prefix", answered("", nil, &registry.Error{Code: registry.ParameterPolicy, Field: "zz:top", Value: "1", Reason: "no"})},
		{"refusal of a missing element", answered(nsContact, nil, &registry.Error{
			Code: registry.ParameterMissing, Field: "contact:voice", Reason: "a contact needs a telephone number; send voice",
		})},
		{"refusal of a secret", answered(nsDomain, nil, &registry.Error{
			Code: registry.InvalidAuthInfo, Field: "domain:authInfo", Value: "secret-1", Reason: "the authInfo is not the object's; send the one that the registrant has from the sponsor",
		})},
		{"refusal of a long value", answered(nsContact, nil, &registry.Error{
			Code: registry.ParameterSyntax, Field: "contact:email", Value: long, Reason: "this is no address",
		})},
		{"refusal of a value that XML cannot hold", answered(nsContact, nil, &registry.Error{
			Code: registry.ParameterSyntax, Field: "contact:org", Value: "a\x00b\xff\uFFFE", Reason: "no\x01",
		})},
	}
}

func domainAnswers() []encoded {
	shop := names.MustParse("shop.co")
	long := "the name is not one label below a zone of this registry"
	d := registry.Domain{
		ROID: "D1-CO", Name: shop, Sponsor: "H1001", Creator: "H1002", Created: noon, Updater: "H1003",
		Updated: noon.Add(time.Hour), Transferred: noon.Add(2 * time.Hour), Expires: expiry,
		Registrant: registry.ContactRef{ROID: "C1-CO", ID: "jd1234"},
		Contacts: []registry.DomainContact{
			{Role: "admin", ContactRef: registry.ContactRef{ID: "sh8013"}}, {Role: "tech", ContactRef: registry.ContactRef{ID: "a&b"}},
		},
		Nameservers: []registry.HostRef{{Name: names.MustParse("ns1.shop.co")}, {Name: names.MustParse("ns1.example.net")}},
		AuthInfo:    []byte("hash"),
	}
	full := flow.DomainDetails{
		Domain: d, EPPStatuses: []registry.Status{registry.OK}, Subordinate: []names.Name{names.MustParse("ns1.shop.co")},
		Wanted: flow.HostsWanted{Delegated: true, Subordinate: true},
	}
	delegated, subordinate, none, many := full, full, full, full
	delegated.Wanted.Subordinate, subordinate.Wanted.Delegated = false, false
	none.Wanted = flow.HostsWanted{}
	many.EPPStatuses = slices.Repeat([]registry.Status{registry.ClientHold}, 12)
	signed := full
	signed.DS = []registry.DSRecord{
		{DS: registry.DS{KeyTag: 12345, Algorithm: 13, DigestType: 2, Digest: strings.Repeat("AB", 32)}},
		{
			DS:  registry.DS{KeyTag: 12346, Algorithm: 8, DigestType: 4, Digest: strings.Repeat("CD", 48)},
			Key: registry.DNSKEY{Flags: 257, Protocol: 3, Algorithm: 8, PublicKey: "AwEAAQ=="},
		},
	}
	bare := flow.DomainDetails{
		Domain:      registry.Domain{ROID: "D2-CO", Name: shop, Sponsor: "H1001", Creator: "H1001", Created: noon, Expires: expiry},
		EPPStatuses: []registry.Status{registry.Inactive}, Wanted: full.Wanted,
	}
	international := bare
	international.Name, international.IDNTable = names.MustParse("xn--espaol-zwa.co"), "es"
	timed, range300 := bare, policy.TTLRange{Min: 300, Default: 3600, Max: 172_800}
	timed.TTLs, timed.TTLWanted = []flow.TTLDetail{{For: "NS", Seconds: 300, Range: range300}, {For: "DS", Seconds: 3600, Range: range300}}, flow.TTLPolicy
	chosen := timed
	chosen.TTLs, chosen.TTLWanted = timed.TTLs[:1], flow.TTLChosen
	return []encoded{
		{"domain info of an internationalized name", answered(nsDomain, international, nil)},
		{"domain info with all TTLs", answered(nsDomain, timed, nil)},
		{"domain info with the TTLs that were chosen", answered(nsDomain, chosen, nil)},
		{"domain check", answered(nsDomain, []flow.Checked{
			{Object: "shop.co", Available: true}, {Object: "taken.co", Reason: "the name is registered; choose another"}, {Object: "a<b&c", Reason: long},
		}, nil)},
		{"domain create", answered(nsDomain, flow.DomainCreated{Name: shop, ROID: "D1-CO", Created: noon, Expires: expiry}, nil)},
		{"domain renew", answered(nsDomain, flow.DomainRenewed{Name: shop, Expires: expiry}, nil)},
		{"domain update", answered(nsDomain, flow.DomainUpdated{Name: shop}, nil)},
		{"domain delete", answered(nsDomain, flow.DomainDeleted{Name: shop, Credited: 2000, Currency: "USD"}, nil)},
		{"domain info", answered(nsDomain, full, nil)},
		{"domain info, hosts del", answered(nsDomain, delegated, nil)},
		{"domain info, hosts sub", answered(nsDomain, subordinate, nil)},
		{"domain info, hosts none", answered(nsDomain, none, nil)},
		{"domain info of a bare domain", answered(nsDomain, bare, nil)},
		{"domain info with too many statuses", answered(nsDomain, many, nil)},
		{"domain info with DS", answered(nsDomain, signed, nil)},
		{"domain info with DS that the session cannot read", string(appendAnswer(nil, answer{
			req: &request{clTRID: "ABC-12345", object: nsDomain}, svTRID: "SV-54321", reply: signed, now: noon,
		}))},
	}
}

func hostAnswers() []encoded {
	ns1 := names.MustParse("ns1.shop.co")
	h := registry.Host{
		ROID: "H1-CO", Name: ns1, Sponsor: "H1001", Creator: "H1001", Created: noon, Updater: "H1001", Updated: noon,
		Transferred: noon.Add(time.Hour), // with the name above it
		Addresses:   []netip.Addr{netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("2001:db8::1")},
	}
	outside := registry.Host{ROID: "H2-CO", Name: names.MustParse("ns1.example.net"), Sponsor: "H1001", Creator: "H1001", Created: noon}
	return []encoded{
		{"host check", answered(nsHost, []flow.Checked{{Object: "ns1.shop.co", Reason: "the host exists; use it, or choose another name"}, {Object: "ns2.shop.co", Available: true}}, nil)},
		{"host create", answered(nsHost, flow.HostCreated{Name: ns1, Created: noon}, nil)},
		{"host update", answered(nsHost, flow.HostUpdated{Name: ns1}, nil)},
		{"host delete", answered(nsHost, flow.HostDeleted{Name: ns1}, nil)},
		{"host info", answered(nsHost, flow.HostDetails{Host: h, EPPStatuses: []registry.Status{registry.OK, registry.Linked}}, nil)},
		{"host info with TTLs", answered(nsHost, flow.HostDetails{
			Host: h, EPPStatuses: []registry.Status{registry.OK}, TTLWanted: flow.TTLChosen, TTLs: []flow.TTLDetail{{For: "AAAA", Seconds: 600}},
		}, nil)},
		{"host info of one outside", answered(nsHost, flow.HostDetails{Host: outside, EPPStatuses: []registry.Status{registry.OK}}, nil)},
	}
}

func contactAnswers() []encoded {
	c := registry.Contact{
		ROID: "C1-CO", ID: "sh8013", Sponsor: "H1001", Creator: "H1001", Created: noon, Updater: "H1002", Updated: noon,
		Transferred: noon.Add(time.Hour),
		Int: &registry.Postal{
			Name: "Ana Example", Org: "Example & Co.", Street: []string{"123 Example Dr.", "Suite 100"}, City: "Bogota",
			Province: "DC", Postcode: "110221", Country: "CO",
		},
		Loc:   &registry.Postal{Name: "Ana Ejemplo", Street: []string{"Carrera 6"}, City: "Bogotá", Postcode: "110221", Country: "CO"},
		Voice: registry.Phone{Number: "+57.6015550100", Extension: "12"}, Fax: registry.Phone{Number: "+57.6015550101"},
		Email: "ana@example.co", AuthInfo: []byte("hash"), Disclose: registry.Disclosures(),
	}
	closed := c
	closed.Loc, closed.Fax, closed.Disclose, closed.Updater, closed.Updated = nil, registry.Phone{}, nil, "", time.Time{}
	closed.Transferred = time.Time{}
	ok := []registry.Status{registry.OK, registry.Linked}
	return []encoded{
		{"contact check", answered(nsContact, []flow.Checked{{Object: "sh8013", Reason: "a contact of this id exists; ids are the same in upper and lower case"}, {Object: "a&b", Available: true}}, nil)},
		{"contact create", answered(nsContact, flow.ContactCreated{ID: "sh8013", Created: noon}, nil)},
		{"contact update", answered(nsContact, flow.ContactUpdated{ID: "sh8013"}, nil)},
		{"contact delete", answered(nsContact, flow.ContactDeleted{ID: "sh8013"}, nil)},
		{"contact info", answered(nsContact, flow.ContactDetails{Contact: c, EPPStatuses: ok}, nil)},
		{"contact info of a closed contact", answered(nsContact, flow.ContactDetails{Contact: closed, EPPStatuses: ok[:1]}, nil)},
	}
}

// Every frame that we send is the golden one, and has no secret in it.
func TestAnswers(t *testing.T) {
	var golden strings.Builder
	for _, e := range everyAnswer() {
		golden.WriteString("-- " + e.name + "\n" + e.text + "\n")
		if strings.Contains(e.text, "secret") || strings.Contains(e.text, "hash") {
			t.Errorf("%s has a secret in it: %s", e.name, e.text)
		}
	}
	file := filepath.Join("testdata", "answers.txt")
	if *rewriteGolden {
		if err := os.WriteFile(file, []byte(golden.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(golden.String(), "\n-- ")
	for i, entry := range strings.Split(string(want), "\n-- ") {
		if i >= len(got) || got[i] != entry {
			t.Fatalf("the answer is\n%s\nwant\n%s", at(got, i), entry)
		}
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// Every frame that we send, to whatever request, is valid by the schemas.
func TestAnswersAreValid(t *testing.T) {
	all := everyAnswer()
	for _, k := range readCorpus(t) {
		req := decode([]byte(k.text), testLimits())
		if req.invalid != nil {
			all = append(all, encoded{k.name, string(appendAnswer(nil, answer{req: req, svTRID: "SV-54321", err: req.invalid}))})
		} else if req.refusal != nil {
			all = append(all, encoded{k.name, string(appendAnswer(nil, answer{req: req, svTRID: "SV-54321", err: req.refusal}))})
		}
	}
	texts := make([]string, len(all))
	for i, e := range all {
		texts[i] = e.text
	}
	schema.Want(t, texts...)
}
