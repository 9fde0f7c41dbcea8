package flow

import (
	"fmt"
	"strconv"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// What the operator does to a registrar's money is an act: it is kept with its author, it is done at once or, where it
// is about more than one person decides alone, waits for a second one; and the rules are those of the moment in which
// it is done. Decisions 5.1.

// A moneyCase is an act with what decides whether and how it is done.
type moneyCase struct {
	act      registry.MoneyAct
	found    bool             // the registrar
	needsTwo bool             // it is about more than one person decides
	funds    ledger.Funds     // before the act
	due      registry.Changes // charges of the registrar that come before the act
	all      bool             // and there are no more of them

	others []registry.MoneyAct // of the registrar, that wait for a second person
	lapsed []registry.MoneyAct // of the registrar, whose time is over, in their next versions

	entry  ledger.Entry      // that it books; zero for other limits
	limits ledger.Limits     // that it sets
	target ledger.Entry      // that it takes back; zero if there is none
	booker registry.MoneyAct // the act that booked the target; zero if none did
	rules  []Rule            // of its kind, in their order
}

// moneyAct begins an act of a kind, with the number that follows.
func (c *Call) moneyAct(a Act, kind registry.MoneyKind, amount ledger.Money) registry.MoneyAct {
	last, _ := read(c, func() (int64, bool, error) {
		n, err := c.reader.LastMoneyAct(a.Registrar)
		return n, true, err
	})
	return registry.MoneyAct{
		ID: string(a.Registrar) + "-" + strconv.FormatInt(last+1, 10), Number: last + 1, Version: 1,
		Registrar: a.Registrar, Kind: kind, Amount: amount, Author: a.Author, Reason: a.Reason, Asked: c.Now,
	}
}

// moneyCase reads what decides about an act.
func (c *Call) moneyCase(a registry.MoneyAct) moneyCase {
	m := moneyCase{act: a, needsTwo: c.Terms.MoneyAlone > 0 && a.Amount > c.Terms.MoneyAlone}
	if _, m.found = c.RegistrarByID(a.Registrar); !m.found {
		return m
	}
	m.due, m.all = c.postDue(a.Registrar)
	m.funds = c.fundsOf(a.Registrar)
	waiting, _ := read(c, func() ([]registry.MoneyAct, bool, error) {
		f := registry.MoneyFilter{Registrar: a.Registrar, Pending: true}
		list, err := c.reader.MoneyActs(f, c.Terms.Limits.MoneyActsPending+1)
		return list, true, err
	})
	for _, other := range waiting {
		switch now := other.At(c.Now); {
		case other.ID == a.ID:
		case now.State == registry.MoneyLapsed:
			now.Version++
			m.lapsed = append(m.lapsed, now)
		default:
			m.others = append(m.others, other)
		}
	}
	switch a.Kind {
	case registry.MoneyDeposit:
		c.deposit(&m)
	case registry.MoneyReversal, registry.MoneyWaiver:
		c.reversal(&m)
	case registry.MoneyNewLimits:
		c.newLimits(&m)
	default:
		c.adjustment(&m)
	}
	return m
}

// beginMoney does a new act, or lets it wait for a second person, unless a rule refuses. The first rules are those of
// the command.
func (c *Call) beginMoney(a registry.MoneyAct, first ...Rule) (Reply, registry.Changes, error) {
	// Load.
	m := c.moneyCase(a)

	// Check.
	rules := append([]Rule{registrarExists(a.Registrar, m.found)}, first...)
	rules = append(rules, m.rules...)
	rules = append(rules, chargesAreFew(a.Registrar, m.all || !m.found), waitingActsAreFew(m, c.Terms.Limits.MoneyActsPending))
	if err := c.check(rules...); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	if m.needsTwo {
		m.act.State, m.act.Until = registry.MoneyPending, c.Terms.MoneyPending.After(c.Now)
		return m.act, registry.Changes{MoneyActs: append(m.lapsed, m.act)}, nil
	}
	return c.doMoney(m)
}

// doMoney does what an act is about.
func (c *Call) doMoney(m moneyCase) (Reply, registry.Changes, error) {
	a := m.act
	a.State = registry.MoneyDone
	changes := registry.Changes{Earlier: []registry.Changes{m.due}}
	acts := m.lapsed
	after := m.funds
	if a.Kind == registry.MoneyNewLimits {
		limits := *a.Limits
		before := m.funds.Limits()
		limits.Before, limits.After = &before, &m.limits
		a.Limits = &limits
		changes.Limits = []ledger.Funds{after.Within(m.limits)}
	} else {
		after = after.Book(m.entry)
		changes.Add(c.tellMoney(a, m.funds, after))
		a.Entry = m.entry.Key
		changes.Entries = []ledger.Entry{m.entry}
	}
	if a.Kind == registry.MoneyWaiver {
		changes.Proposals = c.waivedProposals(m)
	}
	if m.booker.ID != "" {
		m.booker.Version++
		m.booker.ReversedBy = a.ID
		acts = append(acts, m.booker)
	}
	a.Balance = after.CurrentBalance()
	changes.MoneyActs = append(acts, a)
	return a, changes, nil
}

// tellMoney tells a registrar of what was booked. Of what it owed and will not have to pay it is not told: it is gone,
// most often.
func (c *Call) tellMoney(a registry.MoneyAct, before, after ledger.Funds) registry.Changes {
	n := registry.AccountNotice{
		Step: registry.EventMoneyCorrected, At: c.Now, Balance: after.CurrentBalance(), Available: after.Available(),
		Minimum: after.Floor(), Amount: a.Amount, Reference: a.ID, Act: a.Kind, Taken: after.Balance < before.Balance,
	}
	switch a.Kind {
	case registry.MoneyWriteOff:
		return registry.Changes{}
	case registry.MoneyDeposit:
		n.Step, n.Reference, n.Act = registry.EventDepositReceived, a.Reference, ""
	}
	return c.notify(a.Registrar, c.Now, n)
}

// waitingActsAreFew holds for a registrar with fewer acts that wait for a second person than the profile allows, and
// for an act that does not wait.
func waitingActsAreFew(m moneyCase, most int) Rule {
	return refuseIf("waitingActsAreFew", m.needsTwo && len(m.others) >= most, registry.Error{
		Code: registry.ParameterPolicy, Field: "registrar", Value: string(m.act.Registrar),
		Reason: fmt.Sprintf("%d acts on its money wait for a second person already; decide about them first: dorado money pending", most),
	})
}

// MoneyDecide approves or rejects an act that waits for a second person. Who approves is another than who asked for
// it; who asked may take it back. It is the operator's.
type MoneyDecide struct {
	ID      string // of the act
	Author  string // the second person
	Reason  string
	Approve bool
}

// Subject is money:approve or money:reject.
func (cmd MoneyDecide) Subject() Subject {
	return Subject{Command: decision(cmd.Approve), Object: "money", ID: cmd.ID}
}

// Run does the act, or ends it, unless a rule refuses. The rules of the act are looked at again: much may have
// happened since it was asked for.
func (cmd MoneyDecide) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	a, found := c.moneyActByID(cmd.ID)
	a = a.At(c.Now)

	// Check.
	if err := c.check(
		moneyActExists(cmd.ID, found),
		actIsExplained(Act{Registrar: a.Registrar, Author: cmd.Author, Reason: cmd.Reason}),
		moneyActWaits(a),
		personIsAnother(a, cmd),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide, return.
	a.Version++
	a.Second = registry.Measure{Since: c.Now, Author: cmd.Author, Reason: cmd.Reason}
	if !cmd.Approve {
		a.State = registry.MoneyRejected
		return a, registry.Changes{MoneyActs: []registry.MoneyAct{a}}, nil
	}
	m := c.moneyCase(a)
	if err := c.check(append(m.rules, chargesAreFew(a.Registrar, m.all))...); err != nil {
		return nil, registry.Changes{}, err
	}
	return c.doMoney(m)
}

func (c *Call) moneyActByID(id string) (registry.MoneyAct, bool) {
	return read(c, func() (registry.MoneyAct, bool, error) { return c.reader.MoneyAct(id) })
}

// moneyActExists holds for the number of an act.
func moneyActExists(id string, found bool) Rule {
	return refuseIf("moneyActExists", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "act", Value: id,
		Reason: "there is no such act; dorado money list shows all, and dorado money pending those that wait",
	})
}

// moneyActWaits holds for an act that waits for a second person.
func moneyActWaits(a registry.MoneyAct) Rule {
	reason := ""
	switch a.State {
	case registry.MoneyLapsed:
		reason = "nobody decided about it before " + a.Until.UTC().Format(time.RFC3339) + "; ask for it anew"
	case registry.MoneyRejected:
		reason = "it was rejected by " + a.Second.Author + "; ask for it anew"
	case registry.MoneyDone:
		reason = "it is done; what was done wrong is reversed: dorado money reverse " + a.ID
	}
	return refuseIf("moneyActWaits", reason != "", registry.Error{
		Code: registry.StatusProhibits, Field: "act", Value: a.ID, Reason: reason,
	})
}

// personIsAnother holds for an approval by another person than the one who asked, and for every rejection.
func personIsAnother(a registry.MoneyAct, cmd MoneyDecide) Rule {
	return refuseIf("personIsAnother", cmd.Approve && person(cmd.Author) == person(a.Author), registry.Error{
		Code: registry.Authorization, Field: "author", Value: cmd.Author,
		Reason: "who asked for an act does not approve it; somebody else has to",
	})
}
