package store

import (
	"fmt"
	"math"
	"strings"
	"time"

	"example.org/dorado/core/registry"
)

// The history of an object is read by its ROID, version by version. Instants rise with versions, but for what
// the clocks of two nodes differ by, so that an instant is found by halving.

// Versions returns up to limit versions of an object that a filter selects.
func (r *reader) Versions(f registry.VersionFilter, limit int) ([]registry.Past, error) {
	scan := func(row row) (registry.Past, error) { return scanPast(row, f.Kind, f.ROID) }
	if f.Oldest {
		return many(r, scan, versionsOldest, f.Kind, f.ROID, f.After, limit)
	}
	before := f.After
	if before == 0 {
		before = math.MaxInt64
	}
	return many(r, scan, versionsNewest, f.Kind, f.ROID, before, limit)
}

const versionsNewest = `
SELECT version, name, at, registrar, command, cltrid, svtrid, login, gone, body
FROM   history
WHERE  kind = $1 AND roid = $2 AND version < $3
ORDER  BY version DESC
LIMIT  $4`

const versionsOldest = `
SELECT version, name, at, registrar, command, cltrid, svtrid, login, gone, body
FROM   history
WHERE  kind = $1 AND roid = $2 AND version > $3
ORDER  BY version
LIMIT  $4`

func scanPast(row row, kind registry.ObjectKind, roid registry.ROID) (registry.Past, error) {
	p := registry.Past{Kind: kind, ROID: roid}
	var at int64
	var text string
	err := row.Scan(&p.Version, &p.Name, &at, &p.Origin.Registrar, &p.Origin.Command, &p.Origin.ClTRID, &p.Origin.SvTRID, &p.Origin.User, &p.Gone, &text)
	if err != nil {
		return p, err
	}
	p.Origin.At = instant(at)
	p.Object, err = pastObject(kind, text)
	return p, err
}

// pastObject reads the body of a version.
func pastObject(kind registry.ObjectKind, text string) (any, error) {
	switch kind {
	case registry.KindDomain:
		return unbodied[registry.Domain](text, "domain")
	case registry.KindHost:
		return unbodied[registry.Host](text, "host")
	case registry.KindContact:
		return unbodied[registry.Contact](text, "contact")
	case registry.KindRegistrar:
		return unbodied[registry.Registrar](text, "registrar")
	}
	return nil, fmt.Errorf("the history of a %s is not read", kind)
}

func unbodied[T any](text, what string) (any, error) {
	var object T
	err := unbody(text, &object, "history of a "+what)
	return object, err
}

// VersionAt returns the version of an object that was in force at an instant.
func (r *reader) VersionAt(kind registry.ObjectKind, roid registry.ROID, at time.Time) (registry.Past, bool, error) {
	after, err := r.versionAfter(kind, roid, at)
	if err != nil {
		return registry.Past{}, false, err
	}
	list, err := r.Versions(registry.VersionFilter{Kind: kind, ROID: roid, After: after}, 1)
	if err != nil || len(list) == 0 {
		return registry.Past{}, false, err
	}
	return list[0], true, nil
}

// versionAfter returns the first version that came after an instant, by halving; 0 if there is none.
func (r *reader) versionAfter(kind registry.ObjectKind, roid registry.ROID, at time.Time) (int64, error) {
	last, found, err := one(r, scanVersioned, versionUpTo, kind, roid, int64(math.MaxInt64))
	if err != nil || !found || last.at <= micros(at) {
		return 0, err
	}
	low, high := int64(0), last.version
	for high-low > 1 {
		middle := low + (high-low)/2
		v, found, err := one(r, scanVersioned, versionUpTo, kind, roid, middle)
		switch {
		case err != nil:
			return 0, err
		case found && v.at > micros(at):
			high = v.version
		default:
			low = middle
		}
	}
	return high, nil
}

type versioned struct{ version, at int64 }

func scanVersioned(row row) (v versioned, err error) {
	err = row.Scan(&v.version, &v.at)
	return v, err
}

const versionUpTo = `
SELECT version, at
FROM   history
WHERE  kind = $1 AND roid = $2 AND version <= $3
ORDER  BY version DESC
LIMIT  1`

// mostOfOneName bounds how many versions of hosts of one name are looked through for the hosts that they are of.
// The limit also keeps SQLite at the index of names, where it would rather read all hosts in the order of ROIDs.
const mostOfOneName = 100_000

// Lives returns up to limit objects that had a name in the past.
func (r *reader) Lives(f registry.LifeFilter, limit int) ([]registry.Life, error) {
	until := micros(f.After.Until)
	switch {
	case f.Kind == registry.KindRegistrar:
		return nil, nil
	case f.After.ROID == "" && !f.Oldest:
		until = math.MaxInt64
	}
	if f.Kind == registry.KindHost {
		return many(r, scanLife, directed(f, hostLives), strings.ToLower(f.ID), f.Except, until, f.After.ROID, limit, mostOfOneName)
	}
	return many(r, scanLife, directed(f, endedLives), f.Kind, strings.ToLower(f.ID), f.Except, until, f.After.ROID, limit)
}

// directed returns the statement for the newest or the oldest first.
func directed(f registry.LifeFilter, statements [2]string) string {
	if f.Oldest {
		return statements[1]
	}
	return statements[0]
}

func scanLife(row row) (registry.Life, error) {
	var l registry.Life
	var until int64
	err := row.Scan(&l.ROID, &until)
	l.Until = instant(until)
	return l, err
}

var endedLives = [2]string{endedNewest, endedOldest}

const endedNewest = `
SELECT roid, at
FROM   history
WHERE  kind = $1 AND LOWER(name) = $2 AND gone AND roid <> $3 AND at <= $4 AND (at < $4 OR roid < $5)
ORDER  BY at DESC, roid DESC
LIMIT  $6`

const endedOldest = `
SELECT roid, at
FROM   history
WHERE  kind = $1 AND LOWER(name) = $2 AND gone AND roid <> $3 AND at >= $4 AND (at > $4 OR roid > $5)
ORDER  BY at, roid
LIMIT  $6`

var hostLives = [2]string{hostsNewest, hostsOldest}

const hostsNewest = `
SELECT roid, last
FROM   (SELECT roid, MAX(at) AS last
        FROM   (SELECT roid, at
                FROM   history
                WHERE  kind = 'host' AND name = $1
                ORDER  BY at DESC
                LIMIT  $6) recent
        WHERE  roid <> $2
        GROUP  BY roid) called
WHERE  last < $3 OR last = $3 AND roid < $4
ORDER  BY last DESC, roid DESC
LIMIT  $5`

const hostsOldest = `
SELECT roid, last
FROM   (SELECT roid, MAX(at) AS last
        FROM   (SELECT roid, at
                FROM   history
                WHERE  kind = 'host' AND name = $1
                ORDER  BY at DESC
                LIMIT  $6) recent
        WHERE  roid <> $2
        GROUP  BY roid) called
WHERE  last > $3 OR last = $3 AND roid > $4
ORDER  BY last, roid
LIMIT  $5`

// LifeAt returns the object that may have had a name or id at an instant and went later. Of lives that ended in
// one second, those that began after the instant are no answer; mostLivesAt bounds how many are looked at.
func (r *reader) LifeAt(kind registry.ObjectKind, id string, at time.Time) (registry.ROID, bool, error) {
	switch kind {
	case registry.KindRegistrar:
		return "", false, nil
	case registry.KindHost:
		return one(r, scanValue[registry.ROID], hostAt, strings.ToLower(id), micros(at))
	}
	return one(r, scanValue[registry.ROID], endedAt, kind, strings.ToLower(id), micros(at), mostLivesAt)
}

// mostLivesAt is how many lives of one name can end in a second, and some more: each takes two commands.
const mostLivesAt = 1000

const hostAt = `
SELECT roid
FROM   history
WHERE  kind = 'host' AND name = $1 AND at <= $2
ORDER  BY at DESC, gone, version DESC
LIMIT  1`

const endedAt = `
SELECT ended.roid
FROM   (SELECT roid, at
        FROM   history
        WHERE  kind = $1 AND LOWER(name) = $2 AND gone AND at > $3
        ORDER  BY at
        LIMIT  $4) ended
WHERE  EXISTS (SELECT 1
               FROM   history began
               WHERE  began.kind = $1 AND began.roid = ended.roid AND began.version = 1 AND began.at <= $3)
ORDER  BY ended.at
LIMIT  1`
