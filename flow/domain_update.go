package flow

import (
	"slices"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// DomainUpdate changes a registration. RFC 5731 section 3.2.5. What is removed must be there and
// what is added must not; Remove comes before Add. Decisions 2.9.
type DomainUpdate struct {
	Name        names.Name
	Add, Remove DomainEdit
	DS          SignerEdit
	Registrant  *string // the new registrant; nil leaves it
	AuthInfo    *string // the new authInfo, empty to clear it; nil leaves it
	TTL         []TTLEdit
	Announced   Announced
	Empty       bool    // the command has neither add, rem nor chg
	Fee         FeeSaid // an update costs nothing
}

// ChangesNothing reports whether the command says nothing but its name, or what is empty.
func (cmd DomainUpdate) ChangesNothing() bool {
	return cmd.Add.isEmpty() && cmd.Remove.isEmpty() && cmd.Registrant == nil && cmd.AuthInfo == nil &&
		len(cmd.DS.Add)+len(cmd.DS.Remove) == 0 && !cmd.DS.RemoveAll
}

// A DomainEdit is what an update adds or removes.
type DomainEdit struct {
	Nameservers []names.Name
	Contacts    []Role
	Statuses    []registry.Status
}

func (e DomainEdit) isEmpty() bool { return len(e.Nameservers)+len(e.Contacts)+len(e.Statuses) == 0 }

// DomainUpdated is what a successful DomainUpdate replies.
type DomainUpdated struct{ Name names.Name }

// Subject is domain:update.
func (cmd DomainUpdate) Subject() Subject {
	return Subject{"update", "domain", cmd.Name.String(), true}
}

// Keys are what the command reads.
func (cmd DomainUpdate) Keys() registry.Keys {
	return registry.Keys{
		Domains: []names.Name{cmd.Name}, Hosts: slices.Concat(cmd.Remove.Nameservers, cmd.Add.Nameservers),
		Contacts: contactIDs("", slices.Concat(cmd.Remove.Contacts, cmd.Add.Contacts)),
		Late:     len(cmd.Remove.Contacts)+len(cmd.Add.Contacts) > 0 || cmd.Registrant != nil,
	}
}

// Run updates the name, unless a rule refuses.
func (cmd DomainUpdate) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	d, found := c.Domain(cmd.Name)
	if err := c.check(
		registrarIsActive(c.Registrar),
		nameIsRegistered(cmd.Name, found),
		registrarSponsors(c.Registrar, d.Sponsor, "domain:name", cmd.Name.String()),
		statusAllows(policy.DomainUpdate, withoutLifted(lifecycle.Statuses(d), cmd.Remove.Statuses,
			registry.ClientUpdateProhibited), "domain:name", cmd.Name.String()),
		updateSaysSomething("domain", cmd.Empty),
	); err != nil {
		return nil, registry.Changes{}, err
	}
	had := rolesOf(d.Contacts)
	removed, added := c.spelt(cmd.Remove.Contacts), c.spelt(cmd.Add.Contacts)
	roles := edited(had, removed, added)
	registrant := d.Registrant.ID
	if cmd.Registrant != nil {
		registrant = *cmd.Registrant
	}
	hadHosts := hostNames(d.Nameservers)
	nameservers := edited(hadHosts, cmd.Remove.Nameservers, cmd.Add.Nameservers)
	contacts, contactsMayBeLinked := c.contacts(d, registrant, roles)
	_, removedExist := c.contacts(d, "", removed)
	hosts, hostsExist := c.hosts(nameservers)
	_, removedHostsExist := c.hosts(cmd.Remove.Nameservers)
	terms := c.TermsOf(cmd.Name)
	signers, signersFit := cmd.DS.apply(terms, d.DS)

	// Check.
	if err := c.check(
		statusesAreTheSponsors("domain", slices.Concat(cmd.Remove.Statuses, cmd.Add.Statuses)...),
		editIsExact("domain:status", d.Statuses, cmd.Remove.Statuses, cmd.Add.Statuses, showStatus),
		removedExist,
		contactsMayBeLinked,
		editIsExact("domain:contact", had, removed, added, Role.String),
		contactsFit(terms, roles),
		requiredContactsAreNamed(terms, registrant, roles),
		removedHostsExist,
		hostsExist,
		editIsExact("domain:hostObj", hadHosts, cmd.Remove.Nameservers, cmd.Add.Nameservers, names.Name.String),
		nameserversFit(terms, nameservers),
		signersFit,
		ttlsAreLegal(terms, "domain", cmd.TTL),
		authInfoIsStrong("domain", cmd.AuthInfo, cmd.Announced.SecureAuthInfo),
		feeIsRight(terms.Quote("update", 1, registry.NamePrice{}), cmd.Fee),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	before := d
	d = d.Next()
	d.Registrant, d.Contacts, d.Nameservers = contacts.registrant, contacts.others, hosts
	d.DS, d.TTL = signers, editedTTLs(d.TTL, cmd.TTL)
	d.Statuses = edited(d.Statuses, cmd.Remove.Statuses, cmd.Add.Statuses)
	slices.Sort(d.Statuses)
	if cmd.AuthInfo != nil {
		d.AuthInfo = c.Hash(*cmd.AuthInfo)
	}
	d.Updater, d.Updated = c.Registrar.ID, c.Now
	c.relink(before, d)

	// Return.
	return DomainUpdated{d.Name}, registry.Changes{
		Domains: []registry.Domain{d},
		Marks:   []registry.Mark{{Kind: registry.MarkDomain, Name: d.Name}},
	}, nil
}

// withoutLifted returns statuses without the one that the same update removes: an update that
// lifts an update prohibition is not refused by it. Manual 9.5.1.
func withoutLifted(statuses, removed []registry.Status, lift registry.Status) []registry.Status {
	return slices.DeleteFunc(statuses, func(s registry.Status) bool {
		return s == lift && slices.Contains(removed, lift)
	})
}

// editIsExact holds for a list of things to remove and to add that are all different, present and
// absent.
func editIsExact[T comparable](field string, have, removed, added []T, show func(T) string) Rule {
	return allOf("editIsExact",
		noneTwice(field, removed, show),
		noneTwice(field, added, show),
		removedIsPresent(field, have, removed, show),
		addedIsAbsent(field, have, removed, added, show),
	)
}

func showStatus(s registry.Status) string { return string(s) }

func rolesOf(contacts []registry.DomainContact) []Role {
	roles := make([]Role, len(contacts))
	for i, c := range contacts {
		roles[i] = Role{c.Role, c.ID}
	}
	return roles
}

func hostNames(hosts []registry.HostRef) []names.Name {
	list := make([]names.Name, len(hosts))
	for i, h := range hosts {
		list[i] = h.Name
	}
	return list
}

// spelt returns roles with each contact id as it was first written, since ids are the same in any
// case. Manual 9.5.2.
func (c *Call) spelt(roles []Role) []Role {
	spelt := slices.Clone(roles)
	for i, r := range roles {
		if contact, found := c.storedContact(r.ID); found {
			spelt[i].ID = contact.ID
		}
	}
	return spelt
}
