package mail

import (
	"bytes"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

var update = flag.Bool("update", false, "write the golden mails")

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// A sample is a notice to one side, in a file of its name.
type sample struct {
	name   string
	to     registry.RegistrarID
	notice registry.Notice
}

// samples are all events, from each side and with all that their texts depend on.
func samples() []sample {
	return slices.Concat(transferSamples(), domainSamples(), otherSamples(), userSamples())
}

func transferSamples() []sample {
	transfer := registry.TransferNotice{
		Object: "domain", Name: "cafemio.co", Gaining: "R2001", Losing: "R3001",
		Requested: at("2026-03-01T12:00:00Z"), Answer: at("2026-03-06T12:00:00Z"),
	}
	with := func(status registry.TransferStatus, expires string) registry.TransferNotice {
		n := transfer
		n.Status = status
		if expires != "" {
			n.Expires = at(expires)
		}
		return n
	}
	of := func(n registry.TransferNotice, by registry.Ender) registry.TransferNotice {
		n.By = by
		return n
	}
	contact := func(n registry.TransferNotice) registry.TransferNotice {
		n.Object, n.Name = "contact", "CAFE-1"
		return n
	}
	const renewed = "2028-03-01T23:59:59Z"
	return []sample{
		{"transfer-requested-losing", "R3001", with(registry.TransferPending, renewed)},
		{"transfer-requested-gaining", "R2001", with(registry.TransferPending, renewed)},
		{"transfer-requested-contact", "R3001", contact(with(registry.TransferPending, ""))},
		{"transfer-approved-gaining", "R2001", with(registry.TransferClientApproved, renewed)},
		{"transfer-approved-by-registry", "R3001", with(registry.TransferServerApproved, renewed)},
		{"transfer-approved-by-time", "R3001", of(with(registry.TransferServerApproved, renewed), registry.EndedByTime)},
		{"transfer-approved-by-operator", "R2001", of(with(registry.TransferServerApproved, renewed), registry.EndedByOperator)},
		{"transfer-approved-contact", "R2001", contact(with(registry.TransferClientApproved, ""))},
		{"transfer-rejected-gaining", "R2001", with(registry.TransferClientRejected, "")},
		{"transfer-rejected-by-registry", "R3001", with(registry.TransferServerRejected, "")},
		{"transfer-rejected-by-operator", "R3001", of(with(registry.TransferServerRejected, ""), registry.EndedByOperator)},
		{"transfer-rejected-contact", "R2001", contact(with(registry.TransferClientRejected, ""))},
		{"transfer-cancelled-losing", "R3001", with(registry.TransferClientCancelled, "")},
		{"transfer-cancelled-by-registry", "R2001", with(registry.TransferServerCancelled, "")},
		{"transfer-cancelled-contact", "R2001", contact(of(with(registry.TransferServerCancelled, ""), registry.EndedByOperator))},
	}
}

func domainSamples() []sample {
	name := names.MustParse("cafemio.co")
	d := registry.Domain{Name: name, Expires: at("2027-03-01T23:59:59Z"), Restored: at("2026-05-02T08:00:00Z")}
	deletion := registry.Deletion{
		At: at("2026-03-02T00:00:00Z"), RestorableTil: at("2026-04-01T00:00:00Z"), PurgeAt: at("2026-04-06T00:01:17Z"),
	}
	step := func(e registry.Event, op string, edit func(*registry.Domain)) registry.ChangeNotice {
		d := d
		edit(&d)
		return registry.ChangeNotice{
			Step: e, Operation: op, At: at("2026-03-02T00:00:00Z"), SvTRID: "DORADO-77", Who: "registry", Domain: &d,
			Text: "Domain cafemio.co has changed.",
		}
	}
	graced := func(kind registry.GraceKind) func(*registry.Domain) {
		return func(d *registry.Domain) {
			d.Graces = []registry.Grace{{Kind: kind, Until: at("2026-04-16T00:00:00Z"), Amount: 20_00}}
		}
	}
	deleted := func(d *registry.Domain) { d.Deletion = deletion }
	plain := func(*registry.Domain) {}
	suspended := func(d *registry.Domain) {
		d.Suspension = registry.Suspension{At: d.Expires, Until: at("2027-04-15T23:59:59Z")}
	}
	renewed := func(n registry.ChangeNotice, why registry.Renewal) registry.ChangeNotice {
		n.Renewal = why
		if why == registry.RenewedAsAsked {
			n.Domain.Transfer = registry.Transfer{Status: registry.TransferPending, Gaining: "R3001", Losing: "R2001"}
		}
		if why == registry.RenewedLocked {
			n.Domain.Statuses = []registry.Status{registry.ServerDeleteProhibited}
		}
		return n
	}
	refusedDS := func(n registry.ChangeNotice) registry.ChangeNotice {
		n.Detail, n.Why = "ds-refused", "<what the scan found, in English>"
		return n
	}
	autoRenewed := func() registry.ChangeNotice {
		return step(registry.EventAutoRenewed, "autoRenew", graced(registry.AutoRenewGrace))
	}
	restored := func() registry.ChangeNotice {
		return step(registry.EventRestoreRenewed, "autoRenew", graced(registry.RenewGrace))
	}
	action := func(operation string, edit func(*registry.Domain)) registry.ChangeNotice {
		n := step(registry.EventRegistryAction, operation, edit)
		n.CaseType, n.CaseID, n.Why = "udrp", "D2026-0001", "<words of the operator>"
		return n
	}
	locked := action("update", plain)
	locked.Set = []registry.Status{registry.ServerDeleteProhibited, registry.ServerHold}
	locked.Lifted = []registry.Status{registry.ServerRenewProhibited}
	purged := action("delete", plain)
	purged.Detail, purged.CaseType = "purge", "custom"
	return []sample{
		{"auto-renewed", "R2001", autoRenewed()},
		{"auto-renewed-as-set", "R2001", renewed(autoRenewed(), registry.RenewedAsSet)},
		{"auto-renewed-in-transfer", "R2001", renewed(autoRenewed(), registry.RenewedAsAsked)},
		{"auto-renewed-locked", "R2001", renewed(autoRenewed(), registry.RenewedLocked)},
		{"auto-deleted", "R2001", step(registry.EventAutoDeleted, "autoDelete", deleted)},
		{"suspended", "R2001", step(registry.EventSuspended, "update", suspended)},
		{"suspended-lapses", "R2001", renewed(step(registry.EventSuspended, "update", suspended), registry.NotRenewed)},
		{"suspended-locked", "R2001", renewed(step(registry.EventSuspended, "update", suspended), registry.RenewedLocked)},
		{"deleted", "R2001", step(registry.EventDeleted, "delete", deleted)},
		{"deleted-at-once", "R2001", step(registry.EventDeleted, "delete", plain)},
		{"purged", "R2001", registry.PendingActionNotice{Name: "cafemio.co", Done: true, ClTRID: "ABC-1", SvTRID: "DORADO-77", At: at("2026-04-06T00:01:17Z")}},
		{"purged-not", "R2001", registry.PendingActionNotice{Name: "cafemio.co", SvTRID: "DORADO-77", At: at("2026-04-06T00:01:17Z")}},
		{"restore-renewed", "R2001", renewed(restored(), registry.RenewedAsSet)},
		{"restore-renewed-in-transfer", "R2001", renewed(restored(), registry.RenewedAsAsked)},
		{"restore-renewed-locked", "R2001", renewed(restored(), registry.RenewedLocked)},
		{"restore-lapsed", "R2001", step(registry.EventRestoreLapsed, "autoDelete", deleted)},
		{"ds-followed", "R2001", step(registry.EventDSFollowed, "update", func(d *registry.Domain) {
			d.DS = []registry.DSRecord{{DS: registry.DS{KeyTag: 4711, Algorithm: 13, DigestType: 2, Digest: strings.Repeat("AB", 32)}}}
		})},
		{"ds-followed-off", "R2001", step(registry.EventDSFollowed, "update", plain)},
		{"ds-refused", "R2001", refusedDS(step(registry.EventDSRefused, "custom", plain))},
		{"registry-action", "R2001", locked},
		{"registry-action-delete", "R2001", action("delete", deleted)},
		{"registry-action-purge", "R2001", purged},
	}
}

func otherSamples() []sample {
	host := registry.Host{
		Name: names.MustParse("ns1.condor.co"), Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")},
		Superordinate: registry.DomainRef{ROID: "D9-CO", Name: names.MustParse("condor.co")},
	}
	contact := registry.Contact{ID: "ANA-ñ", PurgeAt: at("2026-03-03T12:00:00Z")}
	change := registry.ChangeNotice{At: at("2026-03-02T12:00:00Z"), SvTRID: "DORADO-77", Who: "R3001", Text: "A sentence."}
	with := func(e registry.Event, op string, edit func(*registry.ChangeNotice)) registry.ChangeNotice {
		n := change
		n.Step, n.Operation = e, op
		edit(&n)
		return n
	}
	maintenance := registry.Maintenance{
		ID: "M-1", Name: "<New switches>", Environment: "production",
		Systems: []registry.MaintenanceSystem{{Name: "EPP", Host: "epp.registry.example", Impact: registry.ImpactFull}, {Name: "WHOIS", Impact: registry.ImpactPartial}},
		Starts:  at("2027-06-01T02:00:00Z"), Ends: at("2027-06-01T04:00:00Z"),
		Detail: "https://registry.example/maintenance", Zones: []string{"co", "com.co"},
	}
	busy := maintenance
	busy.Emergency, busy.Connection, busy.Implementation, busy.Description = true, true, true, "<Connect to the new address.>"
	list := []sample{
		{"host-renamed", "R2001", with(registry.EventHostRenamed, "update", func(n *registry.ChangeNotice) { n.Host, n.Former = &host, "ns0.condor.co" })},
		{"host-gone", "R2001", with(registry.EventHostGone, "delete", func(n *registry.ChangeNotice) { n.Host = &host })},
		{"contact-linger", "R2001", with(registry.EventContactLinger, "update", func(n *registry.ChangeNotice) { n.Contact = &contact })},
		{"contact-purged", "R2001", with(registry.EventContactPurged, "autoPurge", func(n *registry.ChangeNotice) { n.Contact = &contact })},
		{"certificate-ends", "R2001", registry.CertificateNotice{
			Fingerprint: strings.Repeat("ab", 32), Subject: "CN=R2001", NotAfter: at("2026-04-01T12:00:00Z"),
		}},
		{"low-balance", "R2001", registry.LowBalanceNotice{Available: 12_50, Threshold: 100_00}},
		{"account-hold", "R2001", registry.AccountNotice{
			Step: registry.EventAccountHold, Balance: -1020_00, Available: -1020_00, Minimum: 100_00, Amount: 1000_00, HoldsOfYear: 2,
		}},
		{"account-released", "R2001", registry.AccountNotice{
			Step: registry.EventAccountReleased, Balance: 380_00, Available: 380_00, Minimum: 100_00,
		}},
		{"account-hold-first", "R2001", registry.AccountNotice{
			Step: registry.EventAccountHold, Balance: 80_00, Available: 60_00, Minimum: 100_00, HoldsOfYear: 1,
		}},
		{"deposit-received", "R2001", registry.AccountNotice{
			Step: registry.EventDepositReceived, Amount: 500_00, Reference: "BANK-42", Balance: 880_00, Available: 760_00, Minimum: 100_00,
		}},
		{"deposit-received-on-hold", "R2001", registry.AccountNotice{
			Step: registry.EventDepositReceived, Amount: 500_00, Reference: "BANK-42", Balance: -520_00, Available: -520_00, Minimum: 100_00,
		}},
		{"deposit-received-owed", "R2001", registry.AccountNotice{
			Step: registry.EventDepositReceived, Amount: 5_00, Reference: "BANK-43", Balance: -15_00, Available: -35_00,
		}},
		{"money-corrected", "R2001", registry.AccountNotice{
			Step: registry.EventMoneyCorrected, Act: registry.MoneyCredit, Amount: 25_00, Reference: "R2001-17", Balance: 905_00, Available: 785_00,
		}},
		{"money-corrected-on-hold", "R2001", registry.AccountNotice{
			Step: registry.EventMoneyCorrected, Act: registry.MoneyReversal, Taken: true, Amount: 500_00, Reference: "R2001-18",
			Balance: -120_00, Available: -240_00, Minimum: 100_00,
		}},
		{"fee-proposed", "R2001", registry.AccountNotice{
			Step: registry.EventFeeProposed, Amount: 500_00, Fee: "Minimum-Registrations", Period: "2026", Names: 412, NamesDue: 500,
			Balance: 880_00, Available: 760_00,
		}},
		{"fee-charged", "R2001", registry.AccountNotice{
			Step: registry.EventFeeCharged, Amount: 500_00, Fee: "Minimum-Registrations", Period: "2026", Names: 412, NamesDue: 500,
			Balance: 380_00, Available: 260_00, Minimum: 100_00,
		}},
		{"fee-charged-of-a-month", "R2001", registry.AccountNotice{
			Step: registry.EventFeeCharged, Amount: 60_00, Fee: "Add-Grace-Limit", Period: "2026-02", Balance: 80_00, Available: -40_00, Minimum: 100_00,
		}},
		{"invoice-made", "R2001", registry.AccountNotice{
			Step: registry.EventInvoiceMade, Amount: 1234_00, Reference: "2026-000042", Period: "2026-02", Balance: 880_00, Available: 760_00,
		}},
		{"invoice-made-owed", "R2001", registry.AccountNotice{
			Step: registry.EventInvoiceMade, Amount: 1234_00, Reference: "2026-000042", Period: "2026-02", Balance: -880_00, Available: -980_00,
		}},
		{"text", "R2001", registry.TextNotice{Text: "<Words <b>&amp; more: ñ.>"}},
		{"maintenance-busy", "R2001", registry.MaintenanceNotice{Type: registry.MaintenanceUpdated, Maintenance: busy}},
	}
	for _, news := range []registry.MaintenanceNews{
		registry.MaintenanceCreated, registry.MaintenanceCancelled, registry.MaintenanceBegins, registry.MaintenanceEnds,
	} {
		list = append(list, sample{"maintenance-" + string(news), "R2001", registry.MaintenanceNotice{Type: news, Maintenance: maintenance}})
	}
	return list
}

// userSamples are what users of the console are told.
func userSamples() []sample {
	told := registry.UserNotice{Step: registry.EventUserInvited, At: at("2026-03-01T12:00:00Z"), Name: "Ana Ñ.", Login: "ana@condor.example"}
	with := func(edit func(*registry.UserNotice)) registry.UserNotice {
		n := told
		edit(&n)
		return n
	}
	list := []sample{
		{"user-invited", "R2001", with(func(n *registry.UserNotice) {
			n.By, n.Link, n.Ends = "eva@condor.example", "00ff", at("2026-03-08T12:00:00Z")
		})},
		{"user-invited-by-registry", "R2001", with(func(n *registry.UserNotice) { n.Link, n.Ends = "00ff", at("2026-03-08T12:00:00Z") })},
		{"user-reset", "R2001", with(func(n *registry.UserNotice) {
			n.Step, n.Link, n.Ends = registry.EventUserReset, "00ff", at("2026-03-01T13:00:00Z")
		})},
		{"user-reset-by-another", "R2001", with(func(n *registry.UserNotice) {
			n.Step, n.By, n.Link, n.Ends = registry.EventUserReset, "eva@condor.example", "00ff", at("2026-03-01T13:00:00Z")
		})},
	}
	for _, what := range []registry.UserDeed{
		registry.DeedPasswordChanged, registry.DeedRoleChanged, registry.DeedHandedOver, registry.DeedAppAdded, registry.DeedAppRemoved,
		registry.DeedPasskeyAdded, registry.DeedPasskeyRemoved, registry.DeedCodesMade, registry.DeedCodeUsed, registry.DeedFactorsRemoved,
	} {
		n := with(func(n *registry.UserNotice) {
			n.Step, n.What, n.Address = registry.EventUserSecured, what, netip.MustParseAddr("192.0.2.9")
		})
		if what == registry.DeedFactorsRemoved {
			n.By, n.Address = "registry", netip.Addr{}
		}
		list = append(list, sample{"user-" + string(what), "R2001", n})
	}
	return list
}

func (s sample) letter(l registry.Language) flow.Letter {
	link := ""
	if n, ok := s.notice.(registry.UserNotice); ok && n.Link != "" {
		link = n.Link + ".secret"
	}
	return flow.Letter{
		Link: link,
		Mail: registry.Mail{
			ID: 123456789, Version: 1, Registrar: s.to, To: "tech@example.com", Language: l, At: at("2026-03-02T00:00:00Z"),
			Event: s.notice.Event(), Notice: s.notice, Queued: at("2026-03-02T00:00:05Z"),
		},
		Addressee: registry.Registrar{ID: s.to, Name: "Nombres Ejemplo"}, Currency: "USD",
	}
}

func writer(t *testing.T) *Writer {
	t.Helper()
	w, err := NewWriter(House{
		Name: "Dorado", Balance: "https://console.registry.example/json/balance", Billing: "billing@registry.example",
		Links: "https://console.registry.example/console/password/",
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// A registry that does not say where to ask has mails of invoices that do not either.
func TestInvoiceMailWithoutContact(t *testing.T) {
	w, err := NewWriter(House{Name: "Dorado"})
	if err != nil {
		t.Fatal(err)
	}
	s := sample{"invoice-made", "R2001", registry.AccountNotice{Step: registry.EventInvoiceMade, Amount: 1234_00, Reference: "2026-000042"}}
	for l, want := range map[registry.Language]string{
		registry.English: "a CSV file with every transaction.", registry.Spanish: "archivo CSV con cada transacción.",
	} {
		text, err := w.Write(s.letter(l))
		if err != nil || !strings.Contains(strings.ReplaceAll(text.Body, "\n", " "), want) {
			t.Errorf("%v, and %q is not in\n%s", err, want, text.Body)
		}
	}
}

// Each mail, as it goes out, is kept in testdata; -update writes them anew, and the difference is for people to
// read.
func TestGoldenMails(t *testing.T) {
	w := writer(t)
	for _, s := range samples() {
		for _, l := range registry.Languages() {
			m, err := w.Compose(s.letter(l), "registry@registry.example")
			if err != nil {
				t.Errorf("%s in %s: %v", s.name, l, err)
				continue
			}
			got, err := m.bytes()
			if err != nil {
				t.Fatal(err)
			}
			again, _ := m.bytes()
			if !bytes.Equal(got, again) {
				t.Errorf("%s in %s is not the same twice", s.name, l)
			}
			got = bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n"))
			path := filepath.Join("testdata", s.name+"."+string(l)+".eml")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s in %s (%v) is\n%s\nwant\n%s", s.name, l, err, got, want)
			}
		}
	}
}

// fact is what a text says apart from words: instants, amounts, names and ids.
var fact = regexp.MustCompile(`\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d UTC)?|\d+\.\d\d USD|[\w.-]+\.(co|example)\b|https://\S+|R\d{4}|DORADO-\d+|ABC-\d|M-1|UDRP|D2026-\d+|BANK-\d+|2026-000042|ANA-ñ|CAFE-1|op="\w+"`)

func factsOf(t Text) []string {
	list := fact.FindAllString(t.Subject+"\n"+t.Body, -1)
	slices.Sort(list)
	return slices.Compact(list)
}

// Every event has a text in every language; the languages tell the same facts, none of which is left empty, in
// lines that a terminal shows whole and a subject that a list of mails does.
func TestTexts(t *testing.T) {
	w := writer(t)
	seen := map[registry.Event]bool{}
	for _, s := range samples() {
		seen[s.notice.Event()] = true
		texts := map[registry.Language]Text{}
		for _, l := range registry.Languages() {
			var err error
			if texts[l], err = w.Write(s.letter(l)); err != nil {
				t.Errorf("%s in %s: %v", s.name, l, err)
			}
			looksRight(t, s.name+" in "+string(l), texts[l])
		}
		en, es := factsOf(texts[registry.English]), factsOf(texts[registry.Spanish])
		if !slices.Equal(en, es) {
			t.Errorf("%s tells %v in English and %v in Spanish", s.name, en, es)
		}
		if texts[registry.English] == texts[registry.Spanish] {
			t.Errorf("%s is the same in both languages", s.name)
		}
	}
	for _, e := range append(registry.Events(), registry.UserEvents()...) {
		if !seen[e] {
			t.Errorf("no sample of %s", e)
		}
	}
}

// quoted is what nobody translates: the words of others, which samples have in angle brackets, names, addresses
// and values of EPP.
var quoted = regexp.MustCompile(`<.*>|«[\w-]+»|https://\S+|[\w.-]+\.(co|example)\b|transfer\s+op="\w+"|op="\w+"|(server|client)\w+Prohibited|serverHold`)

// englishWords are some that no Spanish text has, and by which texts that were forgotten are noticed.
var englishWords = regexp.MustCompile(`(?i)\b(the|of|and|or|by|to|in|is|was|it|its|you|your|with|until|from|has|been|not|registry|registrar|` +
	`domain|contact|name|names|update|delete|deleted|deletion|purge|renew|renewed|set|removed|lifted|change|changed|transfer|transferred|` +
	`account|operator|time|status|custom|production|staging|dev|ote|pending|approved|rejected|cancelled|expiry|expires|full|partial|none)\b`)

// A Spanish mail has no English in it but what others wrote.
func TestSpanishIsSpanish(t *testing.T) {
	w := writer(t)
	for _, s := range samples() {
		text, err := w.Write(s.letter(registry.Spanish))
		if err != nil {
			t.Fatal(err)
		}
		said := quoted.ReplaceAllString(text.Subject+"\n"+text.Body, "")
		if words := englishWords.FindAllString(said, -1); len(words) > 0 {
			t.Errorf("%s has %q:\n%s", s.name, words, said)
		}
	}
}

// maxSubject is what most programs show of a subject.
const maxSubject = 78

func looksRight(t *testing.T, what string, got Text) {
	t.Helper()
	if n := len([]rune(got.Subject)); n > maxSubject || strings.TrimSpace(got.Subject) != got.Subject {
		t.Errorf("%s: the subject %q has %d characters", what, got.Subject, n)
	}
	for line := range strings.Lines(got.Body) {
		line = strings.TrimSuffix(line, "\n")
		if len([]rune(line)) > columns && !strings.HasPrefix(line, " ") || line != strings.TrimRight(line, " ") && line != "-- " {
			t.Errorf("%s: the line %q is too long or ends in blanks", what, line)
		}
	}
	for _, bad := range []string{"<no value>", "<nil>", "0001-", "\n\n\n", "  \n", ": \n", ":\n\n  \n", "%!"} {
		if strings.Contains(got.Body, bad) {
			t.Errorf("%s has %q:\n%s", what, bad, got.Body)
		}
	}
}

// What others wrote adds no header, and a letter of another version is an error and no panic.
func TestForeignWords(t *testing.T) {
	w := writer(t)
	s := sample{"", "R2001", registry.TransferNotice{Object: "contact", Name: "A\r\nBcc: x@example.com", Gaining: "R3001", Losing: "R2001"}}
	m, err := w.Compose(s.letter(registry.English), "registry@registry.example")
	if err != nil {
		t.Fatal(err)
	}
	data, err := m.bytes()
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(data), "\r\n\r\n")
	if strings.Contains(head, "\nBcc:") {
		t.Errorf("a name added a header:\n%s", head)
	}
	for name, spoil := range map[string]func(*flow.Letter){
		"no such event":    func(l *flow.Letter) { l.Event = "reborn" },
		"no such language": func(l *flow.Letter) { l.Language = "fr" },
		"no recipient":     func(l *flow.Letter) { l.To = "" },
		"no such sender":   func(l *flow.Letter) { l.To = "a@b@c" },
	} {
		l := s.letter(registry.English)
		spoil(&l)
		if _, err := w.Compose(l, "registry@registry.example"); err == nil {
			t.Errorf("a letter with %s was written", name)
		}
	}
}
