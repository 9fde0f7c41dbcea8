package registry

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
)

// A PriceEntry is what one name costs. It has a tier, or prices of its own, or both: then its own come before
// those of the tier. Without either the name is sold at the standard prices. Manual 12.2, decisions 5.3.
type PriceEntry struct {
	Name names.Name
	Tier int // 1 is the first; 0 is none

	// Prices of its own for one year; 0 where it has none. A transfer without one costs the renewal.
	Create, Renew, Transfer, Restore ledger.Money
}

// IsStandard reports whether the name is sold at the standard prices.
func (e PriceEntry) IsStandard() bool {
	e.Name = names.Name{}
	return e == PriceEntry{}
}

// From returns the entry as the price of its name from an instant on, in a price list.
func (e PriceEntry) From(at time.Time, list int64) NamePrice {
	return NamePrice{
		Name: e.Name, From: at, List: list, Tier: e.Tier,
		Create: e.Create, Renew: e.Renew, Transfer: e.Transfer, Restore: e.Restore,
	}
}

// A PriceList is the prices of all names that have one, from an instant on: what it does not have is sold at the
// standard prices from then, until a price is set for a name alone or the next list begins. It is staged entry by
// entry, seen by nobody, and then made effective at once. Decisions 5.3.
type PriceList struct {
	ID      int64
	Version int64 // see Domain.Version
	State   ListState
	Starts  time.Time
	Turn    int64     // 1 for the first list that was made effective; 0 for one that was not
	Touched time.Time // when something was last done to it

	Names  int    // that it has, when it is whole
	Staged int    // that are stored
	Digest string // SHA-256 of the file, lower-case hex
	Author string // the operator who made it
	Reason string // registrars are not told
	Made   time.Time

	Dropped Measure `json:",omitzero"` // by whom and why it was dropped, if it was
}

// Next returns l as its own next version.
func (l PriceList) Next() PriceList { l.Version++; return l }

// A ListState is how far a price list has come.
type ListState string

// A list is staged until it is whole, and effective from then on, though it may not have begun. Until it has it can
// be dropped. The entries of a dropped one go by and by.
const (
	ListStaged    ListState = "staged"
	ListEffective ListState = "effective"
	ListDropped   ListState = "dropped"
)

// A StagedEntry is an entry of a list that is staged.
type StagedEntry struct {
	List int64
	PriceEntry
}

// A Clearing removes entries of a list that was dropped: so many at most.
type Clearing struct {
	List  int64
	Limit int
}
