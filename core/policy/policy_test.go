package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

func builtIn(t *testing.T) policy.Profile {
	t.Helper()
	p, err := policy.BuiltIn("co-2026")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The lengths of decisions section 3, as the profile has them.
func TestBuiltInProfile(t *testing.T) {
	terms := builtIn(t).At(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
	for _, test := range []struct {
		what      string
		got, want int
	}{
		{"minYears", terms.MinYears, 1},
		{"maxYears", terms.MaxYears, 5},
		{"maxNameservers", terms.MaxNameservers, 13},
		{"add grace", int(terms.AddGrace), 5},
		{"renew grace", int(terms.RenewGrace), 5},
		{"auto-renew grace", int(terms.AutoRenew), 45},
		{"transfer grace", int(terms.TransferGrace), 5},
		{"redemption", int(terms.Redemption), 30},
		{"pending delete", int(terms.PendingDelete), 5},
		{"registration hold", int(terms.RegistrationHold), 60},
		{"transfer hold", int(terms.TransferHold), 60},
		{"transfer answer", int(terms.TransferAnswer), 5},
		{"restore, in cents", int(terms.Quote(policy.OpRestore, 0, registry.NamePrice{}).Total()), 40_00},
		{"sessions", terms.Limits.SessionsPerRegistrar, 100},
		{"idle seconds", int(terms.Limits.IdleSeconds), 300},
		{"objects in a check", terms.Limits.ObjectsPerCheck, 50},
		{"lost create, in seconds", int(terms.Limits.LostCreate().Seconds()), 2},
	} {
		if test.got != test.want {
			t.Errorf("%s: %d, want %d", test.what, test.got, test.want)
		}
	}
}

func TestZones(t *testing.T) {
	p := builtIn(t)
	for host, want := range map[string]string{
		"shop.co": "shop.co", "ns1.shop.co": "shop.co", "a.b.shop.com.co": "shop.com.co", "x.gov.co": "x.gov.co",
		"com.co": "", "co": "", "example.org": "", "ns1.example.org": "", "xco": "",
	} {
		got, ok := p.Registrable(names.MustParse(host))
		if got.String() != want || ok != (want != "") {
			t.Errorf("Registrable(%s) = %q, %t, want %q", host, got, ok, want)
		}
	}
	for name, want := range map[string]bool{"co": true, "shop.co": true, "x.com.co": true, "example.org": false, "xco": false} {
		if got := p.InZone(names.MustParse(name)); got != want {
			t.Errorf("InZone(%s) = %t", name, got)
		}
	}
	if z, ok := p.Zone(names.MustParse("gov.co")); !ok || z.Sold {
		t.Errorf("gov.co: %+v, %t, want a zone that is not sold", z, ok)
	}
}

// A version changes only what it names, holds from its instant on, and shares nothing that can be
// changed with another.
func TestVersions(t *testing.T) {
	p, err := policy.Parse([]byte(withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "dearer", "terms": {"prices": {"renew": 3000}}}`)))
	if err != nil {
		t.Fatal(err)
	}
	change := p.Versions[1].From
	before, after := p.At(change.Add(-time.Second)), p.At(change)
	if before.Prices.Renew != 20_00 || after.Prices.Renew != 30_00 || after.Prices.Create != 20_00 || after.AutoRenew != 45 {
		t.Errorf("before %+v, after %+v", before.Prices, after.Prices)
	}
	if early := p.At(time.Time{}); early.MaxYears != 5 {
		t.Errorf("before the first version there are no terms: %+v", early)
	}
	after.RequiredContacts[0] = "changed"
	if before.RequiredContacts[0] == "changed" {
		t.Error("two versions share a slice")
	}
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct{ name, profile, says string }{
		{"no JSON", `{`, "unexpected EOF"},
		{"an unknown key", `{"id": "x", "colour": 1}`, `unknown field "colour"`},
		{"an unknown term", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"maxYaers": 3}}`), `version 2 (from 2027-07-01T00:00:00Z): json: unknown field "maxYaers"`},
		{"no why", withVersions(`{"from": "2027-07-01T00:00:00Z", "terms": {}}`), "version 2 (from 2027-07-01T00:00:00Z): say why"},
		{"an earlier version last", withVersions(`{"from": "2025-07-01T00:00:00Z", "why": "x", "terms": {}}`), "begins no later"},
		{"a horizon below the term", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"maxYears": 0}}`), "minYears and maxYears"},
		{"a negative length", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"redemptionDays": -1}}`), "no length may be negative"},
		{"a negative price", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"prices": {"restore": -1}}}`), "no price may be negative"},
		{"no currency", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"prices": {"currency": ""}}}`), "the currency has three letters"},
		{"a tier for nothing", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"prices": {"tiers": [{"create": 1, "renew": 0}]}}}`), "tier 1: its prices must be more than zero"},
		{"a tier less", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"prices": {"tiers": []}}}`), "version 2 (from 2027-07-01T00:00:00Z) has fewer tiers"},
		{"claims", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"launch": {"claims": true}}}`), "no service of claims"},
		{"a sunrise", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"launch": {"phases": [{"phase": "sunrise"}]}}}`), `not in "sunrise"`},
		{"a phase that ends first", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"launch": {"phases": [{"phase": "open", "from": "2027-01-02T00:00:00Z", "until": "2027-01-01T00:00:00Z"}]}}}`), "ends before it begins"},
		{"a limit of nothing", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"limits": {"frameBytes": 0}}}`), "frameBytes"},
		{"a deadline of nothing", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"limits": {"idleSeconds": 0}}}`), "deadline"},
		{"a suspension without a page", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"suspensionDays": 45}}`), "needs a suspensionPage"},
		{"a large page", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"maxNameservers": 1, "suspensionPage": ["a.example", "b.example"]}}`), "suspensionPage has 2 name servers"},
		{"a page twice", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"suspensionPage": ["a.example", "a.example"]}}`), "name server 2 is empty or named twice"},
		{"a page that is no name", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"suspensionPage": ["-.example"]}}`), "version 2 (from 2027-07-01T00:00:00Z)"},
		{"a limit above all", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"addGraceLimit": {"percent": 101}}}`), "percent is 0 to 100"},
		{"a negative minimum", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"minimumNewNames": {"fee": -1}}}`), "minimumNewNames"},
		{"a month closed early", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"limits": {"monthCloseSeconds": -1}}}`), "monthCloseSeconds"},
		{"pages of nothing", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"limits": {"invoicesPerPage": 0}}}`), "invoicesPerPage"},
		{"a password that EPP does not take", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"limits": {"passwordLeast": 17}}}`), "passwordLeast"},
		{"a warning of nothing", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"limits": {"certificateWarnings": [0]}}}`), "certificateWarnings"},
		{"a console without sessions", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"limits": {"console": {"sessions": 0}}}}`), "console"},
		{"lookups of nothing", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"limits": {"rdap": {"pageSize": 0}}}}`), "rdap"},
		{"lists of nothing", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"limits": {"portfolio": {"due": 0}}}}`), "portfolio"},
		{"a file of less than a page", withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"limits": {"portfolio": {"exported": 0}}}}`), "portfolio"},
		{"no zone", `{"id": "x", "repository": "X", "zones": [], "versions": []}`, "it needs an id, a repository, a zone and a version"},
	} {
		if _, err := policy.Parse([]byte(test.profile)); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("a profile with %s: %v, want %q", test.name, err, test.says)
		}
	}
	if _, err := policy.BuiltIn("co-1999"); err == nil {
		t.Error("there is a profile co-1999")
	}
}

// withVersions is a whole profile with one more version.
func withVersions(version string) string {
	return fmt.Sprintf(`{"id": "x", "repository": "X", "zones": [{"name": "example", "sold": true}], "versions": [
 {"from": "2026-01-01T00:00:00Z", "why": "launch", "terms": {
  "minYears": 1, "maxYears": 5, "maxNameservers": 13, "autoRenewGraceDays": 45, "requiredContacts": ["registrant"], "pollRetentionDays": 1, "moneyPendingDays": 1, "mailTryDays": 1, "mailRetentionDays": 1,
  "prices": {"currency": "USD", "tiers": [{"create": 3000, "renew": 2500}], "create": 2000, "renew": 2000, "restore": 4000},
  "limits": {"transactionsPerPage": 1, "invoicesPerPage": 1, "frameBytes": 65536, "greetingSeconds": 1, "loginSeconds": 1, "idleSeconds": 300, "frameSeconds": 1,
   "connections": 1, "connectionsBeforeLogin": 1, "connectionsBeforeLoginPerAddress": 1, "sessionsPerRegistrar": 1,
   "loginFailures": 3, "objectsPerCheck": 50, "feesPerCheck": 20, "whoisQueryBytes": 512, "lookupObjects": 50,
   "mailsListed": 1, "pollCounted": 1, "logRowsPerPage": 1, "logRowsExported": 1, "logRowsRead": 1, "maintenancesListed": 1, "historyPerPage": 1, "entriesPerPage": 1, "headsPerPage": 1,
   "moneyActsPending": 1, "moneyActsListed": 1,
   "passwordLeast": 8, "certificateDays": 1, "certificatesPerYear": 1,
   "console": {"users": 1, "usersPerPage": 1, "sessions": 1, "passkeys": 1, "recoveryCodes": 1, "networks": 1, "links": 1,
               "idleMinutes": 1, "sessionMinutes": 1, "factorMinutes": 1, "confirmMinutes": 1, "resetMinutes": 1, "invitationDays": 1,
               "passwordCharacters": 1, "networkGuesses": 1, "networkGuessSeconds": 1, "wrongFactors": 1, "wrongFactorSeconds": 1,
               "actDays": 1, "actsPerPage": 1, "agentCharacters": 1, "userNameCharacters": 1, "passkeyNameCharacters": 1},
   "rdap": {"pageSize": 1, "prefixCharacters": 1,
    "namesLooked": 1, "hostsLooked": 1, "tokens": 1, "tokenDays": 1, "accessDays": 1, "listed": 1},
   "portfolio": {"pageSize": 1, "exported": 1, "sorted": 1, "looked": 2, "due": 1, "dueLooked": 1},
   "priceListNames": 1, "priceListLeadSeconds": 1, "priceListStageSeconds": 1, "promotions": 1,
   "settledAtOnce": 1, "settlePercent": 1, "engineBehindSeconds": 1}}}, %s]}`, version)
}

// Several years of a create cost the create and renewals for the rest; a transfer costs the renewal. A
// premium name costs what its tier does, unless it has prices of its own; its restore is what every name's
// is. Decisions 4.9, 3.6, 5.3.
func TestQuote(t *testing.T) {
	terms := policy.Terms{
		AddGrace: 5, RenewGrace: 6, TransferGrace: 7,
		Prices: policy.Prices{Currency: "USD", Create: 15_00, Renew: 20_00, Restore: 40_00, Tiers: []policy.Tier{{Create: 30_00, Renew: 31_00}, {Create: 50_00, Renew: 51_00}}},
	}
	tier2 := registry.NamePrice{Tier: 2}
	cheaper := registry.NamePrice{Tier: 2, Renew: 25_00}
	own := registry.NamePrice{Create: 7_00, Restore: 99_00}
	gone := registry.NamePrice{Tier: 9}
	for _, test := range []struct {
		op    policy.Operation
		years int
		entry registry.NamePrice
		want  []policy.Fee
	}{
		{policy.OpCreate, 1, registry.NamePrice{}, []policy.Fee{{ledger.Registration, 15_00, 5}}},
		{policy.OpCreate, 3, registry.NamePrice{}, []policy.Fee{{ledger.Registration, 15_00, 5}, {ledger.Renewal, 40_00, 5}}},
		{policy.OpRenew, 5, registry.NamePrice{}, []policy.Fee{{ledger.Renewal, 100_00, 6}}},
		{policy.OpTransfer, 2, registry.NamePrice{}, []policy.Fee{{ledger.Renewal, 40_00, 7}}},
		{policy.OpRestore, 1, registry.NamePrice{}, []policy.Fee{{ledger.Restore, 40_00, 0}}},
		{"explode", 1, registry.NamePrice{}, nil},
		{policy.OpCreate, 2, tier2, []policy.Fee{{ledger.Registration, 50_00, 5}, {ledger.Renewal, 51_00, 5}}},
		{policy.OpTransfer, 2, tier2, []policy.Fee{{ledger.Renewal, 102_00, 7}}},
		{policy.OpRestore, 1, tier2, []policy.Fee{{ledger.Restore, 40_00, 0}}},
		{policy.OpCreate, 1, cheaper, []policy.Fee{{ledger.Registration, 50_00, 5}}},
		{policy.OpRenew, 2, cheaper, []policy.Fee{{ledger.Renewal, 50_00, 6}}},
		{policy.OpCreate, 2, own, []policy.Fee{{ledger.Registration, 7_00, 5}, {ledger.Renewal, 20_00, 5}}},
		{policy.OpRestore, 1, own, []policy.Fee{{ledger.Restore, 99_00, 0}}},
		{policy.OpRenew, 1, gone, []policy.Fee{{ledger.Renewal, 51_00, 6}}},
	} {
		got := terms.Quote(test.op, test.years, test.entry)
		if !slices.Equal(got.Fees, test.want) {
			t.Errorf("%s of %d years with %+v: %v, want %v", test.op, test.years, test.entry, got.Fees, test.want)
		}
		if got.IsPremium() == test.entry.IsStandard() || got.Currency != "USD" || got.Entry != test.entry {
			t.Errorf("%s with %+v: premium %t, in %s, by %+v", test.op, test.entry, got.IsPremium(), got.Currency, got.Entry)
		}
	}
}

// The tiers of the manual; and a quote says by which version of the terms it is. Manual 12.2.
func TestTiers(t *testing.T) {
	terms := builtIn(t).At(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
	for i, want := range []ledger.Money{30_00, 50_00, 100_00, 250_00, 500_00, 1000_00, 2500_00, 3750_00, 5000_00, 10_000_00} {
		for _, op := range []policy.Operation{policy.OpCreate, policy.OpRenew, policy.OpTransfer} {
			if got := terms.Quote(op, 1, registry.NamePrice{Tier: i + 1}); got.Total() != want {
				t.Errorf("%s of tier %d: %s, want %s", op, i+1, got, want)
			}
		}
	}
	quote := terms.Quote(policy.OpRestore, 1, registry.NamePrice{Tier: 10})
	if quote.String() != "40.00 USD" || quote.Why == "" || quote.Since.Year() != 2026 {
		t.Errorf("a restore of tier 10: %s since %s, %q", quote, quote.Since, quote.Why)
	}
}

// General availability is the one phase that this version serves. RFC 8334 section 2.3.
func TestLaunch(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	l := policy.Launch{Phases: []policy.Phase{{Phase: policy.PhaseOpen, From: noon, Until: noon.Add(time.Hour)}}}
	for at, want := range map[time.Time]bool{noon.Add(-1): false, noon: true, noon.Add(time.Hour - 1): true, noon.Add(time.Hour): false} {
		if l.IsActive(policy.PhaseOpen, at) != want {
			t.Errorf("open at %s: %t", at, !want)
		}
	}
	if l.IsActive("sunrise", noon) || !builtIn(t).At(noon).Launch.IsActive(policy.PhaseOpen, noon) {
		t.Error("the built-in profile sells in the phase open, and nobody in another")
	}
}

// Every prohibition that a registrar can set refuses its command, and the server's as well.
func TestProhibitions(t *testing.T) {
	for action, statuses := range map[policy.Action][]registry.Status{
		policy.DomainDelete:   {registry.ClientDeleteProhibited, registry.ServerDeleteProhibited, registry.PendingDelete, registry.PendingTransfer},
		policy.DomainRenew:    {registry.ClientRenewProhibited, registry.ServerRenewProhibited, registry.PendingDelete, registry.PendingTransfer},
		policy.DomainUpdate:   {registry.ClientUpdateProhibited, registry.ServerUpdateProhibited, registry.PendingDelete, registry.PendingTransfer},
		policy.DomainTransfer: {registry.ClientTransferProhibited, registry.ServerTransferProhibited, registry.PendingDelete},
		policy.HostDelete:     {registry.ClientDeleteProhibited, registry.ServerDeleteProhibited},
		policy.HostUpdate:     {registry.ClientUpdateProhibited, registry.ServerUpdateProhibited},
		policy.ContactDelete:  {registry.ClientDeleteProhibited, registry.ServerDeleteProhibited, registry.PendingDelete, registry.PendingTransfer},
		policy.ContactUpdate:  {registry.ClientUpdateProhibited, registry.ServerUpdateProhibited, registry.PendingDelete, registry.PendingTransfer},
	} {
		for _, s := range statuses {
			if got, prohibited := policy.Prohibits(action, []registry.Status{registry.Inactive, s}); !prohibited || got != s {
				t.Errorf("%s under %s: %q, %t", action, s, got, prohibited)
			}
		}
		if s, prohibited := policy.Prohibits(action, []registry.Status{registry.OK, registry.Linked, registry.ClientHold, registry.ServerHold, registry.Inactive}); prohibited {
			t.Errorf("%s is refused by %s", action, s)
		}
	}
}

func TestCountry(t *testing.T) {
	for code, want := range map[string]string{"CO": "CO", "co": "CO", "UK": "GB", "uk": "GB", "GB": "GB", "XK": "", "XX": "", "": "", "C": "", "COL": "", "O ": "", "D ": "", "ıt": "", "ſſ": ""} {
		got, ok := policy.Country(code)
		if ok != (want != "") || ok && got != want {
			t.Errorf("Country(%q) = %q, %t, want %q", code, got, ok, want)
		}
	}
}

func ExampleTerms_Quote() {
	p, err := policy.BuiltIn("co-2026")
	if err != nil {
		panic(err)
	}
	quote := p.At(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)).Quote(policy.OpCreate, 2, registry.NamePrice{})
	for _, fee := range quote.Fees {
		fmt.Println(fee.Type, fee.Amount)
	}
	fmt.Println("Total", quote.Total())
	// Output:
	// Registration 20.00
	// Renewal 20.00
	// Total 40.00
}

// The next instant at which terms change is that of any zone, and of whichever profile it follows.
func TestNextVersion(t *testing.T) {
	p := builtIn(t)
	other, err := policy.BuiltIn("co-2011")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		instant, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return instant
	}
	followed := p.Follow(names.MustParse("nom.co"), other, at("2027-05-01T00:00:00Z"), "a trial")
	for _, test := range []struct {
		profile policy.Profile
		after   string
		want    time.Time
	}{
		{p, "2025-12-31T23:59:59Z", at("2026-01-01T00:00:00Z")},
		{p, "2026-01-01T00:00:00Z", time.Time{}},
		{followed, "2026-01-01T00:00:00Z", at("2027-05-01T00:00:00Z")},
		{followed, "2027-05-01T00:00:00Z", time.Time{}},
	} {
		if got := test.profile.NextVersion(at(test.after)); !got.Equal(test.want) {
			t.Errorf("after %s terms change at %s, want %s", test.after, got, test.want)
		}
	}
}
