package ledger

import "time"

// Funds are a registrar's kept balances and limits. Manual 6.8, decisions 5.1 and 5.2.
type Funds struct {
	Party           Party
	Balance         Money // the kept balance of Prepaid
	Authorised      Money // the kept balance of Authorised
	CreditLimit     Money
	EmergencyCredit Money
	CreditThreshold Money // below this, available credit is low and a mail goes out
	MinimumBalance  Money // below this, the registrar is on hold
	DueAuthorised   Money // open charges that authorised and whose grace has ended: not yet posted
	DueOther        Money // the same for charges that set nothing aside
	Standing        Standing

	EmergencyUntil time.Time // when the emergency credit lapses; zero if there is none
	Lapsed         Money     // emergency credit that has lapsed, and that nobody has written down as ended yet
}

// Limits are what bounds a registrar's funds. The zero Limits allow it to spend what it has paid in.
type Limits struct {
	CreditLimit     Money
	EmergencyCredit Money
	EmergencyUntil  time.Time `json:",omitzero"` // when EmergencyCredit lapses; zero if there is none
	CreditThreshold Money
	MinimumBalance  Money
}

// At returns f, as it is written down, as it is at an instant: emergency credit lapses by time alone.
func (f Funds) At(now time.Time) Funds {
	if !f.EmergencyUntil.IsZero() && !now.Before(f.EmergencyUntil) {
		f.EmergencyCredit, f.Lapsed = 0, f.EmergencyCredit
	}
	return f
}

// Kept returns f as it is written down, without what has come due since.
func (f Funds) Kept() Funds {
	f.EmergencyCredit, f.Lapsed = f.EmergencyCredit+f.Lapsed, 0
	f.DueAuthorised, f.DueOther = 0, 0
	return f
}

// WithoutEmergency returns f without emergency credit.
func (f Funds) WithoutEmergency() Funds {
	f.EmergencyCredit, f.EmergencyUntil, f.Lapsed = 0, time.Time{}, 0
	return f
}

// Limits returns the limits of f.
func (f Funds) Limits() Limits {
	if f.Lapsed > 0 {
		f = f.WithoutEmergency()
	}
	return Limits{f.CreditLimit, f.EmergencyCredit, f.EmergencyUntil, f.CreditThreshold, f.MinimumBalance}
}

// Within returns f with other limits.
func (f Funds) Within(l Limits) Funds {
	f.CreditLimit, f.EmergencyCredit, f.EmergencyUntil, f.Lapsed = l.CreditLimit, l.EmergencyCredit, l.EmergencyUntil, 0
	f.CreditThreshold, f.MinimumBalance = l.CreditThreshold, l.MinimumBalance
	return f
}

// CurrentBalance is the balance with everything posted that has come due.
func (f Funds) CurrentBalance() Money { return f.Balance - f.DueAuthorised - f.DueOther }

// Available is what the party may still spend: balance, credit limit and emergency credit, less
// what is set aside. Manual 6.8. It may be negative.
func (f Funds) Available() Money {
	return f.Balance - f.DueOther + f.CreditLimit + f.EmergencyCredit - f.Authorised
}

// Book returns f after an entry of its party; an entry of another changes nothing.
func (f Funds) Book(e Entry) Funds {
	if e.Party != f.Party {
		return f
	}
	for _, side := range [2]struct {
		account Account
		amount  Money
	}{{e.Debit, -e.Amount}, {e.Credit, e.Amount}} {
		switch side.account {
		case Prepaid(f.Party):
			f.Balance += side.amount
		case Authorised(f.Party):
			f.Authorised += side.amount
		}
	}
	return f
}

// Owe returns f with a new charge, which counts as due if it posts at now or before.
func (f Funds) Owe(c Charge, now time.Time) Funds {
	switch {
	case c.Party != f.Party || c.State != Open || c.PostsAt.After(now):
	case c.Authorises:
		f.DueAuthorised += c.Amount
	default:
		f.DueOther += c.Amount
	}
	return f
}
