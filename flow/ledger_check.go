package flow

import (
	"fmt"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// mostLedgerFaults bounds what a check tells of one law, of one registrar, and of the heads.
const mostLedgerFaults = 100

// LedgerCheck asks whether the books are right: whether every entry moves money, every kept balance is the sum of its
// entries, and every charge has the entries that its state says. Each law is one look at all rows.
type LedgerCheck struct{}

// A LedgerReport is what LedgerCheck answers.
type LedgerReport struct {
	Faults []registry.LedgerFault // none: the books are right
	Sum    ledger.Money           // of all accounts, which is zero
}

// Answer checks.
func (q LedgerCheck) Answer(c *Call) (Reply, error) {
	faults, _ := read(c, func() ([]registry.LedgerFault, bool, error) {
		faults, err := c.reader.LedgerFaults(mostLedgerFaults)
		return faults, true, err
	})
	report := LedgerReport{Faults: faults}
	for _, b := range c.balances("", forever) {
		report.Sum += b.Balance
	}
	if report.Sum != 0 {
		report.Faults = append(report.Faults, registry.LedgerFault{Law: "the balances of all accounts add up to zero", At: "they make " + report.Sum.String()})
	}
	return report, nil
}

// SealCheck asks whether the entries of a registrar in days that are sealed are those that were sealed.
type SealCheck struct{ Registrar registry.RegistrarID }

// SealReport is what SealCheck and HeadCheck answer.
type SealReport struct {
	Faults  []string // in sentences, so many at most; none: all is as it was sealed
	Days    int      // seals or heads that were looked at
	Entries int64
	Last    ledger.Hash // the last head
}

// Answer reads the entries once, in order, beside the seals.
func (q SealCheck) Answer(c *Call) (Reply, error) {
	_, found := c.RegistrarByID(q.Registrar)
	if err := c.check(registrarExists(q.Registrar, found)); err != nil {
		return nil, err
	}
	party := ledger.Party(q.Registrar)
	whole, sealed := c.lastSealedDay()
	if !sealed {
		return SealReport{}, nil
	}
	check := sealChecking{late: c.lateBySeal(party), last: ledger.Unsealed(party)}
	end := whole.Day.AddDate(0, 0, 1)
	for since, more := (time.Time{}), true; more && c.fault == nil; {
		check.seals = c.sealsOf(party, check.last.Day, sealsPerRead)
		more = len(check.seals) == sealsPerRead
		until := end
		if more {
			until = check.seals[len(check.seals)-1].Day.AddDate(0, 0, 1)
		}
		c.eachInOrder(party, since, until, func(e ledger.Entry) error { check.entry(e); return nil })
		check.upTo(until)
		since = until
	}
	check.report.Last = check.last.Head()
	return check.report, nil
}

// A sealChecking holds the seals of one party to its entries.
type sealChecking struct {
	report  SealReport
	late    lateBySeal
	last    ledger.Seal   // that was checked
	seals   []ledger.Seal // that follow, some of them
	sealing *ledger.Sealing
	matched int  // prints of the first of seals whose entries were found
	wrong   bool // that seal has been told of
}

func (k *sealChecking) tell(format string, args ...any) {
	k.wrong = true
	if len(k.report.Faults) < mostLedgerFaults {
		k.report.Faults = append(k.report.Faults, fmt.Sprintf("%s: ", k.last.Party)+fmt.Sprintf(format, args...))
	}
}

// entry takes the next entry.
func (k *sealChecking) entry(e ledger.Entry) {
	if k.late.is[e.Key] {
		return
	}
	day := ledger.DayOf(e.At)
	k.upTo(day)
	if len(k.seals) == 0 || !k.seals[0].Day.Equal(day) {
		k.tell("the entry %s of %s is in no seal: it was added after %s was sealed", e.Key, e.At.Format(time.RFC3339), day.Format(time.DateOnly))
		return
	}
	k.begin()
	k.add(e)
}

// upTo ends the seals of days before one.
func (k *sealChecking) upTo(day time.Time) {
	for len(k.seals) > 0 && k.seals[0].Day.Before(day) {
		k.begin()
		k.end()
	}
}

// begin begins the first of seals, with the late entries that it took.
func (k *sealChecking) begin() {
	if k.sealing != nil {
		return
	}
	s := k.seals[0]
	k.sealing, k.matched, k.wrong = k.last.Seal(s.Day), 0, false
	if !s.Follows(k.last) {
		k.tell("the seal of %s does not follow the one before it: one of them was changed, or a seal is missing", s.Day.Format(time.DateOnly))
	}
	for _, e := range k.late.of[s.Day] {
		k.add(e)
	}
}

// add finds the print of an entry in its seal.
func (k *sealChecking) add(e ledger.Entry) {
	s := k.seals[0]
	k.report.Entries++
	rest := s
	rest.Prints = s.Prints[min(len(s.Prints), k.matched*ledger.PrintSize):]
	switch at := rest.Find(e.Hash()); at {
	case 0:
		k.matched++
	case -1:
		k.tell("the entry %s of %s was changed or added since it was sealed", e.Key, e.At.Format(time.RFC3339))
	default:
		k.missing(k.matched, k.matched+at)
		k.matched += at + 1
	}
	if err := k.sealing.Add(e); err != nil {
		k.tell("%s", err)
	}
}

// missing tells that entries of a seal are not there, from one on and before another.
func (k *sealChecking) missing(from, until int) {
	s := k.seals[0]
	k.tell("%d of the %d entries sealed on %s are missing or were changed, from number %d on",
		until-from, s.Count, s.Day.Format(time.DateOnly), s.First+int64(from))
}

// end holds the first of seals to the entries that were found.
func (k *sealChecking) end() {
	s := k.seals[0]
	if n := len(s.Prints) / ledger.PrintSize; k.matched < n {
		k.missing(k.matched, n)
	}
	made := k.sealing.End()
	if !k.wrong && (made.Digest != s.Digest || made.Count != s.Count || made.Balance != s.Balance || made.Authorised != s.Authorised) {
		k.tell("the seal of %s is not that of its entries: one of both was changed", s.Day.Format(time.DateOnly))
	}
	k.report.Days++
	k.last, k.seals, k.sealing = s, k.seals[1:], nil
}

// HeadCheck asks whether the heads of the days are a chain without a gap, signed, and of the seals that are there.
type HeadCheck struct{}

// Answer goes over the seals of all parties once, day by day.
func (q HeadCheck) Answer(c *Call) (Reply, error) {
	days, _ := read(c, func() ([]registry.SealedDay, bool, error) {
		days, err := c.reader.DaysSealedSince(time.Time{})
		return days, true, err
	})
	check := headChecking{c: c, days: days, heads: map[ledger.Party]ledger.Seal{}}
	read(c, func() (bool, bool, error) {
		return true, true, c.reader.EachSeal(func(s ledger.Seal) error {
			check.upTo(s.Day)
			check.heads[s.Party] = s
			return nil
		})
	})
	check.upTo(forever)
	return check.report, nil
}

// A headChecking holds the heads of days to the seals.
type headChecking struct {
	c      *Call
	report SealReport
	days   []registry.SealedDay // that follow
	before registry.SealedDay
	heads  map[ledger.Party]ledger.Seal
}

func (k *headChecking) tell(d registry.SealedDay, what string) {
	if len(k.report.Faults) < mostLedgerFaults {
		k.report.Faults = append(k.report.Faults, "the head of "+d.Day.Format(time.DateOnly)+what)
	}
}

// upTo looks at the heads of days before one.
func (k *headChecking) upTo(day time.Time) {
	for len(k.days) > 0 && k.days[0].Day.Before(day) {
		d := k.days[0]
		if k.report.Days > 0 && (d.Previous != k.before.Hash() || !d.Day.Equal(k.before.Day.AddDate(0, 0, 1))) {
			k.tell(d, " does not follow that of "+k.before.Day.Format(time.DateOnly)+": one of them was changed, or one is missing")
		}
		if k.report.Days == 0 && d.Previous != (ledger.Hash{}) {
			k.tell(d, " follows another, which is missing")
		}
		if err := d.SignedBy(d.Key); err != nil {
			k.tell(d, ": "+err.Error())
		}
		if root := ledger.Root(k.c.leaves(k.heads, d.Day)); root != d.Root || d.Leaves != int64(len(k.heads)) {
			k.tell(d, " is not of the seals that are there: a seal was changed, added or removed")
		}
		k.report.Days++
		k.report.Last = d.Hash()
		k.before, k.days = d, k.days[1:]
	}
}
