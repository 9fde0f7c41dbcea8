package flow

import (
	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// DomainDelete deletes a name: at once in its add grace period, else by way of redemption and
// pending delete. Every grace period that runs is credited. RFC 5731 section 3.2.2, RFC 3915
// section 4.2.3, decisions 3.3. Subordinate hosts never stand in its way: decisions 2.8.
type DomainDelete struct{ Name names.Name }

// DomainDeleted is what a successful DomainDelete replies.
type DomainDeleted struct {
	Name     names.Name
	Credited ledger.Money // 0 outside every grace period
	Currency string
	Purged   bool // at once, in its add grace period
}

// Outcome is 1001 in every case, with the manual's sentence. Manual 12.3.4, decisions 3.3.
func (r DomainDeleted) Outcome() (registry.Code, string) {
	return registry.CompletedPending, "Deletion request for domain name " + r.Name.String() +
		" successful; domain will be deleted shortly."
}

// Subject is domain:delete.
func (cmd DomainDelete) Subject() Subject {
	return Subject{"delete", "domain", cmd.Name.String(), true}
}

// Keys are what the command reads.
func (cmd DomainDelete) Keys() registry.Keys {
	return registry.Keys{Domains: []names.Name{cmd.Name}, Own: true}
}

// Run deletes the name, unless a rule refuses.
func (cmd DomainDelete) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	d, found := c.Domain(cmd.Name)

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		nameIsRegistered(cmd.Name, found),
		registrarSponsors(c.Registrar, d.Sponsor, "domain:name", cmd.Name.String()),
		statusAllows(policy.DomainDelete, lifecycle.Statuses(d), "domain:name", cmd.Name.String()),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	d = d.Next()
	d.Updater, d.Updated = c.Registrar.ID, c.Now
	d, credited, changes := c.deleted(d, registry.Deletion{By: c.Registrar.ID, ClTRID: c.ClTRID, SvTRID: c.SvTRID})
	changes.Add(c.notify(d.Sponsor, c.Now, c.deletedNotice(d)))

	// Return.
	return DomainDeleted{d.Name, credited, c.Terms.Prices.Currency, !d.Deletion.Active()}, changes, nil
}

// deletedNotice tells a registrar of a deletion of its own, if it wants to hear of those: somebody may have its
// password. A name that is purged at once has no deletion.
func (c *Call) deletedNotice(d registry.Domain) registry.ChangeNotice {
	d.AuthInfo = nil
	return registry.ChangeNotice{
		Step: registry.EventDeleted, Operation: "delete", At: c.Now, SvTRID: c.SvTRID, Who: string(c.Registrar.ID),
		Before: !d.Deletion.Active(), Domain: &d,
		Text: "Domain " + d.Name.String() + " was deleted by a command of your account.",
	}
}

// deleted deletes a name, which is given in its next version: it is purged at once, or put into redemption, and
// what can be undone is credited. Decisions 3.3.
func (c *Call) deleted(d registry.Domain, by registry.Deletion) (registry.Domain, ledger.Money, registry.Changes) {
	atOnce := lifecycle.PurgesAtOnce(d, c.rules(), c.Now)
	expires := d.Expires
	d, graces := lifecycle.Credited(d, c.Now)
	changes, credited := c.release(graces)
	if atOnce {
		d.Expires = expires // of what is gone it is history
		changes.Add(c.purged(d, by, c.origin()))
		changes.Add(c.purge(d, by, c.origin()))
		return d, credited, changes
	}
	d = lifecycle.Delete(d, c.rules(), c.Now, lifecycle.ByCommand)
	d.Deletion.By, d.Deletion.ClTRID, d.Deletion.SvTRID = by.By, by.ClTRID, by.SvTRID
	changes.Domains = append(changes.Domains, d)
	changes.Marks = append(changes.Marks, registry.Mark{Kind: registry.MarkDomain, Name: d.Name})
	return d, credited, changes
}

// release credits the charges of grace periods, each for exactly what it was. A charge that time
// made in this same command is not stored yet and is found among what time did. Decisions 5.1.
func (c *Call) release(graces []registry.Grace) (registry.Changes, ledger.Money) {
	var changes registry.Changes
	var credited ledger.Money
	for _, g := range graces {
		charge, found := c.charge(g.Charge)
		if !found || charge.State != ledger.Open {
			continue
		}
		released, entries := charge.Release(c.Now)
		changes.Charges = append(changes.Charges, released)
		changes.Entries = append(changes.Entries, entries...)
		credited += charge.Amount
	}
	return changes, credited
}

func (c *Call) charge(id string) (ledger.Charge, bool) {
	for _, s := range c.settled {
		for _, charge := range s.Charges {
			if charge.ID == id {
				return charge, true
			}
		}
	}
	return c.Charge(id)
}
