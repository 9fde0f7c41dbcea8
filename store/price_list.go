package store

import (
	"strconv"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// PriceLists returns all price lists in order of id, those that were dropped too.
func (r *reader) PriceLists() ([]registry.PriceList, error) {
	return many(r, scanPriceList, priceLists)
}

const priceLists = `
SELECT body
FROM   price_list
ORDER  BY id`

// PriceList returns one price list.
func (r *reader) PriceList(id int64) (registry.PriceList, bool, error) {
	return one(r, scanPriceList, priceListByID, id)
}

const priceListByID = `
SELECT body
FROM   price_list
WHERE  id = $1`

func scanPriceList(row row) (l registry.PriceList, err error) {
	var text string
	if err = row.Scan(&text); err == nil {
		err = unbody(text, &l, "price list")
	}
	return l, err
}

// PriceEntries returns up to limit entries of a price list after a name and in order, whatever its state.
func (r *reader) PriceEntries(list int64, after names.Name, limit int) ([]registry.PriceEntry, error) {
	return many(r, scanPriceEntry, priceEntriesAfter, list, after.String(), limit)
}

const priceEntriesAfter = `
SELECT name, tier, creates, renews, transfers, restores
FROM   price_entry
WHERE  list = $1 AND name > $2
ORDER  BY name
LIMIT  $3`

func scanPriceEntry(row row) (e registry.PriceEntry, err error) {
	var name string
	if err = row.Scan(&name, &e.Tier, &e.Create, &e.Renew, &e.Transfer, &e.Restore); err == nil {
		e.Name, err = names.Parse(name)
	}
	return e, err
}

// PricesAt calls use with every name that is not sold at the standard prices at an instant, by what is stored now, in
// any order.
func (r *reader) PricesAt(at time.Time, use func(registry.PriceEntry) error) error {
	began, list, err := r.listAt(at)
	if err != nil {
		return err
	}
	alone := map[names.Name]registry.PriceEntry{} // the last of each name counts
	collect := func(row row) error {
		e, err := scanPriceEntry(row)
		alone[e.Name] = e
		return err
	}
	if err := r.each(collect, pricesAlone, began, micros(at)); err != nil {
		return err
	}
	err = r.each(func(row row) error {
		e, err := scanPriceEntry(row)
		if _, overtaken := alone[e.Name]; err != nil || overtaken {
			return err
		}
		return use(e)
	}, entriesOfList, list)
	for _, e := range alone {
		if err == nil && !e.IsStandard() {
			err = use(e)
		}
	}
	return err
}

// listAt returns which list is in force at an instant, and when it began, in microseconds; zeros if none is.
func (r *reader) listAt(at time.Time) (began, list int64, err error) {
	err = r.each(func(row row) error { return row.Scan(&list, &began) }, listInForce, micros(at))
	return began, list, err
}

const listInForce = `
SELECT id, starts
FROM   price_list
WHERE  state = 'effective' AND starts <= $1
ORDER  BY starts DESC
LIMIT  1`

const pricesAlone = `
SELECT name, tier, creates, renews, transfers, restores
FROM   price
WHERE  starts >= $1 AND starts <= $2
ORDER  BY name, starts`

const entriesOfList = `
SELECT name, tier, creates, renews, transfers, restores
FROM   price_entry
WHERE  list = $1`

// priceLists writes what a Changes does to price lists: a list before its entries.
func (w *writer) priceLists(changes registry.Changes) {
	for _, l := range changes.PriceLists {
		w.putPriceList(l)
	}
	for _, e := range changes.Staged {
		w.insert(pricesStaged, "entry of "+e.Name.String(), insertPriceEntry, e.List, e.Name.String(), e.Tier,
			int64(e.Create), int64(e.Renew), int64(e.Transfer), int64(e.Restore))
	}
	for _, c := range changes.Cleared {
		w.exec("clear the price list "+strconv.FormatInt(c.List, 10), clearPriceList, c.List, c.Limit)
	}
}

func (w *writer) putPriceList(l registry.PriceList) {
	text, err := body(l)
	if err != nil && w.err == nil {
		w.err = err
	}
	what := "put the price list " + strconv.FormatInt(l.ID, 10)
	args := []any{l.ID, l.Version, l.State, micros(l.Starts), l.Turn, micros(l.Touched), text}
	if l.Version == 1 {
		w.exec(what, insertPriceList, args...)
		return
	}
	w.execOne(what, updatePriceList, args...)
}

const insertPriceList = `
INSERT INTO price_list (id, version, state, starts, turn, touched, body)
VALUES ($1, $2, $3, $4, $5, $6, $7)`

const updatePriceList = `
UPDATE price_list
SET    version = $2, state = $3, starts = $4, turn = $5, touched = $6, body = $7
WHERE  id = $1 AND version = $2 - 1`

const insertPriceEntry = `
INSERT INTO price_entry (list, name, tier, creates, renews, transfers, restores)
VALUES ($1, $2, $3, $4, $5, $6, $7)`

const clearPriceList = `
DELETE FROM price_entry
WHERE  list = $1 AND name IN (SELECT name FROM price_entry WHERE list = $1 ORDER BY name LIMIT $2)`
