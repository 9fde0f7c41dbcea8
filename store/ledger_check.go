package store

import (
	"strconv"
	"strings"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// ledgerLaws are what holds of the books, each as the query that finds where it does not: one text for each
// place, up to $1, with amounts as their cents in angle brackets. Each goes over a table as a whole, once.
var ledgerLaws = []struct{ law, broken string }{
	{"an entry moves an amount of zero or more from one account to another", entriesThatMoveNothing},
	{"a kept balance is the sum of its entries", balancesUnlikeEntries},
	{"what is kept as set aside is the sum of its entries", asideUnlikeEntries},
	{"what is set aside is the sum of the open charges that set something aside", asideUnlikeCharges},
	{"a charge that is posted has one entry that posts it, of its amount and its registrar; no other has one", postsUnlikeCharges},
	{"a charge sets its amount aside once, if it sets anything aside", authorisationsUnlikeCharges},
	{"a charge that has ended gives back what it has set aside, and one that is open does not", returnsUnlikeCharges},
	{"an entry that belongs to a charge belongs to one that is there", entriesWithoutCharge},
}

// LedgerFaults returns what of the books contradicts itself.
func (r *reader) LedgerFaults(limit int) ([]registry.LedgerFault, error) {
	var faults []registry.LedgerFault
	for _, l := range ledgerLaws {
		places, err := many(r, scanValue[string], l.broken, limit)
		if err != nil {
			return nil, err
		}
		for _, at := range places {
			faults = append(faults, registry.LedgerFault{Law: l.law, At: amountsAsMoney(at)})
		}
	}
	return faults, nil
}

// amountsAsMoney writes amounts as people do: "kept <2774000>" becomes "kept 27740.00".
func amountsAsMoney(text string) string {
	before, rest, found := strings.Cut(text, "<")
	digits, after, ends := strings.Cut(rest, ">")
	if !found || !ends {
		return text
	}
	cents, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return before + "<" + amountsAsMoney(rest)
	}
	return before + ledger.Money(cents).String() + amountsAsMoney(after)
}

const entriesThatMoveNothing = `
SELECT 'entry ' || entry_key || ' moves <' || amount || '> from ' || debit || ' to ' || credit
FROM   entry
WHERE  debit = credit OR debit = '' OR credit = '' OR amount < 0
LIMIT  $1`

const balancesUnlikeEntries = `
SELECT f.party || ': kept <' || f.balance || '>, entries <' || COALESCE(e.sum, 0) || '>'
FROM   funds f
LEFT JOIN (SELECT party, SUM(CASE WHEN credit = 'prepaid:' || party THEN amount ELSE 0 END -
                             CASE WHEN debit = 'prepaid:' || party THEN amount ELSE 0 END) AS sum
           FROM   entry
           GROUP  BY party) e ON e.party = f.party
WHERE  f.balance <> COALESCE(e.sum, 0)
LIMIT  $1`

const asideUnlikeEntries = `
SELECT f.party || ': kept <' || f.authorised || '>, entries <' || COALESCE(e.sum, 0) || '>'
FROM   funds f
LEFT JOIN (SELECT party, SUM(CASE WHEN credit = 'authorised:' || party THEN amount ELSE 0 END -
                             CASE WHEN debit = 'authorised:' || party THEN amount ELSE 0 END) AS sum
           FROM   entry
           GROUP  BY party) e ON e.party = f.party
WHERE  f.authorised <> COALESCE(e.sum, 0)
LIMIT  $1`

const asideUnlikeCharges = `
SELECT f.party || ': kept <' || f.authorised || '>, open charges <' || COALESCE(c.sum, 0) || '>'
FROM   funds f
LEFT JOIN (SELECT party, SUM(amount) AS sum
           FROM   charge
           WHERE  state = 'open' AND authorises
           GROUP  BY party) c ON c.party = f.party
WHERE  f.authorised <> COALESCE(c.sum, 0)
LIMIT  $1`

const postsUnlikeCharges = `
SELECT 'charge ' || c.id || ' of ' || c.party || ', <' || c.amount || '>, is ' || c.state ||
       CASE WHEN e.entry_key IS NULL THEN ' and has no entry'
            ELSE ' and has an entry of ' || e.party || ' over <' || e.amount || '>' END
FROM   charge c LEFT JOIN entry e ON e.entry_key = c.id || '/post'
WHERE  (c.state = 'posted') <> (e.entry_key IS NOT NULL)
OR     e.entry_key IS NOT NULL AND (e.amount <> c.amount OR e.party <> c.party OR e.debit <> 'prepaid:' || c.party OR e.at <> c.ended)
LIMIT  $1`

const authorisationsUnlikeCharges = `
SELECT 'charge ' || c.id || ' of ' || c.party || ', <' || c.amount || '>' ||
       CASE WHEN e.entry_key IS NULL THEN ', has no entry that sets it aside'
            ELSE ', has one of ' || e.party || ' over <' || e.amount || '>' END
FROM   charge c LEFT JOIN entry e ON e.entry_key = c.id || '/authorise'
WHERE  c.authorises <> (e.entry_key IS NOT NULL)
OR     e.entry_key IS NOT NULL AND (e.amount <> c.amount OR e.party <> c.party OR e.credit <> 'authorised:' || c.party)
LIMIT  $1`

const returnsUnlikeCharges = `
SELECT 'charge ' || c.id || ' of ' || c.party || ', <' || c.amount || '>, is ' || c.state ||
       CASE WHEN e.entry_key IS NULL THEN ' and has given nothing back'
            ELSE ' and has an entry of ' || e.party || ' that gives <' || e.amount || '> back' END
FROM   charge c LEFT JOIN entry e ON e.entry_key = c.id || '/unauthorise'
WHERE  (c.authorises AND c.state <> 'open') <> (e.entry_key IS NOT NULL)
OR     e.entry_key IS NOT NULL AND (e.amount <> c.amount OR e.party <> c.party OR e.debit <> 'authorised:' || c.party)
LIMIT  $1`

const entriesWithoutCharge = `
SELECT 'entry ' || e.entry_key || ' names the charge ' || e.charge
FROM   entry e LEFT JOIN charge c ON c.id = e.charge
WHERE  e.charge <> '' AND c.id IS NULL
LIMIT  $1`
