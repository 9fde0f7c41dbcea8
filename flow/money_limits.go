package flow

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// RegistrarLimits changes what bounds the funds of a registrar: nil leaves a limit. It holds at once, and what the
// account is low or on hold by follows. It is the operator's. Decisions 5.2, 5.5.
type RegistrarLimits struct {
	Act
	CreditLimit     *ledger.Money
	EmergencyCredit *ledger.Money // until EmergencyUntil, when it lapses by itself; zero ends it now
	EmergencyUntil  time.Time
	CreditThreshold *ledger.Money
	// MinimumBalance follows CreditLimit where it is not given and was that below zero, as it is from the beginning:
	// a credit limit that a hold kept from being used would be none.
	MinimumBalance *ledger.Money
	MinimumFollows bool // again: it is set to the credit limit below zero, and MinimumBalance is nil
}

// Subject is registrar:limits.
func (cmd RegistrarLimits) Subject() Subject {
	return Subject{Command: "limits", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run changes the limits, or lets that wait for a second person, and replies the registry.MoneyAct.
func (cmd RegistrarLimits) Run(c *Call) (Reply, registry.Changes, error) {
	change := registry.MoneyLimits{
		CreditLimit: cmd.CreditLimit, EmergencyCredit: cmd.EmergencyCredit, EmergencyUntil: cmd.EmergencyUntil.UTC(),
		CreditThreshold: cmd.CreditThreshold, MinimumBalance: cmd.MinimumBalance, MinimumFollows: cmd.MinimumFollows,
	}
	funds := c.fundsOf(cmd.Registrar)
	a := c.moneyAct(cmd.Act, registry.MoneyNewLimits, furthest(funds.Limits(), boundsAfter(funds, change)))
	a.Limits = &change
	return c.beginMoney(a, actIsExplained(cmd.Act))
}

// newLimits adds the limits that an act sets, and its rules.
func (c *Call) newLimits(m *moneyCase) {
	change := *m.act.Limits
	m.limits = boundsAfter(m.funds, change)
	m.rules = []Rule{
		limitsChange(m.funds.Limits(), m.limits),
		limitsArePossible(m.limits),
		emergencyEnds(change, c.Now),
	}
}

// boundsAfter returns the limits of an account after a change.
func boundsAfter(f ledger.Funds, change registry.MoneyLimits) ledger.Limits {
	l := f.Limits()
	if to := change.CreditLimit; to != nil {
		if l.MinimumBalance == -l.CreditLimit {
			l.MinimumBalance = -*to
		}
		l.CreditLimit = *to
	}
	put(&l.CreditThreshold, change.CreditThreshold)
	put(&l.MinimumBalance, change.MinimumBalance)
	if change.MinimumFollows {
		l.MinimumBalance = -l.CreditLimit
	}
	if to := change.EmergencyCredit; to != nil {
		l.EmergencyCredit, l.EmergencyUntil = *to, change.EmergencyUntil
	}
	return l
}

// furthest returns by how much that limit changes that changes most, of those that let a registrar spend more or less.
func furthest(before, after ledger.Limits) ledger.Money {
	far := func(a, b ledger.Money) ledger.Money { return max(a-b, b-a) }
	return max(
		far(before.CreditLimit, after.CreditLimit), far(before.EmergencyCredit, after.EmergencyCredit),
		far(before.MinimumBalance, after.MinimumBalance),
	)
}

// limitsChange holds for a change of limits that changes one.
func limitsChange(before, after ledger.Limits) Rule {
	return refuseIf("limitsChange", before == after, registry.Error{
		Code: registry.ParameterMissing, Field: "limits",
		Reason: "the limits are these already; dorado registrar show tells them",
	})
}

// limitsArePossible holds for credit and a threshold that are not below zero.
func limitsArePossible(l ledger.Limits) Rule {
	least := min(l.CreditLimit, l.EmergencyCredit, l.CreditThreshold)
	return refuseIf("limitsArePossible", least < 0, registry.Error{
		Code: registry.ParameterRange, Field: "limits", Value: least.String(),
		Reason: "credit and the threshold are zero or more; only the minimum balance may be below",
	})
}

// longestEmergency bounds what is meant for a moment.
const longestEmergency = 92 * day

// emergencyEnds holds for emergency credit that ends, in the next three months, and for an end of emergency credit.
func emergencyEnds(change registry.MoneyLimits, now time.Time) Rule {
	given := change.EmergencyCredit != nil && *change.EmergencyCredit != 0
	until := change.EmergencyUntil
	return allOf("emergencyEnds",
		refuseIf("emergencyEnds", given && until.IsZero(), registry.Error{
			Code: registry.ParameterMissing, Field: "until",
			Reason: "emergency credit has an end; give --until, an instant or a length of time such as 3d",
		}),
		refuseIf("emergencyEnds", given && (!until.After(now) || until.Sub(now) > longestEmergency), registry.Error{
			Code: registry.ParameterRange, Field: "until", Value: shownInstant(until),
			Reason: "emergency credit ends at an instant of the next three months; say which",
		}),
		refuseIf("emergencyEnds", !given && !until.IsZero(), registry.Error{
			Code: registry.ParameterMissing, Field: "until", Value: shownInstant(until),
			Reason: "only emergency credit has an end; say how much it is",
		}),
	)
}

func shownInstant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
