package crash

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"
)

// found is what the database has of a story.
type found struct {
	lines   []line
	expires string
}

// A view is a query for rows of a kind, by the names of objects that stand in for %s. The first column
// is the object; the rest are the columns of a line.
type view struct {
	table string
	query string
}

// views have to give the lines that a teller tells, column by column. Where the product needs no index a
// query reads the whole table, so many stories are asked for at once.
var views = []view{
	{"log", `
SELECT object_id, object_id, command, object, code, cltrid, svtrid, registrar
FROM   log
WHERE  object_id IN (%s)`},
	{"history", `
SELECT name, kind, name, version, CASE WHEN gone THEN 'gone' ELSE 'lives' END, registrar, command, cltrid, svtrid
FROM   history
WHERE  kind IN ('domain', 'host', 'contact') AND name IN (%s)`},
	{"domain", `
SELECT d.name, d.name, d.version, d.sponsor, d.created, d.expires,
       CASE WHEN d.body = h.body THEN 'as its history' ELSE 'not as its history' END
FROM   domain d
LEFT   JOIN history h ON h.kind = 'domain' AND h.roid = d.roid AND h.version = d.version
WHERE  d.name IN (%s)`},
	{"host", `
SELECT o.name, o.name, o.version, o.sponsor, COALESCE(d.name, '-'),
       CASE WHEN o.body = h.body THEN 'as its history' ELSE 'not as its history' END
FROM   host o
LEFT   JOIN history h ON h.kind = 'host' AND h.roid = o.roid AND h.version = o.version
LEFT   JOIN domain d ON d.roid = o.superordinate
WHERE  o.name IN (%s)`},
	{"contact", `
SELECT o.id, o.id, o.version, o.sponsor, CASE WHEN o.body = h.body THEN 'as its history' ELSE 'not as its history' END
FROM   contact o
LEFT   JOIN history h ON h.kind = 'contact' AND h.roid = o.roid AND h.version = o.version
WHERE  o.id IN (%s)`},
	{"address", `
SELECT h.name, h.name, a.address
FROM   host_address a JOIN host h ON h.roid = a.host
WHERE  h.name IN (%s)`},
	{"link", `
SELECT d.name, d.name, h.name, l.position
FROM   domain d JOIN domain_host l ON l.domain = d.roid JOIN host h ON h.roid = l.host
WHERE  d.name IN (%s)`},
	{"role", `
SELECT d.name, d.name, l.role, c.id
FROM   domain d JOIN domain_contact l ON l.domain = d.roid JOIN contact c ON c.roid = l.contact
WHERE  d.name IN (%s)`},
	{"charge", `
SELECT subject, subject, id, type, party, amount, state
FROM   charge
WHERE  subject IN (%s)`},
	{"entry", `
SELECT c.subject, c.subject, e.entry_key, e.debit, e.credit, e.amount
FROM   entry e JOIN charge c ON e.entry_key IN (c.id || '/authorise', c.id || '/unauthorise', c.id || '/post')
WHERE  c.subject IN (%s)`},
}

// fetch reads what the database has of stories.
func fetch(t *testing.T, db *sql.DB, stories []*story) map[*story]*found {
	t.Helper()
	owners, of := map[string]*story{}, map[*story]*found{}
	var objects []any
	for _, s := range stories {
		of[s] = &found{}
		for _, object := range s.objects() {
			owners[object] = s
			objects = append(objects, object)
		}
	}
	for _, v := range views {
		for _, row := range v.read(t, db, objects) {
			s, ok := owners[row[0]]
			if !ok {
				t.Fatalf("table %s has %q, which nobody asked for", v.table, row[0])
			}
			of[s].take(t, v.table, row[1:])
		}
	}
	return of
}

// objects are the names of all that a story is about.
func (s *story) objects() []string {
	seen, list := map[string]bool{s.name: true}, []string{s.name}
	add := func(c command) {
		if !seen[c.object] {
			seen[c.object] = true
			list = append(list, c.object)
		}
	}
	for _, c := range s.told {
		add(c)
	}
	if s.open != nil {
		add(*s.open)
	}
	return list
}

// read runs the query for objects, in parts that a statement takes.
func (v view) read(t *testing.T, db *sql.DB, objects []any) [][]string {
	t.Helper()
	places := make([]string, len(objects))
	for i := range objects {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	rows, err := db.Query(fmt.Sprintf(v.query, strings.Join(places, ",")), objects...)
	if err != nil {
		t.Fatalf("%s: %v", v.table, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var list [][]string
	for rows.Next() {
		row := make([]string, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatalf("%s: %v", v.table, err)
		}
		list = append(list, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// take makes a line of a row, without what the registry is free to choose: numbers and instants.
func (f *found) take(t *testing.T, table string, row []string) {
	switch table {
	case "domain":
		created, expires := instant(t, row[3]), instant(t, row[4])
		f.expires = expires.Format(time.DateOnly)
		row = append(row[:3], fmt.Sprint(expires.Year()-created.Year()), row[5])
	case "charge":
		row = append([]string{row[0]}, append(chargeKey(row[1]), row[3:]...)...)
	case "entry":
		row = append([]string{row[0]}, append(chargeKey(row[1]), row[2:]...)...)
	}
	f.lines = append(f.lines, table+" "+strings.Join(row, " "))
}

// chargeKey returns what is stable of a charge's id, object/event/instant/svTRID/type, and of the key of
// an entry, which adds what happened: the event, the svTRID, and the last.
func chargeKey(id string) []string {
	parts := strings.Split(id, "/")
	if len(parts) < 5 {
		return []string{id}
	}
	return []string{parts[1], parts[3], parts[len(parts)-1]}
}

func instant(t *testing.T, micros string) time.Time {
	t.Helper()
	var n int64
	if _, err := fmt.Sscan(micros, &n); err != nil {
		t.Fatal(err)
	}
	return time.UnixMicro(n).UTC()
}
