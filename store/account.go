package store

import (
	"math"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// What a registrar is told of its account. Nothing here reads all of it: each statement begins in an index at the place
// that is asked for, and ends with the page.

// stragglers is for how long before an instant days are added up though they are sealed: until then an entry that was on
// its way as its day was sealed may be known to nobody.
const stragglers = 3 * 24 * time.Hour

// BalancesAt begins with the last seal some days before the instant, with the entries that came late for it, and adds up
// the days since.
func (r *reader) BalancesAt(p ledger.Party, at time.Time) (ledger.Funds, error) {
	f := ledger.Funds{Party: p}
	day := ledger.DayOf(at.Add(-stragglers))
	sealed, found, err := one(r, scanSeal, sealBefore, p, micros(day))
	if err != nil {
		return f, err
	}
	since := int64(math.MinInt64)
	if found {
		f.Balance, f.Authorised = sealed.Balance, sealed.Authorised
		since = micros(sealed.Day.AddDate(0, 0, 1))
		if err := r.addSums(&f, lateSums, p, micros(sealed.Day), since); err != nil {
			return f, err
		}
	}
	return f, r.addSums(&f, entrySums, p, since, micros(at))
}

// addSums adds to balances what entries did to them.
func (r *reader) addSums(f *ledger.Funds, text string, args ...any) error {
	return r.each(func(row row) error {
		var balance, authorised ledger.Money
		err := row.Scan(&balance, &authorised)
		f.Balance, f.Authorised = f.Balance+balance, f.Authorised+authorised
		return err
	}, text, append(args, ledger.Prepaid(f.Party), ledger.Authorised(f.Party))...)
}

const sealBefore = `
SELECT party, day, previous, first, count, late, digest, balance, authorised
FROM   seal
WHERE  party = $1 AND day < $2
ORDER  BY day DESC
LIMIT  1`

const entrySums = `
SELECT CAST(COALESCE(SUM(CASE WHEN credit = $4 THEN amount WHEN debit = $4 THEN -amount ELSE 0 END), 0) AS BIGINT),
       CAST(COALESCE(SUM(CASE WHEN credit = $5 THEN amount WHEN debit = $5 THEN -amount ELSE 0 END), 0) AS BIGINT)
FROM   entry
WHERE  party = $1 AND at >= $2 AND at <= $3`

// lateSums are those of entries that a seal was too early for.
const lateSums = `
SELECT CAST(COALESCE(SUM(CASE WHEN e.credit = $4 THEN e.amount WHEN e.debit = $4 THEN -e.amount ELSE 0 END), 0) AS BIGINT),
       CAST(COALESCE(SUM(CASE WHEN e.credit = $5 THEN e.amount WHEN e.debit = $5 THEN -e.amount ELSE 0 END), 0) AS BIGINT)
FROM   late_entry l JOIN entry e ON e.entry_key = l.entry_key
WHERE  l.party = $1 AND l.at < $3 AND (l.sealed = 0 OR l.sealed > $2)`

// OpenCharges returns up to limit open charges of a party after a place, in order of when they post and of id.
func (r *reader) OpenCharges(p ledger.Party, after registry.Place, limit int) ([]ledger.Charge, error) {
	return many(r, scanCharge, openCharges, p, earliest(after.Ended), after.ID, limit)
}

const openCharges = `
SELECT id, party, object, subject, type, amount, price_of, at, posts_at, grace_days, authorises, state, ended
FROM   charge
WHERE  state = 'open' AND party = $1 AND (posts_at, id) > ($2, $3)
ORDER  BY posts_at, id
LIMIT  $4`

// InvoicesOf returns up to limit invoices of a registrar of months before one, the latest first.
func (r *reader) InvoicesOf(id registry.RegistrarID, before ledger.Month, limit int) ([]registry.Invoice, error) {
	if before == "" {
		before = afterAllMonths
	}
	return many(r, scanBody[registry.Invoice], invoicesOf, id, before, limit)
}

// afterAllMonths sorts behind every month.
const afterAllMonths = "9999-99"

const invoicesOf = `
SELECT body
FROM   invoice
WHERE  party = $1 AND month < $2
ORDER  BY month DESC
LIMIT  $3`

// DepositsOf returns up to limit deposits that were booked for a registrar, the latest first.
func (r *reader) DepositsOf(id registry.RegistrarID, before int64, limit int) ([]registry.MoneyAct, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return many(r, scanMoneyAct, depositsOf, id, before, limit)
}

// depositsOf looks into bodies: of a registrar there are some acts in a month.
const depositsOf = `
SELECT body
FROM   money_act
WHERE  registrar = $1 AND number < $2 AND state = 'done' AND body LIKE '%"Kind":"deposit"%'
ORDER  BY number DESC
LIMIT  $3`

// PremiumNames merges the list in force with what was set for names alone since it began: the last of each name counts,
// and takes the place of what the list has.
func (r *reader) PremiumNames(at time.Time, prefix string, after names.Name, limit int) ([]registry.PriceEntry, error) {
	began, list, err := r.listAt(at)
	if err != nil {
		return nil, err
	}
	return many(r, scanPriceEntry, premiumNames, list, began, micros(at), max(prefix, after.String()), after.String(), behind(prefix), limit)
}

const premiumNames = `
SELECT name, tier, creates, renews, transfers, restores
FROM   (SELECT name, tier, creates, renews, transfers, restores
        FROM   (SELECT e.name, e.tier, e.creates, e.renews, e.transfers, e.restores
                FROM   price_entry e
                WHERE  e.list = $1 AND e.name >= $4 AND e.name > $5 AND e.name < $6
                AND    NOT EXISTS (SELECT 1 FROM price p WHERE p.name = e.name AND p.starts >= $2 AND p.starts <= $3)
                ORDER  BY e.name
                LIMIT  $7) listed
        UNION ALL
        SELECT name, tier, creates, renews, transfers, restores
        FROM   (SELECT p.name, p.tier, p.creates, p.renews, p.transfers, p.restores
                FROM   price p
                WHERE  p.name >= $4 AND p.name > $5 AND p.name < $6 AND p.starts >= $2 AND p.starts <= $3
                AND    NOT EXISTS (SELECT 1 FROM price l WHERE l.name = p.name AND l.starts > p.starts AND l.starts <= $3)
                AND    p.tier + p.creates + p.renews + p.transfers + p.restores > 0
                ORDER  BY p.name
                LIMIT  $7) single) premium
ORDER  BY name
LIMIT  $7`

// PremiumTier merges the same of one tier.
func (r *reader) PremiumTier(at time.Time, tier int, after names.Name, limit int) ([]registry.PriceEntry, error) {
	began, list, err := r.listAt(at)
	if err != nil {
		return nil, err
	}
	return many(r, scanPriceEntry, premiumTier, list, began, micros(at), tier, after.String(), limit)
}

const premiumTier = `
SELECT name, tier, creates, renews, transfers, restores
FROM   (SELECT name, tier, creates, renews, transfers, restores
        FROM   (SELECT e.name, e.tier, e.creates, e.renews, e.transfers, e.restores
                FROM   price_entry e
                WHERE  e.list = $1 AND e.creates = 0 AND e.tier = $4 AND e.name > $5
                AND    NOT EXISTS (SELECT 1 FROM price p WHERE p.name = e.name AND p.starts >= $2 AND p.starts <= $3)
                ORDER  BY e.name
                LIMIT  $6) listed
        UNION ALL
        SELECT name, tier, creates, renews, transfers, restores
        FROM   (SELECT p.name, p.tier, p.creates, p.renews, p.transfers, p.restores
                FROM   price p
                WHERE  p.creates = 0 AND p.tier = $4 AND p.name > $5 AND p.starts >= $2 AND p.starts <= $3
                AND    NOT EXISTS (SELECT 1 FROM price l WHERE l.name = p.name AND l.starts > p.starts AND l.starts <= $3)
                AND    p.tier + p.renews + p.transfers + p.restores > 0
                ORDER  BY p.name
                LIMIT  $6) single) premium
ORDER  BY name
LIMIT  $6`

// PremiumOwn merges the same of prices of their own.
func (r *reader) PremiumOwn(at time.Time, prices registry.PriceSpan, after registry.PricePlace, limit int) ([]registry.PriceEntry, error) {
	began, list, err := r.listAt(at)
	if err != nil {
		return nil, err
	}
	from := max(prices.From, after.Price, 1)
	return many(r, scanPriceEntry, premiumOwn, list, began, micros(at), from, prices.To, after.Price, after.Tier, after.Name.String(), limit)
}

const premiumOwn = `
SELECT name, tier, creates, renews, transfers, restores
FROM   (SELECT name, tier, creates, renews, transfers, restores
        FROM   (SELECT e.name, e.tier, e.creates, e.renews, e.transfers, e.restores
                FROM   price_entry e
                WHERE  e.list = $1 AND e.creates >= $4 AND e.creates <= $5 AND (e.creates, e.tier, e.name) > ($6, $7, $8)
                AND    NOT EXISTS (SELECT 1 FROM price p WHERE p.name = e.name AND p.starts >= $2 AND p.starts <= $3)
                ORDER  BY e.creates, e.tier, e.name
                LIMIT  $9) listed
        UNION ALL
        SELECT name, tier, creates, renews, transfers, restores
        FROM   (SELECT p.name, p.tier, p.creates, p.renews, p.transfers, p.restores
                FROM   price p
                WHERE  p.creates >= $4 AND p.creates <= $5 AND (p.creates, p.tier, p.name) > ($6, $7, $8) AND p.starts >= $2 AND p.starts <= $3
                AND    NOT EXISTS (SELECT 1 FROM price l WHERE l.name = p.name AND l.starts > p.starts AND l.starts <= $3)
                ORDER  BY p.creates, p.tier, p.name
                LIMIT  $9) single) premium
ORDER  BY creates, tier, name
LIMIT  $9`
