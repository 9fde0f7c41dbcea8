package epp

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// message is an answer to a req by a session with those services.
func message(n registry.Notice, object flow.Reply, announced ...string) string {
	return string(appendAnswer(nil, answer{
		req: &request{clTRID: "ABC-12345"}, svTRID: "SV-54321", now: noon, announced: announced,
		reply: flow.Polled{Message: registry.PollMessage{ID: 1315705, At: noon, Notice: n}, Count: 4, Object: object},
	}))
}

// The notices of these tests.
var (
	transferred = registry.TransferNotice{
		Object: "domain", Name: "testdomainexample.com.co", Gaining: "H629", Requested: noon.Add(-time.Hour), Losing: "H509",
		Answer: noon, Expires: expiry,
	}
	purged  = registry.PendingActionNotice{Name: "testdomainexample.com.co", Done: true, ClTRID: "ClientTRX", SvTRID: "DORADO-1", At: noon}
	renamed = registry.ChangeNotice{
		Operation: "update", At: noon, SvTRID: "DORADO-2", Who: "H1002", Why: "renamed by its sponsor",
		Text: "Host ns1.shop.co was renamed to ns2.shop.co; names delegated to it follow.",
	}
	renamedHost = flow.HostDetails{
		Host: registry.Host{
			ROID: "H1-CO", Name: names.MustParse("ns2.shop.co"), Sponsor: "H1002", Creator: "H1002", Created: noon,
			Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")},
		},
		EPPStatuses: []registry.Status{registry.OK, registry.Linked},
	}
	maintained = registry.Maintenance{
		ID: "2e6df9b0-4092-4491-bcc8-9fb2166dcee6", Name: "New switches", Environment: "production", Starts: noon, Ends: expiry,
		Systems: []registry.MaintenanceSystem{
			{Name: "EPP", Host: "epp.registry.example", Impact: registry.ImpactFull}, {Name: "WHOIS", Impact: registry.ImpactNone},
		},
		Detail: "https://registry.example/m?a=1&b=2", Description: "Switches are <replaced>.", Zones: []string{"co", "com.co"},
		Implementation: true, Created: noon, Updated: noon,
	}
)

func with(s registry.TransferStatus, change ...func(*registry.TransferNotice)) registry.TransferNotice {
	n := transferred
	n.Status = s
	for _, c := range change {
		c(&n)
	}
	return n
}

// messageAnswers has a message of every kind, for sessions that announced all, and for others.
func messageAnswers() []encoded {
	all := slices.Concat(objectURIs(), extensionURIs())
	ofDomain := flow.DomainDetails{
		Domain:      registry.Domain{ROID: "D1-CO", Name: names.MustParse("shop.co"), Sponsor: "H1001", Created: noon, Expires: expiry},
		EPPStatuses: []registry.Status{registry.ServerHold},
	}
	locked := registry.ChangeNotice{
		Operation: "custom", Detail: "lock", At: noon, SvTRID: "DORADO-3", Who: "the registry & others", CaseType: "urs", CaseID: "urs123",
		Before: true, Text: "The registry locked shop.co.", Why: "a reason that is longer than thirty-two characters",
	}
	followed := registry.ChangeNotice{
		Step: registry.EventDSFollowed, Operation: "update", At: noon, SvTRID: "DORADO-4", Who: "registry", Why: "CDS signed by a key of its DS",
		Text: "The DS of shop.co were changed as its own zone asks for (CDS).",
	}
	refusedDS := registry.ChangeNotice{
		Step: registry.EventDSRefused, Operation: "custom", Detail: "ds-refused", At: noon, SvTRID: "DORADO-5", Who: "registry",
		Why: "ns1.shop.co has CDS that no key of its DS has signed", Text: "The DS of shop.co do not follow what its own zone asks for (CDS): its CDS are not signed.",
	}
	ofSigned := ofDomain
	ofSigned.DS = []registry.DSRecord{{DS: registry.DS{KeyTag: 12345, Algorithm: 13, DigestType: 2, Digest: strings.Repeat("AB", 32)}}}
	contact := with(registry.TransferClientCancelled, func(n *registry.TransferNotice) {
		n.Object, n.Name, n.Expires = "contact", "sh8013", time.Time{}
	})
	maintenance := registry.MaintenanceNotice{Type: registry.MaintenanceBegins, Maintenance: maintained}
	few, unhandled := []string{nsContact}, []string{nsContact, nsUnhandled}
	return []encoded{
		{"message of a transfer, approved", message(with(registry.TransferClientApproved), nil, all...)},
		{"message of a transfer, approved by the server", message(with(registry.TransferServerApproved), nil, all...)},
		{"message of a transfer, rejected", message(with(registry.TransferClientRejected), nil, all...)},
		{"message of a transfer, rejected by the server", message(with(registry.TransferServerRejected), nil, all...)},
		{"message of a transfer, requested", message(with(registry.TransferPending), nil, all...)},
		{"message of a transfer, cancelled", message(with(registry.TransferClientCancelled, func(n *registry.TransferNotice) { n.Expires = time.Time{} }), nil, all...)},
		{"message of a contact's transfer", message(contact, nil, all...)},
		{"message of a purge", message(purged, nil, all...)},
		{"message of an action that failed", message(registry.PendingActionNotice{Name: "a.co", SvTRID: "DORADO-1", At: noon}, nil, all...)},
		{"message of a change", message(renamed, renamedHost, all...)},
		{"message of a change to a domain", message(locked, ofDomain, all...)},
		{"message of DS that follow", message(followed, ofSigned, all...)},
		{"message of DS that do not follow", message(refusedDS, ofSigned, all...)},
		{"message of a change to a contact", message(renamed, flow.ContactDetails{Contact: registry.Contact{
			ROID: "C1-CO", ID: "sh8013", Sponsor: "H1001", Created: noon, Creator: "H1001", Email: "ana@example.co",
			Int: &registry.Postal{Name: "Ana", City: "Bogota", Country: "CO"},
		}, EPPStatuses: []registry.Status{registry.OK}}, all...)},
		{"message of a maintenance", message(maintenance, nil, all...)},
		{"message of a low balance", message(registry.LowBalanceNotice{Available: 12_50, Threshold: 100_00}, nil, all...)},
		{"message of a deposit", message(accountNotices()[0], nil, all...)},
		{"message of a text", message(registry.TextNotice{Text: "Hello & <welcome>"}, nil, all...)},
		{"transfer, not announced", message(with(registry.TransferPending), nil, few...)},
		{"transfer, unhandled", message(with(registry.TransferPending), nil, unhandled...)},
		{"purge, unhandled", message(purged, nil, unhandled...)},
		{"change, neither announced", message(renamed, renamedHost, few...)},
		{"change, only the object announced", message(renamed, renamedHost, nsHost)},
		{"change, only changePoll announced", message(renamed, renamedHost, nsContact, nsChangePoll)},
		{"change, both unhandled", message(renamed, renamedHost, unhandled...)},
		{"change, changePoll unhandled", message(renamed, renamedHost, nsHost, nsUnhandled)},
		{"maintenance, not announced", message(maintenance, nil, few...)},
		{"maintenance, unhandled", message(maintenance, nil, unhandled...)},
		{"info with DS, unhandled", string(appendAnswer(nil, answer{
			req: &request{object: nsDomain}, svTRID: "SV-54321", announced: []string{nsDomain, nsUnhandled},
			reply: flow.DomainDetails{Domain: registry.Domain{
				ROID: "D1-CO", Name: names.MustParse("shop.co"), Sponsor: "H1001", Created: noon, Expires: expiry,
				DS: []registry.DSRecord{{DS: registry.DS{KeyTag: 12345, Algorithm: 13, DigestType: 2, Digest: strings.Repeat("AB", 32)}}},
			}},
		}))},
		{"empty queue", answered("", flow.NoMessage{}, nil)},
		{"ack with others left", answered("", flow.PollAcked{ID: "1315705", Count: 3}, nil)},
		{"ack of the last", answered("", flow.PollAcked{ID: "1315705"}, nil)},
		{"maintenance info", answered(nsMaintenance, flow.MaintenanceDetails{Maintenance: maintained}, nil)},
		{"maintenance list", answered(nsMaintenance, []registry.Maintenance{maintained, {
			ID: "M-2", Environment: "ote", Starts: noon, Ends: expiry, Created: noon,
		}}, nil)},
		{"maintenance list, empty", answered(nsMaintenance, []registry.Maintenance{}, nil)},
	}
}

// A session gets no element in a namespace that it did not announce but inside an extValue with the reason
// of RFC 9038, and that only if it announced that.
func TestUnhandled(t *testing.T) {
	for _, test := range []struct {
		name      string
		answer    string
		has, lack []string
	}{
		{"not announced", message(with(registry.TransferPending), nil, nsContact), []string{"Transfer requested.", `code="1301"`}, []string{"trnData", "extValue"}},
		{"unhandled", message(with(registry.TransferPending), nil, nsContact, nsUnhandled), []string{
			"<extValue><value><domain:trnData", "</domain:trnData></value><reason>urn:ietf:params:xml:ns:domain-1.0 not in login services</reason></extValue></result>",
		}, []string{"resData"}},
		{"announced", message(with(registry.TransferPending), nil, nsDomain, nsUnhandled), []string{"<resData><domain:trnData"}, []string{"extValue"}},
		{"change without changePoll", message(renamed, renamedHost, nsHost), []string{"was renamed to"}, []string{"resData", "changePoll", "extValue"}},
		{"change, unhandled in part", message(renamed, renamedHost, nsHost, nsUnhandled), []string{
			"<resData><host:infData", "<reason>urn:ietf:params:xml:ns:changePoll-1.0 not in login services</reason>",
		}, []string{"<extension>"}},
	} {
		for _, has := range test.has {
			if !strings.Contains(test.answer, has) {
				t.Errorf("%s: the answer is\n%s\nwant %s", test.name, test.answer, has)
			}
		}
		for _, lack := range test.lack {
			if strings.Contains(test.answer, lack) {
				t.Errorf("%s: the answer is\n%s\nwithout %s", test.name, test.answer, lack)
			}
		}
	}
}

// accountNotices are those that have no sentence of their own.
func accountNotices() []registry.AccountNotice {
	of := func(step registry.Event, reference string, fee ledger.Type) registry.AccountNotice {
		return registry.AccountNotice{
			Step: step, At: noon, Amount: 500_00, Reference: reference, Fee: fee, Period: "2026", Balance: 880_00, Available: 760_00,
		}
	}
	said := of(registry.EventAccountHold, "", "")
	said.Text = "The account is on hold."
	return []registry.AccountNotice{
		of(registry.EventDepositReceived, "BANK-42", ""), of(registry.EventFeeProposed, "", ledger.Reinstatement),
		of(registry.EventFeeCharged, "", ledger.Reinstatement), of(registry.EventInvoiceMade, "2026-000042", ""), of("reborn", "", ""), said,
	}
}

// What happened to an account is a sentence with its figures.
func TestAccountMessages(t *testing.T) {
	want := []string{
		"Deposit of 500.00 received, reference BANK-42: the balance is 880.00, and 760.00 is available.",
		"Fee of 500.00 proposed (Reinstatement, 2026): the registry decides about it.",
		"Fee of 500.00 charged (Reinstatement, 2026): the balance is 880.00, and 760.00 is available.",
		"Invoice 2026-000042 of 2026 made: 500.00 in all.",
		"The account has changed: the balance is 880.00, and 760.00 is available.",
		"The account is on hold.",
	}
	for i, n := range accountNotices() {
		if got := messageText(n); got != want[i] {
			t.Errorf("%s says %q, want %q", n.Step, got, want[i])
		}
	}
}
