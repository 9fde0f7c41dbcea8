package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// gaining is how it is kept who has asked for a name: NULL unless that request waits.
func gaining(d registry.Domain) *string {
	if !d.Transfer.IsPending() {
		return nil
	}
	id := string(d.Transfer.Gaining)
	return &id
}

// Own returns names of a registrar that a filter selects.
func (r *reader) Own(f registry.OwnFilter, way registry.Way, after registry.OwnPlace, limit, look int) (registry.OwnPage, error) {
	q := newOwnQuery(f, way, after)
	text := q.keys(limit, look)
	list, err := many(r.anew(), scanOwnKey, text, q.args...)
	if err != nil {
		return registry.OwnPage{}, fmt.Errorf("read own names by %s: %w", way, err)
	}
	inOrder := slices.IsSortedFunc(list, func(a, b registry.OwnKey) int { return comparePlaces(placeOf(a, way), placeOf(b, way)) })
	if !inOrder {
		return registry.OwnPage{}, fmt.Errorf("own names by %s did not come in its order", way)
	}
	page := registry.OwnPage{Names: list}
	if len(list) > limit {
		page.Names, page.More = list[:limit], true
	} else if q.selects() {
		if page.End, page.More, err = r.ownEnd(f, way, after, look); err != nil || page.More {
			return page, err
		}
	}
	if n := len(page.Names); n > 0 {
		page.End = placeOf(page.Names[n-1], way)
	}
	return page, nil
}

// ownEnd returns the last of so many places behind one on a way, and whether the way goes on behind it.
func (r *reader) ownEnd(f registry.OwnFilter, way registry.Way, after registry.OwnPlace, look int) (registry.OwnPlace, bool, error) {
	q := newOwnQuery(f, way, after)
	text := "SELECT\n\tw.name, w.at, w.roid FROM (" + q.places("1 OFFSET "+q.arg(look-1)) + ") w" + q.ends(" WHERE ")
	end, found, err := one(r.anew(), func(row row) (p registry.OwnPlace, err error) {
		var at int64
		err = row.Scan(&p.Name, &at, &p.ROID)
		p.At = instant(at)
		return p, err
	}, text, q.args...)
	if err != nil {
		return end, false, fmt.Errorf("look at own names by %s: %w", way, err)
	}
	return end, found, nil
}

// CountOwn counts what there is to read on a way.
func (r *reader) CountOwn(f registry.OwnFilter, way registry.Way, limit int) (int, error) {
	q := newOwnQuery(f, way, registry.OwnPlace{})
	text := "SELECT COUNT(*)" + " FROM (" + q.places(q.arg(limit)) + ") w" + q.ends(" WHERE ")
	return value[int](r.anew(), text, q.args...)
}

// namedAtOnce is how many domains one statement reads by their names.
const namedAtOnce = 1000

// Named returns those of some names that are registered.
func (r *reader) Named(list []names.Name) ([]registry.Domain, error) {
	var found []registry.Domain
	for some := range slices.Chunk(list, namedAtOnce) {
		args, numbers := make([]any, len(some)), make([]string, len(some))
		for i, name := range some {
			args[i], numbers[i] = name.String(), "$"+strconv.Itoa(i+1)
		}
		read, err := many(r.anew(), scanDomain, domainRows+" WHERE d.name IN ("+strings.Join(numbers, ", ")+")", args...)
		if err != nil {
			return nil, fmt.Errorf("read domains by their names: %w", err)
		}
		found = append(found, read...)
	}
	return found, nil
}

// domainRows are what scanDomain reads, of all domains.
const domainRows = `
SELECT d.version, d.body,
       COALESCE((SELECT string_agg(h.roid || ' ' || h.name || ' ' || COALESCE(s.due, 0) || ' ' || h.gone, ',' ORDER BY l.position)
                 FROM   domain_host l JOIN host h ON h.roid = l.host
                 LEFT   JOIN domain s ON s.roid = h.superordinate
                 WHERE  l.domain = d.roid), '')
FROM   domain d`

// An ownQuery is a statement about names of a registrar along one way, as it is put together. A bounded part of the way
// is read first, along its index, and what is no part of the way selects among that: however rare it is, no more is
// looked at, and no database takes another way for its sake. The part begins at a row of values that has whose the names
// are, so that PostgreSQL does not go through the names of all registrars instead; by such a row it would not end, so that
// where the way ends is among the conditions.
type ownQuery struct {
	filter registry.OwnFilter
	way    registry.Way
	from   string // what is read, in its order
	end    string // the condition that a name is before the end of the way; empty if the way ends by itself
	args   []any
}

// newOwnQuery returns a statement about the part of a way behind one place.
func newOwnQuery(f registry.OwnFilter, way registry.Way, after registry.OwnPlace) *ownQuery {
	q := &ownQuery{filter: f, way: way}
	switch way {
	case registry.ByExpiry:
		q.timed("d.expires", f.Expires, after)
	case registry.ByCreation:
		q.timed("d.created", f.Created, after)
	case registry.ByContact:
		q.linked("domain_contact", "contact", f.Contact, after)
	case registry.ByHost:
		q.linked("domain_host", "host", f.Host, after)
	case registry.ByRequest:
		q.named("d.gaining", " AND d.gaining IS NOT NULL", after)
	case registry.ByTrait:
		lowest := strconv.FormatInt(int64(f.Has&-f.Has), 10)
		q.named("d.sponsor", " AND (d.traits & "+lowest+") <> 0", after)
	default:
		q.named("d.sponsor", "", after)
	}
	return q
}

// arg is the parameter of a value. There is one bound on each side of what an index is read by, since SQLite takes any
// one of several.
func (q *ownQuery) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

// named reads the names of a registrar in order of name.
func (q *ownQuery) named(whose, which string, after registry.OwnPlace) {
	who, span := q.arg(q.filter.Registrar), q.span()
	bound, first := " >= ", span.From
	if after.Name != "" && after.Name >= span.From {
		bound, first = " > ", after.Name
	}
	q.from = " FROM domain d WHERE (" + whose + ", d.name)" + bound + "(" + who + ", " + q.arg(first) + ") AND " +
		whose + " <= " + who + which + " ORDER BY " + whose + ", d.name"
	if span.To != "" {
		q.end = "w.name < " + q.arg(span.To)
	}
}

// timed reads in order of an instant.
func (q *ownQuery) timed(column string, times registry.Times, after registry.OwnPlace) {
	who := q.arg(q.filter.Registrar)
	bound, at := " >= ", earliest(times.From)
	if after.ROID != "" {
		bound, at = " > ", micros(after.At)
	}
	q.from = " FROM domain d WHERE (d.sponsor, " + column + ", d.roid)" + bound + "(" + who + ", " + q.arg(at) + ", " + q.arg(after.ROID) + ") AND " +
		"d.sponsor <= " + who + " ORDER BY d.sponsor, " + column + ", d.roid"
	if !times.To.IsZero() {
		q.end = "w.at < " + q.arg(untilMicros(times.To))
	}
}

// linked reads what links an object, whoever sponsors it.
func (q *ownQuery) linked(table, column string, object registry.ROID, after registry.OwnPlace) {
	which := q.arg(object)
	q.from = " FROM " + table + " WHERE (" + column + ", domain) > (" + which + ", " + q.arg(after.ROID) + ") AND " + column + " <= " + which +
		" GROUP BY " + column + ", domain ORDER BY " + column + ", domain"
}

// places are up to a bound of the places of the way.
func (q *ownQuery) places(bound string) string {
	columns := "SELECT\n\td.name, 0 AS at, '' AS roid"
	switch q.way {
	case registry.ByExpiry:
		columns = "SELECT\n\t'' AS name, d.expires AS at, d.roid"
	case registry.ByCreation:
		columns = "SELECT\n\t'' AS name, d.created AS at, d.roid"
	case registry.ByContact, registry.ByHost:
		columns = "SELECT\n\t'' AS name, 0 AS at, domain AS roid"
	}
	return columns + q.from + " LIMIT " + bound
}

// ends is the condition that a name is before the end of the way, behind a text; empty if the way ends by itself.
func (q *ownQuery) ends(behind string) string {
	if q.end == "" {
		return ""
	}
	return behind + q.end
}

// keys is the statement for up to limit names and one more, among so many on the way. They come in the order of the part,
// and the databases read no more of it than that takes; to be asked for the order once more, SQLite would read all of it
// to sort it.
func (q *ownQuery) keys(limit, look int) string {
	selected := q.conditions()
	if selected == "" {
		look = limit + 1
	}
	text := "SELECT\n\tw.name, w.roid, w.created, w.expires, w.due, w.body FROM (" + q.part(look) + ") w"
	if selected == "" {
		return text + q.ends(" WHERE ")
	}
	return text + " WHERE " + selected + q.ends(" AND ") + " LIMIT " + q.arg(limit+1)
}

// part is the statement for so many names on the way, with all that keys selects by.
func (q *ownQuery) part(look int) string {
	body, at, from := "'' AS body", "d.expires", q.from+" LIMIT "+q.arg(look)
	if q.filter.Deletions {
		body = "d.body"
	}
	if q.way == registry.ByCreation {
		at = "d.created"
	}
	if q.isLinked() {
		from = " FROM (SELECT domain" + from + ") k JOIN domain d ON d.roid = k.domain ORDER BY k.domain"
	}
	return "SELECT\n\td.name, d.roid, d.created, d.expires, d.due, d.traits, d.zone, d.sponsor, " + at + " AS at, " + body + from
}

// isLinked reports whether the way leads by what links an object.
func (q *ownQuery) isLinked() bool { return q.way == registry.ByContact || q.way == registry.ByHost }

// isNamed reports whether the way is in order of name.
func (q *ownQuery) isNamed() bool {
	return q.way == registry.ByName || q.way == registry.ByTrait || q.way == registry.ByRequest
}

// span is the part of a way in order of name that is asked for.
func (q *ownQuery) span() registry.NameSpan {
	if len(q.filter.Spans) > 0 {
		return q.filter.Spans[0]
	}
	return registry.NameSpan{}
}

// selects reports whether there are conditions that are no part of the way.
func (q *ownQuery) selects() bool {
	return newOwnQuery(q.filter, q.way, registry.OwnPlace{}).conditions() != ""
}

// conditions are those that are no part of the way.
func (q *ownQuery) conditions() string {
	f := q.filter
	var all []string
	add := func(comparison string, v any) { all = append(all, comparison+q.arg(v)) }
	if q.isLinked() {
		add("w.sponsor || '' = ", f.Registrar)
	}
	if f.Has != 0 && (q.way != registry.ByTrait || f.Has&(f.Has-1) != 0) {
		has := q.arg(f.Has)
		all = append(all, "(w.traits & "+has+") = "+has)
	}
	if f.Lacks != 0 {
		all = append(all, "(w.traits & "+q.arg(f.Lacks)+") = 0")
	}
	for _, span := range []struct {
		column string
		times  registry.Times
		way    registry.Way
	}{{"w.expires", f.Expires, registry.ByExpiry}, {"w.created", f.Created, registry.ByCreation}} {
		if q.way != span.way && !span.times.IsZero() {
			add(span.column+" >= ", earliest(span.times.From))
			add(span.column+" < ", untilMicros(span.times.To))
		}
	}
	if !q.isNamed() && len(f.Spans) > 0 {
		var spans []string
		for _, span := range f.Spans {
			spans = append(spans, "w.name >= "+q.arg(span.From)+" AND w.name < "+q.arg(cmp.Or(span.To, behind(""))))
		}
		all = append(all, "("+strings.Join(spans, " OR ")+")")
	}
	if f.Zone != "" {
		add("w.zone = ", f.Zone)
	}
	return strings.Join(append(all, q.links()...), " AND ")
}

// links are what names link, where the way does not lead by that. The offset keeps PostgreSQL from beginning with all
// that the object links.
func (q *ownQuery) links() (all []string) {
	if f := q.filter; f.Contact != "" && q.way != registry.ByContact {
		all = append(all, "EXISTS (SELECT 1 FROM domain_contact l WHERE l.domain = w.roid AND l.contact = "+q.arg(f.Contact)+" LIMIT 1 OFFSET 0)")
	}
	if f := q.filter; f.Host != "" && q.way != registry.ByHost {
		all = append(all, "EXISTS (SELECT 1 FROM domain_host l WHERE l.domain = w.roid AND l.host = "+q.arg(f.Host)+" LIMIT 1 OFFSET 0)")
	}
	return all
}

// scanOwnKey reads what a name is found by.
func scanOwnKey(row row) (k registry.OwnKey, err error) {
	var name, text string
	var created, expires, due int64
	if err := row.Scan(&name, &k.ROID, &created, &expires, &due, &text); err != nil {
		return k, err
	}
	k.Created, k.Expires, k.Due = instant(created), instant(expires), instant(due)
	if k.Name, err = names.Parse(name); err != nil || text == "" {
		return k, err
	}
	var facts struct{ Deletion registry.Deletion }
	err = unbody(text, &facts, "domain")
	k.Deletion = facts.Deletion
	return k, err
}

// placeOf is where a name stands on a way, as it is stored.
func placeOf(k registry.OwnKey, way registry.Way) registry.OwnPlace {
	switch way {
	case registry.ByExpiry:
		return registry.OwnPlace{At: k.Expires, ROID: k.ROID}
	case registry.ByCreation:
		return registry.OwnPlace{At: k.Created, ROID: k.ROID}
	case registry.ByContact, registry.ByHost:
		return registry.OwnPlace{ROID: k.ROID}
	}
	return registry.OwnPlace{Name: k.Name.String()}
}

func comparePlaces(a, b registry.OwnPlace) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), a.At.Compare(b.At), cmp.Compare(a.ROID, b.ROID))
}

// DueOwn returns names that concern a registrar and that time has changed.
func (r *reader) DueOwn(id registry.RegistrarID, now time.Time, limit, look int) ([]registry.Domain, bool, error) {
	list, err := many(r.anew(), scanDomain, dueOwn, id, micros(now), look, limit+1)
	if err != nil {
		return nil, false, err
	}
	if len(list) > limit {
		return list[:limit], true, nil
	}
	behind, err := value[int](r.anew(), dueCount, micros(now), look+1)
	return list, behind > look, err
}

const dueOwn = domainRows + `
JOIN   (SELECT roid
        FROM   domain
        WHERE  due <= $2
        ORDER  BY due
        LIMIT  $3) l ON d.roid = l.roid
WHERE  d.sponsor || '' = $1 OR d.gaining || '' = $1
LIMIT  $4`

const dueCount = `
SELECT COUNT(*)
FROM   (SELECT 1 FROM domain WHERE due <= $1 LIMIT $2) due`

// tellGaining puts down who has asked for names whose requests an earlier program has stored.
func (db *DB) tellGaining(ctx context.Context) error {
	return db.writer.with(ctx, func(s *session) error {
		return s.transact(ctx, db.engine.beginWrite(), func() error {
			r := &reader{ctx: ctx, open: on(s), db: db}
			list, err := many(r, scanDomain, untold)
			if err != nil {
				return fmt.Errorf("read the pending transfers: %w", err)
			}
			for _, d := range list {
				if _, err := s.exec(ctx, putGaining, d.Name.String(), gaining(d)); err != nil {
					return fmt.Errorf("put who has asked for %s: %w", d.Name, err)
				}
			}
			return nil
		})
	})
}

const untold = domainRows + `
WHERE  (d.traits & 64) <> 0 AND d.gaining IS NULL`

const putGaining = `
UPDATE domain
SET    gaining = $2
WHERE  name = $1`

// What follows shows to a command what was decided before it in its group.

func (o *overlay) Own(f registry.OwnFilter, way registry.Way, after registry.OwnPlace, limit, look int) (registry.OwnPage, error) {
	return shown(o, func() (registry.OwnPage, error) { return o.reader.Own(f, way, after, limit, look) })
}

func (o *overlay) CountOwn(f registry.OwnFilter, way registry.Way, limit int) (int, error) {
	return shown(o, func() (int, error) { return o.reader.CountOwn(f, way, limit) })
}

func (o *overlay) Named(list []names.Name) ([]registry.Domain, error) {
	return shown(o, func() ([]registry.Domain, error) { return o.reader.Named(list) })
}

func (o *overlay) DueOwn(id registry.RegistrarID, now time.Time, limit, look int) (list []registry.Domain, more bool, err error) {
	if err := o.show(); err != nil {
		return nil, false, err
	}
	return o.reader.DueOwn(id, now, limit, look)
}
