package flow

import (
	"context"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// Transactions asks for the billable transactions of a registrar: the charges whose grace period ended, and that were
// posted, in a span of time, in order of when they were. Reports, invoices and the console ask for them here. Manual
// 4.3.2, decisions 6.4.
type Transactions struct {
	Registrar registry.RegistrarID
	Span      registry.Times // of the posting
	After     registry.Place // TransactionPage.Next of the page before
	Limit     int            // policy.Limits.TransactionsPerPage at most, and if it is 0
}

// A Transaction is one billable transaction.
type Transaction struct {
	At        time.Time // when the command was given, or time renewed the name
	Domain    string    // empty for a fee of the account
	Type      ledger.Type
	GraceDays int
	Currency  string
	Amount    ledger.Money

	Posted time.Time // when its grace period ended
	Charge string    // its id in the ledger

	PriceOf string // why it cost that, in a few words; empty: the standard price
}

// Zone is the zone of the name; empty for a fee of the account.
func (t Transaction) Zone() string { return zoneOf(t.Domain) }

// zoneOf returns what is after the first label of a name.
func zoneOf(name string) string {
	_, zone, _ := strings.Cut(name, ".")
	return zone
}

// A TransactionPage is what Transactions answers. Next is the After of the next page; zero on the last.
type TransactionPage struct {
	Transactions []Transaction
	Next         registry.Place
}

// Answer returns a TransactionPage.
func (q Transactions) Answer(c *Call) (Reply, error) {
	_, found := c.RegistrarByID(q.Registrar)
	if err := c.check(registrarExists(q.Registrar, found)); err != nil {
		return nil, err
	}
	limit := c.Terms.Limits.TransactionsPerPage
	if q.Limit > 0 {
		limit = min(limit, q.Limit)
	}
	var page TransactionPage
	charges := c.posted(q.Registrar, q.Span, q.After, limit)
	for _, charge := range charges {
		page.Transactions = append(page.Transactions, transaction(charge, c.Profile.At(charge.Ended).Prices.Currency))
	}
	if len(charges) == limit {
		page.Next = registry.PlaceOf(charges[limit-1])
	}
	return page, nil
}

// posted reads a page of posted charges.
func (c *Call) posted(id registry.RegistrarID, span registry.Times, after registry.Place, limit int) []ledger.Charge {
	return readBooks(c, func(b registry.Books) ([]ledger.Charge, error) {
		return b.Posted(ledger.Party(id), span, after, limit)
	})
}

// readBooks reads something of ended charges, months or invoices.
func readBooks[T any](c *Call, get func(registry.Books) (T, error)) T {
	v, _ := read(c, func() (T, bool, error) {
		v, err := get(c.reader)
		return v, true, err
	})
	return v
}

func transaction(c ledger.Charge, currency string) Transaction {
	t := Transaction{
		At: c.At, Type: c.Type, GraceDays: c.GraceDays, Currency: currency, Amount: c.Amount, Posted: c.Ended, Charge: c.ID,
		PriceOf: c.PriceOf,
	}
	if zoneOf(c.Subject) != "" {
		t.Domain = c.Subject
	}
	return t
}

// EachTransaction calls use with all that Transactions would answer, page after page, in bounded memory. What was
// posted before it began is there once each; it stops at the first error.
func (s *Service) EachTransaction(ctx context.Context, q Transactions, use func(Transaction) error) error {
	for {
		reply, err := s.Ask(ctx, "", q)
		if err != nil {
			return err
		}
		page := reply.(TransactionPage)
		for _, t := range page.Transactions {
			if err := use(t); err != nil {
				return err
			}
		}
		if q.After = page.Next; page.Next == (registry.Place{}) {
			return nil
		}
	}
}
