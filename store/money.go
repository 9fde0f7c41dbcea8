package store

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// Funds returns the kept balances of a registrar, and what of its open charges is due at now.
func (r *reader) Funds(id registry.RegistrarID, now time.Time) (ledger.Funds, bool, error) {
	return one(r, scanFundsAt(now), fundsOf, id, micros(now))
}

const fundsOf = `
SELECT party, balance, authorised, credit_limit, emergency_credit, credit_threshold, minimum_balance,
       low_since, hold_since, holds, last_hold, emergency_until,
       CAST(COALESCE((SELECT SUM(amount) FROM charge c
                      WHERE  c.party = funds.party AND c.state = 'open' AND c.posts_at <= $2
                      AND    c.authorises), 0) AS BIGINT),
       CAST(COALESCE((SELECT SUM(amount) FROM charge c
                      WHERE  c.party = funds.party AND c.state = 'open' AND c.posts_at <= $2
                      AND    NOT c.authorises), 0) AS BIGINT)
FROM   funds
WHERE  party = $1`

// recentFunds is fundsOf for a command, which must not add up a million charges that a catch-up has yet to
// post: of those that are due the ones that have waited longest.
const recentFunds = `
SELECT f.party, f.balance, f.authorised, f.credit_limit, f.emergency_credit, f.credit_threshold, f.minimum_balance,
       f.low_since, f.hold_since, f.holds, f.last_hold, f.emergency_until,
       CAST(COALESCE(SUM(CASE WHEN c.authorises THEN c.amount ELSE 0 END), 0) AS BIGINT),
       CAST(COALESCE(SUM(CASE WHEN c.authorises THEN 0 ELSE c.amount END), 0) AS BIGINT)
FROM   funds f LEFT JOIN (SELECT party, amount, authorises
                          FROM   charge
                          WHERE  state = 'open' AND posts_at <= $2
                          ORDER  BY posts_at
                          LIMIT  1000) c ON c.party = f.party
WHERE  f.party = $1
GROUP  BY f.party`

func scanFunds(row row) (f ledger.Funds, err error) {
	var low, hold, last, until int64
	err = row.Scan(&f.Party, &f.Balance, &f.Authorised, &f.CreditLimit, &f.EmergencyCredit,
		&f.CreditThreshold, &f.MinimumBalance, &low, &hold, &f.Standing.Holds, &last, &until, &f.DueAuthorised, &f.DueOther)
	f.Standing.Low, f.Standing.Hold, f.Standing.LastHold = instant(low), instant(hold), instant(last)
	f.EmergencyUntil = instant(until)
	return f, err
}

// scanFundsAt scans funds as they are at an instant.
func scanFundsAt(now time.Time) func(row) (ledger.Funds, error) {
	return func(row row) (ledger.Funds, error) {
		f, err := scanFunds(row)
		return f.At(now), err
	}
}

// Account returns the kept balances of a registrar, and nothing of what is due.
func (r *reader) Account(id registry.RegistrarID) (ledger.Funds, bool, error) {
	return one(r, scanFunds, keptFunds, id)
}

const keptFunds = `
SELECT party, balance, authorised, credit_limit, emergency_credit, credit_threshold, minimum_balance,
       low_since, hold_since, holds, last_hold, emergency_until, CAST(0 AS BIGINT), CAST(0 AS BIGINT)
FROM   funds
WHERE  party = $1`

// putLimits opens an account with no balance, or sets the limits of one.
func (w *writer) putLimits(f ledger.Funds) {
	w.exec("put limits of "+string(f.Party), putLimits, f.Party, f.CreditLimit, f.EmergencyCredit,
		f.CreditThreshold, f.MinimumBalance, micros(f.EmergencyUntil))
}

const putLimits = `
INSERT INTO funds (party, balance, authorised, credit_limit, emergency_credit, credit_threshold, minimum_balance, emergency_until)
VALUES ($1, 0, 0, $2, $3, $4, $5, $6)
ON CONFLICT (party) DO UPDATE
SET credit_limit = $2, emergency_credit = $3, credit_threshold = $4, minimum_balance = $5, emergency_until = $6`

// lapse ends emergency credit at the instant that it was granted until, unless it was granted anew.
func (w *writer) lapse(l registry.Lapse) {
	w.execOne("end the emergency credit of "+string(l.Party), endEmergency, l.Party, micros(l.Until))
}

const endEmergency = `
UPDATE funds
SET    emergency_credit = 0, emergency_until = 0
WHERE  party = $1 AND emergency_until = $2`

// DueLapses returns up to limit accounts whose emergency credit has lapsed at or before now, the earliest first.
func (r *reader) DueLapses(now time.Time, limit int, but ...registry.RegistrarID) ([]registry.Lapse, error) {
	return many(r, scanLapse, dueLapses, micros(now), limit, listed(but))
}

const dueLapses = `
SELECT party, emergency_until
FROM   funds
WHERE  emergency_until > 0 AND emergency_until <= $1 AND ($3 = '' OR REPLACE($3, ',' || party || ',', '') = $3)
ORDER  BY emergency_until, party
LIMIT  $2`

func scanLapse(row row) (l registry.Lapse, err error) {
	var until int64
	err = row.Scan(&l.Party, &until)
	l.Until = instant(until)
	return l, err
}

// balanceWrite changes kept balances with their entries, and how the account stands. Where a command asked for
// it, the change is made only if what is available does not fall below zero; and always only if the standing is what
// the balances make of it. Otherwise the command is run again and sees why not.
func balanceWrite(party ledger.Party, d delta) write {
	w := write{
		what: "balance of " + string(party), text: addToFunds, miss: errConflict,
		args: []any{party, d.balance, d.authorised, d.guarded, d.due},
	}
	if d.moved {
		w.text = addAndStand
		w.args = append(w.args, micros(d.to.Low), micros(d.to.Hold), d.to.Holds, micros(d.to.LastHold),
			micros(d.from.Low), micros(d.from.Hold), micros(d.from.LastHold))
	}
	return w
}

const addToFunds = `
UPDATE funds
SET    balance = balance + $2, authorised = authorised + $3
WHERE  party = $1
AND    (NOT $4 OR balance + $2 - $5 + credit_limit + emergency_credit - (authorised + $3) >= 0)
AND    (low_since > 0) = (balance + $2 + credit_limit + emergency_credit - (authorised + $3) < credit_threshold)
AND    (hold_since > 0) = (balance + $2 < minimum_balance - emergency_credit)`

const addAndStand = `
UPDATE funds
SET    balance = balance + $2, authorised = authorised + $3, low_since = CAST($6 AS BIGINT), hold_since = CAST($7 AS BIGINT), holds = $8, last_hold = $9
WHERE  party = $1
AND    (NOT $4 OR balance + $2 - $5 + credit_limit + emergency_credit - (authorised + $3) >= 0)
AND    low_since = $10 AND hold_since = $11 AND last_hold = $12
AND    (CAST($6 AS BIGINT) > 0) = (balance + $2 + credit_limit + emergency_credit - (authorised + $3) < credit_threshold)
AND    (CAST($7 AS BIGINT) > 0) = (balance + $2 < minimum_balance - emergency_credit)`

// addInBulk is for registries that are filled, before anybody looks at how accounts stand.
const addInBulk = `
UPDATE funds
SET    balance = balance + $2, authorised = authorised + $3
WHERE  party = $1`

// Charge returns a charge.
func (r *reader) Charge(id string) (ledger.Charge, bool, error) {
	return one(r, scanCharge, chargeByID, id)
}

const chargeByID = `
SELECT id, party, object, subject, type, amount, price_of, at, posts_at, grace_days, authorises, state, ended
FROM   charge
WHERE  id = $1`

// DueChargesOf returns up to limit open charges of a registrar that post at or before now, the earliest first.
func (r *reader) DueChargesOf(id registry.RegistrarID, now time.Time, limit int) ([]ledger.Charge, error) {
	return many(r, scanCharge, dueChargesOf, id, micros(now), limit)
}

const dueChargesOf = `
SELECT id, party, object, subject, type, amount, price_of, at, posts_at, grace_days, authorises, state, ended
FROM   charge
WHERE  party = $1 AND state = 'open' AND posts_at <= $2
ORDER  BY posts_at
LIMIT  $3`

// DueCharges returns up to limit open charges that post at or before now, the earliest first.
func (r *reader) DueCharges(now time.Time, limit int, but ...registry.RegistrarID) ([]ledger.Charge, error) {
	return many(r, scanCharge, dueCharges, micros(now), limit, listed(but))
}

const dueCharges = `
SELECT id, party, object, subject, type, amount, price_of, at, posts_at, grace_days, authorises, state, ended
FROM   charge
WHERE  state = 'open' AND posts_at <= $1 AND ($3 = '' OR REPLACE($3, ',' || party || ',', '') = $3)
ORDER  BY posts_at
LIMIT  $2`

func scanCharge(row row) (c ledger.Charge, err error) {
	var at, postsAt, ended int64
	err = row.Scan(&c.ID, &c.Party, &c.Object, &c.Subject, &c.Type, &c.Amount, &c.PriceOf, &at, &postsAt,
		&c.GraceDays, &c.Authorises, &c.State, &ended)
	c.At, c.PostsAt, c.Ended = instant(at), instant(postsAt), instant(ended)
	return c, err
}

// putCharge writes a new charge, or the end of one, which comes once.
func (w *writer) putCharge(c ledger.Charge) {
	if c.State != ledger.Open {
		w.execOne("charge "+c.ID, endCharge, c.ID, c.State, micros(c.Ended))
		return
	}
	w.insertCharge(c)
}

func (w *writer) insertCharge(c ledger.Charge) {
	w.insert(chargesMade, "charge "+c.ID, insertCharge, c.ID, c.Party, c.Object, c.Subject, c.Type, c.Amount, c.PriceOf, micros(c.At),
		micros(c.PostsAt), c.GraceDays, c.Authorises, c.State, micros(c.Ended))
}

const insertCharge = `
INSERT INTO charge (id, party, object, subject, type, amount, price_of, at, posts_at, grace_days, authorises, state, ended)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

// endCharge ends no charge in a month that is closed: its invoices are made. A command that comes so late is run again,
// at a later instant.
const endCharge = `
UPDATE charge
SET    state = $2, ended = $3
WHERE  id = $1 AND state = 'open'
AND    NOT EXISTS (SELECT 1 FROM billing_month WHERE until > $3)`

// reschedule moves the posting of an open charge.
func (w *writer) reschedule(c ledger.Charge) {
	w.exec("reschedule charge "+c.ID, rescheduleCharge, c.ID, micros(c.PostsAt), c.GraceDays)
}

const rescheduleCharge = `
UPDATE charge
SET    posts_at = $2, grace_days = COALESCE(NULLIF($3, 0), grace_days)
WHERE  id = $1 AND state = 'open'`

// Entry reports whether the ledger has an entry of that key.
func (r *reader) Entry(key string) (bool, error) {
	return value[bool](r, entryExists, key)
}

const entryExists = `
SELECT EXISTS (SELECT 1 FROM entry WHERE entry_key = $1)`

func (w *writer) putEntry(e ledger.Entry) {
	w.insert(entries, "entry "+e.Key, insertEntry, e.Key, e.Party, micros(e.At), e.Debit, e.Credit, e.Amount, e.Charge, e.Text)
}

const insertEntry = `
INSERT INTO entry (entry_key, party, at, debit, credit, amount, charge, text)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
