package registry

import "strings"

// A ContactOrder is what contacts are listed and searched by.
type ContactOrder string

// The orders. Of a contact with an address in both forms it is the international one that counts.
const (
	ByContactID ContactOrder = "id"
	ByPerson    ContactOrder = "name"
	ByOrg       ContactOrder = "org"
	ByEmail     ContactOrder = "email"
)

// ContactOrders returns all orders.
func ContactOrders() []ContactOrder { return []ContactOrder{ByContactID, ByPerson, ByOrg, ByEmail} }

// Key is what a contact is found by in an order; empty if it is not there, since it has no such thing.
func (o ContactOrder) Key(c Contact) string {
	postal := c.Int
	if postal == nil {
		postal = c.Loc
	}
	switch {
	case o == ByContactID:
		return strings.ToLower(c.ID)
	case o == ByEmail:
		return SearchKey(c.Email)
	case postal == nil:
		return ""
	case o == ByPerson:
		return SearchKey(postal.Name)
	case o == ByOrg:
		return SearchKey(postal.Org)
	}
	return ""
}

// KeyOf is the key of what a key begins with, as people write it.
func (o ContactOrder) KeyOf(text string) string {
	if o == ByContactID {
		return strings.ToLower(strings.TrimSpace(text))
	}
	return SearchKey(text)
}

// Links selects objects by whether a name links them.
type Links string

// What Links can be; empty selects all.
const (
	AnyLink Links = "linked"
	NoLink  Links = "unlinked"
)

// Take reports whether an object is selected.
func (l Links) Take(linked bool) bool {
	return l == "" || linked == (l == AnyLink)
}

// A ContactSpan selects contacts of a registrar, in order of a key and then of id, both as ContactOrder.Key makes them.
type ContactSpan struct {
	Sponsor RegistrarID
	By      ContactOrder
	Prefix  string // of the key
	After   ContactPlace
	Links   Links
	Look    int // so many are looked at, where Links selects
}

// A ContactPlace is behind a contact; zero: at the beginning.
type ContactPlace struct{ Key, ID string } // the id in lower case

// A HostSpan selects hosts of a registrar, in order of name.
type HostSpan struct {
	Sponsor RegistrarID
	Prefix  string
	After   string // a name
	Links   Links
	Look    int // as in ContactSpan
}

// A ContactLink is a name that links a contact, with the roles in which it does.
type ContactLink struct {
	Delegated
	Roles []string
}

// A QueueCut removes the messages of a registrar up to one, with it.
type QueueCut struct {
	Registrar RegistrarID
	Through   int64
}

// Owned are what a registrar may read of its own objects, many at a time. Objects are as they are stored.
type Owned interface {
	// OwnContacts returns up to limit contacts of a span. Where it selects by links, those are among the next that are
	// looked at; OwnContactsEnd says where those end, and that more come behind.
	OwnContacts(span ContactSpan, limit int) ([]Contact, error)
	OwnContactsEnd(ContactSpan) (end ContactPlace, more bool, err error)
	// CountOwnContacts counts the contacts of a span, whatever its links and its place, up to a limit.
	CountOwnContacts(span ContactSpan, limit int) (int, error)
	// OwnHosts, OwnHostsEnd and CountOwnHosts are the same for hosts.
	OwnHosts(span HostSpan, limit int) ([]Host, error)
	OwnHostsEnd(HostSpan) (end string, more bool, err error)
	CountOwnHosts(span HostSpan, limit int) (int, error)
	// ContactLinks returns up to limit names that link a contact, those whose ROID comes after one, in order of ROID.
	ContactLinks(contact, after ROID, limit int) ([]ContactLink, error)

	// Messages returns up to limit messages of a registrar's queue after one, the oldest first.
	Messages(id RegistrarID, after int64, limit int) ([]PollMessage, error)
	// Message returns a message of a registrar's queue.
	Message(id RegistrarID, message int64) (PollMessage, bool, error)
	// MessagesThrough returns how many of the oldest messages of a queue, up to a limit, are not after one, and the
	// last of them.
	MessagesThrough(id RegistrarID, through int64, limit int) (count int, last int64, err error)
}
