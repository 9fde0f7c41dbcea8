package registry

import (
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
)

// A Promotion makes something cheaper for a time, for all registrars or some. Manual 6.6, decisions 5.3.
//
// Percent and Fixed are of one year. Of a create it is the first: further years cost their renewal.
type Promotion struct {
	ID      string
	Version int64        // see Domain.Version
	Percent int          `json:",omitzero"` // off the price, 1 to 100; 0: it is Fixed
	Fixed   ledger.Money `json:",omitzero"` // instead of the price, where that is higher

	Operations []string      // create, renew, transfer, restore; one at least
	Zones      []names.Name  `json:",omitzero"` // none: all
	Registrars []RegistrarID `json:",omitzero"` // none: all
	Years      []int         `json:",omitzero"` // of the command; none: any number
	Premium    bool          `json:",omitzero"` // of premium names, too
	FeeSaid    bool          `json:",omitzero"` // the command has to say the fee
	Uses       int           `json:",omitzero"` // how often each registrar gets it; 0: without limit

	From   time.Time
	Until  time.Time `json:",omitzero"` // half-open; zero: it has no end
	Made   time.Time
	Author string // the operator who made it
	Reason string // registrars are not told

	Ended Measure `json:",omitzero"` // by whom and why it was ended before its time, if it was

	// Used is how often a registrar that was asked about has got it; derived on reading.
	Used int `json:"-"`
}

// Holds reports whether the promotion is in force at an instant.
func (p Promotion) Holds(t time.Time) bool {
	return !p.From.After(t) && (p.Until.IsZero() || p.Until.After(t))
}

// Next returns p as its own next version.
func (p Promotion) Next() Promotion { p.Version++; return p }

// IsFor reports whether the promotion is for an operation of so many years on a name in a zone, by a registrar
// that has it left.
func (p Promotion) IsFor(operation string, years int, zone names.Name, registrar RegistrarID) bool {
	return slices.Contains(p.Operations, operation) && anyOr(p.Years, years) && anyOr(p.Zones, zone) &&
		anyOr(p.Registrars, registrar) && (p.Uses == 0 || p.Used < p.Uses)
}

// anyOr reports whether a list has an element, or none at all.
func anyOr[T comparable](list []T, element T) bool {
	return len(list) == 0 || slices.Contains(list, element)
}

// A PromotionUse is one use of a promotion whose uses are limited. No two of a registrar have one number, so that
// two commands at the same moment do not both get the last.
type PromotionUse struct {
	Promotion string
	Registrar RegistrarID
	Number    int // 1 is the first
	At        time.Time
	Charge    string // the ledger.Charge that it made cheaper
}
