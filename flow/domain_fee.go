package flow

import (
	"cmp"
	"slices"
	"strconv"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A FeeSaid is what a command says that it costs: the sum of its fees and credits, since a registrar may
// take them together or apart. RFC 8748 section 4. The zero FeeSaid says nothing.
type FeeSaid struct {
	Given    bool
	Currency string       // empty: the registry's
	Total    ledger.Money // of fees, less the credits
	Inexact  bool         // the total is no amount of cents, so that it is no price
	Text     string       // the total as it was written
}

// premiumFeeIsSaid holds for a standard name, and for a command that says its fee. Nobody is to buy a
// premium name without knowing. Manual 9.12.4, decisions 4.9.
func premiumFeeIsSaid(q policy.Quote, said FeeSaid) Rule {
	if !q.IsPremium() || said.Given {
		return holds("premiumFeeIsSaid", "fee:fee", said.Text)
	}
	return refuse("premiumFeeIsSaid", registry.Error{
		Code: registry.ParameterMissing, Field: "domain:name", Value: q.Entry.Name.String(),
		Reason: "the name is premium and this costs " + q.String() + "; send the fee with the extension fee-1.0",
	})
}

// feeIsRight holds for a command that says no fee, or the right one. Amounts are compared as numbers.
// RFC 8748 section 4, decisions 4.9.
func feeIsRight(q policy.Quote, said FeeSaid) Rule {
	switch {
	case !said.Given:
		return holds("feeIsRight", "fee:fee", "")
	case said.Currency != "" && said.Currency != q.Currency:
		return refuse("feeIsRight", registry.Error{
			Code: registry.ParameterRange, Field: "fee:currency", Value: said.Currency,
			Reason: "prices are in " + q.Currency + "; this costs " + q.String(),
		})
	case said.Inexact || said.Total != q.Total():
		return refuse("feeIsRight", registry.Error{
			Code: registry.ParameterRange, Field: "fee:fee", Value: said.Text,
			Reason: "this is not the fee; send " + q.String(),
		})
	}
	return holds("feeIsRight", "fee:fee", said.Text)
}

// A FeeQuestion is what a check asks about the fees of its names. RFC 8748 section 5.1.1.
type FeeQuestion struct {
	Currency string // empty: the registry's
	Commands []FeeCommand
}

// A FeeCommand is a command whose fee is asked for.
type FeeCommand struct {
	Name            string // create, delete, renew, update, transfer, restore or custom
	Custom          string // the name of a custom one
	Years           int    // 0: one
	Months          bool   // the period is in months
	Phase, Subphase string
}

// FeeAnswer is what the names of a check cost. Reason is empty unless nothing can be said.
type FeeAnswer struct {
	Currency string
	Premium  bool
	Commands []FeeOfCommand
	Reason   string
}

// FeeOfCommand is what one command costs a name. Reason is empty unless the command cannot be priced.
type FeeOfCommand struct {
	FeeCommand
	Quote  policy.Quote
	Reason string
}

// IsPriced reports whether everything that was asked has an answer.
func (a FeeAnswer) IsPriced() bool {
	return a.Reason == "" && !slices.ContainsFunc(a.Commands, func(c FeeOfCommand) bool { return c.Reason != "" })
}

// feesFit bounds what one check can ask for.
func feesFit(l policy.Limits, n int) Rule {
	return refuseIf("feesFit", n > l.FeesPerCheck, registry.Error{
		Code: registry.ParameterPolicy, Field: "fee:command", Value: strconv.Itoa(n),
		Reason: "a check asks for the fees of at most " + strconv.Itoa(l.FeesPerCheck) + " commands; send fewer",
	})
}

// feePhasesAreSold holds for a question about the phases that there are. RFC 8748 section 3.8.
func feePhasesAreSold(q *FeeQuestion) Rule {
	for _, c := range q.Commands {
		switch {
		case c.Subphase != "" && c.Phase == "":
			return refuse("feePhasesAreSold", registry.Error{
				Code: registry.ParameterMissing, Field: "fee:command", Value: c.Subphase,
				Reason: "a subphase needs its phase; names are sold in the phase " + policy.PhaseOpen,
			})
		case c.Subphase != "", c.Phase != "" && c.Phase != policy.PhaseOpen:
			return refuse("feePhasesAreSold", registry.Error{
				Code: registry.ParameterRange, Field: "fee:command", Value: cmp.Or(c.Subphase, c.Phase),
				Reason: "there is no such phase; names are sold in the phase " + policy.PhaseOpen,
			})
		}
	}
	return holds("feePhasesAreSold", "fee:command", "")
}

// fees says what commands cost a name, whether or not it can be registered now: a name of others has
// renewals, and one that waits for its token has a price. What is not for sale has none.
func (c *Call) fees(q *FeeQuestion, name names.Name, refusal *registry.Error) *FeeAnswer {
	answer := &FeeAnswer{Currency: c.Terms.Prices.Currency}
	if refusal != nil && refusal.Code != registry.ObjectExists && refusal.Code != registry.Authorization {
		answer.Reason = refusal.Reason
		return answer
	}
	offer := c.Offer(name)
	answer.Premium = !offer.PriceAt(c.Now).IsStandard()
	if q.Currency != "" && q.Currency != answer.Currency {
		answer.Reason = "prices are in " + answer.Currency + "; ask for them in that currency"
		return answer
	}
	for _, asked := range q.Commands {
		answer.Commands = append(answer.Commands, c.fee(asked, name, offer))
	}
	return answer
}

// fee says what one command costs. Deletions and updates cost nothing.
func (c *Call) fee(asked FeeCommand, name names.Name, offer registry.Offer) FeeOfCommand {
	op, years := policy.Operation(asked.Name), cmp.Or(asked.Years, 1)
	answer := FeeOfCommand{FeeCommand: asked}
	switch period := periodIsSold(c.TermsOf(name), years); {
	case asked.Name == "custom":
		answer.Reason = "there is no such command; leave it out"
		return answer
	case op == policy.OpRestore || asked.Name == "delete" || asked.Name == "update":
		years = 1
	case asked.Months:
		answer.Reason = "a period is in years; ask for years"
		return answer
	case period.Refusal != nil:
		answer.Reason = period.Refusal.Reason
		return answer
	}
	answer.Years, answer.Quote = years, c.quote(name, op, years, offer)
	return answer
}
