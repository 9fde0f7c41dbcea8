package flow

import (
	"cmp"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// DomainRenew extends a registration. RFC 5731 section 3.2.3, decisions 3.7.
//
// CurrentExpiry has to match the domain's, so that a command sent twice renews once.
type DomainRenew struct {
	Name          names.Name
	CurrentExpiry time.Time // a date
	Years         int       // 0 means one
	Fee           FeeSaid
}

// DomainRenewed is what a successful DomainRenew replies.
type DomainRenewed struct {
	Name    names.Name
	Expires time.Time
	Charged policy.Quote
}

// Subject is domain:renew.
func (cmd DomainRenew) Subject() Subject { return Subject{"renew", "domain", cmd.Name.String(), true} }

// Keys are what the command reads.
func (cmd DomainRenew) Keys() registry.Keys {
	return registry.Keys{Funds: true, Domains: []names.Name{cmd.Name}}
}

// Run renews the name, unless a rule refuses.
func (cmd DomainRenew) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	d, found := c.Domain(cmd.Name)
	years := cmp.Or(cmd.Years, 1)
	terms := c.TermsOf(cmd.Name)
	quote := c.quote(cmd.Name, policy.OpRenew, years, c.Offer(cmd.Name))
	expires := lifecycle.AddYears(d.Expires, years)
	funds := c.Funds()

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		nameIsRegistered(cmd.Name, found),
		registrarSponsors(c.Registrar, d.Sponsor, "domain:name", cmd.Name.String()),
		statusAllows(policy.DomainRenew, lifecycle.Statuses(d), "domain:name", cmd.Name.String()),
		expiryMatches(d, cmd.CurrentExpiry),
		periodIsSold(terms, years),
		expiryIsAhead(c.Now, d.Expires, expires),
		expiryIsWithinHorizon(terms, c.Now, expires),
		premiumFeeIsSaid(quote, cmd.Fee),
		promotionFeeIsSaid(quote, cmd.Fee),
		feeIsRight(quote, cmd.Fee),
		registrarIsNotOnHold(c.Registrar),
		accountIsNotOnHold(funds),
		fundsCover(funds, quote.Total()),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	charges := c.charges(d, "renew", quote)
	var marks []registry.Mark
	d = d.Next()
	d.Graces = lifecycle.Running(d, c.Now)
	for _, charge := range charges {
		d.Graces = append(d.Graces, registry.Grace{
			Kind: registry.RenewGrace, Until: charge.PostsAt, Expires: d.Expires, Years: years,
			Charge: charge.ID, Amount: charge.Amount,
		})
	}
	if d.Suspension.Active() {
		marks = append(marks, registry.Mark{Kind: registry.MarkDomain, Name: d.Name})
	}
	d.Expires = expires
	d.Suspension, d.RenewBy = registry.Suspension{}, time.Time{}
	d.Updater, d.Updated = c.Registrar.ID, c.Now

	// Return.
	changes := registry.Changes{Domains: []registry.Domain{d}, Marks: marks, PromotionUses: c.uses(quote, charges)}
	changes.Add(c.authorise(charges, funds))
	return DomainRenewed{d.Name, d.Expires, quote}, changes, nil
}
