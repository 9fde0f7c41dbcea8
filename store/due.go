package store

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// DueDomains returns up to limit names whose Due is not after now, the earliest first, and those of one instant in the order of
// their names.
func (r *reader) DueDomains(now time.Time, limit int, but ...registry.RegistrarID) ([]registry.DueName, error) {
	list, err := many(r, scanDueName, dueDomains, micros(now), limit, listed(but))
	slices.SortFunc(list, inOrder)
	return list, err
}

// inOrder compares names that are due.
func inOrder(a, b registry.DueName) int {
	return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Name.String(), b.Name.String()))
}

// listed writes registrars as statements look for them: ",H1001,H1002,"; empty if there are none.
func listed(list []registry.RegistrarID) string {
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	for _, id := range list {
		b.WriteString("," + string(id))
	}
	return b.String() + ","
}

// dueDomains has no order among names of one instant: a million of them would be sorted for each batch. Those of a batch are
// put in order when they are there, so that who has a few names hears of them in the same order in every database.
const dueDomains = `
SELECT name, sponsor, due
FROM   domain
WHERE  due <= $1 AND ($3 = '' OR REPLACE($3, ',' || sponsor || ',', '') = $3)
ORDER  BY due
LIMIT  $2`

func scanDueName(row row) (registry.DueName, error) {
	var d registry.DueName
	var name string
	var due int64
	if err := row.Scan(&name, &d.Sponsor, &due); err != nil {
		return d, err
	}
	var err error
	d.Name, err = names.Parse(name)
	d.Due = instant(due)
	return d, err
}

// NextDue returns the earliest instant at which time alone changes something that is stored.
func (r *reader) NextDue() (time.Time, error) {
	at, err := value[int64](r, nextDue)
	return instant(at), err
}

const nextDue = `
SELECT COALESCE(MIN(at), 0)
FROM   (SELECT MIN(due) AS at FROM domain
        UNION ALL
        SELECT MIN(due) AS at FROM contact WHERE due > 0
        UNION ALL
        SELECT MIN(posts_at) AS at FROM charge WHERE state = 'open'
        UNION ALL
        SELECT MIN(emergency_until) AS at FROM funds WHERE emergency_until > 0
        UNION ALL
        SELECT MIN(due) AS at FROM announcement) due`

// Prefetch does nothing: outside of a group each key is read when it is asked for.
func (r *reader) Prefetch(registry.Keys) error { return nil }

// A dueList is what a group knows of the names that are due: the first ones up to an instant, as the
// database had them and as the group has decided since.
type dueList struct {
	known bool
	until time.Time
	full  bool // there may be more
	list  []registry.DueName
}

// Names are fetched for a group some time ahead, since its commands run a little later than they were sent,
// and more of them than a command asks for, since those before it may settle some.
const (
	dueAhead = 10 * time.Second
	dueAsked = 300
)

func newDueList(list []registry.DueName, until time.Time, limit int) dueList {
	slices.SortFunc(list, inOrder)
	return dueList{true, until, len(list) >= limit, list}
}

// answers returns up to limit names that are due at now, if that is known.
func (l *dueList) answers(now time.Time, limit int) ([]registry.DueName, bool) {
	if !l.known || now.After(l.until) {
		return nil, false
	}
	n := 0
	for n < len(l.list) && n < limit && !l.list[n].Due.After(now) {
		n++
	}
	if l.full && n == len(l.list) && n < limit {
		return nil, false
	}
	return slices.Clone(l.list[:n]), true
}

// put takes in a domain that was decided.
func (l *dueList) put(put registry.DueName) {
	if !l.known {
		return
	}
	l.drop(put.Name)
	at, _ := slices.BinarySearchFunc(l.list, put, inOrder)
	if !put.Due.After(l.until) && (at < len(l.list) || !l.full) {
		l.list = slices.Insert(l.list, at, put)
	}
}

// drop takes in that a domain is gone, or is put anew.
func (l *dueList) drop(name names.Name) {
	l.list = slices.DeleteFunc(l.list, func(d registry.DueName) bool { return d.Name == name })
}

// DueDomains is answered from what was fetched for the group where that is enough.
func (o *overlay) DueDomains(now time.Time, limit int, but ...registry.RegistrarID) ([]registry.DueName, error) {
	if len(but) > 0 { // which is rare
		return shown(o, func() ([]registry.DueName, error) { return o.reader.DueDomains(now, limit, but...) })
	}
	if list, ok := o.due.answers(now, limit); ok {
		return list, nil
	}
	list, err := shown(o, func() ([]registry.DueName, error) { return o.reader.DueDomains(now, limit) })
	if err != nil {
		return nil, err
	}
	o.due = newDueList(list, now, limit)
	return slices.Clone(list), nil
}

// fetchDue reads which names are due before the jobs of a group run, if one of them will ask: afterwards
// what those before it decided would have to be written first.
func (o *overlay) fetchDue(group []*job) error {
	until, asked := dueFor(group)
	if !asked {
		return nil
	}
	list, err := o.reader.DueDomains(until, dueAsked)
	o.due = newDueList(list, until, dueAsked)
	return err
}

// wantedDue is fetchDue as one of the reads that are sent together.
func (o *overlay) wantedDue(group []*job) []asked {
	until, needed := dueFor(group)
	if !needed {
		return nil
	}
	return []asked{{dueDomains, []any{micros(until), dueAsked, ""}, func(results pgx.BatchResults) error {
		rows, err := results.Query()
		if err != nil {
			return err
		}
		list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (registry.DueName, error) { return scanDueName(row) })
		o.due = newDueList(list, until, dueAsked)
		return err
	}}}
}

// dueFor returns up to when the jobs of a group have to know which names are due, if any.
func dueFor(group []*job) (until time.Time, needed bool) {
	for _, j := range group {
		if (j.keys.Funds || j.keys.Late) && j.keys.Now.Add(dueAhead).After(until) {
			until, needed = j.keys.Now.Add(dueAhead), true
		}
	}
	return until, needed
}

// Prefetch reads what keys name in one round trip, where a single read is one.
func (o *overlay) Prefetch(keys registry.Keys) error {
	if !o.db.engine.pipelines() || o.broken != nil {
		return o.broken
	}
	list := o.wanted(keys)
	o.broken = o.send(append(list, o.wantedOffers()...))
	return o.broken
}
