package store

import (
	"fmt"
	"math"
	"net/netip"

	"example.org/dorado/core/registry"
)

// console writes what becomes of the users of the console. What goes comes before what they are, so that another user
// can have the role or the login that one leaves.
func (w *writer) console(c registry.ConsoleChanges) {
	for _, e := range c.Ended {
		w.endSession(e)
	}
	for _, l := range c.UsedLinks {
		w.execOne("use a link of "+string(l.User), deleteUserLink, l.ID)
	}
	for _, u := range c.GoneUsers {
		w.exec("end the sessions of "+string(u.ID), deleteConsoleSessionsOf, u.ID, "")
		w.exec("end the links of "+string(u.ID), deleteUserLinks, u.ID)
		w.execOne("remove the user "+string(u.ID), deleteUser, u.ID, u.Version)
	}
	for _, u := range c.Users {
		w.putUser(u)
	}
	for _, s := range c.Sessions {
		w.putSession(s)
	}
	for _, s := range c.Seen {
		w.exec("see the session "+s.ID, seeConsoleSession, s.ID, micros(s.At), addressText(s.Address))
	}
	for _, l := range c.Links {
		w.exec("put a link of "+string(l.User), insertUserLink, l.ID, l.User, l.Kind, micros(l.Made), micros(l.Ends))
	}
	for _, a := range c.Acts {
		w.exec("put an act on "+string(a.User), insertUserAct, w.ids.next(), micros(a.At), a.Registrar, a.User, w.text("act on "+string(a.User), a))
	}
	w.forgetConsole(c)
}

// forgetConsole removes some of what is over: more than comes, so that none piles up.
func (w *writer) forgetConsole(c registry.ConsoleChanges) {
	if !c.Forget.IsZero() {
		w.exec("forget sessions", forgetConsoleSessions, micros(c.Forget), accessesForgotten)
		w.exec("forget links", forgetUserLinks, micros(c.Forget), accessesForgotten)
	}
	if !c.ForgetActs.IsZero() {
		w.exec("forget acts on users", forgetUserActs, micros(c.ForgetActs), accessesForgotten)
	}
}

// addressText is how an address is kept: empty if there is none.
func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

const deleteUser = `
DELETE FROM console_user
WHERE  id = $1 AND version = $2 - 1`

const deleteConsoleSession = `
DELETE FROM console_session
WHERE  id = $1`

const deleteConsoleSessionsOf = `
DELETE FROM console_session
WHERE  user_id = $1 AND id <> $2`

const deleteUserLink = `
DELETE FROM user_link
WHERE  id = $1`

const deleteUserLinks = `
DELETE FROM user_link
WHERE  user_id = $1`

const forgetConsoleSessions = `
DELETE FROM console_session
WHERE  id IN (SELECT id FROM console_session WHERE ends < $1 ORDER BY ends LIMIT $2)`

const forgetUserLinks = `
DELETE FROM user_link
WHERE  id IN (SELECT id FROM user_link WHERE ends < $1 ORDER BY ends LIMIT $2)`

const forgetUserActs = `
DELETE FROM user_act
WHERE  id IN (SELECT id FROM user_act WHERE at < $1 ORDER BY at LIMIT $2)`

func (w *writer) endSession(e registry.SessionEnd) {
	if e.ID != "" {
		w.exec("end the session "+e.ID, deleteConsoleSession, e.ID)
		return
	}
	w.exec("end the sessions of "+string(e.User), deleteConsoleSessionsOf, e.User, e.Except)
}

func (w *writer) putUser(u registry.User) {
	what := "put the user " + string(u.ID)
	secrets, text := w.text(what, u.Secrets), w.text(what, u)
	if u.Version == 1 {
		w.exec(what, insertUser, u.ID, u.Version, u.Registrar, u.Login, u.Role, secrets, text, u.Joined())
		return
	}
	w.execOne(what, updateUser, u.ID, u.Version, u.Login, u.Role, secrets, text, u.Joined())
}

const insertUser = `
INSERT INTO console_user (id, version, registrar, login, role, secrets, body, joined)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

const updateUser = `
UPDATE console_user
SET    version = $2, login = $3, role = $4, secrets = $5, body = $6, joined = $7
WHERE  id = $1 AND version = $2 - 1`

func (w *writer) putSession(s registry.Session) {
	what := "put the session " + s.ID
	text := w.text(what, s)
	if s.Version == 1 {
		w.exec(what, insertConsoleSession, s.ID, s.Version, s.User, s.Hash, micros(s.Seen), addressText(s.Address), micros(s.Ends), text)
		return
	}
	w.execOne(what, updateConsoleSession, s.ID, s.Version, s.Hash, micros(s.Seen), addressText(s.Address), micros(s.Ends), text)
}

const insertConsoleSession = `
INSERT INTO console_session (id, version, user_id, hash, seen, address, ends, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

const updateConsoleSession = `
UPDATE console_session
SET    version = $2, hash = $3, seen = $4, address = $5, ends = $6, body = $7
WHERE  id = $1 AND version = $2 - 1`

const seeConsoleSession = `
UPDATE console_session
SET    seen = $2, address = $3
WHERE  id = $1 AND seen < $2`

const insertUserLink = `
INSERT INTO user_link (id, user_id, kind, made, ends)
VALUES ($1, $2, $3, $4, $5)`

const insertUserAct = `
INSERT INTO user_act (id, at, registrar, user_id, body)
VALUES ($1, $2, $3, $4, $5)`

// User returns the user of that id.
func (r *reader) User(id registry.UserID) (registry.User, bool, error) {
	return one(r, scanUser, userByID, id)
}

const userByID = `
SELECT version, secrets, body
FROM   console_user
WHERE  id = $1`

// UserByLogin returns the user of that login; if none has joined, one who was invited.
func (r *reader) UserByLogin(login string) (registry.User, bool, error) {
	return one(r, scanUser, userByLogin, login)
}

const userByLogin = `
SELECT version, secrets, body
FROM   console_user
WHERE  login = $1
ORDER  BY joined DESC, id
LIMIT  1`

// UserOf returns the user of a registrar and a login.
func (r *reader) UserOf(id registry.RegistrarID, login string) (registry.User, bool, error) {
	return one(r, scanUser, userOf, id, login)
}

const userOf = `
SELECT version, secrets, body
FROM   console_user
WHERE  registrar = $1 AND login = $2`

// Administrator returns the user of a registrar who has that role.
func (r *reader) Administrator(id registry.RegistrarID) (registry.User, bool, error) {
	return one(r, scanUser, administratorOf, id)
}

const administratorOf = `
SELECT version, secrets, body
FROM   console_user
WHERE  registrar = $1 AND role = 'administrator'`

// UsersOf returns up to limit users of a registrar whose login comes after one, in order of login.
func (r *reader) UsersOf(id registry.RegistrarID, after string, limit int) ([]registry.User, error) {
	return many(r, scanUser, usersOf, id, after, limit)
}

const usersOf = `
SELECT version, secrets, body
FROM   console_user
WHERE  registrar = $1 AND login > $2
ORDER  BY login
LIMIT  $3`

// CountUsers counts the users of a registrar, up to a limit.
func (r *reader) CountUsers(id registry.RegistrarID, limit int) (int, error) {
	return value[int](r, countUsers, id, limit)
}

const countUsers = `
SELECT COUNT(*)
FROM   (SELECT 1 AS one FROM console_user WHERE registrar = $1 LIMIT $2) counted`

func scanUser(row row) (u registry.User, err error) {
	var version int64
	var secrets, text string
	if err = row.Scan(&version, &secrets, &text); err != nil {
		return u, err
	}
	if err = unbody(text, &u, "user"); err != nil {
		return u, err
	}
	u.Version = version
	return u, unbody(secrets, &u.Secrets, "secrets of a user")
}

// Session returns a session, one that has ended too while it is kept.
func (r *reader) Session(id string) (registry.Session, bool, error) {
	return one(r, scanConsoleSession, consoleSessionByID, id)
}

const consoleSessionByID = `
SELECT version, hash, seen, address, body
FROM   console_session
WHERE  id = $1`

// SessionsOf returns up to limit sessions of a user, those that were seen last first.
func (r *reader) SessionsOf(id registry.UserID, limit int) ([]registry.Session, error) {
	return many(r, scanConsoleSession, consoleSessionsOf, id, limit)
}

const consoleSessionsOf = `
SELECT version, hash, seen, address, body
FROM   console_session
WHERE  user_id = $1
ORDER  BY seen DESC, id
LIMIT  $2`

func scanConsoleSession(row row) (s registry.Session, err error) {
	var version, seen int64
	var hash []byte
	var address, text string
	if err = row.Scan(&version, &hash, &seen, &address, &text); err != nil {
		return s, err
	}
	if err = unbody(text, &s, "session"); err != nil {
		return s, err
	}
	s.Version, s.Hash, s.Seen = version, hash, instant(seen)
	if address != "" {
		s.Address, err = netip.ParseAddr(address)
	}
	return s, err
}

// UserLink returns a link that was not used.
func (r *reader) UserLink(id string) (registry.UserLink, bool, error) {
	return one(r, scanUserLink, userLinkByID, id)
}

const userLinkByID = `
SELECT id, user_id, kind, made, ends
FROM   user_link
WHERE  id = $1`

// UserLinks returns up to limit links of a user and a kind, the latest first.
func (r *reader) UserLinks(id registry.UserID, kind registry.UserLinkKind, limit int) ([]registry.UserLink, error) {
	return many(r, scanUserLink, userLinksOf, id, kind, limit)
}

const userLinksOf = `
SELECT id, user_id, kind, made, ends
FROM   user_link
WHERE  user_id = $1 AND kind = $2
ORDER  BY made DESC, id
LIMIT  $3`

func scanUserLink(row row) (l registry.UserLink, err error) {
	var made, ends int64
	if err = row.Scan(&l.ID, &l.User, &l.Kind, &made, &ends); err != nil {
		return l, fmt.Errorf("read a link of a user: %w", err)
	}
	l.Made, l.Ends = instant(made), instant(ends)
	return l, nil
}

// UserActs returns up to limit acts that a filter selects, the latest first.
func (r *reader) UserActs(f registry.UserActFilter, limit int) ([]registry.UserAct, error) {
	before := f.Before
	if before == 0 {
		before = math.MaxInt64
	}
	switch {
	case f.User != "":
		return many(r, scanUserAct, userActsOfUser, before, limit, f.User, f.Registrar)
	case f.Registrar != "":
		return many(r, scanUserAct, userActsOfRegistrar, before, limit, f.Registrar)
	}
	return many(r, scanUserAct, userActsOfAll, before, limit)
}

const userActsOfUser = `
SELECT id, body
FROM   user_act
WHERE  user_id = $3 AND id < $1 AND (registrar = $4 OR $4 = '')
ORDER  BY id DESC
LIMIT  $2`

const userActsOfRegistrar = `
SELECT id, body
FROM   user_act
WHERE  registrar = $3 AND id < $1
ORDER  BY id DESC
LIMIT  $2`

const userActsOfAll = `
SELECT id, body
FROM   user_act
WHERE  id < $1
ORDER  BY id DESC
LIMIT  $2`

func scanUserAct(row row) (a registry.UserAct, err error) {
	var text string
	if err = row.Scan(&a.ID, &text); err == nil {
		err = unbody(text, &a, "act on a user")
	}
	return a, err
}
