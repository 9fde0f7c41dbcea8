package store

import (
	"math"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// Ended charges as invoices and reports read them. A condition on the state of a charge is written as its indexes
// have it: SQLite uses an index on some rows only where the same words stand in the statement.

// Posted returns up to limit charges of a party that were posted in a span, after a place.
func (r *reader) Posted(party ledger.Party, span registry.Times, after registry.Place, limit int) ([]ledger.Charge, error) {
	from := micros(span.From)
	if !after.Ended.IsZero() {
		from = max(from, micros(after.Ended))
	}
	return many(r, scanCharge, postedCharges, party, from, micros(span.To), micros(after.Ended), after.ID, limit)
}

const postedCharges = `
SELECT id, party, object, subject, type, amount, price_of, at, posts_at, grace_days, authorises, state, ended
FROM   charge
WHERE  party = $1 AND state <> 'open' AND state = 'posted' AND ended >= $2 AND ended < $3
AND    (ended > $4 OR id > $5)
ORDER  BY ended, id
LIMIT  $6`

// PostedSums adds up the charges of a party that were posted in a span, by type.
func (r *reader) PostedSums(party ledger.Party, span registry.Times) ([]registry.InvoiceLine, error) {
	return many(r, scanSum, postedSums, party, micros(span.From), micros(span.To))
}

const postedSums = `
SELECT type, COUNT(*), CAST(SUM(amount) AS BIGINT)
FROM   charge
WHERE  party = $1 AND state <> 'open' AND state = 'posted' AND ended >= $2 AND ended < $3
GROUP  BY type
ORDER  BY type`

func scanSum(row row) (l registry.InvoiceLine, err error) {
	err = row.Scan(&l.Type, &l.Count, &l.Amount)
	return l, err
}

// Undone returns up to limit registrations of a party that were credited in a span, before a place, the latest first.
func (r *reader) Undone(party ledger.Party, span registry.Times, before registry.Place, limit int) ([]ledger.Charge, error) {
	until := micros(span.To) - 1
	if before.Ended.IsZero() {
		before = registry.Place{Ended: span.To}
	} else {
		until = min(until, micros(before.Ended))
	}
	return many(r, scanCharge, undoneCharges, party, micros(span.From), until, micros(before.Ended), before.ID, limit)
}

const undoneCharges = `
SELECT id, party, object, subject, type, amount, price_of, at, posts_at, grace_days, authorises, state, ended
FROM   charge
WHERE  party = $1 AND state = 'released' AND type = 'Registration' AND ended >= $2 AND ended <= $3
AND    (ended < $4 OR id < $5)
ORDER  BY ended DESC, id DESC
LIMIT  $6`

// CountUndone counts the registrations of a party that were credited in a span.
func (r *reader) CountUndone(party ledger.Party, span registry.Times) (int64, error) {
	return value[int64](r, countUndone, party, micros(span.From), micros(span.To))
}

const countUndone = `
SELECT COUNT(*)
FROM   charge
WHERE  party = $1 AND state = 'released' AND type = 'Registration' AND ended >= $2 AND ended < $3`

// CountEndedRegistrations counts the registrations of a party that were made in a span and whose charge has ended.
func (r *reader) CountEndedRegistrations(party ledger.Party, span registry.Times, undone bool, most int64) (int64, error) {
	return value[int64](r, endedRegistrations, party, micros(span.From), micros(span.To), undone, most)
}

const endedRegistrations = `
SELECT COUNT(*)
FROM   (SELECT 1
        FROM   charge
        WHERE  party = $1 AND state <> 'open' AND ended >= $2 AND type = 'Registration' AND at >= $2 AND at < $3
        AND    ($4 OR state = 'posted' OR ended >= $3)
        LIMIT  $5) registration`

// CountOpenRegistrations counts the registrations of each party that were made in a span and whose charge is open.
func (r *reader) CountOpenRegistrations(span registry.Times) (map[ledger.Party]int64, error) {
	counts := map[ledger.Party]int64{}
	err := r.each(func(row row) error {
		var party ledger.Party
		var n int64
		err := row.Scan(&party, &n)
		counts[party] = n
		return err
	}, openRegistrations, micros(span.From), micros(span.To))
	return counts, err
}

const openRegistrations = `
SELECT party, COUNT(*)
FROM   charge
WHERE  state = 'open' AND posts_at >= $1 AND type = 'Registration' AND at >= $1 AND at < $2
GROUP  BY party`

// NextMoney returns when something is next due that may post or credit a charge.
func (r *reader) NextMoney() (time.Time, error) {
	at, err := value[int64](r, nextMoney)
	return instant(at), err
}

const nextMoney = `
SELECT COALESCE(MIN(at), 0)
FROM   (SELECT MIN(due) AS at FROM domain
        UNION ALL
        SELECT MIN(posts_at) AS at FROM charge WHERE state = 'open'
        UNION ALL
        SELECT MIN(emergency_until) AS at FROM funds WHERE emergency_until > 0) due`

// FirstBooked returns the instant of the ledger's first entry.
func (r *reader) FirstBooked() (time.Time, error) {
	at, err := value[int64](r, firstBooked)
	return instant(at), err
}

const firstBooked = `
SELECT COALESCE(MIN((SELECT MIN(at) FROM entry WHERE entry.party = funds.party)), 0)
FROM   funds`

// PrepaidIn adds up what the entries of a party did to its prepaid account in a span, which has no end if To is zero.
func (r *reader) PrepaidIn(party ledger.Party, span registry.Times) (ledger.Money, error) {
	to := int64(math.MaxInt64)
	if !span.To.IsZero() {
		to = micros(span.To)
	}
	return value[ledger.Money](r, prepaidIn, party, micros(span.From), to, ledger.Prepaid(party))
}

const prepaidIn = `
SELECT CAST(COALESCE(SUM(CASE WHEN credit = $4 THEN amount ELSE 0 END - CASE WHEN debit = $4 THEN amount ELSE 0 END), 0) AS BIGINT)
FROM   entry
WHERE  party = $1 AND at >= $2 AND at < $3`

// BookedIn adds up what came to a party's prepaid account from another one in a span, without its charges.
func (r *reader) BookedIn(party ledger.Party, span registry.Times, from ledger.Account) (ledger.Money, error) {
	return value[ledger.Money](r, bookedIn, party, micros(span.From), micros(span.To), from, ledger.Prepaid(party))
}

const bookedIn = `
SELECT CAST(COALESCE(SUM(CASE WHEN debit = $4 AND credit = $5 THEN amount
                              WHEN credit = $4 AND debit = $5 THEN -amount
                              ELSE 0 END), 0) AS BIGINT)
FROM   entry
WHERE  party = $1 AND charge = '' AND at >= $2 AND at < $3`
