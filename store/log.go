package store

import (
	"math"
	"strings"
	"time"

	"example.org/dorado/core/registry"
)

// The log is read from its newest row back. A page looks at a bounded number of rows, so that one that finds
// little ends as well, and says where the next goes on. Rows stand by their ids, which rise with time, so
// an instant is found by halving, without an index of instants that every command would pay for.

// logSlack is how far the instants of two rows may be apart the other way round than their ids: a command is
// decided a moment before it is written, on nodes whose clocks differ by up to a second.
const logSlack = 2 * groupTime

// apart is how much longer it takes to read a row that an index other than that of all rows has found: it lies on a page
// of its own, where those of all rows lie side by side.
const apart = 10

// Log returns up to limit rows that a filter selects among so many rows before a place.
func (r *reader) Log(f registry.LogFilter, before registry.LogPlace, limit, look int) (page registry.LogPage, err error) {
	r = r.anew()
	if before.ID == 0 {
		before = registry.LogPlace{ID: math.MaxInt64}
		if !f.Until.IsZero() {
			if before.ID, err = r.logSince(f, f.Until.Add(logSlack)); err != nil {
				return page, err
			}
		}
	}
	switch {
	case f.Registrar != "" && f.ID != "":
		return r.logOfObject(f, before, limit, max(look/apart, limit))
	case f.Registrar != "" && len(f.Codes) == 1 && isRefusal(f.Codes[0]):
		return r.logBy(f, logSearch{refusedRows, refusedWindow}, before, limit, max(look/apart, limit))
	}
	return r.logBy(f, logSearch{logText(f, logRows), logText(f, logWindow)}, before, limit, look)
}

// A logSearch is how rows are found: the statement for them, and that for where those end which were looked at.
type logSearch struct{ rows, window string }

// logBy reads a page in one way.
func (r *reader) logBy(f registry.LogFilter, by logSearch, before registry.LogPlace, limit, look int) (page registry.LogPage, err error) {
	list, err := many(r, scanLog, by.rows, logRowArgs(f, before, look, limit)...)
	if err != nil {
		return page, err
	}
	for _, l := range list {
		page.Rows = append(page.Rows, l.LogRow)
	}
	if len(list) == limit {
		page.Next = list[limit-1].place
		return page, nil
	}
	page.Next, err = r.logEnd(f, by.window, before, look)
	return page, err
}

// logRowArgs are the arguments of a statement for rows.
func logRowArgs(f registry.LogFilter, before registry.LogPlace, look, limit int) []any {
	return append(logArgs(f, before, look), f.Command, f.Object, strings.ToLower(f.ID),
		codeList(f.Codes), micros(f.Since), untilMicros(f.Until), f.ClTRID, f.SvTRID, limit)
}

// isRefusal reports whether a code is one of those that log_refused has.
func isRefusal(c registry.Code) bool {
	return c != registry.Completed && c != registry.CompletedPending
}

// logEnd returns the place of the last of so many rows before a place; zero if there are fewer, or if no
// older row can be selected.
func (r *reader) logEnd(f registry.LogFilter, window string, before registry.LogPlace, look int) (registry.LogPlace, error) {
	args := logArgs(f, before, look)
	switch window {
	case objectWindow:
		args = append(args, strings.ToLower(f.ID))
	case refusedWindow:
		args = append(args, string(f.Codes[0]))
	}
	list, err := many(r, func(row row) (end loggedAt, err error) {
		err = row.Scan(&end.count, &end.id, &end.at)
		return end, err
	}, window, args...)
	if err != nil || len(list) == 0 {
		return registry.LogPlace{}, err
	}
	end := list[0]
	if end.count < int64(look) || !f.Since.IsZero() && instant(end.at).Add(logSlack).Before(f.Since) {
		return registry.LogPlace{}, nil
	}
	return registry.LogPlace{ID: end.id, Registrar: f.Registrar}, nil
}

type loggedAt struct{ count, id, at int64 }

// logSince returns an id from which on all rows are of an instant or later.
func (r *reader) logSince(f registry.LogFilter, at time.Time) (int64, error) {
	_, high, err := r.logAround(f, at)
	return high, err
}

// logTries are ids to be looked at for an instant before all between are halved: where its rows are expected, nearby, and
// whether there are any.
func logTries(at time.Time) []int64 {
	expected := idAt(at)
	tries := []int64{expected, expected + idSpan(2*time.Second), expected - idSpan(2*time.Second), math.MaxInt64 - 1}
	for _, step := range []time.Duration{time.Minute, time.Hour, 24 * time.Hour, 30 * 24 * time.Hour} {
		tries = append(tries, expected-idSpan(step), expected+idSpan(step))
	}
	return tries
}

// logAround returns an id before which all rows are older than an instant, and one from which on all are of it or later.
// Between them are rows of a second at most. Ids are of real time, as instants are unless somebody has moved the
// registry's clock: they are tried first.
func (r *reader) logAround(f registry.LogFilter, at time.Time) (low, high int64, err error) {
	low, high = 0, math.MaxInt64
	expected, near, tries := idAt(at), idSpan(2*time.Second), logTries(at)
	for high-low > 1 {
		if expected-near <= low && high <= expected+near && high-low <= idSpan(time.Second) {
			break
		}
		middle := low + (high-low)/2
		if len(tries) > 0 {
			middle, tries = tries[0], tries[1:]
			if middle <= low || high <= middle {
				continue
			}
		}
		row, is, err := r.logBefore(f, middle, at)
		switch {
		case err != nil:
			return 0, 0, err
		case !is:
			low = middle
			continue
		}
		high = row // and if the row before it is older, there is nothing between
		if row, is, err = r.logBefore(f, high, at); err != nil {
			return 0, 0, err
		} else if !is {
			return high - 1, high, nil
		}
		high = row
	}
	return low, high, nil
}

// logBefore returns the newest id before another, and whether its row is of an instant or later.
func (r *reader) logBefore(f registry.LogFilter, id int64, at time.Time) (int64, bool, error) {
	row, found, err := one(r, func(row row) (l loggedAt, err error) {
		err = row.Scan(&l.id, &l.at)
		return l, err
	}, logText(f, logAt), logArgs(f, registry.LogPlace{ID: id}, 1)...)
	return row.id, found && row.at >= micros(at), err
}

// logText returns a statement for the log of one registrar, or of all.
func logText(f registry.LogFilter, statements [2]string) string {
	if f.Registrar == "" {
		return statements[1]
	}
	return statements[0]
}

// logArgs are the first three arguments of those statements: what is looked at.
func logArgs(f registry.LogFilter, before registry.LogPlace, look int) []any {
	if f.Registrar == "" {
		return []any{before.Registrar, before.ID, look}
	}
	return []any{f.Registrar, before.ID, look}
}

// untilMicros is the instant before which rows are selected.
func untilMicros(t time.Time) int64 {
	if t.IsZero() {
		return math.MaxInt64
	}
	return t.UnixMicro()
}

// codeList writes codes so that one is found between commas.
func codeList(codes []registry.Code) string {
	var b strings.Builder
	for _, c := range codes {
		b.WriteString("," + string(c))
	}
	if b.Len() > 0 {
		b.WriteString(",")
	}
	return b.String()
}

type logged struct {
	registry.LogRow
	place registry.LogPlace
}

func scanLog(row row) (logged, error) {
	var l logged
	var at int64
	err := row.Scan(&l.place.ID, &at, &l.Registrar, &l.Command, &l.Object, &l.ID, &l.Code, &l.Message, &l.ClTRID, &l.SvTRID, &l.User)
	l.At, l.place.Registrar = instant(at), l.Registrar
	return l, err
}

var logRows = [2]string{logRowsOfOne, logRowsOfAll}

// The registrar and the id are one row of values, so that PostgreSQL does not take the index of all ids, in which the rows
// of a registrar that has been quiet come late.
const logRowsOfOne = `
SELECT id, at, registrar, command, object, object_id, code, message, cltrid, svtrid, login
FROM   (SELECT id, at, registrar, command, object, object_id, code, message, cltrid, svtrid, login
        FROM   log
        WHERE  (registrar, id) < ($1, $2) AND (registrar, id) >= ($1, 0)
        ORDER  BY registrar DESC, id DESC
        LIMIT  $3) recent
WHERE  ($4 = '' OR command = $4) AND ($5 = '' OR object = $5) AND ($6 = '' OR LOWER(object_id) = $6)
AND    ($7 = '' OR $7 LIKE '%,' || code || ',%') AND at >= $8 AND at < $9
AND    ($10 = '' OR cltrid = $10) AND ($11 = '' OR svtrid = $11)
ORDER  BY registrar DESC, id DESC
LIMIT  $12`

const logRowsOfAll = `
SELECT id, at, registrar, command, object, object_id, code, message, cltrid, svtrid, login
FROM   (SELECT id, at, registrar, command, object, object_id, code, message, cltrid, svtrid, login
        FROM   log
        WHERE  id <= $2 AND (id < $2 OR registrar < $1)
        ORDER  BY id DESC, registrar DESC
        LIMIT  $3) recent
WHERE  ($4 = '' OR command = $4) AND ($5 = '' OR object = $5) AND ($6 = '' OR LOWER(object_id) = $6)
AND    ($7 = '' OR $7 LIKE '%,' || code || ',%') AND at >= $8 AND at < $9
AND    ($10 = '' OR cltrid = $10) AND ($11 = '' OR svtrid = $11)
ORDER  BY id DESC, registrar DESC
LIMIT  $12`

var logWindow = [2]string{logWindowOfOne, logWindowOfAll}

const logWindowOfOne = `
SELECT COUNT(*), COALESCE(MIN(id), 0), COALESCE(MIN(at), 0)
FROM   (SELECT id, at
        FROM   log
        WHERE  (registrar, id) < ($1, $2) AND (registrar, id) >= ($1, 0)
        ORDER  BY registrar DESC, id DESC
        LIMIT  $3) recent`

const logWindowOfAll = `
SELECT COUNT(*), COALESCE(MIN(id), 0), COALESCE(MIN(at), 0)
FROM   (SELECT id, at FROM log WHERE id <= $2 AND (id < $2 OR registrar < $1) ORDER BY id DESC, registrar DESC LIMIT $3) recent`

var logAt = [2]string{logAtOfOne, logAtOfAll}

const logAtOfOne = `
SELECT id, at
FROM   log
WHERE  (registrar, id) < ($1, $2) AND (registrar, id) >= ($1, 0)
ORDER  BY registrar DESC, id DESC
LIMIT  $3`

const logAtOfAll = `
SELECT id, at
FROM   log
WHERE  id < $2 AND $1 = ''
ORDER  BY id DESC
LIMIT  $3`
