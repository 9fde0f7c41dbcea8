package world

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// tables are all tables with what orders their rows. The transaction log stands last, since a
// refused command leaves a row there and nowhere else.
var tables = []struct{ name, order string }{
	{"registrar", "id"},
	{"funds", "party"},
	{"domain", "name"},
	{"host", "name"},
	{"host_address", "address, host"},
	{"contact", "id_key"},
	{"domain_host", "domain, position"},
	{"domain_contact", "domain, role, contact"},
	{"charge", "id"},
	{"entry", "entry_key"},
	{"billing_month", "month"},
	{"invoice", "series, number"},
	{"month_balance", "month, party"},
	{"fee_proposal", "year, party"},
	{"seal", "party, day"},
	{"sealed_day", "day"},
	{"late_entry", "entry_key"},
	{"money_act", "id"},
	{"account_hold", "party, year, number"},
	{"mark", "kind, name"},
	{"mark_aside", "kind, name"},
	{"poll", "id"},
	{"mail", "id"},
	{"announcement", "id"},
	{"maintenance", "id"},
	{"child", "name"},
	{"price", "name, starts"},
	{"price_list", "id"},
	{"price_entry", "list, name"},
	{"promotion", "id"},
	{"promotion_use", "promotion, registrar, number"},
	{"listing", "name, kind, starts"},
	{"allocation", "name"},
	{"zone_key", "zone, number"},
	{"issue", "serial"},
	{"access_token", "id"},
	{"access", "id"},
	{"console_user", "id"},
	{"console_session", "id"},
	{"user_link", "id"},
	{"user_act", "id"},
	{"bulk_job", "registrar, id"},
	{"bulk_item", "registrar, job, number"},
	{"history", "roid, version"},
	{"setting", "name"},
	{"account_day", "party, day, kind"},
}

// Dump returns every row that the registry keeps, but for the transaction log, to compare before
// and after.
func (w *World) Dump() string {
	w.T.Helper()
	version := w.version()
	if version == w.dumped.version {
		return w.dumped.text
	}
	var b strings.Builder
	for _, table := range tables {
		fmt.Fprintf(&b, "== %s\n%s", table.name, w.Rows("SELECT * FROM "+table.name+" ORDER BY "+table.order))
	}
	w.dumped.version, w.dumped.text = version, b.String()
	return w.dumped.text
}

// A dumped database is what a dump showed, and the version that it was of.
type dumped struct {
	watch   *sql.Conn
	version string
	text    string
}

// version returns a text that is another one after each commit on any other connection that changed a row. It tells that
// there is nothing new at a fraction of a dump.
func (w *World) version() (version string) {
	w.T.Helper()
	ctx := context.Background()
	if w.Postgres { // of any connection: some tests end those that there are
		if err := w.raw.QueryRowContext(ctx, writers()).Scan(&version); err != nil {
			w.T.Fatal(err)
		}
		return version
	}
	if w.dumped.watch == nil {
		watch, err := w.raw.Conn(ctx)
		if err != nil {
			w.T.Fatal(err)
		}
		w.dumped.watch = watch
	}
	if err := w.dumped.watch.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version); err != nil {
		w.T.Fatal(err)
	}
	return version
}

// writers asks for the number of rows of each table, and the sum of the transactions that wrote them: later ones have greater
// numbers, so where as many rows are left and one is another, the sum is greater.
var writers = sync.OnceValue(func() string {
	parts := make([]string, len(tables))
	for i, table := range tables {
		parts[i] = "(SELECT COUNT(*) || ' ' || COALESCE(SUM(xmin::text::numeric), 0) FROM " + table.name + ")"
	}
	return "SELECT concat_ws(',', " + strings.Join(parts, ", ") + ")"
})

// Rows returns the rows of a query on the database itself, one to a line, columns parted by " | ".
func (w *World) Rows(query string, args ...any) string {
	w.T.Helper()
	return rowsOf(w.T, w.raw, query, args...)
}

func rowsOf(t testing.TB, db *sql.DB, query string, args ...any) string {
	t.Helper()
	rows, err := db.Query(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		cells := make([]string, len(values))
		for i, v := range values {
			cells[i] = fmt.Sprint(*v.(*any))
		}
		fmt.Fprintln(&b, strings.Join(cells, " | "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Exec runs a statement on the database itself, for what no command does.
func (w *World) Exec(statement string, args ...any) {
	w.T.Helper()
	if _, err := w.raw.Exec(statement, args...); err != nil {
		w.T.Fatalf("%s: %v", statement, err)
	}
}

// Prepare fails the test if the database does not understand a statement.
func (w *World) Prepare(statement string) {
	w.T.Helper()
	stmt, err := w.raw.Prepare(statement)
	if err != nil {
		w.T.Errorf("%s: %v", statement, err)
		return
	}
	stmt.Close()
}

// Exists reports whether a table has a row with that value in that column.
func (w *World) Exists(table, column, value string) bool {
	w.T.Helper()
	return w.Rows("SELECT 1 FROM "+table+" WHERE "+column+" = $1", value) != ""
}

// CheckInvariants fails the test where what is kept contradicts itself. Architecture section 8.
func (w *World) CheckInvariants() {
	w.T.Helper()
	CheckInvariants(w.T, w.raw)
}

// CheckInvariants fails t where what is kept in a registry's database contradicts itself.
func CheckInvariants(t testing.TB, db *sql.DB) {
	t.Helper()
	for _, law := range invariants {
		if broken := rowsOf(t, db, law.broken); broken != "" {
			t.Errorf("%s, but not:\n%s", law.name, broken)
		}
	}
}

// invariants are what must always hold, each as the query that finds where it does not.
var invariants = []struct{ name, broken string }{
	{"a balance is the sum of its entries", `
SELECT f.party, f.balance,
       COALESCE((SELECT SUM(CASE WHEN e.credit = 'prepaid:' || f.party THEN e.amount
                                 WHEN e.debit = 'prepaid:' || f.party THEN -e.amount ELSE 0 END)
                 FROM entry e WHERE e.party = f.party), 0)
FROM   funds f
WHERE  f.balance <> COALESCE((SELECT SUM(CASE WHEN e.credit = 'prepaid:' || f.party THEN e.amount
                                              WHEN e.debit = 'prepaid:' || f.party THEN -e.amount ELSE 0 END)
                              FROM entry e WHERE e.party = f.party), 0)`},
	{"what is authorised is the sum of the open charges that authorise", `
SELECT f.party, f.authorised
FROM   funds f
WHERE  f.authorised <> COALESCE((SELECT SUM(c.amount) FROM charge c
                                 WHERE c.party = f.party AND c.state = 'open' AND c.authorises), 0)`},
	{"every living object is its latest history", `
SELECT o.roid, o.version
FROM   (SELECT 'domain' AS kind, roid, version FROM domain UNION ALL SELECT 'host', roid, version FROM host WHERE gone = 0
        UNION ALL SELECT 'contact', roid, version FROM contact) o
WHERE  o.version <> COALESCE((SELECT MAX(h.version) FROM history h WHERE h.kind = o.kind AND h.roid = o.roid), 0)
OR     EXISTS (SELECT 1 FROM history h WHERE h.kind = o.kind AND h.roid = o.roid AND h.gone)`},
	{"a subordinate host has its superordinate's sponsor", `
SELECT h.name, h.sponsor, d.sponsor
FROM   host h JOIN domain d ON d.roid = h.superordinate
WHERE  h.sponsor <> d.sponsor`},
	{"a contact that waits for its purge is linked by nobody", `
SELECT c.id, c.purge_at
FROM   contact c
WHERE  c.purge_at > 0 AND EXISTS (SELECT 1 FROM domain_contact l WHERE l.contact = c.roid)`},
	{"a host that is gone is linked only while its names are told", `
SELECT h.roid
FROM   host h
WHERE  h.gone > 0 AND NOT EXISTS (SELECT 1 FROM announcement a WHERE a.topic = h.roid)`},
	{"a host that is there has a name and a superordinate that is there", `
SELECT h.roid, h.name
FROM   host h
WHERE  h.gone = 0 AND (h.name LIKE '/%' OR h.superordinate IS NOT NULL AND NOT EXISTS (SELECT 1 FROM domain d WHERE d.roid = h.superordinate))`},
	{"a name is delegated to the hosts of its last version", `
SELECT d.name, d.body
FROM   domain d
WHERE  EXISTS (SELECT 1 FROM domain_host l JOIN host h ON h.roid = l.host
               WHERE  l.domain = d.roid AND h.gone = 0 AND d.body NOT LIKE '%"' || l.host || '"%')
OR     (LENGTH(d.body) - LENGTH(REPLACE(d.body, '{"ROID":"H', ''))) / 10 > (SELECT COUNT(*) FROM domain_host l WHERE l.domain = d.roid)`},
	{"a registrar has as many names as came to it less those that left it", `
SELECT r.id, COALESCE(n.names, 0), COALESCE(k.names, 0)
FROM   registrar r
LEFT   JOIN (SELECT sponsor, COUNT(*) AS names FROM domain GROUP BY sponsor) n ON n.sponsor = r.id
LEFT   JOIN (SELECT party, SUM(CASE WHEN kind IN ('created', 'in') THEN count WHEN kind IN ('gone', 'out') THEN -count ELSE 0 END) AS names
             FROM account_day GROUP BY party) k ON k.party = r.id
WHERE  COALESCE(n.names, 0) <> COALESCE(k.names, 0)`},
	{"what is counted as posted on a day is what was posted on it", `
SELECT *
FROM   (SELECT party, kind, day, SUM(count) AS count, SUM(amount) AS amount
        FROM   (SELECT party, kind, day / 86400000000 AS day, count, amount FROM account_day WHERE kind LIKE '%:%'
                UNION ALL
                SELECT party, 'posted:' || type, ended / 86400000000, -1, -amount FROM charge WHERE state = 'posted'
                UNION ALL
                SELECT party, 'waiting:' || type, at / 86400000000, -1, -amount FROM charge WHERE NOT authorises
                UNION ALL
                SELECT party, 'waiting:' || type, ended / 86400000000, 1, amount FROM charge WHERE NOT authorises AND state <> 'open') both_sides
        GROUP  BY party, kind, day) sums
WHERE  count <> 0 OR amount <> 0`},
	{"a posted charge has its entry", `
SELECT c.id
FROM   charge c
WHERE  c.state = 'posted' AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.entry_key = c.id || '/post')`},
	{"only a posted charge has posted, and what it is", `
SELECT c.id, c.state, c.amount, e.amount
FROM   charge c JOIN entry e ON e.entry_key = c.id || '/post'
WHERE  c.state <> 'posted' OR e.amount <> c.amount OR e.party <> c.party`},
	{"a charge that a transfer decides about has one", `
SELECT c.id
FROM   charge c
WHERE  c.state = 'open' AND c.posts_at > 250000000000000000 -- the year 9892
AND    NOT EXISTS (SELECT 1 FROM domain d WHERE d.roid = c.object AND d.body LIKE '%"Status":"pending"%')`},
	{"what was posted is what came in", `
SELECT r.credit, r.sum, c.sum
FROM   (SELECT credit, SUM(amount) AS sum FROM entry WHERE credit LIKE 'revenue:%' GROUP BY credit) r
JOIN   (SELECT type, SUM(amount) AS sum FROM charge WHERE state = 'posted' GROUP BY type) c ON r.credit = 'revenue:' || c.type
WHERE  r.sum <> c.sum`},
	{"a reversal is its entry the other way", `
SELECT r.entry_key, e.amount, r.amount
FROM   entry r LEFT JOIN entry e ON 'reversal/' || e.entry_key = r.entry_key
WHERE  r.entry_key LIKE 'reversal/%'
AND    (e.entry_key IS NULL OR e.party <> r.party OR e.amount <> r.amount OR e.debit <> r.credit OR e.credit <> r.debit OR e.at > r.at)`},
	{"an act that is done has its entry, and no other act has one", `
SELECT a.id, a.state, a.entry
FROM   money_act a
WHERE  a.entry <> '' AND (a.state <> 'done' OR NOT EXISTS (SELECT 1 FROM entry e WHERE e.entry_key = a.entry AND e.party = a.registrar))
OR     a.entry = '' AND a.state = 'done' AND a.body NOT LIKE '%"Kind":"limits"%'`},
	{"one payment is credited to one registrar", `
SELECT claims, COUNT(*)
FROM   money_act
WHERE  claims <> ''
GROUP  BY claims
HAVING COUNT(*) > 1`},
	{"a hold that goes on is the one of its account", `
SELECT f.party, f.hold_since, h.since
FROM   funds f JOIN account_hold h ON h.party = f.party AND h.until = 0
WHERE  h.since <> f.hold_since`},
	{"an entry moves money from one account to another", `
SELECT entry_key, debit, credit, amount
FROM   entry
WHERE  debit = credit OR debit = '' OR credit = ''`},
	{"history replays to the present", `
SELECT o.roid, o.version
FROM   (SELECT 'domain' AS kind, roid, version, body FROM domain UNION ALL SELECT 'host', roid, version, body FROM host
        UNION ALL SELECT 'contact', roid, version, body FROM contact) o
JOIN   history h ON h.kind = o.kind AND h.roid = o.roid AND h.version = o.version
WHERE  h.body <> o.body AND NOT h.gone`},
	{"no version is missing from history, and nothing comes before what it follows", `
SELECT h.kind, h.roid, h.version
FROM   history h LEFT JOIN history before ON before.kind = h.kind AND before.roid = h.roid AND before.version = h.version - 1
WHERE  h.kind <> 'registrar' AND h.version > 1 AND (before.roid IS NULL OR before.gone OR before.at > h.at)`},
}
