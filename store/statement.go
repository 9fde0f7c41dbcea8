package store

import (
	"math"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// Entries returns up to limit entries that a filter selects, in order of instant and key, or the other way round.
func (r *reader) Entries(f registry.EntryFilter, limit int) ([]ledger.Entry, error) {
	if f.Newest {
		until, before := untilMicros(f.Until), untilMicros(f.After.At)
		return many(r, scanEntry, entriesBefore, f.Party, earliest(f.Since), until, min(until, before), before, f.After.Key, f.Of, limit)
	}
	since := max(earliest(f.Since), earliest(f.After.At))
	return many(r, scanEntry, entriesOf, f.Party, since, untilMicros(f.Until), earliest(f.After.At), f.After.Key, f.Of, limit)
}

const entriesOf = `
SELECT entry_key, party, at, debit, credit, amount, charge, text
FROM   entry
WHERE  party = $1 AND at >= $2 AND at < $3 AND (at > $4 OR entry_key > $5) AND ($6 = '' OR debit = $6 OR credit = $6)
ORDER  BY at, entry_key
LIMIT  $7`

const entriesBefore = `
SELECT entry_key, party, at, debit, credit, amount, charge, text
FROM   entry
WHERE  party = $1 AND at >= $2 AND at < $3 AND at <= $4 AND (at < $5 OR entry_key < $6) AND ($7 = '' OR debit = $7 OR credit = $7)
ORDER  BY at DESC, entry_key DESC
LIMIT  $8`

// EachEntry calls use with all entries that a filter selects, in order of instant only: the keys of an instant would
// be sorted as the database sorts text.
func (r *reader) EachEntry(f registry.EntryFilter, use func(ledger.Entry) error) error {
	return r.each(func(row row) error {
		e, err := scanEntry(row)
		if err != nil {
			return err
		}
		return use(e)
	}, eachEntry, f.Party, earliest(f.Since), untilMicros(f.Until))
}

const eachEntry = `
SELECT entry_key, party, at, debit, credit, amount, charge, text
FROM   entry
WHERE  party = $1 AND at >= $2 AND at < $3
ORDER  BY at`

func scanEntry(row row) (ledger.Entry, error) { return scanEntryWith(row) }

func scanEntryWith(row row, more ...any) (e ledger.Entry, err error) {
	var at int64
	err = row.Scan(append([]any{&e.Key, &e.Party, &at, &e.Debit, &e.Credit, &e.Amount, &e.Charge, &e.Text}, more...)...)
	e.At = instant(at)
	return e, err
}

// earliest is micros of an instant that nothing comes before; the zero time is before all.
func earliest(t time.Time) int64 {
	if t.IsZero() {
		return math.MinInt64
	}
	return t.UnixMicro()
}

// FirstEntry returns the instant of the earliest entry.
func (r *reader) FirstEntry() (time.Time, bool, error) {
	at, err := value[int64](r, firstEntry)
	return instant(at), at != 0, err
}

// firstEntry looks once for each registrar, since no index has the instants of all.
const firstEntry = `
SELECT COALESCE(MIN(at), 0)
FROM   (SELECT (SELECT MIN(e.at) FROM entry e WHERE e.party = r.id) AS at FROM registrar r) firsts`

// CountEntries counts the entries of each party that has any from an instant on and before another.
func (r *reader) CountEntries(since, until time.Time) ([]registry.PartyCount, error) {
	return many(r, scanPartyCount, countEntries, micros(since), micros(until))
}

const countEntries = `
SELECT party, n
FROM   (SELECT r.id AS party, (SELECT COUNT(*) FROM entry e WHERE e.party = r.id AND e.at >= $1 AND e.at < $2) AS n
        FROM   registrar r) counted
WHERE  n > 0
ORDER  BY party`

// Balances returns the balances of accounts with the entries up to an instant and those of it.
func (r *reader) Balances(p ledger.Party, at time.Time) ([]registry.AccountBalance, error) {
	scan := func(row row) (b registry.AccountBalance, err error) {
		err = row.Scan(&b.Account, &b.Balance)
		return b, err
	}
	if p == "" {
		return many(r, scan, allBalances, micros(at))
	}
	return many(r, scan, balancesOf, p, micros(at))
}

const balancesOf = `
SELECT account, CAST(SUM(amount) AS BIGINT)
FROM   (SELECT debit AS account, -SUM(amount) AS amount FROM entry WHERE party = $1 AND at <= $2 GROUP BY debit
        UNION ALL
        SELECT credit AS account, SUM(amount) AS amount FROM entry WHERE party = $1 AND at <= $2 GROUP BY credit) sides
GROUP  BY account
ORDER  BY account`

const allBalances = `
SELECT account, CAST(SUM(amount) AS BIGINT)
FROM   (SELECT debit AS account, -SUM(amount) AS amount FROM entry WHERE at <= $1 GROUP BY debit
        UNION ALL
        SELECT credit AS account, SUM(amount) AS amount FROM entry WHERE at <= $1 GROUP BY credit) sides
GROUP  BY account
ORDER  BY account`
