package store

import (
	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// putMoneyAct writes a new act, or what became of one.
func (w *writer) putMoneyAct(a registry.MoneyAct) {
	what := "put the act " + a.ID
	text, err := body(a)
	if err != nil && w.err == nil {
		w.err = err
	}
	if a.Version == 1 {
		w.exec(what, insertMoneyAct, a.ID, a.Registrar, a.Number, a.Version, a.State, a.Entry, a.Claims(), micros(a.Asked), text)
		return
	}
	w.execOne(what, updateMoneyAct, a.ID, a.Version, a.State, a.Entry, a.Claims(), text)
}

const insertMoneyAct = `
INSERT INTO money_act (id, registrar, number, version, state, entry, claims, asked, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`

const updateMoneyAct = `
UPDATE money_act
SET    version = $2, state = $3, entry = $4, claims = $5, body = $6
WHERE  id = $1 AND version = $2 - 1`

// MoneyAct returns an act of the operator.
func (r *reader) MoneyAct(id string) (registry.MoneyAct, bool, error) {
	return one(r, scanMoneyAct, moneyActByID, id)
}

const moneyActByID = `
SELECT body
FROM   money_act
WHERE  id = $1`

// MoneyActOf returns the act that booked an entry.
func (r *reader) MoneyActOf(entry string) (registry.MoneyAct, bool, error) {
	return one(r, scanMoneyAct, moneyActByEntry, entry)
}

const moneyActByEntry = `
SELECT body
FROM   money_act
WHERE  entry = $1 AND entry <> ''`

// MoneyActClaiming returns the act that claims a bank's reference.
func (r *reader) MoneyActClaiming(reference string) (registry.MoneyAct, bool, error) {
	return one(r, scanMoneyAct, moneyActByClaim, reference)
}

const moneyActByClaim = `
SELECT body
FROM   money_act
WHERE  claims = $1 AND claims <> ''`

// LastMoneyAct returns the number of the latest act on a registrar; 0 if there is none.
func (r *reader) LastMoneyAct(id registry.RegistrarID) (int64, error) {
	return value[int64](r, lastMoneyAct, id)
}

const lastMoneyAct = `
SELECT CAST(COALESCE(MAX(number), 0) AS BIGINT)
FROM   money_act
WHERE  registrar = $1`

// MoneyActs returns up to limit acts that a filter selects, the latest first.
func (r *reader) MoneyActs(f registry.MoneyFilter, limit int) ([]registry.MoneyAct, error) {
	switch {
	case f.Pending && f.Registrar != "":
		return many(r, scanMoneyAct, pendingActsOf, f.Registrar, limit)
	case f.Pending:
		return many(r, scanMoneyAct, pendingActs, limit)
	case f.Registrar != "":
		return many(r, scanMoneyAct, moneyActsOf, f.Registrar, limit)
	}
	return many(r, scanMoneyAct, allMoneyActs, limit)
}

const pendingActsOf = `
SELECT body
FROM   money_act
WHERE  registrar = $1 AND state = 'pending'
ORDER  BY number DESC
LIMIT  $2`

const pendingActs = `
SELECT body
FROM   money_act
WHERE  state = 'pending'
ORDER  BY asked DESC, id DESC
LIMIT  $1`

const moneyActsOf = `
SELECT body
FROM   money_act
WHERE  registrar = $1
ORDER  BY number DESC
LIMIT  $2`

const allMoneyActs = `
SELECT body
FROM   money_act
ORDER  BY asked DESC, id DESC
LIMIT  $1`

func scanMoneyAct(row row) (a registry.MoneyAct, err error) {
	var text string
	if err = row.Scan(&text); err == nil {
		err = unbody(text, &a, "act on money")
	}
	return a, err
}

// EntryByKey returns an entry of the ledger.
func (r *reader) EntryByKey(key string) (ledger.Entry, bool, error) {
	return one(r, scanEntry, entryByKey, key)
}

const entryByKey = `
SELECT entry_key, party, at, debit, credit, amount, charge, text
FROM   entry
WHERE  entry_key = $1`
