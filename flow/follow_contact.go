package flow

import (
	"slices"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A followedContact is a contact as far as a call has followed it through time.
type followedContact struct {
	contact registry.Contact
	gone    time.Time // when it was purged; zero while it lives
	purged  bool      // the call has written that down
}

// contact reads a contact and applies time, and what follows from the purges of names that linked it. What time
// did is settled with the command, once.
func (c *Call) contact(id string) (registry.Contact, bool) {
	f, found := c.followContact(id, time.Time{}) // as it is stored: what comes first may be a purge
	if found && f.contact.Linked {
		c.withoutLate(f)
	}
	f, found = c.followContact(id, c.Now)
	return f.contact, found && f.gone.IsZero()
}

// linkedContact is contact for one that a living name links: no purge of another name changes it.
func (c *Call) linkedContact(id string) (registry.Contact, bool) {
	if c.memory != nil {
		return c.Contact(id)
	}
	f, found := c.followContact(id, c.Now)
	return f.contact, found && f.gone.IsZero()
}

// storedContact returns a contact as it was last written, to know which it is: what time has done to it is another
// question, and asked where it matters.
func (c *Call) storedContact(id string) (registry.Contact, bool) {
	return read(c, func() (registry.Contact, bool, error) { return c.reader.Contact(id) })
}

// followContact applies to a contact what time does to it alone, up to an instant.
func (c *Call) followContact(id string, until time.Time) (followedContact, bool) {
	f, known := c.people[contactKey(id)]
	if !known {
		contact, found := read(c, func() (registry.Contact, bool, error) { return c.reader.Contact(id) })
		if !found {
			return followedContact{}, false
		}
		f.contact = contact
	}
	due := lifecycle.ContactDue(f.contact)
	if due.IsZero() || due.After(until) || !f.gone.IsZero() {
		return f, true
	}
	if f.contact.Linked && !f.contact.PurgeAt.IsZero() { // a link always ends that wait; this one was missed
		f = c.relinked(f, registry.Origin{At: until, Command: "time"})
	}
	var facts []lifecycle.Fact
	var alive bool
	f.contact, facts, alive = lifecycle.AdvanceContact(f.contact, until)
	c.settled = append(c.settled, facts...)
	if !alive {
		f.gone = f.contact.PurgeAt
	}
	c.keepContact(f)
	return f, true
}

func (c *Call) keepContact(f followedContact) {
	if c.people == nil {
		c.people = map[string]followedContact{}
	}
	c.people[contactKey(f.contact.ID)] = f
}

// withoutLate applies to a contact that names which linked it have been purged by time, while nobody has
// written that down. The command settles those purges, too.
func (c *Call) withoutLate(f followedContact) {
	if !c.anyLate() {
		return
	}
	gone, last := c.lostLast(f.contact, names.Name{})
	if !last {
		return
	}
	f, _ = c.followContact(f.contact.ID, gone.at)
	c.losesLinks(f, registry.Origin{At: gone.at, Command: "time"})
	c.settleToo(gone.names)
}

// lostLast reports whether no name links a contact but one that does so no longer, and names that are gone. It
// returns those.
func (c *Call) lostLast(contact registry.Contact, but names.Name) (gone goneLinks, last bool) {
	if c.linking[contact.ROID] {
		return goneLinks{}, false
	}
	if by, known := c.heldBy[contact.ROID]; known && by != but && !c.followed[by].purged {
		return goneLinks{}, false
	}
	gone, last = c.unlinked(func(limit int) ([]names.Name, error) {
		return c.reader.LinkedTo(contact.ROID, limit)
	}, but)
	if !last && !gone.by.IsZero() {
		c.remainsLinked(contact.ROID, gone.by)
	}
	return gone, last
}

// remainsLinked remembers a name that keeps a contact linked: a contact may be in many names that are purged together.
func (c *Call) remainsLinked(contact registry.ROID, by names.Name) {
	if c.heldBy == nil {
		c.heldBy = map[registry.ROID]names.Name{}
	}
	c.heldBy[contact] = by
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// losesLinks settles that a contact has lost its last link, if its sponsor has such contacts purged.
func (c *Call) losesLinks(f followedContact, o registry.Origin) followedContact {
	f.contact.Linked = false
	c.unlinks(f.contact, true)
	if sponsor, _ := c.RegistrarByID(f.contact.Sponsor); sponsor.PurgesContactsAt(o.At) {
		contact, fact, changed := lifecycle.Unlinked(f.contact, c.Profile.At(o.At), o)
		if changed {
			f.contact = contact
			c.settled = append(c.settled, fact)
		}
	}
	c.keepContact(f)
	return f
}

// relinked settles that a contact which waits for its purge is linked again.
func (c *Call) relinked(f followedContact, o registry.Origin) followedContact {
	contact, fact := lifecycle.Relinked(f.contact, o)
	c.settled = append(c.settled, fact)
	f.contact = contact
	c.keepContact(f)
	return f
}

// relink settles what it does to contacts that a name links others than before: those that lose their last link
// are purged after a while, and those that waited for that stay. Manual 8.2.2, decisions 2.5.
func (c *Call) relink(before, after registry.Domain) {
	o := c.origin()
	for _, ref := range contactsOf(before) {
		if links(after, ref.ROID) {
			continue
		}
		f, found := c.followContact(ref.ID, c.Now)
		if !found {
			continue
		}
		gone, last := c.lostLast(f.contact, after.Name)
		if !last {
			c.unlinks(f.contact, false)
			continue
		}
		c.losesLinks(f, o)
		c.settleToo(gone.names)
	}
	for _, ref := range contactsOf(after) {
		delete(c.lastLinks, ref.ROID)
		if c.linking == nil {
			c.linking = map[registry.ROID]bool{}
		}
		c.linking[ref.ROID] = true
		if f, _ := c.followContact(ref.ID, c.Now); !f.contact.PurgeAt.IsZero() {
			c.relinked(f, o)
		}
	}
}

// unlinks makes it a condition that a contact has lost its last link, or has not.
func (c *Call) unlinks(contact registry.Contact, last bool) {
	if c.lastLinks == nil {
		c.lastLinks = map[registry.ROID]bool{}
	}
	c.lastLinks[contact.ROID] = last
}

// contactsOf returns the contacts of a domain, each once.
func contactsOf(d registry.Domain) []registry.ContactRef {
	var refs []registry.ContactRef
	if d.Registrant.ROID != "" {
		refs = append(refs, d.Registrant)
	}
	for _, contact := range d.Contacts {
		if !slices.Contains(refs, contact.ContactRef) {
			refs = append(refs, contact.ContactRef)
		}
	}
	return refs
}

// settleContact purges a contact whose purge has come due and that nobody has purged yet. Decisions 2.5.
func (c *Call) settleContact(id string) registry.Changes {
	f, found := c.followContact(id, c.Now)
	if !found || f.gone.IsZero() || f.purged {
		return registry.Changes{}
	}
	f.purged = true
	c.keepContact(f)
	contact := f.contact
	contact.AuthInfo, contact.Changed = nil, registry.Measure{}
	changes := c.notify(contact.Sponsor, f.gone, registry.ChangeNotice{
		Step: registry.EventContactPurged, Operation: "autoPurge", At: f.gone, SvTRID: c.SvTRID, Who: "registry", Before: true,
		Why: "no name links it", Text: "Contact " + contact.ID + " was purged: no name linked it any more.", Contact: &contact,
	})
	changes.GoneContacts = []registry.Contact{f.contact.Next()}
	changes.Origin = registry.Origin{At: f.gone, Command: "time"}
	return registry.Changes{Earlier: []registry.Changes{changes}}
}

// contactLingers tells the sponsor of a contact that it will be purged.
func (c *Call) contactLingers(contact registry.Contact, o registry.Origin) registry.Changes {
	contact.AuthInfo, contact.Changed = nil, registry.Measure{}
	return c.notify(contact.Sponsor, o.At, registry.ChangeNotice{
		Step: registry.EventContactLinger, Operation: "update", At: o.At, SvTRID: c.SvTRID, Who: "registry",
		Why: "no name links it any more",
		Text: "No name links contact " + contact.ID + " any more; it will be purged at " +
			contact.PurgeAt.Format(time.RFC3339) + " unless a name links it again.",
		Contact: &contact,
	})
}
