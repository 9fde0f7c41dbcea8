package store

import (
	"fmt"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// children writes what is known of child zones, in order of name.
func (w *writer) children(changes registry.Changes) {
	byName := func(c registry.ChildScan) string { return c.Name.String() }
	for _, c := range sorted(changes.GoneChildren, byName) {
		w.exec("forget the child zone "+c.Name.String(), deleteChild, c.Name.String(), c.ROID)
	}
	for _, c := range sorted(changes.Children, byName) {
		w.putChild(c)
	}
	for _, h := range sorted(changes.ChildHints, func(h registry.ChildHint) string { return h.Name.String() }) {
		w.exec("scan the child zone "+h.Name.String()+" soon", hintChild, h.Name.String(), h.ROID, h.Name.Parent().String(),
			micros(h.Notified), micros(h.Unless))
	}
}

const deleteChild = `
DELETE FROM child
WHERE  name = $1 AND roid = $2`

// A hint does not put a scan off that is due already, and hints come only so often.
const hintChild = `
INSERT INTO child (name, roid, zone, due, notified, began, since, result, body)
VALUES ($1, $2, $3, $4, $4, 0, 0, '', '{}')
ON     CONFLICT (name) DO UPDATE
SET    due = CASE WHEN child.due < excluded.due THEN child.due ELSE excluded.due END, notified = excluded.notified
WHERE  child.notified <= $5`

// putChild writes a child zone. A new one does not disturb one that is there.
func (w *writer) putChild(c registry.ChildScan) {
	what, text := "put the child zone "+c.Name.String(), insertChild
	if !c.Began.IsZero() {
		text = scannedChild
	}
	news, err := body(c.ChildNews)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("%s: %w", what, err)
	}
	w.exec(what, text, c.Name.String(), c.ROID, c.Name.Parent().String(), micros(c.Due), micros(c.Notified), micros(c.Began),
		micros(c.Since), c.Result, news)
}

const insertChild = `
INSERT INTO child (name, roid, zone, due, notified, began, since, result, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON     CONFLICT (name) DO NOTHING`

// Whoever asked for another scan while this one went on gets it.
const scannedChild = `
INSERT INTO child (name, roid, zone, due, notified, began, since, result, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON     CONFLICT (name) DO UPDATE
SET    roid = excluded.roid, began = excluded.began, since = excluded.since, result = excluded.result, body = excluded.body,
       due = CASE WHEN child.notified > excluded.began THEN child.due ELSE excluded.due END`

const childColumns = `
SELECT name, roid, due, notified, began, since, result, body
FROM   child`

// Child returns what is known of the child zone of a name.
func (r *reader) Child(name names.Name) (registry.ChildScan, bool, error) {
	return one(r, scanChild, childByName, name.String())
}

const childByName = childColumns + `
WHERE  name = $1`

// DueChildren returns up to limit child zones below a zone that are due, what has waited longest first.
func (r *reader) DueChildren(zone names.Name, now time.Time, limit int) ([]registry.ChildScan, error) {
	return many(r, scanChild, dueChildren, zone.String(), micros(now), limit)
}

const dueChildren = childColumns + `
WHERE  zone = $1 AND due <= $2
ORDER  BY due, name
LIMIT  $3`

// ChildrenIn returns the names and ROIDs of the child zones of a span.
func (r *reader) ChildrenIn(span registry.Span) ([]registry.ChildScan, error) {
	return many(r, func(row row) (c registry.ChildScan, err error) {
		var name string
		if err = row.Scan(&name, &c.ROID); err == nil {
			c.Name, err = names.Parse(name)
		}
		return c, err
	}, childrenIn, span.After, span.Last)
}

const childrenIn = `
SELECT name, roid
FROM   child
WHERE  roid > $1 AND roid <= $2`

// Children returns up to limit child zones that a filter selects, in order of name.
func (r *reader) Children(f registry.ChildFilter, limit int) ([]registry.ChildScan, error) {
	return many(r, scanChild, childrenOf, f.After.String(), f.Zone.String(), f.Result, limit)
}

const childrenOf = childColumns + `
WHERE  name > $1 AND (zone = $2 OR $2 = '') AND (result = $3 OR $3 = '')
ORDER  BY name
LIMIT  $4`

// CountChildren counts the child zones by zone and result.
func (r *reader) CountChildren() ([]registry.ChildCount, error) {
	return many(r, func(row row) (c registry.ChildCount, err error) {
		err = row.Scan(&c.Zone, &c.Result, &c.Count)
		return c, err
	}, countChildren)
}

const countChildren = `
SELECT zone, result, COUNT(*)
FROM   child
GROUP  BY zone, result
ORDER  BY zone, result`

func scanChild(row row) (c registry.ChildScan, err error) {
	var name, text string
	var due, notified, began, since int64
	if err = row.Scan(&name, &c.ROID, &due, &notified, &began, &since, &c.Result, &text); err != nil {
		return c, err
	}
	c.Due, c.Notified, c.Began, c.Since = instant(due), instant(notified), instant(began), instant(since)
	if c.Name, err = names.Parse(name); err != nil {
		return c, err
	}
	return c, unbody(text, &c.ChildNews, "child zone "+name)
}
