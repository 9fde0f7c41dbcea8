package registry

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
)

// An Offer is what the registry has settled about a name, registered or not: what it costs, which lists
// it stands on, and the code that allocates it. Nearly every name has the zero Offer.
type Offer struct {
	Name       names.Name  // zero if nothing is settled
	Prices     []NamePrice // in order of From; of those that begin together the last counts
	Listings   []Listing   // in order of Kind and Starts, those that have ended too
	Allocation Allocation
}

// IsZero reports whether nothing is settled.
func (o Offer) IsZero() bool { return o.Name.IsZero() }

// PriceAt returns the price in force at an instant; the zero one is the standard price. It is the one that
// began last, unless that has ended.
func (o Offer) PriceAt(t time.Time) NamePrice {
	var price NamePrice
	for _, p := range o.Prices {
		if !p.From.After(t) {
			price = p
		}
	}
	if !price.Until.IsZero() && !price.Until.After(t) {
		return NamePrice{}
	}
	return price
}

// ListedAt returns the listing of one of some kinds that holds at an instant, the kind named first.
func (o Offer) ListedAt(t time.Time, kinds ...ListKind) (Listing, bool) {
	for _, kind := range kinds {
		for _, l := range o.Listings {
			if l.Kind == kind && l.Holds(t) {
				return l, true
			}
		}
	}
	return Listing{}, false
}

// A NamePrice is what one name costs from an instant on. It was set for the name alone, or is that of a price
// list. Manual 12.2, decisions 5.3.
type NamePrice struct {
	Name  names.Name
	From  time.Time
	Until time.Time // half-open: when a price list begins; zero: none does
	List  int64     // the price list that it is of; 0: it was set for the name alone
	Tier  int       // see PriceEntry

	// Prices of its own for one year; 0 where it has none.
	Create, Renew, Transfer, Restore ledger.Money
}

// Entry returns the price without its time.
func (p NamePrice) Entry() PriceEntry {
	return PriceEntry{p.Name, p.Tier, p.Create, p.Renew, p.Transfer, p.Restore}
}

// IsStandard reports whether the name is sold at the standard prices.
func (p NamePrice) IsStandard() bool { return p.Entry().IsStandard() }

// A ListKind says what a listing does to a name. Decisions 1.4.
type ListKind string

// The kinds of lists. All make a name unavailable; an allocation code lifts the last.
const (
	Banned   ListKind = "banned"
	Blocked  ListKind = "blocked"
	Reserved ListKind = "reserved"
)

// ListKinds lists every ListKind, the strictest first.
func ListKinds() []ListKind { return []ListKind{Banned, Blocked, Reserved} }

// A Listing is one entry of a list: [Starts, Ends). Its reason is the registry's own and is told to
// nobody else.
type Listing struct {
	Name   names.Name
	Kind   ListKind
	Reason string
	Starts time.Time
	Ends   time.Time // zero: it has no end
}

// Holds reports whether the listing is in force at an instant.
func (l Listing) Holds(t time.Time) bool {
	return !l.Starts.After(t) && (l.Ends.IsZero() || l.Ends.After(t))
}

// An Allocation is the code with which one name can be registered, once. Manual 9.5.1, decisions 1.5.
type Allocation struct {
	Name names.Name
	Code []byte // keyed hash
	Made time.Time
	Used time.Time // zero: unused
}

// IsZero reports whether there is none.
func (a Allocation) IsZero() bool { return a.Name.IsZero() }

// Open reports whether there is a code that nobody has used.
func (a Allocation) Open() bool { return !a.IsZero() && a.Used.IsZero() }
