package flow

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// Deposit records money that a registrar paid in. It is the operator's. The bank's reference makes
// it unique: the same one twice is refused, be it that the first is of another registrar, or waits for a second person. It is booked now, whenever
// the bank had the money: what was refused in between stays refused.
type Deposit struct {
	Registrar registry.RegistrarID
	Amount    ledger.Money
	Reference string
	Value     time.Time // the day on which the bank had the money; zero: today. It is noted, and moves nothing
	Author    string
	Reason    string // a remark; there need not be one
}

// Subject is registrar:deposit.
func (cmd Deposit) Subject() Subject {
	return Subject{Command: "deposit", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run records the deposit, or lets it wait for a second person, and replies the registry.MoneyAct.
func (cmd Deposit) Run(c *Call) (Reply, registry.Changes, error) {
	act := Act{Registrar: cmd.Registrar, Author: cmd.Author, Reason: cmd.Reason}
	a := c.moneyAct(act, registry.MoneyDeposit, cmd.Amount)
	a.Reference, a.Value = cmd.Reference, cmd.Value.UTC().Truncate(day)
	if cmd.Value.IsZero() {
		a.Value = c.Now.Truncate(day)
	}
	return c.beginMoney(a, actIsSigned(act))
}

// day is the length of a day in UTC.
const day = 24 * time.Hour

// mostTimes is how often one payment is recorded again after it was recorded wrong.
const mostTimes = 10

// deposit adds the entry of a deposit, and its rules. What was recorded wrong has been reversed, and the payment can be
// recorded again.
func (c *Call) deposit(m *moneyCase) {
	a := m.act
	first, recorded := c.claiming(m)
	party := ledger.Party(a.Registrar)
	m.entry = ledger.Deposit(party, a.Amount, c.Now, a.Reference)
	for time := 1; c.hasEntry(m.entry.Key); {
		if time++; time > mostTimes || !c.hasEntry(ledger.ReversalKey(m.entry.Key)) {
			recorded = true
			break
		}
		m.entry.Key = ledger.DepositKey(party, a.Reference, time)
	}
	m.rules = []Rule{
		amountIsPositive(a.Amount),
		referenceIsGiven(a.Reference),
		valueDateIsPossible(a.Value, a.Asked),
		depositIsNew(a.Reference, first.ID, recorded),
	}
}

// claiming returns the act that claims the reference of a deposit, of whatever registrar. One that has waited too long
// claims nothing: that is written down with the deposit.
func (c *Call) claiming(m *moneyCase) (registry.MoneyAct, bool) {
	first, found := read(c, func() (registry.MoneyAct, bool, error) { return c.reader.MoneyActClaiming(m.act.Reference) })
	if !found || first.ID == m.act.ID {
		return registry.MoneyAct{}, false
	}
	if now := first.At(c.Now); now.State == registry.MoneyLapsed {
		if now.Registrar != m.act.Registrar { // those of the registrar are in it
			now.Version++
			m.lapsed = append(m.lapsed, now)
		}
		return registry.MoneyAct{}, false
	}
	return first, true
}

// hasEntry reports whether the ledger has an entry.
func (c *Call) hasEntry(key string) bool {
	recorded, _ := read(c, func() (bool, bool, error) {
		exists, err := c.reader.Entry(key)
		return exists, true, err
	})
	return recorded
}

// amountIsPositive holds for an amount of more than nothing.
func amountIsPositive(amount ledger.Money) Rule {
	return refuseIf("amountIsPositive", amount <= 0, registry.Error{
		Code: registry.ParameterRange, Field: "amount", Value: amount.String(),
		Reason: "the amount is more than zero; correct it",
	})
}

// maxReference is the most characters of a bank's reference. SEPA and SWIFT have 35, local ones up to 140.
const maxReference = 140

// referenceIsGiven holds for a deposit with the bank's reference, which can be shown.
func referenceIsGiven(reference string) Rule {
	unprintable := strings.ContainsFunc(reference, func(r rune) bool { return !unicode.IsPrint(r) })
	return allOf("referenceIsGiven",
		refuseIf("referenceIsGiven", strings.TrimSpace(reference) == "", registry.Error{
			Code: registry.ParameterMissing, Field: "reference",
			Reason: "a deposit needs the bank's reference; give it",
		}),
		refuseIf("referenceIsGiven", unprintable || utf8.RuneCountInString(reference) > maxReference || strings.TrimSpace(reference) != reference, registry.Error{
			Code: registry.ParameterSyntax, Field: "reference", Value: strings.ToValidUTF8(reference, "?"),
			Reason: "a reference has at most 140 characters that can be printed, and no blanks around it; write it as the bank does",
		}),
	)
}

// depositIsNew holds for a reference that no deposit of any registrar has that stands or waits.
func depositIsNew(reference, act string, recorded bool) Rule {
	if act != "" {
		act = ": " + act
	}
	return refuseIf("depositIsNew", recorded, registry.Error{
		Code: registry.ObjectExists, Field: "reference", Value: reference,
		Reason: "a deposit with this reference is recorded already, or waits for a second person" + act + "; record each payment once",
	})
}

// oldestValue is how long ago the bank may have had money that is recorded now.
const oldestValue = 366 * day

// valueDateIsPossible holds for a day that has begun somewhere on earth, and is no more than a year ago.
func valueDateIsPossible(value, asked time.Time) Rule {
	ahead := value.After(asked.Add(14 * time.Hour))
	reason := "the bank had the money on a day of the last year; give that day"
	if ahead {
		reason = "that day lies in the future; give the one on which the bank had the money"
	}
	return refuseIf("valueDateIsPossible", ahead || asked.Sub(value) > oldestValue, registry.Error{
		Code: registry.ParameterRange, Field: "value", Value: value.Format(time.DateOnly), Reason: reason,
	})
}
