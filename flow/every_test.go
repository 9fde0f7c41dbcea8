package flow_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/netip"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Tests that hold for all commands run over this list. Each command succeeds in the world of
// everyWorld.
var everyCommand = append(everyUserCommand, []everyRow{
	{"domain:create", world.Acme, flow.DomainCreate{
		Name: world.Name("new.co"), Years: 2, Nameservers: world.Names("ns1.shop.co", "ns1.example.net"),
		Registrant: "X-H1001", Contacts: []flow.Role{{Role: "admin", ID: "X-H1001"}, {Role: "tech", ID: "X-H1001"}},
		AuthInfo: "domain-secret",
	}},
	{"domain:create of a name to purge", world.Other, flow.DomainCreate{
		Name: world.Name("lapsed.co"), Registrant: "X-H1001",
		Contacts: []flow.Role{{Role: "admin", ID: "X-H1001"}, {Role: "tech", ID: "X-H1001"}},
	}},
	{"domain:update of a name that loses a host with a name to purge", world.Acme, flow.DomainUpdate{
		Name: world.Name("user.co"), Add: flow.DomainEdit{Nameservers: world.Names("ns1.example.net")},
	}},
	{"domain:update of the last link of a contact", world.Acme, flow.DomainUpdate{
		Name: world.Name("shop.co"), Remove: flow.DomainEdit{Contacts: []flow.Role{{Role: "billing", ID: "ONCE"}}},
	}},
	{"domain:update of a contact that waits for its purge", world.Acme, flow.DomainUpdate{
		Name: world.Name("shop.co"), Registrant: new("waits"),
	}},
	{"domain:create of a variant of a name to purge", world.Other, flow.DomainCreate{
		Name: world.Name("xn--wei-7ka.co"), Registrant: "X-H1001",
		Contacts: []flow.Role{{Role: "admin", ID: "X-H1001"}, {Role: "tech", ID: "X-H1001"}},
	}},
	{"domain:renew", world.Acme, flow.DomainRenew{
		Name: world.Name("shop.co"), CurrentExpiry: time.Date(2028, 3, 1, 0, 0, 0, 0, time.UTC), Years: 2,
	}},
	{"domain:update", world.Acme, flow.DomainUpdate{
		Name:   world.Name("shop.co"),
		Add:    flow.DomainEdit{Nameservers: world.Names("ns1.example.net"), Statuses: []registry.Status{registry.ClientHold}},
		Remove: flow.DomainEdit{Nameservers: world.Names("ns1.shop.co")},
	}},
	{"domain:update if it is unchanged", world.Acme, flow.IfUnchanged{
		Command: flow.DomainUpdate{Name: world.Name("shop.co"), AuthInfo: new("another")}, Kind: registry.KindDomain, ID: "shop.co", Version: 6,
	}},
	{"domain:transfer", world.Acme, flow.DomainTransfer{Name: world.Name("other.co"), AuthInfo: new("domain-secret")}},
	{"domain:transfer in auto-renew grace", world.Other, flow.DomainTransfer{Name: world.Name("shop.co"), AuthInfo: new("domain-secret"), Years: 2}},
	{"domain:transfer approved", world.Other, flow.DomainTransferEnd{Name: world.Name("asked.co"), How: registry.TransferClientApproved}},
	{"domain:transfer rejected", world.Other, flow.DomainTransferEnd{Name: world.Name("asked.co"), How: registry.TransferClientRejected}},
	{"domain:transfer cancelled", world.Acme, flow.DomainTransferEnd{Name: world.Name("asked.co"), How: registry.TransferClientCancelled}},
	{"domain:update of a name that time has moved", world.Acme, flow.DomainUpdate{Name: world.Name("moved.co"), AuthInfo: new("new-secret")}},
	{"domain:restore", world.Other, flow.DomainRestore{Update: flow.DomainUpdate{Name: world.Name("gone.co"), Empty: true}}},
	{"contact:transfer", world.Acme, flow.ContactTransfer{ID: "X-H1002", AuthInfo: new("contact-secret")}},
	{"contact:transfer approved", world.Other, flow.ContactTransferEnd{ID: "ASKED", How: registry.TransferClientApproved}},
	{"host:update below a name that time has moved", world.Acme, flow.HostUpdate{
		Name: world.Name("ns1.moved.co"), Add: flow.HostEdit{Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.44")}},
	}},
	{"domain:delete", world.Acme, flow.DomainDelete{Name: world.Name("shop.co")}},
	{"domain:delete in add grace", world.Acme, flow.DomainDelete{Name: world.Name("young.co")}},
	{"host:create", world.Acme, flow.HostCreate{
		Name: world.Name("ns9.shop.co"), Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.9")},
	}},
	{"host:update", world.Acme, flow.HostUpdate{
		Name: world.Name("ns1.shop.co"), NewName: world.Name("ns7.shop.co"),
		Add: flow.HostEdit{Addresses: []netip.Addr{netip.MustParseAddr("2001:db8::7")}},
	}},
	{"host:delete", world.Acme, flow.HostDelete{Name: world.Name("ns2.example.net")}},
	{"contact:create", world.Acme, flow.ContactCreate{
		ID: "NEW", Voice: &registry.Phone{Number: "+57.6015550100"}, Email: "ana@example.com",
		Int: &registry.Postal{Name: "Ana", Street: []string{"Calle 10"}, City: "Bogota", Postcode: "1", Country: "co"},
	}},
	{"contact:create of one to purge", world.Other, flow.ContactCreate{
		ID: "LAST", Voice: &registry.Phone{Number: "+57.6015550100"}, Email: "ana@example.com",
		Int: &registry.Postal{Name: "Ana", Street: []string{"Calle 10"}, City: "Bogota", Postcode: "1", Country: "co"},
	}},
	{"contact:update", world.Acme, flow.ContactUpdate{ID: "x-h1001", Email: new("eva@example.com")}},
	{"contact:delete", world.Acme, flow.ContactDelete{ID: "UNUSED"}},
	{"registrar:create", "", flow.RegistrarCreate{Registrar: registry.Registrar{ID: "H7777"}}},
	{"registrar:hold", "", flow.RegistrarHold{Registrar: world.Acme, Reason: "the balance is below the minimum"}},
	{"registrar:set", "", flow.RegistrarSet{Act: act(world.Acme), Email: new("new@example.com"), PremiumsUnavailable: new(true)}},
	{"registrar:suspend", "", flow.RegistrarSuspend{Act: act(world.Acme)}},
	{"registrar:resume", "", flow.RegistrarSuspend{Act: act(world.Suspended), Resume: true}},
	{"registrar:replace-password", "", flow.RegistrarPassword{Act: act(world.Acme), To: "another hash"}},
	{"registrar:add-network", "", flow.RegistrarNetwork{Act: act(world.Acme), Network: netip.MustParsePrefix("203.0.113.0/24")}},
	{"registrar:deposit", "", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 500, Reference: "R-1"}},
	{"registrar:deposit by two people", "", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 100_000_01, Reference: "R-2"}},
	{"registrar:limits", "", flow.RegistrarLimits{
		Act: act(world.Acme), CreditLimit: new(ledger.Money(500_00)), EmergencyCredit: new(ledger.Money(100_00)),
		EmergencyUntil: time.Date(2027, 5, 10, 0, 0, 0, 0, time.UTC),
	}},
	{"money:approve", "", flow.MoneyDecide{ID: "H1002-2", Author: "eva", Reason: "the bank's paper", Approve: true}},
	{"money:reject", "", flow.MoneyDecide{ID: "H1002-2", Author: "eva", Reason: "no such paper"}},
	{"money:credit", "", flow.Adjustment{Act: act(world.Acme), What: registry.MoneyCredit, Amount: 5_00}},
	{"money:debit", "", flow.Adjustment{Act: act(world.Acme), What: registry.MoneyDebit, Amount: 5_00}},
	{"money:write-off", "", flow.Adjustment{Act: act(inDebt), What: registry.MoneyWriteOff, Amount: 1010_00}},
	{"money:reverse", "", flow.Reversal{Author: "ana", Reason: "of another", Of: "H1001-1"}},
	{"money:waive", "", flow.FeeWaiver{Act: act(inDebt), Charge: inDebt + "/hold/2027-2/Reinstatement"}},
	{"registrar:limit", "", flow.RegistrarLimit{Restriction: restriction(world.Acme), Limit: registry.CommandLimit{
		Scope: registry.Scope{Command: "check", ID: "Shop.CO"}, Count: 10, Per: time.Second,
	}}},
	{"registrar:sessions", "", flow.RegistrarSessions{Restriction: restriction(world.Acme), Most: 5}},
	{"registrar:cache", "", flow.RegistrarCache{Restriction: restriction(world.Acme), Age: time.Minute}},
	{"registrar:replace-files-password", world.Acme, flow.RegistrarPassword{Act: own(world.Acme), To: "another hash", Files: true}},
	{"registrar:certificate-upload", world.Acme, flow.CertificateUpload{
		Act: own(world.Acme), PEM: world.Certificate("a client", time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)),
	}},
	{"registrar:certificate-issue", world.Acme, flow.CertificateIssue{Act: own(world.Acme), Request: world.CertificateRequest("a client")}},
	{"time:warn", "", flow.CertificateWarn{Limit: 10}},
	{"registrar:certificate-add", "", flow.CertificateAdd{Registrar: world.Acme, Certificate: certificate("ab")}},
	{"registrar:certificate-remove", "", flow.CertificateRemove{Registrar: "H7001", Fingerprint: "c0ff"}},
	{"domain:set-status", "", flow.DomainStatusSet{
		Deed: deed(), Name: world.Name("shop.co"), StatusEdit: flow.StatusEdit{Add: []registry.Status{registry.ServerHold}},
	}},
	{"host:set-status", "", flow.HostStatusSet{
		Deed: deed(), Name: world.Name("ns1.shop.co"), StatusEdit: flow.StatusEdit{Add: []registry.Status{registry.ServerUpdateProhibited}},
	}},
	{"contact:set-status", "", flow.ContactStatusSet{
		Deed: deed(), ID: "unused", StatusEdit: flow.StatusEdit{Add: []registry.Status{registry.ServerDeleteProhibited}},
	}},
	{"domain:delete by the operator", "", flow.OperatorDelete{Deed: deed(), Name: world.Name("shop.co")}},
	{"domain:delete by the operator in add grace", "", flow.OperatorDelete{Deed: deed(), Name: world.Name("young.co")}},
	{"domain:delete by the operator that ends a transfer", "", flow.OperatorDelete{Deed: deed(), Name: world.Name("asked.co"), EndTransfer: true}},
	{"domain:approve", "", flow.DomainTransferDecide{Deed: deed(), Name: world.Name("asked.co"), Approve: true}},
	{"domain:reject", "", flow.DomainTransferDecide{Deed: deed(), Name: world.Name("asked.co")}},
	{"contact:approve", "", flow.ContactTransferDecide{Deed: deed(), ID: "asked", Approve: true}},
	{"domain:follow-ds", "", flow.DSFollow{
		Scan:  registry.ChildScan{Name: world.Name("shop.co"), ROID: "D5-CO", Began: time.Date(2027, 4, 30, 12, 0, 0, 0, time.UTC)},
		Basis: flow.BySignal, DS: []registry.DS{childDS}, Servers: world.Names("ns1.shop.co"),
	}},
	{"zone:enrol-children", "", flow.ChildrenEnrol{New: []registry.ChildScan{{Name: world.Name("young.co"), ROID: "D99-CO"}}}},
	{"zone:scan-children", "", flow.ChildrenScanned{Scans: []registry.ChildScan{{
		Name: world.Name("shop.co"), ROID: "D5-CO", Began: time.Date(2027, 4, 30, 12, 0, 0, 0, time.UTC), Result: registry.ChildRefused,
		ChildNews: registry.ChildNews{Why: "a wrong key has signed its CDS"},
	}}}},
	{"zone:hint-children", "", flow.ChildrenHinted{Names: world.Names("shop.co", "free.co")}},
	{"price:set", "", flow.PriceSet{Prices: []registry.NamePrice{{Name: world.Name("gold.co"), Tier: 5}}}},
	{"price-list:begin", "", flow.PriceListBegin{Act: act(""), Names: 1, Digest: "another"}},
	{"price-list:drop", "", flow.PriceListDrop{Act: act(""), List: 1}},
	{"price-list:sweep", "", flow.PriceListSweep{Limit: 10}},
	{"promotion:add", "", flow.PromotionAdd{Promotion: registry.Promotion{
		ID: "new", Percent: 10, Operations: []string{"renew"}, Author: "ana", Reason: "a test",
	}}},
	{"promotion:end", "", flow.PromotionEnd{ID: "three", Author: "ana", Reason: "a test"}},
	{"domain:create with a promotion", world.Acme, flow.DomainCreate{
		Name: world.Name("three.co"), Years: 3, Registrant: "X-H1001",
		Contacts: []flow.Role{{Role: "admin", ID: "X-H1001"}, {Role: "tech", ID: "X-H1001"}},
	}},
	{"listing:add", "", flow.ListingAdd{Listings: []registry.Listing{{Name: world.Name("gold.co"), Kind: registry.Banned, Reason: "a test"}}}},
	{"listing:remove", "", flow.ListingRemove{Name: world.Name("listed.co"), Kind: registry.Reserved}},
	{"allocation:make", "", flow.AllocationMake{Name: world.Name("listed.co")}},
	{"allocation:cancel", "", flow.AllocationCancel{Name: world.Name("coded.co")}},
	{"domain:create with a code", world.Acme, flow.DomainCreate{
		Name: world.Name("coded.co"), Registrant: "X-H1001", AuthInfo: everyCode,
		Contacts: []flow.Role{{Role: "admin", ID: "X-H1001"}, {Role: "tech", ID: "X-H1001"}},
	}},
	{"time:settle", "", flow.Settle{Limit: 100}},
	{"month:limit", "", flow.AddGraceCharge{Month: "2026-03", Charges: []string{"TRIED"}}},
	{"month:close", "", flow.MonthClose{
		Month: "2026-03", Series: "INV-", First: 1, Issuer: registry.Issuer{Name: "A registry"},
		Drafts: []flow.Draft{{
			Invoice: registry.Invoice{Month: "2026-03", To: registry.Recipient{ID: world.Acme}, Lines: []registry.InvoiceLine{{Type: ledger.Renewal, Count: 1, Amount: 1}}},
			Balance: registry.MonthBalance{Month: "2026-03", Party: ledger.Party(world.Acme)},
		}},
		Fees: []registry.Proposal{{Year: 2026, Registrar: world.Acme, Amount: 1, State: registry.Proposed}},
	}},
	{"registrar:confirm-fee", "", flow.ProposalDecide{Act: act(world.Acme), Year: 2025}},
	{"registrar:waive-fee", "", flow.ProposalDecide{Act: act(world.Acme), Year: 2025, Waive: true}},
	{"time:seal", "", flow.Seal{Most: 1000}},
	{"poll:ack", world.Acme, flow.PollAck{ID: "7"}},
	{"poll:ack of what is shown", world.Acme, flow.MessagesAck{Through: 7}},
	{"poll:ack of all", world.Acme, flow.MessagesAck{Through: 1 << 62, Before: true}},
	{"bulk:make", world.Acme, flow.BulkMake{
		ID: "bulk-that-is-made", Names: []string{"shop.co", "no name"}, Act: registry.BulkAct{Kind: registry.BulkDelete}, User: "eva",
	}},
	{"bulk:preview", "", flow.BulkPreviewed{
		Job: registry.BulkJob{Registrar: world.Acme, ID: bulkNew},
		Items: []registry.BulkItem{{
			Registrar: world.Acme, Job: bulkNew, Number: 1, Result: registry.BulkFits, From: registry.BulkNew, Price: 1,
		}},
	}},
	{"bulk:start", world.Acme, flow.BulkStart{ID: bulkReady}},
	{"bulk:stop", world.Acme, flow.BulkStop{ID: bulkNew, User: "eva"}},
	{"bulk:remove", world.Acme, flow.BulkRemove{ID: bulkReady}},
	{"bulk step", world.Other, flow.BulkStep{
		Job: registry.BulkJob{ID: bulkRuns, Act: registry.BulkAct{Kind: registry.BulkRenew}}, Number: 1, Name: "other.co",
	}},
	{"bulk:finish", "", flow.BulkFinish{Registrar: world.Deleter, Job: bulkRuns}},
	{"bulk:expire", "", flow.BulkExpire{Registrar: world.Poor, Job: bulkNew}},
	{"registrar:poll", "", flow.RegistrarPoll{Registrar: world.Acme, Off: true}},
	{"time:expire", "", flow.PollExpire{Limit: 10}},
	{"maintenance:create", "", flow.MaintenanceAdd{Maintenance: maintenance}},
	{"maintenance:update", "", flow.MaintenanceChange{Maintenance: renamedMaintenance}},
	{"maintenance:delete", "", flow.MaintenanceCancel{ID: "M-1"}},
	{"time:tell", "", flow.Tell{Limit: 2}},
	{"time:sweep", "", flow.MailSweep{Limit: 10}},
	{"mail:tried, sent", "", flow.MailTried{ID: 7, Result: flow.MailSent}},
	{"mail:tried, put off", "", flow.MailTried{ID: 7, Result: flow.MailPutOff, Problem: "450 later", Again: time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC), All: true}},
	{"mail:retry", "", flow.MailRetry{ID: 7, Author: "ana"}},
	{"mail:drop", "", flow.MailDrop{ID: 7, Author: "ana"}},
	{"registrar:notice", "", flow.RegistrarNotice{Act: act(world.Acme), Event: registry.EventAutoRenewed, Mail: flow.SwitchOn}},
	{"zone:publish", "", flow.ZonesPublished{
		Marks: []registry.Mark{{Kind: registry.MarkDomain, Name: world.Name("shop.co")}},
		Steps: []registry.ZoneStep{{
			State: registry.ZoneState{Origin: world.Name("co"), Position: 1, Serial: 1},
			Left:  world.Names("shop.co"), Back: world.Names("other.co"),
			Receipts: []registry.ZoneReceipt{{Name: world.Name("shop.co"), Origin: world.Name("co")}},
		}},
	}},
	{"zone:publish, set aside", "", flow.ZonesPublished{
		Aside: []registry.MarkAside{{Mark: registry.Mark{Kind: registry.MarkDomain, Name: world.Name("shop.co")}, Records: []byte("records")}},
		Holds: []registry.ZoneHold{{Origin: world.Name("net.co"), Since: time.Date(2027, 4, 30, 12, 0, 0, 0, time.UTC), Waiting: 1}},
	}},
	{"zone:resume", "", flow.ZonesResumed{Holds: []registry.ZoneHold{{Origin: world.Name("net.co")}}}},
	{"zone:jump", "", flow.ZoneJump{Act: flow.Act{Author: "ana", Reason: "restored"}, Zone: world.Name("net.co"), To: new(uint32(7))}},
	{"zone:release", "", flow.ZoneRelease{Act: flow.Act{Author: "ana", Reason: "meant"}, Zone: world.Name("net.co")}},
	{"zone:keep", "", flow.ZonesKept{
		Pages: []registry.ZonePage{{Origin: world.Name("co"), Number: 7}},
		Bases: []registry.ZoneBase{{Origin: world.Name("co"), Base: 1}},
	}},
	{"access-token:issue", "", flow.AccessTokenIssue{Act: act(world.Acme), Role: registry.AccessRegistrar, Holder: "its desk", Days: 30}},
	{"access-token:revoke", "", flow.AccessTokenRevoke{Act: act(""), ID: everyToken}},
	{"access:record", "", flow.AccessRecord{Caller: flow.Caller{Who: "H1001"}, Query: "domain/shop.co"}},
	{"zone-key:make", "", flow.ZoneKeysMade{Zone: world.Name("net.co"), Keys: zoneKeys(7)}},
	{"zone-key:import", "", flow.ZoneKeysImport{Act: act(""), Zone: world.Name("co"), Keys: zoneKeys(7)}},
	{"zone-key:advance", "", flow.ZoneKeysAdvance{Zone: world.Name("co"), Policy: dnssec.DefaultPolicy()}},
	{"zone-key:reseal", "", resealing()},
	{"zone-key:rollover", "", flow.ZoneRollover{Act: act(""), Zone: world.Name("co"), Role: registry.ZSK, Urgent: true}},
	{"zone-key:unsign", "", flow.ZoneUnsign{Act: act(""), Zone: world.Name("com.co")}},
	{"zone-key:ds-seen", "", flow.ZoneDSSeen{Act: act(""), Zone: world.Name("com.co")}},
}...)

// An everyRow is a command that succeeds in the world of everyWorld.
type everyRow struct {
	name string
	who  registry.RegistrarID
	cmd  flow.Command
}

// commandsElsewhere are commands with a test of their own instead of a place in the list.
var commandsElsewhere = []string{"DeficiencyDelete", "Refused", "PasswordChange", "PriceListStage", "PriceListPublish"}

// everyCode is the allocation code of coded.co in everyWorld.
const everyCode = "the code of coded.co"

// everyToken is an access token in everyWorld.
const everyToken = "0123456789abcdef"

// everyWorld is a registry in which much is due: shop.co has renewed itself, and lapsed.co waits for
// its purge with a host below it that user.co is delegated to and a contact that only it linked. shop.co links the
// contact ONCE, which no other name does, and WAITS was linked until half a day ago.
func everyWorld(t *testing.T) *world.World {
	w := world.Kept(t, "every", makeEveryWorld)
	followEverywhere(w) // which is of the service
	return w
}

// followEverywhere lets the DS of all names follow their children.
func followEverywhere(w *world.World) {
	w.Service.Profile.Versions[0].Terms.DSAutomation.Zones = []string{"*"}
}

func makeEveryWorld(t testing.TB) *world.World {
	w := world.New(t, "2026-03-01T12:00:00Z")
	followEverywhere(w)
	w.Do("", published("net.co"))
	w.Do("", held(w, "net.co", ""))
	w.Host(world.Acme, "ns1.example.net")
	w.Host(world.Acme, "ns2.example.net")
	w.Do("", flow.RegistrarCreate{Registrar: registry.Registrar{ID: "H7001", Certificates: []string{"c0ffee"}, Certified: []registry.Certificate{
		{Fingerprint: "c0ffee", Subject: "CN=H7001", NotAfter: time.Date(2027, 5, 20, 0, 0, 0, 0, time.UTC)},
	}}})
	w.Exec(`INSERT INTO issue (serial, registrar, fingerprint, issued, not_after, author, pem) VALUES ('5e', 'H1001', 'ab', 1, 2, 'eva', 'PEM')`)
	w.Contact(world.Acme, "UNUSED")
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	w.Do(world.Acme, flow.DomainUpdate{
		Name: world.Name("shop.co"), Add: flow.DomainEdit{Nameservers: world.Names("ns1.shop.co")},
	})
	w.Domain(world.Deleter, "lapsed.co")
	w.Host(world.Deleter, "ns1.lapsed.co", "192.0.2.2")
	w.Domain(world.Acme, "user.co", "ns1.lapsed.co")
	linkOnce(w, world.Deleter, "lapsed.co", "LAST")
	linkOnce(w, world.Acme, "shop.co", "ONCE")
	w.Queue(7, world.Acme, registry.TextNotice{Text: "an old one"})
	w.Mail(7, registry.Mail{Registrar: world.Acme, To: "ana@example.com", Notice: registry.TextNotice{Text: "an old one"}})
	w.Domain(world.Deleter, "weiss.co")
	for _, name := range []string{"listed.co", "coded.co"} {
		w.Do("", flow.ListingAdd{Listings: []registry.Listing{{Name: world.Name(name), Kind: registry.Reserved, Reason: "a test"}}})
	}
	w.Allocate("coded.co", everyCode)
	w.Exec(`INSERT INTO access_token (id, version, issued, ends, hash, body)
VALUES ('0123456789abcdef', 1, 0, 9000000000000000, 'x', '{"ID":"0123456789abcdef","Version":1,"Role":"operator","Holder":"ana","Issued":{"Since":"2026-03-01T12:00:00Z","Until":"2100-01-01T00:00:00Z"}}')`)
	for _, name := range []string{"other.co", "asked.co", "moved.co", "gone.co"} {
		w.Domain(world.Other, name)
	}
	w.Contact(world.Other, "ASKED")
	w.Host(world.Other, "ns1.moved.co", "192.0.2.4")
	bulkIsOld(w)
	w.At("2026-04-15T12:00:00Z") // March is settled, and nobody has closed it
	w.Settle()
	inBooks(w)
	w.At("2027-04-20T12:00:00Z") // moved.co moves five days later, and nobody has written that down
	w.Do(world.Acme, flow.DomainTransfer{Name: world.Name("moved.co"), AuthInfo: new("domain-secret")})
	w.At("2027-04-30T00:00:00Z")
	linkOnce(w, world.Acme, "shop.co", "WAITS")
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Remove: billingContact("WAITS")})
	w.At("2027-04-30T12:00:00Z")
	w.Do(world.Acme, flow.DomainTransfer{Name: world.Name("asked.co"), AuthInfo: new("domain-secret")})
	w.Do(world.Acme, flow.ContactTransfer{ID: "ASKED", AuthInfo: new("contact-secret")})
	w.Do(world.Other, flow.DomainDelete{Name: world.Name("gone.co")})
	w.Domain(world.Acme, "young.co", "ns1.shop.co")
	w.Maintain(renamedMaintenance)
	runIntoDebt(w)
	inBulk(w)
	w.Do("", flow.Deposit{Author: "ana", Registrar: world.Other, Amount: 100_000_01, Reference: "R-3"})
	importPrices(w, "2037-01-01T00:00:00Z", registry.PriceEntry{Name: world.Name("gold.co"), Tier: 3})
	dropped := importPrices(w, "2038-01-01T00:00:00Z", registry.PriceEntry{Name: world.Name("iron.co"), Tier: 1})
	w.Do("", flow.PriceListDrop{Act: act(""), List: dropped.ID})
	w.Do("", flow.PromotionAdd{Promotion: registry.Promotion{
		ID: "three", Percent: 25, Operations: []string{"create"}, Years: []int{3}, Uses: 1, Author: "ana", Reason: "a test",
	}})
	w.Do("", flow.ZoneKeysMade{Zone: world.Name("co"), Keys: zoneKeys(1)})
	awaitDS(w, "com.co")
	putEveryUser(w)
	return w
}

// inBooks puts a registration that was undone in March into the books, a month
// that is closed, and a fee that is proposed.
func inBooks(w *world.World) {
	w.T.Helper()
	at := w.Now().AddDate(0, -1, 0).UnixMicro()
	w.Exec(`INSERT INTO charge (id, party, object, subject, type, amount, at, posts_at, grace_days, authorises, state, ended)
VALUES ('TRIED', 'H1001', 'D0-CO', 'tried.co', 'Registration', 2000, $1, $1, 5, FALSE, 'released', $1)`, at)
	w.Exec(`INSERT INTO billing_month (month, until, closed, body) VALUES ('2026-02', 0, 0, '{"Month":"2026-02","Series":"OLD-","First":7,"Last":7}')`)
	w.Exec(`INSERT INTO invoice (series, number, month, party, total, body) VALUES ('OLD-', 7, '2026-02', 'H1001', 0, '{"Series":"OLD-","Number":7}')`)
	w.Exec(`INSERT INTO fee_proposal (year, party, state, body)
VALUES (2025, 'H1001', 'proposed', '{"Year":2025,"Registrar":"H1001","Required":500,"Amount":50000,"State":"proposed"}')`)
}

// inDebt is a registrar of everyWorld that owes 1010.00: 10.00, and the fee of its second hold of 2027.
const inDebt = "H7001"

// runIntoDebt puts inDebt on hold twice.
func runIntoDebt(w *world.World) {
	for _, kind := range []registry.MoneyKind{registry.MoneyDebit, registry.MoneyCredit, registry.MoneyDebit} {
		w.Do("", flow.Adjustment{Act: act(inDebt), What: kind, Amount: 10_00})
	}
}

// linkOnce makes a contact, and a name link it as its billing contact.
func linkOnce(w *world.World, who registry.RegistrarID, name, contact string) {
	w.T.Helper()
	w.Contact(who, contact)
	w.Do(who, flow.DomainUpdate{Name: world.Name(name), Add: billingContact(contact)})
}

// No command is left out of the tests that run over all of them: the names of all types with a
// Subject are taken from the source.
func TestEveryCommandIsListed(t *testing.T) {
	listed := slices.Clone(commandsElsewhere)
	for _, c := range everyCommand {
		listed = append(listed, reflect.TypeOf(bare(c.cmd)).Name())
	}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("the source of the flows: %v, %v", files, err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Name.Name != "Subject" || f.Recv == nil {
				continue
			}
			if name := f.Recv.List[0].Type.(*ast.Ident).Name; !slices.Contains(listed, name) {
				t.Errorf("command %s is in neither everyCommand nor commandsElsewhere", name)
			}
		}
	}
}

// Every database operation of every command fails once: the command fails too, and leaves nothing
// behind. The loop ends when the command gets through, which is what was explained of it before.
func TestFaultsLeaveNothing(t *testing.T) {
	for _, test := range everyCommand {
		t.Run(strings.ReplaceAll(test.name, " ", "-"), func(t *testing.T) {
			w := everyWorld(t)
			before := w.Dump() + w.Rows("SELECT * FROM log ORDER BY id")
			isExplained(t, w, test.who, test.cmd)
			for n := 0; ; n++ {
				w.Fault.After(n)
				_, err := w.Run(test.who, test.cmd)
				operations := w.Fault.Disarm()
				if err == nil {
					t.Logf("%d operations", operations)
					break
				}
				if operations <= n {
					t.Fatalf("no operation failed, and the command said %v", err)
				}
				if after := w.Dump() + w.Rows("SELECT * FROM log ORDER BY id"); after != before {
					t.Fatalf("operation %d failed: the command said %v, and left\n%s", n, err, after)
				}
				if n > operations { // none was left to fail
					t.Fatalf("without a fault the command says %v", err)
				}
			}
			w.CheckInvariants()
			if w.Dump() == before && test.name != "zone:publish" {
				t.Error("the command succeeded and changed nothing")
			}
		})
	}
}

// A refused command leaves its line in the transaction log and nothing else; what time did to the
// objects that it read is not written down by it either.
func TestRefusalsLeaveOnlyTheirLogRow(t *testing.T) {
	for _, test := range everyCommand {
		if !test.cmd.Subject().Logged {
			continue
		}
		t.Run(strings.ReplaceAll(test.name, " ", "-"), func(t *testing.T) {
			w := everyWorld(t)
			before, rows := w.Dump(), w.Rows("SELECT COUNT(*) FROM log")
			if _, err := w.Run(world.Suspended, test.cmd); err == nil {
				t.Fatal("a suspended registrar's command succeeded")
			}
			if after := w.Dump(); after != before {
				t.Errorf("a refused command left\n%s\nwhere there was\n%s", after, before)
			}
			if w.Rows("SELECT COUNT(*) FROM log") == rows {
				t.Error("a refused command left no line in the transaction log")
			}
		})
	}
}
