package ledger

import "time"

// A Standing is what became of an account as its balances fell and rose, up to the last of its entries. It is kept,
// since it depends on their order. Decisions 5.5.
type Standing struct {
	Low  time.Time // since when the available credit is below its threshold; zero: it is not
	Hold time.Time // since when the balance is below its minimum; zero: it is not

	Holds int // how many holds began in the calendar year (UTC) of LastHold
	// LastHold is when the latest hold began, be it that it has ended.
	LastHold time.Time
}

// A Turn is what an entry did to the standing of an account.
type Turn struct {
	At             time.Time
	Low, Enough    bool // the available credit fell below its threshold, or rose to it
	Held, Released bool // the balance fell below its minimum, or rose to it
	HoldsOfYear    int  // with the one that began
}

// IsZero reports whether nothing turned.
func (t Turn) IsZero() bool { return !t.Low && !t.Enough && !t.Held && !t.Released }

// Covered is the available credit as far as it is written down: what is due is not in it. The standing follows what
// is written, in the order of its instants, so that it is the same whenever that is done.
func (f Funds) Covered() Money { return f.Balance + f.CreditLimit + f.EmergencyCredit - f.Authorised }

// Stand returns f with the standing that its balances have at an instant, and what of that is new. A hold that
// began at an instant counts in the calendar year of that instant.
//
// It never goes back behind the latest hold: what is written down late, such as a charge of a month that is closed,
// turns an account no earlier than that.
func (f Funds) Stand(at time.Time) (Funds, Turn) {
	if at.Before(f.Standing.LastHold) {
		at = f.Standing.LastHold
	}
	s, t := f.Standing, Turn{At: at}
	switch low := f.Covered() < f.CreditThreshold; {
	case low && s.Low.IsZero():
		s.Low, t.Low = at, true
	case !low && !s.Low.IsZero():
		s.Low, t.Enough = time.Time{}, true
	}
	switch below := f.Balance < f.Floor(); {
	case below && s.Hold.IsZero():
		if s.LastHold.UTC().Year() != at.UTC().Year() {
			s.Holds = 0
		}
		s.Holds++
		s.Hold, s.LastHold, t.Held, t.HoldsOfYear = at, at, true, s.Holds
	case !below && !s.Hold.IsZero():
		s.Hold, t.Released = time.Time{}, true
	}
	f.Standing = s
	return f, t
}

// IsOnHold reports whether the balance, with everything posted that has come due, is below its minimum. Decisions
// 5.5.
func (f Funds) IsOnHold() bool { return f.CurrentBalance() < f.Floor() }

// Floor is the minimum balance, lowered by emergency credit: it would be of no use to an account that it leaves on
// hold.
func (f Funds) Floor() Money { return f.MinimumBalance - f.EmergencyCredit }
