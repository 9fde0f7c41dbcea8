package seed

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

const instant = "2026-11-20T15:04:05Z"

// newSeeder returns a Seeder for a world that has no objects yet.
func newSeeder(t *testing.T, w *world.World, n int) *Seeder {
	t.Helper()
	trids := 0
	s, err := New(Config{
		Names: n, Seed: 7, Now: w.Now(), Service: w.Service,
		Registrars: []registry.Registrar{registrarOf(t, w, world.Acme), registrarOf(t, w, world.Other)},
		NewTRID: func() string {
			trids++
			return fmt.Sprintf("SEED-%07d", trids)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func registrarOf(t *testing.T, w *world.World, id registry.RegistrarID) registry.Registrar {
	t.Helper()
	var r registry.Registrar
	if err := w.DB.View(context.Background(), func(reader registry.Reader) (err error) {
		r, _, err = reader.Registrar(id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return r
}

// filled returns a world with so many made-up names, whose registrars have paid for them.
func filled(t *testing.T, n int) *world.World {
	t.Helper()
	w := world.New(t, instant)
	s := newSeeder(t, w, n)
	if err := w.DB.Fill(context.Background(), s.Lives()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.DB.Numbers(context.Background(), int(s.Number())); err != nil {
		t.Fatal(err)
	}
	for _, id := range []registry.RegistrarID{world.Acme, world.Other} {
		w.Deposit(id, s.Costs(id), "names of "+string(id))
	}
	return w
}

// lacking finds links to what is not there; the foreign keys are put aside while a store is filled.
const lacking = `
SELECT domain FROM domain_host WHERE domain NOT IN (SELECT roid FROM domain) OR host NOT IN (SELECT roid FROM host)
UNION ALL
SELECT domain FROM domain_contact WHERE domain NOT IN (SELECT roid FROM domain) OR contact NOT IN (SELECT roid FROM contact)
UNION ALL
SELECT host FROM host_address WHERE host NOT IN (SELECT roid FROM host)
UNION ALL
SELECT name FROM host WHERE superordinate NOT IN (SELECT roid FROM domain)
UNION ALL
SELECT id FROM charge WHERE object NOT IN (SELECT roid FROM history)`

// states are the states that a registry of some thousand names has some of.
var states = []struct{ name, found string }{
	{"redemption", `SELECT name FROM domain WHERE body LIKE '%"RestorableTil"%' AND due > $1`},
	{"on hold", `SELECT name FROM domain WHERE body LIKE '%clientHold%' AND due > $1`},
	{"locked", `SELECT name FROM domain WHERE body LIKE '%clientTransferProhibited%' AND due > $1`},
	{"no name servers", `SELECT name FROM domain WHERE roid NOT IN (SELECT domain FROM domain_host) AND due > $1`},
	{"own hosts", `SELECT superordinate FROM host WHERE superordinate IS NOT NULL AND CAST($1 AS BIGINT) > 0`},
	{"renewed by time", `SELECT name FROM domain WHERE body LIKE '%"autoRenewPeriod"%' AND due > $1`},
	{"charge to post", `SELECT id FROM charge WHERE state = 'open' AND posts_at > $1`},
	{"released charge", `SELECT id FROM charge WHERE state = 'released' AND ended <= $1`},
}

// A filled registry contradicts itself nowhere, has some of everything, and nothing that is due.
func TestFill(t *testing.T) {
	const n = 2000
	w := filled(t, n)
	w.CheckInvariants()
	if broken := w.Rows(lacking); broken != "" {
		t.Errorf("these link what is not there:\n%s", broken)
	}
	now := w.Now().UnixMicro()
	for _, s := range states {
		if w.Rows(s.found+" LIMIT 1", now) == "" {
			t.Errorf("%s: there is none", s.name)
		}
	}
	if due := w.Rows("SELECT name FROM domain WHERE due <= $1", now); due != "" {
		t.Errorf("these are due already:\n%s", due)
	}
	counts := w.Rows("SELECT COUNT(*), COUNT(DISTINCT roid), COUNT(DISTINCT sponsor), COUNT(DISTINCT zone) FROM domain")
	if want := fmt.Sprintf("%d | %d | 2 | 4\n", n, n); counts != want {
		t.Errorf("names, ROIDs, sponsors and zones are %s, want %s", counts, want)
	}
	foretold, err := Names(w.Service.Profile, 7, nil, n)
	if err != nil {
		t.Fatal(err)
	}
	made := strings.Fields(w.Rows("SELECT name FROM domain"))
	for _, name := range foretold {
		if !slices.Contains(made, name.String()) {
			t.Errorf("%s was foretold and not made", name)
		}
	}
	if marks := w.Rows("SELECT * FROM mark"); marks != "" {
		t.Errorf("it left marks:\n%s", marks)
	}
}

// Names that expire together do so in one second, and nothing is due before.
func TestFillTogether(t *testing.T) {
	w := world.New(t, instant)
	s := newSeeder(t, w, 300)
	s.memory.number = 1000 // what was there before has taken some
	s.config.Together = true
	if err := w.DB.Fill(context.Background(), s.Lives()); err != nil {
		t.Fatal(err)
	}
	if got, want := w.Rows("SELECT COUNT(*), MIN(due), MAX(due) FROM domain"), "300 | 1824163199000000 | 1824163199000000\n"; got != want {
		t.Errorf("the names fall due at %s, want %s", got, want)
	}
}

// Names that were made up are renewed, updated, deleted and looked at like any other, and so are the
// hosts and contacts; time goes on over all of them.
func TestFilledNamesLiveOn(t *testing.T) {
	w := filled(t, 300)
	sample := strings.Fields(w.Rows(`
SELECT name FROM domain WHERE body NOT LIKE '%"Deletion"%' AND body NOT LIKE '%clientHold%' ORDER BY roid LIMIT 40`))
	if len(sample) != 40 {
		t.Fatalf("there are %d names to try", len(sample))
	}
	for i, text := range sample {
		name := world.Name(text)
		who := registry.RegistrarID(strings.TrimSpace(w.Rows("SELECT sponsor FROM domain WHERE name = $1", text)))
		reply, err := w.Ask(who, flow.DomainInfo{Name: name})
		if err != nil {
			t.Fatalf("info %s: %v", name, err)
		}
		d := reply.(flow.DomainDetails).Domain
		if taken, err := w.Run(who, flow.DomainCreate{Name: name, Registrant: d.Registrant.ID}); err == nil {
			t.Errorf("%s was registered twice: %v", name, taken)
		}
		switch i % 3 {
		case 0:
			_, err := w.Run(who, flow.DomainRenew{Name: name, CurrentExpiry: d.Expires, Years: 1})
			var refusal *registry.Error
			if err != nil && !(errors.As(err, &refusal) && refusal.Code == registry.NotRenewable) {
				t.Errorf("renew %s: %v", name, err)
			}
		case 1:
			w.Do(who, flow.DomainDelete{Name: name})
		case 2:
			w.Do(who, flow.DomainUpdate{Name: name, Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}}})
		}
	}
	w.Host(world.Acme, "ns1.new-after-seeding.example")
	w.Contact(world.Acme, "NEW-1")
	w.CheckInvariants()
	for range 5 {
		w.Pass(100 * 24 * time.Hour)
		w.Settle()
		w.CheckInvariants()
	}
	if left := w.Rows(`SELECT name FROM domain WHERE body LIKE '%"Deletion"%'`); left != "" {
		t.Errorf("these were to be purged long ago:\n%s", left)
	}
}

// A step of TestFillIsApply: a command, how long before now, and by whom.
type told struct {
	before  time.Duration
	who     registry.RegistrarID
	command flow.Command
}

// lives are commands of every kind that Seeder runs, and some more.
func lives(now time.Time) []told {
	const year = 365 * day
	expiry := now.Add(-3*year).AddDate(1, 0, 0)
	postal := &registry.Postal{Name: "Ana Prieto", Street: []string{"Calle 1 # 2-3"}, City: "Cali", Postcode: "760001", Country: "CO"}
	roles := []flow.Role{{Role: "tech", ID: "ana-1"}, {Role: "admin", ID: "ana-1"}}
	create := func(name string, hosts ...string) flow.DomainCreate {
		return flow.DomainCreate{Name: world.Name(name), Registrant: "ANA-1", Contacts: roles, Nameservers: world.Names(hosts...), AuthInfo: "secret"}
	}
	return []told{
		{4 * year, world.Acme, flow.HostCreate{Name: world.Name("ns1.elsewhere.example")}},
		{4 * year, world.Acme, flow.HostCreate{Name: world.Name("ns2.elsewhere.example")}},
		{4 * year, world.Acme, flow.ContactCreate{ID: "Ana-1", Int: postal, Email: "ana@example.com", Voice: &registry.Phone{Number: "+57.6015550100"}}},
		{3 * year, world.Acme, create("renewed.co", "ns2.elsewhere.example", "ns1.elsewhere.example")},
		{2*year + 10*day, world.Acme, flow.DomainRenew{Name: world.Name("renewed.co"), CurrentExpiry: expiry, Years: 1}},
		{2 * year, world.Other, create("own.com.co")},
		{2*year - time.Minute, world.Other, flow.HostCreate{Name: world.Name("ns1.own.com.co"), Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}}},
		{2*year - 2*time.Minute, world.Other, flow.DomainUpdate{Name: world.Name("own.com.co"), Add: flow.DomainEdit{Nameservers: world.Names("ns1.own.com.co")}}},
		{2*year - 3*time.Minute, world.Other, flow.DomainUpdate{Name: world.Name("own.com.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientTransferProhibited}}}},
		{300 * day, world.Acme, create("lost.co", "ns1.elsewhere.example")},
		{20 * day, world.Acme, flow.DomainDelete{Name: world.Name("lost.co")}},
		{9 * day, world.Acme, create("regretted.co", "ns1.elsewhere.example")},
		{8 * day, world.Acme, flow.HostCreate{Name: world.Name("ns1.regretted.co"), Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.9")}}},
		{8*day - time.Minute, world.Acme, flow.DomainUpdate{Name: world.Name("renewed.co"), Add: flow.DomainEdit{Nameservers: world.Names("ns1.regretted.co")}}},
		{7 * day, world.Acme, flow.DomainDelete{Name: world.Name("regretted.co")}},
		{time.Hour, world.Acme, create("young.co")},
	}
}

// The log of a filled registry is newest first, as that of any other, also with the rows that were there before: of all
// registrars and of one, with filters, from page to page.
func TestFilledLogIsInOrder(t *testing.T) {
	w := world.New(t, instant)
	now := w.Now()
	for i, days := range []int{400, 200, 200, 3} {
		w.At(now.AddDate(0, 0, -days).Format(time.RFC3339))
		w.Host(world.Acme, fmt.Sprintf("ns%d.before.example", i+1))
	}
	w.At(instant)
	s := newSeeder(t, w, 300)
	s.memory.number = 1000 // what was there before has taken some
	if err := w.DB.Fill(context.Background(), s.Lives()); err != nil {
		t.Fatal(err)
	}
	w.Host(world.Acme, "ns9.after.example")
	pages := func(who registry.RegistrarID, f registry.LogFilter) (rows []registry.LogRow) {
		t.Helper()
		for q := (flow.LogQuery{LogFilter: f, Limit: 100}); ; {
			reply, err := w.Ask(who, q)
			if err != nil {
				t.Fatal(err)
			}
			found := reply.(flow.LogFound)
			rows = append(rows, found.Rows...)
			if q.Before = found.Next; q.Before == "" {
				break
			}
		}
		for i := 1; i < len(rows); i++ {
			if rows[i].At.After(rows[i-1].At) {
				t.Fatalf("%s, %+v: row %d is of %s, the one before it of %s", who, f, i, rows[i].At, rows[i-1].At)
			}
		}
		return rows
	}
	all, own := pages("", registry.LogFilter{}), pages(world.Acme, registry.LogFilter{})
	if len(all) < 600 || len(own) < 300 || all[0].ID != "ns9.after.example" {
		t.Errorf("%d rows of all, %d of one, the first of all is of %s", len(all), len(own), all[0].ID)
	}
	since, until := now.AddDate(0, 0, -300), now.AddDate(0, 0, -100)
	within := 0
	for _, row := range own {
		if !row.At.Before(since) && row.At.Before(until) {
			within++
		}
	}
	if got := pages(world.Acme, registry.LogFilter{Since: since, Until: until}); len(got) != within || within == 0 {
		t.Errorf("%d rows of a span, want %d", len(got), within)
	}
	if got := pages(world.Acme, registry.LogFilter{Command: "create", Object: "host", ID: "ns2.before.example"}); len(got) != 1 {
		t.Errorf("%d rows of a host that was there before", len(got))
	}
	var before []string
	for _, row := range own {
		if strings.HasSuffix(row.ID, ".before.example") {
			before = append(before, row.ID)
		}
	}
	if got, want := strings.Join(before, " "), "ns4.before.example ns3.before.example ns2.before.example ns1.before.example"; got != want {
		t.Errorf("what was there before is told as %s, want %s", got, want)
	}
}

// The same commands leave the same rows, whether flows run on the database one by one or on a memory
// whose lives fill the database: objects, links, charges, entries, balances, history and log.
func TestFillIsApply(t *testing.T) {
	one, bulk := world.New(t, instant), world.New(t, instant)
	now := one.Now()
	s := newSeeder(t, bulk, 1)
	for i, step := range lives(now) {
		at := now.Add(-step.before)
		one.At(at.Format(time.RFC3339))
		if _, err := one.Service.Run(context.Background(), flow.Request{
			Registrar: step.who, SvTRID: fmt.Sprintf("SEED-%07d", i+1), Command: step.command,
		}); err != nil {
			t.Fatalf("%s at %s: %v", step.command.Subject(), at, err)
		}
		if err := s.run(at, step.who, step.command); err != nil {
			t.Fatal(err)
		}
	}
	one.At(instant)
	one.Settle()
	one.Settle() // the charges that the first one made
	if err := s.settle(); err != nil {
		t.Fatal(err)
	}
	life := s.memory.end()
	if err := bulk.DB.Fill(context.Background(), func(yield func(store.Life, error) bool) { yield(life, nil) }); err != nil {
		t.Fatal(err)
	}
	for _, w := range []*world.World{one, bulk} {
		w.Exec("DELETE FROM mark") // a filled store has none
		w.CheckInvariants()
	}
	const log = "SELECT at, registrar, command, object, object_id, code, message, cltrid, svtrid FROM log ORDER BY svtrid"
	one.Exec("DELETE FROM poll") // of a filled store everybody has heard
	a, b := one.Rows(log)+one.Dump(), bulk.Rows(log)+bulk.Dump()
	if a != b {
		t.Errorf("the rows differ:\n%s", difference(a, b))
	}
}

// difference returns the lines that only one of two texts has.
func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	var lines []string
	for _, l := range x {
		if !slices.Contains(y, l) {
			lines = append(lines, "- "+l)
		}
	}
	for _, l := range y {
		if !slices.Contains(x, l) {
			lines = append(lines, "+ "+l)
		}
	}
	return strings.Join(lines, "\n")
}

// What stops the lives stops the fill, and nothing of it is left on an engine that can go back.
func TestFillFails(t *testing.T) {
	w := world.New(t, instant)
	before := w.Dump()
	broken := errors.New("no more")
	for _, test := range []struct {
		name string
		life store.Life
		err  error
	}{
		{"an error", nil, broken},
		{"a registrar", store.Life{{Registrars: []registry.Registrar{{ID: "H7"}}}}, nil},
		{"a name twice", store.Life{{Domains: []registry.Domain{
			{ROID: "D1-CO", Name: world.Name("a.co"), Version: 1, Sponsor: world.Acme},
			{ROID: "D2-CO", Name: world.Name("a.co"), Version: 1, Sponsor: world.Acme},
		}}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := w.DB.Fill(context.Background(), func(yield func(store.Life, error) bool) { yield(test.life, test.err) })
			if err == nil || test.err != nil && !errors.Is(err, test.err) {
				t.Errorf("Fill says %v", err)
			}
			if after := w.Dump(); after != before {
				t.Errorf("it left\n%s", difference(before, after))
			}
		})
	}
	w.Domain(world.Acme, "still-works.co") // also its indexes and keys are there again
	w.CheckInvariants()
}

// Labels are legal and different, the same for the same seed, and in length, hyphens and digits like
// those that people register: half have up to eight characters, 7 of 100 a hyphen, 8 of 100 a digit.
func TestLabels(t *testing.T) {
	profile, err := policy.BuiltIn("co-2026")
	if err != nil {
		t.Fatal(err)
	}
	const n = 100_000
	all, again := namesOf(t, profile, n), namesOf(t, profile, 1000)
	var short, hyphens, digits, second int
	for i, name := range all {
		if i < len(again) && again[i] != name {
			t.Fatalf("name %d is %s, and then %s", i, name, again[i])
		}
		short += one(len(name.Label()) <= 8)
		hyphens += one(strings.Contains(name.Label(), "-"))
		digits += one(strings.ContainsAny(name.Label(), "0123456789"))
		second += one(name.Parent() == profile.Zones[0].Name)
	}
	for _, share := range []struct {
		what             string
		count, low, high int // low and high of a hundred
	}{
		{"up to eight characters", short, 38, 62},
		{"a hyphen", hyphens, 5, 9},
		{"a digit", digits, 6, 10},
		{"the open second level", second, 80, 95},
	} {
		if of100 := share.count * 100 / n; of100 < share.low || share.high < of100 {
			t.Errorf("%s: %d of 100, want %d to %d", share.what, of100, share.low, share.high)
		}
	}
}

func namesOf(t *testing.T, profile policy.Profile, n int) []names.Name {
	t.Helper()
	list, err := Names(profile, 3, nil, n)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[names.Name]bool{}
	for _, name := range list {
		if seen[name] {
			t.Fatalf("%s comes twice", name)
		}
		seen[name] = true
	}
	return list
}

func one(holds bool) int {
	if holds {
		return 1
	}
	return 0
}
