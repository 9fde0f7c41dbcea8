package flow

import (
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// DomainStatusSet sets and removes the operator's statuses of a name: to hold it, or to lock it against its
// sponsor's commands, in every stage of its life. RFC 5731 section 2.3, decisions section 7.
type DomainStatusSet struct {
	Deed
	StatusEdit
	Name names.Name
}

// Subject is domain:set-status.
func (cmd DomainStatusSet) Subject() Subject {
	return Subject{Command: "set-status", Object: "domain", ID: cmd.Name.String()}
}

// Run changes the statuses, unless a rule refuses.
func (cmd DomainStatusSet) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	d, found := c.Domain(cmd.Name)
	edit := cmd.of("domain", d.Statuses, lifecycle.Statuses(d))

	// Check.
	if err := c.check(
		nameIsRegistered(cmd.Name, found),
		deedIsExplained(cmd.Deed),
		edit.statusesFit("domain", d.Statuses, lifecycle.Statuses(d)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	d = d.Next()
	d.Statuses, d.Changed = edit.apply(d.Statuses), cmd.measure(c)
	changes := registry.Changes{Domains: []registry.Domain{d}}
	if edit.changes(registry.ServerHold) {
		changes.Marks = []registry.Mark{{Kind: registry.MarkDomain, Name: d.Name}}
	}

	// Return.
	changes.Add(c.tellDomain(d, edit.notice(c, cmd.Deed, d.Name.String())))
	return d, changes, nil
}

// tellDomain tells the sponsor of a name what was done to it. Who did it and why is left out.
func (c *Call) tellDomain(d registry.Domain, n registry.ChangeNotice) registry.Changes {
	sponsor := d.Sponsor
	d.AuthInfo, d.Changed = nil, registry.Measure{}
	n.Domain = &d
	return c.notify(sponsor, c.Now, n)
}

// HostStatusSet sets and removes the operator's statuses of a host. RFC 5732 section 2.3.
type HostStatusSet struct {
	Deed
	StatusEdit
	Name names.Name
}

// Subject is host:set-status.
func (cmd HostStatusSet) Subject() Subject {
	return Subject{Command: "set-status", Object: "host", ID: cmd.Name.String()}
}

// Run changes the statuses, unless a rule refuses.
func (cmd HostStatusSet) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	h, found := c.settledHost(cmd.Name)
	edit := cmd.of("host", h.Statuses, lifecycle.HostStatuses(h))

	// Check.
	if err := c.check(
		hostExists(cmd.Name, found),
		deedIsExplained(cmd.Deed),
		edit.statusesFit("host", h.Statuses, lifecycle.HostStatuses(h)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	h = h.Next()
	h.Statuses, h.Changed = edit.apply(h.Statuses), cmd.measure(c)

	// Return.
	told := h
	told.Changed = registry.Measure{}
	notice := edit.notice(c, cmd.Deed, h.Name.String())
	notice.Host, notice.Linked = &told, h.Linked
	changes := c.notify(h.Sponsor, c.Now, notice)
	changes.Hosts = []registry.Host{h}
	return h, changes, nil
}

// ContactStatusSet sets and removes the operator's statuses of a contact. One that must not be deleted is not
// purged either. RFC 5733 section 2.2, decisions 2.5.
type ContactStatusSet struct {
	Deed
	StatusEdit
	ID string
}

// Subject is contact:set-status.
func (cmd ContactStatusSet) Subject() Subject {
	return Subject{Command: "set-status", Object: "contact", ID: cmd.ID}
}

// Run changes the statuses, unless a rule refuses.
func (cmd ContactStatusSet) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	contact, found := c.Contact(cmd.ID)
	spared := contact
	spared.PurgeAt = time.Time{}
	edit := cmd.of("contact", contact.Statuses, lifecycle.ContactStatuses(spared))

	// Check.
	if err := c.check(
		contactExists(cmd.ID, found),
		deedIsExplained(cmd.Deed),
		edit.statusesFit("contact", contact.Statuses, lifecycle.ContactStatuses(spared)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	contact = contact.Next()
	contact.Statuses, contact.Changed = edit.apply(contact.Statuses), cmd.measure(c)
	if contact.Has(registry.ServerDeleteProhibited) {
		contact.PurgeAt = time.Time{}
	}

	// Return.
	changes := c.tellContact(contact, edit.notice(c, cmd.Deed, contact.ID))
	changes.Contacts = []registry.Contact{contact}
	return contact, changes, nil
}

// tellContact tells the sponsor of a contact what was done to it. Who did it and why is left out.
func (c *Call) tellContact(contact registry.Contact, n registry.ChangeNotice) registry.Changes {
	told := contact
	told.AuthInfo, told.Changed = nil, registry.Measure{}
	n.Contact, n.Linked = &told, contact.Linked
	return c.notify(contact.Sponsor, c.Now, n)
}
