package flow

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// OwnDomains asks for names of the registrar that asks: those that it sponsors, or has asked for. What is zero selects
// nothing out. Names are as they are now, whenever the engine last ran. Manual 4.1.
type OwnDomains struct {
	Begins  string // what the name begins with, as A-label or as U-label
	Contact string // the id of a contact that it links
	Host    names.Name
	Zone    names.Name
	State   OwnState

	ExpiresIn int // days from now: those that expire within them, but for deleted ones
	Expires   registry.Times
	Created   registry.Times

	Order OwnOrder
	After Place // OwnFound.After of the page before; empty for the first
	Limit int   // of names; 0: policy.PortfolioLimits.PageSize, and at most its Exported
}

// An OwnOrder is an order of names. Where more names link a contact or a host than are sorted, they come in the order of
// their registrations: OwnFound says so.
type OwnOrder string

// The orders. ByROID is none that can be asked for.
const (
	OrderName    OwnOrder = "name"
	OrderExpiry  OwnOrder = "expiry"
	OrderCreated OwnOrder = "created"
	OrderROID    OwnOrder = "registration"
)

// An OwnState is what names can be in, to be asked for.
type OwnState string

// The states.
const (
	OwnAny           OwnState = ""
	OwnOK            OwnState = "ok" // nothing is set and nothing is pending
	OwnHeld          OwnState = "hold"
	OwnLocked        OwnState = "locked"
	OwnUnlocked      OwnState = "unlocked"
	OwnSuspended     OwnState = "suspended"
	OwnDeleted       OwnState = "deleted" // in redemption or pending delete
	OwnRedemption    OwnState = "redemption"
	OwnPendingDelete OwnState = "pending-delete"
	OwnLeaving       OwnState = "leaving" // asked for by another registrar
	OwnComing        OwnState = "coming"  // another registrar's, and asked for
	OwnInactive      OwnState = "no-servers"
	OwnSigned        OwnState = "signed"
	OwnUnsigned      OwnState = "unsigned"
)

// OwnStates returns every state but OwnAny.
func OwnStates() []OwnState {
	return []OwnState{
		OwnOK, OwnHeld, OwnLocked, OwnUnlocked, OwnSuspended, OwnDeleted, OwnRedemption, OwnPendingDelete,
		OwnLeaving, OwnComing, OwnInactive, OwnSigned, OwnUnsigned,
	}
}

// OwnDomain is one of the names that OwnDomains finds.
type OwnDomain struct {
	registry.Domain
	EPPStatuses []registry.Status
	RGPStatuses []registry.RGPStatus
	Published   lifecycle.Publication
}

// OwnFound is what OwnDomains answers.
type OwnFound struct {
	Names []OwnDomain
	After Place // where the next page begins; empty if there is none. A page may be short, or empty, although others follow
	Order OwnOrder

	Count   int  // how many there are; at least so many if Counted is false
	Counted bool // all were counted
	Behind  bool // so much has fallen due at once that some of it is shown as it was before
}

// Asks says what the query counts as. It is answered anew each time, since each command may change it.
func (q OwnDomains) Asks() Question { return Question{Command: "info", Object: "domains"} }

// Answer returns an OwnFound.
func (q OwnDomains) Answer(c *Call) (Reply, error) {
	// Load.
	limits := c.Terms.Limits.Portfolio
	after, order, legal := parseOwnPlace(q.After, cmp.Or(q.Order, OrderName))
	limit := cmp.Or(q.Limit, limits.PageSize)

	// Check.
	if err := c.check(append(q.rules(c, legal), ownPageFits(limit, limits))...); err != nil {
		return nil, err
	}

	// Return.
	s, exists := c.ownSearch(q, order)
	if !exists {
		return OwnFound{Order: order, Counted: true}, nil
	}
	keys, found := s.search(after, limit)
	found.Names = s.load(keys)
	return found, nil
}

// rules are those that hold for whatever is asked of one's names.
func (q OwnDomains) rules(c *Call, legalPlace bool) []Rule {
	return []Rule{
		registrarIsActive(c.Registrar),
		stateIsKnown(q.State),
		orderIsKnown(q.Order),
		spanIsForward(q.Expires.From, q.Expires.To),
		spanIsForward(q.Created.From, q.Created.To),
		placeIsOurs(q.After, legalPlace),
	}
}

// stateIsKnown holds for a state that names can be in.
func stateIsKnown(state OwnState) Rule {
	return refuseIf("stateIsKnown", state != OwnAny && !slices.Contains(OwnStates(), state), registry.Error{
		Code: registry.ParameterRange, Field: "state", Value: string(state),
		Reason: "there is no such state; choose one of the list",
	})
}

// orderIsKnown holds for an order that can be asked for.
func orderIsKnown(order OwnOrder) Rule {
	known := slices.Contains([]OwnOrder{"", OrderName, OrderExpiry, OrderCreated}, order)
	return refuseIf("orderIsKnown", !known, registry.Error{
		Code: registry.ParameterRange, Field: "order", Value: string(order),
		Reason: "there is no such order; ask for name, expiry or created",
	})
}

// ownPageFits holds for a page that the profile allows.
func ownPageFits(limit int, l policy.PortfolioLimits) Rule {
	return refuseIf("ownPageFits", limit < 1 || limit > l.Exported, registry.Error{
		Code: registry.ParameterPolicy, Field: "limit",
		Reason: "a page has fewer names; ask for the next one with its After",
	})
}

// An ownSearch is what a question comes to.
type ownSearch struct {
	call   *Call
	asked  OwnDomains
	filter registry.OwnFilter
	order  OwnOrder
	late   []registry.Domain // that time has changed, as they are now
	behind bool
	limits policy.PortfolioLimits
}

// ownSearch makes a search of a question. It reports whether the objects are there that it is about.
func (c *Call) ownSearch(q OwnDomains, order OwnOrder) (*ownSearch, bool) {
	s := &ownSearch{call: c, asked: q, order: order, limits: c.Terms.Limits.Portfolio}
	s.filter = registry.OwnFilter{
		Registrar: c.Registrar.ID, Spans: spansOf(beginning(q.Begins)), Expires: q.Expires, Created: q.Created,
	}
	s.filter.Has, s.filter.Lacks = traitsOf(q.State)
	s.filter.Gaining = q.State == OwnComing
	s.filter.Deletions = q.State == OwnRedemption || q.State == OwnPendingDelete
	if !q.Zone.IsZero() {
		s.filter.Zone = q.Zone.String()
	}
	if q.ExpiresIn > 0 {
		within := registry.Times{From: c.Now, To: c.Now.Add(time.Duration(q.ExpiresIn) * 24 * time.Hour)}
		s.filter.Expires = both(s.filter.Expires, within)
		s.filter.Lacks |= registry.TraitDeleted
	}
	exists := true
	if q.Contact != "" {
		contact, found := c.storedContact(q.Contact)
		s.filter.Contact, exists = contact.ROID, found
	}
	if !q.Host.IsZero() {
		host, found := c.Host(q.Host)
		s.filter.Host, exists = host.ROID, exists && found
	}
	s.late, s.behind = c.lateOwn()
	return s, exists
}

// both is the part that two spans of time share.
func both(a, b registry.Times) registry.Times {
	if b.From.After(a.From) {
		a.From = b.From
	}
	if a.To.IsZero() || b.To.Before(a.To) {
		a.To = b.To
	}
	return a
}

// traitsOf are the traits that names in a state have, and those that they lack.
func traitsOf(state OwnState) (has, lacks registry.Trait) {
	switch state {
	case OwnOK:
		return 0, registry.TraitDeleted | registry.TraitHeld | registry.TraitLocked | registry.TraitSuspended |
			registry.TraitInactive | registry.TraitTransferring
	case OwnHeld:
		return registry.TraitHeld, 0
	case OwnLocked:
		return registry.TraitLocked, 0
	case OwnUnlocked:
		return 0, registry.TraitLocked
	case OwnSuspended:
		return registry.TraitSuspended, 0
	case OwnDeleted, OwnRedemption, OwnPendingDelete:
		return registry.TraitDeleted, 0
	case OwnLeaving, OwnComing:
		return registry.TraitTransferring, 0
	case OwnInactive:
		return registry.TraitInactive, 0
	case OwnSigned:
		return registry.TraitSigned, 0
	case OwnUnsigned:
		return 0, registry.TraitSigned
	}
	return 0, 0
}

// beginning is what somebody typed to find names that begin so.
func beginning(typed string) string {
	return strings.ToLower(strings.TrimSuffix(strings.TrimSpace(typed), "*"))
}

// spansOf returns where names stand that begin like a text, as A-labels or as U-labels, in order; none: all. The letters of a U-label that
// are ASCII stand at the beginning of its A-label, in their order. RFC 3492 section 3.1.
func spansOf(begins string) []registry.NameSpan {
	const ace, last = "xn--", "\x7f"
	if begins == "" {
		return nil
	}
	label, _, _ := strings.Cut(begins, ".")
	basic := strings.Map(func(r rune) rune {
		if r >= 0x80 {
			return -1
		}
		return r
	}, label)
	coded := registry.NameSpan{From: ace + basic, To: ace + basic + last}
	switch {
	case len(basic) < len(label):
		return []registry.NameSpan{coded}
	case strings.HasPrefix(coded.From, begins):
		return []registry.NameSpan{{From: begins, To: begins + last}}
	}
	spans := []registry.NameSpan{{From: begins, To: begins + last}, coded}
	slices.SortFunc(spans, func(a, b registry.NameSpan) int { return strings.Compare(a.From, b.From) })
	return spans
}

// lateOwn returns the names that concern the registrar and that time has changed while nobody has written that down, as
// they are now; and whether there are more than it looks at.
func (c *Call) lateOwn() (list []registry.Domain, behind bool) {
	limits := c.Terms.Limits.Portfolio
	stored, _ := read(c, func() ([]registry.Domain, bool, error) {
		some, more, err := c.reader.DueOwn(c.Registrar.ID, c.Now, limits.Due, limits.DueLooked)
		behind = more
		return some, true, err
	})
	for _, d := range stored {
		if now, lives := c.followedFrom(d); lives {
			list = append(list, now)
		}
	}
	return list, behind
}

// followedFrom returns a domain that was read as it is now, and whether it still lives.
func (c *Call) followedFrom(d registry.Domain) (registry.Domain, bool) {
	if _, known := c.followed[d.Name]; !known {
		c.keep(followed{domain: d})
	}
	f, _ := c.follow(d.Name, c.Now)
	return f.domain, f.gone.IsZero()
}

// fits reports whether a name, as it is now, is one that is asked for.
func (s *ownSearch) fits(d registry.Domain) bool {
	f, traits := s.filter, d.Traits()
	switch {
	case f.Gaining && (!d.Transfer.IsPending() || d.Transfer.Gaining != f.Registrar),
		!f.Gaining && d.Sponsor != f.Registrar,
		!traits.Has(f.Has), traits&f.Lacks != 0,
		!f.Expires.Contains(d.Expires), !f.Created.Contains(d.Created),
		!beginsWith(d.Name, beginning(s.asked.Begins)),
		f.Zone != "" && d.Name.Parent().String() != f.Zone,
		f.Contact != "" && !links(d, f.Contact),
		f.Host != "" && !slices.ContainsFunc(d.Nameservers, func(h registry.HostRef) bool { return h.ROID == f.Host }):
		return false
	}
	return s.isDeletedSo(d.Deletion)
}

// beginsWith reports whether a name begins with a text, as A-labels or as U-labels.
func beginsWith(n names.Name, begins string) bool {
	return begins == "" || strings.HasPrefix(n.String(), begins) || strings.HasPrefix(n.Unicode(), begins)
}

// isDeletedSo reports whether a name that is deleted so is in the state that is asked for, where that tells deleted
// names apart.
func (s *ownSearch) isDeletedSo(how registry.Deletion) bool {
	restorable := lifecycle.Restorable(registry.Domain{Deletion: how}, s.call.Now)
	switch s.asked.State {
	case OwnRedemption:
		return restorable
	case OwnPendingDelete:
		return !restorable
	}
	return true
}

// shown is a name as it is answered.
func (s *ownSearch) shown(d registry.Domain) OwnDomain {
	d.AuthInfo = nil
	return OwnDomain{d, lifecycle.Statuses(d), lifecycle.RGPStatuses(d, s.call.Now), lifecycle.Delegation(d)}
}
