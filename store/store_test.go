package store_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"net/netip"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// write applies a Changes that does not depend on what is stored.
func write(t *testing.T, w *world.World, changes registry.Changes) {
	t.Helper()
	if err := update(w, changes); err != nil {
		t.Fatal(err)
	}
}

func update(w *world.World, changes registry.Changes) error {
	return w.DB.Update(context.Background(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) { return changes, nil })
}

// view reads with a Reader.
func view(t *testing.T, w *world.World, f func(registry.Reader) error) {
	t.Helper()
	if err := w.DB.View(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// base is a registrar with an account, and one of each object, linked.
func base() registry.Changes {
	contact := registry.Contact{ROID: "C1-CO", ID: "Ana-1", Version: 1, Sponsor: "H1", Creator: "H1", Created: now, Email: "ana@example.com"}
	host := registry.Host{ROID: "H2-CO", Name: names.MustParse("ns1.example.net"), Version: 1, Sponsor: "H1", Creator: "H1", Created: now}
	domain := registry.Domain{
		ROID: "D3-CO", Name: names.MustParse("shop.co"), Version: 1, Sponsor: "H1", Creator: "H1", Created: now,
		Expires: now.AddDate(1, 0, 0), Registrant: contact.Ref(),
		Contacts:    []registry.DomainContact{{Role: "admin", ContactRef: contact.Ref()}},
		Nameservers: []registry.HostRef{host.Ref()},
	}
	return registry.Changes{
		Origin:     registry.Origin{At: now, Registrar: "H1", Command: "test", SvTRID: "S-1"},
		Registrars: []registry.Registrar{{ID: "H1", Version: 1, Name: "One"}},
		Limits:     []ledger.Funds{{Party: "H1", CreditLimit: 5_00}},
		Contacts:   []registry.Contact{contact}, Hosts: []registry.Host{host}, Domains: []registry.Domain{domain},
	}
}

// Every statement of the package is prepared by both engines. The statements are taken from the
// source: every string constant that begins like one.
func TestStatementsPrepare(t *testing.T) {
	w := world.Empty(t)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			if isStatement(text) && !onlyOther(w, text) {
				count++
				w.Prepare(text)
			}
			return true
		})
	}
	if count < 40 {
		t.Errorf("only %d statements were found in the source", count)
	}
}

func isStatement(text string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	switch word {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH":
		return true
	}
	return false
}

// onlyOther reports whether a statement is the other engine's: it asks for what only that one has.
func onlyOther(w *world.World, text string) bool {
	if w.Postgres {
		return strings.Contains(text, "sqlite_master")
	}
	return strings.Contains(text, "nextval(") || strings.Contains(text, "set_config(") || strings.Contains(text, "pg_") ||
		strings.Contains(text, "database_now()") || strings.Contains(text, "inet_client_addr()") || strings.Contains(text, "string_to_array(") ||
		strings.Contains(text, "FOR    SHARE")
}

// Every field of a Changes is written: apply leaves none out.
func TestApplyWritesEverything(t *testing.T) {
	d, h, c := base().Domains[0], base().Hosts[0], base().Contacts[0]
	unlinked := d.Next()
	unlinked.Nameservers, unlinked.Contacts, unlinked.Registrant = nil, nil, registry.ContactRef{}
	mark := registry.Mark{Kind: registry.MarkDomain, Name: d.Name}
	charge := ledger.Charge{ID: "charge", Party: "H1", Amount: 1, At: now, PostsAt: now, State: ledger.Open}
	second := base()
	second.Domains[0].ROID, second.Domains[0].Name = "D9-CO", names.MustParse("more.co")
	second.Hosts[0].ROID, second.Hosts[0].Name = "H9-CO", names.MustParse("ns9.example.net")
	second.Contacts[0].ROID, second.Contacts[0].ID = "C9-CO", "Eva-9"
	fields := map[string]registry.Changes{
		"Earlier":      {Earlier: []registry.Changes{{Marks: []registry.Mark{mark}}}},
		"Registrars":   {Registrars: []registry.Registrar{{ID: "H2", Version: 1}}},
		"Domains":      {Domains: second.Domains},
		"Hosts":        {Hosts: second.Hosts},
		"Contacts":     {Contacts: second.Contacts},
		"GoneDomains":  {GoneDomains: []registry.Domain{d.Next()}},
		"GoneHosts":    {Earlier: []registry.Changes{{Domains: []registry.Domain{unlinked}}}, GoneHosts: []registry.Host{h.Next()}},
		"GoneContacts": {Domains: []registry.Domain{unlinked}, GoneContacts: []registry.Contact{c.Next()}},
		"Prices":       {Prices: []registry.NamePrice{{Name: d.Name, From: now, Tier: 5}}},
		"Listings":     {Listings: []registry.Listing{{Name: d.Name, Kind: registry.Banned, Reason: "test", Starts: now}}},
		"Allocations":  {Allocations: []registry.Allocation{{Name: d.Name, Code: []byte("hash"), Made: now}}},
		"PriceLists":   {PriceLists: []registry.PriceList{{ID: 1, Version: 1, State: registry.ListStaged}}},
		"Promotions":   {Promotions: []registry.Promotion{{ID: "spring", Version: 1}}},
		"Charges":      {Charges: []ledger.Charge{charge}},
		"Entries":      {Entries: []ledger.Entry{ledger.Deposit("H1", 1, now, "1")}},
		"Limits":       {Limits: []ledger.Funds{{Party: "H1", CreditLimit: 7_00}}},
		"Months":       {Months: []registry.ClosedMonth{{Month: "2026-03"}}},
		"Invoices":     {Months: []registry.ClosedMonth{{Month: "2026-03"}}, Invoices: []registry.Invoice{{Number: 1, Month: "2026-03", To: registry.Recipient{ID: "H1"}}}},
		"Balances":     {Months: []registry.ClosedMonth{{Month: "2026-03"}}, Balances: []registry.MonthBalance{{Month: "2026-03", Party: "H1"}}},
		"Proposals":    {Proposals: []registry.Proposal{{Year: 2026, Registrar: "H1", State: registry.Proposed}}},
		"Seals":        {Seals: []ledger.Seal{seal(t)}},
		"SealedDays":   {SealedDays: []registry.SealedDay{{DayHead: ledger.DayHead{Day: now, Signature: []byte("signed")}, Key: []byte("key"), Made: now}}},
		"Late":         {Late: []registry.LateEntry{{Entry: ledger.Deposit("H1", 1, now, "1")}}},
		"Holds":        {Holds: []registry.AccountHold{{Party: "H1", Year: 2026, Number: 1, Since: now}}},
		"AccessTokens": {AccessTokens: []registry.AccessToken{{ID: "T", Version: 1, Hash: []byte("hash")}}},
		"Accesses":     {Accesses: []registry.Access{{Who: "H1", At: now}}},
		"Issues":       {Issues: []registry.Issue{{Serial: "5e", Registrar: "H1", Fingerprint: "ab", Issued: now, NotAfter: now, Author: "ana", PEM: "text"}}},
		"Console":      {Console: registry.ConsoleChanges{Users: []registry.User{{ID: "U1-CO", Version: 1, Registrar: "H1", Login: "ana@example.com"}}}},
		"Bulk":         {Bulk: registry.BulkChanges{Jobs: []registry.BulkJob{{Registrar: "H1", ID: "J", Version: 1}}}},
		"ZoneKeys":     {ZoneKeys: []registry.ZoneKey{{Zone: names.MustParse("co"), Number: 1, Version: 1}}},
		"MoneyActs":    {MoneyActs: []registry.MoneyAct{{ID: "H1-1", Registrar: "H1", Number: 1, Version: 1}}},
		"Marks":        {Marks: []registry.Mark{mark}},
		"Poll":         {Poll: []registry.PollMessage{{Registrar: "H1", At: now, Notice: registry.TextNotice{Text: "test"}}}},
		"Maintenances": {Maintenances: []registry.Maintenance{{ID: "M-1", Version: 1, Ends: now}}},
		"Announced":    {Announced: []registry.Announcement{{Topic: "M-1", Due: now, Notice: registry.TextNotice{Text: "test"}}}},
		"Mail":         {Mail: []registry.Mail{{Version: 1, Registrar: "H1", To: "ana@example.com", At: now, Notice: registry.TextNotice{Text: "test"}}}},
		"Children":     {Children: []registry.ChildScan{{Name: d.Name, ROID: d.ROID}}},
		"ChildHints":   {ChildHints: []registry.ChildHint{{ChildScan: registry.ChildScan{Name: d.Name, ROID: d.ROID, Notified: now}}}},
		"Log":          {Log: []registry.LogRow{{At: now, Registrar: "H1", Command: "test"}}},
	}
	elsewhere := map[string]string{
		"Origin": "it is in every row of history", "Fence": "TestFence", "Needs": "TestNeeds", "Rescheduled": "TestRescheduled", "Standings": "TestStandings", "Lapses": "TestLapses", "Published": "TestMarks",
		"Staged": "TestPriceListsComeBack", "Cleared": "TestPriceListsComeBack", "PromotionUses": "TestPromotionsComeBack",
		"Leaving": "TestLeavingHost", "Unlinked": "TestUnlinkedContacts", "Undelegated": "TestGoingIsGuarded",
		"Acknowledged": "TestQueue", "Cuts": "TestCuts", "GoneMail": "TestMail", "Postponed": "TestDueMail", "ToldAll": "TestAnnouncements", "Withdrawn": "TestAnnouncements",
		"GoneChildren": "TestChildren", "ForgetAccesses": "TestAccesses",
		"ZoneSteps": "TestPublications", "ZonePages": "TestPublications", "ZoneBases": "TestPublications", "Releases": "TestPublications",
		"ZoneHolds": "TestJumpsAndHolds", "Jumps": "TestJumpsAndHolds", "Aside": "TestMarksAside", "NotAside": "TestMarksAside", "Resumed": "TestMarksAside",
	}
	for i := range reflect.TypeFor[registry.Changes]().NumField() {
		name := reflect.TypeFor[registry.Changes]().Field(i).Name
		changes, listed := fields[name]
		if !listed {
			if elsewhere[name] == "" {
				t.Errorf("no test of Changes.%s", name)
			}
			continue
		}
		t.Run(name, func(t *testing.T) {
			w := world.Empty(t)
			write(t, w, base())
			before := w.Dump() + w.Rows("SELECT * FROM log")
			write(t, w, changes)
			if w.Dump()+w.Rows("SELECT * FROM log") == before {
				t.Errorf("Changes.%s is not written", name)
			}
		})
	}
}

// What is put is read again: every field, on both engines.
func TestObjectsComeBack(t *testing.T) {
	w := world.Empty(t)
	want := base()
	c, h, d, r := &want.Contacts[0], &want.Hosts[0], &want.Domains[0], &want.Registrars[0]
	fill(t, reflect.ValueOf(c).Elem())
	fill(t, reflect.ValueOf(h).Elem())
	fill(t, reflect.ValueOf(d).Elem())
	fill(t, reflect.ValueOf(r).Elem())
	c.Sponsor, h.Sponsor, d.Sponsor = r.ID, r.ID, r.ID
	c.ROID, h.ROID, d.ROID = "C1-CO", "H2-CO", "D3-CO"
	c.Version, h.Version, d.Version, r.Version = 1, 1, 1, 1
	c.Linked, h.Linked = true, true
	c.PurgeAt = time.Time{} // as it is linked; see TestDueContacts
	h.Superordinate = registry.DomainRef{}
	d.Nameservers = []registry.HostRef{h.Ref()}
	d.Registrant = c.Ref()
	d.Contacts = []registry.DomainContact{{Role: "admin", ContactRef: c.Ref()}}
	want.Limits[0] = ledger.Funds{Party: r.Party(), CreditLimit: 1, EmergencyCredit: 2, CreditThreshold: 3, MinimumBalance: 4, EmergencyUntil: now.Add(time.Hour)}
	write(t, w, want)
	view(t, w, func(reader registry.Reader) error {
		same(t, *c)(reader.Contact(strings.ToUpper(c.ID)))
		same(t, *h)(reader.Host(h.Name))
		same(t, *h)(reader.HostByROID(h.ROID))
		d.Nameservers[0].SuperordinateDue = time.Time{} // of an external host
		same(t, *d)(reader.Domain(d.Name))
		same(t, *r)(reader.Registrar(r.ID))
		same(t, want.Limits[0])(reader.Funds(r.ID, now))
		return nil
	})
	view(t, w, func(reader registry.Reader) error {
		if _, found, err := reader.Domain(names.MustParse("nothing.co")); found || err != nil {
			t.Errorf("a name that is not there: %t, %v", found, err)
		}
		return nil
	})
}

func same[T any](t *testing.T, want T) func(T, bool, error) {
	return func(got T, found bool, err error) {
		t.Helper()
		if err != nil || !found {
			t.Errorf("%T: found %t, %v", want, found, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateComparable(names.Name{}, netip.Addr{}, netip.Prefix{})); diff != "" {
			t.Errorf("%T comes back otherwise (-want +got):\n%s", want, diff)
		}
	}
}

// fill gives every field of a struct a value that is not zero.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(now.Add(time.Duration(v.Type().Size()) * time.Microsecond)))
		return
	case names.Name:
		v.Set(reflect.ValueOf(names.MustParse("filled.example")))
		return
	case netip.Addr:
		v.Set(reflect.ValueOf(netip.MustParseAddr("2001:db8::1")))
		return
	case netip.Prefix:
		v.Set(reflect.ValueOf(netip.MustParsePrefix("192.0.2.0/24")))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key)
		fill(t, value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString("filled")
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		v.SetUint(7)
	case reflect.Bool:
		v.SetBool(true)
	default:
		t.Fatalf("no value for a %s", v.Type())
	}
}

// A put of a version that is not the next one is refused, and the function is run again on what is
// stored now.
func TestPutsAreGuarded(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	first := base().Domains[0].Next()
	first.Statuses = []registry.Status{registry.ClientHold}
	tries := 0
	err := w.DB.Update(context.Background(), registry.Keys{}, func(r registry.Reader) (registry.Changes, error) {
		tries++
		if tries == 1 { // as if read before another transaction wrote it
			return registry.Changes{Domains: []registry.Domain{first.Next()}}, nil
		}
		d, _, err := r.Domain(first.Name)
		return registry.Changes{Domains: []registry.Domain{d.Next()}}, err
	})
	if err != nil || tries != 2 {
		t.Errorf("after %d tries: %v, want success at the second", tries, err)
	}
}

// A link to an object that another transaction removed makes the command run again.
func TestLinksAreGuarded(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	gone := errors.New("the flow sees that the host is gone")
	tries := 0
	err := w.DB.Update(context.Background(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
		if tries++; tries > 1 {
			return registry.Changes{}, gone
		}
		d := base().Domains[0].Next()
		d.Nameservers = append(d.Nameservers, registry.HostRef{ROID: "H77-CO", Name: names.MustParse("ns7.example.net")})
		return registry.Changes{Domains: []registry.Domain{d}}, nil
	})
	if !errors.Is(err, gone) {
		t.Errorf("after %d tries: %v", tries, err)
	}
}

// What a command found free may have been linked, and the name above a host may have gone and come
// again, before the command writes: then it is run again and sees. A host that goes with the name above
// it takes along the links that were seen.
func TestGoingIsGuarded(t *testing.T) {
	shop := base().Domains[0]
	below := base().Hosts[0]
	below.ROID, below.Name, below.Superordinate = "H9-CO", names.MustParse("ns1.shop.co"), shop.Ref()
	user := base().Domains[0]
	user.ROID, user.Name, user.Nameservers = "D8-CO", names.MustParse("user.co"), []registry.HostRef{below.Ref()}
	elsewhere := below
	elsewhere.Superordinate.ROID = "D77-CO" // the name's last life
	bare := shop.Next()
	bare.Nameservers, bare.Contacts, bare.Registrant = nil, nil, registry.ContactRef{}
	for _, test := range []struct {
		name    string
		before  []registry.Changes
		changes registry.Changes
		fits    bool
	}{
		{"a linked host", nil, registry.Changes{GoneHosts: []registry.Host{base().Hosts[0].Next()}}, false},
		{"a linked contact", nil, registry.Changes{GoneContacts: []registry.Contact{base().Contacts[0].Next()}}, false},
		{"a host below a name's next life", nil, registry.Changes{Hosts: []registry.Host{elsewhere}}, false},
		{"a name with a host below it", []registry.Changes{{Hosts: []registry.Host{below}}, {Domains: []registry.Domain{bare}}}, registry.Changes{GoneDomains: []registry.Domain{bare.Next()}}, false},
		{
			"a name with its host, that another links",
			[]registry.Changes{{Hosts: []registry.Host{below}}, {Domains: []registry.Domain{user}}},
			registry.Changes{
				GoneDomains: []registry.Domain{shop.Next()}, GoneHosts: []registry.Host{below.Next()},
				Undelegated: []registry.HostLink{{Domain: user.ROID, Host: below.ROID}},
			},
			true,
		},
		{
			"a name with its host, that another has come to link",
			[]registry.Changes{{Hosts: []registry.Host{below}}, {Domains: []registry.Domain{user}}},
			registry.Changes{GoneDomains: []registry.Domain{shop.Next()}, GoneHosts: []registry.Host{below.Next()}},
			false,
		},
	} {
		w := world.Empty(t)
		write(t, w, base())
		for _, changes := range test.before {
			write(t, w, changes)
		}
		again := errors.New("the flow sees")
		tries := 0
		err := w.DB.Update(context.Background(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
			if tries++; tries > 1 {
				return registry.Changes{}, again
			}
			return test.changes, nil
		})
		if test.fits != (err == nil) || !test.fits && !errors.Is(err, again) {
			t.Errorf("%s: %v, want it to fit %t", test.name, err, test.fits)
		}
	}
}

// The history tells a registrar from an object whose ROID is spelt like the registrar's id.
func TestHistoryKeepsKindsApart(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	write(t, w, registry.Changes{Registrars: []registry.Registrar{{ID: "D3-CO", Version: 1}}}) // like shop.co's
	if got := w.Rows("SELECT kind FROM history WHERE roid = 'D3-CO' ORDER BY kind"); got != "domain\nregistrar\n" {
		t.Errorf("the history of D3-CO is of %q", got)
	}
}

// An open charge can be made to post at another instant; one that has ended stays as it is.
func TestRescheduled(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	later := now.AddDate(0, 0, 3)
	open := ledger.Charge{ID: "charge", Party: "H1", Amount: 1, At: now, PostsAt: now, GraceDays: 5, State: ledger.Open}
	write(t, w, registry.Changes{Charges: []ledger.Charge{open}})
	write(t, w, registry.Changes{Rescheduled: []ledger.Charge{{ID: "charge", PostsAt: later}}})
	isCharge := func(what string, want ledger.Charge) {
		t.Helper()
		err := w.DB.View(context.Background(), func(r registry.Reader) error {
			got, _, err := r.Charge("charge")
			if got != want {
				t.Errorf("%s is %+v, want %+v", what, got, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	open.PostsAt = later
	isCharge("a rescheduled charge", open)
	write(t, w, registry.Changes{Rescheduled: []ledger.Charge{{ID: "charge", PostsAt: now, GraceDays: 7}}})
	open.PostsAt, open.GraceDays = now, 7
	isCharge("a charge with another grace", open)
	posted, entries := open.Post()
	held := registry.Standing{Party: "H1", To: ledger.Standing{Hold: now, Holds: 1, LastHold: now}}
	write(t, w, registry.Changes{Charges: []ledger.Charge{posted}, Entries: entries, Standings: []registry.Standing{held}})
	write(t, w, registry.Changes{Rescheduled: []ledger.Charge{{ID: "charge", PostsAt: later}}})
	isCharge("a charge that was posted before", posted)
}

// A condition on funds holds where the money is, not only where it was read. Decisions 5.2.
func TestNeeds(t *testing.T) {
	spend := func(amount ledger.Money, needs ...registry.Need) registry.Changes {
		c := ledger.Charge{ID: "charge-" + amount.String(), Party: "H1", Amount: amount, At: now, PostsAt: now, Authorises: true, State: ledger.Open}
		return registry.Changes{Charges: []ledger.Charge{c}, Entries: c.Authorise(), Needs: needs}
	}
	low := func(c registry.Changes) registry.Changes {
		c.Standings = []registry.Standing{{Party: "H1", To: ledger.Standing{Low: now}}}
		return c
	}
	for _, test := range []struct {
		name    string
		changes registry.Changes
		fits    bool
	}{
		{"all of the credit limit", spend(5_00, registry.Need{Party: "H1"}), true},
		{"one cent more", spend(5_01, registry.Need{Party: "H1"}), false},
		{"all, with a cent due", spend(5_00, registry.Need{Party: "H1", Due: 1}), false},
		{"one cent more, unguarded", low(spend(5_01)), true},
	} {
		w := world.Empty(t)
		write(t, w, base())
		short := errors.New("the flow sees the funds")
		tries := 0
		err := w.DB.Update(context.Background(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
			if tries++; tries > 1 {
				return registry.Changes{}, short
			}
			return test.changes, nil
		})
		if test.fits != (err == nil) || !test.fits && !errors.Is(err, short) {
			t.Errorf("%s: %v, want it to fit %t", test.name, err, test.fits)
		}
		w.CheckInvariants()
	}
}

// The standing of an account is what its balances and limits make of it, wherever it was decided. Decisions 5.5.
func TestStandings(t *testing.T) {
	low, held := ledger.Standing{Low: now}, ledger.Standing{Hold: now, Holds: 1, LastHold: now}
	spend := func(amount ledger.Money, to ...registry.Standing) registry.Changes {
		c := ledger.Charge{ID: "charge-" + amount.String(), Party: "H1", Amount: amount, At: now, PostsAt: now, State: ledger.Open}
		posted, entries := c.Post()
		return registry.Changes{Charges: []ledger.Charge{c, posted}, Entries: entries, Standings: to}
	}
	stands := func(from, to ledger.Standing) registry.Standing {
		return registry.Standing{Party: "H1", From: from, To: to}
	}
	nothing, both := ledger.Standing{}, ledger.Standing{Low: now, Hold: now, Holds: 1, LastHold: now}
	for _, test := range []struct {
		name    string
		changes registry.Changes
		fits    bool
	}{
		{"on hold", spend(1, stands(nothing, held)), true},
		{"on hold, unsaid", spend(1), false},
		{"on hold and low, half said", spend(5_01, stands(nothing, held)), false},
		{"on hold and low", spend(5_01, stands(nothing, both)), true},
		{"said of one that is not", spend(1, stands(nothing, both)), false},
		{"from another standing", spend(1, stands(low, held)), false},
		{"in two steps", func() registry.Changes {
			c := spend(1, stands(nothing, held))
			c.Add(spend(5_00, stands(held, both)))
			return c
		}(), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := world.Empty(t)
			write(t, w, base())
			turned := errors.New("the account stands otherwise")
			tries := 0
			err := w.DB.Update(context.Background(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
				if tries++; tries > 1 {
					return registry.Changes{}, turned
				}
				return test.changes, nil
			})
			if test.fits != (err == nil) || !test.fits && !errors.Is(err, turned) {
				t.Errorf("%v, want it to fit %t", err, test.fits)
			}
			w.CheckInvariants()
		})
	}
}

// What is due, and when something will be.
func TestDue(t *testing.T) {
	w := world.Empty(t)
	next := func() (at time.Time) {
		view(t, w, func(r registry.Reader) (err error) { at, err = r.NextDue(); return err })
		return at
	}
	if !next().IsZero() {
		t.Error("something is due in an empty registry")
	}
	write(t, w, base())
	if want := now.AddDate(1, 0, 0); !next().Equal(want) {
		t.Errorf("next due %s, want %s", next(), want)
	}
	early, late := now.AddDate(0, 1, 0), now.AddDate(0, 2, 0)
	write(t, w, registry.Changes{Charges: []ledger.Charge{
		{ID: "late", Party: "H1", Amount: 2, At: now, PostsAt: late, State: ledger.Open},
		{ID: "early", Party: "H1", Amount: 1, At: now, PostsAt: early, Authorises: true, State: ledger.Open},
	}})
	if !next().Equal(early) {
		t.Errorf("next due %s, want %s", next(), early)
	}
	for at, want := range map[time.Time]struct {
		charges               int
		authorised, other     ledger.Money
		domains, domainsLimit int
	}{
		early.Add(-time.Microsecond): {},
		early:                        {charges: 1, authorised: 1},
		late:                         {charges: 2, authorised: 1, other: 2},
		now.AddDate(1, 0, 0):         {charges: 2, authorised: 1, other: 2, domains: 1},
	} {
		view(t, w, func(r registry.Reader) error {
			charges, err1 := r.DueCharges(at, 10)
			domains, err2 := r.DueDomains(at, 10)
			funds, _, err3 := r.Funds("H1", at)
			if len(charges) != want.charges || len(domains) != want.domains || funds.DueAuthorised != want.authorised || funds.DueOther != want.other {
				t.Errorf("at %s: %d charges, %d domains, funds %+v, want %+v", at, len(charges), len(domains), funds, want)
			}
			return errors.Join(err1, err2, err3)
		})
	}
}

// Names of one instant are due in the order of their names, wherever they lie.
func TestDueInOrder(t *testing.T) {
	w := world.Empty(t)
	all := base()
	all.Domains = nil
	write(t, w, all)
	for i, name := range []string{"c1c.co", "a1a.co", "d1d.co", "b1b.co"} {
		d := base().Domains[0]
		d.ROID, d.Name = registry.ROID("D10"+strconv.Itoa(i)+"-CO"), names.MustParse(name)
		write(t, w, registry.Changes{Domains: []registry.Domain{d}})
	}
	view(t, w, func(r registry.Reader) error {
		due, err := r.DueDomains(now.AddDate(1, 0, 0), 10)
		var got []string
		for _, d := range due {
			got = append(got, d.Name.String())
		}
		if want := []string{"a1a.co", "b1b.co", "c1c.co", "d1d.co"}; !slices.Equal(got, want) {
			t.Errorf("names are due as %v, want %v", got, want)
		}
		return err
	})
}

func TestLists(t *testing.T) {
	w := world.Empty(t)
	all := base()
	for i, name := range []string{"b1b.co", "a1a.co", "c1c.co"} {
		d := all.Domains[0]
		d.ROID, d.Name = registry.ROID("D10"+strconv.Itoa(i)+"-CO"), names.MustParse(name)
		all.Domains = append(all.Domains, d)
	}
	for _, name := range []string{"ns2.shop.co", "shop.co", "ns1.shop.co"} {
		all.Hosts = append(all.Hosts, registry.Host{
			ROID: registry.ROID(name), Name: names.MustParse(name), Version: 1, Sponsor: "H1",
		})
	}
	write(t, w, all)
	var below registry.Changes
	for _, h := range all.Hosts[1:] {
		h = h.Next()
		h.Superordinate = base().Domains[0].Ref()
		below.Hosts = append(below.Hosts, h)
	}
	write(t, w, below)
	view(t, w, func(r registry.Reader) error {
		domains, err1 := r.Domains(names.MustParse("a1a.co"), 2)
		if len(domains) != 2 || domains[0].Name != names.MustParse("b1b.co") || domains[1].Name != names.MustParse("c1c.co") {
			t.Errorf("two domains after a1a.co: %v", domains)
		}
		hosts, err2 := r.SubordinateHosts(names.MustParse("shop.co"))
		if len(hosts) != 3 || hosts[0].Name != names.MustParse("ns1.shop.co") || hosts[2].Name != names.MustParse("shop.co") {
			t.Errorf("hosts of shop.co: %v", hosts)
		}
		linking, err3 := r.DelegatedTo("H2-CO", 2)
		if len(linking) != 2 || linking[0] != names.MustParse("a1a.co") {
			t.Errorf("names that link ns1.example.net: %v", linking)
		}
		own, err4 := r.LinkedByOther("H2-CO", "H1")
		other, err5 := r.LinkedByOther("H2-CO", "H9")
		if own || !other {
			t.Errorf("linked by another sponsor than H1 %t, than H9 %t", own, other)
		}
		return errors.Join(err1, err2, err3, err4, err5)
	})
}

// Numbers for ROIDs rise and never come twice.
func TestNextNumber(t *testing.T) {
	w := world.Empty(t)
	last := int64(0)
	for range 5 {
		err := w.DB.Update(context.Background(), registry.Keys{}, func(r registry.Reader) (registry.Changes, error) {
			n, err := r.NextNumber()
			if n <= last {
				t.Errorf("number %d after %d", n, last)
			}
			last = n
			return registry.Changes{}, err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestSettings(t *testing.T) {
	w := world.Empty(t)
	ctx := context.Background()
	if _, found, err := w.DB.Setting(ctx, "clock"); found || err != nil {
		t.Errorf("a setting that is not there: %t, %v", found, err)
	}
	for _, value := range []string{"1h", "2h"} {
		if err := w.DB.PutSetting(ctx, "clock", value); err != nil {
			t.Fatal(err)
		}
		if got, found, err := w.DB.Setting(ctx, "clock"); got != value || !found || err != nil {
			t.Errorf("setting %q, %t, %v, want %q", got, found, err, value)
		}
	}
}
