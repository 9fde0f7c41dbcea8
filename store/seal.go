package store

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// seals writes the days of the ledger that a Changes closes. Who seals what is sealed meets a key that is taken.
func (w *writer) seals(changes registry.Changes) {
	for _, s := range changes.Seals {
		w.exec("seal of "+string(s.Party), insertSeal, s.Party, micros(s.Day), s.Previous[:], s.First, s.Count, s.Late,
			s.Digest[:], s.Balance, s.Authorised, s.Prints)
	}
	for _, d := range changes.SealedDays {
		w.exec("head of "+d.Day.Format(time.DateOnly), insertSealedDay, micros(d.Day), d.Leaves, d.Root[:], d.Previous[:],
			d.KeyID, []byte(d.Key), d.Signature, micros(d.Made))
	}
	for _, e := range changes.Late {
		w.exec("late entry "+e.Key, putLate, e.Key, e.Party, micros(e.At), micros(e.Sealed))
	}
}

const insertSeal = `
INSERT INTO seal (party, day, previous, first, count, late, digest, balance, authorised, prints)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

const insertSealedDay = `
INSERT INTO sealed_day (day, leaves, root, previous, key_id, key, signature, made)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

const putLate = `
INSERT INTO late_entry (entry_key, party, at, sealed)
VALUES ($1, $2, $3, $4)
ON CONFLICT (entry_key) DO UPDATE
SET sealed = excluded.sealed`

// LastSealedDay returns the last day that is sealed whole.
func (r *reader) LastSealedDay() (registry.SealedDay, bool, error) {
	return one(r, scanSealedDay, lastSealedDay)
}

const lastSealedDay = `
SELECT day, leaves, root, previous, key_id, key, signature, made
FROM   sealed_day
ORDER  BY day DESC
LIMIT  1`

// SealedDays returns up to limit sealed days from one on, in order.
func (r *reader) SealedDays(from time.Time, limit int) ([]registry.SealedDay, error) {
	return many(r, scanSealedDay, sealedDays, earliest(from), limit)
}

const sealedDays = `
SELECT day, leaves, root, previous, key_id, key, signature, made
FROM   sealed_day
WHERE  day >= $1
ORDER  BY day
LIMIT  $2`

// DaysSealedSince returns the days that were sealed at an instant of real time or later.
func (r *reader) DaysSealedSince(made time.Time) ([]registry.SealedDay, error) {
	return many(r, scanSealedDay, daysSealedSince, micros(made))
}

const daysSealedSince = `
SELECT day, leaves, root, previous, key_id, key, signature, made
FROM   sealed_day
WHERE  made >= $1
ORDER  BY day`

func scanSealedDay(row row) (d registry.SealedDay, err error) {
	var day, made int64
	var root, previous, key []byte
	err = row.Scan(&day, &d.Leaves, &root, &previous, &d.KeyID, &key, &d.Signature, &made)
	d.Day, d.Made, d.Key = instant(day), instant(made), key
	copy(d.Root[:], root)
	copy(d.Previous[:], previous)
	return d, err
}

// LastSeals returns the last seal of each party of a day or before, without prints.
func (r *reader) LastSeals(day time.Time) ([]ledger.Seal, error) {
	return many(r, scanSeal, lastSeals, micros(day))
}

const lastSeals = `
SELECT s.party, s.day, s.previous, s.first, s.count, s.late, s.digest, s.balance, s.authorised
FROM   registrar r JOIN seal s ON s.party = r.id AND s.day = (SELECT MAX(l.day) FROM seal l WHERE l.party = r.id AND l.day <= $1)
ORDER  BY s.party`

// EachSeal calls use with the seals of all parties, without prints, in order of day and party.
func (r *reader) EachSeal(use func(ledger.Seal) error) error {
	return r.each(func(row row) error {
		s, err := scanSeal(row)
		if err != nil {
			return err
		}
		return use(s)
	}, allSeals)
}

const allSeals = `
SELECT party, day, previous, first, count, late, digest, balance, authorised
FROM   seal
ORDER  BY day, party`

func scanSeal(row row) (ledger.Seal, error) { return scanSealWith(row) }

func scanSealWith(row row, more ...any) (s ledger.Seal, err error) {
	var day int64
	var previous, digest []byte
	err = row.Scan(append([]any{
		&s.Party, &day, &previous, &s.First, &s.Count, &s.Late, &digest, &s.Balance, &s.Authorised,
	}, more...)...)
	s.Day = instant(day)
	copy(s.Previous[:], previous)
	copy(s.Digest[:], digest)
	return s, err
}

// SealsOf returns up to limit seals of a party after a day, in order.
func (r *reader) SealsOf(p ledger.Party, after time.Time, limit int) ([]ledger.Seal, error) {
	return many(r, func(row row) (ledger.Seal, error) {
		var prints []byte
		s, err := scanSealWith(row, &prints)
		s.Prints = prints
		return s, err
	}, sealsOf, p, earliest(after), limit)
}

const sealsOf = `
SELECT party, day, previous, first, count, late, digest, balance, authorised, prints
FROM   seal
WHERE  party = $1 AND day > $2
ORDER  BY day
LIMIT  $3`

// CountSealed counts the entries of a day that each party has sealed, with that day or later.
func (r *reader) CountSealed(day time.Time) ([]registry.PartyCount, error) {
	return many(r, scanPartyCount, countSealed, micros(day), micros(day.AddDate(0, 0, 1)))
}

const countSealed = `
SELECT party, CAST(SUM(n) AS BIGINT)
FROM   (SELECT s.party, s.count - s.late AS n
        FROM   registrar r JOIN seal s ON s.party = r.id AND s.day = $1
        UNION ALL
        SELECT l.party, COUNT(*) AS n
        FROM   registrar r JOIN late_entry l ON l.party = r.id AND l.at >= $1 AND l.at < $2
        GROUP  BY l.party) sealed
GROUP  BY party
ORDER  BY party`

func scanPartyCount(row row) (c registry.PartyCount, err error) {
	err = row.Scan(&c.Party, &c.Count)
	return c, err
}

// UnsealedLate returns up to limit late entries that no seal has yet.
func (r *reader) UnsealedLate(limit int) ([]registry.LateEntry, error) {
	return many(r, scanLate, unsealedLate, limit)
}

const unsealedLate = `
SELECT e.entry_key, e.party, e.at, e.debit, e.credit, e.amount, e.charge, e.text, l.sealed
FROM   late_entry l JOIN entry e ON e.entry_key = l.entry_key
WHERE  l.sealed = 0
ORDER  BY l.party
LIMIT  $1`

// LateEntries returns the late entries of a party.
func (r *reader) LateEntries(p ledger.Party) ([]registry.LateEntry, error) {
	return many(r, scanLate, lateEntries, p)
}

const lateEntries = `
SELECT e.entry_key, e.party, e.at, e.debit, e.credit, e.amount, e.charge, e.text, l.sealed
FROM   late_entry l JOIN entry e ON e.entry_key = l.entry_key
WHERE  l.party = $1
ORDER  BY l.at`

func scanLate(row row) (l registry.LateEntry, err error) {
	var sealed int64
	l.Entry, err = scanEntryWith(row, &sealed)
	l.Sealed = instant(sealed)
	return l, err
}
