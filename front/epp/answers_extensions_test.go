package epp

import (
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// pricing has the manual's prices: a name of tier 5 that renews for less. Manual 12.3.
func pricing() (terms policy.Terms, premium registry.NamePrice) {
	profile, err := policy.BuiltIn("co-2026")
	if err != nil {
		panic(err)
	}
	return *profile.At(noon), registry.NamePrice{Name: names.MustParse("1126premium-5.co"), Tier: 5, Renew: 200_00}
}

// feeAnswers are the manual's samples and what they leave open. Manual 9.12.4 and 12.3.
func feeAnswers() []encoded {
	terms, premium := pricing()
	standard := registry.NamePrice{}
	created := time.Date(2025, 12, 17, 16, 9, 0, 0, time.UTC)
	expires := time.Date(2026, 12, 17, 23, 59, 59, 0, time.UTC)
	fees := func(price registry.NamePrice, commands ...flow.FeeCommand) *flow.FeeAnswer {
		answer := &flow.FeeAnswer{Currency: "USD", Premium: !price.IsStandard()}
		for _, c := range commands {
			c.Years = max(c.Years, 1)
			answer.Commands = append(answer.Commands, flow.FeeOfCommand{
				FeeCommand: c, Quote: terms.Quote(policy.Operation(c.Name), c.Years, price),
			})
		}
		return answer
	}
	all := []flow.FeeCommand{{Name: "create"}, {Name: "renew"}, {Name: "restore"}, {Name: "transfer"}}
	custom := fees(standard, flow.FeeCommand{Name: "create", Years: 3, Phase: "open"}, flow.FeeCommand{Name: "delete"}, flow.FeeCommand{Name: "update"})
	custom.Commands = append(custom.Commands,
		flow.FeeOfCommand{FeeCommand: flow.FeeCommand{Name: "custom", Custom: "flip"}, Reason: "there is no such command"},
		flow.FeeOfCommand{FeeCommand: flow.FeeCommand{Name: "renew", Years: 12, Months: true}, Reason: "a period is in years"})
	return []encoded{
		{"fee check of a premium name", answered(nsDomain, []flow.Checked{{Object: "1126premium-5.co", Available: true, Fees: fees(premium, all...)}}, nil)},
		{"fee check of several names", answered(nsDomain, []flow.Checked{
			{Object: "shop.co", Available: true, Fees: custom},
			{Object: "a<b", Reason: "not a valid domain name; no", Fees: &flow.FeeAnswer{Currency: "USD", Reason: "not a valid domain name; no"}},
			{Object: "taken.co", Reason: "the name is registered", Fees: fees(standard, all...)},
		}, nil)},
		{"fee check that the session cannot read", string(appendAnswer(nil, answer{
			req: &request{clTRID: "ABC-12345", object: nsDomain}, svTRID: "SV-54321", now: noon,
			reply: []flow.Checked{{Object: "shop.co", Available: true, Fees: custom}},
		}))},
		{"fee create", answered(nsDomain, flow.DomainCreated{
			Name: premium.Name, ROID: "D74774-CO", Created: created, Expires: expires, Charged: terms.Quote(policy.OpCreate, 1, premium),
		}, nil)},
		{"fee create of several years", answered(nsDomain, flow.DomainCreated{
			Name: premium.Name, ROID: "D74774-CO", Created: created, Expires: expires, Charged: terms.Quote(policy.OpCreate, 3, premium),
		}, nil)},
		{"fee renew", answered(nsDomain, flow.DomainRenewed{
			Name: premium.Name, Expires: expires, Charged: terms.Quote(policy.OpRenew, 1, premium),
		}, nil)},
		{"fee delete", answered(nsDomain, flow.DomainDeleted{Name: premium.Name, Credited: 700_00, Currency: "USD"}, nil)},
		{"fee delete outside every grace period", answered(nsDomain, flow.DomainDeleted{Name: premium.Name, Currency: "USD"}, nil)},
	}
}

// launchAnswers are those of claims, and the grace period statuses of an info.
func launchAnswers() []encoded {
	d := registry.Domain{ROID: "D2-CO", Name: names.MustParse("shop.co"), Sponsor: "H1001", Creator: "H1001", Created: noon, Expires: expiry}
	graced := flow.DomainDetails{
		Domain: d, EPPStatuses: []registry.Status{registry.Inactive},
		RGPStatuses: []registry.RGPStatus{"addPeriod", "renewPeriod"},
	}
	return []encoded{
		{"rgp info", answered(nsDomain, graced, nil)},
		{"rgp info that the session cannot read", string(appendAnswer(nil, answer{
			req: &request{clTRID: "ABC-12345", object: nsDomain}, svTRID: "SV-54321", reply: graced, now: noon, announced: []string{nsFee},
		}))},
		{"claims check", answered(nsDomain, flow.ClaimsChecked{Names: []string{"shop.co", "a<b"}, Phase: "claims"}, nil)},
		{"trademark check", answered(nsDomain, flow.ClaimsChecked{Names: []string{"shop.co"}}, nil)},
		{"refusal of a token", answered(nsDomain, nil, &registry.Error{
			Code: registry.Authorization, Field: "allocationToken:allocationToken", Value: "secret-2", Reason: "this is not the name's token",
		})},
	}
}
