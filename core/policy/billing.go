package policy

import (
	"errors"
	"time"

	"example.org/dorado/core/ledger"
)

// An AddGraceLimit is how many of its registrations a registrar may undo in a calendar month for nothing: so many
// names or, if that is more, a percentage of those that it registers in the month. Both zero: there is no limit.
// Manual 8.1.6, decisions 5.4.
type AddGraceLimit struct {
	Names   int64 `json:"names"`
	Percent int64 `json:"percent"`
}

// IsNone reports whether nothing is limited.
func (l AddGraceLimit) IsNone() bool { return l == AddGraceLimit{} }

// Above returns how many of so many deletes are above the limit, given what was registered in the month.
func (l AddGraceLimit) Above(deletes, registered int64) int64 {
	if l.IsNone() {
		return 0
	}
	return max(0, deletes-max(l.Names, registered*l.Percent/100))
}

// MinimumNewNames is how many names a registrar has to register in a calendar year, and in the year in which it was
// accredited for each whole calendar month that is left; net of those that it undid. With fewer it owes the fee,
// if the operator confirms that. A fee of zero: there is no minimum. Policies of 2013, decisions 5.5.
type MinimumNewNames struct {
	Year  int64        `json:"year"`
	Month int64        `json:"month"`
	Fee   ledger.Money `json:"fee"`
}

// Required returns how many names a registrar that was accredited at an instant has to register in a year, and the
// months that this is for if it is the first one, else 0. It is nothing where the registrar came later.
func (m MinimumNewNames) Required(year int, accredited time.Time) (names int64, months int) {
	accredited = accredited.UTC()
	switch {
	case m.Fee == 0 || accredited.Year() > year:
		return 0, 0
	case accredited.Year() < year:
		return m.Year, 0
	}
	months = 12 - int(accredited.Month())
	first := time.Date(accredited.Year(), accredited.Month(), 1, 0, 0, 0, 0, time.UTC)
	if accredited.Equal(first) {
		months++
	}
	return m.Month * int64(months), months
}

// checkBilling refuses numbers that make no sense.
func (t Terms) checkBilling() error {
	l, m := t.AddGraceLimit, t.MinimumNewNames
	switch {
	case l.Names < 0 || l.Percent < 0 || l.Percent > 100:
		return errors.New("addGraceLimit: names are 0 or more, percent is 0 to 100")
	case min(m.Year, m.Month) < 0 || m.Fee < 0:
		return errors.New("minimumNewNames: nothing of it may be negative")
	case t.Limits.MonthCloseSeconds < 0:
		return errors.New("monthCloseSeconds must not be negative")
	case min(t.Limits.TransactionsPerPage, t.Limits.InvoicesPerPage) < 1:
		return errors.New("transactionsPerPage and invoicesPerPage must be 1 or more")
	}
	return nil
}
