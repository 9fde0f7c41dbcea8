package flow

import (
	"cmp"
	"slices"
	"strings"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
)

// ContactList asks for contacts that the registrar sponsors, in order of what they are searched by. Time is applied to
// each, so that a contact is listed where it is now.
type ContactList struct {
	By     registry.ContactOrder // empty: by id
	Prefix string                // what that begins with, as people write it
	Links  registry.Links
	After  Place // of the page before
	Limit  int   // 0, or more than there may be: as many as there may be
}

// ContactsListed is what ContactList answers. Where it selects by links, a page can have few contacts or none and yet
// another may come: each looks at so many only.
type ContactsListed struct {
	Contacts []ContactDetails
	After    Place // where the next page begins; empty if there is none
	Count    int   // of contacts that the prefix fits, whatever their links; policy.ListLimits.Counted and more are told as that
}

// Answer returns a ContactsListed; it may be empty.
func (q ContactList) Answer(c *Call) (Reply, error) {
	// Load, check.
	limits := c.Terms.Limits.Lists
	by := cmp.Or(q.By, registry.ByContactID)
	after, legal := contactPlace(q.After)
	if err := c.check(registrarIsActive(c.Registrar), contactOrderIsKnown(by), placeIsOurs(q.After, legal)); err != nil {
		return nil, err
	}
	span := registry.ContactSpan{
		Sponsor: c.Registrar.ID, By: by, Prefix: by.KeyOf(q.Prefix), After: after, Links: q.Links, Look: limits.Looked,
	}
	size := limits.Page(q.Limit)

	// Decide.
	stored, end, more := c.contactsOf(span, size)
	page := ContactsListed{}
	if more {
		page.After = end.place()
	}
	for _, contact := range append(stored, c.contactsGained(span, end, more)...) {
		now, alive := c.contactAsRead(contact)
		if alive && now.Sponsor == c.Registrar.ID && q.Links.Take(now.Linked) {
			page.Contacts = append(page.Contacts, ContactDetails{now, lifecycle.ContactStatuses(now)})
		}
	}
	slices.SortStableFunc(page.Contacts, func(a, b ContactDetails) int {
		return compareContactPlaces(placeOfContact(by, a.Contact), placeOfContact(by, b.Contact))
	})
	page.Count = readOwned(c, func(r registry.Reader) (int, error) { return r.CountOwnContacts(span, limits.Counted) })
	return page, nil
}

// readOwned reads something of what a registrar owns.
func readOwned[T any](c *Call, get func(registry.Reader) (T, error)) T {
	v, _ := read(c, func() (T, bool, error) {
		v, err := get(c.reader)
		return v, true, err
	})
	return v
}

// contactsOf reads a page of contacts, where it ends, and whether more come behind.
func (c *Call) contactsOf(span registry.ContactSpan, size int) (list []registry.Contact, end listEnd, more bool) {
	list = readOwned(c, func(r registry.Reader) ([]registry.Contact, error) { return r.OwnContacts(span, size+1) })
	if len(list) > size {
		list = list[:size]
		return list, listEnd(placeOfContact(span.By, list[size-1])), true
	}
	if span.Links == "" {
		return list, listEnd{}, false
	}
	looked, more := read(c, func() (registry.ContactPlace, bool, error) { return c.reader.OwnContactsEnd(span) })
	return list, listEnd(looked), more
}

// A listEnd is the last contact of a page.
type listEnd registry.ContactPlace

// place is the id and then the key, since an id has no line break.
func (e listEnd) place() Place { return Place(e.ID + "\n" + e.Key) }

func contactPlace(p Place) (registry.ContactPlace, bool) {
	if p == "" {
		return registry.ContactPlace{}, true
	}
	id, key, found := strings.Cut(string(p), "\n")
	return registry.ContactPlace{Key: key, ID: id}, found && id != ""
}

func placeOfContact(by registry.ContactOrder, c registry.Contact) registry.ContactPlace {
	return registry.ContactPlace{Key: by.Key(c), ID: strings.ToLower(c.ID)}
}

func compareContactPlaces(a, b registry.ContactPlace) int {
	return cmp.Or(strings.Compare(a.Key, b.Key), strings.Compare(a.ID, b.ID))
}

// contactsGained returns contacts that belong on a page though they are not stored so: time has moved them to the
// registrar, or has taken the names that linked them, while nobody has written that down. Nearly always there are none.
func (c *Call) contactsGained(span registry.ContactSpan, end listEnd, more bool) []registry.Contact {
	var gained []registry.Contact
	for _, id := range c.contactsMoved(span) {
		contact, found := c.Contact(id)
		at := placeOfContact(span.By, contact)
		switch {
		case !found, contact.Sponsor != span.Sponsor, at.Key == "", !strings.HasPrefix(at.Key, span.Prefix):
		case compareContactPlaces(at, span.After) <= 0:
		case more && compareContactPlaces(at, registry.ContactPlace(end)) > 0:
		default:
			gained = append(gained, contact)
		}
	}
	return gained
}

// contactsMoved returns the ids of contacts that may be in a span by what time has done, each once.
func (c *Call) contactsMoved(span registry.ContactSpan) []string {
	var ids []string
	for _, d := range readOwned(c, func(r registry.Reader) ([]registry.DueContact, error) { return r.DueContacts(c.Now, mostLate) }) {
		if d.Sponsor != span.Sponsor {
			ids = append(ids, d.ID)
		}
	}
	if span.Links == registry.NoLink {
		for _, d := range c.lateGone() {
			for _, ref := range contactsOf(d) {
				ids = append(ids, ref.ID)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// lateGone returns names that time has purged while nobody has written that down, as they are stored.
func (c *Call) lateGone() []registry.Domain {
	var gone []registry.Domain
	for _, name := range c.late() {
		d, found := c.legible(name)
		if _, lives := c.lives(name); found && !lives {
			gone = append(gone, d)
		}
	}
	return gone
}

// contactAsRead returns a contact that was read in a list as it is now.
func (c *Call) contactAsRead(contact registry.Contact) (registry.Contact, bool) {
	if _, known := c.people[contactKey(contact.ID)]; !known {
		c.keepContact(followedContact{contact: contact})
	}
	return c.contact(contact.ID)
}

// ContactLinks asks which names link a contact of the registrar, in order of when they were registered.
type ContactLinks struct {
	ID    string
	After registry.ROID // ContactsLinks.After of the page before
	Limit int           // as in ContactList
}

// LinksOfContact is what ContactLinks answers.
type LinksOfContact struct {
	Links []registry.ContactLink
	After registry.ROID // where the next page begins; empty if there is none
}

// Answer returns a LinksOfContact; it may be empty.
func (q ContactLinks) Answer(c *Call) (Reply, error) {
	contact, found := c.Contact(q.ID)
	if err := c.check(
		registrarIsActive(c.Registrar),
		contactExists(q.ID, found),
		registrarSponsors(c.Registrar, contact.Sponsor, "contact:id", q.ID),
	); err != nil {
		return nil, err
	}
	size := c.Terms.Limits.Lists.Page(q.Limit)
	list := readOwned(c, func(r registry.Reader) ([]registry.ContactLink, error) {
		return r.ContactLinks(contact.ROID, q.After, size+1)
	})
	var page LinksOfContact
	page.Links, page.After = linksLeft(c, list, size, func(l registry.ContactLink) registry.Delegated { return l.Delegated })
	return page, nil
}

// linksLeft makes a page of links, of which one more was read than it has room for: those whose names time has left, and
// where the next page begins; empty if there is none.
func linksLeft[T any](c *Call, list []T, size int, name func(T) registry.Delegated) (page []T, after registry.ROID) {
	if len(list) > size {
		list = list[:size]
		after = name(list[size-1]).Domain
	}
	for _, l := range list {
		if c.stillThere(name(l)) {
			page = append(page, l)
		}
	}
	return page, after
}

// stillThere reports whether time has left a name that links something.
func (c *Call) stillThere(d registry.Delegated) bool {
	if !c.anyLate() {
		return true
	}
	now, alive := c.Domain(d.Name)
	return alive && now.ROID == d.Domain
}

// contactOrderIsKnown holds for an order that contacts can be listed in.
func contactOrderIsKnown(by registry.ContactOrder) Rule {
	return refuseIf("contactOrderIsKnown", !slices.Contains(registry.ContactOrders(), by), registry.Error{
		Code: registry.ParameterRange, Field: "by", Value: string(by),
		Reason: "contacts are not listed by that; choose id, name, org or email",
	})
}
