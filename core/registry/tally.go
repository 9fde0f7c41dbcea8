package registry

import (
	"time"

	"example.org/dorado/core/ledger"
)

// A Tally is how much of one kind a registrar had on one day: names that came or went, charges that were posted. Tallies
// are kept with what they count, so that years of an account are read without looking at its names and charges.
type Tally struct {
	Registrar RegistrarID
	Day       time.Time // its beginning, in UTC; zero of a sum over days
	Kind      TallyKind
	Count     int64
	Amount    ledger.Money // of charges
}

// A TallyKind says what a Tally counts.
type TallyKind string

// Names that came to a registrar or left it.
const (
	TallyCreated TallyKind = "created" // registered
	TallyGone    TallyKind = "gone"    // purged, be it in add grace
	TallyIn      TallyKind = "in"      // transferred from another registrar
	TallyOut     TallyKind = "out"     // transferred to another one
)

// The kinds of charges begin with what they count, and end with the type of the charges.
const (
	tallyPosted  = "posted:"
	tallyWaiting = "waiting:"
)

// TallyPosted counts the charges of a type by the day on which they were posted.
func TallyPosted(t ledger.Type) TallyKind { return tallyPosted + TallyKind(t) }

// TallyWaiting counts the charges of a type that set nothing aside: up on the day on which they were made, down on the
// one on which they were posted or credited. Of all days together it is those that are open.
func TallyWaiting(t ledger.Type) TallyKind { return tallyWaiting + TallyKind(t) }

// TalliesOf returns what a put of a charge counts: nothing of one that is made and sets its amount aside.
func TalliesOf(c ledger.Charge) []Tally {
	one := Tally{Registrar: RegistrarID(c.Party), Count: 1, Amount: c.Amount}
	var list []Tally
	if c.State == ledger.Posted {
		posted := one
		posted.Kind, posted.Day = TallyPosted(c.Type), ledger.DayOf(c.Ended)
		list = append(list, posted)
	}
	if !c.Authorises {
		one.Kind, one.Day = TallyWaiting(c.Type), ledger.DayOf(c.At)
		if c.State != ledger.Open {
			one.Day, one.Count, one.Amount = ledger.DayOf(c.Ended), -1, -c.Amount
		}
		list = append(list, one)
	}
	return list
}

// Posted returns the type of the charges that a kind counts as posted, if it does.
func (k TallyKind) Posted() (ledger.Type, bool) {
	if len(k) > len(tallyPosted) && k[:len(tallyPosted)] == tallyPosted {
		return ledger.Type(k[len(tallyPosted):]), true
	}
	return "", false
}

// Names is what one of a kind adds to the number of a registrar's names: 1, −1 or 0.
func (k TallyKind) Names() int64 {
	switch k {
	case TallyCreated, TallyIn:
		return 1
	case TallyGone, TallyOut:
		return -1
	}
	return 0
}
