package history_test

import (
	"fmt"
	"time"

	"github.com/anishathalye/porcupine"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// owned is how many names a registrar fights itself for.
const owned = 3

// An account is what one registrar has, with the names that it spends its money on.
type account struct {
	balance, authorised ledger.Money
	references          uint64 // of deposits that were recorded, as bits
	hold                bool
	names               [owned]purchase
}

// A purchase is one name in its add grace, or none.
type purchase struct {
	expires time.Time    // zero if the name is free
	charged ledger.Money // what a delete credits
}

// A payment is one command or query about the account.
type payment struct {
	what      string
	name      int
	years     int
	expires   time.Time // renew: the expiry that the registrar believes in
	amount    ledger.Money
	reference int
	node      int
}

// A receipt is how a payment ended. The reason of a lack of funds tells what was available.
type receipt struct {
	unknown             bool
	code                registry.Code
	reason              string // of billingFailure
	credited            ledger.Money
	balance, authorised ledger.Money
}

func (r receipt) isUnknown() bool { return r.unknown }

// accountModel is the model of one registrar that starts with nothing. Its clock stands still.
type accountModel struct {
	now   time.Time
	terms *policy.Terms
}

func (m accountModel) porcupine() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return account{} },
		Step: func(state, input, output any) (bool, any) {
			return m.step(state.(account), input.(payment), output.(receipt))
		},
		DescribeOperation: func(input, output any) string {
			return fmt.Sprintf("%+v → %+v", input, output)
		},
		DescribeState: func(state any) string { return fmt.Sprintf("%+v", state) },
	}
}

// step says whether a state explains a receipt, and what the state is then.
func (m accountModel) step(before account, p payment, got receipt) (bool, account) {
	want, after := m.rules(before, p)
	return got.unknown || got == want, after
}

// rules says how a payment ends. The order of the rules is that of the flows.
func (m accountModel) rules(a account, p payment) (receipt, account) {
	switch p.what {
	case "funds":
		return receipt{code: registry.Completed, balance: a.balance, authorised: a.authorised}, a
	case "deposit":
		return a.deposit(p)
	case "hold", "release":
		a.hold = p.what == "hold"
		return receipt{code: registry.Completed}, a
	case "create":
		if !a.names[p.name].expires.IsZero() {
			return receipt{code: registry.ObjectExists}, a
		}
		return a.spend(p.name, m.terms.Quote(policy.OpCreate, p.years, registry.NamePrice{}).Total(), lifecycle.FirstExpiry(m.now, p.years))
	}
	had := a.names[p.name]
	if had.expires.IsZero() {
		return receipt{code: registry.ObjectMissing}, a
	}
	if p.what == "delete" {
		a.names[p.name] = purchase{}
		a.authorised -= had.charged
		return receipt{code: registry.CompletedPending, credited: had.charged}, a
	}
	expires := lifecycle.AddYears(had.expires, p.years)
	switch {
	case !had.expires.Equal(p.expires):
		return receipt{code: registry.ParameterRange}, a
	case !lifecycle.WithinHorizon(expires, m.now, m.terms.MaxYears):
		return receipt{code: registry.NotRenewable}, a
	}
	return a.spend(p.name, m.terms.Quote(policy.OpRenew, p.years, registry.NamePrice{}).Total(), expires)
}

func (a account) deposit(p payment) (receipt, account) {
	if a.references&(1<<p.reference) != 0 {
		return receipt{code: registry.ObjectExists}, a
	}
	a.references |= 1 << p.reference
	a.balance += p.amount
	return receipt{code: registry.Completed}, a
}

// spend sets a price aside if it is there.
func (a account) spend(name int, price ledger.Money, expires time.Time) (receipt, account) {
	available := a.balance - a.authorised
	switch {
	case a.hold:
		return receipt{code: registry.BillingFailure, reason: "on hold"}, a
	case available < price:
		return receipt{code: registry.BillingFailure, reason: lacks(price, available)}, a
	}
	a.authorised += price
	a.names[name].expires = expires
	a.names[name].charged += price
	return receipt{code: registry.Completed}, a
}

// lacks is the sentence of a command that is not paid for.
func lacks(price, available ledger.Money) string {
	return fmt.Sprintf("the command costs %s and the available credit is %s; pay in funds first", price, available)
}
