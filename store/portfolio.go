package store

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

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
	end, more, err := r.ownEnd(f, way, after, look)
	if err != nil {
		return registry.OwnPage{}, err
	}
	q := newOwnQuery(f, way, after, end)
	q.others()
	list, err := many(r.anew(), scanDomain, domainRows+q.joined+q.text+q.order+" LIMIT "+q.arg(limit+1), q.args...)
	if err != nil {
		return registry.OwnPage{}, fmt.Errorf("read own names by %s: %w", way, err)
	}
	page := registry.OwnPage{Names: list, End: end, More: more}
	if len(list) > limit {
		page.Names, page.More = list[:limit], true
	}
	if len(list) > limit || !more && len(list) > 0 {
		page.End = placeOf(page.Names[len(page.Names)-1], way)
	}
	return page, nil
}

// ownEnd returns the last of so many places behind one on a way, and whether the way goes on behind it.
func (r *reader) ownEnd(f registry.OwnFilter, way registry.Way, after registry.OwnPlace, look int) (registry.OwnPlace, bool, error) {
	q := newOwnQuery(f, way, after, registry.OwnPlace{})
	end, found, err := one(r.anew(), func(row row) (p registry.OwnPlace, err error) {
		var at int64
		err = row.Scan(&p.Name, &at, &p.ROID)
		p.At = instant(at)
		return p, err
	}, q.keys+q.text+q.keyOrder+" LIMIT 1 OFFSET "+q.arg(look-1), q.args...)
	if err != nil {
		return end, false, fmt.Errorf("look at own names by %s: %w", way, err)
	}
	return end, found, nil
}

// CountOwn counts what there is to read on a way.
func (r *reader) CountOwn(f registry.OwnFilter, way registry.Way, limit int) (int, error) {
	q := newOwnQuery(f, way, registry.OwnPlace{}, registry.OwnPlace{})
	return value[int](r.anew(), "SELECT COUNT(*)"+" FROM ("+q.keys+q.text+q.keyOrder+" LIMIT "+q.arg(limit)+") counted", q.args...)
}

// domainRows are what scanDomain reads, of all domains.
const domainRows = `
SELECT d.version, d.body,
       COALESCE((SELECT string_agg(h.roid || ' ' || h.name || ' ' || COALESCE(s.due, 0) || ' ' || h.gone, ',' ORDER BY l.position)
                 FROM   domain_host l JOIN host h ON h.roid = l.host
                 LEFT   JOIN domain s ON s.roid = h.superordinate
                 WHERE  l.domain = d.roid), '')
FROM   domain d`

// An ownQuery is a statement about names of a registrar along one way, as it is put together. What is no part of the
// way must not lead the database to another index, where it would find the names in another order: a sign before a
// number, and an empty text behind a text, say so to both databases.
type ownQuery struct {
	filter registry.OwnFilter
	way    registry.Way
	keys   string // selects the places alone
	joined string // what the domains are joined with, if they are not read by themselves
	text   string // the conditions
	order  string
	args   []any

	keyOrder string // that of the places alone
}

// newOwnQuery returns a statement about the part of a way behind one place and up to another. A zero end is none.
func newOwnQuery(f registry.OwnFilter, way registry.Way, after, end registry.OwnPlace) *ownQuery {
	q := &ownQuery{filter: f, way: way}
	switch way {
	case registry.ByExpiry:
		q.timed("d.expires", f.Expires, after, end)
	case registry.ByCreation:
		q.timed("d.created", f.Created, after, end)
	case registry.ByContact:
		q.linked("domain_contact", "contact = "+q.arg(f.Contact), after, end)
	case registry.ByHost:
		q.linked("domain_host", "host = "+q.arg(f.Host), after, end)
	case registry.ByRequest:
		q.named("d.gaining", after, end)
	case registry.ByTrait:
		lowest := strconv.FormatInt(int64(f.Has&-f.Has), 10)
		q.named("d.sponsor", after, end)
		q.text += " AND (d.traits & " + lowest + ") <> 0"
	default:
		q.named("d.sponsor", after, end)
	}
	q.keyOrder = cmp.Or(q.keyOrder, q.order)
	return q
}

// arg is the parameter of a value. There is one bound on each side of what an index is read by, since SQLite takes any
// one of several.
func (q *ownQuery) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

// named reads the names of a registrar in order of name.
func (q *ownQuery) named(whose string, after, end registry.OwnPlace) {
	q.keys, q.order = "SELECT d.name, 0, '' FROM domain d", " ORDER BY d.name"
	q.text = " WHERE " + whose + " = " + q.arg(q.filter.Registrar)
	if after.Name != "" && after.Name >= q.filter.From {
		q.and("d.name > ", after.Name)
	} else {
		q.and("d.name >= ", q.filter.From)
	}
	if end.Name != "" {
		q.and("d.name <= ", end.Name)
	} else {
		q.and("d.name < ", q.to())
	}
}

// timed reads in order of an instant.
func (q *ownQuery) timed(column string, times registry.Times, after, end registry.OwnPlace) {
	place := "(" + column + ", d.roid)"
	q.keys, q.order = "SELECT ''"+", "+column+", d.roid FROM domain d", " ORDER BY "+column+", d.roid"
	q.text = " WHERE d.sponsor = " + q.arg(q.filter.Registrar)
	if after.ROID != "" {
		q.text += " AND " + place + " > (" + q.arg(micros(after.At)) + ", " + q.arg(after.ROID) + ")"
	} else {
		q.and(column+" >= ", earliest(times.From))
	}
	if end.ROID != "" {
		q.text += " AND " + place + " <= (" + q.arg(micros(end.At)) + ", " + q.arg(end.ROID) + ")"
	} else {
		q.and(column+" < ", untilMicros(times.To))
	}
}

// linked reads what links an object, whoever sponsors it.
func (q *ownQuery) linked(table, which string, after, end registry.OwnPlace) {
	which += " AND domain > " + q.arg(after.ROID)
	if end.ROID != "" {
		which += " AND domain <= " + q.arg(end.ROID)
	}
	places := " domain FROM " + table + " WHERE " + which + " GROUP BY domain"
	q.keys, q.keyOrder = "SELECT ''"+", 0,"+places, " ORDER BY domain"
	q.joined, q.order = " JOIN (SELECT"+places+") k ON d.roid = k.domain", " ORDER BY k.domain"
}

// to is what all names come before that are asked for.
func (q *ownQuery) to() string {
	if q.filter.To == "" {
		return behind("")
	}
	return q.filter.To
}

// others adds the conditions that are no part of the way.
func (q *ownQuery) others() {
	f := q.filter
	has, lacks := q.arg(f.Has), q.arg(f.Lacks)
	text := "(d.traits & " + has + ") = " + has + " AND (d.traits & " + lacks + ") = 0"
	if q.way == registry.ByContact || q.way == registry.ByHost {
		text += " AND d.sponsor || '' = " + q.arg(f.Registrar)
	}
	if q.text == "" {
		q.text = " WHERE " + text
	} else {
		q.text += " AND " + text
	}
	if q.way != registry.ByExpiry {
		q.between("d.expires", f.Expires)
	}
	if q.way != registry.ByCreation {
		q.between("d.created", f.Created)
	}
	if f.From != "" || f.To != "" {
		q.and("d.name || '' >= ", f.From)
		q.and("d.name || '' < ", q.to())
	}
	if f.Zone != "" {
		q.and("d.zone = ", f.Zone)
	}
	q.linking(f)
}

// between adds that an instant is in a span of time.
func (q *ownQuery) between(column string, times registry.Times) {
	if !times.IsZero() {
		q.and("+"+column+" >= ", earliest(times.From))
		q.and("+"+column+" < ", untilMicros(times.To))
	}
}

// linking adds what names link, where the way does not lead by that. The offset keeps PostgreSQL from beginning with all
// that the object links.
func (q *ownQuery) linking(f registry.OwnFilter) {
	if f.Contact != "" && q.way != registry.ByContact {
		q.text += " AND EXISTS (SELECT 1 FROM domain_contact l WHERE l.domain = d.roid AND l.contact = " + q.arg(f.Contact) + " LIMIT 1 OFFSET 0)"
	}
	if f.Host != "" && q.way != registry.ByHost {
		q.text += " AND EXISTS (SELECT 1 FROM domain_host l WHERE l.domain = d.roid AND l.host = " + q.arg(f.Host) + " LIMIT 1 OFFSET 0)"
	}
}

// and adds a comparison with a value.
func (q *ownQuery) and(comparison string, v any) { q.text += " AND " + comparison + q.arg(v) }

// placeOf is where a name stands on a way, as it is stored.
func placeOf(d registry.Domain, way registry.Way) registry.OwnPlace {
	switch way {
	case registry.ByExpiry:
		return registry.OwnPlace{At: d.Expires, ROID: d.ROID}
	case registry.ByCreation:
		return registry.OwnPlace{At: d.Created, ROID: d.ROID}
	case registry.ByContact, registry.ByHost:
		return registry.OwnPlace{ROID: d.ROID}
	}
	return registry.OwnPlace{Name: d.Name.String()}
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

func (o *overlay) DueOwn(id registry.RegistrarID, now time.Time, limit, look int) (list []registry.Domain, more bool, err error) {
	if err := o.show(); err != nil {
		return nil, false, err
	}
	return o.reader.DueOwn(id, now, limit, look)
}
