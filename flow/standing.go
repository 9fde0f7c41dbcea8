package flow

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// What entries do to the standing of accounts is decided here, once, for every command and every step of time: low,
// on hold, released. Decisions 5.5.

// moves are what a command does to accounts.
type moves struct {
	entries []ledger.Entry   // in order of their instants
	limits  []ledger.Funds   // now
	lapses  []registry.Lapse // of emergency credit, with nothing before them that is still to be written
}

// stand adds to what a command writes what that does to the standing of the accounts that it touches: fees, and who
// is told.
func (c *Call) stand(changes registry.Changes) registry.Changes {
	m := moves{entriesOf(changes, nil), changes.Limits, changes.Lapses}
	changes.Lapses = nil // they are written in their place among the entries
	slices.SortStableFunc(m.entries, func(a, b ledger.Entry) int { return a.At.Compare(b.At) })
	for _, id := range m.parties() {
		changes.Add(c.standOf(id, m))
	}
	return changes
}

// entriesOf appends all entries of a Changes to a list.
func entriesOf(changes registry.Changes, list []ledger.Entry) []ledger.Entry {
	for _, earlier := range changes.Earlier {
		list = entriesOf(earlier, list)
	}
	return append(list, changes.Entries...)
}

// parties returns whose accounts are touched, each once, in order of their first entry.
func (m moves) parties() []ledger.Party {
	var list []ledger.Party
	add := func(p ledger.Party) {
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	for _, e := range m.entries {
		add(e.Party)
	}
	for _, f := range m.limits {
		add(f.Party)
	}
	for _, l := range m.lapses {
		add(l.Party)
	}
	return list
}

// standOf is stand for one account.
func (c *Call) standOf(party ledger.Party, m moves) registry.Changes {
	id := registry.RegistrarID(party)
	f, found := read(c, func() (ledger.Funds, bool, error) { return c.reader.Account(id) })
	f.Party = party
	before := f.Standing
	if !found { // it begins as it is: nothing has fallen
		f = m.limited(f)
		f, _ = f.Stand(c.Now)
		f.Standing.Holds, f.Standing.LastHold = 0, f.Standing.Hold
	}
	a := accountCourse{Call: c, funds: f, late: c.closing}
	for i, e := range m.entries {
		if e.Party == party {
			a.book(e, isHalf(e, m.entries[i+1:]))
		}
	}
	if m.settles(party) {
		a.lapse(c.Now) // what fell due before other limits knew nothing of them
		a.funds = m.limited(a.funds)
	}
	a.stand(c.Now)
	a.tell()
	if a.funds.Standing != before {
		a.changes.Standings = []registry.Standing{{Party: party, From: before, To: a.funds.Standing}}
	}
	return a.changes
}

// An accountCourse is an account on its way through what a command writes.
type accountCourse struct {
	*Call
	funds   ledger.Funds
	changes registry.Changes
	untold  []turning // of one instant: its registrar is told how the account stands when all of that is written
	late    bool      // what is written belongs to a month that is over, and the account stands so from now on
}

// A turning is a turn of an account, with the fee that it cost.
type turning struct {
	ledger.Turn
	fee ledger.Money
}

// book books an entry, and lets the account stand unless it is half of a charge. What puts money in is an end to what
// came before it, be it of the same instant.
func (a *accountCourse) book(e ledger.Entry, half bool) {
	a.lapse(e.At)
	if e.Credit == ledger.Prepaid(e.Party) {
		a.tell()
	}
	a.funds = a.funds.Book(e)
	switch {
	case half:
	case a.late:
		a.stand(a.Now)
	default:
		a.stand(e.At)
	}
}

// lapse ends the emergency credit of an account whose time was over at an instant, and lets the account stand as it
// did then.
func (a *accountCourse) lapse(at time.Time) {
	until := a.funds.EmergencyUntil
	if until.IsZero() || until.After(at) {
		return
	}
	a.changes.Lapses = append(a.changes.Lapses, registry.Lapse{Party: a.funds.Party, Until: until})
	a.funds = a.funds.WithoutEmergency()
	a.stand(until)
}

// stand lets the account stand as it does at an instant, and writes what follows from a turn: the hold, and its fee.
func (a *accountCourse) stand(at time.Time) {
	if len(a.untold) > 0 && !a.untold[0].At.Equal(at) {
		a.tell()
	}
	var t turning
	if a.funds, t.Turn = a.funds.Stand(at); t.IsZero() {
		return
	}
	hold := holdOf(a.funds)
	if t.Released {
		hold.Until = at
	}
	if t.Held {
		if t.fee = a.reinstatementFee(a.funds.Party, t.Turn); t.fee > 0 {
			hold.Charge = a.charge(t)
		}
	}
	if t.Held || t.Released {
		a.changes.Holds = append(a.changes.Holds, hold)
	}
	a.untold = append(a.untold, t)
	if t.fee > 0 {
		a.stand(at) // the fee may be what takes it below its threshold
	}
}

// charge charges the fee of a hold, and returns the id of the charge.
func (a *accountCourse) charge(t turning) string {
	charge := reinstatement(a.funds.Party, t.Turn, t.fee)
	posted := postAtOnce(a.withinOpenMonths([]ledger.Charge{charge}))
	for _, e := range posted.Entries {
		a.funds = a.funds.Book(e)
	}
	a.changes.Add(posted)
	return charge.ID
}

// tell tells of the turns of an instant, with the figures at its end.
func (a *accountCourse) tell() {
	f, id := a.funds, registry.RegistrarID(a.funds.Party)
	for _, t := range a.untold {
		if t.Held {
			said := "The account is on hold: its balance is below the minimum. Deposit funds to release it."
			if t.fee > 0 {
				said += fmt.Sprintf(" A reinstatement fee of %s is part of what is owed.", t.fee)
			}
			a.changes.Add(a.notify(id, t.At, accountNotice(registry.EventAccountHold, f, t, said)))
		}
		if t.Released {
			a.changes.Add(a.notify(id, t.At, accountNotice(registry.EventAccountReleased, f, t, "The account is on hold no longer.")))
		}
	}
	for _, t := range a.untold {
		if t.Low {
			a.changes.Add(a.notify(id, t.At, registry.LowBalanceNotice{Available: f.Covered(), Threshold: f.CreditThreshold}))
		}
	}
	a.untold = nil
}

// settles reports whether an account gets other limits, or its emergency credit is over and that is written now.
func (m moves) settles(party ledger.Party) bool {
	return slices.ContainsFunc(m.limits, func(f ledger.Funds) bool { return f.Party == party }) ||
		slices.ContainsFunc(m.lapses, func(l registry.Lapse) bool { return l.Party == party })
}

// limited returns an account with the limits that it gets, if it does.
func (m moves) limited(f ledger.Funds) ledger.Funds {
	for _, l := range m.limits {
		if l.Party == f.Party {
			f = f.Within(l.Limits())
		}
	}
	return f
}

// isHalf reports whether another entry of the same charge follows at the same instant: what was set aside is given
// back as a charge posts, and no account stands between the two.
func isHalf(e ledger.Entry, rest []ledger.Entry) bool {
	return e.Charge != "" && slices.ContainsFunc(rest[:min(1, len(rest))], func(next ledger.Entry) bool {
		return next.Charge == e.Charge && next.At.Equal(e.At)
	})
}

// holdOf is the latest hold of an account.
func holdOf(f ledger.Funds) registry.AccountHold {
	s := f.Standing
	return registry.AccountHold{Party: f.Party, Year: s.LastHold.UTC().Year(), Number: s.Holds, Since: s.LastHold}
}

// reinstatementFee is what a hold costs that began: nothing, if it is the first of its calendar year that counts.
func (c *Call) reinstatementFee(party ledger.Party, t ledger.Turn) ledger.Money {
	if t.HoldsOfYear < 2 || !c.wasHeldBefore(party, t) {
		return 0
	}
	return c.Profile.At(t.At).Quote(policy.OpReinstate, 1, registry.NamePrice{}).Total()
}

// reinstatement is the charge of a hold. Its id is that of the hold in its calendar year, so that no hold is
// charged twice.
func reinstatement(party ledger.Party, t ledger.Turn, fee ledger.Money) ledger.Charge {
	hold := strconv.Itoa(t.At.UTC().Year()) + "-" + strconv.Itoa(t.HoldsOfYear)
	return ledger.Charge{
		ID:    string(party) + "/hold/" + hold + "/" + string(ledger.Reinstatement),
		Party: party, Object: string(party), Subject: string(party), Type: ledger.Reinstatement, Amount: fee,
		At: t.At, PostsAt: t.At, State: ledger.Open,
	}
}

func accountNotice(step registry.Event, f ledger.Funds, t turning, text string) registry.AccountNotice {
	return registry.AccountNotice{
		Step: step, At: t.At, Balance: f.Balance, Available: f.Covered(), Minimum: f.Floor(), Amount: t.fee,
		HoldsOfYear: t.HoldsOfYear, Text: text,
	}
}

// mostPosted is how many charges of one registrar a command posts itself that moves money at its own instant.
const mostPosted = 1000

// dueCharges returns the charges of a registrar that have come due and nobody has posted yet, those of facts of time
// that nobody has written down among them, the earliest first.
func (c *Call) dueCharges(id registry.RegistrarID, facts []lifecycle.Fact) []ledger.Charge {
	due, _ := read(c, func() ([]ledger.Charge, bool, error) {
		list, err := c.reader.DueChargesOf(id, c.Now, mostPosted)
		return list, true, err
	})
	for _, fact := range facts {
		for _, charge := range fact.Charges {
			switch i := slices.IndexFunc(due, func(d ledger.Charge) bool { return d.ID == charge.ID }); {
			case i >= 0 && charge.State != ledger.Open:
				due = slices.Delete(due, i, i+1)
			case i < 0 && charge.Party == ledger.Party(id) && charge.State == ledger.Open && !charge.PostsAt.After(c.Now):
				due = append(due, charge)
			}
		}
	}
	slices.SortStableFunc(due, func(a, b ledger.Charge) int { return a.PostsAt.Compare(b.PostsAt) })
	return due
}

// withHold returns funds with the fee of a hold that has begun by what is due and nobody has posted yet.
func (c *Call) withHold(f ledger.Funds, facts []lifecycle.Fact) ledger.Funds {
	if !f.IsOnHold() || !f.Standing.Hold.IsZero() {
		return f
	}
	g := f
	for _, charge := range c.dueCharges(registry.RegistrarID(f.Party), facts) {
		g.Balance -= charge.Amount
		var turn ledger.Turn
		if g, turn = g.Stand(charge.PostsAt); turn.Held {
			f.Balance -= c.reinstatementFee(f.Party, turn)
			f.Standing = g.Standing
			return f
		}
	}
	return f
}

// postDue posts the charges of a registrar that have come due and nobody has posted yet, as its names have come due:
// a command that raises or lowers its balance comes after them, whenever the engine last ran. It reports whether
// those are all.
func (c *Call) postDue(id registry.RegistrarID) (changes registry.Changes, all bool) {
	for _, name := range c.late() {
		c.domain(name)
	}
	due := c.dueCharges(id, c.settled)
	for _, charge := range c.withinOpenMonths(due) {
		posted, entries := charge.Post()
		changes.Charges = append(changes.Charges, posted)
		changes.Entries = append(changes.Entries, entries...)
	}
	return changes, len(due) < mostPosted && (!c.anyLate() || len(c.late()) > 0)
}

// accountIsNotOnHold holds for a registrar whose balance, with all that has come due, is not below its minimum.
// Decisions 5.5.
func accountIsNotOnHold(f ledger.Funds) Rule {
	return refuseIf("accountIsNotOnHold", f.IsOnHold(), registry.Error{
		Code: registry.BillingFailure,
		Reason: fmt.Sprintf("the account is on hold: its balance of %s is below the minimum of %s; pay in funds first",
			f.CurrentBalance(), f.Floor()),
	})
}

// chargesAreFew holds for a registrar whose charges that are due can be posted with the command.
func chargesAreFew(id registry.RegistrarID, all bool) Rule {
	return refuseIf("chargesAreFew", !all, registry.Error{
		Code: registry.StatusProhibits, Field: "registrar", Value: string(id),
		Reason: "very many charges have come due and are being posted; try again in a minute",
	})
}
