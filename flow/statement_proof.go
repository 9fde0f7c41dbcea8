package flow

import (
	"io"
	"slices"
	"strconv"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// Heads asks for the days of the ledger that are sealed, with their signed heads. Anybody may see them.
type Heads struct {
	From  time.Time // a day; zero: from the first
	Limit int       // of days; policy.Limits.HeadsPerPage at most, and if it is 0
}

// Answer returns a []registry.SealedDay in order.
func (q Heads) Answer(c *Call) (Reply, error) {
	most := c.Terms.Limits.HeadsPerPage
	if q.Limit == 0 {
		q.Limit = most
	}
	if err := c.check(headsFit(q.Limit, most)); err != nil {
		return nil, err
	}
	return c.sealedDays(q.From, q.Limit), nil
}

func (c *Call) sealedDays(from time.Time, limit int) []registry.SealedDay {
	list, _ := read(c, func() ([]registry.SealedDay, bool, error) {
		list, err := c.reader.SealedDays(from, limit)
		return list, true, err
	})
	return list
}

// headsFit holds for a page of heads that the profile allows.
func headsFit(limit, most int) Rule {
	return refuseIf("headsFit", limit < 1 || most < limit, registry.Error{
		Code: registry.ParameterPolicy, Field: "limit", Value: strconv.Itoa(limit),
		Reason: "a page has 1 to " + strconv.Itoa(most) + " days; ask for the next one from the day after its last",
	})
}

// StatementProof writes a signed statement: the seals of a registrar with their entries, and what shows that they are
// in the signed head of a day. Whoever has the file verifies it without the registry. docs/ledger.md.
type StatementProof struct {
	Registrar registry.RegistrarID
	From      time.Time // a day; the seals of it and of those that follow. Zero: from the first
	To        time.Time // a day, the last. Zero: the last that is sealed
	// Begin returns where the statement goes. It is called once, when nothing can be refused any more.
	Begin func() (io.Writer, error)
}

// StatementProven is what StatementProof answers: where the statement ends.
type StatementProven struct {
	Registrar registry.RegistrarID
	Seal      ledger.Seal // the last
	Day       registry.SealedDay
}

// Answer writes the statement as it reads it.
func (q StatementProof) Answer(c *Call) (Reply, error) {
	_, found := c.RegistrarByID(q.Registrar)
	day, sealed := c.lastSealedDay()
	if !q.To.IsZero() && sealed {
		days := c.sealedDays(q.To, 1)
		if sealed = len(days) == 1 && days[0].Day.Equal(q.To); sealed {
			day = days[0]
		}
	}
	last := map[ledger.Party]ledger.Seal{}
	for _, s := range c.lastSeals(day.Day) {
		last[s.Party] = s
	}
	own, has := last[ledger.Party(q.Registrar)]
	if err := c.check(
		registrarExists(q.Registrar, found),
		dayIsSealed(q.To, sealed),
		sealsAreThere(q, has && !own.Day.Before(q.From)),
	); err != nil {
		return nil, err
	}
	read(c, func() (bool, bool, error) { return true, true, c.writeProof(q, last, day) })
	return StatementProven{q.Registrar, own, day}, nil
}

// sealsPerRead bounds the seals, with their prints, that are in memory at once.
const sealsPerRead = 10

// writeProof writes the seals up to a day, and the way from the last of them to its head.
func (c *Call) writeProof(q StatementProof, last map[ledger.Party]ledger.Seal, day registry.SealedDay) error {
	party := ledger.Party(q.Registrar)
	late := c.lateBySeal(party)
	before := ledger.Unsealed(party)
	if !q.From.IsZero() {
		before = c.sealBefore(party, q.From)
	}
	out, err := q.Begin()
	if err != nil {
		return err
	}
	proof, err := ledger.NewProof(out, before)
	if err != nil {
		return err
	}
	for after, more := before.Day, true; more; {
		seals := c.sealsOf(party, after, sealsPerRead)
		more = len(seals) == sealsPerRead
		for _, s := range seals {
			if s.Day.After(day.Day) {
				more = false
				break
			}
			if err := c.writeSeal(proof, s, late); err != nil {
				return err
			}
			after = s.Day
		}
	}
	if c.fault != nil {
		return c.fault
	}
	own := last[party]
	leaf := c.leaf(own, day.Day)
	leaves := c.leaves(last, day.Day)
	index := slices.Index(leaves, leaf.Hash())
	return proof.End(ledger.Vouched{
		Salt: leaf.Salt, Index: int64(index), Path: ledger.Path(leaves, index), Head: day.DayHead, Key: day.Key,
	})
}

// writeSeal writes a seal and its entries.
func (c *Call) writeSeal(proof *ledger.ProofWriter, s ledger.Seal, late lateBySeal) error {
	if err := proof.Seal(s); err != nil {
		return err
	}
	for _, e := range late.of[s.Day] {
		if err := proof.Entry(e); err != nil {
			return err
		}
	}
	c.eachInOrder(s.Party, s.Day, s.Day.AddDate(0, 0, 1), func(e ledger.Entry) error {
		if late.is[e.Key] {
			return nil
		}
		return proof.Entry(e)
	})
	return c.fault
}

// sealBefore returns the last seal of a party before a day, or what stands for none.
func (c *Call) sealBefore(p ledger.Party, day time.Time) ledger.Seal {
	for _, s := range c.lastSeals(day.AddDate(0, 0, -1)) {
		if s.Party == p {
			return s
		}
	}
	return ledger.Unsealed(p)
}

// lateBySeal are the late entries of a party.
type lateBySeal struct {
	is map[string]bool              // by key
	of map[time.Time][]ledger.Entry // those that are sealed, by the day with which they are, in order
}

func (c *Call) lateBySeal(p ledger.Party) lateBySeal {
	late := lateBySeal{map[string]bool{}, map[time.Time][]ledger.Entry{}}
	for _, l := range c.lateEntries(p) {
		late.is[l.Key] = true
		if !l.Sealed.IsZero() {
			late.of[l.Sealed] = append(late.of[l.Sealed], l.Entry)
		}
	}
	for _, list := range late.of {
		slices.SortFunc(list, byPlace)
	}
	return late
}

// dayIsSealed holds for a day that is sealed, or for none where any is.
func dayIsSealed(day time.Time, sealed bool) Rule {
	return refuseIf("dayIsSealed", !sealed, registry.Error{
		Code: registry.ObjectMissing, Field: "to", Value: shownDay(day),
		Reason: "this day of the ledger is not sealed; dorado ledger heads lists those that are, and a day follows soon after its end",
	})
}

// sealsAreThere holds for a registrar with a seal in a span of days.
func sealsAreThere(q StatementProof, there bool) Rule {
	return refuseIf("sealsAreThere", !there, registry.Error{
		Code: registry.ObjectMissing, Field: "registrar", Value: string(q.Registrar),
		Reason: "nothing of the registrar was sealed in these days; ask for others, or for a statement without a signature",
	})
}

func shownDay(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return day.Format(time.DateOnly)
}
