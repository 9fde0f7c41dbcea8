package store_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// No list of the console reads a table, or an unbounded stretch of an index: its queries are asked in a registry that has
// several times what a page may look at of everything, each statement that the store runs for them is kept, and the
// database says how it would run it. SQLite tells the index and whether something is sorted. PostgreSQL is made to run
// it, as planned for its parameters and, where it keeps plans, as planned for any, and tells how many rows it looked at.
func TestConsolePlans(t *testing.T) {
	w := world.New(t, "2026-09-01T12:00:00Z")
	withSmallPages(w)
	crowd(t, w)
	plan := sqlitePlan(w)
	if w.Postgres {
		plan = postgresPlan(t, w)
	}
	seen, shapes := map[string]bool{}, map[string]int{}
	queries := consoleQueries()
	for _, name := range slices.Sorted(maps.Keys(queries)) { // so that each run looks at the same
		q := queries[name]
		var asked []statement
		w.Fault.Watch(func(text string, args []driver.NamedValue) { asked = append(asked, newStatement(text, args)) })
		_, err := w.Ask(world.Acme, q)
		w.Fault.Watch(nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, s := range asked {
			if key := s.key(); !seen[key] && touches.MatchString(s.text) && (!w.Postgres || shapes[s.text] < mostOfShape) {
				seen[key] = true
				shapes[s.text]++
				plan(t, name, s)
			}
		}
	}
	if len(seen) < 100 {
		t.Errorf("%d statements were looked at: those of lists are missing", len(seen))
	}
}

// mostOfShape is with how many arguments one statement is run on PostgreSQL, where each takes a while.
const mostOfShape = 3

// looked is how many objects a page may look at here, a quarter of what it may by the built-in profile, so that a crowd of
// a quarter shows the same.
const looked = 500

// most is how many rows one statement may look at in all its parts: some four for each that a page may look at.
const most = 4 * looked

// mostOfLog is likewise of the log, of which a page looks at five times as many rows, each once.
const mostOfLog = 5*looked + 100

// withSmallPages sets what a page may look at.
func withSmallPages(w *world.World) {
	w.Service.Profile.Versions = slices.Clone(w.Service.Profile.Versions)
	limits := &w.Service.Profile.Versions[0].Terms.Limits
	limits.Portfolio = policy.PortfolioLimits{PageSize: 50, Exported: 100, Sorted: looked / 2, Looked: looked, Due: 100, DueLooked: looked}
	limits.Lists = policy.ListLimits{PageSize: 50, Looked: looked, Counted: looked / 2}
	limits.LogRowsRead, limits.PollCounted = 5*looked, looked/2
}

// A statement is one that was run.
type statement struct {
	text string
	args []driver.NamedValue
	anew bool // it is planned for its parameters each time
}

func newStatement(text string, args []driver.NamedValue) statement {
	if len(args) > 0 {
		if _, anew := args[0].Value.(pgx.QueryExecMode); anew {
			return statement{text, args[1:], true}
		}
	}
	return statement{text, args, false}
}

// key tells statements apart that can be planned differently.
func (s statement) key() string {
	var b strings.Builder
	b.WriteString(s.text)
	for _, a := range s.args {
		fmt.Fprintf(&b, "\x00%v", a.Value)
	}
	return b.String()
}

// touches fits statements about what there may be millions of.
var touches = regexp.MustCompile(`\b(FROM|JOIN)\s+(domain|domain_host|domain_contact|host|contact|log|history|poll|entry|charge|account_day|user_act)\b`)

var (
	given   = regexp.MustCompile(`\b(?:FROM|JOIN)\s+(domain|domain_host|domain_contact|host|contact|log|history|poll|entry|charge|account_day|user_act)(?:\s+([a-z]\w*))?\b`)
	derived = regexp.MustCompile(`\)\s+([a-z]\w*)\b`)
	steps   = regexp.MustCompile(`(?m)^\d+ \| (\d+) \| \d+ \| (SCAN|SEARCH|USE) (\w+).*$`)
)

// sqlitePlan returns what looks at a plan of SQLite.
func sqlitePlan(w *world.World) func(*testing.T, string, statement) {
	return func(t *testing.T, name string, s statement) {
		t.Helper()
		tables := map[string]bool{}
		for _, found := range given.FindAllStringSubmatch(s.text, -1) {
			tables[found[1]], tables[found[2]] = true, true
		}
		for _, found := range derived.FindAllStringSubmatch(s.text, -1) {
			tables[found[1]] = false
		}
		args := make([]any, len(s.args))
		for i, a := range s.args {
			args[i] = a.Value
		}
		plan := w.Rows("EXPLAIN QUERY PLAN "+s.text, args...)
		outer := map[string]string{} // the first table of each loop, by the number of what it is part of
		for _, step := range steps.FindAllStringSubmatch(plan, -1) {
			part, does, table := step[1], step[2], step[3]
			switch {
			case does == "SCAN" && tables[table]:
				t.Errorf("%s reads all of %s:\n%s\n%s", name, table, plan, s.text)
			case does != "USE" && outer[part] == "":
				outer[part] = table
			case does == "USE" && strings.Contains(step[0], "FOR ORDER BY") && tables[outer[part]] && !sortsFew(s.text):
				t.Errorf("%s sorts a part of an index that has no bound:\n%s\n%s", name, plan, s.text)
			}
		}
		if strings.Contains(plan, "ANY(") {
			t.Errorf("%s skips through an index:\n%s\n%s", name, plan, s.text)
		}
	}
}

// sortsFew reports whether what a statement sorts grows with days or with the hosts below one name, and not with what
// people do otherwise.
func sortsFew(text string) bool {
	return strings.Contains(text, "FROM   account_day") || strings.Contains(text, "WHERE  superordinate =")
}

var (
	scanned = regexp.MustCompile(`(?:^|->)\s*(?:Index|Index Only|Seq|Bitmap Heap) Scan.*\(actual rows=(\d+) loops=(\d+)\)`)
	removed = regexp.MustCompile(`Rows Removed by (?:Filter|Index Recheck|Join Filter): (\d+)`)
)

// postgresPlan returns what looks at a plan of PostgreSQL.
func postgresPlan(t *testing.T, w *world.World) func(*testing.T, string, statement) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, w.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	do := func(t *testing.T, text string) {
		t.Helper()
		if _, err := conn.Exec(ctx, text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	do(t, "SET enable_seqscan = off") // as the store has it
	// Tables that are some hundred pages are sorted sooner than read in order of an index. Those that it is about have
	// hundreds of thousands: what is read in order there is to be read so here.
	do(t, "SET random_page_cost = 0.5")
	do(t, "SET seq_page_cost = 0.5")
	do(t, "SET cpu_operator_cost = 0.05")
	return func(t *testing.T, name string, s statement) {
		t.Helper()
		modes := []string{"force_custom_plan", "force_generic_plan"}
		if s.anew {
			modes = modes[:1]
		}
		for _, mode := range modes {
			do(t, "SET plan_cache_mode = "+mode)
			do(t, "DEALLOCATE ALL")
			do(t, "PREPARE asked AS "+s.text)
			rows, err := conn.Query(ctx, "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE asked"+literals(s.args), pgx.QueryExecModeSimpleProtocol)
			if err != nil {
				t.Fatal(err)
			}
			lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, s.text)
			}
			plan := strings.Join(lines, "\n")
			bound := most
			if strings.Contains(s.text, "FROM   log\n") {
				bound = mostOfLog
			}
			if n := rowsLookedAt(lines); n > bound || strings.Contains(plan, "Seq Scan") {
				t.Errorf("%s looks at %d rows, %s:\n%s\n%s\n%s", name, n, mode, plan, s.text, literals(s.args))
			}
		}
	}
}

// rowsLookedAt adds up what the scans of a plan have read.
func rowsLookedAt(plan []string) int {
	total, loops := 0, 0 // no loops: it is no scan of a table
	for _, line := range plan {
		if strings.Contains(line, "->") || strings.Contains(line, "(actual") {
			loops = 0
		}
		if found := scanned.FindStringSubmatch(line); found != nil {
			rows, _ := strconv.Atoi(found[1])
			loops, _ = strconv.Atoi(found[2])
			total += rows * loops
		}
		if found := removed.FindStringSubmatch(line); found != nil {
			rows, _ := strconv.Atoi(found[1])
			total += rows * loops
		}
	}
	return total
}

// literals writes arguments as EXECUTE takes them.
func literals(args []driver.NamedValue) string {
	if len(args) == 0 {
		return ""
	}
	var list []string
	for _, a := range args {
		if a.Value == nil {
			list = append(list, "NULL")
			continue
		}
		list = append(list, "'"+strings.ReplaceAll(fmt.Sprint(a.Value), "'", "''")+"'")
	}
	return "(" + strings.Join(list, ", ") + ")"
}

// A crowd is so many names, contacts and hosts of one registrar, and rows of its log.
const (
	crowdOwn = 4_000
	crowdLog = 20_000
)

// crowd fills a registry with several times what a page may look at.
func crowd(t *testing.T, w *world.World) {
	t.Helper()
	someNames(t, w, 2*crowdOwn)
	err := w.DB.Fill(t.Context(), func(yield func(store.Life, error) bool) {
		at := w.Now().AddDate(-1, 0, 0)
		var all registry.Changes
		all.Origin.At = at
		for i := range crowdOwn {
			all.Contacts = append(all.Contacts, registry.Contact{
				ROID: registry.ROID(fmt.Sprintf("C%d-CO", 2_000_000+i)), ID: fmt.Sprintf("P%06d", i), Version: 1, Sponsor: world.Acme,
				Email: fmt.Sprintf("p%d@example.com", i), Created: at,
				Int: &registry.Postal{Name: fmt.Sprintf("Person %d", i), Org: fmt.Sprintf("Org %d", i%100), City: "Cali", Country: "CO"},
			})
			all.Hosts = append(all.Hosts, registry.Host{
				ROID: registry.ROID(fmt.Sprintf("H%d-CO", 3_000_000+i)), Name: names.MustParse(fmt.Sprintf("ns%06d.example.net", i)), Version: 1,
				Sponsor: world.Acme, Created: at,
			})
			// And as many of another registrar's, which begin with an x.
			all.Contacts = append(all.Contacts, registry.Contact{
				ROID: registry.ROID(fmt.Sprintf("C%d-CO", 4_000_000+i)), ID: fmt.Sprintf("X%06d", i), Version: 1, Sponsor: world.Other, Created: at,
			})
			all.Hosts = append(all.Hosts, registry.Host{
				ROID: registry.ROID(fmt.Sprintf("H%d-CO", 5_000_000+i)), Name: names.MustParse(fmt.Sprintf("xs%06d.example.net", i)), Version: 1,
				Sponsor: world.Other, Created: at,
			})
			all.Domains = append(all.Domains, registry.Domain{
				ROID: registry.ROID(fmt.Sprintf("D%d-CO", 6_000_000+i)), Name: names.MustParse(fmt.Sprintf("x%06d.co", i)), Version: 1,
				Sponsor: world.Other, Created: at, Expires: at.AddDate(3, 0, 0),
			})
		}
		yield(store.Life{all}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	numbers := func(n int) string {
		if w.Postgres {
			return fmt.Sprintf("generate_series(1::bigint, %d) AS n(i)", n)
		}
		return fmt.Sprintf("(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT i FROM n) AS n", n)
	}
	w.Exec(`INSERT INTO log (id, at, registrar, command, object, object_id, code, message, cltrid, svtrid, login)
		SELECT (1780000000000000 + i * 60000000) * 4096, 1780000000000000 + i * 60000000, 'H100' || CAST(1 + i % 5 / 4 AS TEXT),
		CASE i % 3 WHEN 0 THEN 'create' ELSE 'update' END, 'domain', CASE WHEN i % 4 = 0 THEN 'n000001.co' ELSE 'n' || CAST(i % 9999 AS TEXT) || '.co' END,
		CASE WHEN i % 1000 = 0 THEN 'billingFailure' WHEN i % 2 = 0 THEN 'objectMissing' ELSE 'completed' END, '', '', 'T' || CAST(i AS TEXT), ''
		FROM ` + numbers(crowdLog))
	w.Exec(`INSERT INTO history (roid, version, kind, name, at, registrar, command, cltrid, svtrid, gone, body, login)
		SELECT roid, version + i, kind, name, at + i, registrar, 'domain:update', '', 'S' || CAST(i AS TEXT), gone, body, ''
		FROM history, ` + numbers(crowdOwn) + ` WHERE kind = 'domain' AND name = 'n000002.co'`)
	w.Exec(`INSERT INTO poll (id, registrar, at, kind, body) SELECT 1000000 + i, 'H1001', 5, 'text', '{}' FROM ` + numbers(crowdOwn))
	w.Exec(`INSERT INTO entry (entry_key, party, at, debit, credit, amount, charge, text)
		SELECT 'E' || CAST(i AS TEXT), 'H1001', 1780000000000000 + i * 300000000, CASE WHEN i % 10 = 0 THEN 'prepaid:H1001' ELSE 'authorised:H1001' END, 'registry', 100, '', ''
		FROM ` + numbers(crowdLog))
	w.Exec(`INSERT INTO charge (id, party, object, subject, type, amount, at, posts_at, grace_days, authorises, state, ended)
		SELECT 'X' || CAST(i AS TEXT), CASE WHEN i % 2 = 0 THEN 'H1001' ELSE 'H1002' END, 'D' || CAST(i AS TEXT), 'x.co', 'registration', 1, 1780000000000000, 1880000000000000 + i, 5,
		TRUE, CASE WHEN i % 2 = 0 THEN 'open' ELSE 'posted' END, i % 2 FROM ` + numbers(crowdOwn))
	// The days of the account are sealed, as the engine does it: balances of the past are told from there.
	const day = 24 * time.Hour
	for at := time.UnixMicro(1780000000000000).Truncate(day); at.Before(w.Now().Truncate(day)); at = at.Add(day) {
		w.Exec("INSERT INTO seal (party, day, previous, first, count, late, digest, balance, authorised, prints) VALUES ('H1001', $1, $2, 1, 1, 0, $2, 0, 0, $2)",
			at.UnixMicro(), []byte{1})
	}
	if w.Postgres {
		w.Exec("VACUUM ANALYZE") // as it does by itself; SQLite is never told how many rows there are
	}
}

// crowdSince is an instant in the middle of the rows of the log and of the entries.
func crowdSince() time.Time { return time.UnixMicro(1780000000000000 + crowdLog/2*60_000_000).UTC() }

// consoleQueries are what the lists of the console ask, in each of their orders, with each of their filters, from the
// beginning, the middle and the end.
func consoleQueries() map[string]flow.Query {
	all := map[string]flow.Query{}
	add := func(q flow.Query) { all[fmt.Sprintf("%T%+v", q, q)] = q }
	for _, q := range ownQueries() {
		add(q)
		if q.Order != flow.OrderCreated {
			add(flow.OwnNames{OwnDomains: q})
		}
	}
	for _, by := range registry.ContactOrders() {
		for _, links := range []registry.Links{"", registry.AnyLink, registry.NoLink} {
			for _, prefix := range []string{"", "p", "x", "zzz"} {
				add(flow.ContactList{By: by, Links: links, Prefix: prefix})
				add(flow.ContactList{By: by, Links: links, Prefix: prefix, After: flow.Place("p002000\np")})
			}
		}
	}
	for _, links := range []registry.Links{"", registry.AnyLink, registry.NoLink} {
		for _, prefix := range []string{"", "ns0", "xs", "zzz"} {
			add(flow.HostList{Links: links, Prefix: prefix})
			add(flow.HostList{Links: links, Prefix: prefix, After: "ns002000.example.net"})
		}
	}
	for _, after := range []registry.ROID{"", "D1004000-CO"} {
		add(flow.ContactLinks{ID: "MANY", After: after})
		add(flow.HostLinks{Name: world.Name("ns1.example.net"), After: after})
	}
	for _, before := range []int64{0, 2_000} {
		add(flow.OwnHistory{Object: registry.KindDomain, ID: "n000002.co", Limit: 50, Before: before})
	}
	for _, q := range logQueries() {
		add(q)
	}
	since := crowdSince()
	for _, newest := range []bool{true, false} {
		for _, moved := range []bool{true, false} {
			add(flow.Statement{Newest: newest, Moved: moved, Limit: 50})
			add(flow.Statement{Newest: newest, Moved: moved, Limit: 50, Since: since, Until: since.AddDate(0, 0, 1)})
		}
	}
	for _, q := range []flow.Query{
		flow.OwnShow{Name: world.Name("n000002.co")},
		flow.MessageList{},
		flow.MessageList{After: 1_002_000},
		flow.OpenCharges{Limit: 50},
		flow.AccountOutlook{},
		flow.AccountHistory{},
		flow.OwnInvoices{Limit: 24},
		flow.OwnDeposits{Limit: 24},
		flow.UserList{},
		flow.UserActList{},
		flow.BulkList{},
	} {
		add(q)
	}
	return all
}

// ownQueries ask for one's names.
func ownQueries() (list []flow.OwnDomains) {
	day := time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	filters := []flow.OwnDomains{
		{},
		{Begins: "n"},
		{Begins: "n0010"},
		{Begins: "zzz"},
		{Begins: "x"},
		{Zone: world.Name("co")},
		{Zone: world.Name("com.co")},
		{ExpiresIn: 30},
		{ExpiresIn: 3650},
		{Expires: registry.Times{From: day.AddDate(9, 0, 0)}},
		{Expires: registry.Times{To: day.AddDate(1, 0, 0)}},
		{Created: registry.Times{From: day, To: day.AddDate(0, 0, 1)}},
		{Created: registry.Times{To: day.AddDate(0, 0, 9)}, Zone: world.Name("com.co")},
		{Contact: "MANY"},
		{Host: world.Name("ns1.example.net")},
		{Contact: "P000001"},
		{Host: world.Name("ns000001.example.net")},
		{Contact: "MANY", Host: world.Name("ns1.example.net"), State: flow.OwnHeld},
		{State: flow.OwnUnsigned, ExpiresIn: 30, Begins: "n00"},
	}
	for _, state := range flow.OwnStates() {
		filters = append(filters, flow.OwnDomains{State: state}, flow.OwnDomains{State: state, Begins: "n001"})
	}
	at := strconv.FormatInt(day.UnixMicro(), 10)
	for _, f := range filters {
		for order, places := range map[flow.OwnOrder][]flow.Place{
			flow.OrderName:    {"", "name.n004000.co", "name.zz"},
			flow.OrderExpiry:  {"", flow.Place("expiry." + at + ".D1")},
			flow.OrderCreated: {"", flow.Place("created." + at + ".D1")},
		} {
			for _, place := range places {
				f.Order, f.After = order, place
				list = append(list, f)
			}
		}
		if f.Contact != "" || !f.Host.IsZero() {
			f.Order, f.After = flow.OrderName, "registration.D1004000-CO"
			list = append(list, f)
		}
	}
	return list
}

// logQueries are filters of the log. Manual 9.8.
func logQueries() (list []flow.LogQuery) {
	since := crowdSince()
	for _, f := range []registry.LogFilter{
		{},
		{Command: "renew"},
		{Object: "host"},
		{ID: "n000001.co"},
		{ID: "n000001.co", Codes: []registry.Code{registry.BillingFailure}},
		{ID: "n000001.co", Command: "create"},
		{ID: "zz.co"},
		{Codes: []registry.Code{registry.BillingFailure}},
		{Codes: []registry.Code{registry.CommandFailed}},
		{Codes: []registry.Code{registry.Completed}, Command: "delete"},
		{Codes: []registry.Code{registry.ObjectMissing}, Object: "contact"},
		{Since: since},
		{Until: since},
		{Since: since, Until: since.Add(time.Hour), Command: "delete"},
	} {
		for _, before := range []string{"", strconv.FormatInt(since.UnixMicro()<<12, 10) + ".H1001"} {
			list = append(list, flow.LogQuery{LogFilter: f, Limit: 50, Before: before})
		}
	}
	return list
}
