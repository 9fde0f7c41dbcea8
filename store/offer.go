package store

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// An offerRow is one row of what is settled about a name: a price, a listing or an allocation code.
type offerRow struct {
	name                names.Name
	what                string // price, allocation, or the kind of a list
	list                int64
	starts, ends        int64
	reason              string
	code                []byte
	tier                int
	creates, renews     ledger.Money
	transfers, restores ledger.Money
}

func scanOfferRow(row row) (offerRow, error) {
	var o offerRow
	var name string
	err := row.Scan(&name, &o.what, &o.list, &o.starts, &o.ends, &o.reason, &o.code, &o.tier, &o.creates, &o.renews, &o.transfers, &o.restores)
	if err != nil {
		return o, err
	}
	o.name, err = names.Parse(name)
	return o, err
}

// addTo makes a row part of the offer of its name.
func (o offerRow) addTo(offer *registry.Offer) {
	offer.Name = o.name
	switch o.what {
	case "price":
		offer.Prices = append(offer.Prices, registry.NamePrice{
			Name: o.name, From: instant(o.starts), Until: instant(o.ends), List: o.list, Tier: o.tier,
			Create: o.creates, Renew: o.renews, Transfer: o.transfers, Restore: o.restores,
		})
	case "allocation":
		offer.Allocation = registry.Allocation{Name: o.name, Code: o.code, Made: instant(o.starts), Used: instant(o.ends)}
	default:
		offer.Listings = append(offer.Listings, registry.Listing{
			Name: o.name, Kind: registry.ListKind(o.what), Reason: o.reason, Starts: instant(o.starts), Ends: instant(o.ends),
		})
	}
}

// Offer returns what is settled about a name, with its prices at all instants.
func (r *reader) Offer(name names.Name, _ time.Time) (registry.Offer, error) {
	rows, err := many(r, scanOfferRow, offerByName, name.String())
	var offer registry.Offer
	for _, row := range rows {
		row.addTo(&offer)
	}
	return offer, err
}

const offerByName = `
SELECT name, what, list, starts, ends, reason, code, tier, creates, renews, transfers, restores
FROM   settlement
WHERE  name = $1
ORDER  BY what, starts, list DESC`

// Offers returns up to limit names about which something is settled for them alone, after a name and in order.
func (r *reader) Offers(after names.Name, limit int) ([]registry.Offer, error) {
	rows, err := many(r, scanOfferRow, offersAfter, after.String(), limit)
	if err != nil {
		return nil, err
	}
	return offersOf(rows), nil
}

const offersAfter = `
SELECT name, what, list, starts, ends, reason, code, tier, creates, renews, transfers, restores
FROM   settlement
WHERE  list = 0 AND name IN (SELECT DISTINCT name FROM settlement WHERE list = 0 AND name > $1 ORDER BY name LIMIT $2)
ORDER  BY name, what, starts`

// offersOf joins rows that are in order of name.
func offersOf(rows []offerRow) []registry.Offer {
	var list []registry.Offer
	for _, row := range rows {
		if n := len(list); n == 0 || list[n-1].Name != row.name {
			list = append(list, registry.Offer{})
		}
		row.addTo(&list[len(list)-1])
	}
	return list
}

// allOffers are what is settled about names alone: the lists have a memory of their own.
const allOffers = `
SELECT name, what, list, starts, ends, reason, code, tier, creates, renews, transfers, restores
FROM   settlement
WHERE  list = 0
ORDER  BY name, what, starts`

// offers writes what a Changes settles about names.
func (w *writer) offers(changes registry.Changes) {
	for _, p := range changes.Prices {
		w.exec("price "+p.Name.String(), putPrice, p.Name.String(), micros(p.From), p.Tier,
			int64(p.Create), int64(p.Renew), int64(p.Transfer), int64(p.Restore))
	}
	for _, l := range changes.Listings {
		w.exec("list "+l.Name.String(), putListing, l.Name.String(), string(l.Kind), l.Reason,
			micros(l.Starts), micros(l.Ends), variantKey(l.Name))
	}
	for _, a := range changes.Allocations {
		what := "allocation of " + a.Name.String()
		if a.Used.IsZero() {
			w.exec(what, putAllocation, a.Name.String(), a.Code, micros(a.Made))
		} else {
			w.execOne(what, useAllocation, a.Name.String(), a.Code, micros(a.Used))
		}
	}
}

const putPrice = `
INSERT INTO price (name, starts, tier, creates, renews, transfers, restores)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (name, starts) DO UPDATE
SET tier = excluded.tier, creates = excluded.creates, renews = excluded.renews, transfers = excluded.transfers,
    restores = excluded.restores`

const putListing = `
INSERT INTO listing (name, kind, reason, starts, ends, variant)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (name, kind, starts) DO UPDATE
SET reason = excluded.reason, ends = excluded.ends, variant = excluded.variant`

const putAllocation = `
INSERT INTO allocation (name, code, made, used)
VALUES ($1, $2, $3, 0)
ON CONFLICT (name) DO UPDATE
SET code = excluded.code, made = excluded.made, used = 0`

// useAllocation changes no row if the code has been used, or replaced, since it was read.
const useAllocation = `
UPDATE allocation
SET    used = $3
WHERE  name = $1 AND code = $2 AND used = 0`
