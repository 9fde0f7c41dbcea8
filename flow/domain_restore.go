package flow

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// DomainRestore brings a name back from redemption, at once and without a report. RFC 3915 section 4.2.5. It is
// an update that changes nothing but that. Manual 8.1.4, decisions 3.5.
type DomainRestore struct {
	Update DomainUpdate   // its name, and the fee if it says one
	Report *RestoreReport // nil for a request
}

// A RestoreReport says why a name was restored. Texts are as they were sent, with the elements in them. Nobody
// needs it here: it is accepted on the day of the restore, and not kept. RFC 3915 section 4.2.5.
type RestoreReport struct {
	Before, After     string // the registration as it was and as it is now
	Deleted, Restored time.Time
	Reason            string
	Statements        []string // one or two
	Other             string   // empty if there is none
}

// DomainRestored is what a successful request replies. RenewBy is until when the name has to be renewed; zero
// if it need not be.
type DomainRestored struct {
	Name    names.Name
	RenewBy time.Time
	Charged policy.Quote
}

// RestoreReported is what an accepted report replies.
type RestoreReported struct{ Name names.Name }

// Subject is domain:update, the command that a restore is part of.
func (cmd DomainRestore) Subject() Subject { return cmd.Update.Subject() }

// Keys are what the command reads.
func (cmd DomainRestore) Keys() registry.Keys {
	return registry.Keys{Funds: true, Domains: []names.Name{cmd.Update.Name}}
}

// Run restores the name, or takes note of the report.
func (cmd DomainRestore) Run(c *Call) (Reply, registry.Changes, error) {
	if cmd.Report != nil {
		return cmd.report(c)
	}
	// Load.
	name := cmd.Update.Name
	d, found := c.Domain(name)
	quote := c.quote(name, policy.OpRestore, 1, c.Offer(name))
	funds := c.Funds()

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		restoreStandsAlone(cmd.Update),
		nameIsRegistered(name, found),
		registrarSponsors(c.Registrar, d.Sponsor, "domain:name", name.String()),
		nameIsRestorable(d, c.Now),
		statusAllows(policy.DomainRestore, lifecycle.Statuses(d), "domain:name", name.String()),
		promotionFeeIsSaid(quote, cmd.Update.Fee),
		feeIsRight(quote, cmd.Update.Fee),
		registrarIsNotOnHold(c.Registrar),
		accountIsNotOnHold(funds),
		fundsCover(funds, quote.Total()),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	d = lifecycle.Restore(d.Next(), c.rules(), c.Now)
	d.Updater, d.Updated = c.Registrar.ID, c.Now

	// Return.
	charges := c.charges(d, "restore", quote)
	changes := registry.Changes{
		Domains:       []registry.Domain{d},
		Marks:         []registry.Mark{{Kind: registry.MarkDomain, Name: name}},
		Needs:         []registry.Need{c.need(funds)},
		PromotionUses: c.uses(quote, charges),
	}
	changes.Add(postAtOnce(charges))
	return DomainRestored{name, d.RenewBy, quote}, changes, nil
}

// postAtOnce writes charges down that cannot be undone: nothing is set aside for them. Decisions 5.1.
func postAtOnce(charges []ledger.Charge) registry.Changes {
	var changes registry.Changes
	for _, charge := range charges {
		charge.Authorises = false
		posted, entries := charge.Post()
		changes.Charges = append(changes.Charges, charge, posted)
		changes.Entries = append(changes.Entries, entries...)
	}
	return changes
}

// report takes note of a report.
func (cmd DomainRestore) report(c *Call) (Reply, registry.Changes, error) {
	name := cmd.Update.Name
	d, found := c.Domain(name)
	if err := c.check(
		registrarIsActive(c.Registrar),
		restoreStandsAlone(cmd.Update),
		nameIsRegistered(name, found),
		registrarSponsors(c.Registrar, d.Sponsor, "domain:name", name.String()),
		restoreIsOfToday(d, c.Now),
		feeIsRight(c.TermsOf(name).Quote("update", 1, registry.NamePrice{}), cmd.Update.Fee),
	); err != nil {
		return nil, registry.Changes{}, err
	}
	return RestoreReported{name}, registry.Changes{}, nil
}

// nameIsRestorable holds for a name in redemption. Decisions 3.5.
func nameIsRestorable(d registry.Domain, now time.Time) Rule {
	reason := "the name is not deleted; only a name in redemption can be restored"
	if d.Deletion.Active() {
		reason = "redemption ended at " + d.Deletion.RestorableTil.UTC().Format(time.RFC3339) +
			"; wait for the purge and register the name again"
	}
	return refuseIf("nameIsRestorable", !lifecycle.Restorable(d, now), registry.Error{
		Code: registry.StatusProhibits, Field: "domain:name", Value: d.Name.String(), Reason: reason,
	})
}

// restoreIsOfToday holds for a report about a name that was restored and whose restore day has not ended.
// Decisions 3.5.
func restoreIsOfToday(d registry.Domain, now time.Time) Rule {
	today := !d.Deletion.Active() && !d.Restored.IsZero() && now.Before(lifecycle.RestoreDayEnds(d.Restored))
	return refuseIf("restoreIsOfToday", !today, registry.Error{
		Code: registry.StatusProhibits, Field: "rgp:report", Value: d.Name.String(),
		Reason: "the name was not restored today; no report is needed, leave it out",
	})
}

// restoreStandsAlone holds for a restore whose update changes nothing else. RFC 3915 section 4.2.5.
func restoreStandsAlone(update DomainUpdate) Rule {
	return refuseIf("restoreStandsAlone", !update.ChangesNothing(), registry.Error{
		Code: registry.ParameterPolicy, Field: "domain:update",
		Reason: "a restore changes nothing else; send add, rem and chg in an update of their own, after it",
	})
}
