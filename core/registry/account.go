package registry

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
)

// An Accounts is what a Reader tells a registrar of its account, each in as long as what is asked for is large, and not
// the account.
type Accounts interface {
	// Tallies returns what a registrar had in a span of days, in order of day and kind.
	Tallies(id RegistrarID, days Times) ([]Tally, error)
	// TallySums adds up what a registrar had of one kind, or of each if it is empty, on all days before one; on all days if
	// that is zero.
	TallySums(id RegistrarID, kind TallyKind, before time.Time) ([]Tally, error)
	// BalancesAt returns what the entries of a party up to an instant and those of it make of its balance and of what it
	// has set aside; nothing else of its funds.
	BalancesAt(p ledger.Party, at time.Time) (ledger.Funds, error)
	// OpenCharges returns up to limit open charges of a party after a place, in order of when they post and of id. Their
	// place is PostsAt and ID.
	OpenCharges(p ledger.Party, after Place, limit int) ([]ledger.Charge, error)
	// InvoicesOf returns up to limit invoices of a registrar of months before one, the latest first; from the last if it
	// is empty.
	InvoicesOf(id RegistrarID, before ledger.Month, limit int) ([]Invoice, error)
	// DepositsOf returns up to limit deposits that were booked for a registrar, whose numbers are below one, the latest
	// first; from the last if it is 0.
	DepositsOf(id RegistrarID, before int64, limit int) ([]MoneyAct, error)
	// PremiumNames returns up to limit names that have a price of their own at an instant, begin with a text and come after
	// a name, in order of name.
	PremiumNames(at time.Time, prefix string, after names.Name, limit int) ([]PriceEntry, error)
	// PremiumTier returns up to limit names of a tier (0: of none) that have no price of their own for a create at an
	// instant and come after a name, in order of name.
	PremiumTier(at time.Time, tier int, after names.Name, limit int) ([]PriceEntry, error)
	// PremiumOwn returns up to limit names that have a price of their own for a create at an instant, within a span of
	// prices, after a place, in order of price, tier and name.
	PremiumOwn(at time.Time, prices PriceSpan, after PricePlace, limit int) ([]PriceEntry, error)
}

// A PriceSpan is from one price to another, both with it.
type PriceSpan struct{ From, To ledger.Money }

// A PricePlace is where a list in order of price goes on: after the name of that price and tier. The zero place is
// before all.
type PricePlace struct {
	Price ledger.Money
	Tier  int
	Name  names.Name
}
