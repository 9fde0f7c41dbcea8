package flow

import (
	"cmp"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// Adjustment gives a registrar an amount, takes one, or writes off what it owes, without money moving at a bank. It is
// the operator's.
type Adjustment struct {
	Act
	What   registry.MoneyKind // MoneyCredit, MoneyDebit or MoneyWriteOff
	Amount ledger.Money       // more than zero
}

// Subject is money:credit, money:debit or money:write-off.
func (cmd Adjustment) Subject() Subject {
	return Subject{Command: string(cmd.What), Object: "money", ID: string(cmd.Registrar)}
}

// Run books the adjustment, or lets it wait for a second person, and replies the registry.MoneyAct.
func (cmd Adjustment) Run(c *Call) (Reply, registry.Changes, error) {
	return c.beginMoney(c.moneyAct(cmd.Act, cmd.What, cmd.Amount), actIsExplained(cmd.Act), adjustmentIsKnown(cmd.What))
}

// adjustmentIsKnown holds for the three kinds of adjustments.
func adjustmentIsKnown(kind registry.MoneyKind) Rule {
	known := kind == registry.MoneyCredit || kind == registry.MoneyDebit || kind == registry.MoneyWriteOff
	return refuseIf("adjustmentIsKnown", !known, registry.Error{
		Code: registry.ParameterRange, Field: "kind", Value: string(kind),
		Reason: "there is no such adjustment; there are credit, debit and write-off",
	})
}

// adjustment adds the entry of an adjustment, and its rules.
func (c *Call) adjustment(m *moneyCase) {
	a := m.act
	party := ledger.Party(a.Registrar)
	m.rules = []Rule{amountIsPositive(a.Amount)}
	switch a.Kind {
	case registry.MoneyCredit:
		m.entry = ledger.Adjustment(party, a.Amount, c.Now, a.ID)
	case registry.MoneyDebit:
		m.entry = ledger.Adjustment(party, -a.Amount, c.Now, a.ID)
	case registry.MoneyWriteOff:
		m.entry = ledger.WriteOff(party, a.Amount, c.Now, a.ID)
		m.rules = append(m.rules, debtCovers(m.funds.CurrentBalance(), a.Amount))
	}
}

// debtCovers holds for a write-off of no more than the registrar owes.
func debtCovers(balance, amount ledger.Money) Rule {
	reason := "the balance is " + balance.String() + ", and what is written off is owed; write off no more than that"
	if balance >= 0 {
		reason = "the balance is " + balance.String() + ": the registrar owes nothing; there is nothing to write off"
	}
	return refuseIf("debtCovers", -balance < amount, registry.Error{
		Code: registry.ParameterRange, Field: "amount", Value: amount.String(), Reason: reason,
	})
}

// Reversal takes an earlier act back: the same amount the other way, linked to it, and once. What was recorded for the
// wrong registrar, or with the wrong amount, is reversed and recorded anew; nothing is ever changed. It is the
// operator's. Decisions 5.1.
type Reversal struct {
	Author, Reason string
	Of             string // the number of the act, or the key of its entry
}

// Subject is money:reverse.
func (cmd Reversal) Subject() Subject {
	return Subject{Command: "reverse", Object: "money", ID: cmd.Of}
}

// Run books the reversal, or lets it wait for a second person, and replies the registry.MoneyAct.
func (cmd Reversal) Run(c *Call) (Reply, registry.Changes, error) {
	was, found := c.moneyActByID(cmd.Of)
	key := cmp.Or(was.Entry, cmd.Of)
	target, booked := c.entryByKey(key)
	if err := c.check(entryExists(cmd.Of, booked && (!found || was.Entry != ""))); err != nil {
		return nil, registry.Changes{}, err
	}
	act := Act{Registrar: registry.RegistrarID(target.Party), Author: cmd.Author, Reason: cmd.Reason}
	a := c.moneyAct(act, registry.MoneyReversal, target.Amount)
	a.Reverses = key
	return c.beginMoney(a, actIsExplained(act))
}

// FeeWaiver takes a fee of the registry back, such as the one of a second hold: the registrar is as if it had never
// been charged. It is the operator's. Decisions 5.5.
type FeeWaiver struct {
	Act
	Charge string // its id
}

// Subject is money:waive.
func (cmd FeeWaiver) Subject() Subject {
	return Subject{Command: "waive", Object: "money", ID: string(cmd.Registrar)}
}

// Run books the reversal, or lets it wait for a second person, and replies the registry.MoneyAct.
func (cmd FeeWaiver) Run(c *Call) (Reply, registry.Changes, error) {
	charge, found := c.Charge(cmd.Charge)
	if charge.Party != ledger.Party(cmd.Registrar) {
		charge, found = ledger.Charge{}, false
	}
	a := c.moneyAct(cmd.Act, registry.MoneyWaiver, charge.Amount)
	a.Reverses = charge.PostKey()
	return c.beginMoney(a, actIsExplained(cmd.Act), feeIsCharged(cmd.Charge, found && charge.Type.IsFee() && charge.State == ledger.Posted))
}

// feeIsCharged holds for a charge of the registrar that is a fee and was posted.
func feeIsCharged(id string, charged bool) Rule {
	return refuseIf("feeIsCharged", !charged, registry.Error{
		Code: registry.ObjectMissing, Field: "charge", Value: id,
		Reason: "the registrar was charged no such fee; dorado registrar holds shows those of its holds",
	})
}

// reversal adds the entry that takes another one back, and its rules.
func (c *Call) reversal(m *moneyCase) {
	m.target, _ = c.entryByKey(m.act.Reverses)
	m.booker, _ = read(c, func() (registry.MoneyAct, bool, error) { return c.reader.MoneyActOf(m.target.Key) })
	m.act.Of = m.booker.ID
	m.entry = m.target.Reversal(c.Now)
	waits := false
	for _, other := range m.others {
		waits = waits || other.Reverses == m.act.Reverses
	}
	m.rules = []Rule{
		entryIsAnActs(m.target, m.act.Kind == registry.MoneyWaiver),
		entryStands(m.target, waits || c.hasEntry(m.entry.Key)),
	}
}

func (c *Call) entryByKey(key string) (ledger.Entry, bool) {
	return read(c, func() (ledger.Entry, bool, error) { return c.reader.EntryByKey(key) })
}

// entryExists holds for what was booked.
func entryExists(of string, booked bool) Rule {
	return refuseIf("entryExists", !booked, registry.Error{
		Code: registry.ObjectMissing, Field: "of", Value: of,
		Reason: "no act of this number has booked anything; dorado money list shows those that have",
	})
}

// entryIsAnActs holds for an entry that an act of the operator booked and that takes nothing back itself, and for the
// fee that a waiver is about.
func entryIsAnActs(e ledger.Entry, waiver bool) Rule {
	return refuseIf("entryIsAnActs", !waiver && (e.Charge != "" || e.IsReversal()), registry.Error{
		Code: registry.ParameterPolicy, Field: "of", Value: e.Key,
		Reason: "only deposits, credits, debits and write-offs are reversed; for another correction: dorado money credit, debit",
	})
}

// entryStands holds for an entry that nobody has taken back, or has asked to.
func entryStands(e ledger.Entry, reversed bool) Rule {
	return refuseIf("entryStands", reversed, registry.Error{
		Code: registry.ObjectExists, Field: "of", Value: e.Key,
		Reason: "it is reversed already, or that waits for a second person; dorado money list shows it",
	})
}
