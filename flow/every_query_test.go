package flow_test

import (
	"io"
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// everyQuery has a query of each type, which succeeds in the world of everyWorld.
var everyQuery = []struct {
	who   registry.RegistrarID
	query flow.Query
}{
	{"", flow.ZoneKeyList{Zone: world.Name("co")}},
	{world.Acme, flow.DomainCheck{Names: []string{"shop.co", "lapsed.co", "free.co"}}},
	{world.Acme, flow.DomainClaims{Names: []string{"shop.co"}}},
	{world.Acme, flow.DomainInfo{Name: world.Name("shop.co"), AuthInfo: new("domain-secret")}},
	{world.Acme, flow.DomainTransferQuery{Name: world.Name("asked.co")}},
	{world.Acme, flow.ContactTransferQuery{ID: "ASKED"}},
	{world.Acme, flow.HostCheck{Names: []string{"ns1.shop.co", "ns9.shop.co"}}},
	{world.Acme, flow.HostInfo{Name: world.Name("ns1.shop.co")}},
	{world.Acme, flow.ContactCheck{IDs: []string{"UNUSED", "FREE"}}},
	{world.Acme, flow.ContactInfo{ID: "UNUSED"}},
	{world.Acme, flow.LogQuery{}},
	{world.Acme, flow.OwnDomains{State: flow.OwnSigned}},
	{world.Acme, flow.OwnNames{}},
	{world.Acme, flow.OwnShow{Name: world.Name("shop.co")}},
	{world.Acme, flow.OwnHistory{Object: registry.KindDomain, ID: "shop.co"}},
	{world.Acme, flow.TransferPreview{Name: world.Name("other.co")}},
	{world.Acme, flow.PollRequest{}},
	{world.Acme, flow.MessageList{}},
	{world.Acme, flow.MessageShow{ID: 7}},
	{world.Acme, flow.ContactList{By: registry.ByPerson, Prefix: "ana p", Links: registry.AnyLink}},
	{world.Acme, flow.ContactLinks{ID: "once"}},
	{world.Acme, flow.HostList{Prefix: "ns", Links: registry.NoLink}},
	{world.Acme, flow.HostLinks{Name: world.Name("ns1.shop.co")}},
	{world.Acme, flow.BulkList{}},
	{world.Acme, flow.BulkShow{ID: bulkReady}},
	{world.Acme, flow.BulkNames{ID: bulkReady}},
	{"", flow.BulkTry{Registrar: world.Acme, Job: bulkNew, Limit: 10}},
	{"", flow.BulkDue{Limit: 10}},
	{"", flow.BulkWaiting{Registrar: world.Other, Job: bulkRuns, Limit: 10}},
	{world.Acme, flow.MaintenanceInfo{ID: "M-1"}},
	{world.Acme, flow.MaintenanceList{}},
	{"", flow.DomainLookup{Name: world.Name("shop.co")}},
	{"", flow.HostLookup{Name: world.Name("ns1.shop.co")}},
	{"", flow.HostsByAddress{Address: netip.MustParseAddr("192.0.2.1")}},
	{"", flow.RegistrarLookup{Handle: string(world.Acme)}},
	{world.Acme, flow.ContactLookup{Handle: "unused", Viewer: flow.Viewer{Kind: flow.ByRegistrar, Registrar: world.Acme}}},
	{"", flow.DomainSearch{Pattern: pattern("sho*")}},
	{"", flow.DelegationSearch{Hosts: pattern("ns1.shop.co")}},
	{"", flow.HostSearch{Pattern: pattern("ns1.*")}},
	{"", flow.RegistrarSearch{Handle: "H10", Partial: true}},
	{"", flow.AccessTokenList{Ended: true}},
	{"", flow.AccessList{}},
	{"", flow.Visit{Token: everySession}},
	{world.Acme, flow.UserList{}},
	{world.Acme, flow.UserShow{User: anaID}},
	{world.Acme, flow.UserActList{}},
	{"", flow.LinkShow{Link: everyLink}},
	{"", flow.PasskeysOf{User: anaID}},
	{"", flow.NameList{Limit: 10}},
	{"", flow.OfferList{Limit: 10}},
	{"", flow.PricePreview{PriceImport: priceFile(registry.PriceEntry{Name: world.Name("shop.co"), Tier: 2})}},
	{"", flow.PriceLists{}},
	{"", flow.PriceListShow{List: 1, Limit: 10}},
	{"", flow.PromotionList{}},
	{"", flow.PromotionShow{ID: "three", Limit: 10}},
	{"", flow.OfferShow{Name: world.Name("listed.co")}},
	{world.Acme, flow.Account{}},
	{world.Acme, flow.CertificateList{}},
	{world.Acme, flow.CertificateShow{Serial: "5e"}},
	{world.Acme, flow.AccountOutlook{}},
	{world.Acme, flow.OpenCharges{}},
	{world.Acme, flow.AccountHistory{}},
	{world.Acme, flow.ZonePrices{}},
	{world.Acme, flow.PremiumSearch{}},
	{world.Acme, flow.PremiumSearch{Prefix: "g"}},
	{world.Acme, flow.OwnInvoices{}},
	{world.Acme, flow.OwnDeposits{}},
	{"", flow.RegistrarShow{ID: world.Acme}},
	{"", flow.RegistrarList{}},
	{"", flow.Published{Name: world.Name("shop.co")}},
	{"", flow.Published{Limit: 10}},
	{"", flow.DelegationsOf{Names: []names.Name{world.Name("shop.co")}}},
	{"", flow.Nameservers{Limit: 10}},
	{"", flow.Delegations{}},
	{"", flow.DelegationsEnd{Limit: 10}},
	{"", flow.PendingMarks{Limit: 10}},
	{"", flow.MarksAside{Limit: 10}},
	{"", flow.RecordsAside{Limit: 10}},
	{"", flow.MarksOf{Name: world.Name("shop.co")}},
	{"", flow.NameserversOf{Names: []names.Name{world.Name("ns1.shop.co")}}},
	{"", flow.ZoneStates{}},
	{"", flow.ZonePages{Origin: world.Name("co"), Limit: 10}},
	{"", flow.ZoneSteps{Origin: world.Name("co"), Limit: 10}},
	{"", flow.ZoneDepartures{Origin: world.Name("co")}},
	{"", flow.Publications{Name: world.Name("shop.co"), Limit: 10}},
	{"", flow.CameDue{Since: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Overdue: true}},
	{"", flow.FirstDue{}},
	{"", flow.NextDue{}},
	{"", flow.VariantList{}},
	{"", flow.History{Object: registry.KindDomain, ID: "shop.co"}},
	{"", flow.History{Object: registry.KindHost, ID: "ns1.lapsed.co", Oldest: true}},
	{"", flow.Timeline{Name: world.Name("shop.co")}},
	{"", flow.AsOf{Object: registry.KindDomain, ID: "shop.co"}},
	{"", flow.MailDue{Limit: 10}},
	{"", flow.MailList{}},
	{"", flow.MailShow{ID: 7}},
	{"", flow.NoticeList{Registrar: world.Acme}},
	{"", flow.Transactions{Registrar: world.Acme, Span: registry.TimesOf("2026-03")}},
	{"", flow.MonthNext{}},
	{"", flow.AddGraceUse{Month: "2026-03"}},
	{"", flow.AddGraceDeletes{Month: "2026-03", Registrar: world.Acme, Limit: 10}},
	{"", flow.MonthDraft{Month: "2026-03", Registrar: world.Acme}},
	{"", flow.NewNames{Year: 2026}},
	{"", flow.ProposalList{}},
	{"", flow.BillingCheck{}},
	{"", flow.InvoiceList{}},
	{"", flow.InvoiceShow{Series: "OLD-", Number: 7}},
	{"", flow.MonthList{}},
	{"", flow.RegistrarIDs{}},
	{world.Acme, flow.Statement{}},
	{"", flow.Statement{Registrar: world.Acme, Since: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}},
	{"", flow.Balances{}},
	{"", flow.Heads{}},
	{"", flow.SealDrafted{Most: 1000}},
	{"", flow.StatementProof{Registrar: world.Acme, From: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Begin: nowhere}},
	{"", flow.LedgerCheck{}},
	{"", flow.SealCheck{Registrar: world.Acme}},
	{"", flow.HeadCheck{}},
	{"", flow.MoneyList{MoneyFilter: registry.MoneyFilter{Pending: true}}},
	{"", flow.MoneyShow{ID: "H1002-2"}},
	{"", flow.ReceiptShow{ID: "H1001-1"}},
	{"", flow.HoldList{Registrar: inDebt}},
	{"", flow.ChildrenDue{Limit: 10}},
	{"", flow.ChildShow{Name: world.Name("shop.co")}},
	{"", flow.ChildList{}},
	{"", flow.ChildCounts{}},
	{"", flow.ChildrenMissed{Limit: 10}},
	{"", flow.UnavailableNames{Begin: anytime, Use: func(names.Name) error { return nil }}},
	{"", flow.DroppingNames{Begin: anytime, Use: func(flow.DroppingName) error { return nil }}},
	{"", flow.PricedNames{Begin: anytime, Use: func(flow.PricedName) error { return nil }}},
	{"", flow.PostedUntil{}},
	{"", flow.DeficiencyShow{Registrar: world.Deleter}},
}

// anytime takes the instant of a report that nobody reads.
func anytime(time.Time) error { return nil }

// nowhere is where a signed statement goes that nobody reads.
func nowhere() (io.Writer, error) { return io.Discard, nil }

// No query is left out of the list: the names of all types with an Answer are taken from the source.
func TestEveryQueryIsListed(t *testing.T) {
	var listed []string
	for _, q := range everyQuery {
		listed = append(listed, reflect.TypeOf(q.query).Name())
	}
	for _, file := range parsed() {
		for name := range file.flows("Answer") {
			if !slices.Contains(listed, name) {
				t.Errorf("query %s is not in everyQuery", name)
			}
		}
	}
}

// Every database operation of every query fails once: the query fails too, and says so as a fault, never as
// an answer or a refusal that would not be true. The loop ends when the query gets through.
func TestFaultsAreNoAnswers(t *testing.T) {
	w := everyWorld(t)
	sealAll(w)
	before := w.Dump()
	for _, test := range everyQuery {
		t.Run(reflect.TypeOf(test.query).Name(), func(t *testing.T) {
			for n := 0; ; n++ {
				w.Fault.After(n)
				reply, err := w.Ask(test.who, test.query)
				operations := w.Fault.Disarm()
				if operations <= n {
					if err != nil {
						t.Errorf("without a fault it says %v", err)
					}
					break
				}
				if e := refusal(err); err == nil || e != nil {
					t.Fatalf("operation %d failed, and the query answered %v, %v", n, reply, err)
				}
			}
		})
	}
	if w.Dump() != before {
		t.Error("the queries changed something")
	}
}
