package flow

import (
	"slices"
	"strconv"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
)

// AccountHistory asks what the registrar that asks has spent, and how many names it had, in the last months or weeks.
type AccountHistory struct {
	Weeks   bool // weeks from Monday (ISO 8601) instead of calendar months; both of UTC
	Periods int  // how many, the one that runs among them; mostPeriods at most, 12 if it is 0
}

// mostPeriods bounds an AccountHistory: five years of months.
const mostPeriods = 60

// An AccountPeriod is a month or a week of an account. AccountHistory answers a list of them, the oldest first; the last
// one runs.
type AccountPeriod struct {
	From, Until time.Time              // half-open
	Lines       []registry.InvoiceLine // what was posted in it by type, as the invoice of a month has it
	Names       int64                  // that it had at the end, or now in the last one
	Created     int64                  // names that came to it in the period, and that left it
	Gone        int64
	In, Out     int64
}

// Total is the sum of what was posted.
func (p AccountPeriod) Total() (sum ledger.Money) {
	for _, l := range p.Lines {
		sum += l.Amount
	}
	return sum
}

// Answer returns a []AccountPeriod.
func (q AccountHistory) Answer(c *Call) (Reply, error) {
	_, found := c.RegistrarByID(c.Registrar.ID)
	if err := c.check(registrarExists(c.Registrar.ID, found), periodsFit(q.Periods)); err != nil {
		return nil, err
	}
	if q.Periods == 0 {
		q.Periods = 12
	}
	periods := q.periods(c.Now)
	tallies, _ := read(c, func() ([]registry.Tally, bool, error) {
		list, err := c.reader.Tallies(c.Registrar.ID, registry.Times{From: periods[0].From})
		return list, true, err
	})
	for _, t := range append(tallies, c.lateTallies()...) {
		for i := range periods {
			if p := &periods[i]; !t.Day.Before(p.From) && t.Day.Before(p.Until) {
				p.count(t)
			}
		}
	}
	var names int64
	for _, t := range c.tallySums("", periods[0].From) {
		names += t.Kind.Names() * t.Count
	}
	for i := range periods {
		p := &periods[i]
		names += p.Created + p.In - p.Gone - p.Out
		p.Names = names
		slices.SortFunc(p.Lines, byTypeAndZone)
	}
	return periods, nil
}

// periods returns the empty periods up to the one that runs at an instant.
func (q AccountHistory) periods(now time.Time) []AccountPeriod {
	list := make([]AccountPeriod, q.Periods)
	for i := range list {
		back := q.Periods - 1 - i
		if q.Weeks {
			monday := ledger.DayOf(now).AddDate(0, 0, -(int(now.UTC().Weekday())+6)%7)
			list[i].From = monday.AddDate(0, 0, -7*back)
			list[i].Until = list[i].From.AddDate(0, 0, 7)
			continue
		}
		list[i].From = ledger.MonthOf(now).From().AddDate(0, -back, 0)
		list[i].Until = list[i].From.AddDate(0, 1, 0)
	}
	return list
}

// count adds what was on a day of the period.
func (p *AccountPeriod) count(t registry.Tally) {
	switch t.Kind {
	case registry.TallyCreated:
		p.Created += t.Count
	case registry.TallyGone:
		p.Gone += t.Count
	case registry.TallyIn:
		p.In += t.Count
	case registry.TallyOut:
		p.Out += t.Count
	}
	typ, posted := t.Kind.Posted()
	if !posted {
		return
	}
	i := slices.IndexFunc(p.Lines, func(l registry.InvoiceLine) bool { return l.Type == typ })
	if i < 0 {
		i = len(p.Lines)
		p.Lines = append(p.Lines, registry.InvoiceLine{Type: typ})
	}
	p.Lines[i].Count += t.Count
	p.Lines[i].Amount += t.Amount
}

// lateTallies returns what has come due and nobody has written down: charges that post, and names that time took or gave.
func (c *Call) lateTallies() []registry.Tally {
	who := c.Registrar.ID
	var list []registry.Tally
	for _, charge := range c.withinOpenMonths(c.dueCharges(who, c.factsOfTime())) {
		posted, _ := charge.Post()
		list = append(list, registry.TalliesOf(posted)...)
	}
	one := func(kind registry.TallyKind, of registry.RegistrarID, at time.Time) {
		if of == who {
			list = append(list, registry.Tally{Registrar: who, Day: ledger.DayOf(at), Kind: kind, Count: 1})
		}
	}
	for _, name := range c.late() {
		d, found := c.legible(name)
		if !found {
			continue
		}
		now, _, alive := lifecycle.Advance(d, c.rules(), c.Now)
		if now.Sponsor != d.Sponsor {
			one(registry.TallyOut, d.Sponsor, now.Transferred)
			one(registry.TallyIn, now.Sponsor, now.Transferred)
		}
		if !alive {
			one(registry.TallyGone, now.Sponsor, now.Deletion.PurgeAt)
		}
	}
	return list
}

// periodsFit holds for a number of months or weeks that one answer has.
func periodsFit(n int) Rule {
	return refuseIf("periodsFit", n < 0 || n > mostPeriods, registry.Error{
		Code: registry.ParameterRange, Field: "periods", Value: strconv.Itoa(n),
		Reason: "the history has 1 to " + strconv.Itoa(mostPeriods) + " months or weeks; ask for fewer",
	})
}
