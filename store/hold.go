package store

import (
	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// putHold writes a hold that began, or when one ended.
func (w *writer) putHold(h registry.AccountHold) {
	what := "hold of " + string(h.Party)
	if h.Until.IsZero() {
		w.exec(what, insertHold, h.Party, h.Year, h.Number, micros(h.Since), h.Charge)
		return
	}
	w.exec(what, endHold, h.Party, h.Year, h.Number, micros(h.Until))
}

const insertHold = `
INSERT INTO account_hold (party, year, number, since, until, charge)
VALUES ($1, $2, $3, $4, 0, $5)`

const endHold = `
UPDATE account_hold
SET    until = $4
WHERE  party = $1 AND year = $2 AND number = $3`

// Holds returns up to limit holds of a registrar, the latest first.
func (r *reader) Holds(id registry.RegistrarID, limit int) ([]registry.AccountHold, error) {
	return many(r, scanHold, holdsOf, id, limit)
}

const holdsOf = `
SELECT party, year, number, since, until, charge
FROM   account_hold
WHERE  party = $1
ORDER  BY year DESC, number DESC
LIMIT  $2`

func scanHold(row row) (h registry.AccountHold, err error) {
	var since, until int64
	err = row.Scan(&h.Party, &h.Year, &h.Number, &since, &until, &h.Charge)
	h.Since, h.Until = instant(since), instant(until)
	return h, err
}

// PostedCharges returns up to limit charges of a registrar that were posted, the latest first.
func (r *reader) PostedCharges(id registry.RegistrarID, limit int) ([]ledger.Charge, error) {
	return many(r, scanCharge, latestPosted, id, limit)
}

const latestPosted = `
SELECT id, party, object, subject, type, amount, price_of, at, posts_at, grace_days, authorises, state, ended
FROM   charge
WHERE  party = $1 AND state = 'posted'
ORDER  BY ended DESC, id DESC
LIMIT  $2`
