package store

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// What was done to one object is found by an index of all but successful creates, and those by the object's history: see
// the migration that made the index.

// mostLives bounds the objects that had a name one after the other and are looked at.
const mostLives = 50

// logOfObject reads a page of the rows of one registrar about one object.
func (r *reader) logOfObject(f registry.LogFilter, before registry.LogPlace, limit, look int) (page registry.LogPage, err error) {
	list, err := many(r, scanLog, objectRows, logRowArgs(f, before, look, limit)...)
	if err != nil {
		return page, err
	}
	var end registry.LogPlace
	if len(list) == limit {
		end = list[limit-1].place
	} else if end, err = r.logEnd(f, objectWindow, before, look); err != nil {
		return page, err
	}
	creates, err := r.loggedCreates(f, before)
	if err != nil {
		return page, err
	}
	for _, l := range creates {
		if l.place.ID > end.ID { // what stands before it comes on the next page
			list = append(list, l)
		}
	}
	slices.SortFunc(list, func(a, b logged) int { return cmp.Compare(b.place.ID, a.place.ID) })
	if len(list) > limit {
		list, end = list[:limit], list[limit-1].place
	}
	for _, l := range list {
		page.Rows = append(page.Rows, l.LogRow)
	}
	page.Next = end
	return page, nil
}

// loggedCreates returns the rows of successful creates of an object, in no order.
func (r *reader) loggedCreates(f registry.LogFilter, before registry.LogPlace) ([]logged, error) {
	var list []logged
	if f.Command != "" && f.Command != "create" || len(f.Codes) > 0 && !slices.Contains(f.Codes, registry.Completed) {
		return nil, nil
	}
	for _, kind := range []registry.ObjectKind{registry.KindDomain, registry.KindHost, registry.KindContact} {
		if f.Object != "" && f.Object != string(kind) {
			continue
		}
		roids, err := r.bearers(kind, f.ID)
		if err != nil {
			return nil, err
		}
		for _, roid := range roids {
			found, err := r.loggedCreate(f, before, kind, roid)
			if err != nil {
				return nil, err
			}
			list = append(list, found...)
		}
	}
	return list, nil
}

// bearers returns the objects that have or had a name or an id.
func (r *reader) bearers(kind registry.ObjectKind, id string) ([]registry.ROID, error) {
	lives, err := r.Lives(registry.LifeFilter{Kind: kind, ID: id}, mostLives)
	if err != nil {
		return nil, err
	}
	var roids []registry.ROID
	for _, l := range lives {
		roids = append(roids, l.ROID)
	}
	now, err := r.bearer(kind, id)
	if err != nil {
		return nil, err
	}
	if now != "" && !slices.Contains(roids, now) {
		roids = append(roids, now)
	}
	return roids, nil
}

// bearer returns the object that has a name or an id now; empty if none has.
func (r *reader) bearer(kind registry.ObjectKind, id string) (registry.ROID, error) {
	name, notName := names.Parse(id)
	switch {
	case kind == registry.KindContact:
		c, _, err := r.Contact(id)
		return c.ROID, err
	case notName != nil:
		return "", nil
	case kind == registry.KindHost:
		h, _, err := r.Host(name)
		return h.ROID, err
	}
	d, _, err := r.Domain(name)
	return d.ROID, err
}

// nearby is how far the instants of a create in the history and in the log are apart, nearly always; the history has
// whole seconds.
const nearby = 3 * time.Second

// loggedCreate returns the row of the create that made an object, if it was the registrar's and fits the filter. It is
// looked for near its instant, and where clocks have jumped a little further away.
func (r *reader) loggedCreate(f registry.LogFilter, before registry.LogPlace, kind registry.ObjectKind, roid registry.ROID) ([]logged, error) {
	first, err := r.Versions(registry.VersionFilter{Kind: kind, ROID: roid, Oldest: true}, 1)
	if err != nil || len(first) == 0 || first[0].Version != 1 {
		return nil, err
	}
	made := first[0].Origin
	if made.Registrar != f.Registrar || !strings.HasSuffix(made.Command, ":create") {
		return nil, nil
	}
	for _, far := range []time.Duration{nearby, logSlack} {
		low, _, err := r.logAround(f, made.At.Add(-far))
		if err != nil {
			return nil, err
		}
		high, err := r.logSince(f, made.At.Add(far))
		if err != nil {
			return nil, err
		}
		args := logRowArgs(f, registry.LogPlace{ID: min(high, before.ID)}, 1, 1)
		found, err := many(r, scanLog, createRow, append(args, low, made.SvTRID)...)
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, nil
}

const objectRows = `
SELECT id, at, registrar, command, object, object_id, code, message, cltrid, svtrid, login
FROM   (SELECT id, at, registrar, command, object, object_id, code, message, cltrid, svtrid, login
        FROM   log
        WHERE  registrar = $1 AND LOWER(object_id) = $6 AND id < $2 AND (command <> 'create' OR code <> 'completed')
        ORDER  BY id DESC
        LIMIT  $3) recent
WHERE  ($4 = '' OR command = $4) AND ($5 = '' OR object = $5)
AND    ($7 = '' OR $7 LIKE '%,' || code || ',%') AND at >= $8 AND at < $9
AND    ($10 = '' OR cltrid = $10) AND ($11 = '' OR svtrid = $11)
ORDER  BY id DESC
LIMIT  $12`

const objectWindow = `
SELECT COUNT(*), COALESCE(MIN(id), 0), COALESCE(MIN(at), 0)
FROM   (SELECT id, at
        FROM   log
        WHERE  registrar = $1 AND LOWER(object_id) = $4 AND id < $2 AND (command <> 'create' OR code <> 'completed')
        ORDER  BY id DESC
        LIMIT  $3) recent`

const createRow = `
SELECT id, at, registrar, command, object, object_id, code, message, cltrid, svtrid, login
FROM   (SELECT id, at, registrar, command, object, object_id, code, message, cltrid, svtrid, login
        FROM   log
        WHERE  registrar = $1 AND id < $2 AND id >= $13 AND svtrid = $14 AND command = 'create' AND code = 'completed'
        ORDER  BY id DESC
        LIMIT  $3) found
WHERE  ($4 = '' OR command = $4) AND ($5 = '' OR object = $5) AND ($6 = '' OR LOWER(object_id) = $6)
AND    ($7 = '' OR $7 LIKE '%,' || code || ',%') AND at >= $8 AND at < $9
AND    ($10 = '' OR cltrid = $10) AND ($11 = '' OR svtrid = $11)
LIMIT  $12`

const refusedRows = `
SELECT id, at, registrar, command, object, object_id, code, message, cltrid, svtrid, login
FROM   (SELECT id, at, registrar, command, object, object_id, code, message, cltrid, svtrid, login
        FROM   log
        WHERE  registrar = $1 AND (code, id) < (TRIM($7, ','), $2) AND (code, id) >= (TRIM($7, ','), 0)
        AND    code <> 'completed' AND code <> 'completedPending'
        ORDER  BY registrar DESC, code DESC, id DESC
        LIMIT  $3) recent
WHERE  ($4 = '' OR command = $4) AND ($5 = '' OR object = $5) AND ($6 = '' OR LOWER(object_id) = $6)
AND    at >= $8 AND at < $9
AND    ($10 = '' OR cltrid = $10) AND ($11 = '' OR svtrid = $11)
ORDER  BY code DESC, id DESC
LIMIT  $12`

const refusedWindow = `
SELECT COUNT(*), COALESCE(MIN(id), 0), COALESCE(MIN(at), 0)
FROM   (SELECT id, at
        FROM   log
        WHERE  registrar = $1 AND (code, id) < ($4, $2) AND (code, id) >= ($4, 0)
        AND    code <> 'completed' AND code <> 'completedPending'
        ORDER  BY registrar DESC, code DESC, id DESC
        LIMIT  $3) recent`
