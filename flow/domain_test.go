package flow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

const noon = "2026-03-01T12:00:00Z"

func TestDomainCreatePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Other, "taken.co")
	w.Domain(world.Other, "strasse.co")
	w.Contact(world.Other, "OTHERS")
	w.Contact(world.Poor, "OWN")
	w.Contact(world.Held, "HELD")
	w.Host(world.Other, "ns1.example.net")
	w.Price(1, "free.co", "xn--espaol-zwa.co")
	for kind, name := range map[registry.ListKind]string{registry.Banned: "banned.co", registry.Blocked: "blocked.co", registry.Reserved: "reserved.co"} {
		w.Do("", flow.ListingAdd{Listings: []registry.Listing{{Name: world.Name(name), Kind: kind, Reason: "a secret"}}})
	}
	list(w, registry.Banned, "weiss.co")
	w.Allocate("free.co", "the code")
	w.Do("", flow.RegistrarSet{Act: act(world.Held), PremiumsUnavailable: new(true), IDNsUnavailable: new(true)})
	many := make([]names.Name, 14)
	for i := range many {
		many[i] = world.Name("ns" + string(rune('a'+i)) + ".example.net")
	}
	who := world.Suspended
	cmd := flow.DomainCreate{
		Name: world.Name("taken.org"), Years: 6, Nameservers: many, Registrant: "NOBODY",
		Contacts: slices.Repeat([]flow.Role{{Role: "tech", ID: "NOBODY"}}, 21),
		IDN:      &flow.IDN{Table: "zz", Uname: "other.co"},
		TTL:      []flow.TTLEdit{{For: "DNAME", Seconds: new(uint32(1))}}, AuthInfo: "2fooBAR",
		Announced: flow.Announced{IDN: true, SecureAuthInfo: true},
		DS:        slices.Repeat([]registry.DSRecord{{DS: registry.DS{KeyTag: 1, Algorithm: 4, DigestType: 9, Digest: "AB"}}}, 11),
		Token:     new("wrong"), Launch: flow.LaunchSaid{Phase: "sunrise", Subphase: "x", Application: true, Notices: true},
	}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{
			func() { who = world.Held }, registry.ParameterSyntax,
			"not one label below our zones; they are co, com.co, net.co, nom.co, org.co, edu.co, gov.co, mil.co",
		},
		{
			func() { cmd.Name = world.Name("taken.gov.co") }, registry.DataPolicy,
			"only the registry registers here; whoever is eligible below gov.co asks it",
		},
		{func() { cmd.Name = world.Name("taken.co") }, registry.ObjectExists, "the name is registered; choose another"},
		{func() { cmd.Name = world.Name("arts.co") }, registry.DataPolicy, "the registry withholds this name; choose another"},
		{func() { cmd.Name = world.Name("com.co") }, registry.DataPolicy, "the registry withholds this name; choose another"},
		{func() { cmd.Name = world.Name("ab.co") }, registry.DataPolicy, "the registry withholds this name; choose another"},
		{func() { cmd.Name = world.Name("banned.co") }, registry.DataPolicy, "the name is not available; choose another"},
		{func() { cmd.Name = world.Name("blocked.co") }, registry.DataPolicy, "the name is not available; choose another"},
		{func() { cmd.Name = world.Name("reserved.co") }, registry.DataPolicy, "the name is reserved; only an allocation code of the registry lifts that"},
		{func() { cmd.Name = world.Name("xn--espaol-zwa.co") }, registry.DataPolicy, "your account takes no premiums; change its setting premiums-are-unavailable"},
		{
			func() {
				w.Do("", flow.RegistrarSet{Act: act(world.Held), PremiumsUnavailable: new(false)})
			}, registry.DataPolicy,
			"your account takes no IDNs; change its setting idns-are-unavailable",
		},
		{func() {
			w.Do("", flow.RegistrarSet{Act: act(world.Held), IDNsUnavailable: new(false)})
			cmd.Name = world.Name("xn--80ak6aa92e.co")
		}, registry.ParameterSyntax, "it is another name than domain:name; send xn--80ak6aa92e.co or аррӏе.co"},
		{func() { cmd.IDN.Uname = "АРРӀЕ.co" }, registry.ParameterPolicy, "the registry has no such IDN table; it has es, pt, fr, ca, de, da, no, sv, pl, ru, el, he, ar, zh, ja, ko"},
		{func() { cmd.IDN = nil }, registry.ParameterMissing, "the login announced the IDN extension and the create does not name the table of the name; add idn:data"},
		{func() { cmd.IDN = &flow.IDN{Table: "es"} }, registry.ParameterPolicy, "the name is not in the table: it has 'а' (U+0430), which is not in table es; name one that has all its letters"},
		{func() { cmd.IDN, cmd.Announced.IDN = nil, false }, registry.ParameterPolicy, `in no IDN table of the zone; "аррӏе" has 'ӏ' (U+04CF), which none of them has`},
		{func() { cmd.Name = world.Name("xn--strae-oqa.co") }, registry.DataPolicy, "a variant of it is registered; strasse.co blocks it, choose another"},
		{func() { cmd.Name = world.Name("xn--wei-7ka.co") }, registry.DataPolicy, "a variant of it is not available; choose another"},
		{func() { cmd.Name = world.Name("other.co") }, registry.Authorization, "the name has no allocation token; leave it out"},
		{func() { cmd.Name = world.Name("free.co") }, registry.Authorization, "this is not the name's token; ask the registry for it"},
		{
			func() { cmd.Token = nil }, registry.InvalidAuthInfo,
			"the name is allocated by a code, and this is not it; send it as authInfo or as allocation token",
		},
		{func() { cmd.Token = new("the code") }, registry.ParameterPolicy, "names are not sold in this phase; choose one that is open, or leave it out"},
		{func() { cmd.Launch.Phase = "open" }, registry.ParameterPolicy, "the phase open has no subphase; leave it out"},
		{func() { cmd.Launch.Subphase = "" }, registry.ParameterPolicy, "there are no applications in this phase; ask for a registration"},
		{func() { cmd.Launch.Application = false }, registry.ParameterPolicy, "there are no claims that a notice could be about; leave it out"},
		{func() { cmd.Launch.Notices = false }, registry.ParameterRange, "no such period is sold; a period is 1 to 5 years"},
		{func() { cmd.Years = -1 }, registry.ParameterRange, "no such period is sold; a period is 1 to 5 years"},
		{func() { cmd.Years = 5 }, registry.ParameterMissing, "a required contact is missing; send one in the role admin"},
		{func() { cmd.Contacts[0].Role = "admin" }, registry.ParameterPolicy, "a name has at most 20 contacts; send fewer"},
		{func() { cmd.Contacts = cmd.Contacts[:3] }, registry.ParameterPolicy, "it is given twice; send it once"},
		{func() { cmd.Contacts = cmd.Contacts[:2] }, registry.ParameterPolicy, "a name has at most 13 name servers; send fewer"},
		{func() { cmd.Nameservers[1] = cmd.Nameservers[0]; cmd.Nameservers = cmd.Nameservers[:2] }, registry.ParameterPolicy, "it is given twice; send it once"},
		{func() { cmd.Nameservers = cmd.Nameservers[:1] }, registry.ObjectMissing, "there is no such contact; create it first"},
		{func() { cmd.Registrant = "others" }, registry.ObjectMissing, "there is no such contact; create it first"},
		{func() { cmd.Contacts[0].ID, cmd.Contacts[1].ID = "OWN", "own" }, registry.ObjectMissing, "there is no such host; create it first"},
		{
			func() { cmd.Nameservers[0] = world.Name("ns1.example.net") }, registry.ParameterPolicy,
			"no such algorithm signs zones; IANA lists those that do",
		},
		{
			func() { each(cmd.DS, func(ds *registry.DS) { ds.Algorithm = 16 }) }, registry.ParameterPolicy,
			"no such digest is assigned; IANA lists those that are",
		},
		{
			func() { each(cmd.DS, func(ds *registry.DS) { ds.DigestType = 2 }) }, registry.ParameterPolicy,
			"it does not fit its type; a digest of type 2 has 64 hexadecimal digits",
		},
		{
			func() { each(cmd.DS, func(ds *registry.DS) { ds.Digest = strings.Repeat("XY", 32) }) }, registry.ParameterPolicy,
			"it does not fit its type; a digest of type 2 has 64 hexadecimal digits",
		},
		{
			func() { each(cmd.DS, func(ds *registry.DS) { ds.Digest = strings.Repeat("AB", 32) }) }, registry.ParameterPolicy,
			"it is given twice; send it once",
		},
		{
			func() {
				for i := range cmd.DS {
					cmd.DS[i].KeyTag = uint16(100 - i)
				}
			}, registry.ParameterPolicy, "a domain has 10 DS at most; send fewer",
		},
		{
			func() { cmd.DS = cmd.DS[:10] }, registry.ParameterPolicy,
			"the TTL of such records of a domain cannot be chosen; choose it for NS, DS",
		},
		{func() { cmd.TTL[0].For = "NS" }, registry.ParameterRange, "no such TTL may be chosen; that of NS records is 300 to 172800 seconds"},
		{func() { cmd.TTL[0].Seconds = new(uint32(172_801)) }, registry.ParameterRange, "no such TTL may be chosen; that of NS records is 300 to 172800 seconds"},
		{func() { cmd.TTL[0].Seconds = new(uint32(172_800)) }, registry.InvalidAuthInfo, weakAuthInfo},
		{
			func() { cmd.AuthInfo = "" }, registry.ParameterMissing,
			"the name is premium and this costs 150.00 USD; send the fee with the extension fee-1.0",
		},
		{
			func() { cmd.Fee = flow.FeeSaid{Given: true, Currency: "COP", Total: 1} }, registry.ParameterRange,
			"prices are in USD; this costs 150.00 USD",
		},
		{func() { cmd.Fee.Currency = "USD" }, registry.ParameterRange, "this is not the fee; send 150.00 USD"},
		{func() { cmd.Fee.Total, cmd.Fee.Inexact = 150_00, true }, registry.ParameterRange, "this is not the fee; send 150.00 USD"},
		{
			func() { cmd.Fee.Inexact = false }, registry.BillingFailure,
			"the registrar's account is on hold since 2026-03-01: the balance is below the minimum; pay in funds first",
		},
		{
			func() { who = world.Poor }, registry.BillingFailure,
			"the command costs 150.00 and the available credit is 0.00; pay in funds first",
		},
		{
			func() { w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 149_99, Reference: "1"}) }, registry.BillingFailure,
			"the command costs 150.00 and the available credit is 149.99; pay in funds first",
		},
	}, func() { w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 1, Reference: "2"}) })
}

const weakAuthInfo = "the login announced secure authInfo and this one is weaker than 128 bits; " +
	"send 22 random letters and digits, 20 random printable characters, or none"

func each(list []registry.DSRecord, change func(*registry.DS)) {
	for i := range list {
		change(&list[i].DS)
	}
}

// One create, with everything that follows from it.
func TestDomainCreate(t *testing.T) {
	w := world.New(t, "2028-02-29T12:00:00Z")
	w.Host(world.Other, "ns1.example.net")
	w.Host(world.Other, "ns2.example.net")
	created := w.Domain(world.Acme, "shop.co", "ns2.example.net", "ns1.example.net")
	if want := time.Date(2029, 2, 28, 23, 59, 59, 0, time.UTC); !created.Expires.Equal(want) {
		t.Errorf("expires %s, want %s", created.Expires, want)
	}
	if code, said := created.Outcome(); code != registry.Completed ||
		said != "Domain SHOP.CO created successfully with ROID "+string(created.ROID) {
		t.Errorf("says %s %q", code, said)
	}
	if !strings.HasPrefix(string(created.ROID), "D") || !strings.HasSuffix(string(created.ROID), "-CO") {
		t.Errorf("ROID %q is not D<number>-CO", created.ROID)
	}

	d := info(t, w, "shop.co")
	if got := d.Nameservers; len(got) != 2 || got[0].Name != world.Name("ns2.example.net") {
		t.Errorf("name servers %v are not in the order given", got)
	}
	if !slices.Equal(d.EPPStatuses, []registry.Status{registry.OK}) || !slices.Equal(d.RGPStatuses, []registry.RGPStatus{"addPeriod"}) {
		t.Errorf("statuses %v %v, want ok and addPeriod", d.EPPStatuses, d.RGPStatuses)
	}
	if f := w.Funds(world.Acme); f.CurrentBalance() != world.Funds || f.Available() != world.Funds-20_00 {
		t.Errorf("balance %s and available %s: a create authorises, and posts when its grace ends", f.CurrentBalance(), f.Available())
	}
	w.Pass(5*24*time.Hour - time.Second)
	if f := w.Funds(world.Acme); f.CurrentBalance() != world.Funds {
		t.Errorf("balance %s one second before the grace ends, want all", f.CurrentBalance())
	}
	w.Pass(time.Second)
	for _, settled := range []string{"not settled", "settled"} {
		if f := w.Funds(world.Acme); f.CurrentBalance() != world.Funds-20_00 || f.Available() != world.Funds-20_00 {
			t.Errorf("%s: balance %s and available %s after the grace, want both less 20.00", settled, f.CurrentBalance(), f.Available())
		}
		if d := info(t, w, "shop.co"); len(d.RGPStatuses) != 0 {
			t.Errorf("%s: RGP statuses %v after the grace", settled, d.RGPStatuses)
		}
		w.Settle()
	}
	w.CheckInvariants()
}

// Several years are one registration and the rest renewals. Decisions 4.9.
func TestDomainCreateOfSeveralYears(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C")
	reply := w.Do(world.Acme, flow.DomainCreate{
		Name: world.Name("shop.co"), Years: 3, Registrant: "C",
		Contacts: []flow.Role{{Role: "admin", ID: "C"}, {Role: "tech", ID: "C"}},
	}).(flow.DomainCreated)
	if got := w.Rows("SELECT type, amount FROM charge ORDER BY type"); got != "Registration | 2000\nRenewal | 4000\n" {
		t.Errorf("charges\n%s", got)
	}
	if reply.Charged.Total() != 60_00 {
		t.Errorf("charged %s, want 60.00", reply.Charged.Total())
	}
}

func TestDomainRenewPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Domain(world.Acme, "dead.co")
	w.Price(3, "shop.co")
	w.Pass(6 * 24 * time.Hour)
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("dead.co")})
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientRenewProhibited}}})
	who := world.Suspended
	cmd := flow.DomainRenew{Name: world.Name("free.co"), Years: 6}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Other }, registry.ObjectMissing, "the name is not registered; check its spelling"},
		{func() { cmd.Name = world.Name("dead.co") }, registry.Authorization, "another registrar sponsors the object; ask that registrar"},
		{func() { who = world.Acme }, registry.StatusProhibits, "the object has the status pendingDelete; restore it, or wait for its purge"},
		{func() { cmd.Name = world.Name("shop.co") }, registry.StatusProhibits, "the object has the status clientRenewProhibited; remove it first"},
		{func() {
			w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Remove: flow.DomainEdit{Statuses: []registry.Status{registry.ClientRenewProhibited}}})
		}, registry.ParameterRange, "the name expires on another day; send 2027-03-01"},
		{func() { cmd.CurrentExpiry = time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC) }, registry.ParameterRange, "no such period is sold; a period is 1 to 5 years"},
		{func() { cmd.Years = 5 }, registry.NotRenewable, "the name would expire on 2032-03-01, more than 5 years ahead; choose a shorter period, or wait"},
		{
			func() { cmd.Years = 4 }, registry.ParameterMissing,
			"the name is premium and this costs 400.00 USD; send the fee with the extension fee-1.0",
		},
		{
			func() { cmd.Fee = flow.FeeSaid{Given: true, Total: 80_00} }, registry.ParameterRange,
			"this is not the fee; send 400.00 USD",
		},
		{
			func() {
				cmd.Fee.Total = 400_00
				w.Do("", flow.RegistrarHold{Registrar: world.Acme, Reason: "the balance is below the minimum"})
			}, registry.BillingFailure,
			"the registrar's account is on hold since 2026-03-07: the balance is below the minimum; pay in funds first",
		},
		{func() {
			w.Do("", flow.RegistrarHold{Registrar: world.Acme})
			spend(w, world.Acme, 399_99)
		}, registry.BillingFailure, "the command costs 400.00 and the available credit is 399.99; pay in funds first"},
	}, func() { w.Do("", flow.Deposit{Author: "ana", Registrar: world.Acme, Amount: 1, Reference: "more"}) })
}

// spend leaves a registrar only so much available credit, by lowering its credit limit.
func spend(w *world.World, who registry.RegistrarID, left ledger.Money) {
	available := w.Funds(who).Available()
	w.Rows("UPDATE funds SET credit_limit = credit_limit - $1 WHERE party = $2 RETURNING party", int64(available-left), string(who))
}

func TestDomainDeletePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientDeleteProhibited}}})
	who := world.Suspended
	cmd := flow.DomainDelete{Name: world.Name("free.co")}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Other }, registry.ObjectMissing, "the name is not registered; check its spelling"},
		{func() { cmd.Name = world.Name("shop.co") }, registry.Authorization, "another registrar sponsors the object; ask that registrar"},
		{func() { who = world.Acme }, registry.StatusProhibits, "the object has the status clientDeleteProhibited; remove it first"},
	}, func() {
		w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Remove: flow.DomainEdit{Statuses: []registry.Status{registry.ClientDeleteProhibited}}})
	})
}

// info asks for a domain as its sponsor would.
func info(t *testing.T, w *world.World, name string) flow.DomainDetails {
	t.Helper()
	reply, err := w.Ask(world.Acme, flow.DomainInfo{Name: world.Name(name)})
	if err != nil {
		t.Fatalf("info %s: %v", name, err)
	}
	return reply.(flow.DomainDetails)
}

// Where a profile says so, a domain links contacts of its own sponsor alone. Decisions 2.4.
func TestContactsOfOthers(t *testing.T) {
	w := world.New(t, noon)
	versions := slices.Clone(w.Service.Profile.Versions)
	for i := range versions {
		versions[i].Terms.ContactsOfOthers = false
	}
	w.Service.Profile.Versions = versions
	w.Contact(world.Other, "OTHERS")
	_, err := w.Run(world.Acme, flow.DomainCreate{
		Name: world.Name("free.co"), Registrant: "OTHERS",
		Contacts: []flow.Role{{Role: "admin", ID: "OTHERS"}, {Role: "tech", ID: "OTHERS"}},
	})
	wantRefusal(t, err, registry.Authorization, "another registrar sponsors the contact; link one of your own")
}
