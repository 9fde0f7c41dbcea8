package store

import (
	"math"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// accesses writes who may look up what is closed to the public, and who has.
func (w *writer) accesses(changes registry.Changes) {
	for _, t := range changes.AccessTokens {
		w.putAccessToken(t)
	}
	for _, a := range changes.Accesses {
		text, err := body(a)
		if err != nil && w.err == nil {
			w.err = err
		}
		w.exec("put an access of "+a.Who, insertAccess, w.ids.next(), micros(a.At), a.Who, text)
	}
	if !changes.ForgetAccesses.IsZero() {
		w.exec("forget accesses", forgetAccesses, micros(changes.ForgetAccesses), accessesForgotten)
	}
}

const insertAccess = `
INSERT INTO access (id, at, who, body)
VALUES ($1, $2, $3, $4)`

// accessesForgotten is how many old accesses go at once: more than come, so that none pile up.
const accessesForgotten = 20

const forgetAccesses = `
DELETE FROM access
WHERE  id IN (SELECT id FROM access WHERE at < $1 ORDER BY at LIMIT $2)`

func (w *writer) putAccessToken(t registry.AccessToken) {
	text, err := body(t)
	if err != nil && w.err == nil {
		w.err = err
	}
	if t.Version == 1 {
		w.exec("put the access token "+t.ID, insertAccessToken, t.ID, t.Version, micros(t.Issued.Since), micros(t.Ends()), t.Hash, text)
		return
	}
	w.execOne("put the access token "+t.ID, updateAccessToken, t.ID, t.Version, micros(t.Ends()), text)
}

const insertAccessToken = `
INSERT INTO access_token (id, version, issued, ends, hash, body)
VALUES ($1, $2, $3, $4, $5, $6)`

const updateAccessToken = `
UPDATE access_token
SET    version = $2, ends = $3, body = $4
WHERE  id = $1 AND version = $2 - 1`

// AccessToken returns a token, one that has ended too.
func (r *reader) AccessToken(id string) (registry.AccessToken, bool, error) {
	return one(r, scanAccessToken, accessTokenByID, id)
}

const accessTokenByID = `
SELECT hash, body
FROM   access_token
WHERE  id = $1`

// AccessTokens returns up to limit tokens that end after an instant, the latest first.
func (r *reader) AccessTokens(endAfter time.Time, limit int) ([]registry.AccessToken, error) {
	return many(r, scanAccessToken, accessTokensAfter, micros(endAfter), limit)
}

const accessTokensAfter = `
SELECT hash, body
FROM   access_token
WHERE  ends > $1
ORDER  BY issued DESC, id
LIMIT  $2`

func scanAccessToken(row row) (t registry.AccessToken, err error) {
	var text string
	if err = row.Scan(&t.Hash, &text); err == nil {
		err = unbody(text, &t, "access token")
	}
	return t, err
}

// Accesses returns up to limit accesses that a filter selects, the latest first.
func (r *reader) Accesses(f registry.AccessFilter, limit int) ([]registry.Access, error) {
	before := f.Before
	if before == 0 {
		before = math.MaxInt64
	}
	if f.Who == "" {
		return many(r, scanAccess, accessesBefore, before, micros(f.Since), limit)
	}
	return many(r, scanAccess, accessesOf, before, micros(f.Since), limit, f.Who)
}

const accessesBefore = `
SELECT id, body
FROM   access
WHERE  id < $1 AND at >= $2
ORDER  BY id DESC
LIMIT  $3`

const accessesOf = `
SELECT id, body
FROM   access
WHERE  id < $1 AND at >= $2 AND who = $4
ORDER  BY id DESC
LIMIT  $3`

func scanAccess(row row) (a registry.Access, err error) {
	var text string
	if err = row.Scan(&a.ID, &text); err == nil {
		err = unbody(text, &a, "access")
	}
	return a, err
}

// ContactID returns the id of the contact of a ROID.
func (r *reader) ContactID(roid registry.ROID) (string, bool, error) {
	return one(r, scanValue[string], contactIDByROID, roid)
}

const contactIDByROID = `
SELECT id
FROM   contact
WHERE  roid = $1`

// NamesFrom returns up to limit registered names that begin with a text and come after a name, in order of name.
func (r *reader) NamesFrom(prefix string, after names.Name, limit int) ([]names.Name, error) {
	return many(r, scanName, namesFrom, max(prefix, after.String()), after.String(), behind(prefix), limit)
}

const namesFrom = `
SELECT name
FROM   domain
WHERE  name >= $1 AND name > $2 AND name < $3
ORDER  BY name
LIMIT  $4`

// HostsFrom returns up to limit names of hosts that begin with a text and come after a name, in order of name.
func (r *reader) HostsFrom(prefix string, after names.Name, limit int) ([]names.Name, error) {
	return many(r, scanName, hostsFrom, max(prefix, after.String()), after.String(), behind(prefix), limit)
}

const hostsFrom = `
SELECT name
FROM   host
WHERE  name >= $1 AND name > $2 AND name < $3 AND gone = 0
ORDER  BY name
LIMIT  $4`

// behind returns the first text behind all that begin with one: names are ASCII, and kept in the order of their octets.
func behind(prefix string) string {
	if prefix == "" {
		return "\x7f"
	}
	last := len(prefix) - 1
	return prefix[:last] + string(prefix[last]+1)
}

// What follows shows to a command what was decided before it in its group.

func (o *overlay) AccessToken(id string) (t registry.AccessToken, ok bool, err error) {
	if err := o.show(); err != nil {
		return t, false, err
	}
	return o.reader.AccessToken(id)
}

func (o *overlay) AccessTokens(endAfter time.Time, limit int) ([]registry.AccessToken, error) {
	return shown(o, func() ([]registry.AccessToken, error) { return o.reader.AccessTokens(endAfter, limit) })
}

func (o *overlay) Accesses(f registry.AccessFilter, limit int) ([]registry.Access, error) {
	return shown(o, func() ([]registry.Access, error) { return o.reader.Accesses(f, limit) })
}

func (o *overlay) ContactID(roid registry.ROID) (id string, ok bool, err error) {
	if err := o.show(); err != nil {
		return "", false, err
	}
	return o.reader.ContactID(roid)
}

func (o *overlay) NamesFrom(prefix string, after names.Name, limit int) ([]names.Name, error) {
	return shown(o, func() ([]names.Name, error) { return o.reader.NamesFrom(prefix, after, limit) })
}

func (o *overlay) HostsFrom(prefix string, after names.Name, limit int) ([]names.Name, error) {
	return shown(o, func() ([]names.Name, error) { return o.reader.HostsFrom(prefix, after, limit) })
}
